//! cosign's older form: what stands in a layer and its annotations is enough to verify the signature again.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sigstore_verify::crypto::VerificationKey;
use sigstore_verify::trust_root::TrustedRoot;
use sigstore_verify::types::{Bundle, DerPublicKey, SignatureBytes};
use sigstore_verify::{Error, Policy, PublicKeyVerificationPolicy, VerificationResult, Verifier};

use super::{ARTIFACT, category, now, policy, sigstore, statement, workflow};
use crate::support::sigstore::cosign::{ENVELOPE, SIMPLE_SIGNING, simple_signing};
use crate::support::sigstore::logs::hex;
use crate::support::sigstore::{Key, Kind, Record, Signed, Sigstore};

const REPOSITORY: &str = "registry.example.test/kfm/layers";

/// What a registry holds of a signature.
struct Layer {
    media_type: &'static str,
    bytes: Vec<u8>,
    annotations: BTreeMap<String, String>,
}

impl Layer {
    fn of(signed: &Signed) -> Self {
        Layer { media_type: signed.layer_media_type(), bytes: signed.layer(), annotations: signed.annotations() }
    }

    fn json(&self, annotation: &str) -> Option<Value> {
        self.annotations.get(annotation).map(|text| serde_json::from_str(text).unwrap())
    }

    /// The same in a bundle, read from nothing but the layer.
    fn bundle(&self) -> Value {
        let mut bundle = json!({
            "mediaType": "application/vnd.dev.sigstore.bundle+json;version=0.1",
            "verificationMaterial": self.verifier(),
        });
        let material = &mut bundle["verificationMaterial"];
        material["tlogEntries"] = self.json("dev.sigstore.cosign/bundle").iter().map(entry).collect();
        if let Some(stamp) = self.json("dev.sigstore.cosign/rfc3161timestamp") {
            let stamps = json!([{"signedTimestamp": stamp["SignedRFC3161Timestamp"]}]);
            material["timestampVerificationData"] = json!({"rfc3161Timestamps": stamps});
        }
        if self.media_type == ENVELOPE {
            bundle["dsseEnvelope"] = serde_json::from_slice(&self.bytes).unwrap();
        } else {
            let digest = json!({"algorithm": "SHA2_256", "digest": STANDARD.encode(Sha256::digest(&self.bytes))});
            let signature = &self.annotations["dev.cosignproject.cosign/signature"];
            bundle["messageSignature"] = json!({"messageDigest": digest, "signature": signature});
        }
        bundle
    }

    fn verifier(&self) -> Value {
        match self.annotations.get("dev.sigstore.cosign/certificate") {
            Some(pem) => json!({"x509CertificateChain": {"certificates": [{"rawBytes": unwrapped(pem)}]}}),
            None => json!({"publicKey": {"hint": ""}}),
        }
    }

    fn verify(&self, sigstore: &Sigstore, policy: &(impl Policy + ?Sized)) -> Result<VerificationResult, Error> {
        let root = TrustedRoot::from_json(&sigstore.trusted_root().to_string()).unwrap();
        let bundle = Bundle::from_json(&self.bundle().to_string())?;
        let artifact = if self.media_type == ENVELOPE { ARTIFACT } else { &self.bytes };
        Verifier::new(&root)?.verify(artifact, &bundle, policy)
    }
}

/// The base64 of the only block in PEM.
fn unwrapped(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with('-')).collect()
}

fn entry(bundle: &Value) -> Value {
    let payload = &bundle["Payload"];
    let body: Value = serde_json::from_slice(&STANDARD.decode(payload["body"].as_str().unwrap()).unwrap()).unwrap();
    let id = payload["logID"].as_str().unwrap();
    let id = (0..id.len()).step_by(2).map(|place| u8::from_str_radix(&id[place..place + 2], 16).unwrap());
    json!({
        "logIndex": payload["logIndex"].to_string(),
        "logId": {"keyId": STANDARD.encode(id.collect::<Vec<_>>())},
        "kindVersion": {"kind": body["kind"], "version": body["apiVersion"]},
        "integratedTime": payload["integratedTime"].to_string(),
        "inclusionPromise": {"signedEntryTimestamp": bundle["SignedEntryTimestamp"]},
        "canonicalizedBody": payload["body"],
    })
}

