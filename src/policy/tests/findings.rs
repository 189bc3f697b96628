//! What evaluation makes of results, errors and time.

use super::*;
use crate::finding::{Basis, Effect, Finding, Severity};

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
    let evaluation = policies.evaluate(json!({"old": true, "unknown": true}), now()).unwrap();
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
    let clean = policies.evaluate(json!({"signed": true}), now()).unwrap();
    assert!(clean.findings.is_empty() && clean.errors.is_empty());
}

#[test]
fn a_bundled_rule_is_named_alike_everywhere() {
    let with = |from: &str, to: &str| load(&[core("signature", &SIGNATURE.replace(from, to))]).unwrap_err();
    told(&with("id: signature", "id: other"), "Bundled", &["policies/core/signature.rego:", "signature", "other"]);
    told(&with("package ocigate.core.signature", "package ocigate.core.other"), "Bundled", &["other.rego"]);
    told(
        &with("package ocigate.core.signature", "package ocigate.lib.signature"),
        "Bundled",
        &["`package ocigate.core.<rule>`"],
    );
    told(&with("quantifier: any", "quantifier: some"), "Bundled", &["any", "all", "some"]);
    told(&with("severity: critical", "severity: high"), "Metadata", &["critical", "\"high\""]);
    told(&with("undecided contains", "deny_x contains"), "Bundled", &["deny_x"]);
}

#[test]
fn all_elements_of_a_users_rule_are_read() {
    let digest = format!("sha256:{}", "a".repeat(64));
    let text = r#"package main
deny_x contains {"msg": "m", "basis": "present", "severity": "info", "kind": "sbom", "remedy": "r", "evidence": input.digest, "pointer": "/a~1b", "also": [{"evidence": input.digest}], "anything": 1}
"#;
    let evaluation = run(text, &json!({"digest": digest}));
    let Finding { rule, effect, severity, basis, kind, message, places, remedy, code: _ } = &evaluation.findings[0];
    assert_eq!(
        (rule.to_string().as_str(), *effect, *severity, *basis),
        ("main.deny_x", Effect::Deny, Severity::Info, Basis::Present)
    );
    assert_eq!((kind.as_deref(), message.as_str(), remedy.as_deref()), (Some("sbom"), "m", Some("r")));
    let places: Vec<_> = places.iter().map(|place| (place.document.to_string(), place.pointer.as_str())).collect();
    assert_eq!(places, [(digest.clone(), "/a~1b"), (digest, "")]);
}

#[test]
fn what_is_no_finding_leaves_its_rule_undecided() {
    for (element, data) in [
        ("1", &["`msg`"][..]),
        ("true", &["`msg`"]),
        ("null", &["`msg`"]),
        ("[\"x\"]", &["`msg`"]),
        ("\"\"", &[]),
        ("{\"message\": \"x\"}", &["`msg`", "`message`"]),
        ("{}", &["`msg`"]),
        ("{\"msg\": 1}", &["`msg`: "]),
        ("{\"msg\": \"x\", \"severity\": \"high\"}", &["`severity`: ", "critical", "\"high\""]),
        ("{\"msg\": \"x\", \"severity\": 1}", &["`severity`: "]),
        ("{\"msg\": \"x\", \"basis\": \"maybe\"}", &["`basis`: ", "\"present\"", "\"absent\"", "\"maybe\""]),
        ("{\"msg\": \"x\", \"evidence\": \"sha256:abc\"}", &["`evidence`: ", "64"]),
        ("{\"msg\": \"x\", \"pointer\": \"/a\"}", &["`pointer`", "`evidence`"]),
        (
            "{\"msg\": \"x\", \"evidence\": concat(\"\", [\"sha256:\", sprintf(\"%064d\", [0])]), \"pointer\": \"a\"}",
            &["`pointer`"],
        ),
        ("{\"msg\": \"x\", \"also\": {}}", &["`also`: "]),
        ("{\"msg\": \"x\", \"also\": [{\"pointer\": \"/a\"}]}", &["`also`: ", "`pointer`", "`evidence`"]),
        ("{\"msg\": \"x\", \"also\": [{}]}", &["`also`: ", "`evidence`"]),
        ("{\"msg\": \"x\", \"kind\": 1}", &["`kind`: "]),
        ("{\"msg\": \"x\", \"remedy\": []}", &["`remedy`: "]),
    ] {
        for set in ["deny", "warn", "violation", "undecided"] {
            // A head that is written out is seen when it is loaded; this one is not.
            let text = format!("package main\n{set} contains found if found := {element}\n{set}_x contains \"x\"");
            let evaluation = run(&text, &json!({}));
            assert_eq!(messages(&evaluation), ["x"], "{element}");
            let error = &evaluation.errors[0];
            assert_eq!(
                (error.rule.to_string(), error.at.to_string()),
                (format!("main.{set}"), "p.rego:2:1".to_owned())
            );
            contains(&error.message, data);
            assert_eq!(evaluation.errors.len(), 1);
        }
    }
}

