//! PROV-JSON (W3C Member Submission 2013-04-24) as the same things and relations.
//!
//! Maps by kind: `entity`, `activity` and `agent` from ids to attributes, one map per relation whose entries name
//! both sides. Names may have the prefix `prov:`, as some pipelines write them. Bundles (§2.6) are read with the
//! document that holds them.

use serde_json::{Map, Value};

use super::graph::{Graph, STARTED, ThingRole, member_named};
use crate::evidence::document::reading::DocumentValue;
use crate::evidence::json_ld::context::Context;

/// The maps of things.
const THINGS: [(&str, ThingRole); 3] =
    [("entity", ThingRole::Entity), ("activity", ThingRole::Activity), ("agent", ThingRole::Agent)];

/// The maps of relations that are read: name, member with the one that has it, member with the one it names.
const RELATIONS: [(&str, &str, &str); 8] = [
    ("used", "activity", "entity"),
    ("wasGeneratedBy", "entity", "activity"),
    ("wasAssociatedWith", "activity", "agent"),
    ("wasAttributedTo", "entity", "agent"),
    ("wasDerivedFrom", "generatedEntity", "usedEntity"),
    ("wasInformedBy", "informed", "informant"),
    ("actedOnBehalfOf", "delegate", "responsible"),
    (STARTED, "activity", "starter"),
];

/// Whether the value is PROV-JSON: it has maps of the vocabulary, of things and of relations between them or with the
/// prefixes of its names; or it has bundles that are PROV-JSON.
pub fn recognise(value: &Value) -> bool {
    let is_alone = value.get("@graph").is_none() && value.get("@type").is_none();
    let bundles = ["bundle", "prov:bundle"].iter().filter_map(|name| value.get(*name)?.as_object());
    is_alone && (has_maps(value) || bundles.flat_map(Map::values).any(has_maps))
}

fn has_maps(value: &Value) -> bool {
    let map = |name: &str| [name, prefixed(name).as_str()].iter().any(|name| value.get(*name).is_some_and(is_map));
    let things = THINGS.iter().filter(|(name, _)| map(name)).count();
    let relations = RELATIONS.iter().filter(|(name, ..)| map(name)).count();
    let is_named =
        value.get("prov:entity").is_some_and(Value::is_object) || value.get("prefix").is_some_and(Value::is_object);
    is_named && things + relations > 0 || things > 0 && relations > 0 || map("entity") && things > 1
}

/// Whether a value can be one of the maps: its entries are attributes, or lists of them (§2.3).
fn is_map(map: &Value) -> bool {
    map.as_object().is_some_and(|map| map.values().all(|entry| entry.is_object() || entry.is_array()))
}

fn prefixed(name: &str) -> String {
    format!("prov:{name}")
}

/// The names of a document: those that its `prefix` binds, then those of its bundles.
pub fn context(value: &Value) -> Context {
    let mut context = Context::of(value);
    let root = DocumentValue::new(value, "");
    for frame in frames(&root) {
        frame.value.get("prefix").into_iter().for_each(|prefixes| context.bind(prefixes));
    }
    context
}

/// Reads a document.
pub fn graph<'a>(value: &'a Value, context: &Context) -> Graph<'a> {
    let mut graph = Graph::default();
    let root = DocumentValue::new(value, "");
    let frames = frames(&root);
    for frame in &frames {
        for (name, role) in THINGS {
            for (id, object) in entries(frame, name) {
                let index = graph.describe(id, &object, role, context);
                for (key, at) in object.members() {
                    let name = context.prov(key);
                    name.into_iter().for_each(|name| graph.read_invalidation(&name, index, &at, &at, context));
                }
            }
        }
    }
    for frame in &frames {
        for (property, from, to) in RELATIONS {
            for (_, object) in entries(frame, property) {
                if property == "actedOnBehalfOf" {
                    graph.read_delegation("Delegation", &object, context);
                }
                let named = member_named(&object, to, context);
                for from in member_named(&object, from, context) {
                    let from = graph.index(&from, context);
                    named.iter().for_each(|to| graph.link(property, from, to.clone(), context));
                }
            }
        }
        entries(frame, "wasInvalidatedBy").iter().for_each(|(_, object)| graph.read_invalidations(object, context));
    }
    graph
}

/// The document and its bundles; a bundle has none of its own (§2.6).
fn frames<'a>(root: &DocumentValue<'a>) -> Vec<DocumentValue<'a>> {
    let bundles = ["bundle", "prov:bundle"].into_iter().filter_map(|name| root.get(name));
    let bundles: Vec<DocumentValue<'a>> =
        bundles.flat_map(|map| map.members().map(|(_, at)| at).collect::<Vec<_>>()).collect();
    std::iter::once(root.clone()).chain(bundles).collect()
}

