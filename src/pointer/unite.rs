//! From all mentions in a file to one pointer: they have to mean one artifact.

use super::block::Mention;
use super::said::{ListedReferrer, LocatedValue, Pointer, Slot, agreed};
use crate::fault::{Fault, FaultCode};
use crate::oci::Repository;

/// Faults and fields that are told.
const TOLD: usize = 50;
/// Characters of a message.
const LENGTH: usize = 600;

/// Puts all mentions together.
pub(super) fn unite(mut pointer: Pointer, mentions: Vec<Mention>, evidence_from: &[Repository]) -> Pointer {
    if mentions.is_empty() {
        let message = "expected a distribution pointer, found none: for example `distribution.oci.subject` with \
                       `oci://HOST/REPOSITORY@sha256:<64 hex characters>`";
        pointer.faults.push(Fault::new(FaultCode::Missing, "", message));
        return pointer;
    }
    let provenance: Vec<Mention> = mentions.iter().filter(|mention| mention.is_provenance).cloned().collect();
    let (mut subjects, mut repositories) = (Vec::new(), Vec::new());
    for mention in mentions {
        pointer.shapes.push(mention.shape);
        pointer.faults.extend(mention.faults);
        pointer.unread.extend(mention.unread);
        if mention.is_provenance {
            continue;
        }
        subjects.extend(mention.subject);
        repositories.extend(mention.repository);
        pointer.tag = pointer.tag.or(mention.tag);
        pointer.artifact_type =
            agreed("artifact type", pointer.artifact_type, mention.artifact_type, &mut pointer.faults);
        pointer.expected_signer =
            agreed("signer", pointer.expected_signer, mention.expected_signer, &mut pointer.faults);
        pointer.media_types.extend(mention.media_type);
        pointer.files.extend(mention.files);
        pointer.file_list = pointer.file_list.or(mention.file_list);
        pointer.referrers.extend(mention.referrers);
        pointer.requires_signature = pointer.requires_signature.or(mention.requires_signature);
    }
    pointer.shapes.sort();
    pointer.shapes.dedup();
    pointer.subject = one("subject", subjects, &mut pointer.faults);
    pointer.repository = one("repository", repositories, &mut pointer.faults);
    refer(&mut pointer, provenance);
    same_repository(&mut pointer, evidence_from);
    pointer.faults.truncate(TOLD);
    pointer.faults.iter_mut().for_each(|fault| shorten(&mut fault.message));
    pointer.unread.truncate(TOLD);
    pointer
}

/// Cuts a message that quotes too much.
fn shorten(message: &mut String) {
    if let Some((end, _)) = message.char_indices().nth(LENGTH) {
        message.truncate(end);
        message.push('…');
    }
}

/// The one value that all mentions have; a fault for each that has another, and then none.
fn one<T: PartialEq + std::fmt::Display>(
    noun: &str,
    all: Vec<LocatedValue<T>>,
    faults: &mut Vec<Fault>,
) -> Option<LocatedValue<T>> {
    let mut all = all.into_iter();
    let first = all.next()?;
    let others: Vec<LocatedValue<T>> = all.filter(|other| other.value != first.value).collect();
    if others.is_empty() {
        return Some(first);
    }
    faults.extend(others.into_iter().map(|other| {
        let message = format!(
            "the file names the {noun} {} here and {} at {}: one pointer, one subject",
            other.value, first.value, first.pointer
        );
        Fault::new(FaultCode::Contradiction, other.pointer, message)
    }));
    None
}

/// A `provenance_ref` that names the subject means its referrers; any other names a provenance.
fn refer(pointer: &mut Pointer, provenance: Vec<Mention>) {
    for mention in provenance {
        let Some(digest) = mention.subject else { continue };
        let is_subject = pointer.subject.as_ref().is_some_and(|subject| subject.value == digest.value);
        let is_known = pointer.referrers.iter().any(|named| named.digest == digest.value);
        if !is_subject && !is_known {
            pointer.referrers.push(ListedReferrer {
                slot: Slot::Provenance,
                digest: digest.value,
                repository: mention.repository.map(|repository| repository.value),
                pointer: mention.pointer,
            });
        }
    }
}

/// A referrer lies in its subject's repository, or in one that was named as a place of evidence.
fn same_repository(pointer: &mut Pointer, evidence_from: &[Repository]) {
    let Some(own) = &pointer.repository else { return };
    let elsewhere = pointer.referrers.iter().filter_map(|named| {
        let other = named.repository.as_ref().filter(|other| **other != own.value && !evidence_from.contains(other))?;
        let message = format!(
            "{}: expected a referrer in the subject's repository {}, found one in {other}",
            named.slot.name(),
            own.value
        );
        Some(Fault::new(FaultCode::OtherRepository, named.pointer.clone(), message))
    });
    pointer.faults.extend(elsewhere);
}
