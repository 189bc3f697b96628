//! Licences: which sources decide, what SBOMs say of what they describe, and whether the licences of the inputs permit that of
//! the subject.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::settings::{LicenceTable, LicenceTerm, TermEffect};
use super::sources::{ClaimHolder, SourcedClaim};
use super::standing::eligible;
use super::subject::SubjectParts;
use crate::dossier::{Document, Dossier};
use crate::evidence::claims::{Claim, ClaimRole};
use crate::evidence::description::DescribedInput;
use crate::evidence::{Class, licence};
use crate::finding::Place;

#[cfg(test)]
mod tests;

/// The classes whose documents say what went in.
const WITH_INPUTS: [Class; 4] = [Class::Provenance, Class::RunManifest, Class::Sbom, Class::Metadata];

/// What an SBOM says of the licence of something that it describes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DescribedLicence {
    /// The licence, an expression.
    pub licence: String,
    /// Where.
    pub place: Place,
    /// Whether a signer vouches for the SBOM.
    pub is_proven: bool,
}

/// A licence that is stated of an input.
#[derive(Debug, Clone)]
pub struct InputLicence<'a> {
    /// The name of the input.
    pub input: &'a str,
    /// What is stated.
    pub claim: &'a Claim,
    /// Where.
    pub place: Place,
    /// Whether the table knows all licences of it.
    pub is_known: bool,
    /// Whether its maker has to be named.
    pub demands_notice: bool,
}

/// An input's licence that does not permit the subject's.
#[derive(Debug, Clone)]
pub struct LicenceConflict<'a> {
    /// The input's licence, by its place in the list.
    pub input: usize,
    /// The subject's licence.
    pub subject: &'a Claim,
    /// Where it is stated.
    pub place: Place,
    /// The licence of the input that refuses.
    pub refused_by: String,
    /// Why.
    pub why: String,
    /// Whether the table says that this forbids, and not only that somebody should look.
    pub forbids: bool,
}

/// What the licences of inputs and that of the subject say together.
#[derive(Debug, Default)]
pub struct LicenceRelations<'a> {
    /// The claims that decide which licence the subject has: signed ones, else all that count. Places in the list of claims.
    pub deciding: BTreeSet<usize>,
    /// What SBOMs say of what they describe.
    pub described: Vec<DescribedLicence>,
    /// Licences of inputs.
    pub inputs: Vec<InputLicence<'a>>,
    /// Those that do not permit the subject's.
    pub conflicts: Vec<LicenceConflict<'a>>,
    /// Claims, of the subject or of inputs, with more alternatives than are compared.
    pub too_many: Vec<(&'a Claim, Place)>,
}

impl LicenceTable {
    /// What is probably meant by a text that is no licence expression.
    pub fn suggestion(&self, text: &str) -> Option<String> {
        let spaced = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        self.spellings.get(&spaced).cloned().or_else(|| licence::suggestion(text))
    }
}

