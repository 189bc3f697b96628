//! What is said where a distribution pointer itself forbids to look: it names no subject, or another repository.

use super::excerpt::{self, Excerpt};
use super::unseen::blank;
use super::{SubjectReport, Verdict, WeighedFinding, Weight};
use crate::fault::Fault;
use crate::finding::{Basis, Effect, Finding, Place, RuleId, Severity};
use crate::oci::Reference;
use crate::pointer::Pointer;

/// Fails a pointer that nothing can be judged by: whatever is wrong with it, with its lines. `reference` says
/// what it was expected to point into.
pub fn refused(reference: Reference, pointer: &Pointer) -> SubjectReport {
    SubjectReport {
        verdict: Verdict::Fail,
        pointer: Some((pointer.name.clone(), pointer.digest.clone())),
        findings: pointer.faults.iter().map(|fault| judged(fault, pointer)).collect(),
        ..blank(reference)
    }
}

fn judged(fault: &Fault, pointer: &Pointer) -> WeighedFinding {
    let place = Place { document: pointer.digest.clone(), pointer: fault.pointer.clone() };
    let excerpts: Vec<Excerpt> =
        excerpt::of_text(&place, pointer.notation(), &pointer.bytes, pointer.name.clone()).into_iter().collect();
    let finding = Finding {
        // No configuration switches this off: without a subject there is nothing to judge.
        rule: RuleId { set: "ocigate".to_owned(), rule: "pointer".to_owned() },
        code: fault.code.name().to_owned(),
        effect: Effect::Deny,
        severity: Severity::Critical,
        basis: Basis::Present,
        kind: None,
        message: fault.message.clone(),
        places: vec![place],
        remedy: Some(
            "Write the pointer again from what is live: `ocigate pointer HOST/REPOSITORY:TAG`, with the signer's key or the configuration"
                .to_owned(),
        ),
    };
    WeighedFinding { weight: Weight::Fails, finding, because: None, caused_by: None, excerpts }
}
