//! Flags of `verify` for many subjects.

use std::path::PathBuf;

use clap::Args;
use ocigate::graph::children::Choice;

/// Many subjects at once.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Subjects")]
pub struct SubjectFlags {
    /// References in a file, `-` for standard input: one a line, or JSON lines {"reference": …, "as": …, "require_digest": …}
    #[arg(long, value_name = "FILE", conflicts_with = "pointers")]
    pub from: Option<PathBuf>,
    /// How many subjects are fetched side by side
    #[arg(long, value_name = "COUNT", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub jobs: u16,
    /// Judge nothing after the first subject that fails; what was not judged is undecided
    #[arg(long)]
    pub fail_fast: bool,
    /// Of an index, judge the children of this platform (os/architecture[/variant], or all) in place of the index itself
    #[arg(long, value_name = "PLATFORM")]
    pub platform: Option<Choice>,
}
