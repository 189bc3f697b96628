//! Evaluates Rego programs that come on standard input, one JSON object a line, and answers each with one:
//! `tests/interop/rego` holds the answers against OPA's.
//!
//! In: `{"modules": {"a.rego": "package a …"}, "data": {…}, "input": …, "rules": ["data.a.deny"], "v0": false,
//! "strict": false}`; without `input` there is none.
//! Out: `{"values": {"data.a.deny": {"set": […]} | {"value": …} | {"undefined": true} | {"error": "…"}}}`, or
//! `{"refused": ["a.rego:3:1: …"]}` where it does not load.

use std::io::{BufRead as _, Write as _};
use std::time::Duration;

use ocigate::rego::{BuiltinErrors, Input, Module, Policy, RegoVersion, RuleValue, on_big_stack};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

const TIME: Duration = Duration::from_secs(20);

fn main() -> std::io::Result<()> {
    let answers = on_big_stack(|| -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        for line in std::io::stdin().lock().lines() {
            let question: Value = serde_json::from_str(&line?)?;
            let answer = answer(&question).unwrap_or_else(|refused| json!({ "refused": refused }));
            writeln!(out, "{answer}")?;
            out.flush()?;
        }
        Ok(())
    });
    answers.map_err(std::io::Error::other)?
}

fn answer(question: &Value) -> Result<Value, Vec<String>> {
    let version = if question["v0"] == true { RegoVersion::V0 } else { RegoVersion::V1 };
    let errors = if question["strict"] == true { BuiltinErrors::Stop } else { BuiltinErrors::Undefined };
    let (mut modules, mut refused) = (Vec::new(), Vec::new());
    for (path, text) in question["modules"].as_object().into_iter().flatten() {
        match Module::read(path, text.as_str().unwrap_or_default(), version) {
            Ok(module) => modules.push(module),
            Err(defect) => refused.push(format!("{}: {defect}", defect.at())),
        }
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    let told = |defect: &ocigate::rego::Defect| format!("{}: {defect}", defect.at());
    let mut policy = Policy::compile(&modules, &[]).map_err(|defects| defects.iter().map(told).collect::<Vec<_>>())?;
    if let Some(data) = question.get("data") {
        policy.set_data(data).map_err(|reason| vec![reason])?;
    }
    let input = match question.get("input") {
        Some(input) => Input::new(input.clone()).map_err(|reason| vec![reason])?,
        None => Input::undefined(),
    };
    let now = OffsetDateTime::UNIX_EPOCH + time::Duration::seconds(1_700_000_000);
    let mut session = policy.session(&input, now, errors).map_err(|reason| vec![reason])?;
    let mut values = Map::new();
    for rule in question["rules"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let path: Vec<String> = rule.split('.').skip(1).map(str::to_owned).collect();
        let value = match session.rule(&path, TIME) {
            Ok(RuleValue::Set(items)) => json!({ "set": items }),
            Ok(RuleValue::Other(value)) => json!({ "value": value }),
            Ok(RuleValue::Undefined) => json!({ "undefined": true }),
            Err(failure) => {
                let at = failure.at.map(|at| format!("{at}: ")).unwrap_or_default();
                json!({ "error": format!("{at}{}", failure.message) })
            }
        };
        values.insert(rule.to_owned(), value);
    }
    Ok(json!({ "values": values }))
}
