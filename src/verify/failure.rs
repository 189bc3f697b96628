//! Why there is no proof: which step failed, or what nobody could check.

/// A step that failed: checked and bad.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    /// The step.
    pub step: Step,
    /// What was expected and what was found.
    pub reason: String,
    /// The predicate type that the material claims, if it could be read. Untrusted.
    pub claimed_type: Option<String>,
}

/// Nothing here could check it: it neither counts nor counts against.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UncheckedMaterial {
    /// Why not.
    pub reason: String,
    /// The predicate type that the material claims, if it could be read. Untrusted.
    pub claimed_type: Option<String>,
}

/// The numbered steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Step 1.
    Material,
    /// Step 2.
    Time,
    /// Step 3.
    Certificate,
    /// Step 4.
    CertificateTimestamp,
    /// Step 5.
    Log,
    /// Step 6.
    Signature,
    /// Step 7.
    Target,
    /// Step 8.
    Identity,
    /// Step 9.
    Window,
    /// Step 10.
    Repository,
    /// Step 11.
    PredicateType,
}

impl Step {
    /// What the step asks.
    pub fn name(self) -> &'static str {
        match self {
            Step::Material => "material",
            Step::Time => "trusted time",
            Step::Certificate => "certificate",
            Step::CertificateTimestamp => "certificate timestamp",
            Step::Log => "transparency log",
            Step::Signature => "signature",
            Step::Target => "target",
            Step::Identity => "identity",
            Step::Window => "validity window",
            Step::Repository => "repository",
            Step::PredicateType => "predicate type",
        }
    }
}

/// Why there is no proof.
#[derive(Clone)]
pub(super) enum Failure {
    Refused(Refusal),
    Unchecked(UncheckedMaterial),
}

impl Failure {
    pub(super) fn refused(step: Step, reason: impl Into<String>) -> Self {
        Failure::Refused(Refusal { step, reason: reason.into(), claimed_type: None })
    }

    pub(super) fn unchecked(reason: impl Into<String>) -> Self {
        Failure::Unchecked(UncheckedMaterial { reason: reason.into(), claimed_type: None })
    }

    pub(super) fn claiming(mut self, claimed: Option<String>) -> Self {
        match &mut self {
            Failure::Refused(refusal) => refusal.claimed_type = claimed,
            Failure::Unchecked(unchecked) => unchecked.claimed_type = claimed,
        }
        self
    }
}

/// The failure that says most. What nobody could check may yet turn out good; of refusals, the one that got
/// furthest.
pub(super) fn telling(failures: Vec<Failure>) -> Option<Failure> {
    failures.into_iter().max_by_key(|failure| match failure {
        Failure::Refused(refusal) => (0, Some(refusal.step)),
        Failure::Unchecked(_) => (1, None),
    })
}
