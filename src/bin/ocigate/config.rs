//! `ocigate.toml`: read only when it is named, and shown in the report with its digest. Paths in it are
//! relative to it. Its schema is `schemas/config.v1.schema.json`.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use ocigate::capsule::FileRole;
use ocigate::oci::Digest;
use serde::Deserialize;

mod text;

use super::files::Files;

pub use text::TextConditionEntry;

/// The configuration file's size: a page or two of text.
const LIMIT: u64 = 1024 * 1024;

/// The file, as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// A reference without a digest fails.
    #[serde(default)]
    pub require_digest: bool,
    /// Classes of documents that must be signed.
    #[serde(default)]
    pub require_proven: Vec<String>,
    /// Every signature needs a transparency-log entry.
    #[serde(default)]
    pub require_log: bool,
    /// Predicate types that count as a signature besides cosign's own.
    #[serde(default)]
    pub signature_predicates: Vec<String>,
    /// Warnings fail.
    #[serde(default)]
    pub fail_on_warn: bool,
    /// Hosts to speak plain http to.
    #[serde(default)]
    pub plain_http: Vec<String>,
    /// Loopback hosts to speak TLS to.
    #[serde(default)]
    pub https: Vec<String>,
    /// Files with certificate authorities for registries.
    #[serde(default)]
    pub ca_files: Vec<PathBuf>,
    /// File with a certificate to show to registries.
    pub client_certificate: Option<PathBuf>,
    /// File with its private key.
    pub client_key: Option<PathBuf>,
    /// `[[mirror]]`, each.
    #[serde(default)]
    pub mirror: Vec<MirrorSection>,
    /// Repositories in which evidence lies, besides the subject's own.
    #[serde(default)]
    pub evidence_from: Vec<String>,
    /// Deadline per subject, in seconds.
    pub timeout: Option<u64>,
    /// Directories with policies.
    #[serde(default)]
    pub policies: Vec<PathBuf>,
    /// Data files.
    #[serde(default)]
    pub data: Vec<PathBuf>,
    /// Which rules.
    #[serde(default)]
    pub rules: RulesSection,
    /// Which repositories pointers may name.
    #[serde(default)]
    pub pointer: PointerSection,
    /// Who may sign.
    #[serde(default)]
    pub trust: TrustSection,
}

/// `[[mirror]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, expecting = "struct Mirror")]
pub struct MirrorSection {
    /// What it mirrors.
    pub prefix: String,
    /// Where it is.
    pub location: String,
    /// What it is asked for.
    #[serde(default)]
    pub pull_from_mirror: PullFromMirror,
}

/// `pull_from_mirror`, with podman's words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PullFromMirror {
    /// Content by digest.
    #[default]
    DigestOnly,
    /// Tags and lists too.
    All,
}

/// `[rules]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "struct Rules")]
pub struct RulesSection {
    /// Names of sets that are added.
    #[serde(default)]
    pub sets: Vec<String>,
    /// Ids of rules that are not evaluated.
    #[serde(default)]
    pub disable: Vec<String>,
    /// Leave all bundled rules out.
    #[serde(default)]
    pub without_core: bool,
    /// The version of Rego that policies are written in.
    pub rego_version: Option<String>,
}

/// `[pointer]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "struct Pointer")]
pub struct PointerSection {
    /// Repositories that a pointer may name: `HOST/PATH`, each.
    #[serde(default)]
    pub repositories: Vec<String>,
}

/// `[trust]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "struct Trust")]
pub struct TrustSection {
    /// `[[trust.root]]`, each.
    #[serde(default)]
    pub root: Vec<RootSection>,
    /// `[[trust.signer]]`, each.
    #[serde(default)]
    pub signer: Vec<SignerSection>,
    /// `[[trust.require]]`, each.
    #[serde(default)]
    pub require: Vec<RequirementSection>,
}

/// `[[trust.root]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, expecting = "struct Root")]
pub struct RootSection {
    /// By what signers name it.
    pub name: String,
    /// A `trusted_root.json`.
    pub file: PathBuf,
    /// The embedded root whose newer file it is: its certificates need no more than that one's.
    pub like: Option<String>,
}

/// What a signer does without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase", expecting = "enum Relaxation")]
pub enum SignerRelaxation {
    /// A signed certificate timestamp.
    Sct,
    /// An entry in a transparency log.
    Log,
}

