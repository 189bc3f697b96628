//! A repository of a registry: the read path of the distribution API (distribution-spec 1.1).
//!
//! What it must not do: believe a header that names a digest, follow where a descriptor's `urls` point,
//! take "I could not see" for "there is none", or read anything without a bound. The only place that does
//! network I/O.

use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use tokio::time::{Duration, timeout};

use self::authentication::Authentication;
use self::budget::Budget;
use self::origins::Origins;
use self::referrers::Listing;
use self::transport::{Answer, Transport, Wanted};
use super::{Access, AssociatedTag, Content, Gap, GapReason, Referrers, ResolveError, Resolved, Sought, Statistics};
use crate::limits::Limits;
use crate::oci::json::JsonError;
use crate::oci::{Descriptor, Digest, Manifest, ManifestError, Reference, Repository};

mod authentication;
mod body;
mod budget;
mod connections;
mod credentials;
mod link;
mod origins;
mod referrers;
mod refusal;
mod retry;
mod transport;

pub use connections::Connections;

/// Every kind of manifest, by name: some registries answer 404 where `*/*` is asked for.
const MANIFEST_TYPES: &str = "application/vnd.oci.image.manifest.v1+json, \
    application/vnd.oci.image.index.v1+json, \
    application/vnd.docker.distribution.manifest.v2+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, \
    application/vnd.oci.artifact.manifest.v1+json";

/// How long the tag of `tag@digest` is waited for after the digest is there: it only makes a warning.
const TAG_TIME: Duration = Duration::from_secs(2);

