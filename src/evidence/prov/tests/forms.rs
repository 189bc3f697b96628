//! One statement in all notations and forms.

use super::*;

fn codes(value: &Value) -> Vec<(FaultCode, String)> {
    facts(value).faults.into_iter().map(|fault| (fault.code, fault.pointer)).collect()
}

const D: &str = "d00df5b8a4c5b9c2f1d0e3a798b6c5d4e3f2a1b0c9d8e7f60516273849506172";

/// A release, made of survey points by `ex:release`, beside a step, in all three notations. `step` and `release` are the
/// relations that the two activities have, as (relation, of the activity, other side).
fn survey(relations: &[(&str, &str, &str)], is_step_digested: bool) -> [Value; 3] {
    let entity = |id: &str, digest: Option<&str>| match digest {
        Some(digest) => json!({"@id": id, "@type": "prov:Entity", "ex:digest": format!("sha256:{digest}")}),
        None => json!({"@id": id, "@type": "prov:Entity"}),
    };
    let step = is_step_digested.then_some(B);
    let mut nodes = vec![entity("ex:points", Some(D)), entity("ex:map", Some(A)), entity("ex:log", step)];
    nodes.extend(["ex:release", "ex:step"].map(|id| json!({"@id": id, "@type": "prov:Activity"})));
    nodes.push(json!({"@id": "ex:crew", "@type": "prov:Agent"}));
    let context = json!({"ex": "https://survey.example.org/", "prov": "http://www.w3.org/ns/prov#"});
    let (mut o, mut ld) =
        (json!({"@context": context, "@graph": nodes}), json!({"@context": context, "@graph": nodes}));
    let mut json = json!({"prefix": {"ex": "https://survey.example.org/"}, "entity": {}, "activity": {}, "agent": {}});
    for node in &nodes {
        let kind = node["@type"].as_str().unwrap().to_lowercase().replace("prov:", "");
        let mut attributes = node.clone();
        attributes.as_object_mut().unwrap().retain(|key, _| !key.starts_with('@'));
        json[kind.as_str()][node["@id"].as_str().unwrap()] = attributes;
    }
    for (number, (relation, from, to)) in relations.iter().enumerate() {
        let (kind, one, other) = match *relation {
            "wasGeneratedBy" => ("Generation", "entity", "activity"),
            "used" => ("Usage", "activity", "entity"),
            "wasAssociatedWith" => ("Association", "activity", "agent"),
            "wasAttributedTo" => ("Attribution", "entity", "agent"),
            "wasInformedBy" => ("Communication", "informed", "informant"),
            "wasStartedBy" => ("Start", "activity", "starter"),
            _ => ("Delegation", "activity", "delegate"),
        };
        let name = |local: &str| format!("prov:{local}");
        json[*relation][format!("_:{number}")] = json!({name(one): from, name(other): to});
        ld["@graph"].as_array_mut().unwrap().push(json!({"@type": name(kind), one: from, other: to}));
        let node = o["@graph"].as_array_mut().unwrap().iter_mut().find(|node| node["@id"] == *from).unwrap();
        match *relation {
            "wasStartedBy" => {
                node["prov:qualifiedStart"] = json!({"@type": "prov:Start", "prov:hadActivity": {"@id": to}})
            }
            "actedOnBehalfOf" => {
                let delegation =
                    json!({"@type": "prov:Delegation", "prov:agent": {"@id": to}, "prov:hadActivity": {"@id": from}});
                o["@graph"].as_array_mut().unwrap().push(delegation);
            }
            _ => node[name(relation)] = json!({"@id": to}),
        }
    }
    [o, ld, json]
}

