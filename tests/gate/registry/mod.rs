//! The registry source against a registry that lies, stalls, hides and sends elsewhere.
//!
//! Each row asserts the kind of the reason and its data: what is said around them may be reworded.

mod authentication;
mod order;
mod referrers;
mod resolve;
mod transport;

use std::future::Future;
use std::time::Duration;

use crate::support::registry::Registry;
use crate::support::rows::holds;
use ocigate::limits::Limits;
use ocigate::oci::{Descriptor, Digest, media_type};
use ocigate::source::{Access, Gap, GapReason, ResolveError, Source, open};
use serde_json::{Value, json};

/// A manifest of one empty layer with this annotation, perhaps a referrer.
fn manifest(name: &str, subject: Option<&Digest>) -> String {
    let empty = json!({"mediaType": media_type::EMPTY, "digest": media_type::EMPTY_DIGEST, "size": 2});
    let mut manifest = json!({
        "schemaVersion": 2, "mediaType": media_type::IMAGE_MANIFEST, "artifactType": "application/vnd.test",
        "config": empty, "layers": [empty], "annotations": {"name": name},
    });
    if let Some(subject) = subject {
        manifest["subject"] =
            json!({"mediaType": media_type::IMAGE_MANIFEST, "digest": subject.to_string(), "size": 0});
    }
    manifest.to_string()
}

/// Puts a manifest under the tag `v1`.
fn put_subject(registry: &Registry) -> Digest {
    registry.put_manifest(Some("v1"), manifest("subject", None).as_bytes(), media_type::IMAGE_MANIFEST)
}

/// Puts so many referrers of this subject.
fn put_referrers(registry: &Registry, subject: &Digest, count: usize) -> Vec<Digest> {
    let put = |number: usize| {
        let bytes = manifest(&format!("referrer {number}"), Some(subject));
        registry.put_manifest(None, bytes.as_bytes(), media_type::IMAGE_MANIFEST)
    };
    (0..count).map(put).collect()
}

fn descriptor(digest: &Digest, size: u64) -> Descriptor {
    Descriptor {
        media_type: String::new(),
        digest: digest.clone(),
        size,
        artifact_type: None,
        annotations: Default::default(),
        platform: None,
    }
}

/// Short enough for a test that waits for it, long enough for a loaded machine.
fn limits() -> Limits {
    Limits { timeout: Duration::from_secs(20), ..Limits::default() }
}

/// Nobody's credentials, whatever the machine holds.
fn access() -> Access {
    Access { docker_config: Some("/nonexistent".into()), ..Access::default() }
}

/// The source of `name`, such as `:v1`, in this registry.
fn source(registry: &Registry, name: &str) -> Source {
    source_with(&registry.host(), name, &access(), &limits())
}

fn source_with(host: &str, name: &str, access: &Access, limits: &Limits) -> Source {
    open(&format!("{host}/team/layer{name}").parse().unwrap(), access, limits).unwrap()
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// A folder with this docker configuration, and the access that uses it.
fn logged_in(config: &Value) -> (tempfile::TempDir, Access) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("config.json"), config.to_string()).unwrap();
    let access = Access { docker_config: Some(folder.path().to_owned()), ..Access::default() };
    (folder, access)
}

/// The gap that a subject is.
#[track_caller]
fn unseen(error: ResolveError) -> Gap {
    match error {
        ResolveError::Unseen(gap) => gap,
        other => panic!("expected a gap, found {other:?}"),
    }
}

/// Asserts the kind of a reason and its data, as it is saved: `{"status": {"status": 429}}`. Of a text in it, a list
/// in its place is what it has to name: `{"refused": ["file"]}`.
#[track_caller]
fn assert_reason(reason: &GapReason, expected: &Value, case: &str) {
    let found = serde_json::to_value(reason).unwrap();
    assert!(is_such(&found, expected), "{case}: expected {expected} in {found}");
}

fn is_such(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::String(text), Value::Array(data)) => data.iter().all(|datum| holds(text, datum.as_str().unwrap())),
        (Value::Object(found), Value::Object(expected)) => {
            expected.iter().all(|(field, expected)| found.get(field).is_some_and(|found| is_such(found, expected)))
        }
        (found, expected) => found == expected,
    }
}
