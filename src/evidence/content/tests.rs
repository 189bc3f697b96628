//! What is read from the text says the same as the whole tree.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;
use crate::evidence::Facts;
use crate::evidence::document::facts_of;
use crate::fault::FaultCode;

const A: &str = "aaaaf5b8a4c5b9c2f1d0e3a798b6c5d4e3f2a1b0c9d8e7f60516273849506172";

fn long(element: impl Fn(usize) -> Value) -> Value {
    (0..150).map(element).collect()
}

/// Each list longer than is kept, and what is described at its end.
fn spdx() -> Value {
    json!({
        "spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "soils", "dataLicense": "CC0-1.0",
        "documentNamespace": "https://example.org/soils",
        "creationInfo": {"created": "2026-11-02T08:12:00Z", "creators": ["Organization: team"]},
        "packages": long(|number| json!({
            "SPDXID": format!("SPDXRef-{number}"), "name": format!("p{number}"), "downloadLocation": "NONE",
            "licenseConcluded": format!("LicenseRef-{number}"), "versionInfo": if number % 2 == 0 { "1" } else { "" },
            "checksums": [{"algorithm": "SHA256", "checksumValue": A}],
        })),
        "files": long(|number| json!({"SPDXID": format!("SPDXRef-f{number}"), "fileName": "f", "checksums": []})),
        "relationships": long(|number| json!({
            "spdxElementId": if number < 140 { "SPDXRef-1" } else { "SPDXRef-DOCUMENT" },
            "relationshipType": "DESCRIBES",
            "relatedSpdxElement": match number { 149 => "SPDXRef-f149".to_owned(), 148 => "SPDXRef-gone".to_owned(), _ => format!("SPDXRef-{number}") },
        })),
    })
}

fn cyclonedx() -> Value {
    json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {"component": {"type": "data", "name": "soils", "hashes": [{"alg": "SHA-256", "content": A}]}},
        "components": long(|number| json!({"type": "library", "name": format!("c{number}"),
            "licenses": [{"license": {"id": format!("L{number}")}}], "components": [{"type": "file", "name": "inner"}]})),
        "dependencies": long(|number| json!({"ref": number.to_string()})),
        "vulnerabilities": long(|number| json!({"id": number})),
    })
}

/// Parses as documents are, and says what was shown of what is not in the tree.
fn read(kind: DocumentKind, value: &Value) -> (Facts, BTreeSet<(String, String)>, Content) {
    let text = value.to_string();
    let content = Content::parse(text.as_bytes(), 64, |_| kind).unwrap();
    let shown = RefCell::new(BTreeSet::new());
    let seen = |list: &str, at: &DocumentValue<'_>| {
        // Pointers begin at the document, as those of its schema do.
        assert_eq!(kind.spec().in_statement.of(value).1.pointer(&at.pointer()), Some(at.value));
        shown.borrow_mut().insert((list.to_owned(), at.pointer()));
    };
    let facts = facts_of(kind, &content.reading(text.as_bytes()).observed(&seen));
    assert_eq!(content.whole(text.as_bytes()).unwrap(), *value);
    (facts, shown.into_inner(), content)
}

#[test]
fn the_text_says_what_the_tree_says() {
    let within = |predicate: Value| {
        let statement = json!({"_type": "https://in-toto.io/Statement/v1", "predicateType": "x", "subject": []});
        let (mut direct, mut wrapped) = (statement.clone(), statement);
        direct["predicate"] = predicate.clone();
        wrapped["predicate"] = json!({"Data": predicate});
        [direct, wrapped]
    };
    for (kind, document, lists) in [(DocumentKind::Spdx, spdx(), 3), (DocumentKind::CycloneDx, cyclonedx(), 2)] {
        for value in within(document.clone()).iter().chain([&document]) {
            let (facts, _, content) = read(kind, value);
            assert!(!content.lists.is_empty());
            assert_eq!(facts, facts_of(kind, &Reading::of(value)));
            assert!(!facts.outputs.is_empty());
        }
        let (_, shown, _) = read(kind, &document);
        let lists_shown: BTreeSet<&str> = shown.iter().map(|(list, _)| list.as_str()).collect();
        assert_eq!((lists_shown.len(), shown.len()), (lists, lists * 150));
    }
    // What is missing is told with its place, at the end of a long list.
    let (facts, _, _) = read(DocumentKind::Spdx, &spdx());
    assert_eq!(facts.faults[0].pointer, "/relationships/148/relatedSpdxElement");
    assert_eq!(facts.outputs.len(), 8);
}

#[test]
fn whatever_no_reader_goes_through_is_a_tree() {
    let labels = long(|number| json!({"kfm:sensitivity": number}));
    for (kind, value) in [
        (DocumentKind::Unknown, json!({"packages": labels})),
        (DocumentKind::Stac, json!({"bomFormat": "CycloneDX", "components": labels})),
        // A list of that name in another place is not the SBOM's.
        (DocumentKind::Spdx, json!({"spdxVersion": "SPDX-2.3", "predicate": {"packages": labels}})),
        // Nothing says that this is an SBOM but its media type.
        (DocumentKind::Spdx, json!({"packages": labels})),
        (
            DocumentKind::Statement,
            json!({"_type": "https://in-toto.io/Statement/v1", "predicate": {"spdxVersion": "x", "files": labels}}),
        ),
    ] {
        let text = value.to_string();
        let content = Content::parse(text.as_bytes(), 64, |_| kind).unwrap();
        assert_eq!((content.value(), content.lists.len()), (&value, 0));
    }
}

#[test]
fn another_text_is_no_answer() {
    let text = spdx().to_string();
    let content = Content::parse(text.as_bytes(), 64, |_| DocumentKind::Spdx).unwrap();
    let facts = facts_of(DocumentKind::Spdx, &content.reading(b"[]"));
    assert!(facts.faults.iter().any(|fault| fault.code == FaultCode::Unreadable));
}