/// The entries of the maps of one name. An id may have several sets of attributes (§2.3).
fn entries<'a>(frame: &DocumentValue<'a>, name: &str) -> Vec<(&'a str, DocumentValue<'a>)> {
    let maps = [name, prefixed(name).as_str()].into_iter().filter_map(|name| frame.get(name)).collect::<Vec<_>>();
    // Some writers leave the ids of relations out, and so have a list of them.
    let unnamed = maps.iter().flat_map(|map| map.items()).map(|at| ("", at)).collect::<Vec<_>>();
    let entries = maps.into_iter().flat_map(|map| map.members()).chain(unnamed);
    entries
        .flat_map(|(id, at)| at.each().into_iter().map(move |object| (id, object)))
        .filter(|(_, object)| object.value.is_object())
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::facts;
    use super::*;

    const A: &str = "aaaaf5b8a4c5b9c2f1d0e3a798b6c5d4e3f2a1b0c9d8e7f60516273849506172";
    const B: &str = "bbbbf5b8a4c5b9c2f1d0e3a798b6c5d4e3f2a1b0c9d8e7f60516273849506172";

    /// After the example of §1.1 of the submission.
    fn document() -> Value {
        json!({
            "prefix": {"ex": "http://example.org/", "dct": "http://purl.org/dc/terms/"},
            "entity": {
                "ex:out": {"prov:label": "soils", "prov:type": {"$": "prov:Plan", "type": "xsd:QName"},
                    "ex:digest": {"$": format!("sha256:{A}"), "type": "xsd:string"},
                    "dct:license": {"$": "CC-BY-4.0", "type": "xsd:string"}},
                "ex:in": [{"ex:sha256": B}, {"ex:version": {"$": "1", "type": "xsd:int"}}],
            },
            "activity": {"ex:run": {"prov:startTime": "2011-11-16T16:05:00", "ex:run_id": "r-1"}},
            "agent": {"ex:who": {"prov:type": {"$": "prov:SoftwareAgent", "type": "prov:QUALIFIED_NAME"}}},
            "wasGeneratedBy": {"_:g1": {"prov:entity": "ex:out", "prov:activity": "ex:run", "prov:time": "2011"}},
            "used": {"_:u1": {"prov:activity": "ex:run", "prov:entity": {"$": "ex:in", "type": "prov:QUALIFIED_NAME"}}},
            "wasAssociatedWith": {"_:a1": {"prov:activity": "http://example.org/run", "prov:agent": "ex:who"}},
            "wasDerivedFrom": {"_:d1": {"prov:generatedEntity": "ex:out", "prov:usedEntity": "ex:in"}},
        })
    }

    #[test]
    fn prov_json_has_the_facts_of_prov_o() {
        let value = document();
        assert!(recognise(&value));
        let found = facts(&value);
        assert_eq!(found.faults, []);
        let output = &found.outputs[0];
        assert_eq!((output.digest.hex(), output.name.as_deref()), (A, Some("soils")));
        assert_eq!((found.outputs.len(), output.pointer.as_str()), (1, "/entity/ex:out/ex:digest/$"));
        assert_eq!((found.inputs[0].digest.hex(), found.inputs[0].pointer.as_str()), (B, "/entity/ex:in/0/ex:sha256"));
        assert_eq!(found.run_ids[0].value, "r-1");
        assert_eq!(found.subject_parts, ["/entity/ex:out"]);
    }

    #[test]
    fn an_identifier_with_a_digest_and_names_with_a_prefix_are_read() {
        let out = format!("oci://r.example.org/a@sha256:{A}");
        let value = json!({
            "@context": {"prov": "http://www.w3.org/ns/prov#"},
            "prov:entity": {&out: {}}, "prov:activity": {"run": {}}, "prov:agent": {"who": {}},
            "bundle": {"b": {"entity": {"e": {"sha256": B}}, "used": {"_:u": {"prov:activity": "run", "prov:entity": "e"}}}},
            "prov:wasGeneratedBy": {"_:1": {"prov:entity": out, "prov:activity": "run"}},
            "prov:wasAssociatedWith": {"_:2": {"prov:activity": "run", "prov:agent": "who"}},
        });
        let found = facts(&value);
        assert_eq!(found.faults, []);
        assert_eq!(found.outputs[0].digest.hex(), A);
        assert_eq!(found.inputs[0].pointer, "/bundle/b/entity/e/sha256");
    }

    #[test]
    fn faults_point_into_the_maps() {
        let mut value = document();
        value["used"]["_:u1"]["prov:entity"] = json!("ex:gone");
        value["wasAssociatedWith"] = json!({});
        let messages: Vec<_> =
            facts(&value).faults.into_iter().map(|fault| format!("{}: {}", fault.pointer, fault.message)).collect();
        assert_eq!(
            messages,
            [
                "/used/_:u1/prov:entity: expected a node with the `@id` that `prov:used` names, found no node \
                 `http://example.org/gone`",
                "/activity/ex:run: expected an agent (`prov:wasAssociatedWith`) of the activity \
                 `http://example.org/run`, found none",
            ]
        );
    }

    #[test]
    fn other_maps_are_not_prov_json() {
        for value in [
            json!({"entity": {"e": {}}}),
            json!({"entity": "x", "activity": "y"}),
            json!({"entity": {"name": "x"}, "agent": {"name": "y"}}),
            json!({"@graph": [], "entity": {}, "activity": {}}),
            json!(null),
        ] {
            assert!(!recognise(&value), "{value}");
        }
        for value in [json!({"prefix": 1, "entity": {"e": [1, [2]]}}), json!({"entity": {}, "used": {"u": [{}]}})] {
            assert_eq!(facts(&value).outputs, [], "{value}");
        }
    }
}
