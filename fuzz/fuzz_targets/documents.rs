//! What the targets of documents share: a document is parsed, read and held against its schema, and every place that is
//! told of leads into it.

// Each target uses some of it.
#![allow(dead_code)]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use ocigate::dossier;
use ocigate::evidence::claims::{self, FieldTable, LabelTable, PayloadDocument};
use ocigate::evidence::{Content, DocumentKind, document};
use ocigate::oci::json::{ListElements, Lists, parse_outline, parse_strict};
use ocigate::oci::pointer::locate;
use serde_json::Value;

const DEPTH: usize = 64;

fn tables() -> &'static (FieldTable, LabelTable) {
    static TABLES: OnceLock<(FieldTable, LabelTable)> = OnceLock::new();
    TABLES.get_or_init(|| (FieldTable::bundled(), LabelTable::bundled()))
}

/// Reads the input as a document of this kind, whatever it says of itself, and as what it says it is.
pub fn check(kind: DocumentKind, data: &[u8]) {
    let Ok(content) = Content::parse(data, DEPTH, |_| kind) else { return };
    read(kind, &content, data);
    for own in document::recognise_content(content.value()).into_iter().filter(|own| *own != kind) {
        if let Ok(content) = content.clone().fit_for(own, data, DEPTH) {
            read(own, &content, data);
        }
    }
}

fn read(kind: DocumentKind, content: &Content, data: &[u8]) {
    let (prefix, part) = content.reading(data).part(kind.spec().in_statement);
    let (facts, defects) = dossier::read(kind, &part);
    let (fields, labels) = tables();
    let claims = claims::claims(kind, PayloadDocument::of(content.value(), kind), &facts, fields, labels);
    let named = facts.outputs.iter().chain(&facts.inputs).map(|named| &named.pointer);
    let stated = facts.run_ids.iter().map(|stated| &stated.pointer);
    let told = facts.faults.iter().chain(&defects).map(|fault| &fault.pointer);
    let within = named.chain(stated).chain(told).chain(&facts.subject_parts).map(|pointer| format!("{prefix}{pointer}"));
    // Claims are told with their place in the whole payload.
    for whole in within.chain(claims.iter().map(|claim| claim.pointer.clone())) {
        assert!(locate(data, &whole).is_some_and(|found| found.complete), "{whole:?} leads nowhere");
    }
}

const LISTS: Lists =
    Lists { within: &["predicate", "Data"], names: &["packages", "files", "relationships", "components"], kept: 1 };

/// What stays in the text is refused as the whole is, and put back it is the whole.
pub fn check_lists(data: &[u8]) {
    let (whole, outline) = (parse_strict(data, DEPTH), parse_outline(data, DEPTH, &LISTS));
    let (whole, outline) = match (whole, outline) {
        (Ok(whole), Ok(outline)) => (whole, outline),
        (whole, outline) => {
            assert_eq!(whole.err(), outline.err());
            return;
        }
    };
    let mut value = outline.value;
    for list in &outline.lists {
        let lists: RefCell<BTreeMap<String, Vec<Value>>> = RefCell::default();
        let elements = ListElements { text: data, depth: DEPTH, parent: &list.parent };
        let gone_through = elements.each(&[list.name], &mut |name, index, element| {
            let mut lists = lists.borrow_mut();
            let items = lists.entry(name.to_owned()).or_default();
            assert_eq!(items.len(), index);
            items.push(element);
        });
        assert_eq!(gone_through, Ok(()));
        let items = lists.into_inner().remove(list.name).unwrap_or_default();
        assert_eq!(items.len(), list.length);
        if let Some(place) = value.pointer_mut(&format!("{}/{}", list.parent, list.name)) {
            *place = Value::Array(items);
        }
    }
    assert_eq!(value, whole);
}
