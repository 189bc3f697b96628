//! An OCI image layout (image-spec 1.1, `image-layout.md`), a folder or its tar: fixtures and air gaps.
//!
//! A layout has no standard place for referrers. They are found as `index.json` entries whose own bytes have
//! a `subject` (as oras writes them), in the fallback index named `sha256-<hex>` (as regclient writes it),
//! and, for cosign's tags, under the tag's name or cosign `save`'s `kind` annotation.

use std::cell::{Cell, OnceCell};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::question::{Answer, Question, SizedDigest};
use super::seen::{
    AssociatedTag, BlobState, FetchedContent, Gap, GapReason, Referrers, ResolveError, ResolvedReference, SearchTarget,
    Statistics, referrers_tag,
};
use super::store::{Store, StoreError};
use crate::limits::Limits;
use crate::oci::media_type;
use crate::oci::{Body, Descriptor, Digest, LayoutSelector, Manifest};

/// Annotation with the name of an `index.json` entry (image-spec 1.1, `annotations.md`).
const REF_NAME: &str = "org.opencontainers.image.ref.name";
/// Annotation by which cosign `save` marks entries.
const COSIGN_KIND: &str = "kind";

/// A blob of so many bytes is hashed beside other work.
const LARGE: u64 = 1024 * 1024;

/// An opened layout.
#[derive(Debug)]
pub struct Layout {
    path: PathBuf,
    store: Arc<Store>,
    limits: Limits,
    selector: Option<LayoutSelector>,
    entries: Vec<Descriptor>,
    links: OnceCell<Links>,
    gaps_told: Cell<bool>,
    read: Cell<u64>,
}

/// What refers to what, read once out of all entries.
#[derive(Debug, Default)]
struct Links {
    referrers: BTreeMap<Digest, Vec<Descriptor>>,
    /// Those that `index.json` does not lead to.
    unlisted: BTreeMap<Digest, Vec<Descriptor>>,
    gaps: Vec<Gap>,
    /// Entries that can be a subject: neither referrers nor cosign's or fallback tags.
    roots: Vec<Descriptor>,
}

impl Layout {
    /// Opens the folder or tar and reads its `index.json`.
    pub fn open(path: &Path, selector: Option<LayoutSelector>, limits: Limits) -> Result<Self, ResolveError> {
        let store = Arc::new(Store::open(path)?);
        let mut layout = Layout {
            path: path.to_owned(),
            store,
            limits,
            selector,
            entries: Vec::new(),
            links: OnceCell::new(),
            gaps_told: Cell::new(false),
            read: Cell::new(0),
        };
        layout.check_version()?;
        layout.entries = layout.read_index()?;
        Ok(layout)
    }

    /// Answers from the files.
    pub async fn ask(&self, question: &Question) -> Answer {
        match question {
            Question::Subject => self.resolve().into(),
            Question::Manifest(content) => self.read_manifest(content).into(),
            Question::Blob(content) => {
                self.read(content, self.limits.evidence_bytes, "bytes of one evidence blob").into()
            }
            Question::Check(content) => self.check(content).await.into(),
            Question::Referrers { digest, .. } => Answer::Listed(self.referrers(digest)),
            Question::Tag(name) => self.associated(name).into(),
        }
    }

    /// How much was read.
    pub fn statistics(&self) -> Statistics {
        Statistics { bytes: self.read.get(), ..Statistics::default() }
    }

    fn check_version(&self) -> Result<(), ResolveError> {
        let usage = |problem: &str| {
            ResolveError::Usage(format!(
                "{} is not an OCI layout: {problem}. Expected a folder, or a tar of one, with `oci-layout`, `index.json` and `blobs/`",
                self.path.display()
            ))
        };
        let bytes = match self.store.read("oci-layout", self.limits.manifest_bytes) {
            Ok(bytes) => bytes,
            Err(StoreError::Absent) => return Err(usage("it has no file `oci-layout`")),
            Err(error) => return Err(self.unseen("oci-layout", error.into_reason(&self.limits))),
        };
        let version = crate::oci::json::parse_strict(&bytes, self.limits.json_depth)
            .map_err(|error| self.unseen("oci-layout", GapReason::Malformed(error.to_string())))?;
        match version.get("imageLayoutVersion").and_then(serde_json::Value::as_str) {
            Some("1.0.0") => Ok(()),
            Some(other) => Err(usage(&format!("its imageLayoutVersion is {other:?}, expected \"1.0.0\""))),
            None => Err(usage("its file `oci-layout` has no imageLayoutVersion")),
        }
    }

