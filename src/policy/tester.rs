//! Runs policies' own tests, by OPA's convention: a rule `test_…` that is defined and true has passed,
//! `todo_test_…` is skipped. Of rules with one name each is a test (`test_x`, `test_x#01`), and a partial object
//! (`test_x[name] if { … }`) is one test for each of its cases.

use std::time::Instant;

use serde_json::Value;
use time::OffsetDateTime;

use super::defect::{PolicyDefect, engine};
use super::load::give_data;
use super::modules::{compile, parse};
use super::{PolicyFile, PolicySources};
use crate::limits::Limits;
use crate::rego::{
    BuiltinErrors, Failure, Input, Location, Module, RuleKind, RuleValue, Session, TestRule, dotted, on_big_stack,
    separate_tests,
};

/// How one test went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestOutcome {
    /// The package of the test.
    pub package: String,
    /// The rule's name.
    pub name: String,
    /// Where it is defined.
    pub at: Location,
    /// How it went.
    pub status: TestStatus,
    /// What it printed: "file:line: text".
    pub prints: Vec<String>,
}

/// How one test went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TestStatus {
    /// Defined and true.
    Passed,
    /// Undefined, or not true.
    Failed,
    /// It could not be evaluated, for this reason.
    Errored(String),
    /// A `todo_test_…`.
    Skipped,
}

/// Runs all tests, sorted by package and name. Unlike a verdict it needs no entry rules, so that a library
/// can be tested by itself.
pub fn test(
    sources: &PolicySources,
    tests: &[PolicyFile],
    limits: &Limits,
    now: OffsetDateTime,
) -> Result<Vec<TestOutcome>, PolicyDefect> {
    on_big_stack(|| test_here(sources, tests, limits, now)).map_err(engine)?
}

fn test_here(
    sources: &PolicySources,
    tests: &[PolicyFile],
    limits: &Limits,
    now: OffsetDateTime,
) -> Result<Vec<TestOutcome>, PolicyDefect> {
    let all: Vec<&PolicyFile> = sources.modules.iter().chain(tests).collect();
    let mut modules = parse(&all, sources.version, limits)?;
    let tests = find(&mut modules)?;
    let mut policy = compile(&modules, &all)?;
    give_data(&mut policy, &modules, &sources.data, limits)?;
    // A builtin's error is "undefined" here, as in OPA.
    let mut session = policy.session(&Input::undefined(), now, BuiltinErrors::Undefined).map_err(engine)?;
    let mut outcomes = Vec::new();
    for test in tests {
        let package = dotted(test.path.get(..test.path.len().saturating_sub(1)).unwrap_or_default());
        let mut prints = Vec::new();
        for (name, status) in run(&mut session, &test, limits) {
            prints.extend(session.prints());
            let prints = std::mem::take(&mut prints);
            outcomes.push(TestOutcome { package: package.clone(), name, at: test.at.clone(), status, prints });
        }
    }
    Ok(outcomes)
}

/// How a test went, or each of its cases.
fn run(session: &mut Session<'_>, test: &TestRule, limits: &Limits) -> Vec<(String, TestStatus)> {
    let whole = |status: TestStatus| vec![(test.name.clone(), status)];
    if test.name.starts_with("todo_") {
        return whole(TestStatus::Skipped);
    }
    let started = Instant::now();
    let errored = |failure: Failure| {
        TestStatus::Errored(match failure {
            Failure { timed_out: true, .. } => format!("stopped after {} s", started.elapsed().as_secs()),
            Failure { at: Some(at), message, .. } => format!("{at}: {message}"),
            Failure { message, .. } => message,
        })
    };
    let value = match session.rule(&test.path, limits.policy_time) {
        Ok(value) => value,
        Err(failure) => return whole(errored(failure)),
    };
    let Some(cases) = &test.cases else {
        return whole(status(matches!(value, RuleValue::Other(Value::Bool(true)))));
    };
    match (value, session.rule(cases, limits.policy_time)) {
        (_, Err(failure)) => whole(errored(failure)),
        (RuleValue::Other(value), Ok(RuleValue::Set(cases))) if !cases.is_empty() => cases
            .iter()
            .filter_map(Value::as_array)
            .map(|keys| {
                let brackets: String = keys.iter().map(|key| format!("[{key}]")).collect();
                (format!("{}{brackets}", test.name), status(at(&value, keys) == Some(&Value::Bool(true))))
            })
            .collect(),
        // A test that comes to no case tests nothing.
        _ => whole(TestStatus::Failed),
    }
}

fn status(passed: bool) -> TestStatus {
    if passed { TestStatus::Passed } else { TestStatus::Failed }
}

/// The value of a case.
fn at<'a>(value: &'a Value, keys: &[Value]) -> Option<&'a Value> {
    keys.iter().try_fold(value, |value, key| match key {
        Value::String(key) => value.get(key),
        key => value.get(key.to_string()),
    })
}

/// The tests, sorted.
fn find(modules: &mut [Module]) -> Result<Vec<TestRule>, PolicyDefect> {
    let tests = separate_tests(modules, &["test_", "todo_test_"]);
    let is_test = |kind| matches!(kind, RuleKind::Complete | RuleKind::Default | RuleKind::PartialObject);
    if let Some(TestRule { at, name, kind, .. }) = tests.iter().find(|test| !is_test(test.kind)) {
        return Err(PolicyDefect::Test { at: at.clone(), rule: name.clone(), found: kind.name() });
    }
    if tests.is_empty() {
        let hint = "expected rules `test_…`, as in `test_denies_unsigned if { … }`".to_owned();
        return Err(PolicyDefect::Nothing { path: "the given files".to_owned(), expected: "test", hint });
    }
    Ok(tests)
}
