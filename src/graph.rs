//! The subject and everything that refers to it: bounded, loop-safe, every [`Gap`] recorded.
//!
//! A list of referrers is a hint. A manifest counts as a referrer only if its own bytes have the listed
//! digest and its own `subject` names what was asked about; what is listed without that is [`Ignored`].
//! cosign's tags have no `subject`: what they hold is bound by its signed content or counts as attached.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::Future;
use std::pin::Pin;

use futures_util::stream::{FuturesUnordered, StreamExt};

use crate::limits::Limits;
use crate::oci::media_type;
use crate::oci::{Algorithm, Body, Descriptor, Digest, Manifest, Reference, Repository};
use crate::source::{
    AssociatedTag, Content, Gap, GapReason, Held, Referrers, ResolveError, Resolved, Sought, Source, Statistics,
};

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
    /// What refers to it, sorted by depth, then digest.
    pub nodes: Vec<Node>,
    /// Layers of the nodes, by digest.
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
    limits: &Limits,
) -> Result<ReferrerGraph, ResolveError> {
    let resolved = source.resolve().await?;
    let (subject, gaps) = pin(source, reference, repository, resolved);
    let mut walk = Walk::new(source, limits, subject, gaps);
    walk.start();
    walk.run().await;
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
    let mut check = ContentCheck { source, held: BTreeMap::new(), corrupt: Vec::new(), gaps: Vec::new() };
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
                Err(reason) => self.corrupt.push((descriptor.digest.clone(), reason)),
            }
        }
    }

    fn child(&mut self, descriptor: &Descriptor, depth: usize) {
        // Only a layout holds blobs, and reading one does not wait.
        let Source::Layout(layout) = self.source else { return };
        let sought = Sought::Manifest(descriptor.digest.clone());
        if depth > INDEX_DEPTH {
            let reason = GapReason::Limit { what: "levels of indexes", limit: INDEX_DEPTH as u64 };
            return self.gaps.push(Gap { sought, reason });
        }
        match layout.read(descriptor, layout.limits().manifest_bytes, "bytes of one manifest") {
            Ok(content) => match Manifest::parse(&content.bytes, Some(("listed", &descriptor.media_type))) {
                Ok(manifest) => self.manifest(&manifest, depth),
                Err(error) => self.corrupt.push((descriptor.digest.clone(), GapReason::Malformed(error.to_string()))),
            },
            Err(reason) => self.gaps.push(Gap { sought, reason }),
        }
    }
}

/// A request that is under way, and what it brought.
enum Arrived {
    Referrers { about: Digest, depth: usize, answer: Referrers },
    Tag { about: Digest, tag: AssociatedTag, answer: Result<Option<Content>, Gap> },
    Manifest { listed: Descriptor, about: Digest, depth: usize, answer: Result<Content, GapReason> },
    Layer { digest: Digest, manifest: Digest, answer: Result<Content, GapReason> },
}

type Request<'a> = Pin<Box<dyn Future<Output = Arrived> + 'a>>;

struct Walk<'a> {
    source: &'a Source,
    limits: &'a Limits,
    graph: ReferrerGraph,
    waiting: VecDeque<Request<'a>>,
    /// Manifests that were asked for, each with what it was listed for: a wrong list must not keep a right one
    /// from being followed.
    asked: BTreeSet<(Digest, Digest)>,
    /// Manifests that became nodes, each with what it is about.
    accepted: BTreeSet<(Digest, Digest)>,
    blobs: usize,
}

impl<'a> Walk<'a> {
    fn new(source: &'a Source, limits: &'a Limits, subject: Subject, gaps: Vec<Gap>) -> Self {
        let graph = ReferrerGraph {
            subject,
            nodes: Vec::new(),
            layers: BTreeMap::new(),
            files: Vec::new(),
            gaps,
            ignored: Vec::new(),
            statistics: Statistics::default(),
        };
        Walk {
            source,
            limits,
            graph,
            waiting: VecDeque::new(),
            asked: BTreeSet::new(),
            accepted: BTreeSet::new(),
            blobs: 0,
        }
    }

    /// Referrers are asked under the digest that the subject was named by and under its sha256; cosign's
    /// tags exist only for sha256.
    fn start(&mut self) {
        let named = self.graph.subject.descriptor.digest.clone();
        let sha256 = self.graph.subject.digests.iter().find(|digest| digest.algorithm() == Algorithm::Sha256).cloned();
        for digest in std::iter::once(named.clone()).chain(sha256.filter(|digest| *digest != named)) {
            self.ask_referrers(digest, 1);
        }
        if named.algorithm() == Algorithm::Sha256 {
            for tag in AssociatedTag::ALL {
                let (source, about) = (self.source, named.clone());
                self.waiting.push_back(Box::pin(async move {
                    let answer = source.associated(tag, &about).await;
                    Arrived::Tag { about, tag, answer }
                }));
            }
        }
    }