    fn read_index(&self) -> Result<Vec<Descriptor>, ResolveError> {
        let bytes = self
            .store
            .read("index.json", self.limits.manifest_bytes)
            .map_err(|error| self.unseen("index.json", error.into_reason(&self.limits)))?;
        let manifest = Manifest::parse(&bytes, None)
            .map_err(|error| self.unseen("index.json", GapReason::Malformed(error.to_string())))?;
        match manifest.body {
            Body::Index { manifests } => Ok(manifests),
            Body::Image { .. } => Err(self.unseen(
                "index.json",
                GapReason::Malformed("expected an image index, found an image manifest".to_owned()),
            )),
        }
    }

    fn unseen(&self, file: &str, reason: GapReason) -> ResolveError {
        ResolveError::Unseen(Gap { sought: SearchTarget::Layout(file.to_owned()), reason })
    }

    /// Finds and reads the one subject that the reference names.
    pub fn resolve(&self) -> Result<ResolvedReference, ResolveError> {
        let listed = self.select()?;
        let content = match self.read_manifest(&SizedDigest::from(&listed)) {
            Ok(content) => content,
            Err(GapReason::Corrupt { expected, found }) => return Err(ResolveError::Corrupt { expected, found }),
            Err(reason) => {
                let sought = SearchTarget::Subject(listed.digest.to_string());
                return Err(ResolveError::Unseen(Gap { sought, reason }));
            }
        };
        let manifest = Manifest::parse(&content.bytes, Some(("listed", &listed.media_type)))
            .map_err(|error| ResolveError::Malformed { digest: content.digest.clone(), error })?;
        let descriptor = Descriptor {
            media_type: manifest.media_type.clone(),
            artifact_type: manifest.artifact_type.clone(),
            size: content.bytes.len() as u64,
            ..listed
        };
        Ok(ResolvedReference { descriptor, bytes: content.bytes, manifest, tag_moved_to: None })
    }

    fn select(&self) -> Result<Descriptor, ResolveError> {
        match &self.selector {
            Some(LayoutSelector::Digest(digest)) => Ok(self.by_digest(digest)),
            Some(LayoutSelector::Name(name)) => {
                let named = distinct(self.entries.iter().filter(|entry| ref_name(entry) == Some(name)));
                self.only(named, &format!("the name {name:?}"))
            }
            None => self.only(self.links().roots.clone(), "it"),
        }
    }

    /// A digest may be that of an entry or of a blob that an entry leads to.
    fn by_digest(&self, digest: &Digest) -> Descriptor {
        self.entries.iter().find(|entry| entry.digest == *digest).cloned().unwrap_or_else(|| Descriptor {
            media_type: String::new(),
            digest: digest.clone(),
            size: self.store.size(digest).unwrap_or_default(),
            artifact_type: None,
            annotations: BTreeMap::new(),
            platform: None,
        })
    }

    fn only(&self, candidates: Vec<Descriptor>, what: &str) -> Result<Descriptor, ResolveError> {
        match <[Descriptor; 1]>::try_from(candidates) {
            Ok([one]) => Ok(one),
            Err(none) if none.is_empty() => {
                let names: Vec<&str> =
                    self.entries.iter().filter_map(ref_name).filter(|name| !is_derived(name)).collect();
                let reason = GapReason::NoSuchName { known: names.join(", ") };
                Err(ResolveError::Unseen(Gap { sought: SearchTarget::Subject(what.to_owned()), reason }))
            }
            Err(several) => {
                let digests: Vec<String> = several.iter().map(|entry| entry.digest.to_string()).collect();
                Err(ResolveError::Usage(format!(
                    "in the layout {} {what} stands for {} artifacts: {}. Name one of them: `oci-layout:{}@{}`",
                    self.path.display(),
                    digests.len(),
                    digests.join(", "),
                    self.path.display(),
                    digests.first().map(String::as_str).unwrap_or_default(),
                )))
            }
        }
    }

    fn read_manifest(&self, named: &SizedDigest) -> Result<FetchedContent, GapReason> {
        self.read(named, self.limits.manifest_bytes, "bytes of one manifest")
    }

