//! Evaluates the entry rules over an input document, one by one; helpers that several of them use are evaluated once.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;
use time::OffsetDateTime;

use super::defect::{PolicyDefect, engine};
use super::load::Policies;
use super::rules::{EntrySet, ReasonKind, ReasonSet, RuleInfo};
use super::{data, element};
use crate::finding::{Finding, Ground, RuleId};
use crate::rego::{BuiltinErrors, Failure, Input, Location, RuleValue, on_big_stack, shortened};

/// What the policies say of one input.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// All findings, sorted, each once.
    pub findings: Vec<Finding>,
    /// Rules that could not be evaluated: none of them is a pass.
    pub errors: Vec<RuleError>,
    /// What rules say of why they passed or do not apply.
    pub reasons: BTreeMap<RuleId, RuleReasons>,
    /// Rules that were evaluated to the end, sorted. One without a finding passed.
    pub evaluated: Vec<RuleId>,
    /// What policies printed: "file:line: text".
    pub prints: Vec<String>,
}

/// Why a rule passed, or why it does not apply.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleReasons {
    /// What a pass rests on, sorted.
    pub rests_on: Vec<Ground>,
    /// Why it does not apply; none where it does.
    pub skipped: Vec<String>,
}

/// A rule that could not be evaluated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleError {
    /// The rule.
    pub rule: RuleId,
    /// Where evaluation stopped, or where the rule is defined.
    pub at: Location,
    /// Why.
    pub message: String,
}

impl Policies {
    /// Evaluates all rules that are not switched off. The result depends on nothing but the policies, this
    /// input and this time.
    pub fn evaluate(&self, input: Value, now: OffsetDateTime) -> Result<Evaluation, PolicyDefect> {
        let input = Input::new(input).map_err(engine)?;
        let mut evaluation = on_big_stack(|| self.evaluate_here(&input, now)).map_err(engine)??;
        evaluation.findings.sort();
        evaluation.findings.dedup();
        evaluation.errors.sort();
        evaluation.errors.dedup();
        evaluation.reasons.values_mut().for_each(|reasons| reasons.rests_on.sort());
        evaluation.evaluated.sort();
        evaluation.evaluated.dedup();
        let Evaluation { evaluated, errors, .. } = &mut evaluation;
        evaluated.retain(|id| !errors.iter().any(|error| error.rule == *id));
        Ok(evaluation)
    }

    fn evaluate_here(&self, input: &Input, now: OffsetDateTime) -> Result<Evaluation, PolicyDefect> {
        let mut session = self.policy.session(input, now, BuiltinErrors::Stop).map_err(engine)?;
        let started = Instant::now();
        let mut evaluation = Evaluation::default();
        for set in &self.entry_sets {
            let Some(rule) = self.rules.get(set.rule) else { continue };
            let left = self.limits.policy_time.saturating_sub(started.elapsed());
            match session.rule(&set.path, left) {
                Ok(value) => evaluation.take(rule, set, value),
                Err(failure) => evaluation.errors.push(self.error(rule, &set.at, failure, left)),
            }
            evaluation.evaluated.push(rule.id.clone());
        }
        for set in &self.reason_sets {
            let Some(rule) = self.rules.get(set.rule) else { continue };
            let left = self.limits.policy_time.saturating_sub(started.elapsed());
            match session.rule(&set.path, left) {
                Ok(value) => evaluation.take_reasons(rule, set, value),
                Err(failure) => evaluation.errors.push(self.error(rule, &set.at, failure, left)),
            }
        }
        evaluation.prints = session.prints();
        Ok(evaluation)
    }

    fn error(&self, rule: &RuleInfo, at: &Location, failure: Failure, left: Duration) -> RuleError {
        let limit = self.limits.policy_time.as_secs_f64();
        let message = match failure {
            Failure { timed_out: true, .. } if left.is_zero() => {
                format!("not evaluated: rules before it used up the {limit} s that all policies have together")
            }
            Failure { timed_out: true, .. } => format!("stopped: all policies together have {limit} s"),
            Failure { message, .. } => message,
        };
        RuleError { rule: rule.id.clone(), at: failure.at.unwrap_or_else(|| at.clone()), message }
    }
}

impl Evaluation {
    /// What a rule says of why it passed. What is no reason leaves it undecided, as what is no finding does.
    fn take_reasons(&mut self, rule: &RuleInfo, set: &ReasonSet, value: RuleValue) {
        let RuleValue::Set(elements) = value else {
            let message = "expected a set of reasons".to_owned();
            return self.errors.push(RuleError { rule: rule.id.clone(), at: set.at.clone(), message });
        };
        for element in &elements {
            match (set.kind, element::ground(element)) {
                (ReasonKind::Accept, Ok(ground)) => {
                    self.reasons.entry(rule.id.clone()).or_default().rests_on.push(ground);
                }
                (ReasonKind::Skip, Ok(ground)) => {
                    self.reasons.entry(rule.id.clone()).or_default().skipped.push(ground.message);
                }
                (_, Err(message)) => {
                    self.errors.push(RuleError { rule: rule.id.clone(), at: set.at.clone(), message });
                }
            }
        }
    }

    /// The findings that a rule states. What is none leaves the rule undecided: it meant to say something.
    fn take(&mut self, rule: &RuleInfo, set: &EntrySet, value: RuleValue) {
        let mut defect = |problem: String| {
            self.errors.push(RuleError { rule: rule.id.clone(), at: set.at.clone(), message: problem });
        };
        let elements = match value {
            RuleValue::Set(elements) => elements,
            RuleValue::Other(other) => return defect(format!("expected a set, found {}", data::kind(&other))),
            // A partial set without elements is an empty set.
            RuleValue::Undefined => return defect("the engine gave no value for this set".to_owned()),
        };
        for element in &elements {
            match element::finding(rule, set.effect, element) {
                Ok(finding) => self.findings.push(finding),
                Err(problem) => {
                    defect(format!("{problem}, in the element {}", shortened(&element.to_string(), 200)));
                }
            }
        }
    }
}
