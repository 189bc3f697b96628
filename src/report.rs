//! What the gate says: a [`Verdict`] per subject, and everything a person needs to act on it.
//!
//! The only place that turns findings into a verdict. A gap or unchecked evidence is taken into account here,
//! in Rust, and not in a rule that could be removed.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use time::OffsetDateTime;

use crate::demands::Demands;
use crate::dossier::{Dossier, Item};
use crate::evidence::Form;
use crate::finding::{Basis, Effect, Finding, Ground, Place, RuleId, Severity};
use crate::oci::{Digest, Reference};
use crate::policy::{Evaluation, Policies, RuleError};
use crate::source::Gap;

mod causes;
mod excerpt;
mod identity;
mod judged;
mod pointer;
mod relaxation;
mod table;
mod unseen;

pub use excerpt::Excerpt;
pub use identity::ids;
pub use judged::{WeighedFinding, Weight};
pub use pointer::refused;
pub use relaxation::{Relaxation, RelaxationCode};
pub use table::{EvidenceRow, IdentityRow, LogRow, ProofRow};

pub use crate::graph::children::Child;
pub use crate::graph::{IgnoredReferrer, Link};
pub use crate::source::Statistics;
pub use unseen::{altered, not_judged, unresolved};

/// The three outcomes. Ordered by how they combine: fail beats undecided beats pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Everything was seen, and nothing speaks against it.
    Pass,
    /// We could not look.
    Undecided,
    /// We looked, and it is bad.
    Fail,
}

impl Verdict {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Undecided => "undecided",
            Verdict::Fail => "fail",
        }
    }

    /// The verdict over several subjects; there is none over no subject.
    pub fn over(verdicts: impl IntoIterator<Item = Verdict>) -> Option<Verdict> {
        verdicts.into_iter().max()
    }
}

/// How a rule ended. Ordered by how they combine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleOutcome {
    /// It had nothing to look at, and says why.
    NotApplicable,
    /// It has nothing against the subject.
    Pass,
    /// It warns.
    Warn,
    /// It could not tell.
    Undecided,
    /// It is against the subject.
    Fail,
}

impl RuleOutcome {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            RuleOutcome::NotApplicable => "not_applicable",
            RuleOutcome::Pass => "pass",
            RuleOutcome::Warn => "warn",
            RuleOutcome::Undecided => "undecided",
            RuleOutcome::Fail => "fail",
        }
    }
}

/// A rule that was evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedRule {
    /// The rule.
    pub rule: RuleId,
    /// What it asks.
    pub title: String,
    /// How it ended.
    pub outcome: RuleOutcome,
    /// What a pass or a warning rests on; empty for rules that do not say.
    pub rests_on: Vec<Ground>,
    /// Why it does not apply; empty where it does.
    pub skipped: Vec<String>,
}

/// What is said of one subject.
#[derive(Debug, Clone)]
pub struct SubjectReport {
    /// What the user typed.
    pub reference: Reference,
    /// The verdict.
    pub verdict: Verdict,
    /// What it was resolved to, if it could be.
    pub resolved: Option<ResolvedSubject>,
    /// For a child of an index: which one.
    pub child: Option<Child>,
    /// The distribution pointer that it is held against: the file and the digest of its bytes.
    pub pointer: Option<(String, Digest)>,
    /// Findings that decide come first.
    pub findings: Vec<WeighedFinding>,
    /// Rules that were evaluated, sorted.
    pub rules: Vec<JudgedRule>,
    /// Rules that could not be evaluated.
    pub rule_errors: Vec<RuleError>,
    /// All evidence.
    pub evidence: Vec<EvidenceRow>,
    /// What could not be seen.
    pub gaps: Vec<Gap>,
    /// What was listed as a referrer, but is none.
    pub ignored: Vec<IgnoredReferrer>,
    /// What policies printed.
    pub prints: Vec<String>,
    /// What it cost.
    pub statistics: Statistics,
}

impl SubjectReport {
    /// What it is called in a summary: what the user typed, and for a child of an index which one.
    pub fn name(&self) -> String {
        match &self.child {
            Some(child) => format!("{} {}", self.reference, child.name()),
            None => self.reference.to_string(),
        }
    }
}

/// The subject that was judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedSubject {
    /// `repository@digest`.
    pub pinned: String,
    /// The repository it is judged as.
    pub repository: Option<String>,
    /// Its digest.
    pub digest: Digest,
    /// Its media type.
    pub media_type: String,
    /// Its type.
    pub artifact_type: Option<String>,
}

