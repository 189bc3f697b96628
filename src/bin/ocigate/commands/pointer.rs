//! `ocigate pointer`: writes the distribution pointer of what passes, or checks that a file is that pointer.

use std::path::Path;

use anyhow::{Context, anyhow, bail};
use ocigate::limits::Limits;
use ocigate::oci::json::parse_strict;
use ocigate::oci::{Reference, Repository};
use ocigate::output::{Format, sanitize};
use ocigate::pointer::{self, Canonical, Catalogue, Pointer};
use ocigate::policy::Policies;
use ocigate::report::{self, Relaxation, RelaxationCode, Report, SubjectReport, Verdict};
use ocigate::source::ResolveError;
use ocigate::{UnresolvedReference, collect, compile, judge};

use super::super::args::pointer::{Migrate, PointerAction, PointerArguments, PointerTarget};
use super::super::asked::{JudgingArguments, Setup};
use super::super::console::{print, tell};
use super::super::exit::Exit;
use super::super::files::{self, Files, read_text};
use super::super::network::Network;
use super::super::setup;
use super::pointing::read;

pub fn run(arguments: &PointerArguments) -> anyhow::Result<Exit> {
    match (&arguments.action, &arguments.reference) {
        (Some(PointerAction::Migrate(migrate)), _) => self::migrate(migrate),
        (None, Some(reference)) => write(arguments, reference),
        (None, None) => bail!("expected a reference"),
    }
}

fn write(arguments: &PointerArguments, reference: &Reference) -> anyhow::Result<Exit> {
    setup::check_stands_for(&arguments.access, std::slice::from_ref(reference))?;
    setup::check_layouts(&arguments.access, std::iter::once(reference))?;
    let asked = JudgingArguments {
        access: &arguments.access,
        trust: &arguments.trust,
        policy: &arguments.policy,
        require_digest: false,
        fail_on_warn: false,
        now: arguments.now,
    };
    let mut setup = Setup::read(&asked, Files::Machine)?;
    setup.reach(&arguments.access, std::iter::once(reference))?;
    let policies = Policies::load(setup.sources.clone(), &setup.limits)?;
    let (subject, canonical) = judged(reference, arguments, &setup, &policies)?;
    let mut run = setup.facts(&asked, &[], &policies);
    if arguments.unverified {
        let message = "the pointer is written whatever the verdict is (--unverified)";
        run.relaxations.push(Relaxation::new(RelaxationCode::Unverified, message));
    }
    let (verdict, is_seen) = (subject.verdict, subject.resolved.is_some());
    if verdict != Verdict::Pass {
        let mut text = Vec::new();
        let report = Report { run, subjects: vec![subject] };
        Format::Text.render(&report, false, &mut text)?;
        tell(&String::from_utf8_lossy(&text));
        if !(arguments.unverified && is_seen) {
            tell("no pointer is written: only what passes is pointed at");
            return Ok(verdict.into());
        }
    } else {
        run.relaxations.iter().for_each(|relaxation| tell(&format!("relaxed  {}", relaxation.message)));
    }
    let canonical = canonical
        .context("a pointer names a repository: say which one the layout stands for, with --as HOST/REPOSITORY")?;
    match &arguments.into {
        Some(path) => put(&canonical, path, &setup.limits),
        None => deliver(&canonical, &arguments.target, &setup.access.evidence_from, &setup.limits),
    }
}

/// Puts references into a catalogue document.
fn put(canonical: &Canonical, path: &Path, limits: &Limits) -> anyhow::Result<Exit> {
    let text = read_text(path, limits.evidence_bytes)?;
    let changed = pointer::put(&text, canonical, limits).map_err(|problem| anyhow!("{}: {problem}", path.display()))?;
    if changed != text {
        files::write(path, changed.as_bytes())?;
    }
    Ok(Exit::Pass)
}

/// What is said of the subject, and the pointer to it.
fn judged(
    reference: &Reference,
    arguments: &PointerArguments,
    setup: &Setup,
    policies: &Policies,
) -> anyhow::Result<(SubjectReport, Option<Canonical>)> {
    let by = setup.judgement();
    let stands_for = arguments.access.of(reference);
    match Network::new()?.run(collect(reference, stands_for, &setup.access, &setup.limits))? {
        Ok(graph) => {
            let mut dossier = compile(graph, &by);
            Ok((judge(&mut dossier, policies, &by)?, dossier.pointer_to()))
        }
        Err(UnresolvedReference { error: ResolveError::Usage(problem), .. }) => bail!(problem),
        Err(UnresolvedReference { error, statistics }) => {
            Ok((report::unresolved(reference.clone(), error, statistics), None))
        }
    }
}

