//! A document by itself, without an artifact: what it is, and what is wrong with it as the gate would say it.

use serde_json::Value;

use super::compile::read;
use crate::evidence::bundle::{Bundle, BundleContent};
use crate::evidence::envelope::{Envelope, PAYLOAD_TYPE};
use crate::evidence::statement::{self, Statement};
use crate::evidence::{Content, DocumentKind, document};
use crate::fault::{Fault, FaultCode};
use crate::limits::Limits;

/// What a document is and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckedDocument {
    /// What it is; none if it is of no kind that is known here.
    pub what: Option<String>,
    /// What is wrong with it.
    pub faults: Vec<LocatedFault>,
}

/// A fault and the text that it is in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocatedFault {
    /// JSON pointer of the encoded payload that the fault is in; empty if it is in the document itself.
    pub within: &'static str,
    /// The fault. Its pointer begins at the payload, if it is in one.
    pub fault: Fault,
}

impl CheckedDocument {
    fn of(what: &str, faults: impl IntoIterator<Item = Fault>) -> Self {
        let located = |fault| LocatedFault { within: "", fault };
        CheckedDocument { what: Some(what.to_owned()), faults: faults.into_iter().map(located).collect() }
    }
}

/// Checks a document. The text is the one that the content was parsed from.
pub fn check(content: &Content, text: &[u8], limits: &Limits) -> CheckedDocument {
    const BUNDLE: &str = "Sigstore bundle";
    const ENVELOPE: &str = "DSSE envelope";
    let value = content.value();
    if Bundle::looks_like(value) {
        return match Bundle::read(value.clone()) {
            Err(fault) => CheckedDocument::of(BUNDLE, [fault]),
            Ok(Bundle { signed: BundleContent::Message { .. }, .. }) => CheckedDocument::of(BUNDLE, []),
            Ok(Bundle { signed: BundleContent::Envelope(envelope), .. }) => {
                let places = ("/dsseEnvelope/payloadType", "/dsseEnvelope/payload");
                inside(BUNDLE, &envelope, places, limits)
            }
        };
    }
    if Envelope::looks_like(value) {
        return match Envelope::read(value) {
            Err(fault) => CheckedDocument::of(ENVELOPE, [fault]),
            Ok(envelope) => inside(ENVELOPE, &envelope, ("/payloadType", "/payload"), limits),
        };
    }
    if statement::is_meant(value) {
        let (kind, faults) = check_statement(content, text);
        return CheckedDocument::of(kind.name(), faults);
    }
    // A document of several kinds is judged as each.
    let kinds = document::recognise_content(value);
    if kinds.is_empty() {
        return CheckedDocument::default();
    }
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    CheckedDocument::of(&names.join(", "), kinds.iter().flat_map(|kind| read(*kind, &content.reading(text)).1))
}

/// What an envelope holds has to be a statement: its payload type is what says so, and nothing else is read as one.
fn inside(what: &str, envelope: &Envelope, places: (&'static str, &'static str), limits: &Limits) -> CheckedDocument {
    let (type_at, within) = places;
    if envelope.payload_type != PAYLOAD_TYPE {
        let message = format!("expected the payload type {PAYLOAD_TYPE:?}, found {:?}", envelope.payload_type);
        return CheckedDocument::of(what, [Fault::new(FaultCode::WrongValue, type_at, message)]);
    }
    let payload = envelope.payload.as_slice();
    let in_payload = |fault| LocatedFault { within, fault };
    let what = Some(what.to_owned());
    match Content::parse(payload, limits.json_depth, document::kind_of_statement) {
        Err(error) => {
            let fault = Fault::new(FaultCode::Unreadable, "", error.to_string());
            CheckedDocument { what, faults: vec![in_payload(fault)] }
        }
        Ok(content) => {
            let (kind, faults) = check_statement(&content, payload);
            let what = what.map(|what| format!("{what} that holds: {}", kind.name()));
            CheckedDocument { what, faults: faults.into_iter().map(in_payload).collect() }
        }
    }
}

/// First the frame, by the same reader as the gate's, then the predicate by its kind.
fn check_statement(content: &Content, text: &[u8]) -> (DocumentKind, Vec<Fault>) {
    let value = content.value();
    let predicate_type = value.get("predicateType").and_then(Value::as_str);
    let is_recognised = statement::recognise(value);
    let kind = document::recognise_content(value).first().copied();
    let kind = kind.filter(|_| is_recognised && predicate_type.is_some()).unwrap_or(DocumentKind::Statement);
    let frame = Statement::read(value).err().map(|error| error.fault());
    let no_predicate = statement::predicate_fault(value);
    let mut faults = Vec::new();
    // What is no predicate at all lacks none of its fields.
    if is_recognised && no_predicate.is_none() {
        let (prefix, part) = content.reading(text).part(kind.spec().in_statement);
        let (_, defects) = read(kind, &part);
        let moved = defects.into_iter().map(|fault| Fault { pointer: format!("{prefix}{}", fault.pointer), ..fault });
        // Where the frame's reader has said what is wrong with it, a schema of the whole would say it again.
        faults.extend(moved.filter(|fault| frame.is_none() || fault.pointer.starts_with("/predicate/")));
    }
    faults.extend(frame.into_iter().chain(no_predicate));
    (kind, faults)
}

#[cfg(test)]
mod tests;
