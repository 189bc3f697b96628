//! SPDX 3 as JSON-LD (SPDX 3.0.1, `rdf/spdx-context.jsonld`): what is in a thing.
//!
//! What the document or its SBOM has as root elements binds it to a subject; digests of other packages say nothing
//! about the whole. The document enters the policy input as the same summary as SPDX 2. What its elements must have
//! is in the schema `spdx-3.v1`.

use crate::fault::{Fault, FaultCode};
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::Facts;
use super::document::reading::{At, Found, digest_by, digest_of_reference, digests_within, shortened};
use super::spdx::LISTED;

/// Faults that are told.
const FAULTS: usize = 20;
/// Collections within collections that are followed: a document, its SBOM, what it describes.
const LEVELS: usize = 4;

/// Whether the value is an SPDX 3 document: by its context, or by an element that says it is one.
pub fn recognise(value: &Value) -> bool {
    let contexts = value.get("@context").map(|context| At::new(context, "").each()).unwrap_or_default();
    contexts.iter().filter_map(At::text).any(|iri| iri.contains("spdx.org/rdf/3") || iri.contains("spdx.org/rdf/v3"))
        || At::new(value, "").list("@graph").any(|at| at.text_of("type") == Some("SpdxDocument"))
}

/// The facts of an SPDX 3 document.
pub fn facts(value: &Value) -> Facts {
    let document = Document::of(value);
    let mut facts = Facts::default();
    let mut outputs = Found::default();
    let mut described = Vec::new();
    if document.document.is_none() {
        let message = "expected an element of type `SpdxDocument`, found none";
        facts.faults.push(Fault::new(FaultCode::Missing, "", message));
    }
    for stated in document.described() {
        match document.elements.get(stated.text().unwrap_or_default()) {
            Some(element) => {
                document.digests(element, &mut outputs);
                let id = stated.text().unwrap_or_default();
                if document.doubled.contains(id) && facts.faults.len() < FAULTS {
                    let message = "expected one element with the `spdxId` that is described, found several with";
                    let message = format!("{message} `{}`", shortened(id));
                    facts.faults.push(Fault::new(FaultCode::Duplicate, stated.pointer(), message));
                }
                if described.len() < LISTED {
                    described.push(document.described_summary(element));
                }
            }
            None if facts.faults.len() < FAULTS => {
                let id = shortened(stated.text().unwrap_or_default());
                let message = "expected an element with the `spdxId` that is described";
                let message = format!("{message}, found no `{id}`");
                facts.faults.push(Fault::new(FaultCode::Dangling, stated.pointer(), message));
            }
            None => {}
        }
    }
    facts.outputs = outputs.finish(&mut facts.faults);
    facts.summary = Some(document.summary(described));
    facts
}

/// The elements of a document by what they are.
struct Document<'a> {
    elements: BTreeMap<&'a str, At<'a>>,
    /// Identifiers that several elements have: one reader may take the first of them and another the last.
    doubled: BTreeSet<&'a str>,
    document: Option<At<'a>>,
    sboms: Vec<At<'a>>,
    packages: Vec<At<'a>>,
    files: usize,
    relationships: Vec<At<'a>>,
    /// Of an element: the licences that relationships give it, concluded and declared.
    licences: BTreeMap<&'a str, [Option<&'a str>; 2]>,
}

impl<'a> Document<'a> {
    fn of(value: &'a Value) -> Self {
        let root = At::new(value, "");
        let mut document = Document {
            elements: BTreeMap::new(),
            doubled: BTreeSet::new(),
            document: None,
            sboms: Vec::new(),
            packages: Vec::new(),
            files: 0,
            relationships: Vec::new(),
            licences: BTreeMap::new(),
        };
        for at in root.list("@graph") {
            if let Some(id) = ["spdxId", "@id"].iter().find_map(|key| at.value.get(*key)?.as_str())
                && document.elements.insert(id, at.clone()).is_some()
            {
                document.doubled.insert(id);
            }
            match at.text_of("type").unwrap_or_default() {
                "SpdxDocument" => document.document = Some(at),
                "software_Sbom" | "Bom" => document.sboms.push(at),
                "software_Package" | "ai_AIPackage" | "dataset_DatasetPackage" => document.packages.push(at),
                "software_File" => document.files += 1,
                "Relationship" | "LifecycleScopedRelationship" => document.relationships.push(at),
                _ => {}
            }
        }
        document.licences = document.licences();
        document
    }

