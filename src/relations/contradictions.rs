//! What provenance and run manifests of one subject say against each other: what was made, which name is whose bytes, and
//! which run it was.

use std::collections::{BTreeMap, BTreeSet};

use super::binding::Binding;
use super::runs::RunIdentities;
use super::subject::SubjectParts;
use crate::dossier::Document;
use crate::evidence::{Class, StatedDigest};
use crate::finding::Place;
use crate::oci::Digest;

#[cfg(test)]
mod tests;

/// Unsigned documents of a class that are compared: whoever can push could make the comparison of all with all long.
const UNSIGNED: usize = 20;

/// What contradicts what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContradictionKind {
    /// Provenance among itself.
    Provenance,
    /// A run manifest and provenance.
    RunManifest,
    /// What documents, and the manifest, say of one fact.
    Facts,
}

impl ContradictionKind {
    /// The name in the policy input.
    pub fn name(self) -> &'static str {
        match self {
            ContradictionKind::Provenance => "provenance",
            ContradictionKind::RunManifest => "run_manifest",
            ContradictionKind::Facts => "facts",
        }
    }
}

/// Documents that cannot all be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// What contradicts what.
    pub kind: ContradictionKind,
    /// Whether all of them are signed.
    pub is_signed: bool,
    /// What they say.
    pub message: String,
    /// Where, the first document first.
    pub places: Vec<Place>,
}

/// A document, and what is compared of it.
#[derive(Debug)]
pub(super) struct ComparedDocument<'a> {
    document: &'a Document,
    binding: &'a Binding<'a>,
    /// The digests of its outputs by their names. `_`, which several PROV producers write for a blank node, is no name.
    names: BTreeMap<&'a str, BTreeSet<&'a Digest>>,
    runs: RunIdentities<'a>,
}

impl<'a> ComparedDocument<'a> {
    fn of(document: &'a Document, binding: &'a Binding<'a>) -> Self {
        let mut names: BTreeMap<&str, BTreeSet<&Digest>> = BTreeMap::new();
        for output in &document.facts.outputs {
            if let Some(name) = output.name.as_deref().filter(|name| *name != "_") {
                names.entry(name).or_default().insert(&output.digest);
            }
        }
        ComparedDocument { document, binding, names, runs: RunIdentities::of(&document.facts.run_ids) }
    }
}

/// What two documents can disagree about.
#[derive(Debug, Clone, Copy)]
enum Topic {
    Outputs,
    Names,
    Runs,
}

/// All contradictions, those of provenance first.
pub(super) fn contradictions(
    documents: &[Document],
    bindings: &[Binding<'_>],
    subject: &SubjectParts<'_>,
) -> Vec<Contradiction> {
    let provenance = compared(documents, bindings, Class::Provenance);
    let run_manifests = compared(documents, bindings, Class::RunManifest);
    let mut found = among_provenance(&provenance, subject);
    found.extend(between(&run_manifests, &provenance));
    found
}

/// Those of a class: all signed ones, which come first, and the first unsigned ones.
fn compared<'a>(documents: &'a [Document], bindings: &'a [Binding<'a>], class: Class) -> Vec<ComparedDocument<'a>> {
    let of_class = documents.iter().zip(bindings).filter(|(document, _)| document.kind.class() == class);
    let (signed, unsigned): (Vec<_>, Vec<_>) = of_class.partition(|(document, _)| document.is_proven());
    let those = signed.into_iter().chain(unsigned.into_iter().take(UNSIGNED));
    those.map(|(document, binding)| ComparedDocument::of(document, binding)).collect()
}

