//! The values of properties, whatever JSON-LD puts around them.

use serde_json::Value;

use super::context::Context;
use crate::evidence::document::reading::{DocumentValue, local_name};

/// The value of a JSON-LD value object or of a typed PROV-JSON literal, or the name that a reference has.
pub fn literal<'a>(at: &DocumentValue<'a>) -> DocumentValue<'a> {
    ["@value", "@id", "$"].iter().find_map(|key| at.get(key)).unwrap_or_else(|| at.clone())
}

/// The values of the properties with this local name, under any prefix.
pub fn values<'a>(at: &DocumentValue<'a>, local: &str, context: &Context) -> Vec<DocumentValue<'a>> {
    let own = at.members().filter(|(key, _)| local_name(&context.name(key)) == local);
    own.flat_map(|(_, at)| at.each()).collect()
}

/// Members of JSON-LD objects, and of JSON made from XML, that hold what the object stands for.
pub const WRAPPERS: [&str; 5] = ["@value", "@id", "$", "@set", "@list"];

/// Members of JSON-LD objects that hold objects which count as if they stood there themselves.
pub const GATHERERS: [&str; 7] = ["@value", "$", "@set", "@list", "@nest", "@graph", "@included"];

/// What says how the value beside it is to be read, and not what it is.
const ASIDE: [&str; 3] = ["type", "lang", "language"];

/// Whether there is something within a value.
pub fn is_nested(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

/// All that a value states: the values of value objects, sets and lists, the names of references. Null states nothing.
/// An object that has more to it is kept as it is: nobody knows what it says.
pub fn stated_values<'a>(value: &'a Value, found: &mut Vec<&'a Value>, depth: usize) {
    let Some(depth) = depth.checked_sub(1) else { return found.push(value) };
    match value {
        Value::Null => {}
        Value::Array(items) => items.iter().for_each(|item| stated_values(item, found, depth)),
        Value::Object(object) => {
            let before = WRAPPERS.iter().filter(|key| object.contains_key(**key)).count();
            WRAPPERS.iter().filter_map(|key| object.get(*key)).for_each(|inner| stated_values(inner, found, depth));
            let is_more = |key: &String| !key.starts_with(['@', '$']) && !ASIDE.contains(&key.as_str());
            if before == 0 || object.keys().any(is_more) {
                found.push(value);
            }
        }
        _ => found.push(value),
    }
}

/// A value without what JSON-LD puts around it; lists stay lists.
pub fn unwrapped(value: &Value, depth: usize) -> Value {
    let Some(depth) = depth.checked_sub(1) else { return Value::Null };
    match value {
        Value::Array(items) => items.iter().map(|item| unwrapped(item, depth)).collect(),
        Value::Object(_) => match WRAPPERS.iter().find_map(|key| value.get(key)) {
            Some(inner) => unwrapped(inner, depth),
            None => value.clone(),
        },
        _ => value.clone(),
    }
}
