//! Finds every mention of an artifact in a document, wherever it stands.

use serde_json::{Map, Value};

use super::block::{self, Mention};
use super::{Shape, locator, step};

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
        && (is_block(fields) || found.is_empty() && fields.contains_key("subject"))
    {
        found.push(block::read(fields, "", Shape::Parts, None));
    }
    if found.len() >= MENTIONS {
        found.push(block::fault("", format!("more than {MENTIONS} references: not all of them were looked at")));
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
                let here = step(at, name);
                match role(name, at, key) {
                    Some(role) => each(role, value, &here, fields, found),
                    None => walk(value, &here, Some(name), found),
                }
            }
        }
        _ => {}
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

/// A member may hold one mention or an array of them.
fn each(role: Role, value: &Value, at: &str, parent: &Map<String, Value>, found: &mut Vec<Mention>) {
    if let Value::Array(items) = value {
        for (index, item) in items.iter().enumerate().take(MENTIONS) {
            one(role, item, &format!("{at}/{index}"), parent, found);
        }
    } else {
        one(role, value, at, parent, found);
    }
}

fn one(role: Role, value: &Value, at: &str, parent: &Map<String, Value>, found: &mut Vec<Mention>) {
    match (role, value) {
        (_, Value::Null) => {}
        (Role::Block(shape), Value::Object(fields)) => found.push(block::read(fields, at, shape, Some(parent))),
        (Role::Block(_), Value::String(text)) => found.push(block::address(text, at)),
        (Role::Block(_), _) => found.push(block::fault(at, "expected an object with `subject`".to_owned())),
        (Role::Provenance, value) => {
            let text =
                locator::text_or_id(value).filter(|(text, _)| locator::is_oci(text) || text.contains("@sha256:"));
            found.extend(text.map(|(text, inner)| block::provenance(text, &format!("{at}{inner}"))));
        }
        (Role::Address, value) => {
            let text = locator::text_or_id(value).filter(|(text, _)| locator::is_oci(text));
            found.extend(text.map(|(text, inner)| block::address(text, &format!("{at}{inner}"))));
        }
    }
}
