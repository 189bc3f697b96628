//! Lists of referrers: what is no list, what cannot be seen, and what lists what is not there.

use ocigate::oci::Digest;
use serde_json::{Value, json};

use super::{PROVEN, full, gap_of, native, referrers, tagged};
use crate::support::artifact::{BUNDLE, EMPTY, INDEX, MANIFEST};
use crate::support::documents::{documented, release};
use crate::support::registry::{Options, Referrers, Registry, Response};
use crate::support::rows::row;
use crate::support::served::Served;

/// A registry that pages its list, by this link in place of its own from the second page on.
fn paging(link: Option<&str>) -> Served {
    let referrers = Referrers::Native { page: 2, absolute_links: false };
    let served = Served::started(&full().0, Options { referrers, ..Options::default() });
    match link {
        Some(link) => {
            let page = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": []}).to_string();
            served.answering("start=2", Response::new(200).content_type(INDEX).header("Link", link).body(page))
        }
        None => served,
    }
}

/// A registry whose referrers API answers so, with the fallback tag.
fn answering(answer: Response) -> Served {
    let (artifact, subject) = full();
    let served =
        Served::started(&artifact, Options { referrers: Referrers::Unsupported(answer), ..Options::default() });
    served.registry.write_fallback_tag(&subject.parse().unwrap());
    served
}

#[test]
fn pages_by_relative_and_by_absolute_links() {
    for absolute_links in [false, true] {
        let referrers = Referrers::Native { page: 2, absolute_links };
        let served = Served::started(&full().0, Options { referrers, ..Options::default() });
        served.judge(":v1").assert("pages", 0, &["PASS", "attached name=prov.jsonld", PROVEN]);
        assert!(served.registry.paths().iter().any(|path| path.ends_with("?start=4")), "three pages");
    }
}

#[test]
fn a_link_to_another_host() {
    let elsewhere = Registry::start(Options::default());
    let link = format!("<{}/v2/x>; rel=\"next\"", elsewhere.url());
    paging(Some(&link)).judge(":v1").assert(
        "foreign",
        3,
        &["UNDECIDED", &format!("gap gap.refused {} + {}", full().1, elsewhere.url())],
    );
    assert!(elsewhere.requests().is_empty());
}

#[test]
fn a_link_to_itself() {
    let served = paging(Some("<?start=2>; rel=\"next\""));
    served.judge(":v1").assert("loop", 3, &["UNDECIDED", &format!("gap gap.refused {}", full().1)]);
    let pages = served.registry.paths().into_iter().filter(|path| path.contains(&format!("/referrers/{}", full().1)));
    assert_eq!(pages.count(), 2, "the second page is read once");
}

#[test]
fn endless_links() {
    let page = |next: usize| {
        let list = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": []}).to_string();
        let link = format!("<?page={next:03}>; rel=\"next\"");
        Response::new(200).content_type(INDEX).header("Link", link).body(list)
    };
    let mut served = native().by_program();
    for number in 1..40 {
        served = served.answering(&format!("?page={number:03}"), page(number + 1));
    }
    served.answering("/referrers/", page(1)).judge(":v1").assert(
        "endless",
        3,
        &["UNDECIDED", &format!("gap gap.limit {} + 32", full().1)],
    );
}

/// Registries without the API. The tag is the list: what it holds is seen, and nothing is a gap.
#[test]
fn no_api_in_every_way_to_say_so() {
    for (case, answer) in [
        ("404", Response::error(404, "MANIFEST_UNKNOWN", "manifest unknown")),
        ("400", Response::error(400, "MANIFEST_INVALID", "manifest invalid")),
        ("405", Response::error(405, "UNSUPPORTED", "the operation is unsupported")),
        ("406", Response::new(406)),
        ("501", Response::new(501)),
        ("200 HTML", Response::html(200)),
        ("303 to HTML", Response::new(303).header("Location", "/login")),
    ] {
        let served = answering(answer).answering("/login", Response::html(200));
        served.judge(":v1").assert(case, 0, &["PASS", PROVEN]);
    }
}

