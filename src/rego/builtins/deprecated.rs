//! Builtins that older policies use: OPA keeps them, and Rego v1 has other words for them. And `trace`, whose notes
//! nobody reads here.

use regorus::Value;

use super::texts::with_pattern;
use super::{Call, Plain, collection, set, text, type_name, wrong_type};

pub(super) const TABLE: &[(&str, usize, Plain)] = &[
    ("all", 1, |call, arguments| {
        Ok(Value::Bool(collection(call, arguments, 0)?.into_iter().all(|item| *item == Value::Bool(true))))
    }),
    ("any", 1, |call, arguments| {
        Ok(Value::Bool(collection(call, arguments, 0)?.into_iter().any(|item| *item == Value::Bool(true))))
    }),
    ("cast_array", 1, |call, arguments| {
        Ok(Value::from(collection(call, arguments, 0)?.into_iter().cloned().collect::<Vec<_>>()))
    }),
    ("cast_set", 1, |call, arguments| Ok(set(collection(call, arguments, 0)?.into_iter().cloned()))),
    ("cast_boolean", 1, |call, arguments| only(call, arguments, "boolean")),
    ("cast_null", 1, |call, arguments| only(call, arguments, "null")),
    ("cast_object", 1, |call, arguments| only(call, arguments, "object")),
    ("cast_string", 1, |call, arguments| only(call, arguments, "string")),
    ("re_match", 2, |call, arguments| with_pattern(&Call::new("regex.match", call.now), arguments)),
    ("trace", 1, |call, arguments| text(call, arguments, 0).map(|_| Value::Bool(true))),
];

fn only(call: &Call, arguments: &[Value], kind: &str) -> Result<Value, String> {
    match arguments {
        [value] if type_name(value) == kind => Ok(value.clone()),
        [other, ..] => Err(wrong_type(call, 1, kind, other)),
        [] => Ok(Value::Undefined),
    }
}
