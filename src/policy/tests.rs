//! Each guard has a test here that asserts the exact reason.

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::tester::{TestStatus, test};
use super::*;
use crate::finding::{Basis, Effect, Finding, Severity};
use crate::limits::Limits;

fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_700_000_000).unwrap()
}

fn user(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned(), origin: Origin::User, root: Some(path.to_owned()) }
}

fn core(rule: &str, text: &str) -> Source {
    Source { path: format!("policies/core/{rule}.rego"), text: text.to_owned(), origin: Origin::Bundled, root: None }
}

fn file(path: &str, text: &str, origin: Origin) -> DataFile {
    DataFile { path: path.to_owned(), text: text.to_owned(), format: DataFormat::of(path), origin }
}

fn of(modules: &[Source]) -> PolicySources {
    PolicySources { modules: modules.to_vec(), ..PolicySources::default() }
}

fn load(modules: &[Source]) -> Result<Policies, PolicyDefect> {
    Policies::load(of(modules), &Limits::default())
}

/// The error of loading one user's module.
fn defect(text: &str) -> String {
    load(&[user("p.rego", text)]).expect_err("a defect").to_string()
}

fn run(text: &str, input: &Value) -> Evaluation {
    load(&[user("p.rego", text)]).unwrap().evaluate(input, now()).unwrap()
}

/// The error of evaluating one user's module.
fn evaluation_defect(text: &str) -> String {
    load(&[user("p.rego", text)]).unwrap().evaluate(&json!({}), now()).expect_err("a defect").to_string()
}

fn messages(evaluation: &Evaluation) -> Vec<&str> {
    evaluation.findings.iter().map(|finding| finding.message.as_str()).collect()
}

fn contains(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "expected {part:?} in {text:?}");
    }
}

const SIGNATURE: &str = r#"# METADATA
# title: The subject is signed
# custom:
#   id: signature
#   severity: critical
#   quantifier: any
#   kind: signature
#   rationale: Whoever can push can replace an unsigned artifact.
#   remedy: Sign it.
package core.signature

deny contains "no signature" if not input.signed

warn contains {"msg": "old", "basis": "present"} if input.old

undecided contains "cannot tell" if input.unknown
"#;

#[test]
fn findings_of_a_bundled_rule_carry_its_metadata() {
    let policies = load(&[core("signature", SIGNATURE)]).unwrap();
    let rule = &policies.rules()[0];
    assert_eq!(
        (rule.id.to_string().as_str(), rule.title.as_str(), rule.severity),
        ("core.signature", "The subject is signed", Severity::Critical)
    );
    assert_eq!(rule.effects, [Effect::Deny, Effect::Undecided, Effect::Warn]);
    assert_eq!((rule.quantifier.as_deref(), rule.origin, rule.line), (Some("any"), Origin::Bundled, 12));
    let evaluation = policies.evaluate(&json!({"old": true, "unknown": true}), now()).unwrap();
    let seen: Vec<_> = evaluation
        .findings
        .iter()
        .map(|finding| (finding.effect, finding.severity, finding.basis, finding.message.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            (Effect::Deny, Severity::Critical, Basis::Absent, "no signature"),
            (Effect::Undecided, Severity::Critical, Basis::Absent, "cannot tell"),
            (Effect::Warn, Severity::Warning, Basis::Present, "old"),
        ]
    );
    let first = &evaluation.findings[0];
    assert_eq!((first.kind.as_deref(), first.remedy.as_deref()), (Some("signature"), Some("Sign it.")));
    assert_eq!(evaluation.evaluated.len(), 1);
    let clean = policies.evaluate(&json!({"signed": true}), now()).unwrap();
    assert!(clean.findings.is_empty() && clean.errors.is_empty());
}

#[test]
fn a_bundled_rule_is_named_alike_everywhere() {
    let with = |from: &str, to: &str| load(&[core("signature", &SIGNATURE.replace(from, to))]).unwrap_err().to_string();
    contains(
        &with("id: signature", "id: other"),
        &["policies/core/signature.rego:", "custom.id signature, found other"],
    );
    contains(&with("package core.signature", "package core.other"), &["expected the file other.rego"]);
    contains(&with("package core.signature", "package lib.signature"), &["`package core.<rule>`"]);
    contains(&with("quantifier: any", "quantifier: some"), &["expected any or all, found some"]);
    contains(
        &with("severity: critical", "severity: high"),
        &["expected critical, error, warning or info, found \"high\""],
    );
    contains(&with("undecided contains", "deny_x contains"), &["found deny_x"]);
}

#[test]
fn all_elements_of_a_users_rule_are_read() {
    let digest = format!("sha256:{}", "a".repeat(64));
    let text = r#"package main
deny_x contains {"msg": "m", "basis": "present", "severity": "info", "kind": "sbom", "remedy": "r", "evidence": input.digest, "pointer": "/a~1b", "also": [{"evidence": input.digest}], "anything": 1}
"#;
    let evaluation = run(text, &json!({"digest": digest}));
    let Finding { rule, effect, severity, basis, kind, message, places, remedy } = &evaluation.findings[0];
    assert_eq!(
        (rule.to_string().as_str(), *effect, *severity, *basis),
        ("main.deny_x", Effect::Deny, Severity::Info, Basis::Present)
    );
    assert_eq!((kind.as_deref(), message.as_str(), remedy.as_deref()), (Some("sbom"), "m", Some("r")));
    let places: Vec<_> = places.iter().map(|place| (place.document.to_string(), place.pointer.as_str())).collect();
    assert_eq!(places, [(digest.clone(), "/a~1b"), (digest, "")]);
}

