//! Licences: what near misses mean, and what licences of inputs permit.

use serde_json::{Value, json};

use crate::support::artifact::{Artifact, Layer, document, pretty};
use crate::support::documents::{
    METADATA, PROVENANCE, Part, RUN, SBOM, attach_all_but, cyclonedx, data_digest, licensed, prov, release,
    run_manifest, stac,
};
use crate::support::gate::{Gate, Outcome};

/// Where the subject's manifest states it.
const LICENCE: &str = "/annotations/org.opencontainers.image.licenses";

/// A signed subject under this licence with all documents but these, and one more.
fn artifact(
    licence: &str,
    left_out: Part,
    more: impl Fn(&str) -> (&'static str, Layer<'static>),
    signed: bool,
) -> Artifact {
    let (mut artifact, subject) = licensed(licence);
    attach_all_but(&mut artifact, &subject, &[left_out, Part::Metadata]);
    let mut item = stac("public");
    item["properties"]["license"] = json!(licence);
    item["properties"]["attribution"] = json!("Soils by the Example Survey");
    artifact.attach(&subject, METADATA, vec![document("item.json", "application/geo+json", &item)]);
    let (artifact_type, layer) = more(&subject);
    let referrer = artifact.attach(&subject, artifact_type, vec![layer]);
    if signed {
        artifact.sign(&release(), &referrer);
    }
    artifact.sign(&release(), &subject);
    artifact
}

/// PROV whose used entity is under this licence.
fn used(licence: &Value, subject: &str) -> (&'static str, Layer<'static>) {
    let mut made = prov(subject);
    made["@graph"][1]["dct:license"] = licence.clone();
    made["@graph"][0].as_object_mut().unwrap().remove("dct:license");
    (PROVENANCE, document("prov.jsonld", "application/ld+json", &made))
}

fn with_input(from: &Value, to: &str, signed: bool) -> Outcome {
    Gate::on(&artifact(to, Part::Provenance, |subject| used(from, subject), signed)).run()
}

#[test]
fn near_misses_are_refused_and_say_what_is_meant() {
    for (text, meant) in [
        ("CC-BY 4.0", "CC-BY-4.0"),
        ("CC BY-NC 4.0", "CC-BY-NC-4.0"),
        ("Public-Domain", "CC0-1.0"),
        ("GPL 2.0", "GPL-2.0-only"),
        ("The MIT License", "MIT"),
        ("SEE_SOURCE", ""),
        ("all rights reserved", ""),
    ] {
        let (mut artifact, subject) = licensed(text);
        attach_all_but(&mut artifact, &subject, &[]);
        artifact.sign(&release(), &subject);
        Gate::on(&artifact).run().assert(text, 1, &[&format!("fail licence.not_spdx {text} + {meant}")]);
    }
}

/// Order, brackets, case, and the deprecated and the current identifier of one licence.
#[test]
fn one_licence_in_two_spellings_is_no_disagreement() {
    let judge = |said: &str, catalogued: &str| {
        let (mut artifact, subject) = licensed(said);
        attach_all_but(&mut artifact, &subject, &[Part::Metadata]);
        let mut item = stac("public");
        item["properties"]["license"] = json!(catalogued);
        let referrer = artifact.attach(&subject, METADATA, vec![document("item.json", "application/geo+json", &item)]);
        artifact.sign(&release(), &referrer);
        artifact.sign(&release(), &subject);
        Gate::on(&artifact).run()
    };
    for (said, catalogued) in [
        ("cc-by-4.0", "CC-BY-4.0"),
        ("MIT OR Apache-2.0", "(Apache-2.0) or (mit)"),
        ("GPL-2.0", "GPL-2.0-only"),
        ("GPL-3.0-or-later", "gpl-3.0+"),
        ("MIT AND (ISC OR 0BSD)", "(0BSD OR ISC) AND MIT"),
    ] {
        let outcome = judge(said, catalogued);
        assert!(!outcome.has("fail licence"), "{said} / {catalogued}: {}", outcome.out);
    }
    for (said, catalogued) in [("GPL-2.0", "GPL-2.0+"), ("MIT OR ISC", "MIT AND ISC"), ("Apache-2.0", "Apache-2.0+")] {
        judge(said, catalogued).assert("another", 1, &[&format!("fail licence.disagreement {said} + {catalogued}")]);
    }
}

