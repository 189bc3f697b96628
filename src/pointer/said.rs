//! What a pointer says, with its places in the file.

use crate::fault::{Fault, FaultCode};
use crate::oci::{Digest, Notation, Repository};

/// A value and where in the file it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocatedValue<T> {
    /// The value.
    pub value: T,
    /// JSON pointer of it.
    pub pointer: String,
}

/// In which form a file says what it points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// `distribution.oci` with `subject`: the canonical one.
    Subject,
    /// `distribution.oci` with `registry`, `repository` and `digest`.
    Parts,
    /// The same under one flat key, such as `"kfm:distribution.oci"`.
    Flat,
    /// `kfm:oci` beside the address of a DCAT distribution or a STAC asset.
    Asset,
    /// A reference by itself: `accessURL`, `downloadURL`, `href`, `provenance_ref`.
    Locator,
}

impl Shape {
    /// The name in the policy input.
    pub fn name(self) -> &'static str {
        match self {
            Shape::Subject => "subject",
            Shape::Parts => "parts",
            Shape::Flat => "flat",
            Shape::Asset => "asset",
            Shape::Locator => "locator",
        }
    }
}

/// What a slot of `referrers` is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// A signature of the subject.
    Signature,
    /// Where the bytes come from.
    Provenance,
    /// What is in it.
    Sbom,
}

impl Slot {
    /// All slots with their canonical names.
    pub const NAMES: [(&'static str, Slot); 3] =
        [("signature", Slot::Signature), ("provenance", Slot::Provenance), ("sbom", Slot::Sbom)];

    /// The slot with this name, in any of its spellings.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "sig" => Some(Slot::Signature),
            "prov" => Some(Slot::Provenance),
            _ => Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, slot)| *slot),
        }
    }

    /// The canonical name.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, slot)| *slot == self).map_or("signature", |(name, _)| name)
    }
}

/// One item of a slot: a manifest that is said to refer to the subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedReferrer {
    /// Which slot.
    pub slot: Slot,
    /// The digest it names.
    pub digest: Digest,
    /// The repository it names, if it names one.
    pub repository: Option<Repository>,
    /// JSON pointer of the reference.
    pub pointer: String,
}

/// A file that the pointer says is in the artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFile {
    /// Its path: the title of a layer.
    pub path: LocatedValue<String>,
    /// Its media type.
    pub media_type: Option<LocatedValue<String>>,
    /// Its size in bytes.
    pub size: Option<LocatedValue<u64>>,
    /// Its digest.
    pub digest: Option<LocatedValue<Digest>>,
}

/// What a file says of the artifact that it points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer {
    /// What the file is called.
    pub name: String,
    /// Digest of its bytes.
    pub digest: Digest,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The shapes found in it, each once, sorted.
    pub shapes: Vec<Shape>,
    /// The repository that all of them name; none if there is none, or more than one.
    pub repository: Option<LocatedValue<Repository>>,
    /// The digest that all of them name; none if there is none, or more than one.
    pub subject: Option<LocatedValue<Digest>>,
    /// The tag that stands beside the digest. It was true once.
    pub tag: Option<LocatedValue<String>>,
    /// The artifact type that it states.
    pub artifact_type: Option<LocatedValue<String>>,
    /// Media types that it states of the artifact without saying of which part.
    pub media_types: Vec<LocatedValue<String>>,
    /// The files that it lists.
    pub files: Vec<ListedFile>,
    /// JSON pointer of the list of files, where it is meant to be whole.
    pub file_list: Option<String>,
    /// What it says refers to the subject.
    pub referrers: Vec<ListedReferrer>,
    /// Where it demands that the subject be signed.
    pub requires_signature: Option<String>,
    /// Whom it expects to have signed.
    pub expected_signer: Option<LocatedValue<String>>,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
    /// Names of fields that were not understood.
    pub unread: Vec<LocatedValue<String>>,
}

impl Pointer {
    /// How its file is written, by the file's name.
    pub fn notation(&self) -> Notation {
        Notation::of(&self.name)
    }

    /// Holds the pointer against the repositories that it may name: from the command line or the configuration,
    /// never from itself.
    pub fn expect(&mut self, expected: &[Repository]) {
        let Some(named) = self.repository.as_ref().filter(|named| !expected.contains(&named.value)) else { return };
        let names: Vec<String> = expected.iter().map(ToString::to_string).collect();
        let message = format!(
            "the pointer names the repository {}, expected {}: a pointer does not choose what is judged",
            named.value,
            names.join(" or ")
        );
        self.faults.insert(0, Fault::new(FaultCode::OtherRepository, named.pointer.clone(), message));
        self.repository = None;
    }

    /// The repository and the digest to judge, if the file names them well.
    pub fn target(&self) -> Option<(&Repository, &Digest)> {
        Some((&self.repository.as_ref()?.value, &self.subject.as_ref()?.value))
    }

    /// Whether the file is in the canonical shape, and in no other.
    pub fn is_canonical(&self) -> bool {
        self.shapes == [Shape::Subject]
    }
}

/// A JSON pointer one step further.
pub(super) fn step(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// What two places say of the same: the first, and a fault where they differ.
pub(super) fn agreed<T: PartialEq + std::fmt::Display>(
    noun: &str,
    known: Option<LocatedValue<T>>,
    more: Option<LocatedValue<T>>,
    faults: &mut Vec<Fault>,
) -> Option<LocatedValue<T>> {
    match (known, more) {
        (Some(known), Some(more)) => {
            if known.value != more.value {
                let message = format!(
                    "the file names the {noun} `{}` here and `{}` at {}: write it once",
                    more.value, known.value, known.pointer
                );
                faults.push(Fault::new(FaultCode::Contradiction, more.pointer, message));
            }
            Some(known)
        }
        (known, more) => known.or(more),
    }
}
