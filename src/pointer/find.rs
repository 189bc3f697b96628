//! Finds every mention of an artifact in a document, wherever it stands.

use serde_json::{Map, Value};

use super::block::{self, Mention};
use super::locator;
use super::said::{Shape, step};
use crate::fault::FaultCode;
use crate::oci::after_scheme;

/// Keys of an object that has a block under `oci`.
const NESTED: [&str; 2] = ["distribution", "kfm:distribution"];
/// Keys that are a block by themselves.
const FLAT: [&str; 2] = ["distribution.oci", "kfm:distribution.oci"];
/// Keys, whatever their prefix, whose value may be a reference to the artifact.
const ADDRESSES: [&str; 3] = ["accessURL", "downloadURL", "href"];
/// The key, whatever its prefix, whose value refers to the artifact's provenance, or to all its referrers.
const PROVENANCE: &str = "provenance_ref";
/// Mentions of one document that are looked at.
const MENTIONS: usize = 10_000;

/// All mentions in a document, in the order of the walk.
pub(super) fn find(document: &Value) -> Vec<Mention> {
    let mut found = Vec::new();
    walk(document, "", None, &mut found);
    if let Some(fields) = document.as_object()
        && (is_block(fields) || found.is_empty() && fields.get("subject").is_some_and(Value::is_string))
    {
        found.push(block::read(fields, "", Shape::Parts, None));
    }
    if found.len() >= MENTIONS {
        found.push(block::fault(
            FaultCode::TooMany,
            "",
            format!("more than {MENTIONS} references: not all of them were looked at"),
        ));
    }
    found
}

/// A document that is a block itself.
fn is_block(fields: &Map<String, Value>) -> bool {
    fields.contains_key("digest") && fields.contains_key("repository")
}

/// `key` is the name under which the value stands; that of an array is its items' too.
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
                member(name, value, at, key, fields, found);
            }
        }
        _ => {}
    }
}

fn member(
    name: &str,
    value: &Value,
    at: &str,
    key: Option<&str>,
    parent: &Map<String, Value>,
    found: &mut Vec<Mention>,
) {
    let here = step(at, name);
    // Who ignores the case of keys would read that in place of `oci`, or of what is beside it.
    let is_place = key.is_some_and(|key| NESTED.contains(&key)) || at.is_empty() && parent.contains_key("oci");
    if name != "oci" && name.eq_ignore_ascii_case("oci") && is_place {
        let message = format!("expected the key `oci`, found `{name}`: some readers ignore case");
        found.push(block::fault(FaultCode::UnknownField, &here, message));
        return;
    }
    match role(name, at, key) {
        Some(role) => each(role, value, &here, parent, found),
        None => walk(value, &here, Some(name), found),
    }
}

/// What a member is by its name.
#[derive(Clone, Copy)]
enum Role {
    Block(Shape),
    Address,
    Provenance,
}

fn role(name: &str, at: &str, key: Option<&str>) -> Option<Role> {
    let local = name.rsplit([':', '#', '/']).next().unwrap_or_default();
    if FLAT.contains(&name) {
        Some(Role::Block(Shape::Flat))
    } else if name == "oci" && (at.is_empty() || key.is_some_and(|key| NESTED.contains(&key))) {
        Some(Role::Block(Shape::Parts))
    } else if local == "oci" && name != "oci" {
        Some(Role::Block(Shape::Asset))
    } else if local == PROVENANCE {
        Some(Role::Provenance)
    } else if ADDRESSES.contains(&local) && !(local == "href" && key == Some("links")) {
        Some(Role::Address)
    } else {
        None
    }
}

/// A member may hold one mention or several.
fn each(role: Role, value: &Value, at: &str, parent: &Map<String, Value>, found: &mut Vec<Mention>) {
    let is_meant = |text: &str| match role {
        Role::Provenance => after_scheme(text).is_some() || text.contains("@sha256:"),
        Role::Address | Role::Block(_) => after_scheme(text).is_some(),
    };
    let read = match role {
        Role::Block(shape) => return blocks(shape, value, at, parent, found),
        Role::Provenance => block::provenance,
        Role::Address => block::address,
    };
    let meant = locator::texts(value).into_iter().filter(|(text, _)| is_meant(text));
    found.extend(meant.take(MENTIONS).map(|(text, inner)| read(text, &format!("{at}{inner}"))));
    undressed(value, at, found);
}

fn blocks(shape: Shape, value: &Value, at: &str, parent: &Map<String, Value>, found: &mut Vec<Mention>) {
    match value {
        Value::Null => {}
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                blocks(shape, item, &format!("{at}/{index}"), parent, found);
            }
        }
        Value::Object(fields) => found.push(block::read(fields, at, shape, Some(parent))),
        Value::String(text) => found.push(block::address(text, at)),
        _ => found.push(block::fault(FaultCode::WrongType, at, "expected an object with `subject`".to_owned())),
    }
}

/// Walks what stands beside an address, in the node that it is the name of.
fn undressed(value: &Value, at: &str, found: &mut Vec<Mention>) {
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| undressed(item, &format!("{at}/{index}"), found));
        }
        Value::Object(fields) => {
            for (name, value) in fields.iter().filter(|(name, _)| !locator::is_dress(name)) {
                member(name, value, at, None, fields, found);
            }
        }
        _ => {}
    }
}