fn payload() -> Vec<u8> {
    simple_signing(REPOSITORY, &format!("sha256:{}", hex(&Sha256::digest(ARTIFACT))))
}

#[test]
fn layers_with_a_certificate_hold_all_that_is_needed() {
    let sigstore = sigstore();
    for signing in [sigstore.keyless(&workflow()), sigstore.keyless(&workflow()).stamped()] {
        let intoto = signing.clone().record(Record::Intoto2).statement(&statement());
        for (signed, suffix) in
            [(signing.message(&payload()), "sig"), (signing.statement(&statement()), "att"), (intoto, "att")]
        {
            assert_eq!(signed.suffix(), suffix);
            let result = Layer::of(&signed).verify(&sigstore, &policy()).unwrap();
            assert!(result.sct_verified() && result.tlog_verified());
            assert_eq!(result.integrated_time().map(|time| time.as_second()), Some(now() + 2));
        }
    }
}

#[test]
fn layers_with_a_key_are_verified_with_it_alone() {
    let sigstore = sigstore();
    let key = Key::new(Kind::P256);
    let policy = PublicKeyVerificationPolicy::new(DerPublicKey::new(key.public_der()));
    let other = PublicKeyVerificationPolicy::new(DerPublicKey::new(Key::new(Kind::P256).public_der()));
    for signed in [sigstore.with_key(&key).message(&payload()), sigstore.with_key(&key).statement(&statement())] {
        let layer = Layer::of(&signed);
        assert!(!layer.annotations.contains_key("dev.sigstore.cosign/certificate"));
        layer.verify(&sigstore, &policy).unwrap();
        assert_eq!(category(&layer.verify(&sigstore, &other).unwrap_err()), "signature");
    }
}

#[test]
fn the_layer_names_what_it_holds() {
    let sigstore = sigstore();
    let signing = sigstore.keyless(&workflow()).stamped();
    let names = |signed: &Signed| signed.annotations().into_keys().collect::<Vec<_>>();
    let common = [
        "dev.cosignproject.cosign/signature",
        "dev.sigstore.cosign/bundle",
        "dev.sigstore.cosign/certificate",
        "dev.sigstore.cosign/chain",
        "dev.sigstore.cosign/rfc3161timestamp",
    ];
    let message = signing.message(&payload());
    assert_eq!((names(&message), message.layer_media_type()), (common.map(str::to_owned).to_vec(), SIMPLE_SIGNING));
    assert_eq!(message.annotations()["dev.sigstore.cosign/chain"].matches("BEGIN CERTIFICATE").count(), 2);
    let attestation = signing.statement(&statement());
    assert_eq!(names(&attestation), [&common[..], &["predicateType"]].concat());
    assert_eq!(attestation.annotations()["predicateType"], "https://slsa.dev/provenance/v1");
    assert_eq!(attestation.annotations()["dev.cosignproject.cosign/signature"], "");
    // Neither Rekor v2 nor a proof has a place in this form.
    let plain = sigstore.keyless(&workflow()).unlogged().message(&payload());
    let in_v2 = sigstore.keyless(&workflow()).rekor_v2().message(&payload());
    assert!(!names(&plain).contains(&common[1].to_owned()) && !names(&in_v2).contains(&common[1].to_owned()));
}

/// What is changed, how, with another signature's layer at hand, and as what it is refused.
type Change = (&'static str, fn(&mut Layer, &Layer), &'static str);

