use serde_json::{Value, json};

use super::*;
use crate::evidence::StatedDigest;

mod forms;

const A: &str = "aaaaf5b8a4c5b9c2f1d0e3a798b6c5d4e3f2a1b0c9d8e7f60516273849506172";
const B: &str = "bbbbf5b8a4c5b9c2f1d0e3a798b6c5d4e3f2a1b0c9d8e7f60516273849506172";

fn good() -> Value {
    json!({
        "@context": {"prov": "http://www.w3.org/ns/prov#"},
        "@graph": [
            {"@id": "urn:out", "@type": "prov:Entity", "rdfs:label": "soils", "kfm:digest": format!("sha256:{A}"),
             "prov:wasGeneratedBy": {"@id": "urn:run"}},
            {"@id": "urn:in", "@type": "prov:Entity", "kfm:digest": format!("sha256:{B}")},
            {"@id": "urn:run", "@type": "prov:Activity", "kfm:run_id": "r-1", "prov:used": [{"@id": "urn:in"}],
             "prov:wasAssociatedWith": {"@id": "urn:who"}},
            {"@id": "urn:who", "@type": ["prov:Agent", "prov:SoftwareAgent"]},
        ],
    })
}

fn messages(value: &Value) -> Vec<String> {
    facts(value).faults.into_iter().map(|fault| format!("{}: {}", fault.pointer, fault.message)).collect()
}

#[test]
fn a_good_document_has_facts_and_no_faults() {
    let found = facts(&good());
    assert_eq!(found.faults, []);
    let named = |digest: &str, pointer: &str, name: &str| StatedDigest {
        digest: format!("sha256:{digest}").parse().unwrap(),
        pointer: pointer.into(),
        name: Some(name.into()),
        text: None,
    };
    assert_eq!(found.outputs, [named(A, "/@graph/0/kfm:digest", "soils")]);
    assert_eq!(found.inputs, [named(B, "/@graph/1/kfm:digest", "urn:in")]);
    assert_eq!(found.run_ids, [StatedText { value: "r-1".into(), pointer: "/@graph/2/kfm:run_id".into() }]);
    assert_eq!(found.subject_parts, ["/@graph/0"]);
}

#[test]
fn what_was_invalidated_is_no_output_to_be_used() {
    let reason = "expected an entity that is still valid, found one that was invalidated";
    for (key, value) in [
        ("prov:wasInvalidatedBy", json!({"@id": "urn:recall"})),
        ("prov:invalidatedAtTime", json!("2026-01-01T00:00:00Z")),
        ("http://www.w3.org/ns/prov#qualifiedInvalidation", json!([{"@id": "urn:x"}])),
    ] {
        let mut document = good();
        document["@graph"][0][key] = value;
        let place = format!("/@graph/0/{}: {reason}", key.replace('/', "~1"));
        assert!(messages(&document).contains(&place), "{key}: {:?}", messages(&document));
        // An input may have been replaced since.
        let mut document = good();
        document["@graph"][1][key] = json!("x");
        assert!(!messages(&document).iter().any(|message| message.contains(reason)), "{key}");
    }
    let relations = json!({
        "prefix": {"ex": "https://example.org/"},
        "entity": {"ex:out": {"ex:digest": format!("sha256:{A}")}}, "activity": {"ex:run": {}}, "agent": {"ex:who": {}},
        "wasGeneratedBy": {"_:1": {"prov:entity": "ex:out", "prov:activity": "ex:run"}},
        "wasAssociatedWith": {"_:2": {"prov:activity": "ex:run", "prov:agent": "ex:who"}},
        "wasInvalidatedBy": {"_:3": {"prov:entity": "ex:out", "prov:activity": "ex:recall"}},
    });
    assert!(messages(&relations).contains(&format!("/wasInvalidatedBy/_:3: {reason}")), "{:?}", messages(&relations));
}

