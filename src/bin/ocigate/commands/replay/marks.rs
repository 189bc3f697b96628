//! From a saved run to what its report says besides.

use std::path::Path;

use ocigate::capsule::Capsule;
use ocigate::report::{Difference, Relaxation, RelaxationCode, ReplayedRun};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::super::marks::Marks;
use super::authority::Authority;
use super::standing::Standing;

/// What the report says besides. It is judged at a time, which the command line set or did not.
pub(super) fn marks(
    capsule: &Capsule,
    path: &Path,
    authority: &Authority<'_>,
    (at, is_set): (OffsetDateTime, bool),
    standing: &Standing,
) -> Marks {
    let record = capsule.record();
    let mut relaxations = vec![Relaxation::new(
        RelaxationCode::CapsuleWord,
        "what was listed, where tags pointed and that layers of data were there whole is the word of whoever saved it",
    )];
    let at_time = |message: String| Relaxation::new(RelaxationCode::CapsuleTime, message);
    let time = |time: OffsetDateTime| time.format(&Rfc3339).unwrap_or_default();
    let mut differences = Vec::new();
    let mut differ = |what, here: Option<String>, carried| differences.push(Difference { what, here, carried });
    let mut notes = Vec::new();
    let saved = time(record.now);
    match (at == record.now, is_set) {
        (true, true) => {
            relaxations.push(at_time(format!("it is judged as of the time when it was saved, {saved} (--now)")))
        }
        (true, false) => relaxations.push(at_time(format!("it is judged at its own time, {saved} (else give --now)"))),
        (false, _) => differ("time", Some(time(at)), Some(saved.clone())),
    }
    if at != record.now && !is_set {
        notes.push(format!("the capsule was saved as of {saved}: to judge it as of then, give --now {saved}"));
    }
    let is_trusted = match authority {
        Authority::Capsule => {
            let own = "trust, policies, configuration and repository are its own (--trust-from-capsule)";
            relaxations.push(Relaxation::new(RelaxationCode::CapsuleTrust, own));
            true
        }
        Authority::Own(gate) => {
            let named = gate.access.repositories().into_iter().map(|named| named.to_string());
            let more = named.filter(|named| Some(named) != record.asked.stands_for.as_ref());
            relaxations.extend(more.map(|named| {
                Relaxation::new(
                    RelaxationCode::CapsuleStandsFor,
                    format!("its subjects are judged as of {named} (--as)"),
                )
            }));
            false
        }
    };
    if !standing.unconfirmed.is_empty() {
        let here = match authority {
            Authority::Own(gate) => gate.access.repositories().iter().map(ToString::to_string).collect::<Vec<_>>(),
            Authority::Capsule => Vec::new(),
        };
        let here = (!here.is_empty()).then(|| here.join(", "));
        differ("repository", here, Some(standing.unconfirmed.join(", ")));
    }
    let version = env!("CARGO_PKG_VERSION");
    if record.ocigate != version {
        differ("version of ocigate", Some(version.to_owned()), Some(record.ocigate.clone()));
    }
    let replayed = ReplayedRun {
        path: path.display().to_string(),
        digest: capsule.digest().clone(),
        saved_by: record.ocigate.clone(),
        is_trusted,
        differences,
    };
    Marks { relaxations, notes, replayed, policies: record.policies.clone() }
}
