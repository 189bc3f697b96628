use std::collections::BTreeMap;

use crate::evidence::Reading;
use serde_json::json;

use super::*;
use crate::evidence::document;

fn read(kind: DocumentKind, value: &Value) -> Vec<Claim> {
    let facts = document::facts_of(kind, &Reading::of(value).part(kind.spec().in_statement).1);
    claims(kind, PayloadDocument::of(value, kind), &facts, &FieldTable::bundled(), &LabelTable::bundled())
}

/// Access rights of the European Union's vocabularies.
const EU: &str = "http://publications.europa.eu/resource/authority/access-right";

/// Role, value and pointer of each claim, as text.
fn told(claims: &[Claim]) -> Vec<String> {
    claims.iter().map(|claim| format!("{} {} {}", claim.role.name(), claim.value, claim.pointer)).collect()
}

fn ranks(value: &Value) -> Vec<(Option<u8>, bool)> {
    let claims = read(DocumentKind::Unknown, value);
    claims.iter().filter(|claim| claim.role == ClaimRole::Sensitivity).map(|claim| (claim.rank, claim.listed)).collect()
}

#[test]
fn a_licence_is_read_only_where_it_speaks_of_the_subject() {
    let entity = |more: Value| {
        let mut node = json!({"@id": "urn:out", "@type": "prov:Entity", "prov:wasGeneratedBy": {"@id": "urn:run"}});
        node.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"@graph": [node, {"@id": "urn:run", "@type": "prov:Activity", "prov:used": {"@id": "urn:in", "dct:license": "MIT"}}]})
    };
    for (kind, value, expected) in [
        (
            DocumentKind::Stac,
            json!({"properties": {"license": "CC-BY-4.0"}, "license": "MIT", "assets": {"a": {"license": "X"}}}),
            vec!["licence \"CC-BY-4.0\" /properties/license", "licence \"MIT\" /license"],
        ),
        (
            DocumentKind::Stac,
            json!({"license": "http://creativecommons.org/licenses/by-nc/4.0/deed.en"}),
            vec!["licence \"CC-BY-NC-4.0\" /license"],
        ),
        (DocumentKind::Stac, json!({"properties": {"license": null}}), vec![]),
        (DocumentKind::Stac, json!({"properties": {"license": 5}}), vec!["licence 5 /properties/license"]),
        (
            DocumentKind::Prov,
            entity(json!({"dct:license": {"@id": "http://spdx.org/licenses/CC0-1.0.html"}})),
            vec!["licence \"CC0-1.0\" /@graph/0/dct:license/@id"],
        ),
        (
            DocumentKind::Prov,
            entity(json!({"kfm:license": ["MIT", {"@value": "ISC"}]})),
            vec!["licence \"MIT\" /@graph/0/kfm:license/0", "licence \"ISC\" /@graph/0/kfm:license/1/@value"],
        ),
        (
            DocumentKind::Prov,
            entity(
                json!({"kfm:licenses": [{"license": {"id": "MIT", "name": "All rights reserved"}}, {"expression": "ISC"}, {"text": "x"}]}),
            ),
            vec![
                "licence \"MIT\" /@graph/0/kfm:licenses/0/license/id",
                "licence \"All rights reserved\" /@graph/0/kfm:licenses/0/license/name",
                "licence \"ISC\" /@graph/0/kfm:licenses/1/expression",
                "licence null /@graph/0/kfm:licenses/2",
            ],
        ),
        (
            DocumentKind::Unknown,
            json!({"@type": "dcat:Dataset", "dct:license": {"@id": "https://creativecommons.org/licenses/by/4.0/"},
                "dcat:distribution": [{"@type": ["dcat:Distribution"], "dct:license": "ODbL-1.0"}]}),
            vec!["licence \"CC-BY-4.0\" /dct:license/@id", "licence \"ODbL-1.0\" /dcat:distribution/0/dct:license"],
        ),
        (
            DocumentKind::Dcat,
            json!({"@context": {"nutzung": {"@id": "http://purl.org/dc/terms/license"}}, "@type": "dcat:Dataset",
                "nutzung": {"@set": ["MIT"]}}),
            vec!["licence \"MIT\" /nutzung/@set/0"],
        ),
        (DocumentKind::Unknown, json!({"license": "MIT", "@type": "dcat:Catalog"}), vec![]),
        (DocumentKind::Spdx, json!({"license": "MIT", "packages": [{"licenseConcluded": "MIT"}]}), vec![]),
        (DocumentKind::RunManifest, json!({"run_id": "r", "license": "MIT"}), vec![]),
    ] {
        assert_eq!(told(&read(kind, &value)), expected, "{value}");
    }
}

