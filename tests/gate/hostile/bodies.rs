//! Bodies that do not end, end too early, or promise too much.

use std::time::Duration;

use serde_json::{Value, json};

use super::{full, gap_of, native, referrers, tagged};
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
    Served::started(&full().0, Options { auth, ..Options::default() })
}

/// The limit of one manifest, and of one page of a list, in bytes.
const LARGE: &str = "4194304";

/// The subject's digest, and its fallback tag.
fn subject_and_tag() -> (String, String) {
    let subject = full().1;
    let tag = subject.replace(':', "-");
    (subject, tag)
}

/// The digest of a layer of a document, by its title, and its size.
fn layer(title: &str) -> (String, u64) {
    let (artifact, _) = full();
    let digest = super::content::document(&artifact, title);
    let size = artifact.bytes(&digest).len() as u64;
    (digest, size)
}

#[test]
fn an_endless_manifest() {
    native().by_program().answering("/manifests/v1", endless()).judge(":v1").assert(
        "subject",
        3,
        &["UNDECIDED", &format!("unseen gap.limit {LARGE}")],
    );
}

#[test]
fn an_endless_manifest_of_a_referrer() {
    let (artifact, _) = full();
    let mut measured = native().by_program().answering("/manifests/sha256:", endless()).judge(":v1").assert(
        "referrer",
        3,
        &["UNDECIDED"],
    );
    for referrer in referrers(&artifact) {
        let size = artifact.bytes(&referrer).len().to_string();
        measured = measured.assert("referrer", 3, &[&format!("gap gap.limit {referrer} + {size}")]);
    }
}

#[test]
fn a_dripping_manifest() {
    native().by_program().within(2).answering("/manifests/v1", dripping()).judge(":v1").assert(
        "subject",
        3,
        &["UNDECIDED", "unseen gap.timeout 2"],
    );
}

#[test]
fn an_endless_list_of_referrers() {
    native().by_program().answering("/referrers/", endless()).judge(":v1").assert(
        "list",
        3,
        &["UNDECIDED", &format!("gap gap.limit {} + {LARGE}", subject_and_tag().0)],
    );
}

#[test]
fn a_dripping_list_of_referrers() {
    native().by_program().within(2).answering("/referrers/", dripping()).judge(":v1").assert(
        "list",
        3,
        &["UNDECIDED", &format!("gap gap.timeout {} + 2", subject_and_tag().0)],
    );
}

#[test]
fn an_endless_fallback_tag() {
    tagged().by_program().answering("/manifests/sha256-", endless()).judge(":v1").assert(
        "tag",
        3,
        &["UNDECIDED", &format!("gap gap.limit {} + {LARGE}", subject_and_tag().1)],
    );
}

#[test]
fn an_endless_blob() {
    let (layer, size) = layer("prov.jsonld");
    native().by_program().answering("/blobs/", endless()).judge(":v1").assert(
        "blob",
        3,
        &["UNDECIDED", &format!("gap gap.limit {layer} + {size}")],
    );
}

#[test]
fn a_dripping_blob() {
    native().by_program().within(2).answering("/blobs/", dripping()).judge(":v1").assert(
        "blob",
        3,
        &["UNDECIDED", &format!("gap gap.timeout {} + 2", layer("prov.jsonld").0)],
    );
}

#[test]
fn an_endless_token() {
    with_tokens().answering("/token", endless()).judge(":v1").assert(
        "token",
        3,
        &["UNDECIDED", "unseen gap.limit 65536"],
    );
}

#[test]
fn a_dripping_token() {
    with_tokens().within(2).answering("/token", dripping()).judge(":v1").assert(
        "token",
        3,
        &["UNDECIDED", "unseen gap.timeout 2"],
    );
}

#[test]
fn an_endless_error() {
    for status in [403, 500] {
        let served = native().by_program().answering("/manifests/v1", Response::new(status).with(Body::Endless));
        served.judge(":v1").assert("error", 3, &["UNDECIDED", &format!("unseen gap.{} {status}", gap_of(status))]);
    }
    // A tag that is not there is not there, however long the words about it are.
    native().by_program().answering(".sig", Response::new(404).with(Body::Endless)).judge(":v1").assert(
        "404",
        0,
        &["PASS"],
    );
}

