//! Sigstore bundles v0.1 to v0.3 (`protobuf-specs`, `sigstore_bundle.proto`), as JSON.

use serde_json::{Map, Value};

use super::encoding::decode_base64;
use super::envelope::{Envelope, absent};
use crate::fault::{Fault, FaultCode};
use crate::oci::media_type;

/// A bundle, decoded but not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// What is signed.
    pub signed: BundleContent,
    /// What it is to be verified with.
    pub verification: VerificationMaterial,
    /// Number of transparency-log entries.
    pub log_entries: usize,
    /// Number of RFC 3161 timestamps.
    pub timestamps: usize,
    /// The bundle's own members as they were read, for what is verified of its log entries, timestamps and certificate. Of
    /// an envelope only its place.
    pub content: Value,
}

/// What a bundle signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BundleContent {
    /// A DSSE envelope.
    Envelope(Envelope),
    /// A signature over bytes that stand elsewhere, named by their sha256.
    Message {
        /// How the message was hashed.
        algorithm: MessageDigest,
        /// The message's digest.
        digest: Vec<u8>,
        /// The signature.
        signature: Vec<u8>,
    },
}

/// The hash of a message signature (`protobuf-specs`, `HashAlgorithm`): `cosign sign-blob` takes that of the
/// key's curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageDigest {
    /// `SHA2_256`
    Sha256,
    /// `SHA2_384`
    Sha384,
    /// `SHA2_512`
    Sha512,
}

/// What a bundle offers to verify it with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerificationMaterial {
    /// A public key that the verifier has to know; the hint is only that.
    PublicKey,
    /// A certificate, alone or with its chain.
    Certificate,
}

/// The members of a bundle.
const MEMBERS: [&str; 4] = ["mediaType", "verificationMaterial", "dsseEnvelope", "messageSignature"];

/// Log entries that a bundle may carry, and timestamps (sigstore-go's limits). They are counted before any is parsed.
const LOG_ENTRIES: usize = 32;

impl Bundle {
    /// Whether a document has the shape of a bundle.
    pub fn looks_like(content: &Value) -> bool {
        let stated = content.get("mediaType").and_then(Value::as_str).map(media_type::base);
        stated.is_some_and(|stated| stated.starts_with(media_type::SIGSTORE_BUNDLE_PREFIX))
            || content.get("verificationMaterial").is_some()
    }

    /// Reads a bundle; the fault says what is missing or malformed. Members that are no bundle's are discarded.
    pub fn read(mut content: Value) -> Result<Self, Fault> {
        check_version(&content)?;
        if let Value::Object(members) = &mut content {
            members.retain(|name, _| MEMBERS.contains(&name.as_str()));
        }
        let missing = || Fault::new(FaultCode::Missing, "", "`verificationMaterial` is missing");
        let material = content.get("verificationMaterial").ok_or_else(missing)?;
        let timestamps = material.get("timestampVerificationData").and_then(|data| data.get("rfc3161Timestamps"));
        let (signed, verification) = (read_content(&content)?, read_material(material)?);
        let log_entries = counted(material.get("tlogEntries"), "/tlogEntries", "transparency-log entries")?;
        let timestamps = counted(timestamps, "/timestampVerificationData/rfc3161Timestamps", "timestamps")?;
        // What is signed may be megabytes, and is held once, as bytes.
        if let Some(envelope) = content.get_mut("dsseEnvelope") {
            *envelope = Value::Object(Map::new());
        }
        Ok(Bundle { signed, verification, log_entries, timestamps, content })
    }
}

/// Where everything stands that a bundle is verified with.
const MATERIAL: &str = "/verificationMaterial";

fn counted(list: Option<&Value>, at: &str, what: &str) -> Result<usize, Fault> {
    let fault = |code, message: String| Fault::new(code, format!("{MATERIAL}{at}"), message);
    let entries = match list {
        None | Some(Value::Null) => return Ok(0),
        Some(entries) => {
            entries.as_array().ok_or_else(|| fault(FaultCode::WrongType, format!("its {what} are not an array")))?
        }
    };
    if entries.len() > LOG_ENTRIES {
        let message = format!("expected at most {LOG_ENTRIES} {what}, found {}", entries.len());
        return Err(fault(FaultCode::TooMany, message));
    }
    // Two witnesses are not one witness twice.
    let is_repeated = |(index, entry): (usize, &Value)| entries.iter().take(index).any(|earlier| earlier == entry);
    match entries.iter().enumerate().any(is_repeated) {
        true => Err(fault(FaultCode::Duplicate, format!("expected different {what}, found one of them twice"))),
        false => Ok(entries.len()),
    }
}

fn check_version(content: &Value) -> Result<(), Fault> {
    const KNOWN: [&str; 4] = [
        "application/vnd.dev.sigstore.bundle+json;version=0.1",
        "application/vnd.dev.sigstore.bundle+json;version=0.2",
        "application/vnd.dev.sigstore.bundle+json;version=0.3",
        "application/vnd.dev.sigstore.bundle.v0.3+json",
    ];
    let stated = content.get("mediaType").and_then(Value::as_str).ok_or_else(|| {
        let code = if content.get("mediaType").is_some() { FaultCode::WrongType } else { FaultCode::Missing };
        Fault::new(code, "", "`mediaType` is missing")
    })?;
    if KNOWN.contains(&stated.replace(' ', "").as_str()) {
        return Ok(());
    }
    let message = format!("`mediaType`: expected a bundle of version 0.1, 0.2 or 0.3, found {stated:?}");
    Err(Fault::new(FaultCode::WrongValue, "/mediaType", message))
}