#[test]
fn labels_are_read_wherever_they_stand() {
    for (value, expected) in [
        (json!({"properties": {"kfm:access_level": "public"}}), vec![(Some(0), true)]),
        (json!({"a": [{"b": {"sensitivity": "restricted"}}]}), vec![(Some(3), true)]),
        (json!({"sensitivity": {"level": "sacred", "reason": "x"}}), vec![(Some(4), true)]),
        (json!({"kfm:sensitivity": [{"@value": "public"}, "internal"]}), vec![(Some(0), true), (Some(2), true)]),
        (json!({"heritage:sensitivity": "L3", "kfm:sensitivity_rank": 5}), vec![(Some(3), true), (Some(4), true)]),
        (json!({"kfm:sensitivity": "TBD"}), vec![(None, true)]),
        (json!({"kfm:sensitivity": []}), vec![(None, true)]),
        (json!({"kfm:sensitivity": null}), vec![(None, true)]),
        (json!({"kfm:sensitivity": {"reason": "x"}}), vec![(None, true)]),
        (json!({"lc:classification": "cropland"}), vec![]),
        (json!({"lc:classification": "restricted"}), vec![(Some(3), false)]),
        (
            json!({"dct:accessRights": {"@id": "http://publications.europa.eu/resource/authority/access-right/PUBLIC"}}),
            vec![(Some(0), false)],
        ),
        (json!({"note": "restricted"}), vec![]),
        // Every member of a label is heard, and one that says nothing is no more than a name.
        (json!({"kfm:access_level": {"level": "public", "rank": 4}}), vec![(Some(0), true), (Some(4), false)]),
        (json!({"kfm:access_level": {"@value": "public", "level": "sacred"}}), vec![(Some(0), true), (Some(4), false)]),
        (json!({"kfm:access_level": {"level": "public", "label": "All may see it"}}), vec![(Some(0), true)]),
        (
            json!({"kfm:access_level": {"@set": ["public", {"@list": ["internal"]}]}}),
            vec![(Some(0), true), (Some(2), true)],
        ),
        (
            json!({"dct:accessRights": {"@type": "dct:RightsStatement", "rdfs:label": "Restricted"}}),
            vec![(Some(3), false)],
        ),
        // Of a vocabulary that the table knows, what it does not know is unresolved, never nothing.
        (json!({"dct:accessRights": format!("{EU}/SENSITIVE")}), vec![(Some(3), false)]),
        (json!({"dct:accessRights": format!("{EU}/RESTRICTED").replace("http:", "https:")}), vec![(Some(3), false)]),
        (json!({"dct:accessRights": format!("{EU}/TOP_SECRET")}), vec![(None, true)]),
        (json!({"dct:accessRights": "https://purl.org/coar/access_right/c_16ec"}), vec![(Some(3), false)]),
        (json!({"dct:accessRights": "see the readme"}), vec![]),
        // Names through the document's own context.
        (
            json!({"@context": {"geheim": "https://kfm.dev/ns#access_level"}, "geheim": "restricted"}),
            vec![(Some(3), true)],
        ),
        (json!({"@context": {"geheim": "https://kfm.dev/ns#access_level"}, "geheim": "was?"}), vec![(None, true)]),
        (json!({"@context": {"kfm": "https://x.example/"}, "kfm:access_level": "was?"}), vec![(None, true)]),
        (
            json!({"@context": {"x:access_level": "https://x.example/y"}, "x:access_level": "sacred"}),
            vec![(Some(4), false)],
        ),
        (json!({"@context": {"@vocab": "https://kfm.dev/ns#"}, "access_label": "was?"}), vec![(None, true)]),
        (
            json!({"@context": {"ar": format!("{EU}/")}, "dct:accessRights": {"@id": "ar:RESTRICTED"}}),
            vec![(Some(3), false)],
        ),
    ] {
        assert_eq!(ranks(&value), expected, "{value}");
    }
    let features: Vec<Value> = (0..5000).map(|_| json!({"properties": {"sensitivity": "public"}})).collect();
    assert_eq!(
        told(&read(DocumentKind::Unknown, &json!({"features": features}))),
        ["sensitivity \"public\" /features/0/properties/sensitivity",]
    );
}

