//! RO-Crate 1.1 and 1.2 metadata (`ro-crate-metadata.json`): what a folder of research data holds.
//!
//! Flattened JSON-LD: the metadata descriptor says which entity is the root data set. Its licence is the subject's;
//! outputs are its direct parts, where they state a sha256 or are pinned locations. The terms are those
//! of RO-Crate's own context, which is named and never fetched.

use std::collections::BTreeSet;

use serde_json::Value;

use super::description::file::DescribedFile;
use super::description::said::Description;
use super::document::reading::{DigestList, DocumentValue, bare_digest, digest_of_reference, local_name};
use super::frame::StatementPart;
use super::json_ld::context::Context;
use super::json_ld::nodes::{JsonLdNode, NodeMap, id};
use super::json_ld::values::literal;
use super::spec::{KindSpec, OwnWords, no_inputs, no_packages, whole_tree};
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
    packages: no_packages,
    refers: true,
};

/// Faults of one document that are told.
const FAULTS: usize = 20;
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

/// The entities of a crate, of which those with one `@id` are one.
struct RoCrate<'a> {
    root: DocumentValue<'a>,
    context: Context,
    nodes: NodeMap<'a>,
}

impl<'a> RoCrate<'a> {
    fn of(root: &DocumentValue<'a>) -> Self {
        let context = Context::of(root.value);
        RoCrate { nodes: NodeMap::of(root, &context, &[]), context, root: root.clone() }
    }

    /// The entity that a value names, if it is described.
    fn entity(&self, at: &DocumentValue<'a>) -> Option<JsonLdNode<'a>> {
        id(at, &self.context).and_then(|name| self.named(name))
    }

    fn named(&self, name: &str) -> Option<JsonLdNode<'a>> {
        self.nodes.named(name, &self.context).first().map(|at| self.nodes.node(at, &self.context))
    }

