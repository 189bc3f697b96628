use serde_json::{Value, json};

use super::*;

const A: &str = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
const B: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const C: &str = "sha256:2c1489df8c7f201e621386d8f5ddcbdc50e5f5a1c9dca6faee7727f4b333d194";
const HOST: &str = "registry.example.org";
const PATH: &str = "kfm/layers";

fn read(document: &Value) -> Pointer {
    Pointer::read("distribution.oci.json", serde_json::to_vec(document).unwrap(), &[], &Limits::default())
}

fn reference(digest: &str) -> String {
    format!("oci://{HOST}/{PATH}@{digest}")
}

/// Path and media type of each file.
fn files(pointer: &Pointer) -> Vec<(&str, Option<&str>)> {
    pointer
        .files
        .iter()
        .map(|file| (file.path.value.as_str(), file.media_type.as_ref().map(|stated| stated.value.as_str())))
        .collect()
}

fn referrers(pointer: &Pointer) -> Vec<(&'static str, String)> {
    pointer.referrers.iter().map(|named| (named.slot.name(), named.digest.to_string())).collect()
}

/// The nine shapes, each with the shapes it is read as, its files and its referrers.
fn shapes() -> Vec<(&'static str, Value, Vec<Shape>, Value, Value)> {
    let typed = json!([["soils.pmtiles", "application/vnd.pmtiles"]]);
    let three = json!([["provenance", C], ["sbom", B], ["signature", B]]);
    vec![
        (
            "subject",
            json!({"distribution": {"oci": {
                "subject": reference(A), "artifact_type": "application/vnd.kfm.layer.data.v1",
                "files": [{"path": "soils.pmtiles", "media_type": "application/vnd.pmtiles"}],
                "referrers": {"signature": reference(B), "provenance": reference(C), "sbom": [reference(B)]},
            }}}),
            vec![Shape::Subject],
            typed.clone(),
            three.clone(),
        ),
        (
            "catalogue snippet",
            json!({"distribution": {"oci": {
                "registry": HOST, "repository": PATH, "tag": "v1", "digest": A,
                "artifact_type": "application/vnd.kfm.layer.data.v1",
                "files": [{"name": "soils.pmtiles", "media_type": "application/vnd.pmtiles", "role": "data"}],
                "security": {"requires_cosign": true, "expected_signer": "release"},
            }}}),
            vec![Shape::Parts],
            typed.clone(),
            json!([]),
        ),
        (
            "STAC properties",
            json!({"type": "Feature", "properties": {
                "kfm:distribution": {"oci": {"registry": HOST, "repository": PATH, "tag": "v1", "digest": A,
                    "artifacts": [{"path": "soils.pmtiles", "mediaType": "application/vnd.pmtiles"}]}},
                "kfm:provenance_ref": format!("{}#referrers", reference(A)),
            }}),
            vec![Shape::Parts, Shape::Locator],
            typed.clone(),
            json!([]),
        ),
        (
            "bare digests",
            json!({"distribution": {"oci": {"registry": HOST, "repository": PATH, "digest": A, "tag": "v1",
                "referrers": {"prov": C, "sbom": B, "sig": B}}}}),
            vec![Shape::Parts],
            json!([]),
            json!([["provenance", C], ["sbom", B], ["signature", B]]),
        ),
        (
            "provenance beside",
            json!({"distribution": {"oci": {"registry": HOST, "repository": PATH, "digest": A,
                "files": [{"name": "soils.pmtiles", "mediaType": "application/vnd.pmtiles"}]}},
                "provenance_ref": reference(C)}),
            vec![Shape::Parts, Shape::Locator],
            typed.clone(),
            json!([["provenance", C]]),
        ),
        (
            "one flat key",
            json!({"distribution.oci": {"registry": HOST, "repository": PATH, "digest": A,
                "files": [{"path": "soils.pmtiles", "mediaType": "application/vnd.pmtiles"}]}}),
            vec![Shape::Flat],
            typed.clone(),
            json!([]),
        ),
        (
            "no referrers",
            json!({"registry": HOST, "repository": PATH, "tag": "v1", "digest": A,
                "files": [{"path": "soils.pmtiles", "media_type": "application/vnd.pmtiles"}]}),
            vec![Shape::Parts],
            typed.clone(),
            json!([]),
        ),
        (
            "DCAT",
            json!({"@type": "dcat:Dataset", "dcat:distribution": [{
                "dcat:accessURL": {"@id": reference(A)},
                "kfm:oci": {"repository": format!("{HOST}/{PATH}"), "digest": A,
                    "mediaType": "application/vnd.pmtiles", "signed": true}}]}),
            vec![Shape::Asset, Shape::Locator],
            json!([]),
            json!([]),
        ),
        (
            "STAC asset",
            json!({"assets": {"data": {"href": "https://api.example.org/soils", "type": "application/vnd.pmtiles",
                "kfm:oci": {"registry": HOST, "repository": PATH, "digest": A, "file": "soils.pmtiles"}}},
                "links": [{"href": "oci://registry.example.org/kfm/parent:v1"}]}),
            vec![Shape::Asset],
            typed,
            json!([]),
        ),
    ]
}

