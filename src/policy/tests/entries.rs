//! Which rules are evaluated, and what could be taken for one.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

// T1: a wrong-typed `deny` is never a pass.
#[test]
fn an_entry_rule_must_be_a_partial_set() {
    let mut told_as = BTreeMap::new();
    for (text, kind) in [
        ("deny := true", "complete"),
        ("deny if input.x", "complete"),
        ("deny := {\"x\"}", "complete"),
        ("deny[\"x\"] := 1", "complete"),
        ("deny[msg] if msg := \"x\"", "object"),
        ("deny.x if true", "complete"),
        ("deny.x contains \"y\"", "set"),
        ("deny(x) := x", "function"),
        ("default deny := false", "default"),
        ("warn_x := []", "complete"),
    ] {
        let error = defect(&format!("package main\nviolation contains \"x\" if false\n{text}\n"));
        let PolicyDefect::EntryKind { at, found, .. } = error else { panic!("{text}: {error:?}") };
        assert_eq!((&*at.path, at.line), ("p.rego", 3), "{text}");
        // Each kind is told by words of its own, whatever they are.
        assert_eq!(*told_as.entry(kind).or_insert(found), found, "{text}");
    }
    assert_eq!(told_as.values().collect::<BTreeSet<_>>().len(), 5, "{told_as:?}");
    // One good definition does not excuse a bad one in another file.
    let good = user("a.rego", "package main\ndeny contains \"x\"");
    let bad = user("b.rego", "package main\ndeny := {\"x\"}\nwarn contains \"y\"");
    told(&load(&[good, bad]).unwrap_err(), "Conflict", &["b.rego:2:1", "`main.deny`", "a.rego:2:1"]);
}

#[test]
fn rego_v0_is_read_where_it_is_asked_for() {
    let text = "package main\n\ndeny[msg] {\n  not input.ok\n  msg := \"v0\"\n}\n\nviolation[{\"msg\": msg}] { msg = input.bad[_] }\n";
    told(&defect(text), "Parse", &["p.rego:3:11", "--rego-version v0"]);
    let as_v0 = |text: &str| {
        Policies::load(PolicySources { version: RegoVersion::V0, ..of(&[user("p.rego", text)]) }, &Limits::default())
    };
    let evaluation = as_v0(text).unwrap().evaluate(json!({"bad": ["a", "b"]}), now()).unwrap();
    assert_eq!(messages(&evaluation), ["v0", "a", "b"]);
    let complete = as_v0("package main\ndeny { true }\nwarn[x] { x := \"y\" }").unwrap_err();
    told(&complete, "EntryKind", &["p.rego:2:1: ", "`deny`"]);
    // A v1 module with one v0 slip is no v0 module.
    let mixed = defect("package main\ndeny contains \"x\" if { input.x }\nwarn contains \"y\" { input.y }\n");
    told(&mixed, "Parse", &["p.rego:3:", "`if`", "warn contains \"y\" { input.y }"]);
    assert!(!mixed.to_string().contains("--rego-version"), "{mixed}");
}

// T2: rules that differ only in case are two rules.
#[test]
fn rules_that_differ_in_case_are_both_evaluated() {
    let evaluation = run("package main\ndeny_Foo contains \"upper\"\ndeny_foo contains \"lower\"", &json!({}));
    assert_eq!(messages(&evaluation), ["upper", "lower"]);
    let ids: Vec<String> = evaluation.evaluated.iter().map(ToString::to_string).collect();
    assert_eq!(ids, ["main.deny_Foo", "main.deny_foo"]);
}

