//! Each guard has a test here that asserts which one it was, and where.

mod data;
mod entries;
mod findings;
mod language;
mod loading;
mod reading;

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::*;
use crate::limits::Limits;
use crate::oci::Notation;
use crate::rego::RegoVersion;

fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_700_000_000).unwrap()
}

fn user(path: &str, text: &str) -> PolicyFile {
    PolicyFile { path: path.to_owned(), text: text.to_owned(), origin: Origin::User, root: Some(path.to_owned()) }
}

fn core(rule: &str, text: &str) -> PolicyFile {
    PolicyFile {
        path: format!("policies/core/{rule}.rego"),
        text: text.to_owned(),
        origin: Origin::Bundled,
        root: None,
    }
}

fn file(path: &str, text: &str, origin: Origin) -> DataFile {
    DataFile { path: path.to_owned(), text: text.to_owned(), format: Notation::of(path), origin }
}

fn of(modules: &[PolicyFile]) -> PolicySources {
    PolicySources { modules: modules.to_vec(), ..PolicySources::default() }
}

fn load(modules: &[PolicyFile]) -> Result<Policies, PolicyDefect> {
    // A busy machine must not decide a test: the limit of time has a test of its own.
    let limits = Limits { policy_time: std::time::Duration::from_secs(600), ..Limits::default() };
    Policies::load(of(modules), &limits)
}

/// The error of loading one user's module.
fn defect(text: &str) -> PolicyDefect {
    load(&[user("p.rego", text)]).expect_err("a defect")
}

fn run(text: &str, input: &Value) -> Evaluation {
    load(&[user("p.rego", text)]).unwrap().evaluate(input.clone(), now()).unwrap()
}

fn messages(evaluation: &Evaluation) -> Vec<&str> {
    evaluation.findings.iter().map(|finding| finding.message.as_str()).collect()
}

/// Asserts what is wrong: the variant, of Rego that of one of its defects, and places and data that it has to name.
#[track_caller]
fn told(error: &PolicyDefect, variant: &str, data: &[&str]) {
    let name = |debug: String| debug.split([' ', '(']).next().unwrap_or_default().to_owned();
    let all: Vec<(String, String)> = match error {
        PolicyDefect::Rego(RegoDefects { defects, excerpts }) => {
            let lines = defects.iter().zip(excerpts);
            lines.map(|(one, line)| (name(format!("{one:?}")), format!("{}: {one}\n  {line}", one.at()))).collect()
        }
        other => vec![(name(format!("{other:?}")), other.to_string())],
    };
    let is_it = |(found, text): &(String, String)| found == variant && data.iter().all(|datum| text.contains(datum));
    assert!(all.iter().any(is_it), "expected {variant} {data:?} in {all:#?}");
}

fn contains(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "expected {part:?} in {text:?}");
    }
}

fn with_data(modules: &[PolicyFile], data: &[DataFile]) -> Result<Policies, PolicyDefect> {
    Policies::load(PolicySources { data: data.to_vec(), ..of(modules) }, &Limits::default())
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
package ocigate.core.signature

deny contains "no signature" if not input.signed

warn contains {"msg": "old", "basis": "present"} if input.old

undecided contains "cannot tell" if input.unknown
"#;
