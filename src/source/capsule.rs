//! A source that answers what another source answered before: the replay of a saved run.
//!
//! It answers the same questions ([`Question`]) with the recorded answers, so that the same walk runs again by the same
//! code. Content is hashed when it is read. Where a tag points and what is listed is the word of whoever saved it, as it
//! is a registry's word otherwise. What was not asked when it was saved is a gap.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::rc::Rc;
use std::sync::Arc;

use super::seen::{
    AssociatedTag, BlobState, FetchedContent, Gap, GapReason, Referrers, ResolveError, ResolvedReference, Statistics,
};
use crate::limits::Limits;
use crate::oci::{Descriptor, Digest, LayoutSelector, Manifest, Reference, Repository};

pub mod archive;
mod recorded;
mod recorder;
mod turns;

pub use archive::{Archive, ArchiveError};
pub(super) use recorded::RecordedSource;
pub use recorder::{Answer, Exchange, Question, Recorder, SourceAnswers};
use turns::Turns;

/// The saved answers for one subject, and the archive that holds the bytes.
#[derive(Debug, Clone)]
pub struct Replay {
    archive: Arc<Archive>,
    answers: Arc<BTreeMap<String, OrderedAnswers>>,
}

/// By question its first answer, and at which place among all answers it came.
type OrderedAnswers = BTreeMap<Question, (usize, Answer)>;

impl Replay {
    /// The answers that were saved for one subject: those of its source, and of an index those for each child.
    pub fn new(archive: Arc<Archive>, answers: Vec<SourceAnswers>) -> Self {
        let mut sources: BTreeMap<String, OrderedAnswers> = BTreeMap::new();
        for SourceAnswers { source, exchanges } in answers {
            // Of two sources of one name the first one counts.
            let Entry::Vacant(entry) = sources.entry(source) else { continue };
            let answered = entry.insert(OrderedAnswers::new());
            for (place, Exchange { question, answer }) in exchanges.into_iter().enumerate() {
                answered.entry(question).or_insert((place, answer));
            }
        }
        Replay { archive, answers: Arc::new(sources) }
    }

    /// The source that a reference named when the run was saved.
    pub(super) fn open(&self, reference: &Reference, limits: &Limits) -> CapsuleSource {
        CapsuleSource {
            reference: reference.clone(),
            replay: self.clone(),
            limits: limits.clone(),
            read: Rc::new(Cell::new(0)),
            turns: Turns::default(),
        }
    }
}

/// One source of a saved run.
#[derive(Debug)]
pub struct CapsuleSource {
    reference: Reference,
    replay: Replay,
    limits: Limits,
    read: Rc<Cell<u64>>,
    turns: Turns,
}

impl CapsuleSource {
    fn find(&self, question: &Question) -> Result<(usize, &Answer), GapReason> {
        let of_source = self.replay.answers.get(&self.reference.to_string());
        let found = of_source.and_then(|answered| answered.get(question));
        found.map(|(place, answer)| (*place, answer)).ok_or(GapReason::NotKept)
    }

    fn answer(&self, question: &Question) -> Result<&Answer, GapReason> {
        self.find(question).map(|(_, answer)| answer)
    }

    /// Waits until it is this answer's turn; what was not asked has none.
    async fn in_turn(&self, question: &Question) {
        if let Ok((place, _)) = self.find(question) {
            self.turns.wait(place).await;
        }
    }

    /// Bytes of the archive, which hashes them.
    fn bytes(&self, digest: &Digest, limit: u64, what: &'static str) -> Result<Vec<u8>, GapReason> {
        let bytes = self.replay.archive.read(digest, limit).map_err(|error| match error {
            ArchiveError::TooLarge => GapReason::Limit { what: what.into(), limit },
            error => GapReason::Malformed(error.to_string()),
        })?;
        let read = self.read.get().saturating_add(bytes.len() as u64);
        self.read.set(read);
        if read > self.limits.total_bytes {
            let limit = self.limits.total_bytes;
            return Err(GapReason::Limit { what: "bytes read for one subject".into(), limit });
        }
        Ok(bytes)
    }

    /// What the reference stood for.
    pub(super) fn resolve(&self) -> Result<ResolvedReference, ResolveError> {
        let unseen = |reason| ResolveError::Unseen(Question::Subject.gap(&self.reference, reason));
        let (listed, held, tag_moved_to) = match self.answer(&Question::Subject).map_err(unseen)? {
            Answer::Subject { descriptor, bytes, tag_moved_to } => (descriptor, bytes, tag_moved_to),
            Answer::UnseenSubject(gap) => return Err(ResolveError::Unseen(gap.clone())),
            Answer::Corrupt { expected, found } => {
                return Err(ResolveError::Corrupt { expected: expected.clone(), found: found.clone() });
            }
            Answer::Unacceptable(problem) => return Err(ResolveError::Recorded(problem.clone())),
            _ => return Err(unseen(mismatch())),
        };
        // A capsule cannot put another artifact in the place of one that is named by its digest.
        if let Some(expected) = named_digest(&self.reference)
            && *expected != listed.digest
        {
            return Err(ResolveError::Corrupt { expected: expected.clone(), found: listed.digest.clone() });
        }
        let bytes = self.bytes(held, self.limits.manifest_bytes, "bytes of one manifest").map_err(unseen)?;
        let found = Digest::of(listed.digest.algorithm(), &bytes);
        if found != listed.digest {
            return Err(ResolveError::Corrupt { expected: listed.digest.clone(), found });
        }
        let manifest =
            Manifest::parse(&bytes, None).map_err(|error| ResolveError::Malformed { digest: found.clone(), error })?;
        let (media_type, size) = (manifest.media_type.clone(), bytes.len() as u64);
        let descriptor = Descriptor { media_type, size, ..listed.clone() };
        Ok(ResolvedReference { descriptor, bytes, manifest, tag_moved_to: tag_moved_to.clone() })
    }

