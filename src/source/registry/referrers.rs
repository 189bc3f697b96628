//! What refers to a digest: the referrers API with its pages, else the fallback tag (distribution-spec
//! 1.1, § Listing Referrers and § Unavailable Referrers API).
//!
//! "Unsupported" and "could not be seen" are kept apart: a registry without the API answers 404, 400, 405,
//! 406, 501 or some web page, and then the tag is the list; 401, 403, 429, 5xx, a broken connection or a
//! missing page are gaps. No entry is filtered out here: what a list says of an entry is a hint.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap, HashSet};

use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use serde::de::IgnoredAny;
use url::Url;

use super::answer::Answer;
use super::link;
use super::transport::Transport;
use super::wanted::{BoundedRequest, MANIFEST_TYPES};
use crate::oci::{Body, Descriptor, Digest, Manifest, media_type};
use crate::source::seen::{Gap, GapReason, Referrers, SearchTarget, referrers_tag};

/// What is known of the registry's referrers API, so that later digests are not asked in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Api {
    #[default]
    Unknown,
    Native,
    TagOnly,
}

/// Remembers how this registry lists referrers.
#[derive(Debug, Default)]
pub(super) struct Listing(Cell<Api>);

/// A page of a list, or none because there is no such API.
enum Page {
    /// Its entries count even where the way to the next page is barred.
    Listed(Vec<Descriptor>, Result<Option<Url>, GapReason>),
    Unsupported,
}

impl Listing {
    /// Lists what refers to this digest. `with_tag` also reads the tag where the API lists nothing.
    pub(super) async fn list(&self, transport: &Transport, digest: &Digest, with_tag: bool) -> Referrers {
        if self.0.get() != Api::TagOnly
            && let Some(native) = self.native(transport, digest).await
            && !(with_tag && native.listed.is_empty() && native.gaps.is_empty())
        {
            return native;
        }
        tag(transport, digest).await
    }

    /// The list of the referrers API; none if there is no such API.
    async fn native(&self, transport: &Transport, digest: &Digest) -> Option<Referrers> {
        let mut referrers = Referrers::default();
        let mut seen = HashSet::new();
        let mut next = transport.wire.origins.url(&format!("referrers/{digest}")).map(Some);
        loop {
            let url = match next {
                Ok(Some(url)) => url,
                Ok(None) => return Some(referrers),
                Err(reason) => {
                    referrers.gaps.push(Gap { sought: SearchTarget::Referrers(digest.clone()), reason });
                    return Some(referrers);
                }
            };
            next = match self.page(transport, url, &mut seen).await {
                Ok(Page::Listed(listed, next)) => {
                    referrers.listed.extend(listed);
                    next
                }
                Ok(Page::Unsupported) => return None,
                Err(reason) => Err(reason),
            };
        }
    }

    async fn page(&self, transport: &Transport, url: Url, seen: &mut HashSet<Url>) -> Result<Page, GapReason> {
        let limits = transport.wire.budget.limits();
        if seen.len() >= limits.pages {
            return Err(GapReason::Limit { what: "pages of one list of referrers".into(), limit: limits.pages as u64 });
        }
        let is_first = seen.is_empty();
        if !seen.insert(url.clone()) {
            return Err(GapReason::Refused("the list's next page is one that was read already".to_owned()));
        }
        let answer = transport.get(&page_wanted(transport, url)).await?;
        if answer.status != StatusCode::OK {
            let unsupported = is_first && matches!(answer.status.as_u16(), 400 | 404 | 405 | 406 | 501);
            return if unsupported { Ok(self.unsupported()) } else { Err(transport.refusal(&answer)) };
        }
        let Some(listed) = entries(&answer)? else {
            let no_index = || GapReason::Malformed("a page of the list is not an OCI image index".to_owned());
            return if is_first { Ok(self.unsupported()) } else { Err(no_index()) };
        };
        self.0.set(Api::Native);
        let next = link::next(&answer.headers)
            .map_err(GapReason::Malformed)
            .and_then(|link| link.map(|link| transport.wire.origins.next_page(&answer.url, &link)).transpose());
        Ok(Page::Listed(listed, next))
    }

