//! Resolving a subject and fetching content by descriptor.

use std::time::{Duration, Instant};

use ocigate::limits::Limits;
use ocigate::oci::json::JsonError;
use ocigate::oci::{Digest, ManifestError, media_type};
use ocigate::source::{Access, Cache, GapReason, ResolveError, SearchTarget, Statistics};
use serde_json::json;

use super::{access, assert_reason, descriptor, limits, manifest, put_subject, run, source, source_with, unseen};
use crate::support::registry::{Body, Options, Registry, Response};

#[test]
fn a_tag_is_fetched_once_and_hashed_here() {
    let registry = Registry::start(Options { digest_header: Some("sha256:zz".to_owned()), ..Options::default() });
    let digest = put_subject(&registry);
    let source = source(&registry, ":v1");
    let resolved = run(source.resolve()).unwrap();
    assert_eq!(resolved.descriptor.digest, digest);
    assert_eq!(resolved.descriptor.media_type, media_type::IMAGE_MANIFEST);
    assert_eq!(resolved.descriptor.size, resolved.bytes.len() as u64);
    assert_eq!(registry.paths(), ["/v2/team/layer/manifests/v1"]);
    assert_eq!(source.statistics().requests, 1);
    assert_eq!(source.statistics().bytes, resolved.descriptor.size);
    let request = &registry.requests()[0];
    for wanted in [
        media_type::IMAGE_MANIFEST,
        media_type::IMAGE_INDEX,
        media_type::DOCKER_MANIFEST,
        media_type::DOCKER_LIST,
        media_type::ARTIFACT_MANIFEST,
    ] {
        assert!(request.header("accept").unwrap().split(',').any(|found| found.trim() == wanted), "{wanted}");
    }
    assert_eq!(request.header("accept-encoding"), Some("identity"));
    assert_eq!(request.header("authorization"), None);
    assert_eq!(request.header("referer"), None);
}

