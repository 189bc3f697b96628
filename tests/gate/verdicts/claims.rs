//! Who may say what: a claim satisfies only where it is said of the subject, and a refusal is heard in every spelling.

use serde_json::{Value, json};

use crate::support::artifact::{Artifact, BUNDLE, Layer, bundle, document, statement};
use crate::support::documents::{
    METADATA, PROVENANCE, Part, SBOM, STAC, care, data_digest, holding, licensed, provenance_layers, release,
    sbom_layers, signed_without, stac, stranger,
};
use crate::support::gate::{Gate, Outcome};

const SCAN: &str = "https://example.org/scan/v1";

/// The gate with the release key for what it signs, and with the stranger's for statements of one type alone.
fn gate(artifact: &Artifact, permitted: &str) -> Gate {
    let gate = Gate::on(artifact).bare_arguments().with(&["--as", crate::support::documents::REPOSITORY]);
    let gate = gate.with(&["--now", "2026-11-24T00:00:00Z"]);
    gate.file("release.pub", release().public_pem().as_bytes());
    gate.file("scanner.pub", stranger().public_pem().as_bytes());
    gate.config(&format!(
        "[[trust.signer]]\nname = \"release\"\nkey = \"release.pub\"\n\
         predicate_types = [\"https://sigstore.dev/cosign/sign/v1\"]\n\
         [[trust.signer]]\nname = \"scanner\"\nkey = \"scanner.pub\"\npredicate_types = [\"{permitted}\"]\n"
    ))
}

/// A subject signed by the release key, with a statement by the other one.
fn attested(left_out: &[Part], predicate_type: &str, predicate: &Value, beside: &Value) -> Artifact {
    let (mut artifact, subject) = signed_without(left_out);
    let mut statement = statement(&[&subject], predicate_type, predicate.clone());
    statement.as_object_mut().unwrap().extend(beside.as_object().unwrap().clone());
    artifact.attach_bundle(&subject, bundle(&stranger(), &statement));
    artifact
}

fn label(level: &str) -> Value {
    json!({"kfm:access_level": level})
}

#[test]
fn h2_what_stands_beside_a_predicate_or_in_one_of_another_class_satisfies_nothing() {
    let dataset = |more: Value| {
        let mut record = json!({"@type": "dcat:Dataset", "dct:license": "CC-BY-4.0"});
        record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        record
    };
    for said in [label("public"), dataset(label("public")), json!({"properties": label("public")})] {
        for (predicate, beside) in [(json!({"ok": true}), said.clone()), (said.clone(), json!({}))] {
            let artifact = attested(&[Part::Metadata], SCAN, &predicate, &beside);
            let outcome = gate(&artifact, SCAN).run();
            outcome.assert(
                &said.to_string(),
                1,
                &["fail sensitivity.absent", "proven linked_by=subject + https://example.org/scan/v1"],
            );
        }
    }
    let (mut artifact, subject) = crate::support::documents::annotated(json!({}));
    let mut item = stac("restricted");
    item["properties"].as_object_mut().unwrap().remove("license");
    artifact.attach(&subject, METADATA, vec![document("item.json", "application/geo+json", &item)]);
    artifact.sign(&release(), &subject);
    for said in [json!({"care": care()}), dataset(json!({"care": care()})), json!({"kfm:care": [care()]})] {
        for (predicate, beside) in [(json!({"ok": true}), said.clone()), (said.clone(), json!({}))] {
            let mut artifact = artifact.clone();
            let mut statement = statement(&[&subject], SCAN, predicate);
            statement.as_object_mut().unwrap().extend(beside.as_object().unwrap().clone());
            artifact.attach_bundle(&subject, bundle(&stranger(), &statement));
            let outcome = gate(&artifact, SCAN).run();
            outcome.assert(&said.to_string(), 1, &["fail care.absent", "fail licence.absent"]);
        }
    }
}