    /// Once a list was seen, a single answer to the contrary says nothing about the other digests.
    fn unsupported(&self) -> Page {
        if self.0.get() == Api::Unknown {
            self.0.set(Api::TagOnly);
        }
        Page::Unsupported
    }
}

fn page_wanted(transport: &Transport, url: Url) -> BoundedRequest<'static> {
    let limit = transport.wire.budget.limits().manifest_bytes;
    BoundedRequest {
        url,
        accept: media_type::IMAGE_INDEX,
        limit,
        what: "bytes of one page of referrers",
        expected: None,
    }
}

/// The entries of an index; none if the body is none (a web page, some other JSON). A body that is meant
/// to be an index and is malformed is a gap: what it lists cannot be told.
fn entries(answer: &Answer) -> Result<Option<Vec<Descriptor>>, GapReason> {
    let body = &answer.body.bytes;
    match Manifest::parse(body, None) {
        Ok(Manifest { body: Body::Index { manifests }, .. }) => Ok(Some(named(manifests))),
        Ok(_) => Ok(None),
        Err(error) => {
            let served_as_index = answer
                .header(CONTENT_TYPE)
                .is_some_and(|served_as| media_type::base(served_as) == media_type::IMAGE_INDEX);
            let has_manifests = serde_json::from_slice::<HashMap<String, IgnoredAny>>(body)
                .is_ok_and(|document| document.contains_key("manifests"));
            if served_as_index || has_manifests {
                return Err(GapReason::Malformed(format!("the list of referrers is not an acceptable index: {error}")));
            }
            Ok(None)
        }
    }
}

/// What the walk asks by. What a list says of an entry besides is a hint, and may be megabytes.
fn named(listed: Vec<Descriptor>) -> Vec<Descriptor> {
    let named =
        |entry: Descriptor| Descriptor { artifact_type: None, annotations: BTreeMap::new(), platform: None, ..entry };
    listed.into_iter().map(named).collect()
}

/// The list under the fallback tag.
async fn tag(transport: &Transport, digest: &Digest) -> Referrers {
    let tag = referrers_tag(digest);
    match tag_entries(transport, digest, &tag).await {
        Ok(listed) => Referrers { listed, ..Referrers::default() },
        Err(reason) => Referrers { gaps: vec![Gap { sought: SearchTarget::Tag(tag), reason }], ..Referrers::default() },
    }
}

async fn tag_entries(transport: &Transport, digest: &Digest, tag: &str) -> Result<Vec<Descriptor>, GapReason> {
    let wanted = BoundedRequest {
        url: transport.wire.origins.url(&format!("manifests/{tag}"))?,
        accept: MANIFEST_TYPES,
        limit: transport.wire.budget.limits().manifest_bytes,
        what: "bytes of one manifest",
        expected: None,
    };
    let answer = transport.get(&wanted).await?;
    match answer.status {
        StatusCode::OK => {}
        StatusCode::NOT_FOUND => return Ok(Vec::new()),
        _ => return Err(transport.refusal(&answer)),
    }
    if digest.matches(&answer.body.bytes) {
        // GitLab resolves such a tag to the very manifest with that digest; its children are no referrers.
        return Ok(Vec::new());
    }
    let manifest =
        Manifest::parse(&answer.body.bytes, answer.header(CONTENT_TYPE).map(|served_as| ("served", served_as)))
            .map_err(|error| GapReason::Malformed(format!("the tag holds no index of referrers: {error}")))?;
    match manifest.body {
        Body::Index { manifests } => Ok(named(manifests)),
        Body::Image { .. } => {
            Err(GapReason::Malformed(format!("the tag holds no index of referrers but {}", manifest.media_type)))
        }
    }
}
