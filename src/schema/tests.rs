use serde_json::json;

use super::*;

fn told(name: &str, value: &Value) -> Vec<String> {
    validate(name, value).into_iter().map(|defect| format!("{}: {}", defect.pointer, defect.message)).collect()
}

/// Asserts that the faults are these, each by pointer, code and the data that it has to name:
/// `/licence unknown_field allow + allowed`.
#[track_caller]
fn assert_told(name: &str, value: &Value, expected: &[&str]) {
    let found = validate(name, value);
    assert_eq!(found.len(), expected.len(), "{name}: {found:#?}");
    for (fault, row) in found.iter().zip(expected) {
        let mut parts = row.splitn(3, ' ');
        let (pointer, code) = (parts.next().unwrap(), parts.next().unwrap());
        assert_eq!((fault.pointer.as_str(), fault.code.name()), (pointer, code), "{name}: {fault:?}");
        for datum in parts.next().into_iter().flat_map(|data| data.split(" + ")) {
            assert!(fault.message.contains(datum), "{name}: expected {datum:?} in {fault:?}");
        }
    }
}

/// The value with one place changed; null removes a field.
fn with(value: &Value, pointer: &str, new: Value) -> Value {
    let mut changed = value.clone();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match changed.pointer_mut(parent).unwrap() {
        Value::Array(items) => items[key.parse::<usize>().unwrap()] = new,
        Value::Object(object) if new == json!("-remove-") => {
            object.remove(key);
        }
        other => other[key] = new,
    }
    changed
}

fn removed() -> Value {
    json!("-remove-")
}

const HEX: &str = "6ec7f5b8a4c5b9c2f1d0e3a798b6c5d4e3f2a1b0c9d8e7f60516273849506172";

#[test]
fn every_schema_compiles_and_has_its_name() {
    for name in names() {
        assert!(matches!(compiled(name), Some(Ok(_))), "{name}: {:?}", told(name, &json!(null)));
        let schema: Value = serde_json::from_str(text(name).unwrap()).unwrap();
        assert_eq!(schema["$id"], format!("urn:ocigate:schema:{name}"));
        assert!(!validate(name, &json!(null)).is_empty(), "{name}");
    }
    assert_told("spdx", &json!({}), &[" wrong_value spdx"]);
    assert_eq!(text("spdx"), None);
}

#[test]
fn the_bundled_tables_are_valid() {
    for (name, key, text) in [
        ("fields.v1", "fields", include_str!("../../policies/core/fields.json")),
        ("labels.v1", "labels", include_str!("../../policies/core/labels.json")),
        ("licences.v1", "licences", include_str!("../../policies/core/licences.json")),
        ("media-types.v1", "media_types", include_str!("../../policies/core/media_types.json")),
        ("predicates.v1", "predicates", include_str!("../../policies/core/predicates.json")),
    ] {
        let file: Value = serde_json::from_str(text).unwrap();
        assert_eq!(told(name, &file["config"][key]), [""; 0]);
    }
    let settings: Value = serde_json::from_str(include_str!("../../policies/kfm/settings.json")).unwrap();
    assert_eq!(told("settings.v1", &settings["config"]), [""; 0]);
    for (name, value, expected) in [
        (
            "settings.v1",
            json!({"license": {}, "licence": {"allow": ["MIT"], "require_notice": "yes"}, "care": {"accepted_status": []},
                "pinning": {"require_digest": "true"}, "sensitivity": {"highestRank": 1, "highest_rank": 5}}),
            vec![
                " unknown_field license + licence",
                "/care/accepted_status wrong_value []",
                "/licence unknown_field allow + allowed",
                "/licence/require_notice wrong_type yes",
                "/pinning/require_digest wrong_type true",
                "/sensitivity unknown_field highestRank + highest_rank",
                "/sensitivity/highest_rank wrong_value 5",
            ],
        ),
        (
            "labels.v1",
            json!({"version": "1", "ranks": {"a": 5, "b": "x"}, "more": 1}),
            vec![" unknown_field more", "/ranks/a wrong_value 5", "/ranks/b wrong_type x"],
        ),
        (
            "predicates.v1",
            json!({"version": "1", "types": {"https://example.org/x": "salsa"}}),
            vec!["/types/https:~1~1example.org~1x wrong_value salsa"],
        ),
        (
            "fields.v1",
            json!({"version": "", "prefixes": "kfm"}),
            vec![
                " missing authority + care + licence + sensitivity",
                "/prefixes wrong_type kfm",
                "/version wrong_value \"\"",
            ],
        ),
    ] {
        assert_told(name, &value, &expected);
    }
}

