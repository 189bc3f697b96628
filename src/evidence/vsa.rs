//! SLSA verification summaries (`https://slsa.dev/verification_summary/v1`): that somebody else has verified a thing.
//! Recognised so that one is shown by its name; another's verdict satisfies no rule here.

use serde_json::Value;

use super::Class;
use super::frame::StatementPart;
use super::spec::{KindSpec, OwnWords, no_description, no_inputs, no_packages, no_schema, whole_tree};
use super::statement;

/// What this kind is.
pub const KIND: KindSpec = KindSpec {
    name: "vsa",
    class: Class::Other,
    marks: recognise,
    marks_beside: recognise,
    media_words: &[],
    predicate_types: &[
        "https://slsa.dev/verification_summary/v0.2",
        "https://slsa.dev/verification_summary/v1",
        "https://slsa.dev/verification_summary/v1.*",
    ],
    in_statement: StatementPart::Whole,
    schema: no_schema,
    is_streamed: whole_tree,
    facts: statement::subjects_of,
    own_words: OwnWords::Nothing,
    inputs: no_inputs,
    describe: no_description,
    packages: no_packages,
    refers: true,
};

/// Whether the value is the predicate of a verification summary (a statement is known by its type).
fn recognise(value: &Value) -> bool {
    let has = |key: &str| value.get(key).is_some();
    has("verifier") && has("resourceUri") && has("policy") && (has("verificationResult") || has("verification_result"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_summary_has_a_verifier_and_a_result() {
        // After the example of the specification.
        let value = json!({
            "verifier": {"id": "https://example.com/publication_verifier"}, "timeVerified": "1985-04-12T23:20:50.52Z",
            "resourceUri": "https://example.com/example-1.2.3.tar.gz", "policy": {"uri": "https://example.com/a.policy"},
            "verificationResult": "PASSED", "verifiedLevels": ["SLSA_BUILD_LEVEL_3"], "slsaVersion": "1.0",
        });
        assert!(recognise(&value));
        assert!(!recognise(&json!({"verifier": {}, "policy": {}})));
        assert!(!recognise(&json!(null)));
    }
}
