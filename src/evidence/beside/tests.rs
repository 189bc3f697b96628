use serde_json::json;

use super::*;

fn read(text: &str) -> Result<BesideEvidence, String> {
    let mut beside = BesideEvidence::default();
    beside.read("f.json", text.as_bytes(), &Limits::default()).map(|()| beside)
}

fn names(beside: &BesideEvidence) -> Vec<&str> {
    beside.parts.iter().map(|(file, _)| file.name.as_str()).collect()
}

fn places(beside: &BesideEvidence) -> Vec<&str> {
    beside.unread.iter().map(|(place, _)| place.as_str()).collect()
}

fn envelope(payload: &str) -> Value {
    json!({"payloadType": "application/vnd.in-toto+json", "payload": payload, "signatures": [{"sig": "AA=="}]})
}

fn bundle(payload: &str) -> Value {
    json!({
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {"publicKey": {"hint": ""}},
        "dsseEnvelope": envelope(payload),
    })
}

#[test]
fn one_object_is_one_item_with_its_own_bytes() {
    let text = format!(" {}\n", bundle("e30="));
    let found = read(&text).unwrap();
    assert_eq!(names(&found), ["f.json"]);
    assert_eq!(found.parts[0].1, text.as_bytes());
    assert_eq!(names(&read(r#"{"scanner": "ours"}"#).unwrap()), ["f.json"]);
    assert_eq!(names(&read(r#"{"bomFormat": "CycloneDX", "bomFormat": "x"}"#).unwrap()), ["f.json"]);
}

#[test]
fn each_line_is_one_item_or_is_told_with_its_number() {
    let text = format!("\u{feff}{}\r\n\n{}\nlog: done\n[]\n{{\"a\": 1}}\n5", bundle("e30="), envelope("e30="));
    let found = read(&text).unwrap();
    assert_eq!(names(&found), ["f.json:1", "f.json:3"]);
    assert_eq!(found.parts[0].1, bundle("e30=").to_string().into_bytes());
    assert_eq!(places(&found), ["f.json:4", "f.json:5", "f.json:6", "f.json:7"]);
}

#[test]
fn lists_of_github_and_gh_hold_bundles_and_nothing_else_is_taken_from_them() {
    let result = json!({"statement": {"_type": "https://in-toto.io/Statement/v1"}, "verifiedTimestamps": []});
    for (value, expected) in [
        (
            json!({"attestations": [{"bundle": bundle("e30="), "repository_id": 1}]}),
            vec!["f.json#/attestations/0/bundle"],
        ),
        (json!([{"bundle": bundle("e30=")}, {"bundle": bundle("e31=")}]), vec!["f.json#/0/bundle", "f.json#/1/bundle"]),
        (json!([bundle("e30=")]), vec!["f.json#/0"]),
        (
            json!([{"attestation": {"bundle": bundle("e30=")}, "verificationResult": result}]),
            vec!["f.json#/0/attestation/bundle"],
        ),
    ] {
        let found = read(&value.to_string()).unwrap();
        assert_eq!(names(&found), expected);
        assert_eq!(found.parts[0].1, bundle("e30=").to_string().into_bytes());
        assert!(found.unread.is_empty());
    }
    let mixed = read(&json!([{"bundle": bundle("e30=")}, {"bundle_url": "https://example.org/"}]).to_string()).unwrap();
    assert_eq!((names(&mixed).len(), places(&mixed)), (1, vec!["f.json#/1"]));
}

#[test]
fn what_cosign_downloads_is_what_its_layer_holds() {
    let payload = r#"{"critical":{}}"#;
    let signature = |certificate: Value| {
        json!({
            "Base64Signature": "AAEC", "Payload": STANDARD.encode(payload), "Cert": certificate, "Chain": null,
            "Bundle": {"SignedEntryTimestamp": "AA==", "Payload": {"logIndex": 1}}, "RFC3161Timestamp": null,
        })
    };
    let text =
        format!("{}\n{}", signature(Value::Null), signature(json!({"Raw": STANDARD.encode([7; 100]), "Version": 3})));
    let found = read(&text).unwrap();
    assert_eq!(names(&found), ["f.json:1", "f.json:2"]);
    for (file, bytes) in &found.parts {
        assert_eq!((file.media_type, bytes.as_slice()), (media_type::SIMPLE_SIGNING, payload.as_bytes()));
        assert_eq!(file.annotations[SIGNATURE], "AAEC");
        assert!(
            file.annotations[LOG_ENTRY].contains("SignedEntryTimestamp") && !file.annotations.contains_key(TIMESTAMP)
        );
    }
    assert!(!found.parts[0].0.annotations.contains_key(CERTIFICATE));
    assert!(found.parts[1].0.annotations[CERTIFICATE].lines().all(|line| line.len() <= 64));
    // A certificate that cannot be read never leaves a signature that looks like a key's.
    let broken = format!("{}\n{}", signature(Value::Null), signature(json!({"Version": 3})));
    assert_eq!(places(&read(&broken).unwrap()), ["f.json:2"]);
}

#[test]
fn a_file_without_evidence_says_what_it_is_and_what_to_give() {
    let nested = json!([[[[[[bundle("e30=")]]]]]]).to_string();
    for (text, expected) in [
        ("", "empty"),
        ("not json\nat all", "is not JSON"),
        ("5", "found 5"),
        ("[]", "an empty list"),
        (r#"{"attestations": []}"#, "none in it"),
        (r#"[{"verificationResult": {"statement": {}}}]"#, "`gh attestation download` writes the bundles"),
        (r#"{"attestations": [{"bundle": null, "bundle_url": "https://x"}]}"#, "`gh attestation download`"),
        (r#"{"message": "Not Found", "documentation_url": "https://x"}"#, "`gh attestation download`"),
        (r#"[{"critical": {}, "optional": {}}]"#, "`cosign download signature`"),
        (r#"{"schemaVersion": 2, "layers": []}"#, "an OCI manifest"),
        (nested.as_str(), "nested deeper"),
    ] {
        let error = read(text).unwrap_err();
        assert!(error.starts_with("f.json") && error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn more_than_the_limit_is_told_once() {
    let limits = Limits { blobs: 3, ..Limits::default() };
    for text in [
        format!("{}\n", bundle("e30=")).repeat(9),
        format!("[{}{}]", format!("{},", bundle("e30=")).repeat(8), bundle("e30=")),
    ] {
        let mut beside = BesideEvidence::default();
        beside.read("f", text.as_bytes(), &limits).unwrap();
        assert_eq!((beside.parts.len(), beside.unread.len()), (3, 1));
    }
}
