//! What a registry may ask for before it answers: an attacker's words too.

use serde_json::json;

use super::{GAP, full};
use crate::support::registry::{Auth, Options, Registry, Response};
use crate::support::served::Served;

const SECRET: &str = "s3cret-value";

/// A registry with tokens and this challenge in place of the right one; the program is logged in there.
fn challenging(challenge: Option<&str>) -> Served {
    let auth = Auth::Bearer { user: Some(("bob", SECRET)), token: "t0ken" };
    let options = Options { auth, challenge: challenge.map(str::to_owned), ..Options::default() };
    let served = Served::new(&full().0, options);
    let config = json!({"auths": {served.registry.host(): {"username": "bob", "password": SECRET}}});
    served.file(".docker/config.json", config.to_string());
    served
}

fn assert_refused(served: &Served, case: &str, reason: &str) {
    served.judge(":v1").assert(case, 3, &["the subject 127.0.0.1:", reason]).assert_unsaid(case, SECRET);
}

#[test]
fn the_right_challenge() {
    let served = challenging(None);
    served.judge(":v1").assert("right", 0, &["PASS"]).assert_unsaid("right", SECRET);
    assert_eq!(served.registry.paths().iter().filter(|path| path.starts_with("/token")).count(), 1);
}

#[test]
fn an_empty_challenge() {
    assert_refused(&challenging(Some("")), "empty", "gap gap.denied");
}

#[test]
fn a_challenge_that_cannot_be_read() {
    assert_refused(&challenging(Some("Bearer realm=\"")), "garbage", "gap gap.denied");
    assert_refused(&challenging(Some("Bearer service=\"x\"")), "no realm", "gap gap.denied");
    assert_refused(&challenging(Some("Negotiate")), "scheme", "gap gap.denied");
}

/// A36: a host that the registry names gets no password in plain http.
#[test]
fn a_realm_on_another_host() {
    let other = Registry::start(Options { auth: Auth::Bearer { user: None, token: "x" }, ..Options::default() });
    let realm = other.url().replace("127.0.0.1", "localhost");
    let served = challenging(Some(&format!("Bearer realm=\"{realm}/token\"")));
    assert_refused(&served, "foreign", "gap gap.denied");
    let asked = other.requests();
    assert!(!asked.is_empty() && asked.iter().all(|request| request.header("authorization").is_none()));
}

#[test]
fn a_realm_in_plain_http_elsewhere() {
    let served = challenging(Some("Bearer realm=\"http://203.0.113.1/token\""));
    assert_refused(&served, "http", "gap gap.refused");
}

#[test]
fn a_realm_that_is_no_web_address() {
    for (realm, reason) in [
        ("file:///etc/passwd", "gap gap.refused"),
        ("token", "gap gap.malformed"),
        ("https://a:b@203.0.113.1/", "gap gap.refused"),
    ] {
        assert_refused(&challenging(Some(&format!("Bearer realm=\"{realm}\""))), realm, reason);
    }
}

#[test]
fn a_token_with_a_newline() {
    let served = challenging(None).answering("/token", Response::new(200).body(r#"{"token":"a\nX-Evil: b"}"#));
    assert_refused(&served, "newline", "gap gap.malformed");
}

#[test]
fn an_empty_token() {
    let served = challenging(None).answering("/token", Response::new(200).body(r#"{"token":""}"#));
    assert_refused(&served, "empty", "gap gap.malformed");
    let served =
        challenging(None).answering("/token", Response::new(200).body(r#"{"token":"","access_token":"t0ken"}"#));
    served.judge(":v1").assert("the second name", 0, &["PASS"]);
}

#[test]
fn a_token_server_in_trouble() {
    for (status, reason) in
        [(401, "gap gap.denied"), (403, "gap gap.denied"), (500, "gap gap.status"), (429, "gap gap.status")]
    {
        assert_refused(&challenging(None).answering("/token", Response::new(status)), reason, reason);
    }
}

/// What is to be exchanged for a token is not sent on, and not sent twice.
#[test]
fn a_token_server_that_sends_a_refresh_token_on() {
    let elsewhere = Registry::start(Options::default());
    for status in [301, 302, 307, 308] {
        let away = Response::new(status).header("Location", elsewhere.url() + "/token");
        let served = challenging(None).answering("/token", away);
        let config = json!({"auths": {served.registry.host(): {"identitytoken": SECRET}}});
        served.file(".docker/config.json", config.to_string());
        assert_refused(&served, &status.to_string(), "gap gap.refused");
        assert_eq!(served.registry.paths().iter().filter(|path| path.starts_with("/token")).count(), 1);
    }
    assert!(elsewhere.requests().is_empty());
}

/// A challenge of the place that a redirect leads to is not answered: it could ask for the registry's password.
#[test]
fn a_challenge_behind_a_redirect() {
    let storage = Registry::start(Options::default());
    storage.fault("/", usize::MAX, Response::new(401).header("WWW-Authenticate", "Basic realm=\"x\""));
    let served = challenging(None).answering("/blobs/", Response::new(307).header("Location", storage.url() + "/x"));
    let reason = "it had sent us on to http://127.0.0.1:";
    served.judge(":v1").assert("storage", 3, &[GAP, reason]).assert_unsaid("storage", SECRET);
    assert!(storage.requests().iter().all(|request| request.header("authorization").is_none()));
}

/// A35, A47: a host that looks like another is another.
#[test]
fn hosts_that_look_alike() {
    for like in ["127.0.0.1", "127.0.0.1:1", "HOST.evil.example", "evilHOST", "HOST0"] {
        let served = challenging(None);
        let like = like.replace("HOST", &served.registry.host());
        let config = json!({"auths": {like.clone(): {"username": "bob", "password": SECRET}}});
        served.file(".docker/config.json", config.to_string());
        assert_refused(&served, &like, "gap gap.denied");
        assert!(served.registry.requests().iter().all(|request| request.header("authorization").is_none()), "{like}");
    }
}
