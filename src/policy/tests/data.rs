//! Data files and what they may not do.

use super::*;

#[test]
fn data_cannot_stand_in_for_a_package() {
    let modules = [
        core("signature", SIGNATURE),
        user(
            "p.rego",
            "package team.images\ndeny contains \"x\"\nothers := [data.ocigate.core.other, data.team.list, data.x]",
        ),
    ];
    for (data, path) in [
        (r#"{"ocigate": {"core": {"signature": {"deny": []}}}}"#, "`data.ocigate.core.signature`"),
        (r#"{"ocigate": {"core": {"signature": {}}}}"#, "`data.ocigate.core.signature`"),
        (r#"{"ocigate": {"core": 1}}"#, "`data.ocigate.core`"),
        (r#"{"team": {"images": {"other": 1}}}"#, "`data.team.images`"),
        (r#"{"team": null}"#, "`data.team`"),
    ] {
        let error = with_data(&modules, &[file("d.json", data, Origin::User)]).unwrap_err();
        told(&error, "DataShadowsPackage", &["d.json: ", path]);
    }
    let fine = file("d.json", r#"{"ocigate": {"core": {"other": 1}}, "team": {"list": ["a"]}, "x": 1}"#, Origin::User);
    assert!(with_data(&modules, &[fine]).is_ok());
    let config = [core("signature", SIGNATURE), user("p.rego", "package config\ndeny contains \"x\"")];
    let bundled = file("policies/core/fields.json", r#"{"config": {"fields": []}}"#, Origin::Bundled);
    told(&with_data(&config, &[bundled]).unwrap_err(), "DataShadowsPackage", &["`config`", "p.rego"]);
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
    let evaluation = with_data(&modules, &[yaml.clone(), bundled.clone()]).unwrap().evaluate(json!({}), now()).unwrap();
    assert_eq!(messages(&evaluation), ["c", "n", "no"]);

    let wrong = file("u.json", r#"{"config": {"list": {"c": 1}}}"#, Origin::User);
    let error = with_data(&modules, &[bundled.clone(), wrong]).unwrap_err();
    told(&error, "Data", &["u.json: ", "`data.config.list`"]);

    let other = file("v.json", r#"{"config": {"list": ["d"]}}"#, Origin::User);
    let error = with_data(&modules, &[yaml.clone(), other]).unwrap_err();
    told(&error, "DataConflict", &["v.json: ", "`data.config.list`", "u.yaml"]);
    assert!(with_data(&modules, &[yaml.clone(), yaml]).is_ok());

    let stray = file("policies/core/a.json", r#"{"fields": 1}"#, Origin::Bundled);
    told(&with_data(&modules, &[stray]).unwrap_err(), "Data", &["policies/core/a.json: ", "`config`", "`fields`"]);
}

#[test]
fn data_files_are_strict() {
    let modules = [user("p.rego", "package main\ndeny contains \"x\"")];
    for (path, text, datum) in [
        ("d.json", r#"{"a": 1, "a": 2}"#, "\"a\""),
        ("d.json", "[1]", ""),
        ("d.json", "{", "JSON"),
        ("d.yaml", "a: 1\na: 2\n", "line 2"),
        ("d.yaml", "a: [", "YAML"),
    ] {
        let error = with_data(&modules, &[file(path, text, Origin::User)]).unwrap_err();
        told(&error, "Data", &[&format!("{path}: "), datum]);
    }
}
