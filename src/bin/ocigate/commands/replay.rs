//! `ocigate verify FILE`: judges a saved run again. Nothing is asked of anybody.
//!
//! A capsule is evidence, not authority: its answers are taken as a registry's are, and what it carries of trust,
//! policies, configuration and repository counts only under `--trust-from-capsule`.

use std::path::Path;

use anyhow::{Context, anyhow, bail};
use ocigate::capsule::{Capsule, CapsuleError, FileEntry, Record, SavedSubject};
use ocigate::evidence::beside::BesideEvidence;
use ocigate::graph::children::Choice;
use ocigate::limits::Limits;
use ocigate::oci::{Digest, Reference};
use ocigate::policy::Policies;
use ocigate::report::{self, Verdict};
use ocigate::source::{Access, Answers, Mirror, Pull};
use time::OffsetDateTime;

use super::super::args::{AccessFlags, Gate, PolicyFlags, TrustFlags, Verify};
use super::super::asked::{JudgingArguments, Setup};
use super::super::clock::wall_time;
use super::super::exit::Exit;
use super::super::files::Files;
use super::super::registries::{self, EvidencePlaces};
use super::super::setup;
use super::super::task::Task;
use super::carrying;
use super::delivery::{self, Delivery};
use super::judging::Judging;
use super::marks::Marks;

mod authority;
mod marks;
mod standing;

use authority::Authority;
use standing::Standing;

pub fn run(arguments: &Verify, path: &Path, expected: Option<&Digest>) -> anyhow::Result<Exit> {
    let gate = &arguments.gate;
    check_flags(gate, arguments.trust_from_capsule)?;
    let outputs = delivery::flags(&arguments.outputs)?;
    let authority = if arguments.trust_from_capsule { Authority::Capsule } else { Authority::Own(gate) };
    let capsule = match open(path, expected) {
        Ok(capsule) => capsule,
        Err(CapsuleError::Altered(problem)) => {
            return refuse(path, &problem, &authority, Delivery::open(&outputs, gate.color, false)?);
        }
        Err(error) => bail!("{}: {error}", path.display()),
    };
    let replay = Replay::prepare(&capsule, path, &authority, gate.now)?;
    let ended = replay.judge(|is_list| Delivery::open(&outputs, gate.color, is_list))?;
    Ok(ended.into())
}

/// Opens a capsule that has to have this digest.
fn open(path: &Path, expected: Option<&Digest>) -> Result<Capsule, CapsuleError> {
    let capsule = Capsule::open(path, &Limits::default())?;
    match expected.filter(|expected| *expected != capsule.digest()) {
        Some(expected) => {
            Err(CapsuleError::Altered(format!("its digest is {}, expected {expected}", capsule.digest())))
        }
        None => Ok(capsule),
    }
}

/// Judges a saved run by what it carries, into a report for programs.
pub fn by_itself(path: &Path) -> anyhow::Result<Vec<u8>> {
    let capsule = open(path, None).with_context(|| path.display().to_string())?;
    let replay = Replay::prepare(&capsule, path, &Authority::Capsule, None)?;
    let written = delivery::OutputBuffer::default();
    replay.judge(|_| Ok(Delivery::into_memory(&written)))?;
    Ok(written.bytes())
}

