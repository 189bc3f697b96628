//! Croissant 1.0 and 1.1 (MLCommons, *Croissant Format Specification*): a data set for machine learning, as JSON-LD over
//! schema.org.
//!
//! The data set speaks about the subject: its licence, labels and CARE are the subject's. Outputs are the files of its
//! `distribution` (§ Resources) that state a sha256 or lie at a pinned location. A file that is `containedIn` another is not
//! one that was published, and a `FileSet` names no bytes. What it was derived from is `prov:wasDerivedFrom` (1.1,
//! § Provenance Representation) and `isBasedOn`. Fields of responsible AI (`rai:…`) stay in the content, where policies
//! read them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::description::file::DescribedFile;
use super::description::said::Description;
use super::description::values::{literal, values};
use super::document::reading::{DigestList, DocumentValue, bare_digest, digest_of_reference, local_name};
use super::frame::StatementPart;
use super::prov::context::Context;
use super::spec::{KindSpec, OwnWords, whole_tree};
use super::{Class, Facts, StatedText};
use crate::fault::{Fault, FaultCode};

/// What this kind is.
pub const KIND: KindSpec = KindSpec {
    name: "croissant",
    class: Class::Metadata,
    marks: recognise,
    marks_beside: recognise,
    media_words: &["croissant"],
    predicate_types: &["http://mlcommons.org/croissant/1.*", "https://mlcommons.org/croissant/1.*"],
    in_statement: StatementPart::Predicate,
    schema: |_| Some("croissant-1.v1"),
    is_streamed: whole_tree,
    facts: |document| facts(document.value()),
    own_words: OwnWords::Parts,
    inputs,
    describe,
    refers: true,
};

/// How the address of every version of the specification begins, behind its scheme.
const SPECIFICATION: &str = "mlcommons.org/croissant/";

/// Whether the value is a Croissant data set: one that says so, or one whose files are Croissant's.
fn recognise(value: &Value) -> bool {
    let context = Context::of(value);
    data_set(&DocumentValue::new(value, ""), &context).is_some()
}

/// The data set that a document is about: its root, or a node of its graph.
fn data_set<'a>(root: &DocumentValue<'a>, context: &Context) -> Option<DocumentValue<'a>> {
    let is_meant = |at: &DocumentValue<'a>| {
        let conforms = values(at, "conformsTo", context);
        conforms.iter().filter_map(|at| literal(at).text()).any(is_of_specification)
            || values(at, "distribution", context).iter().any(|at| {
                let mut types = values(at, "@type", context).into_iter();
                types.any(|at| at.text().is_some_and(|name| is_of_specification(&context.name(name))))
            })
    };
    root.nodes().into_iter().find(is_meant)
}

fn is_of_specification(address: &str) -> bool {
    address.split_once("://").is_some_and(|(_, rest)| rest.starts_with(SPECIFICATION))
}

fn facts(value: &Value) -> Facts {
    let (root, context) = (DocumentValue::new(value, ""), Context::of(value));
    let mut facts = Facts::default();
    let Some(data_set) = data_set(&root, &context) else {
        let message = format!("expected a data set with `conformsTo` http://{SPECIFICATION}1.1, found none");
        facts.faults.push(Fault::new(FaultCode::Missing, "", message));
        return facts;
    };
    // § schema.org/Dataset, Required. Of `name`, `url`, `description` and the like the specification's own validator only
    // warns; the licence is for the rule that asks for it.
    let conforms = values(&data_set, "conformsTo", &context);
    if !conforms.iter().any(|at| literal(at).text().is_some_and(is_of_specification)) {
        let message = format!("expected `conformsTo` of the data set (http://{SPECIFICATION}1.1), found none");
        facts.faults.push(Fault::new(FaultCode::Missing, data_set.pointer(), message));
    }
    let mut outputs = DigestList::default();
    for file in files(&data_set, &root, &context) {
        let name = file.first_text(&["name", "@id"]);
        for at in values(&file, "sha256", &context) {
            outputs.add(&at, at.text().and_then(bare_digest), name);
        }
        for at in locations(&file, &context) {
            outputs.add(&at, at.text().and_then(digest_of_reference), name);
        }
    }
    facts.outputs = outputs.finish(&mut facts.faults);
    facts.subject_parts.push(data_set.pointer());
    facts
}

