//! The Sigstore of the tests against the verifier itself: what it makes is accepted, and no part of it can be changed,
//! swapped or left out without that being noticed.

mod accepted;
mod layers;
mod names;
mod refused;
mod shapes;
mod trust;
mod written;

use crate::support::sigstore::identity::GITHUB_ISSUER;
use crate::support::sigstore::{Identity, Seconds, Sigstore, seconds};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sigstore_verify::trust_root::TrustedRoot;
use sigstore_verify::types::Bundle;
use sigstore_verify::{
    CertificateError, Error, Policy, TimestampError, TransparencyLogError, VerificationPolicy, VerificationResult,
    Verifier,
};

/// When these tests sign.
fn now() -> Seconds {
    seconds("2026-01-15T12:00:00Z")
}

const ARTIFACT: &[u8] = b"soils of the plains";

/// The workflow that signs.
fn workflow() -> Identity {
    Identity::github("kfm/tiles", "release.yml", "refs/heads/main")
}

/// A statement about the artifact.
fn statement() -> Value {
    let digest = crate::support::sigstore::logs::hex(&Sha256::digest(ARTIFACT));
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "soils.pmtiles", "digest": {"sha256": digest}}],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {"buildDefinition": {}},
    })
}

/// The policy that a repository would have: who, and whose word it is.
fn policy() -> VerificationPolicy {
    VerificationPolicy::new(workflow().name(), GITHUB_ISSUER)
}

fn verify(root: &Value, bundle: &Value, policy: &(impl Policy + ?Sized)) -> Result<VerificationResult, Error> {
    let root = TrustedRoot::from_json(&root.to_string()).unwrap();
    let bundle = Bundle::from_json(&bundle.to_string())?;
    Verifier::new(&root)?.verify(ARTIFACT, &bundle, policy)
}

fn sigstore() -> Sigstore {
    Sigstore::new(now())
}

/// What kind of refusal an error is.
fn category(error: &Error) -> &'static str {
    match error {
        Error::IdentityMismatch { .. } => "identity",
        Error::IssuerMismatch { .. } => "issuer",
        Error::SignatureInvalid(_) => "signature",
        Error::ArtifactMismatch(_) => "artifact",
        Error::Certificate(CertificateError::Malformed(_)) => "malformed certificate",
        Error::Certificate(CertificateError::ChainInvalid(_)) => "chain",
        Error::Certificate(CertificateError::NoValidAuthority { .. }) => "no authority",
        Error::Certificate(CertificateError::NotYetValid { .. }) => "not yet valid",
        Error::Certificate(CertificateError::Expired { .. }) => "expired",
        Error::Certificate(CertificateError::Sct(_)) => "receipt",
        Error::TransparencyLog(TransparencyLogError::UnknownLog { .. }) => "unknown log",
        Error::TransparencyLog(TransparencyLogError::InclusionProof(_)) => "proof",
        Error::TransparencyLog(TransparencyLogError::Checkpoint(_)) => "checkpoint",
        Error::TransparencyLog(TransparencyLogError::InclusionPromise(_)) => "promise",
        Error::TransparencyLog(TransparencyLogError::EntryMismatch(_)) => "log mismatch",
        Error::TransparencyLog(TransparencyLogError::IntegratedTime(_)) => "log time",
        Error::TransparencyLog(TransparencyLogError::MalformedEntry(_)) => "malformed entry",
        Error::Timestamp(TimestampError::Invalid(_)) => "timestamp",
        Error::Timestamp(TimestampError::OutsideAuthorityValidity { .. }) => "timestamp window",
        Error::Timestamp(TimestampError::NoVerifiedTimestamp(_)) => "no time",
        Error::UnsupportedBundle(_) => "unsupported",
        Error::InvalidTrustRoot(_) => "trusted root",
        Error::InvalidBundle(_) | Error::Bundle(_) => "bundle",
        Error::Types(_) => "unreadable",
        _ => "other",
    }
}
