use super::*;

fn facts_of(value: &Value) -> Facts {
    facts(&Reading::of(value))
}

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
        let found = facts_of(&document(package));
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
        assert_eq!(facts_of(value).outputs.len(), 1, "{value}");
    }
    let mut unsaid = base.clone();
    unsaid["relationships"] = json!([]);
    assert_eq!(facts_of(&unsaid).outputs, []);
    let mut foreign = base;
    foreign["relationships"][0]["spdxElementId"] = json!("SPDXRef-other");
    assert_eq!(facts_of(&foreign).outputs, []);
}

#[test]
fn a_described_element_must_be_there() {
    let mut value = document(json!({"SPDXID": "SPDXRef-main"}));
    value["documentDescribes"] = json!(["SPDXRef-gone"]);
    let message = "expected a package, file or snippet with the described `SPDXID`, found no `SPDXRef-gone`";
    assert_eq!(facts_of(&value).faults, [Fault::new(FaultCode::Dangling, "/documentDescribes/0", message)]);
}

/// Other readers may take the first one, or the last.
#[test]
fn a_described_element_must_be_there_once() {
    let element = |hex: &str| json!({"SPDXID": "SPDXRef-main", "name": "main", "checksums": [{"algorithm": "SHA256", "checksumValue": hex}]});
    let padding = (0..300).map(|number| json!({"SPDXID": format!("SPDXRef-{number}")}));
    let message =
        "expected one package, file or snippet with the described `SPDXID`, found several with `SPDXRef-main`";
    let fault = [Fault::new(FaultCode::Duplicate, "/relationships/0/relatedSpdxElement", message)];
    for (first, last) in [(A, B), (B, A), (A, A)] {
        let mut doubled = document(element(first));
        doubled["packages"] = std::iter::once(element(first)).chain(padding.clone()).chain([element(last)]).collect();
        assert_eq!(facts_of(&doubled).faults, fault);
        let mut also_a_file = document(element(first));
        also_a_file["files"] = json!([element(last)]);
        assert_eq!(facts_of(&also_a_file).faults, fault);
    }
    let mut other = document(element(A));
    other["files"] = json!([{"SPDXID": "SPDXRef-other"}]);
    assert_eq!(facts_of(&other).faults, []);
}

#[test]
fn the_summary_says_what_rules_ask() {
    let package = json!({"SPDXID": "SPDXRef-main", "name": "main", "versionInfo": "1", "licenseConcluded": "MIT",
        "licenseDeclared": "NOASSERTION", "supplier": "NOASSERTION"});
    let summary = facts_of(&document(package)).summary.unwrap();
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
    for value in [json!(null), json!([]), json!({"packages": 5, "relationships": [1], "documentDescribes": [null]})] {
        assert_eq!(facts_of(&value).outputs, []);
    }
}

/// What `DESCRIBES` may name besides an element of the document (SPDX 2.3 §11.1, §6.6): nothing of it is dangling.
#[test]
fn a_described_element_may_be_elsewhere_or_nowhere() {
    const DANGLING: Option<FaultCode> = Some(FaultCode::Dangling);
    for (id, expected) in [
        ("SPDXRef-DOCUMENT", None),
        ("NOASSERTION", None),
        ("NONE", None),
        ("DocumentRef-soil.parts-2:SPDXRef-probe", None),
        ("DocumentRef-soil.parts-2:SPDXRef-DOCUMENT", None),
        ("SPDXRef-gone", DANGLING),
        ("SPDXRef-NONE", DANGLING),
        ("DocumentRef-unknown:SPDXRef-probe", DANGLING),
        ("DocumentRef-soil.parts-2", DANGLING),
        ("DocumentRef-soil.parts-2:", DANGLING),
        ("none", DANGLING),
    ] {
        let mut base = document(json!({"SPDXID": "SPDXRef-main", "versionInfo": format!("sha256:{A}")}));
        base["externalDocumentRefs"] = json!([{"externalDocumentId": "DocumentRef-soil.parts-2", "spdxDocument": "urn:x",
            "checksum": {"algorithm": "SHA1", "checksumValue": "00"}}]);
        base["relationships"] = json!([]);
        let mut by_list = base.clone();
        by_list["documentDescribes"] = json!([id]);
        let mut forward = base.clone();
        forward["relationships"] = json!([{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES",
            "relatedSpdxElement": id}]);
        let mut reversed = base.clone();
        reversed["relationships"] = json!([{"spdxElementId": id, "relationshipType": "DESCRIBED_BY",
            "relatedSpdxElement": "SPDXRef-DOCUMENT"}]);
        // That it describes itself is said: its only package is not meant.
        by_list["packages"].as_array_mut().unwrap().truncate(1);
        for (value, pointer) in [
            (by_list, "/documentDescribes/0"),
            (forward, "/relationships/0/relatedSpdxElement"),
            (reversed, "/relationships/0/spdxElementId"),
        ] {
            let found = facts_of(&value);
            let faults: Vec<_> = found.faults.iter().map(|fault| (fault.code, fault.pointer.as_str())).collect();
            assert_eq!(faults, expected.map(|code| (code, pointer)).into_iter().collect::<Vec<_>>(), "{value}");
            assert_eq!(found.outputs, [], "{value}");
        }
    }
}

/// What it describes here counts beside what it describes elsewhere.
#[test]
fn an_element_here_is_read_beside_one_elsewhere() {
    let mut value = document(json!({"SPDXID": "SPDXRef-main", "versionInfo": format!("sha256:{A}")}));
    value["documentDescribes"] = json!(["NOASSERTION", "SPDXRef-DOCUMENT", "SPDXRef-main"]);
    let found = facts_of(&value);
    assert_eq!((found.faults.len(), found.outputs.len()), (0, 1));
    assert_eq!(found.outputs[0].digest.hex(), A);
}