    /// Reads a blob whole and checks it against its descriptor.
    fn read(&self, named: &SizedDigest, limit: u64, what: &'static str) -> Result<FetchedContent, GapReason> {
        let bytes = self.store.read_blob(&named.digest, limit).map_err(|error| match error {
            StoreError::TooLarge => GapReason::Limit { what: what.into(), limit },
            other => other.into_reason(&self.limits),
        })?;
        let read = self.read.get() + bytes.len() as u64;
        self.read.set(read);
        let limit = self.limits.wire_bytes();
        if read > limit {
            return Err(GapReason::Limit { what: "bytes read for one subject".into(), limit });
        }
        let found = Digest::of(named.digest.algorithm(), &bytes);
        if found != named.digest {
            return Err(GapReason::Corrupt { expected: named.digest.clone(), found });
        }
        check_size(named, bytes.len() as u64)?;
        Ok(FetchedContent { digest: found, bytes })
    }

    /// Hashes a blob that is not to be kept, however large.
    async fn check(&self, named: &SizedDigest) -> Result<BlobState, GapReason> {
        let (found, size) = match self.hash(named).await {
            Ok(hashed) => hashed,
            Err(StoreError::Absent) => return Ok(BlobState::NotHeld),
            Err(error) => return Err(error.into_reason(&self.limits)),
        };
        check_size(named, size)?;
        match found {
            Some(found) if found != named.digest => Err(GapReason::Corrupt { expected: named.digest.clone(), found }),
            _ => Ok(BlobState::Held),
        }
    }

    /// Hashes; a large blob beside the requests of other subjects, which would wait for it.
    async fn hash(&self, named: &SizedDigest) -> Result<(Option<Digest>, u64), StoreError> {
        if named.size < LARGE {
            return self.store.hash_blob(&named.digest, named.size);
        }
        let (store, SizedDigest { digest, size }) = (Arc::clone(&self.store), named.clone());
        let hashing = tokio::task::spawn_blocking(move || store.hash_blob(&digest, size));
        hashing.await.unwrap_or_else(|error| Err(StoreError::Io(std::io::Error::other(error))))
    }

    /// Lists what refers to this digest.
    fn referrers(&self, digest: &Digest) -> Referrers {
        let links = self.links();
        // What could not be read may refer to anything: it is said once, not for every digest.
        let gaps = if self.gaps_told.replace(true) { Vec::new() } else { links.gaps.clone() };
        let of = |referrers: &BTreeMap<Digest, Vec<Descriptor>>| referrers.get(digest).cloned().unwrap_or_default();
        Referrers { listed: of(&links.referrers), unlisted: of(&links.unlisted), gaps }
    }

    /// Reads what one of cosign's tags names.
    fn associated(&self, name: &str) -> Result<Option<FetchedContent>, GapReason> {
        let about = AssociatedTag::parse(name);
        let is_saved =
            |entry: &Descriptor| about.as_ref().is_some_and(|(tag, digest)| self.is_cosign_saved(entry, *tag, digest));
        let is_meant = |entry: &&Descriptor| ref_name(entry) == Some(name) || is_saved(entry);
        match distinct(self.entries.iter().filter(is_meant)).as_slice() {
            [] => Ok(None),
            [entry] => self.read_manifest(&entry.into()).map(Some),
            several => Err(GapReason::Malformed(format!("{} entries of index.json have this name", several.len()))),
        }
    }

    /// cosign `save` keeps one image and marks its signatures by a `kind` annotation instead of a name.
    fn is_cosign_saved(&self, entry: &Descriptor, tag: AssociatedTag, digest: &Digest) -> bool {
        let kind = |entry: &Descriptor, ends: &[&str]| {
            entry
                .annotations
                .get(COSIGN_KIND)
                .and_then(|kind| kind.strip_prefix("dev.cosignproject.cosign/"))
                .is_some_and(|kind| ends.contains(&kind))
        };
        let wanted: &[&str] = match tag {
            AssociatedTag::Signatures => &["sigs"],
            AssociatedTag::Attestations => &["atts"],
            AssociatedTag::Sbom => return false,
        };
        kind(entry, wanted)
            && self.entries.iter().any(|root| root.digest == *digest && kind(root, &["image", "imageIndex"]))
    }

    fn links(&self) -> &Links {
        self.links.get_or_init(|| {
            let mut links = Links::default();
            for (count, entry) in distinct(self.entries.iter()).into_iter().enumerate() {
                if count >= self.limits.referrers {
                    let limit = self.limits.referrers as u64;
                    let reason = GapReason::Limit { what: "entries of index.json".into(), limit };
                    links.gaps.push(Gap { sought: SearchTarget::Layout("index.json".to_owned()), reason });
                    break;
                }
                self.link(&entry, &mut links);
            }
            self.find_unlisted(&mut links);
            links
        })
    }

