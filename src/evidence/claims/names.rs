//! What a name may stand for, by the contexts around it.

use std::borrow::Cow;

use super::Reader;
use super::tables::FieldName;
use crate::evidence::document::reading::DocumentValue;
use crate::evidence::json_ld::context::Context;

/// Contexts within each other that are kept. A document with more gets a label that nothing resolves.
const CONTEXTS: usize = 16;
/// Names that one name may stand for.
const NAMES: usize = 16;

impl Reader<'_> {
    /// Takes the bindings of an object that has a context of its own, and says whether there were any.
    pub(super) fn enter(&mut self, at: &DocumentValue<'_>) -> bool {
        if at.value.get("@context").is_none() {
            return false;
        }
        let context = Context::of(at.value);
        if context.is_empty() {
            return false;
        }
        if self.nested.len() >= CONTEXTS {
            let more = format!("more than {CONTEXTS} contexts within each other");
            self.overflow.get_or_insert_with(|| (at.pointer(), more));
            return false;
        }
        self.nested.push(context);
        true
    }

    /// The name itself, and what it is written out by any context around it. To raise a demand one reading is enough.
    pub(super) fn names<'k>(&self, key: &'k str) -> Vec<Cow<'k, str>> {
        let mut names = vec![Cow::Borrowed(key)];
        for context in self.nested.iter().rev().chain([&self.context]) {
            let bound: Vec<String> = names.iter().filter_map(|name| context.bound(name)).collect();
            for name in bound {
                if names.len() < NAMES && !names.iter().any(|known| *known == name) {
                    names.push(name.into());
                }
            }
        }
        names
    }

    /// What a text says as a status or in place of a block: without the listed vocabulary that it is of.
    pub(super) fn word<'k>(&self, text: &'k str) -> Cow<'k, str> {
        let text = text.trim();
        let is_ours = |name: &FieldName<'_>| !name.prefix.is_empty() && self.fields.is_listed(name);
        for name in self.names(text) {
            let taken_apart = FieldName::of(&name);
            if is_ours(&taken_apart) {
                return taken_apart.local.to_owned().into();
            }
        }
        text.into()
    }
}