/// What a certificate has to say.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, expecting = "struct Identity")]
pub struct IdentitySection {
    /// Subject alternative name.
    pub subject: TextConditionEntry,
    /// OpenID Connect issuer.
    pub issuer: TextConditionEntry,
    /// Source repository of the workload.
    pub source_repository: Option<TextConditionEntry>,
    /// Its ref.
    pub source_ref: Option<TextConditionEntry>,
    /// The workflow.
    pub workflow: Option<TextConditionEntry>,
    /// What it runs on.
    pub runner_environment: Option<TextConditionEntry>,
}

/// `[[trust.require]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, expecting = "struct Require")]
pub struct RequirementSection {
    /// Patterns of the repositories that it is demanded of; without any, of all.
    pub repositories: Option<Vec<String>>,
    /// How many distinct signers.
    pub signers: Option<usize>,
    /// In which roles, each by another signer.
    #[serde(default)]
    pub roles: Vec<String>,
    /// `[[trust.require.statement]]`, each.
    #[serde(default)]
    pub statement: Vec<StatementSection>,
}

/// `[[trust.require.statement]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, expecting = "struct Statement")]
pub struct StatementSection {
    /// Its predicate type.
    pub predicate_type: String,
    /// Names of the signers of whom one has to sign it.
    #[serde(default)]
    pub signers: Vec<String>,
    /// The role in which it has to be signed.
    pub role: Option<String>,
}

/// `[[trust.signer]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, expecting = "struct Signer")]
pub struct SignerSection {
    /// Its name in reports.
    pub name: String,
    /// File with its public key, PEM.
    pub key: Option<PathBuf>,
    /// What its certificates say, in place of a key.
    pub identity: Option<IdentitySection>,
    /// Name of the trusted root that vouches for its certificates, log entries and timestamps.
    pub root: Option<String>,
    /// Patterns of the repositories that it may sign; without any it may sign in all.
    pub repositories: Option<Vec<String>>,
    /// Predicate types that it may sign; without any it may sign all.
    pub predicate_types: Option<Vec<String>>,
    /// Its signatures need a transparency-log entry.
    #[serde(default)]
    pub require_log: bool,
    /// What it does without.
    #[serde(default)]
    pub relax: Vec<SignerRelaxation>,
    /// Signatures from before this time do not count.
    pub not_before: Option<toml::value::Datetime>,
    /// Signatures from after this time do not count.
    pub not_after: Option<toml::value::Datetime>,
    /// The role that it signs in.
    pub role: Option<String>,
}

/// A configuration and where it came from.
#[derive(Debug, Clone, Default)]
pub struct LoadedConfig {
    /// What it says.
    pub config: Config,
    /// The file and the digest of its bytes; none if there is no configuration.
    pub file: Option<(PathBuf, Digest)>,
    /// Where it and the files that it names are.
    pub files: Files,
}

impl LoadedConfig {
    /// Reads the file, if one was named.
    pub fn read(path: Option<&Path>, files: Files) -> anyhow::Result<Self> {
        let Some(path) = path else { return Ok(LoadedConfig { files, ..LoadedConfig::default() }) };
        let text = files
            .text(FileRole::Configuration, path, LIMIT)
            .with_context(|| format!("the configuration {}", path.display()))?;
        let config: Config =
            toml::from_str(&text).map_err(|error| anyhow!("the configuration {}:\n{error}", path.display()))?;
        if config.timeout.is_some_and(|seconds| !(1..=86_400).contains(&seconds)) {
            bail!("the configuration {}: `timeout`: expected 1 to 86400 seconds", path.display());
        }
        if config.client_certificate.is_some() != config.client_key.is_some() {
            bail!("the configuration {}: `client_certificate` needs `client_key`, and the reverse", path.display());
        }
        for signer in &config.trust.signer {
            let empty = |list: &Option<Vec<String>>| list.as_ref().is_some_and(Vec::is_empty);
            if empty(&signer.repositories) || empty(&signer.predicate_types) {
                bail!(
                    "the configuration {}: the signer {:?} has an empty list, which would permit nothing or everything: name what it may sign, or leave the list out to permit all",
                    path.display(),
                    signer.name
                );
            }
        }
        if config.trust.require.iter().any(|require| require.repositories.as_ref().is_some_and(Vec::is_empty)) {
            bail!(
                "the configuration {}: a `[[trust.require]]` has an empty list of repositories: leave it out to mean all",
                path.display()
            );
        }
        Ok(LoadedConfig { config, file: Some((path.to_owned(), Digest::sha256(text.as_bytes()))), files })
    }

    /// A path of the configuration, relative to its file.
    pub fn resolve(&self, path: &Path) -> PathBuf {
        match self.file.as_ref().and_then(|(file, _)| file.parent()) {
            Some(folder) => folder.join(path),
            None => path.to_owned(),
        }
    }
}
