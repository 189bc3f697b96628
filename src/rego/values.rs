//! OPA's order of values. The library's differs from it in one thing: there sets come before objects.

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
