//! What is wrong with the policies themselves: never a verdict, always exit 2.

use super::syntax::At;

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
    /// A policy does not parse.
    #[error("{at}: {message}\n  {excerpt}")]
    Parse {
        /// Where.
        at: At,
        /// What the parser says.
        message: String,
        /// The line.
        excerpt: String,
    },
    /// Brackets are nested too deeply for the parser.
    #[error("{at}: brackets are nested deeper than {limit} levels: name the inner parts as rules of their own")]
    TooNested {
        /// Where the limit was passed.
        at: At,
        /// The limit.
        limit: usize,
    },
    /// One expression is too long for the parser's stack.
    #[error("{at}: one expression has more than {limit} operators: split it, or use an array and `sum` or `concat`")]
    TooLong {
        /// Where the limit was passed.
        at: At,
        /// The limit.
        limit: usize,
    },
    /// Deep literals would take the parser minutes.
    #[error(
        "{at}: this file would take the parser too long (its effort more than doubles with each level of nested `[` or `{{`): move the deeply nested literals into a --data file"
    )]
    TooCostly {
        /// Where the limit was passed.
        at: At,
    },
    /// A METADATA comment is not what it should be.
    #[error("{at}: METADATA: {problem}")]
    Metadata {
        /// Where the comment starts.
        at: At,
        /// Expected and found.
        problem: String,
    },
    /// A user's policy claims a package of ocigate.
    #[error(
        "{at}: the package `{package}` is reserved: `core`, `kfm`, `lib` and `ocigate` are ocigate's own; choose another name, such as `main`"
    )]
    ReservedPackage {
        /// Where the package is named.
        at: At,
        /// The package.
        package: String,
    },
    /// A package has the path of a rule.
    #[error("{at}: the package `{package}` lies at or under the rule `{rule}`: rename one of them")]
    PackageUnderRule {
        /// Where the package is named.
        at: At,
        /// The package.
        package: String,
        /// The rule, and where it is defined.
        rule: String,
    },
    /// An entry rule is no partial set.
    #[error(
        "{at}: `{rule}` is {found}, expected a partial set, or its result could not be told from \"nothing found\": write `{rule} contains message if {{ … }}`"
    )]
    EntryKind {
        /// Where it is defined.
        at: At,
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
        at: At,
        /// Its name.
        rule: String,
        /// What was probably meant.
        suggestion: String,
    },
    /// Conftest's exceptions.
    #[error(
        "{at}: `exception` rules are not supported, because one silences every finding of a rule, also those nobody has seen yet: write a waiver for the finding, or switch the rule off by its id"
    )]
    Exception {
        /// Where it is defined.
        at: At,
    },
    /// A bundled policy breaks the rules for bundled policies.
    #[error("{at}: bundled policy: {problem}")]
    Bundled {
        /// Where.
        at: At,
        /// Expected and found.
        problem: String,
    },
    /// A rule's result is a variable that nothing gives a value.
    #[error("{at}: the variable `{variable}` is never given a value: write `{variable} := …` in the body")]
    Unbound {
        /// Where the rule names it.
        at: At,
        /// Its name.
        variable: String,
    },
    /// A called function exists nowhere.
    #[error("{at}: the function `{function}` {reason}")]
    UnknownFunction {
        /// Where it is called.
        at: At,
        /// Its name as written.
        function: String,
        /// Why it cannot be called.
        reason: String,
    },
    /// A function is called with the wrong number of arguments.
    #[error("{at}: the function `{function}` takes {expected} arguments, found {found}")]
    Arguments {
        /// Where it is called.
        at: At,
        /// Its name as written.
        function: String,
        /// How many it takes.
        expected: usize,
        /// How many were given.
        found: usize,
    },
    /// A `with` that the engine would skip in silence.
    #[error("{at}: `with`: {problem}")]
    With {
        /// Where.
        at: At,
        /// What is wrong and what to do.
        problem: String,
    },
    /// Rules or functions depend on themselves.
    #[error("{at}: `{rule}` depends on itself: {cycle}")]
    Recursion {
        /// Where the rule is defined.
        at: At,
        /// The rule.
        rule: String,
        /// The way back to it.
        cycle: String,
    },
    /// Rules depend on each other over too many steps for the engine's stack.
    #[error("{at}: `{rule}` depends on others over more than {limit} steps")]
    TooDeep {
        /// Where the rule is defined.
        at: At,
        /// The rule.
        rule: String,
        /// The limit.
        limit: usize,
    },
    /// A module parses but cannot be prepared for evaluation.
    #[error("{at}: {message}")]
    Analysis {
        /// Where; line 0 if the engine does not say.
        at: At,
        /// What the engine says.
        message: String,
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
    /// An entry rule produced something that is no finding.
    #[error("{at}: {rule}: {problem}")]
    Result {
        /// Where the rule is defined.
        at: At,
        /// Its id.
        rule: String,
        /// Expected and found.
        problem: String,
    },
    /// A test is no complete rule.
    #[error("{at}: the test `{rule}` is {found}, expected a complete rule: write `{rule} if {{ … }}`")]
    Test {
        /// Where it is defined.
        at: At,
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
