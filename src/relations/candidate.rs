//! What keeps a document from being the one that its class's rule asks for.

use super::binding::{Binding, noun};
use super::run_outcome;
use super::subject::SubjectParts;
use crate::dossier::Document;
use crate::evidence::Class;

/// One thing that keeps a document from satisfying its class's rule: it is malformed, about something else, or of a run that
/// failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// The code of a fault of documents, of a [`super::binding::BindingFault`], or `run_failed`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// Where in the document.
    pub pointer: String,
}

/// All of them. A stub that states nothing is told what it lacks, and nothing else.
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
    let unbound = unbound.map(|fault| Objection { code: fault.code, message: fault.message, pointer: fault.pointer });
    let failures = run_outcome::failures(document).into_iter();
    let failed = failures.map(|one| Objection { code: "run_failed", message: one.message, pointer: one.pointer });
    defects.chain(unbound).chain(failed).collect()
}
