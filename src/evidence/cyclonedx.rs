//! CycloneDX 1.4 to 1.7 as JSON (ECMA-424, `metadata.component`): what is in a thing.
//!
//! `metadata.component` is the thing that the document describes; its digests bind the document to a subject,
//! those of the components within do not. The document enters the policy input as a summary. What it must have
//! is in the schema `cyclonedx-1.v1`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::document::reading::{DEPTH, DigestList, DocumentValue, digest_by, digests_within, shortened};
use super::frame::StatementPart;
use super::sbom::{LISTED, Package, asserted, list_first, unread};
use super::spec::{KindSpec, OwnWords, no_description};
use super::{Class, DocumentPart, Facts, Reading, licence, vex};
use crate::fault::{Fault, FaultCode};
use crate::oci::json::JsonError;

/// What this kind is.
pub const KIND: KindSpec = KindSpec {
    name: "cyclonedx",
    class: Class::Sbom,
    marks: is_sbom,
    marks_beside: is_sbom,
    media_words: &["cyclonedx"],
    predicate_types: &["https://cyclonedx.org/bom", "https://cyclonedx.org/bom/v1", "https://cyclonedx.org/bom/v1.*"],
    in_statement: StatementPart::Predicate,
    schema: |_| Some("cyclonedx-1.v1"),
    is_streamed: recognise,
    facts,
    own_words: OwnWords::Nothing,
    inputs: materials,
    describe: no_description,
    packages,
    refers: false,
};

/// Whether the value is a CycloneDX document, or a faulty one: nothing else has this field.
fn recognise(value: &Value) -> bool {
    value.get("bomFormat").is_some()
}

/// A list of vulnerabilities in the same format is no SBOM.
fn is_sbom(value: &Value) -> bool {
    recognise(value) && !(vex::KIND.marks)(value)
}

/// Data sets of a model, and ancestors.
fn materials<'a>(_: &DocumentValue<'a>, facts: &'a Facts) -> Vec<DocumentValue<'a>> {
    let part = |material: &'a DocumentPart| DocumentValue::new(&material.value, material.pointer.as_str());
    facts.materials.iter().map(part).collect()
}

/// The thing that is described and the components, also those within components.
fn packages(document: &Reading<'_>) -> Result<Vec<Package>, JsonError> {
    let mut found = Vec::new();
    document.root().path(&["metadata", "component"]).iter().for_each(|at| add_packages(at, DEPTH, &mut found));
    document.each(&["components"], &mut |_, component| add_packages(component, DEPTH, &mut found))?;
    Ok(found)
}

fn add_packages(component: &DocumentValue<'_>, depth: usize, found: &mut Vec<Package>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    if !component.value.is_object() {
        return;
    }
    let text = |key: &str| component.text_of(key).map(str::to_owned);
    let hashes = component
        .list("hashes")
        .filter_map(|at| digest_by(at.text_of("alg")?, at.text_of("content")?).map(|digest| digest.to_string()));
    found.push(Package {
        name: text("name"),
        version: text("version"),
        purl: text("purl"),
        licences: asserted(licences(component.value).iter().map(String::as_str)),
        digests: hashes.collect::<BTreeSet<_>>().into_iter().collect(),
        supplier: component.get("supplier").and_then(|at| at.text_of("name").map(str::to_owned)),
        pointer: component.pointer(),
    });
    component.list("components").for_each(|inner| add_packages(&inner, depth, found));
}