/// What decides about what is judged was decided when it was saved.
fn check_flags(gate: &Gate, trust_from_capsule: bool) -> anyhow::Result<()> {
    let (trust, policy) = (&gate.trust, &gate.policy);
    let of_run = [
        ("--from", gate.subjects.from.is_some()),
        ("--platform", gate.subjects.platform.is_some()),
        ("--fail-fast", gate.subjects.fail_fast),
        ("--pointer", !gate.pointing.pointers.is_empty()),
        ("--evidence", !gate.evidence.is_empty()),
    ];
    if let Some((flag, _)) = of_run.iter().find(|(_, is_given)| *is_given) {
        bail!("{flag} says what is judged, and a capsule holds what was judged: leave it out");
    }
    let of_trust = [
        ("--config (or OCIGATE_CONFIG)", trust.config.path.is_some()),
        ("--key", !trust.keys.is_empty()),
        ("--certificate-identity", trust.certificate_identity.is_some() || trust.certificate_identity_regexp.is_some()),
        (
            "--certificate-oidc-issuer",
            trust.certificate_oidc_issuer.is_some() || trust.certificate_oidc_issuer_regexp.is_some(),
        ),
        ("--trusted-root", trust.trusted_root.is_some()),
        ("--insecure-ignore-sct", trust.insecure_ignore_sct),
        ("--insecure-ignore-tlog", trust.insecure_ignore_tlog),
        ("a flag about policies", *policy != PolicyFlags::default()),
        ("--require-digest", gate.require_digest),
        ("--fail-on-warn", gate.fail_on_warn),
        ("--as", !gate.access.stands_for.is_empty()),
        ("--evidence-from", !gate.access.evidence_from.is_empty()),
    ];
    match of_trust.iter().find(|(_, is_given)| *is_given && trust_from_capsule) {
        Some((flag, _)) => bail!("--trust-from-capsule takes all of that from the capsule: leave {flag} out"),
        None => Ok(()),
    }
}

/// A file that is no capsule, or no longer the one that was saved, fails: it says nothing that could be judged.
fn refuse(path: &Path, problem: &str, authority: &Authority<'_>, mut delivery: Delivery) -> anyhow::Result<Exit> {
    let none = (AccessFlags::default(), TrustFlags::default(), PolicyFlags::default());
    let asked = match authority {
        Authority::Own(gate) => (*gate).into(),
        Authority::Capsule => JudgingArguments {
            access: &none.0,
            trust: &none.1,
            policy: &none.2,
            require_digest: false,
            fail_on_warn: false,
            now: None,
        },
    };
    let setup = Setup::read(&asked, Files::Machine)?;
    let policies = Policies::load(setup.sources.clone(), &setup.limits)?;
    let facts = setup.facts(&asked, &[], &policies);
    let reference = Reference::Layout { path: path.to_owned(), selector: None };
    delivery.begin(&facts)?;
    delivery.subject(&report::altered(reference, problem))?;
    delivery.end(&facts)?;
    Ok(Exit::Fail)
}

/// A saved run, ready to be judged again.
struct Replay<'a> {
    capsule: &'a Capsule,
    access: AccessFlags,
    trust: TrustFlags,
    policy: PolicyFlags,
    require_digest: bool,
    fail_on_warn: bool,
    now: Option<OffsetDateTime>,
    setup: Setup,
    tasks: Vec<Task>,
    files: BesideEvidence,
    choice: Option<Choice>,
    marks: Marks,
}

