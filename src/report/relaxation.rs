//! What a run does without, because somebody asked for that: each is printed in every format, with a stable code.

/// One relaxation in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relaxation {
    /// Which kind it is.
    pub code: RelaxationCode,
    /// What is relaxed, and by what.
    pub message: String,
}

/// The kinds of relaxations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelaxationCode {
    /// A layout is judged as a repository that only the command line connects it with.
    StandsFor,
    /// The bundled rules are not evaluated.
    WithoutCore,
    /// A rule is not evaluated.
    DisabledRule,
    /// A statement of another predicate type counts as a signature.
    SignaturePredicate,
    /// Data of the user may override settings of the rules.
    Data,
    /// Certificates need no signed certificate timestamp.
    WithoutTimestamp,
    /// Signatures need no entry in a transparency log.
    WithoutLog,
    /// A trusted root demands less than others.
    Root,
    /// A registry is asked without TLS.
    PlainHttp,
    /// Evidence is read from another repository too.
    EvidenceFrom,
    /// A mirror is believed where tags point.
    Mirror,
    /// The clock was set by hand.
    Clock,
    /// A pointer is written whatever the verdict is.
    Unverified,
    /// What a capsule says was listed and pointed at is the word of whoever saved it.
    CapsuleWord,
    /// A capsule is judged at the time when it was saved.
    CapsuleTime,
    /// A capsule is judged by its own trust and policies.
    CapsuleTrust,
    /// A capsule's subjects are judged as of a repository that the command line names.
    CapsuleStandsFor,
}

impl RelaxationCode {
    /// All codes with the names that reports use, and what they mean.
    pub const ALL: [(&'static str, RelaxationCode, &'static str); 17] = [
        ("relaxation.as", RelaxationCode::StandsFor, "a layout is judged as the repository that `--as` names"),
        ("relaxation.without_core", RelaxationCode::WithoutCore, "the bundled rules are not evaluated"),
        ("relaxation.disabled_rule", RelaxationCode::DisabledRule, "a rule is not evaluated"),
        (
            "relaxation.signature_predicate",
            RelaxationCode::SignaturePredicate,
            "a statement of another predicate type counts as a signature",
        ),
        ("relaxation.data", RelaxationCode::Data, "data of yours may override settings of the rules"),
        (
            "relaxation.without_timestamp",
            RelaxationCode::WithoutTimestamp,
            "certificates need no signed certificate timestamp",
        ),
        ("relaxation.without_log", RelaxationCode::WithoutLog, "signatures need no entry in a transparency log"),
        ("relaxation.root", RelaxationCode::Root, "a trusted root demands neither certificate timestamp nor log"),
        ("relaxation.plain_http", RelaxationCode::PlainHttp, "a registry is asked without TLS"),
        ("relaxation.evidence_from", RelaxationCode::EvidenceFrom, "evidence is read from another repository too"),
        ("relaxation.mirror", RelaxationCode::Mirror, "a mirror is believed where tags point"),
        ("relaxation.clock", RelaxationCode::Clock, "the time to judge at was set by hand"),
        ("relaxation.unverified", RelaxationCode::Unverified, "a pointer is written whatever the verdict is"),
        ("capsule.word", RelaxationCode::CapsuleWord, "what was listed is the word of whoever saved the capsule"),
        ("capsule.time", RelaxationCode::CapsuleTime, "a capsule is judged at the time when it was saved"),
        ("capsule.trust", RelaxationCode::CapsuleTrust, "a capsule is judged by its own trust and policies"),
        (
            "capsule.as",
            RelaxationCode::CapsuleStandsFor,
            "subjects of a capsule are judged as of the repository that `--as` names",
        ),
    ];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, code, _)| *code == self).map_or("", |(name, ..)| name)
    }

    /// Whether it is about the replay of a saved run, and not about how that was judged.
    pub fn is_of_capsule(name: &str) -> bool {
        name.starts_with("capsule.")
    }
}

impl Relaxation {
    /// A relaxation of this kind.
    pub fn new(code: RelaxationCode, message: impl Into<String>) -> Self {
        Relaxation { code, message: message.into() }
    }
}
