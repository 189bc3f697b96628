//! Many subjects side by side: a bounded number is fetched at once on one thread, and judged on all cores, in the order of
//! the command line. What was judged is reported and forgotten, so that memory does not grow with their number.

use std::mem::ManuallyDrop;
use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::thread::{Scope, ScopedJoinHandle};

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

mod awaited;
mod room;

use awaited::AwaitedPolicies;
use room::MemoryRoom;

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

/// What was judged of one task, and the policy inputs where somebody wants them.
struct JudgedTask {
    subjects: Vec<SubjectReport>,
    inputs: Vec<serde_json::Value>,
}

type UnderJudgement<'scope> = ScopedJoinHandle<'scope, anyhow::Result<JudgedTask>>;

/// Subjects that are judged at once on a machine with many cores: each takes some megabytes, and no more are fetched ahead.
const MOST_AT_ONCE: usize = 8;

/// How many subjects are judged at once.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(MOST_AT_ONCE)
}

/// Times its bytes that a text may take when it is read.
const GROWTH: u64 = 24;

/// What the evidence of a task may take when it is read.
fn growth(fetched: &Fetched) -> u64 {
    let bytes = fetched.iter().filter_map(|reached| match reached {
        WalkOutcome::Graph(graph) => Some(graph.charged),
        WalkOutcome::Missed(_) => None,
    });
    bytes.max().unwrap_or_default().saturating_mul(GROWTH)
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

    /// Judges all, and says the verdict over all. One thread fetches; one takes what was fetched, in the order of the
    /// command line, and has it judged by a thread of its own; this one reports, in that order.
    pub fn run(&self, delivery: Delivery) -> anyhow::Result<JudgingResult> {
        let progress = &delivery.progress();
        let subjects = &JudgedSubjects::default();
        let (sender, receiver) = channel(1);
        let (running, ended) = std::sync::mpsc::channel();
        // The program ends with this: taking the rules apart again would cost more than evaluating them.
        let policies = ManuallyDrop::new(AwaitedPolicies::default());
        let (policies, cores) = (&*policies, cores());
        let wants_inputs = delivery.wants_inputs();
        std::thread::scope(|scope| {
            // One is waited for, and one waits to be taken here.
            let (judged_sender, judged) = std::sync::mpsc::sync_channel(cores.saturating_sub(2));
            scope.spawn(move || progress.show_after_a_while(&ended));
            // The rules are made ready while the first subject is fetched and verified.
            let (sources, limits) = (self.setup.sources.clone(), &self.setup.limits);
            scope.spawn(move || policies.set(Policies::load(sources, limits)));
            let fetching = scope.spawn(move || self.fetch(sender, progress, subjects));
            scope.spawn(move || self.judge_each(scope, receiver, (policies, wants_inputs), judged_sender));
            // When this ends early, the receiver is gone, and with it the reason to judge and to fetch.
            let verdict = self.report_each(judged, policies, delivery, (progress, subjects));
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

    /// Has every task judged that is to be fetched; `judged` gets them in order, some while they are still judged.
    fn judge_each<'scope>(
        &'scope self,
        scope: &'scope Scope<'scope, '_>,
        mut receiver: Receiver<Fetched>,
        (policies, wants_inputs): (&'scope AwaitedPolicies, bool),
        judged: SyncSender<UnderJudgement<'scope>>,
    ) {
        let room = Arc::new(MemoryRoom::new(self.setup.limits.document_memory));
        for task in self.tasks.iter().filter(|task| !task.is_refused) {
            let Some(fetched) = receiver.blocking_recv() else { return };
            let room = Arc::clone(&room);
            let judging = scope.spawn(move || {
                let _share = room.enter(growth(&fetched));
                let seen = self.read(task, fetched)?;
                let policies = policies.wait()?;
                self.judge(task, seen, policies, wants_inputs)
            });
            if judged.send(judging).is_err() {
                return;
            }
        }
    }

    fn report_each(
        &self,
        judged: std::sync::mpsc::Receiver<UnderJudgement<'_>>,
        policies: &AwaitedPolicies,
        mut delivery: Delivery,
        (progress, subjects_judged): (&Progress, &JudgedSubjects),
    ) -> anyhow::Result<JudgingResult> {
        let next = || -> anyhow::Result<JudgedTask> {
            let judging = judged.recv().context("the network ended before all subjects were fetched")?;
            judging.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        let mut first = match self.tasks.first() {
            // What is wrong with the command line it says before anything is reported.
            Some(task) if !task.is_refused => Some(next()?),
            _ => None,
        };
        let policies = policies.wait()?;
        let mut facts = self.setup.facts(&self.asked, self.tasks, policies);
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
                    let JudgedTask { subjects, inputs } = first.take().map_or_else(next, Ok)?;
                    inputs.iter().try_for_each(|input| delivery.input(input))?;
                    subjects
                }
            };
            verdict = Verdict::over(verdict.into_iter().chain(subjects.iter().map(|subject| subject.verdict)));
            subjects.iter().try_for_each(|subject| delivery.subject(subject))?;
            progress.judged();
            subjects_judged.count();
        }
        delivery.end(&facts)?;
        Ok(JudgingResult { verdict: verdict.context("there is no subject to judge")?, policies: facts.policies })
    }

    /// Takes what was fetched for a task, and verifies what is signed in the first of it while the rules are made ready.
    fn read(&self, task: &Task, fetched: Fetched) -> anyhow::Result<Vec<PendingSubject>> {
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
        wants_inputs: bool,
    ) -> anyhow::Result<JudgedTask> {
        let by = self.by(task);
        let (mut subjects, mut inputs) = (Vec::new(), Vec::new());
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
            if wants_inputs {
                inputs.push(input(&mut dossier, policies, &by));
            }
            subjects.push(judge(&mut dossier, policies, &by)?);
        }
        Ok(JudgedTask { subjects, inputs })
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
