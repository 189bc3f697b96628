//! Whether provenance, run manifests and catalogue metadata mean one data set, one run, one extent and one time, and say of each
//! file what the manifest says of its layer. Only what is stated is compared.

use std::collections::{BTreeMap, BTreeSet};

use super::contradictions::{Contradiction, ContradictionKind};
use super::layers::LayerIndex;
use super::settings::RelationSettings;
use super::subject::SubjectParts;
use super::words::listed;
use crate::dossier::Document;
use crate::evidence::description::DescribedFile;
use crate::evidence::description::time::PeriodKind;
use crate::evidence::{Class, StatedText};
use crate::finding::Place;
use crate::oci::Descriptor;

mod statement;
#[cfg(test)]
mod tests;

use statement::{FactStatement, FactValue};

/// Signed documents of a class that are compared.
const SIGNED: usize = 1000;
/// Unsigned documents of a class that are compared: whoever can push could make this long.
const UNSIGNED: usize = 20;
/// Different unsigned statements of one fact that are compared: only whoever signs can make the list of the others long.
const UNSIGNED_STATEMENTS: usize = 50;

/// The classes that are compared, in this order.
const CLASSES: [Class; 3] = [Class::Provenance, Class::RunManifest, Class::Metadata];

/// A file of a document that is a layer.
struct MatchedFile<'a> {
    document: &'a Document,
    file: &'a DescribedFile,
    layer: usize,
}

/// What is compared, and by which settings.
pub(super) struct Comparison<'a> {
    pub documents: &'a [Document],
    pub subject: &'a SubjectParts<'a>,
    pub layers: &'a LayerIndex,
    pub settings: &'a RelationSettings,
}

