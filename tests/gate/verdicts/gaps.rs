//! Gap × basis × standing: what was not seen forbids a pass, and excuses only what was not found.

use serde_json::json;

use crate::support::artifact::{Artifact, Layer, bundle, document, keyless_bundle, statement};
use crate::support::documents::{
    PROVENANCE, SLSA, bare, complete, data_digest, documented, release, sbom_layers, slsa, stranger,
};
use crate::support::gate::Gate;

/// A gap: a listed referrer whose blob is missing.
fn with_gap(artifact: &mut Artifact, subject: &str) {
    let missing = artifact.attach(
        subject,
        "application/vnd.example.note+json",
        vec![document("n.json", "application/json", &json!({}))],
    );
    artifact.blobs.remove(&missing);
}

#[test]
fn a_complete_graph_with_nothing_wrong_passes() {
    Gate::on(&complete().0).run().assert("complete", 0, &["PASS", "passed signature", "proven kind=signature"]);
}

#[test]
fn a_gap_forbids_a_pass() {
    let (mut artifact, subject) = complete();
    with_gap(&mut artifact, &subject);
    Gate::on(&artifact).run().assert("gap", 3, &["UNDECIDED", "gap gap.absent"]);
}

#[test]
fn what_was_not_found_may_be_behind_the_gap() {
    let (mut artifact, subject) = documented();
    Gate::on(&artifact).run().assert("absent, no gap", 1, &["fail signature.absent"]);
    with_gap(&mut artifact, &subject);
    Gate::on(&artifact).run().assert("absent, gap", 3, &["undecided signature.absent"]);
}

#[test]
fn what_was_seen_to_be_wrong_fails_in_spite_of_a_gap() {
    let (mut artifact, subject) = complete();
    with_gap(&mut artifact, &subject);
    Gate::on(&artifact).with(&["--require-digest"]).run().assert(
        "present, gap",
        1,
        &["fail subject_pinned.unpinned", "gap gap.absent"],
    );
}

#[test]
fn fail_beats_undecided_and_both_are_listed() {
    let (mut artifact, subject) = documented();
    artifact
        .attach_bundle(&subject, keyless_bundle(&statement(&[&subject], crate::support::artifact::SIGN, json!({}))));
    Gate::on(&artifact).with(&["--require-digest"]).run().assert(
        "both",
        1,
        &["fail subject_pinned.unpinned", "undecided signature.absent"],
    );
}

#[test]
fn unchecked_evidence_excuses_only_its_own_kind() {
    let (mut artifact, subject) = bare();
    artifact.sign(&release(), &subject);
    artifact.attach(&subject, crate::support::documents::SBOM, sbom_layers(&data_digest()));
    artifact.attach(
        &subject,
        crate::support::documents::METADATA,
        crate::support::documents::metadata_layers("public"),
    );
    let without = Gate::on(&artifact).run();
    without.assert("no provenance", 1, &["fail provenance.absent", "fail run_manifest.absent"]);
    artifact.attach_bundle(&subject, keyless_bundle(&statement(&[&subject], SLSA, slsa())));
    // SLSA provenance serves as a run manifest too.
    Gate::on(&artifact).run().assert(
        "provenance unchecked",
        3,
        &["undecided provenance.absent", "undecided run_manifest.absent", &format!("unchecked claimed_type={SLSA}")],
    );
    // But it excuses no missing SBOM.
    let (mut artifact, subject) = bare();
    artifact.sign(&release(), &subject);
    artifact.attach(
        &subject,
        crate::support::documents::METADATA,
        crate::support::documents::metadata_layers("public"),
    );
    artifact.attach_bundle(&subject, keyless_bundle(&statement(&[&subject], SLSA, slsa())));
    Gate::on(&artifact).run().assert("sbom missing", 1, &["fail sbom.absent", "undecided provenance.absent"]);
}

#[test]
fn a_warning_changes_nothing_unless_asked_to() {
    let (artifact, _) = complete();
    Gate::on(&artifact).run().assert("warning", 0, &["warn subject_pinned.unpinned"]);
    Gate::on(&artifact).with(&["--fail-on-warn"]).run().assert(
        "fail on warn",
        1,
        &["fail subject_pinned.unpinned", "fail provenance.unsigned"],
    );
}

