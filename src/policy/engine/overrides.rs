//! Builtins that are replaced or guarded, because the library's own would make a denial vanish, never
//! return, or give another answer each time. A native function under a builtin's name replaces it.

use super::{Library, Value, tree};
use crate::policy::format::{Argument, quoted, sprintf};
use crate::policy::patterns::ascii_classes;

/// Elements that one call may produce.
const MOST_ELEMENTS: f64 = 1_000_000.0;
/// Bits that one call may shift by.
const WIDEST_SHIFT: f64 = 4096.0;
/// Address bits that one call may expand.
const WIDEST_NETWORK: u32 = 16;

/// Registers all overrides except the clock, which belongs to one evaluation.
pub(super) fn register(library: &mut Library) -> NativeResult<()> {
    let mut add = |name: &str, arguments: u8, native: Native| {
        let call = move |values: Vec<Value>| native(values).map_err(Into::into);
        library.add_extension(name.to_owned(), arguments, Box::new(call)).map_err(refusal)
    };
    add("sprintf", 2, formatted)?;
    add("strings.count", 2, count_in_string)?;
    add("http.send", 1, |_| refuse("`http.send` is not available: policies see only what was collected and verified"))?;
    add("rand.intn", 2, |_| refuse("`rand.intn` is not available: a verdict must be the same each time"))?;
    add("uuid.rfc4122", 1, |_| refuse("`uuid.rfc4122` is not available: a verdict must be the same each time"))?;
    add("opa.runtime", 0, |_| refuse("`opa.runtime` is not available: policies do not see the environment"))?;
    for name in ["json.is_valid", "base64.is_valid", "semver.is_valid", "net.cidr_is_valid"] {
        add_question(library, name)?;
    }
    for (name, arguments, guard) in GUARDED {
        add_guarded(library, name, *arguments, *guard)?;
    }
    Ok(())
}

/// Registers `time.now_ns` as this constant.
pub(super) fn register_clock(library: &mut Library, nanoseconds: i64) -> NativeResult<()> {
    library
        .add_extension("time.now_ns".to_owned(), 0, Box::new(move |_: Vec<Value>| Ok(Value::from(nanoseconds))))
        .map_err(refusal)
}

/// Why a builtin gives no value.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Refusal(String);

type NativeResult<T> = Result<T, Refusal>;
type Native = fn(Vec<Value>) -> NativeResult<Value>;
/// Checks or changes the arguments before the library's builtin sees them.
type Guard = fn(Vec<Value>) -> NativeResult<Vec<Value>>;

const GUARDED: &[(&str, u8, Guard)] = &[
    ("json.remove", 2, normal_paths),
    ("json.filter", 2, normal_paths),
    ("regex.match", 2, |values| ascii_pattern(values, 0)),
    ("regex.is_valid", 1, |values| ascii_pattern(values, 0)),
    ("regex.split", 2, |values| ascii_pattern(values, 0)),
    ("regex.find_n", 3, |values| ascii_pattern(values, 0)),
    ("regex.find_all_string_submatch_n", 3, |values| ascii_pattern(values, 0)),
    ("regex.replace", 3, |values| ascii_pattern(values, 1)),
    ("to_number", 1, small_numbers),
    ("units.parse", 1, small_numbers),
    ("units.parse_bytes", 1, small_numbers),
    ("numbers.range", 2, |values| bounded_range(values, 1.0)),
    ("numbers.range_step", 3, stepped_range),
    ("bits.lsh", 2, bounded_shift),
    ("net.cidr_expand", 1, bounded_network),
    ("json.patch", 2, Ok),
    ("array.slice", 3, Ok),
    // The library does not say where these failed.
    ("time.parse_duration_ns", 1, Ok),
    ("time.parse_ns", 2, Ok),
    ("time.parse_rfc3339_ns", 1, Ok),
    ("time.add_date", 4, no_local_zone),
    ("time.clock", 1, no_local_zone),
    ("time.date", 1, no_local_zone),
    ("time.diff", 2, no_local_zone),
    ("time.format", 1, no_local_zone),
    ("time.weekday", 1, no_local_zone),
];

fn refuse<T>(reason: &str) -> NativeResult<T> {
    Err(Refusal(reason.to_owned()))
}