/// Whether each label is said of the subject.
fn of_subject(kind: DocumentKind, value: &Value) -> Vec<bool> {
    let claims = read(kind, value);
    claims.iter().filter(|claim| claim.role != ClaimRole::Authority).map(|claim| claim.of_subject).collect()
}

#[test]
fn only_what_is_said_of_the_subject_is() {
    let label = || json!({"kfm:access_level": "public"});
    let dataset = |more: Value| {
        let mut record = json!({"@type": "dcat:Dataset"});
        record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        record
    };
    for (kind, value, expected) in [
        (DocumentKind::Stac, json!({"properties": label()}), vec![true]),
        (DocumentKind::Stac, label(), vec![true]),
        (DocumentKind::Stac, json!({"properties": {"kfm:access_level": {"level": ["public"]}}}), vec![true]),
        (DocumentKind::Stac, json!({"properties": {"care": [{"status": "approved"}]}}), vec![true]),
        (DocumentKind::Stac, json!({"properties": {"care:status": "approved"}}), vec![true]),
        (DocumentKind::Stac, json!({"links": [label()]}), vec![false]),
        (DocumentKind::Stac, json!({"assets": {"thumbnail": label()}}), vec![false]),
        (DocumentKind::Stac, json!({"assets": {"a": {"properties": label()}}}), vec![false]),
        // What an input says first does not hide that the subject says the same.
        (DocumentKind::Stac, json!({"links": [label()], "properties": label()}), vec![false, true]),
        // A number may be a class of land cover.
        (DocumentKind::Stac, json!({"properties": {"classification": 1}}), vec![false]),
        (DocumentKind::Stac, json!({"properties": {"sensitivity_rank": 1}}), vec![true]),
        (DocumentKind::Dcat, dataset(label()), vec![true]),
        (DocumentKind::Dcat, dataset(json!({"dct:source": dataset(label())})), vec![false]),
        (DocumentKind::Dcat, dataset(json!({"dct:creator": label()})), vec![false]),
        (DocumentKind::RunManifest, json!({"run_id": "r", "kfm:access_level": "public"}), vec![true]),
        (DocumentKind::RunManifest, json!({"run_id": "r", "outputs": [label()]}), vec![true]),
        (DocumentKind::RunManifest, json!({"run_id": "r", "inputs": [label()]}), vec![false]),
        (DocumentKind::RunManifest, json!({"run_id": "r", "parameters": {"classification": "open"}}), vec![false]),
        (DocumentKind::Slsa, json!({"buildDefinition": {"externalParameters": label()}}), vec![false]),
        (DocumentKind::Slsa, label(), vec![false]),
        (DocumentKind::Spdx, json!({"care": {"status": "approved"}}), vec![false]),
        (DocumentKind::CycloneDx, json!({"metadata": label()}), vec![false]),
        (DocumentKind::Unknown, label(), vec![true]),
        (DocumentKind::Unknown, json!({"type": "Feature", "properties": label()}), vec![true]),
        (DocumentKind::Unknown, json!({"quoted": label()}), vec![false]),
        (
            DocumentKind::Prov,
            json!({"@graph": [
                {"@id": "urn:out", "@type": "prov:Entity", "prov:wasGeneratedBy": {"@id": "urn:run"}, "sensitivity": "public"},
                {"@id": "urn:run", "@type": "prov:Activity", "prov:used": {"@id": "urn:in"}},
                {"@id": "urn:in", "@type": "prov:Entity", "care": {"status": "approved"}},
            ]}),
            vec![true, false],
        ),
    ] {
        assert_eq!(of_subject(kind, &value), expected, "{kind:?} {value}");
    }
    let scan = json!({"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://in-toto.io/attestation/vulns",
        "predicate": {"Metadata": {"ImageConfig": {"config": {"Labels": {"org.kfm.care_status": "approved"}}}},
            "quoted": {"@type": "dcat:Dataset", "dct:license": "MIT"}}});
    assert_eq!(of_subject(DocumentKind::Statement, &scan), [false]);
}

