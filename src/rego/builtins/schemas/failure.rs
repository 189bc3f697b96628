//! Why a schema or a document has no answer.

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// OPA says this.
    Said(String),
    /// What OPA says is not certain.
    Unsure(String),
}

/// A failure that OPA has too.
pub(super) fn said<T>(text: impl Into<String>) -> Result<T, Failure> {
    Err(Failure::Said(text.into()))
}

/// A failure of this engine.
pub(super) fn unsure<T>(text: impl Into<String>) -> Result<T, Failure> {
    Err(Failure::Unsure(text.into()))
}
