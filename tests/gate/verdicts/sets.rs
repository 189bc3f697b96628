//! Sets of rules: only where they are named, and printed.

use serde_json::{Value, json};

use crate::support::artifact::document;
use crate::support::documents::{complete, publish, release};
use crate::support::gate::{Gate, Outcome, ocigate};
use crate::support::rows;
use crate::support::rows::row;

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
    let evaluated = |outcome: &Outcome| outcome.report.as_ref().unwrap()["run"]["policies"]["sets"].clone();
    let by_flag = Gate::on(&artifact).by_set("kfm").named(&named).run();
    by_flag.assert("flag", 1, &["fail carrier_tuple.absent", "core, kfm"]);
    assert_eq!(evaluated(&by_flag), json!(["core", "kfm"]));
    let gate = Gate::untrusting(&artifact);
    gate.file("release.pub", release().public_pem().as_bytes());
    let config = "[rules]\nsets = [\"kfm\"]\n[[trust.signer]]\nname = \"release\"\nkey = \"release.pub\"\n";
    let configured = gate.config(config).named(&named).run();
    configured.assert("configuration", 1, &["fail carrier_tuple.absent", "core, kfm"]);
    assert_eq!(evaluated(&configured), json!(["core", "kfm"]));
    // What there is, and what was asked for.
    Gate::on(&artifact).with(&["--set", "mfk"]).run().assert("unknown", 2, &["kfm", "\"mfk\""]);
}

#[test]
fn rules_of_a_set_are_listed_and_left_out_like_others() {
    let gate = Gate::on(&complete().0);
    let folder = gate.layout();
    let listed = ocigate(&folder, &["rules", "--set", "kfm"]);
    listed.assert("listed", 0, &[]);
    for (rule, set) in [("carrier_tuple ", "kfm"), ("signature ", "core")] {
        assert!(rows::has_line(&listed.out, rule, &["critical", set]), "{rule}: {}", listed.out);
    }
    assert!(!ocigate(&folder, &["rules"]).out.contains("kfm"));
    let (artifact, subject) = publish(|documents| drop(documents.remove(1)));
    let gate =
        Gate::on(&artifact).with(&["--set", "kfm", "--disable", "kfm.carrier_tuple"]).named(&format!("@{subject}"));
    let outcome = gate.run();
    outcome.assert("disabled", 0, &["PASS", "relaxed relaxation.disabled_rule kfm.carrier_tuple"]);
}

#[test]
fn the_founding_example_made_real_passes_without_a_warning() {
    let outcome = published(|_| {});
    outcome.assert("made real", 0, &["PASS", "passed agreement"]);
    assert_eq!(outcome.list("findings"), Vec::<Value>::new());
    assert!(!outcome.out.contains("warning"), "{}", outcome.out);
}

#[test]
fn its_stubs_and_placeholders_are_refused_by_name() {
    for placeholder in
        ["REPLACE_ME", "__PIN_ME__", "SIGNATURE_DIGEST", "sha256:...", "oci://registry.example.org/a@sha256:<digest>"]
    {
        let outcome = published(|documents| documents[1].3["kfm:signature_ref"] = json!(placeholder));
        let reason = "fail references_pinned.unpinned";
        outcome.assert(placeholder, 1, &[&format!("{reason} {placeholder} + dcat.jsonld + /kfm:signature_ref")]);
    }
    let outcome = published(|documents| documents[2].3 = json!({"run_id": "demo", "note": "stub"}));
    outcome.assert("stub", 1, &["fail provenance.missing"]);
    let outcome = published(|documents| documents[0].3["properties"]["license"] = json!("SEE_SOURCE"));
    outcome.assert("licence", 1, &["fail licence.not_spdx SEE_SOURCE + /properties/license"]);
}

#[test]
fn what_core_warns_of_the_set_refuses() {
    let (artifact, _) = publish(|_| {});
    Gate::on(&artifact).by_set("kfm").run().assert("a name", 1, &["fail subject_pinned.unpinned"]);
    type Edit = fn(&mut Documents);
    let edits: [(&str, Edit, &str, &[&str]); 4] = [
        (
            "input",
            |documents| drop(documents[3].3["inputs"][0].as_object_mut().unwrap().remove("sha256")),
            "fail inputs_pinned.unpinned",
            &["soils.csv", "run_manifest.json", "/inputs/0"],
        ),
        (
            "identifier",
            |documents| documents[1].3["dct:identifier"] = json!("soils"),
            "fail agreement.disagreement",
            &["`soils`", "dcat.jsonld", "/dct:identifier"],
        ),
        (
            "reference",
            |documents| documents[3].3["image"] = json!("oci://registry.example.org/tiler:v1"),
            "fail references_pinned.unpinned",
            &["oci://registry.example.org/tiler:v1", "run_manifest.json", "/image"],
        ),
        (
            "notice",
            |documents| {
                documents[2].3["@graph"][1]["dct:license"] = json!("CC-BY-4.0");
                documents[0].3["properties"].as_object_mut().unwrap().remove("attribution");
            },
            "fail input_licences.attribution",
            &["soils.csv", "CC-BY-4.0", "prov.jsonld", "/@graph/1/dct:license"],
        ),
    ];
    for (case, edit, reason, data) in edits {
        let outcome = published(edit);
        outcome.assert(case, 1, &[&row(reason, data)]);
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
    let edits: [(&str, Edit, &str, &[&str]); 5] = [
        (
            "inline",
            |documents| {
                let graph = documents[2].3["@graph"].as_array_mut().unwrap();
                graph[2].as_object_mut().unwrap().remove("kfm:code_ref");
                let activity = graph.remove(2);
                graph[0]["prov:wasGeneratedBy"] = activity;
            },
            "fail provenance_fields.incomplete",
            &["`code_ref`", "prov.jsonld", "/@graph/0/prov:wasGeneratedBy"],
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
            "fail provenance_fields.incomplete",
            &["`code_ref`", "prov.jsonld", "/@graph/2"],
        ),
        (
            "no agent",
            |documents| drop(documents[2].3["@graph"].as_array_mut().unwrap().remove(3)),
            "fail provenance_fields.no_node",
            &["agent", "prov.jsonld"],
        ),
        (
            "no data set",
            |documents| documents[1].3["@type"] = json!("dcat:Resource"),
            "fail catalogue_fields.no_data_set",
            &["dcat.jsonld"],
        ),
        (
            "no properties",
            |documents| drop(documents[0].3.as_object_mut().unwrap().remove("properties")),
            "fail catalogue_fields.incomplete",
            &["`dataset_id`", "`region`", "`theme`", "item.json"],
        ),
    ];
    for (case, edit, reason, data) in edits {
        let outcome = published(edit);
        outcome.assert(case, 1, &[&row(reason, data)]);
    }
}
