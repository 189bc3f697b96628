//! The children of an index: which are meant, and what the index says of each.
//!
//! An index that was reached covers its children, because its bytes hold their digests: what is signed about it is
//! about them too. The reverse does not hold, and an index that was not gone through in this run says nothing.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt as _};

use super::account::Account;
pub use super::found::{Child, ParentIndex};
use super::found::{LayerState, ReferrerGraph};
use super::platform::Platform;
use super::walk::Walk;
use super::{complete, pin};
use crate::limits::Limits;
use crate::oci::media_type::{self, DocumentWords};
use crate::oci::{Body, Descriptor, Digest, LayoutSelector, Manifest, Reference};
use crate::source::{self, Access, Gap, GapReason, ResolveError, SearchTarget, Statistics};

/// BuildKit's annotations of index entries (BuildKit `docs/attestations/attestation-storage.md`).
const REFERENCE_TYPE: &str = "vnd.docker.reference.type";
const REFERENCE_DIGEST: &str = "vnd.docker.reference.digest";
const ATTESTATION: &str = "attestation-manifest";
const NO_PLATFORM: &str = "unknown/unknown";

/// What all children hold of their index: its bytes and what they say.
type IndexParts = (Arc<Vec<u8>>, Arc<Manifest>);

/// Children that are fetched side by side.
const SIDE_BY_SIDE: usize = 4;

/// Which children of an index are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// All of them.
    All,
    /// Those of one platform; without a variant, whatever their variant is.
    Platform {
        /// `os/architecture`.
        base: String,
        /// The variant.
        variant: Option<String>,
    },
}

impl FromStr for Choice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('/').collect();
        let is_word = |part: &&str| {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
            !part.is_empty() && part.bytes().all(is_plain)
        };
        match parts.as_slice() {
            ["all"] => Ok(Choice::All),
            [os, architecture, variant @ ..] if variant.len() < 2 && parts.iter().all(is_word) => {
                let variant = variant.first().map(|variant| (*variant).to_owned());
                Ok(Choice::Platform { base: format!("{os}/{architecture}"), variant })
            }
            _ => Err(format!(
                "expected os/architecture, os/architecture/variant or all, for example linux/arm64/v8, found {text:?}"
            )),
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Choice::All => formatter.write_str("all"),
            Choice::Platform { base, variant: None } => formatter.write_str(base),
            Choice::Platform { base, variant: Some(variant) } => write!(formatter, "{base}/{variant}"),
        }
    }
}

impl Choice {
    fn is_met_by(&self, entry: &Descriptor) -> bool {
        let Choice::Platform { variant, .. } = self else { return true };
        // What states no platform may be of this one: runtimes then ask its config.
        let Some(platform) = &entry.platform else { return true };
        Platform::of(platform).is(&Platform::of(&self.to_string()), variant.is_none())
    }
}

/// What became of one child, or of the reference itself where no child was chosen.
#[derive(Debug)]
pub enum WalkOutcome {
    /// It was fetched, with everything that refers to it or to its index.
    Graph(Box<ReferrerGraph>),
    /// It was not.
    Missed(Box<MissedSubject>),
}

/// A subject that was not fetched.
#[derive(Debug)]
pub struct MissedSubject {
    /// Which child of an index; none where it is about the reference itself.
    pub child: Option<Child>,
    /// Why.
    pub error: ResolveError,
    /// What it cost to find out.
    pub statistics: Statistics,
}

impl MissedSubject {
    /// Not fetched, at this cost.
    pub fn of(child: Option<Child>, error: ResolveError, statistics: Statistics) -> WalkOutcome {
        WalkOutcome::Missed(Box::new(MissedSubject { child, error, statistics }))
    }
}

/// Whether an entry is BuildKit's attestation about another one: only then is it no image. An image that merely says so
/// is one.
fn is_attestation(entry: &Descriptor, entries: &[Descriptor]) -> bool {
    let about = entry.annotations.get(REFERENCE_DIGEST);
    entry.annotations.get(REFERENCE_TYPE).map(String::as_str) == Some(ATTESTATION)
        && entry.platform.as_deref() == Some(NO_PLATFORM)
        && entries.iter().any(|other| other.digest != entry.digest && about == Some(&other.digest.to_string()))
}

fn entries(manifest: &Manifest) -> &[Descriptor] {
    match &manifest.body {
        Body::Index { manifests } => manifests,
        Body::Image { .. } => &[],
    }
}

/// Whether an entry is a child to be judged. One that is no manifest is, where it says that it is for a platform.
fn is_child(entry: &Descriptor, entries: &[Descriptor]) -> bool {
    let is_manifest = media_type::is_manifest(&entry.media_type);
    (is_manifest || entry.platform.as_deref().is_some_and(|platform| platform != NO_PLATFORM))
        && !is_attestation(entry, entries)
}

