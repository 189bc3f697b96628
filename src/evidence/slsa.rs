//! SLSA provenance v0.2 (slsa.dev/spec/v0.2/provenance) and v1 (slsa.dev/spec/v1.0/provenance): a statement
//! whose subjects were built, from which materials, by whom.
//!
//! Outputs are the statement's subjects; inputs are `materials` (v0.2) and `resolvedDependencies` (v1). What
//! a predicate must have is in the schemas `slsa-provenance-v0.2` and `slsa-provenance-v1`.

use serde_json::Value;

use super::description::said::Description;
use super::description::time::{Period, PeriodKind};
use super::document::reading::{DigestList, DocumentValue, digest_by, digests_within};
use super::frame::StatementPart;
use super::spec::{KindSpec, OwnWords, no_packages, whole_tree};
use super::{Class, Facts, StatedText, statement};

/// What this kind is.
pub const KIND: KindSpec = KindSpec {
    name: "slsa",
    class: Class::Provenance,
    marks: recognise,
    marks_beside: recognise,
    media_words: &["slsa"],
    predicate_types: &[
        "https://slsa.dev/provenance/v0.2",
        "https://slsa.dev/provenance/v1",
        "https://slsa.dev/provenance/v1.*",
    ],
    in_statement: StatementPart::Whole,
    schema,
    is_streamed: whole_tree,
    facts: |document| facts(document.value()),
    own_words: OwnWords::Nothing,
    inputs: dependencies,
    describe,
    packages: no_packages,
    refers: true,
};

/// Whether the value is a bare SLSA predicate that lost its statement. It names no subject, so it vouches for
/// nothing, but its schema can say so. Statements are recognised by their predicate type.
fn recognise(value: &Value) -> bool {
    let has = |key: &str| value.get(key).is_some();
    has("buildDefinition") && has("runDetails") || has("buildType") && has("builder")
}

/// The facts of a statement with an SLSA predicate.
fn facts(value: &Value) -> Facts {
    let root = DocumentValue::new(value, "");
    // A bare predicate has no statement around it.
    let predicate = if recognise(value) { Some(root.clone()) } else { root.get("predicate") };
    let Some(predicate) = predicate else { return statement::facts(value) };
    let dependencies = predicate.path(&["buildDefinition", "resolvedDependencies"]);
    let runs: [&[&str]; 2] = [&["metadata", "buildInvocationId"], &["runDetails", "metadata", "invocationId"]];
    let mut inputs = DigestList::default();
    for input in predicate.list("materials").chain(dependencies.into_iter().flat_map(|at| at.items())) {
        digests(&input, &mut inputs);
    }
    let mut facts = statement::facts(value);
    facts.inputs = inputs.finish(&mut facts.faults);
    facts.run_ids = runs.iter().filter_map(|path| predicate.path(path)).filter_map(text).collect();
    facts
}

/// The digests of one material or resource descriptor (in-toto `spec/v1/resource_descriptor.md`).
fn digests(input: &DocumentValue<'_>, found: &mut DigestList) {
    let name = input.first_text(&["uri", "name"]);
    let mut stated = false;
    for (algorithm, hex) in input.get("digest").iter().flat_map(DocumentValue::members) {
        let digest = hex.text().and_then(|text| digest_by(algorithm, text));
        stated |= digest.is_some();
        found.add(&hex, digest, name);
    }
    if let Some(uri) = input.get("uri").filter(|_| !stated) {
        found.add(&uri, digests_within(uri.text().unwrap_or_default()), name);
    }
}

fn text(at: DocumentValue<'_>) -> Option<StatedText> {
    at.text().and_then(|_| at.stated())
}

/// The schema of its version.
fn schema(value: &Value) -> Option<&'static str> {
    let predicate_type = value.get("predicateType").and_then(Value::as_str).unwrap_or_default();
    Some(match predicate_type.ends_with("/v0.2") || value.get("buildType").is_some() {
        true => "slsa-provenance-v0.2",
        false => "slsa-provenance-v1",
    })
}

