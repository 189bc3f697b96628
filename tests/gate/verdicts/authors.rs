//! Policies that a team writes from the input's schema alone: over packages, the config of an image, and who signed what.

use serde_json::{Value, json};

use crate::support::artifact::{Artifact, MANIFEST, document, hex, statement};
use crate::support::documents::{
    METADATA, PROVENANCE, SBOM, SLSA, complete, cyclonedx, data_digest, documented, metadata_layers, prov, release,
    run_manifest, slsa, spdx, stranger,
};
use crate::support::gate::{Gate, Outcome};
use crate::support::sigstore::{Identity, Signing, Sigstore, Version, seconds};

fn judged(artifact: &Artifact, text: &str) -> Outcome {
    let gate = Gate::on(artifact);
    let file = gate.file("policy.rego", format!("package main\n{text}").as_bytes());
    gate.with(&["--policy", file.to_str().unwrap()]).run()
}

const LOG4J: &str = "
deny contains msg if {
    some sbom in input.proven.sbom
    some item in sbom.packages
    item.name == \"log4j-core\"
    semver.compare(item.version, \"2.17.0\") < 0
    msg := sprintf(\"%s %s from %s\", [item.name, item.version, item.purl])
}";

const PURL: &str = "pkg:maven/org.apache.logging.log4j/log4j-core";

fn spdx_with(version: &str) -> Value {
    let mut sbom = spdx(&data_digest());
    let package = json!({
        "SPDXID": "SPDXRef-log4j", "name": "log4j-core", "versionInfo": version, "downloadLocation": "NOASSERTION",
        "supplier": "Organization: Apache", "licenseConcluded": "NOASSERTION", "licenseDeclared": "Apache-2.0",
        "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
            "referenceLocator": format!("{PURL}@{version}")}],
        "checksums": [{"algorithm": "SHA256", "checksumValue": "ab".repeat(32)},
            {"algorithm": "SHA1", "checksumValue": "ab".repeat(20)}],
    });
    sbom["packages"].as_array_mut().unwrap().push(package);
    sbom
}

fn cyclonedx_with(version: &str) -> Value {
    let mut sbom = cyclonedx(&data_digest());
    let inner = json!({
        "type": "library", "name": "log4j-core", "version": version, "purl": format!("{PURL}@{version}"),
        "supplier": {"name": "Apache"}, "licenses": [{"license": {"id": "Apache-2.0"}}],
        "hashes": [{"alg": "SHA-256", "content": "AB".repeat(32)}],
    });
    sbom["components"] = json!([{"type": "application", "name": "server", "version": "1", "components": [inner]}]);
    sbom
}

#[test]
fn packages_have_one_shape_in_every_format() {
    let shape = "
deny contains \"shape\" if {
    some sbom in input.proven.sbom
    some item in sbom.packages
    item.name == \"log4j-core\"
    object.remove(item, [\"pointer\", \"purl\", \"version\"]) == {
        \"name\": \"log4j-core\", \"supplier\": \"Apache\", \"licences\": [\"Apache-2.0\"],
        \"digests\": [\"sha256:abababababababababababababababababababababababababababababababab\"],
    }
}";
    for (predicate_type, sbom) in
        [("https://spdx.dev/Document", spdx_with as fn(&str) -> Value), ("https://cyclonedx.org/bom", cyclonedx_with)]
    {
        for (version, code, row) in [
            ("2.14.1", 1, format!("fail main.deny message=log4j-core 2.14.1 from {PURL}@2.14.1")),
            ("2.17.1", 0, "PASS".to_owned()),
        ] {
            let (mut artifact, subject) = complete();
            artifact.attest(&release(), &subject, predicate_type, sbom(version));
            judged(&artifact, LOG4J).assert(&format!("{predicate_type} {version}"), code, &[&row]);
            judged(&artifact, shape).assert(predicate_type, 1, &["fail main.deny message=shape"]);
        }
        // What nobody signed is no proven SBOM.
        let (mut artifact, subject) = complete();
        artifact.attach(&subject, SBOM, vec![document("sbom.json", "application/json", &sbom("2.14.1"))]);
        judged(&artifact, LOG4J).assert(&format!("{predicate_type} attached"), 0, &["PASS"]);
    }
}

/// A container image whose config says these things.
fn image(config: &Value) -> Artifact {
    let mut artifact = Artifact::default();
    let mut layer = artifact.blob("application/vnd.oci.image.layer.v1.tar+gzip", b"a layer".to_vec());
    layer["annotations"] = json!({"example.org/stage": "base"});
    let config = artifact.blob("application/vnd.oci.image.config.v1+json", serde_json::to_vec(config).unwrap());
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer],
        "annotations": {"org.opencontainers.image.licenses": "CC-BY-4.0"},
    });
    let manifest = artifact.manifest(&manifest);
    let subject = manifest["digest"].as_str().unwrap().to_owned();
    artifact.list(manifest, Some("v1"));
    let mut run = run_manifest();
    run["outputs"][0]["sha256"] = json!(hex(&subject));
    let documents =
        [("prov.jsonld", "application/ld+json", prov(&subject)), ("run-manifest.json", "application/json", run)];
    let layers = documents.iter().map(|(title, media_type, content)| document(title, media_type, content)).collect();
    artifact.attach(&subject, PROVENANCE, layers);
    artifact.attach(&subject, SBOM, vec![document("sbom.json", "application/spdx+json", &spdx(&subject))]);
    artifact.attach(&subject, METADATA, metadata_layers("public"));
    artifact.sign(&release(), &subject);
    artifact
}