#[test]
fn nine_shapes_read_to_one_form() {
    for (case, document, shapes, expected_files, expected_referrers) in shapes() {
        let pointer = read(&document);
        assert_eq!(pointer.faults, [], "{case}");
        assert_eq!(pointer.unread, [], "{case}");
        let (repository, digest) = pointer.target().unwrap();
        assert_eq!((repository.to_string(), digest.to_string()), (format!("{HOST}/{PATH}"), A.to_owned()), "{case}");
        assert_eq!(pointer.shapes, shapes, "{case}");
        assert_eq!(json!(files(&pointer)), expected_files, "{case}");
        assert_eq!(json!(referrers(&pointer)), expected_referrers, "{case}");
        // Every place is there, and says what it is said to say.
        let subject = pointer.subject.as_ref().unwrap();
        let stated = document.pointer(&subject.pointer).and_then(Value::as_str).unwrap();
        assert!(stated.ends_with(A), "{case}: {}", subject.pointer);
        for file in &pointer.files {
            assert_eq!(document.pointer(&file.path.pointer), Some(&json!("soils.pmtiles")), "{case}");
        }
        // What is written of it reads back as the same.
        let written = Canonical::of(&pointer).unwrap();
        let again = Pointer::read("x", written.text().into_bytes(), &[], &Limits::default());
        assert!(again.is_canonical(), "{case}");
        assert_eq!(Canonical::of(&again).unwrap().value(), written.value(), "{case}");
    }
}

#[test]
fn what_shapes_add_is_read() {
    let all = shapes();
    let of = |name: &str| read(&all.iter().find(|(case, ..)| *case == name).unwrap().1);
    let snippet = of("catalogue snippet");
    assert_eq!(snippet.requires_signature.as_deref(), Some("/distribution/oci/security/requires_cosign"));
    assert_eq!(snippet.expected_signer.unwrap().value, "release");
    assert_eq!(snippet.tag.unwrap().value, "v1");
    assert_eq!(snippet.file_list.as_deref(), Some("/distribution/oci/files"));
    let dcat = of("DCAT");
    assert_eq!(dcat.requires_signature.as_deref(), Some("/dcat:distribution/0/kfm:oci/signed"));
    assert_eq!(dcat.media_types[0].value, "application/vnd.pmtiles");
    let written = Canonical::of(&of("catalogue snippet")).unwrap().value();
    assert_eq!(
        written["distribution"]["oci"]["security"],
        json!({"requires_cosign": true, "expected_signer": "release"})
    );
    let left_behind = Canonical::left_behind(&dcat);
    assert_eq!(left_behind.len(), 1, "{left_behind:?}");
    assert!(left_behind[0].starts_with("/dcat:distribution/0/kfm:oci/mediaType: "), "{left_behind:?}");
    // One asset of many is no list of all files.
    let asset = of("STAC asset");
    assert_eq!(asset.file_list, None);
    assert_eq!(Canonical::of(&asset).unwrap().files, []);
    assert!(Canonical::left_behind(&asset)[0].starts_with("/assets/data/kfm:oci/file: "));
}

/// Whether there is a fault of this code at this place that names this datum.
fn has_fault(pointer: &Pointer, place: &str, code: FaultCode, datum: &str) -> bool {
    pointer.faults.iter().any(|fault| fault.pointer == place && fault.code == code && fault.message.contains(datum))
}

