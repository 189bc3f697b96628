//! Credentials: who gets them, who does not, and what is said when they do not help (A35–A37).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ocigate::source::{Access, AssociatedTag, GapReason};
use serde_json::{Value, json};

use super::{
    access, assert_reason, descriptor, holds, limits, logged_in, put_subject, run, source, source_with, unseen,
};
use crate::support::registry::{Auth, Body, Options, Registry, Response};

const SECRET: &str = "s3cret-value";
const TOKEN: &str = "t0ken-value";

fn basic() -> Registry {
    Registry::start(Options { auth: Auth::Basic { user: "bob", password: SECRET }, ..Options::default() })
}

fn bearer(user: Option<(&'static str, &'static str)>) -> Options {
    Options { auth: Auth::Bearer { user, token: TOKEN }, ..Options::default() }
}

fn password(host: &str, password: &str) -> Value {
    json!({"auths": {host: {"auth": STANDARD.encode(format!("bob:{password}"))}}})
}

fn authorizations(registry: &Registry, path: &str) -> Vec<bool> {
    let at = |request: &&crate::support::registry::Request| request.path.contains(path);
    registry.requests().iter().filter(at).map(|request| request.header("authorization").is_some()).collect()
}

fn refused(registry: &Registry, access: &Access) -> GapReason {
    unseen(run(source_with(&registry.host(), ":v1", access, &limits()).resolve()).unwrap_err()).reason
}

#[test]
fn a_password_is_sent_after_a_challenge_and_then_at_once() {
    let registry = basic();
    let subject = put_subject(&registry);
    let (_folder, access) = logged_in(&password(&registry.host(), SECRET));
    let source = source_with(&registry.host(), ":v1", &access, &limits());
    run(async {
        source.resolve().await.unwrap();
        assert!(source.referrers(&subject, false).await.gaps.is_empty());
    });
    assert_eq!(authorizations(&registry, "/v2/"), [false, true, true]);
    assert!(!format!("{source:?}").contains(SECRET), "Debug shows no secret");
    assert!(!format!("{source:?}").contains(&STANDARD.encode(format!("bob:{SECRET}"))));
}

/// L4: a registry, or what stands before it, may put what it was sent into any header that a message repeats.
#[test]
fn no_message_repeats_what_was_sent() {
    let sent = STANDARD.encode(format!("bob:{SECRET}"));
    let denied = |challenge: String| Response::error(401, "DENIED", "no").header("WWW-Authenticate", challenge);
    let rows = [
        ("a realm", denied(format!("Bearer realm=\"ftp://x/{sent}?{SECRET}\""))),
        ("a challenge", denied(format!("{sent} {SECRET}"))),
        ("a type", Response::new(200).content_type(&format!("text/{SECRET}; {sent}")).body("<p>no</p>")),
        ("an encoding", Response::new(200).header("Content-Encoding", format!("{sent} {SECRET}")).body("x")),
        ("a place", Response::new(302).header("Location", format!("ftp://{SECRET}/{sent}"))),
        ("a link", Response::new(200).header("Link", format!("{SECRET} {sent}")).body("{}")),
        ("a body", Response::error(500, &sent, SECRET)),
    ];
    for (name, response) in rows {
        let registry = basic();
        let subject = put_subject(&registry);
        let (_folder, access) = logged_in(&password(&registry.host(), SECRET));
        let source = source_with(&registry.host(), ":v1", &access, &limits());
        // The credentials are known to be asked for.
        run(source.resolve()).unwrap();
        registry.fault("/v2/", usize::MAX, response);
        let (resolved, listed, tag) = run(async {
            let listed = source.referrers(&subject, true).await;
            (source.resolve().await, listed, source.associated(AssociatedTag::Signatures, &subject).await)
        });
        let said =
            format!("{} {listed:?} {tag:?}", resolved.as_ref().map_or_else(ToString::to_string, |_| String::new()));
        assert!(!said.contains(SECRET) && !said.contains(&sent), "{name}: {said}");
        assert!(resolved.is_err() || !listed.gaps.is_empty() || tag.is_err(), "{name}: nothing was refused");
    }
}

