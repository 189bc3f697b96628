//! A compiled policy, and its evaluation over an input.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{Builder, Scope, ScopedJoinHandle};
use std::time::Duration;

use regorus::Value;
use serde::{Deserialize as _, Deserializer};
use time::OffsetDateTime;

use super::builtins::compact_json;
use super::compile::compile;
use super::defect::Defect;
use super::location::Location;
use super::machine::{BuiltinErrors, Machine, Stop};
use super::names::shown;
use super::program::Program;
use super::tree::Module;
use super::values::in_order;

/// Evaluation is recursive over goals and calls; the machine stops before this is used up.
pub(super) const STACK: usize = 64 * 1024 * 1024;

/// Runs this where deep recursion is safe. A panic becomes an error.
pub fn on_big_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, String> {
    std::thread::scope(|scope| join(start(scope, work)?))
}

/// Does this for each item side by side, each where deep recursion is safe. The results are in the order of the items.
pub(crate) fn side_by_side<I: Send, T: Send>(
    items: impl IntoIterator<Item = I>,
    work: impl Fn(I) -> T + Sync,
) -> Result<Vec<T>, String> {
    let work = &work;
    std::thread::scope(|scope| {
        let threads: Vec<_> = items.into_iter().map(|item| start(scope, move || work(item))).collect();
        threads.into_iter().map(|thread| join(thread?)).collect()
    })
}

fn start<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Result<ScopedJoinHandle<'scope, T>, String> {
    let builder = Builder::new().name("policy".to_owned()).stack_size(STACK);
    builder.spawn_scoped(scope, work).map_err(|error| error.to_string())
}

fn join<T>(thread: ScopedJoinHandle<'_, T>) -> Result<T, String> {
    thread.join().map_err(|panic| panic_message(panic.as_ref()))
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("it panicked: {}", text.unwrap_or("no message"))
}

/// Modules and data, compiled: evaluated any number of times, from any thread.
pub struct Policy {
    program: Program,
}

impl Policy {
    /// Compiles modules. All that is wrong with them is told at once, sorted by file and line.
    pub fn compile(modules: &[Module]) -> Result<Self, Vec<Defect>> {
        compile(modules).map(|program| Policy { program })
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
