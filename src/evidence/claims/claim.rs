//! One thing that a document says of licence, sensitivity, CARE, authority or attribution.

use serde_json::Value;

/// What a claim is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClaimRole {
    /// A licence.
    Licence,
    /// A label that says who may see the data.
    Sensitivity,
    /// A CARE block, or its flat form as a block.
    Care,
    /// Somebody has authority to control the data.
    Authority,
    /// Whom to name as source.
    Attribution,
}

impl ClaimRole {
    /// All of them.
    pub const ALL: [ClaimRole; 5] =
        [ClaimRole::Licence, ClaimRole::Sensitivity, ClaimRole::Care, ClaimRole::Authority, ClaimRole::Attribution];

    /// The name in the policy input.
    pub fn name(self) -> &'static str {
        match self {
            ClaimRole::Licence => "licence",
            ClaimRole::Sensitivity => "sensitivity",
            ClaimRole::Care => "care",
            ClaimRole::Authority => "authority",
            ClaimRole::Attribution => "attribution",
        }
    }
}

/// One thing that a document says in one of the roles.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// What it is about.
    pub role: ClaimRole,
    /// The field's name as written.
    pub field: String,
    /// What it says: a text, for CARE the block with its known members under their own names. Null where an object
    /// says nothing that could be read.
    pub value: Value,
    /// Where.
    pub pointer: String,
    /// The label's rank; none for an unresolved label, and for the other roles.
    pub rank: Option<u8>,
    /// Whether the name is bare or has a listed prefix.
    pub listed: bool,
    /// Whether it is said of the subject itself, and not of an input, a link, a parameter, or of something quoted. Only
    /// such a claim satisfies a demand; any raises one.
    pub of_subject: bool,
}
