//! One identity across all documents and the manifest.

use serde_json::{Value, json};

use super::kinds::ro_crate;
use crate::support::artifact::{document, hex, pretty};
use crate::support::documents::{METADATA, catalogued, data, data_digest, release, with_documents};
use crate::support::gate::{Gate, Outcome};

/// The gate on the agreeing documents with one changed.
fn changed(file: &str, pointer: &str, value: &Value, signed: bool) -> Outcome {
    let documents = |subject: &str| {
        let mut documents = catalogued(subject).to_vec();
        let (.., content) = documents.iter_mut().find(|(name, ..)| *name == file).unwrap();
        match (content.pointer_mut(pointer), pointer.rsplit_once('/').unwrap()) {
            (Some(place), _) => *place = value.clone(),
            (None, (parent, key)) => content.pointer_mut(parent).unwrap()[key] = value.clone(),
        }
        documents
    };
    Gate::on(&with_documents(documents, signed).0).run()
}

fn other() -> String {
    format!("sha256:{}", "cd".repeat(32))
}

#[test]
fn documents_that_agree_pass_without_a_word() {
    for signed in [true, false] {
        let outcome = Gate::on(&with_documents(|subject| catalogued(subject).to_vec(), signed).0).run();
        outcome.assert("agreeing", 0, &["PASS", "passed agreement"]);
        assert!(!outcome.has("warn agreement"), "{}", outcome.out);
    }
}

#[test]
fn one_notation_of_the_same_contradicts_nothing() {
    for (file, pointer, value) in [
        ("item.json", "/properties/start_datetime", json!("2025-01-01T06:00:00+06:00")),
        ("item.json", "/properties/end_datetime", json!("2025-12-31T23:59:59.5Z")),
        ("dcat.jsonld", "/dct:temporal/dcat:endDate", json!({"@value": "2025-12", "@type": "xsd:gYearMonth"})),
        ("item.json", "/bbox", json!([-102.05, 36.99, 300, -94.59, 40, 900])),
        ("item.json", "/bbox", json!([-102.0508, 36.9901, -94.5883, 40.0003])),
        (
            "dcat.jsonld",
            "/dct:spatial/dcat:bbox",
            json!(
                "<http://www.opengis.net/def/crs/OGC/1.3/CRS84> POLYGON((-102.05 40, -94.59 40, -94.59 36.99, -102.05 36.99, -102.05 40))"
            ),
        ),
        ("item.json", "/assets/data/type", json!("application/vnd.kfm.pmtiles; version=3")),
        ("dcat.jsonld", "/dcat:distribution/0/dcat:mediaType", json!("application/vnd.pmtiles")),
        (
            "dcat.jsonld",
            "/dcat:distribution/0/dcat:byteSize",
            json!({"@value": "24", "@type": "xsd:nonNegativeInteger"}),
        ),
        ("item.json", "/assets/data/roles", json!(["Data", "visual"])),
        ("run_manifest.json", "/run_time", json!("2026-11-02T09:09:00+01:00")),
        // Another vocabulary, another reference system, an open end: nothing that can be compared.
        ("dcat.jsonld", "/dct:identifier", json!("https://doi.org/10.5555/soils")),
        (
            "dcat.jsonld",
            "/dct:spatial/dcat:bbox",
            json!("<http://www.opengis.net/def/crs/EPSG/0/26914> POLYGON((1 2, 3 4, 5 6, 1 2))"),
        ),
        ("item.json", "/assets/data/type", json!("application/octet-stream")),
    ] {
        let outcome = changed(file, pointer, &value, true);
        outcome.assert(&format!("{file}{pointer} {value}"), 0, &["PASS"]);
        assert!(!outcome.has("warn agreement"), "{}", outcome.out);
    }
}

/// No file: the subject's own manifest.
const MANIFEST: &str = "";

