//! Where a distribution pointer and what is live differ.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::layers::path;
use super::subject::SubjectParts;
use super::words::listed;
use crate::dossier::{Document, Dossier, Item};
use crate::evidence::Class;
use crate::finding::Place;
use crate::oci::{Descriptor, Digest};
use crate::pointer::{ListedFile, ListedReferrer, LocatedValue, Pointer, Slot};

/// The media type of the blob that tools put where there is no file (image-spec 1.1, `manifest.md` § Guidance for an Empty
/// Descriptor).
const EMPTY: &str = "application/vnd.oci.empty.v1+json";

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointerDifference {
    /// Which of the codes of the rule `pointer`.
    pub code: &'static str,
    /// What the pointer says and what was found.
    pub message: String,
    /// Where: in the pointer first.
    pub places: Vec<Place>,
    /// The kind of evidence that may be what the pointer means, if nobody could check it.
    pub kind: Option<&'static str>,
}

/// All differences, in the order of the pointer.
pub(super) fn differences(dossier: &Dossier, subject: &SubjectParts<'_>) -> Vec<PointerDifference> {
    let Some(pointer) = &dossier.pointer else { return Vec::new() };
    let mut comparison = PointerComparison { pointer, dossier, subject, found: Vec::new() };
    comparison.compare_subject();
    comparison.compare_files();
    comparison.compare_referrers();
    comparison.compare_signatures();
    comparison.note_unnamed();
    comparison.found
}

struct PointerComparison<'a> {
    pointer: &'a Pointer,
    dossier: &'a Dossier,
    subject: &'a SubjectParts<'a>,
    found: Vec<PointerDifference>,
}

fn quoted(value: Option<&str>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| format!("`{value}`"))
}

fn noun(slot: Slot) -> &'static str {
    match slot {
        Slot::Signature => "signature of a permitted signer",
        Slot::Provenance => "provenance",
        Slot::Sbom => "SBOM",
    }
}

/// The class of the documents that a slot names; none for signatures.
fn class(slot: Slot) -> Option<Class> {
    match slot {
        Slot::Signature => None,
        Slot::Provenance => Some(Class::Provenance),
        Slot::Sbom => Some(Class::Sbom),
    }
}

impl<'a> PointerComparison<'a> {
    fn at(&self, pointer: &str) -> Place {
        Place { document: self.pointer.digest.clone(), pointer: pointer.to_owned() }
    }

    fn in_subject(&self, pointer: impl Into<String>) -> Place {
        Place { document: self.subject.digest.clone(), pointer: pointer.into() }
    }

    fn differs(&mut self, code: &'static str, message: String, places: Vec<Place>) {
        self.found.push(PointerDifference { code, message, places, kind: None });
    }

    fn compare_subject(&mut self) {
        let (pointer, subject) = (self.pointer, self.subject);
        if let Some(named) = pointer.subject.as_ref().filter(|named| !subject.is_named_by(&named.value)) {
            let message =
                format!("the pointer names the subject {}, what is judged is {}", named.value, subject.digest);
            self.differs("subject_differs", message, vec![self.at(&named.pointer)]);
        }
        if let (Some(named), Some(repository)) = (&pointer.repository, &subject.repository)
            && named.value.to_string() != *repository
        {
            let message =
                format!("the pointer names the repository {}, what is judged lies in {repository}", named.value);
            self.differs("repository_differs", message, vec![self.at(&named.pointer)]);
        }
        if let Some(stated) =
            pointer.artifact_type.as_ref().filter(|stated| subject.artifact_type != Some(stated.value.as_str()))
        {
            let found = quoted(subject.artifact_type);
            let message = format!("the pointer says that the artifact type is `{}`, it is {found}", stated.value);
            self.differs(
                "artifact_type_differs",
                message,
                vec![self.at(&stated.pointer), self.in_subject("/artifactType")],
            );
        }
        let of_layers = subject.layers.iter().map(|layer| Some(layer.media_type.as_str()));
        let known: BTreeSet<Option<&str>> =
            of_layers.chain([Some(subject.media_type), subject.artifact_type]).collect();
        for stated in pointer.media_types.iter().filter(|stated| !known.contains(&Some(stated.value.as_str()))) {
            let types: BTreeSet<String> = known.iter().map(|known| quoted(*known)).collect();
            let message =
                format!("the pointer says that the media type is `{}`, found {}", stated.value, listed(types));
            self.differs("media_type_differs", message, vec![self.at(&stated.pointer), self.in_subject("")]);
        }
    }

