use serde_json::json;

use super::time::Moment;
use super::*;
use crate::evidence::StatedText;

#[test]
fn texts_mean_seconds() {
    let day = 86_400;
    for (text, first, last) in [
        ("1970-01-02T00:00:00Z", day, day),
        ("1970-01-02T02:00:00.25+02:00", day, day),
        ("1970-01-02T00:00:00", day - 50_400, day + 50_400),
        ("1970-01-02", day - 50_400, 2 * day - 1 + 50_400),
        ("1970-02", 31 * day - 50_400, 59 * day - 1 + 50_400),
        ("1970", -50_400, 365 * day - 1 + 50_400),
        (" 1970Z ", -50_400, 365 * day - 1 + 50_400),
    ] {
        assert_eq!(Moment::read(text), Some(Moment { first, last }), "{text}");
    }
    for text in [
        "",
        "yesterday",
        "1970-13",
        "1970-02-30",
        "70-01-01",
        "1970-1-1",
        "1970-01-01-01",
        "T",
        "9999999",
        "-",
        "1970-0é",
    ] {
        assert_eq!(Moment::read(text), None, "{text}");
    }
}

#[test]
fn what_is_cut_off_is_said() {
    let pinned = format!("oci://r.example.org/a@sha256:{}", "ab".repeat(32));
    let described = |most: usize, licence: &str| {
        let entry = |number: usize| json!({"path": format!("{number}.csv"), licence: "CC0-1.0", "from": pinned});
        let (inputs, files) =
            ((0..most).map(entry), (0..most).map(|_| json!({"path": "a.tif", "media_type": "image/tiff"})));
        let value = json!({"inputs": inputs.collect::<Vec<_>>(), "outputs": files.collect::<Vec<_>>()});
        let (fields, labels) = (FieldTable::bundled(), LabelTable::bundled());
        describe(DocumentKind::RunManifest, &value, &Facts::default(), (&fields, &labels))
    };
    for (most, licence, expected) in [
        (MOST, "license", vec![]),
        (MOST + 1, "note", vec![Part::Statements, Part::Inputs, Part::References]),
        (MOST + 1, "license", vec![Part::Statements, Part::Inputs, Part::InputClaims, Part::References]),
    ] {
        let found = described(most, licence);
        assert_eq!(found.truncated.into_iter().collect::<Vec<_>>(), expected, "{most}");
        assert_eq!((found.files.len(), found.inputs.len(), found.references.len()), (1000, 1000, 1000));
    }
}

#[test]
fn a_long_address_is_one() {
    let long = format!("oci://r.example.org/a:latest?{}", "x".repeat(2000));
    let value = json!({"links": [{"href": long}, {"title": "x".repeat(2000)}]});
    let mut found = Vec::new();
    references::find(&DocumentValue::new(&value, ""), 64, &mut found);
    assert_eq!((found.len(), found[0].digest.as_deref()), (1, None));
}

