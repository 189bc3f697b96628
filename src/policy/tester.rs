//! Runs policies' own tests, by OPA's convention: a rule `test_…` that is defined and true has passed,
//! `todo_test_…` is skipped.

use std::collections::BTreeSet;
use std::time::Instant;

use serde_json::Value;
use time::OffsetDateTime;

use super::defect::PolicyDefect;
use super::load::{compile, engine, give_data, parse};
use super::{PolicySources, Source};
use crate::limits::Limits;
use crate::rego::{BuiltinErrors, Input, Location, Module, RuleKind, RuleValue, dotted, on_big_stack};

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
    tests: &[Source],
    limits: &Limits,
    now: OffsetDateTime,
) -> Result<Vec<TestOutcome>, PolicyDefect> {
    on_big_stack(|| test_here(sources, tests, limits, now)).map_err(engine)?
}

fn test_here(
    sources: &PolicySources,
    tests: &[Source],
    limits: &Limits,
    now: OffsetDateTime,
) -> Result<Vec<TestOutcome>, PolicyDefect> {
    let all: Vec<&Source> = sources.modules.iter().chain(tests).collect();
    let modules = parse(&all, sources.version, limits)?;
    let mut policy = compile(&modules, &all)?;
    give_data(&mut policy, &modules, &sources.data, limits)?;
    // A builtin's error is "undefined" here, as in OPA.
    let mut session = policy.session(&Input::undefined(), now, BuiltinErrors::Undefined).map_err(engine)?;
    let mut outcomes = Vec::new();
    for (path, at) in find(&modules)? {
        let (Some(name), package) = (path.last().cloned(), path.get(..path.len() - 1).unwrap_or_default()) else {
            continue;
        };
        let started = Instant::now();
        let status = if name.starts_with("todo_") {
            TestStatus::Skipped
        } else {
            match session.rule(&path, limits.policy_time) {
                Ok(RuleValue::Other(Value::Bool(true))) => TestStatus::Passed,
                Ok(_) => TestStatus::Failed,
                Err(failure) if failure.timed_out => {
                    TestStatus::Errored(format!("stopped after {} s", started.elapsed().as_secs()))
                }
                Err(failure) => TestStatus::Errored(match failure.at {
                    Some(at) => format!("{at}: {}", failure.message),
                    None => failure.message,
                }),
            }
        };
        outcomes.push(TestOutcome { package: dotted(package), name, at, status, prints: session.prints() });
    }
    Ok(outcomes)
}

/// The tests' paths below `data`, sorted, each once.
fn find(modules: &[Module]) -> Result<BTreeSet<(Vec<String>, Location)>, PolicyDefect> {
    let mut tests: BTreeSet<(Vec<String>, Location)> = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for module in modules {
        for rule in
            module.rules.iter().filter(|rule| rule.name().starts_with("test_") || rule.name().starts_with("todo_test_"))
        {
            if !matches!(rule.kind, RuleKind::Complete | RuleKind::Default) {
                return Err(PolicyDefect::Test {
                    at: module.location(rule.at),
                    rule: dotted(&rule.written_head()),
                    found: rule.kind.name(),
                });
            }
            let path = [module.package.as_slice(), rule.written_head().as_slice()].concat();
            if seen.insert(path.clone()) {
                tests.insert((path, module.location(rule.at)));
            }
        }
    }
    if tests.is_empty() {
        let hint = "expected rules `test_…`, as in `test_denies_unsigned if { … }`".to_owned();
        return Err(PolicyDefect::Nothing { path: "the given files".to_owned(), expected: "test", hint });
    }
    Ok(tests)
}