    /// The ids of what the document is about: root elements, through the SBOMs that are roots themselves, and what a
    /// document or SBOM `describes`.
    fn described(&self) -> Vec<At<'a>> {
        let roots = |at: &At<'a>| at.list("rootElement").collect::<Vec<_>>();
        let mut open: Vec<(At<'a>, usize)> = self.document.iter().flat_map(&roots).map(|at| (at, LEVELS)).collect();
        if open.is_empty() {
            open = self.sboms.iter().flat_map(&roots).map(|at| (at, LEVELS)).collect();
        }
        for relationship in self.relationships.iter().filter(|at| at.text_of("relationshipType") == Some("describes")) {
            let from = relationship.text_of("from").and_then(|id| self.elements.get(id));
            if from.is_some_and(is_collection) {
                open.extend(relationship.list("to").map(|at| (at, LEVELS)));
            }
        }
        open.reverse();
        let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
        while let Some((stated, levels)) = open.pop() {
            let Some(id) = stated.text().filter(|id| seen.insert(*id)) else { continue };
            match self.elements.get(id).filter(|at| is_collection(at)).zip(levels.checked_sub(1)) {
                Some((collection, levels)) => open.extend(roots(collection).into_iter().rev().map(|at| (at, levels))),
                None => found.push(stated),
            }
        }
        found
    }

    /// The digests that an element states of itself: its hashes, its package URL, its version or name where that is a
    /// digest, and a pinned location.
    fn digests(&self, element: &At<'a>, found: &mut Found) {
        let name = element.text_of("name");
        for stated in element.list("verifiedUsing") {
            let hash = stated.text().and_then(|id| self.elements.get(id)).unwrap_or(&stated);
            let both = hash.text_of("algorithm").zip(hash.text_of("hashValue"));
            let place = hash.get("hashValue").unwrap_or_else(|| hash.clone());
            found.add(&place, both.and_then(|(by, hex)| digest_by(by, hex)), name);
        }
        let identifiers = element.list("externalIdentifier").filter_map(|at| at.get("identifier"));
        let own = ["software_packageUrl", "software_packageVersion", "name"].iter().filter_map(|key| element.get(key));
        for place in own.chain(identifiers) {
            found.add(&place, digests_within(place.text().unwrap_or_default()), name);
        }
        if let Some(place) = element.get("software_downloadLocation") {
            found.add(&place, place.text().and_then(digest_of_reference), name);
        }
    }

