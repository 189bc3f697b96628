//! Run manifests: what one run read, wrote and was run by.
//!
//! There is no standard; pipelines write similar ones. All have a `run_id`, a time, something that names the
//! tool, and `inputs` and `outputs` whose entries state a digest in one of several ways. What must be there is
//! in the schema `run-manifest.v1`. A `canonical_digest` is the manifest's own (RFC 8785): each way of leaving the field
//! itself out that is in use is tried, and which one fits is told.

use serde_json::Value;

use super::document::reading::{DEPTH, DigestList, DocumentValue, bare_digest, digests_within, shown, states_digest};
use super::frame::StatementPart;
use super::spec::{KindSpec, OwnWords, no_packages, whole_tree};
use super::{Class, Facts, StatedText, canonical};
use crate::fault::{Fault, FaultCode};
use canonical::Member;

mod describe;

/// What this kind is.
pub const KIND: KindSpec = KindSpec {
    name: "run-manifest",
    class: Class::RunManifest,
    marks: recognise,
    marks_beside: recognise_beside,
    media_words: &["runmanifest", "run-manifest", "run_manifest", "run.manifest"],
    predicate_types: &[],
    in_statement: StatementPart::Predicate,
    schema: |_| Some("run-manifest.v1"),
    is_streamed: whole_tree,
    facts: |document| facts(document.value()),
    own_words: OwnWords::Outputs,
    inputs: describe::inputs,
    describe: describe::describe,
    packages: no_packages,
    refers: true,
};

/// Fields of which a run manifest has at least one beside its `run_id`.
const COMPANIONS: [&str; 9] =
    ["inputs", "outputs", "tool", "run_time", "started_at", "pipeline_id", "tool_versions", "source_urls", "stage"];

/// Names of an input or output, best first.
const NAMES: [&str; 6] = ["path", "name", "file", "uri", "url", "oci_repository"];

/// Members of an entry that refer to the thing itself, and so may hold its digest. Others (`derived_from`) may
/// name other things.
const REFERENCES: [&str; 11] =
    ["path", "name", "uri", "url", "ref", "reference", "oci_ref", "oci_uri", "href", "locator", "location"];

/// The field with the manifest's own digest.
const CANONICAL: &str = "canonical_digest";

/// Fields that a digest of the content may leave out, because they differ between runs that did the same.
const TIMES: [&str; 7] =
    ["run_time", "started_at", "ended_at", "finished_at", "completed_at", "created_at", "generated_at"];

/// Whether the value is a run manifest.
fn recognise(value: &Value) -> bool {
    value.get("run_id").is_some() && COMPANIONS.iter().any(|field| value.get(*field).is_some())
}

/// Whether what is a document of another kind is a run manifest too: it also lists what was made.
fn recognise_beside(value: &Value) -> bool {
    recognise(value) && value.get("outputs").is_some_and(|outputs| outputs.is_array() || outputs.is_object())
}

/// The facts of a run manifest.
fn facts(value: &Value) -> Facts {
    let root = DocumentValue::new(value, "");
    let run_id = root.get("run_id").and_then(|at| at.stated()).filter(|stated: &StatedText| !stated.value.is_empty());
    let mut faults = Vec::new();
    let outputs = listed(&root, "outputs").finish(&mut faults);
    let inputs = listed(&root, "inputs").finish(&mut faults);
    let canonical_form = root.get(CANONICAL).and_then(|stated| canonical_form(value, &stated, &mut faults));
    Facts { outputs, inputs, run_ids: run_id.into_iter().collect(), faults, canonical_form, ..Facts::default() }
}

/// A way to make the digest: its name, and what becomes of each field.
type Way<'a> = (&'static str, &'a dyn Fn(&str) -> Member);