/// One subject's repository.
#[derive(Debug)]
pub struct Registry {
    repository: Repository,
    tag: Option<String>,
    digest: Option<Digest>,
    transport: Transport,
    listing: Listing,
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
        let origins = Origins::new(&repository, access)?;
        let session = access.connections.session(&repository);
        let authentication = Authentication::new(repository.host.clone(), access.docker_config.clone(), session);
        let transport = Transport::new(origins, Budget::new(limits), access.connections.clone(), authentication);
        Ok(Registry { repository, tag, digest, transport, listing: Listing::default() })
    }

    /// Fetches the subject: by its digest if one was given, else by its tag, once.
    pub async fn resolve(&self) -> Result<Resolved, ResolveError> {
        match (&self.digest, &self.tag) {
            (Some(digest), Some(tag)) => self.resolve_pinned_tag(digest, tag).await,
            (Some(digest), None) => self.resolve_digest(digest).await,
            (None, Some(tag)) => self.resolve_tag(tag).await,
            (None, None) => {
                Err(ResolveError::Usage(format!("{}: neither a tag nor a digest is given", self.repository)))
            }
        }
    }

    /// Fetches a manifest by digest.
    pub async fn manifest(&self, descriptor: &Descriptor) -> Result<Content, GapReason> {
        let limit = self.transport.budget.limits().manifest_bytes;
        let path = format!("manifests/{}", descriptor.digest);
        self.fetch(&path, MANIFEST_TYPES, descriptor, limit, "bytes of one manifest").await
    }

    /// Fetches an evidence blob by digest.
    pub async fn blob(&self, descriptor: &Descriptor) -> Result<Content, GapReason> {
        let limit = self.transport.budget.limits().evidence_bytes;
        self.fetch(&format!("blobs/{}", descriptor.digest), "*/*", descriptor, limit, "bytes of one evidence blob")
            .await
    }

    /// Lists what refers to this digest. `with_tag` also reads the fallback tag where the API lists nothing.
    pub async fn referrers(&self, digest: &Digest, with_tag: bool) -> Referrers {
        self.listing.list(&self.transport, digest, with_tag).await
    }

    /// Fetches what one of cosign's tags for this digest points at: nothing if there is no such tag.
    pub async fn associated(&self, tag: AssociatedTag, digest: &Digest) -> Result<Option<Content>, Gap> {
        let Some(name) = tag.tag(digest) else { return Ok(None) };
        match self.get_manifest(&name).await {
            Ok(answer) if answer.status == StatusCode::NOT_FOUND => Ok(None),
            Ok(answer) if answer.status == StatusCode::OK => {
                let bytes = answer.body.bytes;
                Ok(Some(Content { digest: Digest::sha256(&bytes), bytes }))
            }
            Ok(answer) => Err(Gap { sought: Sought::Tag(name), reason: self.transport.refusal(&answer) }),
            Err(reason) => Err(Gap { sought: Sought::Tag(name), reason }),
        }
    }

    /// How much was read so far.
    pub fn statistics(&self) -> Statistics {
        self.transport.budget.used()
    }

    async fn resolve_tag(&self, tag: &str) -> Result<Resolved, ResolveError> {
        let answer = self.get_subject(tag).await?;
        let digest = Digest::sha256(&answer.body.bytes);
        let served_as = served_as(&answer);
        resolved(digest, answer).map_err(|error| match error {
            // A login page or a proxy's error page: nothing was seen of the subject, so nothing is said of it.
            ResolveError::Malformed { error: ManifestError::Json(JsonError::Syntax(error)), .. } => self.unseen(
                GapReason::Malformed(format!("the answer is no manifest but {served_as} (not valid JSON: {error})")),
            ),
            error => error,
        })
    }

    async fn resolve_digest(&self, digest: &Digest) -> Result<Resolved, ResolveError> {
        let answer = self.get_subject(&digest.to_string()).await?;
        let found = Digest::of(digest.algorithm(), &answer.body.bytes);
        if found != *digest {
            return Err(ResolveError::Corrupt { expected: digest.clone(), found });
        }
        resolved(found, answer)
    }

    /// The digest decides. Where the tag points now is asked meanwhile; if that cannot be seen, no matter.
    async fn resolve_pinned_tag(&self, digest: &Digest, tag: &str) -> Result<Resolved, ResolveError> {
        let tag = std::pin::pin!(self.get_manifest(tag));
        let subject = std::pin::pin!(self.resolve_digest(digest));
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

    async fn get_subject(&self, name: &str) -> Result<Answer, ResolveError> {
        match self.get_manifest(name).await {
            Ok(answer) if answer.status == StatusCode::OK => Ok(answer),
            Ok(answer) => Err(self.unseen(self.transport.refusal(&answer))),
            Err(reason) => Err(self.unseen(reason)),
        }
    }

    async fn get_manifest(&self, name: &str) -> Result<Answer, GapReason> {
        let wanted = Wanted {
            url: self.transport.origins.url(&format!("manifests/{name}"))?,
            accept: MANIFEST_TYPES,
            limit: self.transport.budget.limits().manifest_bytes,
            what: "bytes of one manifest",
            expected: None,
        };
        self.transport.get(&wanted).await
    }

    /// Fetches content by its descriptor.
    async fn fetch(
        &self,
        path: &str,
        accept: &'static str,
        expected: &Descriptor,
        limit: u64,
        what: &'static str,
    ) -> Result<Content, GapReason> {
        if expected.size > limit {
            return Err(GapReason::Limit { what, limit });
        }
        let url = self.transport.origins.url(path)?;
        let answer = self.transport.get(&Wanted { url, accept, limit, what, expected: Some(expected) }).await?;
        match answer.status {
            StatusCode::OK => answer.body.into_content(expected),
            StatusCode::NOT_FOUND => Err(GapReason::Absent),
            _ => Err(self.transport.refusal(&answer)),
        }
    }

    fn unseen(&self, reason: GapReason) -> ResolveError {
        let reference = Reference::Registry {
            repository: self.repository.clone(),
            tag: self.tag.clone(),
            digest: self.digest.clone(),
        };
        ResolveError::Unseen(Gap { sought: Sought::Subject(reference.to_string()), reason })
    }
}

fn served_as(answer: &Answer) -> String {
    answer.header(CONTENT_TYPE).unwrap_or("of no type").to_owned()
}

/// The subject of an answer whose bytes have this digest.
fn resolved(digest: Digest, answer: Answer) -> Result<Resolved, ResolveError> {
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
            Ok(Resolved { descriptor, bytes, manifest, tag_moved_to: None })
        }
        Err(error) => Err(ResolveError::Malformed { digest, error }),
    }
}
