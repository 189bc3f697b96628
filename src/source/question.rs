//! What every source is asked, and what it answers: the one interface of registries, layouts and saved runs.

use serde::{Deserialize, Serialize};

use super::seen::{
    AssociatedTag, BlobState, FetchedContent, Gap, GapReason, Referrers, ResolveError, ResolvedReference, SearchTarget,
};
use crate::oci::{Descriptor, Digest, Reference};

/// Content as whoever names it describes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SizedDigest {
    /// Its digest.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
}

impl From<&Descriptor> for SizedDigest {
    fn from(descriptor: &Descriptor) -> Self {
        SizedDigest { digest: descriptor.digest.clone(), size: descriptor.size }
    }
}

/// What a source is asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// What its reference stands for.
    Subject,
    /// A manifest.
    Manifest(SizedDigest),
    /// An evidence blob.
    Blob(SizedDigest),
    /// Whether a blob is held that is not to be read: a layout's is hashed, a registry's is left alone.
    Check(SizedDigest),
    /// What refers to a digest.
    Referrers {
        /// The digest.
        digest: Digest,
        /// Whether the fallback tag is read too where the list is empty.
        with_tag: bool,
    },
    /// What one of cosign's tags points at.
    Tag(String),
}

impl Question {
    /// What is looked for by it, where `reference` is the one that the source was opened by.
    pub fn sought(&self, reference: &Reference) -> SearchTarget {
        match self {
            Question::Subject => SearchTarget::Subject(reference.to_string()),
            Question::Manifest(content) | Question::Blob(content) | Question::Check(content) => {
                SearchTarget::Manifest(content.digest.clone())
            }
            Question::Referrers { digest, .. } => SearchTarget::Referrers(digest.clone()),
            Question::Tag(name) => SearchTarget::Tag(name.clone()),
        }
    }

    /// One of cosign's tags for a digest; none where it has no such tags.
    pub fn tag(tag: AssociatedTag, digest: &Digest) -> Option<Self> {
        tag.tag(digest).map(Question::Tag)
    }
}

/// What it answers.
#[derive(Debug, Clone)]
pub enum Answer {
    /// What the reference stands for.
    Subject(Box<ResolvedReference>),
    /// The reference became no subject.
    Unresolved(ResolveError),
    /// Bytes that hash to the digest they were asked by.
    Content(FetchedContent),
    /// There is no such tag.
    Nothing,
    /// Whether a blob is held.
    State(BlobState),
    /// What was listed, and what of the list could not be seen.
    Listed(Referrers),
    /// It could not be seen.
    Unseen(GapReason),
}

impl From<Result<ResolvedReference, ResolveError>> for Answer {
    fn from(resolved: Result<ResolvedReference, ResolveError>) -> Self {
        resolved.map_or_else(Answer::Unresolved, |resolved| Answer::Subject(Box::new(resolved)))
    }
}

impl From<Result<FetchedContent, GapReason>> for Answer {
    fn from(fetched: Result<FetchedContent, GapReason>) -> Self {
        fetched.map_or_else(Answer::Unseen, Answer::Content)
    }
}

impl From<Result<Option<FetchedContent>, GapReason>> for Answer {
    fn from(fetched: Result<Option<FetchedContent>, GapReason>) -> Self {
        match fetched {
            Ok(Some(content)) => Answer::Content(content),
            Ok(None) => Answer::Nothing,
            Err(reason) => Answer::Unseen(reason),
        }
    }
}

impl From<Result<BlobState, GapReason>> for Answer {
    fn from(checked: Result<BlobState, GapReason>) -> Self {
        checked.map_or_else(Answer::Unseen, Answer::State)
    }
}

/// An answer to another question: only what was saved can be that.
pub(super) fn mismatch() -> GapReason {
    GapReason::Malformed("the capsule answers it with something else than was asked".to_owned())
}

impl Answer {
    pub(super) fn resolved(self, sought: SearchTarget) -> Result<ResolvedReference, ResolveError> {
        match self {
            Answer::Subject(resolved) => Ok(*resolved),
            Answer::Unresolved(error) => Err(error),
            Answer::Unseen(reason) => Err(ResolveError::Unseen(Gap { sought, reason })),
            _ => Err(ResolveError::Unseen(Gap { sought, reason: mismatch() })),
        }
    }

    pub(super) fn content(self) -> Result<FetchedContent, GapReason> {
        match self {
            Answer::Content(content) => Ok(content),
            Answer::Unseen(reason) => Err(reason),
            _ => Err(mismatch()),
        }
    }

    pub(super) fn content_or_nothing(self) -> Result<Option<FetchedContent>, GapReason> {
        match self {
            Answer::Nothing => Ok(None),
            other => other.content().map(Some),
        }
    }

    pub(super) fn state(self) -> Result<BlobState, GapReason> {
        match self {
            Answer::State(state) => Ok(state),
            Answer::Unseen(reason) => Err(reason),
            _ => Err(mismatch()),
        }
    }

    pub(super) fn referrers(self, sought: SearchTarget) -> Referrers {
        let unseen = |reason| Referrers { gaps: vec![Gap { sought, reason }], ..Referrers::default() };
        match self {
            Answer::Listed(referrers) => referrers,
            Answer::Unseen(reason) => unseen(reason),
            _ => unseen(mismatch()),
        }
    }
}
