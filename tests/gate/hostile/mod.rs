//! Hostile and troubled registries against the real program: each row asserts verdict, exit code and reason, and that
//! the run ended by its deadline and held no more than its limits. Beside them the registries that are in use, as
//! profiles of the test registry.

mod bodies;
mod cache;
mod challenges;
mod content;
mod elsewhere;
mod lists;
mod logins;
mod memory;
mod mirrors;
mod network;
mod profiles;
mod terminal;
mod tls;

use crate::support::artifact::Artifact;
use crate::support::documents::{SPDX, complete, data_digest, release, spdx};
use crate::support::registry::{Options, Referrers, Response};
use crate::support::served::Served;
use serde_json::Value;

/// A proven signature. A report calls a bundle by its media type: its layer has no title.
const PROVEN: &str = "proven name=application/vnd.dev.sigstore.bundle.v0.3+json";

/// Subject with provenance and run manifest, SBOM, STAC Item, signature and attestation.
fn full() -> (Artifact, String) {
    let (mut artifact, subject) = complete();
    artifact.attest(&release(), &subject, SPDX, spdx(&data_digest()));
    (artifact, subject)
}

/// A registry with the referrers API that holds it.
fn native() -> Served {
    Served::new(&full().0, Options::default())
}

/// A registry without that API, with the fallback tag.
fn tagged() -> Served {
    let (artifact, subject) = full();
    let referrers = Referrers::Unsupported(Response::new(404).body("404 page not found"));
    let served = Served::new(&artifact, Options { referrers, ..Options::default() });
    served.registry.write_fallback_tag(&subject.parse().unwrap());
    served
}

/// The digests of all that refers to something.
fn referrers(artifact: &Artifact) -> Vec<String> {
    let refers = |bytes: &Vec<u8>| {
        serde_json::from_slice::<Value>(bytes)
            .is_ok_and(|document| document.get("subject").is_some_and(Value::is_object))
    };
    artifact.blobs.iter().filter(|(_, bytes)| refers(bytes)).map(|(digest, _)| digest.clone()).collect()
}

/// The code of the gap that an answer of this status is.
fn gap_of(status: u16) -> &'static str {
    if matches!(status, 401 | 403) { "denied" } else { "status" }
}
