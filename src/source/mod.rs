//! Where bytes come from: a registry, an OCI layout, or what was saved of them. The only room that does network or blob I/O.
//!
//! Everything that leaves this room was checked against the descriptor or digest that it was asked by.
//! What could not be seen is a [`Gap`]; a gap is an answer, not an error, because a verdict has to carry it.

use crate::limits::Limits;
use crate::oci::{Descriptor, Digest, Reference, Repository};

mod access;
mod cache;
pub mod capsule;
pub mod layout;
mod live;
mod login;
mod mirror;
pub mod registry;
mod seen;
mod store;

pub use access::{Access, Answers};
pub use cache::{Cache, Usage};
pub use live::Live;
pub use login::Login;
pub use mirror::{Mirror, Pull};
pub use seen::{
    AssociatedTag, BlobState, FetchedContent, Gap, GapReason, Referrers, ResolveError, ResolvedReference, SearchTarget,
    Statistics, referrers_tag,
};

use capsule::{CapsuleSource, RecordedSource};

/// One place that holds one subject and its evidence.
#[derive(Debug)]
pub enum Source {
    /// A registry or a layout.
    Live(Live),
    /// One of those, whose answers are kept.
    Recorded(Box<RecordedSource>),
    /// What one of those answered in a saved run.
    Capsule(Box<CapsuleSource>),
}

impl Source {
    /// Fetches what the reference stands for: once, and from there on only digests are used.
    pub async fn resolve(&self) -> Result<ResolvedReference, ResolveError> {
        match self {
            Source::Live(live) => live.resolve().await,
            Source::Recorded(recorded) => recorded.resolve().await,
            Source::Capsule(capsule) => capsule.resolve(),
        }
    }

    /// Fetches a manifest by digest.
    pub async fn manifest(&self, descriptor: &Descriptor) -> Result<FetchedContent, GapReason> {
        match self {
            Source::Live(live) => live.manifest(descriptor).await,
            Source::Recorded(recorded) => recorded.manifest(descriptor).await,
            Source::Capsule(capsule) => capsule.manifest(descriptor).await,
        }
    }

    /// Fetches an evidence blob by digest.
    pub async fn blob(&self, descriptor: &Descriptor) -> Result<FetchedContent, GapReason> {
        match self {
            Source::Live(live) => live.blob(descriptor).await,
            Source::Recorded(recorded) => recorded.blob(descriptor).await,
            Source::Capsule(capsule) => capsule.blob(descriptor).await,
        }
    }

    /// Reads a child of an index that lies beside it; nothing where that would have to be waited for.
    pub fn beside(&self, descriptor: &Descriptor) -> Option<Result<FetchedContent, GapReason>> {
        match self {
            Source::Live(live) => live.beside(descriptor),
            Source::Recorded(recorded) => recorded.beside(descriptor),
            Source::Capsule(capsule) => Some(capsule.beside(descriptor)),
        }
    }

    /// Checks a blob that is not to be read: a layout's is hashed, a registry's is left alone.
    pub fn check(&self, descriptor: &Descriptor) -> Result<BlobState, GapReason> {
        match self {
            Source::Live(live) => live.check(descriptor),
            Source::Recorded(recorded) => recorded.check(descriptor),
            Source::Capsule(capsule) => capsule.check(descriptor),
        }
    }

    /// Lists what refers to this digest. `with_tag` also reads the fallback tag where the native list is empty.
    pub async fn referrers(&self, digest: &Digest, with_tag: bool) -> Referrers {
        match self {
            Source::Live(live) => live.referrers(digest, with_tag).await,
            Source::Recorded(recorded) => recorded.referrers(digest, with_tag).await,
            Source::Capsule(capsule) => capsule.referrers(digest, with_tag).await,
        }
    }

    /// Fetches what one of cosign's tags for this digest points at: nothing if there is no such tag.
    pub async fn associated(&self, tag: AssociatedTag, digest: &Digest) -> Result<Option<FetchedContent>, Gap> {
        match self {
            Source::Live(live) => live.associated(tag, digest).await,
            Source::Recorded(recorded) => recorded.associated(tag, digest).await,
            Source::Capsule(capsule) => capsule.associated(tag, digest).await,
        }
    }

    /// How much was read so far.
    pub fn statistics(&self) -> Statistics {
        match self {
            Source::Live(live) => live.statistics(),
            Source::Recorded(recorded) => recorded.statistics(),
            Source::Capsule(capsule) => capsule.statistics(),
        }
    }
}

/// Opens the place that a reference names. Opens files of a layout; connects to nothing yet.
pub fn open(reference: &Reference, access: &Access, limits: &Limits) -> Result<Source, ResolveError> {
    match &access.answers {
        Answers::Live => Live::open(reference, access, limits).map(Source::Live),
        Answers::Kept(recorder) => match Live::open(reference, access, limits) {
            Ok(live) => {
                let recorded = RecordedSource::new(live, reference, recorder.clone());
                Ok(Source::Recorded(Box::new(recorded)))
            }
            Err(error) => {
                recorder.keep_failure(reference, &error);
                Err(error)
            }
        },
        Answers::Replayed(replay) => Ok(Source::Capsule(Box::new(replay.open(reference, limits)))),
    }
}

/// Opens another repository in which evidence about this subject may lie. It is reached with its own credentials, and
/// within what is left of the limits of the subject. A layout holds all its evidence itself.
pub fn open_elsewhere(
    source: &Source,
    repository: &Repository,
    subject: &Digest,
    access: &Access,
) -> Result<Option<Source>, ResolveError> {
    match source {
        Source::Live(live) => Ok(live.elsewhere(repository, subject, access)?.map(Source::Live)),
        Source::Recorded(recorded) => {
            let elsewhere = recorded.elsewhere(repository, subject, access)?;
            Ok(elsewhere.map(|elsewhere| Source::Recorded(Box::new(elsewhere))))
        }
        Source::Capsule(capsule) => {
            let elsewhere = capsule.elsewhere(repository, subject);
            Ok(elsewhere.map(|elsewhere| Source::Capsule(Box::new(elsewhere))))
        }
    }
}

/// What is wrong with a reference itself, found without asking a registry: it names no layout, or more than one subject
/// of one.
pub fn misuse(reference: &Reference, access: &Access, limits: &Limits) -> Option<String> {
    let opened = match open(reference, access, limits) {
        Ok(Source::Live(Live::Layout(layout))) => layout.resolve().map(|_| ()),
        Ok(_) => Ok(()),
        Err(error) => Err(error),
    };
    match opened {
        Err(ResolveError::Usage(problem)) => Some(problem),
        _ => None,
    }
}
