use std::sync::Arc;

use serde_json::{Value, json};

use super::super::tests::{
    CONFIG, LAYER, OTHER, SECOND, SUBJECT, Scene, describing, digest, document, file, long_digest, making,
    stated_digest,
};
use super::*;
use crate::dossier::Document;
use crate::evidence::{Content, Facts};

const AT: &str = "/outputs/0/digest";

fn bond(document: &Document, scene: &Scene) -> Bond {
    let subject = scene.subject();
    Binding::of(document, &subject, &LayerIndex::of(&subject)).bond
}

fn fault(document: &Document, scene: &Scene) -> Option<(&'static str, String)> {
    let subject = scene.subject();
    let binding = Binding::of(document, &subject, &LayerIndex::of(&subject));
    binding.fault(document, &subject).map(|fault| (fault.code, fault.pointer))
}

fn made(outputs: &[(char, &str)]) -> Document {
    let outputs: Vec<_> = outputs.iter().map(|(digest, name)| (*digest, AT, Some(*name))).collect();
    making(document(DocumentKind::Prov, 'd'), &outputs)
}

fn holding(document: Document, content: Value) -> Document {
    let text = content.to_string();
    Document { content: Arc::new(Content::parse(text.as_bytes(), 32, |_| DocumentKind::Unknown).unwrap()), ..document }
}

/// What is named as made, and what ties it.
#[test]
fn a_document_is_tied_by_what_it_names() {
    let scene = Scene::default();
    for (outputs, expected) in [
        (vec![(SUBJECT, "out")], Bond::Manifest),
        // The manifest of another artifact beside it does not matter: one may make several.
        (vec![(SUBJECT, "out"), (OTHER, "twin")], Bond::Manifest),
        (vec![(LAYER, "a"), (SECOND, "b")], Bond::Layers),
        (vec![(LAYER, "a"), (SECOND, "b"), (OTHER, "log.txt")], Bond::Layers),
        // What may be another manifest outweighs layers.
        (vec![(LAYER, "a"), (SECOND, "b"), (OTHER, "twin")], Bond::Part),
        (vec![(LAYER, "a")], Bond::Part),
        (vec![(LAYER, "a"), (OTHER, "twin")], Bond::Part),
        (vec![(CONFIG, "id")], Bond::Nothing),
        (vec![(OTHER, "twin")], Bond::Nothing),
        (vec![(OTHER, "log.txt")], Bond::Nothing),
        (vec![], Bond::Attachment),
    ] {
        assert_eq!(bond(&made(&outputs), &scene), expected, "{outputs:?}");
    }
}

#[test]
fn what_names_the_index_names_the_child_that_was_reached_through_it() {
    let scene = Scene { index: Some(digest('9')), ..Scene::default() };
    assert_eq!(bond(&made(&[('9', "out")]), &scene), Bond::Manifest);
    assert_eq!(bond(&made(&[('9', "out")]), &Scene::default()), Bond::Nothing);
}

#[test]
fn without_a_layer_that_can_bind_no_layer_binds() {
    let scene = Scene { binding: Vec::new(), ..Scene::default() };
    assert_eq!(bond(&made(&[(LAYER, "a"), (SECOND, "b")]), &scene), Bond::Nothing);
}

/// No document can name itself.
#[test]
fn a_layer_of_the_subject_names_the_layers_that_are_no_documents() {
    let scene = Scene { own: vec![digest(SECOND)], ..Scene::default() };
    let own = Document { manifest: digest(SUBJECT), ..made(&[(LAYER, "a")]) };
    assert_eq!(bond(&own, &scene), Bond::Layers);
    assert_eq!(bond(&made(&[(LAYER, "a")]), &scene), Bond::Part);
}

