//! Which finding follows from which: of a document that lacks a field, several rules have something to say, and one thing
//! is to be fixed. What follows fails as before; the report only says where it comes from.

use std::collections::{BTreeMap, BTreeSet};

use super::judged::{WeighedFinding, Weight};
use crate::dossier::{Document, Dossier};
use crate::fault::{FaultCode, Stage};
use crate::finding::{Basis, Finding, Place};
use crate::oci::Digest;

/// Links each finding that follows from another one of the list to that.
///
/// A fault against the schema of a document is a root, once at each place; in a document without any it is a
/// dangling reference. What the document's own logic, the binding to the subject or another rule finds wrong in the same
/// document follows from the first of its roots; so does that something of the kind that the document is of was not found.
pub(super) fn link(findings: &mut [WeighedFinding], dossier: &Dossier) {
    let mut roots: Roots = Roots::new();
    for rank in [Rank::Schema, Rank::Reference] {
        let told: BTreeSet<Digest> = roots.keys().map(|place| place.document.clone()).collect();
        for (index, judged) in findings.iter().enumerate().filter(|(_, judged)| judged.weight != Weight::Warns) {
            if let Some(place) = judged.finding.places.first()
                && !told.contains(&place.document)
                && self::rank(&judged.finding, place, dossier) == Some(rank)
            {
                roots.entry(place.clone()).or_insert(index);
            }
        }
    }
    let causes: Vec<Option<usize>> = findings.iter().map(|judged| cause(judged, &roots, dossier)).collect();
    for (index, (judged, cause)) in findings.iter_mut().zip(causes).enumerate() {
        judged.caused_by = cause.filter(|cause| *cause != index);
    }
}

/// Where the roots are, and which findings they are.
type Roots = BTreeMap<Place, usize>;

/// What a finding says of a document.
#[derive(Clone, Copy, PartialEq)]
enum Rank {
    /// It is not what its schema demands.
    Schema,
    /// It refers to something that is not in it.
    Reference,
}

fn cause(judged: &WeighedFinding, roots: &Roots, dossier: &Dossier) -> Option<usize> {
    if judged.weight == Weight::Warns {
        return None;
    }
    let finding = &judged.finding;
    let place = finding.places.first()?;
    if let Some(root) = roots.get(place) {
        return Some(*root);
    }
    if rank(finding, place, dossier) == Some(Rank::Schema) {
        return None;
    }
    let within = |document: &dyn Fn(&Place) -> bool| {
        roots.iter().filter(|(place, _)| document(place)).map(|(_, root)| *root).min()
    };
    within(&|root| root.document == place.document).or_else(|| {
        let kind = finding.kind.as_deref().filter(|_| finding.basis == Basis::Absent)?;
        within(&|root| documents(dossier, root).any(|document| document.kind.class().name() == kind))
    })
}

/// Of a finding that repeats a fault of a document: the same code at the same place.
fn rank(finding: &Finding, place: &Place, dossier: &Dossier) -> Option<Rank> {
    let mut faults = documents(dossier, place).flat_map(|document| &document.defects);
    let fault = faults.find(|fault| fault.pointer == place.pointer && fault.code.name() == finding.code)?;
    match (fault.stage, fault.code) {
        (Stage::Schema, _) => Some(Rank::Schema),
        (Stage::Reader, FaultCode::Dangling) => Some(Rank::Reference),
        (Stage::Reader, _) => None,
    }
}

fn documents<'a>(dossier: &'a Dossier, place: &'a Place) -> impl Iterator<Item = &'a Document> {
    dossier.documents.iter().filter(|document| document.document == place.document)
}
