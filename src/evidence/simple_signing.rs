//! cosign's simple-signing layers (cosign `specs/SIGNATURE_SPEC.md`): the payload is the layer, the signature
//! and everything else stand in the layer's annotations.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::encoding::decode_base64;
use crate::limits::Limits;
use crate::oci::Digest;
use crate::oci::json::parse_strict;

/// Annotation with the base64 signature over the payload's bytes.
pub const SIGNATURE: &str = "dev.cosignproject.cosign/signature";
/// Annotation with the signing certificate, PEM.
pub const CERTIFICATE: &str = "dev.sigstore.cosign/certificate";
/// Annotation with the Rekor entry, JSON.
pub const LOG_ENTRY: &str = "dev.sigstore.cosign/bundle";
/// Annotation with the RFC 3161 timestamp, JSON.
pub const TIMESTAMP: &str = "dev.sigstore.cosign/rfc3161timestamp";

/// What cosign's layers say in annotations besides the signature, not verified. The chain that they may carry is not
/// read: certificates are trusted by a root, never by what comes with them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SigningAnnotations {
    /// The signing certificate, PEM: it takes the place of a key.
    pub certificate: Option<String>,
    /// The entry in the transparency log, JSON.
    pub log_entry: Option<String>,
    /// The RFC 3161 timestamp, JSON.
    pub timestamp: Option<String>,
}

impl SigningAnnotations {
    /// Takes them out of a layer's annotations; an empty one counts as absent.
    pub fn read(annotations: &BTreeMap<String, String>) -> Self {
        let present = |key: &str| annotations.get(key).filter(|text| !text.is_empty()).cloned();
        SigningAnnotations {
            certificate: present(CERTIFICATE),
            log_entry: present(LOG_ENTRY),
            timestamp: present(TIMESTAMP),
        }
    }
}

/// A simple-signing layer, not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimpleSigning {
    /// The payload's bytes: what is signed. All signatures of one payload share them.
    pub payload: Arc<Vec<u8>>,
    /// The signature's bytes, if the annotation is there and is base64.
    pub signature: Option<Vec<u8>>,
    /// What the other annotations say.
    pub annotations: SigningAnnotations,
}

impl SimpleSigning {
    /// Takes a layer and its annotations.
    pub fn new(payload: Arc<Vec<u8>>, annotations: &BTreeMap<String, String>) -> Self {
        SimpleSigning {
            payload,
            signature: annotations
                .get(SIGNATURE)
                .filter(|text| !text.is_empty())
                .and_then(|text| decode_base64(text.trim())),
            annotations: SigningAnnotations::read(annotations),
        }
    }

    /// The digest that the payload claims to sign, read strictly. `docker-reference` is a mere claim, which
    /// cosign ignores too.
    pub fn claimed_digest(&self, limits: &Limits) -> Result<Digest, String> {
        let payload = parse_strict(&self.payload, limits.json_depth).map_err(|error| error.to_string())?;
        let critical = payload.get("critical").ok_or("`critical` is missing")?;
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        match text(critical.get("type")).as_deref() {
            Some("cosign container image signature") => {}
            other => {
                return Err(format!("`critical.type`: expected \"cosign container image signature\", found {other:?}"));
            }
        }
        text(critical.get("image").and_then(|image| image.get("docker-manifest-digest")))
            .ok_or("`critical.image.docker-manifest-digest` is missing")?
            .parse()
            .map_err(|error| format!("`critical.image.docker-manifest-digest`: {error}"))
    }
}
