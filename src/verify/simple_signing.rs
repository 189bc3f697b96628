//! cosign's `.sig` layers (cosign `specs/SIGNATURE_SPEC.md`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use sha2::Digest as _;

use super::authorise::authorise;
use super::failure::{Failure, Step};
use super::proof::{Proof, SignedContent};
use super::sigstore::{SealedMaterial, SignedPayload};
use super::target::{VerificationContext, VerificationTarget, list};
use super::{certificate, cosign, key};
use crate::evidence::simple_signing::SimpleSigning;
use crate::trust::SIGN_PREDICATE;

pub(super) fn check(
    layer: &SimpleSigning,
    target: VerificationTarget<'_>,
    by: VerificationContext<'_>,
) -> Result<Vec<Proof>, Failure> {
    check_steps(layer, target, by).map_err(|failure| failure.claiming(Some(SIGN_PREDICATE.to_owned())))
}

fn check_steps(
    layer: &SimpleSigning,
    target: VerificationTarget<'_>,
    by: VerificationContext<'_>,
) -> Result<Vec<Proof>, Failure> {
    // 1. The signature stands in an annotation; a certificate there takes the place of a key.
    let signature = layer.signature.as_deref().ok_or_else(|| {
        Failure::refused(
            Step::Material,
            "the layer has no annotation `dev.cosignproject.cosign/signature` with a base64 signature",
        )
    })?;
    let sealed = sealed(layer, signature, by)?;
    // 2 to 6, and 8. The signature is over the layer's bytes.
    let signatures = match &layer.annotations.certificate {
        Some(_) => certificate::check(&sealed, target, by)?,
        None => {
            let signed = key::SignedBytes { message: Some(&layer.payload), signatures: &[signature] };
            key::check(&signed, &sealed, target, by)?
        }
    };
    // 7. The payload names the manifest's digest.
    let claimed = layer.claimed_digest(by.limits).map_err(|reason| {
        Failure::refused(Step::Target, format!("the signed payload is not a cosign signature: {reason}"))
    })?;
    if !target.digests.contains(&claimed) {
        return Err(Failure::refused(
            Step::Target,
            format!("it signs {claimed}, expected {}", list(target.digests.get(..1).unwrap_or_default())),
        ));
    }
    // 9 to 11.
    authorise(signatures, target, &SignedContent::Target, by)
}

/// The layer as a bundle: its bytes are the message.
fn sealed<'a>(
    layer: &'a SimpleSigning,
    signature: &[u8],
    by: VerificationContext<'_>,
) -> Result<SealedMaterial<'a>, Failure> {
    let material =
        cosign::material(&layer.annotations, by.limits).map_err(|reason| Failure::refused(Step::Material, reason))?;
    let content = json!({
        "mediaType": cosign::media_type(&layer.annotations),
        "verificationMaterial": material,
        "messageSignature": {
            "messageDigest": {
                "algorithm": "SHA2_256",
                "digest": STANDARD.encode(sha2::Sha256::digest(layer.payload.as_slice())),
            },
            "signature": STANDARD.encode(signature),
        },
    });
    Ok(SealedMaterial::new(content, SignedPayload::Bytes(&layer.payload)))
}
