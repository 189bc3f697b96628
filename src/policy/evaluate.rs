//! Evaluates the entry rules over an input document: together, and one by one if any of them fails.

use std::time::{Duration, Instant};

use serde_json::Value;
use time::OffsetDateTime;

use super::defect::PolicyDefect;
use super::engine::{Failure, Input, RuleValue, begin, side_by_side};
use super::load::{Part, Policies};
use super::rules::{EntrySet, RuleInfo};
use super::syntax::At;
use super::{data, element};
use crate::finding::{Finding, RuleId};

/// What the policies say of one input.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// All findings, sorted, each once.
    pub findings: Vec<Finding>,
    /// Rules that could not be evaluated: none of them is a pass.
    pub errors: Vec<RuleError>,
    /// Rules that were evaluated to the end, sorted. One without a finding passed.
    pub evaluated: Vec<RuleId>,
    /// What policies printed: "file:line: text".
    pub prints: Vec<String>,
}

/// A rule that could not be evaluated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleError {
    /// The rule.
    pub rule: RuleId,
    /// Where evaluation stopped, or where the rule is defined.
    pub at: At,
    /// Why.
    pub message: String,
}

impl Policies {
    /// Evaluates all rules that are not switched off. The result depends on nothing but the policies, this
    /// input and this time.
    pub fn evaluate(&self, input: Value, now: OffsetDateTime) -> Result<Evaluation, PolicyDefect> {
        let mut evaluation = Evaluation::default();
        let input = &Input::of(input)?;
        for part in side_by_side(&self.parts, |part| self.evaluate_part(part, input, now))? {
            evaluation.findings.extend(part.findings);
            evaluation.errors.extend(part.errors);
            evaluation.evaluated.extend(part.evaluated);
            evaluation.prints.extend(part.prints);
        }
        evaluation.findings.sort();
        evaluation.findings.dedup();
        evaluation.errors.sort();
        evaluation.errors.dedup();
        evaluation.evaluated.sort();
        evaluation.evaluated.dedup();
        let Evaluation { evaluated, errors, .. } = &mut evaluation;
        evaluated.retain(|id| !errors.iter().any(|error| error.rule == *id));
        Ok(evaluation)
    }

    fn evaluate_part(&self, part: &Part, input: &Input, now: OffsetDateTime) -> Result<Evaluation, PolicyDefect> {
        let mut session = part.prepared.session(input, now)?;
        let started = Instant::now();
        let mut evaluation = Evaluation::default();
        // All rules at once, in half of the time; the other half is for telling which rule fails.
        let paths = part.entry_sets.iter().map(|set| set.path.as_slice());
        match session.rules(paths, self.limits.policy_time / 2) {
            Ok(values) => {
                for (set, value) in part.entry_sets.iter().zip(values) {
                    let Some(rule) = self.rules.get(set.rule) else { continue };
                    evaluation.take(rule, set, value)?;
                }
            }
            Err(_) => {
                session.prints();
                for set in &part.entry_sets {
                    let Some(rule) = self.rules.get(set.rule) else { continue };
                    let left = self.limits.policy_time.saturating_sub(started.elapsed());
                    match session.rule(&set.path, left) {
                        Ok(value) => evaluation.take(rule, set, value)?,
                        Err(failure) => evaluation.errors.push(self.error(rule, set, failure, left)),
                    }
                }
            }
        }
        evaluation.prints = session.prints();
        let rules = part.entry_sets.iter().filter_map(|set| self.rules.get(set.rule));
        evaluation.evaluated = rules.map(|rule| rule.id.clone()).collect();
        Ok(evaluation)
    }

    fn error(&self, rule: &RuleInfo, set: &EntrySet, failure: Failure, left: Duration) -> RuleError {
        let limit = self.limits.policy_time.as_secs_f64();
        let message = match failure {
            Failure { timed_out: true, .. } if left.is_zero() => {
                format!("not evaluated: rules before it used up the {limit} s that all policies have together")
            }
            Failure { timed_out: true, .. } => format!("stopped: all policies together have {limit} s"),
            Failure { message, .. } => message,
        };
        RuleError { rule: rule.id.clone(), at: failure.at.unwrap_or_else(|| set.at.clone()), message }
    }
}

impl Evaluation {
    fn take(&mut self, rule: &RuleInfo, set: &EntrySet, value: RuleValue) -> Result<(), PolicyDefect> {
        let defect = |problem: String| PolicyDefect::Result { at: set.at.clone(), rule: rule.id.to_string(), problem };
        let elements = match value {
            RuleValue::Set(elements) => elements,
            RuleValue::Other(other) => return Err(defect(format!("expected a set, found {}", data::kind(&other)))),
            // The syntax tree says that the rule exists, and a partial set without elements is an empty set.
            RuleValue::Undefined => {
                let message = "the engine gave no value for this set".to_owned();
                self.errors.push(RuleError { rule: rule.id.clone(), at: set.at.clone(), message });
                return Ok(());
            }
        };
        for element in &elements {
            let finding = element::finding(rule, set.effect, element)
                .map_err(|problem| defect(format!("{problem}, in the element {}", shortened(element))))?;
            self.findings.push(finding);
        }
        Ok(())
    }
}

/// The beginning of a value, for errors.
fn shortened(value: &Value) -> String {
    begin(&value.to_string(), 200)
}