#[test]
fn boxes_are_read_from_numbers_and_literals() {
    let expected = Some([-102.0, 36.0, -94.0, 40.0]);
    for value in [
        json!([-102, 36, -94, 40]),
        json!([-102.0, 36, 5, -94, 40, 9]),
        json!("POLYGON((-102 36, -94 36, -94 40, -102 40, -102 36))"),
        json!(" <http://www.opengis.net/def/crs/OGC/1.3/CRS84> POLYGON ((-102 36, -94 36, -94 40, -102 40, -102 36)) "),
        json!("ENVELOPE(-102, -94, 40, 36)"),
        json!(r#"{"type": "Polygon", "coordinates": [[[-102, 36], [-94, 36], [-94, 40], [-102, 36]]]}"#),
    ] {
        let at = DocumentValue::new(&value, "");
        let extent = if value.is_array() { Extent::of_numbers(&at) } else { Extent::of_literal(&at) };
        assert_eq!(extent.map(|extent| extent.bbox), expected, "{value}");
    }
    for value in [
        json!([1, 2, 3]),
        json!([500000, 4000000, 600000, 4100000]),
        json!([0, 50, 1, 40]),
        json!([null, 1, 2, 3]),
        json!("POLYGON((a b, c d))"),
        json!("POLYGON(())"),
        json!("POINT(1 2)"),
        json!("<http://www.opengis.net/def/crs/EPSG/0/4326> POLYGON((36 -102, 40 -94, 36 -102))"),
        json!("{"),
        json!(r#"{"coordinates": [["x"]]}"#),
        json!("POLYGON((NaN inf, 1 2))"),
    ] {
        let at = DocumentValue::new(&value, "");
        assert_eq!(Extent::of_numbers(&at).or_else(|| Extent::of_literal(&at)), None, "{value}");
    }
}

/// A number has many notations (DCAT 2 has `xsd:decimal`), and one that is no size is none of the manifest's.
#[test]
fn a_size_is_read_in_every_notation() {
    for (size, expected) in [
        (json!(4096), vec!["4096"]),
        (json!("4096"), vec!["4096"]),
        (json!(4096.0), vec!["4096"]),
        (json!("4096.0"), vec!["4096"]),
        (json!("+4.096e3"), vec!["4096"]),
        (json!({"@type": "xsd:decimal", "@value": "4096.0"}), vec!["4096"]),
        (json!({"@set": [{"@list": ["24", 4096]}]}), vec!["24", "4096"]),
        (json!(-1), vec!["-1"]),
        (json!("4096.5"), vec!["4096.5"]),
        (json!("99999999999999999999999"), vec!["99999999999999999999999"]),
        (json!("large"), vec![]),
        (json!(null), vec![]),
    ] {
        let value = json!({"@type": "dcat:Distribution", "dcat:byteSize": size, "dct:title": "a"});
        let tables = (&FieldTable::default(), &LabelTable::default());
        let found = describe(DocumentKind::Dcat, &value, &Facts::default(), tables);
        let sizes = found.files.first().map(|file| file.sizes.as_slice()).unwrap_or_default();
        assert_eq!(sizes.iter().map(|size| size.value.as_str()).collect::<Vec<_>>(), expected, "{size}");
    }
}

#[test]
fn more_names_than_are_kept_are_told() {
    let titles: Vec<Value> = (0..1001).map(|number| json!(format!("title {number}"))).collect();
    let value = json!({"@type": "dcat:Distribution", "dcat:byteSize": 1, "dct:title": titles});
    let tables = (&FieldTable::default(), &LabelTable::default());
    let found = describe(DocumentKind::Dcat, &value, &Facts::default(), tables);
    assert_eq!((found.files[0].names.len(), found.truncated.contains(&Part::Statements)), (1000, true));
}

#[test]
fn pointers_lead_to_what_is_said_also_in_a_statement() {
    let hex = "ab".repeat(32);
    let item = json!({
        "type": "Feature", "stac_version": "1.1.0", "collection": "c", "bbox": [0, 0, 1, 1],
        "properties": {"datetime": "2025-01-01T00:00:00Z", "kfm:dataset_id": "d"},
        "assets": {"a/b": {"href": "./a.tif", "type": "image/tiff", "file:size": 7, "roles": ["data"], "file:checksum": format!("1220{hex}")}},
    });
    let found =
        describe(DocumentKind::Stac, &item, &Facts::default(), (&FieldTable::default(), &LabelTable::default()));
    let file = &found.files[0];
    assert_eq!(file.names, ["a.tif"]);
    for (stated, expected) in [
        (&found.identifiers[0].stated, "d"),
        (&found.identifiers[1].stated, "c"),
        (&file.media_types[0], "image/tiff"),
        (&file.sizes[0], "7"),
        (&file.roles[0], "data"),
    ] {
        let place = item.pointer(&stated.pointer).unwrap();
        assert_eq!((stated.value.as_str(), place.to_string().trim_matches('"')), (expected, expected));
    }
    assert_eq!(
        file.digests[0],
        StatedText { value: format!("sha256:{hex}"), pointer: "/assets/a~1b/file:checksum".to_owned() }
    );
    let moved = found.under("/predicate");
    assert_eq!(moved.files[0].sizes[0].pointer, "/predicate/assets/a~1b/file:size");
    assert_eq!(
        (moved.extents[0].pointer.as_str(), moved.periods[0].pointer.as_str()),
        ("/predicate/bbox", "/predicate/properties/datetime")
    );
}

#[test]
fn nodes_apart_are_read_like_nested_ones() {
    let hex = "ab".repeat(32);
    let graph = json!({
        "@context": {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "spdx": "http://spdx.org/rdf/terms#"},
        "@graph": [
            {"@id": "urn:s", "@type": "dcat:Dataset", "dct:identifier": {"@value": "s"}, "dct:spatial": {"@id": "_:l"},
             "dct:temporal": {"@id": "_:t"}, "dcat:distribution": {"@id": "_:d"}},
            {"@id": "_:l", "@type": "dct:Location", "dcat:bbox": {"@value": "ENVELOPE(0, 1, 3, 2)"}},
            {"@id": "_:t", "dcat:startDate": {"@value": "2025"}},
            {"@id": "_:d", "@type": "dcat:Distribution", "dcat:downloadURL": {"@id": "https://example.org/s.csv?x"},
             "dcat:mediaType": {"@id": "https://www.iana.org/assignments/media-types/text/csv"}, "spdx:checksum": {"@id": "_:c"}},
            {"@id": "_:c", "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"}, "spdx:checksumValue": hex},
        ],
    });
    let found =
        describe(DocumentKind::Dcat, &graph, &Facts::default(), (&FieldTable::default(), &LabelTable::default()));
    assert_eq!(found.identifiers[0].stated.pointer, "/@graph/0/dct:identifier/@value");
    assert_eq!(found.extents[0].bbox, [0.0, 2.0, 1.0, 3.0]);
    assert_eq!((found.periods.len(), found.periods[0].end), (1, None));
    assert_eq!((found.files.len(), found.files[0].names.as_slice()), (1, ["s.csv".to_owned()].as_slice()));
    assert_eq!(found.files[0].media_types[0].value, "text/csv");
    assert_eq!(found.files[0].digests[0].pointer, "/@graph/4/spdx:checksumValue");
}

#[test]
fn references_are_found_in_every_notation() {
    let pinned = format!("oci://r.example.org/a@sha256:{}", "5a".repeat(32));
    for (text, found, is_pinned) in [
        (pinned.as_str(), true, true),
        ("oci://r.example.org/a:v1", true, false),
        (" OCI://r.example.org/a:v1\n", true, false),
        ("oci://r.example.org/a:v1 ?", true, false),
        ("docker://r.example.org/a:latest", true, false),
        ("oras://r.example.org/a:latest", true, false),
        ("it lies at oci://r.example.org/a:v1", false, false),
        ("https://example.org/a", false, false),
    ] {
        let item = json!({"type": "Feature", "links": [{"href": text}]});
        let tables = (&FieldTable::default(), &LabelTable::default());
        let references = describe(DocumentKind::Stac, &item, &Facts::default(), tables).references;
        let read = references.first().map(|reference| reference.digest.is_some());
        assert_eq!((read.is_some(), read == Some(true)), (found, is_pinned), "{text}");
    }
}

#[test]
fn hostile_documents_say_nothing() {
    for value in [
        json!(null),
        json!({"assets": [1], "properties": 7, "bbox": "x", "extent": {"spatial": {"bbox": [[]]}, "temporal": {"interval": [7]}}, "type": "Collection"}),
        json!({"outputs": {"a": [[{"files": [{"size": -1, "mediaType": "text"}]}]]}, "started_at": {}, "run_time": []}),
        json!({"@type": "dcat:Dataset", "dct:spatial": [null, {"dcat:bbox": 1}], "dct:temporal": "x", "dcat:distribution": [{"@id": "_:x"}]}),
        json!({"predicate": {"runDetails": 1}}),
    ] {
        for kind in
            [DocumentKind::Stac, DocumentKind::Dcat, DocumentKind::Prov, DocumentKind::RunManifest, DocumentKind::Slsa]
        {
            let found = describe(kind, &value, &Facts::default(), (&FieldTable::default(), &LabelTable::default()));
            assert!(found.extents.is_empty() && found.periods.is_empty(), "{kind:?} {value}");
        }
    }
}