    fn licences(&self) -> BTreeMap<&'a str, [Option<&'a str>; 2]> {
        let mut licences: BTreeMap<&'a str, [Option<&'a str>; 2]> = BTreeMap::new();
        for relationship in &self.relationships {
            let concluded = match relationship.text_of("relationshipType") {
                Some("hasConcludedLicense") => true,
                Some("hasDeclaredLicense") => false,
                _ => continue,
            };
            let to = relationship.list("to").next().and_then(|at| at.text());
            if let Some((from, licence)) = relationship.text_of("from").zip(to.map(|id| self.licence(id))) {
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

    fn licences_of(&self, element: &At<'a>) -> [Option<&'a str>; 2] {
        element.text_of("spdxId").and_then(|id| self.licences.get(id)).copied().unwrap_or_default()
    }

    /// What an agent or a tool is called.
    fn named(&self, id: &'a str) -> &'a str {
        self.elements.get(id).and_then(|at| at.text_of("name")).unwrap_or(id)
    }

    fn described_summary(&self, element: &At<'a>) -> Value {
        let mut own = Found::default();
        self.digests(element, &mut own);
        let [concluded, declared] = self.licences_of(element);
        json!({
            "id": element.text_of("spdxId"),
            "name": element.text_of("name"),
            "version": element.text_of("software_packageVersion"),
            "supplier": element.text_of("suppliedBy").map(|id| self.named(id)),
            "licence_concluded": concluded,
            "licence_declared": declared,
            "digests": own.distinct(),
            "pointer": element.pointer(),
        })
    }

    fn summary(&self, described: Vec<Value>) -> Value {
        let document = self.document.as_ref().or_else(|| self.sboms.first());
        let creation = document.and_then(|at| at.get("creationInfo"));
        let creation = creation.map(|at| at.text().and_then(|id| self.elements.get(id)).unwrap_or(&at).clone());
        let listed = |key: &str| -> Vec<&str> {
            let ids = creation.iter().flat_map(|at| at.list(key)).filter_map(|at| at.text());
            ids.map(|id| self.named(id)).take(LISTED).collect()
        };
        let (authors, tools) = (listed("createdBy"), listed("createdUsing"));
        let lacking = |states: &dyn Fn(&At<'a>) -> bool| self.packages.iter().filter(|at| !states(at)).count();
        let lacks =
            |keys: &[&str]| lacking(&|at| keys.iter().any(|key| at.get(key).is_some_and(|at| !at.each().is_empty())));
        let says = |text: &Option<&str>| text.is_some_and(|text| !matches!(text, "NOASSERTION" | "NONE"));
        let licences: BTreeSet<&str> = self.licences.values().flatten().flatten().copied().collect();
        json!({
            "format": "spdx",
            "spec_version": creation.as_ref().and_then(|at| at.text_of("specVersion")).map(|version| format!("SPDX-{version}")),
            "name": document.and_then(|at| at.text_of("name")),
            "namespace": document.and_then(|at| at.text_of("spdxId")),
            "data_licence": document.and_then(|at| at.text_of("dataLicense")).map(|id| self.licence(id)),
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

/// Whether an element is a document, SBOM or bundle, which stands for its root elements.
fn is_collection(element: &At<'_>) -> bool {
    matches!(element.text_of("type"), Some("SpdxDocument" | "software_Sbom" | "Bom" | "Bundle"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "aaaaf5b8a4c5b9c2f1d0e3a798b6c5d4e3f2a1b0c9d8e7f60516273849506172";
    const B: &str = "bbbbf5b8a4c5b9c2f1d0e3a798b6c5d4e3f2a1b0c9d8e7f60516273849506172";

    /// After the examples of the specification (`examples/` of the model).
    fn document() -> Value {
        json!({
            "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
            "@graph": [
                {"type": "CreationInfo", "@id": "_:creation", "specVersion": "3.0.1", "created": "2026-11-02T08:12:00Z",
                 "createdBy": ["https://example.org/team"], "createdUsing": ["https://example.org/tool"]},
                {"type": "Organization", "spdxId": "https://example.org/team", "name": "team", "creationInfo": "_:creation"},
                {"type": "Tool", "spdxId": "https://example.org/tool", "name": "sbom-1", "creationInfo": "_:creation"},
                {"type": "SpdxDocument", "spdxId": "https://example.org/doc", "creationInfo": "_:creation", "name": "soils",
                 "rootElement": ["https://example.org/bom"], "dataLicense": "https://spdx.org/licenses/CC0-1.0"},
                {"type": "software_Sbom", "spdxId": "https://example.org/bom", "creationInfo": "_:creation",
                 "rootElement": ["https://example.org/main"], "software_sbomType": ["build"]},
                {"type": "software_Package", "spdxId": "https://example.org/main", "creationInfo": "_:creation", "name": "main",
                 "software_packageVersion": "1", "suppliedBy": "https://example.org/team",
                 "verifiedUsing": [{"type": "Hash", "algorithm": "sha256", "hashValue": A}]},
                {"type": "software_Package", "spdxId": "https://example.org/zlib", "creationInfo": "_:creation", "name": "zlib",
                 "verifiedUsing": [{"type": "Hash", "algorithm": "sha256", "hashValue": B}]},
                {"type": "Relationship", "spdxId": "https://example.org/r1", "creationInfo": "_:creation",
                 "from": "https://example.org/main", "to": ["https://example.org/licence"], "relationshipType": "hasConcludedLicense"},
                {"type": "Relationship", "spdxId": "https://example.org/r2", "creationInfo": "_:creation",
                 "from": "https://example.org/zlib", "to": ["https://spdx.org/licenses/Zlib"], "relationshipType": "hasDeclaredLicense"},
                {"type": "simplelicensing_LicenseExpression", "spdxId": "https://example.org/licence",
                 "creationInfo": "_:creation", "simplelicensing_licenseExpression": "CC-BY-4.0"},
            ],
        })
    }

    #[test]
    fn the_root_of_the_sbom_names_the_digest() {
        let value = document();
        assert!(recognise(&value));
        let found = facts(&value);
        assert_eq!(found.faults, []);
        let stated: Vec<_> = found.outputs.iter().map(|named| (named.digest.hex(), named.pointer.as_str())).collect();
        assert_eq!(stated, [(A, "/@graph/5/verifiedUsing/0/hashValue")]);
        for (key, text) in [
            ("software_packageUrl", format!("pkg:oci/a@sha256%3A{B}")),
            ("software_packageVersion", format!("sha256:{B}")),
            ("software_downloadLocation", format!("oci://r.example.org/a@sha256:{B}")),
        ] {
            let mut value = document();
            value["@graph"][5][key] = json!(text);
            assert_eq!(facts(&value).outputs.last().map(|named| named.digest.hex()), Some(B), "{key}");
        }
    }

    #[test]
    fn the_summary_says_what_rules_ask() {
        let summary = facts(&document()).summary.unwrap();
        for (pointer, expected) in [
            ("/format", json!("spdx")),
            ("/spec_version", json!("SPDX-3.0.1")),
            ("/created", json!("2026-11-02T08:12:00Z")),
            ("/authors", json!(["team"])),
            ("/tools", json!(["sbom-1"])),
            ("/data_licence", json!("CC0-1.0")),
            ("/described/0/licence_concluded", json!("CC-BY-4.0")),
            ("/described/0/supplier", json!("team")),
            ("/described/0/pointer", json!("/@graph/5")),
            ("/licences", json!(["CC-BY-4.0", "Zlib"])),
            ("/packages", json!(2)),
            ("/missing/supplier", json!(1)),
            ("/missing/licence", json!(0)),
            ("/missing/checksum", json!(0)),
        ] {
            assert_eq!(summary.pointer(pointer), Some(&expected), "{pointer}");
        }
    }

    #[test]
    fn a_described_element_must_be_there_once() {
        for (first, last) in [(A, B), (B, A)] {
            let mut value = document();
            let mut foreign = value["@graph"][5].clone();
            value["@graph"][5]["verifiedUsing"][0]["hashValue"] = json!(first);
            foreign["verifiedUsing"][0]["hashValue"] = json!(last);
            value["@graph"].as_array_mut().unwrap().push(foreign);
            let message = "expected one element with the `spdxId` that is described, found several with `https://example.org/main`";
            let fault = Fault::new(FaultCode::Duplicate, "/@graph/4/rootElement/0", message);
            assert_eq!(facts(&value).faults, [fault]);
        }
    }

    #[test]
    fn what_is_missing_is_told() {
        let mut value = document();
        value["@graph"][4]["rootElement"] = json!(["https://example.org/gone"]);
        let fault = &facts(&value).faults[0];
        assert_eq!(fault.pointer, "/@graph/4/rootElement/0");
        assert_eq!(fault.code, FaultCode::Dangling);
        value["@graph"][4]["rootElement"] = json!(["https://example.org/doc"]);
        assert_eq!(facts(&value).outputs, []);
        for hostile in [json!(null), json!({"@graph": [1, {"type": "SpdxDocument", "rootElement": [2]}]})] {
            assert_eq!(facts(&hostile).outputs, []);
        }
    }
}
