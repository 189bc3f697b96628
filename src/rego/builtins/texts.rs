//! Texts: formats, regular expressions, replacements, and what is well-formed.

use regorus::Value;

use super::format::formatted;
use super::patterns::ascii_classes;
use super::{Call, Plain, call_library, text, wrong_type};

pub(super) const TABLE: &[(&str, usize, Plain)] = &[
    ("sprintf", 2, formatted),
    ("strings.count", 2, count),
    ("strings.replace_n", 2, replace_n),
    ("regex.match", 2, |call, arguments| with_pattern(call, arguments, 0)),
    ("regex.split", 2, |call, arguments| with_pattern(call, arguments, 0)),
    ("regex.find_n", 3, |call, arguments| with_pattern(call, arguments, 0)),
    ("regex.find_all_string_submatch_n", 3, |call, arguments| with_pattern(call, arguments, 0)),
    ("regex.replace", 3, |call, arguments| with_pattern(call, arguments, 1)),
    ("regex.is_valid", 1, |call, arguments| match arguments {
        [Value::String(_)] => with_pattern(call, arguments, 0),
        _ => Ok(Value::from(false)),
    }),
    ("json.is_valid", 1, well_formed),
    ("base64.is_valid", 1, well_formed),
    ("semver.is_valid", 1, well_formed),
    ("net.cidr_is_valid", 1, well_formed),
];

/// OPA counts without overlaps, and the empty string between all characters; the library panics on it.
fn count(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let (subject, part) = (text(call, arguments, 0)?, text(call, arguments, 1)?);
    Ok(Value::from(subject.matches(part).count()))
}

/// All replacements at once, the first in the order of their keys at each place; the library makes one after the
/// other, so that one replaces what another put in.
fn replace_n(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let patterns = match arguments.first() {
        Some(Value::Object(patterns)) => patterns,
        Some(other) => return Err(wrong_type(call, 1, "an object", other)),
        None => return Ok(Value::Undefined),
    };
    let mut pairs = Vec::new();
    for (old, new) in patterns.iter_sorted() {
        match (old, new) {
            (Value::String(old), Value::String(new)) => pairs.push((&**old, &**new)),
            _ => return Err(format!("`{}`: expected an object of strings", call.name)),
        }
    }
    let mut rest = text(call, arguments, 1)?;
    let mut result = String::with_capacity(rest.len());
    // Go's Replacer puts an empty pattern's text before each character, and at the end.
    loop {
        match pairs.iter().find(|(old, _)| !old.is_empty() && rest.starts_with(old)) {
            Some((old, new)) => {
                result.push_str(new);
                rest = rest.get(old.len()..).unwrap_or_default();
                continue;
            }
            None => {
                if let Some((_, new)) = pairs.iter().find(|(old, _)| old.is_empty()) {
                    result.push_str(new);
                }
            }
        }
        let Some(character) = rest.chars().next() else { break };
        result.push(character);
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
    }
    Ok(Value::from(result))
}

/// The library's, with the pattern read as RE2 reads it.
fn with_pattern(call: &Call, arguments: &[Value], position: usize) -> Result<Value, String> {
    let mut arguments = arguments.to_vec();
    if let Some(pattern) = arguments.get_mut(position)
        && let Value::String(text) = pattern
    {
        *pattern = Value::from(ascii_classes(text));
    }
    match call_library(call.name, &arguments)? {
        Value::Undefined => Err(format!("`{}`: invalid arguments", call.name)),
        value => Ok(value),
    }
}

/// A builtin that asks whether a string is well-formed: to OPA, what is no string is not.
fn well_formed(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    match arguments {
        [Value::String(_)] => call_library(call.name, arguments),
        _ => Ok(Value::from(false)),
    }
}
