//! Judges in the process of the test, by rules that are loaded once: what `ocigate verify` does between reading its
//! arguments and writing its reports, without starting the program again for each row of a table.

use std::sync::OnceLock;

use ocigate::Judgement;
use ocigate::demands::Demands;
use ocigate::dossier::Vocabulary;
use ocigate::graph::children::{Choice, WalkOutcome};
use ocigate::limits::Limits;
use ocigate::oci::{Reference, Repository};
use ocigate::output::Format;
use ocigate::policy::{self, Policies, PolicySources, Set};
use ocigate::report::{self, Report, Run, SubjectReport, Verdict};
use ocigate::source::{Access, ResolveError};
use ocigate::trust::{SignerEntry, Trust};
use time::OffsetDateTime;

use super::gate::Outcome;

/// What is to be judged, and by what besides the bundled rules.
#[derive(Debug, Clone, Default)]
pub struct Question {
    pub stands_for: Option<Repository>,
    pub signers: Vec<SignerEntry>,
    pub set: Option<Set>,
    pub choice: Option<Choice>,
    pub demands: Demands,
    pub access: Access,
}

/// The time of every verdict here: 2026-11-24T00:00:00Z.
const NOW: i64 = 1_795_478_400;

struct Rules {
    policies: Policies,
    vocabulary: Vocabulary,
}

impl Rules {
    /// The bundled ones, alone or with a set.
    fn with(set: Option<Set>) -> &'static Rules {
        static CORE: OnceLock<Rules> = OnceLock::new();
        static KFM: OnceLock<Rules> = OnceLock::new();
        match set {
            None => CORE.get_or_init(|| Rules::load(None)),
            Some(Set::Kfm) => KFM.get_or_init(|| Rules::load(set)),
        }
    }

    fn load(set: Option<Set>) -> Rules {
        let (mut modules, mut data) = policy::bundled();
        if let Some((rules, settings)) = set.map(Set::sources) {
            modules.extend(rules);
            data.extend(settings);
        }
        let limits = Limits::default();
        let vocabulary = Vocabulary::from_bundled(&policy::settings(&data, &limits).unwrap()).unwrap();
        let sources = PolicySources { modules, data, ..PolicySources::default() };
        Rules { policies: Policies::load(sources, &limits).unwrap(), vocabulary }
    }
}

impl Question {
    /// The verdict over this reference, and both reports.
    pub fn judge(&self, reference: &str) -> Outcome {
        let reference: Reference = reference.parse().unwrap();
        let rules = Rules::with(self.set);
        let now = OffsetDateTime::from_unix_timestamp(NOW).unwrap();
        let (trust, limits) = (Trust::build(self.signers.clone(), Vec::new()).unwrap(), Limits::default());
        let (demands, vocabulary) = (&self.demands, &rules.vocabulary);
        let by = Judgement { trust: &trust, demands, vocabulary, limits: &limits, now };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (stands_for, choice) = (self.stands_for.as_ref(), self.choice.as_ref());
        let collected = ocigate::collect_chosen(&reference, stands_for, choice, &self.access, &limits);
        let judged = |walked| match walked {
            WalkOutcome::Missed(missed) if matches!(missed.error, ResolveError::Usage(_)) => {
                panic!("a wrong call, which ends the program: {:?}", missed.error)
            }
            WalkOutcome::Missed(missed) => SubjectReport {
                child: missed.child,
                ..report::unresolved(reference.clone(), missed.error, missed.statistics)
            },
            WalkOutcome::Graph(graph) => {
                ocigate::judge(&mut ocigate::compile(*graph, &by), &rules.policies, &by).unwrap()
            }
        };
        let subjects = runtime.block_on(collected).into_iter().map(judged).collect();
        outcome(&Report { run: run(&rules.policies, now), subjects })
    }
}

fn run(policies: &Policies, now: OffsetDateTime) -> Run {
    Run {
        version: env!("CARGO_PKG_VERSION"),
        now,
        policies: policies.digest().clone(),
        rules: policies.active().count(),
        sets: policies.sets(),
        configuration: None,
        signers: Vec::new(),
        relaxations: Vec::new(),
        notes: Vec::new(),
        capsule: None,
    }
}

fn outcome(report: &Report) -> Outcome {
    let render = |format: Format| {
        let mut bytes = Vec::new();
        format.render(report, false, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    let verdict = Verdict::over(report.subjects.iter().map(|subject| subject.verdict)).unwrap();
    Outcome {
        code: [(Verdict::Pass, 0), (Verdict::Fail, 1), (Verdict::Undecided, 3)]
            .into_iter()
            .find_map(|(of, code)| (of == verdict).then_some(code))
            .unwrap(),
        out: render(Format::Text),
        err: String::new(),
        report: Some(serde_json::from_str(&render(Format::Json)).unwrap()),
    }
}
