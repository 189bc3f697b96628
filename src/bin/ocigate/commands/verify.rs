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

use super::super::args::{Color, OutputFlag, OutputKind, Verify};
use super::super::config::Loaded;
use super::super::exit::Exit;
use super::super::{files, registries, setup};
use super::{Network, print, wall_time};

/// What arguments and configuration say.
struct Setup {
    loaded: Loaded,
    access: Access,
    limits: Limits,
    trust: Trust,
    demands: Demands,
    sources: PolicySources,
    vocabulary: Vocabulary,
    now: OffsetDateTime,
}

pub fn run(arguments: &Verify) -> anyhow::Result<Exit> {
    let outputs = outputs(&arguments.outputs)?;
    setup::check_stands_for(&arguments.access, &arguments.references)?;
    let setup = Setup::read(arguments)?;
    let files = setup::evidence_files(&arguments.evidence, &arguments.references, &setup.limits)?;
    let network = Network::new()?;
    let by = setup.judgement();
    let read = |reference: &Reference| {
        let stands_for = arguments.access.stands_for.as_ref();
        let graph = network.run(collect(reference, stands_for, &setup.access, &setup.limits))?;
        anyhow::Ok(graph.map(|mut graph| {
            files.iter().for_each(|(name, bytes)| graph.add_file(name.clone(), bytes.clone()));
            compile(graph, &by)
        }))
    };
    // The rules are made ready while the first subject is fetched and verified.
    let (sources, limits) = (setup.sources.clone(), setup.limits.clone());
    let loading = std::thread::spawn(move || Policies::load(sources, &limits));
    let mut first = arguments.references.first().map(read).transpose()?;
    let policies = loading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
    let (mut subjects, mut inputs) = (Vec::new(), Vec::new());
    for reference in &arguments.references {
        match first.take().map_or_else(|| read(reference), Ok)? {
            Ok(dossier) => {
                if outputs.iter().any(|output| output.what == OutputKind::Input) {
                    inputs.push(policy::input::document(&dossier, by.demands, &policies, by.now));
                }
                subjects.push(judge(&dossier, &policies, &by)?);
            }
            Err(Unresolved { error: ResolveError::Usage(problem), .. }) => bail!(problem),
            Err(Unresolved { error, statistics }) => {
                subjects.push(report::unresolved(reference.clone(), error, statistics));
            }
        }
    }
    let facts = setup.facts(arguments, &policies);
    // The program ends here: taking the rules apart again would cost more than evaluating them.
    std::mem::forget(policies);
    finish(arguments, &outputs, facts, subjects, &inputs)
}

impl Setup {
    fn read(arguments: &Verify) -> anyhow::Result<Self> {
        let loaded = Loaded::read(arguments.trust.config.path.as_deref())?;
        let (access, limits) = registries::access(&arguments.access, &loaded, &arguments.references)?;
        let sources = setup::policy_sources(&arguments.policy, &loaded, &limits)?;
        Ok(Setup {
            vocabulary: setup::vocabulary(&sources.data, &limits)?,
            now: arguments.now.unwrap_or_else(wall_time),
            sources,
            trust: super::super::trust::read(&arguments.trust, &loaded)?,
            demands: setup::demands(arguments.require_digest, arguments.fail_on_warn, &loaded)?,
            loaded,
            access,
            limits,
        })
    }

    fn facts(&self, arguments: &Verify, policies: &Policies) -> Run {
        let Setup { loaded, access, trust, demands, sources, .. } = self;
        let mut relaxations =
            setup::relaxations(&arguments.access, sources, policies, demands, access, (trust, loaded));
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

    fn judgement(&self) -> Judgement<'_> {
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
