//! What the evidence together says of this subject: how each document binds to it, what contradicts what, and which claims
//! count. Computed and typed; no verdict is made here. The rules decide what a relation means.

mod agreement;
pub mod binding;
mod candidate;
pub mod care;
pub mod contradictions;
pub mod layers;
pub mod licences;
pub mod objection;
pub mod pointed;
mod run_outcome;
mod runs;
pub mod settings;
pub mod sources;
mod standing;
pub mod subject;
#[cfg(test)]
mod tests;
mod words;

use crate::dossier::Dossier;
use agreement::Comparison;
use binding::Binding;
use care::CareRelations;
use contradictions::Contradiction;
use layers::LayerIndex;
use licences::LicenceRelations;
use objection::Objection;
use pointed::PointerDifference;
use settings::RelationSettings;
use sources::SourcedClaim;
use subject::SubjectParts;

/// How one document relates to the subject.
#[derive(Debug)]
pub struct DocumentRelation<'a> {
    /// How it names the subject.
    pub binding: Binding<'a>,
    /// What keeps it from being the document that its class's rule asks for.
    pub objections: Vec<Objection>,
}

/// Everything that pieces of evidence say together.
#[derive(Debug)]
pub struct Relations<'a> {
    /// The parts of the subject by which documents name it.
    pub subject: SubjectParts<'a>,
    /// One entry for each document of the dossier, in the same order.
    pub documents: Vec<DocumentRelation<'a>>,
    /// Documents that cannot all be right.
    pub contradictions: Vec<Contradiction>,
    /// What is said in each role.
    pub claims: Vec<SourcedClaim<'a>>,
    /// What is said of licences.
    pub licences: LicenceRelations<'a>,
    /// What is said of CARE.
    pub care: CareRelations<'a>,
    /// Where the pointer and what is live differ.
    pub differences: Vec<PointerDifference>,
    /// Which layers a described file is.
    pub layers: LayerIndex,
}

/// Relates everything that a dossier holds.
pub fn relate<'a>(dossier: &'a Dossier, settings: &RelationSettings) -> Relations<'a> {
    let subject = SubjectParts::of(dossier);
    let documents = dossier.documents.as_slice();
    let layers = LayerIndex::of(&subject);
    let bindings: Vec<Binding<'_>> =
        documents.iter().map(|document| Binding::of(document, &subject, &layers)).collect();
    let mut contradictions = contradictions::contradictions(documents, &bindings, &subject);
    let comparison = Comparison { documents, subject: &subject, layers: &layers, settings };
    contradictions.extend(comparison.contradictions());
    let relation = |(document, binding)| DocumentRelation {
        objections: candidate::objections(document, &binding, &subject),
        binding,
    };
    let documents = documents.iter().zip(bindings).map(relation).collect();
    let claims = sources::sources(dossier);
    Relations {
        licences: licences::relate(dossier, &claims, &subject, &settings.licences),
        care: care::relate(&claims, settings),
        differences: pointed::differences(dossier, &subject),
        documents,
        contradictions,
        claims,
        layers,
        subject,
    }
}
