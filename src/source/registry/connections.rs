//! The HTTP clients of a run, each built when the first connection needs it.
//!
//! Loading the system's certificates costs more time and memory than a whole run against a registry on
//! loopback, so a plain connection must not pay for it. Redirects are never followed here: `transport`
//! decides about each.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use reqwest::Client;
use url::Url;

use super::authentication::Session;
use super::origins::is_loopback;
use crate::oci::Repository;
use crate::source::GapReason;

/// Connections that all subjects of a run share.
#[derive(Clone, Default)]
pub struct Connections(Arc<Clients>);

#[derive(Default)]
struct Clients {
    plain: OnceLock<Client>,
    plain_loopback: OnceLock<Client>,
    tls: OnceLock<Client>,
    tls_loopback: OnceLock<Client>,
    sessions: Mutex<BTreeMap<Repository, Arc<Session>>>,
}

impl Connections {
    /// What subjects of one repository share besides connections. A token is for one repository, and reaches no other.
    pub(super) fn session(&self, repository: &Repository) -> Arc<Session> {
        let mut sessions = self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(sessions.entry(repository.clone()).or_default())
    }

    /// The client for this URL.
    pub(super) fn client(&self, url: &Url) -> Result<Client, GapReason> {
        let (tls, loopback) = (url.scheme() == "https", is_loopback(url));
        let slot = match (tls, loopback) {
            (false, false) => &self.0.plain,
            (false, true) => &self.0.plain_loopback,
            (true, false) => &self.0.tls,
            (true, true) => &self.0.tls_loopback,
        };
        if let Some(client) = slot.get() {
            return Ok(client.clone());
        }
        let client = build(tls, loopback)?;
        Ok(slot.get_or_init(|| client).clone())
    }
}

fn build(tls: bool, loopback: bool) -> Result<Client, GapReason> {
    let mut builder = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .user_agent(concat!("ocigate/", env!("CARGO_PKG_VERSION")));
    if loopback {
        // A proxy cannot reach this machine's loopback, and must not be shown what is asked of it.
        builder = builder.no_proxy();
    }
    if !tls {
        // No roots at all: this client never speaks TLS, so the system's are not read.
        builder = builder.tls_certs_only([]);
    }
    builder.build().map_err(|error| {
        GapReason::Connection(format!(
            "the HTTP client cannot be set up: {}; are the system's CA certificates installed (or named by SSL_CERT_FILE)?",
            innermost(&error)
        ))
    })
}

/// The error at the bottom of the chain: the one that names the cause.
pub(super) fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

impl fmt::Debug for Connections {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Connections")
    }
}