#[test]
fn an_sbom_is_read_without_its_packages() {
    let value =
        json!({"metadata": {"kfm:sensitivity": "internal"}, "components": [{"data": [{"classification": "secret"}]}]});
    assert_eq!(told(&read(DocumentKind::CycloneDx, &value)), ["sensitivity \"internal\" /metadata/kfm:sensitivity"]);
}

#[test]
fn care_is_a_block_or_its_flat_form() {
    for (value, expected) in [
        (
            json!({"properties": {"care": {"status": "approved"}}}),
            vec!["care {\"status\":\"approved\"} /properties/care"],
        ),
        (
            json!({"kfm:care": {"authority_to_control": "Council"}}),
            vec![
                "care {\"authority_to_control\":\"Council\"} /kfm:care",
                "authority \"Council\" /kfm:care/authority_to_control",
            ],
        ),
        (
            json!({"kfm:care": {"authority": ["Council"]}}),
            vec![
                "care {\"authority_to_control\":[\"Council\"]} /kfm:care",
                "authority \"[\\\"Council\\\"]\" /kfm:care/authority",
            ],
        ),
        (
            json!({"p": {"care:status": "approved", "care:authority": "Council", "kfm:care_status": "rejected"}}),
            vec![
                "authority \"Council\" /p/care:authority",
                "care {\"authority_to_control\":\"Council\",\"status\":[\"approved\",\"rejected\"]} /p",
            ],
        ),
        (
            json!({"x:deep": {"authority_to_control": " Council "}}),
            vec!["authority \" Council \" /x:deep/authority_to_control"],
        ),
        (
            json!({"care": {"care": {"authority": "Council"}, "sensitivity": "sacred"}}),
            vec![
                "care {\"care\":{\"authority\":\"Council\"},\"sensitivity\":\"sacred\"} /care",
                "care {\"authority_to_control\":\"Council\"} /care/care",
                "authority \"Council\" /care/care/authority",
                "sensitivity \"sacred\" /care/sensitivity",
            ],
        ),
        (json!({"authority_to_control": ""}), vec![]),
        (json!({"authority_to_control": [null, ""]}), vec![]),
        (json!({"authority": "Council", "status": "approved"}), vec![]),
        (json!({"other:care": {"status": "approved"}}), vec![]),
        (json!({"care": "none"}), vec!["care \"none\" /care"]),
        (json!({"care": ["denied", 5, null]}), vec!["care \"denied\" /care/0"]),
    ] {
        assert_eq!(told(&read(DocumentKind::Unknown, &value)), expected, "{value}");
    }
}

