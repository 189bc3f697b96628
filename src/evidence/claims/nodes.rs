//! The nodes of a document by their names: JSON-LD may state a thing in one place and say more of it in another.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::scope::Scope;
use crate::evidence::document::reading::{DEPTH, DocumentValue};
use crate::evidence::prov::context::Context;

/// What an object's name stands under in JSON-LD, and in documents with the usual alias.
pub(super) const ID: [&str; 2] = ["@id", "id"];

type ByName<'t> = BTreeMap<String, Vec<DocumentValue<'t>>>;

/// The nodes of a document that have names and say something; sought when first asked for.
#[derive(Default)]
pub(super) struct Nodes<'t> {
    root: Option<DocumentValue<'t>>,
    by_name: OnceCell<ByName<'t>>,
    /// Names that were followed: once for each scope is enough.
    followed: BTreeSet<(String, bool)>,
}

impl<'t> Nodes<'t> {
    pub fn of(root: Option<&DocumentValue<'t>>) -> Self {
        Nodes { root: root.cloned(), ..Nodes::default() }
    }

    /// The nodes with this name, unless they were followed before.
    pub fn follow(&mut self, name: &str, scope: Scope, context: &Context) -> Vec<DocumentValue<'t>> {
        let Some(root) = &self.root else { return Vec::new() };
        let by_name = self.by_name.get_or_init(|| {
            let mut found = ByName::new();
            add(&mut found, root, context, DEPTH);
            found
        });
        let name = context.identifier(name);
        let Some(nodes) = by_name.get(&name) else { return Vec::new() };
        match self.followed.insert((name, scope == Scope::Subject)) {
            true => nodes.clone(),
            false => Vec::new(),
        }
    }
}

fn add<'t>(found: &mut ByName<'t>, at: &DocumentValue<'t>, context: &Context, depth: usize) {
    let Some(depth) = depth.checked_sub(1) else { return };
    let is_name = |key: &str| ID.contains(&key) || context.bound(key).as_deref() == Some("@id");
    let named = at.members().filter(|(key, _)| is_name(key)).filter_map(|(_, name)| name.text());
    if at.value.as_object().is_some_and(|object| object.len() > 1) {
        for name in named {
            found.entry(context.identifier(name)).or_default().push(at.clone());
        }
    }
    at.items().chain(at.members().map(|(_, member)| member)).for_each(|inner| add(found, &inner, context, depth));
}