/// The published files of a data set; what is only named is looked up in the graph.
fn files<'a>(data_set: &DocumentValue<'a>, root: &DocumentValue<'a>, context: &Context) -> Vec<DocumentValue<'a>> {
    let mut by_id = BTreeMap::new();
    for node in root.list("@graph") {
        if let Some(id) = node.text_of("@id") {
            by_id.entry(id).or_insert(node);
        }
    }
    let named = |at: DocumentValue<'a>| match (at.text_of("@id"), at.members().nth(1)) {
        (Some(id), None) => by_id.get(id).cloned().unwrap_or(at),
        _ => at,
    };
    let is_file = |at: &DocumentValue<'a>| {
        let types = values(at, "@type", context);
        let names = |name: &str| types.iter().filter_map(DocumentValue::text).any(|text| local_name(text) == name);
        !names("FileSet") && values(at, "containedIn", context).is_empty()
    };
    values(data_set, "distribution", context).into_iter().map(named).filter(is_file).collect()
}

fn locations<'a>(file: &DocumentValue<'a>, context: &Context) -> Vec<DocumentValue<'a>> {
    ["contentUrl", "url"].iter().flat_map(|key| values(file, key, context)).map(|at| literal(&at)).collect()
}

/// Each data set that it was derived from, where more than its name is said.
fn inputs<'a>(root: &DocumentValue<'a>, _: &'a Facts) -> Vec<DocumentValue<'a>> {
    let context = Context::of(root.value);
    let data_set = data_set(root, &context);
    let sources = ["wasDerivedFrom", "isBasedOn"];
    let found = sources.iter().flat_map(|key| data_set.iter().flat_map(|at| values(at, key, &context)));
    found.filter(|at| at.value.is_object()).collect()
}

fn describe(root: &DocumentValue<'_>, _: &Facts, description: &mut Description) {
    let context = Context::of(root.value);
    let Some(data_set) = data_set(root, &context) else { return };
    description.named_by(&data_set);
    for at in files(&data_set, root, &context) {
        let mut file = DescribedFile::new(&at);
        ["name", "@id"].iter().filter_map(|key| at.text_of(key)).for_each(|name| file.named(name));
        locations(&at, &context).iter().for_each(|at| file.located(at));
        values(&at, "sha256", &context).iter().for_each(|at| file.digested(at, at.text().and_then(bare_digest)));
        values(&at, "encodingFormat", &context).iter().for_each(|at| file.typed(at));
        file.sizes.extend(values(&at, "contentSize", &context).iter().filter_map(size));
        description.files.push(file);
    }
}

