//! What the targets share: a signer with the public-good root, one with a key, and a subject.

use std::sync::OnceLock;

use ocigate::evidence::recognise::SignedMaterial;
use ocigate::limits::Limits;
use ocigate::oci::{Algorithm, Digest};
use ocigate::trust::{IdentityEntry, PUBLIC_GOOD, Root, SignerEntry, TextCondition, Trust};
use ocigate::verify::{Outcome, VerificationContext, VerificationTarget, verify};
use time::OffsetDateTime;

const SUBJECT: &[u8] = b"DO NOT MODIFY ME!\n\nthis is \"a.txt\", a sample input for sigstore-conformance's test suite.\n\nDO NOT MODIFY ME!\n";
const KEY: &str = include_str!("../../fixtures/keys/release.pub");

fn trust() -> &'static Trust {
    static TRUST: OnceLock<Trust> = OnceLock::new();
    TRUST.get_or_init(|| {
        let root = Root::embedded(PUBLIC_GOOD);
        let exact = |text: &str| TextCondition::Exact(text.to_owned());
        let identity = IdentityEntry {
            subject: exact("nobody@example.org"),
            issuer: exact("https://issuer.example.org"),
            source_repository: None,
            source_ref: None,
            workflow: None,
            runner_environment: None,
        };
        let signers = vec![
            SignerEntry {
                name: "identity".to_owned(),
                identity: Some(identity),
                root: root.clone(),
                ..SignerEntry::default()
            },
            SignerEntry { name: "key".to_owned(), key: Some(KEY.to_owned()), root, ..SignerEntry::default() },
        ];
        Trust::build(signers, Vec::new()).unwrap_or_default()
    })
}

/// Nobody of these signers has signed anything that a fuzzer could find.
pub fn check(material: &SignedMaterial) {
    let limits = Limits::default();
    let digests = [Digest::of(Algorithm::Sha256, SUBJECT), Digest::of(Algorithm::Sha512, SUBJECT)];
    let target = VerificationTarget { digests: &digests, bytes: Some(SUBJECT), repository: None, is_subject: true };
    let now = OffsetDateTime::from_unix_timestamp(1_795_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let outcome = verify(material, target, VerificationContext { trust: trust(), limits: &limits, now });
    assert!(!matches!(outcome, Outcome::Proven(_)), "proven: {outcome:?}");
}
