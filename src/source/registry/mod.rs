//! A repository of a registry: the read path of the distribution API (distribution-spec 1.1).
//!
//! What it must not do: believe a header that names a digest, follow where a descriptor's `urls` point,
//! take "I could not see" for "there is none", or read anything without a bound. The only place that does
//! network I/O.

use std::cell::RefCell;
use std::rc::Rc;

use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use tokio::time::{Duration, timeout};

use self::answer::Answer;
use self::authentication::Authentication;
use self::budget::Budget;
use self::credentials::Sources;
use self::origins::Origins;
use self::place::Place;
use self::secrets::Secrets;
use self::transport::Transport;
use self::wire::Wire;
use super::access::Access;
use super::cache::Cache;
use super::mirror::{self, Pull};
use super::question::{Answer as Reply, Question, SizedDigest};
use super::seen::{
    BlobState, FetchedContent, Gap, GapReason, Referrers, ResolveError, ResolvedReference, SearchTarget, Statistics,
};
use crate::limits::Limits;
use crate::oci::json::JsonError;
use crate::oci::{Descriptor, Digest, Manifest, ManifestError, Reference, Repository};

mod answer;
mod authentication;
mod body;
mod budget;
pub(super) mod connections;
mod credentials;
mod failure;
mod link;
mod origins;
mod place;
mod referrers;
mod refusal;
mod retry;
mod secrets;
mod session;
mod tls;
mod transport;
mod urls;
mod wanted;
mod wire;

pub use connections::Connections;
pub use tls::{Tls, TlsError};

/// How long the tag of `tag@digest` is waited for after the digest is there: it only makes a warning.
const TAG_TIME: Duration = Duration::from_secs(2);

/// One subject's repository, and where its content is asked for.
#[derive(Debug)]
pub struct Registry {
    repository: Repository,
    tag: Option<String>,
    digest: Option<Digest>,
    budget: Rc<Budget>,
    /// Credentials that were sent.
    sent: Rc<RefCell<Secrets>>,
    /// Mirrors first, the registry itself last.
    places: Vec<Place>,
    /// Where referrers and evidence are kept. The subject is not: that the registry has it, and gives it to whoever
    /// asks, is seen in every run.
    cache: Option<Cache>,
}

impl Registry {
    /// Prepares to look at a subject; connects to nothing yet.
    pub fn new(
        repository: Repository,
        tag: Option<String>,
        digest: Option<Digest>,
        access: &Access,
        limits: Limits,
    ) -> Result<Self, ResolveError> {
        Self::within(Rc::new(Budget::new(limits)), repository, tag, digest, access)
    }

    /// Another repository, to be looked at within the same limits.
    pub fn elsewhere(&self, repository: Repository, subject: Digest, access: &Access) -> Result<Self, ResolveError> {
        Self::within(Rc::clone(&self.budget), repository, None, Some(subject), access)
    }

    fn within(
        budget: Rc<Budget>,
        repository: Repository,
        tag: Option<String>,
        digest: Option<Digest>,
        access: &Access,
    ) -> Result<Self, ResolveError> {
        let sent = Rc::<RefCell<Secrets>>::default();
        let place = |repository: &Repository, mirror: Option<Pull>| {
            let sources = Sources { logins: access.logins.clone(), docker_config: access.docker_config.clone() };
            let authentication =
                Authentication::new(repository.clone(), sources, access.connections.session(repository));
            let origins = Origins::new(repository, access)?;
            let attempts = if mirror.is_some() { retry::ATTEMPTS_AT_MIRROR } else { retry::ATTEMPTS };
            let connections = access.connections.clone();
            let wire = Wire::new(origins, (Rc::clone(&budget), Rc::clone(&sent)), connections, attempts);
            let transport = Transport::new(wire, authentication);
            Ok(Place::new(repository, transport, mirror))
        };
        let mut places = Vec::new();
        for (mirror, pull) in mirror::places(&access.mirrors, &repository) {
            places.push(place(&mirror, Some(pull))?);
        }
        places.push(place(&repository, None)?);
        Ok(Registry { repository, tag, digest, budget, sent, places, cache: access.cache.clone() })
    }

    /// Answers from the registry and its mirrors, without the credentials that they were sent.
    pub async fn ask(&self, question: &Question) -> Reply {
        let answer = self.answer(question).await;
        self.sent.borrow().hidden_in_answer(answer)
    }

