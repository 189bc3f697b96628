//! Runs the program on a layout and says what came out.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::artifact::Artifact;
use super::documents::{REPOSITORY, release};

/// One layout in a folder of its own, with keys and files beside it.
pub struct Gate {
    folder: tempfile::TempDir,
    arguments: Vec<String>,
    reference: String,
}

/// What the program said.
#[derive(Debug)]
pub struct Outcome {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Gate {
    /// The gate on this layout, with the release key, judged as the test repository, at a fixed time.
    pub fn on(artifact: &Artifact) -> Self {
        let gate = Gate::untrusting(artifact);
        let key = gate.file("release.pub", release().public_pem().as_bytes());
        gate.with(&["--key", key.to_str().unwrap()])
    }

    /// The gate without any key.
    pub fn untrusting(artifact: &Artifact) -> Self {
        let folder = tempfile::tempdir().unwrap();
        artifact.write(&folder.path().join("layout"));
        let arguments = ["--as", REPOSITORY, "--now", "2026-11-24T00:00:00Z"].map(str::to_owned).to_vec();
        Gate { folder, arguments, reference: "v1".to_owned() }
    }

    pub fn with(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        self
    }

    /// Forgets all arguments so far.
    pub fn bare_arguments(mut self) -> Self {
        self.arguments.clear();
        self
    }

    /// Selects another name or `@digest` of the layout.
    pub fn named(mut self, reference: &str) -> Self {
        self.reference = reference.to_owned();
        self
    }

    /// Writes a file beside the layout and gives its path.
    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Uses a configuration with this text.
    pub fn config(self, text: &str) -> Self {
        let path = self.file("ocigate.toml", text.as_bytes());
        self.with(&["--config", path.to_str().unwrap()])
    }

    pub fn layout(&self) -> PathBuf {
        self.folder.path().join("layout")
    }

    pub fn run(&self) -> Outcome {
        let layout = self.layout();
        let reference = match self.reference.strip_prefix('@') {
            Some(digest) => format!("oci-layout:{}@{digest}", layout.display()),
            None => format!("oci-layout:{}:{}", layout.display(), self.reference),
        };
        let mut arguments = vec!["verify".to_owned()];
        arguments.extend(self.arguments.clone());
        arguments.push(reference);
        ocigate(self.folder.path(), &arguments)
    }
}

/// Runs the program with these arguments in this folder, without a cache: never the user's own.
pub fn ocigate<A: AsRef<std::ffi::OsStr>>(folder: &Path, arguments: &[A]) -> Outcome {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_ocigate"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("OCIGATE_CONFIG")
        .env("OCIGATE_CACHE_SIZE", "0")
        .env("OCIGATE_CACHE_DIR", "/nonexistent")
        .output()
        .unwrap();
    Outcome {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Outcome {
    /// Asserts the exit code and that each reason stands in what was said.
    pub fn assert(&self, case: &str, code: i32, reasons: &[&str]) {
        assert_eq!(self.code, code, "{case}: exit code\n{}\n{}", self.out, self.err);
        for reason in reasons {
            let said = self.out.contains(reason) || self.err.contains(reason);
            assert!(said, "{case}: expected the reason {reason:?} in\n{}\n{}", self.out, self.err);
        }
    }
}
