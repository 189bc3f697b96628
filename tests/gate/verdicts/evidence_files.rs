//! What lies in files beside the artifact, and statements and signatures of other makers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::artifact::{Layer, SIGN, bundle, document, envelope, hex, pretty, statement};
use crate::support::documents::{Part, SLSA, SPDX, documented, release, signed_without, slsa, spdx, stranger};
use crate::support::gate::{Gate, Outcome, ocigate};

/// Exit code, verdicts of each finding by rule, evidence by standing and name, places that were not seen.
struct Said {
    code: i32,
    report: Value,
}

impl Said {
    fn of(outcome: &Outcome) -> Self {
        let report: Value = serde_json::from_str(&outcome.out).unwrap_or_else(|_| panic!("{outcome:?}"));
        Said { code: outcome.code, report: report["subjects"][0].clone() }
    }

    fn standing(&self, end: &str) -> Vec<String> {
        let rows = self.report["evidence"].as_array().unwrap().iter();
        let named = rows.filter(|row| row["name"].as_str().is_some_and(|name| name.ends_with(end)));
        named.map(|row| row["standing"].as_str().unwrap().to_owned()).collect()
    }

    fn gaps(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        self.report["gaps"].as_array().unwrap().iter().map(|gap| (text(&gap["sought"]), text(&gap["code"]))).collect()
    }

