//! The report for programs, version 1: `schemas/report.v1.schema.json`. Its structs are its own, so that a
//! change inside the program cannot change it unseen.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::finding::Basis;
use crate::report::{
    self, EvidenceRow, JudgedRule, Link, LogRow, ProofRow, SubjectReport, Verdict, WeighedFinding, Weight,
};

#[derive(Serialize)]
struct Run<'a> {
    ocigate: &'a str,
    now: String,
    policies: Policies<'a>,
    configuration: Option<Configuration<'a>>,
    signers: Vec<Signer<'a>>,
    relaxations: Vec<Relaxation<'a>>,
    notes: &'a [String],
    capsule: Option<Capsule<'a>>,
}

#[derive(Serialize)]
struct Relaxation<'a> {
    code: &'static str,
    message: &'a str,
}

#[derive(Serialize)]
struct Capsule<'a> {
    path: &'a str,
    digest: String,
    saved_by: &'a str,
    trust_from_capsule: bool,
    differences: Vec<Difference<'a>>,
}

#[derive(Serialize)]
struct Difference<'a> {
    what: &'a str,
    here: Option<&'a str>,
    capsule: Option<&'a str>,
}

#[derive(Serialize)]
struct Policies<'a> {
    digest: String,
    rules: usize,
    sets: &'a [String],
}

#[derive(Serialize)]
struct Configuration<'a> {
    path: &'a str,
    digest: String,
}

#[derive(Serialize)]
struct Signer<'a> {
    name: &'a str,
    algorithm: Option<&'a str>,
    fingerprint: Option<String>,
    identity: Option<&'a str>,
    root: Option<&'a str>,
}

#[derive(Serialize)]
struct Subject<'a> {
    reference: String,
    verdict: &'static str,
    pass: bool,
    pinned: Option<&'a str>,
    repository: Option<&'a str>,
    digest: Option<String>,
    media_type: Option<&'a str>,
    artifact_type: Option<&'a str>,
    child: Option<Child<'a>>,
    pointer: Option<Configuration<'a>>,
    findings: Vec<Finding<'a>>,
    rules: Vec<Rule<'a>>,
    rule_errors: Vec<RuleError<'a>>,
    evidence: Vec<Evidence<'a>>,
    gaps: Vec<Gap>,
    ignored: Vec<Ignored>,
    prints: &'a [String],
    requests: u64,
    bytes: u64,
    cached: u64,
}

#[derive(Serialize)]
struct Child<'a> {
    index: String,
    digest: String,
    platform: Option<&'a str>,
}

#[derive(Serialize)]
struct Finding<'a> {
    id: &'a str,
    code: String,
    rule: &'a str,
    set: &'a str,
    weight: &'static str,
    severity: &'static str,
    basis: &'static str,
    message: &'a str,
    because: Option<&'a str>,
    caused_by: Option<&'a str>,
    remedy: Option<&'a str>,
    places: Vec<Place<'a>>,
}

#[derive(Serialize)]
struct Place<'a> {
    document: String,
    pointer: &'a str,
    name: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    excerpt: Option<&'a str>,
}

#[derive(Serialize)]
struct Rule<'a> {
    rule: &'a str,
    set: &'a str,
    title: &'a str,
    outcome: &'static str,
    rests_on: Vec<Ground<'a>>,
    skipped: &'a [String],
}

#[derive(Serialize)]
struct Ground<'a> {
    message: &'a str,
    document: Option<String>,
    pointer: Option<&'a str>,
}

#[derive(Serialize)]
struct RuleError<'a> {
    rule: &'a str,
    set: &'a str,
    message: &'a str,
    file: &'a str,
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Evidence<'a> {
    manifest: String,
    document: Option<String>,
    about: String,
    linked_by: &'static str,
    found_in: Option<&'a str>,
    what: &'a str,
    kind: &'a str,
    name: &'a str,
    standing: &'static str,
    proofs: Vec<Proof<'a>>,
    vouched_by: &'a [String],
    refusals: Vec<Refusal<'a>>,
    unchecked: Vec<Unchecked<'a>>,
}

#[derive(Serialize)]
struct Proof<'a> {
    signer: &'a str,
    fingerprint: String,
    identity: Option<Identity<'a>>,
    log: Option<LogEntry<'a>>,
    log_checked: bool,
    times: Vec<SigningTime>,
}

#[derive(Serialize)]
struct Identity<'a> {
    subject: &'a str,
    issuer: Option<&'a str>,
    #[serde(flatten)]
    workload: BTreeMap<&'a str, &'a str>,
    root: &'a str,
}

#[derive(Serialize)]
struct LogEntry<'a> {
    log: &'a str,
    index: u64,
}

#[derive(Serialize)]
struct SigningTime {
    at: String,
    clock: &'static str,
}

