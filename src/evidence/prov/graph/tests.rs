use serde_json::json;

use super::*;

fn pairs<'g>(graph: &'g Graph<'_>, set: &BTreeSet<(Index, Index)>) -> Vec<(&'g str, &'g str)> {
    let id = |index: Index| graph.things[index].id.as_deref().unwrap_or("-");
    set.iter().map(|(left, right)| (id(*left), id(*right))).collect()
}

#[test]
fn every_way_to_state_a_relation_is_the_same_relation() {
    for document in [
        json!({"@graph": [{"@id": "e", "prov:wasGeneratedBy": {"@id": "a"}}, {"@id": "a", "@type": "prov:Activity"}]}),
        json!([{"@id": "a", "@type": ["prov:Activity"], "prov:generated": ["e"]}]),
        json!({"@id": "a", "prov:generated": {"@list": [{"@id": "e", "@type": "Entity"}]}}),
        json!({"@id": "a", "http://www.w3.org/ns/prov#generated": [{"@id": "e", "label": "x"}]}),
        json!({"@id": "e", "prov:qualifiedGeneration": {"@type": "prov:Generation", "prov:activity": {"@id": "a"}}}),
        json!({"@graph": [{"@type": "Generation", "entity": "e", "activity": "a"}]}),
        json!({"@context": {"id": "@id", "p": "http://www.w3.org/ns/prov#"},
               "@graph": [{"id": "e", "p:wasGeneratedBy": {"id": "a"}}]}),
    ] {
        let graph = Graph::of(&document, &Context::of(&document));
        assert_eq!(pairs(&graph, &graph.generated), [("e", "a")], "{document}");
    }
}

#[test]
fn objects_with_one_identifier_are_one_thing() {
    let document = json!({
        "@context": {"ex": "https://example.org/"},
        "@graph": [
            {"@id": "ex:a", "@type": "prov:Activity", "prov:used": [{"@id": "ex:in", "label": "x"}],
             "prov:wasAssociatedWith": "ex:who"},
            {"@id": "https://example.org/a", "prov:startedAtTime": {"@type": "xsd:dateTime", "@value": "2026"}},
            {"@id": "ex:who", "@type": "prov:Person"},
            {"@type": "prov:Entity"}, {"@type": "prov:Entity"},
        ],
    });
    let graph = Graph::of(&document, &Context::of(&document));
    let activities: Vec<_> =
        graph.all(ThingRole::Activity).map(|(_, thing)| (thing.id.clone(), thing.objects.len())).collect();
    assert_eq!(activities, [(Some("https://example.org/a".to_owned()), 2)]);
    assert_eq!(pairs(&graph, &graph.used), [("https://example.org/a", "https://example.org/in")]);
    assert_eq!(graph.all(ThingRole::Entity).count(), 3);
    assert_eq!(graph.all(ThingRole::Agent).count(), 1);
}

#[test]
fn a_relation_of_many_with_many_ends() {
    let many: Vec<String> = (0..2000).map(|number| format!("e{number}")).collect();
    let document = json!([{"@type": "prov:Usage", "activity": many, "entity": many}]);
    let graph = Graph::of(&document, &Context::of(&document));
    assert!(graph.more);
    assert_eq!(graph.links.len(), LINKS);
}
