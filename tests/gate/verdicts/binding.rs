//! Provenance and SBOM bind to bytes.

use serde_json::{Value, json};

use crate::support::artifact::document;
use crate::support::documents::{
    METADATA, PROVENANCE, SBOM, bare, data_digest, metadata_layers, prov, release, run_manifest, sbom_layers, spdx,
};
use crate::support::gate::{Gate, Outcome};

/// The gate on a signed subject with this provenance and this SBOM.
fn gate(provenance: &dyn Fn(&str) -> Value, sbom: &Value) -> (Outcome, String) {
    let (mut artifact, subject) = bare();
    let layers = vec![
        document("prov.jsonld", "application/ld+json", &provenance(&subject)),
        document("run-manifest.json", "application/json", &run_manifest()),
    ];
    artifact.attach(&subject, PROVENANCE, layers);
    artifact.attach(&subject, SBOM, vec![document("sbom.json", "application/spdx+json", sbom)]);
    artifact.attach(&subject, METADATA, metadata_layers("public"));
    artifact.sign(&release(), &subject);
    (Gate::on(&artifact).run(), subject)
}

fn other() -> String {
    format!("sha256:{}", "cd".repeat(32))
}

#[test]
fn the_manifest_digest_binds() {
    gate(&prov, &spdx(&data_digest())).0.assert("manifest", 0, &["PASS"]);
}

#[test]
fn all_layers_bind_and_the_report_says_that_only_they_do() {
    gate(&|_| prov(&data_digest()), &spdx(&data_digest())).0.assert(
        "layers",
        0,
        &["warn provenance.bound_by_layers name=prov.jsonld"],
    );
}

#[test]
fn provenance_of_another_artifact_is_refused_with_both_digests() {
    let (outcome, subject) = gate(&|_| prov(&other()), &spdx(&data_digest()));
    outcome.assert("another", 1, &[&format!("fail provenance.other_subject {} + {subject}", other())]);
}

#[test]
fn documents_of_an_earlier_push_of_the_same_layer_are_refused() {
    // The layer is ours, the manifest is not: a new annotation gives every push another digest.
    let earlier = |other: Value| {
        move |_: &str| {
            let mut document = prov(&data_digest());
            document["@graph"].as_array_mut().unwrap().push(other.clone());
            document
        }
    };
    let made = json!({"@id": "urn:example:run"});
    for other_entity in [
        json!({"@id": "urn:example:artifact", "@type": "prov:Entity", "kfm:digest": other(), "prov:wasGeneratedBy": made}),
        json!({"@id": "urn:example:artifact", "@type": "prov:Entity", "kfm:image": format!("registry.example.org/kfm/other@{}", other()), "prov:wasGeneratedBy": made}),
    ] {
        let (outcome, subject) = gate(&earlier(other_entity), &spdx(&data_digest()));
        outcome.assert("earlier push", 1, &[&format!("fail provenance.other_subject {} + {subject}", other())]);
    }
    let file = json!({"@id": "urn:example:file:preview.png", "@type": "prov:Entity", "kfm:digest": other(), "prov:wasGeneratedBy": made});
    gate(&earlier(file), &spdx(&data_digest())).0.assert("another file", 0, &["PASS"]);
}

#[test]
fn what_was_used_and_what_many_share_never_binds() {
    let empty = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    let used = |subject: &str| {
        let mut document = prov(&other());
        document["@graph"][1]["kfm:digest"] = json!(subject);
        document
    };
    gate(&used, &spdx(&data_digest())).0.assert("used", 1, &["fail provenance.only_used"]);
    gate(&|_| prov(empty), &spdx(&data_digest())).0.assert("empty blob", 1, &["fail provenance.other_subject"]);
}

#[test]
fn the_founding_stubs_are_told_which_fields_they_lack() {
    let (outcome, _) = gate(&|_| json!({"run_id": "demo", "note": "replace me"}), &spdx(&data_digest()));
    outcome.assert("prov stub", 1, &["fail provenance.missing name=prov.jsonld + @graph"]);
    let mut stub = spdx(&data_digest());
    stub.as_object_mut().unwrap().remove("SPDXID");
    gate(&prov, &stub).0.assert("spdx stub", 1, &["fail sbom.missing SPDXID"]);
    let stub = json!({"spdxVersion": "SPDX-2.3", "name": "demo"});
    gate(&prov, &stub).0.assert(
        "bare spdx stub",
        1,
        &["fail sbom.missing SPDXID", "fail sbom.missing creationInfo", "fail sbom.missing dataLicense"],
    );
}

#[test]
fn an_sbom_of_something_else_fails_and_one_of_nothing_warns() {
    let (outcome, subject) = gate(&prov, &spdx(&other()));
    outcome.assert("another", 1, &[&format!("fail sbom.other_subject {} + {subject}", other())]);
    let mut unbound = spdx(&data_digest());
    unbound["packages"][0].as_object_mut().unwrap().remove("checksums");
    gate(&prov, &unbound).0.assert("unbound", 0, &["warn sbom.bound_by_attachment"]);
}

#[test]
fn provenance_and_sbom_have_to_be_there() {
    let (mut artifact, subject) = bare();
    artifact.sign(&release(), &subject);
    artifact.attach(&subject, METADATA, metadata_layers("public"));
    Gate::on(&artifact).run().assert(
        "nothing",
        1,
        &["fail provenance.absent", "fail run_manifest.absent", "fail sbom.absent", "oras attach"],
    );
    artifact.attach(&subject, SBOM, sbom_layers(&data_digest()));
    Gate::on(&artifact).run().assert("sbom only", 1, &["fail provenance.absent", "passed sbom"]);
}

#[test]
fn titles_that_meet_or_lead_away_fail() {
    for (first, second, reason) in [
        ("soils.pmtiles", "./Soils.pmtiles", "fail layer_titles.shared_path ./Soils.pmtiles + soils.pmtiles"),
        ("/etc/passwd", "b", "fail layer_titles.outside /etc/passwd"),
        ("../x", "b", "fail layer_titles.outside ../x"),
        (".. /x", "b", "fail layer_titles.outside"),
        (".\u{200b}./x", "b", "fail layer_titles.outside"),
    ] {
        let mut artifact = crate::support::artifact::Artifact::default();
        let layers = vec![
            crate::support::artifact::Layer(first, "application/vnd.pmtiles", b"one".to_vec()),
            crate::support::artifact::Layer(second, "application/vnd.pmtiles", b"two".to_vec()),
        ];
        let subject = artifact.push("v1", layers, json!({}));
        artifact.sign(&release(), &subject);
        Gate::on(&artifact).run().assert(first, 1, &[reason]);
    }
}