#[test]
fn the_id_of_an_image_names_it_in_an_sbom_alone() {
    let names = Scene { config_names_subject: true, ..Scene::default() };
    for (kind, scene, expected) in [
        (DocumentKind::Spdx, &names, Bond::Config),
        (DocumentKind::CycloneDx, &names, Bond::Config),
        (DocumentKind::Prov, &names, Bond::Nothing),
        (DocumentKind::Slsa, &names, Bond::Nothing),
        (DocumentKind::Spdx, &Scene::default(), Bond::Nothing),
    ] {
        assert_eq!(bond(&making(document(kind, 'd'), &[(CONFIG, AT, None)]), scene), expected, "{kind:?}");
    }
    let beside_another = making(document(DocumentKind::Spdx, 'd'), &[(CONFIG, AT, None), (OTHER, AT, Some("twin"))]);
    assert_eq!(bond(&beside_another, &names), Bond::Part);
}

/// PROV's reader calls a reference under a property after the property: it may be to another thing.
#[test]
fn what_a_property_mentions_is_not_what_was_made() {
    let scene = Scene::default();
    for (pointer, name, expected) in [
        ("/@graph/0/kfm:basemap", "kfm:basemap", Bond::Nothing),
        ("/@graph/0/kfm:digest", "soils", Bond::Manifest),
        // The name of an entity that is a number is no index.
        ("/@graph/0/kfm:digest", "0", Bond::Manifest),
        // In PROV-JSON an entity's id stands in the way, and is no property.
        ("/entity/kfm:out/kfm:digest", "kfm:out", Bond::Manifest),
        ("/entity/kfm:out/kfm:basemap", "kfm:basemap", Bond::Nothing),
        ("/predicate/entity/kfm:out/kfm:digest", "kfm:out", Bond::Manifest),
        ("/predicate/Data/prov:entity/kfm:out/kfm:digest", "kfm:out", Bond::Manifest),
        ("/bundle/kfm:b/entity/kfm:out/kfm:digest", "kfm:out", Bond::Manifest),
        // This is no way to a map of entities.
        ("/kfm:note/entity/kfm:out/kfm:digest", "kfm:out", Bond::Nothing),
        ("/@graph/0/kfm~1basemap", "kfm/basemap", Bond::Nothing),
    ] {
        let named = making(document(DocumentKind::Prov, 'd'), &[(SUBJECT, pointer, Some(name))]);
        assert_eq!(bond(&named, &scene), expected, "{pointer} {name}");
    }
    let run = making(document(DocumentKind::RunManifest, 'd'), &[(SUBJECT, "/outputs/0/uri", Some("uri"))]);
    assert_eq!(bond(&run, &scene), Bond::Manifest, "other kinds have no such names");
}

/// Beside all layers: a file is none that outweighs them, anything else may be another manifest.
#[test]
fn what_is_evidently_a_file_is_no_other_manifest() {
    let layers = [(LAYER, AT, Some("a")), (SECOND, AT, Some("b"))];
    for (pointer, name, expected) in [
        ("/@graph/2/kfm:digest", "log.txt", Bond::Layers),
        ("/@graph/2/kfm:digest", "https://data.example.org/x/soils.tif?v=1", Bond::Layers),
        ("/@graph/2/kfm:digest", "the map.gpkg", Bond::Layers),
        ("/files/2/digest", "preview", Bond::Layers),
        ("/@graph/2/kfm:digest", "soils", Bond::Part),
        ("/@graph/2/kfm:digest", "soils.tiffany", Bond::Part),
        ("/@graph/2/kfm:digest", ".hidden", Bond::Part),
        // Words that speak of a registry outweigh the ending.
        ("/@graph/2/kfm:oci_digest", "soils.tif", Bond::Part),
        ("/@graph/2/kfm:digest", "manifest.json", Bond::Layers),
        ("/@graph/2/manifest/digest", "index.json", Bond::Part),
        ("/@graph/2/kfm:digest", "registry.example.org/kfm/layers/soils.tif", Bond::Part),
        ("/@graph/2/kfm:digest", "x@sha256:00/soils.tif", Bond::Part),
    ] {
        let all: Vec<_> = layers.iter().copied().chain([(OTHER, pointer, Some(name))]).collect();
        assert_eq!(
            bond(&making(document(DocumentKind::Prov, 'd'), &all), &Scene::default()),
            expected,
            "{pointer} {name}"
        );
    }
}

