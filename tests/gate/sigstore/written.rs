//! Writes material for verifiers in other languages, which must agree: `tests/interop/run generator`.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use super::{ARTIFACT, sigstore, statement, workflow};
use crate::support::artifact::{self, Artifact, Layer};
use crate::support::sigstore::cosign::simple_signing;
use crate::support::sigstore::{Key, Kind, Record, Signing, Sigstore, Version};

type Make = fn(Signing<'_>) -> Signing<'_>;

/// One way to vouch for a signature: the folder, which says what a verifier has to be told; the file; and how.
type Way = (&'static str, &'static str, Version, Make);

const BUNDLES: &[Way] = &[
    ("logged", "v1", Version::V03, |signing| signing),
    ("logged", "v1-bundle-0.1", Version::V01, |signing| signing),
    ("logged", "v1-bundle-0.2", Version::V02, |signing| signing),
    ("logged", "v2", Version::V03, |signing| signing.rekor_v2()),
    ("proven", "v1-promise-timestamp", Version::V03, |signing| signing.stamped()),
    ("proven", "v1-timestamp", Version::V03, |signing| signing.without_promise().stamped()),
    ("proven", "v2-timestamp", Version::V03, |signing| signing.rekor_v2()),
    ("unlogged", "timestamp", Version::V03, |signing| signing.unlogged().stamped()),
];

/// Ways under cosign's older tags: the name of the subject, and how.
const TAGGED: &[(&str, Make)] = &[("promise", |signing| signing), ("promise-timestamp", |signing| signing.stamped())];

#[test]
#[ignore = "writes into a folder"]
fn write() {
    let folder = PathBuf::from(std::env::var_os("OCIGATE_SIGSTORE").unwrap());
    let sigstore = sigstore();
    let key = Key::new(Kind::P256);
    for kind in ["message", "statement"] {
        for (checks, name, version, make) in BUNDLES {
            let signing = make(sigstore.keyless(&workflow()));
            let signed = if kind == "message" { signing.message(ARTIFACT) } else { signing.statement(&statement()) };
            let folder = folder.join(kind).join(checks);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(name), signed.bundle(*version).to_string()).unwrap();
        }
    }
    let intoto = sigstore.keyless(&workflow()).record(Record::Intoto2).statement(&statement());
    fs::write(folder.join("statement/logged/v1-intoto"), intoto.bundle(Version::V03).to_string()).unwrap();
    let alone = sigstore.with_key(&key).message(ARTIFACT);
    fs::write(folder.join("with-key"), alone.bundle(Version::V03).to_string()).unwrap();
    fs::write(folder.join("key.pub"), key.public_pem()).unwrap();
    fs::write(folder.join("trusted_root.json"), sigstore.trusted_root().to_string()).unwrap();
    fs::write(folder.join("other_root.json"), self::sigstore().trusted_root().to_string()).unwrap();
    fs::write(folder.join("artifact"), ARTIFACT).unwrap();
    layout(&sigstore).write(&folder.join("layout"));
}

/// A subject for each way, with a signature and an attestation under its tags; the attestation of one more is logged
/// as cosign did before 2.2.
fn layout(sigstore: &Sigstore) -> Artifact {
    let mut artifact = Artifact::default();
    let mut add = |name: &str, signing: Signing<'_>| {
        let layers = vec![Layer("soils.pmtiles", "application/vnd.pmtiles", ARTIFACT.to_vec())];
        let subject = artifact.push(name, layers, json!({"name": name}));
        let payload = simple_signing("registry.example.test/kfm/layers", &subject);
        let about = artifact::statement(&[&subject], "https://slsa.dev/provenance/v1", json!({}));
        let message = signing.clone().record(Record::Usual).message(&payload);
        for signed in [message, signing.statement(&about)] {
            let annotations = json!(signed.annotations());
            artifact.tag(&subject, signed.suffix(), signed.layer_media_type(), signed.layer(), annotations);
        }
    };
    for (name, make) in TAGGED {
        add(name, make(sigstore.keyless(&workflow())));
    }
    add("promise-intoto-0.0.1", sigstore.keyless(&workflow()).record(Record::Intoto1));
    add("promise-intoto-0.0.2", sigstore.keyless(&workflow()).record(Record::Intoto2));
    artifact
}
