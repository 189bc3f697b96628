//! What the report of a replay says besides.

use ocigate::oci::Digest;
use ocigate::report::{Difference, Relaxation, ReplayedRun, Run};

/// What the report of a replay says besides: the marked facts, in one place.
pub struct Marks {
    pub(super) relaxations: Vec<Relaxation>,
    pub(super) notes: Vec<String>,
    pub(super) replayed: ReplayedRun,
    /// The digest of all policies that the capsule was saved with.
    pub(super) policies: Digest,
}

impl Marks {
    /// Adds them to the facts of the run.
    pub fn put(&self, run: &mut Run) {
        let mut replayed = self.replayed.clone();
        if run.policies != self.policies {
            let (here, carried) = (Some(run.policies.to_string()), Some(self.policies.to_string()));
            replayed.differences.push(Difference { what: "all policies and data", here, carried });
        }
        run.relaxations.extend(self.relaxations.iter().cloned());
        run.notes.extend(self.notes.iter().cloned());
        run.capsule = Some(replayed);
    }
}
