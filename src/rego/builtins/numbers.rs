//! Numbers. OPA counts in decimals of 64 bits, the library in binary ones of 53: sums, differences and products of
//! decimals that have a short form are made of that form here, so `0.1 + 0.2` is `0.3` in both.

use regorus::Value;

use super::{Call, Plain, call_library, wrong_type};

pub(super) const TABLE: &[(&str, usize, Plain)] = &[
    ("abs", 1, from_number),
    ("ceil", 1, from_number),
    ("floor", 1, from_number),
    ("round", 1, from_number),
    ("to_number", 1, to_number),
    ("units.parse", 1, small_number),
    ("units.parse_bytes", 1, small_number),
    ("numbers.range", 2, range),
    ("numbers.range_step", 3, stepped_range),
    ("bits.lsh", 2, shifted),
    ("format_int", 2, format_int),
];

/// Elements that one call may produce.
const MOST_ELEMENTS: f64 = 1_000_000.0;
/// Bits that one call may shift by.
const WIDEST_SHIFT: f64 = 4096.0;
/// Characters of a number that is read.
const LONGEST: usize = 400;
/// Digits of its exponent.
const EXPONENT_DIGITS: usize = 3;

/// A decimal number: `mantissa * 10^exponent`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decimal {
    mantissa: i128,
    exponent: i32,
}

impl Decimal {
    /// The shortest form of a number that is no large integer.
    pub(super) fn of(value: &Value) -> Option<Self> {
        if let Ok(mantissa) = value.as_i64() {
            return Some(Decimal { mantissa: i128::from(mantissa), exponent: 0 });
        }
        let scientific = format!("{:e}", value.as_f64().ok()?);
        let (digits, exponent) = scientific.split_once('e')?;
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mantissa = format!("{whole}{fraction}").parse().ok()?;
        let exponent = exponent.parse::<i32>().ok()?.checked_sub(i32::try_from(fraction.len()).ok()?)?;
        Some(Decimal { mantissa, exponent })
    }

    /// Both with the smaller of their exponents.
    pub(super) fn aligned(self, other: Self) -> Option<(i128, i128, i32)> {
        let exponent = self.exponent.min(other.exponent);
        let scaled = |number: Self| {
            let power = u32::try_from(number.exponent.checked_sub(exponent)?).ok()?;
            number.mantissa.checked_mul(10i128.checked_pow(power)?)
        };
        Some((scaled(self)?, scaled(other)?, exponent))
    }

    fn value(self) -> Option<Value> {
        let number: f64 = format!("{}e{}", self.mantissa, self.exponent).parse().ok()?;
        number.is_finite().then(|| normal(Value::from(number)))
    }
}

/// A whole number as one, however it was made.
pub(super) fn normal(value: Value) -> Value {
    match value.as_i64() {
        Ok(whole) => Value::from(whole),
        Err(_) => value,
    }
}

fn are_whole(left: &Value, right: &Value) -> bool {
    let is_whole = |value: &Value| matches!(value, Value::Number(number) if number.is_integer());
    is_whole(left) && is_whole(right)
}

/// An operation that the library does exactly for whole numbers, and in binary for others.
macro_rules! by_library {
    ($left:expr, $right:expr, $operation:ident) => {
        match ($left, $right) {
            (Value::Number(left), Value::Number(right)) => {
                left.$operation(right).map(|number| normal(Value::from(number))).map_err(|error| error.to_string())
            }
            _ => Ok(Value::Undefined),
        }
    };
}

pub(super) fn add(left: &Value, right: &Value) -> Result<Value, String> {
    let sum =
        |(left, right, exponent): (i128, i128, i32)| Some(Decimal { mantissa: left.checked_add(right)?, exponent });
    in_decimal(left, right, sum).map_or_else(|| by_library!(left, right, add), Ok)
}

pub(super) fn subtract(left: &Value, right: &Value) -> Result<Value, String> {
    let difference =
        |(left, right, exponent): (i128, i128, i32)| Some(Decimal { mantissa: left.checked_sub(right)?, exponent });
    in_decimal(left, right, difference).map_or_else(|| by_library!(left, right, sub), Ok)
}

/// Of two numbers that are not both whole.
fn in_decimal(
    left: &Value,
    right: &Value,
    operation: impl FnOnce((i128, i128, i32)) -> Option<Decimal>,
) -> Option<Value> {
    if are_whole(left, right) {
        return None;
    }
    operation(Decimal::of(left)?.aligned(Decimal::of(right)?)?)?.value()
}

pub(super) fn multiply(left: &Value, right: &Value) -> Result<Value, String> {
    let product = || {
        let (left, right) = (Decimal::of(left)?, Decimal::of(right)?);
        let mantissa = left.mantissa.checked_mul(right.mantissa)?;
        Decimal { mantissa, exponent: left.exponent.checked_add(right.exponent)? }.value()
    };
    let exact = if are_whole(left, right) { None } else { product() };
    exact.map_or_else(|| by_library!(left, right, mul), Ok)
}

pub(super) fn divide(left: &Value, right: &Value) -> Result<Value, String> {
    if *right == Value::from(0) {
        return Err("divide by zero".to_owned());
    }
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            left.clone().divide(right).map(|number| normal(Value::from(number))).map_err(|error| error.to_string())
        }
        _ => Ok(Value::Undefined),
    }
}

