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
use ocigate::report::Run;
use ocigate::source::Access;
use ocigate::trust::Trust;
use time::OffsetDateTime;

use super::super::args::{AccessFlags, PolicyFlags, TrustFlags, Verify};
use super::super::config::Loaded;
use super::super::exit::Exit;
use super::super::progress::Progress;
use super::super::{registries, setup};
use super::delivery::{self, Delivery};
use super::judging::Judging;
use super::pointing::{self, Task};
use super::wall_time;

/// What arguments and configuration say.
pub(super) struct Setup {
    pub loaded: Loaded,
    pub access: Access,
    pub limits: Limits,
    trust: Trust,
    demands: Demands,
    demands_with_digest: Demands,
    pub sources: PolicySources,
    vocabulary: Vocabulary,
    now: OffsetDateTime,
}

/// What commands that judge have in common.
pub(super) struct Asked<'a> {
    pub access: &'a AccessFlags,
    pub trust: &'a TrustFlags,
    pub policy: &'a PolicyFlags,
    pub require_digest: bool,
    pub fail_on_warn: bool,
    pub now: Option<OffsetDateTime>,
}

impl<'a> From<&'a Verify> for Asked<'a> {
    fn from(arguments: &'a Verify) -> Self {
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
    let outputs = delivery::flags(&arguments.outputs)?;
    setup::check_stands_for(&arguments.access, &arguments.references)?;
    if arguments.access.password_stdin && arguments.subjects.from.as_deref() == Some(Path::new("-")) {
        bail!("--from - and --password-stdin would both read standard input: put the references into a file");
    }
    let mut setup = Setup::read(&arguments.into())?;
    let tasks = pointing::tasks(arguments, &setup.loaded, &setup.limits)?;
    setup.reach(&arguments.access, tasks.iter().map(|task| &task.reference))?;
    let setup = setup;
    let files = setup::evidence_files(&arguments.evidence, tasks.len(), &setup.limits)?;
    let judging = Judging { arguments, setup: &setup, tasks: &tasks, files: &files };
    judging.check()?;
    let is_list = tasks.len() > 1 || arguments.subjects.platform.is_some();
    let progress = Progress::of(tasks.len());
    let delivery = Delivery::open(&outputs, arguments.color, is_list, progress.clone())?;
    Ok(judging.run(delivery, &progress)?.into())
}

impl Setup {
    pub fn read(arguments: &Asked<'_>) -> anyhow::Result<Self> {
        let loaded = Loaded::read(arguments.trust.config.path.as_deref())?;
        let limits = registries::limits(arguments.access, &loaded);
        let sources = setup::policy_sources(arguments.policy, &loaded, &limits)?;
        let demands = setup::demands(arguments.require_digest, arguments.fail_on_warn, &loaded)?;
        Ok(Setup {
            vocabulary: setup::vocabulary(&sources.data, &limits)?,
            now: arguments.now.unwrap_or_else(wall_time),
            sources,
            trust: super::super::trust::read(arguments.trust, &loaded)?,
            demands_with_digest: Demands { require_digest: true, ..demands.clone() },
            demands,
            loaded,
            access: Access::default(),
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
        Ok(())
    }

    pub fn facts(&self, arguments: &Asked<'_>, tasks: &[Task], policies: &Policies) -> anyhow::Result<Run> {
        let Setup { loaded, access, trust, demands, sources, .. } = self;
        let mut relaxations =
            setup::relaxations(arguments.access, sources, policies, demands, access, (trust, loaded))?;
        let listed: BTreeSet<&Repository> = tasks
            .iter()
            .filter_map(|task| task.stands_for.as_ref())
            .filter(|repository| arguments.access.stands_for.as_ref() != Some(repository))
            .collect();
        relaxations.extend(listed.iter().map(|repository| format!("a layout is judged as {repository} (--from)")));
        if arguments.now.is_some() {
            relaxations.push("the clock was set by hand (--now)".to_owned());
        }
        let trust_notes = super::super::trust::notes(trust, self.now);
        Ok(Run {
            version: env!("CARGO_PKG_VERSION"),
            now: self.now,
            policies: policies.digest().clone(),
            rules: policies.active().count(),
            configuration: loaded.file.as_ref().map(|(path, digest)| (path.display().to_string(), digest.clone())),
            signers: setup::signer_rows(trust),
            relaxations,
            notes: setup::unused_configuration(loaded).into_iter().chain(trust_notes).collect(),
        })
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
