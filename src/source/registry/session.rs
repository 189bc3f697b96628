//! What all subjects of one repository of one host share, so that a token is asked for once.

use std::sync::Mutex;

use reqwest::header::HeaderValue;

/// What all subjects of one repository share.
#[derive(Debug, Default)]
pub(super) struct Session {
    /// The `Authorization` that was accepted last, or is to be tried. Marked sensitive: `Debug` hides it.
    pub(super) current: Mutex<Option<HeaderValue>>,
    /// Held by the request that is fetching a token.
    pub(super) flight: tokio::sync::Mutex<()>,
}
