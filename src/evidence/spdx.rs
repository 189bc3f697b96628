//! SPDX 2.2 and 2.3 as JSON (SPDX 2.3 §6 to §11): what is in a thing.
//!
//! What the document describes (§6, §11.1 `DESCRIBES`) binds it to a subject: digests of packages within say
//! nothing about the whole. A document of thousands of packages enters the policy input as a summary. What it
//! must have is in the schema `spdx-2.v1`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::document::reading::{At, Found, digest_by, digest_of_reference, digests_within, shortened};
use super::{Facts, Stated};

/// Described elements, and distinct licences, that a summary lists.
pub(super) const LISTED: usize = 100;
/// Faults that are told.
const FAULTS: usize = 20;

/// Whether the value is an SPDX 2 document; one that has only one of the two fields is a faulty one.
pub fn recognise(value: &Value) -> bool {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    text("spdxVersion").is_some() || text("SPDXID") == Some("SPDXRef-DOCUMENT")
}

/// The facts of an SPDX document.
pub fn facts(value: &Value) -> Facts {
    let root = At::new(value, "");
    let elements = elements(&root);
    let mut facts = Facts::default();
    let mut outputs = Found::default();
    let mut described = Vec::new();
    for stated in described_ids(&root) {
        match elements.get(stated.text().unwrap_or_default()) {
            Some(element) => {
                digests(element, &mut outputs);
                if described.len() < LISTED {
                    described.push(described_summary(element));
                }
            }
            None if facts.faults.len() < FAULTS => {
                let id = shortened(stated.text().unwrap_or_default());
                let message = "expected a package, file or snippet with the described `SPDXID`";
                facts.faults.push(Stated { value: format!("{message}, found no `{id}`"), pointer: stated.pointer() });
            }
            None => {}
        }
    }
    facts.outputs = outputs.finish(&mut facts.faults);
    facts.summary = Some(summary(&root, described));
    facts
}

/// Packages, files and snippets by `SPDXID`.
fn elements<'a>(root: &At<'a>) -> BTreeMap<&'a str, At<'a>> {
    let lists = ["packages", "files", "snippets"].into_iter().flat_map(|key| root.list(key));
    lists.filter_map(|at| Some((at.value.get("SPDXID")?.as_str()?, at))).collect()
}

/// What the document says it describes, each once: `documentDescribes`, `DESCRIBES`, `DESCRIBED_BY`; with none
/// of these its only package (§11.1: the relationship may be left out then).
fn described_ids<'a>(root: &At<'a>) -> Vec<At<'a>> {
    let document = root.text_of("SPDXID").unwrap_or("SPDXRef-DOCUMENT");
    let mut stated: Vec<At<'a>> = root.list("documentDescribes").collect();
    for relationship in root.list("relationships") {
        let (from, to) = match relationship.text_of("relationshipType") {
            Some("DESCRIBES") => ("spdxElementId", "relatedSpdxElement"),
            Some("DESCRIBED_BY") => ("relatedSpdxElement", "spdxElementId"),
            _ => continue,
        };
        if relationship.text_of(from) == Some(document) {
            stated.extend(relationship.get(to));
        }
    }
    if stated.is_empty() && root.list("packages").nth(1).is_none() {
        stated.extend(root.list("packages").next().and_then(|only| only.get("SPDXID")));
    }
    let mut seen = BTreeSet::new();
    stated.retain(|stated| stated.text().is_some_and(|text| seen.insert(text)));
    stated
}

