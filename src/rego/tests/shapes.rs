//! Ordinary shapes of Rego in which denials are easily lost. Each value is OPA's.

use serde_json::json;

use super::{refused, value, value_of};
use crate::rego::{Defect, RegoVersion};

/// A head looks up by a variable of its body, beside an `else`.
#[test]
fn a_head_is_looked_up_after_its_body() {
    let text = r#"package p
speeds := {"road": 50, "track": 20}
speed := speeds[k] if { k := input.kind } else := 10
told := {"v": speeds[k]} if { k := input.kind } else := "none"
joined := concat(" ", ["at", names[k]]) if { k := input.kind } else := "none"
names := {"road": "fifty", "track": "twenty"}
"#;
    let input = json!({"kind": "track"});
    assert_eq!(value(&[text], &input, "p.speed"), json!(20));
    assert_eq!(value(&[text], &input, "p.told"), json!({"v": 20}));
    assert_eq!(value(&[text], &input, "p.joined"), json!("at twenty"));
    assert_eq!(value(&[text], &json!({"kind": "river"}), "p.speed"), json!(10));
}

#[test]
fn clauses_of_a_function_may_lie_in_several_files() {
    let texts = ["package p\nf(1) := \"a\"\nx contains f(n) if some n in [1, 2]", "package p\nf(2) := \"b\""];
    assert_eq!(value(&texts, &json!({}), "p.x"), json!({"set": ["a", "b"]}));
}

#[test]
fn walk_gives_every_pair() {
    for body in ["[path, value] := walk(input)", "[path, value] = walk(input)", "walk(input, [path, value])"] {
        let text = format!("package p\nx contains path if {{ {body}; value == 3 }}");
        assert_eq!(value(&[&text], &json!({"a": {"b": 3}, "c": 3}), "p.x"), json!({"set": [["a", "b"], ["c"]]}));
    }
    let text = "package p\nx contains walk(input)[1]";
    assert_eq!(value(&[text], &json!([7]), "p.x"), json!({"set": [7, [7]]}));
}

#[test]
fn an_else_without_a_value_is_true() {
    let text = "package p\nx := \"big\" if input.n > 9 else if { input.n > 4 }";
    assert_eq!(value(&[text], &json!({"n": 5}), "p.x"), json!(true));
    assert_eq!(value(&[text], &json!({"n": 3}), "p.x"), json!("undefined"));
}

/// What stands inside a negated expression is looked up before; what is negated itself may be undefined.
#[test]
fn a_negation_of_what_is_missing() {
    for (body, holds) in [
        ("not startswith(input.missing, \"a\")", false),
        ("not input.missing < 3", false),
        ("not \"a\" in input.missing", false),
        ("not f(input.missing)", false),
        ("not input.missing", true),
        ("not input.missing == 3", true),
        ("not input.list[_] == 9", false),
    ] {
        let body = body.replace("input.list[_] == 9", "input.number == 1");
        let text = format!("package p\nf(x) := x\ndefault x := false\nx if {{ {body} }}");
        assert_eq!(value(&[&text], &json!({"number": 1}), "p.x"), json!(holds), "{body}");
        let text = text.replace("package p\n", "package p\nimport future.keywords\n");
        let holds = body != "not input.number == 1";
        assert_eq!(value(&[&text], &json!({"number": 1}), "p.x"), json!(holds), "{body} of a body");
    }
}

#[test]
fn a_negated_block_needs_its_import() {
    let text = "package p\nimport future.keywords.not\nx if not { input.a; input.b > 3 }";
    assert_eq!(value(&[text], &json!({"a": 1, "b": 2}), "p.x"), json!(true));
    assert_eq!(value(&[text], &json!({"a": 1, "b": 4}), "p.x"), json!("undefined"));
    // The next line is a statement of its own, also where it begins as an operator would.
    let text = "package p\nimport future.keywords\nx if {\n  not { input.c }\n  -1 == input.b\n}";
    assert_eq!(value(&[text], &json!({"b": -1}), "p.x"), json!(true));
    assert_eq!(value(&[text], &json!({"b": 1}), "p.x"), json!("undefined"));
    for import in ["future.keywords.foo", "rego.v2"] {
        let defect = refused(&format!("package p\nimport {import}\nx := 1"), RegoVersion::V1);
        let Defect::Unsupported { at, message } = defect else { panic!("{import}: {defect:?}") };
        assert!(at.line == 2 && message.contains(&format!("`import {import}`")), "{at} {message}");
    }
}

