//! The Sigstore of the tests against the verifier itself: what it makes is accepted, and no part of it can be changed,
//! swapped or left out without that being noticed.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "in tests a panic is the report")]

#[path = "sigstore/accepted.rs"]
mod accepted;

#[allow(dead_code, reason = "each test uses a part")]
#[path = "support/sigstore/mod.rs"]
mod generator;

use generator::identity::GITHUB_ISSUER;
use generator::{Identity, Seconds, Sigstore, seconds};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sigstore_verify::trust_root::TrustedRoot;
use sigstore_verify::types::Bundle;
use sigstore_verify::{Error, Policy, VerificationPolicy, VerificationResult, Verifier};

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
    let digest = generator::logs::hex(&Sha256::digest(ARTIFACT));
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
