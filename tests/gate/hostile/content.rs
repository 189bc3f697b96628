//! Content that is not what it is called, and names that point elsewhere from one request to the next.

use ocigate::oci::Digest;
use serde_json::{Value, json};

use super::{full, native, referrers};
use crate::support::artifact::{Artifact, INDEX, MANIFEST};
use crate::support::documents::{bare, complete};
use crate::support::registry::{Options, Response};
use crate::support::served::Served;

fn with_digest_header(header: &str) -> Served {
    Served::started(&full().0, Options { digest_header: Some(header.to_owned()), ..Options::default() })
}

/// The subject's manifest with its text changed, served for its tag.
fn changed(change: impl Fn(&str) -> String) -> Served {
    let (artifact, subject) = full();
    let bytes = change(std::str::from_utf8(&artifact.bytes(&subject)).unwrap());
    native().by_program().answering("/manifests/v1", Response::new(200).content_type(MANIFEST).body(bytes))
}

/// A27: the digest is that of the bytes, whatever a header says; and nothing is asked by HEAD.
#[test]
fn a_digest_header_that_lies_or_is_malformed_or_missing() {
    let (_, subject) = full();
    let other = Digest::sha256(b"other").to_string();
    for header in [other.as_str(), "sha256:zz", "", "../../etc/passwd"] {
        let served = with_digest_header(header);
        served.judge(":v1").assert(header, 0, &["PASS", &subject]);
        assert!(served.registry.requests().iter().all(|request| request.method == "GET"), "{header}");
    }
}

/// A34.
#[test]
fn a_content_type_that_lies() {
    let (artifact, subject) = full();
    let lie = Response::new(200).content_type(INDEX).body(artifact.bytes(&subject));
    native().by_program().answering("/manifests/v1", lie).judge(":v1").assert(
        "type",
        1,
        &["FAIL", &format!("fail content.corrupt {subject} + {MANIFEST} + {INDEX}")],
    );
}