#[test]
fn the_text_around_a_digest_may_speak_of_a_registry() {
    let all = [(LAYER, AT, Some("a")), (SECOND, AT, Some("b")), (OTHER, "/more", Some("soils.tif"))];
    let named = making(document(DocumentKind::Prov, 'd'), &all);
    let reference = json!({"more": format!("oci://registry.example.org/x@{}", digest(OTHER))});
    assert_eq!(bond(&holding(named.clone(), reference), &Scene::default()), Bond::Part);
    assert_eq!(bond(&holding(named, json!({"more": digest(OTHER).to_string()})), &Scene::default()), Bond::Layers);
}

#[test]
fn an_entry_of_a_run_manifest_with_a_path_is_a_file() {
    let scene = Scene::default();
    for (kind, entry, pointer, expected) in [
        (DocumentKind::RunManifest, json!({"path": "out", "sha256": "…"}), "/outputs/0/sha256", Bond::Layers),
        (
            DocumentKind::RunManifest,
            json!({"path": "out", "digest": {"sha256": "…"}}),
            "/outputs/0/digest/sha256",
            Bond::Layers,
        ),
        (DocumentKind::RunManifest, json!({"name": "out", "sha256": "…"}), "/outputs/0/sha256", Bond::Part),
        (DocumentKind::RunManifest, json!({"path": 7, "sha256": "…"}), "/outputs/0/sha256", Bond::Part),
        (DocumentKind::Prov, json!({"path": "out", "sha256": "…"}), "/outputs/0/sha256", Bond::Part),
    ] {
        let all = [(LAYER, "", Some("a")), (SECOND, "", Some("b")), (OTHER, pointer, Some("out"))];
        let run = holding(making(document(kind, 'd'), &all), json!({"outputs": [entry]}));
        assert_eq!(bond(&run, &scene), expected, "{kind:?} {entry}");
    }
}

#[test]
fn metadata_knows_layers_by_their_names_too() {
    let scene = Scene::default();
    let record = |name: &str| {
        let named = making(document(DocumentKind::Stac, 'd'), &[(OTHER, "/assets/a/href", None)]);
        describing(named, vec![file(name)])
    };
    assert_eq!(bond(&record("soils.pmtiles"), &scene), Bond::Part);
    assert_eq!(bond(&record("x/soils.parquet"), &scene), Bond::Part, "the last part is enough where one layer has it");
    assert_eq!(bond(&record("rocks.pmtiles"), &scene), Bond::Nothing);
}

/// What each class has to name, and what is said where it does not.
#[test]
fn each_class_has_to_name_what_its_rule_needs() {
    let scene = Scene::default();
    let of = |kind: DocumentKind, outputs: &[char]| {
        let outputs: Vec<_> = outputs.iter().map(|digest| (*digest, AT, Some("out"))).collect();
        fault(&making(document(kind, 'd'), &outputs), &scene).map(|(code, _)| code)
    };
    use DocumentKind::{Prov, RunManifest, Slsa, Spdx, Stac};
    for (kind, outputs, expected) in [
        (Prov, &[SUBJECT][..], None),
        (Prov, &[LAYER, SECOND], None),
        (Prov, &[LAYER], Some("layers_unnamed")),
        (Prov, &[LAYER, OTHER], Some("other_subject")),
        (Prov, &[], Some("no_digest")),
        (Slsa, &[OTHER], Some("other_subject")),
        (RunManifest, &[LAYER], None),
        (RunManifest, &[], None),
        (RunManifest, &[LAYER, OTHER], Some("other_subject")),
        (RunManifest, &[OTHER], Some("other_subject")),
        (Spdx, &[LAYER, OTHER], None),
        (Spdx, &[], None),
        (Spdx, &[OTHER], Some("other_subject")),
        (Stac, &[OTHER], None),
    ] {
        assert_eq!(of(kind, outputs), expected, "{kind:?} {outputs:?}");
    }
}

