//! The walk: from the subject to everything that refers to it, many requests at once.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use futures_util::stream::{FuturesUnordered, StreamExt};

use super::account::Account;
use super::found::{IgnoredReferrer, LayerState, Link, Node, ReferrerGraph, Subject};
use super::request::{Arrived, Request};
use crate::limits::Limits;
use crate::oci::media_type::{self, DocumentWords};
use crate::oci::{Algorithm, Descriptor, Digest, Manifest, Repository};
use crate::source::{
    AssociatedTag, BlobState, FetchedContent, Gap, GapReason, MemoryTurn, Referrers, SearchTarget, Source, Statistics,
};

mod own;

pub(super) struct Walk<'a> {
    source: &'a Source,
    limits: &'a Limits,
    words: &'a DocumentWords,
    /// The other repository that is looked at; none for the subject's own.
    place: Option<Repository>,
    graph: ReferrerGraph,
    waiting: VecDeque<Request>,
    account: Account,
    turn: &'a MemoryTurn,
    /// Manifests that were asked for, each with what it was listed for: a wrong list must not keep a right one
    /// from being followed.
    asked: BTreeSet<(Digest, Digest)>,
    /// What each place was asked for the referrers of.
    listed: BTreeSet<(Option<Repository>, Digest)>,
    /// Manifests that became nodes, each with what it is about.
    accepted: BTreeSet<(Digest, Digest)>,
    blobs: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        source: &'a Source,
        (limits, words): (&'a Limits, &'a DocumentWords),
        subject: Subject,
        gaps: Vec<Gap>,
        (account, turn): (Account, &'a MemoryTurn),
    ) -> Self {
        let graph = ReferrerGraph {
            subject,
            through: None,
            platform_ignored: None,
            nodes: Vec::new(),
            layers: BTreeMap::new(),
            files: Vec::new(),
            gaps,
            ignored: Vec::new(),
            statistics: Statistics::default(),
            charged: 0,
        };
        Walk {
            source,
            limits,
            words,
            place: None,
            graph,
            waiting: VecDeque::new(),
            account,
            turn,
            asked: BTreeSet::new(),
            listed: BTreeSet::new(),
            accepted: BTreeSet::new(),
            blobs: 0,
        }
    }

    /// Referrers are asked under the digest that the subject was named by and under its sha256; cosign's
    /// tags exist only for sha256.
    pub(super) fn start(&mut self) {
        // They lie where the subject lies.
        if self.place.is_none() {
            self.ask_own_layers();
            self.ask_image_config();
        }
        let named = self.graph.subject.descriptor.digest.clone();
        let sha256 = self.graph.subject.digests.iter().find(|digest| digest.algorithm() == Algorithm::Sha256).cloned();
        for digest in std::iter::once(named.clone()).chain(sha256.filter(|digest| *digest != named)) {
            self.ask_referrers(digest, 1);
        }
        if named.algorithm() == Algorithm::Sha256 {
            for tag in AssociatedTag::ALL {
                self.waiting.push_back(Request::Tag { about: named.clone(), tag });
            }
        }
    }

    pub(super) fn source(&self) -> &'a Source {
        self.source
    }

    pub(super) fn graph(&self) -> &ReferrerGraph {
        &self.graph
    }

    /// Goes on in another place, or in one again: what is there about the documents that were found so far, whose referrers
    /// it was not asked for yet. What is there about the subject itself, [`start`](Self::start) asks for.
    pub(super) fn turn_to<'b>(self, source: &'b Source, place: Option<Repository>) -> Walk<'b>
    where
        'a: 'b,
    {
        let mut walk = Walk { source, place, waiting: VecDeque::new(), ..self };
        let is_document = |node: &&Arc<Node>| node.link.is_referrer() && !is_signature(&node.manifest);
        let documents = walk.graph.nodes.iter().filter(is_document).filter(|node| node.depth < walk.limits.depth);
        let documents: Vec<(Digest, usize)> = documents.map(|node| (node.digest.clone(), node.depth)).collect();
        for (digest, depth) in documents {
            walk.ask_referrers(digest, depth + 1);
        }
        walk
    }

    /// Asks until nothing is left to be asked. Requests run side by side; their answers are taken in the order of the
    /// questions, so that every run counts the same, whoever was slow.
    pub(super) async fn run(&mut self) {
        let source = self.source;
        let mut under_way = FuturesUnordered::new();
        let (mut sent, mut taken, mut early) = (0_u64, 0_u64, BTreeMap::new());
        loop {
            let is_small = self.account.bytes() <= self.limits.small_bytes;
            let may_send = is_small || self.turn.has_come();
            if !may_send && under_way.is_empty() && !self.waiting.is_empty() {
                self.turn.come().await;
                continue;
            }
            while may_send && under_way.len() < self.limits.concurrency {
                let Some(request) = self.waiting.pop_front() else { break };
                let place = sent;
                sent += 1;
                under_way.push(async move { (place, request.send(source).await) });
            }
            match under_way.next().await {
                Some((place, arrived)) => early.insert(place, arrived),
                None => return,
            };
            while let Some(arrived) = early.remove(&taken) {
                taken += 1;
                self.take(arrived);
            }
        }
    }

    fn take(&mut self, arrived: Arrived) {
        match arrived {
            Arrived::Referrers { about, depth, answer } => self.take_list(&about, depth, answer),
            Arrived::Tag { about, tag, answer } => self.take_tag(about, tag, answer),
            Arrived::Manifest { listed, link, about, depth, answer } => {
                self.take_manifest((listed, link), about, depth, answer);
            }
            Arrived::Layer { digest, manifest, answer } => self.take_layer(digest, manifest, answer),
            Arrived::Check { digest, manifest, answer } => self.take_check(digest, manifest, answer),
            Arrived::Entry { listed, answer } => self.take_entry(listed, answer),
        }
    }

    /// Asks for a manifest that the index lists beside the subject, as being about it.
    pub(super) fn ask_entry(&mut self, listed: Descriptor) {
        if !self.charge(listed.size, SearchTarget::Manifest(listed.digest.clone())) {
            return;
        }
        self.waiting.push_back(Request::Entry { listed });
    }

    fn take_entry(&mut self, listed: Descriptor, answer: Result<FetchedContent, GapReason>) {
        let sought = SearchTarget::Manifest(listed.digest.clone());
        let content = match answer {
            Ok(content) => content,
            Err(reason) => return self.gap(sought, reason),
        };
        match Manifest::parse(&content.bytes, Some(("listed", &listed.media_type))) {
            Ok(manifest) => {
                let about = self.graph.subject.descriptor.digest.clone();
                self.add_node(content, manifest, Link::IndexEntry, about, 1);
            }
            Err(error) => self.gap(sought, GapReason::Malformed(error.to_string())),
        }
    }

    /// Each place is asked once about each.
    fn ask_referrers(&mut self, about: Digest, depth: usize) {
        if !self.listed.insert((self.place.clone(), about.clone())) {
            return;
        }
        self.waiting.push_back(Request::Referrers { about, depth });
    }

    fn take_list(&mut self, about: &Digest, depth: usize, answer: Referrers) {
        answer.gaps.into_iter().for_each(|gap| self.gap(gap.sought, gap.reason));
        let unlisted = answer.unlisted.into_iter().map(|listed| (listed, Link::Unlisted));
        for (listed, link) in answer.listed.into_iter().map(|listed| (listed, Link::Subject)).chain(unlisted) {
            let is_subject = self.graph.subject.is(&listed.digest);
            if is_subject || !self.asked.insert((listed.digest.clone(), about.clone())) {
                continue;
            }
            if self.asked.len() > self.limits.referrers {
                self.limit_gap(
                    SearchTarget::Referrers(about.clone()),
                    "referrers of one subject",
                    self.limits.referrers,
                );
                return;
            }
            let sought = SearchTarget::Manifest(listed.digest.clone());
            if !self.charge(listed.size.min(self.limits.manifest_bytes), sought) {
                continue;
            }
            self.waiting.push_back(Request::Manifest { listed, link, about: about.clone(), depth });
        }
    }

    fn take_tag(&mut self, about: Digest, tag: AssociatedTag, answer: Result<Option<FetchedContent>, Gap>) {
        let content = match answer {
            Ok(Some(content)) => content,
            Ok(None) => return,
            Err(gap) => return self.gap(gap.sought, gap.reason),
        };
        // A registry that resolves any digest-like tag to the subject itself has no such tag.
        if self.graph.subject.is(&content.digest) {
            return;
        }
        let sought = SearchTarget::Tag(tag.tag(&about).unwrap_or_default());
        if !self.charge(content.bytes.len() as u64, sought) {
            return;
        }
        match Manifest::parse(&content.bytes, None) {
            Ok(manifest) => {
                // A tag that points at a referrer makes it no less of one.
                let is_referrer = manifest.subject.as_ref().is_some_and(|own| self.graph.subject.is(&own.digest));
                let link = if is_referrer { Link::Subject } else { Link::CosignTag(tag) };
                self.add_node(content, manifest, link, about, 1);
            }
            Err(error) => self.gap(SearchTarget::Manifest(content.digest), GapReason::Malformed(error.to_string())),
        }
    }

    fn take_manifest(
        &mut self,
        (listed, link): (Descriptor, Link),
        about: Digest,
        depth: usize,
        answer: Result<FetchedContent, GapReason>,
    ) {
        let sought = SearchTarget::Manifest(listed.digest.clone());
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
            return self.graph.ignored.push(IgnoredReferrer {
                manifest: listed.digest,
                listed_for: about,
                own_subject: own,
            });
        }
        self.add_node(content, manifest, link, about, depth);
    }

    fn add_node(&mut self, content: FetchedContent, manifest: Manifest, link: Link, about: Digest, depth: usize) {
        // The subject has a digest for each algorithm, and is the same by all of them.
        let about = if self.graph.subject.is(&about) { self.graph.subject.descriptor.digest.clone() } else { about };
        if !self.accepted.insert((content.digest.clone(), about.clone())) {
            return;
        }
        let readable = self.ask_layers(&content.digest, &manifest);
        let declared = match link {
            Link::Subject | Link::Unlisted => {
                manifest.effective_type().filter(|text| self.words.declare_document(text))
            }
            // cosign's tags hold evidence by their very name.
            Link::CosignTag(tag) => Some(tag.suffix()),
            Link::IndexEntry => Some("attestation-manifest"),
            Link::File | Link::OwnLayer => None,
        };
        if let Some(declared) = declared.filter(|_| !readable) {
            self.gap(SearchTarget::Manifest(content.digest.clone()), GapReason::NothingReadable(declared.to_owned()));
        }
        if link.is_referrer() && !is_signature(&manifest) {
            if depth < self.limits.depth {
                self.ask_referrers(content.digest.clone(), depth + 1);
            } else {
                self.limit_gap(
                    SearchTarget::Referrers(content.digest.clone()),
                    "levels of referrers",
                    self.limits.depth,
                );
            }
        }
        let found_in = self.place.clone();
        let FetchedContent { digest, bytes } = content;
        let node = Node { digest, bytes, manifest, link, about, depth, found_in };
        self.graph.nodes.push(Arc::new(node));
    }

    /// Asks for each layer that may be evidence, and says whether there is any.
    fn ask_layers(&mut self, manifest_digest: &Digest, manifest: &Manifest) -> bool {
        let mut readable = false;
        for layer in manifest.layers() {
            let wanted = media_type::may_be_evidence(&layer.media_type, layer.title());
            readable |= wanted;
            let sought = SearchTarget::Evidence(layer.digest.clone(), manifest_digest.clone());
            match self.graph.layers.get(&layer.digest) {
                Some(LayerState::Read(_) | LayerState::Unseen) => continue,
                // That one manifest calls it no evidence does not make it none in another.
                Some(LayerState::Unread(_)) if !wanted => continue,
                None if !wanted => {
                    self.check_unread(layer, manifest_digest.clone());
                    continue;
                }
                Some(LayerState::Unread(_)) | None => {}
            }
            self.graph.layers.insert(layer.digest.clone(), LayerState::Unseen);
            if layer.size > self.limits.evidence_bytes {
                let limit = self.limits.evidence_bytes;
                self.gap(sought, GapReason::Limit { what: "bytes of one evidence blob".into(), limit });
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
            self.check_unread(config, manifest_digest.clone());
        }
        readable
    }

    fn ask_layer(&mut self, layer: Descriptor, manifest: Digest) {
        let sought = SearchTarget::Evidence(layer.digest.clone(), manifest.clone());
        if !self.charge(layer.size, sought) {
            return;
        }
        self.waiting.push_back(Request::Layer { layer, manifest });
    }

    /// Charges what is about to be asked for; says whether it may be.
    fn charge(&mut self, size: u64, sought: SearchTarget) -> bool {
        self.account.charge(size).map_err(|reason| self.gap(sought, reason)).is_ok()
    }

    /// Asks whether what is not to be read is there.
    fn check_unread(&mut self, descriptor: &Descriptor, manifest: Digest) {
        self.graph.layers.insert(descriptor.digest.clone(), LayerState::Unread(BlobState::NotRead));
        self.waiting.push_back(Request::Check { descriptor: descriptor.clone(), manifest });
    }

    /// What was asked for meanwhile as evidence stays that.
    fn take_check(&mut self, digest: Digest, manifest: Digest, answer: Result<BlobState, GapReason>) {
        let is_unread = matches!(self.graph.layers.get(&digest), Some(LayerState::Unread(_)));
        match answer {
            Ok(held) if is_unread => {
                self.graph.layers.insert(digest, LayerState::Unread(held));
            }
            Ok(_) => {}
            Err(reason) => {
                if is_unread {
                    self.graph.layers.remove(&digest);
                }
                self.gap(SearchTarget::Evidence(digest, manifest), reason);
            }
        }
    }

    fn take_layer(&mut self, digest: Digest, manifest: Digest, answer: Result<FetchedContent, GapReason>) {
        match answer {
            Ok(content) => {
                if self.graph.subject.is(&manifest) {
                    self.graph.subject.held.insert(digest.clone(), BlobState::Held);
                }
                self.graph.layers.insert(digest, LayerState::Read(Arc::new(content.bytes)));
            }
            Err(reason) => self.gap(SearchTarget::Evidence(digest, manifest), reason),
        }
    }

    fn gap(&mut self, sought: SearchTarget, reason: GapReason) {
        let sought = match &self.place {
            Some(place) => SearchTarget::Elsewhere(place.to_string(), Box::new(sought)),
            None => sought,
        };
        self.graph.gaps.push(Gap { sought, reason });
    }

    fn limit_gap(&mut self, sought: SearchTarget, what: &'static str, limit: usize) {
        self.gap(sought, GapReason::Limit { what: what.into(), limit: limit as u64 });
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
                    gaps.push(Gap {
                        sought: SearchTarget::Evidence(layer.digest.clone(), node.digest.clone()),
                        reason,
                    });
                }
            }
        }
        self.graph.gaps.extend(gaps);
    }

    pub(super) fn finish(mut self) -> ReferrerGraph {
        self.check_sizes();
        self.graph.nodes.sort_by(|a, b| (a.depth, &a.digest).cmp(&(b.depth, &b.digest)));
        self.graph.gaps.sort();
        self.graph.gaps.dedup();
        self.graph.ignored.sort();
        self.graph.ignored.dedup();
        self.graph.statistics = self.source.statistics();
        self.graph.charged = self.account.bytes();
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
            || base == media_type::NOTARY_SIGNATURE
    };
    let layers = manifest.layers();
    manifest.effective_type().is_some_and(signs)
        || (!layers.is_empty() && layers.iter().all(|layer| signs(&layer.media_type)))
}
