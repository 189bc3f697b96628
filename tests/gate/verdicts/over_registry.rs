//! The same verdicts over a registry: what it costs, and what its trouble means.

use std::path::Path;
use std::time::Duration;

use crate::support::artifact::{Artifact, Layer, document};
use crate::support::delay::Delay;
use crate::support::documents::{SPDX, complete, data_digest, documented, holding, release, spdx, stac};
use crate::support::gate::{Outcome, ocigate};
use crate::support::registry::{Auth, Body, Options, Referrers, Registry, Response};
use crate::support::rows;

struct Served {
    registry: Registry,
    folder: tempfile::TempDir,
}

/// A registry that serves this artifact.
fn serve(artifact: &Artifact, options: Options) -> Served {
    let folder = tempfile::tempdir().unwrap();
    artifact.write(&folder.path().join("layout"));
    let registry = Registry::start(options);
    registry.fill(&folder.path().join("layout"));
    std::fs::write(folder.path().join("release.pub"), release().public_pem()).unwrap();
    Served { registry, folder }
}

impl Served {
    fn verify(&self, host: &str, reference: &str, more: &[&str]) -> Outcome {
        let key = self.folder.path().join("release.pub");
        let reference = format!("{host}/kfm/layers{reference}");
        let mut arguments = vec!["verify", "--key", key.to_str().unwrap()];
        arguments.extend(more);
        arguments.push(&reference);
        // No credentials of this machine.
        ocigate(self.folder.path(), &arguments)
    }

    fn run(&self, more: &[&str]) -> Outcome {
        self.verify(&self.registry.host(), ":v1", more)
    }
}

/// Subject with provenance and run manifest, SBOM, STAC Item, signature and attestation.
fn full() -> (Artifact, String) {
    let (mut artifact, subject) = complete();
    artifact.attest(&release(), &subject, SPDX, spdx(&data_digest()));
    (artifact, subject)
}

fn requests(outcome: &Outcome) -> u64 {
    let report: serde_json::Value = serde_json::from_str(&outcome.out).unwrap();
    report["subjects"][0]["requests"].as_u64().unwrap()
}

fn unsupported() -> Referrers {
    Referrers::Unsupported(Response::new(404).body("404 page not found"))
}

#[test]
fn the_full_subject_costs_nineteen_requests() {
    let (artifact, subject) = full();
    let served = serve(&artifact, Options::default());
    let outcome = served.run(&["--output", "json"]);
    assert_eq!(outcome.code, 0, "{}", outcome.out);
    assert_eq!(requests(&outcome), 19);
    assert_eq!(served.registry.requests().len(), 19, "{:#?}", served.registry.paths());
    let pinned = served.run(&["--output", "pinned"]);
    assert_eq!(pinned.out, format!("{}/kfm/layers@{subject}\n", served.registry.host()));
}

#[test]
fn a_document_among_the_layers_costs_one_request_and_data_none() {
    let cost = |layers: Vec<Layer<'_>>| {
        let served = serve(&holding(layers, &[]).0, Options::default());
        let outcome = served.run(&["--output", "json"]);
        assert_eq!(outcome.code, 0, "{}", outcome.out);
        requests(&outcome)
    };
    let item = || document("item.json", "application/geo+json", &stac("public"));
    let plain = cost(vec![]);
    assert_eq!(cost(vec![Layer("soils.geojson", "application/geo+json", b"{}".to_vec())]), plain);
    assert_eq!(cost(vec![Layer("large.json", "application/json", vec![b' '; 5 << 20])]), plain);
    // The attached item has the same bytes and is fetched once for both.
    assert_eq!(cost(vec![item()]), plain);
    assert_eq!(cost(vec![document("item.json", "application/geo+json", &stac("open"))]), plain + 1);
}

#[test]
fn the_fallback_tag_costs_one_more() {
    let (artifact, subject) = full();
    let served = serve(&artifact, Options { referrers: unsupported(), ..Options::default() });
    served.registry.write_fallback_tag(&subject.parse().unwrap());
    let outcome = served.run(&["--output", "json"]);
    assert_eq!(outcome.code, 0, "{}", outcome.out);
    assert_eq!(requests(&outcome), 20);
}

#[test]
fn five_round_trips_are_enough() {
    let (artifact, _) = full();
    let served = serve(&artifact, Options::default());
    // Long enough that requests which wait for nothing begin before any answer, on a busy machine too.
    let delay = Delay::start(&served.registry.host(), Duration::from_millis(200));
    let outcome = served.verify(&delay.host(), ":v1", &["--output", "json"]);
    assert_eq!(outcome.code, 0, "{}", outcome.out);
    assert!(delay.rounds() <= 5, "{} rounds", delay.rounds());
}

#[test]
fn every_way_to_name_it_gives_the_same_digest() {
    let (artifact, subject) = full();
    let served = serve(&artifact, Options::default());
    let host = served.registry.host();
    for reference in [":v1".to_owned(), format!("@{subject}"), format!(":v1@{subject}")] {
        let outcome = served.verify(&host, &reference, &[]);
        outcome.assert(&reference, 0, &["PASS"]);
        let pinned = &outcome.report.as_ref().unwrap()["subjects"][0]["pinned"];
        assert_eq!(pinned, &format!("{host}/kfm/layers@{subject}"), "{reference}");
    }
    served.verify(&host, &format!("@{subject}"), &["--require-digest"]).assert("require", 0, &["PASS"]);
    served.verify(&host, ":v1", &["--require-digest"]).assert("require", 1, &["fail subject_pinned.unpinned"]);
}

