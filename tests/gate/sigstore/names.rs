//! What the certificates say, and the kinds of keys.

use sigstore_verify::crypto::SubjectAltName;
use sigstore_verify::types::DerPublicKey;
use sigstore_verify::{PublicKeyVerificationPolicy, VerificationPolicy};

use super::{ARTIFACT, category, sigstore, statement, verify, workflow};
use crate::support::sigstore::identity::{COMMIT, GITHUB_ISSUER, San};
use crate::support::sigstore::{Identity, Key, Kind, Signed, Version};

#[test]
fn the_claims_of_a_workflow_are_read_back() {
    let sigstore = sigstore();
    let signed = sigstore.keyless(&workflow().claim(23, "production")).message(ARTIFACT);
    let result = verify(&sigstore.trusted_root(), &signed.bundle(Version::V03), &VerificationPolicy::any_identity());
    let result = result.unwrap();
    let certificate = result.certificate().unwrap();
    let workflow_uri = "https://github.com/kfm/tiles/.github/workflows/release.yml@refs/heads/main";
    assert_eq!(certificate.identity, Some(SubjectAltName::Uri(workflow_uri.to_owned())));
    assert_eq!(certificate.issuer.as_deref(), Some(GITHUB_ISSUER));
    let claims = &certificate.ci_claims;
    let read = [
        (&claims.deprecated_github.workflow_trigger, "push"),
        (&claims.deprecated_github.workflow_sha, COMMIT),
        (&claims.deprecated_github.workflow_name, "Release"),
        (&claims.deprecated_github.workflow_repository, "kfm/tiles"),
        (&claims.deprecated_github.workflow_ref, "refs/heads/main"),
        (&claims.build_signer_uri, workflow_uri),
        (&claims.build_signer_digest, COMMIT),
        (&claims.runner_environment, "github-hosted"),
        (&claims.source_repository_uri, "https://github.com/kfm/tiles"),
        (&claims.source_repository_digest, COMMIT),
        (&claims.source_repository_ref, "refs/heads/main"),
        (&claims.source_repository_identifier, "448541234"),
        (&claims.source_repository_owner_uri, "https://github.com/kfm"),
        (&claims.source_repository_owner_identifier, "9919234"),
        (&claims.build_config_uri, workflow_uri),
        (&claims.build_config_digest, COMMIT),
        (&claims.build_trigger, "push"),
        (&claims.run_invocation_uri, "https://github.com/kfm/tiles/actions/runs/7421/attempts/1"),
        (&claims.source_repository_visibility_at_signing, "public"),
        (&claims.deployment_environment, "production"),
        (&claims.token_subject, "repo:kfm/tiles:ref:refs/heads/main"),
    ];
    for (place, (found, expected)) in read.iter().enumerate() {
        assert_eq!(found.as_deref(), Some(*expected), "claim number {place} of this list");
    }
}

#[test]
fn each_kind_of_subject_is_read_as_what_it_is() {
    let sigstore = sigstore();
    let issuer = "https://accounts.example.test";
    let email = Identity::email("ranger@kfm.test", issuer);
    let name = Identity { subject: San::Username("ranger!kfm.test".to_owned()), ..email.clone() };
    let cases = [
        (email, Some(SubjectAltName::Email("ranger@kfm.test".to_owned()))),
        (
            Identity::uri("spiffe://kfm.test/builder", issuer),
            Some(SubjectAltName::Uri("spiffe://kfm.test/builder".to_owned())),
        ),
        (name, None),
    ];
    for (identity, expected) in cases {
        let signed = sigstore.keyless(&identity).message(ARTIFACT);
        let result =
            verify(&sigstore.trusted_root(), &signed.bundle(Version::V03), &VerificationPolicy::any_identity());
        assert_eq!(result.unwrap().identity(), expected.as_ref(), "{identity:?}");
    }
}

#[test]
fn each_kind_of_key_signs_with_a_certificate_and_alone() {
    let sigstore = sigstore();
    let root = sigstore.trusted_root();
    for kind in [Kind::P256, Kind::P384, Kind::Ed25519] {
        let key = Key::new(kind);
        let policy = PublicKeyVerificationPolicy::new(DerPublicKey::new(key.public_der()));
        let other = PublicKeyVerificationPolicy::new(DerPublicKey::new(Key::new(kind).public_der()));
        let keyless = sigstore.keyless(&workflow()).key(&key);
        let alone = sigstore.with_key(&key);
        let both = |signing: &crate::support::sigstore::Signing<'_>| -> [Signed; 2] {
            [signing.message(ARTIFACT), signing.statement(&statement())]
        };
        for signed in both(&keyless) {
            let result = verify(&root, &signed.bundle(Version::V03), &super::policy());
            result.unwrap_or_else(|error| panic!("{kind:?}, certificate, {:?}: {error}", signed.content));
        }
        for signed in both(&alone) {
            let bundle = signed.bundle(Version::V03);
            verify(&root, &bundle, &policy).unwrap_or_else(|error| panic!("{kind:?}, {:?}: {error}", signed.content));
            assert_eq!(category(&verify(&root, &bundle, &other).unwrap_err()), "signature", "{kind:?}, another key");
        }
    }
}

#[test]
fn a_key_alone_is_logged_in_either_rekor() {
    let sigstore = sigstore();
    let key = Key::new(Kind::P256);
    let policy = PublicKeyVerificationPolicy::new(DerPublicKey::new(key.public_der()));
    let signing = sigstore.with_key(&key);
    for signing in [signing.clone(), signing.clone().rekor_v2(), signing.stamped()] {
        for signed in [signing.message(ARTIFACT), signing.statement(&statement())] {
            let result = verify(&sigstore.trusted_root(), &signed.bundle(Version::V03), &policy).unwrap();
            assert!(result.tlog_verified() && result.certificate().is_none());
        }
    }
}