/// A canonical pointer with one place changed.
fn changed(at: &str, value: Value) -> Value {
    let mut document = shapes().remove(0).1;
    let (parent, key) = at.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap()[key] = value;
    document
}

#[test]
fn placeholders_are_refused_by_name() {
    let subject = "/distribution/oci/subject";
    let signature = "/distribution/oci/referrers/signature";
    for (at, value, placeholder) in [
        (subject, format!("oci://{HOST}/{PATH}@sha256:REPLACE_ME"), "REPLACE_ME"),
        (subject, format!("oci://{HOST}/{PATH}@sha256:..."), "oci://registry.example.org/kfm/layers@sha256:..."),
        (subject, format!("oci://{HOST}/{PATH}@sha256:…"), "@sha256:…"),
        (subject, format!("oci://{HOST}/{PATH}@sha256:0123abcd..."), "0123abcd..."),
        (subject, format!("oci://{HOST}/{PATH}@sha256:{}", "a".repeat(64)), &"a".repeat(64)),
        (signature, format!("oci://{HOST}/{PATH}@sha256:SIGNATURE_DIGEST"), "SIGNATURE_DIGEST"),
        (signature, "__PIN_ME__".to_owned(), "__PIN_ME__"),
        (signature, "sha256:<digest>".to_owned(), "<digest>"),
        (signature, "sha256:${DIGEST}".to_owned(), "${DIGEST}"),
    ] {
        let pointer = read(&changed(at, json!(value)));
        let fault = pointer.faults.first().unwrap_or_else(|| panic!("{value} is taken"));
        assert_eq!((fault.pointer.as_str(), fault.code), (at, FaultCode::WrongValue), "{value}");
        assert!(fault.message.contains(placeholder), "{value}: {}", fault.message);
        assert_eq!(pointer.target().is_none(), at == subject, "{value}");
        assert_eq!(Canonical::of(&pointer), None, "{value}");
    }
}

#[test]
fn what_is_not_pinned_or_disagrees_is_a_fault() {
    use FaultCode::{Contradiction, Missing, OtherRepository, WrongType, WrongValue};
    let subject = "/distribution/oci/subject";
    let slot = "/distribution/oci/referrers/sbom";
    for (at, value, place, code, datum) in [
        (
            subject,
            json!(format!("oci://{HOST}/{PATH}:v1")),
            subject,
            WrongValue,
            "`oci://registry.example.org/kfm/layers:v1`",
        ),
        (
            subject,
            json!(format!("oci://{HOST}/{PATH}")),
            subject,
            WrongValue,
            "`oci://registry.example.org/kfm/layers`",
        ),
        (subject, json!("https://example.org/x"), subject, WrongValue, "https://"),
        (subject, json!("oci-layout:x"), subject, WrongValue, "`oci-layout:x`"),
        (subject, json!(5), subject, WrongType, ""),
        (slot, json!("sha256:abc"), slot, WrongValue, "`sha256:abc`"),
        (slot, json!({"digest": A}), slot, WrongType, "sbom"),
        (slot, json!(["x"]), "/distribution/oci/referrers/sbom/0", WrongValue, "sbom"),
        (slot, json!(format!("oci://{HOST}/kfm/sboms@{B}")), slot, OtherRepository, "registry.example.org/kfm/sboms"),
        ("/distribution/oci/files", json!("x"), "/distribution/oci/files", WrongType, ""),
        (
            "/distribution/oci/files",
            json!([{"path": "a", "size": 1.5}]),
            "/distribution/oci/files/0/size",
            WrongValue,
            "1.5",
        ),
        ("/distribution/oci/files", json!([{}]), "/distribution/oci/files/0", Missing, "`path`"),
        ("/distribution/oci/digest", json!(B), "/distribution/oci/digest", Contradiction, B),
        ("/distribution/oci/artifact_type", json!(1), "/distribution/oci/artifact_type", WrongType, ""),
        ("/provenance_ref", json!(format!("{}#referrers", reference(B))), "/provenance_ref", Contradiction, B),
        (
            "/kfm:oci",
            json!({"repository": format!("{HOST}/kfm/other"), "digest": A}),
            "/kfm:oci/repository",
            Contradiction,
            "registry.example.org/kfm/other",
        ),
    ] {
        let pointer = read(&changed(at, value.clone()));
        assert!(
            has_fault(&pointer, place, code, datum),
            "{at} {value}: expected {code:?} {datum:?} at {place} in {:#?}",
            pointer.faults
        );
    }
}

