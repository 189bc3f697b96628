//! Listing referrers: pages, the fallback tag, and what of it could not be seen.

use ocigate::limits::Limits;
use ocigate::oci::{Digest, media_type};
use ocigate::source::{AssociatedTag, GapReason, Referrers as Listed, SearchTarget, referrers_tag};
use serde_json::{Value, json};

use super::{
    access, assert_reason, descriptor, limits, manifest, put_referrers, put_subject, run, source, source_with,
};
use crate::support::registry::{Body, Options, Referrers, Registry, Response};

fn native(page: usize, absolute_links: bool) -> Registry {
    Registry::start(Options { referrers: Referrers::Native { page, absolute_links }, ..Options::default() })
}

fn digests(referrers: &Listed) -> Vec<Digest> {
    let mut digests: Vec<Digest> = referrers.listed.iter().map(|entry| entry.digest.clone()).collect();
    digests.sort();
    digests
}

/// Asserts that this was sought and not seen, for this reason, and nothing else.
#[track_caller]
fn assert_gap(referrers: &Listed, sought: SearchTarget, reason: &Value, case: &str) {
    let [gap] = &referrers.gaps[..] else { panic!("{case}: {:?}", referrers.gaps) };
    assert_eq!(gap.sought, sought, "{case}");
    assert_reason(&gap.reason, reason, case);
}

#[test]
fn every_page_is_read() {
    for (page, absolute, requests) in [(usize::MAX, false, 1), (2, false, 3), (2, true, 3), (5, true, 1)] {
        let registry = native(page, absolute);
        let subject = put_subject(&registry);
        let mut expected = put_referrers(&registry, &subject, 5);
        expected.sort();
        let listed = run(source(&registry, ":v1").referrers(&subject, true));
        assert_eq!((digests(&listed), listed.gaps.len()), (expected, 0));
        assert_eq!(registry.requests().len(), requests, "{page} {absolute}");
        assert!(registry.paths().iter().all(|path| !path.contains("artifactType")));
    }
}

#[test]
fn a_page_that_cannot_be_read_is_a_gap_and_the_others_count() {
    let index = || json!({"schemaVersion": 2, "mediaType": media_type::IMAGE_INDEX, "manifests": []}).to_string();
    let linking =
        |link: &str| Response::new(200).content_type(media_type::IMAGE_INDEX).header("Link", link).body(index());
    let few = Limits { pages: 1, ..limits() };
    for (case, limits, path, response, expected) in [
        ("404 on page two", limits(), "start=2", Response::new(404), json!({"status": {"status": 404}})),
        ("web page as page two", limits(), "start=2", Response::html(200), json!({"malformed": []})),
        (
            "endless page two",
            limits(),
            "start=2",
            Response::new(200).with(Body::Endless),
            json!({"limit": {"limit": 4_194_304}}),
        ),
        (
            "foreign host",
            limits(),
            "start=2",
            linking("<http://localhost:1/x>; rel=\"next\""),
            json!({"refused": ["http://localhost:1"]}),
        ),
        (
            "credentials",
            limits(),
            "start=2",
            linking("<//u:p@127.0.0.1/x>; rel=\"next\""),
            json!({"refused": ["http://127.0.0.1"]}),
        ),
        (
            "file",
            limits(),
            "start=2",
            linking("<file:///etc/passwd>; rel=\"next\""),
            json!({"refused": ["file", "https"]}),
        ),
        ("loop", limits(), "start=2", linking("<?start=2>; rel=next"), json!({"refused": []})),
        ("unreadable Link", limits(), "start=2", linking("next"), json!({"malformed": ["Link", "next"]})),
        ("too many pages", few, "start=never", Response::new(200), json!({"limit": {"limit": 1}})),
    ] {
        let registry = native(2, false);
        let subject = put_subject(&registry);
        put_referrers(&registry, &subject, 3);
        registry.fault(path, usize::MAX, response);
        let listed = run(source_with(&registry.host(), ":v1", &access(), &limits).referrers(&subject, true));
        assert_eq!(listed.listed.len(), 2, "{case}");
        assert_gap(&listed, SearchTarget::Referrers(subject), &expected, case);
        // The second page was asked for once, and no other host or scheme at all.
        let pages = if case == "too many pages" { 1 } else { 2 };
        assert_eq!(registry.requests().len(), pages, "{case}: {:?}", registry.paths());
    }
}

