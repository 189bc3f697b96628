//! Each required field of each kind of document, left out and of another type: one thing is to be mended, at its place,
//! and whatever follows from it says so.

use std::path::Path;

use serde_json::{Value, json};

use super::kinds::{croissant, dcat, prov_json, prov_jsonld, ro_crate, spdx3};
use crate::support::artifact::{Layer, document};
use crate::support::documents::{
    METADATA, PROVENANCE, REPOSITORY, SBOM, bare, cyclonedx, data_digest, prov, release, run_manifest, slsa, spdx, stac,
};
use crate::support::gate::ocigate;

/// A kind of document: its name, the file of its schema, the part that it takes, the document for a subject.
type Kind = (&'static str, &'static str, Part, fn(&str) -> Value);

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Provenance,
    Run,
    Sbom,
    Metadata,
}

/// One change of a document, and the pointer that has to be told of.
struct Mutation {
    name: String,
    document: Value,
    /// None: the place is for the document's own logic to say.
    pointer: Option<String>,
}

/// What PROV demands that a schema cannot say, in each serialization.
fn by_logic(kind: &str) -> &'static [&'static str] {
    match kind {
        "PROV-O" => &[
            "/@graph/0/kfm:digest",
            "/@graph/0/prov:wasGeneratedBy",
            "/@graph/2/@id",
            "/@graph/2/prov:wasAssociatedWith",
            "/@graph/3/@id",
            "/@graph/3/@type",
        ],
        "PROV-JSONLD" => &[
            "/@graph/0/@id",
            "/@graph/0/kfm:digest",
            "/@graph/2/@id",
            "/@graph/3/@id",
            "/@graph/4/entity",
            "/@graph/4/activity",
            "/@graph/6/activity",
            "/@graph/6/agent",
        ],
        "PROV-JSON" => &[
            "/entity",
            "/activity",
            "/agent",
            "/wasGeneratedBy",
            "/wasAssociatedWith",
            "/wasGeneratedBy/_:1/prov:entity",
            "/wasGeneratedBy/_:1/prov:activity",
            "/wasAssociatedWith/_:3/prov:activity",
            "/wasAssociatedWith/_:3/prov:agent",
            "/entity/soils/kfm:digest",
        ],
        "Croissant" => &["/conformsTo"],
        "DCAT" => &["/dct:title", "/c:distribution/0/c:accessURL"],
        "RO-Crate" => &[
            "/@graph/0/about",
            "/@graph/1/@id",
            "/@graph/1/name",
            "/@graph/1/description",
            "/@graph/1/datePublished",
            "/@graph/1/license",
        ],
        _ => &[],
    }
}

/// JSON pointers of the fields that a schema demands of a document and that the document has.
fn required(schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.get(name).is_some() {
            found.push(format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")));
        }
    }
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(value) = value.get(name) {
            required(member, value, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
        }
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        required(&schema["items"], item, &format!("{at}/{index}"), found);
    }
    for condition in schema["allOf"].as_array().into_iter().flatten().chain([schema]) {
        let applies = condition.get("if").is_some_and(|when| jsonschema::is_valid(when, value));
        if applies {
            required(&condition["then"], value, at, found);
        }
    }
}

fn mutations(kind: &str, schema: &Value, document: &Value) -> Vec<Mutation> {
    let mut fields = Vec::new();
    required(schema, document, "", &mut fields);
    fields.sort();
    fields.dedup();
    let demanded = fields.len();
    fields.extend(by_logic(kind).iter().map(|field| (*field).to_owned()));
    let mut mutations = Vec::new();
    for (index, field) in fields.into_iter().enumerate() {
        let pointer = |pointer: &str| (index < demanded).then(|| pointer.to_owned());
        let (parent, name) = field.rsplit_once('/').unwrap();
        let mut without = document.clone();
        let name = name.replace("~1", "/").replace("~0", "~");
        without.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(&name);
        mutations.push(Mutation { name: format!("without {field}"), document: without, pointer: pointer(parent) });
        let mut wrong = document.clone();
        let place = wrong.pointer_mut(&field).unwrap();
        *place = if place.is_number() { json!("x") } else { json!(5) };
        mutations.push(Mutation { name: format!("wrong {field}"), document: wrong, pointer: pointer(&field) });
    }
    mutations
}