#[test]
fn prov_needs_context_and_graph() {
    let good = json!({"@context": {}, "@graph": [{"@id": "a"}]});
    for value in [good.clone(), json!({"@context": "x", "@type": "prov:Entity"}), json!([{"@id": "a"}])] {
        assert_eq!(told("prov-jsonld.v1", &value), [""; 0], "{value}");
    }
    for (value, expected) in [
        (json!({"run_id": "demo", "note": "x"}), vec![" missing @context + @graph"]),
        (with(&good, "/@graph", json!("x")), vec!["/@graph wrong_type x"]),
        (with(&good, "/@graph/0", json!(5)), vec!["/@graph/0 wrong_type 5"]),
        (with(&good, "/@context", json!(5)), vec!["/@context wrong_type 5"]),
        (json!([]), vec![" wrong_value []"]),
        (json!("x"), vec![" wrong_type x"]),
    ] {
        assert_told("prov-jsonld.v1", &value, &expected);
    }
}

#[test]
fn slsa_needs_builder_and_build() {
    let v1 = json!({
        "_type": "https://in-toto.io/Statement/v1", "predicateType": "https://slsa.dev/provenance/v1",
        "subject": [{"name": "a", "digest": {"sha256": HEX, "gitCommit": "aa"}}],
        "predicate": {"buildDefinition": {"buildType": "u", "externalParameters": {}, "resolvedDependencies": [{"uri": "x"}]},
                      "runDetails": {"builder": {"id": "u"}}},
    });
    assert_eq!(told("slsa-provenance-v1", &v1), [""; 0]);
    for (value, expected) in [
        (with(&v1, "/predicate", json!({})), vec!["/predicate missing buildDefinition + runDetails"]),
        (
            with(&v1, "/predicate/buildDefinition/externalParameters", removed()),
            vec!["/predicate/buildDefinition missing externalParameters"],
        ),
        (
            with(&v1, "/predicate/runDetails/builder/id", json!("")),
            vec!["/predicate/runDetails/builder/id wrong_value \"\""],
        ),
        (
            with(&v1, "/predicate/buildDefinition/resolvedDependencies/0", json!({"name": "x"})),
            vec!["/predicate/buildDefinition/resolvedDependencies/0 missing uri + digest + content"],
        ),
        (with(&v1, "/subject", json!([])), vec!["/subject wrong_value []"]),
        (with(&v1, "/subject/0/digest/sha256", json!("AA")), vec!["/subject/0/digest/sha256 wrong_value AA"]),
        (
            with(&v1, "/_type", json!("x")),
            vec!["/_type wrong_value https://in-toto.io/Statement/v0.1 + https://in-toto.io/Statement/v1 + x"],
        ),
    ] {
        assert_told("slsa-provenance-v1", &value, &expected);
    }
    let v02 = json!({
        "_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://slsa.dev/provenance/v0.2",
        "subject": [{"digest": {"sha256": HEX}}],
        "predicate": {"builder": {"id": "u"}, "buildType": "u", "materials": [{"uri": "x", "digest": {"sha1": "aa"}}]},
    });
    assert_eq!(told("slsa-provenance-v0.2", &v02), [""; 0]);
    assert_told(
        "slsa-provenance-v0.2",
        &with(&v02, "/predicate/buildType", removed()),
        &["/predicate missing buildType"],
    );
    assert_told(
        "slsa-provenance-v1",
        &json!({"buildDefinition": {}}),
        &[" missing _type + predicateType + predicate + subject"],
    );
}

