//! Goals, one after the other.

use regorus::Value;

use super::context::Mock;
use super::walk::item;
use super::{BuiltinErrors, Evaluated, Machine, More, Next, Stop};
use crate::rego::builtins::{Builtin, Call, Function};
use crate::rego::location::Position;
use crate::rego::program::{Callee, Expression, Goal, GoalKind};
use crate::rego::values::in_order;

impl<'p> Machine<'p> {
    /// Each solution of these goals. Its variables have values while what comes next is at work.
    pub(super) fn solve(&mut self, goals: &'p [Goal], next: Next<'_, 'p>) -> More {
        let mark = self.trail.len();
        let mut rest = goals;
        while let Some((goal, after)) = rest.split_first() {
            self.step()?;
            rest = after;
            if has_many(goal) {
                self.descend(goal.at)?;
                let more = self.many(goal, &mut |machine| machine.solve(after, next));
                self.undo(mark);
                return more;
            }
            if !self.holds(goal)? {
                self.undo(mark);
                return Ok(true);
            }
        }
        let more = next(self);
        self.undo(mark);
        more
    }

    /// Whether a goal with one solution at most has it.
    fn holds(&mut self, goal: &'p Goal) -> Result<bool, Stop> {
        if goal.with.is_empty() {
            return self.holds_here(goal);
        }
        if self.enter(&goal.with)?.is_none() {
            return Ok(false);
        }
        let result = self.holds_here(goal);
        self.context.leave();
        result
    }

    fn holds_here(&mut self, goal: &'p Goal) -> Result<bool, Stop> {
        if !goal.negated {
            return self.holds_kind(goal);
        }
        let mark = self.trail.len();
        let mut holds = false;
        if has_many_kind(&goal.kind) {
            self.many_here(goal, &mut |_| {
                holds = true;
                Ok(false)
            })?;
        } else {
            holds = self.holds_kind(goal)?;
        }
        self.undo(mark);
        Ok(!holds)
    }

    fn holds_kind(&mut self, goal: &'p Goal) -> Result<bool, Stop> {
        match &goal.kind {
            GoalKind::Equal { left, right } => {
                // In reading order, as OPA: an error in what is not looked at does not count.
                let Some(left) = self.eval(left)? else { return Ok(false) };
                Ok(self.eval(right)?.is_some_and(|right| right == left))
            }
            GoalKind::Match { pattern, value } => match self.eval(value)? {
                Some(value) => self.matches(pattern, &value),
                None => Ok(false),
            },
            GoalKind::Truth(expression) => Ok(is_true(self.eval(expression)?.as_ref())),
            GoalKind::Call { callee, arguments, result } => {
                let Some(arguments) = self.all(arguments)? else { return Ok(false) };
                // `f(1, 2)`: a definition that gives another value than the output does not hold.
                let wanted = match result {
                    Some(result) if !self.is_open(result) => self.eval(result)?,
                    _ => None,
                };
                let value = self.call(goal.at, *callee, arguments, wanted.as_ref())?;
                match (result, value) {
                    (Some(pattern), Some(value)) => self.matches(pattern, &value),
                    (None, value) => Ok(is_true(value.as_ref())),
                    (Some(_), None) => Ok(false),
                }
            }
            GoalKind::Every { key, value, domain, body } => match self.eval(domain)? {
                Some(domain) => self.every(*key, *value, &domain, body),
                None => Ok(false),
            },
            GoalKind::Print(arguments) => self.print(goal.at, arguments),
            // `order` leaves none of the first, and the second have many solutions.
            GoalKind::Unify { .. } | GoalKind::Each { .. } => {
                self.stop(goal.at, "internal error: this goal has no order; please report it")
            }
        }
    }