/// PROV-DM demands of no activity that it used, made or was associated with anything (§5.1, §5.3); asked is the one
/// that made what states a digest.
#[test]
fn only_the_maker_is_asked_what_it_used_and_who_is_responsible() {
    let made = ("wasGeneratedBy", "ex:map", "ex:release");
    let logged = ("wasGeneratedBy", "ex:log", "ex:step");
    let used = ("used", "ex:release", "ex:points");
    let crew = ("wasAssociatedWith", "ex:release", "ex:crew");
    let rows: [(&[_], bool, usize, &[&str]); 14] = [
        (&[made, used, crew], false, 0, &[A]),
        (&[made, used, crew, logged], false, 0, &[A]),
        (&[made, used, crew, logged], true, 0, &[A]),
        (&[made, used, crew, logged, ("used", "ex:release", "ex:log")], true, 0, &[A]),
        (&[made, used, crew, ("wasStartedBy", "ex:step", "ex:release")], false, 0, &[A]),
        (&[made, used, crew, ("wasAssociatedWith", "ex:step", "ex:crew")], false, 0, &[A]),
        (&[made, used, ("wasAttributedTo", "ex:map", "ex:crew")], false, 0, &[A]),
        (&[made, used, ("actedOnBehalfOf", "ex:release", "ex:crew")], false, 0, &[A]),
        (&[made, crew, ("wasInformedBy", "ex:release", "ex:step")], false, 0, &[A]),
        (
            &[made, used, ("wasStartedBy", "ex:release", "ex:step"), ("wasAssociatedWith", "ex:step", "ex:crew")],
            false,
            0,
            &[A],
        ),
        // The maker's own silence is not made good by a step.
        (
            &[made, used, logged, ("wasAssociatedWith", "ex:step", "ex:crew"), ("used", "ex:step", "ex:points")],
            false,
            1,
            &[A],
        ),
        (
            &[made, used, logged, ("wasAssociatedWith", "ex:step", "ex:crew"), ("used", "ex:step", "ex:points")],
            true,
            0,
            &[B],
        ),
        (&[made], false, 2, &[A]),
        (&[used, crew, ("wasAssociatedWith", "ex:step", "ex:crew")], false, 3, &[]),
    ];
    for (relations, is_step_digested, faults, outputs) in rows {
        for document in survey(relations, is_step_digested) {
            let found = facts(&document);
            let codes: Vec<_> = found.faults.iter().map(|fault| fault.code).collect();
            assert_eq!(codes, vec![FaultCode::Missing; faults], "{document} {:?}", found.faults);
            assert_eq!(found.outputs.iter().map(|named| named.digest.hex()).collect::<Vec<_>>(), outputs, "{document}");
        }
    }
}

/// PROV-DM §5.1.8 in all notations, and with both ends.
#[test]
fn an_invalidation_is_seen_in_every_form() {
    let typed = |node: Value| {
        let mut document = good();
        document["@graph"].as_array_mut().unwrap().push(node);
        document
    };
    let recall = |key: &str, value: Value| typed(json!({"@id": "urn:recall", "@type": "prov:Activity", key: value}));
    let out = json!({"@id": "urn:out"});
    let mut term = recall("withdrew", json!("urn:out"));
    term["@context"] = json!({"prov": "http://www.w3.org/ns/prov#",
        "withdrew": {"@reverse": "prov:wasInvalidatedBy", "@type": "@id"}});
    for (document, pointer) in [
        (
            typed(json!({"@type": "prov:Invalidation", "prov:entity": out, "prov:activity": {"@id": "urn:run"}})),
            "/@graph/4",
        ),
        (
            typed(json!({"@type": ["prov:Invalidation"], "entity": ["urn:out"], "time": "2026-02-03T00:00:00Z"})),
            "/@graph/4",
        ),
        (typed(json!({"@type": "Invalidation", "@id": "urn:i", "entity": "urn:out"})), "/@graph/4"),
        (typed(json!({"@type": "Invalidation", "entity": {"@list": ["urn:out"]}})), "/@graph/4"),
        (recall("prov:invalidated", out.clone()), "/@graph/4/prov:invalidated"),
        (recall("prov:invalidated", json!(["urn:in", "urn:out"])), "/@graph/4/prov:invalidated/1"),
        (recall("@reverse", json!({"prov:wasInvalidatedBy": [out]})), "/@graph/4/@reverse/prov:wasInvalidatedBy/0"),
        (
            recall("@reverse", json!({"http://www.w3.org/ns/prov#wasInvalidatedBy": "urn:out"})),
            "/@graph/4/@reverse/http:~1~1www.w3.org~1ns~1prov#wasInvalidatedBy",
        ),
        (
            typed(json!({"@type": "prov:Invalidation", "@reverse": {"prov:qualifiedInvalidation": out}})),
            "/@graph/4/@reverse/prov:qualifiedInvalidation",
        ),
        (term, "/@graph/4/withdrew"),
        (
            typed(
                json!({"@id": "urn:out", "prov:qualifiedInvalidation": {"@type": "prov:Invalidation", "prov:atTime": "2026"}}),
            ),
            "/@graph/4/prov:qualifiedInvalidation",
        ),
        (
            typed(json!({"@id": "urn:out", "prov:invalidatedAtTime": [{"@value": "2026-02-03T00:00:00Z"}]})),
            "/@graph/4/prov:invalidatedAtTime",
        ),
    ] {
        assert_eq!(codes(&document), [(FaultCode::Invalidated, pointer.to_owned())], "{document}");
    }
    // An input may have been replaced since, and nothing is no invalidation.
    for document in [
        typed(json!({"@type": "Invalidation", "entity": "urn:in"})),
        recall("prov:invalidated", json!("urn:in")),
        typed(json!({"@id": "urn:out", "prov:wasInvalidatedBy": [], "prov:invalidatedAtTime": null})),
    ] {
        assert_eq!(codes(&document), [], "{document}");
    }
}

