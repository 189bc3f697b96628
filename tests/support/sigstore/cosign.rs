//! cosign's older form: a layer under a `.sig` or an `.att` tag, with everything else in its annotations.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::certificates::pem;
use super::logs::{Entry, hex};
use super::signing::{Content, Signed, Verifier};

pub const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
pub const ENVELOPE: &str = "application/vnd.dsse.envelope.v1+json";

/// What `cosign sign` signs: the claim that a digest is signed. Sign it as a message.
pub fn simple_signing(repository: &str, digest: &str) -> Vec<u8> {
    let payload = json!({
        "critical": {
            "identity": {"docker-reference": repository},
            "image": {"docker-manifest-digest": digest},
            "type": "cosign container image signature",
        },
        "optional": null,
    });
    payload.to_string().into_bytes()
}

impl Signed {
    /// The tag's suffix: `sig` for a message, `att` for an envelope.
    pub fn suffix(&self) -> &'static str {
        match self.content {
            Content::Message(..) => "sig",
            Content::Payload { .. } => "att",
        }
    }

    /// The layer's media type.
    pub fn layer_media_type(&self) -> &'static str {
        match self.content {
            Content::Message(..) => SIMPLE_SIGNING,
            Content::Payload { .. } => ENVELOPE,
        }
    }

    /// The layer's bytes: the message, or the envelope.
    pub fn layer(&self) -> Vec<u8> {
        match &self.content {
            Content::Message(message, _) => message.clone(),
            Content::Payload { .. } => self.envelope(),
        }
    }

    /// The layer's annotations.
    pub fn annotations(&self) -> BTreeMap<String, String> {
        let mut annotations = BTreeMap::new();
        let mut put = |name: &str, value: String| annotations.insert(name.to_owned(), value);
        match &self.content {
            Content::Message(..) => {
                put("dev.cosignproject.cosign/signature", STANDARD.encode(&self.signature));
            }
            Content::Payload { payload, .. } => {
                put("dev.cosignproject.cosign/signature", String::new());
                put("predicateType", predicate_type(payload));
            }
        }
        if let Verifier::Certificate { leaf, chain } = &self.verifier {
            put("dev.sigstore.cosign/certificate", pem([leaf]));
            put("dev.sigstore.cosign/chain", pem(chain));
        }
        if let Some(bundle) = self.entry.as_ref().and_then(promised) {
            put("dev.sigstore.cosign/bundle", bundle.to_string());
        }
        if let Some(timestamp) = &self.timestamp {
            let response = json!({"SignedRFC3161Timestamp": STANDARD.encode(timestamp)});
            put("dev.sigstore.cosign/rfc3161timestamp", response.to_string());
        }
        annotations
    }
}

fn predicate_type(payload: &[u8]) -> String {
    let statement: Value = serde_json::from_slice(payload).unwrap_or_default();
    statement["predicateType"].as_str().unwrap_or_default().to_owned()
}

/// The log's promise; the form has no place for a proof.
fn promised(entry: &Entry) -> Option<Value> {
    let promise = entry.promise.as_ref()?;
    Some(json!({
        "SignedEntryTimestamp": STANDARD.encode(promise),
        "Payload": {
            "body": STANDARD.encode(&entry.body),
            "integratedTime": entry.integrated_time,
            "logID": hex(&entry.log_id),
            "logIndex": entry.log_index,
        },
    }))
}
