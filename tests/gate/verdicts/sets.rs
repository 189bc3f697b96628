//! Sets of rules: only where they are named, and printed.

use serde_json::{Value, json};

use crate::support::artifact::document;
use crate::support::documents::{complete, publish, release};
use crate::support::gate::{Gate, Outcome, ocigate};

type Documents = Vec<(&'static str, &'static str, &'static str, Value)>;

fn published(edit: impl Fn(&mut Documents)) -> Outcome {
    let (artifact, subject) = publish(edit);
    Gate::on(&artifact).by_set("kfm").named(&format!("@{subject}")).run()
}

#[test]
fn a_set_is_evaluated_only_where_it_is_named() {
    let (artifact, subject) = publish(|documents| drop(documents.remove(1)));
    let outcome = Gate::on(&artifact).run();
    outcome.assert("unasked", 0, &["PASS"]);
    assert!(!outcome.out.contains("kfm."), "{}", outcome.out);
    let named = format!("@{subject}");
    Gate::on(&artifact).by_set("kfm").named(&named).run().assert(
        "flag",
        1,
        &["fail carrier_tuple.absent", "rules (core, kfm)"],
    );
    let gate = Gate::untrusting(&artifact);
    gate.file("release.pub", release().public_pem().as_bytes());
    let config = "[rules]\nsets = [\"kfm\"]\n[[trust.signer]]\nname = \"release\"\nkey = \"release.pub\"\n";
    gate.config(config).named(&named).run().assert(
        "configuration",
        1,
        &["fail carrier_tuple.absent", "rules (core, kfm)"],
    );
    Gate::on(&artifact).with(&["--set", "mfk"]).run().assert(
        "unknown",
        2,
        &["expected a set of rules (kfm), found \"mfk\""],
    );
    let json = Gate::on(&artifact).with(&["--set", "kfm", "--output", "json"]).run();
    let report: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(report["run"]["policies"]["sets"], json!(["core", "kfm"]));
}

#[test]
fn rules_of_a_set_are_listed_and_left_out_like_others() {
    let gate = Gate::on(&complete().0);
    let folder = gate.layout();
    let listed = ocigate(&folder, &["rules", "--set", "kfm"]);
    listed.assert(
        "listed",
        0,
        &["carrier_tuple             critical  kfm", "signature                 critical  core"],
    );
    assert!(!ocigate(&folder, &["rules"]).out.contains("kfm"));
    let (artifact, subject) = publish(|documents| drop(documents.remove(1)));
    let gate =
        Gate::on(&artifact).with(&["--set", "kfm", "--disable", "kfm.carrier_tuple"]).named(&format!("@{subject}"));
    gate.run().assert("disabled", 0, &["PASS", "relaxed  the rule kfm.carrier_tuple is not evaluated (disabled)"]);
}

#[test]
fn the_founding_example_made_real_passes_without_a_warning() {
    let outcome = published(|_| {});
    outcome.assert("made real", 0, &["PASS", "The documents and the manifest agree"]);
    assert!(!outcome.out.contains("warning"), "{}", outcome.out);
}

#[test]
fn its_stubs_and_placeholders_are_refused_by_name() {
    for placeholder in
        ["REPLACE_ME", "__PIN_ME__", "SIGNATURE_DIGEST", "sha256:...", "oci://registry.example.org/a@sha256:<digest>"]
    {
        let outcome = published(|documents| documents[1].3["kfm:signature_ref"] = json!(placeholder));
        let word = placeholder.rsplit("sha256:").next().unwrap();
        outcome.assert(placeholder, 1, &["fail references_pinned.unpinned", word, "in dcat.jsonld:"]);
    }
    let outcome = published(|documents| documents[2].3 = json!({"run_id": "demo", "note": "stub"}));
    outcome.assert("stub", 1, &["fail provenance.missing"]);
    let outcome = published(|documents| documents[0].3["properties"]["license"] = json!("SEE_SOURCE"));
    outcome.assert("licence", 1, &["fail licence.not_spdx", "`SEE_SOURCE`"]);
}

#[test]
fn what_core_warns_of_the_set_refuses() {
    let (artifact, _) = publish(|_| {});
    Gate::on(&artifact).by_set("kfm").run().assert("a name", 1, &["fail subject_pinned.unpinned"]);
    type Edit = fn(&mut Documents);
    let edits: [(&str, Edit, &str); 4] = [
        (
            "input",
            |documents| drop(documents[3].3["inputs"][0].as_object_mut().unwrap().remove("sha256")),
            "inputs_pinned: expected a digest of every input",
        ),
        (
            "identifier",
            |documents| documents[1].3["dct:identifier"] = json!("soils"),
            "agreement: expected one answer for the data set id",
        ),
        (
            "reference",
            |documents| documents[3].3["image"] = json!("oci://registry.example.org/tiler:v1"),
            "references_pinned: expected a reference with a digest",
        ),
        (
            "notice",
            |documents| {
                documents[2].3["@graph"][1]["dct:license"] = json!("CC-BY-4.0");
                documents[0].3["properties"].as_object_mut().unwrap().remove("attribution");
            },
            "input_licences: the licences of inputs demand that their makers are named",
        ),
    ];
    for (case, edit, reason) in edits {
        published(edit).assert(case, 1, &[&format!("FAIL  {reason}")]);
        let (artifact, subject) = publish(edit);
        Gate::on(&artifact).named(&format!("@{subject}")).run().assert(case, 0, &["PASS"]);
    }
}

#[test]
fn a_reviewed_generalization_permits_a_lower_label() {
    let lowered = |documents: &mut Documents| documents[2].3["@graph"][1]["kfm:sensitivity"] = json!("internal");
    published(lowered).assert("no record", 1, &["fail no_downgrade.lower_rank"]);
    let reviewed = |documents: &mut Documents| {
        lowered(documents);
        documents[0].3["properties"]["kfm:geo_generalization"] =
            json!({"mode": "h3", "h3_resolution": 6, "reviewer": "Example Nation Data Council"});
    };
    published(reviewed).assert("reviewed", 0, &["PASS"]);
}

#[test]
fn an_unsigned_label_does_not_lower_what_is_demanded() {
    let lowered = |documents: &mut Documents| documents[2].3["@graph"][1]["kfm:sensitivity"] = json!("internal");
    let (mut artifact, subject) = publish(lowered);
    let note = document("note.json", "application/json", &json!({"sensitivity": "internal"}));
    artifact.attach(&subject, "application/vnd.example.note.v1+json", vec![note]);
    let outcome = Gate::on(&artifact).by_set("kfm").named(&format!("@{subject}")).run();
    outcome.assert("a note", 1, &["fail no_downgrade.lower_rank"]);
}

#[test]
fn no_notation_hides_a_part_from_the_profile() {
    type Edit = fn(&mut Documents);
    let edits: [(&str, Edit, &str); 5] = [
        (
            "inline",
            |documents| {
                let graph = documents[2].3["@graph"].as_array_mut().unwrap();
                graph[2].as_object_mut().unwrap().remove("kfm:code_ref");
                let activity = graph.remove(2);
                graph[0]["prov:wasGeneratedBy"] = activity;
            },
            "kfm.provenance_fields: expected `code_ref` in the activity",
        ),
        (
            "another name for the type",
            |documents| {
                documents[2].3["@context"]["kind"] = json!("@type");
                let activity = documents[2].3["@graph"][2].as_object_mut().unwrap();
                activity.remove("kfm:code_ref");
                let kind = activity.remove("@type").unwrap();
                activity.insert("kind".to_owned(), kind);
            },
            "kfm.provenance_fields: expected `code_ref` in the activity",
        ),
        (
            "no agent",
            |documents| drop(documents[2].3["@graph"].as_array_mut().unwrap().remove(3)),
            "kfm.provenance_fields: expected an agent in the provenance, found none",
        ),
        (
            "no data set",
            |documents| documents[1].3["@type"] = json!("dcat:Resource"),
            "kfm.catalogue_fields: expected a data set in the DCAT record, found none",
        ),
        (
            "no properties",
            |documents| drop(documents[0].3.as_object_mut().unwrap().remove("properties")),
            "kfm.catalogue_fields: expected `dataset_id`, `region`, `theme` and 3 more in the stac item",
        ),
    ];
    for (case, edit, reason) in edits {
        published(edit).assert(case, 1, &[&format!("FAIL  {reason}")]);
    }
}
