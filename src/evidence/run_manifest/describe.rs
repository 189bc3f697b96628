//! What a run manifest says of the data set: its outputs, and its time.

use crate::evidence::Facts;
use crate::evidence::description::file::DescribedFile;
use crate::evidence::description::said::Description;
use crate::evidence::description::space::Extent;
use crate::evidence::description::time::{Period, PeriodKind};
use crate::evidence::document::reading::{DEPTH, DocumentValue, bare_digest, digests_within, states_digest};

/// What the run read.
pub fn inputs<'a>(root: &DocumentValue<'a>, _: &'a Facts) -> Vec<DocumentValue<'a>> {
    root.get("inputs").map(|at| entries(&at)).unwrap_or_default()
}

/// The entries of a list, or of a map from names to entries.
fn entries<'a>(list: &DocumentValue<'a>) -> Vec<DocumentValue<'a>> {
    match list.value.is_object() && !list.members().any(|(key, _)| states_digest(key)) {
        true => list.members().map(|(_, at)| at).collect(),
        false => list.each(),
    }
}

/// A run manifest: its outputs and its time.
pub fn describe(root: &DocumentValue<'_>, _: &Facts, description: &mut Description) {
    description.named_by(root);
    description.extents.extend(Extent::boxes(root));
    let stated = |keys: &[&str]| keys.iter().find_map(|key| root.get(key)?.stated());
    let start = stated(&["started_at"]);
    let end = stated(&["ended_at", "finished_at", "completed_at"]);
    let period = match start.is_some() || end.is_some() {
        true => Period::between(PeriodKind::Run, start.as_ref(), end.as_ref()),
        false => stated(&["run_time"]).and_then(|time| Period::at(PeriodKind::Run, &time)),
    };
    description.periods.extend(period);
    let Some(outputs) = root.get("outputs") else { return };
    entries(&outputs).iter().for_each(|entry| output(entry, DEPTH, &mut description.files));
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
