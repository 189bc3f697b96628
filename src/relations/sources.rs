//! What is said of the subject in each role (licence, sensitivity, CARE, authority, attribution), by whom, and whether that
//! may satisfy a demand.

use std::collections::BTreeSet;

use super::standing::open_classes;
use crate::dossier::Dossier;
use crate::evidence::Class;
use crate::evidence::claims::{Claim, ClaimRole};
use crate::finding::Place;
use crate::oci::Digest;

/// What holds a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClaimHolder {
    /// Annotations of a layer.
    Layer,
    /// Annotations of the subject.
    Subject,
    /// Annotations of a referrer.
    Referrer,
    /// A document of this class.
    Document(Class),
}

impl ClaimHolder {
    /// The name in the policy input.
    pub fn name(self) -> &'static str {
        match self {
            ClaimHolder::Layer => "layer",
            ClaimHolder::Subject => "subject",
            ClaimHolder::Referrer => "referrer",
            ClaimHolder::Document(class) => class.name(),
        }
    }
}

/// A claim, and how far it counts.
#[derive(Debug, Clone)]
pub struct SourcedClaim<'a> {
    /// What is said.
    pub claim: &'a Claim,
    /// Where.
    pub place: Place,
    /// The manifest that holds it.
    pub manifest: &'a Digest,
    /// What holds it.
    pub holder: ClaimHolder,
    /// Whether a signer vouches for it.
    pub is_proven: bool,
    /// Whether it may satisfy a demand. What nobody vouches for counts only where nobody has to and nobody did: it may raise
    /// a demand, and not stand in for signed metadata, also not for such that says nothing. What is said of an input, of a
    /// link or in a quotation satisfies none.
    pub counts: bool,
}

impl SourcedClaim<'_> {
    /// Whether it is a label that counts: what an unlisted field says matters only if it means something.
    pub fn is_label(&self) -> bool {
        self.claim.role == ClaimRole::Sensitivity && (self.claim.rank.is_some() || self.claim.listed)
    }
}

/// Every claim of everything that was not refused: annotations first, then proven documents, then attached ones.
pub(super) fn sources<'a>(dossier: &'a Dossier) -> Vec<SourcedClaim<'a>> {
    let open = open_classes(dossier);
    let subject = &dossier.graph.subject.descriptor.digest;
    let is_signed = dossier.signatures().next().is_some();
    let layers = dossier.layer_claims.iter().flatten();
    let layers = layers.map(|claim| (claim, subject, subject, ClaimHolder::Layer, is_signed));
    let own = dossier.subject_claims.iter().map(|claim| (claim, subject, subject, ClaimHolder::Subject, is_signed));
    let referrers = dossier.referrers.iter().flat_map(|referrer| {
        let manifest = &referrer.manifest;
        referrer.claims.iter().map(move |claim| (claim, manifest, manifest, ClaimHolder::Referrer, referrer.proven))
    });
    let mut documents: Vec<_> = dossier.documents.iter().collect();
    documents.sort_by_key(|document| (!document.is_proven(), document.kind.class().name()));
    let documents = documents.into_iter().flat_map(|document| {
        let holder = ClaimHolder::Document(document.kind.class());
        let claims = document.claims.iter();
        claims.map(move |claim| (claim, &document.document, &document.manifest, holder, document.is_proven()))
    });
    let all = layers.chain(own).chain(referrers).chain(documents);
    let source = |(claim, document, manifest, holder, is_proven): (&'a Claim, &Digest, _, _, _)| SourcedClaim {
        counts: claim.of_subject && counts(holder, is_proven, &open),
        place: Place { document: document.clone(), pointer: claim.pointer.clone() },
        claim,
        manifest,
        holder,
        is_proven,
    };
    all.map(source).collect()
}

/// Of what has no class of its own, metadata decides alone.
fn counts(holder: ClaimHolder, is_proven: bool, open: &BTreeSet<Class>) -> bool {
    let is_open = match holder {
        ClaimHolder::Document(Class::Other) => true,
        ClaimHolder::Document(class) => open.contains(&class),
        ClaimHolder::Layer | ClaimHolder::Subject | ClaimHolder::Referrer => true,
    };
    is_proven || is_open && open.contains(&Class::Metadata)
}