#[test]
fn a_dripping_error() {
    let dripping = Response::new(403).with(Body::Drip(Duration::from_millis(50)));
    native().by_program().within(10).answering("/referrers/", dripping).judge(":v1").assert(
        "error",
        3,
        &["UNDECIDED", &format!("gap gap.denied {} + 403", subject_and_tag().0)],
    );
}

#[test]
fn a_registry_that_hangs() {
    let hanging = Response::new(200).with(Body::Hang);
    let list = native().by_program().within(2).answering("/referrers/", hanging.clone()).judge(":v1");
    list.assert("list", 3, &["UNDECIDED", &format!("gap gap.timeout {} + 2", subject_and_tag().0)]);
    let everything = native().by_program().within(2).answering("/v2/", hanging).judge(":v1");
    everything.assert("everything", 3, &["UNDECIDED", "unseen gap.timeout 2"]);
}

#[test]
fn a_body_that_is_cut() {
    let (artifact, subject) = full();
    let cut = Response::new(200).content_type(MANIFEST).with(Body::Cut(artifact.bytes(&subject)));
    native().by_program().answering("/manifests/v1", cut).judge(":v1").assert(
        "cut",
        3,
        &["UNDECIDED", "unseen gap.connection"],
    );
}

#[test]
fn a_body_that_announces_three_gigabytes() {
    let announced = Response::new(200).with(Body::Announced(3 << 30));
    native().by_program().answering("/manifests/v1", announced).judge(":v1").assert(
        "announced",
        3,
        &["UNDECIDED", &format!("unseen gap.limit {LARGE}")],
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
    let served = Served::started(&artifact, Options::default());
    let asked = layer["digest"].as_str().unwrap();
    served.judge(":v1").assert("10 GB", 3, &["UNDECIDED", &format!("gap gap.limit {asked} + 67108864")]);
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
    let beyond = native().by_program().answering("/referrers/", serve(many("{}", 3_000_000)));
    let subject = subject_and_tag().0;
    beyond.judge(":v1").assert("beyond", 3, &["UNDECIDED", &format!("gap gap.limit {subject} + {LARGE}")]);
    let within = native().by_program().answering("/referrers/", serve(many("{}", 1_300_000)));
    within.judge(":v1").assert("within", 3, &["UNDECIDED", &format!("gap gap.malformed {subject} + /manifests/0")]);
}

/// A11: so many referrers, and so many layers in one.
#[test]
fn ten_thousand_referrers_and_ten_thousand_layers() {
    let (artifact, subject) = full();
    let served = Served::started(&artifact, Options::default());
    for number in 0..10_000_u32 {
        let digest = ocigate::oci::Digest::sha256(&number.to_be_bytes()).to_string();
        served.registry.list(&subject.parse().unwrap(), json!({"mediaType": MANIFEST, "digest": digest, "size": 9}));
    }
    let measured = served.judge(":v1");
    measured.assert("referrers", 3, &["UNDECIDED", &format!("gap gap.limit {subject} + 2048")]);
    assert!(served.registry.requests().len() < 2200);

    let (mut artifact, subject) = full();
    let layers = (0..10_000).map(|number| Layer("", "application/json", format!("{number}").into_bytes())).collect();
    let document = artifact.attach(&subject, PROVENANCE, layers);
    let served = Served::started(&artifact, Options::default());
    served.judge(":v1").assert("layers", 3, &["UNDECIDED", &format!("gap gap.limit {document} + 2048")]);
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
    let measured = Served::started(&artifact, Options::default()).judge(":v1").assert("flood", 0, &["PASS"]);
    let is_junk = |row: &&Value| row["standing"] == "refused" && row["name"] == crate::support::artifact::BUNDLE;
    assert_eq!(measured.outcome.list("evidence").iter().filter(is_junk).count(), 300);
}
