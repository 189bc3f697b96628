//! OPA's order of values, and its spelling of numbers. The library's order differs from it in one thing: there sets
//! come before objects.

use std::cmp::Ordering;

use regorus::Value;
use regorus::value::Set;

/// Compares as OPA does: by type, then by content; of collections the first elements that differ decide.
pub(crate) fn compare(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Set(_), Value::Object(_)) => Ordering::Greater,
        (Value::Object(_), Value::Set(_)) => Ordering::Less,
        (Value::Array(left), Value::Array(right)) => each(left.iter(), right.iter()),
        (Value::Set(left), Value::Set(right)) => each(in_order(left).into_iter(), in_order(right).into_iter()),
        (Value::Object(left), Value::Object(right)) => {
            let (mut left, mut right) = (left.iter_sorted(), right.iter_sorted());
            loop {
                match (left.next(), right.next()) {
                    (Some((key, value)), Some((other, with))) => {
                        let order = compare(key, other).then_with(|| compare(value, with));
                        if order.is_ne() {
                            return order;
                        }
                    }
                    (left, right) => return left.is_some().cmp(&right.is_some()),
                }
            }
        }
        _ => left.cmp(right),
    }
}

fn each<'v>(mut left: impl Iterator<Item = &'v Value>, mut right: impl Iterator<Item = &'v Value>) -> Ordering {
    loop {
        match (left.next(), right.next()) {
            (Some(item), Some(other)) => {
                let order = compare(item, other);
                if order.is_ne() {
                    return order;
                }
            }
            (left, right) => return left.is_some().cmp(&right.is_some()),
        }
    }
}

/// The elements of a set in OPA's order.
pub(crate) fn in_order(set: &Set) -> Vec<&Value> {
    let mut elements: Vec<&Value> = set.iter_sorted().collect();
    let is_composite = |value: &&Value| matches!(value, Value::Array(_) | Value::Set(_) | Value::Object(_));
    if elements.last().is_some_and(is_composite) {
        elements.sort_by(|left, right| compare(left, right));
    }
    elements
}

/// Whether the library holds this number as a double. It keeps `1.0` as one; what is counted here is whole again
/// (`numbers::normal`).
pub(crate) fn is_float(value: &Value) -> bool {
    // The kinds of numbers have no name outside of the library. Of all only doubles are given decimals.
    matches!(value, Value::Number(number) if number.format_decimal_with_width(1).contains('.'))
}

/// A whole number that was written with a fraction or an exponent: `1.0`. It equals `1`, and is printed otherwise. A
/// larger one may have been written with all its digits.
pub(crate) fn is_written_as_float(value: &Value) -> bool {
    matches!(value, Value::Number(number) if number.is_integer()) && value.as_i64().is_ok() && is_float(value)
}

/// A number as OPA prints it where it does not count with it: `1.0` stays so.
pub(crate) fn digits(value: &Value) -> String {
    match value {
        Value::Number(number) if is_written_as_float(value) => format!("{}.0", number.format_decimal()),
        Value::Number(number) => number.format_decimal(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_come_before_sets_however_deep_they_are() {
        let object = Value::new_object();
        let set = Value::new_set();
        assert!(compare(&object, &set).is_lt() && object.cmp(&set).is_gt());
        let deep = |value: &Value| Value::from(vec![value.clone()]);
        let mut elements = Set::default();
        elements.insert(deep(&set));
        elements.insert(deep(&object));
        elements.insert(Value::from(1));
        assert_eq!(in_order(&elements), [&Value::from(1), &deep(&object), &deep(&set)]);
    }
}
