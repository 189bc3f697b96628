//! Which documents may satisfy a rule about a class. Once a signer vouches for one, or has to, what is only attached cannot:
//! else whoever deletes an attestation could put a document in its place.

use std::collections::BTreeSet;

use crate::dossier::{Document, Dossier};
use crate::evidence::Class;

/// The classes that rules ask for.
const ASKED: [Class; 4] = [Class::Provenance, Class::RunManifest, Class::Sbom, Class::Metadata];

/// The documents of a class that may satisfy a rule about it.
pub(super) fn eligible(dossier: &Dossier, class: Class) -> Vec<&Document> {
    let of_class = dossier.documents.iter().filter(|document| document.kind.class() == class);
    let (proven, attached): (Vec<_>, Vec<_>) = of_class.partition(|document| document.is_proven());
    match (proven.is_empty(), dossier.must_be_proven.contains_key(&class)) {
        (false, _) => proven,
        (true, true) => Vec::new(),
        (true, false) => attached,
    }
}

/// The classes of which documents that are only attached may satisfy.
pub(super) fn open_classes(dossier: &Dossier) -> BTreeSet<Class> {
    let has_proven =
        |class: Class| dossier.documents.iter().any(|document| document.kind.class() == class && document.is_proven());
    let is_open = |class: &Class| !has_proven(*class) && !dossier.must_be_proven.contains_key(class);
    ASKED.into_iter().filter(is_open).collect()
}
