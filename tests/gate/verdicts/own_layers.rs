//! Documents among the subject's own layers: content, which a signature of the subject proves.

use serde_json::{Value, json};

use crate::support::artifact::{Layer, document, hex};
use crate::support::documents::{Part, care, data_digest, holding, prov, run_manifest, spdx, stac};
use crate::support::gate::{Gate, Outcome};
use crate::support::rows;

fn item(edit: impl FnOnce(&mut Value)) -> Layer<'static> {
    let mut item = stac("public");
    edit(&mut item);
    document("stac/item.json", "application/geo+json", &item)
}

fn run(layers: Vec<Layer<'_>>, left_out: &[Part]) -> Outcome {
    Gate::on(&holding(layers, left_out).0).run()
}

/// Asserts that a layer of the subject is evidence of this kind, name and standing.
#[track_caller]
fn assert_own(outcome: &Outcome, case: &str, standing: &str, what: &str, name: &str) {
    let row = format!("{standing} linked_by=own layer + what={what} + name={name}");
    assert!(outcome.has(&row), "{case}: expected {row:?} in {:#?}", outcome.list("evidence"));
    assert!(rows::has_line(&outcome.out, &format!("    {standing}"), &[what, name]), "{case}: {}", outcome.out);
}

#[test]
fn metadata_in_a_layer_is_proven_by_the_signature_of_the_subject() {
    let outcome = run(vec![item(|_| {})], &[Part::Metadata]);
    outcome.assert("own", 0, &["PASS"]);
    assert_own(&outcome, "own", "proven", "stac", "stac/item.json");
    for warning in ["warn sensitivity.unsigned", "warn licence.unsigned"] {
        assert!(!outcome.has(warning), "{}", outcome.out);
    }
    run(vec![], &[Part::Metadata]).assert("none", 1, &["fail sensitivity.absent"]);
    let gate = Gate::on(&holding(vec![item(|_| {})], &[Part::Metadata]).0).config("require_proven = [\"metadata\"]\n");
    gate.run().assert("demanded", 0, &["PASS"]);
}

#[test]
fn without_a_signature_it_proves_nothing() {
    let outcome = Gate::untrusting(&holding(vec![item(|_| {})], &[Part::Metadata]).0).run();
    outcome.assert("nobody trusted", 3, &["warn sensitivity.unsigned", "undecided signature.unchecked"]);
    assert_own(&outcome, "nobody trusted", "attached", "stac", "stac/item.json");
}

#[test]
fn what_it_says_counts_like_any_other() {
    let restricted = |item: &mut Value| item["properties"]["kfm:access_level"] = json!("restricted");
    let outcome = run(vec![item(restricted)], &[]);
    outcome.assert("restricted", 1, &["fail care.absent stac/item.json"]);
    let released = |item: &mut Value| {
        restricted(item);
        item["properties"]["care"] = care();
    };
    run(vec![item(released)], &[Part::Metadata]).assert("released", 0, &["PASS"]);
    let other = |item: &mut Value| item["properties"]["license"] = json!("CC0-1.0");
    let outcome = run(vec![item(other)], &[]);
    outcome.assert("licence", 1, &["fail licence.disagreement CC0-1.0 + stac/item.json"]);
    let size = |item: &mut Value| item["assets"] = json!({"data": {"href": "./soils.pmtiles", "file:size": 7}});
    let outcome = run(vec![item(size)], &[]);
    outcome.assert("size", 1, &["fail agreement.disagreement stac/item.json + /assets/data/file:size"]);
}

#[test]
fn provenance_in_a_layer_names_the_other_layers() {
    let layers = |digest: &str| {
        let mut run = run_manifest();
        run["outputs"][0]["sha256"] = json!(hex(digest));
        vec![
            document("prov.jsonld", "application/ld+json", &prov(digest)),
            document("run_manifest.json", "application/json", &run),
            document("sbom.spdx.json", "application/spdx+json", &spdx(digest)),
        ]
    };
    let left_out = [Part::Provenance, Part::RunManifest, Part::Sbom];
    let outcome = run(layers(&data_digest()), &left_out);
    outcome.assert("ours", 0, &["warn provenance.bound_by_layers"]);
    assert_own(&outcome, "ours", "proven", "prov", "prov.jsonld");
    assert_own(&outcome, "ours", "proven", "spdx", "sbom.spdx.json");
    // Of other bytes it is content like any other: it neither serves nor stands in the way.
    let other = format!("sha256:{}", "cd".repeat(32));
    run(layers(&other), &left_out).assert("alone", 1, &["fail provenance.absent", "fail sbom.absent"]);
    run(layers(&other), &[]).assert("beside attached ones", 0, &["PASS"]);
}

