//! OpenLineage events (spec 2-0-2): what a scheduler saw of a run.
//!
//! An event names data sets by namespace and name, and its core facets have no digest: it binds to no bytes, so it
//! serves neither as provenance nor as a run manifest. Its run is read, and it is shown.

use serde_json::Value;

use super::document::reading::DocumentValue;
use super::frame::StatementPart;
use super::spec::{KindSpec, OwnWords, no_description, no_inputs, no_packages, whole_tree};
use super::{Class, Facts};

/// What this kind is.
pub const KIND: KindSpec = KindSpec {
    name: "openlineage",
    class: Class::Other,
    marks: recognise,
    marks_beside: recognise,
    media_words: &[],
    predicate_types: &["https://openlineage.io/spec/2-*"],
    in_statement: StatementPart::Predicate,
    schema: |_| Some("openlineage-2.v1"),
    is_streamed: whole_tree,
    facts: |document| facts(document.value()),
    own_words: OwnWords::Nothing,
    inputs: no_inputs,
    describe: no_description,
    packages: no_packages,
    refers: true,
};

/// Whether the value is an OpenLineage event.
fn recognise(value: &Value) -> bool {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    text("eventTime").is_some()
        && text("producer").is_some()
        && text("schemaURL").is_some_and(|url| url.to_ascii_lowercase().contains("openlineage"))
}

/// The facts of an event: its run.
fn facts(value: &Value) -> Facts {
    let run = DocumentValue::new(value, "").path(&["run", "runId"]).and_then(|at| at.stated());
    Facts { run_ids: run.into_iter().collect(), ..Facts::default() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_names_its_run_and_binds_nothing() {
        // After the example of the specification.
        let event = json!({
            "eventType": "COMPLETE", "eventTime": "2020-12-09T23:37:31.081Z",
            "run": {"runId": "3b452093-782c-4ef2-9c0c-aafe2aa6f34d"},
            "job": {"namespace": "my-scheduler-namespace", "name": "myjob.mytask"},
            "inputs": [{"namespace": "postgres://db.foo.com:6543", "name": "metrics.salesorders"}],
            "outputs": [{"namespace": "s3://bucket", "name": "soils.parquet"}],
            "producer": "https://github.com/OpenLineage/OpenLineage/blob/v1-0-0/client",
            "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/definitions/RunEvent",
        });
        assert!(recognise(&event));
        let found = facts(&event);
        assert_eq!(found.run_ids[0].pointer, "/run/runId");
        assert_eq!((found.outputs.len(), found.inputs.len()), (0, 0));
        assert!(!recognise(&json!({"run": {"runId": "r"}, "eventTime": "x", "producer": "y", "schemaURL": "z"})));
        assert_eq!(facts(&json!([])), Facts::default());
    }
}