#[test]
fn no_mention_hides() {
    let other = json!({"repository": format!("{HOST}/{PATH}"), "digest": B});
    let address = json!({"@id": reference(B)});
    let oci = shapes().remove(0).1["distribution"]["oci"].clone();
    for document in [
        json!({"distribution": [{"oci": oci}, {"oci": other}]}),
        json!({"distribution": {"oci": oci, "more": {"kfm:oci": [other]}}}),
        json!({"distribution": {"oci": oci}, "repository": format!("{HOST}/{PATH}"), "digest": B}),
        json!({"distribution": {"oci": oci}, "http://www.w3.org/ns/dcat#accessURL": [address]}),
        json!({"distribution": {"oci": oci}, "assets": {"a": {"alternate": {"oci": {"href": reference(B)}}}}}),
        json!({"distribution": {"oci": [oci, reference(B)]}}),
        json!({"distribution": {"oci": oci}, "dcat:accessURL": {"@type": "xsd:anyURI", "@value": reference(B)}}),
        json!({"distribution": {"oci": oci}, "dcat:accessURL": {"@set": [{"@list": [{"@id": reference(B)}]}]}}),
        json!({"distribution": {"oci": oci}, "dcat:accessURL": [[reference(B)]]}),
        json!({"distribution": {"oci": oci}, "dcat:accessURL": {"@id": "urn:x", "kfm:oci": other}}),
        json!({"distribution": {"oci": oci}, "dcat:accessURL": format!(" {} ", reference(B))}),
        json!({"distribution": {"oci": oci}, "dcat:accessURL": reference(B).replace("oci:", "OCI:")}),
        json!({"distribution": {"oci": oci}, "dcat:accessURL": reference(B).replace("oci:", "docker:")}),
        json!({"distribution": {"oci": oci}, "dcat:accessURL": reference(B).replace("oci:", "oras:")}),
        json!({"distribution": {"oci": oci}, "kfm:provenance_ref": [[format!("{}#referrers", reference(B))]]}),
    ] {
        let pointer = read(&document);
        assert_eq!(pointer.target(), None, "{document}");
        assert!(pointer.faults.iter().any(|fault| fault.code == FaultCode::Contradiction), "{document}");
        // The place is there.
        for fault in &pointer.faults {
            assert!(document.pointer(&fault.pointer).is_some(), "{document}: {}", fault.pointer);
        }
    }
    // The same artifact in another spelling is no other one.
    let spelt = reference(A).replace("oci:", "Docker:");
    assert_eq!(read(&json!({"distribution": {"oci": oci}, "accessURL": [{"@value": spelt}]})).faults, []);
    let mut nothing = vec![Value::Null; 10_001];
    nothing.push(json!(reference(B)));
    let pointer = read(&json!({"distribution": {"oci": oci}, "dcat:accessURL": nothing}));
    assert!(pointer.faults.iter().any(|fault| fault.code == FaultCode::Contradiction));
}

