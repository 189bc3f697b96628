//! An element of an entry set becomes a [`Finding`]; anything that is not exactly one is a defect.

use serde_json::{Map, Value};

use super::RuleInfo;
use super::data::kind as kind_of;
use super::metadata::severity_names;
use crate::finding::{Basis, Effect, Finding, Ground, Place, Severity, is_code};
use crate::oci::Digest;

/// The finding that this element states; else what was expected and found.
pub(crate) fn finding(rule: &RuleInfo, effect: Effect, element: &Value) -> Result<Finding, String> {
    let empty = Map::new();
    let (message, fields) = match element {
        Value::String(message) => (message.clone(), &empty),
        Value::Object(fields) => match fields.get("msg") {
            Some(Value::String(message)) => (message.clone(), fields),
            Some(other) => return Err(format!("`msg`: expected a string, found {}", kind_of(other))),
            None => return Err(format!("expected a key `msg`, found only {}", keys(fields))),
        },
        other => return Err(format!("expected a string or an object with `msg`, found {}", kind_of(other))),
    };
    if message.trim().is_empty() {
        return Err("the message is empty: say what is wrong".to_owned());
    }
    Ok(Finding {
        rule: rule.id.clone(),
        code: code(fields)?,
        effect,
        severity: severity(rule, effect, fields)?,
        basis: basis(fields)?,
        kind: text(fields, "kind")?.or_else(|| rule.kind.clone()),
        message,
        places: places(fields)?,
        remedy: text(fields, "remedy")?.or_else(|| rule.remedy.clone()),
    })
}

/// What a pass rests on, or why a rule does not apply: a sentence, and a place where there is one.
pub(crate) fn ground(element: &Value) -> Result<Ground, String> {
    let (message, place) = match element {
        Value::String(message) => (message.clone(), None),
        Value::Object(fields) => (text(fields, "msg")?.unwrap_or_default(), place(fields)?),
        other => return Err(format!("expected a string or an object with `msg`, found {}", kind_of(other))),
    };
    match message.trim().is_empty() {
        true => Err("the message is empty: say what the rule rests on".to_owned()),
        false => Ok(Ground { message, place }),
    }
}

fn keys(fields: &Map<String, Value>) -> String {
    if fields.is_empty() {
        return "an empty object".to_owned();
    }
    fields.keys().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}

fn text(fields: &Map<String, Value>, key: &str) -> Result<Option<String>, String> {
    match fields.get(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(other) => Err(format!("`{key}`: expected a string, found {}", kind_of(other))),
    }
}

fn code(fields: &Map<String, Value>) -> Result<String, String> {
    match text(fields, "code")? {
        None => Ok(String::new()),
        Some(code) if is_code(&code) => Ok(code),
        Some(other) => Err(format!("`code`: expected lower-case letters, digits and `_`, found {other:?}")),
    }
}

fn severity(rule: &RuleInfo, effect: Effect, fields: &Map<String, Value>) -> Result<Severity, String> {
    match text(fields, "severity")? {
        Some(name) => Severity::from_name(&name)
            .ok_or_else(|| format!("`severity`: expected {}, found {name:?}", severity_names())),
        // A rule that also denies states how bad that is; its warnings are warnings.
        None if effect == Effect::Warn && rule.effects.len() > 1 => Ok(rule.severity.max(Severity::Warning)),
        None => Ok(rule.severity),
    }
}

fn basis(fields: &Map<String, Value>) -> Result<Basis, String> {
    match text(fields, "basis")?.as_deref() {
        None | Some("absent") => Ok(Basis::Absent),
        Some("present") => Ok(Basis::Present),
        Some(other) => Err(format!("`basis`: expected \"present\" or \"absent\", found {other:?}")),
    }
}

fn places(fields: &Map<String, Value>) -> Result<Vec<Place>, String> {
    let mut places: Vec<Place> = place(fields)?.into_iter().collect();
    let also = match fields.get("also") {
        None => return Ok(places),
        Some(Value::Array(also)) => also,
        Some(other) => return Err(format!("`also`: expected an array, found {}", kind_of(other))),
    };
    for other in also {
        let Value::Object(fields) = other else {
            return Err(format!("`also`: expected objects with `evidence`, found {}", kind_of(other)));
        };
        let place = place(fields).map_err(|problem| format!("`also`: {problem}"))?;
        places.push(place.ok_or_else(|| format!("`also`: expected a key `evidence`, found {}", keys(fields)))?);
    }
    Ok(places)
}

fn place(fields: &Map<String, Value>) -> Result<Option<Place>, String> {
    let pointer = text(fields, "pointer")?;
    let Some(evidence) = text(fields, "evidence")? else {
        return match pointer {
            None => Ok(None),
            Some(_) => Err("`pointer` needs `evidence`: the digest of the document that it points into".to_owned()),
        };
    };
    let document: Digest = evidence.parse().map_err(|error| format!("`evidence`: {error}"))?;
    let pointer = pointer.unwrap_or_default();
    if !is_pointer(&pointer) {
        return Err(format!("`pointer`: expected a JSON pointer such as \"/annotations/title\", found {pointer:?}"));
    }
    Ok(Some(Place { document, pointer }))
}

/// RFC 6901 section 3.
fn is_pointer(text: &str) -> bool {
    let escapes = text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    escapes && (text.is_empty() || text.starts_with('/'))
}
