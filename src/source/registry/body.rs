//! Reading bodies: bounded while they arrive, hashed while they arrive, never decoded.
//!
//! `Content-Length` refuses early what is too long; the running count refuses what lied about it. The
//! deadline is the caller's.

use reqwest::Response;
use reqwest::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap};

use super::budget::Budget;
use super::failure::broken;
use super::wanted::BoundedRequest;
use crate::oci::Digest;
use crate::oci::digest::Hasher;
use crate::source::question::SizedDigest;
use crate::source::seen::{FetchedContent, GapReason};

/// A body that was read to its end.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// The bytes; of a body longer than its descriptor says, no more than that.
    pub(super) bytes: Vec<u8>,
    /// How many bytes there were.
    length: u64,
    /// The digest of all of them, in the algorithm of the digest that it was wanted by.
    digest: Option<Digest>,
}

/// More is not allocated in advance, whatever a header promises; in bytes.
const RESERVE: u64 = 1024 * 1024;

impl Body {
    /// Reads the body of a good answer.
    pub(super) async fn read(
        mut response: Response,
        headers: &HeaderMap,
        wanted: &BoundedRequest<'_>,
        budget: &Budget,
    ) -> Result<Self, GapReason> {
        let url = response.url().clone();
        refuse_encoding(headers)?;
        let (limit, beyond) = limit(wanted);
        let announced = content_length(headers);
        if announced.is_some_and(|length| length > limit) {
            return Err(beyond);
        }
        let keep = wanted.expected.map_or(wanted.limit, |expected| expected.size.min(wanted.limit));
        let reserve = usize::try_from(announced.unwrap_or_default().min(RESERVE)).unwrap_or_default();
        let mut body = Body { bytes: Vec::with_capacity(reserve), ..Body::default() };
        let mut hasher = wanted.expected.map(|expected| Hasher::new(expected.digest.algorithm()));
        while let Some(chunk) = response.chunk().await.map_err(|error| broken(&url, &error))? {
            budget.take_bytes(chunk.len())?;
            body.length = body.length.saturating_add(chunk.len() as u64);
            if body.length > limit {
                return Err(beyond);
            }
            if let Some(hasher) = &mut hasher {
                hasher.update(&chunk);
            }
            if body.length <= keep {
                body.bytes.extend_from_slice(&chunk);
            }
        }
        body.digest = hasher.map(Hasher::finish);
        Ok(body)
    }

    /// Reads the beginning of an error's body: as much as fits, as long as it is quick. Failing to is no
    /// error of its own, because the status has already said what matters.
    pub(super) async fn read_excerpt(mut response: Response, limit: u64, budget: &Budget) -> Self {
        let mut body = Body::default();
        let reading = async {
            while let Ok(Some(chunk)) = response.chunk().await {
                body.length = body.length.saturating_add(chunk.len() as u64);
                if budget.take_bytes(chunk.len()).is_err() || body.length > limit {
                    break;
                }
                body.bytes.extend_from_slice(&chunk);
            }
        };
        // Whether it came to its end or not, what has come is what there is.
        let _ = tokio::time::timeout(EXCERPT_TIME, reading).await;
        body
    }

    /// The content, if it is what the descriptor says: first its digest, then its size.
    pub(super) fn into_content(self, expected: &SizedDigest) -> Result<FetchedContent, GapReason> {
        let found = self.digest.unwrap_or_else(|| Digest::of(expected.digest.algorithm(), &self.bytes));
        if found != expected.digest {
            return Err(GapReason::Corrupt { expected: expected.digest.clone(), found });
        }
        if self.length != expected.size {
            return Err(GapReason::Size { expected: expected.size, found: self.length });
        }
        Ok(FetchedContent { digest: found, bytes: self.bytes })
    }
}

/// How many bytes are read, and the gap of more. What has a descriptor may be somewhat longer than that says, so that
/// a wrong size is told by its number; what goes on beyond that is not read to its end.
fn limit(wanted: &BoundedRequest<'_>) -> (u64, GapReason) {
    let stated = wanted.expected.map_or(u64::MAX, |expected| expected.size);
    let readable = stated.saturating_add(RESERVE);
    if readable < wanted.limit {
        return (readable, GapReason::Limit { what: "bytes that its descriptor states".into(), limit: stated });
    }
    (wanted.limit, GapReason::Limit { what: wanted.what.into(), limit: wanted.limit })
}

/// An error's words are not worth more.
const EXCERPT_TIME: std::time::Duration = std::time::Duration::from_secs(2);

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Digests are of the bytes before any encoding, and decoding is a way to blow up a bounded body.
fn refuse_encoding(headers: &HeaderMap) -> Result<(), GapReason> {
    match headers.get(CONTENT_ENCODING).map(|encoding| encoding.as_bytes()) {
        None | Some(b"" | b"identity") => Ok(()),
        Some(encoding) => Err(GapReason::Malformed(format!(
            "its body has the Content-Encoding {:?}: expected identity, the only one asked for",
            String::from_utf8_lossy(encoding)
        ))),
    }
}
