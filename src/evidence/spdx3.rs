//! SPDX 3 as JSON-LD (SPDX 3.0.1, `rdf/spdx-context.jsonld`): what is in a thing.
//!
//! What the document or its SBOM has as root elements binds it to a subject; digests of other packages say nothing
//! about the whole. The document enters the policy input as the same summary as SPDX 2. What its elements must have
//! is in the schema `spdx-3.v1`.

use crate::fault::{Fault, FaultCode};
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::Facts;
use super::document::reading::{
    DEPTH, DigestList, DocumentValue, digest_by, digest_of_reference, digests_within, shortened,
};
use super::sbom::{LISTED, Package, asserted};

mod names;

use names::{ElementClass, class, id_of, is_nothing, relates};

/// Faults that are told.
const FAULTS: usize = 20;
/// Collections within collections that are followed: a document, its SBOM, what it describes.
const LEVELS: usize = 4;

/// Whether the value is an SPDX 3 document: by its context, or by an element that says it is one.
pub fn recognise(value: &Value) -> bool {
    let contexts = value.get("@context").map(|context| DocumentValue::new(context, "").each()).unwrap_or_default();
    contexts
        .iter()
        .filter_map(DocumentValue::text)
        .any(|iri| iri.contains("spdx.org/rdf/3") || iri.contains("spdx.org/rdf/v3"))
        || top(value).iter().any(|at| class(at) == ElementClass::Document)
}

/// The elements that a document holds: those of its graph, or the one that it is itself (SPDX 3.0.1, JSON-LD
/// serialization: `@graph` is for several).
fn top(value: &Value) -> Vec<DocumentValue<'_>> {
    let root = DocumentValue::new(value, "");
    root.get("@graph").map_or_else(|| vec![root.clone()], |graph| graph.each())
}

/// The facts of an SPDX 3 document.
pub fn facts(value: &Value) -> Facts {
    let document = Document::of(value);
    let mut facts = Facts::default();
    let mut outputs = DigestList::default();
    let mut described = Vec::new();
    let stated = document.described();
    // There is at most one document element (Core, SpdxDocument), and any collection says what it is about.
    if document.document.is_none() && document.sboms.is_empty() && stated.is_empty() {
        let message = "expected an element of type `SpdxDocument`, found none: write one that describes the others";
        facts.faults.push(Fault::new(FaultCode::Missing, "", message));
    }
    for stated in stated {
        let id = id_of(&stated).unwrap_or_default();
        match document.elements.get(id) {
            Some(element) => {
                document.digests(element, &mut outputs);
                if document.doubled.contains(id) && facts.faults.len() < FAULTS {
                    let message = "expected one element with the `spdxId` that is described, found several with";
                    let message = format!("{message} `{}`", shortened(id));
                    facts.faults.push(Fault::new(FaultCode::Duplicate, stated.pointer(), message));
                }
                if described.len() < LISTED {
                    described.push(document.described_summary(element));
                }
            }
            None if is_nothing(id) || document.imported.contains(id) => {}
            None if facts.faults.len() < FAULTS => {
                let message = "expected an element with the `spdxId` that is described";
                let message = format!("{message}, found no `{}`", shortened(id));
                facts.faults.push(Fault::new(FaultCode::Dangling, stated.pointer(), message));
            }
            None => {}
        }
    }
    facts.outputs = outputs.finish(&mut facts.faults);
    facts.summary = Some(document.summary(described));
    facts
}

/// The packages of an SPDX 3 document.
pub fn packages(value: &Value) -> Vec<Package> {
    let document = Document::of(value);
    document.packages.iter().map(|element| document.package(element)).collect()
}

/// The elements of a document by what they are.
struct Document<'a> {
    elements: BTreeMap<&'a str, DocumentValue<'a>>,
    /// Identifiers that several elements have: one reader may take the first of them and another the last.
    doubled: BTreeSet<&'a str>,
    /// Identifiers of elements that other documents hold (Core, `import`).
    imported: BTreeSet<&'a str>,
    document: Option<DocumentValue<'a>>,
    sboms: Vec<DocumentValue<'a>>,
    /// The one element of a document without a graph, if it is none that stands for others.
    only: Option<DocumentValue<'a>>,
    packages: Vec<DocumentValue<'a>>,
    files: usize,
    relationships: Vec<DocumentValue<'a>>,
    /// Of an element: the licences that relationships give it, concluded and declared.
    licences: BTreeMap<&'a str, [Option<&'a str>; 2]>,
}

impl<'a> Document<'a> {
    fn of(value: &'a Value) -> Self {
        let mut document = Document {
            elements: BTreeMap::new(),
            doubled: BTreeSet::new(),
            imported: BTreeSet::new(),
            document: None,
            sboms: Vec::new(),
            only: None,
            packages: Vec::new(),
            files: 0,
            relationships: Vec::new(),
            licences: BTreeMap::new(),
        };
        top(value).iter().for_each(|at| document.take(at, DEPTH));
        if value.get("@graph").is_none() {
            document.only =
                top(value).pop().filter(|at| matches!(class(at), ElementClass::Package | ElementClass::File));
        }
        document.licences = document.licences();
        document
    }