#[test]
fn what_an_input_does_not_permit_fails_and_points_into_both() {
    for (from, to, why) in [
        ("ODbL-1.0", "CC-BY-4.0", "fail input_licences.not_permitted"),
        ("CC-BY-SA-4.0", "CC-BY-4.0", "fail input_licences.not_permitted"),
        ("CC-BY-NC-4.0", "CC-BY-4.0", "fail input_licences.not_permitted"),
        ("CC-BY-ND-4.0", "CC-BY-4.0", "fail input_licences.not_permitted"),
        ("CC-BY-NC-ND-4.0", "CC-BY-NC-ND-4.0", "fail input_licences.not_permitted"),
        ("CC-BY-4.0", "CC0-1.0", "fail input_licences.not_permitted"),
        ("https://creativecommons.org/licenses/by-sa/4.0/", "CC-BY-4.0", "fail input_licences.not_permitted"),
        ("CC-BY-SA-4.0 AND LicenseRef-x", "CC-BY-4.0", "fail input_licences.not_permitted"),
        ("GPL-3.0-only AND CC-BY-SA-4.0", "CC-BY-4.0", "fail input_licences.not_permitted"),
    ] {
        for signed in [true, false] {
            let outcome = with_input(&json!(from), to, signed);
            let case = format!("{from} to {to}, {signed}");
            outcome.assert(&case, 1, &[&format!("{why} name=prov.jsonld + /@graph/1/dct:license + {LICENCE}")]);
            assert_eq!(outcome.out.matches("  FAIL  ").count(), 1, "{case}\n{}", outcome.out);
        }
    }
}

#[test]
fn what_all_inputs_permit_passes() {
    for (from, to) in [
        ("CC0-1.0", "CC-BY-4.0"),
        ("CC-BY-4.0", "CC-BY-4.0"),
        ("CC-BY-4.0", "MIT"),
        ("ODbL-1.0", "ODbL-1.0"),
        ("CC-BY-SA-3.0", "CC-BY-SA-4.0"),
        ("CC-BY-NC-4.0", "CC-BY-NC-SA-4.0"),
        ("CC-BY-NC-4.0 OR CC-BY-4.0", "CC-BY-4.0"),
    ] {
        let outcome = with_input(&json!(from), to, true);
        outcome.assert(&format!("{from} to {to}"), 0, &["PASS"]);
        assert!(!outcome.has("warn input_licences"), "{}", outcome.out);
    }
}

#[test]
fn what_cannot_be_compared_is_told() {
    for (from, reason) in [
        ("GPL-3.0-only", "warn input_licences.not_permitted"),
        ("LicenseRef-own", "warn input_licences.unknown_licence"),
        ("CC-BY 4.0", "warn input_licences.unknown_licence"),
        ("NOASSERTION", "warn input_licences.unknown_licence"),
    ] {
        with_input(&json!(from), "CC-BY-4.0", true).assert(from, 0, &[reason]);
    }
}

#[test]
fn more_alternatives_than_are_told_permit_nothing() {
    let many = ["(MIT OR CC0-1.0)"; 7].join(" AND ");
    let reason = "undecided input_licences.too_many_alternatives";
    with_input(&json!("CC-BY-NC-SA-4.0"), &many, true).assert("of the subject", 3, &[reason]);
    with_input(&json!(many), "CC-BY-4.0", true).assert("of the input", 3, &[reason]);
}

#[test]
fn what_is_unsigned_names_nobody_where_metadata_is_signed() {
    let judge = |note: bool| {
        let (mut artifact, subject) = licensed("CC-BY-4.0");
        attach_all_but(&mut artifact, &subject, &[Part::Provenance, Part::Metadata]);
        let (artifact_type, layer) = used(&json!("CC-BY-4.0"), &subject);
        artifact.attach(&subject, artifact_type, vec![layer]);
        let item = document("item.json", "application/geo+json", &stac("public"));
        let referrer = artifact.attach(&subject, METADATA, vec![item]);
        artifact.sign(&release(), &referrer);
        artifact.sign(&release(), &subject);
        if note {
            let layer = document("note.json", "application/json", &json!({"attribution": "x"}));
            artifact.attach(&subject, "application/vnd.example.note.v1+json", vec![layer]);
        }
        let gate = Gate::on(&artifact);
        let data = gate.file("data.json", &pretty(&json!({"config": {"licence": {"require_notice": true}}})));
        gate.with(&["--data", data.to_str().unwrap()]).run()
    };
    let reason = "fail input_licences.attribution";
    judge(false).assert("nobody", 1, &[reason]);
    judge(true).assert("an unsigned note", 1, &[reason]);
}

#[test]
fn inputs_of_runs_and_sources_of_catalogues_count_too() {
    let run = |_: &str| {
        let mut run = run_manifest();
        run["inputs"][0]["license"] = json!("CC-BY-NC-4.0");
        (RUN, document("run_manifest.json", "application/json", &run))
    };
    let outcome = Gate::on(&artifact("CC-BY-4.0", Part::RunManifest, run, true)).run();
    outcome.assert(
        "run manifest",
        1,
        &["fail input_licences.not_permitted name=run_manifest.json + pointer=/inputs/0/license"],
    );
    let source = |_: &str| {
        let mut item = stac("public");
        item["links"] = json!([{"rel": "derived_from", "href": "https://example.org/osm.json", "license": "ODbL-1.0"}]);
        (METADATA, document("derived.json", "application/geo+json", &item))
    };
    let outcome = Gate::on(&artifact("CC-BY-4.0", Part::Metadata, source, true)).run();
    outcome.assert("STAC", 1, &["fail input_licences.not_permitted name=derived.json + pointer=/links/0/license"]);
}