fn migrate(arguments: &Migrate) -> anyhow::Result<Exit> {
    let limits = Limits::default();
    let pointer = read(&arguments.file, &[], &limits, &Files::Machine)?;
    let Some(canonical) = Canonical::of(&pointer) else {
        pointer.faults.iter().for_each(|fault| {
            tell(&super::check_document::located(&pointer.name, &pointer.bytes, &fault.pointer, &fault.message))
        });
        tell("no pointer is written: it would point nowhere");
        return Ok(Exit::Fail);
    };
    for left in Canonical::left_behind(&pointer) {
        tell(&format!("note  not carried over: {left}"));
    }
    deliver(&canonical, &arguments.target, &[], &limits)
}

/// Writes it where it goes, or compares it with what is there.
fn deliver(
    canonical: &Canonical,
    target: &PointerTarget,
    evidence_from: &[Repository],
    limits: &Limits,
) -> anyhow::Result<Exit> {
    // Titles and types are words of whoever pushed.
    let text = sanitize::json(&canonical.text());
    if let Some(path) = &target.check {
        return check(canonical, path, evidence_from, limits);
    }
    match &target.write {
        Some(path) => files::write(path, text.as_bytes())?,
        None => print(text.as_bytes())?,
    }
    Ok(Exit::Pass)
}

/// A committed pointer is stale if it says otherwise than what would be written, in whatever formatting.
fn check(canonical: &Canonical, path: &Path, evidence_from: &[Repository], limits: &Limits) -> anyhow::Result<Exit> {
    let text = read_text(path, limits.evidence_bytes)?;
    let document = parse_strict(text.as_bytes(), limits.json_depth);
    if document.is_ok_and(|document| Catalogue::of(&document).is_some()) {
        let problem = match pointer::put(&text, canonical, limits) {
            Ok(changed) if changed == text => {
                tell(&format!("{} is as it has to be", path.display()));
                return Ok(Exit::Pass);
            }
            Ok(_) => format!("its references are stale: put them in again with --into {}", path.display()),
            Err(problem) => problem,
        };
        tell(&format!("{}: {problem}", path.display()));
        return Ok(Exit::Fail);
    }
    let committed: Pointer = read(path, evidence_from, limits, &Files::Machine)?;
    let differences = differences(canonical, &committed);
    if differences.is_empty() {
        tell(&format!("{} is as it has to be", path.display()));
        return Ok(Exit::Pass);
    }
    for (pointer, message) in differences {
        tell(&super::check_document::located(&committed.name, &committed.bytes, &pointer, &message));
    }
    tell(&format!("{} is stale: write it again with --write {}", path.display(), path.display()));
    Ok(Exit::Fail)
}

/// Where a committed pointer is not the canonical one.
fn differences(canonical: &Canonical, committed: &Pointer) -> Vec<(String, String)> {
    if !committed.faults.is_empty() {
        return committed.faults.iter().map(|fault| (fault.pointer.clone(), fault.message.clone())).collect();
    }
    if !committed.is_canonical() {
        return vec![(String::new(), "expected the canonical shape: `ocigate pointer migrate` writes it".to_owned())];
    }
    let Some(said) = Canonical::of(committed) else {
        return vec![(String::new(), "it names no subject".to_owned())];
    };
    let (expected, found) = (canonical.value(), said.value());
    let at = |value: &serde_json::Value, key: &str| value.pointer(&format!("/distribution/oci/{key}")).cloned();
    ["subject", "artifact_type", "files", "referrers"]
        .into_iter()
        .filter_map(|key| {
            let (expected, found) = (at(&expected, key), at(&found, key));
            let shown =
                |value: Option<serde_json::Value>| value.map_or("nothing".to_owned(), |value| value.to_string());
            (expected != found).then(|| {
                let message = format!("expected {}, found {}", shown(expected), shown(found));
                (format!("/distribution/oci/{key}"), message)
            })
        })
        .collect()
}
