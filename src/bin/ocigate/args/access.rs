//! Arguments about how registries are reached.

use std::path::{Component, Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use clap::Args;
use ocigate::oci::{Reference, Repository};

use super::times::parse_duration;

/// How to reach registries.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Registries")]
pub struct AccessFlags {
    /// The repository that an oci-layout stands for, with =PATH only the layout of that path, or that a saved run is about
    /// (a relaxation: it decides which signers are permitted); may be repeated for several layouts
    #[arg(long = "as", value_name = "HOST/REPOSITORY[=PATH]")]
    pub stands_for: Vec<StandsFor>,
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
    /// The repository that layouts stand for, where nothing else is said of one.
    pub fn of_layouts(&self) -> Option<&Repository> {
        self.stands_for.iter().find(|said| said.layout.is_none()).map(|said| &said.repository)
    }

    /// The repository that this layout stands for. What lies in a registry stands for itself.
    pub fn of(&self, reference: &Reference) -> Option<&Repository> {
        let Reference::Layout { path, .. } = reference else { return None };
        let own = self.stands_for.iter().find(|said| said.is_of(path)).map(|said| &said.repository);
        own.or_else(|| self.of_layouts())
    }

    /// Every repository that is named.
    pub fn repositories(&self) -> Vec<Repository> {
        self.stands_for.iter().map(|said| said.repository.clone()).collect()
    }
}

/// One `--as`: a repository, and the layout that it is said of; without one it is said of all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandsFor {
    /// The repository.
    pub repository: Repository,
    /// The layout's path.
    pub layout: Option<PathBuf>,
}

impl StandsFor {
    /// Whether it is said of the layout of this path.
    pub fn is_of(&self, path: &Path) -> bool {
        // `./soils/` and `soils` are one; a link is not followed, because it may point elsewhere tomorrow.
        let parts = |path: &Path| -> Vec<PathBuf> {
            let parts = path.components().filter(|part| *part != Component::CurDir);
            parts.map(|part| PathBuf::from(part.as_os_str())).collect()
        };
        self.layout.as_ref().is_some_and(|layout| parts(layout) == parts(path))
    }
}

impl FromStr for StandsFor {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (repository, layout) = match text.split_once('=') {
            Some((_, "")) => return Err("expected the path of a layout after `=`".to_owned()),
            // As it is named in a reference.
            Some((repository, path)) => (repository, Some(path.strip_prefix("oci-layout:").unwrap_or(path))),
            None => (text, None),
        };
        let repository = repository.parse().map_err(|error| format!("{error}"))?;
        Ok(StandsFor { repository, layout: layout.map(PathBuf::from) })
    }
}
