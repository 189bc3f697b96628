//! What is judged.

use ocigate::oci::{Reference, Repository};
use ocigate::pointer::Pointer;

/// One subject to judge.
pub struct Task {
    /// What to resolve.
    pub reference: Reference,
    /// What it is held against.
    pub pointer: Option<Box<Pointer>>,
    /// The pointer forbids to look: it names no subject, or another repository.
    pub is_refused: bool,
    /// The repository that a layout stands for.
    pub stands_for: Option<Repository>,
    /// Whether this one has to be named by its digest.
    pub require_digest: bool,
    /// The repository that this layout alone stands for.
    pub bound_as: Option<Repository>,
}

impl Task {
    pub fn by(pointer: Pointer, reference: Reference, is_refused: bool, stands_for: Option<Repository>) -> Self {
        Task {
            reference,
            pointer: Some(Box::new(pointer)),
            is_refused,
            stands_for,
            require_digest: false,
            bound_as: None,
        }
    }
}