#[test]
fn what_was_only_used_is_told_at_its_place() {
    let used = Document {
        facts: Facts { inputs: vec![stated_digest(SUBJECT, "/@graph/4/kfm:digest", None)], ..Facts::default() },
        ..document(DocumentKind::Prov, 'd')
    };
    assert_eq!(fault(&used, &Scene::default()), Some(("only_used", "/@graph/4/kfm:digest".to_owned())));
    // What also names a layer is told what it lacks.
    let with_layer = making(used, &[(LAYER, AT, Some("a"))]);
    assert_eq!(fault(&with_layer, &Scene::default()).map(|(code, _)| code), Some("layers_unnamed"));
}

#[test]
fn another_subject_is_told_with_all_digests_and_its_place() {
    let scene = Scene::default();
    let subject = scene.subject();
    let other = making(document(DocumentKind::Prov, 'd'), &[(LAYER, "/a", Some("a")), (OTHER, "/b", Some("twin"))]);
    let found = Binding::of(&other, &subject, &LayerIndex::of(&subject)).fault(&other, &subject).unwrap();
    assert_eq!((found.code, found.pointer.as_str()), ("other_subject", "/b"));
    assert!(found.message.contains(&digest(OTHER).to_string()) && found.message.contains(&digest(SUBJECT).to_string()));
    assert!(!found.message.contains(&digest(LAYER).to_string()), "a layer of the subject is nothing else");
}

/// Both layers, and another digest at this place under this name.
fn beside_layers(kind: DocumentKind, pointer: &str, name: Option<&str>) -> Document {
    let all = [(LAYER, "/l/0/digest", Some("a.pmtiles")), (SECOND, "/l/1/digest", Some("b.parquet"))];
    making(document(kind, 'd'), &[&all[..], &[(OTHER, pointer, name)]].concat())
}

#[test]
fn what_is_marked_or_not_evidently_a_file_may_be_another_manifest() {
    let scene = Scene::default();
    for (pointer, name) in [
        ("/@graph/0/kfm:digest", None),
        ("/@graph/0/kfm:digest", Some("Kansas soils, published artifact")),
        ("/@graph/0/kfm:digest", Some("urn:kfm:artifact:soils")),
        ("/@graph/0/kfm:digest", Some("OCI artifact soils.pmtiles")),
        ("/@graph/0/kfm:ref", Some("reg/soils.pmtiles@sha256:aa")),
        ("/@graph/0/kfm:ref", Some("reg/soils.pmtiles@SHA512:aa")),
        ("/x", Some("docker://other.example/soils.json")),
        ("/x", Some("Registry.example.org/kfm/layers/soils.json")),
        ("/x", Some("registry.example.org/kfm/layers:v0")),
        ("/x", Some("kfm:prov/entity/artifact/oci/sha256:aa")),
        ("/outputs/0/oci_digest", Some("soils.json")),
        ("/outputs/0/ociDigest", Some("soils.json")),
        ("/outputs/0/manifest_digest", Some("soils.json")),
        ("/outputs/0/manifest~1digest", Some("soils.json")),
        ("/subject/digest", None),
    ] {
        for kind in [DocumentKind::Prov, DocumentKind::Slsa] {
            assert_eq!(bond(&beside_layers(kind, pointer, name), &scene), Bond::Part, "{pointer} {name:?}");
        }
    }
}