/// A size in bytes: a number alone, or followed by `B`. In larger units it is rounded and says nothing exact.
fn size(at: &DocumentValue<'_>) -> Option<StatedText> {
    let mut stated = literal(at).stated()?;
    let number = stated.value.trim().trim_end_matches('B').trim_end();
    stated.value = number.parse::<u64>().ok()?.to_string();
    Some(stated)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::evidence::Reading;

    const A: &str = "aaaaf5b8a4c5b9c2f1d0e3a798b6c5d4e3f2a1b0c9d8e7f60516273849506172";
    const B: &str = "bbbbf5b8a4c5b9c2f1d0e3a798b6c5d4e3f2a1b0c9d8e7f60516273849506172";

    fn soils() -> Value {
        json!({
            "@context": {"@vocab": "https://schema.org/", "sc": "https://schema.org/", "dct": "http://purl.org/dc/terms/",
                "cr": "http://mlcommons.org/croissant/", "prov": "http://www.w3.org/ns/prov#",
                "conformsTo": "dct:conformsTo", "containedIn": "cr:containedIn"},
            "@type": "sc:Dataset", "conformsTo": "http://mlcommons.org/croissant/1.1", "name": "soils",
            "license": "https://spdx.org/licenses/CC-BY-4.0",
            "prov:wasDerivedFrom": [{"@id": "urn:survey", "name": "survey", "license": "CC0-1.0"}, "urn:named-only"],
            "distribution": [
                {"@type": "cr:FileObject", "@id": "soils.csv", "contentUrl": "https://example.org/d/soils.csv?raw=1",
                    "contentSize": "117743 B", "encodingFormat": "text/csv", "sha256": A},
                {"@type": "cr:FileObject", "@id": "inner", "contentUrl": "inner.csv", "containedIn": {"@id": "soils.zip"},
                    "sha256": B},
                {"@type": "cr:FileSet", "@id": "all", "includes": "*.csv", "containedIn": {"@id": "soils.zip"}},
                {"@type": "cr:FileObject", "@id": "map", "contentUrl": format!("oci://r.example.org/map@sha256:{B}"),
                    "contentSize": "3.1 MB", "sha256": "0b033707ea49365a5ffdd14615825511"},
            ],
        })
    }

    #[test]
    fn a_data_set_is_known_by_what_it_conforms_to_or_by_its_files() {
        let mut value = soils();
        assert!(recognise(&value));
        value["conformsTo"] = json!(["https://example.org/p", "https://mlcommons.org/croissant/1.0"]);
        assert!(recognise(&value));
        value.as_object_mut().unwrap().remove("conformsTo");
        assert!(recognise(&value), "by its files");
        let places: Vec<_> = facts(&value).faults.into_iter().map(|fault| (fault.code, fault.pointer)).collect();
        assert_eq!(places, [(FaultCode::Missing, String::new())]);
        for other in [
            json!({"@context": "https://schema.org/", "@type": "Dataset", "name": "x",
                "distribution": [{"@type": "DataDownload", "contentUrl": "https://example.org/x.csv"}]}),
            json!({"@type": "Dataset", "conformsTo": "https://example.org/mlcommons.org/croissant/1.1"}),
            json!([]),
            json!({"conformsTo": 1, "distribution": "x"}),
        ] {
            assert!(!recognise(&other), "{other}");
        }
    }

    #[test]
    fn its_published_files_are_the_outputs() {
        let found = facts(&soils());
        let stated: Vec<_> = found.outputs.iter().map(|at| (at.digest.hex(), at.pointer.as_str())).collect();
        assert_eq!(stated, [(A, "/distribution/0/sha256"), (B, "/distribution/3/contentUrl")]);
        assert_eq!(found.outputs[0].name.as_deref(), Some("soils.csv"));
        assert_eq!((found.faults, found.subject_parts), (vec![], vec![String::new()]));
    }

    #[test]
    fn a_flattened_graph_says_the_same() {
        let tree = soils();
        let mut data_set = tree.clone();
        let context = data_set["@context"].take();
        data_set.as_object_mut().unwrap().remove("@context");
        data_set["distribution"] = json!([{"@id": "soils.csv"}, {"@id": "inner"}, {"@id": "all"}, {"@id": "map"}]);
        let mut graph = vec![data_set];
        graph.extend(tree["distribution"].as_array().unwrap().iter().cloned());
        // A name that stands twice is that of the first.
        graph.push(json!({"@type": "cr:FileObject", "@id": "soils.csv", "sha256": B}));
        let flat = json!({"@context": context, "@graph": graph});
        let found = facts(&flat);
        let digests: Vec<_> = found.outputs.iter().map(|at| at.digest.hex()).collect();
        assert_eq!(digests, [A, B]);
        assert_eq!(found.subject_parts, ["/@graph/0"]);
    }

    #[test]
    fn files_and_sources_are_described() {
        let value = soils();
        let root = DocumentValue::new(&value, "");
        let facts = (KIND.facts)(&Reading::of(&value));
        let mut description = Description::default();
        describe(&root, &facts, &mut description);
        let sizes: Vec<_> =
            description.files.iter().map(|file| file.sizes.first().map(|at| at.value.as_str())).collect();
        assert_eq!(sizes, [Some("117743"), None]);
        assert_eq!(description.files[0].names, ["soils.csv", "soils.csv"]);
        assert_eq!(description.files[0].media_types[0].value, "text/csv");
        let sources: Vec<_> = inputs(&root, &facts).iter().map(DocumentValue::pointer).collect();
        assert_eq!(sources, ["/prov:wasDerivedFrom/0"]);
    }
}