    /// A manifest.
    pub(super) async fn manifest(&self, descriptor: &Descriptor) -> Result<FetchedContent, GapReason> {
        self.in_turn(&Question::manifest(descriptor)).await;
        self.beside(descriptor)
    }

    /// A manifest that was read without waiting.
    pub(super) fn beside(&self, descriptor: &Descriptor) -> Result<FetchedContent, GapReason> {
        self.by_digest(&Question::manifest(descriptor), self.limits.manifest_bytes, "bytes of one manifest")
    }

    /// An evidence blob.
    pub(super) async fn blob(&self, descriptor: &Descriptor) -> Result<FetchedContent, GapReason> {
        self.in_turn(&Question::blob(descriptor)).await;
        self.by_digest(&Question::blob(descriptor), self.limits.evidence_bytes, "bytes of one evidence blob")
    }

    fn by_digest(&self, question: &Question, limit: u64, what: &'static str) -> Result<FetchedContent, GapReason> {
        let (Question::Manifest { digest, size } | Question::Blob { digest, size }) = question else {
            return Err(mismatch());
        };
        match self.answer(question)? {
            Answer::Content(held) => {
                let bytes = self.bytes(held, limit, what)?;
                let found = Digest::of(digest.algorithm(), &bytes);
                if found != *digest {
                    return Err(GapReason::Corrupt { expected: digest.clone(), found });
                }
                let stated = bytes.len() as u64;
                if stated != *size {
                    return Err(GapReason::Size { expected: *size, found: stated });
                }
                Ok(FetchedContent { digest: found, bytes })
            }
            Answer::Unseen(reason) => Err(reason.clone()),
            _ => Err(mismatch()),
        }
    }

    /// What was found of a blob that was not to be read.
    pub(super) fn check(&self, descriptor: &Descriptor) -> Result<BlobState, GapReason> {
        match self.answer(&Question::check(descriptor))? {
            Answer::Held(held) => Ok(*held),
            Answer::Unseen(reason) => Err(reason.clone()),
            _ => Err(mismatch()),
        }
    }

    /// What was listed as referring to this digest.
    pub(super) async fn referrers(&self, digest: &Digest, with_tag: bool) -> Referrers {
        let question = Question::Referrers { digest: digest.clone(), with_tag };
        self.in_turn(&question).await;
        match self.answer(&question) {
            Ok(Answer::Listed { descriptors, gaps }) => Referrers { listed: descriptors.clone(), gaps: gaps.clone() },
            Ok(_) => Referrers { listed: Vec::new(), gaps: vec![question.gap(&self.reference, mismatch())] },
            Err(reason) => Referrers { listed: Vec::new(), gaps: vec![question.gap(&self.reference, reason)] },
        }
    }

    /// What one of cosign's tags pointed at.
    pub(super) async fn associated(&self, tag: AssociatedTag, digest: &Digest) -> Result<Option<FetchedContent>, Gap> {
        let Some(name) = tag.tag(digest) else { return Ok(None) };
        let question = Question::Tag(name);
        self.in_turn(&question).await;
        let gap = |reason| question.gap(&self.reference, reason);
        match self.answer(&question).map_err(gap)? {
            Answer::Nothing => Ok(None),
            Answer::Content(held) => {
                let bytes = self.bytes(held, self.limits.manifest_bytes, "bytes of one manifest").map_err(gap)?;
                Ok(Some(FetchedContent { digest: held.clone(), bytes }))
            }
            Answer::Unseen(reason) => Err(gap(reason.clone())),
            _ => Err(gap(mismatch())),
        }
    }

    /// What another repository answered about this subject, where one was asked; of a layout none is.
    pub(super) fn elsewhere(&self, repository: &Repository, subject: &Digest) -> Option<Self> {
        let Reference::Registry { .. } = &self.reference else { return None };
        Some(CapsuleSource {
            reference: recorder::elsewhere(repository, subject),
            replay: self.replay.clone(),
            limits: self.limits.clone(),
            read: Rc::clone(&self.read),
            turns: Turns::default(),
        })
    }

    /// Nothing is requested of anybody.
    pub(super) fn statistics(&self) -> Statistics {
        Statistics { requests: 0, bytes: self.read.get(), cached: 0 }
    }
}

fn mismatch() -> GapReason {
    GapReason::Malformed("the capsule answers it with something else than was asked".to_owned())
}

fn named_digest(reference: &Reference) -> Option<&Digest> {
    match reference {
        Reference::Registry { digest, .. } => digest.as_ref(),
        Reference::Layout { selector: Some(LayoutSelector::Digest(digest)), .. } => Some(digest),
        Reference::Layout { .. } => None,
    }
}
