//! Which kind of document a value is, and what rules need to know of it.
//!
//! Three answers, in this order, that the caller combines: what the content says of itself; the media type;
//! what the artifact type of the manifest declares. A declaration picks the schema only for content that says
//! nothing of itself, so that a stub is told which fields it lacks. For a signed statement none of these
//! counts: its predicate type alone fixes the kind ([`super::predicate`]).

use serde_json::Value;

pub mod reading;

use super::frame::StatementPart;
use super::kinds::DocumentKind;
use super::predicate::PredicateTable;
use super::{Class, Facts, Reading, statement};
use crate::oci::media_type::{self, DocumentWords};

/// The kinds that the content says it is of: each one whose marks it bears, so that none hides another. A statement is of
/// the one kind that its predicate type names.
pub fn recognise_content(value: &Value) -> Vec<DocumentKind> {
    if statement::recognise(value) {
        return vec![PredicateTable::shared().kind_of(value)];
    }
    let mut kinds = Vec::new();
    for kind in DocumentKind::ALL {
        let bears_marks = if kinds.is_empty() { kind.spec().marks } else { kind.spec().marks_beside };
        if bears_marks(value) {
            kinds.push(*kind);
        }
    }
    kinds
}

/// How content can be gone through: as the only kind that it is of. What is of several is read as a whole tree.
pub fn only_kind(value: &Value) -> DocumentKind {
    match recognise_content(value).as_slice() {
        [only] => *only,
        _ => DocumentKind::Unknown,
    }
}

/// The kind of the predicate of a statement, by the predicate's own content: how it can be gone through, whatever its
/// type makes of it.
pub fn kind_of_statement(statement: &Value) -> DocumentKind {
    let (_, predicate) = StatementPart::Predicate.of(statement);
    recognise_content(predicate).first().copied().unwrap_or(DocumentKind::Unknown)
}

/// The kind that a layer's media type names.
pub fn recognise_media_type(media_type: &str) -> Option<DocumentKind> {
    let base = media_type::base(media_type);
    DocumentKind::ALL.iter().copied().find(|kind| media_type::has_word(&base, kind.spec().media_words))
}

/// What a manifest's artifact type declares its content to be.
pub fn declared_class(artifact_type: &str) -> Option<Class> {
    let base = media_type::base(artifact_type);
    let names = |class: &Class| {
        let of_kinds = DocumentKind::ALL.iter().filter(|kind| kind.class() == *class);
        media_type::has_word(&base, class.words())
            || of_kinds.clone().any(|kind| media_type::has_word(&base, kind.spec().media_words))
    };
    [Class::RunManifest, Class::Sbom, Class::Provenance, Class::Metadata].into_iter().find(names)
}

/// The words by which types and file names say that something is a document: those of all kinds and classes.
pub fn words() -> DocumentWords {
    let of_kinds = DocumentKind::ALL.iter().flat_map(|kind| kind.spec().media_words);
    let of_classes = Class::NAMES.iter().flat_map(|(_, class)| class.words());
    DocumentWords::new(of_kinds.chain(of_classes).copied())
}

/// The kind whose schema judges content that was declared to be of a class and says nothing of itself.
pub fn declared_kind(class: Class) -> Option<DocumentKind> {
    match class {
        Class::Provenance => Some(DocumentKind::Prov),
        Class::RunManifest => Some(DocumentKind::RunManifest),
        Class::Sbom => Some(DocumentKind::Spdx),
        Class::Metadata => Some(DocumentKind::Stac),
        Class::Other => None,
    }
}

/// The facts of a document of this kind. A value that is a statement is read as one; every pointer leads into it.
pub fn facts_of(kind: DocumentKind, document: &Reading<'_>) -> Facts {
    let (pointer, part) = document.part(kind.spec().in_statement);
    if pointer.is_empty() {
        return (kind.spec().facts)(document);
    }
    // A statement within a statement is no document of any kind here.
    if statement::recognise(part.value()) { Facts::default() } else { under(pointer, (kind.spec().facts)(&part)) }
}