    /// Registers an element, and those that are written out where it names them (JSON-LD 1.1 §4.5 embedding).
    fn take(&mut self, at: &DocumentValue<'a>, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let class = class(at);
        // What has no type merely names an element.
        if class != ElementClass::None
            && let Some(id) = id_of(at)
            && self.elements.insert(id, at.clone()).is_some()
        {
            self.doubled.insert(id);
        }
        match class {
            ElementClass::Document => self.document = Some(at.clone()),
            ElementClass::Sbom => self.sboms.push(at.clone()),
            ElementClass::Package => self.packages.push(at.clone()),
            ElementClass::File => self.files += 1,
            ElementClass::Relationship => self.relationships.push(at.clone()),
            ElementClass::Import => self.imported.extend(at.text_of("externalSpdxId")),
            ElementClass::Bundle | ElementClass::Other | ElementClass::None => {}
        }
        for (_, member) in at.members().filter(|(key, at)| *key != "@context" && !at.value.is_string()) {
            member.each().iter().filter(|at| at.value.is_object()).for_each(|at| self.take(at, depth));
        }
    }

    /// The ids of what the document is about: root elements, through the SBOMs that are roots themselves, and what a
    /// document or SBOM `describes`; else the only element there is.
    fn described(&self) -> Vec<DocumentValue<'a>> {
        let roots = |at: &DocumentValue<'a>| at.get("rootElement").map(|at| at.each()).unwrap_or_default();
        let mut open: Vec<(DocumentValue<'a>, usize)> =
            self.document.iter().flat_map(&roots).map(|at| (at, LEVELS)).collect();
        if open.is_empty() {
            open = self.sboms.iter().flat_map(&roots).map(|at| (at, LEVELS)).collect();
        }
        for relationship in self.relationships.iter().filter(|at| relates(at) == Some("describes")) {
            let from = relationship.get("from").and_then(|at| self.elements.get(id_of(&at)?));
            if from.is_some_and(|from| class(from).stands_for_others()) {
                open.extend(relationship.get("to").map(|to| to.each()).into_iter().flatten().map(|at| (at, LEVELS)));
            }
        }
        open.reverse();
        let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
        while let Some((stated, levels)) = open.pop() {
            let Some(id) = id_of(&stated).filter(|id| seen.insert(*id)) else { continue };
            match self.elements.get(id).filter(|at| class(at).stands_for_others()).zip(levels.checked_sub(1)) {
                Some((collection, levels)) => open.extend(roots(collection).into_iter().rev().map(|at| (at, levels))),
                None => found.push(stated),
            }
        }
        found.extend(self.only.clone());
        found
    }

    /// The digests that an element states of itself: its hashes, its package URL, its version or name where that is a
    /// digest, and a pinned location.
    fn digests(&self, element: &DocumentValue<'a>, found: &mut DigestList) {
        let name = element.text_of("name");
        for stated in element.get("verifiedUsing").map(|at| at.each()).unwrap_or_default() {
            let hash = id_of(&stated).and_then(|id| self.elements.get(id)).unwrap_or(&stated);
            let both = hash.text_of("algorithm").zip(hash.text_of("hashValue"));
            let place = hash.get("hashValue").unwrap_or_else(|| hash.clone());
            found.add(&place, both.and_then(|(by, hex)| digest_by(by, hex)), name);
        }
        let identifiers = element.get("externalIdentifier").map(|at| at.each()).unwrap_or_default();
        let identifiers = identifiers.iter().filter_map(|at| at.get("identifier"));
        let own = ["software_packageUrl", "software_packageVersion", "name"].iter().filter_map(|key| element.get(key));
        for place in own.chain(identifiers) {
            found.add(&place, digests_within(place.text().unwrap_or_default()), name);
        }
        if let Some(place) = element.get("software_downloadLocation") {
            found.add(&place, place.text().and_then(digest_of_reference), name);
        }
    }

    fn package(&self, element: &DocumentValue<'a>) -> Package {
        let text = |key: &str| element.text_of(key).map(str::to_owned);
        let hashes = element.get("verifiedUsing").map(|at| at.each()).unwrap_or_default();
        let digests = hashes.iter().filter_map(|stated| {
            let hash = id_of(stated).and_then(|id| self.elements.get(id)).unwrap_or(stated);
            digest_by(hash.text_of("algorithm")?, hash.text_of("hashValue")?).map(|digest| digest.to_string())
        });
        let identifiers = element.get("externalIdentifier").map(|at| at.each()).unwrap_or_default();
        let mut identifiers = identifiers.iter().filter_map(|at| at.text_of("identifier"));
        let purl = identifiers.find(|identifier| identifier.starts_with("pkg:")).map(str::to_owned);
        Package {
            name: text("name"),
            version: text("software_packageVersion"),
            purl: text("software_packageUrl").or(purl),
            licences: asserted(self.licences_of(element).into_iter().flatten()),
            digests: digests.collect::<BTreeSet<_>>().into_iter().collect(),
            supplier: element.get("suppliedBy").as_ref().and_then(id_of).map(|id| self.named(id).to_owned()),
            pointer: element.pointer(),
        }
    }

