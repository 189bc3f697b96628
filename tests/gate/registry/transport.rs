//! Redirects, retries, connections that break, and how many round trips all of it takes.

use std::process::Command;
use std::time::{Duration, Instant};

use ocigate::limits::Limits;
use serde_json::json;

use super::{access, assert_reason, descriptor, limits, put_referrers, put_subject, run, source, source_with, unseen};
use crate::support::delay::Delay;
use crate::support::registry::{Body, Options, Registry, Response};

#[test]
fn redirects_are_followed_only_where_it_is_safe() {
    for (case, location, requests, expected) in [
        ("file", Some("file:///etc/passwd"), 1, json!({"refused": ["file", "https"]})),
        ("plain http elsewhere", Some("http://203.0.113.1/x"), 1, json!({"refused": ["http://203.0.113.1", "https"]})),
        ("credentials", Some("https://a:b@203.0.113.1/x"), 1, json!({"refused": ["https://203.0.113.1"]})),
        ("loop", Some("/v2/team/layer/manifests/v1"), 6, json!({"refused": ["5", "http://127.0.0.1"]})),
        ("no URL", Some("http://[/"), 1, json!({"malformed": ["http://[/"]})),
        ("no Location", None, 1, json!({"malformed": ["Location", "http://127.0.0.1"]})),
    ] {
        let registry = Registry::start(Options::default());
        let mut response = Response::new(307);
        if let Some(location) = location {
            response = response.header("Location", location);
        }
        registry.fault("/manifests/", usize::MAX, response);
        let gap = unseen(run(source(&registry, ":v1").resolve()).unwrap_err());
        assert_reason(&gap.reason, &expected, case);
        assert_eq!(registry.requests().len(), requests, "{case}");
    }
}

#[test]
fn what_may_be_temporary_is_asked_again() {
    for status in [408, 429, 500, 502, 503, 504] {
        let registry = Registry::start(Options::default());
        put_subject(&registry);
        registry.fault("/manifests/", 2, Response::new(status).header("Retry-After", "0"));
        run(source(&registry, ":v1").resolve()).unwrap();
        assert_eq!(registry.requests().len(), 3, "{status}");
    }
    for (status, requests) in [(500, 3), (403, 1), (404, 1), (501, 1)] {
        let registry = Registry::start(Options::default());
        registry.fault("/manifests/", usize::MAX, Response::new(status));
        run(source(&registry, ":v1").resolve()).unwrap_err();
        assert_eq!(registry.requests().len(), requests, "{status}");
    }
}

#[test]
fn retry_after_is_honoured_within_the_deadline_only() {
    let date = "Wed, 21 Oct 2015 07:28:00 GMT";
    for (case, after, at_least, says) in [
        ("seconds", "1", 1, None),
        ("date", "Wed, 21 Oct 2015 07:28:01 GMT", 1, None),
        ("too long", "3600", 0, Some("3600")),
        ("a date too far", "Thu, 22 Oct 2015 07:28:00 GMT", 0, Some("86400")),
    ] {
        let registry = Registry::start(Options::default());
        put_subject(&registry);
        let response = Response::new(429).header("Retry-After", after).header("Date", date).body("slow");
        registry.fault("/manifests/", 1, response);
        let start = Instant::now();
        let outcome = run(source(&registry, ":v1").resolve());
        let elapsed = start.elapsed();
        match says {
            Some(seconds) => {
                let expected = json!({"status": {"status": 429, "message": ["slow", seconds]}});
                assert_reason(&unseen(outcome.unwrap_err()).reason, &expected, case);
            }
            None => assert!(outcome.is_ok(), "{case}"),
        }
        assert!(
            elapsed >= Duration::from_secs(at_least) && elapsed < Duration::from_secs(at_least + 5),
            "{case}: {elapsed:?}"
        );
        assert_eq!(registry.requests().len(), if says.is_some() { 1 } else { 2 }, "{case}");
    }
}

#[test]
fn a_broken_connection_is_tried_again() {
    let registry = Registry::start(Options::default());
    let digest = registry.put_blob(b"evidence");
    registry.fault("/blobs/", 1, Response::new(200).with(Body::Close));
    registry.fault("/blobs/", 1, Response::new(200).with(Body::Cut(b"evidence".to_vec())));
    let content = run(source(&registry, ":v1").blob(&descriptor(&digest, 8))).unwrap();
    assert_eq!(content.bytes, b"evidence");
}