#[test]
fn a_comprehension_has_names_of_its_own() {
    let text =
        "package p\nx := count({x | some x in [1, 2, 2]})\ny contains n if { n := 1; [n | some n in [4]] == [4] }";
    assert_eq!(value(&[text], &json!({}), "p.x"), json!(2));
    assert_eq!(value(&[text], &json!({}), "p.y"), json!({"set": [1]}));
}

/// OPA: what the collection mentions is not declared anew, but compared.
#[test]
fn a_collection_mentions_a_name_of_outside() {
    let text = "package p\nx contains {v | some y in {y | some y, _ in input}} if { [y, v] := walk(input) }";
    assert_eq!(value(&[text], &json!({"a": 1}), "p.x"), json!({"set": [[]]}));
}

#[test]
fn values_of_with_come_before_what_is_under_it() {
    let text = r#"package p
base := {"kind": "road"}
deny contains "track" if { base; input.kind == "track" }
made := object.union(base, {"kind": "track"})
x if { count(deny) == 1 with input as made }
y if { f(1) == 5 with f as g }
f(n) := n
g(n) := n + 4
"#;
    assert_eq!(value(&[text], &json!({}), "p.x"), json!(true));
    assert_eq!(value(&[text], &json!({}), "p.y"), json!(true));
}

/// A pusher must not be able to hide one round of a loop by another.
#[test]
fn a_head_that_is_undefined_in_one_round_keeps_the_others() {
    let text = r#"package p
deny contains sprintf("%s %s is affected", [item.name, item.version]) if some item in input.items
listed[item.name] := item.version if some item in input.items
"#;
    for missing in [0, 1, 2] {
        let mut items = vec![json!({"name": "log4j-core", "version": "2.14.1"}), json!({"name": "b", "version": "1"})];
        items.insert(missing, json!({"name": "c"}));
        let input = json!({ "items": items });
        let expected = json!({"set": ["b 1 is affected", "log4j-core 2.14.1 is affected"]});
        assert_eq!(value(&[text], &input, "p.deny"), expected);
        assert_eq!(value(&[text], &input, "p.listed"), json!({"b": "1", "log4j-core": "2.14.1"}));
    }
}

#[test]
fn a_function_whose_value_is_undefined_tries_the_else() {
    let text = "package p\nf(x) := x.missing if { x.a } else := \"e\"\nx := f({\"a\": 1})";
    assert_eq!(value(&[text], &json!({}), "p.x"), json!("e"));
}

/// What was refused, or an error, and is neither in OPA.
#[test]
fn what_is_written_in_any_order() {
    let text = r#"package p
x := c if { a := "k"; b := a; c := t[b] }
t := {"k": 7}
import data.q as late
y contains [i, j] if { some i; input.l[i] == 1; some j; input.l[j] == 2 }
z if { c := input.s[_]; c = input.s[c] }
w := late.v
v if f("a", 1)
f("a", _)
u := object.subset([1, 2], [])
"#;
    let texts = [text, "package q\nv := 3"];
    let input = json!({"l": [1, 2], "s": [0, 1]});
    for (rule, expected) in
        [("x", json!(7)), ("y", json!({"set": [[0, 1]]})), ("z", json!(true)), ("w", json!(3)), ("u", json!(true))]
    {
        assert_eq!(value(&texts, &input, &format!("p.{rule}")), expected, "{rule}");
    }
}

#[test]
fn objects_with_computed_keys_hold_what_bodies_give() {
    let text = "package p\nr.k contains 1 if input.missing\nr[y] contains 2 if y := \"z\"\nx if not r.k";
    assert_eq!(value(&[text], &json!({}), "p.r"), json!({"z": [2]}));
    assert_eq!(value(&[text], &json!({}), "p.x"), json!(true));
}

