//! A registry on loopback with many subjects, for `benches/many`: `many_subjects COUNT FOLDER`.
//!
//! Each subject lies in a repository of its own and has provenance and run manifest, SBOM, STAC Item, signature and
//! attestation. It writes `release.pub` and `subjects.txt` into the folder and says `ready`. For each line that it reads
//! it writes what it was asked since the last one to `urls`, for curl, and says how much that was.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a wrong call ends a measuring tool, which is right"
)]
#![allow(dead_code, missing_docs, reason = "tests use the rest of what they share")]

#[path = "../tests/support/artifact.rs"]
mod artifact;
#[path = "../tests/support/documents.rs"]
mod documents;
#[path = "../tests/support/registry/mod.rs"]
mod registry;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use artifact::Artifact;
use documents::{METADATA, PROVENANCE, SBOM, SPDX};
use documents::{annotated, data_digest, metadata_layers, provenance_layers, release, sbom_layers, spdx};
use registry::{Options, Registry};
use serde_json::{Value, json};

/// A subject that is like all others, and has another digest.
fn subject(number: usize) -> Artifact {
    let (mut artifact, subject) =
        annotated(json!({"org.opencontainers.image.licenses": "CC-BY-4.0", "org.example.number": number.to_string()}));
    artifact.attach(&subject, PROVENANCE, provenance_layers(&subject));
    artifact.attach(&subject, SBOM, sbom_layers(&data_digest()));
    artifact.attach(&subject, METADATA, metadata_layers("public"));
    artifact.sign(&release(), &subject);
    artifact.attest(&release(), &subject, SPDX, spdx(&data_digest()));
    artifact
}

fn fill(registry: &Registry, artifact: &Artifact, tag: &str) {
    for bytes in artifact.blobs.values() {
        let manifest: Value = serde_json::from_slice(bytes).unwrap_or_default();
        match manifest.get("layers") {
            Some(_) => {
                let tag = manifest.get("subject").is_none().then_some(tag);
                registry.put_manifest(tag, bytes, artifact::MANIFEST);
            }
            None => {
                registry.put_blob(bytes);
            }
        }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [count, folder] = arguments.as_slice() else { panic!("expected COUNT FOLDER") };
    let (count, folder) = (count.parse().expect("a number of subjects"), Path::new(folder));
    let registry = Registry::start(Options::default());
    let mut list = String::new();
    for number in 0..count {
        fill(&registry, &subject(number), &format!("v{number}"));
        writeln!(list, "{}/layers/number-{number}:v{number}", registry.host()).unwrap();
    }
    std::fs::write(folder.join("release.pub"), release().public_pem()).unwrap();
    std::fs::write(folder.join("subjects.txt"), list).unwrap();
    say("ready");
    for _ in std::io::stdin().lines() {
        let paths = registry.paths();
        registry.forget_requests();
        let urls = paths.iter().map(|path| format!("url = {}{path}\noutput = /dev/null\n", registry.url()));
        std::fs::write(folder.join("urls"), urls.collect::<String>()).unwrap();
        say(&paths.len().to_string());
    }
}

fn say(text: &str) {
    println!("{text}");
    std::io::stdout().flush().unwrap();
}
