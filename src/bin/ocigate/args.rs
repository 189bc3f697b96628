//! The command line: the only place that knows its flags.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use ocigate::oci::{Digest, Reference, ReferenceError};
use ocigate::output::Format;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

mod access;
pub mod capsule;
mod examples;
mod line;
pub mod pointer;
pub mod subjects;

pub use access::{AccessFlags, StandsFor};
pub use line::parse;

#[derive(Debug, Parser)]
#[command(name = "ocigate", version, about = "Gates OCI artifacts: verifies signatures and evidence, evaluates policies, says why", after_help = examples::VERIFY)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge one or more subjects: pass, fail or undecided
    #[command(after_help = examples::VERIFY)]
    Verify(Box<Verify>),
    /// Judge as `verify` does, and keep everything that the verdict rests on in one file
    #[command(after_help = examples::SAVE)]
    Save(Box<capsule::Save>),
    /// Show what changed between two saved runs or reports
    #[command(after_help = examples::DIFF)]
    Diff(capsule::Diff),
    /// Draw the tree of what refers to a subject, with kinds and standings
    #[command(after_help = examples::INSPECT)]
    Inspect(Box<Inspect>),
    /// Print the pinned reference of a subject
    #[command(after_help = examples::RESOLVE)]
    Resolve(Box<Resolve>),
    /// Write the distribution pointer of a subject that passes, or turn an old pointer into the canonical shape
    #[command(after_help = examples::POINTER)]
    Pointer(Box<pointer::Pointer>),
    /// List the bundled JSON Schemas, or print one
    #[command(after_help = examples::SCHEMA)]
    Schema(pointer::Schema),
    /// Check documents by themselves, before anything is pushed: every fault with its line
    #[command(after_help = examples::CHECK_DOCUMENT)]
    CheckDocument(pointer::CheckDocument),
    /// List the rules that `verify` would evaluate
    #[command(after_help = examples::RULES)]
    Rules(Rules),
    /// Run the tests (`*_test.rego`) of the bundled policies and of your own
    #[command(after_help = examples::TEST)]
    Test(Test),
    /// Show what is trusted, without looking at any artifact
    #[command(subcommand)]
    Trust(TrustCommand),
    /// Show or empty the cache of manifests and evidence
    #[command(subcommand)]
    Cache(CacheCommand),
}

/// What to do with the cache.
#[derive(Debug, Subcommand)]
pub enum CacheCommand {
    /// Say where it is and how much is in it
    #[command(after_help = examples::CACHE_INFO)]
    Info,
    /// Remove everything in it
    #[command(after_help = examples::CACHE_CLEAR)]
    Clear,
}

/// What of trust to show.
#[derive(Debug, Subcommand)]
pub enum TrustCommand {
    /// List roots with their dates and services, signers and requirements
    #[command(after_help = examples::TRUST_SHOW)]
    Show(Box<TrustShow>),
    /// Say which entries apply to a reference, and who could meet what is demanded of it
    #[command(after_help = examples::TRUST_EXPLAIN)]
    Explain(Box<TrustExplain>),
    /// Fetch the newest trusted root from its TUF repository into a file, which later runs use offline
    #[command(after_help = examples::TRUST_UPDATE)]
    Update(TrustUpdate),
}

/// Arguments of `trust update`.
#[derive(Debug, Args)]
pub struct TrustUpdate {
    /// `public-good` or `github`; without it, --mirror and --tuf-root say where trust begins
    #[arg(value_name = "ROOT")]
    pub root: Option<String>,
    /// The file to write
    #[arg(long, short, value_name = "FILE")]
    pub output: PathBuf,
    /// URL of a mirror, or of a TUF repository of your own
    #[arg(long, value_name = "URL")]
    pub mirror: Option<String>,
    /// TUF root.json that is trusted, in place of the embedded one
    #[arg(long, value_name = "FILE")]
    pub tuf_root: Option<PathBuf>,
    /// Deadline of it all (seconds, or 90s, 2m)
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, default_value = "60")]
    pub timeout: Duration,
}