// T3: a near miss is not a pass.
#[test]
fn near_misses_are_named() {
    for (rule, meant) in [
        ("denied contains \"x\"", "deny"),
        ("denies contains \"x\"", "deny"),
        ("warning contains \"x\"", "warn"),
        ("violations contains \"x\"", "violation"),
        ("Deny contains \"x\"", "deny"),
        ("DENY_x contains \"x\"", "deny_x"),
        ("deny_ contains \"x\"", "deny"),
        ("deny__x contains \"x\"", "deny_x"),
        ("denied := true if input.x", "deny"),
        ("results[\"deny-x\"] contains \"x\"", "deny_x"),
        ("team.deny contains \"x\"", "deny"),
        ("Deny[msg] := 1 if msg := \"x\"", "deny"),
    ] {
        let error = defect(&format!("package main\nwarn contains \"x\" if false\n{rule}\n"));
        let PolicyDefect::NearMiss { at, suggestion, .. } = error else { panic!("{rule}: {error:?}") };
        assert_eq!((at.to_string().as_str(), suggestion.as_str()), ("p.rego:3:1", meant), "{rule}");
    }
    told(&defect("package main\nwarn contains \"x\" if false\ndeny-x contains \"y\""), "Parse", &["p.rego:3:"]);
    // A helper that another rule uses may have any name, and so may a function.
    let helper = "package main\ndenied := {\"a\"}\nwarning(x) := x\ndeny contains x if some x in denied\nwarn contains warning(\"w\")";
    assert_eq!(messages(&run(helper, &json!({}))), ["a", "w"]);
}

// T5: exceptions silence findings that nobody has seen yet.
#[test]
fn exceptions_are_refused() {
    let error = defect("package main\ndeny_x contains \"x\"\nexception contains rules if rules := [\"x\"]");
    told(&error, "Exception", &["p.rego:3:1: "]);
}

#[test]
fn no_entry_rule_is_a_defect() {
    told(&load(&[]).unwrap_err(), "NoEntryRules", &[]);
    let library = user("lib.rego", "package helpers\nf(x) := x");
    let main = user("main.rego", "package main\ndeny contains \"x\"");
    let error = load(&[main.clone(), library]).unwrap_err();
    told(&error, "Nothing", &["lib.rego", "`helpers.f`"]);
    let off = PolicySources { disabled: vec!["main.deny".to_owned()], ..of(&[main]) };
    told(&Policies::load(off, &Limits::default()).unwrap_err(), "NoEntryRules", &["1"]);
}

#[test]
fn packages_may_nest_but_not_under_a_rule() {
    let main = user("p.rego", "package main\ndeny contains \"a\"");
    let nested = user("q.rego", "package main.sub\ndeny contains \"b\" if input.x\nwarn contains \"c\"");
    let evaluation = load(&[main.clone(), nested]).unwrap().evaluate(json!({}), now()).unwrap();
    assert_eq!((messages(&evaluation), evaluation.errors.len()), (vec!["a", "c"], 0));
    for package in ["main.deny", "main.deny.x"] {
        let under = user("q.rego", &format!("package {package}\ndeny contains \"b\""));
        let error = load(&[main.clone(), under]).unwrap_err();
        told(&error, "PackageUnderRule", &["q.rego:1:", &format!("`{package}`"), "main.deny", "p.rego:2:1"]);
    }
}

#[test]
fn a_file_named_twice_is_one_file() {
    let source = user("p.rego", "package main\ndefault ok := false\ndeny contains \"x\" if not ok");
    assert_eq!(load(&[source.clone(), source]).unwrap().evaluate(json!({}), now()).unwrap().findings.len(), 1);
}

#[test]
fn users_cannot_claim_ocigates_packages() {
    for package in ["ocigate", "ocigate.core.signature", "ocigate.mine"] {
        let error = defect(&format!("package {package}\ndeny contains \"x\""));
        told(&error, "ReservedPackage", &["p.rego:1:", &format!("`{package}`")]);
    }
    // Names of our sets are free, and merge with nothing of ours.
    for (package, id) in [("core", "data.core.deny"), ("kfm.x", "data.kfm.x.deny"), ("lib", "lib.deny")] {
        let text = format!("package {package}\ndeny contains \"x\"");
        let sources = PolicySources { without_core: true, ..of(&[user("p.rego", &text)]) };
        let policies = Policies::load(sources, &Limits::default()).unwrap();
        let ids: Vec<String> = policies.rules().iter().map(|rule| rule.id.to_string()).collect();
        assert_eq!(ids, [id]);
        assert_eq!(policies.evaluate(json!({}), now()).unwrap().findings.len(), 1, "{package}");
    }
}
