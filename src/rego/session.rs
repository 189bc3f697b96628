//! A compiled policy, and its evaluation over an input.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use regorus::Value;
use serde::{Deserialize as _, Deserializer};
use time::OffsetDateTime;

use super::builtins::Builtin;
use super::builtins::compact_json;
use super::compile::compile;
use super::defect::Defect;
use super::location::Location;
use super::machine::{BuiltinErrors, Machine, Stop};
use super::names::shown;
use super::program::Program;
use super::stack::panic_message;
use super::tree::Module;
use super::values::in_order;

/// Modules and data, compiled: evaluated any number of times, from any thread.
pub struct Policy {
    program: Program,
}

impl Policy {
    /// Compiles modules, which may call these functions besides the builtins. All that is wrong with them is told at once,
    /// sorted by file and line.
    pub fn compile(modules: &[Module], functions: &'static [Builtin]) -> Result<Self, Vec<Defect>> {
        compile(modules, functions).map(|program| Policy { program })
    }

    /// Whether another rule refers to what is at this path below `data`.
    pub fn is_read(&self, path: &[&str]) -> bool {
        let sets = self.program.sets.iter().enumerate();
        let path: Vec<Value> = path.iter().map(|segment| Value::from(*segment)).collect();
        let here = |set: &super::program::RuleSet| set.path == path;
        sets.filter(|(_, set)| here(set)).any(|(number, _)| self.program.read.contains(&number))
    }

    /// Gives it the data document.
    pub fn set_data(&mut self, data: &serde_json::Value) -> Result<(), String> {
        let data = value(data)?;
        if let Some(set) = self.program.sets.iter().find(|set| is_taken(&data, &set.path)) {
            return Err(format!("the data has a value where the rule `{}` has its result", shown(&set.path)));
        }
        self.program.data = data;
        Ok(())
    }

    /// An evaluation over this input at this time.
    pub fn session(&self, input: &Input, now: OffsetDateTime, errors: BuiltinErrors) -> Result<Session<'_>, String> {
        let now = i64::try_from(now.unix_timestamp_nanos()).map_err(|_| format!("the time {now} is out of range"))?;
        let fresh = move || Machine::new(&self.program, input.0.clone(), now, errors);
        Ok(Session { program: &self.program, machine: fresh(), input: input.0.clone(), now, errors })
    }
}

/// Whether a document has something at or above a rule's path that is no object on the way to it.
fn is_taken(data: &Value, path: &[Value]) -> bool {
    let mut current = data;
    for segment in path {
        match current {
            Value::Object(fields) => match fields.get(segment) {
                Some(next) => current = next,
                None => return false,
            },
            _ => return true,
        }
    }
    true
}

/// A JSON document as the library has it. Its own conversion turns an error into "undefined", over which no rule
/// holds.
fn value<'a>(document: impl Deserializer<'a, Error = serde_json::Error>) -> Result<Value, String> {
    Value::deserialize(document).map_err(|error| error.to_string())
}

/// An input document.
#[derive(Debug, Clone)]
pub struct Input(Value);

impl Input {
    /// The document is taken apart meanwhile: two of megabytes each would take twice the memory.
    pub fn new(document: serde_json::Value) -> Result<Self, String> {
        value(document).map(Input)
    }

    /// No input at all.
    pub fn undefined() -> Self {
        Input(Value::Undefined)
    }
}

/// What a rule came to.
#[derive(Debug, Clone, PartialEq)]
pub enum RuleValue {
    /// A set; sorted.
    Set(Vec<serde_json::Value>),
    /// Anything else.
    Other(serde_json::Value),
    /// No value at all.
    Undefined,
}

/// Why a rule came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Where, if that is known.
    pub at: Option<Location>,
    /// What went wrong.
    pub message: String,
    /// Its time was used up.
    pub timed_out: bool,
}

/// One evaluation. A rule that several others use is evaluated once.
pub struct Session<'p> {
    program: &'p Program,
    machine: Machine<'p>,
    input: Value,
    now: i64,
    errors: BuiltinErrors,
}

impl Session<'_> {
    /// The value of `data.<path>`; `time` is what is left for it.
    pub fn rule(&mut self, path: &[String], time: Duration) -> Result<RuleValue, Failure> {
        match catch_unwind(AssertUnwindSafe(|| self.machine.evaluate(path, time))) {
            Ok(Ok(value)) => Ok(rule_value(value.as_ref())),
            Ok(Err(Stop { at, message, timed_out })) => {
                let at = at.and_then(|(module, at)| Some(at.within(self.program.modules.get(module)?)));
                Err(Failure { at, message: super::shortened(&message, 400), timed_out })
            }
            Err(panic) => {
                // It may have been left half-way.
                self.machine = Machine::new(self.program, self.input.clone(), self.now, self.errors);
                Err(Failure { at: None, message: panic_message(panic.as_ref()), timed_out: false })
            }
        }
    }

    /// What the rules printed since the last time, as "file:line: text".
    pub fn prints(&mut self) -> Vec<String> {
        std::mem::take(&mut self.machine.prints)
    }
}

fn rule_value(value: Option<&Value>) -> RuleValue {
    match value {
        None | Some(Value::Undefined) => RuleValue::Undefined,
        Some(Value::Set(items)) => RuleValue::Set(in_order(items).into_iter().map(json).collect()),
        Some(other) => RuleValue::Other(json(other)),
    }
}

/// As JSON: sets are arrays in OPA's order, keys that are no texts are their JSON as Go writes it.
fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Array(items) => items.iter().map(json).collect(),
        Value::Set(items) => in_order(items).into_iter().map(json).collect(),
        Value::Object(fields) => {
            let key = |key: &Value| match key {
                Value::String(text) => text.to_string(),
                other => compact_json(other),
            };
            serde_json::Value::Object(fields.iter_sorted().map(|(name, value)| (key(name), json(value))).collect())
        }
        Value::Undefined => serde_json::Value::Null,
        scalar => serde_json::to_value(scalar).unwrap_or_default(),
    }
}