impl<'a> Replay<'a> {
    fn prepare(
        capsule: &'a Capsule,
        path: &Path,
        authority: &Authority<'_>,
        now: Option<OffsetDateTime>,
    ) -> anyhow::Result<Self> {
        let record = capsule.record();
        let carried = capsule.files(&Limits::default()).map_err(|error| anyhow!("{}: {error}", path.display()))?;
        let carried = Files::Carried(carried.into());
        let ((mut access, trust, policy), files, (require_digest, fail_on_warn)) = match authority {
            Authority::Capsule => {
                let demands = (record.asked.require_digest, record.asked.fail_on_warn);
                (carrying::flags(&record.asked)?, carried.clone(), demands)
            }
            Authority::Own(gate) => {
                let flags = (gate.access.clone(), gate.trust.clone(), gate.policy.clone());
                (flags, Files::kept(), (gate.require_digest, gate.fail_on_warn))
            }
        };
        let stands_for = Standing::of(record, authority)?;
        // What the saved run said too is said in the same place.
        access.stands_for.retain(|said| Some(said.repository.to_string()) == record.asked.stands_for);
        let at = match authority {
            // The clock is the auditor's: a key that has expired since proves nothing because a capsule says when it was.
            Authority::Own(_) => now.unwrap_or_else(wall_time),
            Authority::Capsule => now.unwrap_or(record.now),
        };
        let mut marks = marks::marks(capsule, path, authority, (at, now.is_some()), &stands_for);
        let is_set = if at == record.now { record.asked.now.then_some(at) } else { now };
        let asked = JudgingArguments {
            access: &access,
            trust: &trust,
            policy: &policy,
            require_digest,
            fail_on_warn,
            now: is_set,
        };
        let mut setup = Setup::read(&asked, files)?;
        let places = places(record, &setup, authority)?;
        setup.replay(reached(record, &places)?, places, at);
        if let Authority::Own(gate) = authority {
            let here: Vec<FileEntry> = setup.loaded.files.read().iter().map(FileEntry::of).collect();
            let asked = carrying::asked(gate);
            let mut differences = carrying::differences((&asked, &here), (&record.asked, &record.files));
            differences.extend(carrying::other_places(setup.places(), &record.reached));
            differences.append(&mut marks.replayed.differences);
            marks.replayed.differences = differences;
        }
        let tasks = stands_for.tasks(record, &setup, authority, &carried)?;
        let evidence: Vec<_> = record.asked.evidence.iter().map(Into::into).collect();
        let files = setup::evidence_files(&evidence, tasks.len(), &setup.limits, &carried)?;
        let choice = record.asked.platform.as_deref().map(str::parse).transpose();
        let choice = choice.map_err(|problem: String| anyhow!("the capsule: {problem}"))?;
        Ok(Replay {
            capsule,
            access,
            trust,
            policy,
            require_digest,
            fail_on_warn,
            now: is_set,
            setup,
            tasks,
            files,
            choice,
            marks,
        })
    }

    fn judge(&self, deliver: impl FnOnce(bool) -> anyhow::Result<Delivery>) -> anyhow::Result<Verdict> {
        let record = self.capsule.record();
        let answers: Vec<Answers> =
            record.subjects.iter().map(|subject| Answers::Replayed(self.capsule.replay(subject))).collect();
        let judging = Judging {
            choice: self.choice.as_ref(),
            jobs: 1,
            fail_fast: record.asked.fail_fast,
            asked: JudgingArguments {
                access: &self.access,
                trust: &self.trust,
                policy: &self.policy,
                require_digest: self.require_digest,
                fail_on_warn: self.fail_on_warn,
                now: self.now,
            },
            setup: &self.setup,
            tasks: &self.tasks,
            files: &self.files,
            answers: &answers,
            replayed: Some(&self.marks),
        };
        Ok(judging.run(deliver(judging.is_list())?)?.verdict)
    }
}

/// How registries were reached when it was saved: a fact of the saved run, whoever judges it.
fn reached(record: &Record, places: &EvidencePlaces) -> anyhow::Result<Access> {
    let mirror = |(prefix, location): &(String, String)| {
        Mirror::new(prefix, location, Pull::All).map_err(|problem| anyhow!("the capsule: {problem}"))
    };
    Ok(Access {
        plain_http: record.reached.plain_http.clone(),
        mirrors: record.reached.mirrors.iter().map(mirror).collect::<anyhow::Result<_>>()?,
        evidence_from: places.iter().map(|(place, _)| place.clone()).collect(),
        ..Access::default()
    })
}

/// Other repositories that evidence is read from. Where nothing was asked there is a gap.
fn places(record: &Record, setup: &Setup, authority: &Authority<'_>) -> anyhow::Result<EvidencePlaces> {
    let is_layout = |subject: &SavedSubject| subject.reference.starts_with("oci-layout:");
    match authority {
        // A layout holds all its evidence itself.
        Authority::Own(_) if record.subjects.iter().all(is_layout) => Ok(EvidencePlaces::new()),
        Authority::Own(gate) => registries::evidence_from(&gate.access, &setup.loaded),
        Authority::Capsule => {
            let place = |(place, said_by): &(String, String)| Ok((carrying::repository(place)?, said_by.clone()));
            record.reached.evidence_from.iter().map(place).collect()
        }
    }
}
