//! Whoever can push must not be able to hide evidence, nor to lend a signature more than it has.

use serde_json::{Value, json};

use crate::support::artifact::{Artifact, INDEX, Layer, MANIFEST, document, pretty};
use crate::support::documents::{
    METADATA, SBOM, SPDX, bare, care, complete, data_digest, documented, metadata_layers, provenance_layers, release,
    sbom_layers, spdx, stac,
};
use crate::support::gate::{Gate, Outcome};

/// A complete subject with a label that makes CARE due. Gives the metadata's layer too.
fn restricted() -> (Artifact, String, Vec<u8>) {
    let (mut artifact, subject) = complete();
    let layers = metadata_layers("restricted");
    let bytes = layers[0].2.clone();
    artifact.attach(&subject, METADATA, layers);
    Gate::on(&artifact).run().assert("control", 1, &["fail care.absent"]);
    (artifact, subject, bytes)
}

/// Puts the last entry of `index.json` first, so that it is seen first.
fn first(artifact: &mut Artifact) {
    let last = artifact.entries.pop().unwrap();
    artifact.entries.insert(0, last);
}

#[test]
fn a_decoy_that_calls_a_layer_no_evidence_hides_nothing() {
    for decoy_first in [true, false] {
        let (mut artifact, subject, bytes) = restricted();
        artifact.attach(
            &subject,
            "application/vnd.example.decoy",
            vec![Layer("", "application/octet-stream", bytes.clone())],
        );
        if decoy_first {
            first(&mut artifact);
        }
        Gate::on(&artifact).run().assert("as a layer", 1, &["fail care.absent"]);
        let (mut artifact, subject, bytes) = restricted();
        let config = artifact.blob("application/vnd.example", bytes);
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "application/vnd.example.decoy",
            "config": config, "layers": [], "subject": artifact.descriptor(&subject),
        });
        let descriptor = artifact.manifest(&manifest);
        artifact.list(descriptor, None);
        if decoy_first {
            first(&mut artifact);
        }
        Gate::on(&artifact).run().assert("as a config", 1, &["fail care.absent"]);
    }
}

#[test]
fn a_layer_with_another_size_elsewhere_is_a_gap() {
    let (mut artifact, subject) = complete();
    let mut layer = artifact.blob("application/json", b"{\"note\": 1}".to_vec());
    layer["size"] = json!(3);
    let config = artifact.blob(crate::support::artifact::EMPTY, b"{}".to_vec());
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "application/vnd.example.note",
        "config": config, "layers": [layer], "subject": artifact.descriptor(&subject),
    });
    let descriptor = artifact.manifest(&manifest);
    artifact.list(descriptor, None);
    Gate::on(&artifact).run().assert("size", 3, &["gap gap.corrupt"]);
}

#[test]
fn a_list_that_names_an_attestation_wrongly_does_not_hide_it() {
    let (mut artifact, subject) = complete();
    let secret = json!({"sensitivity": "sacred"});
    let tag = artifact.attest_legacy(&release(), &subject, "https://example.org/labels/v1", secret);
    Gate::on(&artifact).run().assert("control", 1, &["fail care.absent"]);
    let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [artifact.descriptor(&tag)]});
    let index = artifact.manifest(&index);
    artifact.list(index, Some(&subject.replace(':', "-")));
    Gate::on(&artifact).run().assert("listed", 1, &["fail care.absent"]);
}

#[test]
fn a_tag_on_a_signed_referrer_leaves_it_signed() {
    let (mut artifact, subject) = documented();
    artifact.sign(&release(), &subject);
    let sbom =
        artifact.attach(&subject, SBOM, vec![document("b.json", "application/spdx+json", &spdx(&data_digest()))]);
    artifact.sign(&release(), &sbom);
    let descriptor = artifact.descriptor(&sbom);
    artifact.list(descriptor, Some(&format!("{}.sbom", subject.replace(':', "-"))));
    Gate::on(&artifact).config("require_proven = [\"sbom\"]\n").run().assert(
        "tagged",
        0,
        &[&format!("proven manifest={sbom} + release.pub")],
    );
}

#[test]
fn an_entry_counts_by_what_it_is_and_under_each_of_its_names() {
    let (mut artifact, _, _) = restricted();
    let last = artifact.entries.len() - 1;
    artifact.entries[last]["mediaType"] = json!("application/json");
    Gate::on(&artifact).run().assert("typed otherwise", 1, &["fail care.absent"]);

    // The fallback index under another name before its own.
    let (mut artifact, subject, _) = restricted();
    let referrer = artifact.entries.pop().unwrap();
    let index = artifact.manifest(&json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [referrer]}));
    artifact.list(index.clone(), Some("aside"));
    artifact.list(index, Some(&subject.replace(':', "-")));
    Gate::on(&artifact).run().assert("two names", 1, &["fail care.absent"]);
}

