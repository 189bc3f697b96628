//! Sigstore bundles v0.1 to v0.3 (`protobuf-specs`, `sigstore_bundle.proto`).

use sha2::Digest as _;

use super::authorise::authorise;
use super::failure::{Failure, Step};
use super::proof::{Proof, SignedContent};
use super::sigstore::{SealedMaterial, over};
use super::target::{VerificationContext, VerificationTarget, list};
use super::{certificate, envelope, key};
use crate::evidence::bundle::{Bundle, BundleContent, MessageDigest, VerificationMaterial};
use crate::oci::Digest;
use crate::oci::digest::hex;
use crate::trust::SIGN_PREDICATE;

pub(super) fn check(
    bundle: &Bundle,
    target: VerificationTarget<'_>,
    by: VerificationContext<'_>,
) -> Result<Vec<Proof>, Failure> {
    let over = over(target)?;
    match &bundle.signed {
        BundleContent::Envelope(signed) => {
            let sealed = SealedMaterial::new(envelope::in_bundle(signed, bundle.content.clone()), over);
            envelope::check_sealed(signed, bundle.verification, &sealed, target, by)
        }
        BundleContent::Message { algorithm, digest, signature } => {
            let sealed = SealedMaterial::new(bundle.content.clone(), over);
            check_message((*algorithm, digest), signature, bundle.verification, &sealed, target, by)
                .map_err(|failure| failure.claiming(Some(SIGN_PREDICATE.to_owned())))
        }
    }
}

/// A message signature is over the manifest's bytes.
fn check_message(
    stated: (MessageDigest, &[u8]),
    signature: &[u8],
    verification: VerificationMaterial,
    sealed: &SealedMaterial<'_>,
    target: VerificationTarget<'_>,
    by: VerificationContext<'_>,
) -> Result<Vec<Proof>, Failure> {
    // 7, before 6: a signature over other bytes would only be "not verified", which says less.
    check_digest(stated, target)?;
    // 2 to 6, and 8.
    let signatures = match verification {
        VerificationMaterial::Certificate => certificate::check(sealed, target, by)?,
        VerificationMaterial::PublicKey => {
            let signed = key::SignedBytes { message: target.bytes, signatures: &[signature] };
            key::check(&signed, sealed, target, by)?
        }
    };
    // 9 to 11.
    authorise(signatures, target, &SignedContent::Target, by)
}

fn check_digest((algorithm, stated): (MessageDigest, &[u8]), target: VerificationTarget<'_>) -> Result<(), Failure> {
    let (name, expected) = match (algorithm, target.bytes) {
        (MessageDigest::Sha256, Some(bytes)) => ("sha256", sha2::Sha256::digest(bytes).to_vec()),
        (MessageDigest::Sha384, Some(bytes)) => ("sha384", sha2::Sha384::digest(bytes).to_vec()),
        (MessageDigest::Sha512, Some(bytes)) => ("sha512", sha2::Sha512::digest(bytes).to_vec()),
        (MessageDigest::Sha256, None) => {
            let found = format!("sha256:{}", hex(stated));
            return match found.parse::<Digest>().is_ok_and(|found| target.digests.contains(&found)) {
                true => Ok(()),
                false => Err(other_message(&found, &list(target.digests))),
            };
        }
        (_, None) => {
            return Err(Failure::unchecked("it names another digest than sha256, and the bytes are not known"));
        }
    };
    if stated == expected {
        return Ok(());
    }
    Err(other_message(&format!("{name}:{}", hex(stated)), &format!("{name}:{}", hex(&expected))))
}

fn other_message(found: &str, expected: &str) -> Failure {
    Failure::refused(Step::Target, format!("it signs the message {found}, expected {expected}"))
}
