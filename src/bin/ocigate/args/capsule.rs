//! Arguments about saved runs.

use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum};

use super::flags::OutputFlag;
use super::gate::Gate;

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
