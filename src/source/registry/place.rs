//! One place that a repository's content is asked at: the registry itself, or a mirror.

use std::cell::RefCell;
use std::time::Duration;

use reqwest::StatusCode;

use super::answer::Answer;
use super::referrers::Listing;
use super::transport::Transport;
use super::wanted::{BoundedRequest, MANIFEST_TYPES};
use crate::oci::{Digest, Repository};
use crate::source::mirror::Pull;
use crate::source::question::SizedDigest;
use crate::source::seen::{FetchedContent, Gap, GapReason, Referrers, SearchTarget};

/// Where to ask, and how far it is believed.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) transport: Transport,
    listing: Listing,
    /// What a mirror is asked for; none for the registry itself.
    mirror: Option<Pull>,
    /// For messages.
    name: String,
    /// Why a mirror is not asked again: nobody waits for it twice.
    gone: RefCell<Option<GapReason>>,
}

/// A mirror may take this part of the time that is left, so that enough remains for the others.
const MIRROR_SHARE: u32 = 3;

impl Place {
    pub(super) fn new(repository: &Repository, transport: Transport, mirror: Option<Pull>) -> Self {
        Place { transport, listing: Listing::default(), mirror, name: repository.to_string(), gone: RefCell::default() }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn is_mirror(&self) -> bool {
        self.mirror.is_some()
    }

    /// Whether its word counts in what no digest checks.
    pub(super) fn answers_all(&self) -> bool {
        self.mirror != Some(Pull::DigestOnly)
    }

    /// Runs requests to this place: to a mirror for a part of the time only, and not at all once it was gone.
    pub(super) async fn patiently<T>(
        &self,
        asking: impl Future<Output = Result<T, GapReason>>,
    ) -> Result<T, GapReason> {
        if !self.is_mirror() {
            return asking.await;
        }
        if let Some(reason) = self.gone.borrow().clone() {
            return Err(reason);
        }
        let time = self.transport.wire.budget.remaining() / MIRROR_SHARE;
        let outcome = match tokio::time::timeout(time, asking).await {
            Ok(outcome) => outcome,
            Err(_) => Err(GapReason::Connection(late(time))),
        };
        if let Err(reason @ GapReason::Connection(_)) = &outcome {
            self.gone.replace(Some(reason.clone()));
        }
        outcome
    }

    pub(super) async fn manifest(&self, named: &SizedDigest) -> Result<FetchedContent, GapReason> {
        let limit = self.transport.wire.budget.limits().manifest_bytes;
        let path = format!("manifests/{}", named.digest);
        self.fetch(&path, MANIFEST_TYPES, named, limit, "bytes of one manifest").await
    }

    pub(super) async fn blob(&self, named: &SizedDigest) -> Result<FetchedContent, GapReason> {
        let limit = self.transport.wire.budget.limits().evidence_bytes;
        self.fetch(&format!("blobs/{}", named.digest), "*/*", named, limit, "bytes of one evidence blob").await
    }

    /// What this place lists; trouble is an error and not a list.
    pub(super) async fn referrers(&self, digest: &Digest, with_tag: bool) -> Referrers {
        let asking = async { Ok(self.listing.list(&self.transport, digest, with_tag).await) };
        self.patiently(asking).await.unwrap_or_else(|reason| Referrers {
            gaps: vec![Gap { sought: SearchTarget::Referrers(digest.clone()), reason }],
            ..Referrers::default()
        })
    }

    /// What one of cosign's tags holds; nothing if there is no such tag.
    pub(super) async fn associated(&self, name: &str) -> Result<Option<FetchedContent>, GapReason> {
        let answer = self.get_manifest(name).await?;
        match answer.status {
            StatusCode::NOT_FOUND => Ok(None),
            StatusCode::OK => {
                let bytes = answer.body.bytes;
                Ok(Some(FetchedContent { digest: Digest::sha256(&bytes), bytes }))
            }
            _ => Err(self.transport.refusal(&answer)),
        }
    }

    /// A manifest by tag or digest, whatever the answer is.
    pub(super) async fn get_manifest(&self, name: &str) -> Result<Answer, GapReason> {
        let wanted = BoundedRequest {
            url: self.transport.wire.origins.url(&format!("manifests/{name}"))?,
            accept: MANIFEST_TYPES,
            limit: self.transport.wire.budget.limits().manifest_bytes,
            what: "bytes of one manifest",
            expected: None,
        };
        self.transport.get(&wanted).await
    }

    /// Fetches content by its digest.
    async fn fetch(
        &self,
        path: &str,
        accept: &'static str,
        expected: &SizedDigest,
        limit: u64,
        what: &'static str,
    ) -> Result<FetchedContent, GapReason> {
        if expected.size > limit {
            return Err(GapReason::Limit { what: what.into(), limit });
        }
        let url = self.transport.wire.origins.url(path)?;
        let answer = self.transport.get(&BoundedRequest { url, accept, limit, what, expected: Some(expected) }).await?;
        match answer.status {
            StatusCode::OK => answer.body.into_content(expected),
            StatusCode::NOT_FOUND => Err(GapReason::Absent),
            _ => Err(self.transport.refusal(&answer)),
        }
    }
}

fn late(time: Duration) -> String {
    format!("no answer within {} s, the mirror's part of the deadline", time.as_secs_f32().ceil())
}