/// The children that are meant, each once. The error says which there are.
fn chosen<'a>(index: &'a ReferrerGraph, choice: &Choice) -> Result<Vec<&'a Descriptor>, ResolveError> {
    let entries = entries(&index.subject.manifest);
    let is_child = |entry: &&Descriptor| is_child(entry, entries);
    let mut chosen: Vec<&Descriptor> = Vec::new();
    for entry in entries.iter().filter(is_child).filter(|entry| choice.is_met_by(entry)) {
        if chosen.iter().all(|other| other.digest != entry.digest) {
            chosen.push(entry);
        }
    }
    if !chosen.is_empty() {
        return Ok(chosen);
    }
    let known: Vec<&str> =
        entries.iter().filter(is_child).map(|entry| entry.platform.as_deref().unwrap_or("no platform")).collect();
    Err(ResolveError::NoChild {
        index: index.subject.descriptor.digest.clone(),
        wanted: choice.to_string(),
        found: if known.is_empty() { "no image at all".to_owned() } else { known.join(", ") },
    })
}

/// Walks from each chosen child of an index to everything that refers to it. What the index cost is counted with
/// the first of them.
pub async fn walk_children(
    index: ReferrerGraph,
    choice: &Choice,
    access: &Access,
    (limits, words): (&Limits, &DocumentWords),
) -> Vec<WalkOutcome> {
    let children = match chosen(&index, choice) {
        Ok(children) => children,
        Err(error) => return vec![MissedSubject::of(None, error, index.statistics)],
    };
    let account = Account::new(limits.total_bytes, index.charged);
    let parts = (Arc::new(index.subject.bytes.clone()), Arc::new(index.subject.manifest.clone()));
    let chosen = children.iter().take(limits.children);
    let walks =
        chosen.map(|entry| walk_child(&index, entry, access, (limits, words), (account.clone(), parts.clone())));
    let mut reached: Vec<WalkOutcome> = stream::iter(walks).buffered(SIDE_BY_SIDE).collect().await;
    if account.is_exceeded() {
        // Which of them it was enough for is for the network to say, and so is told of none.
        reached = reached.into_iter().map(|child| beyond(child, &account)).collect();
    }
    if children.len() > limits.children {
        let reason = GapReason::Limit { what: "children of one index".into(), limit: limits.children as u64 };
        let sought =
            SearchTarget::Subject(format!("the {} children of {}", children.len(), index.subject.descriptor.digest));
        let error = ResolveError::Unseen(Gap { sought, reason });
        reached.push(MissedSubject::of(None, error, Statistics::default()));
    }
    if let Some(first) = reached.first_mut() {
        let statistics = match first {
            WalkOutcome::Graph(graph) => &mut graph.statistics,
            WalkOutcome::Missed(missed) => &mut missed.statistics,
        };
        statistics.requests += index.statistics.requests;
        statistics.bytes += index.statistics.bytes;
        statistics.cached += index.statistics.cached;
    }
    reached
}

/// A child of an index whose children take too much together.
fn beyond(child: WalkOutcome, account: &Account) -> WalkOutcome {
    let (child, statistics) = match child {
        WalkOutcome::Graph(graph) => (graph.through.map(|through| through.child), graph.statistics),
        WalkOutcome::Missed(missed) => (missed.child, missed.statistics),
    };
    let name = child.as_ref().map(Child::name).unwrap_or_default();
    let gap = Gap { sought: SearchTarget::Subject(name), reason: account.reason() };
    MissedSubject::of(child, ResolveError::Unseen(gap), statistics)
}