/// A34: a runtime and a gate must not read different manifests.
#[test]
fn a_manifest_that_is_an_index_too() {
    let served = changed(|text| text.replacen('{', r#"{"manifests":[],"#, 1));
    served.judge(":v1").assert("both", 1, &["FAIL", "fail content.corrupt manifests + layers"]);
}

#[test]
fn a_manifest_with_a_key_twice() {
    let served = changed(|text| text.replacen('{', r#"{"schemaVersion":2,"#, 1));
    served.judge(":v1").assert("twice", 1, &["FAIL", "fail content.corrupt schemaVersion"]);
}

#[test]
fn a_manifest_with_a_key_in_another_case() {
    let served = changed(|text| text.replacen('{', r#"{"Layers":[],"#, 1));
    served.judge(":v1").assert("case", 1, &["FAIL", "fail content.corrupt Layers + layers"]);
}

/// A21, A22: of a pinned digest the bytes are compared, whatever the registry answers.
#[test]
fn another_manifest_for_a_pinned_digest() {
    let (artifact, subject) = full();
    let mut other = Artifact { blobs: artifact.blobs.clone(), ..Artifact::default() };
    let other = other.push("other", vec![], json!({}));
    let bytes = {
        let mut again = Artifact::default();
        again.push("other", vec![], json!({}));
        again.bytes(&other)
    };
    let served = native()
        .by_program()
        .answering(&format!("/manifests/{subject}"), Response::new(200).content_type(MANIFEST).body(bytes));
    served.judge(&format!("@{subject}")).assert(
        "pinned",
        1,
        &["FAIL", &format!("fail content.corrupt {other} + {subject}")],
    );
}

#[test]
fn a_short_blob_and_a_long_one() {
    let (artifact, _) = full();
    let layer = document(&artifact, "prov.jsonld");
    for (case, bytes) in [("short", b"{".to_vec()), ("long", [artifact.bytes(&layer), b" ".to_vec()].concat())] {
        let served = native().by_program().answering(&format!("/blobs/{layer}"), Response::new(200).body(&bytes));
        let found = Digest::sha256(&bytes).to_string();
        served.judge(":v1").assert(
            case,
            3,
            &["undecided provenance.absent", &format!("gap gap.corrupt {found} + {layer}")],
        );
    }
}

/// A size that its descriptor states wrongly.
#[test]
fn a_listed_size_that_is_wrong() {
    let (artifact, subject) = full();
    let referrer = referrers(&artifact)[0].clone();
    let served = native().by_program();
    let size = artifact.bytes(&referrer).len() + 1;
    let list = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [
        {"mediaType": MANIFEST, "digest": referrer, "size": size},
    ]});
    let answer = Response::new(200).content_type(INDEX).body(list.to_string());
    let served = served.answering(&format!("/referrers/{subject}"), answer);
    served.judge(":v1").assert(
        "size",
        3,
        &["UNDECIDED", &format!("gap gap.corrupt {referrer} + {size} + {}", size - 1)],
    );
}

/// A38: a digest is parsed before it becomes part of a URL.
#[test]
fn a_digest_that_is_a_path() {
    for digest in ["sha256:../../secret", "sha256:%2e%2e/x", "../../x", "SHA256:AB", "sha256:abc"] {
        let served = changed(|text| {
            let mut manifest: Value = serde_json::from_str(text).unwrap();
            manifest["layers"][0]["digest"] = json!(digest);
            manifest.to_string()
        });
        served.judge(":v1").assert(digest, 1, &["FAIL", "fail content.corrupt /layers/0/digest"]);
        assert_eq!(served.registry.requests().len(), 1, "{digest}");
    }
}

/// A26, A28, A31: the tag is asked once. What it points at later is not what was judged.
#[test]
fn a_tag_that_flips_between_requests() {
    let (mut artifact, subject) = full();
    let unsigned = artifact.push("v2", vec![], json!({}));
    let serve = |digest: &str| Response::new(200).content_type(MANIFEST).body(artifact.bytes(digest));
    let good_first = Served::started(&artifact, Options::default());
    good_first.registry.fault("/manifests/v1", 1, serve(&subject));
    let good_first = good_first.answering("/manifests/v1", serve(&unsigned)).with(&["--output", "pinned"]);
    let outcome = good_first.judge(":v1").outcome;
    assert_eq!((outcome.code, outcome.out), (0, format!("{}/kfm/layers@{subject}\n", good_first.registry.host())));
    assert_eq!(good_first.registry.paths().iter().filter(|path| path.ends_with("/manifests/v1")).count(), 1);

    let bad_first = Served::started(&artifact, Options::default());
    bad_first.registry.fault("/manifests/v1", 1, serve(&unsigned));
    let bad_first = bad_first.answering("/manifests/v1", serve(&subject));
    bad_first.judge(":v1").assert("bad first", 1, &["fail signature.absent", &unsigned]);
    // Run again, it is judged again: nothing of the first run is remembered.
    bad_first.judge(":v1").assert("good later", 0, &["PASS", &subject]);
}

/// The same for the tags that evidence lies under: each is read once.
#[test]
fn an_evidence_tag_that_flips_between_requests() {
    let (mut artifact, subject) = complete();
    artifact.sign_legacy(&crate::support::documents::stranger(), &subject, &subject);
    let bad = artifact.entries.last().unwrap()["digest"].as_str().unwrap().to_owned();
    let served = Served::started(&artifact, Options::default());
    served.registry.fault(".sig", 1, Response::new(200).content_type(MANIFEST).body(artifact.bytes(&bad)));
    let served = served.answering(".sig", Response::new(404));
    let measured = served.judge(":v1").assert("sig", 0, &["PASS"]);
    let refused = measured.outcome.list("evidence").into_iter().filter(|row| row["standing"] == "refused");
    assert_eq!(refused.map(|row| row["manifest"].clone()).collect::<Vec<_>>(), [json!(bad)]);
    assert_eq!(served.registry.paths().iter().filter(|path| path.ends_with(".sig")).count(), 1);
}

/// T24: an index is gated itself, and what BuildKit puts beside the images is no component.
#[test]
fn an_index_with_attestation_manifests() {
    let (mut artifact, child) = bare();
    let mut listed = artifact.descriptor(&child);
    let mut attestation = listed.clone();
    listed["platform"] = json!({"os": "linux", "architecture": "amd64"});
    attestation["platform"] = json!({"os": "unknown", "architecture": "unknown"});
    attestation["annotations"] = json!({"vnd.docker.reference.type": "attestation-manifest"});
    let index = artifact.manifest(&json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [listed, attestation]}));
    artifact.list(index, Some("index"));
    let served = Served::started(&artifact, Options::default());
    served.judge(":index").assert("index", 1, &["fail signature.absent"]);
    assert!(served.registry.paths().iter().all(|path| !path.contains(&child)), "a child's evidence is not the index's");
}

/// A layer's digest by its title.
pub(super) fn document(artifact: &Artifact, title: &str) -> String {
    let manifests = artifact.blobs.values().filter_map(|bytes| serde_json::from_slice::<Value>(bytes).ok());
    let layers = manifests.filter_map(|manifest| manifest["layers"].as_array().cloned()).flatten();
    let mut titled = layers.filter(|layer| layer["annotations"]["org.opencontainers.image.title"] == title);
    titled.next().unwrap()["digest"].as_str().unwrap().to_owned()
}
