//! How Go writes values and numbers in the sentences about them.

use serde_json::{Number, Value as Json};

use super::super::numbers::Decimal;

/// A value as `json.Marshal` writes it after its numbers were read as doubles: keys are sorted, and what means something in
/// HTML is escaped. Two values are equal to gojsonschema if this is.
pub(super) fn marshalled(value: &Json) -> String {
    match value {
        Json::Number(number) => double(number.as_f64().unwrap_or_default()),
        Json::String(text) => quoted(text),
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(marshalled).collect();
            format!("[{}]", items.join(","))
        }
        Json::Object(members) => {
            let mut members: Vec<(&String, &Json)> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            let members: Vec<String> =
                members.iter().map(|(name, member)| format!("{}:{}", quoted(name), marshalled(member))).collect();
            format!("{{{}}}", members.join(","))
        }
        other => other.to_string(),
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    for character in Json::from(text).to_string().chars() {
        match character {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            other => quoted.push(other),
        }
    }
    quoted
}

/// A double in JSON: with an exponent where it is very small or large.
fn double(number: f64) -> String {
    let size = number.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = format!("{number:e}");
        return if text.contains("e-") { text } else { text.replace('e', "e+") };
    }
    format!("{number}")
}

/// A number as an exact decimal.
pub(super) fn decimal(number: &Number) -> Option<Decimal> {
    let value = match number.as_i64() {
        Some(whole) => regorus::Value::from(whole),
        None => regorus::Value::from(number.as_f64()?),
    };
    Decimal::of(&value)
}

/// A limit as `big.Float` prints it: with an exponent from seven digits on.
pub(super) fn limit(number: &Number) -> Option<String> {
    let scientific = match number.as_i64() {
        Some(whole) => format!("{whole:e}"),
        None => format!("{:e}", number.as_f64()?),
    };
    let (digits, exponent) = scientific.split_once('e')?;
    let exponent: i32 = exponent.parse().ok()?;
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    if !(-4..6).contains(&exponent) {
        let exponent_sign = if exponent < 0 { '-' } else { '+' };
        return Some(format!("{sign}{digits}e{exponent_sign}{:02}", exponent.unsigned_abs()));
    }
    match number.as_i64() {
        Some(whole) => Some(whole.to_string()),
        None => Some(number.as_f64()?.to_string()),
    }
}
