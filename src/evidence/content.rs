//! The content of a document.
//!
//! An SBOM may have a hundred thousand packages. Its long lists stay in the text ([`Content`]), and whoever reads it
//! sees one element at a time ([`Reading`]). Every other document is a tree.

use serde_json::Value;

use super::document::reading::{DEPTH, DocumentValue};
use super::elements::Reading;
use super::kinds::DocumentKind;
use crate::oci::json::{JsonError, List, Lists, Outline, parse_outline, parse_strict};

/// Lists of an SBOM whose entries speak of other things than the subject, each by the thousand. Nothing but their
/// reader looks into them.
pub(super) const SBOM_LISTS: [&str; 9] = [
    "packages",
    "files",
    "snippets",
    "relationships",
    "components",
    "services",
    "dependencies",
    "vulnerabilities",
    "compositions",
];

/// Where they are.
const LONG: Lists = Lists { within: &["predicate", "Data"], names: &SBOM_LISTS, kept: 100 };

/// What a document holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Content {
    value: Value,
    lists: Vec<List>,
    memory: u64,
    left_out: u64,
}

impl Content {
    /// Parses a document; `kind` says of what kind it is. Lists stay in the text only where the kind's reader looks
    /// for them there.
    pub fn parse(text: &[u8], depth: usize, kind: impl FnOnce(&Value) -> DocumentKind) -> Result<Self, JsonError> {
        let content = Content::from(parse_outline(text, depth, &LONG)?);
        if content.lists.is_empty() {
            return Ok(content);
        }
        let kind = kind(&content.value);
        content.fit_for(kind, text, depth)
    }

    /// The same, if the reader of this kind can go through it as it is; else the whole tree.
    pub fn fit_for(self, kind: DocumentKind, text: &[u8], depth: usize) -> Result<Self, JsonError> {
        let (pointer, part) = kind.spec().in_statement.of(&self.value);
        let is_read_by_element = (kind.spec().is_streamed)(part);
        if self.lists.is_empty() || (is_read_by_element && self.lists.iter().all(|list| list.parent == pointer)) {
            return Ok(self);
        }
        let memory = self.memory.saturating_add(self.left_out);
        Ok(Content { value: parse_strict(text, depth)?, lists: Vec::new(), memory, left_out: 0 })
    }

    /// The tree; of long lists it has the first elements.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The tree.
    pub fn into_value(self) -> Value {
        self.value
    }

    /// Bytes that the tree takes, estimated.
    pub fn memory(&self) -> u64 {
        self.memory
    }

    /// Bytes that [`Content::whole`] takes besides, estimated.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// The whole tree. The text is the one that it was parsed from.
    pub fn whole(&self, text: &[u8]) -> Result<Value, JsonError> {
        if self.lists.is_empty() { Ok(self.value.clone()) } else { parse_strict(text, DEPTH) }
    }

    /// To be gone through. The text is the one that it was parsed from.
    pub fn reading<'a>(&'a self, text: &'a [u8]) -> Reading<'a> {
        Reading { root: DocumentValue::new(&self.value, ""), parent: "", text, lists: &self.lists, seen: &|_, _| {} }
    }
}

impl From<Outline> for Content {
    fn from(Outline { value, lists, memory, left_out }: Outline) -> Self {
        Content { value, lists, memory, left_out }
    }
}

#[cfg(test)]
mod tests;