    async fn answer(&self, question: &Question) -> Reply {
        match question {
            Question::Subject => self.resolve().await.into(),
            Question::Manifest(content) => {
                let limit = self.budget.limits().manifest_bytes;
                self.kept(content, limit, async |place| place.manifest(content).await).await.into()
            }
            Question::Blob(content) => {
                let limit = self.budget.limits().evidence_bytes;
                self.kept(content, limit, async |place| place.blob(content).await).await.into()
            }
            Question::Check(_) => Reply::State(BlobState::NotRead),
            Question::Referrers { digest, with_tag } => Reply::Listed(self.referrers(digest, *with_tag).await),
            Question::Tag(name) => self.first(true, async |place| place.associated(name).await).await.into(),
        }
    }

    /// Fetches the subject: by its digest if one was given, else by its tag, once.
    async fn resolve(&self) -> Result<ResolvedReference, ResolveError> {
        match (&self.digest, &self.tag) {
            (Some(digest), Some(tag)) => self.resolve_pinned_tag(digest, tag).await,
            (Some(digest), None) => self.resolve_name(&digest.to_string()).await,
            (None, Some(tag)) => self.resolve_name(tag).await,
            (None, None) => {
                Err(ResolveError::Usage(format!("{}: neither a tag nor a digest is given", self.repository)))
            }
        }
    }

    /// Lists what refers to this digest. `with_tag` also reads the fallback tag where the API lists nothing.
    async fn referrers(&self, digest: &Digest, with_tag: bool) -> Referrers {
        let mut tried = Tried::default();
        let mut found = Referrers::default();
        for place in self.places.iter().filter(|place| place.answers_all()) {
            found = place.referrers(digest, with_tag).await;
            if found.gaps.is_empty() {
                break;
            }
            found.gaps = found.gaps.into_iter().map(|gap| Gap { reason: tried.before(gap.reason), ..gap }).collect();
            if let (true, Some(gap)) = (place.is_mirror(), found.gaps.first()) {
                tried.add(place, &gap.reason);
            }
        }
        found
    }

    /// How much was read so far.
    pub fn statistics(&self) -> Statistics {
        self.budget.used()
    }

    /// Content by digest: from the cache, else from the first place that has it. What is too large is left to the
    /// places, which say so.
    async fn kept(
        &self,
        named: &SizedDigest,
        limit: u64,
        fetch: impl AsyncFn(&Place) -> Result<FetchedContent, GapReason>,
    ) -> Result<FetchedContent, GapReason> {
        let cache = self.cache.as_ref().filter(|_| named.size <= limit);
        if let Some(content) = cache.and_then(|cache| cache.get(named)) {
            self.budget.take_cached(content.bytes.len())?;
            return Ok(content);
        }
        let content = self.first(false, fetch).await?;
        if let Some(cache) = cache {
            cache.put(&content);
        }
        Ok(content)
    }

    /// Asks one place after the other until one answers; `by_word` where no digest checks the answer.
    async fn first<T>(&self, by_word: bool, ask: impl AsyncFn(&Place) -> Result<T, GapReason>) -> Result<T, GapReason> {
        let mut tried = Tried::default();
        for place in self.places.iter().filter(|place| place.answers_all() || !by_word) {
            match place.patiently(ask(place)).await {
                Ok(found) => return Ok(found),
                Err(reason) if place.is_mirror() => tried.add(place, &reason),
                Err(reason) => return Err(tried.before(reason)),
            }
        }
        Err(GapReason::Absent)
    }

    /// What a tag or digest stands for. What a mirror says of it counts only where it is good.
    async fn resolve_name(&self, name: &str) -> Result<ResolvedReference, ResolveError> {
        let by_word = self.digest.is_none();
        let mut tried = Tried::default();
        for place in self.places.iter().filter(|place| place.answers_all() || !by_word) {
            match self.resolve_at(place, name).await {
                Err(ResolveError::Unseen(gap)) if place.is_mirror() => tried.add(place, &gap.reason),
                Err(error) if place.is_mirror() => tried.add(place, &GapReason::Malformed(error.to_string())),
                Err(ResolveError::Unseen(gap)) => return Err(self.unseen(tried.before(gap.reason))),
                outcome => return outcome,
            }
        }
        Err(self.unseen(GapReason::Absent))
    }

