//! `ocigate verify`: the gate.

use std::io::IsTerminal as _;

use anyhow::{Context, bail};
use ocigate::demands::Demands;
use ocigate::dossier::Vocabulary;
use ocigate::limits::Limits;
use ocigate::oci::Reference;
use ocigate::output::{Format, sanitize};
use ocigate::policy::{Policies, PolicySources};
use ocigate::report::{self, Report, Run, SubjectReport, Verdict};
use ocigate::source::{Access, ResolveError};
use ocigate::trust::Trust;
use ocigate::{Judgement, Unresolved, collect, compile, judge, policy};
use serde_json::Value;
use time::OffsetDateTime;

use super::super::args::{AccessFlags, Color, OutputFlag, OutputKind, PolicyFlags, TrustFlags, Verify};
use super::super::config::Loaded;
use super::super::exit::Exit;
use super::super::{files, registries, setup};
use super::pointing::{self, Task};
use super::{Network, print, wall_time};

/// What arguments and configuration say.
pub(super) struct Setup {
    pub loaded: Loaded,
    pub access: Access,
    pub limits: Limits,
    trust: Trust,
    demands: Demands,
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
    let outputs = outputs(&arguments.outputs)?;
    setup::check_stands_for(&arguments.access, &arguments.references)?;
    let mut setup = Setup::read(&arguments.into())?;
    let tasks = pointing::tasks(arguments, &setup.loaded, &setup.limits)?;
    setup.reach(&arguments.access, tasks.iter().map(|task| &task.reference))?;
    let setup = setup;
    let files = setup::evidence_files(&arguments.evidence, tasks.len(), &setup.limits)?;
    let network = Network::new()?;
    let by = setup.judgement();
    let read = |task: &Task| {
        let stands_for = arguments.access.stands_for.as_ref();
        let graph = network.run(collect(&task.reference, stands_for, &setup.access, &setup.limits))?;
        anyhow::Ok(graph.map(|mut graph| {
            files.iter().for_each(|(name, bytes)| graph.add_file(name.clone(), bytes.clone()));
            compile(graph, &by).pointed_at_by(task.pointer.clone())
        }))
    };
    // The rules are made ready while the first subject is fetched and verified.
    let (sources, limits) = (setup.sources.clone(), setup.limits.clone());
    let loading = std::thread::spawn(move || Policies::load(sources, &limits));
    let mut first = tasks.first().filter(|task| !task.is_refused).map(read).transpose()?;
    let policies = loading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
    let (mut subjects, mut inputs) = (Vec::new(), Vec::new());
    for task in &tasks {
        if let (true, Some(pointer)) = (task.is_refused, &task.pointer) {
            subjects.push(report::refused(task.reference.clone(), pointer));
            continue;
        }
        match first.take().map_or_else(|| read(task), Ok)? {
            Ok(dossier) => {
                if outputs.iter().any(|output| output.what == OutputKind::Input) {
                    inputs.push(policy::input::document(&dossier, by.demands, &policies, by.now));
                }
                subjects.push(judge(&dossier, &policies, &by)?);
            }
            Err(Unresolved { error: ResolveError::Usage(problem), .. }) => bail!(problem),
            Err(Unresolved { error, statistics }) => subjects.push(SubjectReport {
                pointer: task.pointer.as_ref().map(|pointer| (pointer.name.clone(), pointer.digest.clone())),
                ..report::unresolved(task.reference.clone(), error, statistics)
            }),
        }
    }
    let facts = setup.facts(&arguments.into(), &policies);
    // The program ends here: taking the rules apart again would cost more than evaluating them.
    std::mem::forget(policies);
    finish(arguments, &outputs, facts, subjects, &inputs)
}

impl Setup {
    pub fn read(arguments: &Asked<'_>) -> anyhow::Result<Self> {
        let loaded = Loaded::read(arguments.trust.config.path.as_deref())?;
        let limits = registries::limits(arguments.access, &loaded);
        let sources = setup::policy_sources(arguments.policy, &loaded, &limits)?;
        Ok(Setup {
            vocabulary: setup::vocabulary(&sources.data, &limits)?,
            now: arguments.now.unwrap_or_else(wall_time),
            sources,
            trust: super::super::trust::read(arguments.trust, &loaded)?,
            demands: setup::demands(arguments.require_digest, arguments.fail_on_warn, &loaded)?,
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

    pub fn facts(&self, arguments: &Asked<'_>, policies: &Policies) -> Run {
        let Setup { loaded, access, trust, demands, sources, .. } = self;
        let mut relaxations = setup::relaxations(arguments.access, sources, policies, demands, access, (trust, loaded));
        if arguments.now.is_some() {
            relaxations.push("the clock was set by hand (--now)".to_owned());
        }
        let trust_notes = super::super::trust::notes(trust, self.now);
        Run {
            version: env!("CARGO_PKG_VERSION"),
            now: self.now,
            policies: policies.digest().clone(),
            rules: policies.active().count(),
            configuration: loaded.file.as_ref().map(|(path, digest)| (path.display().to_string(), digest.clone())),
            signers: setup::signer_rows(trust),
            relaxations,
            notes: setup::unused_configuration(loaded).into_iter().chain(trust_notes).collect(),
        }
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

fn outputs(flags: &[OutputFlag]) -> anyhow::Result<Vec<OutputFlag>> {
    if flags.is_empty() {
        return Ok(vec![OutputFlag { what: OutputKind::Report(Format::Text), file: None }]);
    }
    if flags.iter().filter(|flag| flag.file.is_none()).count() > 1 {
        bail!("two outputs go to standard output: give all but one a file, for example `--output json=report.json`");
    }
    Ok(flags.to_vec())
}

fn finish(
    arguments: &Verify,
    outputs: &[OutputFlag],
    run: Run,
    subjects: Vec<SubjectReport>,
    inputs: &[Value],
) -> anyhow::Result<Exit> {
    let verdict =
        Verdict::over(subjects.iter().map(|subject| subject.verdict)).context("there is no subject to judge")?;
    let report = Report { verdict, run, subjects };
    for output in outputs {
        let color = output.file.is_none() && wants_color(arguments.color);
        let bytes = render(output.what, &report, inputs, color)?;
        match &output.file {
            Some(path) => files::write(path, &bytes)?,
            None => print(&bytes)?,
        }
    }
    Ok(verdict.into())
}

fn render(what: OutputKind, report: &Report, inputs: &[Value], color: bool) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match what {
        OutputKind::Report(format) => format.render(report, color, &mut bytes)?,
        OutputKind::Input => {
            let text = match inputs {
                [one] => serde_json::to_string_pretty(one)?,
                several => serde_json::to_string_pretty(several)?,
            };
            bytes.extend(sanitize::json(&text).into_bytes());
            bytes.push(b'\n');
        }
    }
    Ok(bytes)
}

fn wants_color(color: Color) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
    }
}