#[test]
fn each_contradiction_is_one_finding_that_points_into_both() {
    let checksum = json!(format!("1220{}", hex(&other())));
    for (file, pointer, value, beside, there) in [
        (
            "item.json",
            "/properties/kfm:dataset_id",
            json!("kfm.ks.rocks.2025.v1"),
            "prov.jsonld",
            "/@graph/0/kfm:dataset_id",
        ),
        ("dcat.jsonld", "/kfm:dataset_id", json!("kfm.ks.rocks.2025.v1"), "prov.jsonld", "/@graph/0/kfm:dataset_id"),
        ("run_manifest.json", "/dataset_id", json!("rocks"), "prov.jsonld", "/@graph/0/kfm:dataset_id"),
        ("item.json", "/properties/kfm:lineage/run/run_id", json!("run-2"), "prov.jsonld", "/@graph/2/kfm:run_id"),
        ("dcat.jsonld", "/kfm:runId", json!("run-2"), "prov.jsonld", "/@graph/2/kfm:run_id"),
        (
            "run_manifest.json",
            "/run_time",
            json!("2026-11-02T09:12:00Z"),
            "prov.jsonld",
            "/@graph/2/prov:startedAtTime",
        ),
        ("item.json", "/bbox", json!([-102.05, 36.99, -94.59, 40.02]), "dcat.jsonld", "/dct:spatial/dcat:bbox"),
        ("dcat.jsonld", "/dct:spatial/dcat:bbox", json!("ENVELOPE(-102.05, -90, 40, 36.99)"), "item.json", "/bbox"),
        (
            "item.json",
            "/properties/end_datetime",
            json!("2026-12-31T23:59:59Z"),
            "dcat.jsonld",
            "/dct:temporal/dcat:startDate",
        ),
        ("dcat.jsonld", "/dct:temporal/dcat:startDate", json!("2024-01-01"), "item.json", "/properties/start_datetime"),
        ("item.json", "/assets/data/type", json!("image/tiff"), MANIFEST, "/layers/0/mediaType"),
        ("dcat.jsonld", "/dcat:distribution/0/dcat:mediaType", json!("text/csv"), MANIFEST, "/layers/0/mediaType"),
        ("prov.jsonld", "/@graph/0/kfm:media_type", json!("image/tiff"), MANIFEST, "/layers/0/mediaType"),
        ("run_manifest.json", "/outputs/0/media_type", json!("image/tiff"), MANIFEST, "/layers/0/mediaType"),
        ("item.json", "/assets/data/file:size", json!(25), MANIFEST, "/layers/0/size"),
        ("dcat.jsonld", "/dcat:distribution/0/dcat:byteSize", json!("23"), MANIFEST, "/layers/0/size"),
        ("run_manifest.json", "/outputs/0/size_bytes", json!(23), MANIFEST, "/layers/0/size"),
        ("item.json", "/assets/data/file:checksum", checksum, MANIFEST, "/layers/0/digest"),
        (
            "dcat.jsonld",
            "/dcat:distribution/0/spdx:checksum/spdx:checksumValue",
            json!(hex(&other())),
            MANIFEST,
            "/layers/0/digest",
        ),
        ("item.json", "/assets/data/roles", json!(["metadata"]), "prov.jsonld", "/@graph/0/kfm:role"),
    ] {
        let case = format!("{file}{pointer}");
        for (weight, code, signed) in [("fail", 1, true), ("warn", 0, false)] {
            let outcome = changed(file, pointer, &value, signed);
            let row = |file: &str, at: &str| {
                let name = if file == MANIFEST { String::new() } else { format!(" + name={file}") };
                format!("{weight} agreement.disagreement pointer={at}{name}")
            };
            // A period is told of by where it begins, a list by its first element.
            let place = pointer.replace("end_datetime", "start_datetime").replace("/roles", "/roles/0");
            outcome.assert(&case, code, &[&row(file, &place), &row(beside, there)]);
            if signed && pointer.ends_with("end_datetime") {
                outcome.assert(&case, code, &[&format!("fail agreement.disagreement {}", value.as_str().unwrap())]);
            }
            let failing = outcome.each("findings", "weight").iter().filter(|weight| **weight == "fail").count();
            assert_eq!(failing, usize::from(signed), "{case}: one finding\n{}", outcome.out);
        }
    }
}

#[test]
fn a_collection_holds_the_item() {
    let collection = |bbox: Value, from: &str| {
        json!({
            "type": "Collection", "stac_version": "1.1.0", "id": "soils", "description": "Soils", "license": "CC-BY-4.0", "links": [],
            "extent": {"spatial": {"bbox": [bbox]}, "temporal": {"interval": [[from, null]]}},
        })
    };
    let run = |collection: Value| {
        let documents = move |subject: &str| {
            let mut documents = catalogued(subject).to_vec();
            documents.push((
                "collection.json",
                "application/vnd.kfm.metadata.stac.v1",
                "application/json",
                collection.clone(),
            ));
            documents
        };
        Gate::on(&with_documents(documents, true).0).run()
    };
    run(collection(json!([-103, 36, -94, 41]), "2020-01-01T00:00:00Z")).assert("holds", 0, &["PASS"]);
    let outside = run(collection(json!([-103, 36, -95, 41]), "2020-01-01T00:00:00Z"));
    outside.assert(
        "outside",
        1,
        &["fail agreement.disagreement name=collection.json + pointer=/extent/spatial/bbox/0"],
    );
    let before = run(collection(json!([-103, 36, -94, 41]), "2025-02-01T00:00:00Z"));
    before.assert(
        "before",
        1,
        &["fail agreement.disagreement name=collection.json + pointer=/extent/temporal/interval/0/0"],
    );
}

