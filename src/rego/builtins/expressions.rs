//! What is done with matches of regular expressions, as Go does it: `regex.split`, `regex.replace` and
//! `regex.template_match`.

use regex::{Captures, Regex};
use regorus::Value;

use super::patterns::engine_pattern;
use super::{Call, Plain, text};

pub(super) const TABLE: &[(&str, usize, Plain)] =
    &[("regex.split", 2, split), ("regex.replace", 3, replace), ("regex.template_match", 4, matches_template)];

fn compiled(call: &Call, pattern: &str) -> Result<Regex, String> {
    let told = |error: &dyn std::fmt::Display| format!("`{}`: {error}", call.name);
    Regex::new(&engine_pattern(pattern).map_err(|error| told(&error))?).map_err(|error| told(&error))
}

/// The parts between matches. An empty match at either end is none.
fn split(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let pattern = text(call, arguments, 0)?;
    let (expression, subject) = (compiled(call, pattern)?, text(call, arguments, 1)?);
    if !pattern.is_empty() && subject.is_empty() {
        return Ok(Value::from(vec![Value::from("")]));
    }
    let mut parts = Vec::new();
    let (mut start, mut last_end) = (0, 0);
    for found in expression.find_iter(subject) {
        last_end = found.start();
        if found.end() != 0 {
            parts.push(Value::from(subject.get(start..found.start()).unwrap_or_default()));
        }
        start = found.end();
    }
    if last_end != subject.len() {
        parts.push(Value::from(subject.get(start..).unwrap_or_default()));
    }
    Ok(Value::from(parts))
}

fn replace(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let subject = text(call, arguments, 0)?;
    let expression = compiled(call, text(call, arguments, 1)?)?;
    let template = text(call, arguments, 2)?;
    let replaced = expression.replace_all(subject, |captures: &Captures<'_>| expanded(template, captures));
    Ok(Value::from(replaced.into_owned()))
}

/// A replacement with its `$1`, `${1}`, `$name`: the longest name counts, a group that is not there is empty, and what
/// is no reference stays.
fn expanded(template: &str, captures: &Captures<'_>) -> String {
    let mut result = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('$') {
        result.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            result.push('$');
            rest = after;
            continue;
        }
        match reference(after) {
            Some((name, after)) => {
                result.push_str(group(name, captures));
                rest = after;
            }
            None => {
                result.push('$');
                rest = after;
            }
        }
    }
    result + rest
}

/// The name of a group after `$`, and what follows it.
fn reference(text: &str) -> Option<(&str, &str)> {
    let (braced, inner) = text.strip_prefix('{').map_or((false, text), |inner| (true, inner));
    let end = inner.find(|character: char| !(character.is_alphanumeric() || character == '_')).unwrap_or(inner.len());
    let (name, after) = inner.split_at(end);
    let after = if braced { after.strip_prefix('}')? } else { after };
    (!name.is_empty()).then_some((name, after))
}

fn group<'t>(name: &str, captures: &Captures<'t>) -> &'t str {
    let is_number = name.bytes().all(|byte| byte.is_ascii_digit()) && (name == "0" || !name.starts_with('0'));
    let found = if is_number { name.parse().ok().and_then(|number| captures.get(number)) } else { captures.name(name) };
    found.map_or("", |found| found.as_str())
}

/// Whether a text matches a template with expressions between delimiters: `urn:{.*}`.
fn matches_template(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let (template, subject) = (text(call, arguments, 0)?, text(call, arguments, 1)?);
    let delimiter = |position| match text(call, arguments, position)?.as_bytes() {
        [byte] => Ok(char::from(*byte)),
        _ => Err(format!("`{}`: expected delimiters of one character", call.name)),
    };
    let (open, close) = (delimiter(2)?, delimiter(3)?);
    let mut pattern = String::from("^");
    let (mut literal, mut inner, mut depth) = (String::new(), String::new(), 0usize);
    for character in template.chars() {
        if character == open {
            depth += 1;
            if depth == 1 {
                pattern.push_str(&regex::escape(&std::mem::take(&mut literal)));
                continue;
            }
        } else if character == close {
            depth = depth.checked_sub(1).ok_or_else(|| format!("`{}`: unbalanced delimiters", call.name))?;
            if depth == 0 {
                compiled(call, &format!("^{inner}$"))?;
                pattern.push_str(&format!("({})", std::mem::take(&mut inner)));
                continue;
            }
        }
        if depth == 0 { literal.push(character) } else { inner.push(character) }
    }
    if depth > 0 {
        return Err(format!("`{}`: unbalanced delimiters", call.name));
    }
    pattern.push_str(&regex::escape(&literal));
    pattern.push('$');
    Ok(Value::from(compiled(call, &pattern)?.is_match(subject)))
}