#[test]
fn other_files_beside_the_layers_do_no_harm() {
    let scene = Scene::default();
    for (pointer, name) in [
        ("/@graph/3/kfm:digest", Some("velocity.parquet")),
        ("/@graph/3/kfm:digest", Some("ocimum/social.csv")),
        ("/@graph/3/kfm:digest", Some("run_manifest.json")),
        ("/@graph/3/kfm:digest", Some("out/manifest.json")),
        ("/@graph/3/kfm:digest", Some("Soils of Kansas.TIF")),
        ("/@graph/3/kfm:digest", Some("https://example.org/a/b.parquet?version=2")),
        ("/@graph/3/@id", Some("urn:data:file:notes")),
        ("/@graph/3/files/0/sha256", None),
        ("/subject/2/digest/sha256", Some("notes.txt")),
    ] {
        for kind in [DocumentKind::Prov, DocumentKind::Slsa] {
            assert_eq!(bond(&beside_layers(kind, pointer, name), &scene), Bond::Layers, "{pointer} {name:?}");
        }
    }
}

#[test]
fn the_place_of_a_digest_is_looked_up_in_what_the_document_holds() {
    let scene = Scene::default();
    let reference = "oci://other.example/app@sha256:aa";
    for (pointer, content, expected) in [
        ("/a/0", json!({"a": [reference]}), Bond::Part),
        ("/a/0", json!({"a": ["kfm:prov/entity/artifact/oci/sha256:aa"]}), Bond::Part),
        ("/a/0", json!({"a": ["registry.example.org/kfm/layers@sha512:aa"]}), Bond::Part),
        ("/a/0", json!({"a": ["other.example/app@sha512:aa"]}), Bond::Part),
        // A document may be a list, and a name may hold a stroke.
        ("/0/ex:a~1b", json!([{"ex:a/b": reference}]), Bond::Part),
        ("/a/0", json!({"a": ["urn:hash:sha256:aa"]}), Bond::Layers),
        ("/a/0", json!({"a": [5]}), Bond::Layers),
        ("/a/0", json!({"a": {"0": {"1": "oci"}}}), Bond::Layers),
        ("/a/0", json!({"a": ["x"], "b": "oci"}), Bond::Layers),
        ("/a/0", json!("oci"), Bond::Layers),
        ("/a/0", json!(null), Bond::Layers),
    ] {
        let named = holding(beside_layers(DocumentKind::Prov, pointer, Some("tiles.json")), content.clone());
        assert_eq!(bond(&named, &scene), expected, "{pointer} {content}");
    }
}

/// SBOMs are not kept as a whole, so their reader keeps the text.
#[test]
fn the_text_that_a_reader_kept_counts_in_place_of_the_content() {
    for kind in [DocumentKind::Prov, DocumentKind::Spdx] {
        let mut named = beside_layers(kind, "/a/0", Some("tiles.json"));
        named.facts.outputs[2].text = Some("oci://other.example/app@sha256:aa".to_owned());
        assert_eq!(bond(&named, &Scene::default()), Bond::Part, "{kind:?}");
        named.facts.outputs[2].text = Some("urn:hash:sha256:aa".to_owned());
        assert_eq!(bond(&named, &Scene::default()), Bond::Layers, "{kind:?}");
    }
}

#[test]
fn an_entry_is_a_file_only_by_its_own_path() {
    let of = |content: Value| {
        let run = beside_layers(DocumentKind::RunManifest, "/outputs/1/sha256", Some("soils"));
        bond(&holding(run, content), &Scene::default())
    };
    assert_eq!(of(json!({"outputs": [{}, {"path": "out/notes"}]})), Bond::Layers);
    assert_eq!(of(json!({"outputs": [{"path": "out/notes"}, {}]})), Bond::Part);
    assert_eq!(of(json!({"path": "x", "outputs": [{}, {}]})), Bond::Part);
    // A mark outweighs a path.
    let marked = beside_layers(DocumentKind::RunManifest, "/outputs/1/oci_digest", Some("soils.json"));
    let content = json!({"outputs": [{}, {"path": "soils.json"}]});
    assert_eq!(bond(&holding(marked, content), &Scene::default()), Bond::Part);
}

