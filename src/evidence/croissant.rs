//! Croissant 1.0 and 1.1 (MLCommons, *Croissant Format Specification*): a data set for machine learning, as JSON-LD over
//! schema.org.
//!
//! The data set speaks about the subject: its licence, labels and CARE are the subject's. Outputs are the files of its
//! `distribution` (§ Resources) that state a sha256 or lie at a pinned location. A file that is `containedIn` another is not
//! one that was published, and a `FileSet` names no bytes. What it was derived from is `prov:wasDerivedFrom` (1.1,
//! § Provenance Representation) and `isBasedOn`. Fields of responsible AI (`rai:…`) stay in the content, where policies
//! read them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::description::file::DescribedFile;
use super::description::said::Description;
use super::document::reading::{DigestList, DocumentValue, bare_digest, digest_of_reference, local_name};
use super::frame::StatementPart;
use super::json_ld::context::Context;
use super::json_ld::nodes::{JsonLdNode, NodeMap, SourceList, id};
use super::json_ld::values::{literal, values};
use super::spec::{KindSpec, OwnWords, no_packages, whole_tree};
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
    packages: no_packages,
    refers: true,
};

/// Faults of one document that are told.
const FAULTS: usize = 20;
/// How the address of every version of the specification begins, behind its scheme.
const SPECIFICATION: &str = "mlcommons.org/croissant/";

/// Whether the value is a Croissant data set: one that says so, or one whose files are Croissant's.
fn recognise(value: &Value) -> bool {
    let context = Context::of(value);
    is_meant(&DocumentValue::new(value, "").nodes(), &context).next().is_some()
}

/// The data sets among these nodes.
fn is_meant<'n, 'a>(
    nodes: &'n [DocumentValue<'a>],
    context: &'n Context,
) -> impl Iterator<Item = &'n DocumentValue<'a>> {
    nodes.iter().filter(|at| {
        let conforms = values(at, "conformsTo", context);
        conforms.iter().filter_map(|at| literal(at).text()).any(is_of_specification)
            || values(at, "distribution", context).iter().any(|at| {
                let mut types = values(at, "@type", context).into_iter();
                types.any(|at| at.text().is_some_and(|name| is_of_specification(&context.name(name))))
            })
    })
}

fn is_of_specification(address: &str) -> bool {
    address.split_once("://").is_some_and(|(_, rest)| rest.starts_with(SPECIFICATION))
}

/// What a document is about.
struct Croissant<'a> {
    context: Context,
    nodes: NodeMap<'a>,
    sources: SourceList<'a>,
    /// Its data sets: its root, or nodes of its graph that are no sources of others.
    data_sets: Vec<JsonLdNode<'a>>,
}

impl<'a> Croissant<'a> {
    fn of(root: &DocumentValue<'a>) -> Self {
        let context = Context::of(root.value);
        let nodes = NodeMap::of(root, &context, &[]);
        let top = root.nodes();
        // Another object of its graph may say that it conforms.
        let mut seen = BTreeSet::new();
        let meant: Vec<&DocumentValue<'a>> = is_meant(&top, &context)
            .filter(|at| seen.insert(std::ptr::from_ref(nodes.first(at, &context).value)))
            .collect();
        let sources = SourceList::of(root, &nodes, &context, |name| matches!(name, "wasDerivedFrom" | "isBasedOn"));
        let own = |at: &&&DocumentValue<'a>| !sources.holds(&nodes.first(at, &context));
        // In a circle of sources each is as good as the other.
        let is_circle = !meant.iter().any(|at| own(&at));
        let data_sets = meant.iter().filter(|at| is_circle || own(at)).map(|at| nodes.node(at, &context)).collect();
        Croissant { data_sets, sources, nodes, context }
    }

