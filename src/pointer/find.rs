//! Finds every mention of an artifact in a document, wherever it stands.

use serde_json::{Map, Value};

use super::block::{self, Mention};
use super::{Shape, locator, step};

/// Keys that hold a block, or an object with a block under `oci`.
const NESTED: [&str; 2] = ["distribution", "kfm:distribution"];
/// Keys that are a block by themselves.
const FLAT: [&str; 2] = ["distribution.oci", "kfm:distribution.oci"];
/// Keys whose value may be a reference to the artifact.
const ADDRESSES: [&str; 5] = ["dcat:accessURL", "dcat:downloadURL", "accessURL", "downloadURL", "href"];
/// Keys whose value refers to the artifact's provenance, or to all its referrers.
const PROVENANCE: [&str; 2] = ["provenance_ref", "kfm:provenance_ref"];
/// Mentions of one document that are looked at.
const MENTIONS: usize = 10_000;

/// All mentions in a document, in the order of the walk.
pub(super) fn find(document: &Value) -> Vec<Mention> {
    let mut found = Vec::new();
    walk(document, "", None, &mut found);
    if found.is_empty()
        && let Some(block) = document.as_object().filter(|fields| is_block(fields))
    {
        found.push(block::read(block, "", Shape::Parts, None));
    }
    found
}

/// A document that is a block itself, or has one under `oci`.
fn is_block(fields: &Map<String, Value>) -> bool {
    fields.contains_key("digest") && fields.contains_key("repository") || fields.contains_key("subject")
}

fn walk(value: &Value, at: &str, key: Option<&str>, found: &mut Vec<Mention>) {
    if found.len() >= MENTIONS {
        return;
    }
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, &format!("{at}/{index}"), key, found);
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                member(fields, name, value, (at, key), found);
            }
        }
        _ => {}
    }
}

fn member(
    parent: &Map<String, Value>,
    name: &str,
    value: &Value,
    (at, key): (&str, Option<&str>),
    found: &mut Vec<Mention>,
) {
    let here = step(at, name);
    let block = |shape: Shape, value: &Value, at: &str| {
        value.as_object().map(|fields| block::read(fields, at, shape, Some(parent)))
    };
    if FLAT.contains(&name) {
        found.extend(block(Shape::Flat, value, &here));
    } else if NESTED.contains(&name) && value.get("oci").is_some_and(Value::is_object) {
        let inner = value.get("oci").unwrap_or(&Value::Null);
        found.extend(block(Shape::Parts, inner, &step(&here, "oci")));
    } else if name == "oci" && at.is_empty() && value.is_object() {
        found.extend(block(Shape::Parts, value, &here));
    } else if name == "kfm:oci" && value.is_object() {
        found.extend(block(Shape::Asset, value, &here));
    } else if PROVENANCE.contains(&name) {
        let text = locator::text_or_id(value).filter(|(text, _)| locator::is_oci(text) || text.contains("@sha256:"));
        found.extend(text.map(|(text, inner)| block::provenance(text, &format!("{here}{inner}"))));
    } else if ADDRESSES.contains(&name) && !(name == "href" && key == Some("links")) {
        let text = locator::text_or_id(value).filter(|(text, _)| locator::is_oci(text));
        found.extend(text.map(|(text, inner)| block::address(text, &format!("{here}{inner}"))));
    } else {
        walk(value, &here, Some(name), found);
    }
}
