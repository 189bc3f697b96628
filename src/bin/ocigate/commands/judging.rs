//! Many subjects side by side: a bounded number is fetched at once on one thread, and judged on another in the order of
//! the command line. What was judged is reported and forgotten, so that memory does not grow with their number.

use std::pin::pin;

use anyhow::{Context as _, bail};
use futures_util::future::select;
use futures_util::stream::{self, StreamExt as _};
use ocigate::dossier::Dossier;
use ocigate::evidence::beside::BesideEvidence;
use ocigate::graph::ReferrerGraph;
use ocigate::graph::children::{Choice, MissedSubject, WalkOutcome};
use ocigate::oci::Digest;
use ocigate::policy::Policies;
use ocigate::report::{self, SubjectReport, Verdict};
use ocigate::source::{Access, Answers, JudgedSubjects, ResolveError, misuse};
use ocigate::{Judgement, collect_chosen, compile, input, judge};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::super::args::Gate;
use super::super::asked::{JudgingArguments, Setup};
use super::super::network::Network;
use super::super::progress::Progress;
use super::super::task::Task;
use super::delivery::Delivery;
use super::marks::Marks;

/// All that is to be judged, and how.
pub struct Judging<'a> {
    /// Which children of an index.
    pub choice: Option<&'a Choice>,
    /// Subjects that are fetched side by side.
    pub jobs: u16,
    /// Whether nothing is judged after the first that fails.
    pub fail_fast: bool,
    pub asked: JudgingArguments<'a>,
    pub setup: &'a Setup,
    pub tasks: &'a [Task],
    /// Evidence that lies in files.
    pub files: &'a BesideEvidence,
    /// What is done with answers, for each task; nothing where there is none.
    pub answers: &'a [Answers],
    /// What the report says besides where a saved run is judged again.
    pub replayed: Option<&'a Marks>,
}

/// What came out of it all.
pub struct JudgingResult {
    pub verdict: Verdict,
    /// Digest of all policies and data.
    pub policies: Digest,
}

/// What was fetched for one task: the subject, or the chosen children of an index.
type Fetched = Vec<WalkOutcome>;

/// One subject on the way to its verdict.
enum PendingSubject {
    /// Fetched. What it takes to read its documents, it takes when its turn comes: an index may have many children.
    Graph(Box<ReferrerGraph>),
    Dossier(Box<Dossier>),
    Missed(Box<MissedSubject>),
}

impl<'a> Judging<'a> {
    /// What the command line asks of sources as they are now.
    pub fn live(gate: &'a Gate, setup: &'a Setup, tasks: &'a [Task], files: &'a BesideEvidence) -> Self {
        Judging {
            choice: gate.subjects.platform.as_ref(),
            jobs: gate.subjects.jobs,
            fail_fast: gate.subjects.fail_fast,
            asked: gate.into(),
            setup,
            tasks,
            files,
            answers: &[],
            replayed: None,
        }
    }
}

