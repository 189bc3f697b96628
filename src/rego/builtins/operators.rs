//! Operators: arithmetic, comparison, sets, membership.

use std::cmp::Ordering;

use regorus::Value;
use regorus::value::Set;

use super::numbers::{add, divide, multiply, remainder, subtract};
use crate::rego::values::compare;

use super::{Call, Plain, printed_plain, type_name, wrong_type};

pub(super) const TABLE: &[(&str, usize, Plain)] = &[
    ("plus", 2, |call, arguments| numeric(call, arguments, add)),
    ("mul", 2, |call, arguments| numeric(call, arguments, multiply)),
    ("div", 2, |call, arguments| numeric(call, arguments, divide)),
    ("rem", 2, |call, arguments| numeric(call, arguments, remainder)),
    ("minus", 2, minus),
    ("and", 2, |call, arguments| of_sets(call, arguments, Set::intersection)),
    ("or", 2, |call, arguments| of_sets(call, arguments, Set::union)),
    ("set_diff", 2, |call, arguments| of_sets(call, arguments, Set::difference)),
    ("equal", 2, |_, arguments| compared(arguments, Ordering::is_eq)),
    ("neq", 2, |_, arguments| compared(arguments, Ordering::is_ne)),
    ("lt", 2, |_, arguments| compared(arguments, Ordering::is_lt)),
    ("lte", 2, |_, arguments| compared(arguments, Ordering::is_le)),
    ("gt", 2, |_, arguments| compared(arguments, Ordering::is_gt)),
    ("gte", 2, |_, arguments| compared(arguments, Ordering::is_ge)),
    ("internal.member_2", 2, member),
    ("internal.holds", 1, |_, arguments| {
        Ok(Value::from(matches!(arguments, [Value::Array(items)] if !items.is_empty())))
    }),
    ("internal.template_string", 1, template),
];

/// The parts of a template string: texts, and sets with the one value of an expression or none.
fn template(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let [Value::Array(parts)] = arguments else { return Ok(Value::Undefined) };
    let mut text = String::new();
    for part in parts.iter() {
        match part {
            Value::String(literal) => text.push_str(literal),
            Value::Set(values) => {
                let mut values = values.iter_sorted();
                match (values.next(), values.next()) {
                    (None, _) => text.push_str("<undefined>"),
                    (Some(value), None) => text.push_str(&printed_plain(value)),
                    _ => return Err(format!("`{}`: an expression of a template has several values", call.name)),
                }
            }
            _ => return Ok(Value::Undefined),
        }
    }
    Ok(Value::from(text))
}

fn numeric(
    call: &Call,
    arguments: &[Value],
    operation: fn(&Value, &Value) -> Result<Value, String>,
) -> Result<Value, String> {
    match arguments {
        [left @ Value::Number(_), right @ Value::Number(_)] => operation(left, right),
        [Value::Number(_), other] => Err(wrong_type(call, 2, "a number", other)),
        [other, ..] => Err(wrong_type(call, 1, "a number", other)),
        [] => Ok(Value::Undefined),
    }
}

fn minus(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    match arguments {
        [Value::Set(_), _] => of_sets(call, arguments, Set::difference),
        _ => numeric(call, arguments, subtract),
    }
}

fn of_sets(call: &Call, arguments: &[Value], operation: fn(&Set, &Set) -> Set) -> Result<Value, String> {
    match arguments {
        [Value::Set(left), Value::Set(right)] => Ok(operation(left, right).into_value()),
        _ => Err(no_sets(call, arguments)),
    }
}

fn no_sets(call: &Call, arguments: &[Value]) -> String {
    let types: Vec<&str> = arguments.iter().map(type_name).collect();
    format!("`{}`: expected two sets, found {}", call.name, types.join(" and "))
}

fn compared(arguments: &[Value], holds: fn(Ordering) -> bool) -> Result<Value, String> {
    match arguments {
        [left, right] => Ok(Value::from(holds(compare(left, right)))),
        _ => Ok(Value::Undefined),
    }
}

fn member(_: &Call, arguments: &[Value]) -> Result<Value, String> {
    Ok(Value::from(match arguments {
        [value, Value::Array(items)] => items.contains(value),
        [value, Value::Set(items)] => items.contains(value),
        [value, Value::Object(fields)] => fields.values().any(|field| field == value),
        _ => false,
    }))
}