/// A signer as the report shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignerRow {
    /// Its name.
    pub name: String,
    /// Its key: algorithm and sha256; none for an identity.
    pub key: Option<(&'static str, Digest)>,
    /// What its certificates have to say, in words; none for a key.
    pub identity: Option<String>,
    /// The trusted root that vouches for its certificates, log entries and timestamps.
    pub root: Option<String>,
}

/// Facts about the run, the same for all subjects.
#[derive(Debug, Clone)]
pub struct Run {
    /// Version of this program.
    pub version: &'static str,
    /// The time that everything was judged at.
    pub now: OffsetDateTime,
    /// Digest of all policies and data.
    pub policies: Digest,
    /// How many rules were loaded.
    pub rules: usize,
    /// Sets of bundled rules that were evaluated, sorted: `core`, and those that were asked for.
    pub sets: Vec<String>,
    /// The configuration file and its digest.
    pub configuration: Option<(String, Digest)>,
    /// Who may sign.
    pub signers: Vec<SignerRow>,
    /// Every relaxation in force.
    pub relaxations: Vec<Relaxation>,
    /// Notes to the user, such as a configuration file that was found and not used.
    pub notes: Vec<String>,
    /// The saved run that is judged again, if it is one.
    pub capsule: Option<ReplayedRun>,
}

/// A saved run that is judged again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayedRun {
    /// The file.
    pub path: String,
    /// Digest of its manifest.
    pub digest: Digest,
    /// Version of the program that saved it.
    pub saved_by: String,
    /// Whether it is judged by the trust, policies and configuration that it carries.
    pub is_trusted: bool,
    /// Where what it is judged by differs from what it carries.
    pub differences: Vec<Difference>,
}

/// Something that a saved run was judged by, and is not now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What differs.
    pub what: &'static str,
    /// What it is here: a digest or words; none if there is none.
    pub here: Option<String>,
    /// What the capsule carries.
    pub carried: Option<String>,
}

/// The whole report.
#[derive(Debug, Clone)]
pub struct Report {
    /// Facts about the run.
    pub run: Run,
    /// One entry per subject, in the order of the command line.
    pub subjects: Vec<SubjectReport>,
}

/// Decides about a subject that was seen.
pub fn decide(dossier: &Dossier, evaluation: Evaluation, policies: &Policies, demands: &Demands) -> SubjectReport {
    let own = content_findings(dossier).into_iter().chain(platform_finding(dossier));
    let findings = own.chain(evaluation.findings.iter().cloned());
    let mut judged: Vec<WeighedFinding> = findings.map(|finding| judge(finding, dossier, demands)).collect();
    judged.sort_by(|a, b| (a.weight, &a.finding).cmp(&(b.weight, &b.finding)));
    let mut judged = capped(judged, dossier);
    let rules = judged_rules(policies, &evaluation, &judged);
    // No rule, and no rule that had anything to look at, is not yes.
    if rules.iter().all(|rule| rule.outcome == RuleOutcome::NotApplicable) {
        judged.push(judge(nothing_applied(dossier), dossier, demands));
    }
    causes::link(&mut judged, dossier);
    SubjectReport {
        verdict: verdict(&judged, &dossier.graph.gaps, &evaluation.errors),
        rules,
        findings: judged,
        rule_errors: evaluation.errors,
        prints: evaluation.prints,
        ..survey(dossier)
    }
}

/// What is known of a subject, without a rule's opinion.
pub fn survey(dossier: &Dossier) -> SubjectReport {
    let graph = &dossier.graph;
    let findings: Vec<WeighedFinding> =
        content_findings(dossier).into_iter().map(|finding| judge(finding, dossier, &Demands::default())).collect();
    SubjectReport {
        reference: graph.subject.reference.clone(),
        verdict: verdict(&findings, &graph.gaps, &[]),
        resolved: Some(resolved(dossier)),
        child: graph.through.as_ref().map(|through| through.child.clone()),
        pointer: dossier.pointer.as_ref().map(|pointer| (pointer.name.clone(), pointer.digest.clone())),
        findings,
        rules: Vec::new(),
        rule_errors: Vec::new(),
        evidence: table::evidence_rows(dossier),
        gaps: graph.gaps.clone(),
        ignored: graph.ignored.clone(),
        prints: Vec::new(),
        statistics: graph.statistics,
    }
}

fn resolved(dossier: &Dossier) -> ResolvedSubject {
    let subject = &dossier.graph.subject;
    ResolvedSubject {
        pinned: subject.pinned(),
        repository: subject.repository.as_ref().map(ToString::to_string),
        digest: subject.descriptor.digest.clone(),
        media_type: subject.manifest.media_type.clone(),
        artifact_type: subject.manifest.effective_type().map(str::to_owned),
    }
}

