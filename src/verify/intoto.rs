//! Log entries of the kind `intoto` (Rekor `pkg/types/intoto`), where the library stops short.
//!
//! Version 0.0.1 (cosign before 2.2, older Tekton Chains) it cannot read. What such an entry says is checked here: the
//! log's promise, by a key of the root that was in use then (step 5), and that it is about this payload and this
//! certificate or key. It is then restated as an entry that the library reads, in a log of its own whose key lives for
//! this one call, so that every other step is the library's: the time, the certificate, its timestamp, the signature.
//! Of version 0.0.2 the library compares the key but not the certificate.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sigstore_verify::crypto::{KeyPair, VerificationKey};
use sigstore_verify::trust_root::{TransparencyLog, TrustedRoot};
use sigstore_verify::types::SignatureBytes;

use super::failure::{Failure, Step};
use super::inside::{certificate_of, was_in_use};
use super::pem;
use crate::oci::Digest;
use crate::oci::digest::hex;
use crate::trust::Root;

/// A bundle whose one entry was checked and restated, and the root that vouches for the restated one.
pub(super) struct RestatedBundle {
    pub content: Value,
    pub root: TrustedRoot,
}

/// Restates the entry, if it is one of version 0.0.1 in a bundle that may come with a promise alone.
pub(super) fn restate(bundle: &Value, root: &Root) -> Result<Option<RestatedBundle>, Failure> {
    let entries = bundle.pointer("/verificationMaterial/tlogEntries").and_then(Value::as_array);
    let Some([entry]) = entries.map(Vec::as_slice) else { return Ok(None) };
    let of_kind = |key: &str, wanted: &str| entry.pointer(&format!("/kindVersion/{key}")) == Some(&Value::from(wanted));
    let is_first = bundle.get("mediaType").and_then(Value::as_str).is_some_and(|kind| kind.ends_with("version=0.1"));
    if !(is_first && of_kind("kind", "intoto") && of_kind("version", "0.0.1")) {
        return Ok(None);
    }
    let promised = Promised::read(entry)?;
    promised.check(root)?;
    let body = about(&promised, bundle)?;
    let restated = restated(&promised, &body, bundle, root);
    restated.map(Some).map_err(|error| Failure::unchecked(format!("its log entry could not be restated: {error}")))
}

fn refused(reason: impl std::fmt::Display) -> Failure {
    Failure::refused(Step::Log, format!("its log entry (intoto 0.0.1): {reason}"))
}

/// What a log promises with a SignedEntryTimestamp.
struct Promised {
    body: String,
    integrated: i64,
    index: i64,
    log: Vec<u8>,
    signature: Vec<u8>,
}

impl Promised {
    fn read(entry: &Value) -> Result<Self, Failure> {
        let text = |pointer: &str| {
            let missing = || refused(format!("`{pointer}` is missing or malformed"));
            entry.pointer(pointer).and_then(Value::as_str).ok_or_else(missing)
        };
        let number = |pointer: &str| {
            text(pointer)?.parse::<i64>().map_err(|_| refused(format!("`{pointer}`: expected a number")))
        };
        let bytes = |pointer: &str| {
            STANDARD.decode(text(pointer)?).map_err(|_| refused(format!("`{pointer}`: expected base64")))
        };
        Ok(Promised {
            body: text("/canonicalizedBody")?.to_owned(),
            integrated: number("/integratedTime")?,
            index: number("/logIndex")?,
            log: bytes("/logId/keyId")?,
            signature: bytes("/inclusionPromise/signedEntryTimestamp")?,
        })
    }

    /// What is signed: the canonical JSON of these four (RFC 8785; the names are in order, the values need no escape).
    fn signed_bytes(&self) -> Vec<u8> {
        let Promised { body, integrated, index, log, .. } = self;
        let fields = json!({"body": body, "integratedTime": integrated, "logID": hex(log), "logIndex": index});
        fields.to_string().into_bytes()
    }

    /// The promise is by a log of the root whose key was in use then.
    fn check(&self, root: &Root) -> Result<(), Failure> {
        let id = STANDARD.encode(&self.log);
        let log = root.content().tlogs.iter().find(|log| log.log_id.key_id.to_string() == id);
        let log = log.ok_or_else(|| refused(format!("the root `{}` has no log {}", root.name(), hex(&self.log))))?;
        if !was_in_use(log, i128::from(self.integrated) * 1_000_000_000) {
            return Err(refused("the key of its log was not in use when it was integrated"));
        }
        let key = VerificationKey::from_spki(&log.public_key.raw_bytes).map_err(refused)?;
        let signature = SignatureBytes::new(self.signature.clone());
        key.verify(self.signed_bytes(), &signature).map_err(|error| refused(format!("its promise: {error}")))
    }
}