/// The library's builtin behind a guard. That it gives no value for these builtins means that its
/// arguments were wrong: in OPA a builtin error, so here too.
fn add_guarded(library: &mut Library, name: &'static str, arguments: u8, guard: Guard) -> NativeResult<()> {
    let call = builtin(name, arguments)?;
    let call = move |values: Vec<Value>| -> NativeResult<Value> {
        let result = call(&guard(values)?)?;
        if result == Value::Undefined { refuse(&format!("`{name}`: invalid arguments")) } else { Ok(result) }
    };
    let call = move |values: Vec<Value>| call(values).map_err(Into::into);
    library.add_extension(name.to_owned(), arguments, Box::new(call)).map_err(refusal)
}

/// A builtin that asks whether a string is well-formed: to OPA, what is no string is not.
fn add_question(library: &mut Library, name: &'static str) -> NativeResult<()> {
    let call = builtin(name, 1)?;
    let call = move |values: Vec<Value>| match values.as_slice() {
        [Value::String(_)] => call(&values).map_err(Into::into),
        _ => Ok(Value::from(false)),
    };
    library.add_extension(name.to_owned(), 1, Box::new(call)).map_err(refusal)
}

/// The library's own implementation of a builtin.
fn builtin(
    name: &'static str,
    arguments: u8,
) -> NativeResult<impl Fn(&[Value]) -> NativeResult<Value> + Clone + Send + Sync> {
    let Some((builtin, _)) = tree::BUILTINS.get(name).copied() else {
        return refuse(&format!("the engine has no builtin `{name}`"));
    };
    // The builtin wants places in the source for its errors; the caller adds the real one.
    let source = tree::Source::from_contents(name.to_owned(), name.to_owned()).map_err(refusal)?;
    let span = tree::Span { source, line: 1, col: 1, start: 0, end: 0 };
    let parameters: Vec<_> = (0..arguments)
        .map(|_| tree::Ref::new(tree::Expr::Null { span: span.clone(), value: Value::Null, eidx: 0 }))
        .collect();
    Ok(move |values: &[Value]| builtin(&span, &parameters, values, true).map_err(refusal))
}

fn refusal(error: impl std::fmt::Display) -> Refusal {
    Refusal(bare(&error.to_string()))
}

/// A library error without its excerpt, which would show our stand-in source.
pub(super) fn bare(message: &str) -> String {
    message.rsplit_once("\nerror: ").map_or(message, |(_, reason)| reason).to_owned()
}

fn formatted(values: Vec<Value>) -> NativeResult<Value> {
    match values.as_slice() {
        [Value::String(format), Value::Array(arguments)] => {
            let arguments: Vec<Argument> = arguments.iter().map(argument).collect();
            Ok(Value::from(sprintf(format, &arguments)))
        }
        [format, arguments] => {
            refuse(&format!("`sprintf` expects a string and an array, found {format} and {arguments}"))
        }
        _ => refuse("`sprintf` expects a string and an array"),
    }
}

fn argument(value: &Value) -> Argument {
    match value {
        Value::Number(number) if number.is_integer() => Argument::Integer(number.format_decimal()),
        Value::Number(_) => value.as_f64().map_or_else(|_| Argument::Text(printed(value)), Argument::Float),
        Value::String(text) => Argument::Text(text.to_string()),
        Value::Bool(flag) => Argument::Bool(*flag),
        composite => Argument::Text(printed(composite)),
    }
}

/// As OPA prints a term.
fn printed(value: &Value) -> String {
    let list = |items: Vec<String>| items.join(", ");
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.format_decimal(),
        Value::String(text) => quoted(text),
        Value::Array(items) => format!("[{}]", list(items.iter().map(printed).collect())),
        Value::Set(items) if items.is_empty() => "set()".to_owned(),
        Value::Set(items) => format!("{{{}}}", list(items.iter().map(printed).collect())),
        Value::Object(fields) => {
            format!(
                "{{{}}}",
                list(
                    fields.iter_sorted().map(|(key, value)| format!("{}: {}", printed(key), printed(value))).collect()
                )
            )
        }
        Value::Undefined => "<undefined>".to_owned(),
    }
}

/// OPA counts without overlaps, and the empty string between all characters; the library panics on it.
fn count_in_string(values: Vec<Value>) -> NativeResult<Value> {
    match values.as_slice() {
        [Value::String(text), Value::String(part)] => Ok(Value::from(text.matches(part.as_ref()).count())),
        _ => refuse("`strings.count` expects two strings"),
    }
}

