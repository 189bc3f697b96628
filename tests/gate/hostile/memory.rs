//! What a pusher can make the program hold: each attack under a limit of the address space, which ends the process where it
//! asks for more.

use std::process::Command;

use serde_json::{Value, json};

use crate::support::artifact::{Artifact, INDEX, Layer, MANIFEST, bundle_of, envelope_of, statement};
use crate::support::documents::release;
use crate::support::gate::Gate;

/// KiB of address space: what the program takes for itself (unoptimized, with all policies and the stacks of its threads),
/// and some tens of megabytes. Each attack took gigabytes.
const SPACE: u64 = 1_000_000;

/// Judges the layout of a gate within that, and gives the exit code; a process that was ended has none.
fn judge(artifact: &Artifact, arguments: &[&str]) -> Option<i32> {
    let gate = Gate::untrusting(artifact);
    let limited = format!("ulimit -v {SPACE} && exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &limited, env!("CARGO_BIN_EXE_ocigate"), "verify", "--as", "registry.example.org/kfm/layers"]);
    command.args(arguments).arg(format!("oci-layout:{}:v1", gate.layout().display()));
    // Each arena of the allocator reserves address space, and there are more of them on larger machines.
    command.env("OCIGATE_CACHE_SIZE", "0").env("MALLOC_ARENA_MAX", "2").output().unwrap().status.code()
}

/// A JSON array of so many numbers, each of two bytes: as a tree they take twenty times as much.
fn numbers(count: usize) -> String {
    format!("[{}1]", "1,".repeat(count))
}

fn padded(bytes: usize) -> Vec<u8> {
    serde_json::to_vec(&json!({"padding": "x".repeat(bytes)})).unwrap()
}

/// H5: one payload of 8 MiB under three thousand signatures took 24 GiB.
#[test]
fn a_payload_that_is_listed_thousands_of_times() {
    let mut artifact = Artifact::default();
    let subject = artifact.push("v1", Vec::new(), json!({}));
    let payload = artifact.blob("application/vnd.dev.cosign.simplesigning.v1+json", padded(8 << 20));
    let config = artifact.blob("application/vnd.oci.image.config.v1+json", b"{}".to_vec());
    let layers: Vec<Value> = (0..3000)
        .map(|number| {
            let mut layer = payload.clone();
            layer["annotations"] = json!({"dev.cosignproject.cosign/signature": format!("AAAA{number:04}")});
            layer
        })
        .collect();
    let manifest = json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers});
    let signature = artifact.manifest(&manifest);
    artifact.list(signature, Some(&format!("{}.sig", subject.replace(':', "-"))));
    assert_eq!(judge(&artifact, &[]), Some(1));
}

/// H4: each of sixteen children had a copy of what is attached to their index, and all were read at once: 4 GiB.
#[test]
fn large_documents_of_an_index_with_many_children() {
    let mut artifact = Artifact::default();
    let children: Vec<Value> = (0..16)
        .map(|number| {
            let child = artifact.push(&format!("child-{number}"), Vec::new(), json!({"number": number.to_string()}));
            let mut entry = artifact.descriptor(&child);
            entry["platform"] = json!({"os": "linux", "architecture": "amd64", "variant": format!("v{number}")});
            entry
        })
        .collect();
    let index = artifact.manifest(&json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": children}));
    artifact.list(index.clone(), Some("v1"));
    for number in 0..2 {
        let document = serde_json::to_vec(&json!({format!("n{number}"): "x".repeat(16 << 20)})).unwrap();
        let layer = artifact.blob("application/json", document);
        let config = artifact.blob("application/vnd.oci.empty.v1+json", b"{}".to_vec());
        let referrer = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "application/vnd.example.metadata.v1",
            "config": config, "layers": [layer], "subject": index,
        });
        let referrer = artifact.manifest(&referrer);
        artifact.list(referrer, None);
    }
    assert_eq!(judge(&artifact, &["--platform", "all"]), Some(1));
}

/// M11: documents and payloads of numbers, and large payloads. They were read outside of any account, and took 1.5 GiB.
#[test]
fn documents_and_payloads_that_grow_when_they_are_read() {
    let mut artifact = Artifact::default();
    let subject = artifact.push("v1", Vec::new(), json!({}));
    for number in 0..3 {
        let document = format!("{{\"n{number}\": {}}}", numbers(6_000_000));
        artifact.attach(
            &subject,
            "application/vnd.example.v1",
            vec![Layer("", "application/json", document.into_bytes())],
        );
    }
    for number in 0..2 {
        let statement = statement(&[&subject], &format!("https://example.org/{number}"), json!({})).to_string();
        let statement = statement.replacen("{}", &numbers(6_000_000), 1);
        let envelope = envelope_of(&release(), "application/vnd.in-toto+json", statement.as_bytes());
        artifact.attach_bundle(&subject, bundle_of(envelope));
    }
    assert_eq!(judge(&artifact, &[]), Some(3));
}
