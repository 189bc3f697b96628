//! What is wrong with modules themselves, found before anything is evaluated.

use super::location::Location;

/// Why modules cannot be used: what was expected, what was found, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Defect {
    /// It does not parse.
    #[error("{message}{}", if *.is_v0 { ": this is Rego v0; write it as v1 (`opa fmt --v0-v1 --write`), or give --rego-version v0" } else { "" })]
    Parse {
        /// Where.
        at: Location,
        /// What the parser says.
        message: String,
        /// The line.
        excerpt: String,
        /// It would parse as Rego v0.
        is_v0: bool,
    },
    /// Brackets are nested too deeply for the parser.
    #[error("brackets are nested deeper than {limit} levels: name the inner parts as rules of their own")]
    TooNested {
        /// Where the limit was passed.
        at: Location,
        /// The limit.
        limit: usize,
    },
    /// One expression is too long for the parser's stack.
    #[error("one expression has more than {limit} operators: split it, or use an array and `sum` or `concat`")]
    TooLong {
        /// Where the limit was passed.
        at: Location,
        /// The limit.
        limit: usize,
    },
    /// Deep literals would take the parser minutes.
    #[error(
        "this file would take the parser too long (its effort more than doubles with each level of nested `[` or `{{`): move the deeply nested literals into a --data file"
    )]
    TooCostly {
        /// Where the limit was passed.
        at: Location,
    },
    /// A METADATA comment is not what it should be.
    #[error("METADATA: {problem}")]
    Metadata {
        /// Where the comment starts.
        at: Location,
        /// Expected and found.
        problem: String,
    },
    /// Rego that this engine does not have.
    #[error("{message}")]
    Unsupported {
        /// Where.
        at: Location,
        /// What was found and what to write instead.
        message: String,
    },
    /// Something that cannot be meant.
    #[error("{message}")]
    Invalid {
        /// Where.
        at: Location,
        /// What was found and what to write instead.
        message: String,
    },
    /// A variable that nothing gives a value.
    #[error(
        "the variable `{variable}` is never given a value here: write `{variable} := …` in this body, outside of `not`"
    )]
    Unsafe {
        /// Where it is needed.
        at: Location,
        /// Its name.
        variable: String,
    },
    /// Two definitions of one name that cannot stand together.
    #[error("`{rule}` is {found} here and {other} at {first}: rename one of them")]
    Conflict {
        /// Where the second one is.
        at: Location,
        /// The name.
        rule: String,
        /// What the second one makes of it.
        found: String,
        /// What the first one makes of it.
        other: String,
        /// Where the first one is.
        first: Location,
    },
    /// A package has the path of a rule.
    #[error("the package `{package}` lies at or under the rule `{rule}`: rename one of them")]
    PackageUnderRule {
        /// Where the package is named.
        at: Location,
        /// The package.
        package: String,
        /// The rule, and where it is defined.
        rule: String,
    },
    /// A called function exists nowhere.
    #[error("the function `{function}` {reason}")]
    UnknownFunction {
        /// Where it is called.
        at: Location,
        /// Its name as written.
        function: String,
        /// Why it cannot be called.
        reason: String,
    },
    /// A function is called with the wrong number of arguments.
    #[error("the function `{function}` takes {expected} arguments, found {found}")]
    Arguments {
        /// Where it is called.
        at: Location,
        /// Its name as written.
        function: String,
        /// How many it takes.
        expected: usize,
        /// How many were given.
        found: usize,
    },
    /// A `with` that replaces nothing.
    #[error("`with`: {problem}")]
    With {
        /// Where.
        at: Location,
        /// What is wrong and what to do.
        problem: String,
    },
    /// Rules or functions depend on themselves.
    #[error("`{rule}` depends on itself: {cycle}")]
    Recursion {
        /// Where the rule is defined.
        at: Location,
        /// The rule.
        rule: String,
        /// The way back to it.
        cycle: String,
    },
}

impl Defect {
    /// Where it is.
    pub fn at(&self) -> &Location {
        match self {
            Defect::Parse { at, .. }
            | Defect::TooNested { at, .. }
            | Defect::TooLong { at, .. }
            | Defect::TooCostly { at }
            | Defect::Metadata { at, .. }
            | Defect::Unsupported { at, .. }
            | Defect::Invalid { at, .. }
            | Defect::Unsafe { at, .. }
            | Defect::Conflict { at, .. }
            | Defect::PackageUnderRule { at, .. }
            | Defect::UnknownFunction { at, .. }
            | Defect::Arguments { at, .. }
            | Defect::With { at, .. }
            | Defect::Recursion { at, .. } => at,
        }
    }
}
