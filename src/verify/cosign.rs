//! cosign's annotations as a bundle (cosign `specs/SIGNATURE_SPEC.md`; `protobuf-specs`, `sigstore_bundle.proto`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::pem;
use crate::evidence::simple_signing::SigningAnnotations;
use crate::limits::Limits;
use crate::oci::json::parse_strict;

/// The bundle's verification material. The error says which annotation is malformed.
pub(super) fn material(annotations: &SigningAnnotations, limits: &Limits) -> Result<Value, String> {
    let read = |name: &str, text: &Option<String>| {
        let parsed = text.as_ref().map(|text| parse_strict(text.as_bytes(), limits.json_depth));
        parsed.transpose().map_err(|error| format!("the annotation `{name}` is not acceptable JSON: {error}"))
    };
    let entry = read("dev.sigstore.cosign/bundle", &annotations.log_entry)?;
    let timestamp = read("dev.sigstore.cosign/rfc3161timestamp", &annotations.timestamp)?;
    let mut material = json!({
        "tlogEntries": entry.as_ref().map(log_entry).transpose()?.into_iter().collect::<Vec<_>>(),
        "timestampVerificationData": {
            "rfc3161Timestamps": timestamp.as_ref().map(signed_timestamp).transpose()?.into_iter().collect::<Vec<_>>(),
        },
    });
    let (key, value) = match &annotations.certificate {
        // The leaf only: what vouches for it comes from the root.
        Some(pem) if annotations.log_entry.is_none() => {
            ("certificate", json!({"rawBytes": STANDARD.encode(leaf(pem)?)}))
        }
        Some(pem) => ("x509CertificateChain", json!({"certificates": [{"rawBytes": STANDARD.encode(leaf(pem)?)}]})),
        None => ("publicKey", json!({"hint": ""})),
    };
    if let Some(fields) = material.as_object_mut() {
        fields.insert(key.to_owned(), value);
    }
    Ok(material)
}

/// The bundle's media type. Log entries come with a promise in place of a proof, which version 0.1 alone permits; it wants
/// one in every bundle, so where no entry is, the bundle is of version 0.3.
pub(super) fn media_type(annotations: &SigningAnnotations) -> &'static str {
    match annotations.log_entry {
        Some(_) => "application/vnd.dev.sigstore.bundle+json;version=0.1",
        None => "application/vnd.dev.sigstore.bundle.v0.3+json",
    }
}

fn leaf(text: &str) -> Result<Vec<u8>, String> {
    match pem::first_block(text) {
        Ok(("CERTIFICATE", bytes)) => Ok(bytes),
        Ok((label, _)) => {
            Err(format!("the certificate annotation is a PEM block of type {label:?}, expected \"CERTIFICATE\""))
        }
        Err(error) => Err(format!("the certificate annotation is not PEM: {error}")),
    }
}

/// Rekor's answer as cosign keeps it: `{SignedEntryTimestamp, Payload: {body, integratedTime, logIndex, logID}}`.
fn log_entry(entry: &Value) -> Result<Value, String> {
    let missing = |what: &str| format!("the annotation `dev.sigstore.cosign/bundle`: `{what}` is missing or malformed");
    let payload = entry.get("Payload").ok_or_else(|| missing("Payload"))?;
    let text = |value: Option<&Value>, what: &str| {
        value.and_then(Value::as_str).map(str::to_owned).ok_or_else(|| missing(what))
    };
    let number = |key: &str| payload.get(key).and_then(Value::as_i64).ok_or_else(|| missing(&format!("Payload.{key}")));
    let body = text(payload.get("body"), "Payload.body")?;
    let decoded = STANDARD.decode(&body).ok().and_then(|body| serde_json::from_slice::<Value>(&body).ok());
    let kind = decoded.ok_or_else(|| missing("Payload.body"))?;
    let log = text(payload.get("logID"), "Payload.logID")?;
    Ok(json!({
        "logIndex": number("logIndex")?.to_string(),
        "logId": {"keyId": STANDARD.encode(from_hex(&log).ok_or_else(|| missing("Payload.logID"))?)},
        "kindVersion": {
            "kind": text(kind.get("kind"), "Payload.body.kind")?,
            "version": text(kind.get("apiVersion"), "Payload.body.apiVersion")?,
        },
        "integratedTime": number("integratedTime")?.to_string(),
        "inclusionPromise": {"signedEntryTimestamp": text(entry.get("SignedEntryTimestamp"), "SignedEntryTimestamp")?},
        "canonicalizedBody": body,
    }))
}

fn signed_timestamp(timestamp: &Value) -> Result<Value, String> {
    let token = timestamp.get("SignedRFC3161Timestamp").and_then(Value::as_str).ok_or(
        "the annotation `dev.sigstore.cosign/rfc3161timestamp`: `SignedRFC3161Timestamp` is missing or not a string",
    )?;
    Ok(json!({"signedTimestamp": token}))
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    text.as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(digit(high)? * 16 + digit(low)?),
            _ => None,
        })
        .collect()
}
