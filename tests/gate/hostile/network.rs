//! Redirects, throttling, proxies, and registries that go away.

use super::{PROVEN, content::document, full, native};
use crate::support::registry::{Options, Registry, Response};
use crate::support::rows::row;
use crate::support::served::Served;

fn redirecting(location: &str) -> Response {
    Response::new(307).header("Location", location)
}

/// A second registry with the same content, and the first one that sends its blobs there.
fn with_storage(auth: crate::support::registry::Auth, by_name: bool) -> (Served, Registry) {
    let (artifact, _) = full();
    let storage = Registry::start(Options::default());
    let blobs_at = if by_name { storage.url().replace("127.0.0.1", "localhost") } else { storage.url() };
    let served = Served::new(&artifact, Options { blobs_at: Some(blobs_at), auth, ..Options::default() });
    storage.fill(&served.folder.path().join("layout"));
    (served, storage)
}

/// A37: bytes may lie elsewhere, on another port or another host; credentials do not go there.
#[test]
fn redirects_to_another_port_and_to_another_host() {
    for by_name in [false, true] {
        let auth = crate::support::registry::Auth::Bearer { user: None, token: "t0ken" };
        let (served, storage) = with_storage(auth, by_name);
        served.judge(":v1").assert("storage", 0, &["PASS", PROVEN]);
        assert!(!storage.requests().is_empty());
        for request in storage.requests() {
            assert_eq!((request.header("authorization"), request.header("referer")), (None, None));
        }
    }
}

#[test]
fn a_storage_that_lies() {
    let (served, storage) = with_storage(crate::support::registry::Auth::Anyone, false);
    storage.fault("/blobs/", usize::MAX, Response::new(200).body("{}"));
    let found = ocigate::oci::Digest::sha256(b"{}").to_string();
    served.judge(":v1").assert(
        "other bytes",
        3,
        &["UNDECIDED", &format!("gap gap.corrupt {} + {found}", document(&full().0, "prov.jsonld"))],
    );
}

/// Blobs that are redirected there are not fetched, for a reason that names all of this.
fn assert_refused(location: &str, data: &[&str]) {
    let measured = native().answering("/blobs/", redirecting(location)).judge(":v1");
    let layer = document(&full().0, "prov.jsonld");
    let data = [&[layer.as_str()], data].concat();
    measured.assert(location, 3, &["UNDECIDED", &row("gap gap.refused", &data)]);
}

#[test]
fn a_redirect_to_plain_http_elsewhere() {
    assert_refused("http://203.0.113.1/x", &["http://203.0.113.1", "https"]);
}

#[test]
fn a_redirect_to_a_file() {
    for location in ["file:///etc/passwd", "FILE:/etc/passwd"] {
        assert_refused(location, &["file", "https"]);
    }
}

#[test]
fn a_redirect_loop() {
    let served = native().answering("/manifests/v1", redirecting("/v2/kfm/layers/manifests/v1"));
    served.judge(":v1").assert(
        "loop",
        3,
        &["UNDECIDED", "subject requests=6 + cached=0", &format!("unseen gap.refused 5 + {}", served.registry.url())],
    );
    assert_eq!(served.registry.requests().len(), 6);
}

#[test]
fn a_redirect_with_a_password() {
    assert_refused("https://a:b@203.0.113.1/", &["https://203.0.113.1"]);
}

/// T8: throttled is not unsigned, and waiting beyond the deadline helps nobody.
#[test]
fn a_retry_after_beyond_the_deadline() {
    let slow = Response::new(429).header("Retry-After", "3600");
    let served = native().within(30).answering("/referrers/", slow);
    let measured = served.judge(":v1");
    let measured = measured.assert("429", 3, &["UNDECIDED", &format!("gap gap.status {} + 429 + 3600", full().1)]);
    assert!(measured.elapsed.as_secs() < 20, "{:?}", measured.elapsed);
}

#[test]
fn a_retry_after_within_the_deadline() {
    let served = native();
    served.registry.fault("/referrers/", 2, Response::new(429).header("Retry-After", "1"));
    let measured = served.judge(":v1").assert("429", 0, &["PASS"]);
    assert!(measured.elapsed.as_secs() >= 2, "{:?}", measured.elapsed);
}

/// A proxy that the environment names is not shown what is asked of this machine.
#[test]
fn proxies_in_the_environment() {
    let mut served = native();
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        served = served.environment(name, "http://127.0.0.1:1");
    }
    served.judge(":v1").assert("loopback", 0, &["PASS"]);
}

/// The proxy is asked for everything that is not on this machine, except what NO_PROXY names.
#[test]
fn a_proxy_is_asked_and_no_proxy_names_whom_not() {
    let proxied = || {
        let served = native().with(&["--plain-http", "registry.invalid"]);
        let proxy = served.registry.url();
        served.environment("http_proxy", proxy)
    };
    let through = proxied();
    through.judge_at("registry.invalid", ":v1").assert("through", 0, &["PASS", "relaxed relaxation.plain_http"]);
    assert!(through.registry.paths()[0].starts_with("http://registry.invalid/v2/kfm/layers/manifests/v1"));
    for no_proxy in ["registry.invalid", ".invalid", "other.example,registry.invalid", "*"] {
        let around = proxied().environment("no_proxy", no_proxy);
        around.judge_at("registry.invalid", ":v1").assert(no_proxy, 3, &["gap gap.connection"]);
        assert!(around.registry.requests().is_empty(), "{no_proxy}");
    }
}

#[test]
fn a_registry_that_goes_away_in_the_middle() {
    // From the first request on that answers nothing, to the last that still answers.
    let whole = native();
    whole.judge(":v1").assert("whole", 0, &["PASS"]);
    let count = whole.registry.requests().len();
    for answered in 0..count {
        let served = native();
        served.registry.stop_after(answered);
        let (case, url) = (format!("{answered} of {count}"), served.registry.url());
        served.judge(":v1").assert(&case, 3, &["UNDECIDED", &format!("gap gap.connection {url}")]);
    }
}
