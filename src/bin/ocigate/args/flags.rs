//! Flags that several commands have: configuration, trust, policies, outputs.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use ocigate::output::Format;

/// The configuration file.
#[derive(Debug, Clone, Default, Args)]
pub struct ConfigFlag {
    /// Configuration; nothing is read from the working directory unasked
    #[arg(long = "config", short = 'c', value_name = "FILE", env = "OCIGATE_CONFIG")]
    pub path: Option<PathBuf>,
}

/// Who may sign.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Trust")]
pub struct TrustFlags {
    #[command(flatten)]
    pub config: ConfigFlag,
    /// Public key (PEM) of a permitted signer, in place of the configured ones; may be repeated
    #[arg(long = "key", short = 'k', value_name = "FILE")]
    pub keys: Vec<PathBuf>,
    /// Subject of a permitted signer's certificates (e-mail address or URI), in place of the configured signers
    #[arg(long, value_name = "SUBJECT", conflicts_with = "certificate_identity_regexp")]
    pub certificate_identity: Option<String>,
    /// The same as a regular expression over the whole subject
    #[arg(long, value_name = "REGEXP")]
    pub certificate_identity_regexp: Option<String>,
    /// OpenID Connect issuer that such certificates name
    #[arg(long, value_name = "ISSUER", conflicts_with = "certificate_oidc_issuer_regexp")]
    pub certificate_oidc_issuer: Option<String>,
    /// The same as a regular expression over the whole issuer
    #[arg(long, value_name = "REGEXP")]
    pub certificate_oidc_issuer_regexp: Option<String>,
    /// Trusted root of signers that name none: a trusted_root.json, `public-good` or `github`
    #[arg(long, value_name = "FILE")]
    pub trusted_root: Option<PathBuf>,
    /// Such certificates need no signed certificate timestamp (a relaxation)
    #[arg(long)]
    pub insecure_ignore_sct: bool,
    /// Signatures with such certificates need no transparency-log entry (a relaxation)
    #[arg(long)]
    pub insecure_ignore_tlog: bool,
}

/// Which rules.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Policies")]
pub struct PolicyFlags {
    /// Policies of your own, added to the bundled ones: a directory or a .rego file; may be repeated
    #[arg(long = "policy", short = 'p', value_name = "DIRECTORY")]
    pub policies: Vec<PathBuf>,
    /// Data that policies read (JSON or YAML); may be repeated
    #[arg(long = "data", short = 'd', value_name = "FILE")]
    pub data: Vec<PathBuf>,
    /// Add a set of rules and settings that comes with the program, `kfm`; may be repeated
    #[arg(long = "set", value_name = "SET")]
    pub sets: Vec<String>,
    /// Do not evaluate this rule (a relaxation); may be repeated
    #[arg(long = "disable", value_name = "RULE")]
    pub disable: Vec<String>,
    /// Do not evaluate the bundled rules (a relaxation)
    #[arg(long)]
    pub without_core: bool,
    /// The version of Rego that your policies are written in: v1, or v0 for those from before OPA 1.0
    #[arg(long, value_name = "VERSION")]
    pub rego_version: Option<String>,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// One `--output`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFlag {
    /// What to write.
    pub what: OutputKind,
    /// Where; none means standard output.
    pub file: Option<PathBuf>,
}

/// What can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputKind {
    /// The report.
    Report(Format),
    /// The input document of the policies.
    Input,
}

impl FromStr for OutputFlag {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = match text.split_once('=') {
            Some((_, "")) => return Err("expected a file name after `=`".to_owned()),
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let report =
            Format::NAMES.iter().find(|(known, _)| *known == name).map(|(_, format)| OutputKind::Report(*format));
        let what = report.or((name == "input").then_some(OutputKind::Input)).ok_or_else(|| {
            format!("expected text, json, pinned or input, each with an optional =FILE, found {name:?}")
        })?;
        Ok(OutputFlag { what, file })
    }
}