#[test]
fn the_subject_and_its_parts_are_no_other_manifest() {
    let parts = [
        (LAYER, "/outputs/0/oci_digest", None),
        (SECOND, "/outputs/1/oci_digest", None),
        (CONFIG, "/outputs/2/oci_digest", None),
    ];
    assert_eq!(bond(&making(document(DocumentKind::Prov, 'd'), &parts), &Scene::default()), Bond::Layers);
    let with_subject = [&parts[..], &[(SUBJECT, "/@graph/0/kfm:basemap", Some("kfm:basemap"))]].concat();
    assert_eq!(bond(&making(document(DocumentKind::Prov, 'd'), &with_subject), &Scene::default()), Bond::Layers);
}

#[test]
fn a_subject_is_named_by_each_of_its_digests() {
    let scene = Scene { index: Some(long_digest(SUBJECT)), ..Scene::default() };
    let mut named = made(&[(SUBJECT, "out")]);
    named.facts.outputs[0].digest = long_digest(SUBJECT);
    assert_eq!(bond(&named, &scene), Bond::Manifest);
    assert_eq!(bond(&named, &Scene::default()), Bond::Nothing);
}

#[test]
fn a_subject_without_a_repository_is_related_too() {
    let scene = Scene::default();
    let subject = SubjectParts { repository: None, ..scene.subject() };
    let layers = LayerIndex::of(&subject);
    let of = |name| Binding::of(&beside_layers(DocumentKind::Prov, "/x", Some(name)), &subject, &layers).bond;
    assert_eq!(of("soils"), Bond::Part);
    assert_eq!(of("registry.example.org/kfm/layers/soils.json"), Bond::Layers);
}

/// A property may refer to anything, in a list too.
#[test]
fn a_reference_under_any_property_binds_nothing_and_is_told() {
    for pointer in ["/@graph/0/kfm:basemap", "/@graph/0/kfm:basemap/0/@id"] {
        let basemap = (SUBJECT, pointer, Some("kfm:basemap"));
        let twin = (OTHER, "/@graph/1/kfm:digest", None);
        let layers = [(LAYER, "/l/0", Some("a.pmtiles")), (SECOND, "/l/1", Some("b.parquet"))];
        for (outputs, code, place) in [
            (vec![basemap], "only_used", pointer),
            (vec![twin, basemap], "only_used", pointer),
            ([&layers[..], &[twin, basemap]].concat(), "other_subject", "/@graph/1/kfm:digest"),
        ] {
            let named = making(document(DocumentKind::Prov, 'd'), &outputs);
            assert_eq!(fault(&named, &Scene::default()), Some((code, place.to_owned())), "{outputs:?}");
        }
    }
}

#[test]
fn of_many_digests_three_are_told() {
    let many = ['4', '5', '6', '7', '8'];
    let outputs: Vec<_> = many.iter().map(|made| (*made, "/x", None)).collect();
    let (scene, named) = (Scene::default(), making(document(DocumentKind::Prov, 'd'), &outputs));
    let subject = scene.subject();
    let found = Binding::of(&named, &subject, &LayerIndex::of(&subject)).fault(&named, &subject).unwrap();
    let told: Vec<char> = many.into_iter().filter(|made| found.message.contains(&digest(*made).to_string())).collect();
    assert_eq!((found.code, told), ("other_subject", vec!['4', '5', '6']));
}

/// The codes and places of what keeps a document from satisfying its class's rule.
fn objections(document: &Document) -> Vec<(&'static str, String)> {
    let scene = Scene::default();
    let subject = scene.subject();
    let binding = Binding::of(document, &subject, &LayerIndex::of(&subject));
    let found = super::super::candidate::objections(document, &binding, &subject);
    found.into_iter().map(|one| (one.code, one.pointer)).collect()
}

