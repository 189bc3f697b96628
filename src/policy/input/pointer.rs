//! What a distribution pointer says, for the rule that holds it against the subject.

use serde_json::{Map, Value, json};

use super::relations;
use crate::fault::Fault;
use crate::pointer::{ListedFile, ListedReferrer, LocatedValue, Pointer, Slot};
use crate::relations::pointed::PointerDifference;

pub(super) fn pointer(pointer: &Pointer, differences: &[PointerDifference]) -> Value {
    json!({
        "name": pointer.name,
        "digest": pointer.digest.to_string(),
        "shapes": pointer.shapes.iter().map(|shape| shape.name()).collect::<Vec<_>>(),
        "repository": stated(pointer.repository.as_ref()),
        "subject": stated(pointer.subject.as_ref()),
        "artifact_type": stated(pointer.artifact_type.as_ref()),
        "media_types": all(&pointer.media_types),
        "files": pointer.files.iter().map(file).collect::<Vec<_>>(),
        "file_list": pointer.file_list,
        "referrers": slots(pointer),
        "requires_signature": pointer.requires_signature,
        "expected_signer": stated(pointer.expected_signer.as_ref()),
        "faults": faults(&pointer.faults),
        "unread": all(&pointer.unread),
        "differences": differences.iter().map(relations::difference).collect::<Vec<_>>(),
    })
}

/// A value with its place, or null.
fn stated<T: ToString>(stated: Option<&LocatedValue<T>>) -> Value {
    stated.map_or(Value::Null, |stated| json!({"value": stated.value.to_string(), "pointer": stated.pointer}))
}

fn all(entries: &[LocatedValue<String>]) -> Vec<Value> {
    entries.iter().map(|entry| stated(Some(entry))).collect()
}

fn file(file: &ListedFile) -> Value {
    json!({
        "path": stated(Some(&file.path)),
        "media_type": stated(file.media_type.as_ref()),
        "size": file.size.as_ref().map(|size| json!({"value": size.value, "pointer": size.pointer})),
        "digest": stated(file.digest.as_ref()),
    })
}

/// What is wrong with a document or a pointer.
pub(super) fn faults(faults: &[Fault]) -> Vec<Value> {
    let fault = |fault: &Fault| json!({"pointer": fault.pointer, "code": fault.code.name(), "message": fault.message});
    faults.iter().map(fault).collect()
}

fn slots(pointer: &Pointer) -> Map<String, Value> {
    let items = |slot: Slot| {
        let named = pointer.referrers.iter().filter(move |named| named.slot == slot);
        let repository = |named: &ListedReferrer| named.repository.as_ref().map(ToString::to_string);
        let item = |named: &ListedReferrer| {
            let repository = repository(named);
            json!({"value": named.digest.to_string(), "pointer": named.pointer, "repository": repository})
        };
        named.map(item).collect()
    };
    Slot::NAMES.iter().map(|(name, slot)| ((*name).to_owned(), items(*slot))).collect()
}
