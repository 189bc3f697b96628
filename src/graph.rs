//! The subject and everything that refers to it: bounded, loop-safe, every [`Gap`] recorded.
//!
//! A list of referrers is a hint. A manifest counts as a referrer only if its own bytes have the listed
//! digest and its own `subject` names what was asked about; what is listed without that is [`Ignored`].
//! cosign's tags have no `subject`: what they hold is bound by its signed content or counts as attached.

use std::collections::BTreeMap;

use crate::graph::children::Through;
use crate::graph::walk::Walk;
use crate::limits::Limits;
use crate::oci::media_type;
use crate::oci::{Algorithm, Body, Descriptor, Digest, Manifest, Reference, Repository};
use crate::source::{
    self, Access, AssociatedTag, Gap, GapReason, Held, ResolveError, Resolved, Sought, Source, Statistics,
};

pub mod children;
mod platform;
mod walk;

/// A reference pinned to one descriptor. From here on the reference is never resolved again.
#[derive(Debug, Clone)]
pub struct Subject {
    /// What the user typed.
    pub reference: Reference,
    /// The repository it is judged as: of a registry reference its own, of a layout the one given.
    pub repository: Option<Repository>,
    /// Type, digest and size, computed from the bytes.
    pub descriptor: Descriptor,
    /// The manifest's bytes.
    pub bytes: Vec<u8>,
    /// The manifest.
    pub manifest: Manifest,
    /// The digest it was named by, then the digests of its bytes in the other algorithms.
    pub digests: Vec<Digest>,
    /// For `repo:tag@digest`: where the tag points now, if that is elsewhere.
    pub tag_moved_to: Option<Digest>,
    /// For config, layers and (of an index) children: whether the source holds their bytes.
    pub held: BTreeMap<Digest, Held>,
    /// Content of the subject whose bytes are not what its descriptor says.
    pub corrupt: Vec<(Digest, GapReason)>,
}

impl Subject {
    /// `repository@digest`, or for a layout without a repository the digest with its path.
    pub fn pinned(&self) -> String {
        match (&self.repository, &self.reference) {
            (_, Reference::Layout { path, .. }) => format!("oci-layout:{}@{}", path.display(), self.descriptor.digest),
            (Some(repository), _) => format!("{repository}@{}", self.descriptor.digest),
            (None, _) => self.descriptor.digest.to_string(),
        }
    }

    /// Whether this is one of the subject's digests.
    pub fn is(&self, digest: &Digest) -> bool {
        self.digests.contains(digest)
    }
}

/// How a manifest is linked to what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Link {
    /// Its own `subject`.
    Subject,
    /// A tag that cosign derives from the digest.
    CosignTag(AssociatedTag),
    /// The index that the subject was reached through lists it as being about the subject (BuildKit's attestations).
    IndexEntry,
    /// It is no referrer: it is a layer of the subject itself.
    OwnLayer,
    /// Nothing: it is a file that lay beside the artifact, and whoever runs the gate says that it is about the subject.
    File,
}

/// One manifest that was reached.
#[derive(Debug, Clone)]
pub struct Node {
    /// Digest of the manifest.
    pub digest: Digest,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its content.
    pub manifest: Manifest,
    /// How it is linked.
    pub link: Link,
    /// What it is about: the subject or another node.
    pub about: Digest,
    /// 1 for what refers to the subject itself.
    pub depth: usize,
    /// The other repository that it was found in; none for the subject's own.
    pub found_in: Option<Repository>,
}

/// What became of a layer of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayerState {
    /// Fetched and checked.
    Read(Vec<u8>),
    /// Not evidence: left alone, or (of a layout) only hashed.
    Unread(Held),
    /// Could not be seen; there is a gap that says why.
    Unseen,
}

/// Listed as a referrer, but its own bytes do not say so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ignored {
    /// Digest of the manifest.
    pub manifest: Digest,
    /// What it was listed for.
    pub listed_for: Digest,
    /// What its own `subject` says.
    pub own_subject: Option<Digest>,
}

