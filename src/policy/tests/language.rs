//! Where the language needs help: builtins, METADATA, imports, `with`, calls, recursion.

use super::*;
use crate::finding::Severity;

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
    let evaluation = policies.evaluate(json!({}), now()).unwrap();
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
    let others = others.map(|(path, text)| PolicyFile { root: Some("p.rego".to_owned()), ..user(path, text) });
    let evaluation = load(&[&[main], others.as_slice()].concat()).unwrap().evaluate(json!({}), now()).unwrap();
    assert_eq!((messages(&evaluation), &evaluation.errors), (vec!["a", "b", "f", "local", "mock"], &vec![]));
}

#[test]
fn bad_metadata_is_a_defect() {
    let with = |block: &str| defect(&format!("package main\n{block}deny contains \"x\"\n"));
    told(&with("# METADATA\n# title: [\n"), "Metadata", &["p.rego:2:1: ", "YAML"]);
    told(&with("# METADATA\n# just text\n"), "Metadata", &["p.rego:2:1: ", "`title:`"]);
    told(&with("# METADATA\n# title: 1\n"), "Metadata", &["title: ", "1"]);
    told(&with("# METADATA\n# scope: all\n"), "Metadata", &["document", "subpackages"]);
    told(&with("# METADATA\n# custom: {severity: high}\n"), "Metadata", &["custom.severity: ", "critical", "\"high\""]);
    told(&defect("package main\ndeny contains \"x\"\n# METADATA\n# title: x\n"), "Metadata", &["p.rego:3:1: "]);
    let raw = run("package main\ndeny contains `\n# METADATA\n# title: [\n`", &json!({}));
    assert_eq!(raw.findings.len(), 1);
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
"#;
    let evaluation = run(text, &json!({"huge": "1e1000000000"}));
    let rows = [
        ("deny_range", 2, "1000000"),
        ("deny_shift", 3, "4096"),
        ("deny_number", 4, "to_number"),
        ("deny_json", 5, "json.unmarshal"),
        ("deny_network", 6, "65536"),
        ("deny_zone", 7, "Local"),
    ];
    assert_eq!(evaluation.errors.len(), rows.len(), "{:#?}", evaluation.errors);
    for (rule, line, datum) in rows {
        let error = evaluation.errors.iter().find(|error| error.rule.rule == rule).unwrap();
        assert_eq!(error.at.line, line, "{error:?}");
        contains(&error.message, &[datum]);
    }
    for call in ["rand.intn(\"x\", 5)", "uuid.rfc4122(\"x\")", "opa.runtime()"] {
        let name = call.split('(').next().unwrap();
        let error = defect(&format!("package main\ndeny contains \"x\" if {call} == 1"));
        told(&error, "UnknownFunction", &["p.rego:2:", &format!("`{name}`")]);
    }
}

// A44: `with` must not smuggle in a builtin, nor skip a statement in silence.
#[test]
fn with_has_an_effect_or_is_refused() {
    told(
        &defect("package main\ndeny contains \"x\" if time.now_ns() > 1 with time.now_ns as http.send"),
        "With",
        &["p.rego:2:", "`http.send`"],
    );
    told(
        &defect("package main\nf(x, y) := x\ndeny contains \"x\" if f([1], 2) == 1 with f as count"),
        "With",
        &["p.rego:3:", "`count`", "1", "2"],
    );
    told(
        &defect("package main\ndeny contains \"x\" if true with nothing.there as 1"),
        "With",
        &["p.rego:2:", "`nothing.there`"],
    );
    let counted = run("package main\nf(x) := x\ndeny contains \"x\" if f([1]) == 1 with f as count", &json!({}));
    assert_eq!(messages(&counted), ["x"]);
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
    told(&with("nope(1)"), "UnknownFunction", &["p.rego:8:", "`nope`"]);
    told(
        &with("io.jwt.encode_sign(\"a\", \"b\", 1)"),
        "UnknownFunction",
        &["p.rego:8:", "`io.jwt.encode_sign`", "OPA"],
    );
    told(&with("http.send({})"), "UnknownFunction", &["`http.send`"]);
    told(&with("gone.f(1)"), "UnknownFunction", &["`data.gone.f`"]);
    told(&with("data.other.f(1)"), "UnknownFunction", &["`data.other.f`"]);
    told(&with("r(1)"), "UnknownFunction", &["`r`"]);
    told(&with("f(1, 2, 3)"), "Arguments", &["`f`", "1", "3"]);
    told(&with("startswith(\"a\")"), "Arguments", &["`startswith`", "2", "1"]);
    told(&with("x := [y | y := nope(1)]"), "UnknownFunction", &["`nope`"]);
    // A package below is not visible by its last segment.
    let below = PolicyFile { root: Some("p.rego".to_owned()), ..user("j.rego", "package main.json\nf(x) := x") };
    let main = user("p.rego", "package main\ndeny contains \"x\" if json.is_valid(\"1\")");
    assert_eq!(messages(&load(&[main, below]).unwrap().evaluate(json!({}), now()).unwrap()), ["x"]);
    let helpers =
        PolicyFile { root: Some("p.rego".to_owned()), ..user("h.rego", "package helpers\nf(x) := x\ng.h(x) := x") };
    let main = user(
        "p.rego",
        "package main\nimport data.helpers as h\ndeny contains h.f(\"a\")\ndeny contains data.helpers.g.h(\"b\")\ndeny contains f(\"c\")\nf(x) := x",
    );
    assert_eq!(messages(&load(&[main, helpers]).unwrap().evaluate(json!({}), now()).unwrap()), ["a", "b", "c"]);
}

