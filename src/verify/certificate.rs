//! Material that is signed with a certificate (keyless): steps 2 to 6 by the signer's root, then step 8.

use std::collections::BTreeMap;

use sigstore_verify::VerificationPolicy;
use sigstore_verify::crypto::CertificateInfo;

use super::authorise::Signature;
use super::failure::{Failure, Step, telling};
use super::sigstore::{SealedMaterial, VerifiedEntry};
use super::target::{VerificationContext, VerificationTarget};
use crate::oci::Digest;
use crate::trust::{CertificateClaims, Means, Needs, Root, SignedBy};

/// What one root says of the material.
type Said = Result<(VerifiedEntry, CertificateClaims), Failure>;

/// The signers whose identity the certificate's holder is, as the root of each vouches for it.
pub(super) fn check<'t>(
    sealed: &SealedMaterial<'_>,
    target: VerificationTarget<'_>,
    by: VerificationContext<'t>,
) -> Result<Vec<Signature<'t>>, Failure> {
    let (mut signatures, mut failures, mut others) = (Vec::new(), Vec::new(), Vec::new());
    // Signers of one root and the same needs ask the same question.
    let mut said: BTreeMap<(&str, Needs), Said> = BTreeMap::new();
    for signer in by.trust.signers() {
        let Means::Identity { identity, root } = signer.means() else { continue };
        let needs = signer.needs();
        match said.entry((root.name(), needs)).or_insert_with(|| vouch(sealed, root, needs, by)) {
            Err(failure) => failures.push(failure.clone()),
            // 8.
            Ok((verified, claims)) => match identity.check(claims) {
                Ok(()) => signatures.push(Signature {
                    signer,
                    by: SignedBy::Certificate { claims: Box::new(claims.clone()), root: root.name().to_owned() },
                    log: verified.log.clone(),
                    times: verified.times.clone(),
                    has_certificate_timestamp: verified.has_certificate_timestamp,
                }),
                Err(difference) => others.push(format!("signer `{}` is not: {difference}", signer.name())),
            },
        }
    }
    if !signatures.is_empty() {
        return Ok(signatures);
    }
    if !others.is_empty() {
        let claims = said.into_values().find_map(|said| said.ok().map(|(_, claims)| claims));
        let who = claims
            .map(|claims| format!("{} by {}", claims.subject, claims.issuer.as_deref().unwrap_or("no issuer")))
            .unwrap_or_default();
        return Err(Failure::refused(Step::Identity, format!("it is signed by {who}, which {}", others.join("; "))));
    }
    Err(telling(failures).unwrap_or_else(|| nobody(sealed, target, by)))
}

/// Steps 2 to 6 with one root.
fn vouch(sealed: &SealedMaterial<'_>, root: &Root, needs: Needs, by: VerificationContext<'_>) -> Said {
    // Any identity here; whether it is a signer's is step 8.
    let mut policy = VerificationPolicy::any_identity();
    if !needs.certificate_timestamp {
        policy = policy.skip_sct();
    }
    if !needs.log {
        policy = policy.skip_tlog_unsafe();
    }
    if needs.log && sealed.log_entries() == 0 {
        let reason = format!("the root `{}` wants an entry in its transparency log, and there is none", root.name());
        return Err(Failure::refused(Step::Log, reason));
    }
    if needs.certificate_timestamp && root.content().ctlogs.is_empty() {
        let reason =
            format!("the root `{}` has no certificate transparency log, and its certificates need one", root.name());
        return Err(Failure::refused(Step::CertificateTimestamp, reason));
    }
    let verified = sealed.verify(root, &policy, by.now)?;
    let missing = |what: &str| Failure::refused(Step::Certificate, format!("the certificate has no {what}"));
    let info = verified.certificate.as_ref().ok_or_else(|| missing("content that could be read"))?;
    let claims = claims(info, sealed.certificate_fingerprint()).map_err(missing)?;
    Ok((verified, claims))
}

fn claims(info: &CertificateInfo, fingerprint: Digest) -> Result<CertificateClaims, &'static str> {
    let subject = info.identity.as_ref().ok_or("subject alternative name that is an e-mail address or a URI")?;
    let workload = &info.ci_claims;
    let older = Older::of(info);
    Ok(CertificateClaims {
        subject: subject.as_str().to_owned(),
        issuer: info.issuer.clone(),
        source_repository: workload.source_repository_uri.clone().or(older.repository),
        source_ref: workload.source_repository_ref.clone().or(older.reference),
        workflow: workload.build_config_uri.clone(),
        runner_environment: workload.runner_environment.clone(),
        fingerprint,
    })
}

/// What a certificate from before the summer of 2023 says of the source: Fulcio wrote it for GitHub's workflows alone, into
/// extensions that it has deprecated since (Fulcio `docs/oid-info.md`, .1.5 `GitHub Workflow Repository` and .1.6
/// `GitHub Workflow Ref`).
#[derive(Default)]
struct Older {
    repository: Option<String>,
    reference: Option<String>,
}

/// Whose workflows those are.
const GITHUB_ACTIONS: &str = "https://token.actions.githubusercontent.com";

impl Older {
    fn of(info: &CertificateInfo) -> Self {
        if info.issuer.as_deref() != Some(GITHUB_ACTIONS) {
            return Older::default();
        }
        let said = &info.ci_claims.deprecated_github;
        let is_name = |part: &str| {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
            !part.is_empty() && part != "." && part != ".." && part.bytes().all(is_plain)
        };
        let is_repository = |name: &&String| {
            name.split_once('/').is_some_and(|(owner, repository)| is_name(owner) && is_name(repository))
        };
        let repository = said.workflow_repository.as_ref().filter(is_repository);
        Older {
            repository: repository.map(|name| format!("https://github.com/{name}")),
            reference: said.workflow_ref.clone(),
        }
    }
}

/// Why nobody could be asked: no signer has an identity.
fn nobody(sealed: &SealedMaterial<'_>, target: VerificationTarget<'_>, by: VerificationContext<'_>) -> Failure {
    let who = sealed.unverified_holder().map_or_else(String::new, |holder| format!(" that claims to be of {holder}"));
    let reason = if by.trust.signers().is_empty() || by.trust.is_applicable(target.repository) {
        format!(
            "it is signed with a certificate (keyless){who}, and no signer with an identity was given: give `--certificate-identity` and `--certificate-oidc-issuer`, or a `[[trust.signer]]` with an `identity`"
        )
    } else {
        "no signer is configured for this repository".to_owned()
    };
    Failure::unchecked(reason)
}
