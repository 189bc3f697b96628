//! STAC Items, Collections and Catalogs 1.0 and 1.1 (stac-spec): the catalogue entry of a data set.
//!
//! All three speak about the subject as a whole: their licence and labels are read by `claims`. Outputs are what
//! their assets state: `file:checksum`, a multihash (file extension v2), and pinned locations. What each must have
//! is in the schemas `stac-item.v1`, `stac-collection.v1` and `stac-catalog.v1`.

use serde_json::Value;

use super::document::reading::{DigestList, DocumentValue, digest_of_reference, local_name, plain, shortened};
use super::frame::StatementPart;
use super::spec::{KindSpec, OwnWords, no_packages, whole_tree};
use super::{Class, Facts, StatedText};
use crate::fault::{Fault, FaultCode};
use crate::oci::multihash;

mod describe;

/// What this kind is.
pub const KIND: KindSpec = KindSpec {
    name: "stac",
    class: Class::Metadata,
    marks: recognise,
    marks_beside: recognise,
    media_words: &["stac"],
    predicate_types: &["https://schemas.stacspec.org/v1.*"],
    in_statement: StatementPart::Predicate,
    schema: |value| Some(schema(value)),
    is_streamed: whole_tree,
    facts: |document| facts(document.value()),
    own_words: OwnWords::Record,
    inputs: describe::sources,
    describe: describe::describe,
    packages: no_packages,
    refers: true,
};

/// Faults of one document that are told.
const FAULTS: usize = 20;

/// Whether the value is a STAC Item, Collection or Catalog, or a faulty one: nothing else has a field of these names.
fn recognise(value: &Value) -> bool {
    let kind = value.get("type").and_then(Value::as_str);
    let has = |key: &&str| value.get(*key).is_some();
    // One that lacks its version is a faulty one, and no unknown JSON, which nobody would ask to be well-formed.
    let by_shape = match kind {
        Some("Collection") => ["extent", "license", "links"].iter().all(has),
        Some("Catalog") => ["id", "description", "links"].iter().all(has),
        _ => false,
    };
    let is_other = |kind: &str| !matches!(kind, "Feature" | "Collection" | "Catalog");
    by_shape || ["stac_version", "stac_extensions"].iter().any(has) && !kind.is_some_and(is_other)
}

/// The schema of what the document says it is; of one that does not say, what it has of an Item, Collection or Catalog.
fn schema(value: &Value) -> &'static str {
    let has = |keys: &[&str]| keys.iter().any(|key| value.get(*key).is_some());
    match value.get("type").and_then(Value::as_str) {
        Some("Collection") => "stac-collection.v1",
        Some("Catalog") => "stac-catalog.v1",
        Some("Feature") => "stac-item.v1",
        _ if has(&["extent"]) => "stac-collection.v1",
        _ if !has(&["geometry", "properties", "assets"]) && has(&["stac_version"]) => "stac-catalog.v1",
        _ => "stac-item.v1",
    }
}

/// The facts of a STAC document: the whole of it is about the subject.
fn facts(value: &Value) -> Facts {
    let mut facts = Facts { subject_parts: vec![String::new()], ..Facts::default() };
    let mut outputs = DigestList::default();
    for (name, asset) in DocumentValue::new(value, "").get("assets").iter().flat_map(DocumentValue::members) {
        if let Some(at) = asset.get("file:checksum") {
            let text = at.text().unwrap_or_default();
            match multihash::digest(text) {
                Ok(digest) => outputs.add(&at, digest, Some(name)),
                Err(expected) if facts.faults.len() < FAULTS => {
                    let message = format!("expected {expected}, found `{}`", shortened(text));
                    facts.faults.push(Fault::new(FaultCode::WrongValue, at.pointer(), message));
                }
                Err(_) => {}
            }
        }
        let alternates = asset.get("alternate");
        let alternates = alternates.iter().flat_map(DocumentValue::members).filter_map(|(_, at)| at.get("href"));
        for href in asset.get("href").into_iter().chain(alternates) {
            outputs.add(&href, href.text().and_then(digest_of_reference), Some(name));
        }
    }
    facts.outputs = outputs.finish(&mut facts.faults);
    facts.run_ids = run_ids(value);
    facts
}

