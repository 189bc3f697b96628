//! What keeps a document from being the one that its class's rule asks for.

/// One thing that keeps a document from satisfying its class's rule: it is malformed, about something else, or of a run that
/// failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// The code of a fault of documents; `only_used`, `no_digest`, `other_subject` or `layers_unnamed`; or `run_failed`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// JSON pointer into the document.
    pub pointer: String,
}
