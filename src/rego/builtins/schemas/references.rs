//! What `$ref`, `$id` and `$schema` refer to. Only references inside of the document are followed; nothing is ever fetched.

use serde_json::{Map, Value as Json};

use super::failure::{Failure, said, unsure};

/// The drafts that gojsonschema tells apart. Without one it takes the keywords of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Draft {
    Four,
    Six,
    Seven,
    Hybrid,
}

/// The draft that a document names.
pub(super) fn draft(document: &Json) -> Result<Draft, Failure> {
    let members = match document {
        Json::Bool(_) => return Ok(Draft::Hybrid),
        Json::Object(members) => members,
        _ => return said("schema is invalid"),
    };
    match members.get("$schema") {
        None => Ok(Draft::Hybrid),
        Some(Json::String(url)) if !is_plain(url) => unsure("an address in `$schema` with other than plain characters"),
        Some(Json::String(url)) => Ok(match url.strip_suffix('#').unwrap_or(url) {
            "http://json-schema.org/draft-04/schema" => Draft::Four,
            "http://json-schema.org/draft-06/schema" => Draft::Six,
            "http://json-schema.org/draft-07/schema" => Draft::Seven,
            _ => Draft::Hybrid,
        }),
        Some(_) => said("$schema must be of type string"),
    }
}

/// Whether Go reads an address as it is written, whatever stands where.
fn is_plain(url: &str) -> bool {
    let fits = |character: char| character.is_ascii_alphanumeric() || "-._~/#".contains(character);
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or(url);
    rest.chars().all(fits) && rest.matches('#').count() <= 1
}

/// The address of a document, as far as references in it may begin with it.
pub(super) fn base(document: &Json, draft: Draft) -> Result<Option<String>, Failure> {
    let Some(members) = document.as_object() else { return Ok(None) };
    match members.get(id_keyword(members, draft)) {
        Some(Json::String(id)) if is_plain(id) => {
            let base = id.strip_suffix('#').unwrap_or(id);
            let segments: Vec<&str> = base.split('/').collect();
            let is_absolute = base.starts_with("http://") || base.starts_with("https://");
            let is_simple = is_absolute
                && segments.len() > 3
                && !base.contains('#')
                && !segments.iter().any(|segment| matches!(*segment, "." | ".."));
            Ok(Some(base.to_owned()).filter(|_| is_simple))
        }
        Some(Json::String(_)) => unsure("an identifier of a schema with other than plain characters"),
        _ => Ok(None),
    }
}

/// The keyword that gives a schema its identifier.
pub(super) fn id_keyword(members: &Map<String, Json>, draft: Draft) -> &'static str {
    match draft {
        Draft::Four => "id",
        Draft::Hybrid if members.contains_key("id") => "id",
        _ => "$id",
    }
}

/// Refuses identifiers inside of a document: references below them mean something else, and two may not be the same.
pub(super) fn refuse_identifiers(value: &Json, is_root: bool) -> Result<(), Failure> {
    match value {
        Json::Array(items) => items.iter().try_for_each(|item| refuse_identifiers(item, false)),
        Json::Object(members) => {
            let id = members.get(if members.contains_key("id") { "id" } else { "$id" });
            if !is_root && id.is_some_and(Json::is_string) {
                return unsure("an identifier inside of a schema");
            }
            members.iter().try_for_each(|(name, member)| match (name.as_str(), member) {
                ("const" | "enum", _) => Ok(()),
                ("properties" | "dependencies" | "patternProperties", Json::Object(children)) => {
                    children.values().try_for_each(|child| refuse_identifiers(child, false))
                }
                ("properties" | "dependencies" | "patternProperties", _) => Ok(()),
                _ => refuse_identifiers(member, false),
            })
        }
        _ => Ok(()),
    }
}

/// The place in the document that a reference leads to, as a JSON pointer.
pub(super) fn local<'r>(reference: &'r str, base: Option<&str>, has_id: bool) -> Result<&'r str, Failure> {
    let fragment = match reference.split_once('#') {
        Some(("", fragment)) if base.is_some() || !has_id => fragment,
        Some((before, fragment)) if base == Some(before) => fragment,
        None if reference.is_empty() && !has_id => "",
        _ => return unsure(format!("the reference {reference:?} leads out of the document, and nothing is fetched")),
    };
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "-._~/$".contains(character);
    match fragment.is_empty() || fragment.starts_with('/') && fragment.chars().all(is_plain) {
        true => Ok(fragment),
        false => unsure(format!("the reference {reference:?}")),
    }
}
