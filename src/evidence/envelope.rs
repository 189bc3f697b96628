//! DSSE envelopes (DSSE 1.0, `envelope.md`): a payload, its type, and signatures over both.

use std::collections::BTreeMap;

use serde_json::Value;

use super::encoding::decode_base64;
use super::simple_signing::SigningAnnotations;

/// Signatures that one envelope may carry: real ones have one.
const SIGNATURES: usize = 32;

/// A DSSE envelope, decoded but not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Type of the payload; `application/vnd.in-toto+json` for a statement.
    pub payload_type: String,
    /// The payload's bytes.
    pub payload: Vec<u8>,
    /// The signatures' bytes.
    pub signatures: Vec<Vec<u8>>,
    /// What the annotations of a cosign `.att` layer add.
    pub annotations: SigningAnnotations,
}

impl Envelope {
    /// Whether a document has the shape of an envelope.
    pub fn looks_like(content: &Value) -> bool {
        ["payload", "payloadType", "signatures"].iter().all(|key| content.get(key).is_some())
    }

    /// Reads an envelope; the error says what is missing or malformed.
    pub fn read(content: &Value) -> Result<Self, String> {
        let text = |key: &str| {
            content.get(key).and_then(Value::as_str).ok_or_else(|| format!("`{key}` is missing or not a string"))
        };
        let payload = decode_base64(text("payload")?).ok_or("`payload` is not base64")?;
        let signatures =
            content.get("signatures").and_then(Value::as_array).ok_or("`signatures` is missing or not an array")?;
        if signatures.is_empty() || signatures.len() > SIGNATURES {
            return Err(format!("expected 1 to {SIGNATURES} signatures, found {}", signatures.len()));
        }
        let signatures = signatures
            .iter()
            .map(|signature| signature.get("sig").and_then(Value::as_str).and_then(decode_base64))
            .collect::<Option<Vec<_>>>()
            .ok_or("a signature's `sig` is missing or not base64")?;
        Ok(Envelope {
            payload_type: text("payloadType")?.to_owned(),
            payload,
            signatures,
            annotations: SigningAnnotations::default(),
        })
    }

    /// Takes in what cosign's `.att` layers say in annotations.
    pub fn with_annotations(mut self, annotations: &BTreeMap<String, String>) -> Self {
        self.annotations = SigningAnnotations::read(annotations);
        self
    }

    /// What is signed: the pre-authentication encoding (DSSE 1.0, `protocol.md` § Signature Definition).
    pub fn pre_authentication_encoding(&self) -> Vec<u8> {
        let header = format!("DSSEv1 {} {} {} ", self.payload_type.len(), self.payload_type, self.payload.len());
        [header.as_bytes(), &self.payload].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_that_of_the_specification() {
        let envelope = Envelope::read(&serde_json::json!({
            "payloadType": "http://example.com/HelloWorld",
            "payload": "aGVsbG8gd29ybGQ=",
            "signatures": [{"sig": "AA"}],
        }))
        .unwrap();
        assert_eq!(envelope.pre_authentication_encoding(), b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    }

    #[test]
    fn what_is_not_an_envelope_says_why() {
        for (content, reason) in [
            (serde_json::json!({"payloadType": "x", "payload": "%", "signatures": []}), "`payload` is not base64"),
            (
                serde_json::json!({"payloadType": "x", "payload": "", "signatures": []}),
                "expected 1 to 32 signatures, found 0",
            ),
            (serde_json::json!({"payloadType": "x", "payload": "", "signatures": [{}]}), "`sig` is missing"),
        ] {
            assert!(Envelope::read(&content).unwrap_err().contains(reason));
        }
    }
}