/// Everything that was reached, and everything that was not.
#[derive(Debug, Clone)]
pub struct ReferrerGraph {
    /// The subject.
    pub subject: Subject,
    /// The index that it was reached through, if it was.
    pub through: Option<Box<Through>>,
    /// The platform that was asked for in vain: it is no index, and was taken as it is.
    pub platform_ignored: Option<String>,
    /// What refers to it, sorted by depth, then digest.
    pub nodes: Vec<Node>,
    /// Layers of the nodes, and those layers of the subject that may be documents, by digest.
    pub layers: BTreeMap<Digest, LayerState>,
    /// Files that lay beside the artifact: digest and name. Their bytes are among the layers.
    pub files: Vec<(Digest, String)>,
    /// What could not be seen, sorted.
    pub gaps: Vec<Gap>,
    /// What was listed wrongly, sorted.
    pub ignored: Vec<Ignored>,
    /// What it cost.
    pub statistics: Statistics,
}

impl ReferrerGraph {
    /// The other repository that a manifest was found in; none for the subject's own.
    pub fn found_in(&self, manifest: &Digest) -> Option<&Repository> {
        self.nodes.iter().find(|node| node.digest == *manifest)?.found_in.as_ref()
    }

    /// Takes in a file that lay beside the artifact as evidence about the subject.
    pub fn add_file(&mut self, name: String, bytes: Vec<u8>) {
        let digest = Digest::sha256(&bytes);
        self.layers.insert(digest.clone(), LayerState::Read(bytes));
        self.files.push((digest, name));
    }
}

/// Walks from the subject to everything that refers to it.
pub async fn walk(
    source: &Source,
    reference: Reference,
    repository: Option<Repository>,
    access: &Access,
    limits: &Limits,
) -> Result<ReferrerGraph, ResolveError> {
    let resolved = source.resolve().await?;
    let (subject, gaps) = pin(source, reference, repository, resolved);
    let mut walk = Walk::new(source, limits, subject, gaps);
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
            && let Some(source) = source::open_elsewhere(own.source(), repository, &subject.descriptor.digest, access)?
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

fn pin(
    source: &Source,
    reference: Reference,
    repository: Option<Repository>,
    resolved: Resolved,
) -> (Subject, Vec<Gap>) {
    let named = resolved.descriptor.digest.clone();
    let other = match named.algorithm() {
        Algorithm::Sha256 => Algorithm::Sha512,
        Algorithm::Sha512 => Algorithm::Sha256,
    };
    let digests = vec![named, Digest::of(other, &resolved.bytes)];
    let subject = resolved.descriptor.digest.clone();
    let mut check = ContentCheck { source, subject, held: BTreeMap::new(), corrupt: Vec::new(), gaps: Vec::new() };
    check.manifest(&resolved.manifest, 0);
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
    held: BTreeMap<Digest, Held>,
    corrupt: Vec<(Digest, GapReason)>,
    gaps: Vec<Gap>,
}

impl ContentCheck<'_> {
    fn manifest(&mut self, manifest: &Manifest, depth: usize) {
        let children: &[Descriptor] = match &manifest.body {
            Body::Index { manifests } => manifests,
            Body::Image { layers, .. } => layers,
        };
        for descriptor in manifest.config().into_iter().chain(children) {
            if self.held.contains_key(&descriptor.digest) {
                continue;
            }
            match self.source.check(descriptor) {
                Ok(held) => {
                    self.held.insert(descriptor.digest.clone(), held);
                    if manifest.is_index() && held == Held::Held && media_type::is_manifest(&descriptor.media_type) {
                        self.child(descriptor, depth + 1);
                    }
                }
                // Nobody looked: that is no fault of the content.
                Err(reason @ GapReason::NotKept) => {
                    let sought = Sought::Evidence(descriptor.digest.clone(), self.subject.clone());
                    self.gaps.push(Gap { sought, reason });
                }
                Err(reason) => self.corrupt.push((descriptor.digest.clone(), reason)),
            }
        }
    }

    fn child(&mut self, descriptor: &Descriptor, depth: usize) {
        let sought = Sought::Manifest(descriptor.digest.clone());
        if depth > INDEX_DEPTH {
            let reason = GapReason::Limit { what: "levels of indexes".into(), limit: INDEX_DEPTH as u64 };
            return self.gaps.push(Gap { sought, reason });
        }
        // Only a layout holds blobs, and reading one does not wait.
        match self.source.beside(descriptor) {
            None => {}
            Some(Ok(content)) => match Manifest::parse(&content.bytes, Some(("listed", &descriptor.media_type))) {
                Ok(manifest) => self.manifest(&manifest, depth),
                Err(error) => self.corrupt.push((descriptor.digest.clone(), GapReason::Malformed(error.to_string()))),
            },
            Some(Err(reason)) => self.gaps.push(Gap { sought, reason }),
        }
    }
}
