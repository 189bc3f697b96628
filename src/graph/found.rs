//! What a walk finds: the subject, what refers to it, what became of each, and the index that it was reached through.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::oci::{Descriptor, Digest, Manifest, Reference, Repository};
use crate::source::{AssociatedTag, BlobState, Gap, GapReason, SearchTarget, Statistics};

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
    pub held: BTreeMap<Digest, BlobState>,
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
    /// Its own `subject`, and nothing lists it: it lies among the blobs of a layout, as `cosign save` leaves signatures.
    Unlisted,
    /// A tag that cosign derives from the digest.
    CosignTag(AssociatedTag),
    /// The index that the subject was reached through lists it as being about the subject (BuildKit's attestations).
    IndexEntry,
    /// It is no referrer: it is a layer of the subject itself.
    OwnLayer,
    /// Nothing: it is a file that lay beside the artifact, and whoever runs the gate says that it is about the subject.
    File,
}

impl Link {
    /// Whether it is a referrer by its own `subject`.
    pub fn is_referrer(self) -> bool {
        matches!(self, Link::Subject | Link::Unlisted)
    }
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
    Read(Arc<Vec<u8>>),
    /// Not evidence: left alone, or (of a layout) only hashed.
    Unread(BlobState),
    /// Could not be seen; there is a gap that says why.
    Unseen,
}

/// Listed as a referrer, but its own bytes do not say so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct IgnoredReferrer {
    /// Digest of the manifest.
    pub manifest: Digest,
    /// What it was listed for.
    pub listed_for: Digest,
    /// What its own `subject` says.
    pub own_subject: Option<Digest>,
}

/// One item of evidence that lay in a file beside the artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEvidence {
    /// The file's name, and the place in it where it holds several.
    pub name: String,
    /// Digest of its bytes.
    pub digest: Digest,
    /// What it is read as.
    pub media_type: &'static str,
    /// What a layer would have in annotations: cosign's signatures stand beside what they sign.
    pub annotations: BTreeMap<String, String>,
}

/// Everything that was reached, and everything that was not.
#[derive(Debug, Clone)]
pub struct ReferrerGraph {
    /// The subject.
    pub subject: Subject,
    /// The index that it was reached through, if it was.
    pub through: Option<Box<ParentIndex>>,
    /// The platform that was asked for in vain: it is no index, and was taken as it is.
    pub platform_ignored: Option<String>,
    /// What refers to it, sorted by depth, then digest.
    pub nodes: Vec<Arc<Node>>,
    /// Layers of the nodes, and those layers of the subject that may be documents, by digest.
    pub layers: BTreeMap<Digest, LayerState>,
    /// What lay in files beside the artifact. Their bytes are among the layers.
    pub files: Vec<FileEvidence>,
    /// What could not be seen, sorted.
    pub gaps: Vec<Gap>,
    /// What was listed wrongly, sorted.
    pub ignored: Vec<IgnoredReferrer>,
    /// What it cost.
    pub statistics: Statistics,
    /// Bytes that were charged for it, as they are stated.
    pub charged: u64,
}

impl ReferrerGraph {
    /// The other repository that a manifest was found in; none for the subject's own.
    pub fn found_in(&self, manifest: &Digest) -> Option<&Repository> {
        self.nodes.iter().find(|node| node.digest == *manifest)?.found_in.as_ref()
    }

    /// Takes in what lay in a file beside the artifact as evidence about the subject; the same again is the same.
    pub fn add_file(&mut self, file: FileEvidence, bytes: &[u8]) {
        let is_same = |known: &FileEvidence| known.digest == file.digest && known.annotations == file.annotations;
        if !self.files.iter().any(is_same) {
            self.layers.insert(file.digest.clone(), LayerState::Read(Arc::new(bytes.to_vec())));
            self.files.push(file);
        }
    }

    /// Takes in that a place in such a file holds no evidence.
    pub fn add_unread(&mut self, place: String, problem: String) {
        self.gaps.push(Gap { sought: SearchTarget::File(place), reason: GapReason::Malformed(problem) });
    }
}

/// One child of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// Digest of the index that it was reached through.
    pub index: Digest,
    /// Its digest, as the index states it.
    pub digest: Digest,
    /// `os/architecture[/variant]`, as the index states it.
    pub platform: Option<String>,
}

impl Child {
    /// What it is called.
    pub fn name(&self) -> String {
        format!("{} {}", self.platform.as_deref().unwrap_or("without a platform"), self.digest)
    }
}

/// The index that a child was reached through.
#[derive(Debug, Clone)]
pub struct ParentIndex {
    /// Which child.
    pub child: Child,
    /// All digests of the index.
    pub digests: Vec<Digest>,
    /// Its bytes.
    pub bytes: Arc<Vec<u8>>,
    /// The index.
    pub manifest: Arc<Manifest>,
}