#[test]
fn what_an_asset_says_of_its_file_is_read_or_a_fault() {
    let hex = &B["sha256:".len()..];
    let asset = |name: &str, value: Value| {
        let mut asset = json!({"href": "https://api.example.org/soils",
            "kfm:oci": {"repository": format!("{HOST}/{PATH}"), "digest": A, "file": "soils.pmtiles"}});
        asset[name] = value;
        read(&json!({"assets": {"data": asset}}))
    };
    for (name, value, datum) in [
        ("file:size", json!(4096.5), "4096.5"),
        ("file:size", json!("4096"), "\"4096\""),
        ("file:size", json!(-1), "-1"),
        ("file:checksum", json!("REPLACE_ME"), "\"REPLACE_ME\""),
        ("file:checksum", json!(5), "5"),
        ("file:checksum", json!(format!("1220{}", &hex[1..])), "sha256"),
        ("file:checksum", json!(B), B),
    ] {
        let pointer = asset(name, value.clone());
        let [fault] = pointer.faults.as_slice() else { panic!("{value}: {:?}", pointer.faults) };
        assert_eq!((&fault.pointer, fault.code), (&format!("/assets/data/{name}"), FaultCode::WrongValue), "{value}");
        assert!(fault.message.contains(datum), "{value}: {}", fault.message);
    }
    let file = |pointer: Pointer| {
        assert_eq!(pointer.faults, []);
        pointer.files.into_iter().next().unwrap()
    };
    for text in [format!("1220{hex}"), format!("1220{hex}").to_uppercase()] {
        assert_eq!(file(asset("file:checksum", json!(text))).digest.unwrap().value.to_string(), B, "{text}");
    }
    let long = "ab".repeat(64);
    let digest = file(asset("file:checksum", json!(format!("1340{long}")))).digest.unwrap().value;
    assert_eq!(digest.to_string(), format!("sha512:{long}"));
    assert_eq!(file(asset("file:size", json!(7))).size.unwrap().value, 7);
    // A checksum of an algorithm that is not computed here is told.
    let pointer = asset("file:checksum", json!(format!("1114{}", "ab".repeat(20))));
    assert_eq!((pointer.faults.len(), pointer.unread[0].pointer.as_str()), (0, "/assets/data/file:checksum"));
}

#[test]
fn a_repository_that_was_not_expected_is_a_fault() {
    let expected = |text: &str| text.parse::<Repository>().unwrap();
    let mut pointer = read(&shapes()[0].1);
    pointer.expect(&[expected("registry.example.org/kfm/layers")]);
    assert!(pointer.faults.is_empty() && pointer.target().is_some());
    pointer.expect(&[expected("registry.example.org/kfm/tiles")]);
    assert_eq!(pointer.faults[0].code, FaultCode::OtherRepository);
    assert!(pointer.faults[0].message.contains("registry.example.org/kfm/tiles"), "{:?}", pointer.faults);
    assert_eq!(pointer.target(), None);
}

/// As catalogues keep it by hand.
const SNIPPET: &str = "\
# Soils, promoted by hand.
distribution:
  oci:
    registry: registry.example.org
    repository: kfm/layers
    tag: v1
    digest: sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a
    artifact_type: application/vnd.kfm.layer.data.v1
    files:
      - name: soils.pmtiles
        media_type: application/vnd.pmtiles
        role: data
    security: {requires_cosign: true, expected_signer: release}
";

#[test]
fn yaml_reads_as_json_does() {
    let limits = Limits::default();
    let (_, document, ..) = shapes().into_iter().find(|(name, ..)| *name == "catalogue snippet").unwrap();
    let by_json = read(&document);
    let by_yaml = Pointer::read("soils.yaml", SNIPPET.as_bytes().to_vec(), &[], &limits);
    assert_eq!(by_json.faults, []);
    let same =
        |pointer: Pointer| Pointer { name: String::new(), digest: A.parse().unwrap(), bytes: Vec::new(), ..pointer };
    assert_eq!(same(by_yaml), same(by_json));
    let long = format!("{SNIPPET}# {}\n", "x".repeat(YAML_BYTES));
    let long = Pointer::read("soils.yaml", long.into_bytes(), &[], &limits);
    assert!(has_fault(&long, "", FaultCode::Unreadable, "262144"), "{:?}", long.faults);
    // By its name only: nobody guesses.
    let by_name = Pointer::read("soils.json", SNIPPET.as_bytes().to_vec(), &[], &limits);
    assert!(has_fault(&by_name, "", FaultCode::Unreadable, "JSON"), "{:?}", by_name.faults);
}

