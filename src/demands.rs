//! What a team demands of a subject beyond what the rules ask by themselves.

use crate::evidence::Class;

/// Demands, from the configuration and from flags. The default demands nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Demands {
    /// A reference without a digest fails.
    pub require_digest: bool,
    /// Classes of documents that must be signed: attached ones do not satisfy them.
    pub require_proven: Vec<Class>,
    /// Predicate types that count as a signature of the subject besides cosign's own: a relaxation.
    pub signature_predicates: Vec<String>,
    /// Warnings make the verdict a fail.
    pub fail_on_warn: bool,
}
