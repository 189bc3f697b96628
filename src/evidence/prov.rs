//! W3C PROV as PROV-O JSON-LD (PROV-O, REC 2013-04-30; JSON-LD 1.1): `@graph`, a single node, or an array.
//!
//! Outputs are the entities that an activity generated; inputs those that were used and not generated: these
//! never bind a document to a subject. PROV defines no digest property, so every property whose local name
//! says digest, hash, checksum or sha256 counts, as does a digest within an `@id`. What the graph lacks as
//! provenance (a dangling id, an activity without agent) is a fault here, because no schema can follow ids.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

pub mod context;
pub mod graph;

use context::Context;
use graph::{Graph, Role, Thing, UNNAMED};

use super::document::reading::{
    At, DEPTH, bare_digest, digest_by, digests_within, local_name, plain, shortened, states_digest,
};
use super::{Facts, Named, Stated};
use crate::oci::Digest;

/// Faults of one document that are told; more would say nothing new.
const FAULTS: usize = 50;

/// Whether the value says of itself that it is PROV.
pub fn recognise(value: &Value) -> bool {
    let context = Context::of(value);
    let mut signs = Signs::default();
    signs.read(value, &context, DEPTH);
    let bare = value.get("@context").is_some() && signs.bare_entity && signs.bare_activity;
    signs.prov_type || signs.prov_property && !signs.other_type || bare || is_prov_json(value)
}

/// What a document shows of its vocabulary.
#[derive(Default)]
struct Signs {
    prov_type: bool,
    /// A type of another vocabulary: a DCAT data set with `prov:wasGeneratedBy` is no PROV document.
    other_type: bool,
    prov_property: bool,
    bare_entity: bool,
    bare_activity: bool,
}

impl Signs {
    fn read(&mut self, value: &Value, context: &Context, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.read(item, context, depth)),
            Value::Object(fields) if !fields.contains_key("@value") => {
                for (key, member) in fields {
                    if context.name(key) == "@type" {
                        At::new(member, "")
                            .each()
                            .iter()
                            .filter_map(At::text)
                            .for_each(|name| self.kind(name, context));
                    } else if key != "@context" {
                        self.prov_property |= context.is_surely_prov(key);
                        self.read(member, context, depth);
                    }
                }
            }
            _ => {}
        }
    }

    fn kind(&mut self, name: &str, context: &Context) {
        self.bare_entity |= name == "Entity" && context.prov(name).is_some();
        self.bare_activity |= name == "Activity" && context.prov(name).is_some();
        match context.is_surely_prov(name) {
            true => self.prov_type = true,
            false => self.other_type |= context.prov(name).is_none(),
        }
    }
}

/// PROV-JSON (W3C Member Submission 2013): maps by kind, no graph. Known only to say what to write instead.
fn is_prov_json(value: &Value) -> bool {
    let map = |name: &str| value.get(name).or_else(|| value.get(format!("prov:{name}"))).is_some_and(Value::is_object);
    value.get("@graph").is_none() && value.get("@type").is_none() && map("entity") && map("activity")
}

/// The facts of a PROV document.
pub fn facts(value: &Value) -> Facts {
    let context = Context::of(value);
    let graph = Graph::of(value, &context);
    let mut facts = Facts::default();
    let made: BTreeSet<&String> = graph
        .generated
        .iter()
        .filter(|(_, activity)| graph.is(activity, Role::Activity))
        .map(|(entity, _)| entity)
        .collect();
    let generated: BTreeSet<&String> = graph.generated.iter().map(|(entity, _)| entity).collect();
    for id in made {
        facts.outputs.extend(digests_of(id, &graph, &context));
        let objects = graph.things.get(id).into_iter().flat_map(|thing| &thing.objects);
        facts.subject_parts.extend(objects.map(|object| object.pointer.clone()));
    }
    let used: BTreeSet<&String> = graph.used.iter().map(|(_, entity)| entity).collect();
    for id in used.difference(&generated) {
        facts.inputs.extend(digests_of(id, &graph, &context));
    }
    facts.run_ids = graph.all(Role::Activity).flat_map(|(_, thing)| run_ids(thing)).collect();
    facts.faults = faults(value, &graph);
    facts
}

/// `run_id`, `runId` of an activity, under any prefix.
fn run_ids(thing: &Thing<'_>) -> Vec<Stated> {
    let members = thing.objects.iter().flat_map(At::members).filter(|(key, _)| plain(local_name(key)) == "runid");
    members.flat_map(|(_, at)| at.each()).filter_map(|at| at.get("@value").unwrap_or(at).stated()).collect()
}

/// The digests of an entity: those in its `@id`, and those that its description states.
fn digests_of(id: &str, graph: &Graph<'_>, context: &Context) -> Vec<Named> {
    let Some(thing) = graph.things.get(id) else {
        // Not described, but an id that holds a digest says enough.
        let pointer = graph.named_at.get(id).cloned().unwrap_or_default();
        let named = |digest| Named { digest, pointer: pointer.clone(), name: Some(id.to_owned()) };
        return digests_within(id).into_iter().map(named).collect();
    };
    let name = label(thing).unwrap_or(id);
    let mut found: Vec<Named> = Vec::new();
    for object in &thing.objects {
        for (key, member) in object.members() {
            if context.name(key) == "@id" {
                found.extend(member.named(digests_within(id), Some(name)));
            } else if context.prov(key).is_some_and(|local| local == "atLocation") {
                for place in member.each() {
                    let place = place.get("@id").or_else(|| place.get("@value")).unwrap_or(place);
                    found.extend(place.named(digests_within(place.text().unwrap_or_default()), Some(name)));
                }
            } else {
                stated_under(key, &member, name, DEPTH, &mut found);
            }
        }
    }
    found
}

