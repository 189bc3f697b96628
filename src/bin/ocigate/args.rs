//! The command line: the only place that knows its flags.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand};
use ocigate::oci::Reference;

mod access;
pub mod capsule;
mod flags;
mod gate;
mod line;
pub mod pointer;
pub mod subjects;
mod times;

pub use access::AccessFlags;
pub use flags::{Color, ConfigFlag, OutputFlag, OutputKind, PolicyFlags, TrustFlags};
pub use gate::{Gate, Named};
pub use line::parse;

use times::parse_duration;

const EXAMPLES: &str = "\
Examples:
  ocigate verify --key cosign.pub registry.example.org/team/layer@sha256:…
  ocigate verify --certificate-identity https://github.com/acme/maps/.github/workflows/release.yml@refs/tags/v1 \\
      --certificate-oidc-issuer https://token.actions.githubusercontent.com ghcr.io/acme/soils@sha256:…
  ocigate verify --config ocigate.toml --output text --output json=report.json registry.example.org/team/layer:v1
  ocigate verify --key cosign.pub --as registry.example.org/team/layer oci-layout:./layer.tar:v1
  ocigate inspect registry.example.org/team/layer:v1

Exit codes:
  0  pass: everything was seen, and nothing speaks against it
  1  fail: we looked, and it is bad
  2  usage, configuration or policy error: nothing was decided
  3  undecided: we could not look (registry trouble, missing keys, a limit)";

#[derive(Debug, Parser)]
#[command(name = "ocigate", version, about = "Gates OCI artifacts: verifies signatures and evidence, evaluates policies, says why", after_help = EXAMPLES)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge one or more subjects: pass, fail or undecided
    #[command(after_help = EXAMPLES)]
    Verify(Box<Verify>),
    /// Judge as `verify` does, and keep everything that the verdict rests on in one file
    #[command(after_help = capsule::SAVE_EXAMPLES)]
    Save(Box<capsule::Save>),
    /// Show what changed between two saved runs or reports
    #[command(after_help = capsule::DIFF_EXAMPLES)]
    Diff(capsule::Diff),
    /// Draw the tree of what refers to a subject, with kinds and standings
    #[command(
        after_help = "Example:\n  ocigate inspect --key cosign.pub registry.example.org/team/layer:v1\n\nExit codes: 0 everything was seen, 1 the subject is not what its digest says, 2 usage, 3 not everything was seen"
    )]
    Inspect(Box<Inspect>),
    /// Print the pinned reference of a subject
    #[command(
        after_help = "Example:\n  ocigate resolve registry.example.org/team/layer:v1\n\nExit codes: 0 resolved, 1 the subject is not what its digest says, 2 usage, 3 it could not be reached"
    )]
    Resolve(Box<Resolve>),
    /// Write the distribution pointer of a subject that passes, or turn an old pointer into the canonical shape
    #[command(after_help = pointer::EXAMPLES)]
    Pointer(Box<pointer::Pointer>),
    /// List the bundled JSON Schemas, or print one
    #[command(
        after_help = "Example:\n  ocigate schema show distribution-pointer.v1\n\nExit codes: 0 shown, 2 there is no such schema"
    )]
    Schema(pointer::Schema),
    /// Check documents by themselves, before anything is pushed: every fault with its line
    #[command(
        after_help = "Example:\n  ocigate check-document distribution.oci.json prov.jsonld\n\nExit codes: 0 all are well-formed, 1 a fault was found, 2 usage, 3 a document of no known kind"
    )]
    CheckDocument(pointer::CheckDocument),
    /// List the rules that `verify` would evaluate
    #[command(
        after_help = "Example:\n  ocigate rules --config ocigate.toml --policy policy/\n\nExit codes: 0 listed, 2 usage, configuration or policy error"
    )]
    Rules(Rules),
    /// Run the tests (`*_test.rego`) of the bundled policies and of your own
    #[command(
        after_help = "Example:\n  ocigate test policy/\n\nExit codes: 0 all passed, 1 a test failed, 2 usage or policy error"
    )]
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
    #[command(after_help = "Example:\n  ocigate cache info\n\nExit codes: 0 shown, 2 there is no folder for a cache")]
    Info,
    /// Remove everything in it
    #[command(
        after_help = "Example:\n  ocigate cache clear\n\nExit codes: 0 removed, 2 something could not be removed"
    )]
    Clear,
}

/// What of trust to show.
#[derive(Debug, Subcommand)]
pub enum TrustCommand {
    /// List roots with their dates and services, signers and requirements
    #[command(
        after_help = "Example:\n  ocigate trust show --config ocigate.toml\n\nExit codes: 0 shown, 2 usage or configuration"
    )]
    Show(Box<TrustShow>),
    /// Say which entries apply to a reference, and who could meet what is demanded of it
    #[command(
        after_help = "Example:\n  ocigate trust explain --config ocigate.toml registry.example.org/team/layer:v1\n\nExit codes: 0 shown, 2 usage or configuration"
    )]
    Explain(Box<TrustExplain>),
    /// Fetch the newest trusted root from its TUF repository into a file, which later runs use offline
    #[command(
        after_help = "Examples:\n  ocigate trust update public-good --output trusted_root.json\n  ocigate trust update --mirror https://tuf.example.org --tuf-root root.json --output trusted_root.json\n\nName the file with --trusted-root or in [[trust.root]] (for `github` with `like = \"github\"`).\n\nExit codes: 0 written, 2 usage, 3 it could not be fetched or verified"
    )]
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