#[test]
fn yaml_is_read_strictly() {
    use FaultCode::{Unreadable, WrongType, WrongValue};
    for (from, to, place, code, datum) in [
        ("    tag: v1\n", "    digest: sha256:00\n", "", Unreadable, "YAML"),
        ("requires_cosign: true", "requires_cosign: yes", "/distribution/oci/security/requires_cosign", WrongType, ""),
        ("tag: v1", "tag: 1.10", "/distribution/oci/tag", WrongType, ""),
        ("registry: registry", "<<: [\n", "", Unreadable, "YAML"),
        ("registry.example.org", "&host [registry.example.org]", "/distribution/oci/registry", WrongType, ""),
        ("distribution:", "---\na: 1\n---\ndistribution:", "", Unreadable, "YAML"),
        ("sha256:44136fa3", "REPLACE_ME44136fa3", "/distribution/oci/digest", WrongValue, "REPLACE_ME"),
    ] {
        let text = SNIPPET.replacen(from, to, 1);
        assert_ne!(text, SNIPPET, "{to}");
        let pointer = Pointer::read("soils.yml", text.into_bytes(), &[], &Limits::default());
        assert!(has_fault(&pointer, place, code, datum), "{to}: {:?}", pointer.faults);
    }
}

#[test]
fn what_is_no_pointer_says_so() {
    let limits = Limits::default();
    use FaultCode::{Missing, Unreadable, WrongType, WrongValue};
    for (text, place, code, datum) in [
        ("", "", Unreadable, "JSON"),
        ("{\"a\": 1, \"a\": 2}", "", Unreadable, "\"a\""),
        ("{}", "", Missing, "`distribution.oci.subject`"),
        ("[1, [2], \"x\"]", "", Missing, "`distribution.oci.subject`"),
        // An in-toto statement has subjects too.
        ("{\"subject\": []}", "", Missing, "`distribution.oci.subject`"),
        ("{\"distribution\": {\"oci\": 5}}", "/distribution/oci", WrongType, "`subject`"),
        ("{\"distribution\": {\"oci\": \"x\"}}", "/distribution/oci", WrongValue, "`oci://HOST/REPOSITORY@sha256:"),
        ("{\"distribution\": {\"oci\": {}}}", "/distribution/oci", Missing, "`repository`"),
        ("{\"digest\": null, \"repository\": null}", "", Missing, "`repository`"),
    ] {
        let pointer = Pointer::read("x", text.as_bytes().to_vec(), &[], &limits);
        assert!(has_fault(&pointer, place, code, datum), "{text}: {:?}", pointer.faults);
        assert_eq!(pointer.target(), None, "{text}");
    }
}

#[test]
fn a_misspelt_field_is_told() {
    let pointer = read(&changed("/distribution/oci/referrers/signatrue", json!(B)));
    assert_eq!(pointer.unread[0].pointer, "/distribution/oci/referrers/signatrue");
    assert!(pointer.faults.is_empty());
}

/// What bytes may be put in the place of others.
const BYTES: &[u8] = b"\"{}[],:0\\ n\xff";

#[test]
fn no_text_makes_the_reader_panic() {
    let limits = Limits::default();
    let canonical = Canonical::of(&read(&shapes()[0].1)).unwrap();
    let catalogues = [
        json!({"stac_version": "1.0.0", "assets": {"soils.pmtiles": {"href": "x", "alternate": {"oci": {}}}}}),
        json!({"@type": "Dataset", "distribution": [{"title": "soils.pmtiles", "accessURL": [reference(B)]}]}),
        json!({"@graph": [{"@type": "prov:Entity", "prov:wasGeneratedBy": "a", "prov:atLocation": reference(B)}]}),
    ];
    for document in shapes().into_iter().map(|(_, document, ..)| document).chain(catalogues) {
        let text = serde_json::to_vec(&document).unwrap();
        for at in (0..text.len()).step_by(4) {
            let cut = Pointer::read("x", text[..at].to_vec(), &[], &limits);
            assert_eq!(cut.target(), None);
            for byte in BYTES {
                let mut changed = text.clone();
                changed[at] = *byte;
                let pointer = Pointer::read("x", changed.clone(), &[], &limits);
                let _ = Canonical::left_behind(&pointer);
                if let Ok(text) = std::str::from_utf8(&changed) {
                    let _ = put(text, &canonical, &limits);
                }
            }
        }
    }
}