#[test]
fn a_run_manifest_needs_run_time_and_tool() {
    let good = json!({"run_id": "r", "run_time": "2026-11-02T08:00:00Z", "tool": {"name": "t"},
        "outputs": [{"path": "a", "sha256": HEX}, format!("oci://r/a@sha256:{HEX}")]});
    for value in [
        good.clone(),
        json!({"run_id": "r", "started_at": "2026-11-02T08:00:00+01:00", "pipeline_id": "p"}),
        json!({"run_id": "r", "run_time": "2026-11-02T08:00:00Z", "tool_versions": {"gdal": "3"}, "tool": "x"}),
    ] {
        assert_eq!(told("run-manifest.v1", &value), [""; 0], "{value}");
    }
    for (value, expected) in [
        (json!({"run_id": "r"}), vec![" missing run_time + started_at + tool + pipeline_id + tool_versions"]),
        (with(&good, "/run_id", removed()), vec![" missing run_id"]),
        (with(&good, "/run_id", json!(7)), vec!["/run_id wrong_type 7"]),
        (with(&good, "/run_time", json!("yesterday")), vec!["/run_time wrong_value yesterday"]),
        (with(&good, "/tool", json!({})), vec!["/tool missing name"]),
        (with(&good, "/outputs/0/sha256", json!("abc")), vec!["/outputs/0/sha256 wrong_value abc"]),
    ] {
        assert_told("run-manifest.v1", &value, &expected);
    }
}

#[test]
fn spdx_needs_its_mandatory_fields() {
    let good = json!({
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": "n",
        "documentNamespace": "https://example.org/n",
        "creationInfo": {"created": "2026-11-02T08:12:00Z", "creators": ["Tool: t-1"]},
        "packages": [{"SPDXID": "SPDXRef-a", "name": "a", "downloadLocation": "NOASSERTION",
                      "checksums": [{"algorithm": "SHA256", "checksumValue": HEX}]}],
        "relationships": [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-a"}],
    });
    assert_eq!(told("spdx-2.v1", &good), [""; 0]);
    for (value, expected) in [
        (
            json!({"spdxVersion": "SPDX-2.3", "name": "demo"}),
            vec![" missing SPDXID + creationInfo + dataLicense + documentNamespace"],
        ),
        (
            with(&good, "/spdxVersion", json!("SPDX-3.0")),
            vec!["/spdxVersion wrong_value SPDX-2.2 + SPDX-2.3 + SPDX-3.0"],
        ),
        (with(&good, "/SPDXID", json!("x")), vec!["/SPDXID wrong_value SPDXRef-DOCUMENT + x"]),
        (with(&good, "/creationInfo/created", json!(5)), vec!["/creationInfo/created wrong_type 5"]),
        (with(&good, "/creationInfo/creators", json!([])), vec!["/creationInfo/creators wrong_value []"]),
        (with(&good, "/packages/0/downloadLocation", removed()), vec!["/packages/0 missing downloadLocation"]),
        (
            with(&good, "/packages/0/checksums/0/checksumValue", json!("ab")),
            vec!["/packages/0/checksums/0/checksumValue wrong_value ab"],
        ),
        (
            with(
                &good,
                "/packages/0/externalRefs",
                json!([{"referenceCategory": "SECURITY", "referenceType": "cpe23Type", "referenceLocator": 5}]),
            ),
            vec!["/packages/0/externalRefs/0/referenceLocator wrong_type 5"],
        ),
    ] {
        assert_told("spdx-2.v1", &value, &expected);
    }
}

#[test]
fn cyclonedx_needs_a_known_version() {
    let good = json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": {"component": {"type": "data", "name": "a"}},
        "components": [{"type": "library", "name": "b", "hashes": [{"alg": "SHA-256", "content": HEX}]}]});
    assert_eq!(told("cyclonedx-1.v1", &good), [""; 0]);
    for (value, expected) in [
        (json!({"bomFormat": "CycloneDX"}), vec![" missing specVersion"]),
        (with(&good, "/specVersion", json!("2.0")), vec!["/specVersion wrong_value 1.4 + 1.7 + 2.0"]),
        (with(&good, "/specVersion", json!("1.4")), vec![" missing version"]),
        (with(&good, "/metadata/component/name", removed()), vec!["/metadata/component missing name"]),
        (
            with(&good, "/components/0/hashes/0/content", json!("zz")),
            vec!["/components/0/hashes/0/content wrong_value zz"],
        ),
        (with(&good, "/serialNumber", json!("x")), vec!["/serialNumber wrong_value urn:uuid: + x"]),
        (with(&good, "/components/0/type", json!("thing")), vec!["/components/0/type wrong_value thing"]),
        (
            with(&good, "/components/0/hashes/0/alg", json!("SHA256")),
            vec!["/components/0/hashes/0/alg wrong_value SHA256"],
        ),
        (
            with(&good, "/components/0/licenses", json!([{"license": {"id": "MIT"}}, {"license": {}}, "MIT", {}])),
            vec![
                "/components/0/licenses/1/license missing id + name",
                "/components/0/licenses/2 wrong_type license + expression + MIT",
                "/components/0/licenses/3 missing license + expression",
            ],
        ),
        (
            with(&good, "/components/0/data", json!([{"type": "dataset"}, {"type": "x"}])),
            vec![
                "/components/0/data/1/type wrong_value source-code + configuration + dataset + definition + other + x",
            ],
        ),
    ] {
        assert_told("cyclonedx-1.v1", &value, &expected);
    }
}