/// Relates what is said of licences.
pub(super) fn relate<'a>(
    dossier: &'a Dossier,
    claims: &[SourcedClaim<'a>],
    subject: &SubjectParts<'_>,
    table: &LicenceTable,
) -> LicenceRelations<'a> {
    let deciding = deciding(claims);
    let terms = Terms::of(table, subject);
    let mut inputs = Vec::new();
    let mut compared = Vec::new();
    for (document, input) in WITH_INPUTS.into_iter().flat_map(|class| inputs_of(dossier, class)) {
        for claim in input.claims.iter().filter(|claim| claim.role == ClaimRole::Licence) {
            let alternatives = alternatives(claim);
            if !alternatives.is_empty() && !is_unchanged(input, subject) {
                compared.push((inputs.len(), alternatives.clone()));
            }
            inputs.push(InputLicence {
                input: input.file.names.first().map_or("without a name", String::as_str),
                claim,
                place: Place { document: document.document.clone(), pointer: claim.pointer.clone() },
                is_known: terms.know(&alternatives),
                demands_notice: alternatives.iter().flatten().any(|id| terms.demands_notice(id)),
            });
        }
    }
    let own = deciding.iter().filter_map(|index| claims.get(*index));
    let own: Vec<(&SourcedClaim<'_>, Alternatives)> =
        own.filter(|source| is_valid(source.claim)).map(|source| (source, alternatives(source.claim))).collect();
    let mut conflicts = Vec::new();
    for (input, from) in &compared {
        for (source, to) in own.iter().filter(|(_, alternatives)| !alternatives.is_empty()) {
            if let Some((refused_by, forbids)) = terms.refusal(from, to) {
                conflicts.push(LicenceConflict {
                    input: *input,
                    subject: source.claim,
                    place: source.place.clone(),
                    why: terms.why(&refused_by),
                    refused_by,
                    forbids,
                });
            }
        }
    }
    let of_subject = own.iter().map(|(source, _)| (source.claim, source.place.clone()));
    let of_inputs = inputs.iter().filter(|input| is_valid(input.claim)).map(|input| (input.claim, input.place.clone()));
    let too_many = match inputs.is_empty() {
        true => Vec::new(),
        false => of_subject.chain(of_inputs).filter(|(claim, _)| alternatives(claim).is_empty()).collect(),
    };
    LicenceRelations { deciding, described: described_licences(dossier), inputs, conflicts, too_many }
}

/// The ways to use what is under a licence, each with all licences that then hold.
type Alternatives = Vec<Vec<String>>;

fn alternatives(claim: &Claim) -> Alternatives {
    claim.value.as_str().map(licence::alternatives).unwrap_or_default()
}

fn is_valid(claim: &Claim) -> bool {
    licence::validity(claim) == Some(true)
}

/// Signed sources decide, else all that count.
fn deciding(claims: &[SourcedClaim<'_>]) -> BTreeSet<usize> {
    let counting = claims.iter().enumerate().filter(|(_, source)| source.is_licence() && source.counts);
    let (signed, unsigned): (Vec<_>, Vec<_>) = counting.partition(|(_, source)| source.is_proven);
    let those = if signed.is_empty() { unsigned } else { signed };
    those.into_iter().map(|(index, _)| index).collect()
}

fn inputs_of(dossier: &Dossier, class: Class) -> impl Iterator<Item = (&Document, &DescribedInput)> {
    let documents = eligible(dossier, class).into_iter();
    documents.flat_map(|document| document.description.inputs.iter().map(move |input| (document, input)))
}

/// What is published as it was received is under the licence that it was received under.
fn is_unchanged(input: &DescribedInput, subject: &SubjectParts<'_>) -> bool {
    let is_layer = |digest: &str| digest.parse().is_ok_and(|digest| subject.has_layer(&digest));
    input.file.digests.iter().any(|digest| is_layer(&digest.value))
}

/// The table, by licence of an input.
struct Terms<'a> {
    by_licence: BTreeMap<&'a str, &'a LicenceTerm>,
    /// The media types of all that is published, without parameters.
    media_types: Vec<String>,
}

impl<'a> Terms<'a> {
    fn of(table: &'a LicenceTable, subject: &SubjectParts<'_>) -> Self {
        let mut by_licence = BTreeMap::new();
        for term in &table.terms {
            for id in &term.inputs {
                by_licence.entry(id.as_str()).or_insert(term);
            }
        }
        let base = |media_type: &str| media_type.split(';').next().unwrap_or_default().to_lowercase();
        Terms { by_licence, media_types: subject.layers.iter().map(|layer| base(&layer.media_type)).collect() }
    }

    fn know(&self, alternatives: &Alternatives) -> bool {
        !alternatives.is_empty() && alternatives.iter().flatten().all(|id| self.by_licence.contains_key(id.as_str()))
    }

    fn demands_notice(&self, id: &str) -> bool {
        self.by_licence.get(id).is_some_and(|term| term.notice)
    }

    fn why(&self, id: &str) -> String {
        self.by_licence.get(id).map(|term| term.why.clone()).unwrap_or_default()
    }