#[test]
fn an_invalidation_is_seen_in_every_form_of_prov_json() {
    let used = ("used", "ex:release", "ex:points");
    let [.., document] = survey(
        &[("wasGeneratedBy", "ex:map", "ex:release"), used, ("wasAssociatedWith", "ex:release", "ex:crew")],
        false,
    );
    let map = || json!({"$": "ex:map", "type": "prov:QUALIFIED_NAME"});
    for (key, value, pointer) in [
        ("wasInvalidatedBy", json!({"_:i": {"prov:entity": "ex:map"}}), Some("/wasInvalidatedBy/_:i")),
        (
            "wasInvalidatedBy",
            json!({"_:i": {"entity": "https://survey.example.org/map"}}),
            Some("/wasInvalidatedBy/_:i"),
        ),
        ("wasInvalidatedBy", json!({"_:i": {"prov:entity": map()}}), Some("/wasInvalidatedBy/_:i")),
        (
            "wasInvalidatedBy",
            json!({"_:i": [{"prov:entity": "ex:points"}, {"prov:entity": map()}]}),
            Some("/wasInvalidatedBy/_:i/1"),
        ),
        (
            "prov:wasInvalidatedBy",
            json!({"_:i": {"prov:entity": ["ex:log", map()]}}),
            Some("/prov:wasInvalidatedBy/_:i"),
        ),
        ("wasInvalidatedBy", json!([{"prov:entity": "ex:map"}]), Some("/wasInvalidatedBy/0")),
        (
            "bundle",
            json!({"ex:b": {"wasInvalidatedBy": {"_:i": {"prov:entity": "ex:map"}}}}),
            Some("/bundle/ex:b/wasInvalidatedBy/_:i"),
        ),
        ("wasInvalidatedBy", json!({"_:i": {"prov:entity": "ex:points"}}), None),
        ("wasInvalidatedBy", json!({"_:i": {"prov:activity": "ex:step"}}), None),
    ] {
        let mut document = document.clone();
        document[key] = value;
        let expected = pointer.map(|pointer| (FaultCode::Invalidated, pointer.to_owned()));
        assert_eq!(codes(&document), expected.into_iter().collect::<Vec<_>>(), "{document}");
    }
    for value in [json!("2026-02-03T00:00:00Z"), json!([{"$": "2026-02-03T00:00:00Z", "type": "xsd:dateTime"}])] {
        let mut document = document.clone();
        document["entity"]["ex:map"]["prov:invalidatedAtTime"] = value;
        let expected = (FaultCode::Invalidated, "/entity/ex:map/prov:invalidatedAtTime".to_owned());
        assert_eq!(codes(&document), [expected], "{document}");
    }
}

/// JSON-LD 1.1 §4.8: a relation may be stated by the other side.
#[test]
fn a_reversed_relation_is_the_same_relation() {
    let mut document = good();
    document["@graph"][0].as_object_mut().unwrap().remove("prov:wasGeneratedBy");
    document["@graph"][2]["@reverse"] = json!({"prov:wasGeneratedBy": {"@id": "urn:out"}});
    document["@graph"][2].as_object_mut().unwrap().remove("prov:used");
    document["@graph"][1]["@reverse"] = json!({"prov:used": "urn:run"});
    let found = facts(&document);
    assert_eq!((found.faults, found.outputs.len(), found.inputs.len()), (vec![], 1, 1));
}