/// Writes a layout for each mutation, and judges all in one run.
fn judge(part: Part, mutations: &[Mutation]) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("release.pub");
    std::fs::write(&key, release().public_pem()).unwrap();
    let mut arguments = ["verify", "--as", REPOSITORY, "--now", "2026-11-24T00:00:00Z", "--output", "json", "--key"]
        .map(str::to_owned)
        .to_vec();
    arguments.push(key.display().to_string());
    for (number, mutation) in mutations.iter().enumerate() {
        arguments.push(layout(folder.path(), number, part, &mutation.document));
    }
    let outcome = ocigate(folder.path(), &arguments);
    let report: Value = serde_json::from_str(&outcome.out).unwrap_or_else(|_| panic!("{}{}", outcome.out, outcome.err));
    report["subjects"].as_array().unwrap().clone()
}

fn layout(folder: &Path, number: usize, part: Part, document: &Value) -> String {
    let (mut artifact, subject) = bare();
    let of = |own: Part, good: Value| if own == part { document.clone() } else { good };
    let file =
        |name: &'static str, value: Value| -> Layer<'static> { self::document(name, "application/json", &value) };
    let layers = vec![
        file("prov.json", of(Part::Provenance, prov(&subject))),
        file("run_manifest.json", of(Part::Run, run_manifest())),
    ];
    artifact.attach(&subject, PROVENANCE, layers);
    artifact.attach(&subject, SBOM, vec![file("sbom.json", of(Part::Sbom, spdx(&data_digest())))]);
    artifact.attach(&subject, METADATA, vec![file("metadata.json", of(Part::Metadata, stac("public")))]);
    artifact.sign(&release(), &subject);
    let folder = folder.join(number.to_string());
    artifact.write(&folder);
    format!("oci-layout:{}:v1", folder.display())
}

/// Fields that decide what a document is taken for, and whom a statement is about: the gate says of the whole document
/// what is wrong, and names the field in words.
fn is_of_the_whole(pointer: &str) -> bool {
    ["/_type", "/predicateType", "/subject", "/subject/0", "/subject/0/digest"].contains(&pointer)
}

/// What is wrong with what the gate says of a mutation.
fn complaints(mutation: &Mutation, subject: &Value) -> Vec<String> {
    let mut complaints = Vec::new();
    let failing: Vec<&Value> =
        subject["findings"].as_array().unwrap().iter().filter(|finding| finding["weight"] != "warn").collect();
    let roots: Vec<&&Value> = failing.iter().filter(|finding| finding["caused_by"].is_null()).collect();
    let told = || {
        let line = |finding: &&Value| {
            let place = &finding["places"][0];
            format!(
                "\n    {} {} at {}:{} {}",
                finding["rule"], finding["message"], place["pointer"], place["line"], finding["caused_by"]
            )
        };
        failing.iter().map(line).collect::<String>()
    };
    if subject["verdict"] != "fail" {
        complaints.push(format!("{}: the verdict is {}{}", mutation.name, subject["verdict"], told()));
    } else if roots.len() != 1 {
        complaints.push(format!("{}: {} roots{}", mutation.name, roots.len(), told()));
    } else {
        let place = &roots[0]["places"][0];
        let pointer = mutation.pointer.as_deref().filter(|pointer| !is_of_the_whole(pointer));
        let is_there = pointer.is_none_or(|pointer| place["pointer"] == pointer);
        if !is_there || !place["line"].is_u64() {
            complaints.push(format!("{}: expected {:?}{}", mutation.name, mutation.pointer, told()));
        }
    }
    complaints
}

fn statement(predicate_type: &str, subject: &str, predicate: Value) -> Value {
    json!({
        "_type": "https://in-toto.io/Statement/v1", "predicateType": predicate_type,
        "subject": [{"name": "soils", "digest": {"sha256": subject.trim_start_matches("sha256:")}}],
        "predicate": predicate,
    })
}

