//! W3C PROV in its three JSON forms, read into one: PROV-O JSON-LD (PROV-O, REC 2013-04-30; JSON-LD 1.1: `@graph`,
//! a single node, or an array), PROV-JSONLD (W3C Member Submission 2024-08-25: relations that stand alone), and
//! PROV-JSON ([`json`]). What holds for one holds for all.
//!
//! Outputs are the entities that an activity generated; inputs those that were used and not generated: these
//! never bind a document to a subject. PROV defines no digest property, so every property whose local name
//! says digest, hash, checksum or sha256 counts, as do a digest within an `@id` and, under any name, a text that
//! is a pinned reference (`host/repo@sha256:…`). What the graph lacks as
//! provenance (a dangling id, an activity without agent) is a fault here, because no schema can follow ids.

use std::collections::BTreeSet;

use serde_json::Value;

mod describe;
pub mod graph;
pub mod json;
mod makers;

use graph::{Graph, Index, Thing, ThingRole};
use makers::Makers;

use super::document::reading::{
    DEPTH, DigestList, DocumentValue, bare_digest, digest_by, digest_of_reference, digests_within, local_name, plain,
    shortened, states_digest,
};
use super::frame::StatementPart;
use super::json_ld::context::Context;
use super::json_ld::values::literal;
use super::spec::{KindSpec, OwnWords, no_packages, whole_tree};
use super::{Class, Facts, StatedText};
use crate::fault::{Fault, FaultCode};
use crate::oci::Digest;

/// What this kind is.
pub const KIND: KindSpec = KindSpec {
    name: "prov",
    class: Class::Provenance,
    marks: recognise,
    marks_beside: recognise_beside,
    media_words: &["prov", "provjsonld", "provenance"],
    predicate_types: &[
        "http://www.w3.org/ns/prov",
        "http://www.w3.org/ns/prov#",
        "http://www.w3.org/ns/prov-o",
        "http://www.w3.org/TR/prov-o/",
        "https://www.w3.org/ns/prov",
        "https://www.w3.org/ns/prov#",
        "https://www.w3.org/ns/prov-o",
        "https://www.w3.org/TR/prov-o/",
    ],
    in_statement: StatementPart::Predicate,
    schema: |value| Some(if json::recognise(value) { "prov-json.v1" } else { "prov-jsonld.v1" }),
    is_streamed: whole_tree,
    facts: |document| facts(document.value()),
    own_words: OwnWords::Parts,
    inputs: describe::inputs,
    describe: describe::describe,
    packages: no_packages,
    refers: true,
};

/// Faults of one document that are told; more would say nothing new.
const FAULTS: usize = 50;
/// Identities of runs that are kept.
const RUNS: usize = 100;

/// Whether the value says of itself that it is PROV.
fn recognise(value: &Value) -> bool {
    let context = Context::of(value);
    let top = Signs::of_nodes(value, &context);
    // Nodes of another vocabulary say of their origin within themselves.
    if top.other_type && !top.prov_type && !top.bare_entity && !top.bare_activity {
        return json::recognise(value);
    }
    let mut signs = Signs::default();
    signs.read(value, &context, DEPTH);
    let bare = value.get("@context").is_some() && signs.bare_entity && signs.bare_activity;
    signs.prov_type
        || signs.prov_property && !signs.other_type
        || bare
        || names_prov_jsonld(value)
        || json::recognise(value)
}

/// Whether its context is that of PROV-JSONLD (W3C Member Submission 2024-08-25, § JSON-LD Context).
fn names_prov_jsonld(value: &Value) -> bool {
    let contexts = value.get("@context").map(|context| DocumentValue::new(context, "").each()).unwrap_or_default();
    contexts.iter().filter_map(DocumentValue::text).any(|address| address.contains("openprovenance.org/prov-jsonld/"))
}

/// Whether what is a document of another kind is provenance too: it describes an entity and an activity as nodes of their
/// own. What a data set says of its origin within itself is a fact in that data set (Croissant 1.1 § Provenance
/// Representation).
fn recognise_beside(value: &Value) -> bool {
    let signs = Signs::of_nodes(value, &Context::of(value));
    signs.entity && signs.activity || json::recognise(value)
}