#[test]
fn of_a_tag_with_a_digest_the_digest_decides() {
    let registry = Registry::start(Options::default());
    let pinned = put_subject(&registry);
    let name = format!(":v1@{pinned}");
    assert_eq!(run(source(&registry, &name).resolve()).unwrap().tag_moved_to, None);

    let moved = registry.put_manifest(Some("v1"), manifest("newer", None).as_bytes(), media_type::IMAGE_MANIFEST);
    let resolved = run(source(&registry, &name).resolve()).unwrap();
    assert_eq!((resolved.descriptor.digest, resolved.tag_moved_to), (pinned, Some(moved)));

    // A tag that cannot be seen says nothing, and does not hold up the run.
    registry.fault("/manifests/v1", 1, Response::new(403));
    assert_eq!(run(source(&registry, &name).resolve()).unwrap().tag_moved_to, None);
    registry.fault("/manifests/v1", 1, Response::new(200).with(Body::Hang));
    let start = Instant::now();
    assert_eq!(run(source(&registry, &name).resolve()).unwrap().tag_moved_to, None);
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_subject_by_sha512_is_hashed_by_sha512() {
    let registry = Registry::start(Options::default());
    let bytes = manifest("subject", None);
    let digest = Digest::of(ocigate::oci::Algorithm::Sha512, bytes.as_bytes());
    registry.put_manifest_as(&digest, bytes.as_bytes(), media_type::IMAGE_MANIFEST);
    assert_eq!(run(source(&registry, &format!("@{digest}")).resolve()).unwrap().descriptor.digest, digest);
    registry.put_manifest_as(&digest, b"{}", media_type::IMAGE_MANIFEST);
    let error = run(source(&registry, &format!("@{digest}")).resolve()).unwrap_err();
    let found = Digest::of(ocigate::oci::Algorithm::Sha512, b"{}");
    assert_eq!(error, ResolveError::Corrupt { expected: digest, found });
}

/// What makes the whole fail: the bytes themselves are bad.
#[test]
fn bad_bytes_of_a_subject_fail() {
    let good = manifest("subject", None);
    let digest = Digest::sha256(good.as_bytes());
    let twice = good.replacen('{', "{\"schemaVersion\":2,", 1);
    let both = good.replacen('{', "{\"manifests\":[],", 1);
    let other = manifest("other", None);
    let other_digest = Digest::sha256(other.as_bytes());
    let page_digest = Digest::sha256(b"<html>");
    type Error = fn(&ManifestError) -> bool;
    for (case, bytes, found) in
        [("another manifest (A21)", other, other_digest), ("web page by digest", "<html>".to_owned(), page_digest)]
    {
        let registry = Registry::start(Options::default());
        let content_type = if case.starts_with("web") { "text/html" } else { media_type::IMAGE_MANIFEST };
        registry.fault("/manifests/", 1, Response::new(200).content_type(content_type).body(bytes));
        let error = run(source(&registry, &format!("@{digest}")).resolve()).unwrap_err();
        assert_eq!(error, ResolveError::Corrupt { expected: digest.clone(), found }, "{case}");
    }
    let rows: [(&str, &str, String, Error); 4] = [
        ("lying Content-Type", media_type::IMAGE_INDEX, good, |error| {
            matches!(error, ManifestError::MediaType { body, found, .. }
                if body == media_type::IMAGE_MANIFEST && found == media_type::IMAGE_INDEX)
        }),
        (
            "duplicate keys",
            media_type::IMAGE_MANIFEST,
            twice,
            |error| matches!(error, ManifestError::Json(JsonError::DuplicateKey { key, .. }) if key == "schemaVersion"),
        ),
        ("manifest and index", media_type::IMAGE_MANIFEST, both, |error| *error == ManifestError::Ambiguous),
        ("other JSON", "application/json", "{\"schemaVersion\":2}".to_owned(), |error| {
            *error == ManifestError::Neither
        }),
    ];
    for (case, content_type, bytes, is_expected) in rows {
        let registry = Registry::start(Options::default());
        let digest = Digest::sha256(bytes.as_bytes());
        registry.fault("/manifests/", 1, Response::new(200).content_type(content_type).body(bytes));
        match run(source(&registry, ":v1").resolve()).unwrap_err() {
            ResolveError::Malformed { digest: found, error } => {
                assert_eq!(found, digest, "{case}");
                assert!(is_expected(&error), "{case}: {error:?}");
            }
            other => panic!("{case}: {other:?}"),
        }
    }
}

/// What leaves it undecided: it could not be looked at.
#[test]
fn a_subject_that_cannot_be_seen_is_a_gap() {
    let short = Limits { timeout: Duration::from_millis(700), ..limits() };
    let denied = || Response::error(403, "DENIED", "requested access is denied");
    let gzip = Response::new(200).header("Content-Encoding", "gzip").body("x");
    let page = Response::html(200);
    let drip = Response::new(200).with(Body::Drip(Duration::from_millis(50)));
    let late = || json!({"timeout": {"seconds": 1}});
    let large = || json!({"limit": {"limit": 4_194_304}});
    for (case, limits, response, expected) in [
        (
            "404",
            limits(),
            Response::error(404, "MANIFEST_UNKNOWN", "unknown"),
            json!({"status": {"status": 404, "message": "MANIFEST_UNKNOWN: unknown"}}),
        ),
        (
            "401 without a challenge",
            limits(),
            Response::new(401),
            json!({"denied": {"status": 401, "message": null, "hint": []}}),
        ),
        (
            "403",
            limits(),
            denied(),
            json!({"denied": {"status": 403, "message": "DENIED: requested access is denied"}}),
        ),
        (
            "418",
            limits(),
            Response::new(418).body("teapot\nx"),
            json!({"status": {"status": 418, "message": "teapot"}}),
        ),
        ("web page", limits(), page, json!({"malformed": ["text/html; charset=utf-8"]})),
        ("encoded", limits(), gzip, json!({"malformed": ["Content-Encoding", "gzip", "identity"]})),
        ("announced 3 GB", limits(), Response::new(200).with(Body::Announced(3 << 30)), large()),
        ("endless", limits(), Response::new(200).with(Body::Endless), large()),
        ("endless error", limits(), Response::new(404).with(Body::Endless), json!({"status": {"status": 404}})),
        ("dripping", short.clone(), drip, late()),
        ("hanging", short, Response::new(200).with(Body::Hang), late()),
        (
            "cut",
            limits(),
            Response::new(200).with(Body::Cut(b"{\"schemaVersion\":2}".to_vec())),
            json!({"connection": ["http://127.0.0.1"]}),
        ),
        ("closed", limits(), Response::new(200).with(Body::Close), json!({"connection": ["http://127.0.0.1"]})),
    ] {
        let registry = Registry::start(Options::default());
        registry.fault("/manifests/", usize::MAX, response);
        let start = Instant::now();
        let error = run(source_with(&registry.host(), ":v1", &access(), &limits).resolve()).unwrap_err();
        let gap = unseen(error);
        let name = format!("{}/team/layer:v1", registry.host());
        assert_eq!(gap.sought, SearchTarget::Subject(name), "{case}");
        assert_reason(&gap.reason, &expected, case);
        assert!(start.elapsed() < Duration::from_secs(10), "{case} took {:?}", start.elapsed());
    }
}

#[test]
fn content_is_checked_against_its_descriptor() {
    let registry = Registry::start(Options::default());
    let digest = registry.put_blob(b"evidence");
    let source = source(&registry, ":v1");
    assert_eq!(run(source.blob(&descriptor(&digest, 8))).unwrap().bytes, b"evidence");

    let wrong = Digest::sha256(b"elsewhere");
    let absent = Digest::sha256(b"absent");
    registry.fault(wrong.hex(), usize::MAX, Response::new(200).body("evidence"));
    let too_large = Limits::default().evidence_bytes + 1;
    for (case, wanted, expected) in [
        ("short", descriptor(&digest, 9), GapReason::Size { expected: 9, found: 8 }),
        ("absent", descriptor(&absent, 6), GapReason::Absent),
        ("long", descriptor(&digest, 2), GapReason::Size { expected: 2, found: 8 }),
        (
            "other bytes (A22)",
            descriptor(&wrong, 8),
            GapReason::Corrupt { expected: wrong.clone(), found: digest.clone() },
        ),
    ] {
        assert_eq!(run(source.blob(&wanted)).unwrap_err(), expected, "{case}");
    }
    let reason = run(source.blob(&descriptor(&digest, too_large))).unwrap_err();
    assert_reason(&reason, &json!({"limit": {"limit": 67_108_864}}), "huge");
    let error = run(source.manifest(&descriptor(&absent, 6))).unwrap_err();
    assert_eq!(error, GapReason::Absent);
    assert_eq!(
        registry.paths().iter().filter(|path| path.contains("/blobs/")).count(),
        5,
        "a huge one is not asked for"
    );
}

#[test]
fn the_whole_run_is_bounded() {
    let registry = Registry::start(Options::default());
    let digest = registry.put_blob(&[b'x'; 1000]);
    let few = Limits { requests: 2, ..limits() };
    let source = source_with(&registry.host(), ":v1", &access(), &few);
    run(async {
        for _ in 0..2 {
            source.blob(&descriptor(&digest, 1000)).await.unwrap();
        }
        let error = source.blob(&descriptor(&digest, 1000)).await.unwrap_err();
        assert_reason(&error, &json!({"limit": {"limit": 2}}), "requests");
    });
    let small = Limits { total_bytes: 750, ..limits() };
    let source = source_with(&registry.host(), ":v1", &access(), &small);
    run(async {
        source.blob(&descriptor(&digest, 1000)).await.unwrap();
        let error = source.blob(&descriptor(&digest, 1000)).await.unwrap_err();
        assert_reason(&error, &json!({"limit": {"limit": 1500}}), "bytes");
    });
}

/// What comes from the cache is in memory like all else, and is held against the same limits.
#[test]
fn the_cache_is_within_the_limits() {
    let registry = Registry::start(Options::default());
    let digest = registry.put_blob(&[7; 1000]);
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::new(folder.path().to_owned(), 1024 * 1024, std::time::UNIX_EPOCH);
    let access = Access { cache: Some(cache), ..access() };
    let fetch = |limits: &Limits| {
        let source = source_with(&registry.host(), ":v1", &access, limits);
        run(async {
            let first = source.blob(&descriptor(&digest, 1000)).await;
            (first, source.blob(&descriptor(&digest, 1000)).await, source.statistics())
        })
    };
    let (first, second, statistics) = fetch(&limits());
    assert_eq!((first.unwrap().bytes, second.unwrap().bytes), (vec![7; 1000], vec![7; 1000]));
    assert_eq!(statistics, Statistics { requests: 1, bytes: 2000, cached: 1 });
    let (first, second, _) = fetch(&Limits { total_bytes: 750, ..limits() });
    assert_eq!(first.unwrap().bytes.len(), 1000);
    assert_reason(&second.unwrap_err(), &json!({"limit": {"limit": 1500}}), "bytes");
    let (first, ..) = fetch(&Limits { evidence_bytes: 999, ..limits() });
    assert_reason(&first.unwrap_err(), &json!({"limit": {"limit": 999}}), "blob");
    assert_eq!(registry.requests().len(), 1);
}
