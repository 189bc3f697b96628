//! What stands around values in JSON-LD, and in JSON made from XML.

use serde_json::Value;

/// Members of JSON-LD objects, and of JSON made from XML, that hold what the object stands for.
pub(super) const DRESS: [&str; 5] = ["@value", "@id", "$", "@set", "@list"];

/// Members of JSON-LD objects that hold objects which count as if they stood there themselves.
pub(super) const GATHERS: [&str; 7] = ["@value", "$", "@set", "@list", "@nest", "@graph", "@included"];

/// What says how the value beside it is to be read, and not what it is.
const ASIDE: [&str; 3] = ["type", "lang", "language"];

pub(super) fn is_nested(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

/// All that a value states: the values of value objects, sets and lists, the names of references. Null states nothing.
/// An object that has more to it is kept as it is: nobody knows what it says.
pub(super) fn values<'a>(value: &'a Value, found: &mut Vec<&'a Value>, depth: usize) {
    let Some(depth) = depth.checked_sub(1) else { return found.push(value) };
    match value {
        Value::Null => {}
        Value::Array(items) => items.iter().for_each(|item| values(item, found, depth)),
        Value::Object(object) => {
            let before = DRESS.iter().filter(|key| object.contains_key(**key)).count();
            DRESS.iter().filter_map(|key| object.get(*key)).for_each(|inner| values(inner, found, depth));
            let is_more = |key: &String| !key.starts_with(['@', '$']) && !ASIDE.contains(&key.as_str());
            if before == 0 || object.keys().any(is_more) {
                found.push(value);
            }
        }
        _ => found.push(value),
    }
}

/// A value without what JSON-LD puts around it; lists stay lists.
pub(super) fn undressed(value: &Value, depth: usize) -> Value {
    let Some(depth) = depth.checked_sub(1) else { return Value::Null };
    match value {
        Value::Array(items) => items.iter().map(|item| undressed(item, depth)).collect(),
        Value::Object(_) => match DRESS.iter().find_map(|key| value.get(key)) {
            Some(inner) => undressed(inner, depth),
            None => value.clone(),
        },
        _ => value.clone(),
    }
}
