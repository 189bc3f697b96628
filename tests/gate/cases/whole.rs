//! Whole artifacts: the two of the README's first run, a user's own policy, an ordinary container image.

use serde_json::json;

use super::fixture::Fixture;
use crate::support::artifact::{Artifact, Key, MANIFEST, digest};
use crate::support::documents::{
    METADATA, PROVENANCE, SBOM, SLSA, annotated, attach_all_but, bare, data_digest, metadata_layers, provenance_layers,
    release, sbom_layers, slsa,
};

pub fn fixtures() -> Vec<Fixture> {
    vec![complete_layer(), broken_layer(), source_is_named(), source_is_not_named(), container_image()]
}

/// A layer with all documents, each signed on its own.
fn layer(made: &str) -> (Artifact, String) {
    let (mut artifact, subject) = bare();
    let made = if made.is_empty() { subject.clone() } else { made.to_owned() };
    for (artifact_type, layers) in [
        (PROVENANCE, provenance_layers(&made)),
        (SBOM, sbom_layers(&data_digest())),
        (METADATA, metadata_layers("public")),
    ] {
        let referrer = artifact.attach(&subject, artifact_type, layers);
        artifact.sign(&release(), &referrer);
    }
    (artifact, subject)
}

fn complete_layer() -> Fixture {
    let (mut artifact, subject) = layer("");
    artifact.sign(&release(), &subject);
    Fixture::new("layer_pass", "A complete layer: signed, and so is every document about it", artifact)
        .unnamed()
        .says(&["PASS", &subject, "proven name=prov.jsonld + vouched_by=../keys/release.pub"])
        .never_says(&["warn"])
}

fn broken_layer() -> Fixture {
    let other = format!("sha256:{}", "7e".repeat(32));
    let (artifact, subject) = layer(&other);
    Fixture::new("layer_fail", "The same layer, not signed, with the provenance of another artifact", artifact)
        .unnamed()
        .says(&[
            &format!("fail signature.absent {subject}"),
            &format!("fail provenance.other_subject {other} + {subject}"),
            "cosign sign --key cosign.key",
        ])
}

/// The policy of a team, in the style of Conftest.
const POLICY: &str = r#"package main

deny contains msg if {
	not input.subject.annotations["org.opencontainers.image.source"]
	msg := "expected the annotation org.opencontainers.image.source, found none"
}
"#;

fn team_policy(name: &'static str, title: &'static str, mut annotations: serde_json::Value) -> Fixture {
    annotations["org.opencontainers.image.licenses"] = json!("CC-BY-4.0");
    let (mut artifact, subject) = annotated(annotations);
    attach_all_but(&mut artifact, &subject, &[]);
    artifact.sign(&release(), &subject);
    Fixture::new(name, title, artifact)
        .rule("main.deny")
        .with(&["--policy", "policies"])
        .file("policies/source.rego", POLICY)
}

fn source_is_named() -> Fixture {
    let annotations = json!({"org.opencontainers.image.source": "https://example.org/soils"});
    team_policy("user_policy_pass", "A policy of the user's own has nothing against it", annotations)
        .says(&["PASS", "passed deny set=main"])
}

fn source_is_not_named() -> Fixture {
    team_policy("user_policy_fail", "A policy of the user's own denies it", json!({}))
        .says(&["fail deny set=main + org.opencontainers.image.source"])
}

/// An image of one layer, signed and attested, as `docker push`, `cosign sign` and `cosign attest` make it.
fn image(key: &Key) -> Artifact {
    let mut artifact = Artifact::default();
    let layer = archive("etc/motd", b"Soils of Kansas\n");
    let layer = artifact.blob("application/vnd.oci.image.layer.v1.tar", layer);
    let config = json!({
        "architecture": "amd64", "os": "linux", "config": {"Cmd": ["cat", "/etc/motd"]},
        "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]},
    });
    let config = artifact.blob("application/vnd.oci.image.config.v1+json", serde_json::to_vec(&config).unwrap());
    let manifest = json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]});
    let descriptor = artifact.manifest(&manifest);
    let subject = digest(&descriptor);
    artifact.list(descriptor, Some("v1"));
    artifact.sign(key, &subject);
    artifact.attest(key, &subject, SLSA, slsa());
    artifact
}

/// A tar of one file, the same every time.
fn archive(path: &str, content: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    header.set_mtime(0);
    let mut archive = tar::Builder::new(Vec::new());
    archive.append_data(&mut header, path, content).unwrap();
    archive.into_inner().unwrap()
}

const IMAGES: &str = r#"[rules]
disable = ["care", "layer_titles", "licence", "run_manifest", "sbom", "sensitivity"]

[[trust.signer]]
name = "release"
key = "../keys/release.pub"
predicate_types = ["https://sigstore.dev/cosign/sign/v1", "https://slsa.dev/provenance/v1"]
"#;

fn container_image() -> Fixture {
    Fixture::new("plain_image_pass", "An ordinary container image, judged by three rules", image(&release()))
        .config(IMAGES)
        .says(&[
            "PASS",
            "passed provenance",
            "passed signature",
            "passed subject_pinned",
            "relaxed relaxation.disabled_rule core.sbom",
        ])
        .never_says(&["passed sbom", "passed licence"])
}