fn read_material(material: &Value) -> Result<VerificationMaterial, Fault> {
    let has = |key: &str| material.get(key).is_some_and(|value| !value.is_null());
    if has("certificate") && has("x509CertificateChain") {
        let message = "`verificationMaterial` has a certificate and a chain, expected one of them";
        return Err(Fault::new(FaultCode::Contradiction, MATERIAL, message));
    }
    match (has("publicKey"), has("certificate") || has("x509CertificateChain")) {
        (true, false) => Ok(VerificationMaterial::PublicKey),
        (false, true) => Ok(VerificationMaterial::Certificate),
        (true, true) => {
            let message = "`verificationMaterial` has a public key and a certificate, expected one of them";
            Err(Fault::new(FaultCode::Contradiction, MATERIAL, message))
        }
        (false, false) => {
            let message = "`verificationMaterial` has neither a public key nor a certificate";
            Err(Fault::new(FaultCode::Missing, MATERIAL, message))
        }
    }
}

fn read_content(content: &Value) -> Result<BundleContent, Fault> {
    let field = |key: &str| content.get(key).filter(|value| !value.is_null());
    match (field("dsseEnvelope"), field("messageSignature")) {
        (Some(envelope), None) => Envelope::read(envelope).map(BundleContent::Envelope).map_err(|fault| Fault {
            pointer: format!("/dsseEnvelope{}", fault.pointer),
            message: format!("`dsseEnvelope`: {}", fault.message),
            ..fault
        }),
        (None, Some(message)) => read_message(message),
        (Some(_), Some(_)) => {
            let message = "it has `dsseEnvelope` and `messageSignature`, expected one of them";
            Err(Fault::new(FaultCode::Contradiction, "", message))
        }
        (None, None) => Err(Fault::new(FaultCode::Missing, "", "it has neither `dsseEnvelope` nor `messageSignature`")),
    }
}

fn read_message(message: &Value) -> Result<BundleContent, Fault> {
    const MESSAGE: &str = "/messageSignature";
    let decoded = |value: Option<&Value>, what: &str| {
        value.and_then(Value::as_str).and_then(decode_base64).ok_or_else(|| {
            let code = if value.is_some() { FaultCode::WrongValue } else { FaultCode::Missing };
            Fault::new(code, MESSAGE, format!("`{what}` is missing or not base64"))
        })
    };
    let digest = message.get("messageDigest").ok_or_else(|| {
        let fault = absent(message, "messageDigest", "an object");
        Fault {
            pointer: MESSAGE.to_owned(),
            message: "`messageSignature.messageDigest` is missing".to_owned(),
            ..fault
        }
    })?;
    let algorithm = match digest.get("algorithm").and_then(Value::as_str) {
        Some("SHA2_256") => MessageDigest::Sha256,
        Some("SHA2_384") => MessageDigest::Sha384,
        Some("SHA2_512") => MessageDigest::Sha512,
        other => {
            let message = format!(
                "`messageSignature.messageDigest.algorithm`: expected \"SHA2_256\", \"SHA2_384\" or \"SHA2_512\", found {other:?}"
            );
            return Err(Fault::new(FaultCode::WrongValue, format!("{MESSAGE}/messageDigest"), message));
        }
    };
    Ok(BundleContent::Message {
        algorithm,
        digest: decoded(digest.get("digest"), "messageSignature.messageDigest.digest")?,
        signature: decoded(message.get("signature"), "messageSignature.signature")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_a_bundle_says_why() {
        let version = "application/vnd.dev.sigstore.bundle.v0.3+json";
        let envelope = json!({"payload": "", "payloadType": "x", "signatures": [{"sig": "AA=="}]});
        for (content, reason) in [
            (json!({}), "`mediaType` is missing"),
            (
                json!({"mediaType": "application/vnd.dev.sigstore.bundle.v9+json"}),
                "expected a bundle of version 0.1, 0.2 or 0.3",
            ),
            (
                json!({"mediaType": version, "verificationMaterial": {}, "dsseEnvelope": envelope}),
                "neither a public key nor a certificate",
            ),
            (
                json!({"mediaType": version, "verificationMaterial": {"publicKey": {}, "certificate": {}}, "dsseEnvelope": envelope}),
                "a public key and a certificate",
            ),
            (
                json!({"mediaType": version, "verificationMaterial": {"publicKey": {}}}),
                "neither `dsseEnvelope` nor `messageSignature`",
            ),
            (
                json!({"mediaType": version, "verificationMaterial": {"publicKey": {}}, "messageSignature": {"messageDigest": {"algorithm": "SHA1"}}}),
                "expected \"SHA2_256\"",
            ),
        ] {
            let error = Bundle::read(content.clone()).unwrap_err();
            assert!(error.message.contains(reason), "{content}: {error:?}");
        }
    }
}