fn among_provenance(documents: &[ComparedDocument<'_>], subject: &SubjectParts<'_>) -> Vec<Contradiction> {
    let mut found = Vec::new();
    for topic in [Topic::Outputs, Topic::Names, Topic::Runs] {
        for (index, one) in documents.iter().enumerate() {
            let later = documents.iter().skip(index + 1);
            let against: Vec<_> = later.filter(|other| disagree(topic, one, other, subject)).collect();
            let (signed, unsigned): (Vec<_>, Vec<_>) =
                against.into_iter().partition(|other| one.document.is_proven() && other.document.is_proven());
            for (others, is_signed, noun) in [
                (signed, true, "signed provenance documents"),
                (unsigned, false, "provenance documents, not all of them signed,"),
            ] {
                let clash = clash(topic, noun, one, &others);
                found.extend(clash.map(|(message, places)| Contradiction {
                    kind: ContradictionKind::Provenance,
                    is_signed,
                    message,
                    places,
                }));
            }
        }
    }
    found
}

/// A run manifest and provenance are about one run.
fn between(run_manifests: &[ComparedDocument<'_>], provenance: &[ComparedDocument<'_>]) -> Vec<Contradiction> {
    let mut found = Vec::new();
    for one in run_manifests {
        let against: Vec<_> = provenance.iter().filter(|other| one.runs.differ_from(&other.runs)).collect();
        let (signed, unsigned): (Vec<_>, Vec<_>) =
            against.into_iter().partition(|other| one.document.is_proven() && other.document.is_proven());
        for (others, is_signed, noun) in [
            (signed, true, "the signed run manifest and the signed provenance"),
            (unsigned, false, "the run manifest and the provenance, not both of them signed,"),
        ] {
            let (Some(first), false) = (others.first(), others.is_empty()) else { continue };
            let (message, places) = different_runs(noun, one, first, &others);
            found.push(Contradiction { kind: ContradictionKind::RunManifest, is_signed, message, places });
        }
    }
    found
}

fn disagree(
    topic: Topic,
    one: &ComparedDocument<'_>,
    other: &ComparedDocument<'_>,
    subject: &SubjectParts<'_>,
) -> bool {
    match topic {
        Topic::Outputs => {
            one.binding.is_bound() && is_elsewhere(other) || other.binding.is_bound() && is_elsewhere(one)
        }
        Topic::Names => renames(one, other, subject) || renames(other, one, subject),
        Topic::Runs => one.runs.differ_from(&other.runs),
    }
}

/// It states outputs, and they are somebody else's: another manifest, or nothing of this subject.
fn is_elsewhere(item: &ComparedDocument<'_>) -> bool {
    !item.binding.others.is_empty() || !item.document.facts.outputs.is_empty() && !item.binding.touches()
}

/// A name that means bytes of this subject to one means only other bytes to the other.
fn renames(one: &ComparedDocument<'_>, other: &ComparedDocument<'_>, subject: &SubjectParts<'_>) -> bool {
    one.names.iter().any(|(name, digests)| {
        let Some(theirs) = other.names.get(name).filter(|theirs| !theirs.iter().any(|digest| subject.has(digest)))
        else {
            return false;
        };
        let mut own = digests.iter().filter(|digest| subject.has(digest));
        own.any(|digest| theirs.iter().all(|theirs| theirs.algorithm() == digest.algorithm()))
    })
}

/// What is said of a contradiction, with a place in each document; nothing without a second document.
fn clash(
    topic: Topic,
    noun: &str,
    one: &ComparedDocument<'_>,
    others: &[&ComparedDocument<'_>],
) -> Option<(String, Vec<Place>)> {
    let first = others.first()?;
    let places = || std::iter::once(one).chain(others.iter().copied()).map(output_place).collect();
    Some(match topic {
        Topic::Outputs => {
            let message = format!(
                "{noun} contradict each other about what was made: {} says {}, {} says {}",
                one.document.document,
                made(one),
                first.document.document,
                made(first)
            );
            (message, places())
        }
        Topic::Names => {
            let message = format!(
                "{noun} give one name to different bytes: compare the outputs of {} and of {}",
                one.document.document, first.document.document
            );
            (message, places())
        }
        Topic::Runs => different_runs(noun, one, first, others),
    })
}

fn different_runs(
    noun: &str,
    one: &ComparedDocument<'_>,
    first: &ComparedDocument<'_>,
    others: &[&ComparedDocument<'_>],
) -> (String, Vec<Place>) {
    let run = |item: &ComparedDocument<'_>| {
        item.document.facts.run_ids.first().map(|run| run.value.clone()).unwrap_or_default()
    };
    let message = format!(
        "{noun} name different runs: {} says `{}`, {} says `{}`",
        one.document.document,
        run(one),
        first.document.document,
        run(first)
    );
    let place = |item: &ComparedDocument<'_>| {
        let pointer = item.document.facts.run_ids.first().map(|run| run.pointer.clone()).unwrap_or_default();
        Place { document: item.document.document.clone(), pointer }
    };
    (message, std::iter::once(one).chain(others.iter().copied()).map(place).collect())
}

/// The output that tells most of what the document is about, if it has any.
fn telling<'a>(item: &ComparedDocument<'a>) -> Option<&'a StatedDigest> {
    let Binding { others, ours, .. } = item.binding;
    others.first().or(ours.first()).copied().or(item.document.facts.outputs.first())
}

fn made(item: &ComparedDocument<'_>) -> String {
    telling(item).map_or("nothing".to_owned(), |output| output.digest.to_string())
}

fn output_place(item: &ComparedDocument<'_>) -> Place {
    let pointer = telling(item).map(|output| output.pointer.clone()).unwrap_or_default();
    Place { document: item.document.document.clone(), pointer }
}
