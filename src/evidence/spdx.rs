//! SPDX 2.2 and 2.3 as JSON (SPDX 2.3 §6 to §11): what is in a thing.
//!
//! What the document describes (§6, §11.1 `DESCRIBES`) binds it to a subject: digests of packages within say
//! nothing about the whole. A document of thousands of packages enters the policy input as a summary. What it
//! must have is in the schema `spdx-2.v1`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::document::reading::{DigestList, DocumentValue, digest_by, digest_of_reference, digests_within, shortened};
use super::frame::StatementPart;
use super::sbom::{LISTED, Package, asserted, list_first, unread};
use super::spec::{KindSpec, OwnWords, no_description, no_inputs};
use super::{Class, Facts, Reading, StatedText, spdx3};
use crate::fault::{Fault, FaultCode};
use crate::oci::json::JsonError;

/// What this kind is, in both of its generations.
pub const KIND: KindSpec = KindSpec {
    name: "spdx",
    class: Class::Sbom,
    marks: of_any_version,
    marks_beside: of_any_version,
    media_words: &["spdx", "spdxjson"],
    predicate_types: &["https://spdx.dev/Document", "https://spdx.dev/Document/v*"],
    in_statement: StatementPart::Predicate,
    schema: |value| Some(if spdx3::recognise(value) { "spdx-3.v1" } else { "spdx-2.v1" }),
    is_streamed: recognise,
    facts: facts_of_any_version,
    own_words: OwnWords::Nothing,
    inputs: no_inputs,
    describe: no_description,
    packages: packages_of_any_version,
    refers: false,
};

/// Faults that are told.
const FAULTS: usize = 20;

fn of_any_version(value: &Value) -> bool {
    recognise(value) || spdx3::recognise(value)
}

fn facts_of_any_version(document: &Reading<'_>) -> Facts {
    if spdx3::recognise(document.value()) { spdx3::facts(document.value()) } else { facts(document) }
}

fn packages_of_any_version(document: &Reading<'_>) -> Result<Vec<Package>, JsonError> {
    if spdx3::recognise(document.value()) { Ok(spdx3::packages(document.value())) } else { packages(document) }
}

/// The packages of an SPDX 2 document (§7).
fn packages(document: &Reading<'_>) -> Result<Vec<Package>, JsonError> {
    let mut found = Vec::new();
    document.each(&["packages"], &mut |_, element| found.push(package(element)))?;
    Ok(found)
}

fn package(element: &DocumentValue<'_>) -> Package {
    let text = |key: &str| element.text_of(key).map(str::to_owned);
    let purl = element.list("externalRefs").find(|at| at.text_of("referenceType") == Some("purl"));
    let checksums = element.list("checksums").filter_map(|at| {
        digest_by(at.text_of("algorithm")?, at.text_of("checksumValue")?).map(|digest| digest.to_string())
    });
    // §7.5: `Organization: …` or `Person: …`.
    let supplier = element.text_of("supplier").map(|text| text.split_once(": ").map_or(text, |(_, name)| name));
    Package {
        name: text("name"),
        version: text("versionInfo"),
        purl: purl.and_then(|at| at.text_of("referenceLocator").map(str::to_owned)),
        licences: asserted(LICENCES.iter().filter_map(|key| element.text_of(key))),
        digests: checksums.collect::<BTreeSet<_>>().into_iter().collect(),
        supplier: asserted(supplier).pop(),
        pointer: element.pointer(),
    }
}

/// Whether the value is an SPDX 2 document; one that has only one of the two fields is a faulty one.
fn recognise(value: &Value) -> bool {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    text("spdxVersion").is_some() || text("SPDXID") == Some("SPDXRef-DOCUMENT")
}