#[test]
fn who_signed_the_subject_proves_only_what_it_may_sign() {
    let release = |types: &str| {
        format!("[[trust.signer]]\nname = \"release\"\nkey = \"release.pub\"\npredicate_types = [{types}]\n")
    };
    let builder = "[[trust.signer]]\nname = \"builder\"\nkey = \"builder.pub\"\n\
                   predicate_types = [\"https://www.w3.org/ns/prov\"]\n";
    let judged = |config: &str, layer: Layer<'_>, left_out: Part| {
        let gate = Gate::on(&holding(vec![layer], &[left_out]).0).bare_arguments();
        gate.file("release.pub", crate::support::documents::release().public_pem().as_bytes());
        gate.file("builder.pub", crate::support::documents::stranger().public_pem().as_bytes());
        gate.config(config).run()
    };
    let sign = "\"https://sigstore.dev/cosign/sign/v1\"";
    let layer = || document("prov.jsonld", "application/ld+json", &prov(&data_digest()));
    let apart = release(sign) + builder;
    let outcome = judged(&apart, layer(), Part::Provenance);
    outcome.assert("provenance", 1, &["fail provenance.absent"]);
    assert_own(&outcome, "provenance", "attached", "prov", "prov.jsonld");
    let both = release(&format!("{sign}, \"https://www.w3.org/ns/prov\"")) + builder;
    let outcome = judged(&both, layer(), Part::Provenance);
    outcome.assert("permitted", 0, &["PASS"]);
    assert_own(&outcome, "permitted", "proven", "prov", "prov.jsonld");
    let restricted = || {
        item(|item| {
            item["properties"]["kfm:access_level"] = json!("restricted");
            item["properties"]["care"] = care();
        })
    };
    let outcome = judged(&release(sign), restricted(), Part::Metadata);
    outcome.assert("CARE", 3, &["undecided care.unsigned"]);
    assert_own(&outcome, "CARE", "attached", "stac", "stac/item.json");
}

#[test]
fn whoever_deletes_it_makes_nothing_pass() {
    let layers = [
        (document("item.json", "application/geo+json", &stac("restricted")), 3),
        (document("a", "application/vnd.kfm.metadata.stac.v1+json", &stac("restricted")), 3),
        (Layer("soils.geojson", "application/geo+json", b"{}".to_vec()), 0),
    ];
    for (layer, expected) in layers {
        let (case, digest) = (layer.0.to_owned(), ocigate::oci::Digest::sha256(&layer.2).to_string());
        let mut artifact = holding(vec![layer], &[]).0;
        artifact.blobs.remove(&digest).unwrap();
        let outcome = Gate::on(&artifact).run();
        let gap = format!("gap gap.absent {digest}");
        let rows = if expected == 0 { &["PASS"] as &[_] } else { &["UNDECIDED", &gap] };
        outcome.assert(&case, expected, rows);
    }
}

#[test]
fn what_is_not_read_may_be_a_document() {
    let restricted = || item(|item| item["properties"]["kfm:access_level"] = json!("restricted"));
    let titles: Vec<String> = (0..64).map(|number| format!("a{number}.json")).collect();
    let files = titles.iter().enumerate();
    let mut many: Vec<Layer<'_>> =
        files.map(|(number, title)| Layer(title, "application/json", format!("[{number}]").into_bytes())).collect();
    many.push(restricted());
    // What is named as a document is read before the rest, of which what is not read is data.
    let outcome = run(many, &[]);
    outcome.assert("many", 1, &["fail care.absent restricted + stac/item.json"]);
    let titles: Vec<String> = (0..65).map(|number| format!("metadata-{number}.json")).collect();
    let documents = titles.iter().map(|title| Layer(title, "application/json", title.clone().into_bytes())).collect();
    run(documents, &[]).assert("many documents", 3, &["UNDECIDED", "gap gap.limit"]);
    let mut large = restricted();
    large.2.resize(5 << 20, b' ');
    run(vec![large], &[]).assert("large", 3, &["UNDECIDED", "gap gap.limit"]);
    let mut twice = String::from_utf8(restricted().2).unwrap();
    twice.insert_str(1, "\"id\": \"x\", ");
    let twice = Layer("stac/item.json", "application/geo+json", twice.into_bytes());
    run(vec![twice], &[]).assert("duplicate key", 3, &["UNDECIDED", "gap gap.malformed"]);
}

