use std::sync::Arc;

use serde_json::{Value, json};

use super::super::testing::{
    CONFIG, LAYER, OTHER, SECOND, SUBJECT, Scene, describing, digest, document, file, making, stated_digest,
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