/// The facts of an SPDX document.
fn facts(document: &Reading<'_>) -> Facts {
    let mut facts = Facts::default();
    let (stated, related) = described(document);
    let mut described: BTreeMap<&str, Described> =
        stated.iter().map(|stated| (stated.value.as_str(), Described::default())).collect();
    let mut count = Count::default();
    let gone_through = document.each(&["packages", "files", "snippets"], &mut |list, element| {
        if list == PACKAGES {
            count.add(element.value);
        }
        let id = element.value.get("SPDXID").and_then(Value::as_str);
        if let Some(described) = id.and_then(|id| described.get_mut(id)) {
            described.take(element);
        }
    });
    let mut outputs = DigestList::default();
    let mut summaries = Vec::new();
    for stated in &stated {
        match described.remove(stated.value.as_str()) {
            Some(Described { summary: Some(summary), digests, is_doubled }) => {
                outputs.append(digests);
                if is_doubled && facts.faults.len() < FAULTS {
                    let message =
                        "expected one package, file or snippet with the described `SPDXID`, found several with";
                    let message = format!("{message} `{}`", shortened(&stated.value));
                    facts.faults.push(Fault::new(FaultCode::Duplicate, stated.pointer.clone(), message));
                }
                if summaries.len() < LISTED {
                    summaries.push(summary);
                }
            }
            _ if facts.faults.len() < FAULTS => {
                let message = "expected a package, file or snippet with the described `SPDXID`";
                let message = format!("{message}, found no `{}`", shortened(&stated.value));
                facts.faults.push(Fault::new(FaultCode::Dangling, stated.pointer.clone(), message));
            }
            _ => {}
        }
    }
    facts.outputs = outputs.finish(&mut facts.faults);
    facts.faults.extend(related.err().or(gone_through.err()).map(unread));
    facts.summary = Some(summary(document, summaries, count));
    facts
}

/// The place of `packages` among the lists of elements.
const PACKAGES: usize = 0;

/// An element that the document describes, when it was found.
#[derive(Default)]
struct Described {
    digests: DigestList,
    summary: Option<Value>,
    is_doubled: bool,
}

impl Described {
    /// An identifier is of one element (§7.2). One reader may take the first of several and another the last, so what
    /// any of them states is kept.
    fn take(&mut self, element: &DocumentValue<'_>) {
        let mut own = DigestList::default();
        digests(element, &mut own);
        self.is_doubled = self.summary.is_some();
        self.summary.get_or_insert_with(|| described_summary(element, &own));
        self.digests.append(own);
    }
}

/// What the document says it describes, each once: `documentDescribes`, `DESCRIBES`, `DESCRIBED_BY`; with none
/// of these its only package (§11.1: the relationship may be left out then). That it describes itself, something
/// elsewhere or nothing is said and names no element here.
fn described(document: &Reading<'_>) -> (Vec<StatedText>, Result<(), JsonError>) {
    let root = document.root();
    let own = root.text_of("SPDXID").unwrap_or("SPDXRef-DOCUMENT");
    let (mut stated, mut seen, mut is_stated) = (Vec::new(), BTreeSet::new(), false);
    let elsewhere = Elsewhere::of(document);
    let mut state = |at: &DocumentValue<'_>| {
        is_stated = true;
        if let Some(id) = at.text().filter(|id| *id != own && !elsewhere.has(id) && !seen.contains(*id)) {
            seen.insert(id.to_owned());
            stated.push(StatedText { value: id.to_owned(), pointer: at.pointer() });
        }
    };
    root.list("documentDescribes").for_each(|at| state(&at));
    let gone_through = document.each(&["relationships"], &mut |_, relationship| {
        let (from, to) = match relationship.text_of("relationshipType") {
            Some("DESCRIBES") => ("spdxElementId", "relatedSpdxElement"),
            Some("DESCRIBED_BY") => ("relatedSpdxElement", "spdxElementId"),
            _ => return,
        };
        if relationship.text_of(from) == Some(own)
            && let Some(at) = relationship.get(to)
        {
            state(&at);
        }
    });
    if !is_stated
        && document.length("packages") == 1
        && let Some(at) = root.list("packages").next().and_then(|only| only.get("SPDXID"))
        && let Some(id) = at.text()
    {
        stated.push(StatedText { value: id.to_owned(), pointer: at.pointer() });
    }
    (stated, gone_through)
}

/// What a relationship may name that is no element of this document (§11.1).
struct Elsewhere<'a> {
    documents: BTreeSet<&'a str>,
}

impl<'a> Elsewhere<'a> {
    fn of(document: &Reading<'a>) -> Self {
        let references = document.root().list("externalDocumentRefs");
        Elsewhere { documents: references.filter_map(|at| at.text_of("externalDocumentId")).collect() }
    }

    /// `NONE`, `NOASSERTION`, or an element of a document that `externalDocumentRefs` names (§6.6, §11.1).
    fn has(&self, id: &str) -> bool {
        let of_another = |(document, element): (&str, &str)| self.documents.contains(document) && !element.is_empty();
        matches!(id, "NONE" | "NOASSERTION") || id.split_once(':').is_some_and(of_another)
    }
}

