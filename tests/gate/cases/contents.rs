//! `sbom`, `licence`, `sensitivity` and `care`: what the subject is, and what may be done with it.

use serde_json::{Value, json};

use super::fixture::Fixture;
use crate::support::artifact::{Artifact, document, keyless_bundle, statement};
use crate::support::documents::{
    CYCLONEDX, METADATA, PROVENANCE, Part, SBOM, SPDX, STAC, annotated, attach_all_but, care, complete, cyclonedx,
    data_digest, licensed, prov, release, sbom_layers, signed_without, spdx, stac,
};

pub fn fixtures() -> Vec<Fixture> {
    vec![
        spdx_attached(),
        cyclonedx_attested(),
        sbom_of_another_artifact(),
        sbom_stub(),
        keyless_sbom(),
        one_licence(),
        no_spdx_expression(),
        two_licences(),
        sbom_disagrees(),
        licence_unchecked(),
        good_metadata(),
        bad_metadata(),
        one_label(),
        unresolved_label(),
        no_label(),
        label_unchecked(),
        signed_care(),
        no_care(),
        raised_label(),
        care_refused(),
        unsigned_care(),
    ]
}

fn spdx_attached() -> Fixture {
    Fixture::new("sbom_pass", "SPDX 2.3 that describes the subject's layer", complete().0)
        .rule("sbom")
        .says(&["PASS", "warn sbom.unsigned name=sbom.spdx.json"])
}

fn cyclonedx_attested() -> Fixture {
    let (mut artifact, subject) = signed_without(&[Part::Sbom]);
    artifact.attest(&release(), &subject, CYCLONEDX, cyclonedx(&subject));
    Fixture::new("sbom_cyclonedx_pass", "Attested CycloneDX 1.6 that describes the subject's manifest", artifact)
        .rule("sbom")
        .says(&["PASS", &format!("proven kind=sbom + {CYCLONEDX}")])
        .never_says(&["warn sbom"])
}

fn sbom_of_another_artifact() -> Fixture {
    let (mut artifact, subject) = signed_without(&[Part::Sbom]);
    let other = format!("sha256:{}", "7e".repeat(32));
    artifact.attach(&subject, SBOM, sbom_layers(&other));
    Fixture::new("sbom_fail", "SPDX of another artifact", artifact)
        .rule("sbom")
        .says(&[&format!("fail sbom.other_subject {other} + {subject}")])
}

fn sbom_stub() -> Fixture {
    let (mut artifact, subject) = signed_without(&[Part::Sbom]);
    let content = json!({"spdxVersion": "SPDX-2.3", "name": "demo"});
    artifact.attach(&subject, SBOM, vec![document("sbom.spdx.json", "application/spdx+json", &content)]);
    Fixture::new("sbom_stub_fail", "An SPDX document without most of what SPDX demands", artifact).rule("sbom").says(&[
        "fail sbom.missing name=sbom.spdx.json + SPDXID",
        "fail sbom.missing name=sbom.spdx.json + creationInfo",
        "fail sbom.missing name=sbom.spdx.json + dataLicense",
    ])
}

fn keyless_sbom() -> Fixture {
    let (mut artifact, subject) = signed_without(&[Part::Sbom]);
    artifact.attach_bundle(&subject, keyless_bundle(&statement(&[&subject], SPDX, spdx(&data_digest()))));
    Fixture::new("sbom_undecided", "An SBOM that nothing here can check", artifact)
        .rule("sbom")
        .says(&["undecided sbom.absent", &unchecked(SPDX)])
}

/// Evidence of this type that nobody here could check.
fn unchecked(predicate_type: &str) -> String {
    format!("unchecked claimed_type={predicate_type}")
}

/// A signed subject with this licence in its annotation and all documents but these.
fn licensed_without(licence: &str, left_out: &[Part]) -> (Artifact, String) {
    let (mut artifact, subject) = licensed(licence);
    attach_all_but(&mut artifact, &subject, left_out);
    artifact.sign(&release(), &subject);
    (artifact, subject)
}

fn one_licence() -> Fixture {
    let (mut artifact, subject) = licensed_without("CC-BY-4.0", &[Part::Metadata]);
    artifact.attest(&release(), &subject, STAC, stac("public"));
    Fixture::new("licence_pass", "The annotation and attested metadata state one licence", artifact)
        .rule("licence")
        .says(&["PASS"])
        .never_says(&["warn licence"])
}

fn good_metadata() -> Fixture {
    let (mut artifact, subject) = complete();
    artifact.attach(&subject, METADATA, vec![document("old.json", "application/geo+json", &unfinished())]);
    Fixture::new("metadata_pass", "A STAC Item, and beside it one without a date", artifact)
        .rule("metadata")
        .says(&["PASS", "warn metadata.missing name=old.json + datetime + pointer=/properties"])
}

fn bad_metadata() -> Fixture {
    let (mut artifact, subject) = signed_without(&[Part::Metadata]);
    artifact.attach(&subject, METADATA, vec![document("item.json", "application/geo+json", &unfinished())]);
    Fixture::new("metadata_fail", "A STAC Item without a date", artifact)
        .rule("metadata")
        .says(&["fail metadata.missing name=item.json + datetime + pointer=/properties"])
}

/// A STAC Item that lacks what one must have.
fn unfinished() -> Value {
    let mut item = stac("public");
    if let Some(properties) = item["properties"].as_object_mut() {
        properties.remove("datetime");
    }
    item
}

fn no_spdx_expression() -> Fixture {
    Fixture::new("licence_fail", "A licence in other words than SPDX's", licensed_without("CC-BY 4.0", &[]).0)
        .rule("licence")
        .says(&["fail licence.not_spdx CC-BY 4.0 + CC-BY-4.0 + pointer=/annotations/org.opencontainers.image.licenses"])
}

