//! Arguments about distribution pointers, schemas and documents.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use ocigate::oci::{Reference, Repository};
use time::OffsetDateTime;

use super::access::AccessFlags;
use super::examples;
use super::flags::{PolicyFlags, TrustFlags};
use super::times::parse_time;

/// Distribution pointers to judge by.
#[derive(Debug, Args)]
#[command(next_help_heading = "Pointers")]
pub struct PointerFlags {
    /// Judge what this distribution pointer (distribution.oci.json, or .yaml) names, and hold it against what is live; may be
    /// repeated. With one REFERENCE, that is judged, and the pointer has to agree
    #[arg(long = "pointer", value_name = "FILE")]
    pub pointers: Vec<PathBuf>,
    /// The repository that a pointer has to name; else `[pointer] repositories` of the configuration says it
    #[arg(long, value_name = "HOST/REPOSITORY", requires = "pointers", conflicts_with = "references")]
    pub repository: Option<Repository>,
}

/// Arguments of `pointer`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct PointerArguments {
    #[command(subcommand)]
    pub action: Option<PointerAction>,
    /// The subject: it is judged, and only a pass is written
    #[arg(required = true, value_name = "REFERENCE")]
    pub reference: Option<Reference>,
    #[command(flatten)]
    pub target: PointerTarget,
    /// Put pinned references into this STAC Item or Collection, DCAT dataset or PROV document (JSON-LD), which keeps
    /// its order and formatting; `--check` takes such a file too
    #[arg(long, value_name = "FILE", conflicts_with_all = ["write", "check"])]
    pub into: Option<PathBuf>,
    /// Write it whatever the verdict is (a relaxation)
    #[arg(long, help_heading = "Verdict")]
    pub unverified: bool,
    /// Judge at this time instead of the clock's (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = parse_time, help_heading = "Verdict")]
    pub now: Option<OffsetDateTime>,
    #[command(flatten)]
    pub access: AccessFlags,
    #[command(flatten)]
    pub trust: TrustFlags,
    #[command(flatten)]
    pub policy: PolicyFlags,
}

/// What else can be done with pointers.
#[derive(Debug, Subcommand)]
pub enum PointerAction {
    /// Turn a pointer of another shape into the canonical one; nothing is fetched or judged
    #[command(after_help = examples::MIGRATE)]
    Migrate(Migrate),
}

/// Arguments of `pointer migrate`.
#[derive(Debug, Args)]
pub struct Migrate {
    /// The pointer, in JSON or YAML (.yaml, .yml)
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub target: PointerTarget,
}

/// Where a pointer goes; without any, to standard output.
#[derive(Debug, Args)]
pub struct PointerTarget {
    /// Write it to this file
    #[arg(long, value_name = "FILE", group = "target")]
    pub write: Option<PathBuf>,
    /// Write nothing; exit 1 if this file says otherwise
    #[arg(long, value_name = "FILE", group = "target")]
    pub check: Option<PathBuf>,
}

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub struct SchemaArguments {
    #[command(subcommand)]
    pub action: SchemaAction,
}

/// What to do with schemas.
#[derive(Debug, Subcommand)]
pub enum SchemaAction {
    /// List the names and what each is of
    #[command(after_help = examples::SCHEMA)]
    List,
    /// Print one
    #[command(after_help = examples::SCHEMA)]
    Show {
        /// Its name
        name: String,
    },
}

/// Arguments of `check-document`.
#[derive(Debug, Args)]
pub struct CheckDocument {
    /// Documents in JSON: pointers (also .yaml), provenance, run manifests, SBOMs, metadata
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Check all of them against this schema, whatever they say they are
    #[arg(long, value_name = "NAME")]
    pub schema: Option<String>,
}
