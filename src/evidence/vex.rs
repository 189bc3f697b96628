//! VEX: what is said of vulnerabilities of a thing. Recognised so that it is shown by its name and is not taken for
//! an SBOM; no rule reads it.
//!
//! OpenVEX by its context; CSAF 2 by `document.category` (profile 5); CycloneDX where it lists vulnerabilities and no
//! components.

use serde_json::Value;

use super::Class;
use super::frame::StatementPart;
use super::spec::{KindSpec, OwnWords, no_description, no_inputs, no_packages, no_schema, whole_tree};
use super::statement;

/// What this kind is.
pub const KIND: KindSpec = KindSpec {
    name: "vex",
    class: Class::Other,
    marks: recognise,
    marks_beside: recognise,
    media_words: &[],
    predicate_types: &["https://openvex.dev/ns", "https://openvex.dev/ns/v*"],
    in_statement: StatementPart::Whole,
    schema: no_schema,
    is_streamed: whole_tree,
    facts: statement::subjects_of,
    own_words: OwnWords::Nothing,
    inputs: no_inputs,
    describe: no_description,
    packages: no_packages,
    refers: false,
};

/// Whether the value is a VEX document of any form.
fn recognise(value: &Value) -> bool {
    is_openvex(value) || is_csaf(value) || is_cyclonedx(value)
}

fn is_openvex(value: &Value) -> bool {
    let context = value.get("@context").and_then(Value::as_str).unwrap_or_default();
    context.starts_with("https://openvex.dev/ns")
}

fn is_csaf(value: &Value) -> bool {
    let document = value.get("document");
    let of = |key: &str| document.and_then(|document| document.get(key)).and_then(Value::as_str);
    of("csaf_version").is_some() && of("category") == Some("csaf_vex")
}

fn is_cyclonedx(value: &Value) -> bool {
    let listed = |key: &str| value.get(key).and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    value.get("bomFormat").is_some_and(Value::is_string) && listed("vulnerabilities") && !listed("components")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn vex_is_recognised_in_its_three_forms() {
        let cyclonedx = json!({"bomFormat": "CycloneDX", "specVersion": "1.5", "vulnerabilities": [{"id": "CVE-2021-44228",
            "analysis": {"state": "not_affected"}, "affects": [{"ref": "urn:cdx:a/1#b"}]}]});
        let mut sbom = cyclonedx.clone();
        sbom["components"] = json!([{"type": "library", "name": "zlib"}]);
        for value in [
            json!({"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/vex-1", "author": "a",
                "timestamp": "2026-01-08T18:02:03Z", "version": 1, "statements": [
                {"vulnerability": {"name": "CVE-2023-12345"}, "products": [{"@id": "pkg:apk/a"}], "status": "fixed"}]}),
            json!({"document": {"category": "csaf_vex", "csaf_version": "2.0", "title": "x"}, "vulnerabilities": []}),
            cyclonedx,
        ] {
            assert!(recognise(&value), "{value}");
        }
        for value in [
            json!({"document": {"category": "csaf_security_advisory", "csaf_version": "2.0"}}),
            json!({"bomFormat": "CycloneDX", "specVersion": "1.5"}),
            json!({"@context": "https://example.org/openvex.dev/ns"}),
            sbom,
            json!([]),
        ] {
            assert!(!recognise(&value), "{value}");
        }
    }
}
