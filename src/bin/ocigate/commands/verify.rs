//! `ocigate verify`: the gate.

use std::path::Path;

use anyhow::bail;
use ocigate::evidence::beside::BesideEvidence;

use super::super::args::{Gate, SubjectArgument, Verify};
use super::super::asked::Setup;
use super::super::exit::Exit;
use super::super::files::Files;
use super::super::progress::Progress;
use super::super::setup;
use super::super::task::Task;
use super::delivery::{self, Delivery};
use super::judging::Judging;
use super::pointing;
use super::replay;

pub fn run(arguments: &Verify) -> anyhow::Result<Exit> {
    let gate = &arguments.gate;
    if let [SubjectArgument::Capsule(path, digest)] = gate.references.as_slice() {
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
pub(super) fn prepare(gate: &Gate, files: Files) -> anyhow::Result<(Setup, Vec<Task>, BesideEvidence)> {
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