    /// One way to use the input has to permit the subject's licence; else the first licence that does not, and whether no way
    /// is left that is not forbidden. What the table does not know permits nothing that is beside it.
    fn refusal(&self, from: &Alternatives, to: &Alternatives) -> Option<(String, bool)> {
        let refuses = |id: &&String| self.by_licence.get(id.as_str()).is_some_and(|term| !permits(term, to));
        let refusing: Vec<Vec<&String>> = from.iter().map(|way| way.iter().filter(refuses).collect()).collect();
        if refusing.iter().any(Vec::is_empty) {
            return None;
        }
        let forbids = |id: &&&String| self.forbids(id);
        let all_forbidden = refusing.iter().all(|way| way.iter().any(|id| forbids(&id)));
        let culprit = refusing.iter().flatten().find(|id| forbids(id) == all_forbidden)?;
        Some(((**culprit).clone(), all_forbidden))
    }

    /// All that is published may be a picture or the like, which is no derived database.
    fn forbids(&self, id: &str) -> bool {
        let Some(term) = self.by_licence.get(id) else { return false };
        let is_excepted = !self.media_types.is_empty()
            && self.media_types.iter().all(|media_type| term.except_media_types.contains(media_type));
        term.effect == TermEffect::Deny && !is_excepted
    }
}

/// Each way to use the subject has to hold a licence that the term permits.
fn permits(term: &LicenceTerm, subject: &Alternatives) -> bool {
    let is_output = |licence: &String| {
        term.outputs.as_ref().is_none_or(|outputs| outputs.contains(licence)) && !term.not_outputs.contains(licence)
    };
    !subject.is_empty() && subject.iter().all(|way| way.iter().any(is_output))
}

/// Of every described element what its SBOM says of the licence, where that can be compared.
fn described_licences(dossier: &Dossier) -> Vec<DescribedLicence> {
    let sboms = dossier.documents.iter().filter(|document| document.kind.class() == Class::Sbom);
    let mut found = Vec::new();
    for document in sboms {
        let described = document.facts.summary.as_ref().and_then(|summary| summary.get("described"));
        for element in described.and_then(Value::as_array).into_iter().flatten() {
            let pointer = element.get("pointer").and_then(Value::as_str).unwrap_or_default();
            let place = Place { document: document.document.clone(), pointer: pointer.to_owned() };
            let licence = described_licence(element);
            found.extend(licence.map(|licence| DescribedLicence { licence, place, is_proven: document.is_proven() }));
        }
    }
    found
}

/// SPDX: the concluded licence if there is one, else the declared one. CycloneDX: all of a list.
fn described_licence(element: &Value) -> Option<String> {
    let stated = ["licence_concluded", "licence_declared"].into_iter().filter_map(|key| element.get(key)?.as_str());
    if let Some(licence) = stated.into_iter().find(|text| is_expression(text)) {
        return Some(licence.to_owned());
    }
    let listed = element.get("licences")?.as_array()?;
    let texts: Option<Vec<&str>> = listed.iter().map(Value::as_str).collect();
    let texts = texts.filter(|texts| !texts.is_empty() && texts.iter().all(|text| is_expression(text)))?;
    let is_joinable = texts.len() == 1 || !texts.iter().any(|text| text.contains(" OR "));
    is_joinable.then(|| texts.join(" AND "))
}

/// A name in prose cannot be compared with an expression.
fn is_expression(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let is_none = ["NOASSERTION", "NONE"].iter().any(|none| text.trim().eq_ignore_ascii_case(none));
    let has_first = words.next().is_some();
    let rest: Vec<&str> = words.collect();
    let are_joined = rest.chunks(2).all(|pair| matches!(pair, ["AND" | "OR" | "WITH", _]));
    has_first && are_joined && !is_none
}

impl SourcedClaim<'_> {
    /// Whether it states the licence of the subject: its annotation, STAC, DCAT, what PROV says was made. The annotation of a
    /// layer or a referrer speaks of that, and an SBOM never states the licence.
    pub fn is_licence(&self) -> bool {
        let is_of_other =
            matches!(self.holder, ClaimHolder::Layer | ClaimHolder::Referrer | ClaimHolder::Document(Class::Sbom));
        self.claim.role == ClaimRole::Licence && !is_of_other
    }
}
