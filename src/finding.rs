//! What a rule says of a subject: a [`Finding`], where it points, and what to do about it.
//!
//! A finding is the rule's own word. Whether it decides the verdict is settled later, in `report`, where
//! gaps and unchecked evidence are known.

use crate::oci::Digest;

/// Which rule spoke: the set it belongs to and its name there.
///
/// For a bundled rule the set is `core` and the rule its file name (`signature`). For a user's rule the
/// set is its package (`main`) and the rule the entry rule's name (`deny_x`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId {
    /// The policy set (`core`) or the user's package (`main`, `team.images`).
    pub set: String,
    /// The rule's name within its set.
    pub rule: String,
}

impl std::fmt::Display for RuleId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}", self.set, self.rule)
    }
}

/// What a finding asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// The subject must not pass (`deny`, `violation`).
    Deny,
    /// The rule could not tell (`undecided`).
    Undecided,
    /// Worth saying; never changes the verdict unless asked to (`warn`).
    Warn,
}

/// How bad a rule's author finds it. Information for people and for SARIF: the [`Effect`] decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Must be fixed before anything else.
    Critical,
    /// Must be fixed.
    Error,
    /// Should be looked at.
    Warning,
    /// For information.
    Info,
}

impl Severity {
    /// All severities and their names in METADATA and in reports.
    pub const NAMES: [(&'static str, Severity); 4] = [
        ("critical", Severity::Critical),
        ("error", Severity::Error),
        ("warning", Severity::Warning),
        ("info", Severity::Info),
    ];

    /// The severity with this name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, severity)| *severity)
    }

    /// The name used in METADATA and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Critical => "critical",
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        }
    }
}

/// What the finding rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// Something that was seen is wrong: a gap elsewhere cannot excuse it.
    Present,
    /// Something required was not found. It may be behind a gap, so a gap makes the finding undecided.
    Absent,
}

/// A place in a document: which bytes, and where in them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Digest of the document (a manifest, a layer).
    pub document: Digest,
    /// JSON pointer into it (RFC 6901); empty means the whole document.
    pub pointer: String,
}

/// One thing that a pass rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ground {
    /// What it is, and who vouches for it. May quote documents: untrusted text.
    pub message: String,
    /// Where it stands.
    pub place: Option<Place>,
}

impl Finding {
    /// The stable code that waivers and scripts go by: `rule.code`, or the rule's name alone.
    pub fn full_code(&self) -> String {
        match self.code.as_str() {
            "" => self.rule.rule.clone(),
            code => format!("{}.{code}", self.rule.rule),
        }
    }
}

/// Whether a text may be a code: lower-case letters, digits and `_`, a letter first, at most 60 characters.
pub fn is_code(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.len() <= 60
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// One thing a rule has to say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Who says it.
    pub rule: RuleId,
    /// Which of the rule's findings it is: stable, whatever its words are. Empty where a user's rule names none.
    pub code: String,
    /// What it asks for.
    pub effect: Effect,
    /// How bad it is.
    pub severity: Severity,
    /// What it rests on.
    pub basis: Basis,
    /// The kind of evidence that the rule looked for (`signature`, `provenance`, …), where it has one:
    /// evidence of this kind that nobody could check makes an `absent` finding undecided.
    pub kind: Option<String>,
    /// What is wrong, in one sentence. May quote documents: untrusted text.
    pub message: String,
    /// Where it is wrong; the first place is the main one.
    pub places: Vec<Place>,
    /// What to do next.
    pub remedy: Option<String>,
}
