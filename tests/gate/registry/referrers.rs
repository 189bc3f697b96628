//! Listing referrers: pages, the fallback tag, and what of it could not be seen.

use ocigate::limits::Limits;
use ocigate::oci::{Digest, media_type};
use ocigate::source::{AssociatedTag, Referrers as Listed, referrers_tag};
use serde_json::json;

use super::{access, assert_says, descriptor, limits, manifest, put_referrers, put_subject, run, source, source_with};
use crate::support::registry::{Body, Options, Referrers, Registry, Response};

fn native(page: usize, absolute_links: bool) -> Registry {
    Registry::start(Options { referrers: Referrers::Native { page, absolute_links }, ..Options::default() })
}

fn digests(referrers: &Listed) -> Vec<Digest> {
    let mut digests: Vec<Digest> = referrers.listed.iter().map(|entry| entry.digest.clone()).collect();
    digests.sort();
    digests
}

fn gaps(referrers: &Listed) -> String {
    referrers.gaps.iter().map(|gap| format!("{}: {}", gap.sought, gap.reason)).collect::<Vec<_>>().join("; ")
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
        ("404 on page two", limits(), "start=2", Response::new(404), "the registry answered HTTP 404"),
        (
            "web page as page two",
            limits(),
            "start=2",
            Response::html(200),
            "malformed: a page of the list is not an OCI image index",
        ),
        (
            "endless page two",
            limits(),
            "start=2",
            Response::new(200).with(Body::Endless),
            "bytes of one page of referrers",
        ),
        (
            "foreign host",
            limits(),
            "start=2",
            linking("<http://localhost:1/x>; rel=\"next\""),
            "refused to follow: the list's next page is at http://localhost:1, another host",
        ),
        (
            "credentials",
            limits(),
            "start=2",
            linking("<//u:p@127.0.0.1/x>; rel=\"next\""),
            "with credentials in its URL",
        ),
        (
            "file",
            limits(),
            "start=2",
            linking("<file:///etc/passwd>; rel=\"next\""),
            "the scheme \"file\": expected https",
        ),
        (
            "loop",
            limits(),
            "start=2",
            linking("<?start=2>; rel=next"),
            "the list's next page is one that was read already",
        ),
        ("unreadable Link", limits(), "start=2", linking("next"), "the Link header \"next\" cannot be read"),
        (
            "too many pages",
            few,
            "start=never",
            Response::new(200),
            "beyond the limit of 1 pages of one list of referrers",
        ),
    ] {
        let registry = native(2, false);
        let subject = put_subject(&registry);
        put_referrers(&registry, &subject, 3);
        registry.fault(path, usize::MAX, response);
        let listed = run(source_with(&registry.host(), ":v1", &access(), &limits).referrers(&subject, true));
        assert_eq!(listed.listed.len(), 2, "{case}");
        assert_says(gaps(&listed), &format!("the referrers of {subject}: "), case);
        assert_says(gaps(&listed), expected, case);
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
            assert_eq!((digests(&listed), gaps(&listed)), (expected.clone(), String::new()), "{number}");
            registry.forget_requests();
            let none = source.referrers(&expected[0], false).await;
            assert_eq!((none.listed.len(), gaps(&none)), (0, String::new()), "{number}");
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
        ("403", Response::error(403, "DENIED", "no"), "the registry refused access (HTTP 403: DENIED: no)"),
        (
            "429",
            Response::error(429, "TOOMANYREQUESTS", "slow down"),
            "the registry answered HTTP 429: TOOMANYREQUESTS: slow down",
        ),
        ("500", Response::new(500), "the registry answered HTTP 500"),
        (
            "redirect elsewhere",
            Response::new(302).header("Location", "ftp://x/y"),
            "refused to follow: a redirect goes to the scheme \"ftp\"",
        ),
        (
            "malformed index",
            Response::new(200).content_type(index).body("[]"),
            "malformed: the list of referrers is not an acceptable index",
        ),
        ("malformed digest (A38)", Response::new(200).body(bad_entry.to_string()), "expected lower-case hex"),
        (
            "endless",
            Response::new(200).with(Body::Endless),
            "beyond the limit of 4194304 bytes of one page of referrers",
        ),
    ] {
        let registry = native(10, false);
        let subject = put_subject(&registry);
        registry.fault("/referrers/", usize::MAX, response);
        let listed = run(source(&registry, ":v1").referrers(&subject, true));
        assert_says(gaps(&listed), &format!("the referrers of {subject}: "), case);
        assert_says(gaps(&listed), expected, case);
        assert!(registry.paths().iter().all(|path| path.contains("/referrers/")), "{case}");
    }
}

#[test]
fn a_fallback_tag_that_is_no_list_is_a_gap() {
    let image = manifest("not a list", None);
    for (case, response, expected) in [
        ("400", Response::new(400), "the registry answered HTTP 400"),
        ("403", Response::new(403), "the registry refused access (HTTP 403)"),
        ("429", Response::new(429), "the registry answered HTTP 429"),
        ("500", Response::new(500), "the registry answered HTTP 500"),
        (
            "image manifest",
            Response::new(200).body(&image),
            "the tag holds no index of referrers but application/vnd.oci.image.manifest.v1+json",
        ),
        ("web page", Response::html(200), "the tag holds no index of referrers: not valid JSON"),
    ] {
        let registry =
            Registry::start(Options { referrers: Referrers::Unsupported(Response::new(404)), ..Options::default() });
        let subject = put_subject(&registry);
        registry.fault("/manifests/sha256-", usize::MAX, response);
        let listed = run(source(&registry, ":v1").referrers(&subject, true));
        assert_says(gaps(&listed), &format!("the tag {}: ", referrers_tag(&subject)), case);
        assert_says(gaps(&listed), expected, case);
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
    assert_eq!((listed.listed.len(), gaps(&listed)), (0, String::new()));
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
        assert_says(error, "it is listed but absent", "missing");
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
        assert_says(gap.sought, ".sbom", "sought");
        assert_says(gap.reason, "the registry refused access (HTTP 403)", "reason");
    });
}