    /// Each solution of a goal that may have many.
    fn many(&mut self, goal: &'p Goal, next: Next<'_, 'p>) -> More {
        if goal.with.is_empty() {
            return self.many_here(goal, next);
        }
        if self.enter(&goal.with)?.is_none() {
            return Ok(true);
        }
        // What comes next is not under these replacements: the solutions are gathered before.
        let mark = self.trail.len();
        let mut solutions: Vec<Vec<(usize, Value)>> = Vec::new();
        let gathered = self.many_here(goal, &mut |machine| {
            let given = machine.trail.get(mark..).unwrap_or_default().iter();
            let value = |index: &usize| Some((*index, machine.slots.get(*index)?.clone()?));
            solutions.push(given.filter_map(value).collect());
            Ok(true)
        });
        self.context.leave();
        gathered?;
        for solution in solutions {
            for (index, value) in solution {
                self.bind(index - self.base, value);
            }
            let more = next(self)?;
            self.undo(mark);
            if !more {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn many_here(&mut self, goal: &'p Goal, next: Next<'_, 'p>) -> More {
        match &goal.kind {
            GoalKind::Each { reference, pattern } => self.each(reference, &mut |machine| {
                let Some(value) = machine.found.take() else { return Ok(true) };
                let mark = machine.trail.len();
                let holds = match pattern {
                    Some(pattern) => machine.matches(pattern, &value)?,
                    None => value != Value::Bool(false),
                };
                let more = if holds { next(machine)? } else { true };
                machine.undo(mark);
                Ok(more)
            }),
            GoalKind::Call { arguments, result, .. } => {
                let Some(arguments) = self.all(arguments)? else { return Ok(true) };
                let Some(root) = arguments.first() else { return Ok(true) };
                self.walk(&mut Vec::new(), root, result.as_ref(), next)
            }
            _ => Ok(true),
        }
    }

    /// Each pair of a path and the value there.
    fn walk(
        &mut self,
        path: &mut Vec<Value>,
        value: &Value,
        pattern: Option<&'p Expression>,
        next: Next<'_, 'p>,
    ) -> More {
        self.step()?;
        let mark = self.trail.len();
        let holds = match pattern {
            // The usual form needs no pair to be made.
            Some(Expression::Array(patterns)) => match patterns.as_slice() {
                [first, second] => self.matches(second, value)? && self.matches(first, &Value::from(path.clone()))?,
                _ => false,
            },
            Some(pattern) => {
                let pair = Value::from(vec![Value::from(path.clone()), value.clone()]);
                self.matches(pattern, &pair)?
            }
            None => true,
        };
        let more = if holds { next(self)? } else { true };
        self.undo(mark);
        if !more {
            return Ok(false);
        }
        let mut go = |machine: &mut Self, key: Value, inner: &Value| -> More {
            path.push(key);
            let more = machine.walk(path, inner, pattern, next);
            path.pop();
            more
        };
        match value {
            Value::Array(items) => {
                for (index, inner) in items.iter().enumerate() {
                    if !go(self, Value::from(index), inner)? {
                        return Ok(false);
                    }
                }
            }
            Value::Object(fields) => {
                for (key, inner) in fields.iter_sorted() {
                    if !go(self, key.clone(), inner)? {
                        return Ok(false);
                    }
                }
            }
            Value::Set(items) => {
                for inner in in_order(items) {
                    if !go(self, inner.clone(), inner)? {
                        return Ok(false);
                    }
                }
            }
            _ => {}
        }
        Ok(true)
    }

    fn every(&mut self, key: usize, value: usize, domain: &Value, body: &'p [Goal]) -> Result<bool, Stop> {
        let holds = |machine: &mut Self, at: Value, element: &Value| -> Result<bool, Stop> {
            let mark = machine.trail.len();
            machine.bind(key, at);
            machine.bind(value, element.clone());
            let mut found = false;
            machine.solve(body, &mut |_| {
                found = true;
                Ok(false)
            })?;
            machine.undo(mark);
            Ok(found)
        };
        match domain {
            Value::Array(items) => {
                for (index, element) in items.iter().enumerate() {
                    if !holds(self, Value::from(index), element)? {
                        return Ok(false);
                    }
                }
            }
            Value::Set(items) => {
                for element in in_order(items) {
                    if !holds(self, element.clone(), element)? {
                        return Ok(false);
                    }
                }
            }
            Value::Object(fields) => {
                for (key, element) in fields.iter_sorted() {
                    if !holds(self, key.clone(), element)? {
                        return Ok(false);
                    }
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn print(&mut self, at: Position, arguments: &'p [Expression]) -> Result<bool, Stop> {
        let mut lines = vec![String::new()];
        for (index, argument) in arguments.iter().enumerate() {
            let values: Vec<String> = match self.eval(argument)? {
                Some(Value::Set(values)) if !values.is_empty() => {
                    values.iter_sorted().map(crate::rego::builtins::printed_plain).collect()
                }
                _ => vec!["<undefined>".to_owned()],
            };
            let blank = if index == 0 { "" } else { " " };
            lines =
                lines.iter().flat_map(|line| values.iter().map(move |value| format!("{line}{blank}{value}"))).collect();
        }
        let file = self.program.modules.get(self.module).map_or("", String::as_str);
        self.prints.extend(lines.into_iter().map(|line| format!("{file}:{}: {line}", at.line)));
        Ok(true)
    }

    fn call(&mut self, at: Position, callee: Callee, arguments: Vec<Value>, wanted: Option<&Value>) -> Evaluated {
        match self.context.mock(&callee) {
            None => self.call_really(at, callee, arguments, wanted),
            Some(Mock::Value(value)) => Ok(Some(value)),
            Some(Mock::Function(stand_in)) => {
                self.context.enter_mock();
                let result = self.call_really(at, stand_in, arguments, wanted);
                self.context.leave();
                result
            }
        }
    }

    fn call_really(
        &mut self,
        at: Position,
        callee: Callee,
        arguments: Vec<Value>,
        wanted: Option<&Value>,
    ) -> Evaluated {
        match callee {
            Callee::Builtin(builtin) => self.builtin(at, builtin, arguments),
            Callee::Rule(rules) => {
                let program = self.program;
                match program.sets.get(rules) {
                    Some(set) if self.context.is_masked(&set.path) => Ok(None),
                    Some(set) => self.complete(set, &arguments, wanted),
                    None => Ok(None),
                }
            }
        }
    }

    fn builtin(&mut self, at: Position, builtin: &'static Builtin, arguments: Vec<Value>) -> Evaluated {
        let call = Call::new(builtin.name, self.now);
        let result = match builtin.function {
            Function::Plain(function) => function(&call, &arguments),
            Function::Item => Ok(match arguments.as_slice() {
                [key, value, collection] => Value::Bool(item(collection, key) == Some(value)),
                _ => Value::Undefined,
            }),
            Function::Walk => Ok(Value::Undefined),
        };
        match result {
            Ok(Value::Undefined) => Ok(None),
            Ok(value) => Ok(Some(value)),
            Err(_) if self.errors == BuiltinErrors::Undefined && !call.is_beyond() => Ok(None),
            Err(message) => self.stop(at, message),
        }
    }
}

fn is_true(value: Option<&Value>) -> bool {
    value.is_some_and(|value| *value != Value::Bool(false))
}

fn has_many(goal: &Goal) -> bool {
    !goal.negated && has_many_kind(&goal.kind)
}

fn has_many_kind(kind: &GoalKind) -> bool {
    match kind {
        GoalKind::Each { .. } => true,
        GoalKind::Call { callee: Callee::Builtin(builtin), .. } => matches!(builtin.function, Function::Walk),
        _ => false,
    }
}
