//! `json.match_schema` and `json.verify_schema`: JSON Schema as OPA means it, which is as gojsonschema means it.
//!
//! Which drafts are mixed, where a check stops, which alternative of several is told about and in what words is
//! particular to that library, so its steps are followed here one by one. What cannot be followed for certain (references
//! to other documents, identifiers inside of schemas) is an error.
//!
//! Go visits the members of an object in an order of chance, and so OPA gives the errors of several properties in one
//! or another order; here they are sorted by the name of the property.

mod check;
mod compile;
mod dates;
mod failure;
mod formats;
mod keywords;
mod outcome;
mod references;
mod single;
mod spelling;

#[cfg(test)]
mod tests;

use regorus::Value;
use serde_json::Value as Json;

use self::failure::{Failure, said, unsure};
use super::{Call, Plain};

pub(super) const TABLE: &[(&str, usize, Plain)] =
    &[("json.match_schema", 2, matched), ("json.verify_schema", 1, verified)];

/// The document or schema of an argument: a string holds its JSON.
fn document(argument: Option<&Value>) -> Result<Json, Failure> {
    let document = match argument {
        Some(Value::String(text)) => match serde_json::from_str(text) {
            Ok(document) => document,
            // What is valid and cannot be read: numbers out of range, halves of surrogate pairs, great depth.
            Err(error) if !error.is_syntax() && !error.is_eof() || unreadable(text) => {
                return unsure(format!("the JSON text cannot be read: {error}"));
            }
            Err(_) => return said("invalid JSON string"),
        },
        Some(value @ (Value::Object(_) | Value::Array(_))) => plain(value)?,
        _ => return said("wrong type, expected string or object"),
    };
    fits(&document)?;
    Ok(document)
}

/// Whether a text that the reader refuses may be JSON all the same.
fn unreadable(text: &str) -> bool {
    let may_overflow = text.bytes().any(|byte| matches!(byte, b'e' | b'E')) || text.len() > 300;
    let digits = may_overflow && text.bytes().any(|byte| byte.is_ascii_digit());
    digits || text.contains("\\u") || text.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count() > 100
}

/// A value as JSON: sets are arrays.
fn plain(value: &Value) -> Result<Json, Failure> {
    match value {
        Value::Set(set) => crate::rego::values::in_order(set).into_iter().map(plain).collect(),
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(object) => object
            .iter_sorted()
            .map(|(key, value)| match key {
                Value::String(key) => Ok((key.to_string(), plain(value)?)),
                _ => unsure("a key that is no string"),
            })
            .collect(),
        other => serde_json::to_value(other).or_else(|error| unsure(error.to_string())),
    }
}

/// Numbers that OPA knows to the last digit, and this engine does not, are refused.
fn fits(document: &Json) -> Result<(), Failure> {
    match document {
        Json::Number(number) if number.as_i64().is_none() => match number.as_f64() {
            Some(float) if float.abs() < 9_007_199_254_740_992.0 => Ok(()),
            _ => unsure("a number of more than 63 bits"),
        },
        Json::Array(items) => items.iter().try_for_each(fits),
        Json::Object(members) => members.values().try_for_each(fits),
        _ => Ok(()),
    }
}

/// `[whether it is a schema, why not]`
fn verified(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let compiled = document(arguments.first()).and_then(|schema| compile::Schemas::of(&schema));
    match compiled {
        Ok(_) => Ok(Value::from(vec![Value::from(true), Value::Null])),
        Err(Failure::Said(why)) => Ok(Value::from(vec![Value::from(false), Value::from(format!("jsonschema: {why}"))])),
        Err(Failure::Unsure(why)) => call.beyond(&why),
    }
}

/// `[whether the document matches, errors]`
fn matched(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let found = document(arguments.first()).and_then(|document| {
        let schemas = compile::Schemas::of(&self::document(arguments.get(1))?)?;
        check::check(&schemas, &document)
    });
    match found {
        Ok(errors) => {
            let is_valid = errors.is_empty();
            let told: Vec<Value> = errors.into_iter().map(outcome::SchemaError::into_value).collect();
            Ok(Value::from(vec![Value::from(is_valid), Value::from(told)]))
        }
        Err(Failure::Said(why)) => Err(format!("`{}`: {why}", call.name)),
        Err(Failure::Unsure(why)) => call.beyond(&why),
    }
}
