//! Builtins that older policies use: OPA keeps them, and Rego v1 has other words for them. And `trace`, whose notes
//! nobody reads here.

use regorus::Value;

use super::{Call, Plain, call_library, set, text, type_name, wrong_type};

pub(super) const TABLE: &[(&str, usize, Plain)] = &[
    ("all", 1, |call, arguments| {
        Ok(Value::Bool(items(call, arguments)?.into_iter().all(|item| *item == Value::Bool(true))))
    }),
    ("any", 1, |call, arguments| {
        Ok(Value::Bool(items(call, arguments)?.into_iter().any(|item| *item == Value::Bool(true))))
    }),
    ("cast_array", 1, |call, arguments| {
        Ok(Value::from(items(call, arguments)?.into_iter().cloned().collect::<Vec<_>>()))
    }),
    ("cast_set", 1, |call, arguments| Ok(set(items(call, arguments)?.into_iter().cloned()))),
    ("cast_boolean", 1, |call, arguments| only(call, arguments, "boolean")),
    ("cast_null", 1, |call, arguments| only(call, arguments, "null")),
    ("cast_object", 1, |call, arguments| only(call, arguments, "object")),
    ("cast_string", 1, |call, arguments| only(call, arguments, "string")),
    ("re_match", 2, |_, arguments| match super::find("regex.match") {
        super::Availability::Here(super::Builtin { name, function: super::Function::Plain(plain), .. }) => {
            plain(&Call::new(name, 0), arguments)
        }
        _ => call_library("regex.match", arguments),
    }),
    ("set_diff", 2, |call, arguments| match arguments {
        [Value::Set(left), Value::Set(right)] => {
            Ok(set(left.iter_sorted().filter(|item| right.get(item).is_none()).cloned()))
        }
        [Value::Set(_), other] => Err(wrong_type(call, 2, "a set", other)),
        [other, ..] => Err(wrong_type(call, 1, "a set", other)),
        [] => Ok(Value::Undefined),
    }),
    ("trace", 1, |call, arguments| text(call, arguments, 0).map(|_| Value::Bool(true))),
];

fn items<'v>(call: &Call, arguments: &'v [Value]) -> Result<Vec<&'v Value>, String> {
    match arguments {
        [Value::Array(items)] => Ok(items.iter().collect()),
        [Value::Set(items)] => Ok(items.iter_sorted().collect()),
        [other, ..] => Err(wrong_type(call, 1, "an array or a set", other)),
        [] => Ok(Vec::new()),
    }
}

fn only(call: &Call, arguments: &[Value], kind: &str) -> Result<Value, String> {
    match arguments {
        [value] if type_name(value) == kind => Ok(value.clone()),
        [other, ..] => Err(wrong_type(call, 1, kind, other)),
        [] => Ok(Value::Undefined),
    }
}
