//! Exit codes: the one place that knows their numbers.

use std::process::ExitCode;

use ocigate::report::Verdict;

/// How the program ends. A panic gives none of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything was seen, and nothing speaks against it.
    Pass,
    /// We looked, and it is bad.
    Fail,
    /// Bad usage, configuration or policy; nothing was decided.
    Usage,
    /// We could not look.
    Undecided,
}

impl From<Verdict> for Exit {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Pass => Exit::Pass,
            Verdict::Fail => Exit::Fail,
            Verdict::Undecided => Exit::Undecided,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Pass => 0,
            Exit::Fail => 1,
            Exit::Usage => 2,
            Exit::Undecided => 3,
        })
    }
}