/// Paths of `json.remove` and `json.filter` as arrays: a leading "/" is no segment, `~0` and `~1` are
/// escapes, and numbers are array positions.
fn normal_paths(values: Vec<Value>) -> NativeResult<Vec<Value>> {
    let mut values = values.into_iter();
    let (Some(document), Some(paths)) = (values.next(), values.next()) else {
        return refuse("expects a document and paths");
    };
    let paths: Vec<Value> = match &paths {
        Value::Array(paths) => paths.iter().map(normal_path).collect::<NativeResult<_>>()?,
        Value::Set(paths) => paths.iter().map(normal_path).collect::<NativeResult<_>>()?,
        other => return refuse(&format!("expects an array or a set of paths, found {other}")),
    };
    Ok(vec![document, Value::from(paths)])
}

fn normal_path(path: &Value) -> NativeResult<Value> {
    let segments: Vec<Value> = match path {
        Value::String(path) => {
            let path = path.strip_prefix('/').unwrap_or(path);
            path.split('/').map(|segment| Value::from(segment.replace("~1", "/").replace("~0", "~"))).collect()
        }
        Value::Array(segments) => segments
            .iter()
            .map(|segment| match segment {
                Value::Number(position) => Value::from(position.format_decimal()),
                other => other.clone(),
            })
            .collect(),
        other => return refuse(&format!("expects each path to be a string or an array, found {other}")),
    };
    Ok(Value::from(segments))
}

fn ascii_pattern(mut values: Vec<Value>, position: usize) -> NativeResult<Vec<Value>> {
    if let Some(pattern) = values.get_mut(position)
        && let Value::String(text) = pattern
    {
        *pattern = Value::from(ascii_classes(text));
    }
    Ok(values)
}

/// A number with a huge exponent, which a document can bring along, would be written out in full.
fn small_numbers(values: Vec<Value>) -> NativeResult<Vec<Value>> {
    for value in &values {
        if let Value::String(text) = value {
            let exponent = text
                .rsplit_once(['e', 'E'])
                .and_then(|(_, exponent)| exponent.trim_end_matches(char::is_alphabetic).parse::<i64>().ok());
            if text.len() > 400 || exponent.is_some_and(|exponent| exponent.abs() > 400) {
                return refuse("the number is too large");
            }
        }
    }
    Ok(values)
}

fn float(values: &[Value], position: usize) -> NativeResult<f64> {
    match values.get(position).map(Value::as_f64) {
        Some(Ok(number)) => Ok(number),
        _ => refuse(&format!("expects a number as argument {}", position + 1)),
    }
}

fn bounded_range(values: Vec<Value>, step: f64) -> NativeResult<Vec<Value>> {
    let elements = (float(&values, 1)? - float(&values, 0)?).abs() / step;
    if elements > MOST_ELEMENTS { refuse("the range has more than 1000000 elements") } else { Ok(values) }
}

fn stepped_range(values: Vec<Value>) -> NativeResult<Vec<Value>> {
    let step = float(&values, 2)?;
    if step < 1.0 { refuse("the step must be a whole number greater than 0") } else { bounded_range(values, step) }
}

fn bounded_shift(values: Vec<Value>) -> NativeResult<Vec<Value>> {
    if float(&values, 1)? > WIDEST_SHIFT { refuse("shifts by more than 4096 bits") } else { Ok(values) }
}

fn bounded_network(values: Vec<Value>) -> NativeResult<Vec<Value>> {
    if let Some(Value::String(network)) = values.first()
        && let Some((address, length)) = network.split_once('/')
        && let Ok(length) = length.parse::<u32>()
    {
        let bits = if address.contains(':') { 128 } else { 32u32 };
        if bits.saturating_sub(length) > WIDEST_NETWORK {
            return refuse("the network has more than 65536 addresses");
        }
    }
    Ok(values)
}

/// "Local" would read the machine's time zone.
fn no_local_zone(values: Vec<Value>) -> NativeResult<Vec<Value>> {
    let local = |value: &Value| matches!(value, Value::Array(parts) if parts.get(1) == Some(&Value::from("Local")));
    if values.iter().any(local) {
        refuse("the time zone \"Local\" depends on the machine: name one, such as \"UTC\"")
    } else {
        Ok(values)
    }
}
