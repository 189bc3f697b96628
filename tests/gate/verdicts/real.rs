//! Layouts that the real oras and cosign made, so that `cargo test` sees them without those tools. Made by
//! `tests/interop/fixtures` and `tests/interop/keykinds`.

use std::fs;
use std::path::PathBuf;

use crate::support::gate::{Outcome, ocigate};

const REPOSITORY: &str = "127.0.0.1:5017/kfm/layers";

fn material() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/material")
}

fn verify(layout: &str, key: &str, more: &[&str]) -> Outcome {
    let reference = format!("oci-layout:{layout}");
    ocigate(&material(), &[&["verify", "--key", key, "--as", REPOSITORY], more, &[reference.as_str()]].concat())
}

#[test]
fn what_oras_and_cosign_wrote_passes() {
    let subject = fs::read_to_string(material().join("subject")).unwrap();
    verify("signed:v1", "keys/cosign.pub", &[]).assert("bundles", 0, &["PASS", subject.trim()]);
    verify("legacy:v1", "keys/cosign.pub", &[]).assert(
        "tags",
        0,
        &["PASS", "simple-signing", "envelope of https://spdx.dev/Document"],
    );
}

#[test]
fn a_key_that_made_no_signature_fails() {
    for layout in ["signed:v1", "legacy:v1"] {
        verify(layout, "keys/other.pub", &[]).assert(layout, 1, &["fail signature.absent"]);
    }
}

#[test]
fn every_kind_of_key_that_cosign_makes_is_verified() {
    // These have a signature and an attestation, and no documents.
    let only_signature = ["provenance", "run_manifest", "sbom", "licence", "sensitivity", "care"];
    let disabled: Vec<&str> = only_signature.iter().flat_map(|rule| ["--disable", rule]).collect();
    for kind in ["p384", "ed25519", "rsa2048"] {
        for form in ["bundle", "legacy"] {
            let (layout, key) = (format!("keykinds/{kind}/{form}"), format!("keykinds/{kind}/key.pub"));
            verify(&layout, &key, &disabled).assert(&layout, 0, &["PASS"]);
            verify(&layout, "keys/other.pub", &disabled).assert(&layout, 1, &["fail signature.absent"]);
        }
    }
}
