//! `ocigate save`: judges as `verify` does, and keeps everything that the verdict rests on in one file.

use anyhow::{Context, anyhow};
use ocigate::capsule::{self, FileEntry, Record, Recorder, SavedAccess, SavedSubject, VERSION};
use ocigate::limits::Limits;
use ocigate::source::{Access, Answers, Pull};

use super::super::args::capsule::Save;
use super::super::config::LoadedConfig;
use super::super::console::tell;
use super::super::exit::Exit;
use super::super::files::{Files, OutputFile};
use super::super::progress::Progress;
use super::super::registries::EvidencePlaces;
use super::super::setup;
use super::super::task::Task;
use super::delivery::{self, Delivery};
use super::judging::Judging;
use super::{carrying, verify};

pub fn run(arguments: &Save) -> anyhow::Result<Exit> {
    let gate = &arguments.gate;
    let outputs = delivery::flags(&arguments.reports)?;
    let (setup, tasks, evidence) = verify::prepare(gate, Files::kept())?;
    let files = setup.loaded.files.read();
    carrying::check_secrets(&files)?;
    if let Some(note) = setup::unused_configuration(&LoadedConfig { files: Files::Machine, ..setup.loaded.clone() }) {
        tell(&format!("note  {note}"));
    }
    let mut target = OutputFile::create_new(&arguments.output)?;
    let kept = Recorder::default();
    let recorders: Vec<Recorder> = tasks.iter().map(|_| kept.next()).collect();
    let answers: Vec<Answers> = recorders.iter().cloned().map(Answers::Kept).collect();
    let judging = Judging { answers: &answers, ..Judging::live(gate, &setup, &tasks, &evidence) };
    judging.check()?;
    let delivery = Delivery::open(&outputs, gate.color, judging.is_list())?.showing(Progress::of(tasks.len()));
    let ended = judging.run(delivery)?;
    let record = Record {
        version: VERSION,
        ocigate: env!("CARGO_PKG_VERSION").to_owned(),
        now: setup.now(),
        policies: ended.policies,
        asked: carrying::asked(gate),
        reached: reached(&setup.access, setup.places()),
        files: files.iter().map(FileEntry::of).collect(),
        subjects: tasks.iter().zip(&recorders).map(saved).collect(),
    };
    let digest = capsule::write(&record, &files, &kept, &Limits::default(), target.writer())
        .map_err(|error| anyhow!("{error}"))
        .context("nothing is saved")?;
    target.finish()?;
    tell(&format!("saved {} {digest}, verdict {}", arguments.output.display(), ended.verdict.name()));
    Ok(ended.verdict.into())
}

fn saved((task, recorder): (&Task, &Recorder)) -> SavedSubject {
    SavedSubject {
        reference: task.reference.to_string(),
        stands_for: task.stands_for.as_ref().map(ToString::to_string),
        require_digest: task.require_digest,
        answers: recorder.answers(),
    }
}

fn reached(access: &Access, places: &EvidencePlaces) -> SavedAccess {
    let believed = access.mirrors.iter().filter(|mirror| mirror.pull() == Pull::All);
    SavedAccess {
        plain_http: access.plain_http.clone(),
        mirrors: believed.map(|mirror| (mirror.prefix().to_owned(), mirror.location().to_owned())).collect(),
        evidence_from: places.iter().map(|(place, said_by)| (place.to_string(), said_by.clone())).collect(),
    }
}