#[test]
fn data_is_not_taken_for_a_document() {
    let layers = || {
        vec![
            Layer("features.json", "application/json", b"{\"type\": \"FeatureCollection\", \"features\": []}".to_vec()),
            Layer("broken.json", "application/vnd.acme.grid+json", b"{\"z\": NaN}".to_vec()),
            Layer("cells.json", "application/json", b"{\"z\": NaN, \"z\": 1}".to_vec()),
            Layer("soils.json", "application/vnd.oci.image.layer.v1.tar", vec![b' '; 5 << 20]),
            Layer("item.geojson", "application/geo+json", serde_json::to_vec(&stac("sacred")).unwrap()),
            Layer(
                "large.json",
                "application/geo+json",
                serde_json::to_vec(&json!({"data": "x".repeat(5 << 20)})).unwrap(),
            ),
        ]
    };
    let outcome = run(layers(), &[]);
    outcome.assert("data", 0, &["PASS"]);
    let rows = outcome.list("evidence");
    assert!(rows.iter().all(|row| row["linked_by"] != "own layer"), "{rows:#?}");
    let declared = Layer("large", "application/vnd.kfm.metadata.stac.v1+json", vec![b' '; 5 << 20]);
    run(vec![declared], &[]).assert("declared", 3, &["UNDECIDED", "gap gap.limit"]);
    let many = (0..17).map(|_| item(|item| item["id"] = json!("many")));
    run(many.collect(), &[Part::Metadata]).assert("one layer many times", 1, &["fail layer_titles.shared_path"]);
}

#[test]
fn a_pointer_names_it_as_a_file_and_not_as_a_referrer() {
    let sbom = document("sbom.spdx.json", "application/spdx+json", &spdx(&data_digest()));
    let (artifact, subject) = holding(vec![sbom], &[Part::Sbom]);
    let gate = Gate::on(&artifact);
    let key = gate.file("release.pub", crate::support::documents::release().public_pem().as_bytes());
    let pointer = gate.layout().with_file_name("distribution.oci.json");
    let reference = format!("oci-layout:{}:v1", gate.layout().display());
    let arguments = [
        "pointer",
        "--key",
        key.to_str().unwrap(),
        "--as",
        crate::support::documents::REPOSITORY,
        "--write",
        pointer.to_str().unwrap(),
        &reference,
    ];
    crate::support::gate::ocigate(pointer.parent().unwrap(), &arguments).assert("written", 0, &[]);
    let written: Value = serde_json::from_slice(&std::fs::read(&pointer).unwrap()).unwrap();
    let oci = &written["distribution"]["oci"];
    assert_eq!(oci["referrers"].get("sbom"), None, "{written:#}");
    let paths: Vec<&str> = oci["files"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["sbom.spdx.json", "soils.pmtiles"]);
    let outcome = gate.with(&["--pointer", pointer.to_str().unwrap()]).named(&format!("@{subject}")).run();
    outcome.assert("agrees", 0, &["PASS"]);
    let findings = outcome.list("findings");
    assert!(findings.iter().all(|finding| finding["rule"] != "pointer"), "{findings:#?}");
}

#[test]
fn the_tree_shows_it_once() {
    let (artifact, _) = holding(vec![item(|_| {})], &[]);
    let gate = Gate::on(&artifact);
    let reference = format!("oci-layout:{}:v1", gate.layout().display());
    let outcome = crate::support::gate::ocigate(&gate.layout(), &["inspect", &reference]);
    outcome.assert("inspect", 0, &[]);
    assert_eq!(outcome.out.matches("stac/item.json").count(), 1, "{}", outcome.out);
}
