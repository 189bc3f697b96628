//! DSSE envelopes (DSSE 1.0, `envelope.md`): a payload, its type, and signatures over both.

use std::collections::BTreeMap;

use serde_json::Value;

use super::encoding::decode_base64;
use super::simple_signing::SigningAnnotations;
use crate::fault::{Fault, FaultCode};

/// Payload type of in-toto statements (in-toto attestation, `envelope.md`).
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

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
    /// Whether a document has the shape of an envelope: the type of a payload, beside the payload or its signatures.
    pub fn looks_like(content: &Value) -> bool {
        let has = |key: &str| content.get(key).is_some();
        has("payloadType") && (has("payload") || has("signatures"))
    }

    /// Reads an envelope; the fault says what is missing or malformed.
    pub fn read(content: &Value) -> Result<Self, Fault> {
        let payload_type = text(content, "payloadType")?.to_owned();
        let not_base64 = || Fault::new(FaultCode::WrongValue, "/payload", "`payload` is not base64");
        let payload = decode_base64(text(content, "payload")?).ok_or_else(not_base64)?;
        let signatures = content.get("signatures").and_then(Value::as_array);
        let signatures = signatures.ok_or_else(|| absent(content, "signatures", "an array"))?;
        if signatures.is_empty() || signatures.len() > SIGNATURES {
            let code = if signatures.is_empty() { FaultCode::Missing } else { FaultCode::TooMany };
            let message = format!("expected 1 to {SIGNATURES} signatures, found {}", signatures.len());
            return Err(Fault::new(code, "/signatures", message));
        }
        let signature = |(index, signature): (usize, &Value)| {
            let stated = signature.get("sig").and_then(Value::as_str);
            stated.filter(|stated| !stated.is_empty()).and_then(decode_base64).ok_or_else(|| {
                let code = if signature.get("sig").is_some() { FaultCode::WrongValue } else { FaultCode::Missing };
                Fault::new(code, format!("/signatures/{index}"), "a signature's `sig` is missing or not base64")
            })
        };
        let signatures = signatures.iter().enumerate().map(signature).collect::<Result<Vec<_>, _>>()?;
        Ok(Envelope { payload_type, payload, signatures, annotations: SigningAnnotations::default() })
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

fn text<'a>(content: &'a Value, key: &str) -> Result<&'a str, Fault> {
    content.get(key).and_then(Value::as_str).ok_or_else(|| absent(content, key, "a string"))
}

/// The fault of a member that is missing, or of another type.
pub(super) fn absent(content: &Value, key: &str, wanted: &str) -> Fault {
    let message = format!("`{key}` is missing or not {wanted}");
    match content.get(key) {
        Some(_) => Fault::new(FaultCode::WrongType, format!("/{key}"), message),
        None => Fault::new(FaultCode::Missing, "", message),
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
            assert!(Envelope::read(&content).unwrap_err().message.contains(reason));
        }
    }
}