#[test]
fn h2_beside_a_predicate_of_a_known_kind_claims_only_raise() {
    // In the predicate the same word counts.
    let good = attested(&[Part::Metadata], STAC, &stac("public"), &json!({}));
    gate(&good, STAC).run().assert("within", 0, &["PASS"]);
    let mut bare_item = stac("public");
    bare_item["properties"].as_object_mut().unwrap().remove("kfm:access_level");
    let aside = attested(&[Part::Metadata], STAC, &bare_item, &label("public"));
    gate(&aside, STAC).run().assert("beside", 1, &["fail sensitivity.absent"]);
    let high = attested(&[Part::Metadata], STAC, &stac("public"), &label("restricted"));
    gate(&high, STAC).run().assert("raised", 1, &["fail care.absent pointer=/kfm:access_level"]);
    let around =
        attested(&[Part::Metadata], STAC, &json!({"Data": stac("public"), "care": {"status": "denied"}}), &json!({}));
    gate(&around, STAC).run().assert("beside Data", 1, &["fail care.not_approved denied + pointer=/predicate/care"]);
    // Whoever signed it, and also where it does not count.
    for (case, permitted) in [("counts", STAC), ("refused", SCAN)] {
        let refused = attested(&[], STAC, &stac("public"), &json!({"kfm:care": {"status": "denied"}}));
        gate(&refused, permitted).run().assert(case, 1, &["fail care.not_approved denied + pointer=/kfm:care"]);
    }
}

/// A complete artifact with one more document that nobody signed.
fn with_document(content: &Value) -> Outcome {
    let (mut artifact, subject) = signed_without(&[]);
    let layer = document("note.json", "application/ld+json", content);
    artifact.attach(&subject, "application/vnd.example.note", vec![layer]);
    Gate::on(&artifact).run()
}

#[test]
fn m1_a_refusal_is_heard_in_every_form_of_json_ld() {
    const NS: &str = "https://kfm.dev/ns#";
    let care = format!("{NS}care");
    let status = format!("{NS}status");
    for content in [
        json!({"care": {"status": "denied"}}),
        json!({"care": {"status": [{"@value": "denied"}]}}),
        json!({"care": {"status": [["denied"]]}}),
        json!({"care": {"status": {"@set": ["denied"]}}}),
        json!({"care": {"status": {"@list": [{"@value": "denied"}]}}}),
        json!({"care": {"status": {"@set": [{"@list": [["denied"]]}]}}}),
        json!({"care": {"status": {"@id": format!("{NS}denied")}}}),
        json!({"care": {"status": "kfm:denied"}}),
        json!({"care": {"status": {"$": "denied", "type": "xsd:string"}}}),
        json!({"care": {"status": {"@value": "denied", "@language": "en"}}}),
        json!({"care": {"status": {"@value": "approved", "@id": "kfm:denied"}}}),
        json!({"care": [[{"status": "denied"}]]}),
        json!({"care": [{"@value": "denied"}]}),
        json!({"care": [["denied"]]}),
        json!({"care": {"@list": [{"@set": ["denied"]}]}}),
        json!({"care": {"@id": format!("{NS}denied")}}),
        json!({"care": "kfm:denied"}),
        json!({"care": {"@value": {"status": "denied"}, "@type": "@json"}}),
        json!({"care": {"@nest": {"status": "denied"}}}),
        json!({"care": "{\"status\": \"denied\", \"status\": \"approved\"}"}),
        json!([{"@id": "urn:a", (&*care): [{(&*status): [{"@value": "denied"}]}]}]),
        json!([{"@id": "urn:a", (&*care): [{"@list": [{(&*status): [{"@id": format!("{NS}denied")}]}]}]}]),
        json!({"http://kfm.dev/ns#care": {"http://kfm.dev/ns#status": [{"@value": "denied"}]}}),
        json!({(format!("{NS}care_status")): [{"@value": "denied"}]}),
        json!({"kfm:care_status": {"@set": [["denied"]]}}),
        json!({"@graph": [{"@id": "urn:a", "kfm:care": {"@id": "_:c"}}, {"@id": "_:c", "kfm:status": "denied"}]}),
        json!({"@graph": [{"@id": "urn:a", "kfm:care": "_:c"}, {"@id": "_:c", "kfm:status": [{"@value": "denied"}]}]}),
        json!([{"@id": "urn:a", (&*care): [{"@id": "_:c"}]}, {"@id": "_:c", (&*status): [{"@value": "denied"}]}]),
        json!({"@context": {"c": NS}, "@graph": [
            {"@id": "urn:a", "c:care": [{"@id": "c:b"}]}, {"@id": format!("{NS}b"), "c:status": "denied"}]}),
        json!({"@context": {"zustand": status}, "care": {"zustand": "denied"}}),
        json!({"care": {"@context": {"zustand": status}, "zustand": "denied"}}),
        json!({"a": [{"@context": {"x": NS}, "x:care": {"x:status": {"@id": "x:denied"}}}]}),
    ] {
        with_document(&content).assert(&content.to_string(), 1, &["fail care.not_approved denied"]);
    }
}

