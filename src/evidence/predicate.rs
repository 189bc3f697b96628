//! What an in-toto predicate type stands for (in-toto attestation framework, `spec/predicates`).
//!
//! The types that specifications name stand with their kind (`KindSpec::predicate_types`). Publishers have types of their
//! own, which are data (`policies/core/predicates.json`). For a signed statement the predicate type alone fixes the kind.

use std::sync::OnceLock;

use serde_json::Value;

use super::Class;
use super::kinds::DocumentKind;

/// Predicate types and their kinds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PredicateTable {
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    uri: String,
    prefix: bool,
    kind: DocumentKind,
}

impl PredicateTable {
    /// The table that is part of this program.
    pub fn bundled() -> Self {
        Self::shared().clone()
    }

    /// The same, read once.
    pub(super) fn shared() -> &'static PredicateTable {
        static TABLE: OnceLock<PredicateTable> = OnceLock::new();
        TABLE.get_or_init(|| {
            let file: Option<Value> = serde_json::from_str(include_str!("../../policies/core/predicates.json")).ok();
            let table = file.as_ref().and_then(|file| file.get("config")?.get("predicates"));
            // Cannot fail: a test reads the same text. With an empty table no predicate has a kind, so nothing
            // passes that should not.
            table.and_then(|table| PredicateTable::read(table).ok()).unwrap_or_default()
        })
    }

    /// Reads `data.config.predicates`: `{"types": {URI: kind}}`, where a URI that ends in `*` is a prefix. What it says of a
    /// type goes before what the kinds say.
    pub fn read(value: &Value) -> Result<Self, String> {
        let types = value.get("types").and_then(Value::as_object).ok_or("/types: expected an object, found none")?;
        let given = types.iter().map(|(uri, name)| {
            let kind = name.as_str().and_then(named);
            let kind = kind.ok_or_else(|| format!("/types: expected a kind of document for `{uri}`, found {name}"))?;
            Ok(Entry::new(uri, kind))
        });
        let mut entries = given.collect::<Result<Vec<_>, String>>()?;
        for kind in DocumentKind::ALL {
            entries.extend(kind.spec().predicate_types.iter().map(|uri| Entry::new(uri, *kind)));
        }
        Ok(PredicateTable { entries })
    }

    /// The kind of document that a predicate of this type is; an exact match goes before a prefix, a long
    /// prefix before a short one. A type that the table does not have is a mere [`DocumentKind::Statement`].
    pub fn kind(&self, uri: &str) -> DocumentKind {
        let exact = self.entries.iter().find(|entry| !entry.prefix && entry.uri == uri);
        let prefix = || {
            let matching = self.entries.iter().filter(|entry| entry.prefix && uri.starts_with(&entry.uri));
            // Of two that are as long, the first.
            matching.rev().max_by_key(|entry| entry.uri.len())
        };
        exact.or_else(prefix).map_or(DocumentKind::Statement, |entry| entry.kind)
    }

    /// The kind of document that a statement says its predicate is of.
    pub fn kind_of(&self, statement: &Value) -> DocumentKind {
        self.kind(statement.get("predicateType").and_then(Value::as_str).unwrap_or_default())
    }

    /// The class of what a predicate of this type says; [`Class::Other`] where the type is not known.
    pub fn class(&self, uri: &str) -> Class {
        self.kind(uri).class()
    }
}

impl Entry {
    fn new(uri: &str, kind: DocumentKind) -> Self {
        let (uri, prefix) = uri.strip_suffix('*').map_or((uri, false), |prefix| (prefix, true));
        Entry { uri: uri.to_owned(), prefix, kind }
    }
}

/// A kind that predicates can be of.
fn named(name: &str) -> Option<DocumentKind> {
    let is_own = |kind: &DocumentKind| !matches!(kind, DocumentKind::Statement | DocumentKind::Unknown);
    DocumentKind::from_name(name).filter(is_own)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn predicate_types_have_kinds() {
        let table = PredicateTable::bundled();
        for (uri, expected) in [
            ("https://slsa.dev/provenance/v0.2", DocumentKind::Slsa),
            ("https://slsa.dev/provenance/v1", DocumentKind::Slsa),
            ("https://slsa.dev/provenance/v1.1", DocumentKind::Slsa),
            ("https://slsa.dev/provenance/v10", DocumentKind::Statement),
            ("https://slsa.dev/provenance/v0.1", DocumentKind::Statement),
            ("https://slsa.dev/verification_summary/v1", DocumentKind::Vsa),
            ("https://openvex.dev/ns/v0.2.0", DocumentKind::Vex),
            ("http://www.w3.org/ns/dcat#", DocumentKind::Dcat),
            ("https://spdx.dev/Document/v3.0.1", DocumentKind::Spdx),
            ("https://spdx.dev/Document", DocumentKind::Spdx),
            ("https://spdx.dev/Document/v2.3", DocumentKind::Spdx),
            ("https://spdx.dev/Documents", DocumentKind::Statement),
            ("https://cyclonedx.org/bom", DocumentKind::CycloneDx),
            ("https://cyclonedx.org/bom/v1.6", DocumentKind::CycloneDx),
            ("http://www.w3.org/ns/prov#", DocumentKind::Prov),
            ("https://kfm.dev/attestations/run-manifest/v1", DocumentKind::RunManifest),
            ("https://schemas.stacspec.org/v1.0.0/item-spec/json-schema/item.json", DocumentKind::Stac),
            ("https://sigstore.dev/cosign/sign/v1", DocumentKind::Statement),
            ("", DocumentKind::Statement),
        ] {
            assert_eq!(table.kind(uri), expected, "{uri}");
        }
        assert_eq!(table.class("https://slsa.dev/provenance/v1"), Class::Provenance);
        assert_eq!(table.class("https://in-toto.io/attestation/vulns"), Class::Other);
    }

    #[test]
    fn a_wrong_table_is_refused_and_says_where() {
        for (value, expected) in [
            (json!([]), "/types: expected an object, found none"),
            (
                json!({"types": {"a": "slsa", "b": "salsa"}}),
                "/types: expected a kind of document for `b`, found \"salsa\"",
            ),
        ] {
            assert_eq!(PredicateTable::read(&value), Err(expected.to_owned()));
        }
    }
}
