//! Bodies that do not end, end too early, or promise too much.

use std::time::Duration;

use serde_json::json;

use super::{GAP, full, native, tagged};
use crate::support::artifact::{Layer, MANIFEST, document};
use crate::support::documents::{PROVENANCE, release};
use crate::support::registry::{Auth, Body, Options, Response};
use crate::support::served::Served;

fn endless() -> Response {
    Response::new(200).with(Body::Endless)
}

fn dripping() -> Response {
    Response::new(200).with(Body::Drip(Duration::from_millis(50)))
}

fn with_tokens() -> Served {
    let auth = Auth::Bearer { user: None, token: "t" };
    Served::new(&full().0, Options { auth, ..Options::default() })
}

const LATE: &str = "no answer within 2 s, the deadline of the whole run";
const LARGE: &str = "beyond the limit of 4194304 bytes of one manifest";

#[test]
fn an_endless_manifest() {
    native().answering("/manifests/v1", endless()).judge(":v1").assert(
        "subject",
        3,
        &["the subject 127.0.0.1:", LARGE],
    );
}

#[test]
fn an_endless_manifest_of_a_referrer() {
    let served = native().answering("/manifests/sha256:", endless());
    served.judge(":v1").assert("referrer", 3, &[GAP, "bytes that its descriptor states"]);
}

#[test]
fn a_dripping_manifest() {
    native().within(2).answering("/manifests/v1", dripping()).judge(":v1").assert(
        "subject",
        3,
        &["the subject 127.0.0.1:", LATE],
    );
}

#[test]
fn an_endless_list_of_referrers() {
    let reason = "beyond the limit of 4194304 bytes of one page of referrers";
    native().answering("/referrers/", endless()).judge(":v1").assert("list", 3, &[GAP, reason]);
}

#[test]
fn a_dripping_list_of_referrers() {
    native().within(2).answering("/referrers/", dripping()).judge(":v1").assert("list", 3, &[GAP, LATE]);
}

#[test]
fn an_endless_fallback_tag() {
    tagged().answering("/manifests/sha256-", endless()).judge(":v1").assert("tag", 3, &[GAP, LARGE]);
}

#[test]
fn an_endless_blob() {
    let reason = "bytes that its descriptor states";
    native().answering("/blobs/", endless()).judge(":v1").assert(
        "blob",
        3,
        &[GAP, "it is beyond the limit of", reason],
    );
}

#[test]
fn a_dripping_blob() {
    native().within(2).answering("/blobs/", dripping()).judge(":v1").assert("blob", 3, &[GAP, LATE]);
}

#[test]
fn an_endless_token() {
    let reason = "gap gap.limit";
    with_tokens().answering("/token", endless()).judge(":v1").assert("token", 3, &["the subject 127.0.0.1:", reason]);
}

#[test]
fn a_dripping_token() {
    with_tokens().within(2).answering("/token", dripping()).judge(":v1").assert(
        "token",
        3,
        &["the subject 127.0.0.1:", LATE],
    );
}

#[test]
fn an_endless_error() {
    for status in [403, 500] {
        let served = native().answering("/manifests/v1", Response::new(status).with(Body::Endless));
        served.judge(":v1").assert("error", 3, &["the subject 127.0.0.1:", &format!("HTTP {status}")]);
    }
    // A tag that is not there is not there, however long the words about it are.
    native().answering(".sig", Response::new(404).with(Body::Endless)).judge(":v1").assert("404", 0, &["PASS"]);
}

#[test]
fn a_dripping_error() {
    let dripping = Response::new(403).with(Body::Drip(Duration::from_millis(50)));
    native().within(10).answering("/referrers/", dripping).judge(":v1").assert("error", 3, &[GAP, "HTTP 403"]);
}

#[test]
fn a_registry_that_hangs() {
    let hanging = Response::new(200).with(Body::Hang);
    native().within(2).answering("/referrers/", hanging.clone()).judge(":v1").assert("list", 3, &[GAP, LATE]);
    native().within(2).answering("/v2/", hanging).judge(":v1").assert(
        "everything",
        3,
        &["the subject 127.0.0.1:", LATE],
    );
}

