//! The report for people: the verdict, what is wrong and where, what to do, and what was verified by whom.

use std::io;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use time::format_description::well_known::Rfc3339;

use super::sanitize::{block, line};
use super::written::WrittenSubject;
use crate::finding::RuleId;
use crate::oci::Digest;
use crate::report::{
    EvidenceRow, Excerpt, JudgedRule, Link, LogRow, ProofRow, RelaxationCode, ReplayedRun, RuleOutcome, Run,
    Statistics, SubjectReport, Verdict, WeighedFinding, Weight,
};

/// Refusals and unchecked items that are listed one by one; the rest is counted, so that a flood of junk does
/// not drown what counts.
const LISTED: usize = 10;
/// Grounds of one rule that are listed.
const GROUNDS: usize = 4;

/// Writes what is said of one subject.
pub(super) fn subject(subject: &SubjectReport, color: bool, out: &mut dyn io::Write) -> io::Result<()> {
    Page { out, color }.subject(subject)
}

/// Writes the summary, where there are several subjects, and the facts of the run.
pub(super) fn end(
    verdict: Verdict,
    written: &[WrittenSubject],
    run: &Run,
    color: bool,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut page = Page { out, color };
    if written.len() > 1 {
        page.summary(verdict, written)?;
    }
    page.run(run)
}

/// A bundled rule is known by its own name.
fn rule_name(rule: &RuleId) -> String {
    line(&if rule.set == "core" { rule.rule.clone() } else { rule.to_string() })
}

/// The same, as wide as most of them are.
fn rule_column(judged: &JudgedRule) -> String {
    format!("{:15}", rule_name(&judged.rule))
}

struct Page<'a> {
    out: &'a mut dyn io::Write,
    color: bool,
}