/// What a document shows of its vocabulary.
#[derive(Default)]
struct Signs {
    prov_type: bool,
    entity: bool,
    activity: bool,
    /// A type of another vocabulary: a DCAT data set with `prov:wasGeneratedBy` is no PROV document.
    other_type: bool,
    prov_property: bool,
    bare_entity: bool,
    bare_activity: bool,
}

impl Signs {
    /// Those of the nodes at the top alone.
    fn of_nodes(value: &Value, context: &Context) -> Self {
        let mut signs = Signs::default();
        DocumentValue::new(value, "").nodes().iter().for_each(|node| signs.types(node, context));
        signs
    }

    fn read(&mut self, value: &Value, context: &Context, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.read(item, context, depth)),
            Value::Object(fields) if !fields.contains_key("@value") => {
                self.types(&DocumentValue::new(value, ""), context);
                for (key, member) in fields.iter().filter(|(key, _)| *key != "@context" && context.name(key) != "@type")
                {
                    self.prov_property |= context.is_surely_prov(key);
                    self.read(member, context, depth);
                }
            }
            _ => {}
        }
    }

    /// The types of one node.
    fn types(&mut self, node: &DocumentValue<'_>, context: &Context) {
        for (_, types) in node.members().filter(|(key, _)| context.name(key) == "@type") {
            types.each().iter().filter_map(DocumentValue::text).for_each(|name| self.kind(name, context));
        }
    }

    fn kind(&mut self, name: &str, context: &Context) {
        self.bare_entity |= name == "Entity" && context.prov(name).is_some();
        self.bare_activity |= name == "Activity" && context.prov(name).is_some();
        match context.is_surely_prov(name) {
            true => {
                self.prov_type = true;
                self.entity |= matches!(local_name(name), "Entity" | "Collection" | "Bundle" | "Plan");
                self.activity |= local_name(name) == "Activity";
            }
            false => self.other_type |= context.prov(name).is_none(),
        }
    }
}

/// The names and the graph of a document in any of the forms.
fn read(value: &Value) -> (Context, Graph<'_>) {
    if json::recognise(value) {
        let context = json::context(value);
        let graph = json::graph(value, &context);
        return (context, graph);
    }
    let context = Context::of(value);
    let graph = Graph::of(value, &context);
    (context, graph)
}

/// The facts of a PROV document.
fn facts(value: &Value) -> Facts {
    let (context, graph) = read(value);
    let activity = |index: &Index| graph.things.get(*index).is_some_and(|thing| thing.is_described());
    let made: BTreeSet<Index> =
        graph.generated.iter().filter(|(_, by)| activity(by)).map(|(entity, _)| *entity).collect();
    let generated: BTreeSet<Index> = graph.generated.iter().map(|(entity, _)| *entity).collect();
    let used: BTreeSet<Index> = graph.used.iter().map(|(_, entity)| *entity).collect();
    let (mut outputs, mut inputs) = (DigestList::default(), DigestList::default());
    let mut facts = Facts { faults: faults(&graph), ..Facts::default() };
    let mut named = Vec::new();
    for (index, thing) in made.iter().filter_map(|index| Some((*index, graph.things.get(*index)?))) {
        let mut own = DigestList::default();
        digests_of(thing, &context, &mut own);
        named.push((index, own));
        // What cannot be pointed at speaks of nothing: its ancestor holds other things too.
        facts.subject_parts.extend(thing.objects.iter().filter_map(|object| object.exact_pointer(value)));
    }
    let with_digest: BTreeSet<Index> =
        named.iter().filter(|(_, own)| !own.is_empty()).map(|(index, _)| *index).collect();
    let makers = Makers::of(&graph, &with_digest);
    facts.faults.extend(makers.faults(&graph).into_iter().take(FAULTS.saturating_sub(facts.faults.len())));
    named.into_iter().filter(|(index, _)| makers.vouch_for(&graph, *index)).for_each(|(_, own)| outputs.append(own));
    facts.faults.extend(invalidations(&graph, &made));
    for thing in used.difference(&generated).filter_map(|index| graph.things.get(*index)) {
        digests_of(thing, &context, &mut inputs);
        facts.input_parts.extend(thing.objects.iter().map(DocumentValue::pointer));
    }
    // Objects too deep to be pointed at share an ancestor.
    let mut seen = BTreeSet::new();
    facts.subject_parts.retain(|pointer| seen.insert(pointer.clone()));
    facts.input_parts.retain(|pointer| seen.insert(pointer.clone()));
    facts.outputs = outputs.finish(&mut facts.faults);
    facts.inputs = inputs.finish(&mut facts.faults);
    facts.run_ids = graph.all(ThingRole::Activity).flat_map(|(_, thing)| run_ids(thing)).take(RUNS).collect();
    facts
}

