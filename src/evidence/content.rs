//! The content of a document, and how it is gone through.
//!
//! An SBOM may have a hundred thousand packages. Its long lists stay in the text ([`Content`]), and whoever reads it
//! sees one element at a time ([`Reading`]). Every other document is a tree.

use serde_json::Value;

use super::document::part_of_statement;
use super::document::reading::{At, DEPTH};
use super::{DocumentKind, cyclonedx, spdx, statement};
use crate::oci::json::{Elements, JsonError, List, Lists, Outline, parse_outline, parse_strict};

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
        let (pointer, part) = part(&self.value, kind);
        let is_read_by_element = match kind {
            DocumentKind::Spdx => spdx::recognise(part),
            DocumentKind::CycloneDx => cyclonedx::recognise(part),
            _ => false,
        };
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
        Reading { root: At::new(&self.value, ""), parent: "", text, lists: &self.lists, seen: &|_, _| {} }
    }
}

impl From<Outline> for Content {
    fn from(Outline { value, lists, memory, left_out }: Outline) -> Self {
        Content { value, lists, memory, left_out }
    }
}

/// The part that is the document itself, with its pointer.
fn part(value: &Value, kind: DocumentKind) -> (&'static str, &Value) {
    if statement::recognise(value) { part_of_statement(value, kind) } else { ("", value) }
}

/// A document to be gone through.
#[derive(Clone)]
pub struct Reading<'a> {
    root: At<'a>,
    parent: &'static str,
    text: &'a [u8],
    lists: &'a [List],
    seen: &'a dyn Fn(&str, &At<'_>),
}

impl<'a> Reading<'a> {
    /// A whole tree.
    pub fn of(value: &'a Value) -> Self {
        Reading { root: At::new(value, ""), parent: "", text: &[], lists: &[], seen: &|_, _| {} }
    }

    /// The same; what is not in the tree is also shown to `seen`, with the name of its list, while it is gone through.
    pub fn observed(self, seen: &'a dyn Fn(&str, &At<'_>)) -> Self {
        Reading { seen, ..self }
    }

    /// The document within a statement, with its pointer; pointers begin at the document.
    pub fn part(&self, kind: DocumentKind) -> (&'static str, Reading<'a>) {
        let (parent, part) = part(self.root.value, kind);
        (parent, Reading { root: At::new(part, ""), parent, ..self.clone() })
    }

    /// The document, of whose long lists the first elements are there.
    pub fn root(&self) -> &At<'a> {
        &self.root
    }

    /// The document as a tree, of whose long lists the first elements are there.
    pub fn value(&self) -> &'a Value {
        self.root.value
    }

    /// How many elements a list has; none if there is no such list.
    pub fn length(&self, name: &str) -> usize {
        let in_tree = || self.root.value.get(name).and_then(Value::as_array).map_or(0, Vec::len);
        self.long(name).map_or_else(in_tree, |list| list.length)
    }

    fn long(&self, name: &str) -> Option<&List> {
        self.lists.iter().find(|list| list.name == name && list.parent == self.parent)
    }

    /// Shows each element of these lists: the list's place among the names, the element. The error is that the text is
    /// not the one of this document.
    pub fn each(&self, names: &[&str], visit: &mut dyn FnMut(usize, &At<'_>)) -> Result<(), JsonError> {
        let (long, short): (Vec<&str>, Vec<&str>) = names.iter().partition(|name| self.long(name).is_some());
        let place = |name: &str| names.iter().position(|known| *known == name).unwrap_or_default();
        for name in short {
            self.root.list(name).for_each(|at| visit(place(name), &at));
        }
        if long.is_empty() {
            return Ok(());
        }
        let elements = Elements { text: self.text, depth: DEPTH, parent: self.parent };
        elements.each(&long, &mut |name, index, value| {
            let at = At::element(&value, name, index);
            (self.seen)(name, &at);
            visit(place(name), &at);
        })
    }
}

#[cfg(test)]
mod tests;
