//! What the checks need to know of a module: our own small picture of its syntax tree.
//!
//! The Rego library's tree is translated into these types in `engine`, so that the checks neither know that
//! library nor break with its next release.

use std::collections::BTreeSet;
use std::fmt;

/// A place in a policy or data file, for errors.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// The file, as the user named it.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, in characters.
    pub column: usize,
}

impl fmt::Display for At {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}", self.path, self.line, self.column)
    }
}

/// One policy file.
#[derive(Debug, Clone)]
pub(crate) struct ParsedModule {
    /// The file.
    pub path: String,
    /// Segments of the package: `["main"]`.
    pub package: Vec<String>,
    /// Where the package is named.
    pub package_at: At,
    /// Its imports of `data` and `input`.
    pub imports: Vec<Import>,
    /// Its rules, each definition by itself.
    pub rules: Vec<ParsedRule>,
    /// Every reference segment and every string literal.
    pub words: BTreeSet<String>,
    /// It looks at the input in a way that no list of words can tell (`walk(input)`, `input[name]`).
    pub reads_input_whole: bool,
}

/// `import data.lib.time as clock`
#[derive(Debug, Clone)]
pub(crate) struct Import {
    /// The name it has in the module: `clock`.
    pub alias: String,
    /// What it stands for: `["data", "lib", "time"]`.
    pub target: Vec<String>,
}

/// What a definition makes of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RuleKind {
    /// `deny contains …` or, in Rego v0, `deny[…] { … }`
    PartialSet,
    /// `deny[key] := …` or `deny.key := …`
    PartialObject,
    /// `deny := …`, `deny if …`
    Complete,
    /// `default deny := …`
    Default,
    /// `deny(x) := …`
    Function,
}

impl RuleKind {
    /// How an error calls it.
    pub fn name(self) -> &'static str {
        match self {
            RuleKind::PartialSet => "a partial set",
            RuleKind::PartialObject => "a partial object",
            RuleKind::Complete => "a complete rule",
            RuleKind::Default => "a default value",
            RuleKind::Function => "a function",
        }
    }
}

/// One definition of a rule or function.
#[derive(Debug, Clone)]
pub(crate) struct ParsedRule {
    /// The written-out segments of its head: `["deny"]`, `["settings", "limits"]`.
    pub head: Vec<String>,
    /// What it makes of that name.
    pub kind: RuleKind,
    /// Number of arguments, for a function.
    pub arguments: Option<usize>,
    /// Where its head starts.
    pub at: At,
    /// What its body and head refer to.
    pub uses: Vec<Use>,
    /// The variable that its head gives as its element or value, if its body never mentions that.
    pub unbound: Option<Use>,
}

impl ParsedRule {
    /// The rule's own name.
    pub fn name(&self) -> &str {
        self.head.first().map_or("", String::as_str)
    }
}

/// A reference to something that is not a local variable.
#[derive(Debug, Clone)]
pub(crate) struct Use {
    /// Its segments as far as they are written out: `["data", "lib", "f"]`, `["count"]`.
    pub path: Vec<String>,
    /// What happens to it.
    pub role: Role,
    /// Line of its module, from 1.
    pub line: usize,
    /// Column in that line, from 1.
    pub column: usize,
    /// The bytes of the whole expression.
    pub bytes: std::ops::Range<usize>,
}

impl Use {
    /// Where it stands; `module` is the one that it was found in.
    pub fn at(&self, module: &ParsedModule) -> At {
        At { path: module.path.clone(), line: self.line, column: self.column }
    }
}

/// What happens to a referenced name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Called with this many arguments.
    Called(usize),
    /// Its value is read.
    Read,
    /// `with <this> as …`
    Replaced,
    /// `with … as <this>`: a value or, if it names a function, that function.
    Replacement,
}

/// A path as a person writes it: `data.main["deny-x"]`.
pub(crate) fn dotted<Segment: AsRef<str>>(segments: &[Segment]) -> String {
    let mut text = String::new();
    for segment in segments.iter().map(AsRef::as_ref) {
        if is_identifier(segment) {
            if !text.is_empty() {
                text.push('.');
            }
            text.push_str(segment);
        } else {
            text.push('[');
            text.push_str(&serde_json::Value::from(segment).to_string());
            text.push(']');
        }
    }
    text
}

fn is_identifier(segment: &str) -> bool {
    segment.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && segment.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_quoted_where_it_must_be() {
        let path =
            |segments: &[&str]| dotted(&segments.iter().map(|segment| (*segment).to_owned()).collect::<Vec<_>>());
        assert_eq!(path(&["data", "main", "deny"]), "data.main.deny");
        assert_eq!(path(&["main", "deny-x", "y\"z"]), r#"main["deny-x"]["y\"z"]"#);
    }
}