    /// Finds the manifests that have a `subject` and that nothing lists, as `cosign save` leaves signatures.
    fn find_unlisted(&self, links: &mut Links) {
        let of_fallback = links.referrers.values().flatten().map(|entry| &entry.digest);
        let listed: BTreeSet<Digest> =
            self.entries.iter().map(|entry| &entry.digest).chain(of_fallback).cloned().collect();
        let mut found = Vec::new();
        let mut looked_at = 0;
        for SizedDigest { digest, size } in self.store.blobs() {
            if listed.contains(&digest) || size > self.limits.manifest_bytes || !self.store.begins_as_object(&digest) {
                continue;
            }
            looked_at += 1;
            if looked_at > self.limits.referrers {
                let reason = GapReason::Limit { what: "unlisted blobs".into(), limit: self.limits.referrers as u64 };
                links.gaps.push(Gap { sought: SearchTarget::Layout("blobs".to_owned()), reason });
                break;
            }
            // What cannot be read as a manifest is none, and refers to nothing.
            let Ok(content) = self.read_manifest(&SizedDigest { digest, size }) else { continue };
            let Ok(manifest) = Manifest::parse(&content.bytes, None) else { continue };
            if let Some(subject) = manifest.subject {
                found.push((subject.digest, self.by_digest(&content.digest)));
            }
        }
        for (subject, descriptor) in found {
            links.unlisted.entry(subject).or_default().push(descriptor);
        }
    }

    /// Whatever its stated type, an entry that is a manifest counts as one.
    fn link(&self, entry: &Descriptor, links: &mut Links) {
        let is_typed = entry.media_type.is_empty() || media_type::is_manifest(&entry.media_type);
        let parsed = self.read_manifest(&entry.into()).and_then(|content| {
            Manifest::parse(&content.bytes, None).map_err(|error| GapReason::Malformed(error.to_string()))
        });
        match parsed {
            Ok(manifest) => self.link_manifest(entry, manifest, links),
            Err(GapReason::Malformed(_) | GapReason::Limit { .. } | GapReason::Absent) if !is_typed => {}
            Err(reason) => {
                links.gaps.push(Gap { sought: SearchTarget::Manifest(entry.digest.clone()), reason });
                links.roots.extend(is_root_entry(entry).then(|| entry.clone()));
            }
        }
    }

    fn link_manifest(&self, entry: &Descriptor, manifest: Manifest, links: &mut Links) {
        if let Some(subject) = manifest.subject {
            return links.referrers.entry(subject.digest).or_default().push(entry.clone());
        }
        // One manifest may have several names.
        let named = self.entries.iter().filter(|named| named.digest == entry.digest);
        let fallback_of: Vec<Digest> = named.clone().filter_map(ref_name).filter_map(fallback_subject).collect();
        match manifest.body {
            Body::Index { manifests } if !fallback_of.is_empty() => {
                for subject in fallback_of {
                    links.referrers.entry(subject).or_default().extend(manifests.iter().cloned());
                }
            }
            _ => links.roots.extend(named.clone().all(is_root_entry).then(|| entry.clone())),
        }
    }
}

fn check_size(named: &SizedDigest, found: u64) -> Result<(), GapReason> {
    if named.size == found {
        return Ok(());
    }
    Err(GapReason::Size { expected: named.size, found })
}

fn ref_name(entry: &Descriptor) -> Option<&str> {
    entry.annotations.get(REF_NAME).map(String::as_str)
}

/// One descriptor per digest, in order.
fn distinct<'a>(entries: impl Iterator<Item = &'a Descriptor>) -> Vec<Descriptor> {
    let mut seen = BTreeSet::new();
    entries.filter(|entry| seen.insert(&entry.digest)).cloned().collect()
}

fn is_root_entry(entry: &Descriptor) -> bool {
    let derived = ref_name(entry).is_some_and(is_derived);
    let saved =
        entry.annotations.get(COSIGN_KIND).is_some_and(|kind| kind.ends_with("/sigs") || kind.ends_with("/atts"));
    !derived && !saved
}

/// Whether a name is one that is derived from a digest: the referrers fallback or one of cosign's.
fn is_derived(name: &str) -> bool {
    let stem = AssociatedTag::ALL.iter().find_map(|tag| name.strip_suffix(tag.suffix())).unwrap_or(name);
    fallback_subject(stem).is_some() || stem.strip_prefix("sha512-").is_some_and(|hex| hex.len() == 64)
}

fn fallback_subject(name: &str) -> Option<Digest> {
    let digest: Digest = name.replacen('-', ":", 1).parse().ok()?;
    (referrers_tag(&digest) == name).then_some(digest)
}