#[test]
fn a_body_that_is_cut() {
    let (artifact, subject) = full();
    let cut = Response::new(200).content_type(MANIFEST).with(Body::Cut(artifact.bytes(&subject)));
    native().answering("/manifests/v1", cut).judge(":v1").assert(
        "cut",
        3,
        &["the subject 127.0.0.1:", "gap gap.connection"],
    );
}

#[test]
fn a_body_that_announces_three_gigabytes() {
    let announced = Response::new(200).with(Body::Announced(3 << 30));
    native().answering("/manifests/v1", announced).judge(":v1").assert(
        "announced",
        3,
        &["the subject 127.0.0.1:", LARGE],
    );
}

/// A12: the size that is stated decides before anything is fetched.
#[test]
fn a_blob_of_ten_gigabytes() {
    let (mut artifact, subject) = full();
    let bytes = br#"{"a":1}"#.to_vec();
    let mut layer = artifact.blob("application/json", bytes);
    layer["size"] = json!(10_u64 << 30);
    let config = artifact.blob(crate::support::artifact::EMPTY, b"{}".to_vec());
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": PROVENANCE,
        "config": config, "layers": [layer], "subject": artifact.descriptor(&subject),
    });
    let listed = artifact.manifest(&manifest);
    artifact.list(listed, None);
    let served = Served::new(&artifact, Options::default());
    served.judge(":v1").assert("10 GB", 3, &[GAP, "gap gap.limit"]);
    let asked = layer["digest"].as_str().unwrap();
    assert!(served.registry.paths().iter().all(|path| !path.contains(asked)), "it is not asked for");
}

/// A13: nothing is reserved by a count that a document states or has.
#[test]
fn a_manifest_with_millions_of_descriptors() {
    let many = |entry: &str, count: usize| {
        let entries = vec![entry; count].join(",");
        format!(r#"{{"schemaVersion":2,"mediaType":"{}","manifests":[{entries}]}}"#, crate::support::artifact::INDEX)
    };
    let serve = |body: String| {
        Response::new(200).content_type(crate::support::artifact::INDEX).with(Body::Chunked(body.into()))
    };
    let beyond = native().answering("/referrers/", serve(many("{}", 3_000_000)));
    beyond.judge(":v1").assert("beyond", 3, &[GAP, "beyond the limit of 4194304 bytes of one page of referrers"]);
    let within = native().answering("/referrers/", serve(many("{}", 1_300_000)));
    within.judge(":v1").assert("within", 3, &[GAP, "the list of referrers is not an acceptable index"]);
}

/// A11: so many referrers, and so many layers in one.
#[test]
fn ten_thousand_referrers_and_ten_thousand_layers() {
    let (artifact, subject) = full();
    let served = Served::new(&artifact, Options::default());
    for number in 0..10_000_u32 {
        let digest = ocigate::oci::Digest::sha256(&number.to_be_bytes()).to_string();
        served.registry.list(&subject.parse().unwrap(), json!({"mediaType": MANIFEST, "digest": digest, "size": 9}));
    }
    served.judge(":v1").assert("referrers", 3, &[GAP, "gap gap.limit"]);
    assert!(served.registry.requests().len() < 2200);

    let (mut artifact, subject) = full();
    let layers = (0..10_000).map(|number| Layer("", "application/json", format!("{number}").into_bytes())).collect();
    artifact.attach(&subject, PROVENANCE, layers);
    let served = Served::new(&artifact, Options::default());
    served.judge(":v1").assert("layers", 3, &[GAP, "gap gap.limit"]);
}

/// A20: a good signature after a flood of bad ones is found.
#[test]
fn a_thousand_bad_signatures_and_a_good_one() {
    let (mut artifact, subject) = full();
    for number in 0..300 {
        let junk = document(
            "",
            crate::support::artifact::BUNDLE,
            &json!({"mediaType": crate::support::artifact::BUNDLE, "n": number}),
        );
        artifact.attach(&subject, crate::support::artifact::BUNDLE, vec![junk]);
    }
    artifact.sign_legacy(&release(), &subject, &subject);
    Served::new(&artifact, Options::default()).judge(":v1").assert("flood", 0, &["PASS", "refused"]);
}
