//! Why trust material is refused.

use super::key::KeyProblem;
use crate::oci::Digest;

/// Why trust material is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// A signer without a name.
    #[error("a signer has no name: give each `[[trust.signer]]` a `name`")]
    NoName,
    /// A signer that is nobody, or two.
    #[error("the signer {signer:?} has {found}: expected either a `key` or an `identity`")]
    Means {
        /// The signer's name.
        signer: String,
        /// What it has.
        found: &'static str,
    },
    /// Two names for one key: distinct signers differ by key.
    #[error(
        "the signers {first:?} and {second:?} have the same key {fingerprint}: one key is one signer, give it one name"
    )]
    SameKey {
        /// The first name.
        first: String,
        /// The second name.
        second: String,
        /// sha256 of the key.
        fingerprint: Digest,
    },
    /// Two names for one identity.
    #[error(
        "the signers {first:?} and {second:?} have the same identity ({identity}): one identity is one signer, give it one name"
    )]
    SameIdentity {
        /// The first name.
        first: String,
        /// The second name.
        second: String,
        /// What both say.
        identity: String,
    },
    /// The key is none.
    #[error("the key of signer {signer:?} {problem}")]
    Key {
        /// The signer's name.
        signer: String,
        /// What is wrong with it. Never quotes it: it may be secret.
        problem: KeyProblem,
    },
    /// The identity is none, or means everybody.
    #[error("the identity of the signer {signer:?} {problem}")]
    Identity {
        /// The signer's name.
        signer: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The pattern is none.
    #[error("the repository pattern {pattern:?} of {whose} {problem}")]
    Pattern {
        /// Whose pattern it is.
        whose: String,
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A predicate type that matches nothing.
    #[error(
        "the predicate type {found:?} of {whose} matches nothing: give a whole URI (`*` is no pattern here), \
         or leave it out to mean all"
    )]
    PredicateType {
        /// Whose it is.
        whose: String,
        /// The predicate type.
        found: String,
    },
    /// Something that cannot be of any use.
    #[error("{whose} {problem}")]
    Useless {
        /// Whose entry it is.
        whose: String,
        /// What is wrong with it.
        problem: String,
    },
}