/// What may be a no, or may be trouble, is no "no".
#[test]
fn a_list_that_cannot_be_seen() {
    for (case, answer, code, data) in [
        ("401", Response::new(401).header("WWW-Authenticate", "Basic realm=\"x\""), "denied", &["401"] as &[_]),
        ("403", Response::error(403, "DENIED", "no"), "denied", &["403", "DENIED", "no"]),
        ("429", Response::error(429, "TOOMANYREQUESTS", "slow"), "status", &["429", "TOOMANYREQUESTS", "slow"]),
        ("500", Response::new(500), "status", &["500"]),
        ("503", Response::new(503), "status", &["503"]),
        ("303 to 429 HTML", Response::new(303).header("Location", "/login"), "status", &["429"]),
    ] {
        let served = native().by_program().answering("/referrers/", answer).answering("/login", Response::html(429));
        served.judge(":v1").assert(
            case,
            3,
            &["UNDECIDED", &row(&format!("gap gap.{code}"), &[&[full().1.as_str()], data].concat())],
        );
    }
}

#[test]
fn manifests_null_is_an_empty_list() {
    let null = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": null}).to_string();
    let answer = Response::new(200).content_type(INDEX).body(null);
    native().by_program().answering("/referrers/", answer).judge(":v1").assert("null", 1, &["fail signature.absent"]);
}

#[test]
fn an_empty_list_while_the_fallback_tag_is_full() {
    let (artifact, subject) = full();
    let served = Served::started(&artifact, Options::default());
    served.registry.write_fallback_tag(&subject.parse().unwrap());
    let empty = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": []}).to_string();
    let served = served.answering("/referrers/", Response::new(200).content_type(INDEX).body(empty));
    served.judge(":v1").assert("full tag", 0, &["PASS", PROVEN]);
}

#[test]
fn a_fallback_tag_that_cannot_be_seen() {
    let tag = full().1.replace(':', "-");
    for status in [400, 401, 403, 429, 500] {
        let served = tagged().by_program().answering("/manifests/sha256-", Response::new(status));
        let case = status.to_string();
        served.judge(":v1").assert(&case, 3, &["UNDECIDED", &format!("gap gap.{} {tag} + {case}", gap_of(status))]);
    }
    // 404 on the API and on every tag means that there is nothing.
    tagged().by_program().answering("/manifests/sha256-", Response::new(404)).judge(":v1").assert(
        "404",
        1,
        &["fail signature.absent"],
    );
}

#[test]
fn a_fallback_tag_that_is_the_subject() {
    let (artifact, subject) = documented();
    let referrers = Referrers::Unsupported(Response::new(404));
    let served = Served::started(&artifact, Options { referrers, ..Options::default() });
    let itself = Response::new(200).content_type(MANIFEST).body(artifact.bytes(&subject));
    let served = served.answering(&format!("/manifests/{}", subject.replace(':', "-")), itself);
    assert!(!served.judge(":v1").assert("itself", 1, &["fail signature.absent"]).outcome.has("gap"));
}

#[test]
fn a_fallback_tag_that_is_an_image() {
    let (artifact, _) = full();
    let other = referrers(&artifact)[0].clone();
    let image = Response::new(200).content_type(MANIFEST).body(artifact.bytes(&other));
    tagged().by_program().answering("/manifests/sha256-", image).judge(":v1").assert(
        "image",
        3,
        &["UNDECIDED", &format!("gap gap.malformed {} + {MANIFEST}", full().1.replace(':', "-"))],
    );
}

/// Clients before 2026 wrote such entries: what a list says of an entry is a hint.
#[test]
fn a_list_whose_artifact_types_are_wrong() {
    for wrong in [json!(EMPTY), json!(""), Value::Null, json!("application/vnd.oci.image.config.v1+json")] {
        let (artifact, subject) = full();
        let entries: Vec<Value> = referrers(&artifact)
            .iter()
            .map(|digest| {
                let mut entry = artifact.descriptor(digest);
                if !wrong.is_null() {
                    entry["artifactType"] = wrong.clone();
                }
                entry
            })
            .collect();
        let list = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}).to_string();
        let tag = format!("/manifests/{}", subject.replace(':', "-"));
        let served = Served::started(
            &artifact,
            Options { referrers: Referrers::Unsupported(Response::new(404)), ..Options::default() },
        );
        served.registry.put_manifest(Some(tag.rsplit('/').next().unwrap()), list.as_bytes(), INDEX);
        let case = wrong.to_string();
        served.judge(":v1").assert(&case, 0, &["PASS", "attached name=prov.jsonld", PROVEN]);
    }
}