#[test]
fn corrupt_evidence_is_a_gap_with_both_digests() {
    let (mut artifact, subject) = complete();
    let attached = artifact.attach(
        &subject,
        "application/vnd.example.sbom+json",
        vec![document("s.json", "application/json", &json!({"a": 1}))],
    );
    let layer: serde_json::Value = serde_json::from_slice(&artifact.blobs[&attached]).unwrap();
    let digest = crate::support::artifact::digest(&layer["layers"][0]);
    artifact.blobs.insert(digest.clone(), b"{\"a\": 2}\n".to_vec());
    let found = ocigate::oci::Digest::sha256(b"{\"a\": 2}\n").to_string();
    Gate::on(&artifact).run().assert("corrupt", 3, &[&format!("gap gap.corrupt {digest} + {found}")]);
}

#[test]
fn a_document_that_cannot_be_read_is_a_gap_and_a_picture_is_none() {
    let (mut artifact, subject) = complete();
    let preview = artifact.attach(
        &subject,
        "application/vnd.example.preview",
        vec![Layer("preview.png", "image/png", vec![0x89])],
    );
    Gate::on(&artifact).run().assert("preview", 0, &["PASS", &format!("attached manifest={preview} + kind=other")]);
    artifact.attach(
        &subject,
        "application/vnd.cyclonedx",
        vec![Layer("bom.xml", "application/vnd.cyclonedx+xml", vec![b'<'])],
    );
    Gate::on(&artifact).run().assert("xml", 3, &["gap gap.nothing_readable"]);
}

#[test]
fn a_cosign_tag_of_which_nothing_can_be_read_is_a_gap() {
    for suffix in ["sig", "att", "sbom"] {
        let (mut artifact, subject) = complete();
        artifact.tag(&subject, suffix, "application/octet-stream", b"{}".to_vec(), json!({}));
        Gate::on(&artifact).run().assert(suffix, 3, &[&format!("gap gap.nothing_readable {suffix}")]);
    }
}

#[test]
fn a_listed_manifest_with_another_subject_is_ignored_with_a_warning() {
    let (mut artifact, subject) = documented();
    let (_, other) = bare();
    let mut elsewhere = Artifact { blobs: artifact.blobs.clone(), ..Artifact::default() };
    let stray = elsewhere.push("other", vec![Layer("x", "text/plain", b"other".to_vec())], json!({}));
    let signature = elsewhere.sign(&release(), &stray);
    assert_eq!(other, subject);
    artifact.blobs.extend(elsewhere.blobs.clone());
    // A fallback index that lists the other subject's signature for ours.
    let index = json!({
        "schemaVersion": 2, "mediaType": crate::support::artifact::INDEX,
        "manifests": [artifact.descriptor(&signature)],
    });
    let index = artifact.manifest(&index);
    artifact.list(index, Some(&subject.replace(':', "-")));
    Gate::on(&artifact).run().assert(
        "stray",
        1,
        &[&format!("ignored listed_for={subject} + own_subject={stray}"), "fail signature.absent"],
    );
}

#[test]
fn junk_neither_hides_a_good_signature_nor_blocks_it() {
    let (mut artifact, subject) = complete();
    artifact.sign(&stranger(), &subject);
    artifact.attach_bundle(&subject, json!({"mediaType": "nonsense"}));
    artifact.attach(
        &subject,
        crate::support::artifact::BUNDLE,
        vec![Layer("", crate::support::artifact::BUNDLE, b"{".to_vec())],
    );
    let outcome = Gate::on(&artifact).run();
    outcome.assert("junk", 0, &["PASS", "refused step=signature", "refused step=material"]);
}

#[test]
fn a_declared_provenance_that_is_not_json_is_refused() {
    let (mut artifact, subject) = bare();
    artifact.sign(&release(), &subject);
    artifact.attach(
        &subject,
        PROVENANCE,
        vec![Layer("prov.jsonld", "application/ld+json", b"{\"a\":1,\"a\":2}".to_vec())],
    );
    Gate::on(&artifact).run().assert("duplicate keys", 1, &["fail provenance.absent", "refused name=prov.jsonld + a"]);
}

#[test]
fn a_bundle_over_a_signed_but_foreign_payload_proves_nothing() {
    let (mut artifact, subject) = documented();
    let other = format!("sha256:{}", "ab".repeat(32));
    artifact
        .attach_bundle(&subject, bundle(&release(), &statement(&[&other], crate::support::artifact::SIGN, json!({}))));
    Gate::on(&artifact).run().assert(
        "other digest",
        1,
        &["fail signature.absent", &format!("refused step=target + {other} + {subject}")],
    );
}
