//! Credentials: whose are used, where they are looked up, who gets them, and what is said when they do not help. A value
//! is never shown, and nothing is sent to another host.

use std::os::unix::fs::PermissionsExt as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::full;
use crate::support::registry::{Auth, Options};
use crate::support::rows::row;
use crate::support::served::{Measured, Served};

const SECRET: &str = "s3cret-value";
const TOKEN: &str = "t0ken-value";

/// A registry that knows bob.
fn basic() -> Served {
    Served::started(&full().0, Options { auth: Auth::Basic { user: "bob", password: SECRET }, ..Options::default() })
}

/// A registry that takes this token.
fn bearer() -> Served {
    let auth = Auth::Bearer { user: Some(("nobody", "knows")), token: TOKEN };
    Served::started(&full().0, Options { auth, ..Options::default() })
}

fn password(password: &str) -> Value {
    json!({"auth": STANDARD.encode(format!("bob:{password}"))})
}

fn auths(key: &str, entry: Value) -> String {
    json!({"auths": {key: entry}}).to_string()
}

/// Passes, and shows no secret.
fn assert_passes(served: &Served, case: &str) {
    served.judge(":v1").assert(case, 0, &["PASS"]).assert_unsaid(case, SECRET).assert_unsaid(case, TOKEN);
}

/// Is refused, says by what names whose credentials were looked up or used, and shows no secret.
fn assert_refused(served: &Served, case: &str, data: &[&str]) {
    served
        .judge(":v1")
        .assert(case, 3, &["UNDECIDED", "unseen gap.denied 401", &row("gap gap.denied", data)])
        .assert_unsaid(case, SECRET)
        .assert_unsaid(case, TOKEN);
}

/// How often credentials were sent.
fn times_sent(served: &Served) -> usize {
    served.registry.requests().iter().filter(|request| request.header("authorization").is_some()).count()
}

/// Judges with this on standard input.
fn judge_with(served: &Served, input: &str, arguments: &[&str]) -> Measured {
    let mut all = vec!["verify".to_owned(), "--key".to_owned(), "release.pub".to_owned()];
    all.extend(arguments.iter().map(|argument| (*argument).to_owned()));
    all.push(format!("{}/kfm/layers:v1", served.registry.host()));
    served.program(&all, input.as_bytes())
}

#[test]
fn the_files_of_docker_and_podman() {
    for (file, variable, command) in [
        (".docker/config.json", None, "docker login"),
        (".config/containers/auth.json", None, "podman login"),
        ("run/containers/auth.json", Some(("XDG_RUNTIME_DIR", "run")), "podman login"),
        ("elsewhere/config.json", Some(("DOCKER_CONFIG", "elsewhere")), "docker login"),
        ("elsewhere.json", Some(("REGISTRY_AUTH_FILE", "elsewhere.json")), "podman login --authfile"),
    ] {
        let logged_in = |entry: Value| {
            let served = basic();
            served.file(file, auths(&served.registry.host(), entry));
            match variable {
                Some((name, path)) => {
                    let path = served.folder.path().join(path);
                    served.environment(name, path)
                }
                None => served,
            }
        };
        assert_passes(&logged_in(password(SECRET)), file);
        let refused = logged_in(password("wrong"));
        let path = refused.folder.path().join(file).display().to_string();
        assert_refused(&refused, file, &["bob", &path, command, &refused.registry.host()]);
        assert_eq!(times_sent(&refused), 1, "{file}");
    }
}

/// What one variable names is not added to, and the first file that has credentials decides.
#[test]
fn the_order_of_the_files() {
    let both = |first: &str, second: &str| {
        let served = basic();
        served.file(first, auths(&served.registry.host(), password(SECRET)));
        served.file(second, auths(&served.registry.host(), password("wrong")));
        served
    };
    assert_passes(&both(".config/containers/auth.json", ".docker/config.json"), "podman's before docker's");
    let served = both("auth.json", "docker/config.json");
    let (auth, docker) = (served.folder.path().join("auth.json"), served.folder.path().join("docker"));
    assert_passes(&served.environment("REGISTRY_AUTH_FILE", auth).environment("DOCKER_CONFIG", docker), "auth file");

    let served = both(".docker/config.json", "x.json");
    let nowhere = served.folder.path().join("nowhere.json");
    let shown = nowhere.display().to_string();
    let served = served.environment("REGISTRY_AUTH_FILE", nowhere);
    assert_refused(&served, "not there", &[&shown]);
    assert_eq!(times_sent(&served), 0, "not there");
}