#[test]
fn prov_is_recognised_by_its_own_terms() {
    for value in [
        good(),
        json!({"@context": "https://example.org/c", "@type": "prov:Entity"}),
        json!([{"@id": "a", "@type": ["http://www.w3.org/ns/prov#Activity"]}]),
        json!({"@context": {"p": "http://www.w3.org/ns/prov#"}, "@graph": [{"@type": "p:Agent"}]}),
        json!({"@graph": [{"@id": "a", "prov:used": {"@id": "b"}}]}),
        json!({"@context": ["https://openprovenance.org/prov-jsonld/context.jsonld"],
               "@graph": [{"@type": "Entity", "@id": "e"}, {"@type": "Activity", "@id": "a"}]}),
        json!({"prefix": {}, "entity": {"e": {}}, "activity": {"a": {}}}),
    ] {
        assert!(recognise(&value), "{value}");
    }
    for value in [
        json!({"run_id": "demo", "note": "x"}),
        json!({"@context": "https://schema.org/", "@type": "Person", "name": "x"}),
        json!({"@context": {}, "@type": "dcat:Dataset", "prov:wasGeneratedBy": {"@id": "a"}}),
        json!({"@context": {"@vocab": "https://schema.org/"}, "@graph": [{"@type": "Entity"}, {"@type": "Activity"}]}),
        json!({"@context": {"prov": "https://example.org/"}, "@graph": [{"@type": "prov:Entity"}]}),
        json!({"type": "FeatureCollection", "features": []}),
        json!("prov:Entity"),
    ] {
        assert!(!recognise(&value), "{value}");
    }
}

#[test]
fn digests_are_read_in_every_spelling() {
    let digest = format!("sha256:{A}");
    for (key, value) in [
        ("kfm:digest", json!(digest)),
        ("digest", json!({"sha256": A})),
        ("sha256", json!(A)),
        ("kfm:hash", json!({"sha256": A})),
        ("kfm:hash.sha256", json!(A)),
        ("ex:contentDigest", json!([{"@value": digest, "@type": "xsd:string"}])),
        ("spdx:checksum", json!({"spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"}, "spdx:checksumValue": A})),
        ("spdx:checksum", json!({"@type": "spdx:Checksum", "spdx:checksumValue": {"@value": A}})),
        ("kfm:artifacts", json!([{"path": "a", "sha256": A}])),
        ("http://example.org/ns#sha256", json!([{"@value": A}])),
        ("prov:atLocation", json!({"@id": format!("oci://r/a@sha256:{A}")})),
        ("@id", json!(format!("urn:hash:sha256:{A}"))),
        ("@id", json!(format!("oci://r.example.org/a@sha256:{A}"))),
        ("@id", json!(format!("kfm:data:file:a.tif:sha256-{A}"))),
    ] {
        let mut node = json!({"@id": "urn:out", "@type": "prov:Entity", "prov:wasGeneratedBy": {"@id": "urn:run"}});
        node[key] = value.clone();
        let document = json!({"@graph": [node, {"@id": "urn:run", "@type": "prov:Activity"}]});
        let found: Vec<_> = facts(&document).outputs.into_iter().map(|named| named.digest.to_string()).collect();
        assert_eq!(found, std::slice::from_ref(&digest), "{key} {value}");
    }
    for (key, value) in [
        ("kfm:spec_hash", json!(A)),
        ("kfm:config_digest", json!(digest)),
        ("kfm:run_manifest_digest", json!(digest)),
        ("spdx:checksum", json!({"spdx:algorithm": "SHA3-256", "spdx:checksumValue": A})),
        ("kfm:digest", json!(A[1..])),
        ("prov:wasDerivedFrom", json!({"@id": "urn:in", "kfm:digest": digest})),
    ] {
        let mut node = json!({"@id": "urn:out", "prov:wasGeneratedBy": "urn:run"});
        node[key] = value.clone();
        let document = json!({"@graph": [node, {"@id": "urn:run", "@type": "prov:Activity"}]});
        assert_eq!(facts(&document).outputs, [], "{key} {value}");
    }
}

