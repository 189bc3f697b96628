//! Licence, sensitivity, CARE.

use serde_json::{Value, json};

use crate::support::artifact::{Artifact, bundle, document, statement};
use crate::support::documents::{
    METADATA, PROVENANCE, SBOM, care, data_digest, licensed, provenance_layers, release, sbom_layers, stac, stranger,
};
use crate::support::gate::Gate;

/// A signed subject whose metadata is this STAC Item. Gives the digest of the metadata's manifest too.
fn with_metadata(item: &Value) -> (Artifact, String) {
    annotated("CC-BY-4.0", item)
}

/// The same, with this licence in the subject's annotation.
fn annotated(licence: &str, item: &Value) -> (Artifact, String) {
    let (mut artifact, subject) = licensed(licence);
    artifact.attach(&subject, PROVENANCE, provenance_layers(&subject));
    artifact.attach(&subject, SBOM, sbom_layers(&data_digest()));
    let metadata = artifact.attach(&subject, METADATA, vec![document("item.json", "application/geo+json", item)]);
    artifact.sign(&release(), &subject);
    (artifact, metadata)
}

fn item(edit: impl FnOnce(&mut Value)) -> Value {
    let mut item = stac("public");
    edit(&mut item["properties"]);
    item
}

#[test]
fn an_unresolved_label_is_never_public() {
    for label in ["TBD", "mixed", "n/a", "", "no such label"] {
        let (artifact, _) = with_metadata(&stac(label));
        Gate::on(&artifact).run().assert(
            label,
            1,
            &["fail sensitivity.unresolved pointer=/properties/kfm:access_level"],
        );
    }
}

#[test]
fn a_label_has_to_be_there() {
    let bare_item = item(|properties| {
        properties.as_object_mut().unwrap().remove("kfm:access_level");
    });
    Gate::on(&with_metadata(&bare_item).0).run().assert("none", 1, &["fail sensitivity.absent"]);
}

#[test]
fn a_licence_has_to_be_valid_and_the_same_everywhere() {
    for licence in ["CC-BY 4.0", "NOASSERTION", "SEE_SOURCE", "Public-Domain"] {
        Gate::on(&annotated(licence, &stac("public")).0).run().assert(
            licence,
            1,
            &[&format!("fail licence.not_spdx {licence}")],
        );
        // Beside a signed licence an unsigned one decides nothing.
        let (artifact, _) = with_metadata(&item(|properties| properties["license"] = json!(licence)));
        Gate::on(&artifact).run().assert(licence, 0, &[&format!("warn licence.unsigned_disagrees {licence}")]);
    }
    let (mut artifact, metadata) = with_metadata(&item(|properties| properties["license"] = json!("MIT")));
    // Only attached beside the signed annotation it warns; signed it contradicts.
    artifact.sign(&release(), &metadata);
    Gate::on(&artifact).run().assert("disagreement", 1, &["fail licence.disagreement MIT + CC-BY-4.0"]);
}

#[test]
fn a_restricted_subject_needs_a_care_block() {
    Gate::on(&with_metadata(&stac("restricted")).0).run().assert("none", 1, &["fail care.absent"]);
}

#[test]
fn an_attached_care_block_is_never_a_pass() {
    let item = item(|properties| {
        properties["kfm:access_level"] = json!("restricted");
        properties["care"] = care();
    });
    let (mut artifact, metadata) = with_metadata(&item);
    Gate::on(&artifact).run().assert("attached", 3, &["undecided care.unsigned"]);
    artifact.sign(&release(), &metadata);
    Gate::on(&artifact).run().assert("signed", 0, &["PASS"]);
}

#[test]
fn an_authority_makes_care_due() {
    let item = item(|properties| properties["kfm:care"] = json!({"authority_to_control": "Example Nation"}));
    let outcome = Gate::on(&with_metadata(&item).0).run();
    outcome.assert("authority", 3, &["undecided care.unsigned pointer=/properties/kfm:care"]);
}