#[test]
fn what_is_no_finding_is_a_defect() {
    for (element, reason) in [
        ("1", "expected a string or an object with `msg`, found a number"),
        ("true", "found a boolean"),
        ("null", "found null"),
        ("[\"x\"]", "found an array"),
        ("\"\"", "the message is empty"),
        ("{\"message\": \"x\"}", "expected a key `msg`, found only `message`"),
        ("{}", "found only an empty object"),
        ("{\"msg\": 1}", "`msg`: expected a string, found a number"),
        (
            "{\"msg\": \"x\", \"severity\": \"high\"}",
            "`severity`: expected critical, error, warning or info, found \"high\"",
        ),
        ("{\"msg\": \"x\", \"severity\": 1}", "`severity`: expected a string"),
        ("{\"msg\": \"x\", \"basis\": \"maybe\"}", "`basis`: expected \"present\" or \"absent\", found \"maybe\""),
        ("{\"msg\": \"x\", \"evidence\": \"sha256:abc\"}", "`evidence`: expected 64 hex characters"),
        ("{\"msg\": \"x\", \"pointer\": \"/a\"}", "`pointer` needs `evidence`"),
        (
            "{\"msg\": \"x\", \"evidence\": concat(\"\", [\"sha256:\", sprintf(\"%064d\", [0])]), \"pointer\": \"a\"}",
            "expected a JSON pointer",
        ),
        ("{\"msg\": \"x\", \"also\": {}}", "`also`: expected an array"),
        ("{\"msg\": \"x\", \"also\": [{\"pointer\": \"/a\"}]}", "`also`: `pointer` needs `evidence`"),
        ("{\"msg\": \"x\", \"also\": [{}]}", "`also`: expected a key `evidence`"),
        ("{\"msg\": \"x\", \"kind\": 1}", "`kind`: expected a string"),
        ("{\"msg\": \"x\", \"remedy\": []}", "`remedy`: expected a string"),
    ] {
        for set in ["deny", "warn", "violation", "undecided"] {
            let error = evaluation_defect(&format!("package main\n{set} contains {element}"));
            contains(&error, &[&format!("p.rego:2:1: main.{set}: "), reason]);
        }
    }
}

// T1: a wrong-typed `deny` is never a pass.
#[test]
fn an_entry_rule_must_be_a_partial_set() {
    for (text, found) in [
        ("deny := true", "a complete rule"),
        ("deny if input.x", "a complete rule"),
        ("deny := {\"x\"}", "a complete rule"),
        ("deny[\"x\"] := 1", "a partial object"),
        ("deny[msg] if msg := \"x\"", "a partial object"),
        ("deny.x if true", "a partial object"),
        ("deny.x contains \"y\"", "a partial object"),
        ("deny(x) := x", "a function"),
        ("default deny := false", "a default value"),
        ("warn_x := []", "a complete rule"),
    ] {
        let error = defect(&format!("package main\nviolation contains \"x\" if false\n{text}\n"));
        contains(&error, &["p.rego:3:", &format!(" is {found}, expected a partial set")]);
    }
    // One good definition does not excuse a bad one in another file.
    let good = user("a.rego", "package main\ndeny contains \"x\"");
    let bad = user("b.rego", "package main\ndeny := {\"x\"}\nwarn contains \"y\"");
    contains(&load(&[good, bad]).unwrap_err().to_string(), &["b.rego:2:1", "a complete rule"]);
}

#[test]
fn rego_v0_is_read_too() {
    let evaluation = run(
        "package main\n\ndeny[msg] {\n  not input.ok\n  msg := \"v0\"\n}\n\nviolation[{\"msg\": msg}] { msg = input.bad[_] }\n",
        &json!({"bad": ["a", "b"]}),
    );
    assert_eq!(messages(&evaluation), ["v0", "a", "b"]);
    let complete = defect("package main\ndeny { true }\nwarn[x] { x := \"y\" }");
    contains(&complete, &["p.rego:2:1: `deny` is a complete rule"]);
    // A v1 module with one v0 slip is no v0 module.
    let mixed = defect("package main\ndeny contains \"x\" if { input.x }\nwarn contains \"y\" { input.y }\n");
    contains(&mixed, &["p.rego:3:", "`if` keyword is required before rule body", "warn contains \"y\" { input.y }"]);
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
        contains(&error, &["p.rego:3:1", &format!("is not `{meant}`: did you mean that?")]);
    }
    contains(&defect("package main\nwarn contains \"x\" if false\ndeny-x contains \"y\""), &["p.rego:3:"]);
    // A helper that another rule uses may have any name, and so may a function.
    let helper = "package main\ndenied := {\"a\"}\nwarning(x) := x\ndeny contains x if some x in denied\nwarn contains warning(\"w\")";
    assert_eq!(messages(&run(helper, &json!({}))), ["a", "w"]);
}

// T5: exceptions silence findings that nobody has seen yet.
#[test]
fn exceptions_are_refused() {
    let error = defect("package main\ndeny_x contains \"x\"\nexception contains rules if rules := [\"x\"]");
    contains(&error, &["p.rego:3:1: `exception` rules are not supported", "write a waiver"]);
}

#[test]
fn no_entry_rule_is_a_defect() {
    contains(&load(&[]).unwrap_err().to_string(), &["no entry rule in any policy (no file loaded)"]);
    let library = user("lib.rego", "package helpers\nf(x) := x");
    let main = user("main.rego", "package main\ndeny contains \"x\"");
    let error = load(&[main.clone(), library]).unwrap_err().to_string();
    contains(&error, &["lib.rego holds no entry rule", "found `helpers.f`"]);
    let off = PolicySources { disabled: vec!["main.deny".to_owned()], ..of(&[main]) };
    contains(&Policies::load(off, &Limits::default()).unwrap_err().to_string(), &["all their 1 rules switched off"]);
}