    async fn run(&mut self) {
        let mut under_way: FuturesUnordered<Request<'a>> = FuturesUnordered::new();
        loop {
            while under_way.len() < self.limits.concurrency {
                match self.waiting.pop_front() {
                    Some(request) => under_way.push(request),
                    None => break,
                }
            }
            match under_way.next().await {
                Some(arrived) => self.take(arrived),
                None => return,
            }
        }
    }

    fn take(&mut self, arrived: Arrived) {
        match arrived {
            Arrived::Referrers { about, depth, answer } => self.take_list(&about, depth, answer),
            Arrived::Tag { about, tag, answer } => self.take_tag(about, tag, answer),
            Arrived::Manifest { listed, about, depth, answer } => self.take_manifest(listed, about, depth, answer),
            Arrived::Layer { digest, manifest, answer } => self.take_layer(digest, manifest, answer),
        }
    }

    fn ask_referrers(&mut self, about: Digest, depth: usize) {
        let source = self.source;
        self.waiting.push_back(Box::pin(async move {
            let answer = source.referrers(&about, depth == 1).await;
            Arrived::Referrers { about, depth, answer }
        }));
    }

    fn take_list(&mut self, about: &Digest, depth: usize, answer: Referrers) {
        self.graph.gaps.extend(answer.gaps);
        for listed in answer.listed {
            let is_subject = self.graph.subject.is(&listed.digest);
            if is_subject || !self.asked.insert((listed.digest.clone(), about.clone())) {
                continue;
            }
            if self.asked.len() > self.limits.referrers {
                self.limit_gap(Sought::Referrers(about.clone()), "referrers of one subject", self.limits.referrers);
                return;
            }
            let (source, about) = (self.source, about.clone());
            self.waiting.push_back(Box::pin(async move {
                let answer = source.manifest(&listed).await;
                Arrived::Manifest { listed, about, depth, answer }
            }));
        }
    }

    fn take_tag(&mut self, about: Digest, tag: AssociatedTag, answer: Result<Option<Content>, Gap>) {
        let content = match answer {
            Ok(Some(content)) => content,
            Ok(None) => return,
            Err(gap) => return self.graph.gaps.push(gap),
        };
        // A registry that resolves any digest-like tag to the subject itself has no such tag.
        if self.graph.subject.is(&content.digest) {
            return;
        }
        match Manifest::parse(&content.bytes, None) {
            Ok(manifest) => {
                // A tag that points at a referrer makes it no less of one.
                let is_referrer = manifest.subject.as_ref().is_some_and(|own| self.graph.subject.is(&own.digest));
                let link = if is_referrer { Link::Subject } else { Link::CosignTag(tag) };
                self.add_node(content, manifest, link, about, 1);
            }
            Err(error) => self.gap(Sought::Manifest(content.digest), GapReason::Malformed(error.to_string())),
        }
    }

    fn take_manifest(&mut self, listed: Descriptor, about: Digest, depth: usize, answer: Result<Content, GapReason>) {
        let sought = Sought::Manifest(listed.digest.clone());
        let content = match answer {
            Ok(content) => content,
            Err(reason) => return self.gap(sought, reason),
        };
        let manifest = match Manifest::parse(&content.bytes, Some(("listed", &listed.media_type))) {
            Ok(manifest) => manifest,
            Err(error) => return self.gap(sought, GapReason::Malformed(error.to_string())),
        };
        let own = manifest.subject.as_ref().map(|subject| subject.digest.clone());
        let agrees = own.as_ref().is_some_and(|own| *own == about || (depth == 1 && self.graph.subject.is(own)));
        if !agrees {
            return self.graph.ignored.push(Ignored { manifest: listed.digest, listed_for: about, own_subject: own });
        }
        self.add_node(content, manifest, Link::Subject, about, depth);
    }

    fn add_node(&mut self, content: Content, manifest: Manifest, link: Link, about: Digest, depth: usize) {
        // The subject has a digest for each algorithm, and is the same by all of them.
        let about = if self.graph.subject.is(&about) { self.graph.subject.descriptor.digest.clone() } else { about };
        if !self.accepted.insert((content.digest.clone(), about.clone())) {
            return;
        }
        let readable = self.ask_layers(&content.digest, &manifest);
        let declared = match link {
            Link::Subject => manifest.effective_type().filter(|text| media_type::declares_document(text)),
            // cosign's tags hold evidence by their very name.
            Link::CosignTag(tag) => Some(tag.suffix()),
            Link::File => None,
        };
        if let Some(declared) = declared.filter(|_| !readable) {
            self.gap(Sought::Manifest(content.digest.clone()), GapReason::NothingReadable(declared.to_owned()));
        }
        if link == Link::Subject && !is_signature(&manifest) {
            if depth < self.limits.depth {
                self.ask_referrers(content.digest.clone(), depth + 1);
            } else {
                self.limit_gap(Sought::Referrers(content.digest.clone()), "levels of referrers", self.limits.depth);
            }
        }
        self.graph.nodes.push(Node { digest: content.digest, bytes: content.bytes, manifest, link, about, depth });
    }

