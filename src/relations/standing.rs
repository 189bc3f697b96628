//! Which documents may satisfy a rule about a class. Once a signer vouches for one, or has to, what is only attached cannot:
//! else whoever deletes an attestation could put a document in its place.

use std::collections::BTreeSet;

use crate::dossier::{Document, Dossier};
use crate::evidence::Class;

/// The classes that rules ask for.
const ASKED: [Class; 4] = [Class::Provenance, Class::RunManifest, Class::Sbom, Class::Metadata];

/// The documents of a class that may satisfy a rule about it.
pub(super) fn eligible(dossier: &Dossier, class: Class) -> Vec<&Document> {
    let is_open = is_open(dossier, class);
    of_class(dossier, class).filter(|document| is_open || document.is_proven()).collect()
}

/// The classes of which documents that are only attached may satisfy.
pub(super) fn open_classes(dossier: &Dossier) -> BTreeSet<Class> {
    ASKED.into_iter().filter(|class| is_open(dossier, *class)).collect()
}

/// Nobody vouches for a document of this class, and nobody has to.
fn is_open(dossier: &Dossier, class: Class) -> bool {
    !dossier.must_be_proven.contains_key(&class) && !of_class(dossier, class).any(Document::is_proven)
}

fn of_class(dossier: &Dossier, class: Class) -> impl Iterator<Item = &Document> {
    dossier.documents.iter().filter(move |document| document.kind.class() == class)
}