/// The codes of checks of this program, and what each means; those of a pointer are codes of faults.
pub const BUILT_IN_CODES: [(&str, &str); 7] = [
    ("content.corrupt", "bytes of the subject are not those of its digest"),
    ("content.no_child", "the index has no child for the platform that was asked for"),
    ("content.nothing_applied", "no rule that was evaluated applies to the subject"),
    ("content.no_index", "a platform was asked for, and the subject is no index"),
    ("content.capsule_altered", "the file is not a capsule as it was saved"),
    ("fail_fast.not_judged", "a subject before it failed, and `--fail-fast` is set"),
    ("pointer.FAULT", "the pointer itself is at fault, so nothing can be judged by it"),
];

/// A check of this program, which no configuration switches off.
fn built_in(code: &str, message: String, places: Vec<Place>, remedy: &str) -> Finding {
    Finding {
        rule: RuleId { set: "ocigate".to_owned(), rule: "content".to_owned() },
        code: code.to_owned(),
        effect: Effect::Deny,
        severity: Severity::Critical,
        basis: Basis::Present,
        kind: None,
        message,
        places,
        remedy: Some(remedy.to_owned()),
    }
}

fn content_findings(dossier: &Dossier) -> Vec<Finding> {
    let subject = &dossier.graph.subject;
    let remedy = "Do not use it: copy the layout again from where the artifact was published";
    subject
        .corrupt
        .iter()
        .map(|(digest, reason)| {
            let place =
                Place { document: subject.descriptor.digest.clone(), pointer: content_pointer(dossier, digest) };
            built_in(
                "corrupt",
                format!("the subject's content {digest} is not what its manifest says: {reason}"),
                vec![place],
                remedy,
            )
        })
        .collect()
}

/// Nothing was chosen where there is nothing to choose from, and nobody may think so.
fn platform_finding(dossier: &Dossier) -> Option<Finding> {
    let platform = dossier.graph.platform_ignored.as_ref()?;
    let message =
        format!("this is no index, so it was judged as it is, whatever its platform: {platform} was asked for");
    let place = Place { document: dossier.graph.subject.descriptor.digest.clone(), pointer: String::new() };
    let remedy = "Name the index that holds it, or leave --platform out";
    let finding = built_in("no_index", message, vec![place], remedy);
    Some(Finding { effect: Effect::Warn, severity: Severity::Warning, ..finding })
}

/// No rule had anything to look at.
fn nothing_applied(dossier: &Dossier) -> Finding {
    let place = Place { document: dossier.graph.subject.descriptor.digest.clone(), pointer: String::new() };
    let message = "none of the rules that were evaluated applies to this subject: nothing was asked of it".to_owned();
    let remedy = "Evaluate a rule that applies: leave out --disable or --without-core, or add one with --policy";
    let finding = built_in("nothing_applied", message, vec![place], remedy);
    Finding { effect: Effect::Undecided, severity: Severity::Error, ..finding }
}

/// Where the subject's manifest names this content.
fn content_pointer(dossier: &Dossier, digest: &Digest) -> String {
    let manifest = &dossier.graph.subject.manifest;
    if manifest.config().is_some_and(|config| config.digest == *digest) {
        return "/config".to_owned();
    }
    let index = manifest.layers().iter().position(|layer| layer.digest == *digest);
    index.map(|index| format!("/layers/{index}")).unwrap_or_default()
}

fn judge(mut finding: Finding, dossier: &Dossier, demands: &Demands) -> WeighedFinding {
    let (weight, because) = match (finding.effect, finding.basis) {
        (Effect::Warn, _) if demands.fail_on_warn => (Weight::Fails, Some("warnings fail (--fail-on-warn)".to_owned())),
        (Effect::Warn, _) => (Weight::Warns, None),
        (Effect::Undecided, _) => (Weight::Undecides, None),
        (Effect::Deny, Basis::Present) => (Weight::Fails, None),
        (Effect::Deny, Basis::Absent) => match excuse(&finding, dossier) {
            Some(excuse) => {
                // What the rule would have done about a mere absence does not help here.
                finding.remedy = Some(excuse.remedy.to_owned());
                (Weight::Undecides, Some(excuse.because))
            }
            None => (Weight::Fails, None),
        },
    };
    WeighedFinding { weight, finding, because, caused_by: None, excerpts: Vec::new() }
}

/// Findings of one rule and one weight that are kept: more of the same helps nobody.
const FINDINGS_PER_RULE: usize = 50;
/// Places of one finding that are shown with their lines.
const EXCERPTS_PER_FINDING: usize = 10;

