//! Mirrors: other places of the same bytes, and of nothing else unless the configuration says so.

use serde_json::json;

use super::{PROVEN, full};
use crate::support::artifact::MANIFEST;
use crate::support::registry::{Auth, Body, Options, Registry, Response};
use crate::support::served::Served;

/// A registry and a mirror of it, both with everything.
struct Mirrored {
    served: Served,
    mirror: Registry,
}

fn mirrored(pull: &str) -> Mirrored {
    mirrored_with(pull, Options::default(), Options::default(), "")
}

fn mirrored_with(pull: &str, options: Options, mirror: Options, more: &str) -> Mirrored {
    let served = Served::new(&full().0, options);
    let mirror = Registry::start(mirror);
    mirror.fill(&served.folder.path().join("layout"));
    let (prefix, location) = (served.registry.host(), mirror.host());
    let config = format!(
        "{more}\n[[mirror]]\nprefix = \"{prefix}/kfm\"\nlocation = \"{location}/copy/of/kfm\"\npull_from_mirror = \"{pull}\"\n"
    );
    let config = served.file("ocigate.toml", config);
    Mirrored { served: served.with(&["--config", &config]), mirror }
}

const RELAXED: &str = "relaxed relaxation.mirror";

#[test]
fn bytes_come_from_the_mirror_and_words_from_the_registry() {
    let (_, subject) = full();
    let Mirrored { served, mirror } = mirrored("digest-only");
    let measured = served.judge(":v1").assert("tag", 0, &["PASS", PROVEN, "subject requests=19 + cached=0"]);
    assert!(!measured.outcome.has(RELAXED));
    let by_digest = |path: &String| path.contains("/blobs/") || path.contains("/manifests/sha256:");
    assert!(mirror.paths().iter().all(by_digest), "{:#?}", mirror.paths());
    assert!(mirror.paths().iter().all(|path| path.starts_with("/v2/copy/of/kfm/layers/")));
    assert!(!served.registry.paths().iter().any(by_digest), "{:#?}", served.registry.paths());

    served.registry.forget_requests();
    let name = format!("@{subject}");
    served.judge(&name).assert("digest", 0, &["PASS", &format!("{}/kfm/layers@{subject}", served.registry.host())]);
    assert!(!served.registry.paths().iter().any(by_digest));
}

#[test]
fn a_mirror_that_does_not_help_is_passed_over() {
    let (_, subject) = full();
    for (case, response) in [
        ("404", Response::error(404, "MANIFEST_UNKNOWN", "unknown")),
        ("401", Response::new(401).header("WWW-Authenticate", "Basic realm=\"x\"")),
        ("403", Response::new(403)),
        ("500", Response::new(500)),
        ("other bytes", Response::new(200).content_type(MANIFEST).body("{}")),
        ("web page", Response::html(200)),
        ("endless", Response::new(200).with(Body::Endless)),
        ("closed", Response::new(200).with(Body::Close)),
    ] {
        for pull in ["digest-only", "all"] {
            let Mirrored { served, mirror } = mirrored(pull);
            mirror.fault("/manifests/sha256:", usize::MAX, response.clone());
            served.judge(&format!("@{subject}")).assert(case, 0, &["PASS", PROVEN]);
        }
    }
}

#[test]
fn a_mirror_that_is_not_there_or_hangs() {
    let Mirrored { served, mut mirror } = mirrored("digest-only");
    mirror.stop();
    served.judge(":v1").assert("stopped", 0, &["PASS"]);

    let Mirrored { served, mirror } = mirrored("all");
    mirror.fault("/v2/", usize::MAX, Response::new(200).with(Body::Hang));
    served.within(15).judge(":v1").assert("hanging", 0, &["PASS"]);
    assert_eq!(mirror.requests().len(), 1, "nobody waits for it twice");
}

/// There is another place to ask, so nobody waits for a mirror that asks for patience.
#[test]
fn a_mirror_that_throttles_is_not_waited_for() {
    let Mirrored { served, mirror } = mirrored("all");
    mirror.fault("/v2/", usize::MAX, Response::new(429).header("Retry-After", "20"));
    let measured = served.judge(":v1").assert("429", 0, &["PASS"]);
    assert!(measured.elapsed < std::time::Duration::from_secs(15), "{:?}", measured.elapsed);
}

#[test]
fn where_nobody_helps_both_are_named() {
    let (_, subject) = full();
    let Mirrored { mut served, mirror } = mirrored("digest-only");
    let host = served.registry.host();
    served.registry.stop();
    mirror.fault("/manifests/", usize::MAX, Response::new(403));
    served.judge_at(&host, &format!("@{subject}")).assert(
        "both",
        3,
        &["UNDECIDED", &format!("unseen gap.connection http://{host} + {} + 403", mirror.host())],
    );
}

