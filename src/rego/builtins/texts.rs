//! Texts: formats, regular expressions, replacements, and what is well-formed.

use regorus::Value;

use super::format::formatted;
use super::guards::guarded;
use super::patterns::engine_pattern;
use super::{Call, Plain, call_library, text, wrong_type};

pub(super) const TABLE: &[(&str, usize, Plain)] = &[
    ("sprintf", 2, formatted),
    ("upper", 1, |call, arguments| in_case(call, arguments, |character| single(character.to_uppercase()))),
    ("lower", 1, |call, arguments| in_case(call, arguments, lower)),
    ("strings.count", 2, count),
    ("strings.replace_n", 2, replace_n),
    ("strings.split_n", 3, split_n),
    ("array.flatten", 1, flattened),
    ("uuid.parse", 1, uuid),
    ("json.unmarshal", 1, from_json),
    ("regex.match", 2, with_pattern),
    ("regex.find_n", 3, with_pattern),
    ("regex.find_all_string_submatch_n", 3, with_pattern),
    ("regex.is_valid", 1, is_pattern),
    ("json.is_valid", 1, well_formed),
];

/// Go changes the case of each character by itself, into one character: `ß` stays.
fn in_case(call: &Call, arguments: &[Value], case: fn(char) -> Option<char>) -> Result<Value, String> {
    let changed = text(call, arguments, 0)?.chars().map(|character| case(character).unwrap_or(character));
    Ok(Value::from(changed.collect::<String>()))
}

fn single(mut characters: impl Iterator<Item = char>) -> Option<char> {
    characters.next().filter(|_| characters.next().is_none())
}

/// The one that becomes two, `i` with a dot, loses the dot in Go.
fn lower(character: char) -> Option<char> {
    character.to_lowercase().next()
}

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
    // As Go's Replacer: where the empty pattern has put its text, the others are tried before the next character.
    let mut was_empty = false;
    loop {
        let found = pairs.iter().find(|(old, _)| rest.starts_with(old) && !(was_empty && old.is_empty()));
        was_empty = found.is_some_and(|(old, _)| old.is_empty());
        if let Some((old, new)) = found {
            result.push_str(new);
            rest = rest.get(old.len()..).unwrap_or_default();
            continue;
        }
        let Some(character) = rest.chars().next() else { break };
        result.push(character);
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
    }
    Ok(Value::from(result))
}

/// The library's, with the pattern, its first argument, read as RE2 reads it.
pub(super) fn with_pattern(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let mut arguments = arguments.to_vec();
    if let Some(pattern) = arguments.first_mut()
        && let Value::String(text) = pattern
    {
        *pattern = Value::from(engine_pattern(text).map_err(|error| format!("`{}`: {error}", call.name))?);
    }
    guarded(call, arguments)
}

/// Whether a pattern is one.
fn is_pattern(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    match arguments {
        [Value::String(pattern)] => match engine_pattern(pattern) {
            Ok(pattern) => call_library(call.name, &[Value::from(pattern)]),
            Err(_) => Ok(Value::from(false)),
        },
        _ => Ok(Value::from(false)),
    }
}

/// A builtin that asks whether a string is well-formed: to OPA, what is no string is not.
fn well_formed(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    match arguments {
        [Value::String(_)] => call_library(call.name, arguments),
        _ => Ok(Value::from(false)),
    }
}

/// As many parts as asked for: the first ones, or with a negative number the last.
fn split_n(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let (subject, delimiter) = (text(call, arguments, 0)?, text(call, arguments, 1)?);
    let count = match arguments.get(2) {
        Some(number @ Value::Number(_)) => {
            number.as_i64().map_err(|_| format!("`{}`: expected a whole number as argument 3", call.name))?
        }
        Some(other) => return Err(wrong_type(call, 3, "a number", other)),
        None => return Ok(Value::Undefined),
    };
    let parts: Vec<String> = if delimiter.is_empty() {
        subject.chars().map(String::from).collect()
    } else {
        subject.split(delimiter).map(str::to_owned).collect()
    };
    let wanted = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    let skipped = if count < 0 { parts.len().saturating_sub(wanted) } else { 0 };
    Ok(Value::from(parts.into_iter().skip(skipped).take(wanted).map(Value::from).collect::<Vec<_>>()))
}

