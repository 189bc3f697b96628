//! The shapes are those of the real cosign's layouts in `tests/material/`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{sigstore, statement};
use crate::support::sigstore::cosign::simple_signing;
use crate::support::sigstore::{Key, Kind, Verifier, Version};

fn material() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/material")
}

/// Every JSON document of a layout with its bytes.
fn documents(layout: &str) -> Vec<(Value, Vec<u8>)> {
    let blobs = fs::read_dir(material().join(layout).join("blobs/sha256")).unwrap();
    let bytes = blobs.map(|entry| fs::read(entry.unwrap().path()).unwrap());
    bytes.filter_map(|bytes| Some((serde_json::from_slice::<Value>(&bytes).ok()?, bytes))).collect()
}

/// The names of a document as paths, with `[]` for any element; whatever is encoded in a string is left alone.
fn shape(value: &Value) -> BTreeSet<String> {
    let below = |name: &str, value: &Value| {
        let deeper = shape(value).into_iter().map(|path| format!("{name}.{path}")).collect::<Vec<_>>();
        if deeper.is_empty() { vec![name.to_owned()] } else { deeper }
    };
    match value {
        Value::Object(fields) => fields.iter().flat_map(|(name, value)| below(name, value)).collect(),
        Value::Array(elements) => elements.iter().flat_map(|value| below("[]", value)).collect(),
        _ => BTreeSet::new(),
    }
}

#[test]
fn a_bundle_signed_with_a_key_has_the_shape_of_cosigns() {
    let ours = sigstore().with_key(&Key::new(Kind::P256)).unlogged().statement(&statement()).bundle(Version::V03);
    let documents = documents("signed");
    let real = documents.iter().map(|(value, _)| value).filter(|value| value.get("dsseEnvelope").is_some());
    let real = real.collect::<Vec<_>>();
    assert!(!real.is_empty());
    for real in real {
        assert_eq!(shape(&ours), shape(real));
        assert_eq!(ours["mediaType"], real["mediaType"]);
        assert_eq!(ours["dsseEnvelope"]["payloadType"], real["dsseEnvelope"]["payloadType"]);
    }
}

#[test]
fn the_hint_is_made_of_the_key_as_cosigns() {
    let pem = fs::read_to_string(material().join("keykinds/p384/key.pub")).unwrap();
    let public = STANDARD.decode(pem.lines().filter(|line| !line.starts_with('-')).collect::<String>()).unwrap();
    let mut signed = sigstore().with_key(&Key::new(Kind::P384)).unlogged().statement(&statement());
    signed.verifier = Verifier::Key(public);
    assert_eq!(signed.verifier.pem(), pem);
    let ours = signed.bundle(Version::V03);
    let documents = documents("keykinds/p384/bundle");
    let real = documents.iter().find(|(value, _)| value.get("dsseEnvelope").is_some()).unwrap();
    assert_eq!(ours["verificationMaterial"], real.0["verificationMaterial"]);
}

#[test]
fn what_is_signed_under_a_tag_is_byte_for_byte_cosigns() {
    let documents = documents("legacy");
    let (payload, bytes) = documents.iter().find(|(value, _)| value.get("critical").is_some()).unwrap();
    let repository = payload["critical"]["identity"]["docker-reference"].as_str().unwrap();
    let digest = payload["critical"]["image"]["docker-manifest-digest"].as_str().unwrap();
    assert_eq!(String::from_utf8_lossy(&simple_signing(repository, digest)), String::from_utf8_lossy(bytes));
}

#[test]
fn layers_signed_with_a_key_are_described_as_cosigns() {
    let sigstore = sigstore();
    let signing = sigstore.with_key(&Key::new(Kind::P256)).unlogged();
    let documents = documents("legacy");
    for ours in [signing.message(b"{}"), signing.statement(&statement())] {
        let layers = documents.iter().filter_map(|(value, _)| value["layers"].get(0));
        let real = layers.filter(|layer| layer["mediaType"] == ours.layer_media_type()).collect::<Vec<_>>();
        assert!(!real.is_empty(), "a layer of {}", ours.layer_media_type());
        for real in real {
            let annotations = ours.annotations();
            assert_eq!(annotations.keys().cloned().collect::<BTreeSet<_>>(), shape_of_annotations(real));
        }
        let envelope = documents.iter().find(|(value, _)| value.get("payload").is_some()).unwrap();
        assert_eq!(shape(&ours.envelope_json()), shape(&envelope.0));
    }
}

fn shape_of_annotations(layer: &Value) -> BTreeSet<String> {
    layer["annotations"].as_object().unwrap().keys().cloned().collect()
}