#[test]
fn a_pinned_reference_counts_under_any_name() {
    let reference = format!("registry.example.org/kfm/other@sha256:{A}");
    let outputs = |key: &str, value: Value| {
        let mut node = json!({"@id": "urn:out", "rdfs:label": "soils", "prov:wasGeneratedBy": "urn:run"});
        node[key] = value;
        facts(&json!({"@graph": [node, {"@id": "urn:run", "@type": "prov:Activity"}]})).outputs
    };
    for (key, value, name, pointer) in [
        ("kfm:image", json!(reference), "soils", ""),
        ("schema:identifier", json!(format!("oci://{reference}")), "soils", ""),
        ("schema:identifier", json!([{"@value": reference}]), "soils", "/0/@value"),
        ("schema:url", json!({"@id": reference}), "soils", "/@id"),
        ("http://example.org/ns#image", json!(reference), "soils", ""),
        ("kfm:basket", json!(["x", reference]), "kfm:basket", "/1"),
        ("ex:resource", json!({"@list": [reference]}), "ex:resource", "/@list/0"),
        ("kfm:oci", json!({"image": reference}), "image", "/image"),
        ("schema:identifier", json!({"@type": "PropertyValue", "value": reference}), "value", "/value"),
    ] {
        let found = outputs(key, value.clone());
        assert_eq!(found.len(), 1, "{key} {value}");
        assert_eq!((found[0].digest.hex(), found[0].name.as_deref()), (A, Some(name)), "{key} {value}");
        let key = key.replace('/', "~1");
        assert_eq!(found[0].pointer, format!("/@graph/0/{key}{pointer}"));
    }
    // Where a digest is stated, the reference that states it is read once.
    assert_eq!(outputs("kfm:digest", json!(reference)).len(), 1);
    for (key, value) in [
        ("prov:wasDerivedFrom", json!({"@id": reference})),
        ("prov:hadPrimarySource", json!(reference)),
        ("dcterms:source", json!(reference)),
        ("schema:isBasedOn", json!({"@id": reference})),
        ("kfm:derived_from", json!(reference)),
        ("kfm:lineage", json!({"inputs": [reference]})),
        ("kfm:related", json!({"@id": "urn:thing", "kfm:image": reference})),
        ("schema:description", json!(format!("like {reference}"))),
    ] {
        assert_eq!(outputs(key, value.clone()), [], "{key} {value}");
    }
}

#[test]
fn what_was_used_is_no_output_unless_it_was_made_here() {
    let document = json!([
        {"@id": "a1", "@type": "prov:Activity", "prov:generated": [{"@id": "mid", "sha256": A}], "prov:used": "raw"},
        {"@id": "a2", "@type": "prov:Activity", "prov:used": ["mid", "raw"], "prov:generated": "out"},
        {"@id": "raw", "sha256": B},
        {"@id": "lost", "sha256": B, "prov:wasGeneratedBy": {"@id": "nowhere"}},
    ]);
    let found = facts(&document);
    assert_eq!(found.outputs.iter().map(|named| named.digest.hex()).collect::<Vec<_>>(), [A]);
    assert_eq!(found.inputs.iter().map(|named| named.pointer.as_str()).collect::<Vec<_>>(), ["/2/sha256"]);
}

#[test]
fn an_id_with_a_digest_needs_no_node() {
    let document = json!({"@graph": [{
        "@id": "a", "@type": "prov:Activity", "prov:wasAssociatedWith": {"@id": "w", "@type": "prov:Agent"},
        "prov:used": {"@id": format!("oci://r/raw@sha256:{B}")},
        "prov:generated": {"@id": format!("oci://r/out@sha256:{A}")},
    }]});
    let found = facts(&document);
    assert_eq!(found.outputs[0].pointer, "/@graph/0/prov:generated");
    assert_eq!(found.inputs[0].digest.hex(), B);
    assert_eq!(messages(&document), [": expected at least one node of type `prov:Entity`, found none"]);
}