const KINDS: [Kind; 15] = [
    ("PROV-O", "prov-jsonld.v1", Part::Provenance, prov),
    ("PROV-JSONLD", "prov-jsonld.v1", Part::Provenance, prov_jsonld),
    ("PROV-JSON", "prov-json.v1", Part::Provenance, prov_json),
    ("SLSA v1", "slsa-provenance-v1", Part::Provenance, |subject| {
        statement(crate::support::documents::SLSA, subject, slsa())
    }),
    ("SLSA v0.2", "slsa-provenance-v0.2", Part::Provenance, |subject| {
        let predicate =
            json!({"builder": {"id": "https://example.org/builder"}, "buildType": "https://example.org/build"});
        statement("https://slsa.dev/provenance/v0.2", subject, predicate)
    }),
    ("run manifest", "run-manifest.v1", Part::Run, |_| run_manifest()),
    ("SPDX 2", "spdx-2.v1", Part::Sbom, |_| spdx(&data_digest())),
    ("SPDX 3", "spdx-3.v1", Part::Sbom, |_| spdx3(&data_digest())),
    ("CycloneDX", "cyclonedx-1.v1", Part::Sbom, |_| {
        let mut document = cyclonedx(&data_digest());
        document["components"] =
            json!([{"type": "library", "name": "zlib", "hashes": [{"alg": "SHA-1", "content": "aa".repeat(20)}]}]);
        document["dependencies"] = json!([{"ref": "zlib"}]);
        document
    }),
    ("STAC Item", "stac-item.v1", Part::Metadata, |_| {
        let mut item = stac("public");
        item["links"] = json!([{"rel": "self", "href": "https://example.org/item.json"}]);
        item["assets"] = json!({"data": {"href": "https://example.org/soils.pmtiles"}});
        item
    }),
    ("STAC Collection", "stac-collection.v1", Part::Metadata, |_| {
        json!({
            "type": "Collection", "stac_version": "1.1.0", "id": "soils", "description": "Soils", "license": "CC-BY-4.0",
            "kfm:access_level": "public", "links": [],
            "extent": {"spatial": {"bbox": [[-102.05, 36.99, -94.59, 40.0]]}, "temporal": {"interval": [["2026-01-01T00:00:00Z", null]]}},
        })
    }),
    ("STAC Catalog", "stac-catalog.v1", Part::Metadata, |_| {
        json!({
            "type": "Catalog", "stac_version": "1.1.0", "id": "soils", "description": "Soils", "kfm:access_level": "public",
            "links": [{"rel": "item", "href": "./item.json"}],
        })
    }),
    ("DCAT", "dcat-3.v1", Part::Metadata, |_| dcat("CC-BY-4.0", "public")),
    ("Croissant", "croissant-1.v1", Part::Metadata, |_| croissant("https://spdx.org/licenses/CC-BY-4.0")),
    ("RO-Crate", "ro-crate-1.v1", Part::Metadata, |_| ro_crate("https://spdx.org/licenses/CC-BY-4.0")),
];

#[test]
fn one_thing_is_to_be_mended() {
    let mut told = String::new();
    for (name, schema, part, make) in KINDS {
        let schema: Value = serde_json::from_str(ocigate::schema::text(schema).unwrap()).unwrap();
        let document = make(&bare().1);
        let good = Mutation { name: "as it is".to_owned(), document: document.clone(), pointer: None };
        let mut all = mutations(name, &schema, &document);
        assert!(all.len() > 1, "{name}: only {} mutations", all.len());
        all.push(good);
        let subjects = judge(part, &all);
        assert_eq!(subjects.len(), all.len());
        let (mutated, good) = (&all[..all.len() - 1], subjects.last().unwrap());
        if good["verdict"] != "pass" {
            told.push_str(&format!("{name}: {good:#}\n"));
            continue;
        }
        let complaints = mutated.iter().zip(&subjects).flat_map(|(mutation, subject)| complaints(mutation, subject));
        complaints.for_each(|complaint| told.push_str(&format!("{name}: {complaint}\n")));
    }
    assert!(told.is_empty(), "{told}");
}