#[test]
fn stac_needs_what_an_item_has() {
    let good = json!({"type": "Feature", "stac_version": "1.0.0", "id": "a", "bbox": [1, 2, 3, 4],
        "geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {"datetime": "2026-11-02T08:10:00Z"},
        "links": [], "assets": {"a": {"href": "x"}}});
    assert_eq!(told("stac-item.v1", &good), [""; 0]);
    assert_eq!(told("stac-item.v1", &with(&with(&good, "/geometry", json!(null)), "/bbox", removed())), [""; 0]);
    for (value, expected) in [
        (with(&good, "/bbox", removed()), vec![" missing bbox"]),
        (with(&good, "/properties/datetime", removed()), vec!["/properties missing datetime"]),
        (with(&good, "/properties/datetime", json!(null)), vec!["/properties missing end_datetime + start_datetime"]),
        (with(&good, "/type", json!("Collection")), vec!["/type wrong_value Feature + Collection"]),
        (with(&good, "/stac_version", json!("0.9.0")), vec!["/stac_version wrong_value 0.9.0"]),
        (with(&good, "/assets/a", json!({})), vec!["/assets/a missing href"]),
        (with(&good, "/links", json!([{"href": "x"}])), vec!["/links/0 missing rel"]),
    ] {
        assert_told("stac-item.v1", &value, &expected);
    }
}

#[test]
fn what_was_found_is_shortened() {
    let long = "é".repeat(100);
    let value = json!({"bomFormat": long, "specVersion": "1.6"});
    let row = format!("/bomFormat wrong_value CycloneDX + {}\"…", "é".repeat(60));
    assert_told("cyclonedx-1.v1", &value, &[&row]);
    assert!(!validate("cyclonedx-1.v1", &value)[0].message.contains(&"é".repeat(61)));
    assert_eq!(shown(&json!("\u{1b}[31m")), "\"\\u001b[31m\"");
    assert!(shown(&json!({"a": 1, "b": 2})).contains('2'));
}

#[test]
fn defects_without_number_are_counted_not_told() {
    let wrong: Vec<Value> = (0..100_000).map(|_| json!(1)).collect();
    let defects = validate("prov-jsonld.v1", &json!({"@context": {}, "@graph": wrong}));
    assert_eq!(defects.len(), 51);
    assert_eq!((defects[50].pointer.as_str(), defects[50].code), ("", FaultCode::TooMany));
    assert!(defects[50].message.contains("150"), "{:?}", defects[50]);
    // One defect behind all that was looked at is still found.
    let mut nodes: Vec<Value> = (0..1000).map(|_| json!({"@id": "a"})).collect();
    nodes.push(json!(1));
    assert_told("prov-jsonld.v1", &json!(nodes), &["/1000 wrong_type 1"]);
    let mut assets: Map<String, Value> =
        (0..1000).map(|number| (format!("a{number:04}"), json!({"href": "x"}))).collect();
    assets.insert("z".to_owned(), json!(5));
    let item = json!({"type": "Feature", "stac_version": "1.0.0", "id": "a", "geometry": null, "links": [],
        "properties": {"datetime": "2026-11-02T08:10:00Z"}, "assets": assets});
    assert_told("stac-item.v1", &item, &["/assets/z wrong_type 5"]);
}

