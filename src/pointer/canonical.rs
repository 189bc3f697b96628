//! The canonical shape, written: `schemas/distribution-pointer.v1.schema.json`.

use serde_json::{Map, Value, json};

use super::said::{ListedFile, ListedReferrer, Pointer, Slot};
use crate::oci::Repository;

/// What a canonical pointer says. The same content gives the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Canonical {
    /// `HOST/REPOSITORY`.
    pub repository: String,
    /// The subject's digest.
    pub digest: String,
    /// Its artifact type.
    pub artifact_type: Option<String>,
    /// Its files.
    pub files: Vec<CanonicalFile>,
    /// What refers to it.
    pub referrers: Vec<CanonicalReferrer>,
    /// Whether it demands a signature.
    pub requires_signature: bool,
    /// Whom it expects to have signed.
    pub expected_signer: Option<String>,
}

/// What refers to the subject.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CanonicalReferrer {
    /// Which slot.
    pub slot: Slot,
    /// The digest of its manifest.
    pub digest: String,
    /// `HOST/REPOSITORY`, where that is another than the subject's.
    pub repository: Option<String>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct CanonicalFile {
    /// Its path.
    pub path: String,
    /// Its media type.
    pub media_type: Option<String>,
    /// Its size.
    pub size: Option<u64>,
    /// Its digest.
    pub digest: Option<String>,
}

impl Canonical {
    /// What a pointer in any shape says, in the canonical one; none if it names no subject, or has a fault.
    pub fn of(pointer: &Pointer) -> Option<Self> {
        let (repository, digest) = pointer.target().filter(|_| pointer.faults.is_empty())?;
        let file = |file: &ListedFile| CanonicalFile {
            path: file.path.value.clone(),
            media_type: file.media_type.as_ref().map(|stated| stated.value.clone()),
            size: file.size.as_ref().map(|stated| stated.value),
            digest: file.digest.as_ref().map(|stated| stated.value.to_string()),
        };
        Some(Canonical {
            repository: repository.to_string(),
            digest: digest.to_string(),
            artifact_type: pointer.artifact_type.as_ref().map(|stated| stated.value.clone()),
            // Files that are named one by one are no list of all.
            files: pointer.files.iter().filter(|_| pointer.file_list.is_some()).map(file).collect(),
            referrers: pointer.referrers.iter().map(|named| referrer(named, repository)).collect(),
            requires_signature: pointer.requires_signature.is_some(),
            expected_signer: pointer.expected_signer.as_ref().map(|stated| stated.value.clone()),
        })
    }

    /// What a pointer says that has no place in the canonical shape, each with its place.
    pub fn left_behind(pointer: &Pointer) -> Vec<String> {
        let line = |pointer: &str, what: &str| format!("{pointer}: {what}");
        let tags = pointer.tag.iter().map(|tag| line(&tag.pointer, "the tag"));
        let types = pointer.media_types.iter().map(|stated| line(&stated.pointer, "the media type of no file"));
        let files = pointer.files.iter().filter(|_| pointer.file_list.is_none());
        let files = files.map(|file| line(&file.path.pointer, "a file by itself: the canonical list has to be whole"));
        let unread = pointer.unread.iter().map(|stated| line(&stated.pointer, "a field that is not known"));
        tags.chain(types).chain(files).chain(unread).collect()
    }

    /// The document.
    pub fn value(&self) -> Value {
        let mut oci = Map::new();
        oci.insert("subject".to_owned(), json!(reference(&self.repository, &self.digest)));
        if let Some(artifact_type) = &self.artifact_type {
            oci.insert("artifact_type".to_owned(), json!(artifact_type));
        }
        let mut files = self.files.clone();
        files.sort();
        files.dedup();
        if !files.is_empty() {
            oci.insert("files".to_owned(), files.iter().map(CanonicalFile::value).collect());
        }
        let slots: Map<String, Value> =
            Slot::NAMES.iter().filter_map(|(name, slot)| Some(((*name).to_owned(), self.slot(*slot)?))).collect();
        if !slots.is_empty() {
            oci.insert("referrers".to_owned(), Value::Object(slots));
        }
        let mut security = Map::new();
        if self.requires_signature {
            security.insert("requires_cosign".to_owned(), json!(true));
        }
        if let Some(signer) = &self.expected_signer {
            security.insert("expected_signer".to_owned(), json!(signer));
        }
        if !security.is_empty() {
            oci.insert("security".to_owned(), Value::Object(security));
        }
        json!({"distribution": {"oci": oci}})
    }

    /// The document's text, with a line end at its end.
    pub fn text(&self) -> String {
        format!("{:#}\n", self.value())
    }

    /// One reference, or a sorted list of several.
    fn slot(&self, slot: Slot) -> Option<Value> {
        let mut referrers: Vec<&CanonicalReferrer> =
            self.referrers.iter().filter(|referrer| referrer.slot == slot).collect();
        referrers.sort();
        referrers.dedup();
        let at = |referrer: &CanonicalReferrer| {
            json!(reference(referrer.repository.as_ref().unwrap_or(&self.repository), &referrer.digest))
        };
        match referrers.as_slice() {
            [] => None,
            [one] => Some(at(one)),
            several => Some(several.iter().map(|referrer| at(referrer)).collect()),
        }
    }
}

fn reference(repository: &str, digest: &str) -> String {
    format!("oci://{repository}@{digest}")
}

fn referrer(named: &ListedReferrer, own: &Repository) -> CanonicalReferrer {
    let elsewhere = named.repository.as_ref().filter(|repository| *repository != own);
    CanonicalReferrer {
        slot: named.slot,
        digest: named.digest.to_string(),
        repository: elsewhere.map(ToString::to_string),
    }
}

impl CanonicalFile {
    fn value(&self) -> Value {
        let mut fields = Map::new();
        fields.insert("path".to_owned(), json!(self.path));
        if let Some(media_type) = &self.media_type {
            fields.insert("media_type".to_owned(), json!(media_type));
        }
        if let Some(size) = self.size {
            fields.insert("size".to_owned(), json!(size));
        }
        if let Some(digest) = &self.digest {
            fields.insert("digest".to_owned(), json!(digest));
        }
        Value::Object(fields)
    }
}
