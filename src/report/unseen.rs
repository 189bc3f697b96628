//! What is said of subjects that were not seen.

use super::{SubjectReport, Verdict, WeighedFinding, Weight, built_in};
use crate::finding::{Basis, Effect, Finding, RuleId, Severity};
use crate::oci::Reference;
use crate::source::{ResolveError, Statistics};

/// Decides about a subject that could not be seen, or is not what its digest says.
pub fn unresolved(reference: Reference, error: ResolveError, statistics: Statistics) -> SubjectReport {
    let (gaps, findings) = match error {
        ResolveError::Unseen(gap) => (vec![gap], Vec::new()),
        bad => {
            let (code, remedy) = match bad {
                ResolveError::NoChild { .. } => (
                    "no_child",
                    "Ask for a platform that the index has, or publish this one (`--platform all` judges all that are there)",
                ),
                _ => (
                    "corrupt",
                    "Do not use it: fetch it again from where it was published, and compare the digest that its publisher names",
                ),
            };
            let finding = built_in(code, bad.to_string(), Vec::new(), remedy);
            (
                Vec::new(),
                vec![WeighedFinding {
                    weight: Weight::Fails,
                    finding,
                    because: None,
                    caused_by: None,
                    excerpts: Vec::new(),
                }],
            )
        }
    };
    let verdict = if findings.is_empty() { Verdict::Undecided } else { Verdict::Fail };
    SubjectReport { verdict, findings, gaps, statistics, ..blank(reference) }
}

/// Decides about a file that is given as a saved run and is none, or no longer is.
pub fn altered(reference: Reference, problem: &str) -> SubjectReport {
    let remedy = "Do not use it: get it again from whoever saved it, and compare the digest that `ocigate save` said";
    let finding =
        built_in("capsule_altered", format!("this is not a capsule as it was saved: {problem}"), Vec::new(), remedy);
    let judged =
        WeighedFinding { weight: Weight::Fails, finding, because: None, caused_by: None, excerpts: Vec::new() };
    SubjectReport { verdict: Verdict::Fail, findings: vec![judged], ..blank(reference) }
}

/// Nothing is known, so nothing is decided.
pub(super) fn blank(reference: Reference) -> SubjectReport {
    SubjectReport {
        reference,
        verdict: Verdict::Undecided,
        resolved: None,
        child: None,
        pointer: None,
        findings: Vec::new(),
        rules: Vec::new(),
        rule_errors: Vec::new(),
        evidence: Vec::new(),
        gaps: Vec::new(),
        ignored: Vec::new(),
        prints: Vec::new(),
        statistics: Statistics::default(),
    }
}

/// A subject that nobody looked at, because an earlier one failed and nothing more was wanted.
pub fn not_judged(reference: Reference) -> SubjectReport {
    let finding = Finding {
        rule: RuleId { set: "ocigate".to_owned(), rule: "fail_fast".to_owned() },
        code: "not_judged".to_owned(),
        effect: Effect::Undecided,
        severity: Severity::Info,
        basis: Basis::Absent,
        kind: None,
        message: "it was not judged: a subject before it failed, and --fail-fast is set".to_owned(),
        places: Vec::new(),
        remedy: Some("Fix what failed, or leave --fail-fast out to see all of it at once".to_owned()),
    };
    let judged =
        WeighedFinding { weight: Weight::Undecides, finding, because: None, caused_by: None, excerpts: Vec::new() };
    SubjectReport { verdict: Verdict::Undecided, findings: vec![judged], ..blank(reference) }
}