#[rustfmt::skip]
const CHANGES: &[Change] = &[
    ("layer", |one, _| one.bytes = String::from_utf8(one.bytes.clone()).unwrap().replace("kfm/layers", "kfm/other1").into_bytes(), "signature"),
    ("signature", |one, other| take(one, other, "dev.cosignproject.cosign/signature"), "signature"),
    ("certificate", |one, other| take(one, other, "dev.sigstore.cosign/certificate"), "signature"),
    ("log entry", |one, other| take(one, other, "dev.sigstore.cosign/bundle"), "log mismatch"),
    ("time", |one, _| reword(one, "integratedTime", |value| *value = json!(value.as_i64().unwrap() - 1)), "promise"),
    ("index", |one, _| reword(one, "logIndex", |value| *value = json!(1)), "promise"),
    ("log", |one, _| reword(one, "logID", |value| *value = json!("00".repeat(32))), "promise"),
    ("no log entry", |one, _| { one.annotations.remove("dev.sigstore.cosign/bundle"); }, "bundle"),
];

fn take(one: &mut Layer, other: &Layer, annotation: &str) {
    one.annotations.insert(annotation.to_owned(), other.annotations[annotation].clone());
}

fn reword(one: &mut Layer, field: &str, change: fn(&mut Value)) {
    let mut bundle = one.json("dev.sigstore.cosign/bundle").unwrap();
    change(&mut bundle["Payload"][field]);
    one.annotations.insert("dev.sigstore.cosign/bundle".to_owned(), bundle.to_string());
}

#[test]
fn each_change_to_a_layer_is_refused_and_as_what() {
    let sigstore = sigstore();
    let sign = || Layer::of(&sigstore.keyless(&workflow()).message(&payload()));
    for (case, change, expected) in CHANGES {
        let (mut one, other) = (sign(), sign());
        change(&mut one, &other);
        let error = one.verify(&sigstore, &policy()).unwrap_err();
        assert_eq!(category(&error), *expected, "{case}: {error}");
    }
}

/// `intoto/0.0.1`, which the verifier cannot read: each of its parts is right by itself.
#[test]
fn the_oldest_entries_of_attestations_are_what_cosign_wrote() {
    let sigstore = sigstore();
    let layer = Layer::of(&sigstore.keyless(&workflow()).record(Record::Intoto1).statement(&statement()));
    let error = layer.verify(&sigstore, &policy()).unwrap_err();
    assert!(error.to_string().contains("unsupported Rekor entry format: intoto/0.0.1"), "{error}");

    let bundle = layer.json("dev.sigstore.cosign/bundle").unwrap();
    let body = STANDARD.decode(bundle["Payload"]["body"].as_str().unwrap()).unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    let envelope: Value = serde_json::from_slice(&layer.bytes).unwrap();
    let payload = STANDARD.decode(envelope["payload"].as_str().unwrap()).unwrap();
    let content = &body["spec"]["content"];
    assert_eq!(content["hash"], json!({"algorithm": "sha256", "value": hex(&Sha256::digest(&layer.bytes))}));
    assert_eq!(content["payloadHash"], json!({"algorithm": "sha256", "value": hex(&Sha256::digest(&payload))}));
    let pem = STANDARD.decode(body["spec"]["publicKey"].as_str().unwrap()).unwrap();
    assert_eq!(String::from_utf8(pem).unwrap(), layer.annotations["dev.sigstore.cosign/certificate"]);

    let key = VerificationKey::from_spki(&DerPublicKey::new(sigstore.rekor_v1.key().public_der())).unwrap();
    let promise = STANDARD.decode(bundle["SignedEntryTimestamp"].as_str().unwrap()).unwrap();
    let promise = SignatureBytes::from_bytes(&promise);
    key.verify(bundle["Payload"].to_string(), &promise).unwrap();
    let mut later = bundle["Payload"].clone();
    later["integratedTime"] = json!(now() + 3);
    assert!(key.verify(later.to_string(), &promise).is_err(), "the promise covers the time");
}
