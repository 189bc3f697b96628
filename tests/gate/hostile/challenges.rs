//! What a registry may ask for before it answers: an attacker's words too.

use serde_json::json;

use super::full;
use crate::support::registry::{Auth, Options, Registry, Response};
use crate::support::rows::row;
use crate::support::served::Served;

const SECRET: &str = "s3cret-value";

/// An address that nobody has (RFC 5737).
const NOWHERE: &str = "203.0.113.1";

/// A registry with tokens and this challenge in place of the right one; the program is logged in there.
fn challenging(challenge: Option<&str>) -> Served {
    let auth = Auth::Bearer { user: Some(("bob", SECRET)), token: "t0ken" };
    let options = Options { auth, challenge: challenge.map(str::to_owned), ..Options::default() };
    let served = Served::new(&full().0, options);
    let config = json!({"auths": {served.registry.host(): {"username": "bob", "password": SECRET}}});
    served.file(".docker/config.json", config.to_string());
    served
}

/// The subject is not seen, by a gap of this code that names all of this, and no secret is shown.
fn assert_refused(served: &Served, case: &str, code: &str, data: &[&str]) {
    let measured = served.judge(":v1").assert(case, 3, &["UNDECIDED", &row(&format!("unseen gap.{code}"), data)]);
    measured.assert_unsaid(case, SECRET);
}

/// Whether a token server was asked.
fn asks_for_a_token(served: &Served) -> bool {
    served.registry.paths().iter().any(|path| path.starts_with("/token"))
}

#[test]
fn the_right_challenge() {
    let served = challenging(None);
    served.judge(":v1").assert("right", 0, &["PASS"]).assert_unsaid("right", SECRET);
    assert_eq!(served.registry.paths().iter().filter(|path| path.starts_with("/token")).count(), 1);
}

#[test]
fn an_empty_challenge() {
    let served = challenging(Some(""));
    assert_refused(&served, "empty", "denied", &["401"]);
    assert!(!asks_for_a_token(&served));
}

#[test]
fn a_challenge_that_cannot_be_read() {
    for (case, challenge, data) in [
        ("garbage", "Bearer realm=\"", &["401", "realm="] as &[_]),
        ("no realm", "Bearer service=\"x\"", &["401", "Bearer"]),
        ("scheme", "Negotiate", &["401", "Negotiate", "Basic", "Bearer"]),
    ] {
        let served = challenging(Some(challenge));
        assert_refused(&served, case, "denied", data);
        assert!(!asks_for_a_token(&served), "{case}");
    }
}

/// A36: a host that the registry names gets no password in plain http.
#[test]
fn a_realm_on_another_host() {
    let other = Registry::start(Options { auth: Auth::Bearer { user: None, token: "x" }, ..Options::default() });
    let realm = other.url().replace("127.0.0.1", "localhost");
    let served = challenging(Some(&format!("Bearer realm=\"{realm}/token\"")));
    assert_refused(&served, "foreign", "denied", &["401", "bob", &realm]);
    let asked = other.requests();
    assert!(!asked.is_empty() && asked.iter().all(|request| request.header("authorization").is_none()));
}

#[test]
fn a_realm_in_plain_http_elsewhere() {
    let served = challenging(Some("Bearer realm=\"http://203.0.113.1/token\""));
    assert_refused(&served, "http", "refused", &[NOWHERE, "http", "https"]);
}

#[test]
fn a_realm_that_is_no_web_address() {
    for (realm, code, data) in [
        ("file:///etc/passwd", "refused", "file"),
        ("nowhere-at-all", "malformed", "nowhere-at-all"),
        ("https://a:b@203.0.113.1/", "refused", NOWHERE),
    ] {
        assert_refused(&challenging(Some(&format!("Bearer realm=\"{realm}\""))), realm, code, &[data]);
    }
}

#[test]
fn a_token_with_a_newline() {
    let served = challenging(None).answering("/token", Response::new(200).body(r#"{"token":"a\nX-Evil: b"}"#));
    assert_refused(&served, "newline", "malformed", &[&served.registry.url()]);
    assert!(asks_for_a_token(&served));
}

#[test]
fn an_empty_token() {
    let served = challenging(None).answering("/token", Response::new(200).body(r#"{"token":""}"#));
    assert_refused(&served, "empty", "malformed", &[&served.registry.url(), "token", "access_token"]);
    let served =
        challenging(None).answering("/token", Response::new(200).body(r#"{"token":"","access_token":"t0ken"}"#));
    served.judge(":v1").assert("the second name", 0, &["PASS"]);
}

#[test]
fn a_token_server_in_trouble() {
    for status in [401, 403, 500, 429] {
        let served = challenging(None).answering("/token", Response::new(status));
        let (case, url) = (status.to_string(), served.registry.url());
        assert_refused(&served, &case, super::gap_of(status), &[&case, &url]);
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
        assert_refused(&served, &status.to_string(), "refused", &[&served.registry.url()]);
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
    let gap = format!("gap gap.denied 401 + {}", storage.url());
    served.judge(":v1").assert("storage", 3, &["UNDECIDED", &gap]).assert_unsaid("storage", SECRET);
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
        assert_refused(&served, &like, "denied", &["401", ".docker/config.json"]);
        assert!(served.registry.requests().iter().all(|request| request.header("authorization").is_none()), "{like}");
    }
}
