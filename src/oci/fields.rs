//! Fields of manifests and descriptors, read strictly, and what can be wrong with them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::digest::{Digest, DigestError};
use super::json::JsonError;

/// Why bytes are not an acceptable manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// Not acceptable JSON.
    #[error("{0}")]
    Json(#[from] JsonError),
    /// A field is missing.
    #[error("`{at}` has no `{field}`")]
    Missing {
        /// JSON pointer of the object.
        at: String,
        /// The field.
        field: &'static str,
    },
    /// A field has the wrong type or value.
    #[error("`{at}`: expected {expected}, found {found}")]
    Expected {
        /// JSON pointer of the value.
        at: String,
        /// What was expected.
        expected: &'static str,
        /// What was there, shortened.
        found: String,
    },
    /// A known key is written in other case, so that other readers take it for the known one.
    #[error("`{at}` has the key {found:?}: expected `{expected}` (some readers ignore case, so the two would differ)")]
    KeyCase {
        /// JSON pointer of the object.
        at: String,
        /// The key of the specification.
        expected: &'static str,
        /// The key that was found.
        found: String,
    },
    /// A digest is malformed.
    #[error("`{at}`: {error}")]
    Digest {
        /// JSON pointer of the digest.
        at: String,
        /// What is wrong with it.
        error: DigestError,
    },
    /// Inline data is not the content that its descriptor names.
    #[error("`{at}`: the inline data has digest {found}, its descriptor says {expected}")]
    Data {
        /// JSON pointer of the data.
        at: String,
        /// The descriptor's digest.
        expected: Digest,
        /// sha256 of the data.
        found: Digest,
    },
    /// Both a manifest and an index.
    #[error(
        "the document has `manifests` and also `config` or `layers` (or `blobs` and `layers`): it can be read as an index and as a manifest"
    )]
    Ambiguous,
    /// Neither a manifest nor an index.
    #[error("the document has neither `layers` nor `manifests`: expected an OCI image manifest or index")]
    Neither,
    /// The body says one type, the server or the descriptor another.
    #[error("the body is {body}, but it was {served_as} as {found}")]
    MediaType {
        /// Type of the body.
        body: String,
        /// "served" or "listed".
        served_as: &'static str,
        /// The other type.
        found: String,
    },
}

impl ManifestError {
    pub(super) fn missing(at: &str, field: &'static str) -> Self {
        ManifestError::Missing { at: pointer(at), field }
    }

    pub(super) fn expected(at: &str, expected: &'static str, found: &Value) -> Self {
        let mut found = found.to_string();
        if found.chars().count() > 60 {
            found = found.chars().take(60).chain(['…']).collect();
        }
        ManifestError::Expected { at: pointer(at), expected, found }
    }
}

fn pointer(at: &str) -> String {
    if at.is_empty() { "/".to_owned() } else { at.to_owned() }
}

pub(super) fn object<'a>(value: &'a Value, at: &str) -> Result<&'a Map<String, Value>, ManifestError> {
    value.as_object().ok_or_else(|| ManifestError::expected(at, "an object", value))
}

pub(super) fn text<'a>(fields: &'a Map<String, Value>, key: &str, at: &str) -> Result<Option<&'a str>, ManifestError> {
    match fields.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(ManifestError::expected(&format!("{at}/{key}"), "a string", other)),
    }
}

pub(super) fn annotations(fields: &Map<String, Value>, at: &str) -> Result<BTreeMap<String, String>, ManifestError> {
    let at = format!("{at}/annotations");
    match fields.get("annotations") {
        None | Some(Value::Null) => Ok(BTreeMap::new()),
        Some(Value::Object(entries)) => entries
            .iter()
            .map(|(key, value)| match value {
                Value::String(text) => Ok((key.clone(), text.clone())),
                other => Err(ManifestError::expected(&format!("{at}/{key}"), "a string", other)),
            })
            .collect(),
        Some(other) => Err(ManifestError::expected(&at, "an object of strings", other)),
    }
}

pub(super) fn check_key_case(
    fields: &Map<String, Value>,
    known: &[&'static str],
    at: &str,
) -> Result<(), ManifestError> {
    for key in fields.keys().filter(|key| !known.contains(&key.as_str())) {
        if let Some(expected) = known.iter().find(|known| folded(known) == folded(key)) {
            return Err(ManifestError::KeyCase { at: pointer(at), expected, found: key.clone() });
        }
    }
    Ok(())
}

/// Case folding as Go's `encoding/json` does it: `ſ` equals `s`, the Kelvin sign equals `k`.
fn folded(key: &str) -> String {
    key.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}
