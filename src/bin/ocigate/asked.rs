//! What is asked of commands that judge, read and ready.

use std::collections::BTreeSet;

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

use super::args::{AccessFlags, Gate, PolicyFlags, TrustFlags};
use super::clock::wall_time;
use super::config::LoadedConfig;
use super::files::Files;
use super::registries::{self, EvidencePlaces};
use super::setup;
use super::task::Task;

/// What arguments and configuration say.
pub struct Setup {
    pub loaded: LoadedConfig,
    pub access: Access,
    pub limits: Limits,
    places: EvidencePlaces,
    trust: Trust,
    demands: Demands,
    demands_with_digest: Demands,
    pub sources: PolicySources,
    vocabulary: Vocabulary,
    now: OffsetDateTime,
}

/// What commands that judge have in common.
#[derive(Clone, Copy)]
pub struct JudgingArguments<'a> {
    pub access: &'a AccessFlags,
    pub trust: &'a TrustFlags,
    pub policy: &'a PolicyFlags,
    pub require_digest: bool,
    pub fail_on_warn: bool,
    pub now: Option<OffsetDateTime>,
}

impl<'a> From<&'a Gate> for JudgingArguments<'a> {
    fn from(arguments: &'a Gate) -> Self {
        JudgingArguments {
            access: &arguments.access,
            trust: &arguments.trust,
            policy: &arguments.policy,
            require_digest: arguments.require_digest,
            fail_on_warn: arguments.fail_on_warn,
            now: arguments.now,
        }
    }
}

impl Setup {
    pub fn read(arguments: &JudgingArguments<'_>, files: Files) -> anyhow::Result<Self> {
        let loaded = LoadedConfig::read(arguments.trust.config.path.as_deref(), files)?;
        let limits = registries::limits(arguments.access, &loaded);
        let sources = setup::policy_sources(arguments.policy, &loaded, &limits)?;
        let demands = setup::demands(arguments.require_digest, arguments.fail_on_warn, &loaded)?;
        Ok(Setup {
            vocabulary: setup::vocabulary(&sources.data, &sources.modules, sources.version, &limits)?,
            now: arguments.now.unwrap_or_else(wall_time),
            sources,
            trust: super::trust::read(arguments.trust, &loaded)?,
            demands_with_digest: Demands { require_digest: true, ..demands.clone() },
            demands,
            loaded,
            access: Access::default(),
            places: EvidencePlaces::default(),
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
    pub fn replay(&mut self, access: Access, places: EvidencePlaces, now: OffsetDateTime) {
        (self.access, self.places, self.now) = (access, places, now);
    }

    /// The time to judge at.
    pub fn now(&self) -> OffsetDateTime {
        self.now
    }

    /// Other repositories that evidence is read from.
    pub fn places(&self) -> &EvidencePlaces {
        &self.places
    }

    pub fn facts(&self, arguments: &JudgingArguments<'_>, tasks: &[Task], policies: &Policies) -> Run {
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
        let trust_notes = super::trust::notes(trust, self.now);
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