    /// Of these findings the rules and what they do to the verdict.
    fn weighs(&self, rule: &str) -> Vec<String> {
        let of_rule = |finding: &&Value| finding["rule"] == rule;
        let findings = self.report["findings"].as_array().unwrap().iter().filter(of_rule);
        findings.map(|finding| finding["weight"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

/// A documented subject without a signature, judged with this file.
fn beside(file: &str, make: impl Fn(&str) -> String) -> Outcome {
    let (artifact, subject) = documented();
    let gate = Gate::on(&artifact);
    let path = gate.file(file, make(&subject).as_bytes());
    gate.with(&["--output", "json", "--evidence", path.to_str().unwrap()]).run()
}

fn signature(subject: &str) -> Value {
    bundle(&release(), &statement(&[subject], SIGN, json!({})))
}

#[test]
fn json_lines_are_read_line_by_line() {
    let other = format!("sha256:{}", "cd".repeat(32));
    let provenance = |subject: &str| envelope(&release(), &statement(&[subject], SLSA, slsa()));
    let good =
        Said::of(&beside("a.jsonl", |s| format!("{}\r\n\n{}\n{}\n", provenance(s), signature(s), signature(&other))));
    assert_eq!(good.code, 0, "{:#}", good.report);
    assert_eq!(good.standing("a.jsonl:1"), ["proven"]);
    assert_eq!(good.standing("a.jsonl:3"), ["proven"]);
    assert_eq!(good.standing("a.jsonl:4"), ["refused"]);
    assert!(good.gaps().is_empty());
    let gap = Said::of(&beside("a.jsonl", |s| format!("{}\n{}\nuploading\n", signature(s), provenance(s))));
    assert_eq!(gap.code, 3, "{:#}", gap.report);
    assert_eq!(gap.gaps().len(), 1);
    assert!(gap.gaps()[0].0.ends_with("a.jsonl:3") && gap.gaps()[0].1.ends_with("malformed"), "{:?}", gap.gaps());
}

#[test]
fn lists_of_github_are_read_and_what_they_say_was_verified_is_not_believed() {
    let list = |wrapped: &dyn Fn(Value) -> Value| {
        let said = Said::of(&beside("a.json", |s| wrapped(signature(s)).to_string()));
        assert_eq!((said.code, said.report["evidence"].to_string().contains("\"refused\"")), (0, false));
    };
    list(&|bundle| json!({"attestations": [{"bundle": bundle, "repository_id": 1}]}));
    list(&|bundle| json!([{"bundle": bundle}]));
    list(&|bundle| json!([{"attestation": {"bundle": bundle}, "verificationResult": {}}]));
    // Another's signature is no better because a file says that it was verified.
    let strange = |s: &str| {
        let signed = statement(&[s], SIGN, json!({}));
        let bundle = bundle(&stranger(), &signed);
        json!([{"attestation": {"bundle": bundle}, "verificationResult": {"statement": signed}}]).to_string()
    };
    let said = Said::of(&beside("a.json", strange));
    assert_eq!((said.code, said.weighs("signature").len()), (1, 1));
}

#[test]
fn a_file_without_evidence_is_a_usage_error_and_hides_no_other() {
    let result = |s: &str| json!([{"verificationResult": {"statement": statement(&[s], SIGN, json!({}))}}]).to_string();
    assert_eq!(beside("a.json", result).code, 2);
    assert_eq!(beside("a.json", |_| "not json".to_owned()).code, 2);
    assert_eq!(beside("a.json", |_| String::new()).code, 2);
    // Every file that is none is named.
    let (artifact, subject) = documented();
    let gate = Gate::on(&artifact);
    let files =
        [("one.json", b"[]".to_vec()), ("two.json", b"{".to_vec()), ("good.json", pretty(&signature(&subject)))];
    let paths = files.map(|(name, bytes)| gate.file(name, &bytes).display().to_string());
    let gate = paths.iter().fold(gate, |gate, path| gate.with(&["--evidence", path]));
    let outcome = gate.with(&["--evidence", "nowhere.json"]).run();
    outcome.assert("all at once", 2, &["one.json", "two.json", "nowhere.json"]);
    assert!(!outcome.err.contains("good.json"), "{}", outcome.err);
}

#[test]
fn signatures_that_cosign_downloads_count() {
    let downloaded = |s: &str| {
        let payload = json!({
            "critical": {
                "identity": {"docker-reference": ""}, "image": {"docker-manifest-digest": s},
                "type": "cosign container image signature",
            },
            "optional": null,
        });
        let payload = payload.to_string().into_bytes();
        let signature = STANDARD.encode(release().sign(&payload));
        let line = |signature: &str| {
            json!({
                "Base64Signature": signature, "Payload": STANDARD.encode(&payload), "Cert": null, "Chain": null,
                "Bundle": null, "RFC3161Timestamp": null,
            })
        };
        format!("{}\n{}\n", line("AAAA"), line(&signature))
    };
    let said = Said::of(&beside("signatures.json", downloaded));
    assert_eq!(said.code, 0, "{:#}", said.report);
    assert_eq!(said.standing("signatures.json:1"), ["refused"]);
    assert_eq!(said.standing("signatures.json:2"), ["proven"]);
}

/// In-toto attestation, `digest_set.md`: all digests of an entry name the same bytes.
#[test]
fn a_statement_in_a_layer_is_refused_if_one_of_its_digests_is_wrong() {
    let judge = |sha512: Option<String>, is_signed: bool| {
        let (mut artifact, subject) = signed_without(&[Part::Sbom]);
        let bytes = artifact.bytes(&subject);
        let right = ocigate::oci::Digest::of(ocigate::oci::Algorithm::Sha512, &bytes).hex().to_owned();
        let mut about = statement(&[&subject], SPDX, spdx(&subject));
        about["subject"][0]["digest"] = json!({"sha256": hex(&subject), "sha512": sha512.unwrap_or(right)});
        let layer = document("sbom.json", "application/vnd.in-toto+json", &about);
        let referrer = artifact.attach(&subject, "application/vnd.in-toto+json", vec![layer]);
        if is_signed {
            artifact.sign(&release(), &referrer);
        }
        Said::of(&Gate::on(&artifact).with(&["--output", "json"]).run())
    };
    for is_signed in [false, true] {
        let right = judge(None, is_signed);
        assert_eq!((right.code, right.weighs("sbom").iter().any(|weight| weight == "deny")), (0, false));
        let wrong = judge(Some("ab".repeat(64)), is_signed);
        assert_eq!((wrong.code, wrong.standing("sbom.json")), (1, vec!["refused".to_owned()]), "{is_signed}");
    }
}

/// Notary Project, `signature-specification.md` § Storage.
#[test]
fn a_notary_project_signature_is_known_and_not_checked() {
    const NOTARY: &str = "application/vnd.cncf.notary.signature";
    for (media_type, bytes) in [
        ("application/jose+json", br#"{"payload":"e30","protected":"e30","header":{},"signature":"AA"}"#.to_vec()),
        ("application/cose", vec![0xd2, 0x84]),
    ] {
        let (mut artifact, subject) = documented();
        artifact.attach(&subject, NOTARY, vec![Layer("", media_type, bytes.clone())]);
        let said = Said::of(&Gate::on(&artifact).with(&["--output", "json"]).run());
        assert_eq!(said.code, 3, "{media_type}: {:#}", said.report);
        let rows = said.report["evidence"].as_array().unwrap();
        let unchecked: Vec<&Value> = rows.iter().filter(|row| row["standing"] == "unchecked").collect();
        assert!(unchecked.iter().any(|row| row["unchecked"][0]["reason"].as_str().unwrap().contains("Notary Project")));
        // It takes nothing from a signature that counts.
        artifact.sign(&release(), &subject);
        assert_eq!(Gate::on(&artifact).run().code, 0, "{media_type}");
    }
}

#[test]
fn check_document_says_what_bundles_and_statements_are_by_exit_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let digest = format!("sha256:{}", "ab".repeat(32));
    let good = statement(&[&digest], SPDX, spdx(&digest));
    let changed = |key: &str, value: Value| {
        let mut whole = good.clone();
        whole[key] = value;
        whole
    };
    let upper = json!([{"digest": {"sha256": "AB".repeat(32)}}]);
    for (case, value, code, place) in [
        ("a statement", good.clone(), 0, ""),
        ("a bundle", bundle(&release(), &good), 0, "Sigstore bundle"),
        ("an envelope", envelope(&release(), &good), 0, "DSSE envelope"),
        ("no subject", changed("subject", json!([])), 1, "/subject"),
        ("upper case", changed("subject", upper.clone()), 1, "/subject/0/digest/sha256"),
        ("a text", changed("predicate", json!("{}")), 1, "/predicate"),
        ("in a bundle", bundle(&release(), &changed("subject", upper)), 1, "/dsseEnvelope/payload"),
        ("not a bundle", json!({"verificationMaterial": {}}), 1, "Sigstore bundle"),
    ] {
        std::fs::write(folder.path().join("d.json"), pretty(&value)).unwrap();
        ocigate(folder.path(), &["check-document", "d.json"]).assert(case, code, &[place]);
    }
}