/// Arguments of `trust show`.
#[derive(Debug, Args)]
pub struct TrustShow {
    #[command(flatten)]
    pub trust: TrustFlags,
}

/// Arguments of `trust explain`.
#[derive(Debug, Args)]
pub struct TrustExplain {
    /// The subject; nothing is fetched
    #[arg(value_name = "REFERENCE")]
    pub reference: Reference,
    #[command(flatten)]
    pub access: AccessFlags,
    #[command(flatten)]
    pub trust: TrustFlags,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct Verify {
    #[command(flatten)]
    pub gate: Gate,
    /// Judge a saved run by the trust, policies, configuration and repository that it carries (a relaxation)
    #[arg(long, help_heading = "Verdict")]
    pub trust_from_capsule: bool,
    /// text, json, pinned or input (the policy input), each with an optional =FILE; may be repeated
    #[arg(long = "output", short = 'o', value_name = "FORMAT[=FILE]", action = ArgAction::Append, help_heading = "Output")]
    pub outputs: Vec<OutputFlag>,
}

/// What is judged, and how.
#[derive(Debug, Args)]
pub struct Gate {
    /// Subjects: HOST/REPOSITORY:TAG, HOST/REPOSITORY@DIGEST or oci-layout:PATH[:NAME|@DIGEST]; `verify` also takes one
    /// file that `save` wrote: FILE.tar or FILE.tar@DIGEST (./FILE.tar where it looks like a repository)
    #[arg(required_unless_present_any = ["pointers", "from"], value_name = "REFERENCE")]
    pub references: Vec<Named>,
    #[command(flatten)]
    pub subjects: subjects::SubjectFlags,
    #[command(flatten)]
    pub pointing: pointer::PointerFlags,
    #[command(flatten)]
    pub access: AccessFlags,
    #[command(flatten)]
    pub trust: TrustFlags,
    #[command(flatten)]
    pub policy: PolicyFlags,
    /// Evidence in a file beside the artifact: bundle, envelope, statement or document; may be repeated
    #[arg(long, value_name = "FILE", help_heading = "Evidence")]
    pub evidence: Vec<PathBuf>,
    /// Fail if a reference does not name a digest
    #[arg(long, help_heading = "Verdict")]
    pub require_digest: bool,
    /// Fail on warnings
    #[arg(long, help_heading = "Verdict")]
    pub fail_on_warn: bool,
    /// Judge at this time instead of the clock's (RFC 3339, for example 2026-11-24T12:00:00Z)
    #[arg(long, value_name = "TIME", value_parser = parse_time, help_heading = "Verdict")]
    pub now: Option<OffsetDateTime>,
    /// Colours in the text report
    #[arg(long, value_enum, default_value_t = Color::Auto, help_heading = "Output")]
    pub color: Color,
}

/// What a command line names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// A subject.
    Reference(Reference),
    /// A saved run, and the digest that it has to have.
    Capsule(PathBuf, Option<Digest>),
}

impl FromStr for Named {
    type Err = String;

    /// A reference comes first, and so does what only lacks its tag: no file can stand in for one. What ends in `.tar` is
    /// a file where it names no host, or says that it is a path: `./`, `../` or `/` at its begin.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error: ReferenceError = match text.parse() {
            Ok(reference) => return Ok(Named::Reference(reference)),
            Err(error) => error,
        };
        let (path, digest) = match text.rsplit_once('@').map(|(path, digest)| (path, digest.parse())) {
            Some((path, Ok(digest))) => (path, Some(digest)),
            _ => (text, None),
        };
        if !path.ends_with(".tar") || path.contains("://") {
            return Err(error.to_string());
        }
        let is_path = ["/", "./", "../"].iter().any(|begin| path.starts_with(begin));
        if is_path || error.names_no_host() {
            return Ok(Named::Capsule(PathBuf::from(path), digest));
        }
        Err(format!("{error}; a file of that name is ./{path}"))
    }
}