#[test]
fn a_head_that_can_never_be_a_finding_is_a_defect() {
    for (element, found) in
        [("1", "1"), ("true", "true"), ("[\"x\"]", ""), ("{1}", ""), ("{\"message\": \"x\"}", "`message`")]
    {
        let error = defect(&format!("package main\nwarn contains \"x\"\ndeny_x contains {element} if input.x"));
        told(&error, "Element", &["p.rego:3:", "deny_x: ", "`msg`", found]);
    }
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
    let evaluation = policies.evaluate(json!({}), now()).unwrap();
    let seen: Vec<_> =
        evaluation.findings.iter().map(|finding| format!("{} {}", finding.rule, finding.message)).collect();
    assert_eq!(seen, ["main.deny a", "main.deny d", "odd.if.warn e", "odd[\"name-x\"].warn c", "team.images.deny_x b"]);
    assert!(evaluation.errors.is_empty());
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
deny_number contains "x" if to_number(input.created) > 5
deny_some contains "x" if { some y in input.zero; y } # nothing to run over is nothing found, as in OPA
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
        "main.deny_number p.rego:10",
    ] {
        assert!(errors.iter().any(|error| error.starts_with(expected)), "{expected} {errors:#?}");
    }
    let evaluated: Vec<String> = evaluation.evaluated.iter().map(ToString::to_string).collect();
    assert_eq!(evaluated, ["main.deny_other", "main.deny_some"]);
}

#[test]
fn time_is_bounded_for_all_rules_together() {
    let limits = Limits { policy_time: std::time::Duration::from_millis(200), ..Limits::default() };
    let text = "package main\ndeny_a contains \"a\"\ndeny_b contains \"x\" if { some i in numbers.range(1, 100000); some j in numbers.range(1, 100000); i * j == 0 }\ndeny_c contains \"c\"";
    let evaluation = Policies::load(of(&[user("p.rego", text)]), &limits).unwrap().evaluate(json!({}), now()).unwrap();
    let errors: Vec<_> = evaluation.errors.iter().map(|error| error.rule.to_string()).collect();
    assert_eq!(errors, ["main.deny_b", "main.deny_c"]);
    evaluation.errors.iter().for_each(|error| contains(&error.message, &["0.2 s"]));
    // The one was stopped, the other never began.
    assert_ne!(evaluation.errors[0].message, evaluation.errors[1].message);
    assert_eq!(messages(&evaluation), ["a"]);
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
    let first = policies.evaluate(input.clone(), now()).unwrap();
    assert_eq!(first.findings.len(), 4);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(policies.evaluate(input.clone(), now()).unwrap(), first));
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
    assert_eq!(policies.evaluate(json!({"n": u64::MAX}), now()).unwrap().findings.len(), 1);
}
