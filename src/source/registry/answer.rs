//! What came back.

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName};
use url::Url;

use super::body::Body;
use super::secrets::Secrets;

/// An answer: a whole body where the status is 200, else the beginning of one.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// Where it came from, after redirects.
    pub(super) url: Url,
    /// Whether no redirect led away from the origin that was asked.
    pub(super) at_home: bool,
    pub(super) body: Body,
    /// Credentials that were sent, which an error's words may say back.
    pub(super) sent: Secrets,
}

impl Answer {
    /// A header's text, if it is there and readable.
    pub(super) fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}
