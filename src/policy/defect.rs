//! What is wrong with the policies themselves: never a verdict, always exit 2.

use crate::rego::{Defect, Location};

/// Why policies cannot be used. Says what was expected, what was found, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyDefect {
    /// A file or directory of policies cannot be read.
    #[error("cannot read {path}: {reason}")]
    Read {
        /// What the user named, or the file below it.
        path: String,
        /// Why not.
        reason: String,
    },
    /// A directory holds nothing to evaluate, or nothing to test.
    #[error("{path} holds no {expected}: {hint}")]
    Nothing {
        /// What the user named.
        path: String,
        /// What was looked for.
        expected: &'static str,
        /// What to do.
        hint: String,
    },
    /// No loaded policy has an entry rule.
    #[error(
        "no entry rule in any policy ({loaded}): expected at least one rule `deny`, `violation`, `warn` or `undecided`, as in `deny contains message if {{ … }}`"
    )]
    NoEntryRules {
        /// What was loaded.
        loaded: String,
    },
    /// The Rego is wrong: all that could be seen of it.
    #[error("{0}")]
    Rego(RegoDefects),
    /// A METADATA comment is not what it should be.
    #[error("{at}: METADATA: {problem}")]
    Metadata {
        /// Where the comment starts.
        at: Location,
        /// Expected and found.
        problem: String,
    },
    /// A user's policy claims a package of ocigate.
    #[error(
        "{at}: the package `{package}` is reserved: `ocigate` and all below it is ocigate's own; choose another name, such as `main`"
    )]
    ReservedPackage {
        /// Where the package is named.
        at: Location,
        /// The package.
        package: String,
    },
    /// An entry rule is no partial set.
    #[error(
        "{at}: `{rule}` is {found}, expected a partial set, or its result could not be told from \"nothing found\": write `{rule} contains message if {{ … }}`"
    )]
    EntryKind {
        /// Where it is defined.
        at: Location,
        /// Its name.
        rule: String,
        /// What it is.
        found: &'static str,
    },
    /// A rule that nothing refers to has almost the name of an entry rule.
    #[error(
        "{at}: `{rule}` is not evaluated, because its name is not `{suggestion}`: did you mean that? (A helper that other rules refer to may have any name.)"
    )]
    NearMiss {
        /// Where it is defined.
        at: Location,
        /// Its name.
        rule: String,
        /// What was probably meant.
        suggestion: String,
    },
    /// A set that nothing reads.
    #[error(
        "{at}: nothing reads the set `{rule}`{}: rename it to `deny`, `violation`, `warn` or `undecided` (as it is, or followed by `_` and a name) if it states findings, remove it if not", match .suggestion { Some(name) => format!(" (did you mean `{name}`?)"), None => String::new() }
    )]
    UnusedSet {
        /// Where it is defined.
        at: Location,
        /// Its name.
        rule: String,
        /// What was probably meant.
        suggestion: Option<String>,
    },
    /// The element of an entry rule can never be a finding.
    #[error("{at}: {rule}: {problem}")]
    Element {
        /// Where it is written.
        at: Location,
        /// The rule's name.
        rule: String,
        /// Expected and found.
        problem: String,
    },
    /// Conftest's exceptions.
    #[error(
        "{at}: `exception` rules are not supported, because one silences every finding of a rule, also those nobody has seen yet: switch the rule off by its id"
    )]
    Exception {
        /// Where it is defined.
        at: Location,
    },
    /// A bundled policy breaks the rules for bundled policies.
    #[error("{at}: bundled policy: {problem}")]
    Bundled {
        /// Where.
        at: Location,
        /// Expected and found.
        problem: String,
    },
    /// A data file cannot be read as data.
    #[error("{path}: {reason}")]
    Data {
        /// The file.
        path: String,
        /// Expected and found.
        reason: String,
    },
    /// Two data files disagree.
    #[error("{second}: `data.{key}` already has another value in {first}: remove one of them")]
    DataConflict {
        /// The file read first.
        first: String,
        /// The file read second.
        second: String,
        /// The path of the value.
        key: String,
    },
    /// Data would replace the results of rules.
    #[error(
        "{path}: `{data}` lies at, under or above the package `{package}` ({module}), and data there would silently replace its rules: move it, for example to `data.config`"
    )]
    DataShadowsPackage {
        /// The data file.
        path: String,
        /// The path of the data.
        data: String,
        /// The package.
        package: String,
        /// A file of that package.
        module: String,
    },
    /// A rule to be switched off does not exist.
    #[error("unknown rule {found:?} to disable: expected one of {known}")]
    UnknownRule {
        /// What was given.
        found: String,
        /// The known ids.
        known: String,
    },
    /// A test is no complete rule.
    #[error("{at}: the test `{rule}` is {found}, expected a complete rule: write `{rule} if {{ … }}`")]
    Test {
        /// Where it is defined.
        at: Location,
        /// Its name.
        rule: String,
        /// What it is.
        found: &'static str,
    },
    /// The engine cannot be run at all.
    #[error("the policy engine cannot be run: {reason}")]
    Engine {
        /// Why not.
        reason: String,
    },
}

/// Defects of Rego, and the lines that they are in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegoDefects {
    /// What is wrong, sorted by file and line.
    pub defects: Vec<Defect>,
    /// The line of each.
    pub excerpts: Vec<String>,
}

/// Defects that are told at once; the others are counted.
const MOST_TOLD: usize = 50;

impl std::fmt::Display for RegoDefects {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, defect) in self.defects.iter().take(MOST_TOLD).enumerate() {
            let end = if index == 0 { "" } else { "\n" };
            write!(formatter, "{end}{}: {defect}", defect.at())?;
            if let Some(excerpt) = self.excerpts.get(index).filter(|excerpt| !excerpt.is_empty()) {
                write!(formatter, "\n  {excerpt}")?;
            }
        }
        match self.defects.len().checked_sub(MOST_TOLD) {
            None | Some(0) => Ok(()),
            Some(more) => write!(formatter, "\nand {more} more"),
        }
    }
}

/// What the thread of the engine says.
pub(super) fn engine(reason: String) -> PolicyDefect {
    PolicyDefect::Engine { reason }
}
