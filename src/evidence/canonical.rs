//! The digest of a JSON value in one spelling (RFC 8785, JSON Canonicalization Scheme).
//!
//! Written piece by piece into the hash: a document of many megabytes is never copied as a whole.

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

/// What is to be done with one member of the top-level object.
pub enum Member {
    /// As it stands.
    Keep,
    /// Another value in its place.
    Replace(Value),
    /// As if it were not there.
    Omit,
}

/// The sha256 in hex of an object whose own members are kept, replaced or left out.
pub fn digest(object: &Map<String, Value>, member: impl Fn(&str) -> Member) -> String {
    let mut hash = Sha256::new();
    let members = object.iter().filter_map(|(key, value)| match member(key) {
        Member::Keep => Some((key.as_str(), std::borrow::Cow::Borrowed(value))),
        Member::Replace(value) => Some((key.as_str(), std::borrow::Cow::Owned(value))),
        Member::Omit => None,
    });
    let mut members: Vec<_> = members.collect();
    members.sort_by(|(left, _), (right, _)| order(left, right));
    hash.update("{");
    for (number, (key, value)) in members.iter().enumerate() {
        separate(number, &mut hash);
        text(key, &mut hash);
        hash.update(":");
        write(value, &mut hash);
    }
    hash.update("}");
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// §3.2.3: members are sorted by the UTF-16 units of their names.
fn order(left: &str, right: &str) -> std::cmp::Ordering {
    left.encode_utf16().cmp(right.encode_utf16())
}

fn separate(number: usize, hash: &mut Sha256) {
    if number > 0 {
        hash.update(",");
    }
}

/// Nesting is bounded when the document is parsed.
fn write(value: &Value, hash: &mut Sha256) {
    match value {
        Value::Null => hash.update("null"),
        Value::Bool(true) => hash.update("true"),
        Value::Bool(false) => hash.update("false"),
        Value::Number(number) => hash.update(self::number(number)),
        Value::String(string) => text(string, hash),
        Value::Array(items) => {
            hash.update("[");
            for (number, item) in items.iter().enumerate() {
                separate(number, hash);
                write(item, hash);
            }
            hash.update("]");
        }
        Value::Object(object) => {
            let mut members: Vec<_> = object.iter().collect();
            members.sort_by(|(left, _), (right, _)| order(left, right));
            hash.update("{");
            for (number, (key, value)) in members.into_iter().enumerate() {
                separate(number, hash);
                text(key, hash);
                hash.update(":");
                write(value, hash);
            }
            hash.update("}");
        }
    }
}

/// §3.2.2.2: only what has to be escaped is, which is how serde_json writes texts.
fn text(string: &str, hash: &mut Sha256) {
    hash.update(Value::from(string).to_string());
}

/// §3.2.2.3: numbers as ECMAScript writes them. Integers that a double cannot hold are written as they stand,
/// as producers in other languages do.
fn number(number: &serde_json::Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => ecmascript(float),
        _ => number.to_string(),
    }
}

/// ECMA-262 `Number::toString`: the shortest digits that mean this number, with an exponent from 21 digits on and
/// from a millionth down.
fn ecmascript(float: f64) -> String {
    if float == 0.0 {
        return "0".to_owned();
    }
    let shortest = format!("{float:e}");
    // Of two that are as short and as near, the even one (RFC 8785, appendix B, note 2).
    let places = shortest.split('e').next().unwrap_or_default().chars().filter(char::is_ascii_digit).count();
    let even = format!("{float:.*e}", places.saturating_sub(1));
    let shortest = if even.parse() == Ok(float) { even } else { shortest };
    let Some((mantissa, exponent)) = shortest.split_once('e') else { return shortest };
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(|character| *character != '.').collect();
    let (Ok(exponent), Ok(count)) = (exponent.parse::<i32>(), i32::try_from(digits.len())) else { return shortest };
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    let point = exponent.saturating_add(1);
    if count <= point && point <= 21 {
        format!("{sign}{digits}{}", zeros(point - count))
    } else if 0 < point && point <= 21 {
        let (whole, part) = digits.split_at_checked(usize::try_from(point).unwrap_or(0)).unwrap_or((&digits, ""));
        format!("{sign}{whole}.{part}")
    } else if -6 < point && point <= 0 {
        format!("{sign}0.{}{digits}", zeros(-point))
    } else {
        let mark = if exponent < 0 { '-' } else { '+' };
        let (first, rest) = digits.split_at_checked(1).unwrap_or((&digits, ""));
        let dot = if rest.is_empty() { "" } else { "." };
        format!("{sign}{first}{dot}{rest}e{mark}{}", exponent.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_those_of_the_standard() {
        // RFC 8785, appendix B.
        for (bits, expected) in [
            (0x0000_0000_0000_0000_u64, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] {
            assert_eq!(ecmascript(f64::from_bits(bits)), expected);
        }
    }

    #[test]
    fn the_example_of_the_standard_has_its_digest() {
        // RFC 8785 §3.2.2 and §3.2.3; the digest is that of the bytes in §3.2.4.
        let value: Value = serde_json::from_str(
            r#"{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
                "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}"#,
        )
        .unwrap();
        let written = "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
                       \"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
        let expected: String = Sha256::digest(written).iter().map(|byte| format!("{byte:02x}")).collect();
        let object = value.as_object().unwrap();
        assert_eq!(digest(object, |_| Member::Keep), expected);
        let names = json!({"\u{fb33}": 1, "\u{1f600}": 2, "\u{20ac}": 3});
        let sorted = "{\"€\":3,\"😀\":2,\"\u{fb33}\":1}";
        let expected: String = Sha256::digest(sorted).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest(names.as_object().unwrap(), |_| Member::Keep), expected);
    }
}
