//! The kinds of documents in schemas are made from the list of the program.

use std::path::PathBuf;

use ocigate::evidence::DocumentKind;
use serde_json::Value;

/// The schemas, where in each the kinds stand, and whether with those that no predicate is of.
const SCHEMAS: [(&str, &str, bool); 2] = [
    ("input.v1.schema.json", "/$defs/document/properties/kind/enum", true),
    ("predicates.v1.schema.json", "/properties/types/additionalProperties/enum", false),
];

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schemas").join(name)
}

fn names(all: bool) -> Vec<&'static str> {
    let is_predicate = |kind: &DocumentKind| !matches!(kind, DocumentKind::Statement | DocumentKind::Unknown);
    DocumentKind::ALL.iter().filter(|kind| all || is_predicate(kind)).map(|kind| kind.name()).collect()
}

fn stated(text: &str, at: &str) -> Vec<String> {
    let schema: Value = serde_json::from_str(text).unwrap();
    let list = schema.pointer(at).and_then(Value::as_array).unwrap_or_else(|| panic!("no list at {at}"));
    list.iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

#[test]
fn schemas_know_every_kind() {
    for (name, at, all) in SCHEMAS {
        let text = std::fs::read_to_string(path(name)).unwrap();
        let help = "run: cargo test --test gate write_the_kinds -- --ignored";
        assert_eq!(stated(&text, at), names(all), "{name}: {help}");
    }
}

#[test]
#[ignore = "writes into the schemas"]
fn write_the_kinds() {
    for (name, at, all) in SCHEMAS {
        let text = std::fs::read_to_string(path(name)).unwrap();
        let old = stated(&text, at);
        // The only list that begins so.
        let begin = text.find(&format!("\"{}\",\n", old[0])).unwrap();
        let indent = &text[text[..begin].rfind('\n').unwrap()..begin];
        let list = |names: &[&str]| names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>();
        let separator = format!(",{indent}");
        let old: Vec<&str> = old.iter().map(String::as_str).collect();
        let written = text.replacen(&list(&old).join(&separator), &list(&names(all)).join(&separator), 1);
        std::fs::write(path(name), written).unwrap();
    }
}
