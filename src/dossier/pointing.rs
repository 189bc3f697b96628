//! The canonical pointer to a subject: what it has, and what refers to it and counts.

use super::{Document, Dossier};
use crate::evidence::Class;
use crate::oci::Digest;
use crate::oci::media_type::EMPTY_DIGEST;
use crate::pointer::{Canonical, CanonicalFile, CanonicalReferrer, Slot};

impl Dossier {
    /// What a pointer to the subject has to say; none for one whose repository is not known.
    ///
    /// It names every signature that counts and every well-formed provenance and SBOM that is not about something
    /// else: the proven ones where there are any, else the attached.
    pub fn pointer_to(&self) -> Option<Canonical> {
        let subject = &self.graph.subject;
        let at = |slot: Slot, manifest: &Digest| CanonicalReferrer {
            slot,
            digest: manifest.to_string(),
            repository: self.graph.found_in(manifest).map(ToString::to_string),
        };
        let signatures = self.signatures().map(|(item, _)| at(Slot::Signature, &item.evidence.manifest));
        let of = |slot: Slot, class: Class| self.named(class).map(move |manifest| at(slot, manifest));
        let provenance = of(Slot::Provenance, Class::Provenance);
        let sboms = of(Slot::Sbom, Class::Sbom);
        let layers = subject.manifest.layers().iter().filter(|layer| layer.digest.to_string() != EMPTY_DIGEST);
        // Where a layer has no name (a container image), a list of files could not be whole.
        let files: Option<Vec<CanonicalFile>> = layers
            .map(|layer| {
                Some(CanonicalFile {
                    path: layer.title()?.to_owned(),
                    media_type: Some(layer.media_type.clone()),
                    size: Some(layer.size),
                    digest: Some(layer.digest.to_string()),
                })
            })
            .collect();
        Some(Canonical {
            repository: subject.repository.as_ref()?.to_string(),
            digest: subject.descriptor.digest.to_string(),
            artifact_type: subject.manifest.effective_type().map(str::to_owned),
            files: files.unwrap_or_default(),
            referrers: signatures.chain(provenance).chain(sboms).collect(),
            ..Canonical::default()
        })
    }

    fn named(&self, class: Class) -> impl Iterator<Item = &Digest> {
        let of_class = move |document: &&Document| document.kind.class() == class;
        // A layer of the subject is among its files, and no referrer.
        let refers = |document: &&Document| !self.graph.subject.is(&document.manifest);
        let is_proven = self.documents.iter().filter(of_class).filter(refers).any(Document::is_proven);
        self.documents
            .iter()
            .filter(of_class)
            .filter(refers)
            .filter(move |document| document.is_proven() == is_proven)
            .filter(|document| document.defects.is_empty() && self.is_about_subject(document))
            .map(|document| &document.manifest)
    }

    /// It states nothing that was made or described, or something of this subject.
    fn is_about_subject(&self, document: &Document) -> bool {
        let subject = &self.graph.subject;
        let is_ours =
            |digest| subject.is(digest) || subject.manifest.layers().iter().any(|layer| layer.digest == *digest);
        document.facts.outputs.is_empty() || document.facts.outputs.iter().any(|output| is_ours(&output.digest))
    }
}