/// Where a document says that one of these things ceased to be (PROV-DM §5.1.8).
fn invalidations(graph: &Graph<'_>, made: &BTreeSet<Index>) -> BTreeSet<Fault> {
    let message = "expected an entity that is still valid, found one that was invalidated";
    let of_made = graph.invalidated.iter().filter(|(index, _)| made.contains(index));
    of_made.map(|(_, at)| Fault::new(FaultCode::Invalidated, at.pointer(), message)).collect()
}

/// `run_id`, `runId` of an activity, under any prefix.
fn run_ids(thing: &Thing<'_>) -> Vec<StatedText> {
    let members =
        thing.objects.iter().flat_map(DocumentValue::members).filter(|(key, _)| plain(local_name(key)) == "runid");
    members.flat_map(|(_, at)| at.each()).filter_map(|at| literal(&at).stated()).take(RUNS).collect()
}

/// The digests of an entity: those in its `@id`, and those that its description states.
fn digests_of(thing: &Thing<'_>, context: &Context, found: &mut DigestList) {
    let id = thing.id.as_deref().unwrap_or_default();
    let name = label(thing).or(thing.id.as_deref());
    if let Some(named_at) = thing.named_at.as_ref().filter(|_| !thing.is_described()) {
        // Not described, but an id that holds a digest says enough.
        found.add(named_at, digests_within(id), name);
    }
    for object in &thing.objects {
        if !object.members().any(|(key, _)| context.name(key) == "@id") {
            // PROV-JSON: the way to the object is its id.
            found.add(object, digests_within(id), name);
        }
        for (key, member) in object.members() {
            if context.name(key) == "@id" {
                found.add(&member, digests_within(id), name);
            } else if context.prov(key).is_some_and(|local| matches!(local.as_ref(), "atLocation" | "location")) {
                for place in member.each() {
                    let place = literal(&place);
                    found.add(&place, digests_within(place.text().unwrap_or_default()), name);
                }
            } else {
                stated_under(key, &member, name, DEPTH, found);
                if context.prov(key).is_none() {
                    references_under(key, &member, name, DEPTH, found);
                }
            }
        }
    }
}

/// Names, as [`plain`] makes them, of properties whose value refers to the thing that has them.
const OWN_REFERENCES: [&str; 13] = [
    "identifier",
    "image",
    "label",
    "location",
    "name",
    "ocireference",
    "ociref",
    "ociuri",
    "ref",
    "reference",
    "title",
    "uri",
    "url",
];

/// Parts of names, as [`plain`] makes them, of properties that refer to what the thing came from.
const ORIGINS: [&str; 14] = [
    "base",
    "basis",
    "depend",
    "derived",
    "from",
    "import",
    "input",
    "parent",
    "predecessor",
    "previous",
    "prior",
    "replaces",
    "source",
    "supersedes",
];

/// The pinned references under one property. Under a name that need not mean the thing itself they are called
/// by that name: the policies' `lib.binding` lets such a one count against a document, never for it.
fn references_under(key: &str, at: &DocumentValue<'_>, name: Option<&str>, depth: usize, found: &mut DigestList) {
    let Some(depth) = depth.checked_sub(1) else { return };
    let local = plain(local_name(key));
    let of_origin = ORIGINS.iter().any(|part| local.replace("resource", "").contains(part));
    if key.starts_with('@') || states_digest(&local) || of_origin {
        return;
    }
    for item in at.each() {
        let text = literal(&item);
        if let Some(digest) = text.text().and_then(digest_of_reference) {
            let own = OWN_REFERENCES.contains(&local.as_str());
            found.add(&text, [digest], if own { name } else { Some(key) });
        } else if item.get("@id").is_none() {
            // Neither a reference nor a thing of its own: what is in it says more of this one.
            for (inner, member) in item.members() {
                let inner = if matches!(inner, "@list" | "@set") { key } else { inner };
                references_under(inner, &member, Some(inner), depth, found);
            }
        }
    }
}

