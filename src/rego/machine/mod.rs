//! Evaluates goals: one solution after the other, each handed to what comes next.
//!
//! The semantics are those of OPA's `topdown`: a goal that is undefined or false ends its solution; rules and
//! functions are evaluated when they are asked for, a rule once for each set of `with` replacements; the branches of
//! `else` are tried in their order, definitions of one name have to agree. Sets and objects are run over in the order
//! of their keys.

mod context;
mod documents;
mod goals;
mod modifiers;
mod rules;
mod tree;
mod walk;

use std::time::{Duration, Instant};

use regorus::Value;

use super::location::Position;
use super::program::{Program, RuleNumber, Slot};

pub(crate) use context::Context;

/// What a builtin error does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuiltinErrors {
    /// The rule cannot be evaluated.
    Stop,
    /// The call is undefined, as in OPA.
    Undefined,
}

/// Why evaluation stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stop {
    /// The number of the module, and the place in it.
    pub at: Option<(usize, Position)>,
    /// What went wrong.
    pub message: String,
    /// The time was used up.
    pub timed_out: bool,
}

/// Whether more solutions are wanted.
pub(crate) type More = Result<bool, Stop>;
/// A value, or none where it is undefined.
pub(crate) type Evaluated = Result<Option<Value>, Stop>;
/// What is done with a solution.
type Next<'n, 'p> = &'n mut dyn FnMut(&mut Machine<'p>) -> More;

/// How much of its thread's stack evaluation may take; the rest is for what it calls.
const DEEPEST: usize = super::stack::STACK / 4 * 3;
/// Steps between two looks at the clock.
const STEPS: u32 = 256;

/// One evaluation.
pub(crate) struct Machine<'p> {
    program: &'p Program,
    errors: BuiltinErrors,
    /// The time as nanoseconds since 1970, for `time.now_ns`.
    now: i64,
    context: Context,
    /// The variables of all definitions at work; those of the innermost start at `base`.
    slots: Vec<Option<Value>>,
    base: usize,
    /// The variables that got a value, in their order, to take it away again.
    trail: Vec<usize>,
    /// The number of the module at work.
    module: usize,
    /// Where the stack was when evaluation began.
    stack: usize,
    /// Rules that are at work: none may need itself.
    active: Vec<RuleNumber>,
    steps: u32,
    deadline: Option<Instant>,
    /// The value at the end of a path, for what comes next.
    found: Option<Value>,
    /// What was printed: "file:line: text".
    pub prints: Vec<String>,
}

impl<'p> Machine<'p> {
    /// A machine over this input.
    pub fn new(program: &'p Program, input: Value, now: i64, errors: BuiltinErrors) -> Self {
        Machine {
            program,
            errors,
            now,
            context: Context::new(program, input),
            slots: Vec::new(),
            base: 0,
            trail: Vec::new(),
            module: 0,
            stack: 0,
            active: Vec::new(),
            steps: 0,
            deadline: None,
            found: None,
            prints: Vec::new(),
        }
    }

    /// The document at this path below `data`; `time` is what is left for it.
    pub fn evaluate(&mut self, path: &[String], time: Duration) -> Evaluated {
        self.deadline = Instant::now().checked_add(time);
        self.stack = here();
        if time.is_zero() {
            return Err(self.timed_out());
        }
        let result = self.document_named(path);
        if result.is_err() {
            // It stopped half-way.
            self.slots.clear();
            self.trail.clear();
            self.active.clear();
            self.base = 0;
            self.context.leave_all();
        }
        result
    }

    fn timed_out(&self) -> Stop {
        Stop { at: None, message: "its time is used up".to_owned(), timed_out: true }
    }

    fn stop<T>(&self, at: Position, message: impl Into<String>) -> Result<T, Stop> {
        Err(Stop { at: Some((self.module, at)), message: message.into(), timed_out: false })
    }

    /// Stops before the stack is used up.
    fn descend(&self, at: Position) -> Result<(), Stop> {
        if self.stack.abs_diff(here()) < DEEPEST {
            return Ok(());
        }
        self.stop(at, "rules, functions and what they run over lie too deep in each other")
    }

    fn step(&mut self) -> Result<(), Stop> {
        self.steps = self.steps.wrapping_add(1);
        if self.steps.is_multiple_of(STEPS) && self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Err(self.timed_out());
        }
        Ok(())
    }

    fn get(&self, slot: Slot) -> Option<&Value> {
        self.slots.get(self.base + slot)?.as_ref()
    }

    fn bind(&mut self, slot: Slot, value: Value) {
        let index = self.base + slot;
        if let Some(place) = self.slots.get_mut(index) {
            *place = Some(value);
            self.trail.push(index);
        }
    }

    /// Takes their values from the variables that got them since the trail had this length.
    fn undo(&mut self, length: usize) {
        while self.trail.len() > length {
            if let Some(place) = self.trail.pop().and_then(|index| self.slots.get_mut(index)) {
                *place = None;
            }
        }
    }
}

/// Where the stack is.
#[inline(never)]
fn here() -> usize {
    let mark = 0u8;
    std::ptr::from_ref(&mark).addr()
}
