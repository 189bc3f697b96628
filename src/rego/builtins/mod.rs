//! The builtin functions: which there are, and what each does.
//!
//! Most are the library's own, some behind a guard that keeps them from answering otherwise than OPA does, from
//! panicking or from never returning; the others are written here. What OPA has and this engine has not is told by
//! name.

mod addresses;
mod certificates;
mod containment;
mod deprecated;
mod digests;
mod expressions;
mod floats;
mod format;
mod globs;
mod guards;
mod json;
mod networks;
mod numbers;
mod operators;
mod ordering;
mod patterns;
mod schemas;
mod spec;
mod strict;
mod table;
mod texts;

#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::sync::LazyLock;

use regorus::{Value, unstable as library};

pub(crate) use format::printed_plain;
pub(crate) use json::compact as compact_json;
pub use table::Builtin;
#[cfg(test)]
pub(crate) use table::names;
pub(crate) use table::{Availability, Function, find};

/// Gives the result, or undefined; arguments that it cannot work on are an error.
pub(crate) type Plain = fn(&Call, &[Value]) -> Result<Value, String>;

/// What a builtin may know besides its arguments.
#[derive(Debug)]
pub(crate) struct Call {
    /// The builtin's name.
    pub name: &'static str,
    /// The time as nanoseconds since 1970.
    pub now: i64,
    is_beyond: Cell<bool>,
}

impl Call {
    /// A call of this builtin.
    pub fn new(name: &'static str, now: i64) -> Self {
        Call { name, now, is_beyond: Cell::new(false) }
    }

    /// An error where OPA may have a value: a limit of this engine. Never "undefined".
    fn beyond<T>(&self, what: &str) -> Result<T, String> {
        self.is_beyond.set(true);
        Err(format!("`{}`: {what}", self.name))
    }

    /// Whether its error was of that kind.
    pub fn is_beyond(&self) -> bool {
        self.is_beyond.get()
    }
}

/// The library's implementation, as it is.
fn from_library(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    call_library(call.name, arguments)
}

/// The library's implementation of this builtin.
fn call_library(name: &str, arguments: &[Value]) -> Result<Value, String> {
    let Some((function, _)) = library::BUILTINS.get(name) else { return Err(format!("`{name}` does not exist")) };
    let (span, parameters) = (&PLACE.0, PLACE.1.get(..arguments.len()).unwrap_or_default());
    function(span, parameters, arguments, true).map_err(|error| super::parse::bare(&error.to_string()))
}

/// Arguments as the library wants them for its errors: places in a source.
static PLACE: LazyLock<(library::Span, Vec<library::Ref<library::Expr>>)> = LazyLock::new(|| {
    let text = "argument".to_owned();
    // An empty source cannot fail; if it did, a builtin would have one without any text.
    let source = library::Source::from_contents(String::new(), text)
        .or_else(|_| library::Source::from_contents(String::new(), String::new()));
    let Ok(source) = source else { std::process::abort() };
    let span = library::Span { source, line: 1, col: 1, start: 0, end: 8 };
    let expression = || library::Expr::Null { span: span.clone(), value: Value::Null, eidx: 0 };
    let expressions = (0..8).map(|_| library::Ref::new(expression())).collect();
    (span, expressions)
});

/// A set of these.
pub(crate) fn set(items: impl IntoIterator<Item = Value>) -> Value {
    let mut set = regorus::value::Set::default();
    for item in items {
        set.insert(item);
    }
    set.into_value()
}

/// The elements of an array or a set.
pub(super) fn elements(value: &Value) -> Option<Vec<&Value>> {
    match value {
        Value::Array(items) => Some(items.iter().collect()),
        Value::Set(items) => Some(items.iter_sorted().collect()),
        _ => None,
    }
}

/// The elements of an argument that is an array or a set.
pub(super) fn collection<'v>(call: &Call, arguments: &'v [Value], position: usize) -> Result<Vec<&'v Value>, String> {
    let Some(value) = arguments.get(position) else {
        return Err(format!("`{}`: argument {} is missing", call.name, position + 1));
    };
    elements(value).ok_or_else(|| wrong_type(call, position + 1, "an array or a set", value))
}

/// How OPA names the type of a value.
pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Set(_) => "set",
        Value::Object(_) => "object",
        Value::Undefined => "undefined",
    }
}

/// What a builtin says of an argument of the wrong type.
pub(super) fn wrong_type(call: &Call, position: usize, expected: &str, found: &Value) -> String {
    format!("`{}`: expected {expected} as argument {position}, found {}", call.name, type_name(found))
}

/// A text argument.
pub(crate) fn text<'v>(call: &Call, arguments: &'v [Value], position: usize) -> Result<&'v str, String> {
    match arguments.get(position) {
        Some(Value::String(text)) => Ok(text),
        Some(other) => Err(wrong_type(call, position + 1, "a string", other)),
        None => Err(format!("`{}`: argument {} is missing", call.name, position + 1)),
    }
}