/// The facts of a CycloneDX document.
fn facts(document: &Reading<'_>) -> Facts {
    let described = document.root().path(&["metadata", "component"]);
    let mut outputs = DigestList::default();
    described.iter().for_each(|component| digests(component, &mut outputs));
    let mut count = Count::default();
    let mut materials = described.iter().map(Materials::of).next().unwrap_or_default();
    let is_either = matches!(document.root().text_of("specVersion"), Some("1.5" | "1.6"));
    let mut licences = LicenceFaults { is_either, faults: Vec::new() };
    document.root().get("metadata").iter().for_each(|at| licences.find_at(at));
    described.iter().for_each(|component| licences.find(component, DEPTH));
    let gone_through = document.each(&["components", "dependencies"], &mut |list, element| match list {
        0 => {
            licences.find(element, DEPTH);
            count.add(element.value, DEPTH);
            materials.find(element, DEPTH);
        }
        _ => count.dependencies += 1,
    });
    let summary = summary(document.root(), described.as_ref(), &outputs, count);
    let mut facts = Facts { summary: Some(summary), ..Facts::default() };
    facts.faults.extend(gone_through.err().map(unread));
    facts.outputs = outputs.finish(&mut facts.faults);
    facts.inputs = materials.digests.finish(&mut facts.faults);
    facts.faults.extend(materials.faults);
    facts.faults.extend(licences.faults);
    facts.materials = materials.found;
    facts
}

/// What is wrong with licences that a schema without the SPDX list cannot say.
struct LicenceFaults {
    /// In 1.5 and 1.6 a list has licences or one expression (CycloneDX 1.6 #/definitions/licenseChoice).
    is_either: bool,
    faults: Vec<Fault>,
}

/// Faults of licences in one document that are told.
const LICENCE_FAULTS: usize = 20;

impl LicenceFaults {
    /// Those of a component and of the components within it.
    fn find(&mut self, component: &DocumentValue<'_>, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        self.find_at(component);
        component.list("components").for_each(|inner| self.find(&inner, depth));
    }

    /// Those of the licences of one thing.
    fn find_at(&mut self, at: &DocumentValue<'_>) {
        let Some(licences) = at.get("licenses").filter(|_| self.faults.len() < LICENCE_FAULTS) else { return };
        let length = licences.items().count();
        for choice in licences.items() {
            if let Some(id) = choice.path(&["license", "id"])
                && let Some(text) = id.text().filter(|text| !licence::is_listed(text))
            {
                let message = format!(
                    "expected an identifier of the SPDX licence list, found `{}`: a licence that is not listed has a `name`",
                    shortened(text)
                );
                self.faults.push(Fault::new(FaultCode::WrongValue, id.pointer(), message));
            }
            if self.is_either && length > 1 && choice.get("expression").is_some() {
                let message = "expected licences or one expression, found both: versions 1.5 and 1.6 do not allow that";
                self.faults.push(Fault::new(FaultCode::WrongValue, choice.pointer(), message));
            }
        }
    }
}

/// The digests that a component states of itself: its hashes, its package URL, and its version or name where
/// that is a digest (tools write image references there).
fn digests(component: &DocumentValue<'_>, found: &mut DigestList) {
    let name = component.text_of("name");
    for hash in component.list("hashes") {
        let both = hash.text_of("alg").zip(hash.text_of("content"));
        let place = hash.get("content").unwrap_or(hash);
        found.add(&place, both.and_then(|(by, hex)| digest_by(by, hex)), name);
    }
    for place in ["purl", "version", "name"].iter().filter_map(|key| component.get(key)) {
        found.add(&place, digests_within(place.text().unwrap_or_default()), name);
    }
}

/// What the described component was made from: the data sets of its model card, in place or by `bom-ref`
/// (CycloneDX 1.6 `#/definitions/modelCard`), and its ancestors (`#/definitions/component`, `pedigree`).
#[derive(Default)]
struct Materials {
    references: BTreeSet<String>,
    digests: DigestList,
    found: Vec<DocumentPart>,
    faults: Vec<Fault>,
}

impl Materials {
    /// Of one document.
    const MOST: usize = 1000;
    /// Bytes of one as JSON.
    const BYTES: usize = 64 * 1024;

    fn of(described: &DocumentValue<'_>) -> Self {
        let mut materials = Materials::default();
        let sets = described.path(&["modelCard", "modelParameters", "datasets"]);
        for set in sets.iter().flat_map(|sets| sets.items()) {
            match set.text_of("ref") {
                Some(reference) => materials.references.extend([reference.to_owned()]),
                None => materials.keep(&set),
            }
        }
        let ancestors = described.path(&["pedigree", "ancestors"]);
        ancestors.iter().flat_map(|ancestors| ancestors.items()).for_each(|ancestor| materials.keep(&ancestor));
        described.list("components").for_each(|within| materials.find(&within, DEPTH));
        materials
    }