#[test]
fn all_packages_run_and_keep_their_names() {
    let policies = load(&[
        user("a.rego", "package main\ndeny contains \"a\""),
        user("b.rego", "package team.images\ndeny_x contains \"b\""),
        user("c.rego", "package odd[\"name-x\"]\nwarn contains \"c\""),
        user("d.rego", "package main\ndeny contains \"d\""),
        user("e.rego", "package odd.if\nwarn contains \"e\""),
    ])
    .unwrap();
    let evaluation = policies.evaluate(&json!({}), now()).unwrap();
    let seen: Vec<_> =
        evaluation.findings.iter().map(|finding| format!("{} {}", finding.rule, finding.message)).collect();
    assert_eq!(seen, ["main.deny a", "main.deny d", "odd.if.warn e", "odd[\"name-x\"].warn c", "team.images.deny_x b"]);
    assert!(evaluation.errors.is_empty());
}

#[test]
fn packages_may_nest_but_not_under_a_rule() {
    let main = user("p.rego", "package main\ndeny contains \"a\"");
    let nested = user("q.rego", "package main.sub\ndeny contains \"b\" if input.x\nwarn contains \"c\"");
    let evaluation = load(&[main.clone(), nested]).unwrap().evaluate(&json!({}), now()).unwrap();
    assert_eq!((messages(&evaluation), evaluation.errors.len()), (vec!["a", "c"], 0));
    for package in ["main.deny", "main.deny.x"] {
        let under = user("q.rego", &format!("package {package}\ndeny contains \"b\""));
        let error = load(&[main.clone(), under]).unwrap_err().to_string();
        contains(&error, &["q.rego:1:", &format!("`{package}` lies at or under the rule `main.deny (p.rego:2:1)`")]);
    }
}

#[test]
fn a_file_named_twice_is_one_file() {
    let source = user("p.rego", "package main\ndefault ok := false\ndeny contains \"x\" if not ok");
    assert_eq!(load(&[source.clone(), source]).unwrap().evaluate(&json!({}), now()).unwrap().findings.len(), 1);
}

#[test]
fn users_cannot_claim_ocigates_packages() {
    for package in ["core", "core.signature", "kfm.x", "lib", "lib.helpers", "ocigate"] {
        let error = defect(&format!("package {package}\ndeny contains \"x\""));
        contains(&error, &["p.rego:1:", &format!("the package `{package}` is reserved")]);
    }
    assert!(load(&[user("p.rego", "package corel\ndeny contains \"x\"")]).is_ok());
}

fn with_data(modules: &[Source], data: &[DataFile]) -> Result<Policies, PolicyDefect> {
    Policies::load(PolicySources { data: data.to_vec(), ..of(modules) }, &Limits::default())
}

