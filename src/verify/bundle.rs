//! Sigstore bundles v0.1 to v0.3 (`protobuf-specs`, `sigstore_bundle.proto`) that were signed with a key.

use super::{Failure, Log, NO_ROOT, Proof, SignedContent, Step, Target, authorise, envelope, signers_of};
use sha2::Digest as _;

use crate::evidence::bundle::{Bundle, BundleContent, MessageDigest, VerificationMaterial};
use crate::evidence::envelope::Envelope;
use crate::limits::Limits;
use crate::oci::digest::hex;
use crate::trust::{SIGN_PREDICATE, Trust};

pub(super) fn check(bundle: &Bundle, target: Target<'_>, trust: &Trust, limits: &Limits) -> Result<Proof, Failure> {
    let log = if bundle.log_entries > 0 { Log::NotChecked } else { Log::NoEntry };
    match (&bundle.content, bundle.verification) {
        // 1. A certificate needs a trusted root.
        (BundleContent::Envelope(signed), VerificationMaterial::Certificate) => Err(envelope_unchecked(signed, limits)),
        (BundleContent::Message { .. }, VerificationMaterial::Certificate) => {
            Err(Failure::unchecked(NO_ROOT).claiming(Some(SIGN_PREDICATE.to_owned())))
        }
        (BundleContent::Envelope(signed), VerificationMaterial::PublicKey) => {
            envelope::check_signed(signed, log, target, trust, limits)
        }
        (BundleContent::Message { algorithm, digest, signature }, VerificationMaterial::PublicKey) => {
            check_message(*algorithm, digest, signature, log, target, trust)
                .map_err(|failure| failure.claiming(Some(SIGN_PREDICATE.to_owned())))
        }
    }
}

fn envelope_unchecked(signed: &Envelope, limits: &Limits) -> Failure {
    Failure::unchecked(NO_ROOT).claiming(envelope::claimed_type(signed, limits))
}

/// A message signature is over the manifest's bytes.
fn check_message(
    algorithm: MessageDigest,
    stated: &[u8],
    signature: &[u8],
    log: Log,
    target: Target<'_>,
    trust: &Trust,
) -> Result<Proof, Failure> {
    // 3, before 2: a signature over other bytes would only be "not verified", which says less.
    let (name, expected) = match algorithm {
        MessageDigest::Sha256 => ("sha256", sha2::Sha256::digest(target.bytes).to_vec()),
        MessageDigest::Sha384 => ("sha384", sha2::Sha384::digest(target.bytes).to_vec()),
        MessageDigest::Sha512 => ("sha512", sha2::Sha512::digest(target.bytes).to_vec()),
    };
    if stated != expected {
        let reason = format!("it signs the message {name}:{}, expected {name}:{}", hex(stated), hex(&expected));
        return Err(Failure::refused(Step::Target, reason));
    }
    // 2. The signature is over the message.
    let signers = signers_of(trust, target, target.bytes, &[signature])?;
    // 4 to 6.
    authorise(&signers, target, SignedContent::Target, log)
}