    /// Looks for what is referred to in a component and in those within it.
    fn find(&mut self, component: &DocumentValue<'_>, depth: usize) {
        if self.references.is_empty() {
            return;
        }
        let Some(depth) = depth.checked_sub(1) else { return };
        if component.text_of("bom-ref").is_some_and(|own| self.references.contains(own)) {
            self.keep(component);
        }
        component.list("components").for_each(|within| self.find(&within, depth));
    }

    fn keep(&mut self, at: &DocumentValue<'_>) {
        let size = at.value.to_string().len();
        let message = if self.found.len() >= Self::MOST {
            format!("expected at most {} things that the component was made from, found more", Self::MOST)
        } else if size > Self::BYTES {
            format!("expected at most {} bytes about what the component was made from, found {size}", Self::BYTES)
        } else {
            digests(at, &mut self.digests);
            return self.found.push(DocumentPart { pointer: at.pointer(), value: at.value.clone() });
        };
        if self.faults.is_empty() {
            self.faults.push(Fault::new(FaultCode::TooMany, at.pointer(), message));
        }
    }
}

fn summary(
    root: &DocumentValue<'_>,
    described: Option<&DocumentValue<'_>>,
    outputs: &DigestList,
    count: Count,
) -> Value {
    let metadata = root.get("metadata");
    let within = |key: &str| metadata.iter().filter_map(|at| at.get(key)).collect::<Vec<_>>();
    let described = described.map(|component| {
        json!({
            "id": component.text_of("bom-ref"),
            "name": component.text_of("name"),
            "version": component.text_of("version"),
            "type": component.text_of("type"),
            "supplier": component.path(&["supplier", "name"]).and_then(|at| at.text()),
            "licences": licences(component.value),
            "licence_declared": declared(component.value),
            "digests": outputs.distinct(),
            "pointer": component.pointer(),
        })
    });
    let authors = within("authors").into_iter().flat_map(|at| at.items());
    let organisations = ["manufacturer", "manufacture", "supplier"].into_iter().flat_map(within);
    let authors: BTreeSet<&str> =
        authors.chain(organisations).filter_map(|at| at.first_text(&["name", "email"])).collect();
    json!({
        "format": "cyclonedx",
        "spec_version": root.text_of("specVersion"),
        "serial_number": root.text_of("serialNumber"),
        "name": described.as_ref().and_then(|at| at.get("name")),
        "created": metadata.as_ref().and_then(|at| at.text_of("timestamp")),
        "authors": authors.into_iter().take(LISTED).collect::<Vec<_>>(),
        "tools": tools(&within("tools")),
        "data_licence": within("licenses").first().map(|at| licences(&json!({"licenses": at.value}))),
        "described": described.into_iter().collect::<Vec<_>>(),
        "components": count.components,
        "dependencies": count.dependencies,
        "licences": count.licences,
        "missing": {
            "supplier": count.no_supplier,
            "version": count.no_version,
            "licence": count.no_licence,
            "identifier": count.no_identifier,
            "checksum": count.no_hash,
        },
    })
}

