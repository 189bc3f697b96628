//! Documents about a run: PROV, run manifests, SLSA provenance.

use super::below::DigestIndex;
use super::file::DescribedFile;
use super::said::{Description, Part};
use super::space::Extent;
use super::time::{Moment, Period, PeriodKind};
use super::values::{MOST, literal};
use crate::evidence::document::reading::{
    DEPTH, DocumentValue, bare_digest, digests_within, local_name, plain, states_digest,
};
use crate::evidence::{Facts, StatedText};

/// A PROV document: its generated entities and the time of its activities.
pub fn prov(root: &DocumentValue<'_>, facts: &Facts, description: &mut Description) {
    // Each is held against all outputs.
    if facts.subject_parts.len() > MOST {
        description.truncated.insert(Part::Statements);
    }
    let outputs = DigestIndex::of(&facts.outputs);
    for pointer in facts.subject_parts.iter().take(MOST) {
        let Some(value) = root.value.pointer(pointer) else { continue };
        let entity = DocumentValue::new(value, pointer.as_str());
        description.named_by(&entity);
        description.extents.extend(extents(&entity));
        let mut file = DescribedFile::new(&entity);
        file.members(&entity);
        file.digests = outputs.below(pointer);
        if file.says_something() {
            description.files.push(file);
        }
    }
    let (mut starts, mut ends) = (Vec::new(), Vec::new());
    activity_times(root, &mut starts, &mut ends, DEPTH);
    description.periods.extend(whole(&starts, &ends));
}

/// When activities began and ended, in all three serializations.
fn activity_times(at: &DocumentValue<'_>, starts: &mut Vec<StatedText>, ends: &mut Vec<StatedText>, depth: usize) {
    let Some(depth) = depth.checked_sub(1) else { return };
    at.items().for_each(|item| activity_times(&item, starts, ends, depth));
    for (key, member) in at.members() {
        let times = match local_name(key) {
            "startedAtTime" | "startTime" => &mut *starts,
            "endedAtTime" | "endTime" => &mut *ends,
            _ => {
                activity_times(&member, starts, ends, depth);
                continue;
            }
        };
        times.extend(member.each().iter().filter_map(|at| literal(at).stated()));
    }
}

/// From the first beginning to the last end of several activities.
fn whole(starts: &[StatedText], ends: &[StatedText]) -> Option<Period> {
    let read = |stated: &&StatedText| Moment::read(&stated.value);
    let start =
        starts.iter().filter(|stated| read(stated).is_some()).min_by_key(|stated| read(stated).map(|at| at.first));
    let end = ends.iter().filter(|stated| read(stated).is_some()).max_by_key(|stated| read(stated).map(|at| at.last));
    Period::between(PeriodKind::Run, start, end)
}

/// A run manifest: its outputs and its time.
pub fn manifest(root: &DocumentValue<'_>, description: &mut Description) {
    description.named_by(root);
    description.extents.extend(extents(root));
    let stated = |keys: &[&str]| keys.iter().find_map(|key| root.get(key)?.stated());
    let start = stated(&["started_at"]);
    let end = stated(&["ended_at", "finished_at", "completed_at"]);
    let period = match start.is_some() || end.is_some() {
        true => Period::between(PeriodKind::Run, start.as_ref(), end.as_ref()),
        false => stated(&["run_time"]).and_then(|time| Period::at(PeriodKind::Run, &time)),
    };
    description.periods.extend(period);
    let Some(outputs) = root.get("outputs") else { return };
    let entries = match outputs.value.is_object() && !outputs.members().any(|(key, _)| states_digest(key)) {
        true => outputs.members().map(|(_, at)| at).collect(),
        false => outputs.each(),
    };
    entries.iter().for_each(|entry| output(entry, DEPTH, &mut description.files));
}

/// One output, and the files that it consists of.
fn output(entry: &DocumentValue<'_>, depth: usize, files: &mut Vec<DescribedFile>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    let mut file = DescribedFile::new(entry);
    file.members(entry);
    for (key, member) in entry.members() {
        if matches!(key, "files" | "artifacts") {
            member.each().iter().for_each(|inner| output(inner, depth, files));
        } else if states_digest(key) {
            let inner = member.members().map(|(_, at)| at).chain([member.clone()]);
            for at in inner {
                let digest = at.text().and_then(bare_digest);
                file.digested(&at, digest);
            }
        }
    }
    if entry.text().is_some_and(|text| !digests_within(text).is_empty()) {
        file.located(entry);
    }
    if file.says_something() {
        files.push(file);
    }
}

/// SLSA provenance v0.2 and v1: the time of the build.
pub fn slsa(root: &DocumentValue<'_>, description: &mut Description) {
    let predicate = root.get("predicate").unwrap_or_else(|| root.clone());
    let stated = |keys: &[&str]| predicate.path(keys).and_then(|at| at.stated());
    let either = |v1: &[&str], v0: &[&str]| stated(v1).or_else(|| stated(v0));
    let start = either(&["runDetails", "metadata", "startedOn"], &["metadata", "buildStartedOn"]);
    let end = either(&["runDetails", "metadata", "finishedOn"], &["metadata", "buildFinishedOn"]);
    description.periods.extend(Period::between(PeriodKind::Run, start.as_ref(), end.as_ref()));
}

fn extents(at: &DocumentValue<'_>) -> Vec<Extent> {
    let boxes = at.members().filter(|(key, _)| plain(local_name(key)) == "bbox");
    boxes.filter_map(|(_, at)| Extent::of_numbers(&at)).collect()
}