#[test]
fn a_base_image_and_how_it_was_built_are_seen() {
    let config = json!({
        "os": "linux", "architecture": "arm64", "variant": "v8", "created": "2026-11-01T00:00:00Z",
        "config": {"User": "app", "Env": ["PATH=/bin"], "Entrypoint": ["/app"], "Cmd": ["serve"],
            "Labels": {"org.opencontainers.image.base.name": "registry.example.org/base/debian:13"}},
        "history": [{"created_by": "ADD rootfs"}, {"created_by": "USER app", "empty_layer": true}],
        "rootfs": {"type": "layers", "diff_ids": ["sha256:".to_owned() + &"ab".repeat(32)]},
    });
    let artifact = image(&config);
    for (case, body, code) in [
        ("base", "image.labels[\"org.opencontainers.image.base.name\"] == \"registry.example.org/base/debian:13\"", 1),
        ("another base", "startswith(image.labels[\"org.opencontainers.image.base.name\"], \"docker.io/\")", 0),
        ("root", "image.user == null", 0),
        ("user", "image.user == \"app\"", 1),
        ("platform", "image.platform == \"linux/arm64/v8\"", 1),
        ("environment", "image.environment == [\"PATH=/bin\"]", 1),
        ("history", "count([step | some step in image.history; not step.is_empty_layer]) == 1", 1),
        ("what runs", "array.concat(image.entrypoint, image.command) == [\"/app\", \"serve\"]", 1),
        ("layer", "input.subject.layers[0].annotations[\"example.org/stage\"] == \"base\"", 1),
    ] {
        let text = format!("deny contains \"seen\" if {{\n    image := input.subject.config.image\n    {body}\n}}");
        let rows: &[&str] = if code == 0 { &["PASS"] } else { &["fail main.deny message=seen"] };
        judged(&artifact, &text).assert(case, code, rows);
    }
    // What has none has null, also where a rule looks at it.
    let text = "deny contains \"none\" if input.subject.config.image == null";
    judged(&complete().0, text).assert("no image", 1, &["fail main.deny message=none"]);
}

const FROM_MAIN: &str = "
deny contains \"not built from main\" if not is_from_main

is_from_main if {
    some document in input.proven.provenance
    document.predicate_type == \"https://slsa.dev/provenance/v1\"
    some signer in document.signed_by
    signer.identity.source_ref == \"refs/heads/main\"
    contains(signer.identity.workflow, \"/release.yml\")
}";

#[test]
fn who_signed_a_document_is_seen() {
    let sigstore = Sigstore::new(seconds("2026-01-15T12:00:00Z"));
    let root = sigstore.trusted_root();
    for (reference, code) in [("refs/heads/main", 0), ("refs/heads/fork", 1)] {
        let (mut artifact, subject) = complete();
        let identity = Identity::github("kfm/tiles", "release.yml", reference);
        let signing: Signing<'_> = sigstore.keyless(&identity);
        let signed = signing.statement(&statement(&[&subject], SLSA, slsa()));
        artifact.attach_bundle(&subject, signed.bundle(Version::V03));
        let gate = Gate::untrusting(&artifact);
        let policy = gate.file("policy.rego", format!("package main\n{FROM_MAIN}").as_bytes());
        let key = gate.file("release.pem", release().public_pem().as_bytes());
        let root = gate.file("root.json", &serde_json::to_vec(&root).unwrap());
        let config = format!(
            "[[trust.root]]\nname = \"own\"\nfile = \"{}\"\n[[trust.signer]]\nname = \"release\"\nkey = \"{}\"\n\
             [[trust.signer]]\nname = \"ci\"\nroot = \"own\"\n[trust.signer.identity]\nissuer = \"https://token.actions.githubusercontent.com\"\n\
             subject = {{ glob = \"https://github.com/kfm/tiles/.github/workflows/release.yml@refs/heads/*\" }}\n",
            root.display(),
            key.display()
        );
        let rows: &[&str] = if code == 0 { &["PASS"] } else { &["fail main.deny message=not built from main"] };
        gate.config(&config).with(&["--policy", policy.to_str().unwrap()]).run().assert(reference, code, rows);
    }
    // A key has a fingerprint and no identity; who is not trusted vouches for nothing.
    let (mut artifact, subject) = documented();
    artifact.sign(&release(), &subject);
    artifact.attest(&release(), &subject, SLSA, slsa());
    artifact.attest(&stranger(), &subject, SLSA, slsa());
    let keyed = "deny contains msg if {
    some document in input.proven.provenance
    msg := sprintf(\"%v %v\", [document.kind, [[signer.signer, signer.identity] | some signer in document.signed_by]])
}";
    judged(&artifact, keyed).assert("by key", 1, &["fail main.deny slsa + release.pub + null"]);
    let attached = "deny contains \"nobody\" if {
    some document in input.attached.provenance
    document.signed_by == []
}";
    judged(&artifact, attached).assert("attached", 1, &["fail main.deny message=nobody"]);
}