/// How the stated digest of the manifest was made; one that fits no way is a fault.
fn canonical_form(value: &Value, stated: &DocumentValue<'_>, faults: &mut Vec<Fault>) -> Option<&'static str> {
    let text = match stated.value {
        Value::Null => return None,
        Value::String(text) if text.is_empty() => return None,
        stated => stated.as_str().unwrap_or_default(),
    };
    if let Some(at) = beyond_doubles(&DocumentValue::new(value, ""), DEPTH) {
        let expected = "integers of at most 9007199254740991 in a document with a `canonical_digest` (RFC 8785 §3.1, RFC 7493 §2.2)";
        let message = format!("expected {expected}, found {}; write it as a text", shown(at.value));
        faults.push(Fault::new(FaultCode::WrongValue, at.pointer(), message));
        return None;
    }
    let of_field = |key: &str, member: Member| if key == CANONICAL { member } else { Member::Keep };
    let ways: [Way<'_>; 4] = [
        ("empty", &|key| of_field(key, Member::Replace("".into()))),
        ("null", &|key| of_field(key, Member::Replace(Value::Null))),
        ("removed", &|key| of_field(key, Member::Omit)),
        ("without_times", &|key| if TIMES.contains(&key) { Member::Omit } else { of_field(key, Member::Omit) }),
    ];
    let digest = bare_digest(text);
    let fits = |(_, way): &&Way<'_>| {
        let made = value.as_object().and_then(|object| canonical::digest(object, way));
        made.is_some() && made.as_deref() == digest.as_ref().map(|digest| digest.hex())
    };
    let form = ways.iter().find(fits).map(|(name, _)| *name);
    if form.is_none() {
        let expected =
            "the sha256 of this document as canonical JSON (RFC 8785), made with this field empty, null or left out";
        let message = format!("expected {expected}, found {}", shown(stated.value));
        faults.push(Fault::new(FaultCode::Contradiction, stated.pointer(), message));
    }
    form
}

/// The first integer that a double cannot hold: implementations of RFC 8785 write different digits for it.
fn beyond_doubles<'a>(at: &DocumentValue<'a>, depth: usize) -> Option<DocumentValue<'a>> {
    const LARGEST: u64 = (1 << 53) - 1;
    let depth = depth.checked_sub(1)?;
    if let Value::Number(number) = at.value {
        let is_large = number.as_u64().map_or_else(|| number.as_i64().map(i64::unsigned_abs), Some);
        return is_large.filter(|size| *size > LARGEST).map(|_| at.clone());
    }
    let mut below = at.items().chain(at.members().map(|(_, member)| member));
    below.find_map(|inner| beyond_doubles(&inner, depth))
}

/// The digests of a list of inputs or outputs; a map from names to entries is taken for a list.
fn listed(root: &DocumentValue<'_>, key: &str) -> DigestList {
    let mut found = DigestList::default();
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
fn digests(entry: &DocumentValue<'_>, outer: Option<&str>, depth: usize, found: &mut DigestList) {
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
    fn its_own_digest_is_made_again_in_every_way() {
        // Made with another implementation of RFC 8785.
        for (hex, form) in [
            ("6d469e69cfb3678a1b2254956d44578526eb5c239b0da5fa07ac1ee123c9b89c", "empty"),
            ("e077aae85bf2ac43b2b8ee3645e4bf2406bc1de988f008d0a744994b56830f1c", "null"),
            ("9b3799432baa00eb793c3f2bf26dc7e38d9af3e9659f42550117907830ee1f62", "removed"),
            ("08e6bb600633f685cfd4164815f982ca60256e1dd67be6f46ddd3785fc3317ec", "without_times"),
        ] {
            let mut manifest = json!({"run_id": "r-1", "run_time": "2026-11-02T08:12:00Z", "tool": {"name": "maps", "version": "2.1"},
                "summary_counts": {"rows": 1200, "area": 1.50, "ü": null}, "outputs": [{"path": "soils.pmtiles", "sha256": A}]});
            for stated in [hex.to_owned(), format!("sha256:{hex}")] {
                manifest["canonical_digest"] = json!(stated);
                let found = facts(&manifest);
                assert_eq!((found.canonical_form, found.faults.len()), (Some(form), 0), "{form}");
            }
            manifest["outputs"][0]["path"] = json!("soils.tif");
            let found = facts(&manifest);
            assert_eq!((found.canonical_form, found.faults[0].pointer.as_str()), (None, "/canonical_digest"));
        }
        for (number, pointer) in [
            (json!(9_007_199_254_740_991_i64), "/canonical_digest"),
            (json!(9_007_199_254_740_992_i64), "/counts/1/rows"),
            (json!(-9_007_199_254_740_992_i64), "/counts/1/rows"),
            (json!(1e300), "/canonical_digest"),
        ] {
            let manifest = json!({"run_id": "r", "canonical_digest": A, "counts": [1, {"rows": number}]});
            let found = facts(&manifest).faults;
            assert_eq!(found.iter().map(|fault| fault.pointer.as_str()).collect::<Vec<_>>(), [pointer], "{number}");
        }
        for (stated, faults) in [(json!(null), 0), (json!(""), 0), (json!(7), 1), (json!("abc"), 1)] {
            let found = facts(&json!({"run_id": "r", "outputs": [], "canonical_digest": stated}));
            assert_eq!((found.canonical_form, found.faults.len()), (None, faults));
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
        assert_eq!(found.run_ids, [StatedText { value: "7".into(), pointer: "/run_id".into() }]);
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
