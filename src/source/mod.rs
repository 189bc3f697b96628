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
mod question;
pub mod registry;
mod seen;
mod store;
mod turn;

pub use access::{Access, Answers};
pub use cache::{Cache, Usage};
pub use login::Login;
pub use mirror::{Mirror, Pull};
pub use seen::{
    AssociatedTag, BlobState, FetchedContent, Gap, GapReason, Referrers, ResolveError, ResolvedReference, SearchTarget,
    Statistics, referrers_tag,
};
pub use turn::{JudgedSubjects, MemoryTurn};

use capsule::{CapsuleSource, RecordedSource};
use live::LiveSource;
use question::{Answer, Question, SizedDigest};

/// One place that holds one subject and its evidence.
#[derive(Debug)]
pub struct Source {
    /// What it was opened by.
    reference: Reference,
    place: SourcePlace,
}

/// Who answers.
#[derive(Debug)]
enum SourcePlace {
    /// A registry or a layout.
    Live(LiveSource),
    /// One of those, whose answers are kept.
    Recorded(RecordedSource),
    /// What one of those answered in a saved run.
    Capsule(CapsuleSource),
}

impl Source {
    /// Asks one question.
    pub(in crate::source) async fn ask(&self, question: &Question) -> Answer {
        match &self.place {
            SourcePlace::Live(live) => live.ask(question).await,
            SourcePlace::Recorded(recorded) => Box::pin(recorded.ask(&self.reference, question)).await,
            SourcePlace::Capsule(capsule) => capsule.ask(&self.reference, question),
        }
    }

    /// Fetches what the reference stands for: once, and from there on only digests are used.
    pub async fn resolve(&self) -> Result<ResolvedReference, ResolveError> {
        self.ask(&Question::Subject).await.resolved(Question::Subject.sought(&self.reference))
    }

    /// Fetches a manifest by digest.
    pub async fn manifest(&self, descriptor: &Descriptor) -> Result<FetchedContent, GapReason> {
        self.ask(&Question::Manifest(SizedDigest::from(descriptor))).await.content()
    }

    /// Fetches an evidence blob by digest.
    pub async fn blob(&self, descriptor: &Descriptor) -> Result<FetchedContent, GapReason> {
        self.ask(&Question::Blob(SizedDigest::from(descriptor))).await.content()
    }

    /// Checks a blob that is not to be read: a layout's is hashed, a registry's is left alone.
    pub async fn check(&self, descriptor: &Descriptor) -> Result<BlobState, GapReason> {
        self.ask(&Question::Check(SizedDigest::from(descriptor))).await.state()
    }

    /// Lists what refers to this digest. `with_tag` also reads the fallback tag where the native list is empty.
    pub async fn referrers(&self, digest: &Digest, with_tag: bool) -> Referrers {
        let question = Question::Referrers { digest: digest.clone(), with_tag };
        self.ask(&question).await.referrers(question.sought(&self.reference))
    }

    /// Fetches what one of cosign's tags for this digest points at: nothing if there is no such tag.
    pub async fn associated(&self, tag: AssociatedTag, digest: &Digest) -> Result<Option<FetchedContent>, Gap> {
        let Some(question) = Question::tag(tag, digest) else { return Ok(None) };
        let answer = self.ask(&question).await.content_or_nothing();
        answer.map_err(|reason| Gap { sought: question.sought(&self.reference), reason })
    }

    /// How much was read so far.
    pub fn statistics(&self) -> Statistics {
        match &self.place {
            SourcePlace::Live(live) => live.statistics(),
            SourcePlace::Recorded(recorded) => recorded.statistics(),
            SourcePlace::Capsule(capsule) => capsule.statistics(),
        }
    }

    /// Another repository in which evidence about this subject may lie. It is reached with its own credentials, and
    /// within what is left of the limits of the subject. A layout holds all its evidence itself.
    pub fn elsewhere(
        &self,
        repository: &Repository,
        subject: &Digest,
        access: &Access,
    ) -> Result<Option<Source>, ResolveError> {
        let place = match &self.place {
            SourcePlace::Live(live) => live.elsewhere(repository, subject, access)?.map(SourcePlace::Live),
            SourcePlace::Recorded(own) => own.elsewhere(repository, subject, access)?.map(SourcePlace::Recorded),
            SourcePlace::Capsule(own) => {
                let has_others = matches!(self.reference, Reference::Registry { .. });
                has_others.then(|| SourcePlace::Capsule(own.clone()))
            }
        };
        let (repository, digest) = (repository.clone(), Some(subject.clone()));
        let reference = Reference::Registry { repository, tag: None, digest };
        Ok(place.map(|place| Source { reference, place }))
    }
}

/// Opens the place that a reference names. Opens files of a layout; connects to nothing yet.
pub fn open(reference: &Reference, access: &Access, limits: &Limits) -> Result<Source, ResolveError> {
    let place = match &access.answers {
        Answers::Live => SourcePlace::Live(LiveSource::open(reference, access, limits)?),
        Answers::Kept(recorder) => {
            let live = LiveSource::open(reference, access, limits);
            let live = live.inspect_err(|error| recorder.keep_failure(reference, error))?;
            SourcePlace::Recorded(RecordedSource::new(live, recorder.clone()))
        }
        Answers::Replayed(replay) => SourcePlace::Capsule(replay.open(limits)),
    };
    Ok(Source { reference: reference.clone(), place })
}

/// What is wrong with a reference itself, found without asking a registry: it names no layout, or more than one subject
/// of one.
pub fn misuse(reference: &Reference, access: &Access, limits: &Limits) -> Option<String> {
    let opened = match open(reference, access, limits) {
        Ok(Source { place: SourcePlace::Live(LiveSource::Layout(layout)), .. }) => layout.resolve().map(|_| ()),
        Ok(_) => Ok(()),
        Err(error) => Err(error),
    };
    match opened {
        Err(ResolveError::Usage(problem)) => Some(problem),
        _ => None,
    }
}
