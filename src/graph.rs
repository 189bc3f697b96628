//! The subject and everything that refers to it: bounded, loop-safe, every [`Gap`] recorded.
//!
//! A list of referrers is a hint. A manifest counts as a referrer only if its own bytes have the listed
//! digest and its own `subject` names what was asked about; what is listed without that is [`IgnoredReferrer`].
//! cosign's tags have no `subject`: what they hold is bound by its signed content or counts as attached.

use std::collections::BTreeMap;

use crate::limits::Limits;
use crate::oci::media_type::{self, DocumentWords};
use crate::oci::{Algorithm, Body, Descriptor, Digest, Manifest, Reference, Repository};
use crate::source::{Access, BlobState, Gap, GapReason, ResolveError, ResolvedReference, SearchTarget, Source};

mod account;
pub mod children;
mod found;
mod platform;
mod request;
mod walk;

use account::Account;
pub use found::{FileEvidence, IgnoredReferrer, LayerState, Link, Node, ReferrerGraph, Subject};
use walk::Walk;

/// Walks from the subject to everything that refers to it.
pub async fn walk(
    source: &Source,
    reference: Reference,
    repository: Option<Repository>,
    access: &Access,
    (limits, words): (&Limits, &DocumentWords),
) -> Result<ReferrerGraph, ResolveError> {
    let resolved = source.resolve().await?;
    let account = Account::new(limits.total_bytes, resolved.bytes.len() as u64);
    let (subject, gaps) = pin(source, reference, repository, resolved).await;
    let mut walk = Walk::new(source, (limits, words), subject, gaps, (account, &access.turn));
    walk.start();
    complete(walk, access).await
}

/// Walks to the end, first in the subject's own repository, then in each other one in which evidence may lie: one after
/// the other, so that what is found in several is always found in the same. What is found in one may be signed in any, so
/// that each is asked again until nothing new is found.
async fn complete(mut own: Walk<'_>, access: &Access) -> Result<ReferrerGraph, ResolveError> {
    own.run().await;
    let mut places = Vec::new();
    for repository in &access.evidence_from {
        let subject = &own.graph().subject;
        if subject.repository.as_ref() != Some(repository)
            && let Some(source) = own.source().elsewhere(repository, &subject.descriptor.digest, access)?
        {
            places.push((repository, source));
        }
    }
    let own_source = own.source();
    let mut walk = own;
    for (repository, source) in &places {
        walk = walk.turn_to(source, Some((*repository).clone()));
        walk.start();
        walk.run().await;
    }
    let mut found = if places.is_empty() { walk.graph().nodes.len() } else { 0 };
    while found < walk.graph().nodes.len() {
        found = walk.graph().nodes.len();
        walk = walk.turn_to(own_source, None);
        walk.run().await;
        for (repository, source) in &places {
            walk = walk.turn_to(source, Some((*repository).clone()));
            walk.run().await;
        }
    }
    Ok(walk.finish())
}

async fn pin(
    source: &Source,
    reference: Reference,
    repository: Option<Repository>,
    resolved: ResolvedReference,
) -> (Subject, Vec<Gap>) {
    let named = resolved.descriptor.digest.clone();
    let other = match named.algorithm() {
        Algorithm::Sha256 => Algorithm::Sha512,
        Algorithm::Sha512 => Algorithm::Sha256,
    };
    let digests = vec![named, Digest::of(other, &resolved.bytes)];
    let subject = resolved.descriptor.digest.clone();
    let mut check = ContentCheck { source, subject, held: BTreeMap::new(), corrupt: Vec::new(), gaps: Vec::new() };
    check.manifest(&resolved.manifest, 0).await;
    let subject = Subject {
        reference,
        repository,
        descriptor: resolved.descriptor,
        bytes: resolved.bytes,
        manifest: resolved.manifest,
        digests,
        tag_moved_to: resolved.tag_moved_to,
        held: check.held,
        corrupt: check.corrupt,
    };
    (subject, check.gaps)
}

/// Nesting of indexes that is followed when a layout's content is hashed.
const INDEX_DEPTH: usize = 4;

/// Hashes everything of a layout that is reachable from the subject.
struct ContentCheck<'a> {
    source: &'a Source,
    subject: Digest,
    held: BTreeMap<Digest, BlobState>,
    corrupt: Vec<(Digest, GapReason)>,
    gaps: Vec<Gap>,
}

impl ContentCheck<'_> {
    async fn manifest(&mut self, manifest: &Manifest, depth: usize) {
        let children: &[Descriptor] = match &manifest.body {
            Body::Index { manifests } => manifests,
            Body::Image { layers, .. } => layers,
        };
        for descriptor in manifest.config().into_iter().chain(children) {
            if self.held.contains_key(&descriptor.digest) {
                continue;
            }
            match self.source.check(descriptor).await {
                Ok(held) => {
                    self.held.insert(descriptor.digest.clone(), held);
                    if manifest.is_index() && held == BlobState::Held && media_type::is_manifest(&descriptor.media_type)
                    {
                        Box::pin(self.child(descriptor, depth + 1)).await;
                    }
                }
                // Nobody looked: that is no fault of the content.
                Err(reason @ GapReason::NotKept) => {
                    let sought = SearchTarget::Evidence(descriptor.digest.clone(), self.subject.clone());
                    self.gaps.push(Gap { sought, reason });
                }
                Err(reason) => self.corrupt.push((descriptor.digest.clone(), reason)),
            }
        }
    }

    async fn child(&mut self, descriptor: &Descriptor, depth: usize) {
        let sought = SearchTarget::Manifest(descriptor.digest.clone());
        if depth > INDEX_DEPTH {
            let reason = GapReason::Limit { what: "levels of indexes".into(), limit: INDEX_DEPTH as u64 };
            return self.gaps.push(Gap { sought, reason });
        }
        match self.source.manifest(descriptor).await {
            Ok(content) => match Manifest::parse(&content.bytes, Some(("listed", &descriptor.media_type))) {
                Ok(manifest) => self.manifest(&manifest, depth).await,
                Err(error) => self.corrupt.push((descriptor.digest.clone(), GapReason::Malformed(error.to_string()))),
            },
            Err(reason) => self.gaps.push(Gap { sought, reason }),
        }
    }
}