#[derive(Serialize)]
struct Refusal<'a> {
    step: &'static str,
    reason: &'a str,
    claimed_type: Option<&'a str>,
}

#[derive(Serialize)]
struct Unchecked<'a> {
    reason: &'a str,
    claimed_type: Option<&'a str>,
}

#[derive(Serialize)]
struct Gap {
    code: String,
    sought: String,
    reason: String,
}

#[derive(Serialize)]
struct Ignored {
    manifest: String,
    listed_for: String,
    own_subject: Option<String>,
}

/// Begins the one JSON document that the report is: the same bytes for the same report.
pub(super) fn begin(run: &report::Run, out: &mut dyn io::Write) -> io::Result<()> {
    write!(out, "{{\n  \"version\": 1,\n  \"run\": {},\n  \"subjects\": [", pretty(&facts(run), "\n  ")?)
}

/// The next subject.
pub(super) fn next(subject: &SubjectReport, is_first: bool, out: &mut dyn io::Write) -> io::Result<()> {
    let comma = if is_first { "" } else { "," };
    write!(out, "{comma}\n    {}", pretty(&self::subject(subject, &report::ids(&subject.findings)), "\n    ")?)
}

/// The verdict stands at the end: a document that was cut off is none, and never a pass.
pub(super) fn end(verdict: Verdict, out: &mut dyn io::Write) -> io::Result<()> {
    let pass = verdict == Verdict::Pass;
    writeln!(out, "\n  ],\n  \"verdict\": \"{}\",\n  \"pass\": {pass}\n}}", verdict.name())
}

/// A part of the document. A line break stands between its tokens only, never in a string.
fn pretty(part: &impl Serialize, line_break: &str) -> io::Result<String> {
    let text = serde_json::to_string_pretty(part).map_err(io::Error::other)?;
    Ok(super::sanitize::json(&text).replace('\n', line_break))
}

fn facts(run: &report::Run) -> Run<'_> {
    Run {
        ocigate: run.version,
        now: run.now.format(&Rfc3339).unwrap_or_default(),
        policies: Policies { digest: run.policies.to_string(), rules: run.rules, sets: &run.sets },
        configuration: run
            .configuration
            .as_ref()
            .map(|(path, digest)| Configuration { path, digest: digest.to_string() }),
        signers: run
            .signers
            .iter()
            .map(|signer| Signer {
                name: &signer.name,
                algorithm: signer.key.as_ref().map(|(algorithm, _)| *algorithm),
                fingerprint: signer.key.as_ref().map(|(_, fingerprint)| fingerprint.to_string()),
                identity: signer.identity.as_deref(),
                root: signer.root.as_deref(),
            })
            .collect(),
        relaxations: run
            .relaxations
            .iter()
            .map(|relaxation| Relaxation { code: relaxation.code.name(), message: &relaxation.message })
            .collect(),
        notes: &run.notes,
        capsule: run.capsule.as_ref().map(|capsule| Capsule {
            path: &capsule.path,
            digest: capsule.digest.to_string(),
            saved_by: &capsule.saved_by,
            trust_from_capsule: capsule.is_trusted,
            differences: capsule
                .differences
                .iter()
                .map(|difference| Difference {
                    what: difference.what,
                    here: difference.here.as_deref(),
                    capsule: difference.carried.as_deref(),
                })
                .collect(),
        }),
    }
}

fn subject<'a>(subject: &'a SubjectReport, ids: &'a [String]) -> Subject<'a> {
    let resolved = subject.resolved.as_ref();
    Subject {
        reference: subject.reference.to_string(),
        verdict: subject.verdict.name(),
        pass: subject.verdict == Verdict::Pass,
        pinned: resolved.map(|resolved| resolved.pinned.as_str()),
        repository: resolved.and_then(|resolved| resolved.repository.as_deref()),
        digest: resolved.map(|resolved| resolved.digest.to_string()),
        media_type: resolved.map(|resolved| resolved.media_type.as_str()),
        artifact_type: resolved.and_then(|resolved| resolved.artifact_type.as_deref()),
        child: subject.child.as_ref().map(|child| Child {
            index: child.index.to_string(),
            digest: child.digest.to_string(),
            platform: child.platform.as_deref(),
        }),
        pointer: subject.pointer.as_ref().map(|(path, digest)| Configuration { path, digest: digest.to_string() }),
        findings: subject.findings.iter().zip(ids).map(|(judged, id)| finding(judged, id, ids)).collect(),
        rules: subject.rules.iter().map(rule).collect(),
        rule_errors: subject
            .rule_errors
            .iter()
            .map(|error| RuleError {
                rule: &error.rule.rule,
                set: &error.rule.set,
                message: &error.message,
                file: &error.at.path,
                line: error.at.line,
                column: error.at.column,
            })
            .collect(),
        evidence: subject.evidence.iter().map(evidence).collect(),
        gaps: subject
            .gaps
            .iter()
            .map(|gap| Gap {
                code: format!("gap.{}", gap.reason.code()),
                sought: gap.sought.to_string(),
                reason: gap.reason.to_string(),
            })
            .collect(),
        ignored: subject
            .ignored
            .iter()
            .map(|ignored| Ignored {
                manifest: ignored.manifest.to_string(),
                listed_for: ignored.listed_for.to_string(),
                own_subject: ignored.own_subject.as_ref().map(ToString::to_string),
            })
            .collect(),
        prints: &subject.prints,
        requests: subject.statistics.requests,
        bytes: subject.statistics.bytes,
        cached: subject.statistics.cached,
    }
}

