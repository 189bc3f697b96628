//! Everything that keeps a document from being the one that its class's rule asks for.

use super::binding::{Binding, noun};
use super::objection::Objection;
use super::run_outcome;
use super::subject::SubjectParts;
use crate::dossier::Document;
use crate::evidence::Class;

/// All objections to a document. A stub that states nothing is told what it lacks, and nothing else.
pub(super) fn objections(document: &Document, binding: &Binding<'_>, subject: &SubjectParts<'_>) -> Vec<Objection> {
    if document.kind.class() == Class::Other {
        return Vec::new();
    }
    let noun = noun(document);
    let defects = document.defects.iter().map(|defect| Objection {
        code: defect.code.name(),
        message: format!("the {noun} is not well-formed: {}", defect.message),
        pointer: defect.pointer.clone(),
    });
    let is_stub = !document.defects.is_empty() && document.facts.outputs.is_empty();
    let unbound = binding.fault(document, subject).filter(|_| !is_stub);
    defects.chain(unbound).chain(run_outcome::failures(document)).collect()
}
