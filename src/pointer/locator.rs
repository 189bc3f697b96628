//! References and digests as pointers write them, and the placeholders that stand in their place.

use std::borrow::Cow;

use serde_json::Value;

pub(super) use crate::oci::placeholder::placeholder;
use crate::oci::{Digest, Reference, Repository, after_scheme};

/// A reference to an artifact, or a bare digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Locator {
    /// The repository; none for a bare digest.
    pub repository: Option<Repository>,
    /// The tag, if there is one beside the digest.
    pub tag: Option<String>,
    /// The digest.
    pub digest: Digest,
    /// What follows `#`.
    pub fragment: Option<String>,
}

/// Characters of a text that a message shows.
const SHOWN: usize = 160;

const EXPECTED: &str = "`oci://HOST/REPOSITORY@sha256:<64 hex characters>`";

/// Reads a pinned reference, or a bare digest where `bare` allows it; else says what is wrong.
pub(super) fn locator(text: &str, bare: bool) -> Result<Locator, String> {
    let expected = || if bare { format!("{EXPECTED} or a digest") } else { EXPECTED.to_owned() };
    if let Some(placeholder) = placeholder(text) {
        return Err(format!("expected {}, found the placeholder `{}`", expected(), shown(placeholder)));
    }
    let (text, fragment) = match text.split_once('#') {
        Some((before, fragment)) => (before, Some(fragment.to_owned())),
        None => (text, None),
    };
    if bare && (text.starts_with("sha256:") || text.starts_with("sha512:")) {
        let digest = text.parse().map_err(|error| format!("expected a digest, found `{}`: {error}", shown(text)))?;
        return Ok(Locator { repository: None, tag: None, digest, fragment });
    }
    let unscoped = after_scheme(text).unwrap_or(text);
    // `oci-layout:` and other schemes name no place that others can look at.
    match format!("oci://{unscoped}").parse::<Reference>() {
        Ok(Reference::Registry { repository, tag, digest: Some(digest) }) => {
            Ok(Locator { repository: Some(repository), tag, digest, fragment })
        }
        Ok(_) => Err(format!(
            "expected {}, found `{}`, which is not pinned: a tag can be moved to other bytes",
            expected(),
            shown(text)
        )),
        Err(error) => {
            // A whole repository and nothing after it is the commonest way to be unpinned.
            let unpinned = unscoped.parse::<Repository>().is_ok();
            let why =
                if unpinned { "it names no digest, so it is not pinned".to_owned() } else { error.problem.to_string() };
            Err(format!("expected {}, found `{}`: {why}", expected(), shown(text)))
        }
    }
}

/// Reads a digest; else says what is wrong.
pub(super) fn digest(text: &str) -> Result<Digest, String> {
    if let Some(placeholder) = placeholder(text) {
        return Err(format!("expected a digest, found the placeholder `{}`", shown(placeholder)));
    }
    text.parse().map_err(|error| format!("expected a digest, found `{}`: {error}", shown(text)))
}

/// The repository that registry and repository make together; either may name the host.
pub(super) fn repository(registry: Option<&str>, repository: &str) -> Result<Repository, String> {
    let expected = "a repository (`HOST/PATH`, the host in `registry` or in front)";
    if let Some(placeholder) = registry.into_iter().chain([repository]).find_map(placeholder) {
        return Err(format!("expected {expected}, found the placeholder `{}`", shown(placeholder)));
    }
    let plain = after_scheme(repository).unwrap_or(repository);
    let whole = match registry.map(|host| host.strip_prefix("https://").unwrap_or(host).trim_end_matches('/')) {
        Some(host) if !plain.starts_with(&format!("{host}/")) => format!("{host}/{plain}"),
        _ => plain.to_owned(),
    };
    whole.parse().map_err(|error: crate::oci::ReferenceError| {
        format!("expected {expected}, found `{}`: {}", shown(&whole), error.problem)
    })
}

/// A value as JSON, as much of it as a message shows.
pub(super) fn shown_value(value: &Value) -> String {
    shown(&value.to_string()).into_owned()
}

/// As much of a text as a message shows.
fn shown(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()).into(),
        None => text.into(),
    }
}

/// Members of JSON-LD objects that hold what the object stands for.
const DRESSED: [&str; 4] = ["@id", "@value", "@set", "@list"];

/// Whether a member's name is one of JSON-LD for what the object stands for.
pub(super) fn is_dress(name: &str) -> bool {
    DRESSED.contains(&name)
}

/// The texts that a value is, each with its JSON pointer below the value: by itself, in lists, and in JSON-LD's `@id`,
/// `@value`, `@set` and `@list`. The value is no deeper than the limit of the document.
pub(super) fn texts(value: &Value) -> Vec<(&str, String)> {
    fn collect<'a>(value: &'a Value, at: String, found: &mut Vec<(&'a str, String)>) {
        match value {
            Value::String(text) => found.push((text, at)),
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(index, item)| collect(item, format!("{at}/{index}"), found));
            }
            Value::Object(fields) => {
                let dressed = fields.iter().filter(|(name, _)| is_dress(name));
                dressed.for_each(|(name, value)| collect(value, format!("{at}/{name}"), found));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    collect(value, String::new(), &mut found);
    found
}