/// The elements of arrays in an array, one level of them.
fn flattened(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let items = match arguments.first() {
        Some(Value::Array(items)) => items,
        Some(other) => return Err(wrong_type(call, 1, "an array", other)),
        None => return Ok(Value::Undefined),
    };
    let mut flat = Vec::new();
    for item in items.iter() {
        match item {
            Value::Array(inner) => flat.extend(inner.iter().cloned()),
            other => flat.push(other.clone()),
        }
    }
    Ok(Value::from(flat))
}

fn from_json(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let subject = text(call, arguments, 0)?;
    // An exponent of five digits is too large for OPA too.
    let is_huge = |rest: &str| rest.trim_start_matches(['+', '-']).bytes().take_while(u8::is_ascii_digit).count() > 4;
    Value::from_json_str(subject).or_else(|error| match serde_json::from_str::<serde::de::IgnoredAny>(subject) {
        Ok(_) if !subject.split(['e', 'E']).skip(1).any(is_huge) => {
            call.beyond(&format!("a number that is too large, or nesting that is too deep ({error})"))
        }
        _ => Err(format!("`{}`: {error}", call.name)),
    })
}

/// What a UUID says of itself (RFC 9562); one that is none is undefined.
fn uuid(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let subject = text(call, arguments, 0)?;
    // Of 38 characters the first and the last are not looked at.
    let bare = match subject.len() {
        45 => subject.get(..9).filter(|prefix| prefix.eq_ignore_ascii_case("urn:uuid:")).and_then(|_| subject.get(9..)),
        38 => subject.get(1..37),
        _ => Some(subject),
    };
    let Some(bare) = bare else { return Ok(Value::Undefined) };
    let hyphens = bare.char_indices().filter(|(_, character)| *character == '-').map(|(index, _)| index);
    let hyphens: Vec<usize> = hyphens.collect();
    let digits: Vec<u8> = bare
        .chars()
        .filter(|character| *character != '-')
        .filter_map(|digit| u8::try_from(digit.to_digit(16)?).ok())
        .collect();
    let is_form = (hyphens == [8, 13, 18, 23] && bare.len() == 36) || (hyphens.is_empty() && bare.len() == 32);
    if !is_form || digits.len() != 32 {
        return Ok(Value::Undefined);
    }
    let bytes: Vec<u8> = digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte * 16 + digit)).collect();
    let byte = |index: usize| bytes.get(index).copied().unwrap_or_default();
    let number = |range: std::ops::Range<usize>| range.fold(0u64, |number, index| number << 8 | u64::from(byte(index)));
    let version = byte(6) >> 4;
    let variant = match byte(8) {
        128..=191 => "RFC4122",
        192..=223 => "Microsoft",
        224..=255 => "Future",
        _ => "Reserved",
    };
    let mut fields = regorus::value::Object::default();
    let mut add = |name: &str, value: Value| {
        fields.insert(Value::from(name), value);
    };
    add("version", Value::from(u64::from(version)));
    add("variant", Value::from(variant));
    if matches!(version, 1 | 2) {
        let low = number(0..4);
        let time = low | number(4..6) << 32 | (number(6..8) & 0xfff) << 48;
        // From 1582-10-15 in units of 100 ns.
        let since_1970 = i128::from(time) - 0x01b2_1dd2_1381_4000;
        add("time", Value::from(since_1970 * 100));
        let node: Vec<String> = (10..16).map(|index| format!("{:02x}", byte(index))).collect();
        add("nodeid", Value::from(node.join("-")));
        let kind = match byte(10) & 0b11 {
            0b11 => "local:multicast",
            0b01 => "global:multicast",
            0b10 => "local:unicast",
            _ => "global:unicast",
        };
        add("macvariables", Value::from(kind));
        add("clocksequence", Value::from(number(8..10) & 0x3fff));
        if version == 2 {
            add("id", Value::from(low));
            let domain = match byte(9) {
                0 => "Person".to_owned(),
                1 => "Group".to_owned(),
                2 => "Org".to_owned(),
                other => format!("Domain{other}"),
            };
            add("domain", Value::from(domain));
        }
    }
    Ok(fields.into_value())
}
