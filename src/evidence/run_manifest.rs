//! Run manifests: what one run read, wrote and was run by.
//!
//! There is no standard; pipelines write similar ones. All have a `run_id`, a time, something that names the
//! tool, and `inputs` and `outputs` whose entries state a digest in one of several ways. What must be there is
//! in the schema `run-manifest.v1`.

use serde_json::Value;

use super::document::reading::{At, DEPTH, Found, bare_digest, digests_within, states_digest};
use super::{Facts, Stated};

/// Fields of which a run manifest has at least one beside its `run_id`.
const COMPANIONS: [&str; 9] =
    ["inputs", "outputs", "tool", "run_time", "started_at", "pipeline_id", "tool_versions", "source_urls", "stage"];

/// Names of an input or output, best first.
const NAMES: [&str; 6] = ["path", "name", "file", "uri", "url", "oci_repository"];

/// Members of an entry that refer to the thing itself, and so may hold its digest. Others (`derived_from`) may
/// name other things.
const REFERENCES: [&str; 11] =
    ["path", "name", "uri", "url", "ref", "reference", "oci_ref", "oci_uri", "href", "locator", "location"];

/// Whether the value is a run manifest.
pub fn recognise(value: &Value) -> bool {
    value.get("run_id").is_some() && COMPANIONS.iter().any(|field| value.get(*field).is_some())
}

/// The facts of a run manifest.
pub fn facts(value: &Value) -> Facts {
    let root = At::new(value, "");
    let run_id = root.get("run_id").and_then(|at| at.stated()).filter(|stated: &Stated| !stated.value.is_empty());
    let mut faults = Vec::new();
    let outputs = listed(&root, "outputs").finish(&mut faults);
    let inputs = listed(&root, "inputs").finish(&mut faults);
    Facts { outputs, inputs, run_ids: run_id.into_iter().collect(), faults, ..Facts::default() }
}

/// The digests of a list of inputs or outputs; a map from names to entries is taken for a list.
fn listed(root: &At<'_>, key: &str) -> Found {
    let mut found = Found::default();
    let Some(list) = root.get(key) else { return found };
    let entries = match list.value {
        Value::Object(_) if !list.members().any(|(key, _)| states_digest(key)) => {
            list.members().map(|(_, at)| at).collect()
        }
        _ => list.each(),
    };
    for entry in entries {
        digests(&entry, None, DEPTH, &mut found);
    }
    found
}

/// The digests that one entry states: a text, `sha256`, `digest`, `oci_digest`, a reference that holds one, and
/// those of its `files`.
fn digests(entry: &At<'_>, outer: Option<&str>, depth: usize, found: &mut Found) {
    let Some(depth) = depth.checked_sub(1) else { return };
    if let Some(text) = entry.text() {
        let digests = bare_digest(text).map_or_else(|| digests_within(text), |digest| vec![digest]);
        found.add(entry, digests, outer);
        return;
    }
    let name = entry.first_text(&NAMES).or(outer);
    for (key, member) in entry.members() {
        let nested = member.value.is_object() || member.value.is_array();
        if matches!(key, "files" | "artifacts") || nested && states_digest(key) {
            for item in member.each() {
                digests(&item, name, depth, found);
            }
        } else if let Some(text) = member.text() {
            let digests = if states_digest(key) {
                bare_digest(text).into_iter().collect()
            } else if REFERENCES.contains(&key) {
                digests_within(text)
            } else {
                Vec::new()
            };
            found.add(&member, digests, name);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const A: &str = "aaaaf5b8a4c5b9c2f1d0e3a798b6c5d4e3f2a1b0c9d8e7f60516273849506172";
    const B: &str = "bbbbf5b8a4c5b9c2f1d0e3a798b6c5d4e3f2a1b0c9d8e7f60516273849506172";

    #[test]
    fn a_run_manifest_has_a_run_and_something_about_it() {
        assert!(recognise(&json!({"run_id": "r", "outputs": []})));
        assert!(recognise(&json!({"run_id": "r", "stage": "publish"})));
        for value in [json!({"run_id": "demo", "note": "x"}), json!({"outputs": []}), json!([]), json!("run_id")] {
            assert!(!recognise(&value), "{value}");
        }
    }

    #[test]
    fn outputs_are_read_in_every_shape() {
        for (entry, pointer) in [
            (json!({"path": "a", "sha256": A}), "/outputs/0/sha256"),
            (json!({"name": "a", "digest": format!("sha256:{A}")}), "/outputs/0/digest"),
            (
                json!({"oci_registry": "r", "oci_repository": "a", "oci_digest": format!("sha256:{A}")}),
                "/outputs/0/oci_digest",
            ),
            (json!({"file": "a", "digest": {"sha256": A}}), "/outputs/0/digest/sha256"),
            (json!({"path": "a", "uri": format!("oci://r/a@sha256:{A}")}), "/outputs/0/uri"),
            (json!({"name": "a", "files": [{"path": "a", "sha256": A}]}), "/outputs/0/files/0/sha256"),
        ] {
            let found = facts(&json!({"run_id": "r", "outputs": [entry]})).outputs;
            assert_eq!(found.len(), 1, "{entry}");
            assert_eq!(found[0].digest.hex(), A, "{entry}");
            assert_eq!(found[0].pointer, pointer);
            assert_eq!(found[0].name.as_deref(), Some("a"), "{entry}");
        }
        let texts =
            json!({"run_id": 7, "outputs": [format!("oci://r/a@sha256:{A}"), B], "inputs": {"soils": {"sha256": B}}});
        let found = facts(&texts);
        assert_eq!(found.outputs.len(), 2);
        assert_eq!(found.inputs[0].pointer, "/inputs/soils/sha256");
        assert_eq!(found.run_ids, [Stated { value: "7".into(), pointer: "/run_id".into() }]);
        for nothing in [
            json!({"sha256": "short"}),
            json!({"sha1": A}),
            json!(null),
            json!({"spec_hash": A}),
            json!({"derived_from": format!("oci://r/a@sha256:{A}")}),
        ] {
            assert_eq!(facts(&json!({"run_id": "r", "outputs": [nothing]})).outputs, []);
        }
    }
}