impl Gate {
    /// The references; a saved run is none.
    pub fn references(&self) -> anyhow::Result<Vec<Reference>> {
        let reference = |named: &Named| match named {
            Named::Reference(reference) => Ok(reference.clone()),
            Named::Capsule(path, _) => anyhow::bail!(
                "{} is a file, expected a reference: a saved run is judged alone, by `ocigate verify {}`; a layout is named `oci-layout:{}`",
                path.display(),
                path.display(),
                path.display()
            ),
        };
        self.references.iter().map(reference).collect()
    }
}

/// Arguments of `inspect`.
#[derive(Debug, Args)]
pub struct Inspect {
    /// The subject
    #[arg(value_name = "REFERENCE")]
    pub reference: Reference,
    #[command(flatten)]
    pub access: AccessFlags,
    #[command(flatten)]
    pub trust: TrustFlags,
}

/// Arguments of `resolve`.
#[derive(Debug, Args)]
pub struct Resolve {
    /// The subject
    #[arg(value_name = "REFERENCE")]
    pub reference: Reference,
    #[command(flatten)]
    pub config: ConfigFlag,
    #[command(flatten)]
    pub access: AccessFlags,
}

/// Arguments of `rules`.
#[derive(Debug, Args)]
pub struct Rules {
    #[command(flatten)]
    pub config: ConfigFlag,
    #[command(flatten)]
    pub policy: PolicyFlags,
}

/// Arguments of `test`.
#[derive(Debug, Args)]
pub struct Test {
    /// Directories with policies and their tests; without any, only the bundled ones are tested
    #[arg(value_name = "DIRECTORY")]
    pub directories: Vec<PathBuf>,
    /// Data that the policies read (JSON or YAML); may be repeated
    #[arg(long = "data", short = 'd', value_name = "FILE")]
    pub data: Vec<PathBuf>,
    /// The version of Rego that your policies are written in: v1, or v0 for those from before OPA 1.0
    #[arg(long, value_name = "VERSION")]
    pub rego_version: Option<String>,
}

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

pub(super) fn parse_time(text: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map_err(|error| format!("expected an RFC 3339 time such as 2026-11-24T12:00:00Z: {error}"))
}

fn parse_duration(text: &str) -> Result<Duration, String> {
    let (number, factor) = match text.strip_suffix('m') {
        Some(minutes) => (minutes, 60),
        None => (text.strip_suffix('s').unwrap_or(text), 1),
    };
    match number.parse::<u64>() {
        Ok(count) if count > 0 && count <= 86_400 => Ok(Duration::from_secs(count * factor)),
        _ => Err("expected a positive number of seconds, such as 30, 90s or 2m".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Program::command().debug_assert();
    }

    #[test]
    fn durations_and_outputs_are_read() {
        assert_eq!(parse_duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(parse_duration("2m"), Ok(Duration::from_secs(120)));
        for wrong in ["0", "-1", "1h", "", "99999999999"] {
            assert!(parse_duration(wrong).unwrap_err().contains("expected a positive number"));
        }
        let digest = Digest::sha256(b"");
        for (text, expected) in [
            ("case.oci.tar".to_owned(), Some(Named::Capsule("case.oci.tar".into(), None))),
            (
                format!("/tmp/a:b/case.tar@{digest}"),
                Some(Named::Capsule("/tmp/a:b/case.tar".into(), Some(digest.clone()))),
            ),
            ("folder/case.tar".to_owned(), Some(Named::Capsule("folder/case.tar".into(), None))),
            ("../a.d/case.tar".to_owned(), Some(Named::Capsule("../a.d/case.tar".into(), None))),
            ("registry.example.org/case.tar".to_owned(), None),
            ("localhost/case.tar".to_owned(), None),
            ("registry:5000/case.tar".to_owned(), None),
            ("case.zip".to_owned(), None),
            ("https://example.org/case.tar".to_owned(), None),
        ] {
            assert_eq!(text.parse().ok(), expected, "{text}");
        }
        let reference = "registry.example.org/case.tar:v1.tar".parse().unwrap();
        assert!(matches!(reference, Named::Reference(_)), "{reference:?}");
        assert!("yaml".parse::<OutputFlag>().unwrap_err().contains("found \"yaml\""));
        assert!("json=".parse::<OutputFlag>().unwrap_err().contains("a file name after"));
    }
}
