//! `ocigate verify`: the gate.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::bail;
use ocigate::Judgement;
use ocigate::demands::Demands;
use ocigate::dossier::Vocabulary;
use ocigate::limits::Limits;
use ocigate::oci::{Reference, Repository};
use ocigate::policy::{Policies, PolicySources};
use ocigate::report::{Relaxation, RelaxationCode, Run};
use ocigate::source::Access;
use ocigate::trust::Trust;
use time::OffsetDateTime;

use super::super::args::{AccessFlags, Gate, Named, PolicyFlags, TrustFlags, Verify};
use super::super::config::Loaded;
use super::super::exit::Exit;
use super::super::files::Files;
use super::super::progress::Progress;
use super::super::registries::{self, Places};
use super::super::setup;
use super::delivery::{self, Delivery};
use super::judging::Judging;
use super::pointing::{self, Task};
use super::replay;
use super::wall_time;

/// What arguments and configuration say.
pub(super) struct Setup {
    pub loaded: Loaded,
    pub access: Access,
    pub limits: Limits,
    places: Places,
    trust: Trust,
    demands: Demands,
    demands_with_digest: Demands,
    pub sources: PolicySources,
    vocabulary: Vocabulary,
    now: OffsetDateTime,
}

/// Evidence that lies in files: name and bytes.
pub(super) type EvidenceFiles = Vec<(String, Vec<u8>)>;

/// What commands that judge have in common.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub access: &'a AccessFlags,
    pub trust: &'a TrustFlags,
    pub policy: &'a PolicyFlags,
    pub require_digest: bool,
    pub fail_on_warn: bool,
    pub now: Option<OffsetDateTime>,
}

impl<'a> From<&'a Gate> for Asked<'a> {
    fn from(arguments: &'a Gate) -> Self {
        Asked {
            access: &arguments.access,
            trust: &arguments.trust,
            policy: &arguments.policy,
            require_digest: arguments.require_digest,
            fail_on_warn: arguments.fail_on_warn,
            now: arguments.now,
        }
    }
}

pub fn run(arguments: &Verify) -> anyhow::Result<Exit> {
    let gate = &arguments.gate;
    if let [Named::Capsule(path, digest)] = gate.references.as_slice() {
        return replay::run(arguments, path, digest.as_ref());
    }
    if arguments.trust_from_capsule {
        bail!("--trust-from-capsule is about a file that `ocigate save` wrote: name one alone, or leave the flag out");
    }
    let outputs = delivery::flags(&arguments.outputs)?;
    let (setup, tasks, files) = prepare(gate, Files::Machine)?;
    let judging = Judging::live(gate, &setup, &tasks, &files);
    judging.check()?;
    let delivery = Delivery::open(&outputs, gate.color, judging.is_list())?.showing(Progress::of(tasks.len()));
    Ok(judging.run(delivery)?.verdict.into())
}

/// Reads everything that the command line names, and resolves nothing yet.
pub(super) fn prepare(gate: &Gate, files: Files) -> anyhow::Result<(Setup, Vec<Task>, EvidenceFiles)> {
    let references = gate.references()?;
    setup::check_stands_for(&gate.access, &references)?;
    if gate.access.password_stdin && gate.subjects.from.as_deref() == Some(Path::new("-")) {
        bail!("--from - and --password-stdin would both read standard input: put the references into a file");
    }
    let mut setup = Setup::read(&gate.into(), files)?;
    let tasks = pointing::tasks(gate, &references, &setup.loaded, &setup.limits)?;
    setup::check_layouts(&gate.access, tasks.iter().map(|task| &task.reference))?;
    setup.reach(&gate.access, tasks.iter().map(|task| &task.reference))?;
    let files = setup::evidence_files(&gate.evidence, tasks.len(), &setup.limits, &setup.loaded.files)?;
    Ok((setup, tasks, files))
}

impl Setup {
    pub fn read(arguments: &Asked<'_>, files: Files) -> anyhow::Result<Self> {
        let loaded = Loaded::read(arguments.trust.config.path.as_deref(), files)?;
        let limits = registries::limits(arguments.access, &loaded);
        let sources = setup::policy_sources(arguments.policy, &loaded, &limits)?;
        let demands = setup::demands(arguments.require_digest, arguments.fail_on_warn, &loaded)?;
        Ok(Setup {
            vocabulary: setup::vocabulary(&sources.data, &sources.modules, sources.version, &limits)?,
            now: arguments.now.unwrap_or_else(wall_time),
            sources,
            trust: super::super::trust::read(arguments.trust, &loaded)?,
            demands_with_digest: Demands { require_digest: true, ..demands.clone() },
            demands,
            loaded,
            access: Access::default(),
            places: Places::default(),
            limits,
        })
    }

    /// Makes ready to reach the registries of what is to be judged; until then none is.
    pub fn reach<'a>(
        &mut self,
        flags: &AccessFlags,
        references: impl Iterator<Item = &'a Reference>,
    ) -> anyhow::Result<()> {
        self.access = registries::access(flags, &self.loaded, references)?;
        if !self.access.evidence_from.is_empty() {
            self.places = registries::evidence_from(flags, &self.loaded)?;
        }
        Ok(())
    }

    /// Makes ready to judge what was saved: nothing is reached, and the time is the one that was judged at.
    pub fn replay(&mut self, access: Access, places: Places, now: OffsetDateTime) {
        (self.access, self.places, self.now) = (access, places, now);
    }

    /// The time to judge at.
    pub fn now(&self) -> OffsetDateTime {
        self.now
    }

    /// Other repositories that evidence is read from.
    pub fn places(&self) -> &Places {
        &self.places
    }

    pub fn facts(&self, arguments: &Asked<'_>, tasks: &[Task], policies: &Policies) -> Run {
        let Setup { loaded, access, trust, demands, sources, .. } = self;
        let effective = (access, &self.places);
        let mut relaxations =
            setup::relaxations(arguments.access, sources, policies, demands, effective, (trust, loaded));
        let bound: BTreeSet<&Repository> = tasks.iter().filter_map(|task| task.bound_as.as_ref()).collect();
        relaxations.extend(bound.iter().map(|repository| {
            Relaxation::new(RelaxationCode::StandsFor, format!("a layout is judged as {repository} (--as)"))
        }));
        if arguments.now.is_some() {
            relaxations.push(Relaxation::new(RelaxationCode::Clock, "the clock was set by hand (--now)"));
        }
        let trust_notes = super::super::trust::notes(trust, self.now);
        Run {
            version: env!("CARGO_PKG_VERSION"),
            now: self.now,
            policies: policies.digest().clone(),
            rules: policies.active().count(),
            sets: policies.sets(),
            configuration: loaded.file.as_ref().map(|(path, digest)| (path.display().to_string(), digest.clone())),
            signers: setup::signer_rows(trust),
            relaxations,
            notes: setup::unused_configuration(loaded).into_iter().chain(trust_notes).collect(),
            capsule: None,
        }
    }

    /// What is demanded where a list asks for a digest too.
    pub fn with_digest(&self) -> &Demands {
        &self.demands_with_digest
    }

    pub fn judgement(&self) -> Judgement<'_> {
        Judgement {
            trust: &self.trust,
            demands: &self.demands,
            vocabulary: &self.vocabulary,
            limits: &self.limits,
            now: self.now,
        }
    }
}
