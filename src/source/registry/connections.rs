//! The HTTP clients of a run, each built when the first connection needs it, and how many requests one host gets at
//! once.
//!
//! Loading the system's certificates costs more time and memory than a whole run against a registry on loopback, so a
//! plain connection must not pay for it. Redirects are never followed here: `transport` decides about each.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Client;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;

use super::failure::innermost;
use super::session::Session;
use super::tls::Tls;
use super::urls::is_loopback;
use crate::oci::Repository;
use crate::source::seen::GapReason;

/// Connections that all subjects of a run share.
#[derive(Clone, Default)]
pub struct Connections(Arc<Shared>);

#[derive(Default)]
struct Shared {
    tls: Tls,
    clients: Mutex<HashMap<Kind, Client>>,
    /// By origin: who may send a request there.
    turns: Mutex<HashMap<String, Arc<Semaphore>>>,
    sessions: Mutex<BTreeMap<Repository, Arc<Session>>>,
}

/// What sets one client apart from another.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Kind {
    tls: bool,
    loopback: bool,
    /// Shows the client certificate.
    identified: bool,
}

impl Connections {
    /// Connections with more roots, or with a client certificate.
    pub fn new(tls: Tls) -> Self {
        Connections(Arc::new(Shared { tls, ..Shared::default() }))
    }

    /// What subjects of one repository share besides connections. A token is for one repository, and reaches no other.
    pub(super) fn session(&self, repository: &Repository) -> Arc<Session> {
        let mut sessions = self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(sessions.entry(repository.clone()).or_default())
    }

    /// The client for this URL. Only the registry itself is shown the client certificate: who it redirects to need
    /// not know who asks.
    pub(super) fn client(&self, url: &Url, is_registry: bool) -> Result<Client, GapReason> {
        let tls = url.scheme() == "https";
        let identified = tls && is_registry && self.0.tls.has_identity();
        let kind = Kind { tls, loopback: is_loopback(url), identified };
        let mut clients = self.0.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&kind) {
            return Ok(client.clone());
        }
        let client = self.build(kind)?;
        clients.insert(kind, client.clone());
        Ok(client)
    }

    /// Waits until fewer than `limit` requests to this host are under way. The turn ends when what is given is
    /// dropped.
    pub(super) async fn turn(&self, url: &Url, limit: usize) -> Option<OwnedSemaphorePermit> {
        let turns = {
            let mut turns = self.0.turns.lock().unwrap_or_else(PoisonError::into_inner);
            let new = || Arc::new(Semaphore::new(limit.clamp(1, Semaphore::MAX_PERMITS)));
            Arc::clone(turns.entry(url.origin().ascii_serialization()).or_insert_with(new))
        };
        // It is never closed.
        turns.acquire_owned().await.ok()
    }

    fn build(&self, kind: Kind) -> Result<Client, GapReason> {
        let mut builder = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .user_agent(concat!("ocigate/", env!("CARGO_PKG_VERSION")));
        if kind.loopback {
            // A proxy cannot reach this machine's loopback, and must not be shown what is asked of it.
            builder = builder.no_proxy();
        }
        builder = match kind.tls {
            true => self.0.tls.configure(builder, kind.identified),
            // No roots at all: this client never speaks TLS, so the system's are not read.
            false => builder.tls_certs_only([]),
        };
        builder.build().map_err(|error| {
            GapReason::Connection(format!(
                "the HTTP client cannot be set up: {}; are the system's CA certificates installed (or named by SSL_CERT_FILE)?",
                innermost(&error)
            ))
        })
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Connections")
    }
}