#[test]
fn a_registry_that_goes_away_is_reported_quickly() {
    let mut registry = Registry::start(Options::default());
    let subject = put_subject(&registry);
    let source = source(&registry, ":v1");
    run(async {
        source.resolve().await.unwrap();
        registry.stop();
        let start = Instant::now();
        for _ in 0..50 {
            let listed = source.referrers(&subject, true).await;
            let reason = &listed.gaps[0].reason;
            assert_reason(reason, &json!({"connection": [registry.url()]}), "stopped");
        }
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    });
}

#[test]
fn plain_http_is_for_loopback_and_listed_hosts() {
    // Port 1 answers nobody; which scheme was tried stands in the reason.
    let mut listed = access();
    listed.plain_http = vec!["plain.invalid".to_owned()];
    for (host, access, expected) in [
        ("127.0.0.1:1", access(), "http://127.0.0.1:1"),
        ("localhost:1", access(), "http://localhost:1"),
        ("[::1]:1", access(), "http://[::1]:1"),
        ("127.1.2.3:1", access(), "http://127.1.2.3:1"),
        ("plain.invalid:1", access(), "https://plain.invalid:1"),
        ("plain.invalid:1", listed, "http://plain.invalid:1"),
    ] {
        let gap = unseen(run(source_with(host, ":v1", &access, &limits()).resolve()).unwrap_err());
        assert_reason(&gap.reason, &json!({"connection": [expected]}), host);
    }
}

#[test]
fn a_tls_server_is_not_spoken_to_in_plain_http_nor_the_reverse() {
    let registry = Registry::start(Options::default());
    put_subject(&registry);
    registry.fault(
        "/manifests/",
        usize::MAX,
        Response::new(307).header("Location", registry.url().replace("http:", "https:") + "/x"),
    );
    let gap = unseen(run(source(&registry, ":v1").resolve()).unwrap_err());
    let expected = json!({"connection": [registry.url().replace("http:", "https:")]});
    assert_reason(&gap.reason, &expected, "TLS to a server without");
}

/// A proxy named in the environment is not asked for what is on this machine. The environment belongs to
/// the whole process, so one of the other tests runs in a process of its own.
#[test]
fn no_proxy_is_asked_for_loopback() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "registry::resolve::a_tag_is_fetched_once_and_hashed_here"])
        .env("http_proxy", "http://127.0.0.1:1")
        .env("HTTP_PROXY", "http://127.0.0.1:1")
        .env("ALL_PROXY", "http://127.0.0.1:1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

/// Requests that do not depend on each other go side by side.
#[test]
fn concurrent_requests_take_one_round_trip() {
    let registry = Registry::start(Options::default());
    let subject = put_subject(&registry);
    let referrers = put_referrers(&registry, &subject, 8);
    let sizes: Vec<u64> =
        (0..8).map(|number| super::manifest(&format!("referrer {number}"), Some(&subject)).len() as u64).collect();
    let delay = Delay::start(&registry.host(), Duration::from_millis(200));
    let source = source_with(&delay.host(), ":v1", &access(), &limits());
    let start = Instant::now();
    run(async {
        source.resolve().await.unwrap();
        let wanted: Vec<_> = referrers.iter().zip(sizes).map(|(digest, size)| descriptor(digest, size)).collect();
        let all = futures_util::future::join_all(wanted.iter().map(|wanted| source.manifest(wanted))).await;
        assert!(all.iter().all(Result::is_ok), "{all:?}");
    });
    assert_eq!(delay.requests(), 9);
    assert!(start.elapsed() < Duration::from_millis(1000), "two round trips of 200 ms took {:?}", start.elapsed());
}

/// All subjects of a run together ask one host no more at once than is allowed.
#[test]
fn one_host_is_asked_so_much_at_once() {
    let registry = Registry::start(Options { pause: Duration::from_millis(30), ..Options::default() });
    let digest = registry.put_blob(b"evidence");
    let (access, few) = (access(), Limits { connections: 3, ..limits() });
    let sources: Vec<_> = (0..4).map(|_| source_with(&registry.host(), ":v1", &access, &few)).collect();
    let wanted = descriptor(&digest, 8);
    run(async {
        let all = sources.iter().flat_map(|source| (0..4).map(|_| source.blob(&wanted)));
        let all = futures_util::future::join_all(all).await;
        assert!(all.iter().all(Result::is_ok), "{all:?}");
    });
    assert_eq!((registry.requests().len(), registry.most_at_once()), (16, 3));
}