async fn walk_child(
    index: &ReferrerGraph,
    entry: &Descriptor,
    access: &Access,
    (limits, words): (&Limits, &DocumentWords),
    (account, parts): (Account, IndexParts),
) -> WalkOutcome {
    let subject = &index.subject;
    let child = Child {
        index: subject.descriptor.digest.clone(),
        digest: entry.digest.clone(),
        platform: entry.platform.clone(),
    };
    if !media_type::is_manifest(&entry.media_type) {
        let problem =
            format!("its media type {:?} is none of a manifest or an index that is read here", entry.media_type);
        let gap = Gap { sought: SearchTarget::Subject(child.name()), reason: GapReason::Malformed(problem) };
        return MissedSubject::of(Some(child), ResolveError::Unseen(gap), Statistics::default());
    }
    let pinned = match subject.reference.clone() {
        Reference::Registry { repository, .. } => {
            Reference::Registry { repository, tag: None, digest: Some(entry.digest.clone()) }
        }
        Reference::Layout { path, .. } => {
            Reference::Layout { path, selector: Some(LayoutSelector::Digest(entry.digest.clone())) }
        }
    };
    let source = match source::open(&pinned, access, limits) {
        Ok(source) => source,
        Err(error) => {
            return MissedSubject::of(Some(child), error, Statistics::default());
        }
    };
    let mut resolved = match source.resolve().await {
        Ok(resolved) => resolved,
        Err(error) => {
            return MissedSubject::of(Some(child), error, source.statistics());
        }
    };
    // What was typed is the index's name, and what is said of that name holds for the child.
    resolved.tag_moved_to = subject.tag_moved_to.clone();
    let (pinned, gaps) = pin(&source, subject.reference.clone(), subject.repository.clone(), resolved).await;
    let mut walk = Walk::new(&source, (limits, words), pinned, gaps, (account, &access.turn));
    walk.start();
    let entries = entries(&subject.manifest);
    let about = entry.digest.to_string();
    for attestation in entries.iter().filter(|other| is_attestation(other, entries)) {
        if attestation.annotations.get(REFERENCE_DIGEST) == Some(&about) {
            walk.ask_entry(attestation.clone());
        }
    }
    match complete(walk, access).await {
        Ok(mut graph) => {
            graph.enter(index, child, parts);
            WalkOutcome::Graph(Box::new(graph))
        }
        Err(error) => MissedSubject::of(Some(child), error, source.statistics()),
    }
}

impl ReferrerGraph {
    /// Takes in everything that refers to the index that the subject was reached through.
    fn enter(&mut self, index: &ReferrerGraph, child: Child, (bytes, manifest): IndexParts) {
        self.nodes.extend(index.nodes.iter().cloned());
        self.nodes.sort_by(|a, b| (a.depth, &a.digest).cmp(&(b.depth, &b.digest)));
        for (digest, state) in &index.layers {
            match self.layers.get(digest) {
                Some(LayerState::Read(_)) => {}
                _ => {
                    self.layers.insert(digest.clone(), state.clone());
                }
            }
        }
        // What could not be seen of the index may have been about this child.
        self.gaps.extend(index.gaps.iter().cloned());
        self.gaps.sort();
        self.gaps.dedup();
        self.ignored.extend(index.ignored.iter().cloned());
        self.ignored.sort();
        self.ignored.dedup();
        self.through = Some(Box::new(ParentIndex { child, digests: index.subject.digests.clone(), bytes, manifest }));
    }

    /// Whether something is about the subject: about itself, or about the index that it was reached through.
    pub fn is_about_subject(&self, about: &Digest) -> bool {
        self.subject.is(about) || self.through.as_ref().is_some_and(|through| through.digests.contains(about))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(platform: Option<&str>) -> Descriptor {
        Descriptor {
            media_type: media_type::IMAGE_MANIFEST.to_owned(),
            digest: Digest::sha256(platform.unwrap_or_default().as_bytes()),
            size: 1,
            artifact_type: None,
            annotations: Default::default(),
            platform: platform.map(str::to_owned),
        }
    }

    #[test]
    fn platforms_are_read_and_compared_part_by_part() {
        for (choice, platform, expected) in [
            ("linux/arm", Some("linux/arm64"), false),
            ("linux/arm", Some("linux/arm/v7"), true),
            ("linux/arm/v6", Some("linux/arm/v7"), false),
            ("linux/arm64/v8", Some("linux/arm64"), true),
            ("linux/arm64", Some("linux/arm64"), true),
            ("linux/arm64", None, true),
            ("all", None, true),
        ] {
            let choice: Choice = choice.parse().unwrap();
            assert_eq!(choice.is_met_by(&entry(platform)), expected, "{choice} {platform:?}");
        }
        for wrong in ["linux", "", "linux/", "a/b/c/d", "all/x y", "/amd64"] {
            assert!(wrong.parse::<Choice>().unwrap_err().contains("os/architecture"), "{wrong}");
        }
    }

    #[test]
    fn an_image_that_calls_itself_an_attestation_is_an_image() {
        let image = entry(Some("linux/amd64"));
        let mut attestation = entry(Some(NO_PLATFORM));
        attestation.annotations.insert(REFERENCE_TYPE.to_owned(), ATTESTATION.to_owned());
        attestation.annotations.insert(REFERENCE_DIGEST.to_owned(), image.digest.to_string());
        assert!(is_attestation(&attestation, &[image.clone(), attestation.clone()]));
        assert!(!is_attestation(&attestation, std::slice::from_ref(&attestation)));
        let disguised = Descriptor { platform: Some("linux/amd64".to_owned()), ..attestation.clone() };
        assert!(!is_attestation(&disguised, &[image, disguised.clone()]));
    }
}
