//! Manifests among a layout's blobs that nothing lists, as `cosign save` leaves signatures and attestations: they raise, and
//! satisfy only where they are proven.

use serde_json::{Value, json};

use crate::support::artifact::Artifact;
use crate::support::documents::{METADATA, complete, documented, metadata_layers, release};
use crate::support::gate::Gate;

/// Takes these manifests out of `index.json`.
fn unlist(artifact: &mut Artifact, manifests: &[&str]) {
    artifact.entries.retain(|entry| !manifests.contains(&entry["digest"].as_str().unwrap()));
}

/// All that has no name.
fn unlist_referrers(artifact: &mut Artifact) {
    artifact.entries.retain(|entry| !entry["annotations"]["org.opencontainers.image.ref.name"].is_null());
}

fn links(outcome: &crate::support::gate::Outcome) -> Vec<Value> {
    outcome.each("evidence", "linked_by")
}

#[test]
fn an_unlisted_signature_counts() {
    let (mut artifact, subject) = documented();
    Gate::on(&artifact).run().assert("control", 1, &["fail signature.absent"]);
    let signature = artifact.sign(&release(), &subject);
    unlist(&mut artifact, &[&signature]);
    let outcome = Gate::on(&artifact).run();
    outcome.assert("signature", 0, &["PASS"]);
    assert!(links(&outcome).contains(&json!("unlisted")), "{:?}", links(&outcome));
}

#[test]
fn unlisted_documents_satisfy_nothing_and_raise() {
    let (mut artifact, subject) = complete();
    let rows = ["fail provenance.absent", "fail sbom.absent"];
    Gate::on(&artifact).run().assert("control", 0, &["PASS"]);
    let mut bare = Artifact { blobs: artifact.blobs.clone(), entries: artifact.entries.clone() };
    unlist_referrers(&mut bare);
    Gate::on(&bare).run().assert("documents", 1, &rows);
    let restricted = artifact.attach(&subject, METADATA, metadata_layers("restricted"));
    Gate::on(&artifact).run().assert("listed label", 1, &["fail care.absent"]);
    unlist(&mut artifact, &[&restricted]);
    Gate::on(&artifact).run().assert("unlisted label", 1, &["fail care.absent"]);
}

#[test]
fn an_unlisted_document_whose_manifest_is_signed_counts() {
    let (mut artifact, _) = complete();
    let referrers: Vec<String> = artifact
        .entries
        .iter()
        .filter(|entry| entry["annotations"]["org.opencontainers.image.ref.name"].is_null())
        .map(|entry| entry["digest"].as_str().unwrap().to_owned())
        .collect();
    referrers.iter().for_each(|referrer| {
        artifact.sign(&release(), referrer);
    });
    unlist_referrers(&mut artifact);
    Gate::on(&artifact).run().assert("signed documents", 0, &["PASS"]);
}

#[test]
fn what_nothing_lists_is_no_root() {
    let (mut artifact, subject) = documented();
    let signature = artifact.sign(&release(), &subject);
    unlist(&mut artifact, &[&signature]);
    let expected = format!("subject {subject}");
    Gate::on(&artifact).named("").run().assert("without a name", 0, &["PASS", &expected]);
}

#[test]
fn more_than_are_looked_at_are_a_gap() {
    let (mut artifact, _) = complete();
    for number in 0..2050 {
        artifact.blob("application/json", format!("{{\"n\":{number}}}").into_bytes());
    }
    Gate::on(&artifact).run().assert("many", 3, &["gap gap.limit blobs + 2048"]);
    // What cannot be JSON is not looked at.
    let (mut artifact, _) = complete();
    for number in 0..2050 {
        artifact.blob("application/octet-stream", format!("n{number}").into_bytes());
    }
    Gate::on(&artifact).run().assert("data", 0, &["PASS"]);
}