    /// Its files against the layers, by title.
    fn compare_files(&mut self) {
        let (pointer, subject) = (self.pointer, self.subject);
        let mut by_path: BTreeMap<String, Vec<(usize, &Descriptor)>> = BTreeMap::new();
        for (number, layer) in subject.layers.iter().enumerate() {
            if let Some(title) = layer.title() {
                by_path.entry(path(title)).or_default().push((number, layer));
            }
        }
        for file in &pointer.files {
            let Some(layers) = by_path.get(&path(&file.path.value)) else {
                let titles = listed(subject.layers.iter().map(|layer| quoted(layer.title())));
                let titles = if subject.layers.is_empty() { "no layers".to_owned() } else { titles };
                let message = format!(
                    "the pointer lists the file `{}`, and no layer has this title; there are {titles}",
                    file.path.value
                );
                self.differs("no_such_layer", message, vec![self.at(&file.path.pointer), self.in_subject("/layers")]);
                continue;
            };
            for (number, layer) in layers {
                let (media_type, size, digest) = (&file.media_type, &file.size, &file.digest);
                self.compare_file(file, "media type", media_type.as_ref(), &layer.media_type, *number, "/mediaType");
                self.compare_file(file, "size", size.as_ref(), &layer.size, *number, "/size");
                self.compare_file(file, "digest", digest.as_ref(), &layer.digest, *number, "/digest");
            }
        }
        let Some(list) = pointer.file_list.as_ref().filter(|_| !subject.is_index) else { return };
        let paths: BTreeSet<String> = pointer.files.iter().map(|file| path(&file.path.value)).collect();
        for (number, layer) in subject.layers.iter().enumerate().filter(|(_, layer)| layer.media_type != EMPTY) {
            if !layer.title().is_some_and(|title| paths.contains(&path(title))) {
                let message =
                    format!("the pointer does not list the layer {} ({})", layer.digest, quoted(layer.title()));
                let places = vec![self.at(list), self.in_subject(format!("/layers/{number}"))];
                self.differs("layer_not_listed", message, places);
            }
        }
    }

    fn compare_file<T: PartialEq + Display>(
        &mut self,
        file: &ListedFile,
        name: &str,
        stated: Option<&LocatedValue<T>>,
        found: &T,
        number: usize,
        member: &str,
    ) {
        let Some(stated) = stated.filter(|stated| stated.value != *found) else { return };
        let message = format!(
            "the pointer says that the {name} of `{}` is `{}`, its layer has `{found}`",
            file.path.value, stated.value
        );
        let places = vec![self.at(&stated.pointer), self.in_subject(format!("/layers/{number}{member}"))];
        self.differs("file_differs", message, places);
    }

    /// Every item of a slot that is not what the pointer says, with what became of it; and where it lies.
    fn compare_referrers(&mut self) {
        for named in &self.pointer.referrers {
            self.compare_place(named);
            if !self.meets(named.slot, &named.digest) {
                self.expath(named);
            }
        }
    }

    fn expath(&mut self, named: &ListedReferrer) {
        let dossier = self.dossier;
        let (digest, noun) = (&named.digest, noun(named.slot));
        let named_items = || {
            let about = dossier.items.iter().filter(|item| dossier.graph.is_about_subject(&item.evidence.about));
            about.filter(|item: &&Item| item.evidence.manifest == *digest || item.evidence.document == *digest)
        };
        let unchecked = named_items().find_map(|item| item.standing.unchecked.first().map(|entry| (item, entry)));
        let refused = named_items().find_map(|item| item.standing.refusals.first().map(|entry| (item, entry)));
        let place = |item: &Item| Place { document: item.evidence.document.clone(), pointer: String::new() };
        match (unchecked, refused) {
            (Some((item, entry)), _) => {
                let reason = &entry.reason;
                self.found.push(PointerDifference {
                    code: "referrer_unchecked",
                    message: format!(
                        "the pointer names {digest} as {noun}, and it could not be checked here: {reason}"
                    ),
                    places: vec![self.at(&named.pointer), place(item)],
                    kind: Some(item.kind),
                });
            }
            (None, Some((item, entry))) => {
                let (step, reason) = (entry.step.name(), &entry.reason);
                let message = format!(
                    "the pointer names {digest} as {noun}, and it is refused because `{step}` failed: {reason}"
                );
                self.differs("referrer_refused", message, vec![self.at(&named.pointer), place(item)]);
            }
            (None, None) if self.is_live(digest) => {
                let message =
                    format!("the pointer names {digest} as {noun}, and it is none: {}", self.what_is_held_by(digest));
                let there = Place { document: digest.clone(), pointer: String::new() };
                self.differs("referrer_of_other_kind", message, vec![self.at(&named.pointer), there]);
            }
            (None, None) => {
                let message =
                    format!("the pointer names {digest} as {noun}, and nothing with this digest refers to the subject");
                self.differs("referrer_absent", message, vec![self.at(&named.pointer)]);
            }
        }
    }

    /// With the subject, or in another repository that whoever runs the gate named.
    fn compare_place(&mut self, named: &ListedReferrer) {
        let is_listed = self.dossier.referrers.iter().any(|referrer| referrer.manifest == named.digest);
        let Some(repository) = named.repository.as_ref().filter(|_| is_listed).map(ToString::to_string) else { return };
        let elsewhere = self.dossier.graph.found_in(&named.digest).map(ToString::to_string);
        let Some(found_in) = elsewhere.or_else(|| self.subject.repository.clone()) else { return };
        if repository != found_in {
            let message = format!(
                "the pointer names {} in {repository} as {}, and it was found in {found_in}",
                named.digest,
                noun(named.slot)
            );
            let there = Place { document: named.digest.clone(), pointer: String::new() };
            self.differs("referrer_elsewhere", message, vec![self.at(&named.pointer), there]);
        }
    }