#[test]
fn the_other_kinds_need_what_their_specifications_demand() {
    let creation = json!({"type": "CreationInfo", "@id": "_:c", "specVersion": "3.0.1", "created": "2026-11-02T08:12:00Z",
        "createdBy": ["https://example.org/team"]});
    for (name, good, pointer, wrong, expected) in [
        (
            "spdx-3.v1",
            json!({"@context": "x", "@graph": [creation]}),
            "/@graph/0/specVersion",
            json!("2.3"),
            "/@graph/0/specVersion wrong_value 3.… + 2.3",
        ),
        (
            "prov-json.v1",
            json!({"entity": {"e": {}}, "prov:used": {"_:u": [{}]}}),
            "/entity/e",
            json!(1),
            "/entity/e wrong_type 1",
        ),
        (
            "stac-catalog.v1",
            json!({"type": "Catalog", "stac_version": "1.0.0", "id": "a", "description": "b", "links": []}),
            "/stac_version",
            json!("0.9.0"),
            "/stac_version wrong_value 0.9.0",
        ),
        (
            "stac-collection.v1",
            json!({"type": "Collection", "stac_version": "1.1.0", "id": "a", "description": "b",
            "license": "MIT", "links": [], "extent": {"spatial": {"bbox": [[1, 2, 3, 4]]}, "temporal": {"interval": [[null, null]]}}}),
            "/extent",
            json!({"spatial": {"bbox": [[1, 2, 3, 4]]}}),
            "/extent missing temporal",
        ),
        ("dcat-3.v1", json!({"@context": {}, "@graph": [{}]}), "/@graph", json!([1]), "/@graph/0 wrong_type 1"),
        (
            "ro-crate-1.v1",
            json!({"@context": "x", "@graph": [{"@id": "./", "@type": "Dataset"}]}),
            "/@graph/0",
            json!({"@id": "./"}),
            "/@graph/0 missing @type",
        ),
        (
            "openlineage-2.v1",
            json!({"eventTime": "2020-12-09T23:37:31Z", "producer": "x", "schemaURL": "y",
            "run": {"runId": "r"}, "job": {"namespace": "n", "name": "j"}}),
            "/run",
            json!({}),
            "/run missing runId",
        ),
    ] {
        assert_eq!(told(name, &good), [""; 0], "{name}");
        assert_told(name, &with(&good, pointer, wrong), &[expected]);
    }
}

#[test]
fn elements_are_held_against_the_same_schema() {
    for (name, list, good) in [
        ("spdx-2.v1", "packages", json!({"SPDXID": "SPDXRef-a", "name": "a", "downloadLocation": "NONE"})),
        ("spdx-2.v1", "files", json!({"SPDXID": "SPDXRef-a", "fileName": "a", "checksums": []})),
        (
            "spdx-2.v1",
            "relationships",
            json!({"spdxElementId": "a", "relationshipType": "b", "relatedSpdxElement": "c"}),
        ),
        ("cyclonedx-1.v1", "components", json!({"type": "library", "name": "a"})),
        ("cyclonedx-1.v1", "dependencies", json!({"ref": "a"})),
    ] {
        let mut bad = vec![json!(5), json!({})];
        for key in good.as_object().unwrap().keys() {
            let (mut without, mut wrong) = (good.clone(), good.clone());
            without.as_object_mut().unwrap().remove(key);
            wrong[key] = json!(5);
            bad.extend([without, wrong]);
        }
        for element in bad {
            let whole = validate(name, &json!({list: [good, element]}));
            let expected: Vec<&Fault> = whole.iter().filter(|defect| !defect.pointer.is_empty()).collect();
            let mut elements = ElementChecker::of(name);
            elements.check(list, &good, || panic!("a good element is asked for no place"));
            elements.check(list, &element, || format!("/{list}/1"));
            let found = elements.validate(&json!({list: [good]}));
            let found: Vec<&Fault> = found.iter().filter(|defect| !defect.pointer.is_empty()).collect();
            assert_eq!(found, expected);
            assert!(!found.is_empty(), "{name} {list} {element}");
        }
    }
    let mut elements = ElementChecker::of("spdx-2.v1");
    (0..1000).for_each(|number| elements.check("packages", &json!({}), || format!("/packages/{number}")));
    let told = elements.validate(&json!({}));
    assert_eq!(told.len(), DEFECTS + 1);
    assert_eq!(told[DEFECTS].code, FaultCode::TooMany);
}