/// What an entity is called.
fn label<'a>(thing: &Thing<'a>) -> Option<&'a str> {
    let members = thing.objects.iter().flat_map(DocumentValue::members);
    let mut names = members.filter(|(key, _)| matches!(plain(local_name(key)).as_str(), "label" | "title" | "name"));
    names.find_map(|(_, at)| at.each().iter().find_map(|at| literal(at).text()))
}

/// The digests under one property, if its name says that it states one.
fn stated_under(key: &str, at: &DocumentValue<'_>, name: Option<&str>, depth: usize, found: &mut DigestList) {
    let local = local_name(key);
    if states_digest(local) {
        stated(at, name, depth, found);
    } else if plain(local) == "artifacts" {
        for item in at.each() {
            match item.value {
                Value::String(_) => stated(&item, name, depth, found),
                _ => members_stated(&item, name, depth, found),
            }
        }
    }
}

fn members_stated(at: &DocumentValue<'_>, name: Option<&str>, depth: usize, found: &mut DigestList) {
    let Some(depth) = depth.checked_sub(1) else { return };
    for (key, member) in at.members() {
        stated_under(key, &member, name, depth, found);
    }
}

/// The digests that a value is: a text, `{"sha256": …}`, `{"algorithm", "checksumValue"}`, a JSON-LD value.
fn stated(at: &DocumentValue<'_>, name: Option<&str>, depth: usize, found: &mut DigestList) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match at.value {
        Value::String(text) => {
            let digests = bare_digest(text).map_or_else(|| digests_within(text), |digest: Digest| vec![digest]);
            found.add(at, digests, name);
        }
        Value::Array(_) => at.items().for_each(|item| stated(&item, name, depth, found)),
        Value::Object(_) => {
            let inner = literal(at);
            if !std::ptr::eq(inner.value, at.value) {
                return stated(&inner, name, depth, found);
            }
            let member = |wanted: &[&str]| {
                let mut found = at.members().filter(|(key, _)| wanted.contains(&plain(local_name(key)).as_str()));
                found.next().map(|(_, at)| literal(&at))
            };
            match member(&["algorithm", "alg", "checksumalgorithm", "digestalgorithm", "hashalgorithm"]) {
                Some(algorithm) => {
                    let value = member(&["checksumvalue", "value", "digest", "hash", "hex", "content"]);
                    let both = value.as_ref().and_then(|value| digest_by(algorithm.text()?, value.text()?));
                    found.add(&value.unwrap_or(algorithm), both, name);
                }
                None => members_stated(at, name, depth, found),
            }
        }
        _ => {}
    }
}

/// What the document lacks as provenance.
fn faults(graph: &Graph<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |code: FaultCode, pointer: &str, message: String| {
        if faults.len() < FAULTS {
            faults.push(Fault::new(code, pointer, message));
        }
    };
    for (role, name) in [(ThingRole::Entity, "Entity"), (ThingRole::Activity, "Activity"), (ThingRole::Agent, "Agent")]
    {
        if graph.all(role).next().is_none() {
            fault(FaultCode::Missing, "", format!("expected at least one node of type `prov:{name}`, found none"));
        }
    }
    if graph.more {
        fault(
            FaultCode::TooMany,
            "",
            "expected fewer references between things, found more than can be read".to_owned(),
        );
    }
    for link in &graph.links {
        let Some(thing) = graph.things.get(link.to) else { continue };
        let id = thing.id.as_deref().unwrap_or_default();
        let names_itself = || link.property != "wasAssociatedWith" && !digests_within(id).is_empty();
        if !thing.is_described() && !names_itself() {
            let (property, id) = (link.property, shortened(id));
            let message = format!("expected a node with the `@id` that `prov:{property}` names, found no node `{id}`");
            fault(FaultCode::Dangling, &link.at.pointer(), message);
        }
    }
    faults
}

#[cfg(test)]
mod tests;