/// The digests that an element states of itself: its checksums, its package URL, its name or version where that
/// is a digest (tools write image references there), and pinned references by which it is located.
fn digests(element: &DocumentValue<'_>, found: &mut DigestList) {
    let name = element.first_text(&["name", "fileName"]);
    for checksum in element.list("checksums") {
        let both = checksum.text_of("algorithm").zip(checksum.text_of("checksumValue"));
        let place = checksum.get("checksumValue").unwrap_or(checksum);
        found.add(&place, both.and_then(|(by, hex)| digest_by(by, hex)), name);
    }
    let (purls, locators): (Vec<_>, Vec<_>) =
        element.list("externalRefs").partition(|at| at.text_of("referenceType") == Some("purl"));
    let purls = purls.iter().filter_map(|at| at.get("referenceLocator"));
    for place in purls.chain(["versionInfo", "name"].iter().filter_map(|key| element.get(key))) {
        found.add(&place, digests_within(place.text().unwrap_or_default()), name);
    }
    let locators = locators.iter().filter_map(|at| at.get("referenceLocator"));
    for place in locators.chain(element.get("downloadLocation")) {
        found.add(&place, place.text().and_then(digest_of_reference), name);
    }
}

fn described_summary(element: &DocumentValue<'_>, own: &DigestList) -> Value {
    json!({
        "id": element.text_of("SPDXID"),
        "name": element.first_text(&["name", "fileName"]),
        "version": element.text_of("versionInfo"),
        "supplier": element.text_of("supplier"),
        "licence_concluded": element.text_of("licenseConcluded"),
        "licence_declared": element.text_of("licenseDeclared"),
        "digests": own.distinct(),
        "pointer": element.pointer(),
    })
}

fn summary(document: &Reading<'_>, described: Vec<Value>, count: Count) -> Value {
    let root = document.root();
    let creation = root.get("creationInfo");
    let creators: Vec<&str> =
        creation.iter().flat_map(|at| at.list("creators")).filter_map(|at| at.text()).take(LISTED).collect();
    let tools: Vec<&str> = creators.iter().filter_map(|creator| creator.strip_prefix("Tool:")).map(str::trim).collect();
    let authors: Vec<&&str> = creators.iter().filter(|creator| !creator.starts_with("Tool:")).collect();
    json!({
        "format": "spdx",
        "spec_version": root.text_of("spdxVersion"),
        "name": root.text_of("name"),
        "namespace": root.text_of("documentNamespace"),
        "data_licence": root.text_of("dataLicense"),
        "created": creation.as_ref().and_then(|at| at.text_of("created")),
        "creators": creators,
        "authors": authors,
        "tools": tools,
        "described": described,
        "packages": document.length("packages"),
        "files": document.length("files"),
        "relationships": document.length("relationships"),
        "licences": count.licences,
        "missing": {
            "supplier": count.no_supplier,
            "version": count.no_version,
            "licence": count.no_licence,
            "identifier": count.no_identifier,
            "checksum": count.no_checksum,
        },
    })
}

/// What is counted over all packages.
#[derive(Default)]
struct Count {
    no_supplier: usize,
    no_version: usize,
    no_licence: usize,
    no_identifier: usize,
    no_checksum: usize,
    licences: BTreeSet<String>,
}

impl Count {
    fn add(&mut self, package: &Value) {
        let lacks = |keys: &[&str]| usize::from(!states(package, keys));
        self.no_supplier += lacks(&["supplier"]);
        self.no_version += lacks(&["versionInfo"]);
        self.no_licence += lacks(&LICENCES);
        self.no_identifier += lacks(&["externalRefs"]);
        self.no_checksum += lacks(&["checksums", "packageVerificationCode"]);
        let stated = LICENCES.iter().filter_map(|key| package.get(*key)?.as_str());
        stated.for_each(|licence| list_first(&mut self.licences, licence));
    }
}

const LICENCES: [&str; 2] = ["licenseConcluded", "licenseDeclared"];

/// Whether one of the fields says something: `NOASSERTION` and `NONE` do not.
fn states(package: &Value, keys: &[&str]) -> bool {
    keys.iter().filter_map(|key| package.get(*key)).any(|value| match value {
        Value::String(text) => !matches!(text.as_str(), "" | "NOASSERTION" | "NONE"),
        Value::Array(items) => !items.is_empty(),
        Value::Null => false,
        _ => true,
    })
}

#[cfg(test)]
mod tests;