/// The digests that an element states of itself: its checksums, its package URL, its name or version where that
/// is a digest (tools write image references there), and pinned references by which it is located.
fn digests(element: &At<'_>, found: &mut Found) {
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

fn described_summary(element: &At<'_>) -> Value {
    let mut own = Found::default();
    digests(element, &mut own);
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

fn summary(root: &At<'_>, described: Vec<Value>) -> Value {
    let creation = root.get("creationInfo");
    let creators: Vec<&str> =
        creation.iter().flat_map(|at| at.list("creators")).filter_map(|at| at.text()).take(LISTED).collect();
    let tools: Vec<&str> = creators.iter().filter_map(|creator| creator.strip_prefix("Tool:")).map(str::trim).collect();
    let authors: Vec<&&str> = creators.iter().filter(|creator| !creator.starts_with("Tool:")).collect();
    let packages = root.value.get("packages").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let count = |key: &str| root.value.get(key).and_then(Value::as_array).map_or(0, Vec::len);
    let lacking = |keys: &[&str]| packages.iter().filter(|package| !states(package, keys)).count();
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
        "packages": packages.len(),
        "files": count("files"),
        "relationships": count("relationships"),
        "licences": licences(packages),
        "missing": {
            "supplier": lacking(&["supplier"]),
            "version": lacking(&["versionInfo"]),
            "licence": lacking(&["licenseConcluded", "licenseDeclared"]),
            "identifier": lacking(&["externalRefs"]),
            "checksum": lacking(&["checksums", "packageVerificationCode"]),
        },
    })
}

/// Whether one of the fields says something: `NOASSERTION` and `NONE` do not.
fn states(package: &Value, keys: &[&str]) -> bool {
    keys.iter().filter_map(|key| package.get(*key)).any(|value| match value {
        Value::String(text) => !matches!(text.as_str(), "" | "NOASSERTION" | "NONE"),
        Value::Array(items) => !items.is_empty(),
        Value::Null => false,
        _ => true,
    })
}