/// What went into the build.
fn dependencies<'a>(root: &DocumentValue<'a>, _: &'a Facts) -> Vec<DocumentValue<'a>> {
    let v1 = root.path(&["predicate", "buildDefinition", "resolvedDependencies"]);
    let v0 = root.path(&["predicate", "materials"]);
    v1.or(v0).map(|at| at.items().collect()).unwrap_or_default()
}

/// SLSA provenance v0.2 and v1: the time of the build.
fn describe(root: &DocumentValue<'_>, _: &Facts, description: &mut Description) {
    let predicate = root.get("predicate").unwrap_or_else(|| root.clone());
    let stated = |keys: &[&str]| predicate.path(keys).and_then(|at| at.stated());
    let either = |v1: &[&str], v0: &[&str]| stated(v1).or_else(|| stated(v0));
    let start = either(&["runDetails", "metadata", "startedOn"], &["metadata", "buildStartedOn"]);
    let end = either(&["runDetails", "metadata", "finishedOn"], &["metadata", "buildFinishedOn"]);
    description.periods.extend(Period::between(PeriodKind::Run, start.as_ref(), end.as_ref()));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::evidence::StatedDigest;

    const A: &str = "aaaaf5b8a4c5b9c2f1d0e3a798b6c5d4e3f2a1b0c9d8e7f60516273849506172";
    const B: &str = "bbbbf5b8a4c5b9c2f1d0e3a798b6c5d4e3f2a1b0c9d8e7f60516273849506172";

    fn pointers(named: &[StatedDigest]) -> Vec<&str> {
        named.iter().map(|named| named.pointer.as_str()).collect()
    }

    #[test]
    fn both_versions_tell_outputs_inputs_and_run() {
        let v1 = json!({
            "_type": "https://in-toto.io/Statement/v1", "predicateType": "https://slsa.dev/provenance/v1",
            "subject": [{"name": "image", "digest": {"sha256": A}}],
            "predicate": {
                "buildDefinition": {"buildType": "https://example.org/b", "externalParameters": {},
                    "resolvedDependencies": [
                        {"uri": "git+https://example.org/r", "digest": {"gitCommit": "aa"}},
                        {"uri": "soils.csv", "digest": {"sha256": B}},
                        {"uri": format!("pkg:docker/debian@sha256:{B}")},
                    ]},
                "runDetails": {"builder": {"id": "https://example.org/ci"}, "metadata": {"invocationId": "run-7"}},
            },
        });
        let found = facts(&v1);
        assert_eq!(pointers(&found.outputs), ["/subject/0/digest/sha256"]);
        assert_eq!(
            pointers(&found.inputs),
            [
                "/predicate/buildDefinition/resolvedDependencies/1/digest/sha256",
                "/predicate/buildDefinition/resolvedDependencies/2/uri",
            ]
        );
        assert_eq!(found.inputs[0].name.as_deref(), Some("soils.csv"));
        let run = StatedText { value: "run-7".into(), pointer: "/predicate/runDetails/metadata/invocationId".into() };
        assert_eq!(found.run_ids, [run]);

        let v02 = json!({
            "_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://slsa.dev/provenance/v0.2",
            "subject": [{"digest": {"sha256": A}}],
            "predicate": {
                "builder": {"id": "x"}, "buildType": "y", "metadata": {"buildInvocationId": "run-8"},
                "materials": [{"uri": "u", "digest": {"sha256": B}}, 5, {"digest": "no map"}],
            },
        });
        let found = facts(&v02);
        assert_eq!(pointers(&found.inputs), ["/predicate/materials/0/digest/sha256"]);
        assert_eq!(found.run_ids[0].value, "run-8");
        assert!(!recognise(&v02));
    }

    #[test]
    fn a_bare_predicate_has_no_outputs() {
        let bare = json!({"builder": {"id": "x"}, "buildType": "y", "materials": [{"digest": {"sha256": B}}]});
        assert!(recognise(&bare));
        let found = facts(&bare);
        assert_eq!(found.outputs, []);
        assert_eq!(pointers(&found.inputs), ["/materials/0/digest/sha256"]);
        assert_eq!(facts(&json!(null)), Facts::default());
    }
}
