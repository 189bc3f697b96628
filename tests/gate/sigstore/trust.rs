//! Whom the verifier believes, and when: services that are not in the trusted root, whose time is over, or that gave
//! less than they should.

use serde_json::Value;
use sigstore_verify::VerificationPolicy;

use super::{ARTIFACT, category, now, policy, sigstore, statement, verify, workflow};
use crate::support::sigstore::identity::{GITHUB_ISSUER, San};
use crate::support::sigstore::{
    DAY, Identity, Key, Kind, MINUTE, Record, Service, Signed, Signing, Sigstore, Version, YEAR,
};

/// Two Sigstores that do not know of each other; the first is the one in the trusted root.
struct World {
    ours: Sigstore,
    theirs: Sigstore,
}

fn world() -> World {
    World { ours: sigstore(), theirs: sigstore() }
}

/// Signed by the first with everything that vouches.
fn fully(world: &World) -> Signed {
    world.ours.keyless(&workflow()).stamped().message(ARTIFACT)
}

fn in_v2(world: &World) -> Signed {
    world.ours.keyless(&workflow()).rekor_v2().message(ARTIFACT)
}

/// Logged with a certificate for someone, and shown with the workflow's for the same key.
fn recertified(world: &World, sign: fn(&Signing<'_>) -> Signed) -> Signed {
    let key = Key::new(Kind::P256);
    let someone = Identity::email("ranger@kfm.test", "https://accounts.example.test");
    let mut signed = sign(&world.ours.keyless(&someone).key(&key));
    *signed.leaf() = world.ours.keyless(&workflow()).key(&key).message(ARTIFACT).leaf().clone();
    signed
}

fn ended(world: &World, service: Service) -> Value {
    world.ours.root().valid(service, now() - YEAR, Some(now() - DAY)).json()
}

fn not_begun(world: &World, service: Service) -> Value {
    world.ours.root().valid(service, now() + DAY, None).json()
}

/// What is believed, how it is signed, and as what it is refused.
struct Row(&'static str, fn(&World) -> Value, fn(&World) -> Signed, &'static str);

fn everything(world: &World) -> Value {
    world.ours.trusted_root()
}

#[rustfmt::skip]
const ROWS: &[Row] = &[
    Row("no authority in the root", |world| world.ours.root().without(Service::Authority).json(), fully, "no authority"),
    Row("no certificate log in the root", |world| world.ours.root().without(Service::CertificateLog).json(), fully, "trusted root"),
    Row("no Rekor v1 in the root", |world| world.ours.root().without(Service::RekorV1).json(), fully, "promise"),
    Row("no Rekor v2 in the root", |world| world.ours.root().without(Service::RekorV2).json(), in_v2, "checkpoint"),
    Row("no timestamps in the root", |world| world.ours.root().without(Service::Timestamps).json(), fully, "timestamp"),

    Row("another authority in the root", |world| world.ours.root().replaced(Service::Authority, &world.theirs).json(), fully, "chain"),
    Row("another certificate log in the root", |world| world.ours.root().replaced(Service::CertificateLog, &world.theirs).json(), fully, "receipt"),
    Row("another Rekor v1 in the root", |world| world.ours.root().replaced(Service::RekorV1, &world.theirs).json(), fully, "promise"),
    Row("another Rekor v2 in the root", |world| world.ours.root().replaced(Service::RekorV2, &world.theirs).json(), in_v2, "checkpoint"),
    Row("other timestamps in the root", |world| world.ours.root().replaced(Service::Timestamps, &world.theirs).json(), fully, "timestamp"),

    Row("the authority's time over", |world| ended(world, Service::Authority), fully, "no authority"),
    Row("the certificate log's time over", |world| ended(world, Service::CertificateLog), fully, "receipt"),
    Row("Rekor v1's time over", |world| ended(world, Service::RekorV1), fully, "promise"),
    Row("the timestamps' time over", |world| ended(world, Service::Timestamps), fully, "timestamp window"),
    Row("the authority's time to come", |world| not_begun(world, Service::Authority), fully, "no authority"),
    Row("the certificate log's time to come", |world| not_begun(world, Service::CertificateLog), fully, "receipt"),
    Row("Rekor v1's time to come", |world| not_begun(world, Service::RekorV1), fully, "promise"),
    Row("the timestamps' time to come", |world| not_begun(world, Service::Timestamps), fully, "timestamp window"),
    Row("a window that ends before it begins", |world| world.ours.root().valid(Service::RekorV1, now(), Some(now() - 1)).json(), fully, "trusted root"),

    Row("issued by another authority", everything, |world| world.ours.keyless(&workflow()).issued_by(&world.theirs.authority).message(ARTIFACT), "chain"),
    Row("logged by another Rekor v1", everything, |world| world.ours.keyless(&workflow()).logged_by(&world.theirs.rekor_v1).message(ARTIFACT), "promise"),
    Row("logged by another Rekor v1, no promise", everything, |world| world.ours.keyless(&workflow()).logged_by(&world.theirs.rekor_v1).without_promise().stamped().message(ARTIFACT), "checkpoint"),
    Row("logged by another Rekor v2", everything, |world| world.ours.keyless(&workflow()).logged_by(&world.theirs.rekor_v2).stamped().message(ARTIFACT), "checkpoint"),
    Row("stamped by others", everything, |world| world.ours.keyless(&workflow()).stamped_by(&world.theirs.timestamps).message(ARTIFACT), "timestamp"),
    Row("receipt of another log", everything, |world| world.ours.keyless(&workflow()).receipts(&[&world.theirs.certificate_log]).message(ARTIFACT), "receipt"),
    Row("no receipt", everything, |world| world.ours.keyless(&workflow()).receipts(&[]).message(ARTIFACT), "receipt"),
    Row("two receipts", everything, |world| world.ours.keyless(&workflow()).receipts(&[&world.ours.certificate_log; 2]).message(ARTIFACT), "receipt"),

    Row("certificate over when stamped", everything, |world| world.ours.keyless(&workflow()).stamped().certificate_window(now() - 20 * MINUTE, now() - 10 * MINUTE).message(ARTIFACT), "chain"),
    Row("certificate over when logged", everything, |world| world.ours.keyless(&workflow()).logged_at(now() + 11 * MINUTE).message(ARTIFACT), "chain"),
    Row("certificate to come when logged", everything, |world| world.ours.keyless(&workflow()).logged_at(now() - 1).message(ARTIFACT), "chain"),
    Row("stamped within the certificate, logged after it", everything, |world| world.ours.keyless(&workflow()).stamped().logged_at(now() + 11 * MINUTE).message(ARTIFACT), "chain"),
    Row("logged in the future", everything, |world| world.ours.keyless(&workflow()).at(now() + 9 * YEAR).message(ARTIFACT), "log time"),
    Row("certificate for another key", everything, |world| {
        let leaf = fully(world).leaf().clone();
        world.ours.keyless(&workflow()).certificate(&leaf).message(ARTIFACT)
    }, "signature"),

    Row("logged with another certificate for the key", everything, |world| recertified(world, |signing| signing.message(ARTIFACT)), "log mismatch"),
    Row("logged with another certificate for the key, statement", everything, |world| recertified(world, |signing| signing.statement(&statement())), "log mismatch"),
    Row("logged with another certificate for the key, Rekor v2", everything, |world| recertified(world, |signing| signing.clone().rekor_v2().message(ARTIFACT)), "log mismatch"),

    // The verifier cannot read these kinds at all: whoever meets them must say so.
    Row("logged as intoto/0.0.1", everything, |world| world.ours.keyless(&workflow()).record(Record::Intoto1).statement(&statement()), "unreadable"),
    Row("logged as dsse/0.0.2", everything, |world| world.ours.keyless(&workflow()).rekor_v2().record(Record::Dsse2).statement(&statement()), "unreadable"),
];

#[test]
fn what_is_not_trusted_then_is_refused_and_as_what() {
    let world = world();
    let mut wrong = Vec::new();
    for Row(case, root, sign, expected) in ROWS {
        match verify(&root(&world), &sign(&world).bundle(Version::V03), &policy()) {
            Err(error) if category(&error) == *expected => {}
            found => wrong.push(format!("{case}: expected {expected:?}, found {found:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Each row above would be accepted but for the one thing that it says.
#[test]
fn the_same_is_accepted_where_the_service_is_trusted() {
    let world = world();
    let both = Service::ALL.iter().fold(world.ours.root(), |root, service| root.and(*service, &world.theirs)).json();
    let signing = world.ours.keyless(&workflow());
    let theirs = &world.theirs;
    let cases = [
        ("authority", signing.clone().issued_by(&theirs.authority).message(ARTIFACT)),
        ("Rekor v1", signing.clone().logged_by(&theirs.rekor_v1).message(ARTIFACT)),
        ("Rekor v2", signing.clone().logged_by(&theirs.rekor_v2).stamped().message(ARTIFACT)),
        ("timestamps", signing.clone().stamped_by(&theirs.timestamps).message(ARTIFACT)),
        ("certificate log", signing.clone().receipts(&[&theirs.certificate_log]).message(ARTIFACT)),
        ("the past", signing.at(now() - 300 * DAY).stamped().message(ARTIFACT)),
    ];
    for (case, signed) in cases {
        verify(&both, &signed.bundle(Version::V03), &policy()).unwrap_or_else(|error| panic!("{case}: {error}"));
    }
}

/// An end beside the signing's time, not the entry's absence, is what the rows of windows are about.
#[test]
fn a_window_that_ended_later_is_no_hindrance() {
    let world = world();
    let root = Service::ALL
        .iter()
        .fold(world.ours.root(), |root, service| root.valid(*service, now() - DAY, Some(now() + DAY)));
    verify(&root.json(), &fully(&world).bundle(Version::V03), &policy()).unwrap();
    verify(&root.json(), &in_v2(&world).bundle(Version::V03), &policy()).unwrap();
}

/// Holes in the verifier, which who uses it must close: without a promise, neither the end of the log's time nor the
/// log's ID is looked at. If this fails, the verifier has learned it.
#[test]
fn without_a_promise_the_verifier_sees_neither_the_logs_end_nor_its_id() {
    let world = world();
    let in_v1 = world.ours.keyless(&workflow()).without_promise().stamped().message(ARTIFACT);
    for (service, signed) in [(Service::RekorV1, in_v1), (Service::RekorV2, in_v2(&world))] {
        verify(&ended(&world, service), &signed.bundle(Version::V03), &policy()).unwrap();
        let mut mislabelled = signed;
        mislabelled.entry().log_id.fill(7);
        verify(&everything(&world), &mislabelled.bundle(Version::V03), &policy()).unwrap();
    }
}

/// Another hole: with an entry of `intoto/0.0.2` the verifier compares the keys and not the certificates.
#[test]
fn in_an_intoto_entry_the_verifier_sees_the_key_and_not_the_certificate() {
    let world = world();
    let signed = recertified(&world, |signing| signing.clone().record(Record::Intoto2).statement(&statement()));
    verify(&everything(&world), &signed.bundle(Version::V03), &policy()).unwrap();
}

/// Where only the root is trusted, the intermediate must come along, and a bundle of version 0.3 has no place for it.
#[test]
fn the_intermediate_may_come_with_the_bundle() {
    let world = world();
    let root = world.ours.root().changed(Service::Authority, |entry| {
        entry["certChain"]["certificates"].as_array_mut().unwrap().remove(0);
    });
    let signed = fully(&world);
    verify(&root.json(), &signed.bundle(Version::V02), &policy()).unwrap();
    let error = verify(&root.json(), &signed.bundle(Version::V03), &policy()).unwrap_err();
    assert_eq!(category(&error), "chain", "{error}");
}

#[test]
fn another_identity_or_issuer_is_refused() {
    let world = world();
    let uri = workflow().name().to_owned();
    let someone = Identity::email("ranger@kfm.test", "https://accounts.example.test");
    let nameless = Identity { subject: San::Username("ranger!kfm.test".to_owned()), ..workflow() };
    let unissued = Identity { issuer: None, ..workflow() };
    let cases = [
        ("another workflow", VerificationPolicy::new(format!("{uri}2"), GITHUB_ISSUER), workflow(), "identity"),
        ("another issuer", VerificationPolicy::new(uri.as_str(), "https://issuer.example.test"), workflow(), "issuer"),
        ("a person", policy(), someone, "identity"),
        ("a name that is no address", policy(), nameless, "identity"),
        ("no issuer", policy(), unissued, "issuer"),
    ];
    for (case, policy, identity, expected) in cases {
        let signed = world.ours.keyless(&identity).message(ARTIFACT);
        let anyone = VerificationPolicy::any_identity();
        verify(&everything(&world), &signed.bundle(Version::V03), &anyone)
            .unwrap_or_else(|error| panic!("{case}: {error}"));
        let error = verify(&everything(&world), &signed.bundle(Version::V03), &policy).unwrap_err();
        assert_eq!(category(&error), expected, "{case}: {error}");
    }
}
