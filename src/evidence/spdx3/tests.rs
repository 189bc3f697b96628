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
        let message =
            "expected one element with the `spdxId` that is described, found several with `https://example.org/main`";
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

const SHA: &str = "0d5cf5b8a4c5b9c2f1d0e3a798b6c5d4e3f2a1b0c9d8e7f60516273849506172";

/// A document with an organization and a package, and what a row changes.
fn probe(document: Value, more: Value) -> Value {
    let id = |name: &str| format!("https://probe.example.org/{name}");
    let mut graph = vec![
        json!({"type": "CreationInfo", "@id": "_:c", "specVersion": "3.0.1", "created": "2026-09-14T10:00:00Z",
            "createdBy": [id("org")]}),
        json!({"type": "Organization", "spdxId": id("org"), "name": "probe", "creationInfo": "_:c"}),
        json!({"type": "software_Package", "spdxId": id("core"), "creationInfo": "_:c", "name": "core",
            "verifiedUsing": [{"type": "Hash", "algorithm": "sha256", "hashValue": SHA}]}),
    ];
    let mut element = json!({"type": "SpdxDocument", "spdxId": id("doc"), "creationInfo": "_:c", "name": "core"});
    element.as_object_mut().unwrap().extend(document.as_object().unwrap().clone());
    element.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    graph.push(element);
    graph.extend(more.as_array().unwrap().clone());
    json!({"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": graph})
}

fn describes(to: Value) -> Value {
    json!({"type": "Relationship", "spdxId": "https://probe.example.org/r", "creationInfo": "_:c",
        "from": "https://probe.example.org/doc", "to": to, "relationshipType": "describes"})
}

/// Every way to say what a document is about is one (Core, ElementCollection, RelationshipType).
#[test]
fn what_is_described_is_found_in_every_spelling() {
    let core = "https://probe.example.org/core";
    let terms = "https://spdx.org/rdf/3.0.1/terms";
    let mut by_iri = describes(json!([core]));
    by_iri["relationshipType"] = json!(format!("{terms}/Core/RelationshipType/describes"));
    let mut scoped = describes(json!([core]));
    scoped["type"] = json!("LifecycleScopedRelationship");
    let mut embedded = describes(json!([{"@id": core}]));
    embedded["from"] = json!({"spdxId": "https://probe.example.org/doc"});
    for value in [
        probe(json!({"rootElement": [core]}), json!([])),
        probe(json!({"rootElement": core}), json!([])),
        probe(json!({"rootElement": {"spdxId": core}}), json!([])),
        probe(json!({"rootElement": []}), json!([describes(json!([core]))])),
        probe(json!({}), json!([describes(json!([core]))])),
        probe(json!({}), json!([describes(json!(core))])),
        probe(json!({}), json!([by_iri])),
        probe(json!({}), json!([scoped])),
        probe(json!({}), json!([embedded])),
        probe(json!({"type": format!("{terms}/Core/SpdxDocument"), "rootElement": [core]}), json!([])),
        probe(json!({"type": null, "@type": "SpdxDocument", "rootElement": [core]}), json!([])),
        probe(json!({"type": null, "@type": ["Core_SpdxDocument"], "rootElement": [core]}), json!([])),
        probe(json!({"type": "software_Sbom", "rootElement": [core]}), json!([])),
    ] {
        assert!(recognise(&value), "{value}");
        let found = facts(&value);
        assert_eq!(found.faults, [], "{value}");
        assert_eq!(found.outputs.iter().map(|named| named.digest.hex()).collect::<Vec<_>>(), [SHA], "{value}");
    }
}

/// One element needs no graph, and may hold the others.
#[test]
fn one_element_stands_alone() {
    let creation = json!({"type": "CreationInfo", "specVersion": "3.0.1", "created": "2026-09-14T10:00:00Z",
        "createdBy": "https://probe.example.org/org"});
    let package = json!({"type": "software_Package", "spdxId": "urn:probe:core", "creationInfo": creation, "name": "core",
        "verifiedUsing": [{"type": "Hash", "algorithm": "sha256", "hashValue": SHA}]});
    let context = json!("https://spdx.org/rdf/3.0.1/spdx-context.jsonld");
    let mut alone = package.clone();
    alone["@context"] = context.clone();
    let embedding = json!({"@context": context, "type": "SpdxDocument", "spdxId": "urn:probe:doc", "name": "core",
        "creationInfo": creation, "rootElement": [package]});
    for (value, pointer) in
        [(alone, "/verifiedUsing/0/hashValue"), (embedding, "/rootElement/0/verifiedUsing/0/hashValue")]
    {
        assert!(recognise(&value));
        let found = facts(&value);
        assert_eq!(found.faults, [], "{value}");
        let named: Vec<_> = found.outputs.iter().map(|named| (named.digest.hex(), named.pointer.as_str())).collect();
        assert_eq!(named, [(SHA, pointer)], "{value}");
        assert_eq!(found.summary.unwrap()["spec_version"], json!("SPDX-3.0.1"));
    }
}

#[test]
fn what_is_elsewhere_or_nothing_is_not_dangling() {
    let dangling = Some((FaultCode::Dangling, "/@graph/3/rootElement/0".to_owned()));
    let import = json!({"rootElement": ["urn:elsewhere"], "import": [{"type": "ExternalMap", "externalSpdxId": "urn:elsewhere"}]});
    for (document, expected) in [
        (json!({"rootElement": ["https://spdx.org/rdf/3.0.1/terms/Core/NoAssertionElement"]}), None),
        (json!({"rootElement": ["NoneElement"]}), None),
        (json!({"rootElement": ["https://probe.example.org/doc"]}), None),
        (json!({}), None),
        (import, None),
        (json!({"rootElement": ["urn:gone"]}), dangling),
        (json!({"type": "Annotation"}), Some((FaultCode::Missing, String::new()))),
    ] {
        let value = probe(document, json!([]));
        let found = facts(&value);
        let faults: Vec<_> = found.faults.into_iter().map(|fault| (fault.code, fault.pointer)).collect();
        assert_eq!(faults, expected.into_iter().collect::<Vec<_>>(), "{value}");
        assert_eq!(found.outputs, [], "{value}");
    }
}