#[test]
fn deep_and_long_files_are_bounded() {
    let limits = Limits::default();
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    let deep = Pointer::read("x", deep.into_bytes(), &[], &limits);
    let levels = limits.json_depth.to_string();
    assert!(has_fault(&deep, "", FaultCode::Unreadable, &levels), "{:?}", deep.faults);
    let many: Vec<Value> = (0..10_001).map(|_| json!({"href": reference(A)})).collect();
    let pointer = read(&json!({"assets": many}));
    assert!(has_fault(&pointer, "", FaultCode::TooMany, "10000"), "{:?}", pointer.faults);
    for start in ["x", "registry.example.org/A", "registry.example.org/a@", "registry.example.org/a@sha256:x"] {
        let long = read(&changed("/distribution/oci/subject", json!(format!("{start}{}", "x".repeat(1_000_000)))));
        assert!(long.faults[0].message.len() < 1000, "{}", long.faults[0].message.len());
    }
}

#[test]
fn references_that_were_put_are_put_again_without_a_change() {
    let files = [("soils.pmtiles", 7), ("b.tif", 9)];
    let list: Vec<Value> = files.iter().map(|(path, size)| json!({"path": path, "size": size, "digest": B})).collect();
    let canonical = Canonical::of(&read(&changed("/distribution/oci/files", json!(list)))).unwrap();
    let limits = Limits::default();
    for address in [
        json!("soils.pmtiles"),
        json!({"@id": "https://x.example/soils.pmtiles"}),
        json!({"@value": "soils.pmtiles", "@type": "xsd:anyURI"}),
        json!(["soils.pmtiles", {"@value": "oci://REPLACE_ME"}]),
    ] {
        let document = json!({"@type": "dcat:Dataset", "dcat:distribution": [{"@type": "dcat:Distribution",
            "dcat:accessURL": address}, {"@type": "dcat:Distribution", "dct:title": "x"}]});
        let once = put(&document.to_string(), &canonical, &limits).unwrap();
        assert!(once.contains(&reference(A)) && !once.contains("REPLACE_ME"), "{once}");
        assert_eq!(put(&once, &canonical, &limits), Ok(once));
    }
}

/// M6: two members of one meaning agree, or nobody knows which of them a reader takes.
#[test]
fn two_spellings_of_one_field_agree_or_fail() {
    let with = |members: Value| {
        let mut block = json!({"subject": reference(A)});
        block.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        read(&json!({"distribution": {"oci": block}}))
    };
    let file = |members: Value| {
        let mut entry = json!({"path": "data/soils.pmtiles"});
        entry.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        with(json!({"files": [entry]}))
    };
    let hex = |digest: &str| digest.trim_start_matches("sha256:").to_owned();
    let entry = "/distribution/oci/files/0";
    for (pointer, place) in [
        (file(json!({"digest": A, "sha256": hex(B)})), format!("{entry}/sha256")),
        (file(json!({"size": 1, "size_bytes": 2})), format!("{entry}/size_bytes")),
        (file(json!({"media_type": "a/b", "type": "a/c"})), format!("{entry}/type")),
        (file(json!({"mediaType": "a/b", "media_type": "a/c"})), format!("{entry}/media_type")),
        (file(json!({"name": "other.pmtiles"})), format!("{entry}/path")),
        (with(json!({"artifact_type": "a/b", "artifactType": "a/c"})), "/distribution/oci/artifact_type".to_owned()),
        (
            with(json!({"expected_signer": "a", "security": {"expected_signer": "b"}})),
            "/distribution/oci/security/expected_signer".to_owned(),
        ),
    ] {
        let told: Vec<_> = pointer.faults.iter().map(|fault| (fault.code, fault.pointer.clone())).collect();
        assert_eq!(told, [(FaultCode::Contradiction, place)]);
    }
    for pointer in [
        file(json!({"digest": A, "sha256": hex(A)})),
        file(json!({"size": 1, "size_bytes": 1, "mediaType": "a/b", "media_type": "a/b"})),
        file(json!({"name": "soils.pmtiles", "file": "data/soils.pmtiles"})),
        with(json!({"expected_signer": "a", "security": {"expected_signer": "a"}})),
    ] {
        assert_eq!(pointer.faults, []);
    }
    // Who ignores case reads the other.
    let beside = json!({"distribution": {"oci": {"subject": reference(A)}, "Oci": {"subject": reference(B)}}});
    let told: Vec<_> = read(&beside).faults.iter().map(|fault| (fault.code, fault.pointer.clone())).collect();
    assert_eq!(told, [(FaultCode::UnknownField, "/distribution/Oci".to_owned())]);
}
