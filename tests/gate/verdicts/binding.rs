//! Provenance and SBOM bind to bytes.

use serde_json::{Value, json};

use crate::support::artifact::{Artifact, MANIFEST, document};
use crate::support::documents::{
    METADATA, PROVENANCE, SBOM, bare, data_digest, metadata_layers, prov, release, run_manifest, sbom_layers, spdx,
};
use crate::support::gate::{Gate, Outcome};
use crate::support::registry::{Options, Response};
use crate::support::served::Served;

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

/// A signed image of one layer, with an SBOM of what has this digest and provenance of what has that one. The config is of
/// this type and lists so many layers; both documents get its digest.
fn image(
    config_type: &str,
    diff_ids: usize,
    described: &dyn Fn(&str) -> Value,
    made: &dyn Fn(&str) -> String,
) -> Artifact {
    let mut artifact = Artifact::default();
    let layer = artifact.blob("application/vnd.oci.image.layer.v1.tar+gzip", b"a layer".to_vec());
    let ids: Vec<&Value> = std::iter::repeat_n(&layer["digest"], diff_ids).collect();
    let config = json!({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": ids}});
    let config = artifact.blob(config_type, serde_json::to_vec(&config).unwrap());
    let id = config["digest"].as_str().unwrap().to_owned();
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer],
        "annotations": {"org.opencontainers.image.licenses": "CC-BY-4.0"},
    });
    let manifest = artifact.manifest(&manifest);
    let subject = manifest["digest"].as_str().unwrap().to_owned();
    artifact.list(manifest, Some("v1"));
    let made = if made(&id).is_empty() { subject.clone() } else { made(&id) };
    let run = json!({"run_id": "run-1", "run_time": "2026-11-02T08:00:00Z", "tool": {"name": "t", "version": "1"},
        "inputs": [], "outputs": [{"path": "image", "sha256": made.trim_start_matches("sha256:")}]});
    let layers = vec![
        document("prov.jsonld", "application/ld+json", &prov(&made)),
        document("run-manifest.json", "application/json", &run),
    ];
    artifact.attach(&subject, PROVENANCE, layers);
    artifact.attach(&subject, SBOM, vec![document("sbom.json", "application/spdx+json", &described(&id))]);
    artifact.attach(&subject, METADATA, metadata_layers("public"));
    artifact.sign(&release(), &subject);
    artifact
}

const CONFIG: &str = "application/vnd.oci.image.config.v1+json";

#[test]
fn an_sbom_may_name_an_image_by_its_id_and_nothing_else_may() {
    let judge = |config: &str, diff_ids: usize, described: &dyn Fn(&str) -> Value, made: &dyn Fn(&str) -> String| {
        Gate::on(&image(config, diff_ids, described, made)).run()
    };
    let subject = |_: &str| String::new();
    let bound = "warn sbom.bound_by_config";
    for config in [CONFIG, "application/vnd.docker.container.image.v1+json"] {
        judge(config, 1, &|id| spdx(id), &subject).assert(config, 0, &[bound]);
    }
    for (case, config, diff_ids) in [
        ("more layers than there are", CONFIG, 2),
        ("no layers", CONFIG, 0),
        ("no config of an image", "application/vnd.example.config.v1+json", 1),
    ] {
        judge(config, diff_ids, &|id| spdx(id), &subject).assert(case, 1, &["fail sbom.other_subject"]);
    }
    // Provenance and a run manifest of the config are of something else.
    let outcome = judge(CONFIG, 1, &|id| spdx(id), &str::to_owned);
    outcome.assert("provenance", 1, &["fail provenance.other_subject", "fail run_manifest.other_subject", bound]);
    // What names the manifest as well needs no id.
    let outcome = judge(CONFIG, 1, &|_| spdx(&data_digest()), &subject);
    outcome.assert("another image", 1, &["fail sbom.other_subject"]);
}

/// What the config says is not known where it could not be read.
#[test]
fn a_config_that_cannot_be_read_is_a_gap() {
    let artifact = image(CONFIG, 1, &|id| spdx(id), &|_| String::new());
    let served = Served::new(&artifact, Options::default());
    served.judge(":v1").outcome.assert("served", 0, &["warn sbom.bound_by_config"]);
    let blobs: Vec<String> = served.registry.paths().into_iter().filter(|path| path.contains("/blobs/")).collect();
    served.registry.fault(&blobs[0], usize::MAX, Response::new(503).body("{}"));
    served.judge(":v1").outcome.assert("unavailable", 3, &["undecided sbom.other_subject", "gap gap.status"]);
}