    fn values(&self, node: &JsonLdNode<'a>, local: &str) -> Vec<DocumentValue<'a>> {
        node.values(local, &self.context)
    }

    fn is(&self, node: &JsonLdNode<'a>, class: &str) -> bool {
        self.values(node, "@type").iter().filter_map(DocumentValue::text).any(|name| local_name(name) == class)
    }

    /// The root data set, or what is wrong with it. RO-Crate 1.1, § Root Data Entity: `./`, where the descriptor does not
    /// say which it is. Then that alone is at fault.
    fn data_set(&self) -> (Option<JsonLdNode<'a>>, Option<Fault>) {
        let usual = || self.named("./");
        let Some(about) = descriptor(&self.root).and_then(|at| at.get("about")) else {
            let message =
                "expected an entity `ro-crate-metadata.json` with `about`, the metadata descriptor, found none";
            let pointer = self.root.get("@graph").unwrap_or(self.root.clone()).pointer();
            return (usual(), Some(Fault::new(FaultCode::Missing, pointer, message)));
        };
        let Some(data_set) = self.entity(&about) else {
            let message = "expected an entity with the `@id` that `about` names, the root data set, found none";
            return (usual(), Some(Fault::new(FaultCode::Dangling, about.pointer(), message)));
        };
        (Some(data_set), None)
    }

    /// The files that a data set has as parts, also by way of folders.
    fn files(&self, data_set: JsonLdNode<'a>) -> Vec<JsonLdNode<'a>> {
        let mut open = vec![data_set];
        let mut seen = BTreeSet::new();
        let mut files = Vec::new();
        while let Some(entity) = open.pop() {
            for at in self.values(&entity, "hasPart") {
                let first = self.nodes.first(&at, &self.context);
                let is_new = seen.insert(std::ptr::from_ref(first.value));
                let Some(part) = self.entity(&at).filter(|_| is_new) else { continue };
                match id(&at, &self.context) == Some("./") || self.is(&part, "Dataset") {
                    true => open.push(part),
                    false => files.push(part),
                }
            }
        }
        files
    }
}

/// The facts of RO-Crate metadata.
fn facts(value: &Value) -> Facts {
    let mut facts = Facts::default();
    let document = RoCrate::of(&DocumentValue::new(value, ""));
    let (data_set, fault) = document.data_set();
    let parts = data_set.iter().flat_map(|node| &node.objects);
    facts.subject_parts.extend(parts.filter_map(|at| at.exact_pointer(value)));
    let Some(data_set) = data_set.filter(|_| fault.is_none()) else {
        facts.faults.extend(fault);
        return facts;
    };
    facts.faults.extend(data_set.truncation());
    let missing: Vec<String> = REQUIRED
        .iter()
        .filter(|key| document.values(&data_set, key).is_empty())
        .map(|key| format!("`{key}`"))
        .collect();
    if !missing.is_empty() {
        let message = format!("expected {} of the root data set, found none", missing.join(", "));
        facts.faults.push(Fault::new(FaultCode::Missing, data_set.pointer(), message));
    }
    for (key, at) in
        REQUIRED.iter().flat_map(|key| document.values(&data_set, key).into_iter().map(move |at| (key, at)))
    {
        if at.value.is_number() || at.value.is_boolean() {
            let message = format!("expected `{key}` of the root data set to be a text, found {}", at.value);
            facts.faults.push(Fault::new(FaultCode::WrongType, at.pointer(), message));
        }
    }
    let (mut outputs, mut inputs) = (DigestList::default(), DigestList::default());
    for part in document.values(&data_set, "hasPart").iter().filter_map(|at| document.entity(at)) {
        facts.faults.extend(part.truncation());
        digests(&document, &part, &mut outputs);
    }
    let runs = document.nodes.each().filter(|node| document.is(node, "CreateAction"));
    let used = runs.flat_map(|run| document.values(&run, "object")).filter_map(|at| document.entity(&at));
    used.for_each(|used| digests(&document, &used, &mut inputs));
    facts.faults.truncate(FAULTS);
    facts.outputs = outputs.finish(&mut facts.faults);
    facts.inputs = inputs.finish(&mut facts.faults);
    facts
}

/// Under which terms an entity says where it is.
const PLACES: [&str; 3] = ["@id", "contentUrl", "url"];

fn digests<'a>(document: &RoCrate<'a>, entity: &JsonLdNode<'a>, found: &mut DigestList) {
    let mut names = ["name", "@id"].iter().flat_map(|key| document.values(entity, key)).filter_map(|at| at.text());
    let name = names.next();
    for at in document.values(entity, "sha256") {
        found.add(&at, at.text().and_then(bare_digest), name);
    }
    for at in PLACES.iter().flat_map(|key| document.values(entity, key)) {
        found.add(&at, at.text().and_then(digest_of_reference), name);
    }
}

/// RO-Crate: the files that its root data set has (RO-Crate 1.2 § Data Entities).
fn describe(root: &DocumentValue<'_>, _: &Facts, description: &mut Description) {
    let document = RoCrate::of(root);
    let (Some(data_set), _) = document.data_set() else { return };
    data_set.objects.iter().for_each(|at| description.named_by(at));
    for entity in document.files(data_set) {
        let mut file = DescribedFile { pointer: entity.pointer(), ..DescribedFile::default() };
        let values = |key: &&str| document.values(&entity, key);
        PLACES.iter().flat_map(values).for_each(|at| file.located(&literal(&at)));
        values(&"name").iter().for_each(|at| file.named(at.text().unwrap_or_default()));
        values(&"sha256").iter().for_each(|at| file.digested(at, at.text().and_then(bare_digest)));
        values(&"encodingFormat").iter().for_each(|at| file.typed(at));
        values(&"contentSize").iter().for_each(|at| file.sized(at));
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
        // Objects of one name are one entity.
        value["@graph"].as_array_mut().unwrap().push(json!({"@id": "soils.pmtiles", "name": "tiles"}));
        assert_eq!(facts(&value).outputs[0].name.as_deref(), Some("tiles"));
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
