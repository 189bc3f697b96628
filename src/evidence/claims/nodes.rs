//! The nodes that a reference leads to.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use super::scope::Scope;
use crate::evidence::document::reading::DocumentValue;
use crate::evidence::json_ld::context::Context;
use crate::evidence::json_ld::nodes::NodeMap;

/// What an object's name stands under in JSON-LD, and in documents with the usual alias.
pub(super) const ID: [&str; 2] = ["@id", "id"];

/// The nodes of a document that have names and say something; sought when first asked for.
#[derive(Default)]
pub(super) struct FollowedNodes<'t> {
    root: Option<DocumentValue<'t>>,
    nodes: OnceCell<NodeMap<'t>>,
    /// Names that were followed: once for each scope is enough.
    followed: BTreeSet<(String, bool)>,
}

impl<'t> FollowedNodes<'t> {
    pub fn of(root: Option<&DocumentValue<'t>>) -> Self {
        FollowedNodes { root: root.cloned(), ..FollowedNodes::default() }
    }

    /// The nodes with this name, unless they were followed before.
    pub fn follow(&mut self, name: &str, scope: Scope, context: &Context) -> Vec<DocumentValue<'t>> {
        let Some(root) = &self.root else { return Vec::new() };
        let nodes = self.nodes.get_or_init(|| NodeMap::of(root, context, &ID)).named(name, context);
        match !nodes.is_empty() && self.followed.insert((context.identifier(name), scope == Scope::Subject)) {
            true => nodes.to_vec(),
            false => Vec::new(),
        }
    }
}