#[test]
fn data_cannot_stand_in_for_a_package() {
    let modules = [core("signature", SIGNATURE), user("p.rego", "package team.images\ndeny contains \"x\"")];
    for (data, path) in [
        (r#"{"core": {"signature": {"deny": []}}}"#, "`data.core.signature`"),
        (r#"{"core": {"signature": {}}}"#, "`data.core.signature`"),
        (r#"{"core": 1}"#, "`data.core`"),
        (r#"{"team": {"images": {"other": 1}}}"#, "`data.team.images`"),
        (r#"{"team": null}"#, "`data.team`"),
    ] {
        let error = with_data(&modules, &[file("d.json", data, Origin::User)]).unwrap_err().to_string();
        contains(&error, &["d.json: ", path, "would silently replace its rules"]);
    }
    let fine = file("d.json", r#"{"core": {"other": 1}, "team": {"list": ["a"]}, "x": 1}"#, Origin::User);
    assert!(with_data(&modules, &[fine]).is_ok());
    let config = [core("signature", SIGNATURE), user("p.rego", "package config\ndeny contains \"x\"")];
    let bundled = file("policies/core/fields.json", r#"{"config": {"fields": []}}"#, Origin::Bundled);
    contains(&with_data(&config, &[bundled]).unwrap_err().to_string(), &["package `config` (p.rego)"]);
}

#[test]
fn users_override_settings_and_do_not_contradict_themselves() {
    let modules = [user(
        "p.rego",
        "package main\ndeny contains x if some x in data.config.list\nwarn contains data.config.name\nwarn contains sprintf(\"%v\", [data.extra])",
    )];
    let bundled = file(
        "policies/core/a.json",
        r#"{"config": {"list": ["a", "b"], "name": "n", "other": {"x": 1}}}"#,
        Origin::Bundled,
    );
    let yaml = file("u.yaml", "config:\n  list: [c]\n  other: {y: 2}\nextra: no\n", Origin::User);
    let evaluation =
        with_data(&modules, &[yaml.clone(), bundled.clone()]).unwrap().evaluate(&json!({}), now()).unwrap();
    assert_eq!(messages(&evaluation), ["c", "n", "no"]);

    let wrong = file("u.json", r#"{"config": {"list": {"c": 1}}}"#, Origin::User);
    let error = with_data(&modules, &[bundled.clone(), wrong]).unwrap_err().to_string();
    contains(&error, &["u.json: `data.config.list`: expected an array as in the bundled default, found an object"]);

    let other = file("v.json", r#"{"config": {"list": ["d"]}}"#, Origin::User);
    let error = with_data(&modules, &[yaml.clone(), other]).unwrap_err().to_string();
    contains(&error, &["v.json: `data.config.list` already has another value in u.yaml"]);
    assert!(with_data(&modules, &[yaml.clone(), yaml]).is_ok());

    let stray = file("policies/core/a.json", r#"{"fields": 1}"#, Origin::Bundled);
    contains(
        &with_data(&modules, &[stray]).unwrap_err().to_string(),
        &["bundled data lies under `config`, found `fields`"],
    );
}

#[test]
fn data_files_are_strict() {
    let modules = [user("p.rego", "package main\ndeny contains \"x\"")];
    for (path, text, reason) in [
        ("d.json", r#"{"a": 1, "a": 2}"#, "appears twice"),
        ("d.json", "[1]", "expected an object at the top, found an array"),
        ("d.json", "{", "not valid JSON"),
        ("d.yaml", "a: 1\na: 2\n", "duplicate"),
        ("d.yaml", "a: [", ""),
    ] {
        let error = with_data(&modules, &[file(path, text, Origin::User)]).unwrap_err().to_string();
        contains(&error, &[&format!("{path}: "), reason]);
    }
}

#[test]
fn metadata_calls_become_values() {
    let text = r#"# METADATA
# title: Package
# custom:
#   team: a
package main

# METADATA
# title: Rule
# description: |
#   Two
#   lines
# custom:
#   severity: warning
#   remedy: Do it.
deny_x contains msg if {
	rule := rego.metadata.rule()
	chain := rego.metadata.chain()
	msg := sprintf("%s %s %d %s", [rule.title, chain[1].annotations.custom.team, count(chain), concat("/", chain[0].path)])
}

warn contains rego.metadata.chain()[1].annotations.title
warn contains "no annotations" if rego.metadata.rule() == {}
"#;
    let policies = load(&[user("p.rego", text)]).unwrap();
    let evaluation = policies.evaluate(&json!({}), now()).unwrap();
    assert_eq!(messages(&evaluation), ["Rule a 2 main/deny_x", "Package", "no annotations"]);
    let rule = &policies.rules()[0];
    assert_eq!(
        (rule.title.as_str(), rule.severity, rule.remedy.as_deref()),
        ("Rule", Severity::Warning, Some("Do it."))
    );
    assert_eq!(rule.description.as_deref(), Some("Two\nlines"));
    assert_eq!(evaluation.findings[0].severity, Severity::Warning);
    // The package's title stands in where a rule has none.
    assert_eq!(policies.rules()[1].title, "Package");
}

// Without its full path an import of `data.lib` would evaluate everything below it, itself included.
#[test]
fn an_import_evaluates_only_what_it_names() {
    let main = user(
        "p.rego",
        "package main\nimport data.shared\nimport data.shared.inner as i\ndeny contains shared.f(\"f\")\ndeny contains y if some y in shared.inner.list\ndeny contains z if z := i.f(i.one) with i.one as \"mock\"\ndeny contains y if { i := \"local\"; y := i }",
    );
    let inner = "package shared.inner\nimport data.main\nlist := [\"a\", \"b\"]\none := \"one\"\nf(x) := x\nuses_main if main.deny.x\nbroken if time.parse_rfc3339_ns(\"x\")";
    let others = [("s.rego", "package shared\nf(x) := x"), ("i.rego", inner)];
    let others = others.map(|(path, text)| Source { root: Some("p.rego".to_owned()), ..user(path, text) });
    let evaluation = load(&[&[main], others.as_slice()].concat()).unwrap().evaluate(&json!({}), now()).unwrap();
    assert_eq!((messages(&evaluation), &evaluation.errors), (vec!["a", "b", "f", "local", "mock"], &vec![]));
}

#[test]
fn bad_metadata_is_a_defect() {
    let with = |block: &str| defect(&format!("package main\n{block}deny contains \"x\"\n"));
    contains(&with("# METADATA\n# title: [\n"), &["p.rego:2:1: METADATA: expected YAML"]);
    contains(&with("# METADATA\n# just text\n"), &["expected keys such as `title:`"]);
    contains(&with("# METADATA\n# title: 1\n"), &["title: expected a string, found 1"]);
    contains(&with("# METADATA\n# scope: all\n"), &["expected rule, document, package or subpackages"]);
    contains(
        &with("# METADATA\n# custom: {severity: high}\n"),
        &["custom.severity: expected critical, error, warning or info, found \"high\""],
    );
    contains(&defect("package main\ndeny contains \"x\"\n# METADATA\n# title: x\n"), &["found the end of the file"]);
    let raw = run("package main\ndeny contains `\n# METADATA\n# title: [\n`", &json!({}));
    assert_eq!(raw.findings.len(), 1);
}

// T4: builtin errors are errors, and other rules still run.
#[test]
fn an_error_stays_with_its_rule() {
    let text = r#"package main
deny_time contains "old" if time.parse_rfc3339_ns(input.created) < 5
deny_other contains "other"
deny_divide contains "x" if 1 / input.zero > 2
deny_not contains "x" if not time.parse_rfc3339_ns(input.created)
deny_function contains "x" if f(input.created)
f(x) if time.parse_rfc3339_ns(x) < 5
deny_units contains "x" if units.parse(input.created) > 5
deny_replace contains "x" if regex.replace("a", "(", "b") == "a"
deny_http contains "x" if not http.send({"method": "get", "url": "http://x"})
deny_number contains "x" if to_number(input.created) > 5
deny_some contains "x" if { some y in input.zero; y }
"#;
    let evaluation = run(text, &json!({"created": "not a date", "zero": 0}));
    let errors: Vec<_> =
        evaluation.errors.iter().map(|error| format!("{} {} {}", error.rule, error.at, error.message)).collect();
    assert_eq!(messages(&evaluation), ["other"], "{errors:#?}");
    for expected in [
        "main.deny_time p.rego:2:",
        "main.deny_divide p.rego:4:",
        "main.deny_not p.rego:5:",
        "main.deny_function p.rego:7:",
        "main.deny_units p.rego:8",
        "main.deny_replace p.rego:9",
        "main.deny_http p.rego:10",
        "main.deny_number p.rego:11",
        "main.deny_some p.rego:12",
    ] {
        assert!(errors.iter().any(|error| error.starts_with(expected)), "{expected} {errors:#?}");
    }
    let evaluated: Vec<String> = evaluation.evaluated.iter().map(ToString::to_string).collect();
    assert_eq!(evaluated, ["main.deny_other"]);
}

#[test]
fn overridden_builtins_do_as_opa() {
    let text = r#"package main
deny contains sprintf("%d %5.2f %[1]v %s", ["x", 1.5])
deny contains sprintf("%v", [{"a": [1, "b", null, true], "s": {2, 1}, "e": set()}])
deny contains sprintf("remove %v", [json.remove({"a": {"b": 1, "c": 2}, "x/y": 3}, ["/a/b", "x~1y"])])
deny contains sprintf("filter %v", [json.filter({"a": {"b": 1, "c": 2}, "d": 3}, ["/a/b"])])
deny contains sprintf("count %v %v", [strings.count("aaaa", "aa"), strings.count("ab", "")])
deny contains "tag" if regex.match(`^[\w][\w.-]{0,127}$`, "v1.0-é") == false
deny contains sprintf("tag %v", [regex.match(`^[\w][\w.-]{0,127}$`, "v1.0")])
deny contains sprintf("now %v %v", [time.now_ns(), time.format(time.now_ns())])
deny contains sprintf("glob %v", [glob.match("a/*", ["/"], "a/b")])
deny contains sprintf("range %v", [numbers.range(1, 3)])
deny contains sprintf("shift %v", [bits.lsh(1, 4)])
deny contains "no JSON" if not json.is_valid({"a": 1})
deny contains x if count({1, 2}, x_) ; x := sprintf("output %v", [x_])
"#;
    let text = text.replace(
        "deny contains x if count({1, 2}, x_) ; x := sprintf(\"output %v\", [x_])",
        "deny contains x if { count({1, 2}, n); x := sprintf(\"output %v\", [n]) }",
    );
    let evaluation = run(&text, &json!({}));
    assert_eq!(evaluation.errors, []);
    let mut expected = vec![
        "%!d(string=x)  1.50 x %!s(float64=1.5)",
        r#"{"a": [1, "b", null, true], "e": set(), "s": {1, 2}}"#,
        r#"remove {"a": {"c": 2}}"#,
        r#"filter {"a": {"b": 1}}"#,
        "count 2 3",
        "tag",
        "tag true",
        "now 1700000000000000000 2023-11-14T22:13:20Z",
        "glob true",
        "range [1, 2, 3]",
        "shift 16",
        "no JSON",
        "output 2",
    ];
    expected.sort_unstable();
    let mut seen = messages(&evaluation);
    seen.sort_unstable();
    assert_eq!(seen, expected);
}

#[test]
fn builtins_that_never_return_or_differ_are_refused() {
    let text = r#"package main
deny_range contains "x" if numbers.range(1, 200000000)
deny_shift contains "x" if bits.lsh(1, 100000000)
deny_number contains "x" if to_number(input.huge) > 1
deny_json contains "x" if json.unmarshal(input.huge) > 1
deny_network contains "x" if net.cidr_expand("10.0.0.0/8")
deny_zone contains "x" if time.format([0, "Local"]) == "x"
deny_template contains "x" if regex.template_match("urn:foo:{.*}", "u", "{", "}")
"#;
    let evaluation = run(text, &json!({"huge": "1e1000000000"}));
    let errors: Vec<_> =
        evaluation.errors.iter().map(|error| format!("{} {}", error.rule.rule, error.message)).collect();
    assert_eq!(errors.len(), 7, "{errors:#?}");
    let all = errors.join("\n");
    contains(
        &all,
        &[
            "more than 1000000 elements",
            "more than 4096 bits",
            "the number is too large",
            "more than 65536 addresses",
            "depends on the machine",
        ],
    );
    for call in ["rand.intn(\"x\", 5)", "uuid.rfc4122(\"x\")", "opa.runtime()"] {
        contains(
            &defect(&format!("package main\ndeny contains \"x\" if {call} == 1")),
            &["p.rego:2:", "is refused: a verdict must depend on nothing but"],
        );
    }
}

// A44: `with` must not smuggle in a builtin, nor skip a statement in silence.
#[test]
fn with_has_an_effect_or_is_refused() {
    contains(
        &defect("package main\ndeny contains \"x\" if time.now_ns() > 1 with time.now_ns as http.send"),
        &["p.rego:2:", "the builtin `http.send` cannot stand in"],
    );
    contains(
        &defect("package main\nf(x) := x\ndeny contains \"x\" if f([1]) == 1 with f as count"),
        &["the builtin `count` cannot stand in"],
    );
    contains(
        &defect("package main\ndeny contains \"x\" if true with nothing.there as 1"),
        &["`nothing.there` cannot be replaced"],
    );
    let text = "package main\nf(x) := x\ng(_) := \"mock\"\ndeny contains f(\"x\") with f as g\ndeny contains input.a with input as {\"a\": \"b\"}\ndeny contains sprintf(\"%v\", [time.now_ns()]) with time.now_ns as 5";
    let text = text
        .replace("deny contains f(\"x\") with f as g", "deny contains y if y := f(\"x\") with f as g")
        .replace(
            "deny contains input.a with input as {\"a\": \"b\"}",
            "deny contains y if y := input.a with input as {\"a\": \"b\"}",
        )
        .replace(
            "deny contains sprintf(\"%v\", [time.now_ns()]) with time.now_ns as 5",
            "deny contains y if y := sprintf(\"%v\", [time.now_ns()]) with time.now_ns as 5",
        );
    let evaluation = run(&text, &json!({}));
    assert_eq!((messages(&evaluation), evaluation.errors.len()), (vec!["5", "b", "mock"], 0));
}

#[test]
fn unknown_functions_are_found_at_load() {
    let with = |call: &str| {
        defect(&format!(
            "package main\nimport data.helpers\nimport data.gone\nr := 1\nf(x) := x\ndeny contains \"x\" if {{\n  input.never\n  {call}\n}}\n"
        ))
    };
    contains(&with("nope(1)"), &["p.rego:8:", "the function `nope` does not exist"]);
    contains(
        &with("strings.split_n(\"a\", \"b\", 1)"),
        &["`strings.split_n` is one of OPA's builtins that are not supported here"],
    );
    contains(&with("crypto.sha256(\"a\")"), &["not supported here"]);
    contains(&with("gone.f(1)"), &["no loaded policy defines `data.gone.f`"]);
    contains(&with("data.other.f(1)"), &["no loaded policy defines `data.other.f`"]);
    contains(&with("r(1)"), &["is a rule and no function"]);
    contains(&with("f(1, 2, 3)"), &["takes 1 arguments, found 3"]);
    contains(&with("startswith(\"a\")"), &["`startswith` takes 2 arguments, found 1"]);
    contains(&with("x := [y | y := nope(1)]"), &["`nope` does not exist"]);
    // A package below is not visible by its last segment.
    let below = Source { root: Some("p.rego".to_owned()), ..user("j.rego", "package main.json\nf(x) := x") };
    let main = user("p.rego", "package main\ndeny contains \"x\" if json.is_valid(\"1\")");
    assert_eq!(messages(&load(&[main, below]).unwrap().evaluate(&json!({}), now()).unwrap()), ["x"]);
    let helpers =
        Source { root: Some("p.rego".to_owned()), ..user("h.rego", "package helpers\nf(x) := x\ng.h(x) := x") };
    let main = user(
        "p.rego",
        "package main\nimport data.helpers as h\ndeny contains h.f(\"a\")\ndeny contains data.helpers.g.h(\"b\")\ndeny contains f(\"c\")\nf(x) := x",
    );
    assert_eq!(messages(&load(&[main, helpers]).unwrap().evaluate(&json!({}), now()).unwrap()), ["a", "b", "c"]);
}

#[test]
fn recursion_is_refused() {
    let with = |rules: &str| defect(&format!("package main\n{rules}\ndeny contains \"x\" if f(1)\n"));
    contains(&with("f(x) := f(x + 1)"), &["p.rego:2:1", "`main.f` depends on itself: `main.f` → `main.f`"]);
    contains(&with("f(x) := g(x)\ng(x) := data.main.f(x)"), &["`main.f` → `main.g` → `main.f`"]);
    contains(&with("f(x) := a\na := b\nb := f(1)"), &["depends on itself"]);
    contains(&with("f(x) := x\nh(x) := y if y := f(x) with f as h"), &["`main.h` → `main.h`"]);
    contains(&with("f(x) := data[x]"), &["depends on itself"]);
    // A local variable is not the rule of its name.
    let fine = "package main\nmsg := f(\"a\")\nf(x) := y if { msg := x; y := msg }\ndeny contains msg";
    assert_eq!(messages(&run(fine, &json!({}))), ["a"]);
    let chain: String = (0..600).map(|step| format!("f{step}(x) := f{}(x)\n", step + 1)).collect();
    contains(
        &defect(&format!("package main\n{chain}f600(x) := x\ndeny contains \"x\" if f0(1)")),
        &["over more than 500 steps"],
    );
}

#[test]
fn the_longest_chain_that_is_let_pass_fits_the_stack() {
    let chain: String =
        (0..490).map(|step| format!("f{step}(x) := [y | y := f{}(x) + [z | z := 1][0]][0]\n", step + 1)).collect();
    let evaluation =
        run(&format!("package main\n{chain}f490(x) := x\ndeny contains sprintf(\"%v\", [f0(1)])"), &json!({}));
    assert_eq!((messages(&evaluation), evaluation.errors.len()), (vec!["491"], 0), "{:#?}", evaluation.errors);
    let sum = format!("package main\ndeny contains sprintf(\"%v\", [1{}])", " + 1".repeat(390));
    assert_eq!(messages(&run(&sum, &json!({}))), ["391"]);
}

#[test]
fn time_is_bounded_for_all_rules_together() {
    let limits = Limits { policy_time: std::time::Duration::from_millis(200), ..Limits::default() };
    let text = "package main\ndeny_a contains \"a\"\ndeny_b contains \"x\" if { some i in numbers.range(1, 100000); some j in numbers.range(1, 100000); i * j == 0 }\ndeny_c contains \"c\"";
    let evaluation = Policies::load(of(&[user("p.rego", text)]), &limits).unwrap().evaluate(&json!({}), now()).unwrap();
    let errors: Vec<_> = evaluation.errors.iter().map(|error| format!("{} {}", error.rule, error.message)).collect();
    assert_eq!(
        errors,
        [
            "main.deny_b stopped: all policies together have 0.2 s",
            "main.deny_c not evaluated: rules before it used up the 0.2 s that all policies have together"
        ]
    );
    assert_eq!(messages(&evaluation), ["a"]);
}

#[test]
fn parse_errors_show_the_place() {
    contains(&defect("package main\n\ndeny contains \"x\" if {\n  input.x ==\n}\n"), &["p.rego:5:1", "\n  }"]);
    contains(&defect("deny contains \"x\""), &["p.rego:1:"]);
    let deep = |open: &str, close: &str| {
        format!("package main\ndeny contains \"x\" if {}1{}", open.repeat(30), close.repeat(30))
    };
    contains(&defect(&deep("(", ")")), &["nested deeper than 24 levels"]);
    contains(&defect(&deep("[", "]")), &["would take the parser too long"]);
    let long = format!("package main\n# {}\ndeny contains \"{}\"", "c".repeat(5000), "x".repeat(5000));
    assert_eq!(run(&long, &json!({})).findings.len(), 1);
    let lines = format!("package main\n{}deny contains \"x\"", "\n".repeat(30_000));
    assert_eq!(run(&lines, &json!({})).findings.len(), 1);
}

#[test]
fn an_unbound_variable_is_a_defect() {
    contains(
        &defect("package main\ndeny contains message if input.bad"),
        &["p.rego:2:15", "the variable `message` is never given a value"],
    );
    contains(&defect("package main\nf(x) := y\ndeny contains f(\"x\")"), &["p.rego:2:9", "`y` is never given a value"]);
    contains(&defect("package main\nwarn contains \"x\" if y == 1"), &["p.rego:2:", "`y` is unsafe"]);
    let fine = "package main\nr := \"r\"\ndeny contains r\nwarn contains x if x = \"x\"\nwarn contains y if some y in [\"y\"]\nwarn contains k if [\"k\"][_] = k";
    assert_eq!(messages(&run(fine, &json!({}))), ["r", "k", "x", "y"]);
}

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
        let evaluation = policies.evaluate(&json!({}), now()).unwrap();
        assert!(evaluation.findings.iter().all(|finding| finding.rule.to_string() != expected[0]));
    }
    let error = with(&["signatures"], false).unwrap_err().to_string();
    contains(&error, &["unknown rule \"signatures\"", "core.signature, main.deny_x, main.warn"]);
    contains(&with(&["deny_x"], false).unwrap_err().to_string(), &["unknown rule \"deny_x\""]);
    let evaluation = with(&[], true).unwrap().evaluate(&json!({}), now()).unwrap();
    assert_eq!(messages(&evaluation), ["x", "y"]);
}

#[test]
fn a_users_policy_may_read_a_bundled_rule_that_is_off() {
    let modules = [
        core("signature", SIGNATURE),
        user("p.rego", "package main\ndeny contains \"unsigned\" if count(data.core.signature.deny) > 0"),
    ];
    let sources = PolicySources { without_core: true, ..of(&modules) };
    let evaluation = Policies::load(sources, &Limits::default()).unwrap().evaluate(&json!({}), now()).unwrap();
    assert_eq!(messages(&evaluation), ["unsigned"]);
}

#[test]
fn the_digest_is_stable_and_tells_policies_apart() {
    let a = user("a.rego", "package main\ndeny contains \"a\"");
    let b = user("b.rego", "package main\nwarn contains \"b\"");
    let digest = |sources: PolicySources| Policies::load(sources, &Limits::default()).unwrap().digest().clone();
    let both = digest(of(&[a.clone(), b.clone()]));
    assert_eq!(both, digest(of(&[b.clone(), a.clone()])));
    assert_ne!(both, digest(of(&[a.clone()])));
    let off = PolicySources { disabled: vec!["main.warn".to_owned()], ..of(&[a.clone(), b.clone()]) };
    assert_ne!(both, digest(off));
    let data = PolicySources { data: vec![file("d.json", "{}", Origin::User)], ..of(&[a, b]) };
    assert_ne!(both, digest(data));
}

#[test]
fn mentions_looks_at_the_syntax_tree() {
    let mentions = |text: &str| load(&[user("p.rego", text)]).unwrap().mentions("packages");
    assert!(mentions("package main\ndeny contains \"x\" if input.sbom.packages[_].name == \"x\""));
    assert!(mentions("package main\ndeny contains \"x\" if input.sbom[\"packages\"]"));
    assert!(mentions("package main\ndeny contains \"x\" if object.get(input.sbom, [\"packages\", 0], null)"));
    assert!(mentions("package main\ndeny contains \"x\" if walk(input.sbom, [[`a`], 1])"));
    assert!(mentions("package main\ndeny contains \"x\" if { some key; input[key] }"));
    assert!(mentions("package main\nf(x) := x\ndeny contains \"x\" if f(input)"));
    assert!(!mentions(
        "package main\n# packages\ndeny contains \"all packages\" if input.sbom.packages_count == 1 with input as {}"
    ));
}

#[test]
fn the_same_input_gives_the_same_result() {
    let text = "package main\ndeny contains sprintf(\"%v %v\", [x, data.config]) if some x in input.list\nwarn contains sprintf(\"%v\", [time.now_ns()])";
    let policies = with_data(
        &[user("p.rego", text)],
        &[file("d.json", r#"{"config": {"b": 1, "a": {"d": 1, "c": 2}}}"#, Origin::User)],
    )
    .unwrap();
    let input = json!({"list": [{"b": 1, "a": 2}, {"z": {"y": 1, "x": 2}}, "s"]});
    let first = policies.evaluate(&input, now()).unwrap();
    assert_eq!(first.findings.len(), 4);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(policies.evaluate(&input, now()).unwrap(), first));
        }
    });
}

#[test]
fn printing_is_gathered() {
    let evaluation =
        run("package main\ndeny contains \"x\" if print(\"seen\", input.a, input.gone)", &json!({"a": [1]}));
    assert_eq!(evaluation.prints, ["p.rego:2: seen [1] <undefined>"]);
}

#[test]
fn an_input_that_the_engine_cannot_take_is_no_empty_input() {
    let policies =
        load(&[user("p.rego", "package main\ndeny contains \"x\" if input.n == 18446744073709551615")]).unwrap();
    assert_eq!(policies.evaluate(&json!({"n": u64::MAX}), now()).unwrap().findings.len(), 1);
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
todo_test_later if false
test_prints if print("hello")
"#,
    );
    let outcomes = test(&of(&[policy]), &[tests], &Limits::default(), now()).unwrap();
    let seen: Vec<_> = outcomes.iter().map(|outcome| (outcome.name.as_str(), &outcome.status)).collect();
    assert!(
        matches!(seen[2], ("test_error", TestStatus::Errored(reason)) if reason.starts_with("p_test.rego:8:")),
        "{seen:?}"
    );
    let status = |name: &str| seen.iter().find(|(seen, _)| *seen == name).unwrap().1;
    for name in ["test_allows", "test_denies", "test_mocked_time", "test_prints"] {
        assert_eq!(status(name), &TestStatus::Passed, "{name}");
    }
    assert_eq!(
        (status("test_fails"), status("test_false"), status("todo_test_later")),
        (&TestStatus::Failed, &TestStatus::Failed, &TestStatus::Skipped)
    );
    assert_eq!(
        outcomes.iter().find(|outcome| outcome.name == "test_prints").unwrap().prints,
        ["p_test.rego:10: hello"]
    );
    let none =
        test(&of(&[]), &[user("a_test.rego", "package a\nx := 1")], &Limits::default(), now()).unwrap_err().to_string();
    contains(&none, &["holds no test"]);
    let function = test(&of(&[]), &[user("a_test.rego", "package a\ntest_x(y) := y")], &Limits::default(), now())
        .unwrap_err()
        .to_string();
    contains(&function, &["a_test.rego:2:1: the test `test_x` is a function"]);
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

mod directories {
    use super::*;
    use std::fs;
    use std::path::Path;

    fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = directory.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        directory
    }

    fn names(path: &Path) -> Vec<String> {
        let sources = read_directory(path, &Limits::default()).unwrap();
        sources.iter().map(|source| source.path.rsplit('/').next().unwrap().to_owned()).collect()
    }

    const DENY: &str = "package main\ndeny contains \"x\"";

    #[test]
    fn policies_are_read_sorted_and_without_tests() {
        let directory = directory(&[
            ("b/c.rego", DENY),
            ("a.rego", DENY),
            ("a_test.rego", DENY),
            ("data.json", "{}"),
            ("data.yaml", "a: 1"),
            ("README.md", "x"),
        ]);
        assert_eq!(names(directory.path()), ["a.rego", "c.rego"]);
        assert_eq!(names(&directory.path().join("a.rego")), ["a.rego"]);
        let tests = read_tests(directory.path(), &Limits::default()).unwrap();
        assert_eq!(tests.len(), 1);
        let error = read_directory(&directory.path().join("a_test.rego"), &Limits::default()).unwrap_err().to_string();
        contains(&error, &["a_test.rego holds no policies"]);
        let policies = load(&read_directory(directory.path(), &Limits::default()).unwrap()).unwrap();
        assert_eq!(policies.rules().len(), 1);
    }

    #[test]
    fn a_directory_without_policies_is_a_defect() {
        let empty = directory(&[("data.json", "{}")]);
        contains(&read_directory(empty.path(), &Limits::default()).unwrap_err().to_string(), &["holds no policies"]);
        contains(
            &read_directory(Path::new("/nonexistent/p"), &Limits::default()).unwrap_err().to_string(),
            &["cannot read /nonexistent/p"],
        );
    }

    #[cfg(unix)]
    #[test]
    fn links_do_not_lead_out() {
        use std::os::unix::fs::symlink;
        let outside = directory(&[("secret.rego", DENY)]);
        let inside = directory(&[("..2024/a.rego", DENY)]);
        symlink(inside.path().join("..2024"), inside.path().join("..data")).unwrap();
        symlink("..data/a.rego", inside.path().join("a.rego")).unwrap();
        assert_eq!(names(inside.path()), ["a.rego"]);
        symlink(inside.path(), inside.path().join("loop")).unwrap();
        assert_eq!(names(inside.path()), ["a.rego"]);
        // Another name of the same file does not hide it as a test.
        symlink("a.rego", inside.path().join("a_test.rego")).unwrap();
        assert_eq!(names(inside.path()), ["a.rego"]);
        symlink(outside.path().join("secret.rego"), inside.path().join("b.rego")).unwrap();
        contains(
            &read_directory(inside.path(), &Limits::default()).unwrap_err().to_string(),
            &["b.rego", "outside of the directory"],
        );
        fs::remove_file(inside.path().join("b.rego")).unwrap();
        symlink(outside.path(), inside.path().join("c")).unwrap();
        contains(
            &read_directory(inside.path(), &Limits::default()).unwrap_err().to_string(),
            &["a link to a directory outside"],
        );
    }

    // A45: a path must not make a request.
    #[test]
    fn only_local_files_are_read() {
        for path in [
            "https://example.org/p.rego",
            "\\\\host\\share\\p.rego",
            "//host/share",
            "file:///etc/p.rego",
            "git::https://x",
        ] {
            contains(
                &read_directory(Path::new(path), &Limits::default()).unwrap_err().to_string(),
                &["expected a local file or directory"],
            );
            contains(
                &read_data(Path::new(path), &Limits::default()).unwrap_err().to_string(),
                &["expected a local file or directory"],
            );
        }
    }

    #[test]
    fn files_are_bounded_text() {
        let directory = directory(&[("a.rego", DENY), ("d.json", "{}"), ("d.txt", "{}")]);
        let limits = Limits { policy_bytes: 10, ..Limits::default() };
        contains(
            &read_directory(directory.path(), &limits).unwrap_err().to_string(),
            &["a.rego: larger than 10 bytes"],
        );
        contains(
            &Policies::load(of(&[user("p.rego", DENY)]), &limits).unwrap_err().to_string(),
            &["p.rego: larger than 10 bytes"],
        );
        assert!(read_data(&directory.path().join("d.json"), &limits).is_ok());
        contains(
            &read_data(&directory.path().join("d.txt"), &limits).unwrap_err().to_string(),
            &["ending in .json, .yaml or .yml"],
        );
        fs::write(directory.path().join("a.rego"), [0xff, 0xfe]).unwrap();
        contains(&read_directory(directory.path(), &Limits::default()).unwrap_err().to_string(), &["expected UTF-8"]);
        contains(
            &read_directory(Path::new("/dev/null"), &Limits::default()).unwrap_err().to_string(),
            &["holds no policies"],
        );
    }
}
