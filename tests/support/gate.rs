//! Judges a layout, in this process or by the program, and says what came out.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ocigate::policy::Set;
use ocigate::trust::SignerEntry;
use serde_json::Value;

use super::artifact::Artifact;
use super::documents::{REPOSITORY, release};
use super::in_process::Question;

/// One layout in a folder of its own, with keys and files beside it. It is judged in this process, unless the program is
/// given arguments of its own.
pub struct Gate {
    folder: tempfile::TempDir,
    question: Question,
    arguments: Option<Vec<String>>,
    reference: String,
}

/// What the program said.
#[derive(Debug)]
pub struct Outcome {
    pub code: i32,
    pub out: String,
    pub err: String,
    /// The report for programs, where a verification made one and the arguments ask for no other output.
    pub report: Option<Value>,
}

impl Gate {
    /// The gate on this layout, with the release key, judged as the test repository, at a fixed time.
    pub fn on(artifact: &Artifact) -> Self {
        Gate::untrusting(artifact).trusting(&release().public_pem())
    }

    /// The gate without any key.
    pub fn untrusting(artifact: &Artifact) -> Self {
        let folder = tempfile::tempdir().unwrap();
        artifact.write(&folder.path().join("layout"));
        let question = Question { stands_for: Some(REPOSITORY.parse().unwrap()), ..Question::default() };
        Gate { folder, question, arguments: None, reference: "v1".to_owned() }
    }

    /// Trusts this key too.
    pub fn trusting(mut self, public_pem: &str) -> Self {
        let path =
            self.file(&format!("{}.pub", ["release", "other"][self.question.signers.len()]), public_pem.as_bytes());
        let (name, key) = (path.to_str().unwrap().to_owned(), Some(public_pem.to_owned()));
        self.question.signers.push(SignerEntry { name, key, ..SignerEntry::default() });
        self
    }

    /// Also judges by the rules of this set.
    pub fn by_set(mut self, name: &str) -> Self {
        self.question.set = Some(Set::from_name(name).unwrap());
        self
    }

    /// Judges these children of an index.
    pub fn choosing(mut self, platform: &str) -> Self {
        self.question.choice = Some(platform.parse().unwrap());
        self
    }

    /// With these arguments besides, which only the program understands: it is started for them.
    pub fn with(self, arguments: &[&str]) -> Self {
        if arguments.is_empty() {
            return self;
        }
        let mut program = self.by_program();
        let said = arguments.iter().map(|argument| (*argument).to_owned());
        program.arguments.iter_mut().for_each(|all| all.extend(said.clone()));
        program
    }

    /// The program without any argument but what follows.
    pub fn bare_arguments(mut self) -> Self {
        self.arguments = Some(Vec::new());
        self
    }

    /// Started as the program, for what only that does: wrong calls, and files and notes of the working directory.
    pub fn by_program(mut self) -> Self {
        self.arguments = Some(self.arguments());
        self
    }

    /// What the program is told of the question.
    fn arguments(&self) -> Vec<String> {
        if let Some(arguments) = &self.arguments {
            return arguments.clone();
        }
        let Question { stands_for, signers, set, choice, .. } = &self.question;
        let mut arguments = ["--now", "2026-11-24T00:00:00Z"].map(str::to_owned).to_vec();
        let name = |set: &Set| Set::NAMES.iter().find(|(_, named)| named == set).map(|(name, _)| (*name).to_owned());
        let said = [
            ("--as", stands_for.iter().map(ToString::to_string).collect()),
            ("--key", signers.iter().map(|signer| signer.name.clone()).collect()),
            ("--set", set.iter().filter_map(name).collect()),
            ("--platform", choice.iter().map(ToString::to_string).collect::<Vec<_>>()),
        ];
        for (flag, values) in said {
            arguments.extend(values.into_iter().flat_map(|value| [flag.to_owned(), value]));
        }
        arguments
    }

    /// Selects another name or `@digest` of the layout, or nothing.
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
            None if self.reference.is_empty() => format!("oci-layout:{}", layout.display()),
            None => format!("oci-layout:{}:{}", layout.display(), self.reference),
        };
        if self.arguments.is_none() {
            return self.question.judge(&reference);
        }
        let mut arguments = vec!["verify".to_owned()];
        arguments.extend(self.arguments());
        arguments.push(reference);
        ocigate(self.folder.path(), &arguments)
    }
}

/// Runs the program with these arguments in this folder, without a cache: never the user's own.
pub fn ocigate<A: AsRef<std::ffi::OsStr>>(folder: &Path, arguments: &[A]) -> Outcome {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ocigate"));
    command.args(arguments);
    let report = ReportFile::beside_text(&mut command);
    let output: Output = command
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
        report: report.read(),
    }
}

/// Where a verification writes its report for programs, beside the text.
pub struct ReportFile(tempfile::TempDir);

impl ReportFile {
    /// Has the command write one, unless it does not verify, or was asked for some output already.
    pub fn beside_text(command: &mut Command) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let is_other = |argument: &std::ffi::OsStr| {
            // A call for help stands alone.
            ["--output", "-o", "--help"].iter().any(|flag| argument.to_string_lossy().starts_with(flag))
        };
        if command.get_args().next().is_some_and(|first| first == "verify") && !command.get_args().any(is_other) {
            let path = folder.path().join("report.json");
            command.arg("--output=text").arg(format!("--output=json={}", path.display()));
        }
        ReportFile(folder)
    }

    pub fn read(&self) -> Option<Value> {
        let bytes = std::fs::read(self.0.path().join("report.json")).ok()?;
        Some(serde_json::from_slice(&bytes).unwrap())
    }
}