fn two_licences() -> Fixture {
    let (mut artifact, subject) = licensed_without("CC0-1.0", &[Part::Metadata, Part::Sbom]);
    artifact.attest(&release(), &subject, STAC, stac("public"));
    artifact.attest(&release(), &subject, CYCLONEDX, cyclonedx(&subject));
    Fixture::new("licence_disagree_fail", "The annotation and attested metadata state different licences", artifact)
        .rule("licence")
        .says(&["fail licence.disagreement CC0-1.0 + CC-BY-4.0"])
}

fn sbom_disagrees() -> Fixture {
    let (mut artifact, subject) = licensed_without("CC-BY-4.0", &[Part::Sbom]);
    let mut content = spdx(&data_digest());
    content["packages"][0]["licenseConcluded"] = json!("ODbL-1.0");
    artifact.attest(&release(), &subject, SPDX, content);
    Fixture::new("licence_sbom_fail", "The attested SBOM says another licence of what it describes", artifact)
        .rule("licence")
        .says(&["fail licence.sbom_disagrees ODbL-1.0 + CC-BY-4.0"])
}

fn licence_unchecked() -> Fixture {
    let (mut artifact, subject) = annotated(json!({"kfm:access_level": "public"}));
    attach_all_but(&mut artifact, &subject, &[Part::Provenance, Part::Metadata]);
    let mut content = prov(&subject);
    content["@graph"][0].as_object_mut().unwrap().remove("dct:license");
    artifact.attach(&subject, PROVENANCE, vec![document("prov.jsonld", "application/ld+json", &content)]);
    artifact.attach_bundle(&subject, keyless_bundle(&statement(&[&subject], STAC, stac("public"))));
    artifact.sign(&release(), &subject);
    Fixture::new("licence_undecided", "Only metadata that nothing here can check may state a licence", artifact)
        .rule("licence")
        .says(&["undecided licence.absent", &unchecked(STAC)])
}

/// A signed subject with this metadata attached, and all else.
fn described(content: &Value) -> (Artifact, String) {
    let (mut artifact, subject) = signed_without(&[Part::Metadata]);
    artifact.attach(&subject, METADATA, vec![document("item.json", "application/geo+json", content)]);
    (artifact, subject)
}

/// A signed subject with this metadata attested, and all else.
fn described_by_a_signer(content: Value) -> (Artifact, String) {
    let (mut artifact, subject) = signed_without(&[Part::Metadata]);
    artifact.attest(&release(), &subject, STAC, content);
    (artifact, subject)
}

fn one_label() -> Fixture {
    Fixture::new("sensitivity_pass", "Attested metadata labels it `public`", described_by_a_signer(stac("public")).0)
        .rule("sensitivity")
        .says(&["PASS"])
        .never_says(&["warn sensitivity"])
}

fn unresolved_label() -> Fixture {
    Fixture::new("sensitivity_fail", "A label that is still to be determined", described(&stac("TBD")).0)
        .rule("sensitivity")
        .says(&["fail sensitivity.unresolved kfm:access_level + TBD"])
}

fn no_label() -> Fixture {
    let (artifact, subject) = signed_without(&[Part::Metadata]);
    Fixture::new("sensitivity_none_fail", "Nothing says who may see it", artifact)
        .rule("sensitivity")
        .says(&[&format!("fail sensitivity.absent {subject}")])
}

fn label_unchecked() -> Fixture {
    let (mut artifact, subject) = signed_without(&[Part::Metadata]);
    artifact.attach_bundle(&subject, keyless_bundle(&statement(&[&subject], STAC, stac("public"))));
    Fixture::new("sensitivity_undecided", "Only metadata that nothing here can check may label it", artifact)
        .rule("sensitivity")
        .says(&["undecided sensitivity.absent", &unchecked(STAC)])
}

/// Metadata with this label and a CARE block of this status.
fn governed(access_level: &str, status: &str) -> Value {
    let mut content = stac(access_level);
    content["properties"]["care"] = care();
    content["properties"]["care"]["status"] = json!(status);
    content
}

fn signed_care() -> Fixture {
    let (artifact, _) = described_by_a_signer(governed("restricted", "approved"));
    Fixture::new("care_pass", "Restricted, with a complete CARE block in attested metadata", artifact)
        .rule("care")
        .says(&["PASS"])
}

fn no_care() -> Fixture {
    let (artifact, _) = described_by_a_signer(stac("restricted"));
    Fixture::new("care_fail", "Restricted, and no CARE block", artifact)
        .rule("care")
        .says(&["fail care.absent kfm:access_level + restricted + 3"])
}

fn raised_label() -> Fixture {
    let (mut artifact, subject) = described_by_a_signer(stac("public"));
    let layers = vec![document("item.json", "application/geo+json", &stac("sacred"))];
    artifact.attach(&subject, METADATA, layers);
    Fixture::new("care_raised_fail", "Attested metadata says `public`, and an unsigned label raises it", artifact)
        .rule("care")
        .says(&["fail care.absent sacred + 4", "warn sensitivity.disagreement sacred + public"])
}

fn care_refused() -> Fixture {
    Fixture::new(
        "care_refused_fail",
        "An unsigned CARE block refuses the release",
        described(&governed("public", "rejected")).0,
    )
    .rule("care")
    .says(&["fail care.not_approved approved + rejected"])
}

fn unsigned_care() -> Fixture {
    let (artifact, _) = described(&governed("restricted", "approved"));
    Fixture::new("care_undecided", "Restricted, with a CARE block that anyone could have written", artifact)
        .rule("care")
        .says(&["undecided care.unsigned", "cosign sign --key cosign.key"])
}
