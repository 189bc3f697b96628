//! RO-Crate 1.1 and 1.2 metadata (`ro-crate-metadata.json`): what a folder of research data holds.
//!
//! Flattened JSON-LD: the metadata descriptor says which entity is the root data set. Its licence is the subject's;
//! outputs are its direct parts, where they state a sha256 or are pinned locations. The terms are those
//! of RO-Crate's own context, which is named and never fetched.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::description::file::DescribedFile;
use super::description::said::Description;
use super::description::values::literal;
use super::document::reading::{DigestList, DocumentValue, bare_digest, digest_of_reference};
use super::frame::StatementPart;
use super::spec::{KindSpec, OwnWords, no_inputs, whole_tree};
use super::{Class, Facts};
use crate::fault::{Fault, FaultCode};

/// What this kind is.
pub const KIND: KindSpec = KindSpec {
    name: "ro-crate",
    class: Class::Metadata,
    marks: recognise,
    marks_beside: recognise,
    media_words: &[],
    predicate_types: &["https://w3id.org/ro/crate/1.*"],
    in_statement: StatementPart::Predicate,
    schema: |_| Some("ro-crate-1.v1"),
    is_streamed: whole_tree,
    facts: |document| facts(document.value()),
    own_words: OwnWords::Parts,
    inputs: no_inputs,
    describe,
    refers: true,
};

/// What the root data set must have (RO-Crate 1.2 § Root Data Entity).
const REQUIRED: [&str; 4] = ["name", "description", "datePublished", "license"];

/// Whether the value is RO-Crate metadata: by its descriptor, or by its context.
fn recognise(value: &Value) -> bool {
    let contexts = value.get("@context").map(|context| DocumentValue::new(context, "").each()).unwrap_or_default();
    descriptor(&DocumentValue::new(value, "")).is_some()
        || contexts.iter().filter_map(DocumentValue::text).any(|iri| iri.contains("w3id.org/ro/crate/"))
}

/// The entity that describes the metadata file itself.
fn descriptor<'a>(root: &DocumentValue<'a>) -> Option<DocumentValue<'a>> {
    let is_file =
        |id: &str| matches!(id.rsplit('/').next(), Some("ro-crate-metadata.json" | "ro-crate-metadata.jsonld"));
    root.list("@graph").find(|at| at.text_of("@id").is_some_and(is_file) && at.get("about").is_some())
}

/// The files that the root data set has as parts, also by way of folders. `data_set` is where that is described.
fn files<'a>(root: &DocumentValue<'a>, data_set: &str) -> Vec<DocumentValue<'a>> {
    let entities = entities(root);
    let mut open: Vec<DocumentValue<'a>> = entities.values().filter(|at| at.pointer() == data_set).cloned().collect();
    let mut seen = BTreeSet::new();
    let mut files = Vec::new();
    while let Some(entity) = open.pop() {
        for id in named(&entity, "hasPart").iter().filter_map(|at| at.text_of("@id")) {
            let Some((id, part)) = entities.get_key_value(id).filter(|(id, _)| seen.insert(**id)) else { continue };
            match *id == "./" || named(part, "@type").iter().any(|kind| kind.text() == Some("Dataset")) {
                true => open.push(part.clone()),
                false => files.push(part.clone()),
            }
        }
    }
    files
}

fn entities<'a>(root: &DocumentValue<'a>) -> BTreeMap<&'a str, DocumentValue<'a>> {
    root.list("@graph").filter_map(|at| Some((at.value.get("@id")?.as_str()?, at))).collect()
}

/// The facts of RO-Crate metadata.
fn facts(value: &Value) -> Facts {
    let mut facts = Facts::default();
    let root = DocumentValue::new(value, "");
    let entities = entities(&root);
    // RO-Crate 1.1, § Root Data Entity: `./`, where the descriptor does not say which it is. Then that alone is at fault.
    let usual = entities.get("./").map(DocumentValue::pointer);
    let Some(about) = descriptor(&root).and_then(|at| at.get("about")) else {
        let message = "expected an entity `ro-crate-metadata.json` with `about`, the metadata descriptor, found none";
        let pointer = root.get("@graph").unwrap_or(root).pointer();
        facts.faults.push(Fault::new(FaultCode::Missing, pointer, message));
        facts.subject_parts.extend(usual);
        return facts;
    };
    let Some(data_set) = about.text_of("@id").and_then(|id| entities.get(id)) else {
        let message = "expected an entity with the `@id` that `about` names, the root data set, found none";
        facts.faults.push(Fault::new(FaultCode::Dangling, about.pointer(), message));
        facts.subject_parts.extend(usual);
        return facts;
    };
    let stated = |key: &str| data_set.get(key).filter(|at| !at.value.is_null());
    let missing: Vec<String> =
        REQUIRED.iter().filter(|key| stated(key).is_none()).map(|key| format!("`{key}`")).collect();
    if !missing.is_empty() {
        let message = format!("expected {} of the root data set, found none", missing.join(", "));
        facts.faults.push(Fault::new(FaultCode::Missing, data_set.pointer(), message));
    }
    for (key, at) in REQUIRED.iter().filter_map(|key| Some((key, stated(key)?))) {
        if at.value.is_number() || at.value.is_boolean() {
            let message = format!("expected `{key}` of the root data set to be a text, found {}", at.value);
            facts.faults.push(Fault::new(FaultCode::WrongType, at.pointer(), message));
        }
    }
    facts.subject_parts.push(data_set.pointer());
    let (mut outputs, mut inputs) = (DigestList::default(), DigestList::default());
    for part in named(data_set, "hasPart").iter().filter_map(|at| entities.get(at.text_of("@id")?)) {
        digests(part, &mut outputs);
    }
    let runs = entities.values().filter(|at| named(at, "@type").iter().any(|kind| kind.text() == Some("CreateAction")));
    for used in runs.flat_map(|run| named(run, "object")).filter_map(|at| entities.get(at.text_of("@id")?)) {
        digests(used, &mut inputs);
    }
    facts.outputs = outputs.finish(&mut facts.faults);
    facts.inputs = inputs.finish(&mut facts.faults);
    facts
}