#[test]
fn a_listed_referrer_of_another_subject() {
    let (artifact, subject) = documented();
    let (mut elsewhere, _) = documented();
    let stray = elsewhere.push("other", vec![], json!({}));
    let signature = elsewhere.sign(&release(), &stray);
    let mut all = artifact.clone();
    all.blobs.extend(elsewhere.blobs);
    let served = Served::started(&all, Options::default());
    served.registry.list(&subject.parse().unwrap(), all.descriptor(&signature));
    let measured = served.judge(":v1").assert("stray", 1, &["fail signature.absent"]);
    let ignored = json!({"manifest": signature, "listed_for": subject, "own_subject": stray});
    assert_eq!(measured.outcome.list("ignored"), [ignored]);
}

/// T9: one referrer that cannot be loaded is not passed over.
#[test]
fn a_listed_referrer_that_is_missing_or_cannot_be_had() {
    let (artifact, _) = full();
    let served = native().by_program();
    let absent = Digest::sha256(b"absent");
    served
        .registry
        .list(&full().1.parse().unwrap(), json!({"mediaType": MANIFEST, "digest": absent.to_string(), "size": 7}));
    let measured = served.judge(":v1");
    measured.assert("missing", 3, &["UNDECIDED", &format!("gap gap.absent {absent}")]);
    for status in [403, 429, 500] {
        let one = referrers(&artifact)[0].clone();
        let served = native().by_program().answering(&format!("/manifests/{one}"), Response::new(status));
        served.judge(":v1").assert(
            "trouble",
            3,
            &["UNDECIDED", &format!("gap gap.{} {one} + {status}", gap_of(status))],
        );
    }
}

/// A cycle cannot be hashed, but it can be listed: A refers to the subject, B to A, and A is listed for B.
#[test]
fn a_cycle_of_lists() {
    let (mut artifact, subject) = full();
    let note =
        |name: &str| vec![crate::support::artifact::document("n.json", "application/json", &json!({"name": name}))];
    let first = artifact.attach(&subject, "application/vnd.example.note+json", note("a"));
    let second = artifact.attach(&first, "application/vnd.example.note+json", note("b"));
    let served = Served::started(&artifact, Options::default());
    for (listed, about) in [(&first, &second), (&subject, &second), (&second, &second)] {
        served.registry.list(&about.parse().unwrap(), artifact.descriptor(listed));
    }
    let measured = served.judge(":v1").assert("cycle", 0, &["PASS"]);
    let ignored = measured.outcome.list("ignored");
    assert_eq!(ignored.len(), 2, "{ignored:#?}");
    for (manifest, own) in [(&first, &subject), (&second, &first)] {
        assert!(ignored.contains(&json!({"manifest": manifest, "listed_for": second, "own_subject": own})));
    }
    assert!(served.registry.requests().len() < 40, "{}", served.registry.requests().len());
}

/// A signature counts by its bytes and its layers, not by the type that a list or a manifest states.
#[test]
fn an_artifact_type_that_is_empty_or_only_the_configs() {
    for (artifact_type, config) in [(json!(""), BUNDLE), (Value::Null, BUNDLE), (json!(BUNDLE), EMPTY)] {
        let (mut artifact, subject) = documented();
        let bundle = crate::support::artifact::bundle(
            &release(),
            &crate::support::artifact::statement(&[&subject], crate::support::artifact::SIGN, json!({})),
        );
        let layer = artifact.blob(BUNDLE, serde_json::to_vec(&bundle).unwrap());
        let config = artifact.blob(config, b"{}".to_vec());
        let mut manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer],
            "subject": artifact.descriptor(&subject),
        });
        if !artifact_type.is_null() {
            manifest["artifactType"] = artifact_type.clone();
        }
        let listed = artifact.manifest(&manifest);
        artifact.list(listed, None);
        Served::started(&artifact, Options::default()).judge(":v1").assert(&artifact_type.to_string(), 0, &["PASS"]);
    }
}