#[test]
fn faults_say_what_is_missing_and_where() {
    let none = |name: &str| format!(": expected at least one node of type `prov:{name}`, found none");
    assert_eq!(messages(&json!({"run_id": "demo", "note": "x"})), [none("Entity"), none("Activity"), none("Agent")]);

    let mut without_agent = good();
    without_agent["@graph"][2]["prov:wasAssociatedWith"] = json!([]);
    assert_eq!(
        messages(&without_agent),
        ["/@graph/2: expected an agent (`prov:wasAssociatedWith`) of the activity `urn:run`, found none",]
    );
    let mut attributed = without_agent;
    attributed["@graph"][0]["prov:wasAttributedTo"] = json!({"@id": "urn:who"});
    assert_eq!(messages(&attributed), [""; 0]);

    let mut dangling = good();
    dangling["@graph"][2]["prov:used"] = json!([{"@id": "urn:gone"}]);
    assert_eq!(
        messages(&dangling),
        ["/@graph/2/prov:used/0: expected a node with the `@id` that `prov:used` names, found no node `urn:gone`",]
    );

    let unnamed = json!({"@context": {}, "@type": "prov:Activity", "prov:used": {"@id": "e", "label": "x"},
        "prov:generated": {"@id": "f", "label": "y"}});
    let expected = ": expected an agent (`prov:wasAssociatedWith`) of the activity, found none";
    assert_eq!(messages(&unnamed), [none("Agent").as_str(), expected]);

    let mut idle = good();
    idle["@graph"].as_array_mut().unwrap().push(json!({"@id": "urn:idle", "@type": "prov:Activity"}));
    assert_eq!(messages(&idle), [""; 0]);
}

/// After the example of the PROV-JSONLD submission: relations stand alone and name both sides.
#[test]
fn prov_jsonld_has_the_facts_of_prov_o() {
    let mut document = json!({
        "@context": [{"ex": "http://example.org/", "xsd": "http://www.w3.org/2001/XMLSchema#"},
            "https://openprovenance.org/prov-jsonld/context.jsonld"],
        "@graph": [
            {"@type": "Entity", "@id": "ex:out", "label": [{"@value": "soils"}],
             "ex:digest": [{"@value": format!("sha256:{A}"), "@type": "xsd:string"}]},
            {"@type": "Entity", "@id": "ex:in", "ex:digest": [{"@value": format!("sha256:{B}")}]},
            {"@type": "Activity", "@id": "ex:run", "startTime": "2026-11-02T08:00:00Z", "ex:run_id": [{"@value": "r-1"}]},
            {"@type": "Agent", "@id": "ex:who", "type": ["prov:SoftwareAgent"]},
            {"@type": "Generation", "@id": "ex:g", "entity": "ex:out", "activity": "ex:run", "time": "2026-11-02T08:12:00Z"},
            {"@type": "Usage", "activity": "ex:run", "entity": "ex:in"},
            {"@type": "Association", "activity": "ex:run", "agent": "ex:who"},
            {"@type": "Derivation", "generatedEntity": "ex:out", "usedEntity": "ex:in"},
        ],
    });
    assert!(recognise(&document));
    let found = facts(&document);
    assert_eq!(found.faults, []);
    assert_eq!((found.outputs[0].digest.hex(), found.outputs[0].name.as_deref()), (A, Some("soils")));
    assert_eq!((found.inputs[0].digest.hex(), found.run_ids[0].value.as_str()), (B, "r-1"));
    document["@graph"][7]["usedEntity"] = json!("ex:gone");
    let dangling = "expected a node with the `@id` that `prov:wasDerivedFrom` names, found no node";
    assert_eq!(messages(&document), [format!("/@graph/7/usedEntity: {dangling} `http://example.org/gone`")]);
}

#[test]
fn hostile_shapes_are_only_empty() {
    let mut deep = json!({"@id": "x", "prov:used": 1});
    for _ in 0..100 {
        deep = json!({"@graph": [deep], "prov:used": [[deep]], "digest": {"digest": {}}});
        if deep.to_string().len() > 20_000 {
            break;
        }
    }
    for value in
        [json!(null), json!([[], 1, "x"]), json!({"@graph": 5}), json!({"@context": 7, "@graph": [null]}), deep]
    {
        let _ = (recognise(&value), facts(&value));
    }
}