#[test]
fn what_a_model_was_trained_on_and_derived_from_counts_too() {
    let list = |stated: &Value| stated.as_array().cloned().unwrap_or_default();
    let model = |parts: Value| {
        let model = move |_: &str| {
            let mut sbom = cyclonedx(&data_digest());
            let component = &mut sbom["metadata"]["component"];
            component["type"] = json!("machine-learning-model");
            component["modelCard"] = json!({"modelParameters": {"datasets": list(&parts["datasets"])}});
            component["pedigree"] = json!({"ancestors": list(&parts["ancestors"])});
            // So many that the list stays in the text.
            let mut components: Vec<Value> =
                (0..150).map(|number| json!({"type": "library", "name": format!("library-{number}")})).collect();
            components.push(
                json!({"type": "data", "name": "osm.csv", "bom-ref": "osm", "licenses": list(&parts["licenses"])}),
            );
            sbom["components"] = components.into();
            (SBOM, document("bom.json", "application/vnd.cyclonedx+json", &sbom))
        };
        Gate::on(&artifact("CC-BY-4.0", Part::Sbom, model, true)).run()
    };
    let by_id = |id: &str| json!([{"license": {"id": id}}]);
    let referred = json!([{"ref": "osm"}]);
    model(json!({"datasets": referred, "licenses": by_id("CC-BY-NC-4.0")})).assert(
        "by its reference",
        1,
        &["fail input_licences.not_permitted name=bom.json + pointer=/components/150/licenses/0/license/id"],
    );
    let ancestor =
        json!([{"type": "machine-learning-model", "name": "base", "licenses": [{"expression": "CC-BY-SA-4.0"}]}]);
    model(json!({"ancestors": ancestor})).assert(
        "an ancestor",
        1,
        &["fail input_licences.not_permitted /metadata/component/pedigree/ancestors/0"],
    );
    // What it merely contains is none of what it was made from.
    model(json!({"licenses": by_id("CC-BY-NC-4.0")})).assert("a component", 0, &["PASS"]);
    model(json!({"datasets": referred, "licenses": by_id("CC0-1.0")})).assert("permitted", 0, &["PASS"]);
    let huge = json!([{"license": {"id": "CC0-1.0", "text": {"content": "x".repeat(70_000)}}}]);
    model(json!({"datasets": referred, "licenses": huge})).assert("too long", 1, &["fail sbom.too_many"]);
    model(json!({"datasets": [{"name": "untyped"}]})).assert(
        "a data set without a type",
        1,
        &["fail sbom.missing /datasets/0"],
    );
}

#[test]
fn makers_have_to_be_named_where_the_licence_demands_it() {
    let (mut artifact, subject) = licensed("CC-BY-4.0");
    attach_all_but(&mut artifact, &subject, &[Part::Provenance]);
    let (artifact_type, layer) = used(&json!("CC-BY-4.0"), &subject);
    artifact.attach(&subject, artifact_type, vec![layer]);
    artifact.sign(&release(), &subject);
    let reason = "input_licences.attribution urn:example:source + CC-BY-4.0";
    Gate::on(&artifact).run().assert("told", 0, &[&format!("warn {reason}")]);
    let gate = Gate::on(&artifact);
    let data = gate.file("data.json", &pretty(&json!({"config": {"licence": {"require_notice": true}}})));
    gate.with(&["--data", data.to_str().unwrap()]).run().assert("demanded", 1, &[&format!("fail {reason}")]);
}

#[test]
fn the_table_is_data_with_a_schema() {
    let artifact = artifact("CC-BY-4.0", Part::Provenance, |subject| used(&json!("LicenseRef-own"), subject), true);
    let run = |terms: Value| {
        let gate = Gate::on(&artifact);
        let data = gate.file("data.json", &pretty(&json!({"config": {"licences": {"terms": terms}}})));
        gate.with(&["--data", data.to_str().unwrap()]).run()
    };
    let term = json!({"title": "own", "inputs": ["LicenseRef-own"], "outputs": [], "effect": "deny", "notice": false, "why": "it is ours"});
    run(json!([term])).assert("own", 1, &["fail input_licences.not_permitted"]);
    let mut wrong = term;
    wrong["effect"] = json!("shrug");
    run(json!([wrong])).assert("wrong", 2, &["data.config.licences/terms/0/effect", "`deny`", "`warn`"]);
}
