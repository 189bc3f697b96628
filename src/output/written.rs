//! What is kept of a subject that was written.

use crate::report::Verdict;

/// A subject that was written.
#[derive(Debug)]
pub(super) struct WrittenSubject {
    pub(super) verdict: Verdict,
    pub(super) name: String,
}
