//! Builtins of the library behind a guard: their arguments are put right or refused before it sees them, and what
//! it leaves undefined is an error, as in OPA.

use regorus::Value;

use super::{Call, Plain, call_library, elements, set, text};

pub(super) const TABLE: &[(&str, usize, Plain)] = &[
    ("json.remove", 2, |call, arguments| guarded(call, normal_paths(arguments)?)),
    ("json.filter", 2, |call, arguments| guarded(call, normal_paths(arguments)?)),
    ("json.patch", 2, |call, arguments| guarded(call, arguments.to_vec())),
    ("array.slice", 3, |call, arguments| guarded(call, arguments.to_vec())),
    ("net.cidr_expand", 1, expanded_network),
    ("time.now_ns", 0, |call, _| Ok(Value::from(call.now))),
    ("time.parse_duration_ns", 1, duration),
    ("time.parse_ns", 2, |call, arguments| guarded(call, arguments.to_vec())),
    ("time.add_date", 4, in_named_zone),
    ("time.clock", 1, in_named_zone),
    ("time.date", 1, in_named_zone),
    ("time.diff", 2, in_named_zone),
    ("time.format", 1, in_named_zone),
    ("time.weekday", 1, in_named_zone),
];

/// Address bits that one call may expand.
const WIDEST_NETWORK: u32 = 16;

/// The library's answer to these arguments; what it leaves undefined is an error.
pub(super) fn guarded(call: &Call, arguments: Vec<Value>) -> Result<Value, String> {
    match call_library(call.name, &arguments)? {
        Value::Undefined => Err(format!("`{}`: invalid arguments", call.name)),
        value => Ok(value),
    }
}

/// Paths of `json.remove` and `json.filter` as arrays: a leading "/" is no segment, `~0` and `~1` are
/// escapes, and numbers are array positions.
fn normal_paths(arguments: &[Value]) -> Result<Vec<Value>, String> {
    let [document, paths] = arguments else { return Err("expected a document and paths".to_owned()) };
    let found = elements(paths).ok_or_else(|| format!("expected an array or a set of paths, found {paths}"))?;
    let paths: Vec<Value> = found.into_iter().map(normal_path).collect::<Result<_, String>>()?;
    // What lies below another path is part of it.
    let below = |path: &Value, other: &Value| match (path, other) {
        (Value::Array(path), Value::Array(other)) => {
            path.len() > other.len() && !other.is_empty() && path.iter().zip(other.iter()).all(|(one, two)| one == two)
        }
        _ => false,
    };
    let is_top = |path: &&Value| !paths.iter().any(|other| below(path, other));
    let top: Vec<Value> = paths.iter().filter(is_top).cloned().collect();
    Ok(vec![document.clone(), Value::from(top)])
}

fn normal_path(path: &Value) -> Result<Value, String> {
    let segments: Vec<Value> = match path {
        Value::String(path) => {
            let path = path.trim_start_matches('/');
            path.split('/').map(|segment| Value::from(segment.replace("~1", "/").replace("~0", "~"))).collect()
        }
        Value::Array(segments) => segments
            .iter()
            .map(|segment| match segment {
                Value::Number(position) => Value::from(position.format_decimal()),
                other => other.clone(),
            })
            .collect(),
        other => return Err(format!("expected each path to be a string or an array, found {other}")),
    };
    Ok(Value::from(segments))
}

fn expanded_network(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let network = text(call, arguments, 0)?;
    if let Some((address, length)) = network.split_once('/')
        && let Ok(length) = length.parse::<u32>()
    {
        let bits = if address.contains(':') { 128 } else { 32u32 };
        if bits.saturating_sub(length) > WIDEST_NETWORK {
            return call.beyond("the network has more than 65536 addresses");
        }
    }
    match guarded(call, arguments.to_vec())? {
        Value::Array(addresses) => Ok(set(addresses.iter().cloned())),
        other => Ok(other),
    }
}

/// The time zone "Local" would be read from the machine.
fn in_named_zone(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let local = |value: &Value| matches!(value, Value::Array(parts) if parts.get(1) == Some(&Value::from("Local")));
    if arguments.iter().any(local) {
        return call.beyond("the time zone \"Local\" depends on the machine: name one, such as \"UTC\"");
    }
    guarded(call, arguments.to_vec())
}

/// Nanoseconds of each unit of a duration: Go's, and days, weeks and years of 365 days.
const UNITS: [(&str, i128); 11] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
    ("w", 604_800_000_000_000),
    ("y", 31_536_000_000_000_000),
];

/// `1h30m`, `-1.5h`, `2d`
fn duration(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let subject = text(call, arguments, 0)?;
    let malformed = || format!("`{}`: invalid duration {subject:?}", call.name);
    let unsigned = subject.strip_prefix(['-', '+']).unwrap_or(subject);
    if unsigned == "0" {
        return Ok(Value::from(0));
    }
    let mut total: i128 = 0;
    let mut rest = unsigned;
    while !rest.is_empty() {
        let digits =
            rest.find(|character: char| !character.is_ascii_digit() && character != '.').ok_or_else(malformed)?;
        let (number, after) = rest.split_at(digits);
        let end = after.find(|character: char| character.is_ascii_digit() || character == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let (_, size) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(malformed)?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty()) || number.len() > 30 {
            return Err(malformed());
        }
        let parsed = |digits: &str| if digits.is_empty() { Ok(0) } else { digits.parse::<i128>() };
        let scale = u32::try_from(fraction.len()).ok().and_then(|power| 10i128.checked_pow(power));
        let part = parsed(whole)
            .ok()
            .and_then(|whole| whole.checked_mul(*size))
            .zip(parsed(fraction).ok().and_then(|fraction| fraction.checked_mul(*size)?.checked_div(scale?)));
        let (whole, fraction) = part.ok_or_else(malformed)?;
        total = total.checked_add(whole).and_then(|total| total.checked_add(fraction)).ok_or_else(malformed)?;
        rest = after;
    }
    let signed = if subject.starts_with('-') { -total } else { total };
    match i64::try_from(signed) {
        Ok(nanoseconds) if !unsigned.is_empty() => Ok(Value::from(nanoseconds)),
        _ => Err(malformed()),
    }
}
