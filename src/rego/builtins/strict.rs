//! Builtins of the library that take more than OPA does, with their arguments checked first.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use regorus::Value;

use super::numbers::normal;
use super::{Call, Plain, call_library, collection, elements, set, text, wrong_type};

pub(super) const TABLE: &[(&str, usize, Plain)] = &[
    ("substring", 3, substring),
    ("indexof", 2, with_part),
    ("indexof_n", 2, with_part),
    ("base64.decode", 1, |call, arguments| {
        let bytes = unpacked(call, arguments)?;
        Ok(Value::from(String::from_utf8_lossy(&bytes).into_owned()))
    }),
    ("base64.is_valid", 1, |call, arguments| Ok(Value::from(unpacked(call, arguments).is_ok()))),
    ("semver.is_valid", 1, |_, arguments| {
        Ok(Value::from(matches!(arguments, [Value::String(version)] if bare_version(version).is_some())))
    }),
    ("semver.compare", 2, compare_versions),
    ("glob.quote_meta", 1, quoted_glob),
    ("net.cidr_is_valid", 1, |_, arguments| {
        Ok(Value::from(matches!(arguments, [Value::String(text)] if is_network(text))))
    }),
    ("graph.reachable_paths", 2, reachable_paths),
    ("time.parse_rfc3339_ns", 1, timestamp),
    ("bits.rsh", 2, with_whole_numbers),
];

/// Start and length have to be whole numbers.
fn substring(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    for (position, argument) in arguments.iter().enumerate().skip(1) {
        if !matches!(argument, Value::Number(number) if number.is_integer()) {
            return Err(wrong_type(call, position + 1, "a whole number", argument));
        }
    }
    call_library(call.name, arguments)
}

/// The empty string is nowhere.
fn with_part(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    if text(call, arguments, 1)?.is_empty() {
        return Err(format!("`{}`: empty search character", call.name));
    }
    call_library(call.name, arguments)
}

/// Go's decoder skips line ends and does not look at the bits that the last character has too many.
fn unpacked(call: &Call, arguments: &[Value]) -> Result<Vec<u8>, String> {
    unpacked_text(call, text(call, arguments, 0)?)
}

/// The bytes of a text in base64.
pub(super) fn unpacked_text(call: &Call, packed: &str) -> Result<Vec<u8>, String> {
    let config = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical);
    let packed = packed.replace(['\r', '\n'], "");
    let decoded = GeneralPurpose::new(&alphabet::STANDARD, config).decode(packed);
    decoded.map_err(|error| format!("`{}`: {error}", call.name))
}

/// A semantic version without the `v` that may stand before it; its numbers have to fit 63 bits.
fn bare_version(version: &str) -> Option<&str> {
    let bare = version.strip_prefix('v').unwrap_or(version);
    let core = bare.split(['-', '+']).next().unwrap_or_default();
    let fits = core.split('.').all(|number| number.parse::<u64>().is_ok_and(|number| i64::try_from(number).is_ok()));
    let is_valid = || call_library("semver.is_valid", &[Value::from(bare)]) == Ok(Value::from(true));
    (fits && is_valid()).then_some(bare)
}

fn compare_versions(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let bare = |position| {
        let version = text(call, arguments, position)?;
        bare_version(version).ok_or_else(|| format!("`{}`: {version:?} is no semantic version", call.name))
    };
    call_library(call.name, &[Value::from(bare(0)?), Value::from(bare(1)?)])
}

fn quoted_glob(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let mut quoted = String::new();
    for character in text(call, arguments, 0)?.chars() {
        if "*?\\[]{}".contains(character) {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    Ok(Value::from(quoted))
}

/// The library takes a sign before the length of a prefix.
fn is_network(text: &str) -> bool {
    let unsigned = text.rsplit_once('/').is_some_and(|(_, length)| length.bytes().all(|byte| byte.is_ascii_digit()));
    unsigned && call_library("net.cidr_is_valid", &[Value::from(text)]) == Ok(Value::from(true))
}

/// Paths of a graph that one call may follow.
const MOST_PATHS: usize = 100_000;

/// The longest ways from these nodes; one that comes back to itself ends there.
fn reachable_paths(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let graph = match arguments.first() {
        Some(Value::Object(graph)) => graph,
        Some(other) => return Err(wrong_type(call, 1, "an object", other)),
        None => return Ok(Value::Undefined),
    };
    let starts = collection(call, arguments, 1)?.into_iter().filter(|node| graph.get(node).is_some());
    let mut open: Vec<Vec<Value>> = starts.map(|node| vec![node.clone()]).collect();
    let (mut paths, mut steps) = (Vec::new(), 0);
    while let Some(path) = open.pop() {
        steps += 1;
        if steps > MOST_PATHS {
            return call.beyond("the graph has too many paths");
        }
        let edges = path.last().and_then(|node| graph.get(node)).and_then(elements).unwrap_or_default();
        let mut ends = edges.is_empty();
        for node in edges {
            let is_loop = path.len() > 1 && path.contains(node);
            if is_loop || graph.get(node).is_none() {
                ends = true;
            } else {
                open.push(path.iter().chain([node]).cloned().collect());
            }
        }
        if ends {
            paths.push(Value::from(path));
        }
    }
    Ok(set(paths))
}

/// Go reads only `T` and `Z` between and after the parts of a time, and no leap second.
fn timestamp(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let subject = text(call, arguments, 0)?;
    let malformed = || format!("`{}`: malformed time {subject:?}", call.name);
    let is_plain = subject.is_ascii() && subject.as_bytes().get(10) == Some(&b'T') && !subject.contains('z');
    if !is_plain || subject.get(17..19) == Some("60") {
        return Err(malformed());
    }
    match call_library(call.name, arguments)? {
        Value::Undefined => Err(malformed()),
        value => Ok(value),
    }
}

/// `2.0` is a whole number too.
fn with_whole_numbers(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let arguments: Vec<Value> = arguments.iter().cloned().map(normal).collect();
    call_library(call.name, &arguments)
}