fn rule(judged: &JudgedRule) -> Rule<'_> {
    Rule {
        rule: &judged.rule.rule,
        set: &judged.rule.set,
        title: &judged.title,
        outcome: judged.outcome.name(),
        rests_on: judged
            .rests_on
            .iter()
            .map(|ground| Ground {
                message: &ground.message,
                document: ground.place.as_ref().map(|place| place.document.to_string()),
                pointer: ground.place.as_ref().map(|place| place.pointer.as_str()),
            })
            .collect(),
        skipped: &judged.skipped,
    }
}

fn finding<'a>(judged: &'a WeighedFinding, id: &'a str, ids: &'a [String]) -> Finding<'a> {
    let finding = &judged.finding;
    Finding {
        id,
        code: finding.full_code(),
        rule: &finding.rule.rule,
        set: &finding.rule.set,
        weight: match judged.weight {
            Weight::Fails => "fail",
            Weight::Undecides => "undecided",
            Weight::Warns => "warn",
        },
        severity: finding.severity.name(),
        basis: match finding.basis {
            Basis::Present => "present",
            Basis::Absent => "absent",
        },
        message: &finding.message,
        because: judged.because.as_deref(),
        caused_by: judged.caused_by.and_then(|cause| ids.get(cause)).map(String::as_str),
        remedy: finding.remedy.as_deref(),
        places: finding
            .places
            .iter()
            .map(|place| {
                let excerpt = judged.excerpts.iter().find(|excerpt| excerpt.place == *place);
                Place {
                    document: place.document.to_string(),
                    pointer: &place.pointer,
                    name: excerpt.map(|excerpt| excerpt.name.as_str()),
                    line: excerpt.map(|excerpt| excerpt.line),
                    column: excerpt.map(|excerpt| excerpt.column),
                    excerpt: excerpt.map(|excerpt| excerpt.text.as_str()),
                }
            })
            .collect(),
    }
}

fn proof(row: &ProofRow) -> Proof<'_> {
    let identity = row.identity.as_ref().map(|identity| Identity {
        subject: &identity.subject,
        issuer: identity.issuer.as_deref(),
        workload: identity.workload.iter().map(|(name, value)| (*name, value.as_str())).collect(),
        root: &identity.root,
    });
    let log = match &row.log {
        LogRow::Verified { log, index } => Some(LogEntry { log, index: *index }),
        LogRow::None | LogRow::NotChecked => None,
    };
    let time = |(at, clock): &(OffsetDateTime, &'static str)| SigningTime {
        at: at.format(&Rfc3339).unwrap_or_default(),
        clock,
    };
    Proof {
        signer: &row.signer,
        fingerprint: row.fingerprint.to_string(),
        identity,
        log,
        log_checked: row.log != LogRow::NotChecked,
        times: row.times.iter().map(time).collect(),
    }
}

fn evidence(row: &EvidenceRow) -> Evidence<'_> {
    Evidence {
        manifest: row.manifest.to_string(),
        document: row.document.as_ref().map(ToString::to_string),
        about: row.about.to_string(),
        linked_by: match row.link {
            Link::Subject => "subject",
            Link::Unlisted => "unlisted",
            Link::CosignTag(_) => "cosign tag",
            Link::IndexEntry => "index entry",
            Link::OwnLayer => "own layer",
            Link::File => "file",
        },
        found_in: row.found_in.as_deref(),
        what: &row.what,
        kind: row.kind,
        name: &row.name,
        standing: row.standing(),
        proofs: row.proofs.iter().map(proof).collect(),
        vouched_by: &row.vouched_by,
        refusals: row
            .refusals
            .iter()
            .map(|refusal| Refusal {
                step: refusal.step.name(),
                reason: &refusal.reason,
                claimed_type: refusal.claimed_type.as_deref(),
            })
            .collect(),
        unchecked: row
            .unchecked
            .iter()
            .map(|unchecked| Unchecked { reason: &unchecked.reason, claimed_type: unchecked.claimed_type.as_deref() })
            .collect(),
    }
}