#[test]
fn text_that_is_only_attached_raises_and_never_lowers() {
    // Signed metadata says public, an attached annotation says restricted: CARE is due.
    let (mut artifact, metadata) = with_metadata(&stac("public"));
    artifact.sign(&release(), &metadata);
    Gate::on(&artifact).run().assert("public", 0, &["PASS"]);
    let subject = artifact.descriptor(&metadata);
    let manifest: Value = serde_json::from_slice(&artifact.blobs[&crate::support::artifact::digest(&subject)]).unwrap();
    let about = crate::support::artifact::digest(&manifest["subject"]);
    artifact.attach_annotated(
        &about,
        "application/vnd.example.note",
        vec![],
        json!({"org.kfm.sensitivity": "restricted"}),
    );
    Gate::on(&artifact).run().assert("raised", 1, &["fail care.absent"]);
}

#[test]
fn a_label_on_any_descriptor_raises() {
    let labelled = json!({"org.kfm.sensitivity": "restricted"});
    let (artifact, metadata) = with_metadata(&stac("public"));
    let manifest = |digest: &str| serde_json::from_slice::<Value>(&artifact.bytes(digest)).unwrap();
    let mut referrer = manifest(&metadata);
    let mut subject = manifest(referrer["subject"]["digest"].as_str().unwrap());
    referrer["subject"]["annotations"] = labelled.clone();
    subject["config"]["annotations"] = labelled;
    for (changed, name, place) in
        [(referrer, "v1", "/subject/annotations/"), (subject, "other", "/config/annotations/")]
    {
        let mut artifact = artifact.clone();
        let descriptor = artifact.manifest(&changed);
        artifact.list(descriptor, (name != "v1").then_some(name));
        Gate::on(&artifact).named(name).run().assert(place, 1, &[&format!("fail care.absent {place}")]);
    }
}

/// That a community signs its refusal with a key of its own is the normal case.
#[test]
fn what_a_stranger_signed_raises_like_what_nobody_signed() {
    for (label, code, reason) in [("sacred", 1, "fail care.absent"), ("public", 0, "PASS")] {
        let (mut artifact, metadata) = with_metadata(&stac("public"));
        artifact.sign(&release(), &metadata);
        let of: Value = serde_json::from_slice(&artifact.bytes(&metadata)).unwrap();
        let subject = of["subject"]["digest"].as_str().unwrap().to_owned();
        artifact.attest(&stranger(), &subject, "https://example.org/note", stac(label));
        Gate::on(&artifact).run().assert(label, code, &[reason, "refused"]);
        // About another subject it says nothing here.
        let other = artifact.push("other", vec![], json!({}));
        let (mut moved, metadata) = with_metadata(&stac("public"));
        moved.sign(&release(), &metadata);
        let elsewhere = bundle(&stranger(), &statement(&[&other], "https://example.org/note", stac("sacred")));
        moved.attach_bundle(&subject, elsewhere);
        Gate::on(&moved).run().assert("another subject", 0, &["PASS"]);
    }
    // It stands in for nothing.
    let (mut artifact, metadata) =
        with_metadata(&item(|properties| properties["kfm:access_level"] = json!("restricted")));
    artifact.sign(&release(), &metadata);
    let of: Value = serde_json::from_slice(&artifact.bytes(&metadata)).unwrap();
    let consent = item(|properties| properties["care"] = care());
    artifact.attest(&stranger(), of["subject"]["digest"].as_str().unwrap(), "https://example.org/note", consent);
    Gate::on(&artifact).run().assert("no consent", 1, &["fail care.absent"]);
    let refusal = item(|properties| properties["care"] = json!({"status": "withdrawn"}));
    artifact.attest(&stranger(), of["subject"]["digest"].as_str().unwrap(), "https://example.org/note", refusal);
    Gate::on(&artifact).run().assert("a refusal", 1, &["fail care.not_approved"]);
}
