//! `object.subset`: whether a collection holds all of another. The library's panics on an empty array, and answers
//! where the collections are of different kinds.

use regorus::Value;

use super::{Call, Plain, type_name};

pub(super) const TABLE: &[(&str, usize, Plain)] = &[("object.subset", 2, subset)];

fn subset(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let [outer, inner] = arguments else { return Ok(Value::Undefined) };
    let holds = match (outer, inner) {
        (Value::Array(outer), Value::Set(inner)) => {
            // OPA counts elements down to none: of an empty array none is ever counted, and one that comes twice
            // counts twice.
            let mut found = 0;
            outer.iter().any(|item| {
                found += usize::from(inner.contains(item));
                found == inner.len()
            })
        }
        _ => both(outer, inner).ok_or_else(|| {
            let (outer, inner) = (type_name(outer), type_name(inner));
            format!("`{}`: expected two collections of one type, found {outer} and {inner}", call.name)
        })?,
    };
    Ok(Value::from(holds))
}

/// Of two collections of one kind; none of anything else.
fn both(outer: &Value, inner: &Value) -> Option<bool> {
    match (outer, inner) {
        (Value::Object(outer), Value::Object(inner)) => {
            let fits = |(key, value): (&Value, &Value)| {
                outer.get(key).is_some_and(|found| found == value || both(found, value) == Some(true))
            };
            Some(inner.iter_sorted().all(fits))
        }
        (Value::Set(outer), Value::Set(inner)) => Some(inner.iter_sorted().all(|item| outer.contains(item))),
        (Value::Array(outer), Value::Array(inner)) => {
            let (outer, inner) = (outer.iter().collect::<Vec<_>>(), inner.iter().collect::<Vec<_>>());
            Some(inner.is_empty() || outer.windows(inner.len()).any(|part| part == inner.as_slice()))
        }
        _ => None,
    }
}
