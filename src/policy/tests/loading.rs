//! Switching rules off, digests, what policies mention, tests.

use super::*;
use crate::policy::Set;
use crate::policy::rules::ReasonKind;
use crate::policy::tester::{TestStatus, test};

#[test]
fn rules_are_switched_off_by_id() {
    let modules =
        [core("signature", SIGNATURE), user("p.rego", "package main\ndeny_x contains \"x\"\nwarn contains \"y\"")];
    let with = |disabled: &[&str], without_core: bool| {
        let disabled = disabled.iter().map(|id| (*id).to_owned()).collect();
        Policies::load(PolicySources { disabled, without_core, ..of(&modules) }, &Limits::default())
    };
    for (disabled, expected) in [
        (vec!["signature"], vec!["core.signature"]),
        (vec!["core.signature", "signature"], vec!["core.signature"]),
        (vec!["main.deny-x"], vec!["main.deny_x"]),
    ] {
        let policies = with(&disabled, false).unwrap();
        assert_eq!(policies.disabled().iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
        assert_eq!(policies.rules().len(), 3);
        let evaluation = policies.evaluate(json!({}), now()).unwrap();
        assert!(evaluation.findings.iter().all(|finding| finding.rule.to_string() != expected[0]));
    }
    let error = with(&["signatures"], false).unwrap_err();
    told(&error, "UnknownRule", &["\"signatures\"", "core.signature, main.deny_x, main.warn"]);
    told(&with(&["deny_x"], false).unwrap_err(), "UnknownRule", &["\"deny_x\""]);
    let evaluation = with(&[], true).unwrap().evaluate(json!({}), now()).unwrap();
    assert_eq!(messages(&evaluation), ["x", "y"]);
}

#[test]
fn a_users_policy_may_read_a_bundled_rule_that_is_off() {
    let modules = [
        core("signature", SIGNATURE),
        user("p.rego", "package main\ndeny contains \"unsigned\" if count(data.ocigate.core.signature.deny) > 0"),
    ];
    let sources = PolicySources { without_core: true, ..of(&modules) };
    let evaluation = Policies::load(sources, &Limits::default()).unwrap().evaluate(json!({}), now()).unwrap();
    assert_eq!(messages(&evaluation), ["unsigned"]);
}

#[test]
fn the_bundled_policies_pass_the_checks_that_they_are_spared_alone() {
    let (mut modules, data) = bundled();
    modules.push(user("p.rego", "package main\ndeny contains \"x\" if input.x"));
    Policies::load(PolicySources { modules, data, ..PolicySources::default() }, &Limits::default()).unwrap();
}

#[test]
fn the_digest_is_stable_and_tells_policies_apart() {
    let a = user("a.rego", "package main\ndeny contains \"a\"");
    let b = user("b.rego", "package main\nwarn contains \"b\"");
    let digest = |sources: PolicySources| Policies::load(sources, &Limits::default()).unwrap().digest().clone();
    let both = digest(of(&[a.clone(), b.clone()]));
    assert_eq!(both, digest(of(&[b.clone(), a.clone()])));
    assert_ne!(both, digest(of(std::slice::from_ref(&a))));
    let off = PolicySources { disabled: vec!["main.warn".to_owned()], ..of(&[a.clone(), b.clone()]) };
    assert_ne!(both, digest(off));
    let data = PolicySources { data: vec![file("d.json", "{}", Origin::User)], ..of(&[a, b]) };
    assert_ne!(both, digest(data));
}

#[test]
fn whether_a_policy_looks_into_sboms_is_seen_in_its_syntax_tree() {
    let look = |text: &str| load(&[user("p.rego", text)]).unwrap().look_into_sboms();
    for body in [
        "input.sbom.packages[_].name == \"x\"",
        "input.sbom[\"components\"]",
        "object.get(input.sbom, [\"packages\", 0], null)",
        "walk(input.sbom, [[`a`], 1])",
        "some key; input[key]",
        "some class; input.proven[class][_].x == 1",
        "some class, documents in input.attached; count(documents) == 1; class == \"x\"",
        "input.proven.sbom[_].content.files[_].fileName == \"x\"",
        "input.proven.metadata[_][`content`].id == \"x\"",
        "some document in input.attached.sbom; document[concat(\"\", [\"con\", \"tent\"])]",
        "json.marshal(input.proven.sbom) == \"x\"",
        "input.proven.sbom[_].summary.packages == 1",
    ] {
        assert!(look(&format!("package main\ndeny contains \"x\" if {{ {body} }}")), "{body}");
    }
    for text in [
        "f(x) := x\ndeny contains \"x\" if f(input)",
        "import input as document\ndeny contains \"x\" if { some key; document[key] }",
        "import input.proven\ndeny contains \"x\" if { some key; proven[key] }",
    ] {
        assert!(look(&format!("package main\n{text}")), "{text}");
    }
    for body in [
        "\"all packages\" == input.subject.packages_count with input as {}",
        "input.proven.provenance[_].predicate_type == \"x\"",
        "input.proven.sbom[_].summary.name == \"x\"",
        "some document in input.attached.sbom; document.summary.licences[_] == \"x\"",
    ] {
        assert!(!look(&format!("package main\n# packages\ndeny contains \"x\" if {{ {body} }}")), "{body}");
    }
    // What one module leaves to another is looked at there.
    let naming = user("a.rego", "package a\ndeny contains \"x\" if data.b.f(input.proven.sbom)");
    let summary = user("b.rego", "package b\nf(x) if x[_].summary.name\ndeny contains \"x\" if f([])");
    assert!(load(&[naming, summary]).unwrap().look_into_sboms());
}

#[test]
fn the_bundled_rules_look_at_summaries() {
    let (modules, data) = bundled();
    let look = |more: &str| {
        let more = Some(more).filter(|more| !more.is_empty());
        let more = more.map(|text| user("p.rego", &format!("package main\ndeny contains \"x\" if {text}")));
        let modules = modules.iter().cloned().chain(more).collect();
        let sources = PolicySources { modules, data: data.clone(), ..PolicySources::default() };
        Policies::load(sources, &Limits::default()).unwrap().look_into_sboms()
    };
    assert!(!look(""));
    assert!(!look("input.subject.size == 1"));
    assert!(look("input.proven.sbom[_].content.components[_].name == \"x\""));
    assert!(look("count(data.ocigate.lib.evidence.good(input.proven.other)) == 0"));
}

#[test]
fn tests_follow_opas_convention() {
    let policy = user("p.rego", "package main\ndeny contains \"x\" if not input.ok\nlate if time.now_ns() > 5");
    let tests = user(
        "p_test.rego",
        r#"package main_test
import data.main
test_allows if count(main.deny) == 0 with input as {"ok": true}
test_denies if main.deny["x"] with input as {}
test_fails if count(main.deny) == 0 with input as {}
test_false := false
test_mocked_time if not main.late with time.now_ns as 1
test_error if time.parse_rfc3339_ns("x")
test_conflict if { f(1) }
f(x) := 1
f(x) := 2
todo_test_later if false
test_prints if print("hello")
"#,
    );
    let outcomes = test(&of(&[policy]), &[tests], &Limits::default(), now()).unwrap();
    let seen: Vec<_> = outcomes.iter().map(|outcome| (outcome.name.as_str(), &outcome.status)).collect();
    assert!(
        matches!(seen[1], ("test_conflict", TestStatus::Errored(reason)) if reason.starts_with("p_test.rego:11:")),
        "{seen:?}"
    );
    let status = |name: &str| seen.iter().find(|(seen, _)| *seen == name).unwrap().1;
    // A builtin's error is "undefined", as in OPA.
    assert_eq!(status("test_error"), &TestStatus::Failed);
    for name in ["test_allows", "test_denies", "test_mocked_time", "test_prints"] {
        assert_eq!(status(name), &TestStatus::Passed, "{name}");
    }
    assert_eq!(
        (status("test_fails"), status("test_false"), status("todo_test_later")),
        (&TestStatus::Failed, &TestStatus::Failed, &TestStatus::Skipped)
    );
    assert_eq!(
        outcomes.iter().find(|outcome| outcome.name == "test_prints").unwrap().prints,
        ["p_test.rego:13: hello"]
    );
    let none = test(&of(&[]), &[user("a_test.rego", "package a\nx := 1")], &Limits::default(), now()).unwrap_err();
    told(&none, "Nothing", &["`test_"]);
    let function =
        test(&of(&[]), &[user("a_test.rego", "package a\ntest_x(y) := y")], &Limits::default(), now()).unwrap_err();
    told(&function, "Test", &["a_test.rego:2:1: ", "`test_x`"]);
}

#[test]
fn every_rule_of_a_name_and_every_case_is_a_test() {
    let tests = user(
        "p_test.rego",
        r#"package main_test
test_twice if true
test_twice if false
test_cases[name] if {
    some name, case in {"one": {"given": 1, "wanted": 1}, "two": {"given": 2, "wanted": 3}}
    case.given == case.wanted
}
test_notes[case.note] if {
    some case in [{"note": "a", "size": 1}, {"note": "b", "size": 2}]
    case.size < 2
}
test_none[name] if some name in []
default test_given := false
test_given if true
"#,
    );
    let outcomes = test(&of(&[]), &[tests], &Limits::default(), now()).unwrap();
    let seen: Vec<_> =
        outcomes.iter().map(|outcome| (outcome.name.as_str(), outcome.at.line, &outcome.status)).collect();
    let expected = [
        (r#"test_cases["one"]"#, 4, &TestStatus::Passed),
        (r#"test_cases["two"]"#, 4, &TestStatus::Failed),
        ("test_given", 13, &TestStatus::Passed),
        ("test_none", 12, &TestStatus::Failed),
        (r#"test_notes["a"]"#, 8, &TestStatus::Passed),
        (r#"test_notes["b"]"#, 8, &TestStatus::Failed),
        ("test_twice", 2, &TestStatus::Passed),
        ("test_twice#01", 3, &TestStatus::Failed),
    ];
    assert_eq!(seen, expected);
}

#[test]
fn the_bundled_policies_load_and_their_tests_pass() {
    let (modules, data) = bundled();
    if modules.is_empty() {
        return;
    }
    let sources = PolicySources { modules, data, ..PolicySources::default() };
    Policies::load(sources.clone(), &Limits::default()).unwrap();
    let outcomes = test(&sources, &bundled_tests(), &Limits::default(), now()).unwrap();
    let bad: Vec<_> =
        outcomes.iter().filter(|outcome| !matches!(outcome.status, TestStatus::Passed | TestStatus::Skipped)).collect();
    assert!(bad.is_empty(), "{bad:#?}");
}

/// A pass that says nothing explains nothing.
#[test]
fn every_bundled_rule_says_what_a_pass_rests_on() {
    let (mut modules, mut data) = bundled();
    let (kfm, settings) = Set::Kfm.sources();
    modules.extend(kfm);
    data.extend(settings);
    let sources = PolicySources { modules, data, ..PolicySources::default() };
    let policies = Policies::load(sources, &Limits::default()).unwrap();
    for (index, rule) in policies.rules.iter().enumerate() {
        let says = |kind| policies.reason_sets.iter().any(|set| set.rule == index && set.kind == kind);
        assert!(says(ReasonKind::Accept), "{}", rule.id);
    }
    let skipping = policies.reason_sets.iter().filter(|set| set.kind == ReasonKind::Skip).count();
    assert!(skipping >= 10, "rules that may have nothing to look at say so: {skipping}");
}
