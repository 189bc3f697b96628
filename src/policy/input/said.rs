//! What documents and annotations state, with its places.

use serde_json::{Value, json};

use crate::evidence::claims::{Claim, ClaimRole};
use crate::evidence::{StatedText, licence};

pub(super) fn stated(entries: &[StatedText]) -> Vec<Value> {
    entries.iter().map(|entry| json!({"value": entry.value, "pointer": entry.pointer})).collect()
}

pub(super) fn claims(claims: &[Claim]) -> Vec<Value> {
    claims.iter().map(claim).collect()
}

pub(super) fn claim(claim: &Claim) -> Value {
    let mut value = json!({
        "role": claim.role.name(),
        "field": claim.field,
        "value": claim.value,
        "pointer": claim.pointer,
        "rank": claim.rank,
        "listed": claim.listed,
        "of_subject": claim.of_subject,
        "valid": licence::validity(claim),
    });
    if let (ClaimRole::Licence, Some(text), Some(fields)) = (claim.role, claim.value.as_str(), value.as_object_mut()) {
        fields.insert("alternatives".to_owned(), json!(licence::alternatives(text)));
        fields.insert("suggestion".to_owned(), json!(licence::suggestion(text)));
    }
    value
}