/// Facts with every pointer moved under another.
pub fn under(prefix: &str, mut facts: Facts) -> Facts {
    let named = facts.outputs.iter_mut().chain(&mut facts.inputs).map(|named| &mut named.pointer);
    let stated = facts.run_ids.iter_mut().map(|stated| &mut stated.pointer);
    let faults = facts.faults.iter_mut().map(|fault| &mut fault.pointer);
    let materials = facts.materials.iter_mut().map(|material| &mut material.pointer);
    let parts = facts.subject_parts.iter_mut().chain(&mut facts.input_parts).chain(materials);
    for pointer in named.chain(stated).chain(faults).chain(parts) {
        pointer.insert_str(0, prefix);
    }
    for described in
        facts.summary.iter_mut().filter_map(|summary| summary.get_mut("described")?.as_array_mut()).flatten()
    {
        if let Some(Value::String(pointer)) = described.get_mut("pointer") {
            pointer.insert_str(0, prefix);
        }
    }
    facts
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use DocumentKind as Kind;

    fn recognise(value: &Value, media_type: &str, declared: Option<Class>) -> DocumentKind {
        let said = recognise_content(value).first().copied().or_else(|| recognise_media_type(media_type));
        said.or_else(|| declared.and_then(declared_kind)).unwrap_or(DocumentKind::Unknown)
    }

    fn facts(kind: DocumentKind, value: &Value) -> Facts {
        facts_of(kind, &Reading::of(value))
    }

    const A: &str = "aaaaf5b8a4c5b9c2f1d0e3a798b6c5d4e3f2a1b0c9d8e7f60516273849506172";

    #[test]
    fn content_goes_before_media_type_and_declaration() {
        let stub = json!({"run_id": "demo", "note": "x"});
        let statement = |kind: &str| json!({"_type": "https://in-toto.io/Statement/v1", "predicateType": kind});
        for (value, media_type, declared, expected) in [
            (json!({"spdxVersion": "SPDX-2.3"}), "application/vnd.cyclonedx+json", Some(Class::Provenance), Kind::Spdx),
            (json!({"bomFormat": "CycloneDX"}), "", None, Kind::CycloneDx),
            (json!({"type": "Feature", "stac_version": "1.0.0"}), "", None, Kind::Stac),
            (json!({"run_id": "r", "outputs": []}), "application/vnd.kfm.prov+jsonld", None, Kind::RunManifest),
            (json!({"@context": {}, "@type": "prov:Entity"}), "application/json", None, Kind::Prov),
            (json!({"buildType": "x", "builder": {}}), "", None, Kind::Slsa),
            (statement("https://slsa.dev/provenance/v1"), "", None, Kind::Slsa),
            (statement("https://spdx.dev/Document"), "", None, Kind::Spdx),
            (statement("https://example.org/x"), "application/spdx+json", Some(Class::Sbom), Kind::Statement),
            (stub.clone(), "application/vnd.kfm.prov+jsonld", None, Kind::Prov),
            (stub.clone(), "application/json", Some(Class::Provenance), Kind::Prov),
            (stub.clone(), "application/json", Some(Class::Metadata), Kind::Stac),
            (stub.clone(), "application/json", Some(Class::Other), Kind::Unknown),
            (stub, "application/json", None, Kind::Unknown),
        ] {
            assert_eq!(recognise(&value, media_type, declared), expected, "{value} {media_type} {declared:?}");
        }
    }

    /// A mark of one kind never takes a document out of another, and what one kind borrows is no second document.
    #[test]
    fn a_document_is_of_each_kind_whose_marks_it_bears() {
        let record = json!({"@context": {"dcat": "http://www.w3.org/ns/dcat#", "prov": "http://www.w3.org/ns/prov#"}, "@type": "dcat:Dataset"});
        let with = |more: Value| {
            let mut record = record.clone();
            record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            record
        };
        let item = |more: Value| {
            let mut item = json!({"type": "Feature", "stac_version": "1.1.0"});
            item.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            item
        };
        let agent = json!({"@type": "prov:Agent", "@id": "https://example.org/a"});
        let attribution = json!({"@type": "prov:Attribution", "prov:agent": agent, "dcat:hadRole": "author"});
        let graph = json!([{"@type": "prov:Entity", "@id": "e"}, {"@type": "prov:Activity", "@id": "a"}]);
        for (value, expected) in [
            (record.clone(), vec![Kind::Dcat]),
            (with(json!({"prov:qualifiedAttribution": attribution})), vec![Kind::Dcat]),
            (with(json!({"prov:wasGeneratedBy": {"@type": "prov:Activity"}})), vec![Kind::Dcat]),
            (with(json!({"run_id": "r", "tool": "t"})), vec![Kind::Dcat]),
            (with(json!({"@graph": graph})), vec![Kind::Dcat, Kind::Prov]),
            (with(json!({"run_id": "r", "outputs": []})), vec![Kind::Dcat, Kind::RunManifest]),
            (with(json!({"spdxVersion": "SPDX-2.3"})), vec![Kind::Spdx, Kind::Dcat]),
            (with(json!({"bomFormat": "CycloneDX"})), vec![Kind::CycloneDx, Kind::Dcat]),
            (with(json!({"stac_version": "1.1.0"})), vec![Kind::Stac, Kind::Dcat]),
            (item(json!({"run_id": "r", "inputs": []})), vec![Kind::Stac]),
            (item(json!({"entity": {"e": {}}, "activity": {"a": {}}})), vec![Kind::Stac, Kind::Prov]),
            (json!({"bomFormat": "CycloneDX", "vulnerabilities": [{}]}), vec![Kind::Vex]),
            // An array of graphs is a JSON-LD document too.
            (json!([{"@graph": [record["@type"].clone(), record.clone()]}]), vec![Kind::Dcat]),
            // What a node of another vocabulary says of its origin is a fact in it.
            (
                json!({"@context": {"prov": "http://www.w3.org/ns/prov#"}, "@type": "https://schema.org/Dataset",
                    "prov:wasGeneratedBy": {"@type": "prov:Activity"}}),
                vec![],
            ),
            (
                json!({"@context": "https://openprovenance.org/prov-jsonld/context.jsonld", "@graph": []}),
                vec![Kind::Prov],
            ),
            (json!({"bundle": {"b": {"entity": {"e": {}}, "activity": {"a": {}}}}}), vec![Kind::Prov]),
            (json!({"prefix": {"ex": "https://example.org/"}, "agent": {"ex:a": {}}}), vec![Kind::Prov]),
            (json!({"agent": {"a": {}}, "bundle": {"main.js": {"size": 1}}}), vec![]),
            (json!({"a": 1}), vec![]),
        ] {
            assert_eq!(recognise_content(&value), expected, "{value}");
        }
    }

    #[test]
    fn types_are_read_by_their_words() {
        for (name, kind, class) in [
            ("application/spdx+json", Some(Kind::Spdx), Some(Class::Sbom)),
            ("application/vnd.kfm.sbom.v1+spdxjson", Some(Kind::Spdx), Some(Class::Sbom)),
            ("application/vnd.cyclonedx+json; version=1.6", Some(Kind::CycloneDx), Some(Class::Sbom)),
            ("application/vnd.kfm.runmanifest.v1+json", Some(Kind::RunManifest), Some(Class::RunManifest)),
            ("application/vnd.kfm.provenance.provjsonld.v1", Some(Kind::Prov), Some(Class::Provenance)),
            ("application/vnd.kfm.provenance.v1", Some(Kind::Prov), Some(Class::Provenance)),
            ("application/vnd.KFM.prov.v1+jsonld", Some(Kind::Prov), Some(Class::Provenance)),
            ("application/vnd.kfm.metadata.stac.v1", Some(Kind::Stac), Some(Class::Metadata)),
            ("application/vnd.example.metadata.v1", None, Some(Class::Metadata)),
            ("application/vnd.in-toto+json", None, None),
            ("application/vnd.example.improvement+json", None, None),
            ("application/ld+json", None, None),
            ("", None, None),
        ] {
            assert_eq!(recognise_media_type(name), kind, "{name}");
            assert_eq!(declared_class(name), class, "{name}");
        }
    }

    #[test]
    fn pointers_of_a_statement_lead_into_it() {
        let manifest = json!({"run_id": "r", "outputs": [{"path": "a", "sha256": A}], "inputs": [{"sha256": A}]});
        let spdx =
            json!({"spdxVersion": "SPDX-2.3", "packages": [{"SPDXID": "p", "versionInfo": format!("sha256:{A}")}]});
        for (kind, predicate, pointer) in [
            (Kind::RunManifest, manifest.clone(), "/predicate/outputs/0/sha256"),
            (Kind::RunManifest, json!({"Data": manifest, "Timestamp": "t"}), "/predicate/Data/outputs/0/sha256"),
            (Kind::Spdx, spdx, "/predicate/packages/0/versionInfo"),
            (Kind::Slsa, json!({}), "/subject/0/digest/sha256"),
            (Kind::Statement, json!({}), "/subject/0/digest/sha256"),
        ] {
            let statement = json!({
                "_type": "https://in-toto.io/Statement/v1", "predicateType": "x",
                "subject": [{"digest": {"sha256": A}}], "predicate": predicate,
            });
            let found = facts_of(kind, &Reading::of(&statement));
            assert_eq!(found.outputs[0].pointer, pointer);
            assert_eq!(statement.pointer(pointer).and_then(Value::as_str).map(|text| text.contains(A)), Some(true));
            if let Some(summary) = found.summary {
                assert_eq!(summary["described"][0]["pointer"], "/predicate/packages/0");
            }
        }
        let stub = json!({"_type": "https://in-toto.io/Statement/v1", "predicate": {"run_id": "demo"}});
        assert_eq!(facts(Kind::Prov, &stub).faults[0].pointer, "/predicate");
    }

    #[test]
    fn every_kind_has_the_schema_of_its_version() {
        let typed = |uri: &str| json!({"predicateType": uri});
        for (kind, value, expected) in [
            (Kind::Slsa, typed("https://slsa.dev/provenance/v0.2"), Some("slsa-provenance-v0.2")),
            (Kind::Slsa, typed("https://slsa.dev/provenance/v1"), Some("slsa-provenance-v1")),
            (Kind::Slsa, json!({"buildType": "x"}), Some("slsa-provenance-v0.2")),
            (Kind::Prov, json!({}), Some("prov-jsonld.v1")),
            (Kind::Unknown, json!({}), None),
        ] {
            assert_eq!((kind.spec().schema)(&value), expected);
        }
    }
}