#[test]
fn a_member_of_care_is_known_in_every_spelling_and_two_values_are_both_told() {
    for (value, expected) in [
        (json!({"kfm:care": {"kfm:status": "denied"}}), vec!["care {\"status\":\"denied\"} /kfm:care"]),
        (json!({"care": {"care_status": "denied"}}), vec!["care {\"status\":\"denied\"} /care"]),
        (json!({"care": {"Status": "denied", "note": 1}}), vec!["care {\"note\":1,\"status\":\"denied\"} /care"]),
        (
            json!({"care": {"https://x.example/ns#status": "denied", "status": "approved"}}),
            vec!["care {\"status\":[\"denied\",\"approved\"]} /care"],
        ),
        (json!({"kfm:care": {"@set": [{"status": "denied"}]}}), vec!["care {\"status\":\"denied\"} /kfm:care/@set/0"]),
        (json!({"care:Status": "denied", "care:status": "denied"}), vec!["care {\"status\":\"denied\"} "]),
        (
            json!({"care": {"status": "approved", "review": {"kfm:care": {"status": {"@value": "denied"}, "note": 1}}}}),
            vec![
                "care {\"review\":{\"kfm:care\":{\"note\":1,\"status\":{\"@value\":\"denied\"}}},\"status\":\"approved\"} /care",
                "care {\"status\":\"denied\"} /care/review/kfm:care",
            ],
        ),
        (
            json!({"care": {"review": {"care:status": "denied", "status": "open"}}}),
            vec![
                "care {\"review\":{\"care:status\":\"denied\",\"status\":\"open\"}} /care",
                "care {\"status\":\"denied\"} /care/review",
            ],
        ),
    ] {
        assert_eq!(told(&read(DocumentKind::Unknown, &value)), expected, "{value}");
    }
    for (text, expected) in [
        ("[{\"status\":\"denied\"}]", "care {\"status\":\"denied\"} /annotations/care/0"),
        ("\"denied\"", "care \"denied\" /annotations/care"),
        (
            "{\"status\":\"denied\",\"status\":\"approved\"}",
            "care {\"status\":[\"denied\",\"approved\"]} /annotations/care",
        ),
    ] {
        let annotation = [("care".to_owned(), text.to_owned())].into();
        let claims = annotation_claims(&annotation, &FieldTable::bundled(), &LabelTable::bundled());
        assert_eq!(told(&claims), [expected], "{text}");
    }
}

#[test]
fn annotations_are_read_like_a_document() {
    let annotations: BTreeMap<String, String> = [
        ("org.opencontainers.image.licenses", " CC-BY-4.0 "),
        ("org.opencontainers.image.title", "restricted"),
        ("kfm:access_level", "internal"),
        ("org.kfm.sensitivity", "who knows"),
        ("org.kfm.care", "{\"status\": \"approved\", \"authority_to_control\": \"Council\"}"),
        ("license", "MIT"),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into();
    let claims = annotation_claims(&annotations, &FieldTable::bundled(), &LabelTable::bundled());
    assert_eq!(
        told(&claims),
        [
            "licence \"CC-BY-4.0\" /annotations/org.opencontainers.image.licenses",
            "sensitivity \"internal\" /annotations/kfm:access_level",
            "care {\"authority_to_control\":\"Council\",\"status\":\"approved\"} /annotations/org.kfm.care",
            "authority \"Council\" /annotations/org.kfm.care/authority_to_control",
            "sensitivity \"who knows\" /annotations/org.kfm.sensitivity",
        ]
    );
    let text = [("care".to_owned(), "approved".to_owned())].into();
    let claims = annotation_claims(&text, &FieldTable::bundled(), &LabelTable::bundled());
    assert_eq!(told(&claims), ["care \"approved\" /annotations/care"]);
}

#[test]
fn pointers_of_a_statement_lead_into_it() {
    let predicate = json!({"type": "Feature", "stac_version": "1.0.0",
        "properties": {"license": "MIT", "kfm:access_level": "public"}});
    let statement = json!({"_type": "https://in-toto.io/Statement/v1", "predicateType": "x", "predicate": predicate});
    assert_eq!(
        told(&read(DocumentKind::Stac, &statement)),
        [
            "licence \"MIT\" /predicate/properties/license",
            "sensitivity \"public\" /predicate/properties/kfm:access_level",
        ]
    );
}

#[test]
fn too_many_different_labels_are_a_label_that_nothing_resolves() {
    let items: Vec<Value> = (0..1500).map(|number| json!({"kfm:sensitivity": format!("label {number}")})).collect();
    let claims = read(DocumentKind::Unknown, &json!(items));
    assert_eq!(claims.len(), 1001);
    assert_eq!((claims[1000].rank, claims[1000].listed), (None, true));
    assert_eq!(claims[1000].pointer, "/1000/kfm:sensitivity");
}