/// The entry is about this payload, and about this certificate or key; gives its body.
fn about(promised: &Promised, bundle: &Value) -> Result<Value, Failure> {
    let body = STANDARD.decode(&promised.body).ok().and_then(|body| serde_json::from_slice::<Value>(&body).ok());
    let body = body.ok_or_else(|| refused("its body is not base64 of JSON"))?;
    let said = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    if (said("/kind"), said("/apiVersion")) != ("intoto", "0.0.1") {
        return Err(refused(format!("its body is of the kind {} {}", said("/kind"), said("/apiVersion"))));
    }
    let payload = bundle.pointer("/dsseEnvelope/payload").and_then(Value::as_str).unwrap_or_default();
    let payload = STANDARD.decode(payload).map_err(|_| refused("it comes with no envelope"))?;
    let (expected, found) = (Digest::sha256(&payload), said("/spec/content/payloadHash/value"));
    if said("/spec/content/payloadHash/algorithm") != "sha256" || found != expected.hex() {
        return Err(refused(format!("it does not match: expected the payload {expected}, found {found:?}")));
    }
    let logged = STANDARD.decode(said("/spec/publicKey")).ok().and_then(|pem| String::from_utf8(pem).ok());
    let logged = logged.as_deref().and_then(der_of_pem);
    match (certificate_of(bundle), logged) {
        (Some(own), Some(logged)) if own != logged => {
            Err(refused("it does not match: it is about another certificate"))
        }
        // For a key, the library compares it with the restated entry's.
        (_, Some(_)) => Ok(body),
        (_, None) => Err(refused("it names no certificate or key")),
    }
}

fn der_of_pem(text: &str) -> Option<Vec<u8>> {
    pem::first_block(text).ok().map(|(_, bytes)| bytes)
}

fn restated(promised: &Promised, body: &Value, bundle: &Value, root: &Root) -> Result<RestatedBundle, String> {
    let key = KeyPair::generate_ecdsa_p256().map_err(|error| error.to_string())?;
    let public = key.public_key_der().map_err(|error| error.to_string())?;
    let signature = bundle.pointer("/dsseEnvelope/signatures/0/sig").cloned().unwrap_or_default();
    let hash = |key: &str| body.pointer(&format!("/spec/content/{key}")).cloned().unwrap_or_default();
    let verifier = body.pointer("/spec/publicKey").cloned().unwrap_or_default();
    let spec = json!({
        "envelopeHash": hash("hash"),
        "payloadHash": hash("payloadHash"),
        "signatures": [{"signature": signature, "verifier": verifier}],
    });
    let body = json!({"apiVersion": "0.0.1", "kind": "dsse", "spec": spec}).to_string();
    let mut own = Promised {
        body: STANDARD.encode(body),
        integrated: promised.integrated,
        index: promised.index,
        log: Sha256::digest(public.as_bytes()).to_vec(),
        signature: Vec::new(),
    };
    own.signature = key.sign(&own.signed_bytes()).map_err(|error| error.to_string())?.as_bytes().to_vec();
    let log_id = json!({"keyId": STANDARD.encode(&own.log)});
    let entry = json!({
        "logIndex": own.index.to_string(),
        "logId": log_id,
        "kindVersion": {"kind": "dsse", "version": "0.0.1"},
        "integratedTime": own.integrated.to_string(),
        "inclusionPromise": {"signedEntryTimestamp": STANDARD.encode(&own.signature)},
        "canonicalizedBody": own.body,
    });
    let mut content = bundle.clone();
    if let Some(place) = content.pointer_mut("/verificationMaterial/tlogEntries/0") {
        *place = entry;
    }
    let log = json!({
        "baseUrl": "",
        "hashAlgorithm": "SHA2_256",
        "publicKey": {"rawBytes": STANDARD.encode(public.as_bytes()), "keyDetails": "PKIX_ECDSA_P256_SHA_256"},
        "logId": log_id,
    });
    let log: TransparencyLog = serde_json::from_value(log).map_err(|error| error.to_string())?;
    let mut root = root.content().clone();
    root.tlogs = vec![log];
    Ok(RestatedBundle { content, root })
}

/// That an entry of version 0.0.2, if it names a certificate, names this one.
pub(super) fn same_certificate(bundle: &Value, entry: &Value) -> Result<(), String> {
    let said = |key: &str| entry.pointer(&format!("/kindVersion/{key}")).and_then(Value::as_str);
    let is_second = (said("kind"), said("version")) == (Some("intoto"), Some("0.0.2"));
    let (Some(own), true) = (certificate_of(bundle), is_second) else { return Ok(()) };
    let body = entry.get("canonicalizedBody").and_then(Value::as_str).and_then(|body| STANDARD.decode(body).ok());
    let body = body.and_then(|body| serde_json::from_slice::<Value>(&body).ok()).unwrap_or_default();
    let logged = body.pointer("/spec/content/envelope/signatures/0/publicKey").and_then(Value::as_str);
    let logged = logged.and_then(|pem| STANDARD.decode(pem).ok()).and_then(|pem| String::from_utf8(pem).ok());
    match logged.as_deref().and_then(|text| pem::first_block(text).ok()) {
        // Rekor takes a bare key too, and the library compares that.
        Some(("PUBLIC KEY", _)) => Ok(()),
        Some((_, logged)) if logged == own => Ok(()),
        _ => Err("its log entry (intoto 0.0.2) does not match: it is about another certificate".to_owned()),
    }
}
