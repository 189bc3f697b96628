//! What Rekor writes down of a signature: the body of an entry, in each kind.
//!
//! The names in the literals are sorted, as Rekor writes them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::keys::Key;
use super::logs::{Protocol, hex};
use super::signing::{Content, Signed, Verifier};

/// The kind of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    /// What the log's protocol has for the content.
    Usual,
    /// `hashedrekord/0.0.1`, for messages.
    Hash1,
    /// `hashedrekord/0.0.2`, for messages and for envelopes.
    Hash2,
    /// `dsse/0.0.1`.
    Dsse1,
    /// `dsse/0.0.2`, of Rekor v2.
    Dsse2,
    /// `intoto/0.0.1`, as cosign before 2.2 wrote it.
    Intoto1,
    /// `intoto/0.0.2`.
    Intoto2,
}

impl Record {
    pub(super) fn or_usual(self, protocol: Protocol, content: &Content) -> Record {
        match (self, protocol, content) {
            (Record::Usual, Protocol::V1, Content::Message(..)) => Record::Hash1,
            (Record::Usual, Protocol::V1, Content::Payload { .. }) => Record::Dsse1,
            (Record::Usual, Protocol::V2, _) => Record::Hash2,
            (chosen, _, _) => chosen,
        }
    }

    pub(super) fn kind_and_version(self) -> (&'static str, &'static str) {
        match self {
            Record::Hash1 => ("hashedrekord", "0.0.1"),
            Record::Hash2 => ("hashedrekord", "0.0.2"),
            Record::Dsse1 => ("dsse", "0.0.1"),
            Record::Dsse2 => ("dsse", "0.0.2"),
            Record::Intoto1 => ("intoto", "0.0.1"),
            Record::Intoto2 => ("intoto", "0.0.2"),
            Record::Usual => unreachable!("it is chosen by then"),
        }
    }

    pub(super) fn body(self, signed: &Signed, key: &Key) -> Vec<u8> {
        let (kind, version) = self.kind_and_version();
        let spec = match self {
            Record::Hash1 => hash_1(signed),
            Record::Hash2 => json!({"hashedRekordV002": hash_2(signed, key)}),
            Record::Dsse1 => dsse_1(signed),
            Record::Dsse2 => json!({"dsseV002": dsse_2(signed, key)}),
            Record::Intoto1 => intoto_1(signed),
            Record::Intoto2 => intoto_2(signed),
            Record::Usual => unreachable!("it is chosen by then"),
        };
        json!({"apiVersion": version, "kind": kind, "spec": spec}).to_string().into_bytes()
    }
}

fn hashed(bytes: &[u8]) -> Value {
    json!({"algorithm": "sha256", "value": hex(&Sha256::digest(bytes))})
}

/// PEM, and that in base64.
fn verifier(signed: &Signed) -> String {
    STANDARD.encode(signed.verifier.pem())
}

fn signature(signed: &Signed) -> String {
    STANDARD.encode(&signed.signature)
}

fn payload(signed: &Signed) -> &[u8] {
    match &signed.content {
        Content::Message(message, _) => message,
        Content::Payload { payload, .. } => payload,
    }
}

/// The hash is SHA-256 whatever the key, the only one that the verifier reads.
fn hash_1(signed: &Signed) -> Value {
    json!({
        "data": {"hash": hashed(&signed.content.signed_bytes())},
        "signature": {"content": signature(signed), "publicKey": {"content": verifier(signed)}},
    })
}

/// Who verifies, as Rekor v2 writes it.
fn verifier_2(signed: &Signed, key: &Key) -> Value {
    match &signed.verifier {
        Verifier::Certificate { leaf, .. } => {
            json!({"keyDetails": key.details(), "x509Certificate": {"rawBytes": STANDARD.encode(leaf)}})
        }
        Verifier::Key(public) => {
            json!({"keyDetails": key.details(), "publicKey": {"rawBytes": STANDARD.encode(public)}})
        }
    }
}

fn hash_2(signed: &Signed, key: &Key) -> Value {
    let digest = STANDARD.encode(Sha256::digest(signed.content.signed_bytes()));
    json!({
        "data": {"algorithm": "SHA2_256", "digest": digest},
        "signature": {"content": signature(signed), "verifier": verifier_2(signed, key)},
    })
}

fn dsse_1(signed: &Signed) -> Value {
    json!({
        "envelopeHash": hashed(&signed.envelope()),
        "payloadHash": hashed(payload(signed)),
        "signatures": [{"signature": signature(signed), "verifier": verifier(signed)}],
    })
}

fn dsse_2(signed: &Signed, key: &Key) -> Value {
    json!({
        "payloadHash": {"algorithm": "SHA2_256", "digest": STANDARD.encode(Sha256::digest(payload(signed)))},
        "signatures": [{"content": signature(signed), "verifier": verifier_2(signed, key)}],
    })
}

/// The envelope is held by its hash alone.
fn intoto_1(signed: &Signed) -> Value {
    json!({
        "content": {"hash": hashed(&signed.envelope()), "payloadHash": hashed(payload(signed))},
        "publicKey": verifier(signed),
    })
}

/// The signature's base64 is encoded once more, and the payload is left out.
fn intoto_2(signed: &Signed) -> Value {
    let payload_type = match &signed.content {
        Content::Message(..) => "",
        Content::Payload { payload_type, .. } => payload_type,
    };
    json!({
        "content": {
            "envelope": {
                "payloadType": payload_type,
                "signatures": [{"publicKey": verifier(signed), "sig": STANDARD.encode(signature(signed))}],
            },
            "hash": hashed(&signed.envelope()),
            "payloadHash": hashed(payload(signed)),
        },
    })
}