/// Whoever may only hold bytes cannot say that there is no more.
#[test]
fn only_a_mirror_that_is_believed_stands_in_for_the_registry() {
    for (pull, code, reason) in [("digest-only", 3, "gap gap.connection"), ("all", 0, RELAXED)] {
        let Mirrored { mut served, mirror } = mirrored(pull);
        let host = served.registry.host();
        served.registry.stop();
        served.judge_at(&host, ":v1").assert(pull, code, &[reason]);
        assert_eq!(mirror.requests().is_empty(), pull == "digest-only");
    }
}

#[test]
fn a_believed_mirror_says_what_there_is_not_and_its_trouble_is_no_word() {
    let empty = json!({"schemaVersion": 2, "mediaType": crate::support::artifact::INDEX, "manifests": []}).to_string();
    let nothing = Response::new(200).content_type(crate::support::artifact::INDEX).body(empty);
    for (case, response, code, reason) in [
        ("empty", nothing, 1, "fail signature.absent"),
        ("429", Response::new(429), 0, "PASS"),
        ("403", Response::new(403), 0, "PASS"),
        ("malformed", Response::new(200).content_type(crate::support::artifact::INDEX).body("[]"), 0, "PASS"),
    ] {
        let Mirrored { served, mirror } = mirrored("all");
        mirror.fault("/referrers/", usize::MAX, response);
        served.judge(":v1").assert(case, code, &[reason, RELAXED]);
    }
    // Trouble at both is a gap.
    let Mirrored { served, mirror } = mirrored("all");
    mirror.fault("/referrers/", usize::MAX, Response::new(500));
    served.registry.fault("/referrers/", usize::MAX, Response::new(503));
    served.judge(":v1").assert(
        "both",
        3,
        &["UNDECIDED", &format!("gap gap.status {} + 503 + {} + 500", full().1, mirror.host())],
    );
}

/// A mirror's tag that points elsewhere does not move what is judged.
#[test]
fn a_mirror_s_tag_is_not_asked_for() {
    let (mut artifact, subject) = full();
    let other = artifact.push("v2", vec![], json!({}));
    let Mirrored { served, mirror } = mirrored("digest-only");
    mirror.put_manifest(Some("v1"), &artifact.bytes(&other), MANIFEST);
    served.judge(":v1").assert("tag", 0, &["PASS", &subject]);
}

/// Who may sign is a question of the subject's own repository, wherever the bytes lie.
#[test]
fn permissions_are_those_of_the_subject_s_repository() {
    for (of_mirror, code, reason) in [(false, 0, "PASS"), (true, 1, "fail signature.absent")] {
        let Mirrored { served, mirror } = mirrored("all");
        let host = if of_mirror { mirror.host() } else { served.registry.host() };
        let (prefix, location) = (served.registry.host(), mirror.host());
        let config = format!(
            "[[trust.signer]]\nname = \"release\"\nkey = \"release.pub\"\nrepositories = [\"{host}/**\"]\n\
             [[mirror]]\nprefix = \"{prefix}\"\nlocation = \"{location}\"\npull_from_mirror = \"all\"\n"
        );
        let config = served.file("signers.toml", config);
        let served = served.bare_arguments().with(&["--config", &config]);
        served.judge(":v1").assert(&host, code, &[reason]);
    }
}

#[test]
fn credentials_of_each_go_to_each() {
    let auth = |password| Options { auth: Auth::Basic { user: "bob", password }, ..Options::default() };
    let Mirrored { served, mirror } = mirrored_with("digest-only", auth("of-registry"), auth("of-mirror"), "");
    let entry = |password: &str| json!({"username": "bob", "password": password});
    let auths = json!({"auths": {served.registry.host(): entry("of-registry"), mirror.host(): entry("of-mirror")}});
    served.file(".docker/config.json", auths.to_string());
    served.judge(":v1").assert("both", 0, &["PASS"]);
    let sent = |registry: &Registry| -> std::collections::BTreeSet<String> {
        registry.requests().iter().filter_map(|request| request.header("authorization").map(str::to_owned)).collect()
    };
    assert_eq!((sent(&served.registry).len(), sent(&mirror).len()), (1, 1));
    assert_ne!(sent(&served.registry), sent(&mirror));
}

#[test]
fn a_mirror_that_cannot_be_one() {
    for (text, reasons) in [
        ("[[mirror]]\nprefix = \"a b\"\nlocation = \"x.example\"\n", ["prefix", "a b"]),
        ("[[mirror]]\nprefix = \"x.example\"\nlocation = \"https://y.example\"\n", ["location", "https://y.example"]),
        ("[[mirror]]\nprefix = \"x.example\"\n", ["location", "ocigate.toml"]),
        (
            "[[mirror]]\nprefix = \"x.example\"\nlocation = \"y.example\"\npull_from_mirror = \"tag-only\"\n",
            ["tag-only", "digest-only"],
        ),
    ] {
        let served = super::native();
        let config = served.file("ocigate.toml", text);
        served.with(&["--config", &config]).judge(":v1").outcome.assert(text, 2, &reasons);
    }
}