#[test]
fn one_token_serves_all_requests() {
    for user in [None, Some(("bob", SECRET))] {
        let registry = Registry::start(bearer(user));
        put_subject(&registry);
        let digest = registry.put_blob(b"evidence");
        let (_folder, access) = logged_in(&user.map_or(json!({}), |_| password(&registry.host(), SECRET)));
        let source = source_with(&registry.host(), ":v1", &access, &limits());
        run(async {
            // Refused all at once: only one of them asks for a token.
            let blob = descriptor(&digest, 8);
            let all = futures_util::future::join_all((0..5).map(|_| source.blob(&blob))).await;
            assert!(all.iter().all(Result::is_ok), "{all:?}");
            source.resolve().await.unwrap();
        });
        assert_eq!(authorizations(&registry, "/token"), [user.is_some()]);
        assert_eq!(authorizations(&registry, "/manifests/"), [true]);
        let token = registry.paths().into_iter().find(|path| path.starts_with("/token")).unwrap();
        assert_eq!(token, "/token?service=test&scope=repository%3Ateam%2Flayer%3Apull");
        assert!(!format!("{source:?}").contains(TOKEN));
    }
}

#[test]
fn an_identity_token_is_exchanged() {
    let options = Options { refresh_token: Some("refresh"), ..bearer(Some(("nobody", "knows"))) };
    let registry = Registry::start(options);
    put_subject(&registry);
    let config =
        json!({"auths": {registry.host(): {"auth": STANDARD.encode("00000000:"), "identitytoken": "refresh"}}});
    let (_folder, access) = logged_in(&config);
    run(source_with(&registry.host(), ":v1", &access, &limits()).resolve()).unwrap();
    let request = registry.requests().into_iter().find(|request| request.method == "POST").unwrap();
    let body = String::from_utf8(request.body.clone()).unwrap();
    for pair in ["grant_type=refresh_token", "service=test", "scope=repository%3Ateam%2Flayer%3Apull"] {
        assert!(body.split('&').any(|found| found == pair), "{body}");
    }
    assert_eq!(request.header("authorization"), None);
}

#[test]
fn a_token_that_expired_is_replaced() {
    let registry = Registry::start(bearer(None));
    put_subject(&registry);
    let source = source(&registry, ":v1");
    run(async {
        source.resolve().await.unwrap();
        let challenge = format!("Bearer realm=\"{}/token\"", registry.url());
        registry.fault("/manifests/", 1, Response::new(401).header("WWW-Authenticate", challenge));
        source.resolve().await.unwrap();
    });
    assert_eq!(authorizations(&registry, "/token").len(), 2);
}

#[test]
fn a_refusal_says_which_credentials_were_used_and_what_to_do() {
    let registry = basic();
    put_subject(&registry);
    let host = registry.host();
    // What is sent, and what is named of whose credentials were looked up or used.
    for (case, config, sent, named) in [
        ("none at all", json!({}), false, vec!["config.json"]),
        ("wrong password", password(&host, "wrong"), true, vec!["bob", "config.json"]),
        ("another host's (A35)", password("127.0.0.1:1", SECRET), false, vec!["config.json"]),
        (
            "a host with a like name (A35)",
            password(&format!("{host}.evil.example"), SECRET),
            false,
            vec!["config.json"],
        ),
        ("identity token for Basic", json!({"auths": {&host: {"identitytoken": SECRET}}}), false, vec!["config.json"]),
        (
            "a helper that is not there",
            json!({"credsStore": "of-no-one"}),
            false,
            vec!["docker-credential-of-no-one", "PATH", "config.json"],
        ),
        ("not base64", json!({"auths": {&host: {"auth": "%"}}}), false, vec!["auth", "base64", "config.json"]),
        ("no configuration", json!([]), false, vec!["config.json", "1"]),
    ] {
        let (folder, access) = logged_in(&config);
        registry.forget_requests();
        let reason = refused(&registry, &access);
        let path = folder.path().join("config.json").display().to_string();
        let login = format!("docker login {host}");
        let hint: Vec<&str> = named.into_iter().chain([path.as_str(), &login]).collect();
        let message = "UNAUTHORIZED: authentication required";
        assert_reason(&reason, &json!({"denied": {"status": 401, "message": message, "hint": hint}}), case);
        assert_eq!(authorizations(&registry, "/v2/").contains(&true), sent, "{case}");
        assert!(!format!("{reason:?}").contains(SECRET), "{case}: {reason:?}");
        let GapReason::Denied { hint: Some(hint), .. } = reason else { panic!("{case}") };
        assert_eq!(holds(&hint, "bob"), sent, "{case}: {hint}");
    }
    assert_reason(
        &refused(&registry, &access()),
        &json!({"denied": {"hint": ["/nonexistent/config.json"]}}),
        "no file",
    );
}

