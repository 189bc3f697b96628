//! What was judged, and as which repository.

use std::path::Path;

use anyhow::bail;
use ocigate::capsule::Record;
use ocigate::oci::{Reference, Repository};

use super::super::super::asked::Setup;
use super::super::super::files::Files;
use super::super::super::task::Task;
use super::super::carrying::{self, claimed};
use super::super::pointing;
use super::authority::Authority;

/// The repository that each subject is judged as.
pub(super) struct Standing {
    subjects: Vec<Option<Repository>>,
    /// What the capsule says, and nobody else.
    pub(super) unconfirmed: Vec<String>,
}

impl Standing {
    /// A repository that the capsule names counts if the command line names it too. What came out of a layout that
    /// nobody named a repository for is of the one that the command line names.
    pub(super) fn of(record: &Record, authority: &Authority<'_>) -> anyhow::Result<Self> {
        let mut standing = Standing { subjects: Vec::new(), unconfirmed: Vec::new() };
        for index in 0..record.subjects.len() {
            let claimed = claimed(record, index)?;
            let counts = match authority {
                Authority::Capsule => claimed.clone(),
                Authority::Own(gate) => confirmed(claimed.as_ref(), &gate.access.repositories()),
            };
            if let Some(claimed) = claimed.filter(|_| counts.is_none()) {
                standing.unconfirmed.push(claimed.to_string());
            }
            standing.subjects.push(counts);
        }
        standing.unconfirmed.sort();
        standing.unconfirmed.dedup();
        let Authority::Own(gate) = authority else { return Ok(standing) };
        let is_meant = |named: &Repository| standing.subjects.iter().flatten().any(|counts| counts == named);
        match gate.access.repositories().iter().find(|named| !is_meant(named)) {
            Some(named) => {
                let says = standing.unconfirmed.join(", ");
                bail!("no subject of the capsule is of {named}: it says {says}, where that was not named already")
            }
            None => Ok(standing),
        }
    }

    /// Everything to judge, in the order in which it was saved.
    pub(super) fn tasks(
        self,
        record: &Record,
        setup: &Setup,
        authority: &Authority<'_>,
        carried: &Files,
    ) -> anyhow::Result<Vec<Task>> {
        let mut tasks = Vec::new();
        for (index, (subject, stands_for)) in record.subjects.iter().zip(self.subjects).enumerate() {
            let reference = carrying::reference(&subject.reference)?;
            if let Some(path) = record.asked.pointers.get(index) {
                let mut pointer = pointing::read(Path::new(path), &setup.access.evidence_from, &setup.limits, carried)?;
                pointer.expect(&expected(record, setup, authority, stands_for.as_ref())?);
                let is_refused = pointer.target().is_none();
                tasks.push(Task::by(pointer, reference, is_refused, stands_for));
                continue;
            }
            let is_layout = matches!(reference, Reference::Layout { .. });
            let is_bound = subject.stands_for.is_some() && subject.stands_for != record.asked.stands_for;
            tasks.push(Task {
                reference,
                pointer: None,
                is_refused: false,
                require_digest: subject.require_digest,
                bound_as: stands_for.clone().filter(|_| is_layout && is_bound),
                stands_for,
            });
        }
        Ok(tasks)
    }
}

/// The repository that a subject is said to be of, if the command line names it too. Nobody named one for what came out of
/// a layout: then it is the only one that the command line names.
fn confirmed(claimed: Option<&Repository>, named: &[Repository]) -> Option<Repository> {
    match (claimed, named) {
        (Some(claimed), named) => named.contains(claimed).then(|| claimed.clone()),
        (None, [only]) => Some(only.clone()),
        (None, _) => None,
    }
}

/// The repositories that a pointer may name; it never chooses what is judged.
fn expected(
    record: &Record,
    setup: &Setup,
    authority: &Authority<'_>,
    stands_for: Option<&Repository>,
) -> anyhow::Result<Vec<Repository>> {
    let named: Vec<Repository> = match authority {
        Authority::Own(gate) => gate.access.repositories(),
        Authority::Capsule if record.asked.beside_pointer => stands_for.cloned().into_iter().collect(),
        Authority::Capsule => {
            record.asked.repository.as_deref().map(carrying::repository).transpose()?.into_iter().collect()
        }
    };
    let expected = if named.is_empty() { pointing::configured(&setup.loaded)? } else { named };
    if expected.is_empty() {
        bail!(
            "a pointer does not choose what is judged: say which repository it has to name, with --as HOST/REPOSITORY or `[pointer] repositories` in the configuration"
        );
    }
    Ok(expected)
}
