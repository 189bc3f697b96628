//! JSON as Go writes it: characters that mean something in HTML or end a line in JavaScript are escapes, fields are
//! sorted by their names, and a name that is no text is its JSON, escapes included.

use std::collections::BTreeMap;

use regorus::Value;

use super::{Call, Plain, wrong_type};
use crate::rego::values::{digits, in_order, is_float};

pub(super) const TABLE: &[(&str, usize, Plain)] = &[
    ("json.marshal", 1, |_, arguments| Ok(arguments.first().map_or(Value::Undefined, |value| compact(value).into()))),
    ("json.marshal_with_options", 2, with_options),
];

/// What stands before each line, and once more before it for each level.
struct Layout<'o> {
    prefix: &'o str,
    indent: &'o str,
}

/// In one line.
pub(crate) fn compact(value: &Value) -> String {
    let mut out = String::new();
    write(value, None, 0, &mut out);
    out
}

/// With a prefix or an indent there are lines, unless `pretty` says otherwise.
fn with_options(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let [value, options] = arguments else { return Ok(Value::Undefined) };
    let Value::Object(options) = options else { return Err(wrong_type(call, 2, "an object", options)) };
    let mut layout = Layout { prefix: "", indent: "\t" };
    let (mut asked, mut implied) = (None, false);
    for (name, option) in options.iter_sorted() {
        match (name, option) {
            (Value::String(name), Value::Bool(pretty)) if **name == *"pretty" => asked = Some(*pretty),
            (Value::String(name), Value::String(text)) if **name == *"prefix" => {
                (layout.prefix, implied) = (text, true)
            }
            (Value::String(name), Value::String(text)) if **name == *"indent" => {
                (layout.indent, implied) = (text, true)
            }
            _ => return Err(format!("`{}`: unknown option {name}: {option}", call.name)),
        }
    }
    if !asked.unwrap_or(implied) {
        return Ok(Value::from(compact(value)));
    }
    let mut out = layout.prefix.to_owned();
    write(value, Some(&layout), 0, &mut out);
    Ok(Value::from(out))
}

fn write(value: &Value, layout: Option<&Layout<'_>>, depth: usize, out: &mut String) {
    match value {
        Value::Null | Value::Undefined => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::String(text) => write_text(text, out),
        Value::Number(_) => out.push_str(&number(value)),
        Value::Array(items) => write_list(items.iter(), layout, depth, out),
        Value::Set(items) => write_list(in_order(items).into_iter(), layout, depth, out),
        Value::Object(fields) => {
            let name = |key: &Value| match key {
                Value::String(text) => text.to_string(),
                other => compact(other),
            };
            let fields: BTreeMap<String, &Value> =
                fields.iter_sorted().map(|(key, value)| (name(key), value)).collect();
            enclosed(['{', '}'], fields.iter(), layout, depth, out, |(name, value), out| {
                write_text(name, out);
                out.push_str(if layout.is_some() { ": " } else { ":" });
                write(value, layout, depth + 1, out);
            });
        }
    }
}

fn write_list<'v>(items: impl Iterator<Item = &'v Value>, layout: Option<&Layout<'_>>, depth: usize, out: &mut String) {
    enclosed(['[', ']'], items, layout, depth, out, |item, out| write(item, layout, depth + 1, out));
}

/// Items in brackets; an empty list has no lines.
fn enclosed<Item>(
    [open, close]: [char; 2],
    items: impl Iterator<Item = Item>,
    layout: Option<&Layout<'_>>,
    depth: usize,
    out: &mut String,
    write: impl Fn(Item, &mut String),
) {
    let break_line = |depth: usize, out: &mut String| {
        if let Some(Layout { prefix, indent }) = layout {
            out.push('\n');
            out.push_str(prefix);
            out.push_str(&indent.repeat(depth));
        }
    };
    out.push(open);
    let mut is_empty = true;
    for item in items {
        if !is_empty {
            out.push(',');
        }
        is_empty = false;
        break_line(depth + 1, out);
        write(item, out);
    }
    if !is_empty {
        break_line(depth, out);
    }
    out.push(close);
}

fn write_text(text: &str, out: &mut String) {
    for character in serde_json::Value::from(text).to_string().chars() {
        if matches!(character, '<' | '>' | '&' | '\u{2028}' | '\u{2029}') {
            out.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            out.push(character);
        }
    }
}

fn number(value: &Value) -> String {
    // A float of more than 63 bits is shorter with an exponent, and as it may have been written.
    let is_large = is_float(value) && value.as_i64().is_err();
    if is_large { value.to_string() } else { digits(value) }
}