#[test]
fn a_third_document_reconciles_nothing() {
    let at = |id: &str, properties: Value| {
        let mut item = catalogued("")[0].3.clone();
        item["id"] = json!(id);
        item["assets"] = json!({});
        for key in ["datetime", "start_datetime", "end_datetime"] {
            item["properties"][key] = properties.get(key).cloned().unwrap_or(Value::Null);
        }
        item
    };
    let wide = at("c", json!({"start_datetime": "2000-01-01T00:00:00Z", "end_datetime": "2030-01-01T00:00:00Z"}));
    let both = "fail agreement.disagreement name=item.json + name=b.json + 2020-01-01T00:00:00Z + 2024-06-01T00:00:00Z";
    for third in [None, Some(false), Some(true)] {
        let documents = |subject: &str| {
            let mut documents = catalogued(subject).to_vec();
            documents[0].3 = at("a", json!({"datetime": "2020-01-01T00:00:00Z"}));
            documents[1] =
                ("b.json", METADATA, "application/geo+json", at("b", json!({"datetime": "2024-06-01T00:00:00Z"})));
            documents
        };
        let (mut artifact, subject) = with_documents(documents, true);
        if let Some(signed) = third {
            let layer = document("c.json", "application/geo+json", &wide);
            let referrer = artifact.attach(&subject, METADATA, vec![layer]);
            if signed {
                artifact.sign(&release(), &referrer);
            }
        }
        Gate::on(&artifact).run().assert(&format!("{third:?}"), 1, &[both]);
    }
}

#[test]
fn the_files_of_a_ro_crate_are_compared_too() {
    let run = |file: &Value| {
        let documents = |subject: &str| {
            let mut documents = catalogued(subject).to_vec();
            let mut record = ro_crate("https://spdx.org/licenses/CC-BY-4.0");
            record["@graph"][1]["hasPart"] = json!([{"@id": "tiles/"}]);
            let mut entity = json!({"@id": "tiles/soils.pmtiles", "@type": "File", "name": "soils.pmtiles",
                "encodingFormat": ["application/vnd.pmtiles", {"@id": "https://example.org/format"}],
                "sha256": hex(&data_digest()), "contentSize": data().len().to_string()});
            entity.as_object_mut().unwrap().extend(file.as_object().unwrap().clone());
            // The folder has itself as a part: it is gone through once.
            let parts = json!([{"@id": "tiles/soils.pmtiles"}, {"@id": "tiles/"}]);
            let folder = json!({"@id": "tiles/", "@type": "Dataset", "hasPart": parts});
            record["@graph"].as_array_mut().unwrap().extend([folder, entity]);
            let media_type = "application/ld+json";
            documents.push(("ro-crate-metadata.json", "application/vnd.kfm.metadata.ro-crate.v1", media_type, record));
            documents
        };
        Gate::on(&with_documents(documents, true).0).run()
    };
    let agreeing = run(&json!({}));
    agreeing.assert("agreeing", 0, &["PASS", "passed agreement"]);
    assert!(!agreeing.has("warn agreement"), "{}", agreeing.out);
    for (file, beside) in [
        (json!({"sha256": hex(&other())}), "/layers/0/digest"),
        (json!({"contentSize": "25"}), "/layers/0/size"),
        (json!({"encodingFormat": "image/tiff"}), "/layers/0/mediaType"),
    ] {
        let (key, value) = file.as_object().unwrap().iter().next().unwrap();
        let (value, place) = (value.as_str().unwrap(), format!("/@graph/3/{key}"));
        let row = format!("fail agreement.disagreement soils.pmtiles + {value} + pointer={beside}");
        let theirs = format!("fail agreement.disagreement name=ro-crate-metadata.json + pointer={place}");
        run(&file).assert(key, 1, &[&row, &theirs]);
    }
}

#[test]
fn metadata_of_other_bytes_is_told() {
    let outcome = changed(
        "item.json",
        "/assets",
        &json!({"thumbnail": {
            "href": "https://example.org/other.png", "file:checksum": format!("1220{}", hex(&other())),
        }}),
        true,
    );
    outcome.assert("other bytes", 0, &[&format!("warn agreement.other_subject {}", other())]);
}

#[test]
fn settings_say_what_is_compared_and_how_exactly() {
    let documents = |subject: &str| {
        let mut documents = catalogued(subject).to_vec();
        documents[1].3["dct:identifier"] = json!("https://doi.org/10.5555/soils");
        documents[0].3["bbox"] = json!([-102.05, 36.99, -94.59, 40.02]);
        documents
    };
    let artifact = with_documents(documents, true).0;
    for (settings, code, reason) in [
        (json!({"bbox_tolerance": 0.1}), 0, "PASS"),
        (
            json!({"bbox_tolerance": 0.1, "identifier_fields": ["dataset_id", "identifier"]}),
            1,
            "fail agreement.disagreement pointer=/dct:identifier",
        ),
        (json!({"bbox_tolerance": 0.1, "identifier_fields": ["identifier"]}), 0, "PASS"),
        (json!({}), 1, "fail agreement.disagreement pointer=/bbox"),
        (json!({"bbox_tolerance": "wide"}), 2, "data.config.agreement/bbox_tolerance"),
    ] {
        let gate = Gate::on(&artifact);
        let data = gate.file("data.json", &pretty(&json!({"config": {"agreement": settings}})));
        gate.with(&["--data", data.to_str().unwrap()]).run().assert(&settings.to_string(), code, &[reason]);
    }
    let gate = Gate::on(&artifact);
    let data = gate.file("data.json", &pretty(&json!({"config": {"media_types": {"aliases": {"a/b": 7}}}})));
    gate.with(&["--data", data.to_str().unwrap()]).run().assert(
        "aliases",
        2,
        &["data.config.media_types/aliases/a~1b"],
    );
}
