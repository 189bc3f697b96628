//! The nodes of a document by their names: JSON-LD may state a thing in one place and say more of it in another.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::context::Context;
use super::values::values;
use crate::evidence::document::reading::{DEPTH, DocumentValue, local_name};
use crate::fault::{Fault, FaultCode};

/// What a document says of one thing: objects with the same `@id` describe one node (JSON-LD 1.1 §3.1).
#[derive(Debug, Clone)]
pub struct JsonLdNode<'a> {
    /// Its objects, in the order of the document. At least one.
    pub objects: Vec<DocumentValue<'a>>,
    /// Whether there are more.
    is_truncated: bool,
}

impl<'a> JsonLdNode<'a> {
    /// Where it is first described.
    pub fn pointer(&self) -> String {
        self.objects.first().map(DocumentValue::pointer).unwrap_or_default()
    }

    /// The fault that it has more objects than are read.
    pub fn truncation(&self) -> Option<Fault> {
        let message = format!("expected at most {OBJECTS} objects that say different things of one node, found more");
        self.is_truncated.then(|| Fault::new(FaultCode::TooMany, self.pointer(), message))
    }

    /// The values of its properties with this local name.
    pub fn values(&self, local: &str, context: &Context) -> Vec<DocumentValue<'a>> {
        self.objects.iter().flat_map(|at| values(at, local, context)).collect()
    }

    /// Its types, written out.
    pub fn types(&self, context: &Context) -> Vec<String> {
        let types = self.objects.iter().flat_map(|at| types(at, context));
        types.filter_map(|at| at.text().map(|name| context.name(name))).collect()
    }

    /// Whether nothing is said of it but its name and its types.
    pub fn is_named_alone(&self, context: &Context) -> bool {
        let mut members = self.objects.iter().flat_map(DocumentValue::members);
        members.all(|(key, _)| matches!(context.name(key).as_str(), "@id" | "@type"))
    }
}

/// Objects of one node that differ and are read. Else a million that share a name could be read a million times.
const OBJECTS: usize = 32;

/// The named nodes of a document.
#[derive(Debug, Default)]
pub struct NodeMap<'a> {
    by_name: BTreeMap<String, NamedObjects<'a>>,
    /// Members that are taken for names beside `@id` and what the context calls so.
    also_names: &'static [&'static str],
}

/// The objects that have one name.
#[derive(Debug, Default)]
struct NamedObjects<'a> {
    all: Vec<DocumentValue<'a>>,
    /// Those that differ, as many as are read: libraries write an object again wherever it is named.
    distinct: Vec<DocumentValue<'a>>,
    more: bool,
}

impl<'a> NodeMap<'a> {
    /// The nodes of a document with this context. A member of `also_names` is a name too.
    pub fn of(root: &DocumentValue<'a>, context: &Context, also_names: &'static [&'static str]) -> Self {
        let mut map = NodeMap { also_names, ..NodeMap::default() };
        map.add(root, context, DEPTH);
        map
    }

    fn add(&mut self, at: &DocumentValue<'a>, context: &Context, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        if at.members().nth(1).is_some() {
            for (key, name) in at.members() {
                if let Some(name) = name.text().filter(|_| is_id(key, context) || self.also_names.contains(&key)) {
                    self.by_name.entry(context.identifier(name)).or_default().add(at);
                }
            }
        }
        let members = at.members().filter(|(key, _)| *key != "@context").map(|(_, member)| member);
        let nested = at.items().chain(members).filter(|at| at.value.is_object() || at.value.is_array());
        nested.for_each(|inner| self.add(&inner, context, depth));
    }

    /// All objects that describe what has this name.
    pub fn named(&self, name: &str, context: &Context) -> &[DocumentValue<'a>] {
        self.by_name.get(&context.identifier(name)).map(|objects| objects.all.as_slice()).unwrap_or_default()
    }