    fn licences(&self) -> BTreeMap<&'a str, [Option<&'a str>; 2]> {
        let mut licences: BTreeMap<&'a str, [Option<&'a str>; 2]> = BTreeMap::new();
        for relationship in &self.relationships {
            let concluded = match relates(relationship) {
                Some("hasConcludedLicense") => true,
                Some("hasDeclaredLicense") => false,
                _ => continue,
            };
            let to = relationship.get("to").and_then(|to| to.each().iter().find_map(id_of));
            let from = relationship.get("from").as_ref().and_then(id_of);
            if let Some((from, licence)) = from.zip(to.map(|id| self.licence(id))) {
                let [conclusion, declaration] = licences.entry(from).or_default();
                (if concluded { conclusion } else { declaration }).get_or_insert(licence);
            }
        }
        licences
    }

    /// The expression that a licence element is, or the identifier that its IRI ends in.
    fn licence(&self, id: &'a str) -> &'a str {
        let element = self.elements.get(id);
        let expression = element.and_then(|at| at.text_of("simplelicensing_licenseExpression"));
        expression.unwrap_or_else(|| match id.rsplit(['/', '#']).next().unwrap_or(id) {
            "NoAssertionLicense" | "NoAssertion" => "NOASSERTION",
            "NoneLicense" | "None" => "NONE",
            last if id.contains("spdx.org/licenses/") => last,
            _ => id,
        })
    }

    fn licences_of(&self, element: &DocumentValue<'a>) -> [Option<&'a str>; 2] {
        id_of(element).and_then(|id| self.licences.get(id)).copied().unwrap_or_default()
    }

    /// What an agent or a tool is called.
    fn named(&self, id: &'a str) -> &'a str {
        self.elements.get(id).and_then(|at| at.text_of("name")).unwrap_or(id)
    }

    fn described_summary(&self, element: &DocumentValue<'a>) -> Value {
        let mut own = DigestList::default();
        self.digests(element, &mut own);
        let [concluded, declared] = self.licences_of(element);
        json!({
            "id": id_of(element),
            "name": element.text_of("name"),
            "version": element.text_of("software_packageVersion"),
            "supplier": element.get("suppliedBy").as_ref().and_then(id_of).map(|id| self.named(id)),
            "licence_concluded": concluded,
            "licence_declared": declared,
            "digests": own.distinct(),
            "pointer": element.pointer(),
        })
    }

    fn summary(&self, described: Vec<Value>) -> Value {
        let document = self.document.as_ref().or_else(|| self.sboms.first()).or(self.only.as_ref());
        let creation = document.and_then(|at| at.get("creationInfo"));
        let creation = creation.map(|at| id_of(&at).and_then(|id| self.elements.get(id)).unwrap_or(&at).clone());
        let listed = |key: &str| -> Vec<&str> {
            let stated = creation.iter().filter_map(|at| at.get(key)).flat_map(|at| at.each());
            stated.filter_map(|at| id_of(&at)).map(|id| self.named(id)).take(LISTED).collect()
        };
        let (authors, tools) = (listed("createdBy"), listed("createdUsing"));
        let lacking =
            |states: &dyn Fn(&DocumentValue<'a>) -> bool| self.packages.iter().filter(|at| !states(at)).count();
        let lacks =
            |keys: &[&str]| lacking(&|at| keys.iter().any(|key| at.get(key).is_some_and(|at| !at.each().is_empty())));
        let says = |text: &Option<&str>| text.is_some_and(|text| !matches!(text, "NOASSERTION" | "NONE"));
        let licences: BTreeSet<&str> = self.licences.values().flatten().flatten().copied().collect();
        json!({
            "format": "spdx",
            "spec_version": creation.as_ref().and_then(|at| at.text_of("specVersion")).map(|version| format!("SPDX-{version}")),
            "name": document.and_then(|at| at.text_of("name")),
            "namespace": document.and_then(id_of),
            "data_licence": document.and_then(|at| id_of(&at.get("dataLicense")?)).map(|id| self.licence(id)),
            "created": creation.as_ref().and_then(|at| at.text_of("created")),
            "creators": authors.iter().chain(&tools).collect::<Vec<_>>(),
            "authors": authors,
            "tools": tools,
            "described": described,
            "packages": self.packages.len(),
            "files": self.files,
            "relationships": self.relationships.len(),
            "licences": licences.into_iter().take(LISTED).collect::<Vec<_>>(),
            "missing": {
                "supplier": lacks(&["suppliedBy"]),
                "version": lacks(&["software_packageVersion"]),
                "licence": lacking(&|at| self.licences_of(at).iter().any(says)),
                "identifier": lacks(&["software_packageUrl", "externalIdentifier"]),
                "checksum": lacks(&["verifiedUsing"]),
            },
        })
    }
}

#[cfg(test)]
mod tests;
