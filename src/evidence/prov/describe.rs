//! What a PROV document says of the data set: its generated entities, and the time of its activities.

use crate::evidence::description::below::DigestIndex;
use crate::evidence::description::file::{DescribedFile, MOST};
use crate::evidence::description::said::{Description, Part};
use crate::evidence::description::space::Extent;
use crate::evidence::description::time::{Moment, Period, PeriodKind};
use crate::evidence::document::reading::{DEPTH, DocumentValue, local_name};
use crate::evidence::json_ld::values::literal;
use crate::evidence::{Facts, StatedText};

/// The used entities.
pub fn inputs<'a>(root: &DocumentValue<'a>, facts: &'a Facts) -> Vec<DocumentValue<'a>> {
    let part =
        |pointer: &'a String| root.value.pointer(pointer).map(|value| DocumentValue::new(value, pointer.as_str()));
    facts.input_parts.iter().filter_map(part).collect()
}

/// A PROV document: its generated entities and the time of its activities.
pub fn describe(root: &DocumentValue<'_>, facts: &Facts, description: &mut Description) {
    // Each is held against all outputs.
    if facts.subject_parts.len() > MOST {
        description.truncated.insert(Part::Statements);
    }
    let outputs = DigestIndex::of(&facts.outputs);
    for pointer in facts.subject_parts.iter().take(MOST) {
        let Some(value) = root.value.pointer(pointer) else { continue };
        let entity = DocumentValue::new(value, pointer.as_str());
        description.named_by(&entity);
        description.extents.extend(Extent::boxes(&entity));
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
