//! `pointer`: what a catalogue says of an artifact, against what is live.

use serde_json::{Value, json};

use super::fixture::Fixture;
use crate::support::artifact::{Artifact, document, pretty};
use crate::support::documents::{
    METADATA, PROVENANCE, REPOSITORY, SBOM, bare, data, data_digest, metadata_layers, prov, provenance_layers, release,
    sbom_layers,
};

pub fn fixtures() -> Vec<Fixture> {
    vec![agrees(), parts(), asset(), stale(), placeholder(), other_repository(), gone(), behind_a_gap()]
}

/// A complete artifact and the digests of what refers to it.
struct Layer {
    artifact: Artifact,
    subject: String,
    signature: String,
    provenance: String,
    sbom: String,
}

fn layer() -> Layer {
    let (mut artifact, subject) = bare();
    let provenance = artifact.attach(&subject, PROVENANCE, provenance_layers(&subject));
    let sbom = artifact.attach(&subject, SBOM, sbom_layers(&data_digest()));
    artifact.attach(&subject, METADATA, metadata_layers("public"));
    let signature = artifact.sign(&release(), &subject);
    Layer { artifact, subject, signature, provenance, sbom }
}

fn at(digest: &str) -> String {
    format!("oci://{REPOSITORY}@{digest}")
}

impl Layer {
    /// The canonical pointer.
    fn pointer(&self) -> Value {
        json!({"distribution": {"oci": {
            "subject": at(&self.subject),
            "artifact_type": "application/vnd.example.layer.v1",
            "files": [{"path": "soils.pmtiles", "media_type": "application/vnd.pmtiles", "size": data().len()}],
            "referrers": {
                "signature": at(&self.signature), "provenance": at(&self.provenance), "sbom": at(&self.sbom),
            },
        }}})
    }

    /// The layer judged by this pointer, which picks the digest.
    fn judged_by(self, name: &'static str, title: &'static str, pointer: &Value) -> Fixture {
        let text = String::from_utf8(pretty(pointer)).unwrap();
        Fixture::new(name, title, self.artifact)
            .rule("pointer")
            .with(&["--pointer", "distribution.oci.json"])
            .file("distribution.oci.json", text)
            .unnamed()
    }
}

fn agrees() -> Fixture {
    let layer = layer();
    let pointer = layer.pointer();
    let subject = layer.subject.clone();
    layer
        .judged_by("pointer_pass", "A pointer that names all that is there", &pointer)
        .says(&["PASS", "distribution.oci.json", &subject])
        .never_says(&["warn pointer"])
}

fn parts() -> Fixture {
    let layer = layer();
    let (host, path) = REPOSITORY.split_once('/').unwrap();
    let pointer = json!({"distribution": {"oci": {
        "registry": host, "repository": path, "tag": "v1", "digest": layer.subject,
        "artifactType": "application/vnd.example.layer.v1",
        "files": [{"name": "./soils.pmtiles", "mediaType": "application/vnd.pmtiles", "role": "data"}],
        "referrers": {"sig": layer.signature, "prov": [layer.provenance], "sbom": layer.sbom},
        "security": {"requires_cosign": true, "expected_signer": "../keys/release.pub"},
    }}});
    layer
        .judged_by("pointer_parts_pass", "A pointer with registry, repository and digest apart", &pointer)
        .says(&["PASS"])
}

fn asset() -> Fixture {
    let layer = layer();
    let (host, path) = REPOSITORY.split_once('/').unwrap();
    let pointer = json!({"assets": {"data": {
        "href": "https://api.example.org/soils.pmtiles", "type": "application/vnd.pmtiles", "file:size": data().len(),
        "kfm:oci": {"registry": host, "repository": path, "digest": layer.subject, "file": "soils.pmtiles"},
    }}});
    layer.judged_by("pointer_asset_pass", "An asset of a STAC Item as pointer", &pointer).says(&["PASS"])
}

fn stale() -> Fixture {
    let layer = layer();
    let mut pointer = layer.pointer();
    pointer["distribution"]["oci"]["files"][0]["size"] = json!(23);
    pointer["distribution"]["oci"]["files"][0]["media_type"] = json!("application/octet-stream");
    layer.judged_by("pointer_fail", "A pointer that says otherwise than the manifest", &pointer).says(&[
        "fail pointer.file_differs soils.pmtiles + 23 + 24 + pointer=/distribution/oci/files/0/size",
        "fail pointer.file_differs name=distribution.oci.json + line=9 + column=19",
        "fail pointer.file_differs soils.pmtiles + application/octet-stream + application/vnd.pmtiles",
    ])
}

fn placeholder() -> Fixture {
    let layer = layer();
    let mut pointer = layer.pointer();
    pointer["distribution"]["oci"]["referrers"]["signature"] = json!(at("sha256:SIGNATURE_DIGEST"));
    layer
        .judged_by("pointer_placeholder_fail", "A pointer that was not filled in", &pointer)
        .says(&["fail pointer.wrong_value SIGNATURE_DIGEST + pointer=/distribution/oci/referrers/signature"])
}

fn other_repository() -> Fixture {
    let layer = layer();
    let mut pointer = layer.pointer();
    let elsewhere = format!("oci://registry.example.org/kfm/provenance@{}", layer.provenance);
    pointer["distribution"]["oci"]["referrers"]["provenance"] = json!(elsewhere);
    layer.judged_by("pointer_other_repository_fail", "A pointer to provenance in another repository", &pointer).says(&[
        "fail pointer.referrer_elsewhere registry.example.org/kfm/layers",
        "fail pointer.referrer_elsewhere pointer=/distribution/oci/referrers/provenance",
    ])
}

fn gone() -> Fixture {
    let layer = layer();
    let mut pointer = layer.pointer();
    let other = format!("sha256:{}", "7e".repeat(32));
    pointer["distribution"]["oci"]["referrers"]["sbom"] = json!([at(&layer.sbom), at(&other)]);
    layer
        .judged_by("pointer_gone_fail", "A pointer to an SBOM that is not there", &pointer)
        .says(&[&format!("fail pointer.referrer_absent {other} + pointer=/distribution/oci/referrers/sbom/1")])
}

fn behind_a_gap() -> Fixture {
    let mut layer = layer();
    let hidden = [document("prov.jsonld", "application/ld+json", &prov(&data_digest()))];
    let hidden = layer.artifact.attach(&layer.subject, PROVENANCE, hidden.into());
    layer.artifact.blobs.remove(&hidden);
    let mut pointer = layer.pointer();
    pointer["distribution"]["oci"]["referrers"]["provenance"] = json!([at(&layer.provenance), at(&hidden)]);
    layer
        .judged_by("pointer_undecided", "A pointer to provenance that is listed and cannot be read", &pointer)
        .says(&[&format!("undecided pointer.referrer_absent {hidden}"), &format!("gap gap.absent {hidden}")])
}
