//! What a schema asks of a single value: texts, numbers, `const` and `enum`.

use std::cmp::Ordering;
use std::collections::HashMap;

use serde_json::{Number, Value as Json};

use super::compile::{Bounds, Schema};
use super::failure::{Failure, unsure};
use super::formats::has_format;
use super::outcome::{Done, Outcome};
use super::spelling::{decimal, limit, marshalled};

/// The bounds that a count does not keep.
pub(super) fn out_of(bounds: Bounds, count: usize) -> (Option<i64>, Option<i64>) {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    (bounds.least.filter(|least| count < *least), bounds.most.filter(|most| count > *most))
}

/// The type of a value; whole numbers are integers.
pub(super) fn type_of(node: &Json) -> &'static str {
    match node {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(number) => match number.as_f64().is_some_and(|number| number.fract() == 0.0) {
            true => "integer",
            false => "number",
        },
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}

/// `uniqueItems`
pub(super) fn unique(schema: &Schema, items: &[Json], place: &str, outcome: &mut Outcome) {
    if !schema.are_items_unique {
        return;
    }
    let mut seen = HashMap::new();
    for (index, item) in items.iter().enumerate() {
        if let Some(other) = seen.insert(marshalled(item), index) {
            outcome.tell("unique", place, format!("array items[{other},{index}] must be unique"));
        }
    }
}

/// `const`, `enum` and `format`
pub(super) fn common(schema: &Schema, node: &Json, place: &str, outcome: &mut Outcome) -> Done {
    let field = place.strip_prefix("(Root).").unwrap_or(place);
    if let Some(only) = &schema.only
        && marshalled(node) != *only
    {
        outcome.tell("const", place, format!("{field} does not match: {only}"));
    }
    if let Some(choices) = &schema.choices
        && !choices.contains(&marshalled(node))
    {
        let said = format!("{field} must be one of the following: {}", choices.join(", "));
        outcome.tell("enum", place, said);
    }
    if let (Some(format), Json::String(text)) = (&schema.format, node)
        && !has_format(format, text)?
    {
        outcome.tell("format", place, format!("Does not match format '{format}'"));
    }
    outcome.score += 1;
    Ok(())
}

/// The keywords for strings.
pub(super) fn check_text(schema: &Schema, text: &str, place: &str, outcome: &mut Outcome) {
    let (short, long) = out_of(schema.length, text.chars().count());
    if let Some(least) = short {
        outcome.tell("string_gte", place, format!("String length must be greater than or equal to {least}"));
    }
    if let Some(most) = long {
        outcome.tell("string_lte", place, format!("String length must be less than or equal to {most}"));
    }
    if let Some((written, pattern)) = &schema.pattern
        && !pattern.is_match(text)
    {
        outcome.tell("pattern", place, format!("Does not match pattern '{written}'"));
    }
    outcome.score += 1;
}

/// The keywords for numbers.
pub(super) fn check_number(schema: &Schema, number: &Number, place: &str, outcome: &mut Outcome) -> Done {
    if let Some(multiple) = &schema.multiple_of
        && !is_multiple(number, multiple)?
    {
        outcome.tell("multiple_of", place, format!("Must be a multiple of {}", printed(multiple)?));
    }
    type IsWrong = fn(Ordering) -> bool;
    let limits: [(_, IsWrong, _, _); 4] = [
        (&schema.maximum, |order| order.is_gt(), "number_lte", "less than or equal to"),
        (&schema.below, |order| order.is_ge(), "number_lt", "less than"),
        (&schema.minimum, |order| order.is_lt(), "number_gte", "greater than or equal to"),
        (&schema.above, |order| order.is_le(), "number_gt", "greater than"),
    ];
    for (bound, is_wrong, kind, words) in limits {
        if let Some(bound) = bound
            && is_wrong(compared(number, bound)?)
        {
            outcome.tell(kind, place, format!("Must be {words} {}", printed(bound)?));
        }
    }
    outcome.score += 1;
    Ok(())
}

fn printed(number: &Number) -> Result<String, Failure> {
    limit(number).map_or_else(|| unsure("a limit that is no decimal number"), Ok)
}

fn is_multiple(number: &Number, multiple: &Number) -> Result<bool, Failure> {
    let aligned = decimal(number).zip(decimal(multiple)).and_then(|(left, right)| left.aligned(right));
    match aligned.and_then(|(left, right, _)| left.checked_rem(right)) {
        Some(rest) => Ok(rest == 0),
        None => unsure("numbers of very different sizes"),
    }
}

fn compared(left: &Number, right: &Number) -> Result<Ordering, Failure> {
    if let Some((left, right, _)) = decimal(left).zip(decimal(right)).and_then(|(left, right)| left.aligned(right)) {
        return Ok(left.cmp(&right));
    }
    match left.as_f64().zip(right.as_f64()).and_then(|(left, right)| left.partial_cmp(&right)) {
        Some(order) if order.is_ne() => Ok(order),
        _ => unsure("numbers of very different sizes"),
    }
}