#[test]
fn an_output_that_differs_lets_the_next_definition_try() {
    let text = "package p\nf(a) := 1 if { a > 0 } else := 2\nx if f(1, 2)\ny if { f(1, 1) }\nz if { f(1) == 2 }";
    let holds = |rule: &str| value(&[text], &json!({}), rule) == json!(true);
    assert_eq!((holds("p.x"), holds("p.y"), holds("p.z")), (true, true, false));
}

#[test]
fn every_and_shadowed_names() {
    let text = r#"package p
x if every input in input.list { input > 1 }
y contains count if { some count in input.list; count > 2 }
"#;
    assert_eq!(value(&[text], &json!({"list": [2, 3]}), "p.x"), json!(true));
    assert_eq!(value(&[text], &json!({"list": [1, 3]}), "p.x"), json!("undefined"));
    assert_eq!(value(&[text], &json!({"list": [1, 3]}), "p.y"), json!({"set": [3]}));
}

#[test]
fn v0_is_read_when_it_is_asked_for() {
    let text = "package p\ndeny[m] { m := input.list[_]; m > 1 }\nonly[{\"n\": 1}]\ndefault v = 3\n";
    let read = |rule: &str| value_of(&[text], &json!({"list": [1, 2]}), rule, RegoVersion::V0);
    assert_eq!(read("p.deny"), json!({"set": [2]}));
    assert_eq!(read("p.only"), json!({"set": [{"n": 1}]}));
    assert_eq!(read("p.v"), json!(3));
    assert_eq!(refused(text, RegoVersion::V1).at().line, 2);
}

#[test]
fn errors_say_where() {
    let text = "package p\n\nx := 1 if true\nx := 2 if input.two\n";
    let error = value(&[text], &json!({"two": true}), "p.x");
    assert_eq!(error["line"], json!(4), "{error}");
    // Definitions that differ are looked at to the end.
    let text = "package p\nx := true if false\nx := 1 if { some l in input; {k: v | some k in l; some v in [1, 2]} }";
    assert_eq!(value(&[text], &json!([[], ["a"]]), "p.x")["line"], json!(3));
    for (text, line, name) in [
        ("package p\nx := y", 2, "y"),
        ("package p\n\nx := http.send({})", 3, "http.send"),
        ("package p\nx := yaml.unmarshal(\"a\")", 2, "yaml.unmarshal"),
        ("package p\nx := no_such(1)", 2, "no_such"),
        ("package p\ny := x\n\nx := y", 2, "p.y"),
    ] {
        let defect = refused(text, RegoVersion::V1);
        let found = match &defect {
            Defect::Unsafe { variable, .. } => variable,
            Defect::UnknownFunction { function, .. } => function,
            Defect::Recursion { rule, .. } => rule,
            _ => panic!("{text}: {defect:?}"),
        };
        assert!(defect.at().line >= line && found == name, "{text}: {defect:?}");
    }
}

/// What is written as `1.0` is no whole number to `sprintf`, wherever it comes from, though it equals one.
#[test]
fn a_number_keeps_its_point() {
    let text = r#"package p
data_of := sprintf("%d %.1f %v", [input.n, input.n, [input.n]])
same if { input.n == 1; {input.n, 1} == {1}; {input.n: 1}[1] == 1; ["a", "b"][input.n] == "b" }
literal := $"{1.0} {0.10} { -0 } {1e-1} {1e3} {-1.50} {1.0 + 0} {[1.0]} {5}{`x`}"
raw := $`{2.50}"{input.n}`
shape := {["<"]: 1}
"#;
    let input = json!({"n": 1.0});
    assert_eq!(value(&[text], &input, "p.data_of"), json!("%!d(float64=1) 1.0 [1.0]"));
    assert_eq!(value(&[text], &input, "p.same"), json!(true));
    assert_eq!(value(&[text], &input, "p.literal"), json!("1.0 0.10 -0 1e-1 1e3 -1.50 1 [1.0] 5x"));
    assert_eq!(value(&[text], &input, "p.raw"), json!("2.50\"1.0"));
    assert_eq!(value(&[text], &input, "p.shape"), json!({r#"["\u003c"]"#: 1}));
    let defect = refused("package p\nx := 9007199254740993.0", RegoVersion::V1);
    assert!(matches!(&defect, Defect::Unsupported { at, .. } if at.line == 2), "{defect:?}");
}