    /// Asks for each layer that may be evidence, and says whether there is any.
    fn ask_layers(&mut self, manifest_digest: &Digest, manifest: &Manifest) -> bool {
        let mut readable = false;
        for layer in manifest.layers() {
            let wanted = media_type::may_be_evidence(&layer.media_type, layer.title());
            readable |= wanted;
            let sought = Sought::Evidence(layer.digest.clone(), manifest_digest.clone());
            match self.graph.layers.get(&layer.digest) {
                Some(LayerState::Read(_) | LayerState::Unseen) => continue,
                // That one manifest calls it no evidence does not make it none in another.
                Some(LayerState::Unread(_)) if !wanted => continue,
                None if !wanted => {
                    self.check_unread(layer, sought);
                    continue;
                }
                Some(LayerState::Unread(_)) | None => {}
            }
            self.graph.layers.insert(layer.digest.clone(), LayerState::Unseen);
            if layer.size > self.limits.evidence_bytes {
                let limit = self.limits.evidence_bytes;
                self.gap(sought, GapReason::Limit { what: "bytes of one evidence blob", limit });
            } else if self.blobs >= self.limits.blobs {
                self.limit_gap(sought, "evidence blobs of one subject", self.limits.blobs);
            } else {
                self.blobs += 1;
                self.ask_layer(layer.clone(), manifest_digest.clone());
            }
        }
        if let Some(config) = manifest.config()
            && !self.graph.layers.contains_key(&config.digest)
        {
            self.check_unread(config, Sought::Evidence(config.digest.clone(), manifest_digest.clone()));
        }
        readable
    }

    fn ask_layer(&mut self, layer: Descriptor, manifest: Digest) {
        let source = self.source;
        self.waiting.push_back(Box::pin(async move {
            let answer = source.blob(&layer).await;
            Arrived::Layer { digest: layer.digest, manifest, answer }
        }));
    }

    fn check_unread(&mut self, descriptor: &Descriptor, sought: Sought) {
        match self.source.check(descriptor) {
            Ok(held) => {
                self.graph.layers.insert(descriptor.digest.clone(), LayerState::Unread(held));
            }
            Err(reason) => self.gap(sought, reason),
        }
    }

    fn take_layer(&mut self, digest: Digest, manifest: Digest, answer: Result<Content, GapReason>) {
        match answer {
            Ok(content) => {
                self.graph.layers.insert(digest, LayerState::Read(content.bytes));
            }
            Err(reason) => self.gap(Sought::Evidence(digest, manifest), reason),
        }
    }

    fn gap(&mut self, sought: Sought, reason: GapReason) {
        self.graph.gaps.push(Gap { sought, reason });
    }

    fn limit_gap(&mut self, sought: Sought, what: &'static str, limit: usize) {
        self.gap(sought, GapReason::Limit { what, limit: limit as u64 });
    }

    /// Whatever was wanted was read, in the size that its descriptor states, or there is a gap that says why not.
    fn check_sizes(&mut self) {
        let mut gaps = Vec::new();
        for node in &self.graph.nodes {
            for layer in node.manifest.layers() {
                if let Some(LayerState::Read(bytes)) = self.graph.layers.get(&layer.digest)
                    && bytes.len() as u64 != layer.size
                {
                    let reason = GapReason::Size { expected: layer.size, found: bytes.len() as u64 };
                    gaps.push(Gap { sought: Sought::Evidence(layer.digest.clone(), node.digest.clone()), reason });
                }
            }
        }
        self.graph.gaps.extend(gaps);
    }

    fn finish(mut self) -> ReferrerGraph {
        self.check_sizes();
        self.graph.nodes.sort_by(|a, b| (a.depth, &a.digest).cmp(&(b.depth, &b.digest)));
        self.graph.gaps.sort();
        self.graph.gaps.dedup();
        self.graph.ignored.sort();
        self.graph.ignored.dedup();
        self.graph.statistics = self.source.statistics();
        self.graph
    }
}

/// Whether a referrer is a signature or an attestation: nobody signs those again, so they are not asked for
/// referrers of their own.
fn is_signature(manifest: &Manifest) -> bool {
    let signs = |media_type: &str| {
        let base = media_type::base(media_type);
        base.starts_with(media_type::SIGSTORE_BUNDLE_PREFIX)
            || base == media_type::SIMPLE_SIGNING
            || base == "application/vnd.dev.cosign.artifact.sig.v1+json"
            || base == media_type::DSSE_ENVELOPE
            || base == "application/vnd.cncf.notary.signature"
    };
    let layers = manifest.layers();
    manifest.effective_type().is_some_and(signs)
        || (!layers.is_empty() && layers.iter().all(|layer| signs(&layer.media_type)))
}
