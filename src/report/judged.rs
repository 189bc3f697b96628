//! A finding, and what it does to the verdict.

use super::excerpt::Excerpt;
use crate::finding::Finding;

/// What a finding does to the verdict, after gaps and unchecked evidence were considered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// It makes the subject fail.
    Fails,
    /// It leaves the subject undecided.
    Undecides,
    /// It is only said.
    Warns,
}

/// A finding and its weight.
#[derive(Debug, Clone, PartialEq)]
pub struct WeighedFinding {
    /// What it does to the verdict.
    pub weight: Weight,
    /// The rule's word.
    pub finding: Finding,
    /// Why its weight is not what its effect says.
    pub because: Option<String>,
    /// The finding that it follows from: its place in the list. Where that is fixed, this may be gone too.
    pub caused_by: Option<usize>,
    /// The places that it points at, with their lines.
    pub excerpts: Vec<Excerpt>,
}
