//! Material that is to be verified with a key: steps 5 and 6.

use sigstore_verify::PublicKeyVerificationPolicy;
use sigstore_verify::types::DerPublicKey;

use super::authorise::Signature;
use super::failure::{Failure, Step, telling};
use super::proof::{Log, SigningTime};
use super::sigstore::{SealedMaterial, VerifiedEntry};
use super::target::{VerificationContext, VerificationTarget};
use crate::trust::{Root, SignedBy, Signer};

/// What a key has to verify.
pub(super) struct SignedBytes<'a> {
    /// The signed bytes; none where only their digest is known.
    pub message: Option<&'a [u8]>,
    /// The signatures over them.
    pub signatures: &'a [&'a [u8]],
}

/// The signers whose key verifies one of the signatures, and whose demands on the log are met. `sealed` is the
/// material with its log entries and timestamps.
pub(super) fn check<'t>(
    signed: &SignedBytes<'_>,
    sealed: &SealedMaterial<'_>,
    target: VerificationTarget<'_>,
    by: VerificationContext<'t>,
) -> Result<Vec<Signature<'t>>, Failure> {
    let candidates = signers_of(signed, target, by)?;
    let (mut signatures, mut failures) = (Vec::new(), Vec::new());
    for (signer, fingerprint) in candidates {
        match log_of(signer, sealed, by) {
            Ok((log, times)) => {
                signatures.push(Signature { signer, by: fingerprint, log, times, has_certificate_timestamp: false })
            }
            Err(failure) => failures.push(failure),
        }
    }
    match telling(failures) {
        Some(failure) if signatures.is_empty() => Err(failure),
        _ => Ok(signatures),
    }
}

/// Step 6.
fn signers_of<'t>(
    signed: &SignedBytes<'_>,
    target: VerificationTarget<'_>,
    by: VerificationContext<'t>,
) -> Result<Vec<(&'t Signer, SignedBy)>, Failure> {
    let trust = by.trust;
    let verifies = |signer: &'t Signer| {
        let key = signer.key()?;
        let is_signed = match signed.message {
            Some(message) => signed.signatures.iter().any(|signature| key.verifies(message, signature)),
            // Over a bare digest, step 5 verifies the signature too.
            None => signer.root().is_some(),
        };
        let by = SignedBy::Key { fingerprint: key.fingerprint().clone(), algorithm: key.algorithm() };
        is_signed.then_some((signer, by))
    };
    let found: Vec<_> = trust.signers().iter().filter_map(verifies).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    if trust.signers().is_empty() {
        return Err(Failure::unchecked("no key was given to check it with"));
    }
    if !trust.is_applicable(target.repository) {
        return Err(Failure::unchecked("no signer is configured for this repository"));
    }
    let names: Vec<&str> = trust.signers().iter().filter(|signer| signer.key().is_some()).map(Signer::name).collect();
    let tried = if names.is_empty() { "none of them has a key".to_owned() } else { names.join(", ") };
    let reason = format!("no key of the configured signers verifies it (tried: {tried})");
    Err(Failure::refused(Step::Signature, reason))
}

/// Step 5, and 2 for what it says of the time. With a root, what is there has to be good.
fn log_of(
    signer: &Signer,
    sealed: &SealedMaterial<'_>,
    by: VerificationContext<'_>,
) -> Result<(Log, Vec<SigningTime>), Failure> {
    let name = signer.name();
    if sealed.log_entries() == 0 && signer.requires_log() {
        let reason = format!("signer `{name}` requires a transparency-log entry, and there is none");
        return Err(Failure::refused(Step::Log, reason));
    }
    match signer.root() {
        Some(root) if sealed.log_entries() > 0 || sealed.timestamps() > 0 => checked_log(signer, root, sealed, by),
        Some(_) if sealed.is_digest_only() => Err(Failure::unchecked(
            "it has neither log entry nor timestamp, and only the digest of what it signs is known",
        )),
        _ if sealed.log_entries() == 0 => Ok((Log::NoEntry, Vec::new())),
        None if signer.requires_log() => Err(Failure::unchecked(format!(
            "signer `{name}` requires a transparency-log entry; there is one, and no trusted root to check it with"
        ))),
        _ => Ok((Log::NotChecked, Vec::new())),
    }
}

fn checked_log(
    signer: &Signer,
    root: &Root,
    sealed: &SealedMaterial<'_>,
    by: VerificationContext<'_>,
) -> Result<(Log, Vec<SigningTime>), Failure> {
    let Some(key) = signer.key() else { return Ok((Log::NotChecked, Vec::new())) };
    let policy = PublicKeyVerificationPolicy::new(DerPublicKey::new(key.der().to_vec()));
    let policy = if sealed.log_entries() == 0 { policy.skip_tlog_unsafe() } else { policy };
    let VerifiedEntry { log, times, .. } = sealed.verify(root, &policy, by.now)?;
    Ok((log, times))
}