    /// Manifests and documents that may fill a slot.
    fn live(&self, slot: Slot) -> Vec<(&'a Digest, &'a Digest)> {
        let pairs: Vec<(&Digest, &Digest)> = match class(slot) {
            None => {
                let signatures = self.dossier.signatures();
                signatures.map(|(item, _)| (&item.evidence.manifest, &item.evidence.document)).collect()
            }
            Some(class) => {
                let documents = self.dossier.documents.iter().filter(|document| document.kind.class() == class);
                documents.map(manifest_and_document).collect()
            }
        };
        pairs.into_iter().filter(|pair| !self.lies_beside(*pair)).collect()
    }

    /// A file of whoever runs the gate (`--evidence`) has no manifest: it refers to nothing in the repository. Nor does a layer
    /// of the subject itself.
    fn lies_beside(&self, (manifest, document): (&Digest, &Digest)) -> bool {
        manifest == document || self.subject.is_named_by(manifest)
    }

    fn meets(&self, slot: Slot, digest: &Digest) -> bool {
        self.live(slot).into_iter().any(|(manifest, document)| manifest == digest || document == digest)
    }

    fn is_live(&self, digest: &Digest) -> bool {
        let documents = self.dossier.documents.iter().map(manifest_and_document);
        let mut documents = documents.filter(|pair| !self.lies_beside(*pair));
        self.dossier.referrers.iter().any(|referrer| referrer.manifest == *digest)
            || documents.any(|(manifest, document)| manifest == digest || document == digest)
            || self.meets(Slot::Signature, digest)
    }

    fn what_is_held_by(&self, digest: &Digest) -> String {
        let holds = |document: &&Document| document.manifest == *digest || document.document == *digest;
        let kinds: BTreeSet<&str> =
            self.dossier.documents.iter().filter(holds).map(|document| document.kind.name()).collect();
        match kinds.is_empty() {
            true => "nothing in it was recognised as one".to_owned(),
            false => format!("it holds {}", listed(kinds.into_iter().map(str::to_owned))),
        }
    }

    /// What it demands of signatures.
    fn compare_signatures(&mut self) {
        let signatures: Vec<_> = self.dossier.signatures().map(|(_, proof)| proof).collect();
        if let Some(place) = self.pointer.requires_signature.as_ref().filter(|_| signatures.is_empty()) {
            let message = "the pointer demands a signature, and no signature of a permitted signer was found";
            self.found.push(PointerDifference {
                code: "signature_absent",
                message: message.to_owned(),
                places: vec![self.at(place)],
                kind: Some("signature"),
            });
        }
        let Some(expected) = &self.pointer.expected_signer else { return };
        let is_expected = |proof: &&crate::verify::Proof| {
            let subject = match proof.by() {
                crate::verify::SignedBy::Certificate { claims, .. } => Some(claims.subject.as_str()),
                crate::verify::SignedBy::Key { .. } => None,
            };
            proof.signer() == expected.value
                || proof.by().fingerprint().to_string() == expected.value
                || subject == Some(expected.value.as_str())
        };
        if signatures.iter().any(is_expected) {
            return;
        }
        let found: BTreeSet<String> = signatures.iter().map(|proof| format!("one by `{}`", proof.signer())).collect();
        let found = match found.is_empty() {
            true => "none of a permitted signer".to_owned(),
            false => found.into_iter().collect::<Vec<_>>().join(", "),
        };
        self.found.push(PointerDifference {
            code: "signer_differs",
            message: format!("the pointer expects a signature by `{}`, found {found}", expected.value),
            places: vec![self.at(&expected.pointer)],
            kind: Some("signature"),
        });
    }

    /// What is live and not named, where the pointer names anything.
    fn note_unnamed(&mut self) {
        if self.pointer.referrers.is_empty() {
            return;
        }
        for (_, slot) in Slot::NAMES {
            let of_slot = self.pointer.referrers.iter().filter(|named| named.slot == slot);
            let named: BTreeSet<&Digest> = of_slot.map(|named| &named.digest).collect();
            let mut by_manifest: BTreeMap<&Digest, BTreeSet<&Digest>> = BTreeMap::new();
            for (manifest, document) in self.live(slot) {
                by_manifest.entry(manifest).or_default().extend([manifest, document]);
            }
            let unnamed = by_manifest.iter().filter(|(_, digests)| digests.is_disjoint(&named));
            let unnamed: Vec<&Digest> = unnamed.map(|(manifest, _)| *manifest).collect();
            let Some(first) = unnamed.first() else { continue };
            let message = format!(
                "the pointer does not name {}, which is there as {}",
                listed(unnamed.iter().map(ToString::to_string)),
                noun(slot)
            );
            let there = Place { document: (*first).clone(), pointer: String::new() };
            self.differs("referrer_not_named", message, vec![self.at(""), there]);
        }
    }
}

fn manifest_and_document(document: &Document) -> (&Digest, &Digest) {
    (&document.manifest, &document.document)
}