#[test]
fn a_manifest_that_lists_one_layer_a_thousand_times_holds_it_once() {
    let (mut artifact, subject) = complete();
    let layer = artifact.blob("application/json", b"{\"note\": 1}".to_vec());
    let config = artifact.blob(crate::support::artifact::EMPTY, b"{}".to_vec());
    let layers = vec![layer; 5000];
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "application/vnd.example.note",
        "config": config, "layers": layers, "subject": artifact.descriptor(&subject),
    });
    let descriptor = artifact.manifest(&manifest);
    artifact.list(descriptor, None);
    let outcome = Gate::on(&artifact).with(&["--output", "json"]).run();
    let report: Value = serde_json::from_str(&outcome.out).unwrap();
    assert_eq!(report["verdict"], "pass", "{}", outcome.out);
    assert!(report["subjects"][0]["evidence"].as_array().unwrap().len() < 20);
}

/// A restricted subject with a CARE block that a signer with these entries signed.
fn with_signed_care(entries: &str, attach: impl FnOnce(&mut Artifact, &str) -> String) -> Outcome {
    let (mut artifact, subject) = bare();
    artifact.attach(&subject, crate::support::documents::PROVENANCE, provenance_layers(&subject));
    artifact.attach(&subject, SBOM, sbom_layers(&data_digest()));
    artifact.attach(&subject, METADATA, metadata_layers("restricted"));
    artifact.sign(&release(), &subject);
    let approved = attach(&mut artifact, &subject);
    artifact.sign(&crate::support::artifact::Key::number(7), &approved);
    let gate = Gate::untrusting(&artifact);
    gate.file("release.pub", release().public_pem().as_bytes());
    gate.file("lint.pub", crate::support::artifact::Key::number(7).public_pem().as_bytes());
    let config = format!("[[trust.signer]]\nname = \"release\"\nkey = \"release.pub\"\n{entries}");
    gate.config(&config).run()
}

const LINT: &str =
    "[[trust.signer]]\nname = \"lint\"\nkey = \"lint.pub\"\npredicate_types = [\"https://example.org/lint/v1\"]\n";

fn care_in_annotations(artifact: &mut Artifact, subject: &str) -> String {
    artifact.attach_annotated(subject, "application/vnd.example.note", vec![], json!({"care": care().to_string()}))
}

fn care_in_metadata(artifact: &mut Artifact, subject: &str) -> String {
    let mut item = stac("restricted");
    item["properties"]["care"] = care();
    artifact.attach(subject, METADATA, vec![document("care.json", "application/geo+json", &item)])
}

fn care_in_statement(artifact: &mut Artifact, subject: &str) -> String {
    let statement =
        crate::support::artifact::statement(&[subject], "https://example.org/approval/v1", json!({"care": care()}));
    artifact.attach(subject, "application/vnd.example.note", vec![document("s.json", "application/json", &statement)])
}

#[test]
fn a_signer_of_one_type_vouches_for_no_other() {
    for (case, attach, code, row) in [
        ("annotations", care_in_annotations as fn(&mut Artifact, &str) -> String, 3, "undecided care.unsigned"),
        ("metadata", care_in_metadata, 3, "undecided care.unsigned"),
        ("statement", care_in_statement, 1, "fail care.absent"),
    ] {
        with_signed_care(LINT, attach).assert(case, code, &[row]);
    }
    // Whoever may sign everything vouches for all of them.
    let anything = "[[trust.signer]]\nname = \"lint\"\nkey = \"lint.pub\"\n";
    with_signed_care(anything, care_in_metadata).assert("permitted", 0, &["PASS"]);
}

#[test]
fn a_permission_for_another_repository_stays_there() {
    let elsewhere = format!(
        "{LINT}[[trust.signer]]\nname = \"lint\"\nkey = \"lint.pub\"\nrepositories = [\"registry.example.org/playground/*\"]\n"
    );
    with_signed_care(&elsewhere, care_in_metadata).assert("elsewhere", 3, &["undecided care.unsigned"]);
}

#[test]
fn a_statement_about_something_else_satisfies_nothing() {
    let other = format!("sha256:{}", "ab".repeat(32));
    let (mut artifact, subject) = bare();
    artifact.sign(&release(), &subject);
    artifact.attach(&subject, crate::support::documents::PROVENANCE, provenance_layers(&subject));
    artifact.attach(&subject, METADATA, metadata_layers("public"));
    let statement = crate::support::artifact::statement(&[&other], SPDX, spdx(&data_digest()));
    artifact.attach(&subject, SBOM, vec![document("s.json", "application/vnd.in-toto+json", &statement)]);
    Gate::on(&artifact).run().assert("attached", 1, &["fail sbom.absent", &format!("refused {other}")]);
    let statement = crate::support::artifact::statement(&[&subject], SPDX, spdx(&data_digest()));
    artifact.attach(&subject, SBOM, vec![document("t.json", "application/vnd.in-toto+json", &statement)]);
    Gate::on(&artifact).run().assert("ours", 0, &["PASS"]);
}

