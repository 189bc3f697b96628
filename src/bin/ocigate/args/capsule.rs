//! Arguments about saved runs.

use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum};

use super::flags::OutputFlag;
use super::gate::Gate;

pub const SAVE_EXAMPLES: &str = "\
Examples:
  ocigate save --config ocigate.toml registry.example.org/team/layer:v1 -o case.oci.tar
  ocigate verify --config ocigate.toml --as registry.example.org/team/layer case.oci.tar
  ocigate verify --trust-from-capsule case.oci.tar

Exit codes: those of the verdict (0 pass, 1 fail, 3 undecided), and the file is written whatever it is; 2 usage, nothing is written";

pub const DIFF_EXAMPLES: &str = "\
Examples:
  ocigate diff monday.oci.tar tuesday.oci.tar
  ocigate diff --output json report.json case.oci.tar

A saved run is judged again by what it carries, to compare what came out.

Exit codes: 0 nothing changed, 1 something did, 2 usage, or a file that is neither a saved run nor a report";

/// Arguments of `save`.
#[derive(Debug, Args)]
pub struct Save {
    #[command(flatten)]
    pub gate: Gate,
    /// The file to write; it must not exist
    #[arg(long = "output", short = 'o', value_name = "FILE", help_heading = "Output")]
    pub output: PathBuf,
    /// The report: text, json, pinned or input, each with an optional =FILE; may be repeated
    #[arg(long = "report", value_name = "FORMAT[=FILE]", action = ArgAction::Append, help_heading = "Output")]
    pub reports: Vec<OutputFlag>,
}

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub struct Diff {
    /// A saved run (FILE.tar) or a report (`verify --output json`)
    #[arg(value_name = "A")]
    pub before: PathBuf,
    /// Another one
    #[arg(value_name = "B")]
    pub after: PathBuf,
    /// How to show it
    #[arg(long, short = 'o', value_enum, default_value_t = DiffFormat::Text)]
    pub output: DiffFormat,
}

/// How a comparison is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}
