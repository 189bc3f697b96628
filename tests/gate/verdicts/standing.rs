//! Proven, attached, refused: what may satisfy which rule.

use serde_json::json;

use crate::support::artifact::{SIGN, document};
use crate::support::documents::{
    METADATA, PROVENANCE, SBOM, SLSA, SPDX, bare, complete, data_digest, metadata_layers, prov, provenance_layers,
    release, run_manifest, sbom_layers, slsa, spdx,
};
use crate::support::gate::Gate;

#[test]
fn attached_documents_satisfy_and_say_so() {
    Gate::on(&complete().0).run().assert(
        "attached",
        0,
        &["warn provenance.unsigned", "warn run_manifest.unsigned", "warn sbom.unsigned"],
    );
}

#[test]
fn require_proven_makes_attached_ones_fail() {
    let (artifact, _) = complete();
    for (class, rule) in [("provenance", "provenance"), ("sbom", "sbom"), ("run-manifest", "run_manifest")] {
        Gate::on(&artifact).config(&format!("require_proven = [\"{class}\"]\n")).run().assert(
            class,
            1,
            &[&format!("fail {rule}.absent require_proven")],
        );
    }
}

#[test]
fn a_signature_proves_no_referrer() {
    // Signed subject, unsigned documents: still only attached.
    let (artifact, _) = complete();
    let outcome = Gate::on(&artifact).run();
    outcome.assert(
        "attached",
        0,
        &["attached kind=provenance + name=prov.jsonld", "attached kind=sbom + name=sbom.spdx.json"],
    );
}

#[test]
fn a_referrer_with_a_signature_of_its_own_is_proven() {
    let (mut artifact, subject) = bare();
    artifact.attach(&subject, PROVENANCE, provenance_layers(&subject));
    let sbom = artifact.attach(&subject, SBOM, sbom_layers(&data_digest()));
    artifact.attach(&subject, METADATA, metadata_layers("public"));
    artifact.sign(&release(), &subject);
    artifact.sign(&release(), &sbom);
    Gate::on(&artifact).config("require_proven = [\"sbom\"]\n").run().assert(
        "signed referrer",
        0,
        &["proven kind=sbom + name=sbom.spdx.json + release.pub"],
    );
}

#[test]
fn a_referrer_signed_by_one_who_may_not_sign_its_kind_is_not_proven() {
    let (mut artifact, subject) = complete();
    let sbom =
        artifact.attach(&subject, SBOM, vec![document("b.json", "application/spdx+json", &spdx(&data_digest()))]);
    artifact.sign(&release(), &sbom);
    let gate = Gate::untrusting(&artifact);
    gate.file("release.pub", release().public_pem().as_bytes());
    let config = format!(
        "require_proven = [\"sbom\"]\n[[trust.signer]]\nname = \"r\"\nkey = \"release.pub\"\npredicate_types = [\"{SIGN}\"]\n"
    );
    gate.config(&config).run().assert("kind", 1, &["fail sbom.absent"]);
}

#[test]
fn once_a_proven_item_exists_attached_ones_cannot_satisfy() {
    // Proven provenance of something else, and attached provenance of ours.
    let (mut artifact, subject) = complete();
    let other = format!("sha256:{}", "cd".repeat(32));
    artifact.attest(&release(), &subject, "http://www.w3.org/ns/prov#", prov(&other));
    Gate::on(&artifact).run().assert(
        "proven and wrong",
        1,
        &[&format!("fail provenance.other_subject {other} + {subject}")],
    );
}

#[test]
fn slsa_serves_as_provenance_and_as_run_manifest() {
    let (mut artifact, subject) = bare();
    artifact.attest(&release(), &subject, SLSA, slsa());
    artifact.attach(&subject, SBOM, sbom_layers(&data_digest()));
    artifact.attach(&subject, METADATA, metadata_layers("public"));
    artifact.sign(&release(), &subject);
    Gate::on(&artifact).run().assert("slsa", 0, &["passed provenance", "passed run_manifest"]);
}

#[test]
fn the_signed_predicate_type_alone_fixes_the_kind() {
    // An SBOM attested as provenance is malformed provenance, not an SBOM.
    let (mut artifact, subject) = bare();
    artifact.attest(&release(), &subject, SLSA, spdx(&data_digest()));
    artifact.attach(&subject, METADATA, metadata_layers("public"));
    artifact.sign(&release(), &subject);
    Gate::on(&artifact).run().assert("kind", 1, &["fail provenance.missing buildDefinition", "fail sbom.absent"]);
}

#[test]
fn an_attestation_under_cosigns_tag_is_proven() {
    let (mut artifact, subject) = complete();
    artifact.attest_legacy(&release(), &subject, SPDX, spdx(&data_digest()));
    Gate::on(&artifact).config("require_proven = [\"sbom\"]\n").run().assert(
        ".att",
        0,
        &["proven linked_by=cosign tag + https://spdx.dev/Document"],
    );
}

#[test]
fn the_annotation_of_an_attestation_layer_says_nothing() {
    // cosign writes predicateType beside the envelope; what is signed decides.
    let (mut artifact, subject) = complete();
    let statement = crate::support::artifact::statement(&[&subject], "https://example.org/note/v1", json!({}));
    let envelope = crate::support::artifact::envelope(&release(), &statement);
    let annotations = json!({"predicateType": SPDX});
    artifact.tag(
        &subject,
        "att",
        "application/vnd.dsse.envelope.v1+json",
        serde_json::to_vec(&envelope).unwrap(),
        annotations,
    );
    Gate::on(&artifact).config("require_proven = [\"sbom\"]\n").run().assert("annotation", 1, &["fail sbom.absent"]);
}

#[test]
fn an_sbom_under_cosigns_tag_is_attached() {
    let (mut artifact, subject) = bare();
    artifact.sign(&release(), &subject);
    artifact.attach(&subject, PROVENANCE, provenance_layers(&subject));
    artifact.attach(&subject, METADATA, metadata_layers("public"));
    let bytes = serde_json::to_vec(&spdx(&data_digest())).unwrap();
    artifact.tag(&subject, "sbom", "text/spdx+json", bytes, json!({}));
    Gate::on(&artifact).run().assert(".sbom", 0, &["attached kind=sbom + linked_by=cosign tag", "warn sbom.unsigned"]);
}

#[test]
fn proven_documents_that_contradict_each_other_fail_and_point_into_both() {
    let (mut artifact, subject) = bare();
    let other = format!("sha256:{}", "cd".repeat(32));
    artifact.attest(&release(), &subject, "http://www.w3.org/ns/prov#", prov(&subject));
    artifact.attest(&release(), &subject, "http://www.w3.org/ns/prov#", prov(&other));
    artifact.attach(
        &subject,
        "application/vnd.kfm.runmanifest+json",
        vec![document("r.json", "application/json", &run_manifest())],
    );
    artifact.attach(&subject, SBOM, sbom_layers(&data_digest()));
    artifact.attach(&subject, METADATA, metadata_layers("public"));
    artifact.sign(&release(), &subject);
    Gate::on(&artifact).run().assert(
        "contradiction",
        1,
        &[&format!("fail provenance.signed_disagreement {subject} + {other}")],
    );
}