#[test]
fn a_label_on_a_layer_of_the_subject_counts() {
    let mut artifact = Artifact::default();
    let config = artifact.blob(crate::support::artifact::EMPTY, b"{}".to_vec());
    let mut layer = artifact.blob("application/vnd.pmtiles", crate::support::documents::data());
    layer["annotations"] =
        json!({"org.opencontainers.image.title": "soils.pmtiles", "org.kfm.sensitivity": "restricted"});
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "application/vnd.example.layer.v1", "config": config,
        "layers": [layer], "annotations": {"org.opencontainers.image.licenses": "CC-BY-4.0"},
    });
    let descriptor = artifact.manifest(&manifest);
    let subject = crate::support::artifact::digest(&descriptor);
    artifact.list(descriptor, Some("v1"));
    artifact.attach(&subject, crate::support::documents::PROVENANCE, provenance_layers(&subject));
    artifact.attach(&subject, SBOM, sbom_layers(&data_digest()));
    artifact.attach(&subject, METADATA, metadata_layers("public"));
    artifact.sign(&release(), &subject);
    Gate::on(&artifact).run().assert("layer's label", 1, &["fail care.absent"]);
}

#[test]
fn an_index_nested_deeper_than_is_followed_is_a_gap() {
    let mut artifact = Artifact::default();
    let child = artifact.push("leaf", vec![Layer("a", "application/vnd.pmtiles", b"a".to_vec())], json!({}));
    artifact.entries.clear();
    let mut inner = artifact.descriptor(&child);
    for depth in 0..7 {
        let annotations = json!({"org.opencontainers.image.licenses": "MIT", "org.kfm.sensitivity": "public", "depth": depth.to_string()});
        inner = artifact.manifest(&json!({
            "schemaVersion": 2, "mediaType": INDEX, "manifests": [inner], "annotations": annotations,
        }));
    }
    let subject = crate::support::artifact::digest(&inner);
    artifact.list(inner, Some("v1"));
    artifact.sign(&release(), &subject);
    let rules = ["--disable", "provenance", "--disable", "run_manifest", "--disable", "sbom"];
    Gate::on(&artifact).with(&rules).run().assert("deep", 3, &["gap gap.limit"]);
}

#[test]
fn the_signed_sbom_of_an_old_cosign_is_looked_at() {
    let (mut artifact, subject) = documented();
    artifact.sign(&release(), &subject);
    let layers = vec![document("b.json", "text/spdx+json", &spdx(&data_digest()))];
    let sbom = artifact.attach(&subject, "application/vnd.dev.cosign.artifact.sbom.v1+json", layers);
    artifact.sign(&release(), &sbom);
    Gate::on(&artifact).config("require_proven = [\"sbom\"]\n").run().assert(
        "sbom",
        0,
        &[&format!("proven manifest={sbom} + release.pub")],
    );
}

#[test]
fn a_reference_that_asks_for_help_is_no_pass() {
    let outcome = crate::support::gate::ocigate(std::path::Path::new("."), &["verify", "--key", "k", "--help"]);
    outcome.assert("--help", 2, &["--help"]);
    assert_eq!(crate::support::gate::ocigate(std::path::Path::new("."), &["verify", "--help"]).code, 0);
    assert_eq!(crate::support::gate::ocigate(std::path::Path::new("."), &["--version"]).code, 0);
}

/// Who signed it meant it to say something; beside it anybody can put what nobody can read.
#[test]
fn a_signed_referrer_that_nobody_can_read_is_a_gap() {
    let label = pretty(&stac("sacred"));
    let twice = String::from_utf8(label.clone()).unwrap().replacen('{', "{\"type\": \"Feature\", ", 1);
    let unreadable = [[b"\xef\xbb\xbf".as_slice(), &label].concat(), twice.into_bytes(), b"{\"a\": 1e400}".to_vec()];
    let item = |bytes: &[u8]| vec![Layer("item.json", "application/geo+json", bytes.to_vec())];
    let vague = vec![Layer("", "application/vnd.example.metadata.v1", label.clone())];
    let cases = unreadable.iter().map(|bytes| (METADATA, item(bytes), 0));
    for (artifact_type, layers, unsigned) in cases.chain([("application/vnd.example.metadata.v1", vague, 3)]) {
        let (mut artifact, subject) = complete();
        let referrer = artifact.attach(&subject, artifact_type, layers);
        let (kind, gap) = match unsigned {
            0 => ("refused", "gap gap.malformed"),
            _ => ("gap gap.nothing_readable", "gap gap.nothing_readable"),
        };
        Gate::on(&artifact).run().assert("unsigned", unsigned, &[&format!("{kind} {referrer}")]);
        artifact.sign(&release(), &referrer);
        Gate::on(&artifact).run().assert("signed", 3, &["UNDECIDED", &format!("{gap} {referrer}")]);
    }
    let (mut artifact, subject) = complete();
    let referrer = artifact.attach(&subject, METADATA, item(&label));
    artifact.sign(&release(), &referrer);
    Gate::on(&artifact).run().assert("readable", 1, &["fail care.absent"]);
}
