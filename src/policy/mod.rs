//! Rego in, findings out.
//!
//! This room loads policies (the bundled ones and the user's), refuses what would silently never deny
//! anything, and evaluates them over the input document. It is where "nothing is not yes" is kept for
//! policies: a rule of the wrong name or kind, a wrong-typed result, a builtin that is not there, data that
//! stands in for a rule, an error: each is a [`PolicyDefect`] (exit 2) or a [`RuleError`] (undecided),
//! never a pass.
//!
//! The flow of [`Policies::load`]: [`rego`](crate::rego) parses and compiles, `metadata` reads the comments, `entries`
//! and `rules` find what is evaluated, `reads` what it looks at, `data` gives the settings. Then
//! [`Policies::evaluate`], as often as needed: rule by rule, each element through `element` to a
//! [`Finding`](crate::finding::Finding).
//!
//! It must not: decide a verdict, know what evidence is, read a clock or the network, or apply waivers to
//! findings it makes.

mod bundled;
mod data;
mod defect;
mod element;
mod entries;
mod evaluate;
mod functions;
pub mod input;
mod load;
mod metadata;
mod modules;
mod read;
mod reads;
mod rules;
pub mod tester;

#[cfg(test)]
mod tests;

pub use bundled::{Set, bundled, bundled_tests};
pub use data::settings;
pub use defect::{PolicyDefect, RegoDefects};
pub use evaluate::{Evaluation, RuleError};
pub use load::Policies;
pub use read::{read_data, read_directory, read_tests};
pub use reads::SettingsRead;
pub use rules::RuleInfo;

use crate::oci::Notation;
use crate::rego::RegoVersion;

/// Where a policy or data file comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// It comes with the program.
    Bundled,
    /// The user named it.
    User,
}

/// The text of one policy file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFile {
    /// The file, as shown in errors.
    pub path: String,
    /// Rego.
    pub text: String,
    /// Where it comes from.
    pub origin: Origin,
    /// The directory or file that the user named and that this was found through: each must hold at least
    /// one entry rule.
    pub root: Option<String>,
}

/// The text of one data file: an object that is merged into `data`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFile {
    /// The file, as shown in errors.
    pub path: String,
    /// JSON or YAML.
    pub text: String,
    /// Which of the two.
    pub format: Notation,
    /// Where it comes from.
    pub origin: Origin,
}

/// Everything that policies are loaded from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicySources {
    /// Policies, without tests.
    pub modules: Vec<PolicyFile>,
    /// Data files; bundled ones first or last, that makes no difference.
    pub data: Vec<DataFile>,
    /// Ids of rules to switch off: `core.signature`, its short form `signature`, `main.deny_x`; `-` counts
    /// as `_`.
    pub disabled: Vec<String>,
    /// The version of the language that users' policies are written in.
    pub version: RegoVersion,
    /// Switches all rules of the set `core` off. Users' policies can still refer to them.
    pub without_core: bool,
}