pub(super) fn remainder(left: &Value, right: &Value) -> Result<Value, String> {
    if *right == Value::from(0) {
        return Err("modulo by zero".to_owned());
    }
    if !are_whole(left, right) {
        return Err("modulo on floating-point number".to_owned());
    }
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            left.clone().modulo(right).map(|number| normal(Value::from(number))).map_err(|error| error.to_string())
        }
        _ => Ok(Value::Undefined),
    }
}

fn from_number(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    match arguments {
        [Value::Number(_)] => call_library(call.name, arguments).map(normal),
        [other, ..] => Err(wrong_type(call, 1, "a number", other)),
        [] => Ok(Value::Undefined),
    }
}

/// A number with a huge exponent, which a document can bring along, would be written out in full.
fn small_number(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    if let [Value::String(text)] = arguments {
        let digits = |rest: &str| rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len());
        let exponent = |rest: &str| {
            let rest = rest.trim_start_matches(['+', '-']);
            rest.get(..digits(rest)).unwrap_or_default().trim_start_matches('0').len()
        };
        let is_large = text.split(['e', 'E']).skip(1).any(|rest| exponent(rest) > EXPONENT_DIGITS);
        if text.len() > LONGEST || is_large {
            return call.beyond("the number is too large");
        }
    }
    match call_library(call.name, arguments)? {
        Value::Undefined => Err(format!("`{}`: not a number", call.name)),
        value => Ok(normal(value)),
    }
}

fn to_number(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    match arguments {
        [Value::Null] => Ok(Value::from(0)),
        [Value::Bool(flag)] => Ok(Value::from(u64::from(*flag))),
        [number @ Value::Number(_)] => Ok(number.clone()),
        [Value::String(text)] if text.contains(char::is_whitespace) => Err(format!("`{}`: not a number", call.name)),
        [Value::String(text)] => {
            let number = small_number(call, arguments)?;
            // It keeps its spelling.
            match number.as_f64() {
                Ok(float) if text.contains(['.', 'e', 'E']) => Ok(Value::from(float)),
                _ => Ok(number),
            }
        }
        [other, ..] => Err(wrong_type(call, 1, "null, a boolean, a number or a string", other)),
        [] => Ok(Value::Undefined),
    }
}

fn float(call: &Call, arguments: &[Value], position: usize) -> Result<f64, String> {
    match arguments.get(position) {
        // Of a large whole number the size is enough.
        Some(Value::Number(number)) => {
            number.format_decimal().parse().map_err(|_| format!("`{}`: no number", call.name))
        }
        Some(other) => Err(wrong_type(call, position + 1, "a number", other)),
        None => Err(format!("`{}`: argument {} is missing", call.name, position + 1)),
    }
}

fn range(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    bounded_range(call, arguments, 1.0)
}

fn stepped_range(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let step = float(call, arguments, 2)?;
    if step > MOST_ELEMENTS * MOST_ELEMENTS {
        return range_of_first(arguments);
    }
    if step < 1.0 {
        return Err(format!("`{}`: the step must be a whole number greater than 0", call.name));
    }
    bounded_range(call, arguments, step)
}

/// What a step that leads beyond every end leaves of a range.
fn range_of_first(arguments: &[Value]) -> Result<Value, String> {
    Ok(arguments.first().map_or(Value::Undefined, |first| Value::from(vec![normal(first.clone())])))
}

fn bounded_range(call: &Call, arguments: &[Value], step: f64) -> Result<Value, String> {
    let elements = (float(call, arguments, 1)? - float(call, arguments, 0)?).abs() / step;
    if elements > MOST_ELEMENTS {
        return call.beyond(&format!("the range has more than {MOST_ELEMENTS} elements"));
    }
    // The first element would keep the spelling of its argument.
    let arguments: Vec<Value> = arguments.iter().cloned().map(normal).collect();
    call_library(call.name, &arguments)
}

/// What is cut off a fraction leaves no sign.
fn format_int(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let formatted = call_library(call.name, arguments)?;
    Ok(if formatted == Value::from("-0") { Value::from("0") } else { formatted })
}

fn shifted(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    if float(call, arguments, 1)? > WIDEST_SHIFT {
        return call.beyond(&format!("shifts by more than {WIDEST_SHIFT} bits"));
    }
    let arguments: Vec<Value> = arguments.iter().cloned().map(normal).collect();
    call_library(call.name, &arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        Value::from_numeric_string(text).unwrap()
    }

    #[test]
    fn decimals_are_added_as_they_are_written() {
        assert_eq!(add(&value("0.1"), &value("0.2")), Ok(value("0.3")));
        assert_eq!(subtract(&value("0.3"), &value("0.1")), Ok(value("0.2")));
        assert_eq!(multiply(&value("1.1"), &value("3")), Ok(value("3.3")));
        assert_eq!(add(&value("0.5"), &value("0.5")), Ok(value("1")));
        assert_eq!(multiply(&value("99999999999999999999"), &value("10")), Ok(value("999999999999999999990")));
        assert_eq!(divide(&value("6"), &value("3")), Ok(value("2")));
        assert!(divide(&value("6"), &value("0")).is_err());
        assert!(remainder(&value("6.5"), &value("2")).is_err());
    }
}