#[test]
fn the_longest_key_of_a_repository() {
    for (key, passes) in [("/kfm", true), ("/kfm/layers", true), ("/kfm/layer", false), ("/kfm/layers/more", false)] {
        let served = basic();
        let host = served.registry.host();
        let entries = json!({"auths": {format!("{host}{key}"): password(SECRET), host: password("wrong")}});
        served.file(".docker/config.json", entries.to_string());
        match passes {
            true => assert_passes(&served, key),
            false => assert_refused(&served, key, &["bob", ".docker/config.json"]),
        }
    }
}

#[test]
fn tokens_in_a_file() {
    let served = bearer();
    served.file(".docker/config.json", auths(&served.registry.host(), json!({"registrytoken": TOKEN})));
    assert_passes(&served, "registrytoken");
    assert!(served.registry.paths().iter().all(|path| !path.starts_with("/token")), "it is sent as it is");

    let served = basic();
    served.file(".docker/config.json", auths(&served.registry.host(), json!({"identitytoken": SECRET})));
    assert_refused(&served, "Basic", &[".docker/config.json"]);
    assert_eq!(times_sent(&served), 0, "no identity token by Basic");
}

#[test]
fn a_user_name_and_a_password_from_standard_input() {
    for input in [SECRET.to_owned(), format!("{SECRET}\n"), format!("{SECRET}\r\n")] {
        judge_with(&basic(), &input, &["--username", "bob", "--password-stdin"])
            .assert("given", 0, &["PASS"])
            .assert_unsaid("given", SECRET);
    }
    let served = basic();
    served.file(".docker/config.json", auths(&served.registry.host(), password(SECRET)));
    let wrong = judge_with(&served, "wr0ng", &["--username", "bob", "--password-stdin"]);
    let case = "given goes before stored";
    let rows = ["UNDECIDED", "unseen gap.denied 401 + bob + --password-stdin"];
    wrong.assert(case, 3, &rows).assert_unsaid(case, "wr0ng");
}

#[test]
fn a_password_needs_a_host_and_a_user() {
    let served = basic();
    let host = served.registry.host();
    let several = [host.as_str(), "127.0.0.1:1"];
    for (case, arguments, input, reasons) in [
        ("no user", vec!["--password-stdin"], SECRET, &["--username"] as &[_]),
        ("no password", vec!["--username", "bob"], "", &["--password-stdin"]),
        ("empty", vec!["--username", "bob", "--password-stdin"], "\n", &["--password-stdin"]),
        ("two hosts", vec!["--username", "bob", "--password-stdin", "127.0.0.1:1/x:v1"], SECRET, &several),
    ] {
        let outcome = judge_with(&served, input, &arguments).outcome;
        outcome.assert(case, 2, reasons);
        assert!(!outcome.err.contains(SECRET), "{case}");
    }
    let layout = ["verify", "--username", "bob", "--password-stdin", "oci-layout:layout"].map(str::to_owned);
    served.program(&layout, SECRET.as_bytes()).outcome.assert("layout", 2, &["--username"]);
    assert!(served.registry.requests().is_empty(), "{host}");
}

#[test]
fn a_token_of_the_environment_goes_to_its_host_only() {
    let token = || bearer().environment("OCIGATE_REGISTRY_TOKEN", TOKEN);
    let served = token();
    let host = served.registry.host();
    let served = served.with(&["--registry-token-host", &host]);
    assert_passes(&served, "its host");
    let by_variable = token();
    let host = by_variable.registry.host();
    assert_passes(&by_variable.environment("OCIGATE_REGISTRY_TOKEN_HOST", host), "by variable");

    // Another port is another host, and so is a name that begins like it.
    for other in ["127.0.0.1", "127.0.0.1:1", "localhost"] {
        let served = token().with(&["--registry-token-host", other]);
        let rows = ["UNDECIDED", "unseen gap.denied 401 + .docker/config.json"];
        let refused = served.judge(":v1").assert(other, 3, &rows).assert_unsaid(other, TOKEN);
        assert!(refused.peak > 0);
        for request in served.registry.requests() {
            assert!(!request.header("authorization").unwrap_or_default().contains(TOKEN), "{other}");
        }
    }
    let expired = bearer().environment("OCIGATE_REGISTRY_TOKEN", "exp1red");
    let host = expired.registry.host();
    let expired = expired.with(&["--registry-token-host", &host]);
    assert_refused(&expired, "expired", &["OCIGATE_REGISTRY_TOKEN"]);
    for (case, served, reasons) in [
        ("no host", token(), ["OCIGATE_REGISTRY_TOKEN", "--registry-token-host"]),
        ("no token", bearer().with(&["--registry-token-host", "x.example"]), ["OCIGATE_REGISTRY_TOKEN", "x.example"]),
    ] {
        served.judge(":v1").outcome.assert(case, 2, &reasons);
        assert!(served.registry.requests().is_empty(), "{case}");
    }
}