/// The first findings of each rule with their lines; one more stands for all that are left out.
fn capped(judged: Vec<WeighedFinding>, dossier: &Dossier) -> Vec<WeighedFinding> {
    let mut kept: Vec<WeighedFinding> = Vec::new();
    let mut counts: BTreeMap<(Weight, RuleId), usize> = BTreeMap::new();
    for item in &judged {
        *counts.entry((item.weight, item.finding.rule.clone())).or_default() += 1;
    }
    let mut seen: BTreeMap<(Weight, RuleId), usize> = BTreeMap::new();
    for mut item in judged {
        let key = (item.weight, item.finding.rule.clone());
        let number = seen.entry(key.clone()).or_default();
        *number += 1;
        match (*number).cmp(&(FINDINGS_PER_RULE + 1)) {
            Ordering::Less => {
                let places = item.finding.places.iter().take(EXCERPTS_PER_FINDING);
                item.excerpts = places.filter_map(|place| excerpt::excerpt(place, dossier)).collect();
            }
            Ordering::Equal => {
                let all = counts.get(&key).copied().unwrap_or_default();
                item.finding.code = "more".to_owned();
                item.finding.message = format!("and {} more findings of this rule", all - FINDINGS_PER_RULE);
                item.finding.places.clear();
            }
            Ordering::Greater => continue,
        }
        kept.push(item);
    }
    kept
}

/// Why something that was not found may be there all the same, and what to do about that.
struct Excuse {
    because: String,
    remedy: &'static str,
}

fn excuse(finding: &Finding, dossier: &Dossier) -> Option<Excuse> {
    if let Some(gap) = dossier.graph.gaps.first() {
        return Some(Excuse {
            because: format!("it may be behind what could not be seen ({}: {})", gap.sought, gap.reason),
            remedy: "Fix what could not be seen (push or copy it again, or see to access and limits), then verify again",
        });
    }
    let kind = finding.kind.as_deref()?;
    // Nobody here knows what a signature of an unsupported kind would have proven.
    let may_be = |item: &Item| item.kind == kind || matches!(item.evidence.form, Form::Unsupported { .. });
    let of_kind =
        dossier.items.iter().filter(|item| may_be(item) && dossier.graph.is_about_subject(&item.evidence.about));
    let (item, unchecked) =
        of_kind.filter_map(|item| item.standing.unchecked.first().map(|unchecked| (item, unchecked))).next()?;
    Some(Excuse {
        because: format!("{} could not be checked: {}", item.evidence.document, unchecked.reason),
        remedy: "Give what it takes to check it (`--key FILE` or `[[trust.signer]]`), or have it signed with a key that is given",
    })
}

fn verdict(findings: &[WeighedFinding], gaps: &[Gap], errors: &[RuleError]) -> Verdict {
    let weighs = |weight| findings.iter().any(|judged| judged.weight == weight);
    if weighs(Weight::Fails) {
        Verdict::Fail
    } else if weighs(Weight::Undecides) || !gaps.is_empty() || !errors.is_empty() {
        Verdict::Undecided
    } else {
        Verdict::Pass
    }
}

fn judged_rules(policies: &Policies, evaluation: &Evaluation, findings: &[WeighedFinding]) -> Vec<JudgedRule> {
    let erring: BTreeSet<&RuleId> = evaluation.errors.iter().map(|error| &error.rule).collect();
    let mut worst: BTreeMap<&RuleId, RuleOutcome> = erring.iter().map(|rule| (*rule, RuleOutcome::Undecided)).collect();
    for judged in findings {
        let outcome = match judged.weight {
            Weight::Fails => RuleOutcome::Fail,
            Weight::Undecides => RuleOutcome::Undecided,
            Weight::Warns => RuleOutcome::Warn,
        };
        let known = worst.entry(&judged.finding.rule).or_insert(outcome);
        *known = outcome.max(*known);
    }
    let evaluated: BTreeSet<&RuleId> = evaluation.evaluated.iter().chain(erring).collect();
    let judged = |rule: &RuleId| {
        let reasons = evaluation.reasons.get(rule).cloned().unwrap_or_default();
        let quiet = if reasons.skipped.is_empty() { RuleOutcome::Pass } else { RuleOutcome::NotApplicable };
        let outcome = worst.get(rule).copied().unwrap_or(quiet);
        let info = policies.rules().iter().find(|info| info.id == *rule);
        JudgedRule {
            rule: rule.clone(),
            title: info.map(|info| info.title.clone()).unwrap_or_default(),
            outcome,
            rests_on: if outcome <= RuleOutcome::Warn { reasons.rests_on } else { Vec::new() },
            skipped: if outcome == RuleOutcome::NotApplicable { reasons.skipped } else { Vec::new() },
        }
    };
    evaluated.into_iter().map(judged).collect()
}