    /// The node that a value is or refers to. A context may say that a text is a name (JSON-LD 1.1 §4.2.3). What is
    /// described nowhere is the value alone.
    pub fn node(&self, at: &DocumentValue<'a>, context: &Context) -> JsonLdNode<'a> {
        match self.objects(at, context) {
            Some(objects) => objects.node(),
            None => JsonLdNode { objects: vec![at.clone()], is_truncated: false },
        }
    }

    /// Every named node.
    pub fn each(&self) -> impl Iterator<Item = JsonLdNode<'a>> {
        self.by_name.values().map(NamedObjects::node)
    }

    /// The first object of the node that a value is or refers to.
    pub fn first(&self, at: &DocumentValue<'a>, context: &Context) -> DocumentValue<'a> {
        self.objects(at, context).and_then(|objects| objects.all.first()).unwrap_or(at).clone()
    }

    fn objects(&self, at: &DocumentValue<'a>, context: &Context) -> Option<&NamedObjects<'a>> {
        let name = at.text().or_else(|| id(at, context))?;
        self.by_name.get(&context.identifier(name))
    }
}

impl<'a> NamedObjects<'a> {
    fn node(&self) -> JsonLdNode<'a> {
        JsonLdNode { objects: self.distinct.clone(), is_truncated: self.more }
    }

    fn add(&mut self, at: &DocumentValue<'a>) {
        self.all.push(at.clone());
        if self.distinct.iter().any(|known| known.value == at.value) {
            return;
        }
        match self.distinct.len() < OBJECTS {
            true => self.distinct.push(at.clone()),
            false => self.more = true,
        }
    }
}

/// What the things of a document were made from.
#[derive(Debug, Default)]
pub struct SourceList<'a> {
    /// The objects that describe them.
    pub objects: Vec<DocumentValue<'a>>,
    places: BTreeSet<*const Value>,
}

impl<'a> SourceList<'a> {
    /// What any object of the document names under a property that leads back, embedded or described elsewhere.
    pub fn of(root: &DocumentValue<'a>, nodes: &NodeMap<'a>, context: &Context, leads_back: fn(&str) -> bool) -> Self {
        let mut sources = SourceList::default();
        sources.find(root, nodes, context, leads_back, DEPTH);
        sources
    }

    fn find(
        &mut self,
        at: &DocumentValue<'a>,
        nodes: &NodeMap<'a>,
        context: &Context,
        leads_back: fn(&str) -> bool,
        depth: usize,
    ) {
        let Some(depth) = depth.checked_sub(1) else { return };
        at.items().for_each(|item| self.find(&item, nodes, context, leads_back, depth));
        for (key, member) in at.members().filter(|(key, _)| *key != "@context") {
            if leads_back(local_name(&context.name(key))) {
                member.each().iter().for_each(|source| self.add(source, at, nodes, context));
            } else {
                self.find(&member, nodes, context, leads_back, depth);
            }
        }
    }

    fn add(&mut self, source: &DocumentValue<'a>, of: &DocumentValue<'a>, nodes: &NodeMap<'a>, context: &Context) {
        let first = nodes.first(source, context);
        // Nothing is made from itself.
        let is_itself = std::ptr::eq(nodes.first(of, context).value, first.value);
        if !first.value.is_object() || is_itself || self.holds(&first) {
            return;
        }
        for object in nodes.node(source, context).objects.into_iter().chain([source.clone()]) {
            if object.value.is_object() && self.places.insert(std::ptr::from_ref(object.value)) {
                self.objects.push(object);
            }
        }
    }

    /// Whether a value is one of them; what lies within is not.
    pub fn holds(&self, at: &DocumentValue<'_>) -> bool {
        self.places.contains(&std::ptr::from_ref(at.value))
    }
}

/// What an object is called.
pub fn id<'a>(at: &DocumentValue<'a>, context: &Context) -> Option<&'a str> {
    at.members().find(|(key, _)| is_id(key, context)).and_then(|(_, id)| id.text())
}

/// The types that an object states.
pub fn types<'a>(at: &DocumentValue<'a>, context: &Context) -> Vec<DocumentValue<'a>> {
    let stated = at.members().filter(|(key, _)| context.name(key) == "@type");
    stated.flat_map(|(_, at)| at.each()).collect()
}

fn is_id(key: &str, context: &Context) -> bool {
    key == "@id" || context.name(key) == "@id"
}
