//! The records of a DCAT document: its data sets and their distributions, wherever they stand.

use std::collections::BTreeSet;

use serde_json::Value;

use super::terms::{is_source, local, term};
use crate::evidence::document::reading::{DEPTH, DocumentValue};
use crate::evidence::json_ld::context::Context;
use crate::evidence::json_ld::nodes::{JsonLdNode, NodeMap, SourceList, id};

/// Nodes that were looked at, and whether as distributions.
type SeenNodes = BTreeSet<(*const Value, bool)>;

/// The records of a document, without those of the data sets that it names as sources.
pub struct RecordList<'a> {
    pub context: Context,
    pub nodes: NodeMap<'a>,
    pub sources: SourceList<'a>,
    pub data_sets: Vec<JsonLdNode<'a>>,
    pub series: Vec<JsonLdNode<'a>>,
    pub distributions: Vec<JsonLdNode<'a>>,
}

impl<'a> RecordList<'a> {
    /// Finds the records; what stands under `dcat:distribution` needs no type.
    pub fn of(root: &DocumentValue<'a>) -> Self {
        let context = Context::of(root.value);
        let nodes = NodeMap::of(root, &context, &[]);
        let sources = SourceList::of(root, &nodes, &context, is_source);
        let (data_sets, series, distributions) = (Vec::new(), Vec::new(), Vec::new());
        let mut records = RecordList { context, nodes, sources, data_sets, series, distributions };
        let mut seen = SeenNodes::new();
        records.find(root, false, &mut seen, DEPTH);
        // In a circle of sources each is as good as the other.
        if records.data_sets.is_empty() && !records.sources.objects.is_empty() {
            records.sources = SourceList::default();
            seen.clear();
            records.series.clear();
            records.distributions.clear();
            records.find(root, false, &mut seen, DEPTH);
        }
        records
    }

    fn find(&mut self, at: &DocumentValue<'a>, distributes: bool, seen: &mut SeenNodes, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        if self.sources.holds(at) {
            return;
        }
        at.items().for_each(|item| self.find(&item, distributes, seen, depth));
        if at.value.is_object() {
            self.record(at, false, seen);
        }
        if distributes {
            self.record(at, true, seen);
        }
        for (key, member) in at.members().filter(|(key, _)| *key != "@context") {
            let distributes = term(key, &self.context).is_some_and(|name| name == "distribution");
            if distributes || member.value.is_object() || member.value.is_array() {
                self.find(&member, distributes, seen, depth);
            }
        }
    }

    fn record(&mut self, at: &DocumentValue<'a>, distributes: bool, seen: &mut SeenNodes) {
        let first = self.nodes.first(at, &self.context);
        if !first.value.is_object() || !seen.insert((std::ptr::from_ref(first.value), distributes)) {
            return;
        }
        let node = self.nodes.node(at, &self.context);
        let types = node.types(&self.context);
        let is = |names: &[&str]| types.iter().filter_map(|name| local(name)).any(|name| names.contains(&name));
        // A name alone, of what is described nowhere, is no distribution.
        let says_more = first.members().nth(1).is_some() || id(&first, &self.context).is_none();
        // Each is looked at once where it stands, and once where it is called a distribution.
        match distributes {
            true if says_more && !is(&["Distribution"]) => self.distributions.push(node),
            true => {}
            false if is(&["Distribution"]) => self.distributions.push(node),
            false if is(&["Dataset"]) => self.data_sets.push(node),
            false if is(&["DatasetSeries"]) => self.series.push(node),
            false => {}
        }
    }

    /// The node that a value of a property refers to, or is.
    pub fn node(&self, at: &DocumentValue<'a>) -> JsonLdNode<'a> {
        self.nodes.node(at, &self.context)
    }

    /// The values of a property.
    pub fn values(&self, node: &JsonLdNode<'a>, local: &str) -> Vec<DocumentValue<'a>> {
        node.values(local, &self.context)
    }

    /// The objects that speak of the subject.
    pub fn parts(&self) -> impl Iterator<Item = &DocumentValue<'a>> {
        self.data_sets.iter().chain(&self.series).chain(&self.distributions).flat_map(|node| &node.objects)
    }
}
