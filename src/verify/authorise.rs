//! Steps 9 to 11: whether a signer may sign this, now that it is known to have signed.

use time::OffsetDateTime;

use super::failure::{Failure, Step, telling};
use super::proof::{Log, Proof, SignedContent, SigningTime};
use super::target::{VerificationContext, VerificationTarget};
use crate::oci::Digest;
use crate::trust::{RepositoryPermission, SIGN_PREDICATE, SignedBy, Signer};

/// A verified signature of a signer.
pub(super) struct Signature<'t> {
    /// Whose.
    pub signer: &'t Signer,
    /// Who made it, as it was verified.
    pub by: SignedBy,
    /// What is known of the log.
    pub log: Log,
    /// When, by every trusted clock.
    pub times: Vec<SigningTime>,
    /// Whether the certificate's issuance was verified to be public.
    pub has_certificate_timestamp: bool,
}

/// One proof for each signer that may sign this. Entries of one name unite.
pub(super) fn authorise(
    signatures: Vec<Signature<'_>>,
    target: VerificationTarget<'_>,
    content: &SignedContent,
    by: VerificationContext<'_>,
) -> Result<Vec<Proof>, Failure> {
    let predicate_type = match content {
        SignedContent::Target => SIGN_PREDICATE,
        SignedContent::Statement { predicate_type, .. } => predicate_type.as_str(),
    };
    let (mut proofs, mut failures) = (Vec::<Proof>::new(), Vec::new());
    for signature in signatures {
        match permission(&signature, target, predicate_type, by) {
            Ok(()) => {
                let new = prove(signature, target, content.clone());
                match proofs.iter_mut().find(|proof| proof.signer == new.signer && proof.by == new.by) {
                    // Whichever entry comes first, the one by which most was verified speaks.
                    Some(known) if known.verified() < new.verified() => *known = new,
                    Some(_) => {}
                    None => proofs.push(new),
                }
            }
            Err(failure) => failures.push(failure),
        }
    }
    match proofs.is_empty() {
        false => Ok(proofs),
        true => Err(telling(failures).unwrap_or_else(|| Failure::refused(Step::Signature, "no signer verifies it"))),
    }
}

fn permission(
    signature: &Signature<'_>,
    target: VerificationTarget<'_>,
    predicate_type: &str,
    by: VerificationContext<'_>,
) -> Result<(), Failure> {
    let signer = signature.signer;
    let name = signer.name();
    // 9.
    let times: Vec<OffsetDateTime> = signature.times.iter().map(|time| time.at).collect();
    signer.check_times(&times, by.now).map_err(|reason| Failure::refused(Step::Window, reason))?;
    // 10.
    match signer.repository_permission(target.repository) {
        RepositoryPermission::Permitted => {}
        RepositoryPermission::OtherRepositories => {
            let repository = target.repository.map(ToString::to_string).unwrap_or_default();
            let reason = format!("signer `{name}` may not sign for the repository {repository}");
            return Err(Failure::refused(Step::Repository, reason));
        }
        RepositoryPermission::RepositoryUnknown => {
            return Err(Failure::unchecked(format!(
                "signer `{name}` is limited to repositories, and a layout has none: say with `--as HOST/REPOSITORY` which one it stands for"
            )));
        }
    }
    // 11. A signature of a referrer vouches for the documents in it; their kinds are compared in `dossier`.
    let vouches_for_documents = !target.is_subject && predicate_type == SIGN_PREDICATE;
    if !vouches_for_documents && !signer.permits_predicate(predicate_type) {
        return Err(Failure::refused(
            Step::PredicateType,
            format!(
                "signer `{name}` may not sign the predicate type {predicate_type:?} (it may: {})",
                signer.predicate_types().join(", ")
            ),
        ));
    }
    Ok(())
}

fn prove(signature: Signature<'_>, target: VerificationTarget<'_>, content: SignedContent) -> Proof {
    Proof {
        signer: signature.signer.name().to_owned(),
        by: signature.by,
        // `digests` begins with the one that the target was named by.
        target: target.digests.first().cloned().unwrap_or_else(|| Digest::sha256(target.bytes.unwrap_or_default())),
        content,
        log: signature.log,
        times: signature.times,
        has_certificate_timestamp: signature.has_certificate_timestamp,
    }
}
