//! How each rule ended, what a pass rests on, and why a rule does not apply.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::artifact::Artifact;
use crate::support::documents::complete;
use crate::support::gate::{Gate, Outcome};

/// The rules of the only subject, by name.
fn rules(outcome: &Outcome) -> BTreeMap<String, Value> {
    let report = outcome.report.as_ref().unwrap();
    let rules = report["subjects"][0]["rules"].as_array().unwrap().iter();
    rules.map(|rule| (rule["rule"].as_str().unwrap().to_owned(), rule.clone())).collect()
}

fn outcomes(outcome: &Outcome) -> BTreeMap<String, String> {
    let of = |rule: &Value| rule["outcome"].as_str().unwrap().to_owned();
    rules(outcome).into_iter().map(|(name, rule)| (name, of(&rule))).collect()
}

/// The documents that a rule rests on, each with the place in it.
fn grounds(rule: &Value) -> Vec<(&str, &str)> {
    let grounds = rule["rests_on"].as_array().unwrap().iter();
    grounds.map(|ground| (ground["document"].as_str().unwrap(), ground["pointer"].as_str().unwrap())).collect()
}

#[test]
fn every_rule_ends_in_an_outcome_and_says_why() {
    let (artifact, subject) = complete();
    let outcome = Gate::on(&artifact).run();
    outcome.assert("complete", 0, &["PASS", "skipped care", "skipped pointer", "skipped required_signers"]);
    for (name, rule) in rules(&outcome) {
        let (grounds, reasons) = (rule["rests_on"].as_array().unwrap(), rule["skipped"].as_array().unwrap());
        match rule["outcome"].as_str().unwrap() {
            "not_applicable" => assert!(!reasons.is_empty() && grounds.is_empty(), "{name}: {rule}"),
            "pass" | "warn" => assert!(!grounds.is_empty() && reasons.is_empty(), "{name}: {rule}"),
            other => panic!("{name} ended in {other}"),
        }
    }
    let rules = rules(&outcome);
    assert_eq!(grounds(&rules["subject_pinned"]), [(subject.as_str(), "")]);
    assert_eq!(rules["subject_pinned"]["outcome"], "warn", "it was named by a name");
    // What a rule about documents rests on is evidence of the report.
    let evidence = outcome.list("evidence");
    for name in ["provenance", "run_manifest", "sbom", "metadata", "signature"] {
        let named: Vec<_> = grounds(&rules[name]);
        let is_evidence = |(digest, _): &(&str, &str)| evidence.iter().any(|row| row["document"] == *digest);
        assert!(named.iter().all(is_evidence), "{name}: {named:?}");
    }
}

#[test]
fn what_fails_or_is_undecided_rests_on_nothing() {
    let mut bare = Artifact::default();
    bare.push("v1", Vec::new(), json!({}));
    let outcome = Gate::on(&bare).run();
    let found = outcomes(&outcome);
    for (name, expected) in [
        ("signature", "fail"),
        ("provenance", "fail"),
        ("metadata", "not_applicable"),
        ("agreement", "not_applicable"),
        ("layer_titles", "not_applicable"),
        ("inputs_pinned", "not_applicable"),
        ("references_pinned", "not_applicable"),
        ("input_licences", "not_applicable"),
    ] {
        assert_eq!(found[name], expected, "{name}");
    }
    for rule in rules(&outcome).values().filter(|rule| rule["outcome"] == "fail") {
        assert_eq!((&rule["rests_on"], &rule["skipped"]), (&json!([]), &json!([])), "{rule}");
    }
    // Without a key nobody can tell.
    let (artifact, _) = complete();
    assert_eq!(outcomes(&Gate::untrusting(&artifact).run())["signature"], "undecided");
}

/// No rule, and no rule that has anything to look at, is not yes.
#[test]
fn a_subject_to_which_no_rule_applies_is_undecided() {
    let (artifact, _) = complete();
    let gate = Gate::on(&artifact);
    let all = outcomes(&gate.run());
    let others = all.keys().filter(|name| *name != "pointer");
    let arguments: Vec<&str> = others.flat_map(|name| ["--disable", name.as_str()]).collect();
    let outcome = gate.with(&arguments).run();
    outcome.assert("only pointer", 3, &["UNDECIDED", "undecided content.nothing_applied", "skipped pointer"]);
}

/// The text says it too.
#[test]
fn the_text_tells_what_a_pass_rests_on() {
    let (artifact, _) = complete();
    let out = Gate::on(&artifact).run().out;
    let part = |from: &str, to: &str| -> String {
        out.split(from).nth(1).and_then(|rest| rest.split(to).next()).unwrap_or_default().to_owned()
    };
    let passed = part("\n  passed:\n", "\n  not applicable:");
    let skipped = part("\n  not applicable:\n", "\n  evidence:");
    assert!(passed.contains("provenance") && !passed.contains("pointer"), "{out}");
    assert!(skipped.contains("pointer") && !skipped.contains("provenance"), "{out}");
}
