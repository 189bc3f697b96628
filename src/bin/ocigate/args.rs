//! The command line: the only place that knows its flags.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand};
use ocigate::oci::Reference;

mod access;
pub mod capsule;
mod examples;
mod flags;
mod gate;
mod line;
pub mod pointer;
pub mod subjects;
mod times;

pub use access::{AccessFlags, StandsFor};
pub use flags::{Color, ConfigFlag, OutputFlag, OutputKind, PolicyFlags, TrustFlags};
pub use gate::{Gate, SubjectArgument};
pub use line::parse;

use times::parse_duration;

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
    Pointer(Box<pointer::PointerArguments>),
    /// List the bundled JSON Schemas, or print one
    #[command(after_help = examples::SCHEMA)]
    Schema(pointer::SchemaArguments),
    /// Check documents by themselves, before anything is pushed: every fault with its line
    #[command(after_help = examples::CHECK_DOCUMENT)]
    CheckDocument(pointer::CheckDocument),
    /// List the rules that `verify` would evaluate
    #[command(after_help = examples::RULES)]
    Rules(RulesArguments),
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
pub struct RulesArguments {
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;
    use ocigate::oci::Digest;

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
            assert!(parse_duration(wrong).is_err(), "{wrong}");
        }
        let digest = Digest::sha256(b"");
        for (text, expected) in [
            ("case.oci.tar".to_owned(), Some(SubjectArgument::Capsule("case.oci.tar".into(), None))),
            (
                format!("/tmp/a:b/case.tar@{digest}"),
                Some(SubjectArgument::Capsule("/tmp/a:b/case.tar".into(), Some(digest.clone()))),
            ),
            ("folder/case.tar".to_owned(), Some(SubjectArgument::Capsule("folder/case.tar".into(), None))),
            ("../a.d/case.tar".to_owned(), Some(SubjectArgument::Capsule("../a.d/case.tar".into(), None))),
            ("registry.example.org/case.tar".to_owned(), None),
            ("localhost/case.tar".to_owned(), None),
            ("registry:5000/case.tar".to_owned(), None),
            ("case.zip".to_owned(), None),
            ("https://example.org/case.tar".to_owned(), None),
        ] {
            assert_eq!(text.parse().ok(), expected, "{text}");
        }
        let reference = "registry.example.org/case.tar:v1.tar".parse().unwrap();
        assert!(matches!(reference, SubjectArgument::Reference(_)), "{reference:?}");
        assert!("yaml".parse::<OutputFlag>().unwrap_err().contains("\"yaml\""));
        assert!("json=".parse::<OutputFlag>().unwrap_err().contains("`=`"));
    }
}
