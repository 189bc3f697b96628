use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::*;

const HEX: &str = "3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8550";

fn checked(value: &Value) -> CheckedDocument {
    let text = value.to_string();
    let limits = Limits::default();
    let kind = document::only_kind;
    let content = Content::parse(text.as_bytes(), limits.json_depth, kind).unwrap();
    check(&content, text.as_bytes(), &limits)
}

/// Where and what, of each fault.
fn faults(value: &Value) -> Vec<(String, &'static str)> {
    let told =
        |located: &LocatedFault| (format!("{}{}", located.within, located.fault.pointer), located.fault.code.name());
    checked(value).faults.iter().map(told).collect()
}

fn statement() -> Value {
    json!({
        "_type": "https://in-toto.io/Statement/v1", "subject": [{"digest": {"sha256": HEX}}],
        "predicateType": "https://example.org/p/v1", "predicate": {"a": 1},
    })
}

fn changed(pointer: &str, value: Value) -> Value {
    let mut whole = statement();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    whole.pointer_mut(parent).unwrap()[key] = value;
    whole
}

fn without(key: &str) -> Value {
    let mut whole = statement();
    whole.as_object_mut().unwrap().remove(key);
    whole
}

fn envelope(payload: &Value) -> Value {
    json!({
        "payloadType": PAYLOAD_TYPE, "payload": STANDARD.encode(payload.to_string()), "signatures": [{"sig": "AA=="}],
    })
}

fn bundle(payload: &Value) -> Value {
    json!({
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {"publicKey": {"hint": ""}}, "dsseEnvelope": envelope(payload),
    })
}

#[test]
fn a_frame_is_judged_as_the_gate_does() {
    assert_eq!(faults(&statement()), []);
    assert_eq!(faults(&changed("/note", json!("unknown members are ignored"))), []);
    for (value, at, code) in [
        (without("subject"), "", "missing"),
        (without("predicateType"), "", "missing"),
        (without("_type"), "", "missing"),
        (changed("/predicateType", json!("")), "/predicateType", "missing"),
        (changed("/predicateType", json!(5)), "/predicateType", "wrong_type"),
        (changed("/subject", json!([])), "/subject", "missing"),
        (changed("/subject", json!({})), "/subject", "wrong_type"),
        (changed("/_type", json!("https://in-toto.io/Statement/v2")), "/_type", "wrong_value"),
        (changed("/_type", json!("https://in-toto.io/statement/v1")), "/_type", "wrong_value"),
        (changed("/predicate", json!("{}")), "/predicate", "wrong_type"),
        (changed("/predicate", json!([])), "/predicate", "wrong_type"),
    ] {
        assert_eq!(faults(&value), [(at.to_owned(), code)], "{value}");
        let held: Vec<_> = faults(&bundle(&value));
        assert_eq!(held, [(format!("/dsseEnvelope/payload{at}"), code)], "{value}");
    }
}

#[test]
fn digests_are_lower_case_hex_of_their_length() {
    for (algorithm, hex, is_good) in [
        ("sha256", HEX.to_owned(), true),
        ("sha256", HEX.to_uppercase(), false),
        ("sha256", HEX[..62].to_owned(), false),
        ("sha256", format!("sha256:{HEX}"), false),
        ("sha512", HEX.repeat(2), true),
        ("sha512", HEX.to_owned(), false),
        ("sha384", "ab".repeat(48), true),
        ("sha384", "AB".repeat(48), false),
        ("sha1", "ab".repeat(20), true),
        ("gitCommit", "ab".repeat(32), true),
        ("gitCommit", "main".to_owned(), false),
        ("ours", "Any Text".to_owned(), true),
    ] {
        let value = changed("/subject/0/digest", json!({algorithm: hex}));
        let expected = vec![(format!("/subject/0/digest/{algorithm}"), "wrong_value")];
        assert_eq!(faults(&value), if is_good { vec![] } else { expected }, "{value}");
    }
}

#[test]
fn what_is_no_predicate_lacks_none_of_its_fields() {
    for kind in ["https://spdx.dev/Document", "https://slsa.dev/provenance/v1", "https://cyclonedx.org/bom"] {
        let mut value = changed("/predicateType", json!(kind));
        value["predicate"] = json!("{\"spdxVersion\": \"SPDX-2.3\"}");
        assert_eq!(faults(&value), [("/predicate".to_owned(), "wrong_type")], "{kind}");
        // What is one is told what it lacks, also in a bundle.
        value["predicate"] = json!({});
        assert!(faults(&value).iter().all(|(at, _)| at.starts_with("/predicate")) && !faults(&value).is_empty());
        assert!(faults(&bundle(&value)).iter().all(|(at, _)| at.starts_with("/dsseEnvelope/payload/predicate")));
        value["subject"] = json!([]);
        assert!(faults(&value).contains(&("/subject".to_owned(), "missing")));
    }
}

#[test]
fn bundles_and_envelopes_are_judged_by_what_they_hold() {
    let what = |value: &Value| checked(value).what.unwrap();
    assert!(what(&bundle(&statement())).starts_with("Sigstore bundle") && faults(&bundle(&statement())).is_empty());
    assert!(what(&envelope(&statement())).starts_with("DSSE envelope") && faults(&envelope(&statement())).is_empty());
    let with = |mut whole: Value, pointer: &str, value: Value| {
        *whole.pointer_mut(pointer).unwrap() = value;
        whole
    };
    let (good, signed) = (bundle(&statement()), envelope(&statement()));
    for (value, at, code) in [
        (
            with(good.clone(), "/mediaType", json!("application/vnd.dev.sigstore.bundle.v9+json")),
            "/mediaType",
            "wrong_value",
        ),
        (with(good.clone(), "/verificationMaterial", json!({})), "/verificationMaterial", "missing"),
        (with(good.clone(), "/dsseEnvelope", Value::Null), "", "missing"),
        (with(good.clone(), "/dsseEnvelope/payload", json!("%")), "/dsseEnvelope/payload", "wrong_value"),
        (with(good.clone(), "/dsseEnvelope/payload", json!("eyI=")), "/dsseEnvelope/payload", "unreadable"),
        (
            with(good.clone(), "/dsseEnvelope/payloadType", json!("text/plain")),
            "/dsseEnvelope/payloadType",
            "wrong_value",
        ),
        (with(good, "/dsseEnvelope/signatures", json!([])), "/dsseEnvelope/signatures", "missing"),
        (with(signed.clone(), "/signatures", json!([{}])), "/signatures/0", "missing"),
        (with(signed.clone(), "/signatures", json!("x")), "/signatures", "wrong_type"),
        (with(signed, "/payload", json!(5)), "/payload", "wrong_type"),
        (json!({"payloadType": PAYLOAD_TYPE, "payload": "e30="}), "", "missing"),
        (envelope(&json!("a text")), "/payload", "wrong_type"),
    ] {
        assert_eq!(faults(&value), [(at.to_owned(), code)], "{value}");
    }
}

#[test]
fn what_is_of_no_kind_has_none() {
    assert_eq!(checked(&json!({"a": 1})), CheckedDocument::default());
    assert_eq!(checked(&json!([])), CheckedDocument::default());
}