#[test]
fn recursion_is_refused() {
    let with = |rules: &str| defect(&format!("package main\n{rules}\ndeny contains \"x\" if f(1)\n"));
    told(&with("f(x) := f(x + 1)"), "Recursion", &["p.rego:2:1", "`main.f` → `main.f`"]);
    told(&with("f(x) := g(x)\ng(x) := data.main.f(x)"), "Recursion", &["`main.f` → `main.g` → `main.f`"]);
    told(&with("f(x) := a\na := b\nb := f(1)"), "Recursion", &["`main.a`", "`main.b`", "`main.f`"]);
    told(&with("f(x) := x\nh(x) := y if y := f(x) with f as h"), "Recursion", &["`main.h` → `main.h`"]);
    told(&with("f(x) := data[x]"), "Recursion", &["`main.f`"]);
    // A local variable is not the rule of its name.
    let fine = "package main\nmsg := f(\"a\")\nf(x) := y if { msg := x; y := msg }\ndeny contains msg";
    assert_eq!(messages(&run(fine, &json!({}))), ["a"]);
}

#[test]
fn a_chain_of_calls_ends_before_the_stack_does() {
    let chain = |length: usize| -> String {
        let step = |step| format!("f{step}(x) := [y | some k in [1]; y := f{}(x) + [z | z := k][0]][0]\n", step + 1);
        let calls: String = (0..length).map(step).collect();
        format!("package main\n{calls}f{length}(x) := x\ndeny contains sprintf(\"%v\", [f0(1)])")
    };
    let evaluation = run(&chain(490), &json!({}));
    assert_eq!((messages(&evaluation), evaluation.errors.len()), (vec!["491"], 0), "{:#?}", evaluation.errors);
    let evaluation = run(&chain(20_000), &json!({}));
    assert_eq!(messages(&evaluation), Vec::<&str>::new());
    assert_eq!((evaluation.errors.len(), evaluation.errors[0].at.path.as_str()), (1, "p.rego"));
    let sum = format!("package main\ndeny contains sprintf(\"%v\", [1{}])", " + 1".repeat(390));
    assert_eq!(messages(&run(&sum, &json!({}))), ["391"]);
}

#[test]
fn parse_errors_show_the_place() {
    told(&defect("package main\n\ndeny contains \"x\" if {\n  input.x ==\n}\n"), "Parse", &["p.rego:5:1", "\n  }"]);
    told(&defect("deny contains \"x\""), "Parse", &["p.rego:1:"]);
    let deep = |open: &str, close: &str| {
        format!("package main\ndeny contains \"x\" if {}1{}", open.repeat(30), close.repeat(30))
    };
    told(&defect(&deep("(", ")")), "TooNested", &["p.rego:2:", "24"]);
    told(&defect(&deep("[", "]")), "TooCostly", &["p.rego:2:"]);
    let long = format!("package main\n# {}\ndeny contains \"{}\"", "c".repeat(5000), "x".repeat(5000));
    assert_eq!(run(&long, &json!({})).findings.len(), 1);
    let lines = format!("package main\n{}deny contains \"x\"", "\n".repeat(30_000));
    assert_eq!(run(&lines, &json!({})).findings.len(), 1);
}

#[test]
fn an_unbound_variable_is_a_defect() {
    told(&defect("package main\ndeny contains message if input.bad"), "Unsafe", &["p.rego:2:15", "`message`"]);
    told(&defect("package main\nf(x) := y\ndeny contains f(\"x\")"), "Unsafe", &["p.rego:2:9", "`y`"]);
    told(&defect("package main\nwarn contains \"x\" if y == 1"), "Unsafe", &["p.rego:2:22", "`y`"]);
    let fine = "package main\nr := \"r\"\ndeny contains r\nwarn contains x if x = \"x\"\nwarn contains y if some y in [\"y\"]\nwarn contains k if [\"k\"][_] = k";
    assert_eq!(messages(&run(fine, &json!({}))), ["r", "k", "x", "y"]);
}
