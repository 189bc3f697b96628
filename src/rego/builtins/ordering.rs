//! Builtins over collections whose answer hangs on OPA's order of values, or on its arithmetic.

use regorus::Value;

use super::numbers::{add, multiply};
use super::{Call, Plain, call_library, collection, wrong_type};
use crate::rego::values::compare;

type Operation = fn(&Value, &Value) -> Result<Value, String>;

pub(super) const TABLE: &[(&str, usize, Plain)] = &[
    // Of nothing there is none, and that is no error.
    ("max", 1, |call, arguments| {
        let largest = collection(call, arguments, 0)?.into_iter().max_by(|left, right| compare(left, right));
        Ok(largest.cloned().unwrap_or(Value::Undefined))
    }),
    ("min", 1, |call, arguments| {
        let smallest = collection(call, arguments, 0)?.into_iter().min_by(|left, right| compare(left, right));
        Ok(smallest.cloned().unwrap_or(Value::Undefined))
    }),
    ("sort", 1, |call, arguments| {
        let mut sorted = collection(call, arguments, 0)?;
        sorted.sort_by(|left, right| compare(left, right));
        Ok(Value::from(sorted.into_iter().cloned().collect::<Vec<_>>()))
    }),
    ("sum", 1, |call, arguments| folded(call, arguments, 0, add)),
    ("product", 1, |call, arguments| folded(call, arguments, 1, multiply)),
    ("count", 1, |call, arguments| match arguments {
        [Value::String(text)] => Ok(Value::from(text.chars().count())),
        _ => call_library(call.name, arguments),
    }),
];

fn folded(call: &Call, arguments: &[Value], first: i64, operation: Operation) -> Result<Value, String> {
    collection(call, arguments, 0)?.into_iter().try_fold(Value::from(first), |so_far, item| match item {
        Value::Number(_) => operation(&so_far, item),
        other => Err(wrong_type(call, 1, "numbers", other)),
    })
}
