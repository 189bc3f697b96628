//! What was answered, out of what was saved of it. Nothing of that is believed: bytes are hashed again, and an answer to
//! another question is none.

use super::recorder::SavedAnswer;
use crate::oci::{Descriptor, Digest, LayoutSelector, Manifest, Reference};
use crate::source::question::{Answer, Question, SizedDigest, mismatch};
use crate::source::seen::{FetchedContent, Gap, GapReason, Referrers, ResolveError, ResolvedReference};

/// The answer to a question, of a source that was opened by `reference`. `bytes` gives those of a sha256, which it
/// checked.
pub(super) fn restore(
    reference: &Reference,
    question: &Question,
    saved: &SavedAnswer,
    bytes: impl Fn(&Digest) -> Result<Vec<u8>, GapReason>,
) -> Answer {
    match (question, saved) {
        (Question::Subject, SavedAnswer::Subject { descriptor, bytes: held, tag_moved_to }) => {
            let unseen = |reason| ResolveError::Unseen(Gap { sought: question.sought(reference), reason });
            let read = || bytes(held).map_err(unseen);
            subject(named_digest(reference), descriptor, tag_moved_to.clone(), read).into()
        }
        (Question::Subject, SavedAnswer::UnseenSubject(gap)) => Answer::Unresolved(ResolveError::Unseen(gap.clone())),
        (Question::Subject, SavedAnswer::Corrupt { expected, found }) => {
            Answer::Unresolved(ResolveError::Corrupt { expected: expected.clone(), found: found.clone() })
        }
        (Question::Subject, SavedAnswer::Unacceptable(problem)) => {
            Answer::Unresolved(ResolveError::Recorded(problem.clone()))
        }
        (Question::Manifest(named) | Question::Blob(named), SavedAnswer::Content(held)) => {
            bytes(held).and_then(|bytes| content(named, bytes)).into()
        }
        (Question::Tag(_), SavedAnswer::Content(held)) => {
            bytes(held).map(|bytes| FetchedContent { digest: held.clone(), bytes }).into()
        }
        (Question::Tag(_), SavedAnswer::Nothing) => Answer::Nothing,
        (Question::Check(_), SavedAnswer::Held(state)) => Answer::State(*state),
        (Question::Referrers { .. }, SavedAnswer::Listed { descriptors, unlisted, gaps }) => {
            let (listed, unlisted, gaps) = (descriptors.clone(), unlisted.clone(), gaps.clone());
            Answer::Listed(Referrers { listed, unlisted, gaps })
        }
        (_, SavedAnswer::Unseen(reason)) => Answer::Unseen(reason.clone()),
        _ => Answer::Unseen(mismatch()),
    }
}

fn subject(
    named: Option<&Digest>,
    listed: &Descriptor,
    tag_moved_to: Option<Digest>,
    read: impl FnOnce() -> Result<Vec<u8>, ResolveError>,
) -> Result<ResolvedReference, ResolveError> {
    // A capsule cannot put another artifact in the place of one that is named by its digest.
    if let Some(expected) = named.filter(|expected| **expected != listed.digest) {
        return Err(ResolveError::Corrupt { expected: expected.clone(), found: listed.digest.clone() });
    }
    let bytes = read()?;
    let found = Digest::of(listed.digest.algorithm(), &bytes);
    if found != listed.digest {
        return Err(ResolveError::Corrupt { expected: listed.digest.clone(), found });
    }
    let manifest =
        Manifest::parse(&bytes, None).map_err(|error| ResolveError::Malformed { digest: found.clone(), error })?;
    let (media_type, size) = (manifest.media_type.clone(), bytes.len() as u64);
    let descriptor = Descriptor { media_type, size, ..listed.clone() };
    Ok(ResolvedReference { descriptor, bytes, manifest, tag_moved_to })
}

fn content(named: &SizedDigest, bytes: Vec<u8>) -> Result<FetchedContent, GapReason> {
    let found = Digest::of(named.digest.algorithm(), &bytes);
    if found != named.digest {
        return Err(GapReason::Corrupt { expected: named.digest.clone(), found });
    }
    let size = bytes.len() as u64;
    if size != named.size {
        return Err(GapReason::Size { expected: named.size, found: size });
    }
    Ok(FetchedContent { digest: found, bytes })
}

fn named_digest(reference: &Reference) -> Option<&Digest> {
    match reference {
        Reference::Registry { digest, .. } => digest.as_ref(),
        Reference::Layout { selector: Some(LayoutSelector::Digest(digest)), .. } => Some(digest),
        Reference::Layout { .. } => None,
    }
}
