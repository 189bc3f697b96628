//! Resolving a subject and fetching content by descriptor.

use std::time::{Duration, Instant};

use ocigate::limits::Limits;
use ocigate::oci::{Digest, media_type};
use ocigate::source::{Access, Cache, GapReason, ResolveError, Statistics};

use super::{access, assert_says, descriptor, limits, manifest, put_subject, run, source, source_with};
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
        assert_says(request.header("accept").unwrap(), wanted, "Accept");
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
    assert_says(error, &format!("expected {digest}"), "sha512");
}

/// What makes the whole fail: the bytes themselves are bad.
#[test]
fn bad_bytes_of_a_subject_fail() {
    let good = manifest("subject", None);
    let digest = Digest::sha256(good.as_bytes());
    let twice = good.replacen('{', "{\"schemaVersion\":2,", 1);
    let both = good.replacen('{', "{\"manifests\":[],", 1);
    for (case, name, content_type, bytes, expected) in [
        (
            "another manifest (A21)",
            format!("@{digest}"),
            media_type::IMAGE_MANIFEST,
            manifest("other", None),
            "the subject's bytes have the digest sha256:",
        ),
        (
            "web page by digest",
            format!("@{digest}"),
            "text/html",
            "<html>".to_owned(),
            "the subject's bytes have the digest sha256:",
        ),
        (
            "lying Content-Type",
            ":v1".to_owned(),
            media_type::IMAGE_INDEX,
            good.clone(),
            "but it was served as application/vnd.oci.image.index.v1+json",
        ),
        (
            "duplicate keys",
            ":v1".to_owned(),
            media_type::IMAGE_MANIFEST,
            twice,
            "the key \"schemaVersion\" appears twice",
        ),
        (
            "manifest and index",
            ":v1".to_owned(),
            media_type::IMAGE_MANIFEST,
            both,
            "can be read as an index and as a manifest",
        ),
        (
            "other JSON",
            ":v1".to_owned(),
            "application/json",
            "{\"schemaVersion\":2}".to_owned(),
            "neither `layers` nor `manifests`",
        ),
    ] {
        let registry = Registry::start(Options::default());
        registry.fault("/manifests/", 1, Response::new(200).content_type(content_type).body(bytes));
        let error = run(source(&registry, &name).resolve()).unwrap_err();
        assert!(matches!(error, ResolveError::Corrupt { .. } | ResolveError::Malformed { .. }), "{case}: {error:?}");
        assert_says(error, expected, case);
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
    for (case, limits, response, expected) in [
        (
            "404",
            limits(),
            Response::error(404, "MANIFEST_UNKNOWN", "unknown"),
            "the registry answered HTTP 404: MANIFEST_UNKNOWN: unknown",
        ),
        (
            "401 without a challenge",
            limits(),
            Response::new(401),
            "the registry refused access (HTTP 401); it sent no challenge",
        ),
        ("403", limits(), denied(), "the registry refused access (HTTP 403: DENIED: requested access is denied)"),
        ("418", limits(), Response::new(418).body("teapot\nx"), "the registry answered HTTP 418: teapot"),
        (
            "web page",
            limits(),
            page,
            "malformed: the answer is no manifest but text/html; charset=utf-8 (not valid JSON",
        ),
        ("encoded", limits(), gzip, "malformed: its body has the Content-Encoding \"gzip\": expected identity"),
        (
            "announced 3 GB",
            limits(),
            Response::new(200).with(Body::Announced(3 << 30)),
            "beyond the limit of 4194304 bytes of one manifest",
        ),
        (
            "endless",
            limits(),
            Response::new(200).with(Body::Endless),
            "beyond the limit of 4194304 bytes of one manifest",
        ),
        ("endless error", limits(), Response::new(404).with(Body::Endless), "the registry answered HTTP 404"),
        ("dripping", short.clone(), drip, "no answer within 1 s, the deadline of the whole run"),
        ("hanging", short, Response::new(200).with(Body::Hang), "no answer within 1 s, the deadline of the whole run"),
        (
            "cut",
            limits(),
            Response::new(200).with(Body::Cut(b"{\"schemaVersion\":2}".to_vec())),
            "no connection: http://127.0.0.1:",
        ),
        ("closed", limits(), Response::new(200).with(Body::Close), "no connection: http://127.0.0.1:"),
    ] {
        let registry = Registry::start(Options::default());
        registry.fault("/manifests/", usize::MAX, response);
        let start = Instant::now();
        let error = run(source_with(&registry.host(), ":v1", &access(), &limits).resolve()).unwrap_err();
        assert!(matches!(error, ResolveError::Unseen(_)), "{case}: {error:?}");
        assert_says(&error, "cannot see the subject 127.0.0.1:", case);
        assert_says(error, expected, case);
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
        ("short", descriptor(&digest, 9), "it has 8 bytes, its descriptor says 9".to_owned()),
        ("long", descriptor(&digest, 2), "it has 8 bytes, its descriptor says 2".to_owned()),
        ("other bytes (A22)", descriptor(&wrong, 8), format!("its bytes have the digest {digest}, expected {wrong}")),
        ("absent", descriptor(&absent, 6), "it is listed but absent".to_owned()),
        ("huge", descriptor(&digest, too_large), "beyond the limit of 67108864 bytes of one evidence blob".to_owned()),
    ] {
        let error = run(source.blob(&wanted)).unwrap_err();
        assert_says(error, &expected, case);
    }
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
        assert_says(error, "beyond the limit of 2 requests for one subject", "requests");
    });
    let small = Limits { total_bytes: 1500, ..limits() };
    let source = source_with(&registry.host(), ":v1", &access(), &small);
    run(async {
        source.blob(&descriptor(&digest, 1000)).await.unwrap();
        let error = source.blob(&descriptor(&digest, 1000)).await.unwrap_err();
        assert_says(error, "beyond the limit of 1500 bytes read for one subject", "bytes");
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
    let (first, second, _) = fetch(&Limits { total_bytes: 1500, ..limits() });
    assert_eq!(first.unwrap().bytes.len(), 1000);
    assert_says(second.unwrap_err(), "beyond the limit of 1500 bytes read for one subject", "bytes");
    let (first, ..) = fetch(&Limits { evidence_bytes: 999, ..limits() });
    assert_says(first.unwrap_err(), "beyond the limit of 999 bytes of one evidence blob", "blob");
    assert_eq!(registry.requests().len(), 1);
}