/// What an entity is called.
fn label<'a>(thing: &Thing<'a>) -> Option<&'a str> {
    let members = thing.objects.iter().flat_map(At::members);
    let mut names = members.filter(|(key, _)| matches!(plain(local_name(key)).as_str(), "label" | "title" | "name"));
    names.find_map(|(_, at)| at.get("@value").unwrap_or(at).text())
}

/// The digests under one property, if its name says that it states one.
fn stated_under(key: &str, at: &At<'_>, name: &str, depth: usize, found: &mut Vec<Named>) {
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

fn members_stated(at: &At<'_>, name: &str, depth: usize, found: &mut Vec<Named>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    for (key, member) in at.members() {
        stated_under(key, &member, name, depth, found);
    }
}

/// The digests that a value is: a text, `{"sha256": …}`, `{"algorithm", "checksumValue"}`, a JSON-LD value.
fn stated(at: &At<'_>, name: &str, depth: usize, found: &mut Vec<Named>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match at.value {
        Value::String(text) => {
            let digests = bare_digest(text).map_or_else(|| digests_within(text), |digest: Digest| vec![digest]);
            found.extend(at.named(digests, Some(name)));
        }
        Value::Array(_) => at.items().iter().for_each(|item| stated(item, name, depth, found)),
        Value::Object(_) => {
            if let Some(inner) = at.get("@value").or_else(|| at.get("@id")) {
                return stated(&inner, name, depth, found);
            }
            let member = |wanted: &[&str]| {
                let mut found = at.members().filter(|(key, _)| wanted.contains(&plain(local_name(key)).as_str()));
                found.next().map(|(_, at)| at.get("@value").or_else(|| at.get("@id")).unwrap_or(at))
            };
            match member(&["algorithm", "alg", "checksumalgorithm", "digestalgorithm", "hashalgorithm"]) {
                Some(algorithm) => {
                    let value = member(&["checksumvalue", "value", "digest", "hash", "hex", "content"]);
                    let both = value.as_ref().and_then(|value| digest_by(algorithm.text()?, value.text()?));
                    found.extend(value.unwrap_or(algorithm).named(both.into_iter().collect(), Some(name)));
                }
                None => members_stated(at, name, depth, found),
            }
        }
        _ => {}
    }
}

/// What the document lacks as provenance.
fn faults(value: &Value, graph: &Graph<'_>) -> Vec<Stated> {
    let mut faults = Vec::new();
    let mut fault = |pointer: &str, value: String| {
        if faults.len() < FAULTS {
            faults.push(Stated { value, pointer: pointer.to_owned() });
        }
    };
    if is_prov_json(value) {
        fault("", "expected PROV-O JSON-LD with `@context` and `@graph`, found PROV-JSON (maps by kind)".to_owned());
        // Read as a graph it would lack everything, which says nothing more.
        return faults;
    }
    for (role, name) in [(Role::Entity, "Entity"), (Role::Activity, "Activity"), (Role::Agent, "Agent")] {
        if graph.all(role).next().is_none() {
            fault("", format!("expected at least one node of type `prov:{name}`, found none"));
        }
    }
    for link in &graph.links {
        let names_itself = link.property != "wasAssociatedWith" && !digests_within(&link.to).is_empty();
        if !graph.things.contains_key(&link.to) && !names_itself {
            let (property, id) = (link.property, shortened(&link.to));
            fault(
                &link.pointer,
                format!("expected a node with the `@id` that `prov:{property}` names, found no node `{id}`"),
            );
        }
    }
    let mut made_by: BTreeMap<&String, Vec<&String>> = BTreeMap::new();
    for (entity, activity) in &graph.generated {
        made_by.entry(activity).or_default().push(entity);
    }
    for (id, thing) in graph.all(Role::Activity) {
        let pointer = thing.objects.first().map(|object| object.pointer.as_str()).unwrap_or_default();
        let made = made_by.remove(id).unwrap_or_default();
        let shown = match id.starts_with(UNNAMED) {
            true => "the activity".to_owned(),
            false => format!("the activity `{}`", shortened(id)),
        };
        if !starts_with(&graph.used, id) {
            fault(pointer, format!("expected `prov:used` on {shown}, found none"));
        }
        if made.is_empty() {
            fault(pointer, format!("expected an entity that {shown} generated, found none"));
        }
        if !starts_with(&graph.associated, id) && !made.iter().any(|entity| starts_with(&graph.attributed, entity)) {
            fault(pointer, format!("expected an agent (`prov:wasAssociatedWith`) of {shown}, found none"));
        }
    }
    faults
}

/// Whether a set of pairs has one that begins with this.
fn starts_with(pairs: &BTreeSet<(String, String)>, left: &String) -> bool {
    pairs.range((left.clone(), String::new())..).next().is_some_and(|(found, _)| found == left)
}

#[cfg(test)]
mod tests;