#[test]
fn a_tag_that_moved_is_a_warning() {
    let (mut artifact, subject) = full();
    let other = artifact.push("v2", vec![], serde_json::json!({}));
    let served = serve(&artifact, Options::default());
    let outcome = served.verify(&served.registry.host(), &format!(":v2@{subject}"), &[]);
    outcome.assert("moved", 0, &[&format!("warn subject_pinned.tag_moved {other}")]);
}

#[test]
fn trouble_is_never_unsigned_and_never_fine() {
    let (artifact, _) = full();
    for (status, reason) in [
        (401, "gap gap.denied"),
        (403, "gap gap.denied"),
        (429, "gap gap.status"),
        (500, "gap gap.status"),
        (503, "gap gap.status"),
    ] {
        for path in ["/referrers/", ".sig", "/blobs/"] {
            let served = serve(&artifact, Options::default());
            served.registry.fault(path, usize::MAX, Response::new(status).body("{}"));
            let (outcome, case) = (served.run(&[]), format!("{status} for {path}"));
            outcome.assert(&case, 3, &["UNDECIDED", &format!("{reason} {status}")]);
        }
    }
}

#[test]
fn a_subject_that_cannot_be_reached_is_undecided() {
    let (artifact, _) = full();
    let mut served = serve(&artifact, Options::default());
    let host = served.registry.host();
    let outcome = served.verify(&host, ":nope", &[]);
    outcome.assert("404", 3, &["UNDECIDED", "gap gap.status 404 + :nope"]);
    served.registry.stop();
    served.verify(&host, ":v1", &[]).assert("stopped", 3, &["UNDECIDED", "gap gap.connection"]);
}

#[test]
fn a_registry_that_hangs_is_undecided_at_the_deadline() {
    let (artifact, _) = full();
    let served = serve(&artifact, Options::default());
    served.registry.fault("/referrers/", usize::MAX, Response::new(200).with(Body::Hang));
    let outcome = served.run(&["--timeout", "1"]);
    outcome.assert("hang", 3, &["gap gap.timeout 1 s"]);
}

#[test]
fn a_subject_whose_bytes_are_not_its_digest_fails() {
    let (artifact, subject) = full();
    let served = serve(&artifact, Options::default());
    let other = b"{\"schemaVersion\":2,\"layers\":[],\"config\":{}}";
    served.registry.fault(&format!("/manifests/{subject}"), usize::MAX, Response::new(200).body(other));
    let found = ocigate::oci::Digest::sha256(other).to_string();
    let outcome = served.verify(&served.registry.host(), &format!("@{subject}"), &[]);
    outcome.assert("other bytes", 1, &["FAIL", &format!("fail content.corrupt {subject} + {found}")]);
}

#[test]
fn one_changed_byte_of_anything_served_is_no_pass() {
    let (artifact, subject) = full();
    for (digest, bytes) in &artifact.blobs {
        let mut changed = bytes.clone();
        let at = changed.len() / 2;
        changed[at] ^= 1;
        let served = serve(&artifact, Options::default());
        served.registry.fault(digest, usize::MAX, Response::new(200).body(changed));
        let outcome = served.verify(&served.registry.host(), &format!("@{subject}"), &[]);
        let asked =
            served.registry.paths().iter().any(|path| path.contains(digest.as_str()) && !path.contains("/referrers/"));
        // Data layers and configs are not read from a registry.
        let expected: &[i32] = if asked { &[1, 3] } else { &[0] };
        assert!(expected.contains(&outcome.code), "{digest}: {} {}", outcome.code, outcome.out);
    }
}

#[test]
fn credentials_are_asked_for_and_named() {
    let (artifact, _) = full();
    let auth = Auth::Basic { user: "auditor", password: "secret" };
    let served = serve(&artifact, Options { auth, ..Options::default() });
    let outcome = served.run(&[]);
    // The host to log in to is named.
    let host = served.registry.host();
    outcome.assert("none", 3, &[&format!("gap gap.denied 401 + docker login {host}")]);
}

#[test]
fn inspect_and_resolve_show_what_is_there() {
    let (artifact, subject) = full();
    let served = serve(&artifact, Options::default());
    let reference = format!("{}/kfm/layers:v1", served.registry.host());
    ocigate(Path::new("."), &["resolve", &reference]).assert("resolve", 0, &[&subject]);
    let key = served.folder.path().join("release.pub");
    let tree = ocigate(Path::new("."), &["inspect", "--key", key.to_str().unwrap(), &reference]);
    tree.assert("inspect", 0, &["├─ ", "└─ "]);
    // Below the branches what each holds, by its standing.
    let signature = ["proven", "https://sigstore.dev/cosign/sign/v1", key.to_str().unwrap()];
    for data in [&signature[..], &["attached", "prov", "prov.jsonld"]] {
        assert!(rows::has_line(&tree.out, "", data), "{data:?}: {}", tree.out);
    }
    ocigate(Path::new("."), &["resolve", &format!("{}/kfm/layers:nope", served.registry.host())]).assert(
        "404",
        3,
        &["/kfm/layers:nope", "HTTP 404"],
    );
    served.registry.fault("/referrers/", usize::MAX, Response::new(500));
    let tree = ocigate(Path::new("."), &["inspect", &reference]);
    tree.assert("gap", 3, &[]);
    assert!(rows::has_line(&tree.out, "", &[&subject, "500"]), "what was not seen: {}", tree.out);
}

#[test]
fn without_a_signature_the_registry_answers_the_same() {
    let (artifact, _) = documented();
    let served = serve(&artifact, Options::default());
    served.run(&[]).assert("unsigned", 1, &["fail signature.absent"]);
}
