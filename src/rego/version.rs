//! Which Rego a policy is written in.

/// The version of the language that policies are written in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RegoVersion {
    /// Before OPA 1.0: `deny[msg] { … }`.
    V0,
    /// OPA 1.0 and later: `deny contains msg if { … }`.
    #[default]
    V1,
}

impl RegoVersion {
    /// All versions and their names.
    pub const NAMES: [(&'static str, RegoVersion); 2] = [("v0", RegoVersion::V0), ("v1", RegoVersion::V1)];

    /// The version with this name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, version)| *version)
    }
}