/// What an entity has under a key: one thing or several.
fn named<'a>(at: &DocumentValue<'a>, key: &str) -> Vec<DocumentValue<'a>> {
    at.get(key).map(|at| at.each()).unwrap_or_default()
}

fn digests(entity: &DocumentValue<'_>, found: &mut DigestList) {
    let name = entity.first_text(&["name", "@id"]);
    if let Some(at) = entity.get("sha256") {
        found.add(&at, at.text().and_then(bare_digest), name);
    }
    for at in ["@id", "contentUrl", "url"].iter().filter_map(|key| entity.get(key)) {
        found.add(&at, at.text().and_then(digest_of_reference), name);
    }
}

/// RO-Crate: the files that its root data set has (RO-Crate 1.2 § Data Entities).
fn describe(root: &DocumentValue<'_>, facts: &Facts, description: &mut Description) {
    let Some(data_set) = facts.subject_parts.first() else { return };
    root.value
        .pointer(data_set)
        .iter()
        .for_each(|value| description.named_by(&DocumentValue::new(value, data_set.as_str())));
    for entity in files(root, data_set) {
        let mut file = DescribedFile::new(&entity);
        ["@id", "contentUrl", "url"]
            .iter()
            .filter_map(|key| entity.get(key))
            .for_each(|at| file.located(&literal(&at)));
        entity.get("name").iter().for_each(|at| file.named(at.text().unwrap_or_default()));
        entity.get("sha256").iter().for_each(|at| file.digested(at, at.text().and_then(bare_digest)));
        entity.get("encodingFormat").iter().flat_map(DocumentValue::each).for_each(|at| file.typed(&at));
        entity.get("contentSize").iter().for_each(|at| file.sized(at));
        description.files.push(file);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const A: &str = "aaaaf5b8a4c5b9c2f1d0e3a798b6c5d4e3f2a1b0c9d8e7f60516273849506172";

    /// After the minimal example of the specification.
    fn crate_() -> Value {
        json!({
            "@context": "https://w3id.org/ro/crate/1.2/context",
            "@graph": [
                {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"},
                 "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"}},
                {"@id": "./", "@type": "Dataset", "name": "soils", "description": "Soils of one county",
                 "datePublished": "2026-11-02", "license": {"@id": "https://creativecommons.org/licenses/by/4.0/"},
                 "hasPart": [{"@id": "soils.pmtiles"}]},
                {"@id": "soils.pmtiles", "@type": "File", "encodingFormat": "application/vnd.pmtiles", "sha256": A},
                {"@id": "https://creativecommons.org/licenses/by/4.0/", "@type": "CreativeWork", "name": "CC BY 4.0"},
            ],
        })
    }

    #[test]
    fn the_root_data_set_is_what_it_is_about() {
        let mut value = crate_();
        assert!(recognise(&value));
        let found = facts(&value);
        assert_eq!(found.faults, []);
        assert_eq!(found.subject_parts, ["/@graph/1"]);
        assert_eq!((found.outputs[0].digest.hex(), found.outputs[0].pointer.as_str()), (A, "/@graph/2/sha256"));
        value["@graph"][1]["license"] = json!(null);
        let fault = "expected `license` of the root data set, found none";
        assert_eq!(facts(&value).faults, [Fault::new(FaultCode::Missing, "/@graph/1", fault)]);
        value["@graph"][0]["about"] = json!({"@id": "./gone"});
        assert_eq!(facts(&value).faults[0].pointer, "/@graph/0/about");
        for other in [json!(null), json!({"@graph": [{"@id": "ro-crate-metadata.json"}]}), json!({"@graph": 1})] {
            assert!(!recognise(&other));
            let fault = &facts(&other).faults[0];
            assert_eq!(fault.code, FaultCode::Missing);
        }
    }
}