#[test]
fn m1_a_status_that_cannot_be_understood_is_not_approved() {
    for status in [json!({"x": "denied"}), json!({"en": "denied"}), json!(5), json!(true), json!("keinesfalls")] {
        let content = json!({"care": {"status": status}});
        with_document(&content).assert(&content.to_string(), 1, &["fail care.not_approved"]);
    }
    for status in [
        json!("approved"),
        json!([{"@value": "approved"}]),
        json!({"@id": "kfm:approved"}),
        json!("draft"),
        json!("in_review"),
        json!("TBD"),
        json!(""),
        json!([]),
        json!(null),
    ] {
        let content = json!({"care": {"status": status}});
        with_document(&content).assert(&content.to_string(), 0, &["PASS"]);
    }
}

#[test]
fn m1_an_annotation_with_a_key_twice_is_read() {
    for (key, text) in [
        ("org.kfm.care", "{\"status\": \"denied\", \"status\": \"approved\"}"),
        ("org.kfm.care", "{\"status\": \"approved\", \"status\": \"denied\"}"),
        ("org.kfm.care", "{\"status\": {\"@value\": \"approved\", \"@value\": \"denied\"}}"),
        ("org.kfm.care", "[{\"@value\": \"denied\"}]"),
        ("org.kfm.care", "kfm:denied"),
        ("org.kfm.care", "{\"status\": \"denied\",}"),
        ("kfm:care_status", "kfm:denied"),
        ("kfm:care_status", "[\"denied\"]"),
    ] {
        let (mut artifact, subject) = signed_without(&[]);
        artifact.attach_annotated(&subject, "application/vnd.example.note", vec![], json!({(key): text}));
        Gate::on(&artifact).run().assert(text, 1, &["fail care.not_approved approved"]);
    }
}

#[test]
fn m1_a_signed_block_counts_in_expanded_form() {
    let ns = |name: &str| format!("https://kfm.dev/ns#{name}");
    let value = |text: &str| json!([{"@value": text}]);
    let block = json!([{
        (ns("status")): value("approved"), (ns("authority_to_control")): value("Example Nation"),
        (ns("reviewer")): value("Council"),
    }]);
    let item = |block: Value| {
        let mut item = stac("restricted");
        item["properties"]["https://kfm.dev/ns#care"] = block;
        item
    };
    let run = |item: &Value| {
        let (mut artifact, subject) = signed_without(&[Part::Metadata]);
        artifact.attest(&release(), &subject, STAC, item.clone());
        Gate::on(&artifact).run()
    };
    run(&item(block.clone())).assert("expanded", 0, &["PASS"]);
    let mut nobody = block.clone();
    nobody[0][ns("reviewer")] = value("");
    run(&item(nobody)).assert("nobody", 1, &["fail care.incomplete reviewer"]);
    let mut both = block;
    both[0][ns("status")] = json!([{"@value": "approved"}, {"@id": ns("denied")}]);
    run(&item(both)).assert("both", 1, &["fail care.not_approved denied"]);
}

