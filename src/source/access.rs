//! How sources are reached: what is given for a run and is the same for all its subjects.

use super::cache::Cache;
use super::capsule::{Recorder, Replay};
use super::login::Login;
use super::mirror::Mirror;
use super::registry::connections::Connections;
use super::turn::MemoryTurn;
use crate::oci::Repository;

/// How to reach registries; the same for all subjects of a run.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// Hosts (`host` or `host:port`) that may be spoken to in plain http besides loopback.
    pub plain_http: Vec<String>,
    /// Loopback hosts (`host` or `host:port`) that are spoken to over TLS, as all others are.
    pub https: Vec<String>,
    /// Other places of the same bytes.
    pub mirrors: Vec<Mirror>,
    /// Credentials given for this run; they go before stored ones.
    pub logins: Vec<Login>,
    /// The folder of docker's `config.json` in place of all files that the environment names (`REGISTRY_AUTH_FILE`,
    /// `DOCKER_CONFIG`, podman's and docker's own places).
    pub docker_config: Option<std::path::PathBuf>,
    /// The connections that all subjects of the run share.
    pub connections: Connections,
    /// What was fetched by digest before.
    pub cache: Option<Cache>,
    /// Other repositories in which evidence about subjects of registries may lie, in the order in which they are asked.
    pub evidence_from: Vec<Repository>,
    /// When this subject may hold much in memory.
    pub turn: MemoryTurn,
    /// Whether answers are kept, or were.
    pub answers: Answers,
}

/// What is done with the answers of sources.
#[derive(Debug, Clone, Default)]
pub enum Answers {
    /// Nothing more.
    #[default]
    Live,
    /// They are kept, to save the run.
    Kept(Recorder),
    /// They are those of a saved run, and nobody is asked.
    Replayed(Replay),
}