#[test]
fn a_stub_is_told_what_it_lacks_and_nothing_else() {
    use crate::fault::{Fault, FaultCode};
    let defect = |pointer: &str| Fault::new(FaultCode::Missing, pointer, "something is missing");
    for kind in [DocumentKind::Prov, DocumentKind::RunManifest, DocumentKind::Spdx, DocumentKind::Stac] {
        let stub = Document { defects: vec![defect(""), defect("/note")], ..document(kind, 'd') };
        let lacks = [("missing", String::new()), ("missing", "/note".to_owned())];
        assert_eq!(objections(&stub), lacks, "{kind:?}");
    }
    // One that states outputs is no stub.
    let malformed = Document { defects: vec![defect("/x")], ..made(&[(OTHER, "twin")]) };
    assert_eq!(objections(&malformed), [("missing", "/x".to_owned()), ("other_subject", AT.to_owned())]);
    assert_eq!(objections(&made(&[(SUBJECT, "out")])), []);
    let unread = Document { defects: vec![defect("/x")], ..document(DocumentKind::Unknown, 'd') };
    assert_eq!(objections(&unread), [], "no rule asks for it");
}

/// What a run manifest about a layer says of its run, by the places of what tells a failure.
fn failures(kind: DocumentKind, content: &Value) -> Vec<String> {
    let run = holding(making(document(kind, 'd'), &[(SUBJECT, "/x", None)]), content.clone());
    objections(&run).into_iter().map(|(code, pointer)| format!("{code} {pointer}")).collect()
}

#[test]
fn a_run_that_failed_is_told_in_every_spelling() {
    for (content, place) in [
        (json!({"status": "failed"}), "/status"),
        (json!({"Status": ""}), "/Status"),
        (json!({"outcome": "succeeded with errors"}), "/outcome"),
        (json!({"kfm:status": "failed"}), "/kfm:status"),
        (json!({"run_status": ["failed"]}), "/run_status"),
        (json!({"run": {"status": {"code": "ok"}}}), "/run/status"),
        (json!({"conclusion": "Failure"}), "/conclusion"),
        (json!({"state": "error"}), "/state"),
        (json!({"exit_code": 1}), "/exit_code"),
        (json!({"kfm:succeeded": false}), "/kfm:succeeded"),
        // In a statement, also in one around a custom predicate.
        (
            json!({"_type": "https://in-toto.io/Statement/v1", "predicate": {"outcome": "PARTIAL"}}),
            "/predicate/outcome",
        ),
        (
            json!({"_type": "https://in-toto.io/Statement/v0.1", "predicate": {"Data": {"status": "canceled"}}}),
            "/predicate/Data/status",
        ),
        // A stray member of a statement hides nothing.
        (json!({"predicateType": "x", "status": "failed"}), "/status"),
        (json!({"predicateType": "x", "status": "failed", "predicate": {"status": "ok"}}), "/status"),
        (json!({"_type": "x", "status": "failed", "predicate": {}}), "/status"),
    ] {
        assert_eq!(failures(DocumentKind::RunManifest, &content), [format!("run_failed {place}")], "{content}");
        assert_eq!(failures(DocumentKind::Prov, &content), [] as [String; 0], "{content}");
    }
}

#[test]
fn a_run_that_succeeded_or_says_nothing_is_silent() {
    for content in [
        json!({"status": "SUCCESS", "Outcome": " Completed "}),
        json!({"status": null}),
        json!({"exit_code": 0}),
        json!({"succeeded": true}),
        json!({"state": "Kansas"}),
        json!({"result": {"rows": 5}}),
        json!({"run": "r-1"}),
        json!({"_type": "https://in-toto.io/Statement/v1", "predicate": 5}),
        json!([1]),
        json!("x"),
        json!(null),
    ] {
        assert_eq!(failures(DocumentKind::RunManifest, &content), [] as [String; 0], "{content}");
    }
}