impl Page<'_> {
    fn paint(&self, code: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn verdict(&self, verdict: Verdict) -> String {
        match verdict {
            Verdict::Pass => self.paint("1;32", "PASS"),
            Verdict::Fail => self.paint("1;31", "FAIL"),
            Verdict::Undecided => self.paint("1;33", "UNDECIDED"),
        }
    }

    fn subject(&mut self, subject: &SubjectReport) -> io::Result<()> {
        let verdict = self.verdict(subject.verdict);
        writeln!(self.out, "{verdict}  {}", line(&subject.name()))?;
        if let Some(resolved) = &subject.resolved {
            writeln!(self.out, "  {}", line(&resolved.pinned))?;
            let artifact_type = resolved.artifact_type.as_deref().unwrap_or("no artifact type");
            let judged_as = match &resolved.repository {
                Some(repository) if !resolved.pinned.starts_with(repository.as_str()) => {
                    format!(", judged as {repository}")
                }
                _ => String::new(),
            };
            writeln!(self.out, "  {}, {}{}", line(artifact_type), line(&resolved.media_type), line(&judged_as))?;
        }
        if let Some(child) = &subject.child {
            writeln!(self.out, "  reached through the index {}", child.index)?;
        }
        if let Some((name, digest)) = &subject.pointer {
            writeln!(self.out, "  by the pointer {}  {digest}", line(name))?;
        }
        for judged in &subject.findings {
            self.finding(judged, judged.caused_by.and_then(|cause| subject.findings.get(cause)))?;
        }
        for error in &subject.rule_errors {
            let label = self.paint("1;33", "UNDECIDED");
            writeln!(self.out, "\n  {label}  {}: the rule could not be evaluated", line(&error.rule.to_string()))?;
            self.indented(&error.message)?;
            writeln!(self.out, "    at {}", line(&error.at.to_string()))?;
        }
        self.gaps(subject)?;
        self.passed(subject)?;
        self.evidence(subject)?;
        for print in &subject.prints {
            writeln!(self.out, "  print: {}", line(print))?;
        }
        let Statistics { requests, bytes, cached } = subject.statistics;
        let cached = if cached > 0 { format!(", {cached} from the cache") } else { String::new() };
        writeln!(self.out, "\n  {requests} requests, {bytes} bytes{cached}\n")
    }

    fn finding(&mut self, judged: &WeighedFinding, cause: Option<&WeighedFinding>) -> io::Result<()> {
        let label = match judged.weight {
            Weight::Fails => self.paint("1;31", "FAIL"),
            Weight::Undecides => self.paint("1;33", "UNDECIDED"),
            Weight::Warns => self.paint("33", "warning"),
        };
        let finding = &judged.finding;
        writeln!(self.out, "\n  {label}  {}: {}", rule_name(&finding.rule), line(&finding.message))?;
        if let Some(because) = &judged.because {
            writeln!(self.out, "    {}", line(because))?;
        }
        for excerpt in &judged.excerpts {
            self.place(excerpt)?;
            // The lines of a warning, or of what follows, would crowd out those of what has to be fixed.
            if judged.weight != Weight::Warns && cause.is_none() {
                self.excerpt(excerpt)?;
            }
        }
        if let Some(WeighedFinding { finding, .. }) = cause {
            let message = line(&finding.message);
            return writeln!(self.out, "    caused by {}: {message}: fix that first", rule_name(&finding.rule));
        }
        if let Some(remedy) = &finding.remedy {
            writeln!(self.out, "    help: {}", line(remedy.trim()))?;
        }
        Ok(())
    }

    fn place(&mut self, excerpt: &Excerpt) -> io::Result<()> {
        let place = &excerpt.place;
        let (name, document) = (line(&excerpt.name), &place.document);
        if place.pointer.is_empty() {
            return writeln!(self.out, "    in {name}  {document}");
        }
        writeln!(self.out, "    in {name}:{}:{}  {}  {document}", excerpt.line, excerpt.column, line(&place.pointer))
    }

    fn excerpt(&mut self, excerpt: &Excerpt) -> io::Result<()> {
        // The whole document is no place in it.
        if excerpt.place.pointer.is_empty() {
            return Ok(());
        }
        let (before, rest) = excerpt.text.split_at_checked(excerpt.span.start).unwrap_or(("", &excerpt.text));
        let (marked, after) = rest.split_at_checked(excerpt.span.len()).unwrap_or((rest, ""));
        // Only the first line is marked: a long value would be underlined over many lines.
        let first = marked.lines().next().unwrap_or_default();
        let unmarked = marked.get(first.len()..).unwrap_or_default();
        let (before, first) = (block(before), block(first));
        let span = before.len()..before.len() + first.len();
        let text = format!("{before}{first}{}{}", block(unmarked), block(after));
        let snippet = Snippet::source(text)
            .line_start(excerpt.first_line)
            .fold(false)
            .annotation(AnnotationKind::Primary.span(span));
        let renderer = if self.color { Renderer::styled() } else { Renderer::plain() };
        let drawn = renderer.render(&[Group::with_level(Level::NOTE).element(snippet)]);
        for drawn in drawn.lines().filter(|drawn| !matches!(drawn.trim(), "" | "|")) {
            writeln!(self.out, "    {drawn}")?;
        }
        Ok(())
    }

    fn indented(&mut self, text: &str) -> io::Result<()> {
        for part in block(text).lines() {
            writeln!(self.out, "    {part}")?;
        }
        Ok(())
    }

    fn gaps(&mut self, subject: &SubjectReport) -> io::Result<()> {
        if !subject.gaps.is_empty() {
            let label = self.paint("1;33", "UNDECIDED");
            writeln!(self.out, "\n  {label}  not everything could be seen, so this cannot pass:")?;
        }
        for gap in subject.gaps.iter().take(LISTED) {
            writeln!(self.out, "    {}: {}", line(&gap.sought.to_string()), line(&gap.reason.to_string()))?;
        }
        if let Some(more) = subject.gaps.len().checked_sub(LISTED).filter(|more| *more > 0) {
            writeln!(self.out, "    and {more} more (see --output json)")?;
        }
        for ignored in subject.ignored.iter().take(LISTED) {
            let own = ignored.own_subject.as_ref().map_or("none".to_owned(), Digest::to_string);
            let label = self.paint("33", "warning");
            writeln!(
                self.out,
                "\n  {label}  {} is listed as a referrer of {}, but its own subject is {own}: ignored",
                ignored.manifest, ignored.listed_for
            )?;
        }
        Ok(())
    }

    /// What passed, and what each rests on; then what does not apply, and why.
    fn passed(&mut self, subject: &SubjectReport) -> io::Result<()> {
        let of = |outcomes: &'static [RuleOutcome]| {
            subject.rules.iter().filter(|judged| outcomes.contains(&judged.outcome)).collect::<Vec<_>>()
        };
        let passed = of(&[RuleOutcome::Pass, RuleOutcome::Warn]);
        if !passed.is_empty() {
            writeln!(self.out, "\n  passed:")?;
        }
        for judged in passed {
            let warned = if judged.outcome == RuleOutcome::Warn { " (with a warning)" } else { "" };
            writeln!(self.out, "    {}  {}{warned}", self.paint("32", &rule_column(judged)), line(&judged.title))?;
            for ground in judged.rests_on.iter().take(GROUNDS) {
                writeln!(self.out, "      {}", line(&ground.message))?;
            }
            if judged.rests_on.len() > GROUNDS {
                writeln!(self.out, "      and {} more (see --output json)", judged.rests_on.len() - GROUNDS)?;
            }
        }
        let skipped = of(&[RuleOutcome::NotApplicable]);
        if !skipped.is_empty() {
            writeln!(self.out, "\n  not applicable:")?;
        }
        for judged in skipped {
            writeln!(self.out, "    {}  {}", rule_column(judged), line(&judged.skipped.join("; ")))?;
        }
        Ok(())
    }

    fn evidence(&mut self, subject: &SubjectReport) -> io::Result<()> {
        if subject.evidence.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "\n  evidence:")?;
        for standing in ["proven", "attached", "unchecked", "refused"] {
            let rows: Vec<&EvidenceRow> = subject.evidence.iter().filter(|row| row.standing() == standing).collect();
            let listed = if standing == "proven" { rows.len() } else { LISTED };
            for row in rows.iter().take(listed) {
                self.evidence_row(row)?;
            }
            if rows.len() > listed {
                writeln!(self.out, "    {standing:9}  and {} more (see --output json)", rows.len() - listed)?;
            }
        }
        Ok(())
    }

    fn evidence_row(&mut self, row: &EvidenceRow) -> io::Result<()> {
        let standing = format!("{:9}", row.standing());
        let standing = match row.standing() {
            "proven" => self.paint("32", &standing),
            "refused" => self.paint("31", &standing),
            _ => standing,
        };
        let digest = row.document.as_ref().unwrap_or(&row.manifest);
        let name =
            if row.document.is_some() && row.proofs.is_empty() { format!(" {}", row.name) } else { String::new() };
        writeln!(self.out, "    {standing}  {}{}  {digest}", line(&row.what), line(&name))?;
        if let Some(place) = &row.found_in {
            writeln!(self.out, "               found in {}", line(place))?;
        }
        if row.link == Link::IndexEntry {
            writeln!(self.out, "               listed by the index as being about it")?;
        }
        if row.link == Link::Unlisted {
            writeln!(self.out, "               unlisted: nothing in the layout leads to it")?;
        }
        if row.link == Link::OwnLayer {
            writeln!(self.out, "               a layer of the subject itself")?;
        }
        if row.link == Link::File {
            writeln!(self.out, "               a file beside the artifact: {}", line(&row.name))?;
        }
        for proof in &row.proofs {
            self.proof(proof)?;
        }
        if !row.vouched_by.is_empty() {
            writeln!(self.out, "               its manifest is signed by {}", line(&row.vouched_by.join(", ")))?;
        }
        for refusal in &row.refusals {
            writeln!(self.out, "               {}: {}", refusal.step.name(), line(&refusal.reason))?;
        }
        for unchecked in &row.unchecked {
            writeln!(self.out, "               {}", line(&unchecked.reason))?;
        }
        Ok(())
    }

    /// Who signed, when by whose clock, and in which log.
    fn proof(&mut self, proof: &ProofRow) -> io::Result<()> {
        const INDENT: &str = "               ";
        let signer = line(&proof.signer);
        match &proof.identity {
            None => writeln!(self.out, "{INDENT}by `{signer}`, key {}", proof.fingerprint)?,
            Some(identity) => {
                let (subject, issuer) = (line(&identity.subject), line(identity.issuer.as_deref().unwrap_or("none")));
                writeln!(self.out, "{INDENT}by `{signer}`: {subject}")?;
                writeln!(
                    self.out,
                    "{INDENT}issuer {issuer}, certificate {}, root `{}`",
                    proof.fingerprint,
                    line(&identity.root)
                )?;
                for (name, value) in &identity.workload {
                    writeln!(self.out, "{INDENT}{name} {}", line(value))?;
                }
            }
        }
        for (at, clock) in &proof.times {
            writeln!(
                self.out,
                "{INDENT}signed at {}, by the clock of the {clock}",
                at.format(&Rfc3339).unwrap_or_default()
            )?;
        }
        match &proof.log {
            LogRow::Verified { log, index } => writeln!(self.out, "{INDENT}entry {index} of the log {}", line(log)),
            LogRow::NotChecked => writeln!(self.out, "{INDENT}its transparency-log entry was not checked"),
            LogRow::None => Ok(()),
        }
    }

    fn summary(&mut self, verdict: Verdict, written: &[WrittenSubject]) -> io::Result<()> {
        let label = self.verdict(verdict);
        let count = |verdict| written.iter().filter(|subject| subject.verdict == verdict).count();
        let (fail, undecided, pass) = (count(Verdict::Fail), count(Verdict::Undecided), count(Verdict::Pass));
        writeln!(
            self.out,
            "{label}  over {} subjects: {fail} fail, {undecided} undecided, {pass} pass",
            written.len()
        )?;
        for subject in written {
            writeln!(self.out, "  {:9}  {}", subject.verdict.name(), line(&subject.name))?;
        }
        writeln!(self.out)
    }

    fn capsule(&mut self, capsule: &ReplayedRun) -> io::Result<()> {
        let (path, saved_by) = (line(&capsule.path), line(&capsule.saved_by));
        writeln!(self.out, "capsule  {path} {}, saved by ocigate {saved_by}", capsule.digest)?;
        for difference in &capsule.differences {
            let label = self.paint("33", "differs");
            let words = |value: &Option<String>| line(value.as_deref().unwrap_or("none")).to_string();
            let (here, carried) = (words(&difference.here), words(&difference.carried));
            writeln!(self.out, "{label}  {}: {here} here, {carried} in the capsule", difference.what)?;
        }
        Ok(())
    }

    fn run(&mut self, run: &Run) -> io::Result<()> {
        for relaxation in &run.relaxations {
            let label = self.paint("1;33", "relaxed");
            let of_capsule = RelaxationCode::is_of_capsule(relaxation.code.name());
            let of = if of_capsule { "capsule: " } else { "" };
            writeln!(self.out, "{label}  {of}{}", line(&relaxation.message))?;
        }
        if let Some(capsule) = &run.capsule {
            self.capsule(capsule)?;
        }
        for note in &run.notes {
            writeln!(self.out, "note  {}", line(note))?;
        }
        for signer in &run.signers {
            let name = line(&signer.name);
            match (&signer.key, &signer.identity) {
                (Some((algorithm, fingerprint)), _) => {
                    writeln!(self.out, "signer  `{name}`, {algorithm} key {fingerprint}")?
                }
                (None, Some(identity)) => {
                    let root = line(signer.root.as_deref().unwrap_or_default());
                    writeln!(self.out, "signer  `{name}`, {}, root `{root}`", line(identity))?;
                }
                (None, None) => {}
            }
        }
        match &run.configuration {
            Some((path, digest)) => writeln!(self.out, "configuration  {} {digest}", line(path))?,
            None => writeln!(self.out, "configuration  none")?,
        }
        writeln!(
            self.out,
            "ocigate {}, {} rules{} {}, judged at {}",
            run.version,
            run.rules,
            // Without a word it is `core`, as always.
            if matches!(run.sets.as_slice(), [only] if only == "core") {
                String::new()
            } else {
                format!(" ({})", run.sets.join(", "))
            },
            run.policies,
            run.now.format(&Rfc3339).unwrap_or_default()
        )
    }
}
