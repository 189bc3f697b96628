//! The same artifacts get the same verdicts on every registry that is in use, and its trouble is trouble.

use serde_json::json;

use super::{PROVEN, full};
use crate::support::artifact::Artifact;
use crate::support::documents::documented;
use crate::support::registry::Response;
use crate::support::registry::profiles::{Login, PASSWORD, Profile, REFRESH_TOKEN, USER};
use crate::support::served::Served;

/// A registry of this kind with this artifact, and the program logged in as that registry wants it.
fn serve(
    profile: Profile,
    (artifact, subject): &(Artifact, String),
) -> (Served, Option<crate::support::registry::Registry>) {
    let (registry, storage) = profile.start();
    let served = Served::with_registry(registry);
    let layout = served.folder.path().join("layout");
    artifact.write(&layout);
    served.registry.fill(&layout);
    if let Some(storage) = &storage {
        storage.fill(&layout);
    }
    if !profile.has_api() {
        served.registry.write_fallback_tag(&subject.parse().unwrap());
    }
    let entry = match profile.login() {
        Login::Nobody => return (served, storage),
        Login::Password => json!({"username": USER, "password": PASSWORD}),
        Login::IdentityToken => json!({"auth": "MDAwMDAwMDA6", "identitytoken": REFRESH_TOKEN}),
    };
    served.file(".docker/config.json", json!({"auths": {served.registry.host(): entry}}).to_string());
    (served, storage)
}

/// What a registry of this kind has to give: a pass for what is signed and documented, a fail for what is not signed,
/// and neither for what it does not show.
fn assert_judges(profile: Profile, requests: usize) {
    let case = format!("{profile:?}");
    let signed = full();
    let (served, storage) = serve(profile, &signed);
    let measured = served.judge(":v1");
    let measured = measured.assert(&case, 0, &["PASS", "attached name=prov.jsonld", PROVEN]);
    measured.assert_unsaid(&case, PASSWORD).assert_unsaid(&case, REFRESH_TOKEN);
    let asked = served.registry.requests().len();
    assert_eq!(asked, requests, "{case}: {:#?}", served.registry.paths());
    for request in storage.iter().flat_map(crate::support::registry::Registry::requests) {
        assert_eq!(request.header("authorization"), None, "{case}: credentials for the storage");
    }

    let (unsigned, _storage) = serve(profile, &documented());
    let unsigned = unsigned.judge(":v1").assert(&case, 1, &["fail signature.absent"]);
    assert!(!unsigned.outcome.has("gap"), "{case}");

    let list = if profile.has_api() { "/referrers/" } else { "/manifests/sha256-" };
    let (throttled, _storage) = serve(profile, &signed);
    let throttled = throttled.answering(list, Response::error(429, "TOOMANYREQUESTS", "slow down"));
    let sought = if profile.has_api() { signed.1.clone() } else { signed.1.replace(':', "-") };
    throttled.judge(":v1").assert(
        &case,
        3,
        &["UNDECIDED", &format!("gap gap.status {sought} + 429 + TOOMANYREQUESTS + slow down")],
    );
}

#[test]
fn ghcr() {
    assert_judges(Profile::Ghcr, 22);
}

#[test]
fn ghcr_while_it_answered_web_pages() {
    assert_judges(Profile::GhcrWebPage, 23);
}

#[test]
fn docker_hub() {
    assert_judges(Profile::DockerHub, 21);
}

#[test]
fn ecr() {
    assert_judges(Profile::Ecr, 20);
}

#[test]
fn acr() {
    assert_judges(Profile::Acr, 21);
}

#[test]
fn gar() {
    assert_judges(Profile::Gar, 23);
}

#[test]
fn quay() {
    assert_judges(Profile::Quay, 21);
    assert_judges(Profile::QuayBefore312, 22);
}

#[test]
fn harbor() {
    assert_judges(Profile::Harbor, 22);
}

#[test]
fn artifactory() {
    assert_judges(Profile::Artifactory, 20);
    assert_judges(Profile::ArtifactoryBefore790, 21);
}

#[test]
fn gitlab() {
    assert_judges(Profile::Gitlab, 22);
}

#[test]
fn zot() {
    assert_judges(Profile::Zot, 19);
}

#[test]
fn olareg() {
    assert_judges(Profile::Olareg, 21);
    assert_judges(Profile::OlaregWithoutApi, 20);
}

#[test]
fn distribution() {
    assert_judges(Profile::Distribution, 21);
}
