//! What the services make is accepted, in every form.

use sigstore_verify::VerificationPolicy;

use super::{ARTIFACT, now, policy, sigstore, statement, verify, workflow};
use crate::support::sigstore::{Record, Signed, Signing, Version};

/// One way to vouch for a signature: its name, how it is made, the bundles that carry it, and the policy that it needs.
struct Way {
    name: &'static str,
    make: fn(Signing<'_>) -> Signing<'_>,
    versions: &'static [Version],
    policy: fn() -> VerificationPolicy,
    logged: bool,
}

const WAYS: [Way; 6] = [
    Way {
        name: "Rekor v1, promise and proof",
        make: |signing| signing,
        versions: &[Version::V01, Version::V02, Version::V03],
        policy,
        logged: true,
    },
    Way {
        name: "Rekor v1, promise",
        make: |signing| signing.without_proof(),
        versions: &[Version::V01],
        policy,
        logged: true,
    },
    Way {
        name: "Rekor v1, proof, timestamp",
        make: |signing| signing.without_promise().stamped(),
        versions: &[Version::V02, Version::V03],
        policy,
        logged: true,
    },
    Way {
        name: "Rekor v1, promise, proof, timestamp",
        make: |signing| signing.stamped(),
        versions: &[Version::V01, Version::V02, Version::V03],
        policy,
        logged: true,
    },
    Way {
        name: "Rekor v2, timestamp",
        make: |signing| signing.rekor_v2(),
        versions: &[Version::V03],
        policy,
        logged: true,
    },
    Way {
        name: "timestamp",
        make: |signing| signing.unlogged().stamped(),
        versions: &[Version::V02, Version::V03],
        policy: || policy().skip_tlog_unsafe(),
        logged: false,
    },
];

#[test]
fn every_way_to_vouch_is_accepted_for_messages_and_statements() {
    let sigstore = sigstore();
    let root = sigstore.trusted_root();
    for way in &WAYS {
        let signing = (way.make)(sigstore.keyless(&workflow()));
        let contents: [(&str, Signed); 2] =
            [("message", signing.message(ARTIFACT)), ("statement", signing.statement(&statement()))];
        for (content, signed) in contents {
            for version in way.versions {
                let case = format!("{content}, {}, {version:?}", way.name);
                let result = verify(&root, &signed.bundle(*version), &(way.policy)());
                let result = result.unwrap_or_else(|error| panic!("{case}: {error}"));
                assert!(result.certificate_verified() && result.sct_verified(), "{case}: certificate and receipt");
                assert_eq!(result.tlog_verified(), way.logged, "{case}: log");
            }
        }
    }
}

#[test]
fn the_verified_times_are_those_of_the_signing() {
    let sigstore = sigstore();
    let signing = sigstore.keyless(&workflow()).stamped();
    let result = verify(&sigstore.trusted_root(), &signing.message(ARTIFACT).bundle(Version::V03), &policy()).unwrap();
    let times = result.verified_timestamps().iter().map(|time| time.as_second()).collect::<Vec<_>>();
    assert_eq!(times, [now() + 1, now() + 2]);
}

#[test]
fn older_entries_of_statements_are_accepted() {
    let sigstore = sigstore();
    let signed = sigstore.keyless(&workflow()).record(Record::Intoto2).statement(&statement());
    for version in [Version::V01, Version::V02, Version::V03] {
        verify(&sigstore.trusted_root(), &signed.bundle(version), &policy()).unwrap();
    }
}