impl<'a> Comparison<'a> {
    /// The documents that are compared, signed ones first.
    pub(super) fn compared(&self) -> Vec<&'a Document> {
        let of = |is_proven: bool, class: Class, most: usize| {
            let of_class = self.documents.iter().filter(move |document| document.kind.class() == class);
            of_class.filter(move |document| document.is_proven() == is_proven).take(most)
        };
        let signed = CLASSES.into_iter().flat_map(|class| of(true, class, SIGNED));
        signed.chain(CLASSES.into_iter().flat_map(|class| of(false, class, UNSIGNED))).collect()
    }

    /// Facts of which several are stated.
    pub(super) fn contradictions(&self) -> Vec<Contradiction> {
        let documents = self.compared();
        let matches = self.matches(&documents);
        let mut statements = self.of_manifest(&matches);
        statements.extend(documents.iter().flat_map(|document| self.of_document(document)));
        statements.extend(matches.iter().flat_map(|matched| self.of_file(matched)));
        statements.sort_by_key(|statement| !statement.is_proven);
        let mut by_heading: BTreeMap<&str, Vec<&FactStatement<'_>>> = BTreeMap::new();
        for statement in &statements {
            by_heading.entry(&statement.heading).or_default().push(statement);
        }
        by_heading.iter().flat_map(|(heading, group)| self.clashes(heading, group)).collect()
    }

    /// Every two are compared: two that contradict each other do so whatever a third one says.
    fn clashes(&self, heading: &str, group: &[&FactStatement<'_>]) -> Vec<Contradiction> {
        let mut known = BTreeSet::new();
        let different: Vec<_> = group.iter().copied().filter(|one| known.insert(one.meaning())).collect();
        let (signed, unsigned): (Vec<_>, Vec<_>) = different.into_iter().partition(|one| one.is_proven);
        let those: Vec<_> = signed.into_iter().chain(unsigned.into_iter().take(UNSIGNED_STATEMENTS)).collect();
        let mut found = Vec::new();
        for is_signed in [true, false] {
            let clash = |one: &FactStatement<'_>, other: &FactStatement<'_>| {
                // What contradicts itself is malformed, which is no matter of agreement.
                !std::ptr::eq(one, other)
                    && (one.is_proven && other.is_proven) == is_signed
                    && !one.agrees(other, &self.settings.agreement)
            };
            // The first one that any other contradicts; of those that say the same only one is asked.
            let Some(lead) = those.iter().find(|one| those.iter().any(|other| clash(one, other))) else { continue };
            let others = group.iter().filter(|other| clash(lead, other));
            let all: Vec<_> = std::iter::once(lead).chain(others).collect();
            found.push(contradiction(heading, is_signed, &all));
        }
        found
    }

    fn matches(&self, documents: &[&'a Document]) -> Vec<MatchedFile<'a>> {
        // A document that is about other bytes is told so by the rule of its class.
        let about = documents.iter().filter(|document| is_about_subject(document, self.subject));
        let files = about.flat_map(|document| document.description.files.iter().map(move |file| (*document, file)));
        let matched = |(document, file)| {
            let layers = self.layers.layers_of(file).into_iter();
            layers.map(move |layer| MatchedFile { document, file, layer })
        };
        files.flat_map(matched).collect()
    }

    /// What the manifest says of the layers that documents speak of.
    fn of_manifest(&self, matches: &[MatchedFile<'a>]) -> Vec<FactStatement<'a>> {
        let spoken_of: BTreeSet<usize> = matches.iter().map(|matched| matched.layer).collect();
        let mut statements = Vec::new();
        for number in spoken_of {
            let Some(layer) = self.subject.layers.get(number) else { continue };
            let (digest, size) = (layer.digest.to_string(), layer.size.to_string());
            let media_type = self.settings.media_types.canonical(&layer.media_type);
            for (topic, value, key, member) in [
                ("digest", &digest, digest.clone(), "digest"),
                ("size", &size, size.clone(), "size"),
                ("media type", &layer.media_type, media_type, "mediaType"),
            ] {
                if self.settings.media_types.unspecific.contains(&key) {
                    continue;
                }
                let pointer = format!("/layers/{number}/{member}");
                statements.push(FactStatement {
                    heading: heading(topic, layer),
                    values: vec![FactValue::Text { value: value.clone(), key, pointer }],
                    document: None,
                    evidence: self.subject.digest,
                    is_proven: self.subject.is_proven,
                });
            }
        }
        statements
    }

    /// What a document says of the data set.
    fn of_document(&self, document: &'a Document) -> Vec<FactStatement<'a>> {
        let described = &document.description;
        let identifiers = self.settings.agreement.identifier_fields.iter().map(|field| {
            let of_field = described.identifiers.iter().filter(move |identifier| identifier.field == field);
            ("the data set id", of_field.map(|identifier| text(&identifier.stated, None)).collect::<Vec<_>>())
        });
        let of_kind = |kind: PeriodKind| described.periods.iter().filter(move |period| period.of == kind);
        let rest = [
            ("the run", document.facts.run_ids.iter().map(FactValue::Run).collect()),
            ("the extent", described.extents.iter().map(FactValue::Extent).collect()),
            ("the time of the data", of_kind(PeriodKind::Data).map(FactValue::DataTime).collect()),
            ("the time of the run", of_kind(PeriodKind::Run).map(FactValue::RunTime).collect()),
        ];
        let all = identifiers.chain(rest).filter(|(_, values)| !values.is_empty());
        all.map(|(heading, values)| said(document, heading.to_owned(), values)).collect()
    }

    /// What a document says of a file that is a layer.
    fn of_file(&self, matched: &MatchedFile<'a>) -> Vec<FactStatement<'a>> {
        let Some(layer) = self.subject.layers.get(matched.layer) else { return Vec::new() };
        let file = matched.file;
        let layer_digest = layer.digest.to_string();
        let digests: Vec<&StatedText> =
            file.digests.iter().filter(|digest| self.is_comparable(digest, layer)).collect();
        let statement = |topic: &str, values| said(matched.document, heading(topic, layer), values);
        // A file has one digest and one size: each that is stated has to agree.
        let one_by_one = |topic: &str, values: Vec<FactValue<'a>>| -> Vec<FactStatement<'a>> {
            values.into_iter().map(|value| statement(topic, vec![value])).collect()
        };
        // Other bytes under this name: what else is said of them does not matter.
        if !digests.is_empty() && !digests.iter().any(|digest| digest.value == layer_digest) {
            return one_by_one("digest", digests.iter().map(|digest| text(digest, None)).collect());
        }
        let mut statements = Vec::new();
        if file.digests.len() > 1 {
            // Beside the right digest another manifest may be named: it may hold the same bytes.
            let is_locator = |digest: &&&StatedText| file.locators.iter().any(|other| other.pointer == digest.pointer);
            let checksums = digests.iter().filter(|digest| !is_locator(digest)).map(|digest| text(digest, None));
            statements.extend(one_by_one("digest", checksums.collect()));
        }
        let media_types = self.media_types(file);
        let roles = file.roles.iter().map(|role| text(role, Some(role.value.to_lowercase())));
        let sizes = file.sizes.iter().filter(|size| size.value != self.subject.size.to_string());
        statements.extend((!media_types.is_empty()).then(|| statement("media type", media_types)));
        statements.extend((!file.roles.is_empty()).then(|| statement("role", roles.collect())));
        statements.extend(one_by_one("size", sizes.map(|size| text(size, None)).collect()));
        statements
    }

    /// Of this algorithm, and not the manifest's.
    fn is_comparable(&self, digest: &StatedText, layer: &Descriptor) -> bool {
        digest.value.starts_with(layer.digest.algorithm().name())
            && !self.subject.digests.iter().any(|own| own.to_string() == digest.value)
    }

    fn media_types(&self, file: &'a DescribedFile) -> Vec<FactValue<'a>> {
        let table = &self.settings.media_types;
        let is_manifest =
            |stated: &str| stated == self.subject.media_type || self.subject.artifact_type == Some(stated);
        let stated = file.media_types.iter().filter(|stated| !is_manifest(&stated.value));
        let keyed = stated.map(|stated| (stated, table.canonical(&stated.value)));
        keyed.filter(|(_, key)| !table.unspecific.contains(key)).map(|(stated, key)| text(stated, Some(key))).collect()
    }
}

fn is_about_subject(document: &Document, subject: &SubjectParts<'_>) -> bool {
    document.kind.class() == Class::Metadata || names_subject_or_layer(document, subject)
}

fn names_subject_or_layer(document: &Document, subject: &SubjectParts<'_>) -> bool {
    document.facts.outputs.iter().any(|output| subject.is_named_by(&output.digest) || subject.has_layer(&output.digest))
}

fn text<'a>(stated: &StatedText, key: Option<String>) -> FactValue<'a> {
    let key = key.unwrap_or_else(|| stated.value.clone());
    FactValue::Text { value: stated.value.clone(), key, pointer: stated.pointer.clone() }
}

fn said<'a>(document: &'a Document, heading: String, values: Vec<FactValue<'a>>) -> FactStatement<'a> {
    FactStatement {
        heading,
        values,
        document: Some(document),
        evidence: &document.document,
        is_proven: document.is_proven(),
    }
}

fn heading(topic: &str, layer: &Descriptor) -> String {
    format!("the {topic} of {}", layer_name(layer))
}

/// What a layer is called in sentences: its title, else its digest.
fn layer_name(layer: &Descriptor) -> String {
    layer.title().map_or_else(|| layer.digest.to_string(), |title| format!("`{title}`"))
}

fn contradiction(heading: &str, is_signed: bool, all: &[&&FactStatement<'_>]) -> Contradiction {
    let first = |one: &FactStatement<'_>| one.values.first().map(|value| (value.shown(), value.pointer().to_owned()));
    let says = |one: &&&FactStatement<'_>| format!("{} says `{}`", one.speaker(), first(one).unwrap_or_default().0);
    let place =
        |one: &&&FactStatement<'_>| Place { document: one.evidence.clone(), pointer: first(one).unwrap_or_default().1 };
    let note = if is_signed { "" } else { ", not all of it signed" };
    let message = format!("expected one answer for {heading}, found several{note}: {}", listed(all.iter().map(says)));
    Contradiction { kind: ContradictionKind::Facts, is_signed, message, places: all.iter().map(place).collect() }
}
