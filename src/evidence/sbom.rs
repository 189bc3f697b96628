//! What the readers of SBOMs share.

use std::collections::BTreeSet;

use crate::fault::{Fault, FaultCode};
use crate::oci::json::JsonError;

/// Described elements, and distinct licences, that a summary lists.
pub(super) const LISTED: usize = 100;

/// The fault of a document that could not be gone through to its end.
pub(super) fn unread(error: JsonError) -> Fault {
    Fault::new(FaultCode::Unreadable, "", format!("expected the text that was parsed before, found: {error}"))
}

/// Keeps the first of all different texts, in their order.
pub(super) fn list_first(listed: &mut BTreeSet<String>, text: &str) {
    if listed.contains(text) || (listed.len() >= LISTED && listed.last().is_some_and(|last| last.as_str() < text)) {
        return;
    }
    listed.insert(text.to_owned());
    if listed.len() > LISTED {
        listed.pop_last();
    }
}
