//! Hostile and troubled registries against the real program: each row asserts verdict, exit code and reason, and that
//! the run ended by its deadline and held no more than its limits. Beside them the registries that are in use, as
//! profiles of the test registry.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "in tests a panic is the report")]

#[path = "support/artifact.rs"]
#[allow(dead_code)]
mod artifact;
#[path = "support/documents.rs"]
#[allow(dead_code)]
mod documents;
#[path = "support/gate.rs"]
#[allow(dead_code)]
mod gate;
#[path = "support/registry/mod.rs"]
mod registry;
#[path = "support/served.rs"]
mod served;
#[path = "support/tls/mod.rs"]
mod tls_server;

#[path = "hostile/bodies.rs"]
mod bodies;
#[path = "hostile/cache.rs"]
mod cache;
#[path = "hostile/challenges.rs"]
mod challenges;
#[path = "hostile/content.rs"]
mod content;
#[path = "hostile/elsewhere.rs"]
mod elsewhere;
#[path = "hostile/lists.rs"]
mod lists;
#[path = "hostile/logins.rs"]
mod logins;
#[path = "hostile/mirrors.rs"]
mod mirrors;
#[path = "hostile/network.rs"]
mod network;
#[path = "hostile/profiles.rs"]
mod profiles;
#[path = "hostile/terminal.rs"]
mod terminal;
#[path = "hostile/tls.rs"]
mod tls;

use artifact::Artifact;
use documents::{SPDX, complete, data_digest, release, spdx};
use registry::{Options, Referrers, Response};
use serde_json::Value;
use served::Served;

/// What every undecided report says.
const GAP: &str = "not everything could be seen, so this cannot pass";

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