/// Registries without the API: what they answer is no gap, the tag is the list, and it is asked for at once
/// for later digests.
#[test]
fn without_the_api_the_tag_is_the_list() {
    let answers = [
        Response::new(404).content_type("text/plain").body("404 page not found"),
        Response::error(404, "NAME_UNKNOWN", "repository name not known"),
        Response::new(400),
        Response::new(405),
        Response::new(406),
        Response::new(501),
        Response::html(200),
        Response::new(200).content_type("application/json").body(r#"{"tags":[]}"#),
        Response::new(200).content_type("application/json").body("[1]"),
        Response::new(303).header("Location", "/login"),
    ];
    for (number, answer) in answers.into_iter().enumerate() {
        let registry = Registry::start(Options { referrers: Referrers::Unsupported(answer), ..Options::default() });
        registry.fault("/login", usize::MAX, Response::html(200));
        let subject = put_subject(&registry);
        let mut expected = put_referrers(&registry, &subject, 3);
        expected.sort();
        let tag = registry.write_fallback_tag(&subject);
        let source = source(&registry, ":v1");
        run(async {
            let listed = source.referrers(&subject, true).await;
            assert_eq!((digests(&listed), &listed.gaps), (expected.clone(), &vec![]), "{number}");
            registry.forget_requests();
            let none = source.referrers(&expected[0], false).await;
            assert_eq!((none.listed.len(), &none.gaps), (0, &vec![]), "{number}");
        });
        assert_eq!(registry.paths(), [format!("/v2/team/layer/manifests/{}", referrers_tag(&expected[0]))], "{number}");
        assert!(tag.len() <= 71);
    }
}

#[test]
fn an_empty_list_is_not_believed_before_the_tag_was_read() {
    let registry = native(10, false);
    let subject = put_subject(&registry);
    put_referrers(&registry, &subject, 2);
    registry.write_fallback_tag(&subject);
    let empty = json!({"schemaVersion": 2, "mediaType": media_type::IMAGE_INDEX, "manifests": null}).to_string();
    registry.fault("/referrers/", usize::MAX, Response::new(200).content_type(media_type::IMAGE_INDEX).body(empty));
    let source = source(&registry, ":v1");
    run(async {
        assert_eq!(source.referrers(&subject, false).await.listed.len(), 0);
        assert_eq!(source.referrers(&subject, true).await.listed.len(), 2);
    });
}

/// T8, T9: an error is not "no referrers".
#[test]
fn a_list_that_cannot_be_seen_is_a_gap() {
    let index = media_type::IMAGE_INDEX;
    let bad_entry =
        json!({"schemaVersion": 2, "manifests": [{"mediaType": index, "digest": "sha256:../../x", "size": 1}]});
    for (case, response, expected) in [
        ("403", Response::error(403, "DENIED", "no"), json!({"denied": {"status": 403, "message": "DENIED: no"}})),
        (
            "429",
            Response::error(429, "TOOMANYREQUESTS", "slow down"),
            json!({"status": {"status": 429, "message": "TOOMANYREQUESTS: slow down"}}),
        ),
        ("500", Response::new(500), json!({"status": {"status": 500, "message": null}})),
        (
            "redirect elsewhere",
            Response::new(302).header("Location", "ftp://x/y"),
            json!({"refused": ["ftp", "https"]}),
        ),
        ("malformed index", Response::new(200).content_type(index).body("[]"), json!({"malformed": ["[]"]})),
        (
            "malformed digest (A38)",
            Response::new(200).body(bad_entry.to_string()),
            json!({"malformed": ["/manifests/0/digest", "sha256"]}),
        ),
        ("endless", Response::new(200).with(Body::Endless), json!({"limit": {"limit": 4_194_304}})),
    ] {
        let registry = native(10, false);
        let subject = put_subject(&registry);
        registry.fault("/referrers/", usize::MAX, response);
        let listed = run(source(&registry, ":v1").referrers(&subject, true));
        assert_gap(&listed, SearchTarget::Referrers(subject), &expected, case);
        assert!(registry.paths().iter().all(|path| path.contains("/referrers/")), "{case}");
    }
}

#[test]
fn a_fallback_tag_that_is_no_list_is_a_gap() {
    let image = manifest("not a list", None);
    for (case, response, expected) in [
        ("400", Response::new(400), json!({"status": {"status": 400, "message": null}})),
        ("403", Response::new(403), json!({"denied": {"status": 403, "message": null}})),
        ("429", Response::new(429), json!({"status": {"status": 429, "message": null}})),
        ("500", Response::new(500), json!({"status": {"status": 500, "message": null}})),
        ("image manifest", Response::new(200).body(&image), json!({"malformed": [media_type::IMAGE_MANIFEST]})),
        ("web page", Response::html(200), json!({"malformed": ["JSON"]})),
    ] {
        let registry =
            Registry::start(Options { referrers: Referrers::Unsupported(Response::new(404)), ..Options::default() });
        let subject = put_subject(&registry);
        registry.fault("/manifests/sha256-", usize::MAX, response);
        let listed = run(source(&registry, ":v1").referrers(&subject, true));
        assert_gap(&listed, SearchTarget::Tag(referrers_tag(&subject)), &expected, case);
    }
}

/// GitLab resolves `sha256-<hex>` to the manifest with that digest: an index's children are no referrers.
#[test]
fn a_fallback_tag_that_is_the_subject_is_no_list() {
    let registry =
        Registry::start(Options { referrers: Referrers::Unsupported(Response::new(404)), ..Options::default() });
    let child = put_subject(&registry);
    let entry = json!({"mediaType": media_type::IMAGE_MANIFEST, "digest": child.to_string(), "size": 9});
    let index = json!({"schemaVersion": 2, "mediaType": media_type::IMAGE_INDEX, "manifests": [entry]}).to_string();
    let tag = referrers_tag(&Digest::sha256(index.as_bytes()));
    let subject = registry.put_manifest(Some(&tag), index.as_bytes(), media_type::IMAGE_INDEX);
    let listed = run(source(&registry, ":v1").referrers(&subject, true));
    assert_eq!((listed.listed.len(), listed.gaps), (0, vec![]));
}

#[test]
fn a_listed_referrer_that_is_missing_is_absent() {
    let registry = native(10, false);
    let subject = put_subject(&registry);
    let missing = Digest::sha256(b"missing");
    registry.list(&subject, json!({"mediaType": media_type::IMAGE_MANIFEST, "digest": missing.to_string(), "size": 7}));
    let source = source(&registry, ":v1");
    run(async {
        let listed = source.referrers(&subject, true).await;
        assert_eq!(digests(&listed), std::slice::from_ref(&missing));
        let error = source.manifest(&descriptor(&missing, 7)).await.unwrap_err();
        assert_eq!(error, GapReason::Absent);
    });
}

#[test]
fn associated_tags_are_there_or_not_or_a_gap() {
    let registry = native(10, false);
    let subject = put_subject(&registry);
    let tag = AssociatedTag::Signatures.tag(&subject).unwrap();
    let put = registry.put_manifest(Some(&tag), manifest("signatures", None).as_bytes(), media_type::IMAGE_MANIFEST);
    registry.fault(".sbom", usize::MAX, Response::new(403));
    let source = source(&registry, ":v1");
    run(async {
        let signatures = source.associated(AssociatedTag::Signatures, &subject).await.unwrap().unwrap();
        assert_eq!(signatures.digest, put);
        assert!(source.associated(AssociatedTag::Attestations, &subject).await.unwrap().is_none());
        let gap = source.associated(AssociatedTag::Sbom, &subject).await.unwrap_err();
        assert_eq!(gap.sought, SearchTarget::Tag(AssociatedTag::Sbom.tag(&subject).unwrap()));
        assert_reason(&gap.reason, &json!({"denied": {"status": 403, "message": null}}), "sbom");
    });
}