/// `run_id` under any prefix, of the document, its properties or a `kfm:lineage` in them.
fn run_ids(value: &Value) -> Vec<StatedText> {
    let root = DocumentValue::new(value, "");
    let objects: Vec<DocumentValue<'_>> = root.get("properties").into_iter().chain([root]).collect();
    let lineages = objects.iter().filter_map(|at| at.path(&["kfm:lineage", "run"]));
    let members = objects.iter().cloned().chain(lineages).flat_map(|at| at.members());
    members.filter(|(key, _)| plain(local_name(key)) == "runid").filter_map(|(_, at)| at.stated()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const A: &str = "aaaaf5b8a4c5b9c2f1d0e3a798b6c5d4e3f2a1b0c9d8e7f60516273849506172";

    /// After `examples/collection.json` of stac-spec.
    fn collection() -> Value {
        json!({
            "id": "soils", "type": "Collection", "stac_version": "1.1.0", "description": "Soils",
            "stac_extensions": ["https://stac-extensions.github.io/file/v2.1.0/schema.json"],
            "license": "CC-BY-4.0", "links": [{"rel": "root", "href": "./collection.json"}],
            "extent": {"spatial": {"bbox": [[-102.05, 36.99, -94.59, 40.0]]},
                "temporal": {"interval": [["2026-01-01T00:00:00Z", null]]}},
            "assets": {"data": {"href": format!("oci://r.example.org/soils@sha256:{A}"), "file:checksum": format!("1220{A}")}},
        })
    }

    #[test]
    fn an_item_a_collection_and_a_catalog_are_recognised() {
        for (value, name) in [
            (json!({"type": "Feature", "stac_version": "1.0.0"}), "stac-item.v1"),
            (collection(), "stac-collection.v1"),
            (json!({"type": "Catalog", "stac_version": "1.0.0"}), "stac-catalog.v1"),
        ] {
            assert!(recognise(&value), "{value}");
            assert_eq!(schema(&value), name);
            assert_eq!(facts(&value).subject_parts, [""]);
        }
        for value in [
            json!({"type": "Feature", "geometry": null}),
            json!({"type": "FeatureCollection", "stac_version": "1.0.0"}),
            json!(null),
        ] {
            assert!(!recognise(&value), "{value}");
        }
        for faulty in [json!({"type": "Feature", "stac_version": 1}), json!({"stac_extensions": [], "assets": {}})] {
            assert!(recognise(&faulty) && schema(&faulty) == "stac-item.v1", "{faulty}");
        }
    }

    #[test]
    fn assets_state_digests() {
        let found = facts(&collection());
        let stated: Vec<_> = found.outputs.iter().map(|named| (named.digest.hex(), named.pointer.as_str())).collect();
        assert_eq!(stated, [(A, "/assets/data/file:checksum"), (A, "/assets/data/href")]);
        assert_eq!(found.outputs[0].name.as_deref(), Some("data"));
        for (checksum, fault) in [
            (format!("sha256:{A}"), Some("expected a multihash in hex (for sha256: `1220` and the 64 hex characters")),
            (format!("1220{}", &A[1..]), Some("expected a multihash of sha256 (`1220` and 64 hex characters)")),
            ("d50110".to_owned(), None),
        ] {
            let found = facts(&json!({"assets": {"a": {"file:checksum": checksum}}}));
            assert_eq!(found.outputs, []);
            assert_eq!(
                found.faults.first().is_some_and(|at| at.message.starts_with(fault.unwrap_or("-"))),
                fault.is_some()
            );
        }
        for hostile in [json!({"assets": [1]}), json!({"assets": {"a": 1, "b": {"alternate": {"c": null}}}}), json!(7)]
        {
            assert_eq!(facts(&hostile).outputs, []);
        }
    }
}