fn licences(packages: &[Value]) -> Vec<&str> {
    let stated =
        packages.iter().flat_map(|package| ["licenseConcluded", "licenseDeclared"].map(|key| package.get(key)));
    let distinct: BTreeSet<&str> = stated.flatten().filter_map(Value::as_str).collect();
    distinct.into_iter().take(LISTED).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "aaaaf5b8a4c5b9c2f1d0e3a798b6c5d4e3f2a1b0c9d8e7f60516273849506172";
    const B: &str = "bbbbf5b8a4c5b9c2f1d0e3a798b6c5d4e3f2a1b0c9d8e7f60516273849506172";

    fn document(package: Value) -> Value {
        json!({
            "spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "soils", "dataLicense": "CC0-1.0",
            "creationInfo": {"created": "2026-11-02T08:12:00Z", "creators": ["Organization: team", "Tool: sbom-1"]},
            "packages": [package, {"SPDXID": "SPDXRef-other", "name": "zlib", "licenseConcluded": "Zlib",
                "checksums": [{"algorithm": "SHA256", "checksumValue": B}]}],
            "relationships": [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES",
                "relatedSpdxElement": "SPDXRef-main"}],
        })
    }

    #[test]
    fn the_described_element_names_the_digest() {
        let upper = A.to_uppercase();
        for (key, value, pointer) in [
            (
                "checksums",
                json!([{"algorithm": "SHA1", "checksumValue": "00"}, {"algorithm": "SHA256", "checksumValue": upper}]),
                "/packages/0/checksums/1/checksumValue",
            ),
            (
                "externalRefs",
                json!([{"referenceType": "purl", "referenceLocator": format!("pkg:oci/a@sha256%3A{A}?arch=x")}]),
                "/packages/0/externalRefs/0/referenceLocator",
            ),
            (
                "externalRefs",
                json!([{"referenceType": "oci", "referenceLocator": format!("r.example.org/a@sha256:{A}")}]),
                "/packages/0/externalRefs/0/referenceLocator",
            ),
            ("downloadLocation", json!(format!("oci://r.example.org/a@sha256:{A}")), "/packages/0/downloadLocation"),
            ("versionInfo", json!(format!("sha256:{A}")), "/packages/0/versionInfo"),
            ("name", json!(format!("r.example.org/a@sha256:{A}")), "/packages/0/name"),
        ] {
            let mut package = json!({"SPDXID": "SPDXRef-main", "name": "main"});
            package[key] = value;
            let found = facts(&document(package));
            assert_eq!(found.outputs.len(), 1, "{key}");
            assert_eq!((found.outputs[0].digest.hex(), found.outputs[0].pointer.as_str()), (A, pointer));
            assert_eq!(found.faults, []);
            assert_eq!(found.subject_parts, [""; 0]);
        }
    }

    #[test]
    fn described_elements_are_found_in_every_way() {
        let main = json!({"SPDXID": "SPDXRef-main", "checksums": [{"algorithm": "SHA256", "checksumValue": A}]});
        let base = document(main.clone());
        let mut by_list = base.clone();
        by_list["relationships"] = json!([]);
        by_list["documentDescribes"] = json!(["SPDXRef-main", "SPDXRef-main"]);
        let mut reversed = base.clone();
        reversed["relationships"] = json!([{"spdxElementId": "SPDXRef-main", "relationshipType": "DESCRIBED_BY",
            "relatedSpdxElement": "SPDXRef-DOCUMENT"}]);
        let mut only = base.clone();
        only["relationships"] = json!([]);
        only["packages"] = json!([main]);
        let mut file = only.clone();
        file["files"] = file["packages"].clone();
        file["packages"] = json!([]);
        file["documentDescribes"] = json!(["SPDXRef-main"]);
        for value in [&base, &by_list, &reversed, &only, &file] {
            assert_eq!(facts(value).outputs.len(), 1, "{value}");
        }
        let mut unsaid = base.clone();
        unsaid["relationships"] = json!([]);
        assert_eq!(facts(&unsaid).outputs, []);
        let mut foreign = base;
        foreign["relationships"][0]["spdxElementId"] = json!("SPDXRef-other");
        assert_eq!(facts(&foreign).outputs, []);
    }

    #[test]
    fn a_described_element_must_be_there() {
        let mut value = document(json!({"SPDXID": "SPDXRef-main"}));
        value["documentDescribes"] = json!(["SPDXRef-gone"]);
        let message = "expected a package, file or snippet with the described `SPDXID`, found no `SPDXRef-gone`";
        assert_eq!(facts(&value).faults, [Stated { value: message.into(), pointer: "/documentDescribes/0".into() }]);
    }

    #[test]
    fn the_summary_says_what_rules_ask() {
        let package = json!({"SPDXID": "SPDXRef-main", "name": "main", "versionInfo": "1", "licenseConcluded": "MIT",
            "licenseDeclared": "NOASSERTION", "supplier": "NOASSERTION"});
        let summary = facts(&document(package)).summary.unwrap();
        for (pointer, expected) in [
            ("/spec_version", json!("SPDX-2.3")),
            ("/created", json!("2026-11-02T08:12:00Z")),
            ("/authors", json!(["Organization: team"])),
            ("/tools", json!(["sbom-1"])),
            ("/described/0/licence_concluded", json!("MIT")),
            ("/described/0/pointer", json!("/packages/0")),
            ("/packages", json!(2)),
            ("/files", json!(0)),
            ("/licences", json!(["MIT", "NOASSERTION", "Zlib"])),
            ("/missing/supplier", json!(2)),
            ("/missing/version", json!(1)),
            ("/missing/checksum", json!(1)),
        ] {
            assert_eq!(summary.pointer(pointer), Some(&expected), "{pointer}");
        }
    }

    #[test]
    fn hostile_shapes_are_only_empty() {
        assert!(recognise(&json!({"SPDXID": "SPDXRef-DOCUMENT"})));
        assert!(!recognise(&json!({"SPDXID": "x"})));
        for value in [json!(null), json!([]), json!({"packages": 5, "relationships": [1], "documentDescribes": [null]})]
        {
            assert_eq!(facts(&value).outputs, []);
        }
    }
}