/// `metadata.tools`: an array of tools (up to 1.4), or components and services (from 1.5).
fn tools(stated: &[DocumentValue<'_>]) -> Vec<String> {
    let listed = stated.iter().flat_map(|tools| match tools.value {
        Value::Array(_) => tools.each(),
        _ => tools.list("components").chain(tools.list("services")).collect(),
    });
    let named = listed.filter_map(|tool| {
        let version = tool.text_of("version").map(|version| format!(" {version}")).unwrap_or_default();
        tool.text_of("name").map(|name| format!("{name}{version}"))
    });
    named.take(LISTED).collect()
}

/// Licences of a component: SPDX ids, names and expressions (`licenses[].license.id|name`, `.expression`).
fn licences(component: &Value) -> Vec<String> {
    let choices = component.get("licenses").and_then(Value::as_array).into_iter().flatten();
    let texts = choices.filter_map(|choice| {
        let licence = choice.get("license");
        let id = licence.and_then(|licence| licence.get("id").or_else(|| licence.get("name")));
        id.or_else(|| choice.get("expression")).and_then(Value::as_str)
    });
    texts.map(str::to_owned).take(LISTED).collect()
}

/// The one SPDX identifier or expression that a component has; names of licences are free text, and what
/// several entries mean together CycloneDX does not say.
fn declared(component: &Value) -> Option<&str> {
    let [choice] = component.get("licenses")?.as_array()?.as_slice() else { return None };
    choice.get("expression").or_else(|| choice.get("license")?.get("id")).and_then(Value::as_str)
}

/// What is counted over all components, nested ones too.
#[derive(Default)]
struct Count {
    components: usize,
    dependencies: usize,
    no_supplier: usize,
    no_version: usize,
    no_licence: usize,
    no_identifier: usize,
    no_hash: usize,
    licences: BTreeSet<String>,
}

impl Count {
    fn add(&mut self, component: &Value, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let lacks = |keys: &[&str]| !keys.iter().any(|key| component.get(*key).is_some_and(says));
        self.components += 1;
        self.no_supplier += usize::from(lacks(&["supplier", "publisher", "manufacturer", "author", "authors"]));
        self.no_version += usize::from(lacks(&["version", "versionRange"]));
        self.no_identifier += usize::from(lacks(&["purl", "cpe", "swid", "omniborId", "swhid"]));
        self.no_hash += usize::from(lacks(&["hashes"]));
        let licences = licences(component);
        self.no_licence += usize::from(licences.is_empty());
        licences.iter().for_each(|licence| list_first(&mut self.licences, licence));
        let within = component.get("components").and_then(Value::as_array);
        within.into_iter().flatten().for_each(|component| self.add(component, depth));
    }
}

fn says(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts_of(value: &Value) -> Facts {
        facts(&Reading::of(value))
    }

    const A: &str = "aaaaf5b8a4c5b9c2f1d0e3a798b6c5d4e3f2a1b0c9d8e7f60516273849506172";
    const B: &str = "bbbbf5b8a4c5b9c2f1d0e3a798b6c5d4e3f2a1b0c9d8e7f60516273849506172";

    fn document(component: Value) -> Value {
        json!({
            "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
            "metadata": {"timestamp": "2026-11-02T08:12:00Z", "component": component,
                "authors": [{"name": "team"}], "tools": {"components": [{"name": "sbom", "version": "1"}]}},
            "components": [
                {"type": "library", "name": "zlib", "hashes": [{"alg": "SHA-256", "content": B}],
                 "licenses": [{"license": {"id": "Zlib"}}],
                 "components": [{"type": "library", "name": "inner", "version": "1", "licenses": [{"expression": "MIT OR Zlib"}]}]},
            ],
        })
    }

    #[test]
    fn the_described_component_names_the_digest() {
        for (key, value, pointer) in [
            (
                "hashes",
                json!([{"alg": "SHA-256", "content": A.to_uppercase()}]),
                "/metadata/component/hashes/0/content",
            ),
            ("purl", json!(format!("pkg:oci/a@sha256%3A{A}?arch=x")), "/metadata/component/purl"),
            ("version", json!(format!("sha256:{A}")), "/metadata/component/version"),
            ("version", json!(format!("r.example.org/a@sha256:{A}")), "/metadata/component/version"),
        ] {
            let mut component = json!({"type": "container", "name": "main"});
            component[key] = value;
            let found = facts_of(&document(component));
            assert_eq!(found.outputs.len(), 1, "{key}");
            assert_eq!((found.outputs[0].digest.hex(), found.outputs[0].pointer.as_str()), (A, pointer));
            assert_eq!(found.outputs[0].name.as_deref(), Some("main"));
        }
        assert_eq!(
            facts_of(&document(json!({"name": "main", "hashes": [{"alg": "SHA-1", "content": "00"}]}))).outputs,
            []
        );
    }

    #[test]
    fn the_summary_says_what_rules_ask() {
        let summary =
            facts_of(&document(json!({"type": "data", "name": "soils", "licenses": [{"license": {"name": "L"}}]})))
                .summary;
        let summary = summary.unwrap();
        for (pointer, expected) in [
            ("/spec_version", json!("1.6")),
            ("/name", json!("soils")),
            ("/created", json!("2026-11-02T08:12:00Z")),
            ("/authors", json!(["team"])),
            ("/tools", json!(["sbom 1"])),
            ("/described/0/licences", json!(["L"])),
            ("/described/0/licence_declared", json!(null)),
            ("/components", json!(2)),
            ("/licences", json!(["MIT OR Zlib", "Zlib"])),
            ("/missing/version", json!(1)),
            ("/missing/checksum", json!(1)),
        ] {
            assert_eq!(summary.pointer(pointer), Some(&expected), "{pointer}");
        }
        assert_eq!(declared(&json!({"licenses": [{"license": {"id": "MIT"}}]})), Some("MIT"));
        assert_eq!(declared(&json!({"licenses": [{"expression": "MIT OR ISC"}]})), Some("MIT OR ISC"));
        assert_eq!(declared(&json!({"licenses": [{"license": {"id": "MIT"}}, {"license": {"id": "ISC"}}]})), None);
        let old = json!({"bomFormat": "CycloneDX", "metadata": {"tools": [{"name": "syft", "version": "1.0"}]}});
        assert_eq!(facts_of(&old).summary.unwrap()["tools"], json!(["syft 1.0"]));
    }

    #[test]
    fn what_it_was_made_from_is_kept_with_its_place() {
        let mut value = document(json!({"type": "machine-learning-model", "name": "model",
            "modelCard": {"modelParameters": {"datasets": [{"type": "dataset", "name": "inline"}, {"ref": "deep"}, {"ref": "gone"}, {"ref": "part"}]}},
            "components": [{"type": "data", "name": "part", "bom-ref": "part"}],
            "pedigree": {"ancestors": [{"type": "data", "name": "base", "hashes": [{"alg": "SHA-256", "content": A}]}]}}));
        value["components"][0]["components"][0]["bom-ref"] = json!("deep");
        let facts = facts_of(&value);
        let kept: Vec<_> = facts.materials.iter().map(|one| (one.pointer.as_str(), &one.value["name"])).collect();
        assert_eq!(
            kept,
            [
                ("/metadata/component/modelCard/modelParameters/datasets/0", &json!("inline")),
                ("/metadata/component/pedigree/ancestors/0", &json!("base")),
                ("/metadata/component/components/0", &json!("part")),
                ("/components/0/components/0", &json!("inner")),
            ]
        );
        assert_eq!(facts.inputs[0].pointer, "/metadata/component/pedigree/ancestors/0/hashes/0/content");
        assert_eq!((facts.outputs, facts.faults), (vec![], vec![]));
        // More than are kept is a fault, told once.
        let many = vec![json!({"type": "dataset"}); 1002];
        let faults = facts_of(&document(json!({"modelCard": {"modelParameters": {"datasets": many}}}))).faults;
        assert_eq!(faults.len(), 1);
        assert!(faults[0].pointer.ends_with("/datasets/1000") && faults[0].code == FaultCode::TooMany, "{faults:?}");
    }

    #[test]
    fn hostile_shapes_are_only_empty() {
        assert!(recognise(&json!({"bomFormat": "CycloneDX"})));
        assert!(recognise(&json!({"bomFormat": 1})));
        assert!(!recognise(&json!({"specVersion": "1.6"})));
        for value in [
            json!(null),
            json!({"metadata": []}),
            json!({"metadata": {"component": [5], "tools": 1}, "components": {}}),
            json!({"metadata": {"component": {"modelCard": [], "pedigree": {"ancestors": {}}}}}),
            json!({"metadata": {"component": {"modelCard": {"modelParameters": {"datasets": [5, null, {"ref": 5}]}}}}}),
        ] {
            assert_eq!(facts_of(&value).outputs, []);
        }
    }
}