#[test]
fn m2_annotations_of_refused_content_raise() {
    let (whole, subject) = signed_without(&[]);
    let foreign = serde_json::to_vec(&bundle(&stranger(), &statement(&[&subject], SCAN, json!({})))).unwrap();
    let elsewhere = statement(&[&data_digest().replace('1', "2")], SCAN, json!({}));
    let layers = || {
        [
            ("a stranger's bundle", BUNDLE, foreign.clone()),
            ("a malformed bundle", BUNDLE, b"{\"x\": 1}".to_vec()),
            ("no JSON", METADATA, b"{".to_vec()),
            ("a key twice", "application/json", b"{\"a\": 1, \"a\": 2}".to_vec()),
            ("about another subject", "application/vnd.in-toto+json", serde_json::to_vec(&elsewhere).unwrap()),
        ]
    };
    for (case, media_type, bytes) in layers() {
        for (key, text, reason) in [
            ("kfm:care_status", "denied", "fail care.not_approved denied"),
            ("org.kfm.care", "{\"status\": \"denied\"}", "fail care.not_approved denied"),
            ("kfm:access_level", "restricted", "fail care.absent"),
            ("kfm:access_level", "who knows", "fail sensitivity.unresolved who knows"),
            ("kfm:care_authority", "Example Nation", "fail care.absent"),
        ] {
            let mut artifact = whole.clone();
            let layer = Layer("x.json", media_type, bytes.clone());
            artifact.attach_annotated(&subject, media_type, vec![layer], json!({(key): text}));
            Gate::on(&artifact).run().assert(&format!("{case}: {key}"), 1, &[reason]);
        }
    }
    // They satisfy nothing.
    let (mut artifact, subject) = signed_without(&[Part::Metadata]);
    let layer = Layer("", BUNDLE, foreign.clone());
    artifact.attach_annotated(&subject, BUNDLE, vec![layer], json!({"kfm:access_level": "public"}));
    Gate::on(&artifact).run().assert("public", 1, &["fail sensitivity.absent"]);
}

#[test]
fn m3_one_layer_under_two_names_is_read_as_what_it_may_be() {
    let item = serde_json::to_vec(&stac("sacred")).unwrap();
    let data = || Layer("soils.bin", "application/octet-stream", item.clone());
    let metadata = || Layer("item.json", "application/geo+json", item.clone());
    for layers in [vec![data(), metadata()], vec![metadata(), data()]] {
        Gate::on(&holding(layers, &[]).0).run().assert("own layers", 1, &["fail care.absent name=item.json"]);
    }
    // What no word in it tells, the type does.
    let note = serde_json::to_vec(&json!({"kfm:access_level": "sacred"})).unwrap();
    let plain = Layer("a.json", "application/json", note.clone());
    let typed = Layer("b.json", "application/vnd.kfm.metadata.stac.v1+json", note);
    Gate::on(&holding(vec![plain, typed], &[]).0).run().assert("by its type", 1, &["fail care.absent sacred"]);
    let (whole, subject) = signed_without(&[]);
    for first in [BUNDLE, "application/vnd.dev.cosign.simplesigning.v1+json", "application/octet-stream"] {
        let mut artifact = whole.clone();
        let layers = vec![Layer("x", first, item.clone()), metadata()];
        artifact.attach(&subject, "application/vnd.example.note", layers);
        Gate::on(&artifact).run().assert(first, 1, &["fail care.absent sacred"]);
    }
}

#[test]
fn l6_a_reference_that_names_no_licence_is_none() {
    for licence in [
        "DocumentRef-x:LicenseRef-NONE",
        "LicenseRef-",
        "LicenseRef-NOASSERTION",
        "DocumentRef-:LicenseRef-a",
        "LicenseRef-none",
        "LicenseRef-No-Assertion",
        "DocumentRef-x:LicenseRef-",
        "MIT OR LicenseRef-unknown",
    ] {
        let (mut artifact, subject) = licensed(licence);
        artifact.attach(&subject, PROVENANCE, provenance_layers(&subject));
        artifact.attach(&subject, SBOM, sbom_layers(&data_digest()));
        artifact.attach(&subject, METADATA, crate::support::documents::metadata_layers("public"));
        artifact.sign(&release(), &subject);
        Gate::on(&artifact).run().assert(licence, 1, &[&format!("fail licence.not_spdx {licence}")]);
    }
}

#[test]
fn a_label_under_a_long_key_is_not_said_of_the_subject() {
    let mut item = stac("public");
    let label = item["properties"].as_object_mut().unwrap().remove("kfm:access_level").unwrap();
    let long = "x".repeat(1100);
    for key in [long.clone(), format!("{long}:care"), format!("{long}/kfm:access_level")] {
        let mut item = item.clone();
        item["properties"][&key] = json!({"kfm:access_level": label, "quoted": {"kfm:access_level": label}});
        let (mut artifact, subject) = signed_without(&[Part::Metadata]);
        artifact.attest(&release(), &subject, STAC, item);
        Gate::on(&artifact).run().assert("long", 1, &["fail sensitivity.absent"]);
    }
}