impl Judging<'_> {
    /// References that name no subject by themselves end the run before it begins.
    pub fn check(&self) -> anyhow::Result<()> {
        let (access, limits) = (&self.setup.access, &self.setup.limits);
        match self.tasks {
            // What was saved is asked of nobody else.
            _ if self.replayed.is_some() => Ok(()),
            [] => bail!("there is no subject to judge"),
            // Whatever is wrong with the only one, it shows at once.
            [_] => Ok(()),
            tasks => match tasks.iter().find_map(|task| misuse(&task.reference, access, limits)) {
                Some(problem) => bail!(problem),
                None => Ok(()),
            },
        }
    }

    /// Whether there may be several subjects.
    pub fn is_list(&self) -> bool {
        self.tasks.len() > 1 || self.choice.is_some()
    }

    /// Judges all, and says the verdict over all.
    pub fn run(&self, delivery: Delivery) -> anyhow::Result<JudgingResult> {
        let progress = &delivery.progress();
        let judged = &JudgedSubjects::default();
        let (sender, receiver) = channel(1);
        let (running, ended) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            scope.spawn(move || progress.show_after_a_while(&ended));
            // The rules are made ready while the first subject is fetched and verified.
            let (sources, limits) = (self.setup.sources.clone(), &self.setup.limits);
            let loading = scope.spawn(move || Policies::load(sources, limits));
            let fetching = scope.spawn(move || self.fetch(sender, progress, judged));
            let load = move || -> anyhow::Result<Policies> {
                Ok(loading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?)
            };
            // When this ends early, the receiver is gone, and with it the reason to fetch.
            let verdict = self.judge_all(receiver, load, delivery, (progress, judged));
            drop(running);
            progress.end();
            fetching.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            verdict
        })
    }

    fn fetch(&self, sender: Sender<Fetched>, progress: &Progress, judged: &JudgedSubjects) -> anyhow::Result<()> {
        let (access, limits) = (&self.setup.access, &self.setup.limits);
        let of_task = |(index, _): (usize, &Task)| Access {
            answers: self.answers.get(index).unwrap_or(&access.answers).clone(),
            turn: judged.turn_after(index),
            ..access.clone()
        };
        let own: Vec<Access> = self.tasks.iter().enumerate().map(of_task).collect();
        let tasks = self.tasks.iter().zip(&own).filter(|(task, _)| !task.is_refused);
        let fetches = tasks.map(|(task, access)| {
            collect_chosen(&task.reference, task.stands_for.as_ref(), self.choice, access, limits)
        });
        let gone = sender.clone();
        Network::new()?.run(async move {
            let send_all = async move {
                let mut fetched = stream::iter(fetches).buffered(usize::from(self.jobs));
                let mut count = 0;
                while let Some(next) = fetched.next().await {
                    count += 1;
                    progress.fetched(count);
                    if sender.send(next).await.is_err() {
                        return;
                    }
                }
            };
            select(pin!(send_all), pin!(gone.closed())).await;
        })
    }

    fn judge_all(
        &self,
        mut receiver: Receiver<Fetched>,
        load: impl FnOnce() -> anyhow::Result<Policies>,
        mut delivery: Delivery,
        (progress, judged): (&Progress, &JudgedSubjects),
    ) -> anyhow::Result<JudgingResult> {
        let mut first = match self.tasks.first() {
            Some(task) if !task.is_refused => Some(self.read(task, &mut receiver)?),
            _ => None,
        };
        let policies = load()?;
        let mut facts = self.setup.facts(&self.asked, self.tasks, &policies);
        if let Some(marks) = self.replayed {
            marks.put(&mut facts);
        }
        delivery.begin(&facts)?;
        let mut verdict = None;
        for task in self.tasks {
            let is_over = self.fail_fast && verdict == Some(Verdict::Fail);
            let subjects = match (is_over, task.is_refused, &task.pointer) {
                (true, ..) => vec![report::not_judged(task.reference.clone())],
                (false, true, Some(pointer)) => vec![report::refused(task.reference.clone(), pointer)],
                _ => {
                    let seen = first.take().map_or_else(|| self.read(task, &mut receiver), Ok)?;
                    self.judge(task, seen, &policies, &mut delivery)?
                }
            };
            verdict = Verdict::over(verdict.into_iter().chain(subjects.iter().map(|subject| subject.verdict)));
            subjects.iter().try_for_each(|subject| delivery.subject(subject))?;
            progress.judged();
            judged.count();
        }
        delivery.end(&facts)?;
        let ended =
            JudgingResult { verdict: verdict.context("there is no subject to judge")?, policies: facts.policies };
        // The program ends here: taking the rules apart again would cost more than evaluating them.
        std::mem::forget(policies);
        Ok(ended)
    }

    /// Takes what was fetched for a task, and verifies what is signed in the first of it while the rules are made ready.
    fn read(&self, task: &Task, receiver: &mut Receiver<Fetched>) -> anyhow::Result<Vec<PendingSubject>> {
        let fetched = receiver.blocking_recv().context("the network ended before all subjects were fetched")?;
        let graphs = fetched.iter().filter(|reached| matches!(reached, WalkOutcome::Graph(_))).count();
        if graphs > 1 && !self.files.is_empty() {
            bail!(
                "--evidence is about one subject, and --platform chose {graphs} children: judge one of them by itself"
            );
        }
        let mut pending = Vec::new();
        for reached in fetched {
            pending.push(match reached {
                WalkOutcome::Missed(missed) => match missed.error {
                    ResolveError::Usage(problem) => bail!(problem),
                    _ => PendingSubject::Missed(missed),
                },
                WalkOutcome::Graph(mut graph) => {
                    self.files.enter(&mut graph);
                    match pending.is_empty() {
                        true => PendingSubject::Dossier(Box::new(self.compile(task, *graph))),
                        false => PendingSubject::Graph(graph),
                    }
                }
            });
        }
        Ok(pending)
    }

    fn compile(&self, task: &Task, graph: ReferrerGraph) -> Dossier {
        compile(graph, &self.by(task)).pointed_at_by(task.pointer.clone())
    }

    fn judge(
        &self,
        task: &Task,
        seen: Vec<PendingSubject>,
        policies: &Policies,
        delivery: &mut Delivery,
    ) -> anyhow::Result<Vec<SubjectReport>> {
        let by = self.by(task);
        let mut subjects = Vec::new();
        for seen in seen {
            let mut dossier = match seen {
                PendingSubject::Dossier(dossier) => *dossier,
                PendingSubject::Graph(graph) => self.compile(task, *graph),
                PendingSubject::Missed(missed) => {
                    subjects.push(SubjectReport {
                        pointer: task.pointer.as_ref().map(|pointer| (pointer.name.clone(), pointer.digest.clone())),
                        child: missed.child,
                        ..report::unresolved(task.reference.clone(), missed.error, missed.statistics)
                    });
                    continue;
                }
            };
            if delivery.wants_inputs() {
                delivery.input(&input(&mut dossier, policies, &by))?;
            }
            subjects.push(judge(&mut dossier, policies, &by)?);
        }
        Ok(subjects)
    }

    /// By what a task is judged: its own options only ever demand more.
    fn by(&self, task: &Task) -> Judgement<'_> {
        let by = self.setup.judgement();
        match task.require_digest {
            true => Judgement { demands: self.setup.with_digest(), ..by },
            false => by,
        }
    }
}