#[test]
fn a_bad_token_is_a_gap() {
    for (case, body, expected) in [
        ("newline", Body::Bytes(br#"{"token":"a\nX-Evil: b"}"#.to_vec()), None),
        ("empty", Body::Bytes(br#"{"token":"","access_token":null}"#.to_vec()), Some("access_token")),
        ("web page", Body::Bytes(b"<html>".to_vec()), None),
        ("number", Body::Bytes(br#"{"token":1}"#.to_vec()), None),
    ] {
        let registry = Registry::start(bearer(None));
        registry.fault("/token", usize::MAX, Response::new(200).with(body));
        let reason = refused(&registry, &access());
        let url = registry.url();
        let data: Vec<&str> = expected.into_iter().chain([url.as_str()]).collect();
        assert_reason(&reason, &json!({"malformed": data}), case);
        let GapReason::Malformed(text) = reason else { panic!("{case}") };
        assert_eq!(holds(&text, "access_token"), expected.is_some(), "{case}: {text}");
        assert!(!text.contains("Evil"), "{case}: {text}");
    }
    let registry = Registry::start(bearer(None));
    registry.fault("/token", usize::MAX, Response::new(200).with(Body::Endless));
    assert_reason(&refused(&registry, &access()), &json!({"limit": {"limit": 65536}}), "endless");
    // The second name counts where the first is empty.
    let registry = Registry::start(bearer(None));
    put_subject(&registry);
    let answer = json!({"token": "", "access_token": TOKEN}).to_string();
    registry.fault("/token", usize::MAX, Response::new(200).body(answer));
    run(source(&registry, ":v1").resolve()).unwrap();
}

#[test]
fn a_token_server_that_refuses_is_a_gap() {
    for (case, response, kind, expected) in [
        (
            "401",
            Response::new(401).body(r#"{"details":"incorrect"}"#),
            "denied",
            json!({"status": 401, "message": "incorrect"}),
        ),
        ("403", Response::new(403), "denied", json!({"status": 403, "message": null})),
        ("404", Response::new(404), "status", json!({"status": 404})),
        (
            "429",
            Response::new(429).header("Retry-After", "3600"),
            "status",
            json!({"status": 429, "message": ["3600"]}),
        ),
        ("500", Response::new(500), "status", json!({"status": 500})),
        (
            "away",
            Response::new(302).header("Location", "http://203.0.113.1/"),
            "refused",
            json!(["http://203.0.113.1", "https"]),
        ),
    ] {
        let registry = Registry::start(bearer(None));
        registry.fault("/token", usize::MAX, response);
        let reason = refused(&registry, &access());
        assert_reason(&reason, &json!({kind: expected}), case);
        // Who said so is the token server.
        match kind {
            "denied" => assert_reason(&reason, &json!({"denied": {"hint": [registry.url()]}}), case),
            "status" => assert_reason(&reason, &json!({"status": {"message": [registry.url()]}}), case),
            _ => {}
        }
    }
}

/// A36: the realm is the registry's word; who else may hear our password?
#[test]
fn a_realm_is_not_trusted() {
    let denied = |data: &[&str]| json!({"denied": {"status": 401, "hint": data}});
    for (case, challenge, expected) in [
        (
            "plain http",
            "Bearer realm=\"http://203.0.113.1/token\"",
            json!({"refused": ["http://203.0.113.1", "https"]}),
        ),
        ("file", "Bearer realm=\"file:///etc/passwd\"", json!({"refused": ["file", "https"]})),
        ("no URL", "Bearer realm=\"nowhere-at-all\"", json!({"malformed": ["nowhere-at-all"]})),
        ("credentials", "Bearer realm=\"https://a:b@203.0.113.1/\"", json!({"refused": ["https://203.0.113.1"]})),
        ("no realm", "Bearer service=\"x\"", denied(&["Bearer", "realm"])),
        ("empty", "", denied(&[])),
        ("garbage", "Bearer realm=\"", denied(&["Bearer realm="])),
        ("other scheme", "Negotiate", denied(&["Negotiate", "Basic", "Bearer"])),
    ] {
        let registry = Registry::start(Options { challenge: Some(challenge.to_owned()), ..bearer(None) });
        let (_folder, access) = logged_in(&password(&registry.host(), SECRET));
        let reason = refused(&registry, &access);
        assert_reason(&reason, &expected, case);
        // Of an empty one there is nothing to name.
        if let ("empty", GapReason::Denied { hint: Some(hint), .. }) = (case, &reason) {
            assert!(!holds(hint, "Basic") && !holds(hint, "Bearer") && !holds(hint, "docker login"), "{hint}");
        }
        assert!(!authorizations(&registry, "/").contains(&true), "{case}");
    }
}

#[test]
fn credentials_are_not_sent_to_another_host_in_plain_http() {
    let other = Registry::start(bearer(None));
    // Another host by name; the same by address, so that it can answer here.
    let realm = other.url().replace("127.0.0.1", "localhost");
    let registry = Registry::start(Options {
        challenge: Some(format!("Bearer realm=\"{realm}/token\"")),
        ..bearer(Some(("bob", SECRET)))
    });
    put_subject(&registry);
    registry.fault(
        "/manifests/",
        2,
        Response::new(401).header("WWW-Authenticate", format!("Bearer realm=\"{realm}/token\"")),
    );
    let (_folder, access) = logged_in(&password(&registry.host(), SECRET));
    let reason = refused(&registry, &access);
    assert_eq!(authorizations(&other, "/token"), [false]);
    assert_reason(&reason, &json!({"denied": {"status": 401, "hint": ["bob", realm]}}), "hint");
}

#[test]
fn a_credential_helper_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    for (name, script) in [
        ("good", format!("read host; echo '{{\"Username\":\"bob\",\"Secret\":\"{SECRET}\"}}'")),
        ("forgetful", "read host; echo credentials not found in native keychain; exit 1".to_owned()),
        ("bad", "read host; echo the keychain is locked >&2; exit 1".to_owned()),
        ("odd", "read host; echo hello".to_owned()),
    ] {
        let path = folder.path().join(format!("docker-credential-{name}"));
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    // PATH belongs to the whole process, so the test with these helpers runs in one of its own.
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "registry::authentication::with_helpers_in_path"])
        .env("PATH", format!("{}:/usr/bin:/bin", folder.path().display()))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

#[test]
#[ignore = "run by a_credential_helper_is_asked, with its helpers in PATH"]
fn with_helpers_in_path() {
    let registry = basic();
    put_subject(&registry);
    let (_folder, access) = logged_in(&json!({"credHelpers": {registry.host(): "good"}}));
    run(source_with(&registry.host(), ":v1", &access, &limits()).resolve()).unwrap();
    for (helper, named) in [
        ("forgetful", vec!["forgetful"]),
        ("bad", vec!["bad", "the keychain is locked"]),
        ("odd", vec!["odd", "Username", "Secret"]),
    ] {
        registry.forget_requests();
        let (_folder, access) = logged_in(&json!({"auths": {registry.host(): {}}, "credsStore": helper}));
        assert_reason(&refused(&registry, &access), &json!({"denied": {"status": 401, "hint": named}}), helper);
        assert!(!authorizations(&registry, "/v2/").contains(&true), "{helper}");
    }
}

/// A37: neither a password nor a token follows a redirect to another origin, and no challenge is answered there.
#[test]
fn credentials_stay_behind_at_a_redirect() {
    let storage = Registry::start(Options::default());
    let digest = storage.put_blob(b"evidence");
    let options = Options {
        blobs_at: Some(storage.url()),
        auth: Auth::Basic { user: "bob", password: SECRET },
        ..Options::default()
    };
    let registry = Registry::start(options);
    let (_folder, access) = logged_in(&password(&registry.host(), SECRET));
    let source = source_with(&registry.host(), ":v1", &access, &limits());
    run(async {
        source.blob(&descriptor(&digest, 8)).await.unwrap();
        assert_eq!(authorizations(&registry, "/blobs/"), [false, true]);
        assert_eq!(authorizations(&storage, "/blobs/"), [false]);
        assert!(storage.requests().iter().all(|request| request.header("referer").is_none()));

        storage.fault("/blobs/", usize::MAX, Response::new(401).header("WWW-Authenticate", "Basic realm=\"x\""));
        let reason = source.blob(&descriptor(&digest, 8)).await.unwrap_err();
        let expected = json!({"denied": {"status": 401, "hint": [storage.url()]}});
        assert_reason(&reason, &expected, "challenge elsewhere");
        assert_eq!(authorizations(&storage, "/blobs/"), [false, false]);
    });
}