/// A helper with this script, in PATH.
fn with_helper(served: Served, script: &str, configuration: impl Fn(&str) -> Value) -> Served {
    let path = served.file("bin/docker-credential-test", format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    served.file(".docker/config.json", configuration(&served.registry.host()).to_string());
    let bin = format!("{}:/usr/bin:/bin", served.folder.path().join("bin").display());
    served.environment("PATH", bin)
}

#[test]
fn a_credential_helper_is_asked_for_the_host() {
    let script = format!("read host; echo \"$host\" > asked; echo '{{\"Username\":\"bob\",\"Secret\":\"{SECRET}\"}}'");
    let per_host = |host: &str| json!({"credHelpers": {host: "test"}});
    let for_all = |host: &str| json!({"auths": {host: {}}, "credsStore": "test"});
    for (case, configuration) in [("per host", &per_host as &dyn Fn(&str) -> Value), ("for all", &for_all)] {
        let served = with_helper(basic(), &script, configuration);
        assert_passes(&served, case);
        let asked = std::fs::read_to_string(served.folder.path().join("asked")).unwrap();
        assert_eq!(asked.trim(), served.registry.host());
    }
    // A key of the repository is nearer than the helper of the host.
    let nearer = |host: &str| json!({"auths": {format!("{host}/kfm"): password(SECRET)}, "credsStore": "test"});
    let served = with_helper(basic(), "echo none > asked; exit 1", nearer);
    assert_passes(&served, "nearer");
    assert!(!served.folder.path().join("asked").exists());
}

#[test]
fn a_credential_helper_that_does_not_help() {
    // What a helper that failed says is passed on; the others say nothing that could be.
    for (case, script, data) in [
        ("none", "echo credentials not found in native keychain; exit 1", &[] as &[&str]),
        ("locked", "echo the keychain is locked >&2; exit 1", &["the keychain is locked"]),
        ("odd", "echo hello", &["Username", "Secret"]),
        ("silent", "exit 3", &[]),
        ("endless", "cat /dev/zero", &[]),
    ] {
        let served = with_helper(basic(), script, |_| json!({"credsStore": "test"}));
        assert_refused(&served, case, &[&["test", ".docker/config.json"], data].concat());
        assert_eq!(times_sent(&served), 0, "{case}");
    }
    // What it gave and the registry refuses is said to be the helper's.
    let wrong = "echo '{\"Username\":\"bob\",\"Secret\":\"wrong\"}'";
    let served = with_helper(basic(), wrong, |_| json!({"credsStore": "test"}));
    assert_refused(&served, "wrong", &["bob", "test", ".docker/config.json"]);
    assert_eq!(times_sent(&served), 1, "wrong");
    let served = with_helper(basic(), "", |_| json!({"credsStore": "of-no-one"}));
    assert_refused(&served, "absent", &["docker-credential-of-no-one", "PATH"]);
    let served = with_helper(basic(), "", |_| json!({"credsStore": "../x"}));
    assert_refused(&served, "path", &["../x", "docker-credential-"]);
}

/// A helper that asks a person must not use up the run, and does not outlive it.
#[test]
fn a_credential_helper_that_hangs() {
    let served = with_helper(basic().within(4), "echo $$ > pid; exec sleep 60", |_| json!({"credsStore": "test"}));
    assert_refused(&served, "hangs", &["test", "2"]);
    let pid = std::fs::read_to_string(served.folder.path().join("pid")).unwrap();
    assert!(!std::path::Path::new("/proc").join(pid.trim()).exists(), "it was ended");
}
