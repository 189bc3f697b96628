//! What programs mean, beside what OPA 1.22.2 answers to them.

mod library;
mod page;
mod shapes;

use std::time::Duration;

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{BuiltinErrors, Defect, Input, Module, Policy, RegoVersion, RuleValue};

/// The value of a rule: of a set its elements under `set`, `undefined`, or what the error says with its line.
fn value(texts: &[&str], input: &Value, rule: &str) -> Value {
    value_of(texts, input, rule, RegoVersion::V1)
}

fn value_of(texts: &[&str], input: &Value, rule: &str, version: RegoVersion) -> Value {
    let modules: Vec<Module> = texts
        .iter()
        .enumerate()
        .map(|(number, text)| Module::read(&format!("{number}.rego"), text, version).unwrap())
        .collect();
    let policy = Policy::compile(&modules, &[]).unwrap();
    let input = Input::new(input.clone()).unwrap();
    let mut session = policy.session(&input, OffsetDateTime::UNIX_EPOCH, BuiltinErrors::Undefined).unwrap();
    let path: Vec<String> = rule.split('.').map(str::to_owned).collect();
    match session.rule(&path, Duration::from_secs(20)) {
        Ok(RuleValue::Set(elements)) => json!({ "set": elements }),
        Ok(RuleValue::Other(value)) => value,
        Ok(RuleValue::Undefined) => json!("undefined"),
        Err(failure) => {
            let at = failure.at.unwrap();
            json!({"line": at.line, "column": at.column, "error": failure.message})
        }
    }
}

/// Why a program is refused, and where.
fn refused(text: &str, version: RegoVersion) -> Defect {
    match Module::read("p.rego", text, version) {
        Ok(module) => Policy::compile(&[module], &[]).err().unwrap().remove(0),
        Err(defect) => defect,
    }
}
