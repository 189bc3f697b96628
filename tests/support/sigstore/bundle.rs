//! Sigstore bundles.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256, Sha384};

use super::keys::Kind;
use super::logs::{Entry, Proof};
use super::signing::{Content, Signed, Verifier};

/// The version of a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// Certificates as a chain; the log's promise must be there.
    V01,
    /// Certificates as a chain; the log's proof must be there.
    V02,
    /// One certificate; the log's proof must be there.
    V03,
}

impl Version {
    pub fn media_type(self) -> &'static str {
        match self {
            Version::V01 => "application/vnd.dev.sigstore.bundle+json;version=0.1",
            Version::V02 => "application/vnd.dev.sigstore.bundle+json;version=0.2",
            Version::V03 => "application/vnd.dev.sigstore.bundle.v0.3+json",
        }
    }
}

impl Signed {
    pub fn bundle(&self, version: Version) -> Value {
        let mut material = verifier(&self.verifier, version);
        if let Some(one) = &self.entry {
            material["tlogEntries"] = json!([entry(one)]);
        }
        if let Some(timestamp) = &self.timestamp {
            let timestamps = json!([{"signedTimestamp": STANDARD.encode(timestamp)}]);
            material["timestampVerificationData"] = json!({"rfc3161Timestamps": timestamps});
        }
        let mut bundle = json!({"mediaType": version.media_type(), "verificationMaterial": material});
        match &self.content {
            Content::Message(message, kind) => bundle["messageSignature"] = self.message_signature(message, *kind),
            Content::Payload { .. } => bundle["dsseEnvelope"] = self.envelope_json(),
        }
        bundle
    }

    fn message_signature(&self, message: &[u8], kind: Kind) -> Value {
        let digest = match kind {
            Kind::P256 | Kind::Ed25519 => {
                json!({"algorithm": "SHA2_256", "digest": STANDARD.encode(Sha256::digest(message))})
            }
            Kind::P384 => json!({"algorithm": "SHA2_384", "digest": STANDARD.encode(Sha384::digest(message))}),
        };
        json!({"messageDigest": digest, "signature": STANDARD.encode(&self.signature)})
    }

    /// The DSSE envelope; of a message, one without a payload.
    pub fn envelope_json(&self) -> Value {
        let (payload_type, payload) = match &self.content {
            Content::Message(..) => ("", &[][..]),
            Content::Payload { payload_type, payload } => (payload_type.as_str(), payload.as_slice()),
        };
        json!({
            "payload": STANDARD.encode(payload),
            "payloadType": payload_type,
            "signatures": [{"sig": STANDARD.encode(&self.signature)}],
        })
    }

    /// The bytes of the envelope.
    pub fn envelope(&self) -> Vec<u8> {
        self.envelope_json().to_string().into_bytes()
    }
}

fn verifier(verifier: &Verifier, version: Version) -> Value {
    let certificate = |bytes: &Vec<u8>| json!({"rawBytes": STANDARD.encode(bytes)});
    match (verifier, version) {
        (Verifier::Key(public), _) => json!({"publicKey": {"hint": STANDARD.encode(Sha256::digest(public))}}),
        (Verifier::Certificate { leaf, .. }, Version::V03) => json!({"certificate": certificate(leaf)}),
        (Verifier::Certificate { leaf, chain }, Version::V01 | Version::V02) => {
            // The root is never in it: it is what the verifier brings.
            let above = chain.split_last().map_or(&[][..], |(_, above)| above);
            let certificates = [leaf].into_iter().chain(above).map(certificate).collect::<Vec<_>>();
            json!({"x509CertificateChain": {"certificates": certificates}})
        }
    }
}

fn entry(entry: &Entry) -> Value {
    let mut value = json!({
        "logIndex": entry.log_index.to_string(),
        "logId": {"keyId": STANDARD.encode(&entry.log_id)},
        "kindVersion": {"kind": entry.kind, "version": entry.version},
        "canonicalizedBody": STANDARD.encode(&entry.body),
    });
    if let Some(time) = entry.integrated_time {
        value["integratedTime"] = time.to_string().into();
    }
    if let Some(promise) = &entry.promise {
        value["inclusionPromise"] = json!({"signedEntryTimestamp": STANDARD.encode(promise)});
    }
    if let Some(inclusion) = &entry.proof {
        value["inclusionProof"] = proof(inclusion);
    }
    value
}

fn proof(proof: &Proof) -> Value {
    json!({
        "logIndex": proof.log_index.to_string(),
        "rootHash": STANDARD.encode(&proof.root),
        "treeSize": proof.tree_size.to_string(),
        "hashes": proof.hashes.iter().map(|hash| STANDARD.encode(hash)).collect::<Vec<_>>(),
        "checkpoint": {"envelope": proof.checkpoint},
    })
}
