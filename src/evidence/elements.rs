//! How a document is gone through: long lists element by element, the rest as a tree.

use serde_json::Value;

use super::document::reading::{DEPTH, DocumentValue};
use super::frame::StatementPart;
use crate::oci::json::{JsonError, List, ListElements};

/// A document to be gone through.
#[derive(Clone)]
pub struct Reading<'a> {
    pub(super) root: DocumentValue<'a>,
    pub(super) parent: &'static str,
    pub(super) text: &'a [u8],
    pub(super) lists: &'a [List],
    pub(super) seen: &'a dyn Fn(&str, &DocumentValue<'_>),
}

impl<'a> Reading<'a> {
    /// A whole tree.
    #[cfg(test)]
    pub fn of(value: &'a Value) -> Self {
        Reading { root: DocumentValue::new(value, ""), parent: "", text: &[], lists: &[], seen: &|_, _| {} }
    }

    /// The same; what is not in the tree is also shown to `seen`, with the name of its list, while it is gone through.
    pub fn observed(self, seen: &'a dyn Fn(&str, &DocumentValue<'_>)) -> Self {
        Reading { seen, ..self }
    }

    /// The document within a statement, with its pointer; pointers begin at the document.
    pub fn part(&self, part: StatementPart) -> (&'static str, Reading<'a>) {
        let (parent, part) = part.of(self.root.value);
        (parent, Reading { root: DocumentValue::new(part, ""), parent, ..self.clone() })
    }

    /// The document, of whose long lists the first elements are there.
    pub fn root(&self) -> &DocumentValue<'a> {
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
    pub fn each(&self, names: &[&str], visit: &mut dyn FnMut(usize, &DocumentValue<'_>)) -> Result<(), JsonError> {
        let (long, short): (Vec<&str>, Vec<&str>) = names.iter().partition(|name| self.long(name).is_some());
        let place = |name: &str| names.iter().position(|known| *known == name).unwrap_or_default();
        for name in short {
            self.root.list(name).for_each(|at| visit(place(name), &at));
        }
        if long.is_empty() {
            return Ok(());
        }
        let elements = ListElements { text: self.text, depth: DEPTH, parent: self.parent };
        elements.each(&long, &mut |name, index, value| {
            let at = DocumentValue::element(&value, name, index);
            (self.seen)(name, &at);
            visit(place(name), &at);
        })
    }
}
