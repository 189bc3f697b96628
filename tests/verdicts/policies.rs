//! Users' policies: Conftest's conventions, with guards.

use super::documents::complete;
use super::gate::{Gate, Outcome};

fn gate(files: &[(&str, &str)], arguments: &[&str]) -> Outcome {
    let gate = Gate::on(&complete().0);
    for (name, text) in files {
        gate.file(name, text.as_bytes());
    }
    let folder = gate.layout().with_file_name("policy");
    let mut all = vec!["--policy", folder.to_str().unwrap()];
    all.extend(arguments);
    gate.with(&all).run()
}

fn policy(text: &str) -> Outcome {
    gate(&[("policy/main.rego", text)], &[])
}

#[test]
fn conftests_conventions_work() {
    policy("package main\ndeny contains \"too soft\" if input.subject.size < 1\n").assert("holds", 0, &["PASS"]);
    for rule in ["deny", "deny_size", "violation", "violation_x"] {
        let text = format!("package main\n{rule} contains \"too large\" if input.subject.size > 1\n");
        policy(&text).assert(rule, 1, &[&format!("FAIL  main.{rule}: too large")]);
    }
    policy("package main\ndeny[msg] { msg := \"old syntax\"; input.version == 1 }\n").assert("v0", 1, &["old syntax"]);
    policy("package main\nwarn contains \"look\" if input.version == 1\n").assert(
        "warn",
        0,
        &["warning  main.warn: look"],
    );
    let object =
        "package team.images\ndeny contains {\"msg\": \"no\", \"remedy\": \"mend it\"} if input.version == 1\n";
    policy(object).assert("object", 1, &["FAIL  team.images.deny: no", "to do: mend it"]);
    let undecided = "package main\nundecided contains \"cannot tell\" if input.version == 1\n";
    policy(undecided).assert("undecided", 3, &["UNDECIDED  main.undecided: cannot tell"]);
}

#[test]
fn what_would_never_deny_is_a_defect() {
    for (text, reason) in [
        ("package main\ndeny := true\n", "deny"),
        ("package main\ndenied contains \"x\" if input.version == 1\n", "denied"),
        ("package main\ndeny contains 7 if input.version == 1\n", "deny"),
        ("package main\ndeny contains {\"message\": \"x\"} if input.version == 1\n", "msg"),
        ("package main\nx := 1\n", "entry rule"),
        ("package main\ndeny contains \"x\" if {\n", "main.rego"),
        ("package core.signature\ndeny contains \"x\" if input.version == 1\n", "core"),
        ("package main\ndeny contains \"x\" if no_such_function(1)\n", "no_such_function"),
        ("package main\ndeny contains {\"msg\": \"x\", \"severity\": \"awful\"} if input.version == 1\n", "awful"),
    ] {
        policy(text).assert(text, 2, &[reason]);
    }
    let gate = Gate::on(&complete().0);
    let folder = gate.layout().with_file_name("empty");
    std::fs::create_dir(&folder).unwrap();
    gate.with(&["--policy", folder.to_str().unwrap()]).run().assert("empty", 2, &["rego"]);
}

#[test]
fn data_cannot_silence_a_rule() {
    let gate = Gate::on(&super::documents::documented().0);
    let data = gate.file("data.json", br#"{"core": {"signature": {"deny": []}}}"#);
    gate.with(&["--data", data.to_str().unwrap()]).run().assert("silence", 2, &["core"]);
}

#[test]
fn an_error_in_a_rule_is_undecided_and_the_others_still_run() {
    let text = "package main\ndeny_a contains \"x\" if to_number(\"seven\") == 7\ndeny_b contains \"still\" if input.version == 2\n";
    policy(text).assert("error", 3, &["UNDECIDED  main.deny_a", "could not be evaluated"]);
}

#[test]
fn core_stays_unless_it_is_left_out_aloud() {
    let text = "package main\ndeny contains \"no\" if input.version == 2\n";
    let documents = super::documents::documented().0;
    let gate = Gate::on(&documents);
    let file = gate.file("p.rego", text.as_bytes());
    let gate = gate.with(&["--policy", file.to_str().unwrap()]);
    gate.run().assert("added", 1, &["FAIL  signature"]);
    gate.with(&["--without-core"]).run().assert("without", 0, &["relaxed  the bundled rules are not evaluated"]);
    Gate::on(&documents).with(&["--without-core"]).run().assert("nothing left", 2, &["rule"]);
}

#[test]
fn user_data_reaches_policies_and_settings() {
    let gate = Gate::on(&complete().0);
    let policy =
        gate.file("p.rego", b"package main\ndeny contains \"too large\" if input.subject.size > data.team.limit\n");
    let data = gate.file("team.yaml", b"team:\n  limit: 1\n");
    let arguments = ["--policy", policy.to_str().unwrap(), "--data", data.to_str().unwrap()];
    gate.with(&arguments).run().assert("data", 1, &["FAIL  main.deny: too large"]);
    let gate = Gate::on(&complete().0);
    let data = gate.file("labels.json", br#"{"config": {"labels": {"ranks": 7}}}"#);
    gate.with(&["--data", data.to_str().unwrap()]).run().assert("settings", 2, &["config.labels"]);
}

#[test]
fn rules_are_listed_and_tests_run() {
    let gate = Gate::on(&complete().0);
    let folder = gate.layout().with_file_name("policy");
    gate.file("policy/main.rego", b"package main\ndeny contains \"x\" if input.version == 2\n");
    gate.file("policy/main_test.rego", b"package main_test\ntest_quiet if count(data.main.deny) == 0 with input as {\"version\": 1}\ntest_loud if count(data.main.deny) == 1 with input as {\"version\": 2}\n");
    let path = folder.to_str().unwrap();
    super::gate::ocigate(&folder, &["rules", "--policy", path]).assert("rules", 0, &["signature", "main"]);
    let listed = super::gate::ocigate(&folder, &["rules", "--disable", "sbom"]);
    assert_eq!(listed.out.matches("sbom").count(), 1, "{}", listed.out);
    listed.assert("disabled", 0, &["disabled"]);
    super::gate::ocigate(&folder, &["test", path]).assert("tests", 0, &["0 failed"]);
    gate.file(
        "policy/main_test.rego",
        b"package main_test\ntest_wrong if count(data.main.deny) == 1 with input as {\"version\": 1}\n",
    );
    super::gate::ocigate(&folder, &["test", path]).assert("tests", 1, &["FAILED  main_test.test_wrong"]);
}
