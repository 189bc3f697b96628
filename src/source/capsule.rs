//! A source that answers what another source answered before: the replay of a saved run.
//!
//! It answers the same questions with the recorded answers, so that the same walk runs again by the same
//! code. Content is hashed when it is read. Where a tag points and what is listed is the word of whoever saved it, as it
//! is a registry's word otherwise. What was not asked when it was saved is a gap.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::rc::Rc;
use std::sync::Arc;

use super::question::{Answer, Question};
use super::seen::{GapReason, Statistics};
use crate::limits::Limits;
use crate::oci::{Digest, Reference};

pub mod archive;
mod recorded;
mod recorder;
mod restore;

pub use archive::{Archive, ArchiveError};
pub(super) use recorded::RecordedSource;
pub use recorder::{Exchange, Recorder, SavedAnswer, SourceAnswers};
use restore::restore;

/// The saved answers for one subject, and the archive that holds the bytes.
#[derive(Debug, Clone)]
pub struct Replay {
    archive: Arc<Archive>,
    answers: Arc<BTreeMap<String, BTreeMap<Question, SavedAnswer>>>,
}

impl Replay {
    /// The answers that were saved for one subject: those of its source, and of an index those for each child.
    pub fn new(archive: Arc<Archive>, answers: Vec<SourceAnswers>) -> Self {
        let mut sources = BTreeMap::new();
        for SourceAnswers { source, exchanges } in answers {
            // Of two sources of one name the first one counts.
            let Entry::Vacant(entry) = sources.entry(source) else { continue };
            let answered: &mut BTreeMap<Question, SavedAnswer> = entry.insert(BTreeMap::new());
            for Exchange { question, answer } in exchanges {
                answered.entry(question).or_insert(answer);
            }
        }
        Replay { archive, answers: Arc::new(sources) }
    }

    /// The sources of the saved run, within these limits.
    pub(super) fn open(&self, limits: &Limits) -> CapsuleSource {
        CapsuleSource { replay: self.clone(), limits: limits.clone(), read: Rc::new(Cell::new(0)) }
    }
}

/// The sources of one subject of a saved run.
#[derive(Debug, Clone)]
pub struct CapsuleSource {
    replay: Replay,
    limits: Limits,
    read: Rc<Cell<u64>>,
}

impl CapsuleSource {
    /// Answers what the source of this reference answered when the run was saved; nothing else.
    pub(super) fn ask(&self, reference: &Reference, question: &Question) -> Answer {
        let of_source = self.replay.answers.get(&reference.to_string());
        let Some(saved) = of_source.and_then(|answered| answered.get(question)) else {
            return Answer::Unseen(GapReason::NotKept);
        };
        let (limit, what) = match question {
            Question::Blob(_) => (self.limits.evidence_bytes, "bytes of one evidence blob"),
            _ => (self.limits.manifest_bytes, "bytes of one manifest"),
        };
        restore(reference, question, saved, |digest| self.bytes(digest, limit, what))
    }

    /// Bytes of the archive, which hashes them.
    fn bytes(&self, digest: &Digest, limit: u64, what: &'static str) -> Result<Vec<u8>, GapReason> {
        let bytes = self.replay.archive.read(digest, limit).map_err(|error| match error {
            ArchiveError::TooLarge => GapReason::Limit { what: what.into(), limit },
            error => GapReason::Malformed(error.to_string()),
        })?;
        self.read.set(self.read.get().saturating_add(bytes.len() as u64));
        Ok(bytes)
    }

    /// Nothing is requested of anybody.
    pub(super) fn statistics(&self) -> Statistics {
        Statistics { requests: 0, bytes: self.read.get(), cached: 0 }
    }
}