    fn values(&self, node: &JsonLdNode<'a>, local: &str) -> Vec<DocumentValue<'a>> {
        node.values(local, &self.context)
    }

    /// The published files of a data set.
    fn files(&self, data_set: &JsonLdNode<'a>) -> Vec<JsonLdNode<'a>> {
        let files = self.values(data_set, "distribution").into_iter().map(|at| self.nodes.node(&at, &self.context));
        let is_file = |file: &JsonLdNode<'a>| {
            let types = self.values(file, "@type");
            let names = |name: &str| types.iter().filter_map(DocumentValue::text).any(|text| local_name(text) == name);
            !names("FileSet") && self.values(file, "containedIn").is_empty()
        };
        files.filter(is_file).collect()
    }

    fn locations(&self, file: &JsonLdNode<'a>) -> Vec<DocumentValue<'a>> {
        ["contentUrl", "url"].iter().flat_map(|key| self.values(file, key)).map(|at| literal(&at)).collect()
    }

    /// What a node is called: its name, or its `@id`.
    fn names(&self, node: &JsonLdNode<'a>) -> Vec<&'a str> {
        let names = self.values(node, "name").into_iter().map(|at| literal(&at)).filter_map(|at| at.text());
        names.chain(node.objects.iter().find_map(|at| id(at, &self.context))).collect()
    }
}

fn facts(value: &Value) -> Facts {
    let document = Croissant::of(&DocumentValue::new(value, ""));
    let mut facts = Facts::default();
    if document.data_sets.is_empty() {
        let message = format!("expected a data set with `conformsTo` http://{SPECIFICATION}1.1, found none");
        facts.faults.push(Fault::new(FaultCode::Missing, "", message));
    }
    let mut outputs = DigestList::default();
    for data_set in &document.data_sets {
        // § schema.org/Dataset, Required. Of `name`, `url`, `description` and the like the specification's own validator
        // only warns; the licence is for the rule that asks for it.
        let conforms = document.values(data_set, "conformsTo");
        if !conforms.iter().any(|at| literal(at).text().is_some_and(is_of_specification)) {
            let message = format!("expected `conformsTo` of the data set (http://{SPECIFICATION}1.1), found none");
            facts.faults.push(Fault::new(FaultCode::Missing, data_set.pointer(), message));
        }
        facts.faults.extend(data_set.truncation());
        facts.subject_parts.extend(data_set.objects.iter().filter_map(|at| at.exact_pointer(value)));
        for file in document.files(data_set) {
            facts.faults.extend(file.truncation());
            let name = document.names(&file).first().copied();
            for at in document.values(&file, "sha256") {
                outputs.add(&at, literal(&at).text().and_then(bare_digest), name);
            }
            for at in document.locations(&file) {
                outputs.add(&at, at.text().and_then(digest_of_reference), name);
            }
        }
    }
    facts.faults.truncate(FAULTS);
    facts.outputs = outputs.finish(&mut facts.faults);
    facts
}

/// Each thing that it was derived from, where more than its name is said.
fn inputs<'a>(root: &DocumentValue<'a>, _: &'a Facts) -> Vec<DocumentValue<'a>> {
    Croissant::of(root).sources.objects
}

fn describe(root: &DocumentValue<'_>, _: &Facts, description: &mut Description) {
    let document = Croissant::of(root);
    for data_set in &document.data_sets {
        data_set.objects.iter().for_each(|at| description.named_by(at));
        description.files.extend(document.files(data_set).iter().map(|file| described(&document, file)));
    }
}

fn described<'a>(document: &Croissant<'a>, node: &JsonLdNode<'a>) -> DescribedFile {
    let mut file = DescribedFile { pointer: node.pointer(), ..DescribedFile::default() };
    document.names(node).into_iter().for_each(|name| file.named(name));
    document.locations(node).iter().for_each(|at| file.located(at));
    for at in document.values(node, "sha256") {
        file.digested(&at, literal(&at).text().and_then(bare_digest));
    }
    document.values(node, "encodingFormat").iter().for_each(|at| file.typed(at));
    file.sizes.extend(document.values(node, "contentSize").iter().filter_map(size));
    file
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
        // Another object with the name says more of the same file (JSON-LD 1.1 §3.1).
        graph.push(json!({"@type": "cr:FileObject", "@id": "soils.csv", "md5": "x"}));
        let flat = json!({"@context": context, "@graph": graph});
        let found = facts(&flat);
        let digests: Vec<_> = found.outputs.iter().map(|at| at.digest.hex()).collect();
        assert_eq!(digests, [A, B]);
        assert_eq!(found.subject_parts, ["/@graph/0"]);
    }

    #[test]
    fn every_data_set_of_a_graph_is_its_subject_but_those_that_others_were_made_from() {
        let node = |name: &str, licence: &str| {
            json!({"@id": name, "@type": "Dataset", "conformsTo": "http://mlcommons.org/croissant/1.0", "name": name,
                "license": licence})
        };
        let mut graph = json!({"@graph": [node("a", "MIT"), node("b", "CC0-1.0"), node("survey", "CC-BY-4.0")]});
        assert_eq!(facts(&graph).subject_parts, ["/@graph/0", "/@graph/1", "/@graph/2"]);
        graph["@graph"][1]["isBasedOn"] = json!({"@id": "survey"});
        assert_eq!(facts(&graph).subject_parts, ["/@graph/0", "/@graph/1"]);
        let root = DocumentValue::new(&graph, "");
        let facts_of = facts(&graph);
        let sources: Vec<_> = inputs(&root, &facts_of).iter().map(DocumentValue::pointer).collect();
        assert_eq!(sources, ["/@graph/2", "/@graph/1/isBasedOn"]);
        // What names itself, or is named in a circle, is no less the subject.
        for (index, named) in [(0, "a"), (0, "b"), (1, "a"), (2, "a")] {
            graph["@graph"][index]["isBasedOn"] = json!({"@id": named});
        }
        graph["@graph"][2]["isBasedOn"] = json!({"@id": "b"});
        graph["@graph"][0]["isBasedOn"] = json!({"@id": "survey"});
        assert_eq!(facts(&graph).subject_parts.len(), 3, "{graph}");
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
