//! Arguments about how registries are reached.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use ocigate::oci::Repository;

use super::times::parse_duration;

/// How to reach registries.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Registries")]
pub struct AccessFlags {
    /// The repository that an oci-layout stands for, or that a saved run is about (a relaxation: it decides which signers
    /// are permitted); may be repeated for a saved run of several
    #[arg(long = "as", value_name = "HOST/REPOSITORY")]
    pub stands_for: Vec<Repository>,
    /// Speak plain http to this host or host:port; loopback needs no flag; may be repeated
    #[arg(long, value_name = "HOST")]
    pub plain_http: Vec<String>,
    /// Speak TLS to this host or host:port on loopback too; may be repeated
    #[arg(long, value_name = "HOST")]
    pub https: Vec<String>,
    /// Certificate authorities (PEM) for registries, besides the system's; may be repeated
    #[arg(long = "ca-file", value_name = "FILE")]
    pub ca_files: Vec<PathBuf>,
    /// Certificate (PEM) to show to registries that ask for one, with --client-key
    #[arg(long, value_name = "FILE", requires = "client_key")]
    pub client_cert: Option<PathBuf>,
    /// Private key (PEM) of --client-cert
    #[arg(long, value_name = "FILE", requires = "client_cert")]
    pub client_key: Option<PathBuf>,
    /// User name for the registry of all references, with --password-stdin, in place of stored credentials
    #[arg(long, value_name = "USER", requires = "password_stdin")]
    pub username: Option<String>,
    /// Read the password of --username from standard input
    #[arg(long, requires = "username")]
    pub password_stdin: bool,
    /// The only host or host:port that the bearer token in OCIGATE_REGISTRY_TOKEN is sent to
    #[arg(long, value_name = "HOST", env = "OCIGATE_REGISTRY_TOKEN_HOST")]
    pub registry_token_host: Option<String>,
    /// Another repository in which signatures and documents about the subject lie, besides its own (a relaxation: whoever
    /// can push there can attach; who may sign stays a question of the subject's repository); may be repeated
    #[arg(long, value_name = "HOST/REPOSITORY")]
    pub evidence_from: Vec<Repository>,
    /// Fetch everything anew: neither read nor write the cache of manifests and evidence
    #[arg(long)]
    pub no_cache: bool,
    /// Deadline of everything that touches the network, per subject (seconds, or 90s, 2m)
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub timeout: Option<Duration>,
}

impl AccessFlags {
    /// The repository that layouts stand for.
    pub fn of_layouts(&self) -> Option<&Repository> {
        self.stands_for.first()
    }
}