    async fn resolve_at(&self, place: &Place, name: &str) -> Result<ResolvedReference, ResolveError> {
        let answer = match place.patiently(place.get_manifest(name)).await {
            Ok(answer) if answer.status == StatusCode::OK => answer,
            Ok(answer) => return Err(self.unseen(place.transport.refusal(&answer))),
            Err(reason) => return Err(self.unseen(reason)),
        };
        if let Some(digest) = &self.digest {
            let found = Digest::of(digest.algorithm(), &answer.body.bytes);
            if found != *digest {
                return Err(ResolveError::Corrupt { expected: digest.clone(), found });
            }
            return resolved(found, answer);
        }
        let digest = Digest::sha256(&answer.body.bytes);
        let served_as = served_as(&answer);
        resolved(digest, answer).map_err(|error| match error {
            // A login page or a proxy's error page: nothing was seen of the subject, so nothing is said of it.
            ResolveError::Malformed {
                error:
                    ManifestError::Json(
                        error @ (JsonError::Syntax(_) | JsonError::ByteOrderMark | JsonError::Encoding(_)),
                    ),
                ..
            } => {
                let reason = format!("the answer is no manifest but {served_as} ({error})");
                self.unseen(GapReason::Malformed(reason))
            }
            error => error,
        })
    }

    /// The digest decides. Where the tag points now is asked meanwhile; if that cannot be seen, no matter.
    async fn resolve_pinned_tag(&self, digest: &Digest, tag: &str) -> Result<ResolvedReference, ResolveError> {
        let name = digest.to_string();
        let subject = std::pin::pin!(self.resolve_name(&name));
        let tag = std::pin::pin!(self.first(true, async |place| place.get_manifest(tag).await));
        let (mut resolved, tag) = match futures_util::future::select(subject, tag).await {
            futures_util::future::Either::Left((resolved, tag)) => (resolved?, timeout(TAG_TIME, tag).await.ok()),
            futures_util::future::Either::Right((tag, subject)) => (subject.await?, Some(tag)),
        };
        if let Some(Ok(answer)) = tag
            && answer.status == StatusCode::OK
            && !digest.matches(&answer.body.bytes)
        {
            resolved.tag_moved_to = Some(Digest::of(digest.algorithm(), &answer.body.bytes));
        }
        Ok(resolved)
    }

    fn unseen(&self, reason: GapReason) -> ResolveError {
        let reference = Reference::Registry {
            repository: self.repository.clone(),
            tag: self.tag.clone(),
            digest: self.digest.clone(),
        };
        ResolveError::Unseen(Gap { sought: SearchTarget::Subject(reference.to_string()), reason })
    }
}

/// Mirrors that did not help, for the message if nothing else does either.
#[derive(Default)]
struct Tried(Vec<String>);

impl Tried {
    fn add(&mut self, place: &Place, reason: &GapReason) {
        self.0.push(format!("{}: {reason}", place.name()));
    }

    /// The reason, with those of the mirrors that were asked before.
    fn before(&self, reason: GapReason) -> GapReason {
        match self.0.as_slice() {
            [] => reason,
            mirrors => GapReason::AfterMirrors { reason: Box::new(reason), mirrors: mirrors.join("; ") },
        }
    }
}

fn served_as(answer: &Answer) -> String {
    answer.sent.hidden_in(answer.header(CONTENT_TYPE).unwrap_or("of no type"))
}

/// The subject of an answer whose bytes have this digest.
fn resolved(digest: Digest, answer: Answer) -> Result<ResolvedReference, ResolveError> {
    let served_as = served_as(&answer);
    let bytes = answer.body.bytes;
    match Manifest::parse(&bytes, Some(("served", &served_as))) {
        Ok(manifest) => {
            let descriptor = Descriptor {
                media_type: manifest.media_type.clone(),
                digest,
                size: bytes.len() as u64,
                artifact_type: None,
                annotations: Default::default(),
                platform: None,
            };
            Ok(ResolvedReference { descriptor, bytes, manifest, tag_moved_to: None })
        }
        Err(error) => Err(ResolveError::Malformed { digest, error }),
    }
}
