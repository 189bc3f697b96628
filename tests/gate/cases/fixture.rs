//! One fixture: a layout, the files beside it, and what the gate has to say of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::support::artifact::Artifact;
use crate::support::documents::{REPOSITORY, release, stranger};

/// What `case.toml` says. It is written by the code, so that the code is the only source of a fixture.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What is shown, in one sentence.
    pub title: String,
    /// The rule that decides, as the report names it; none where all rules together are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Arguments of `ocigate verify`, run in the folder of the case.
    pub arguments: Vec<String>,
    /// The exit code.
    pub exit: i32,
    /// What has to be told: rows of the report for programs, or what stands in the text.
    pub reasons: Vec<String>,
    /// What must not be told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<String>,
}

impl Case {
    pub fn read(folder: &Path) -> Self {
        let path = folder.join("case.toml");
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}

const MADE_BY: &str = "Made from tests/gate/cases/ by: cargo test --test gate regenerate -- --ignored";

/// A fixture in the making.
pub struct Fixture {
    name: &'static str,
    title: &'static str,
    rule: Option<&'static str>,
    artifact: Artifact,
    trust: Vec<String>,
    arguments: Vec<String>,
    reference: String,
    files: Vec<(&'static str, String)>,
    reasons: Vec<String>,
    absent: Vec<String>,
}

impl Fixture {
    /// The fixture of this name, judged with the release key as the test repository. The name's end says the verdict.
    pub fn new(name: &'static str, title: &'static str, artifact: Artifact) -> Self {
        Fixture {
            name,
            title,
            rule: None,
            artifact,
            trust: arguments(&["--key", "../keys/release.pub"]),
            arguments: arguments(&["--as", REPOSITORY]),
            reference: "oci-layout:layout:v1".to_owned(),
            files: Vec::new(),
            reasons: Vec::new(),
            absent: Vec::new(),
        }
    }

    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The rule that decides, where one does.
    pub fn decided_by(&self) -> Option<&'static str> {
        self.rule
    }

    /// The rule that decides.
    pub fn rule(mut self, rule: &'static str) -> Self {
        self.rule = Some(rule);
        self
    }

    /// More arguments.
    pub fn with(mut self, more: &[&str]) -> Self {
        self.arguments.extend(arguments(more));
        self
    }

    /// Trusts nobody.
    pub fn untrusting(mut self) -> Self {
        self.trust.clear();
        self
    }

    /// Takes the signers, and all else, from a configuration.
    pub fn config(mut self, text: &'static str) -> Self {
        self.trust = arguments(&["--config", "ocigate.toml"]);
        self.file("ocigate.toml", text)
    }

    /// Puts a file beside the layout.
    pub fn file(mut self, path: &'static str, text: impl Into<String>) -> Self {
        self.files.push((path, text.into()));
        self
    }

    /// Names the subject by its digest.
    pub fn pinned(mut self, digest: &str) -> Self {
        self.reference = format!("oci-layout:layout@{digest}");
        self
    }

    /// Leaves it to the layout, which holds one subject only.
    pub fn unnamed(mut self) -> Self {
        self.reference = "oci-layout:layout".to_owned();
        self
    }

    /// What has to be told.
    pub fn says(mut self, reasons: &[&str]) -> Self {
        self.reasons.extend(arguments(reasons));
        self
    }

    /// What must not be told.
    pub fn never_says(mut self, absent: &[&str]) -> Self {
        self.absent.extend(arguments(absent));
        self
    }

    fn exit(&self) -> i32 {
        exit(self.name).unwrap_or_else(|| panic!("{}: the name does not say the verdict", self.name))
    }

    fn write(&self, root: &Path) {
        let folder = root.join(self.name);
        assert!(!folder.exists(), "two fixtures are named {}", self.name);
        self.artifact.write(&folder.join("layout"));
        for (path, text) in &self.files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let case = Case {
            title: self.title.to_owned(),
            rule: self.rule.map(str::to_owned),
            arguments: [self.trust.clone(), self.arguments.clone(), vec![self.reference.clone()]].concat(),
            exit: self.exit(),
            reasons: self.reasons.clone(),
            absent: self.absent.clone(),
        };
        let text = format!("# {MADE_BY}\n{}", toml::to_string_pretty(&case).unwrap());
        fs::write(folder.join("case.toml"), text).unwrap();
    }
}

fn arguments(list: &[&str]) -> Vec<String> {
    list.iter().map(|argument| (*argument).to_owned()).collect()
}

/// The exit code that a fixture's name stands for.
pub fn exit(name: &str) -> Option<i32> {
    let verdicts = [("_pass", 0), ("_fail", 1), ("_undecided", 3)];
    verdicts.iter().find(|(end, _)| name.ends_with(end)).map(|(_, exit)| *exit)
}

/// Writes these fixtures, and the keys that they share, into an empty folder.
pub fn write_all(fixtures: &[Fixture], root: &Path) {
    fs::create_dir_all(root.join("keys")).unwrap();
    for (name, key) in [("release", release()), ("stranger", stranger())] {
        fs::write(root.join("keys").join(format!("{name}.pub")), key.public_pem()).unwrap();
    }
    // Bytes that are changed at checkout (line ends) have another digest.
    fs::write(root.join(".gitattributes"), "* -text\n").unwrap();
    for fixture in fixtures {
        fixture.write(root);
    }
}

/// Every file below a folder, by its path in it.
pub fn files(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(root).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    found
}
