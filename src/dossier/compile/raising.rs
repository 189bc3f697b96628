//! What raises demands although it counts for nothing: labels, CARE records and authorities of what nobody vouches for.

use serde_json::Value;

use super::Compiler;
use crate::dossier::{Document, Item};
use crate::evidence::claims::{Claim, ClaimRole, PayloadDocument};
use crate::evidence::{Content, DocumentKind, Evidence, Form, document, statement};

/// Levels and members of a statement's `subject` that are looked at.
const DEPTH: usize = 8;

impl Compiler<'_> {
    /// The labels and the CARE records of a payload about the subject for whose signature nobody here vouches. Attached
    /// without a signature they would raise demands and refuse, so with a stranger's they do. They satisfy nothing, and
    /// nothing else of the payload is taken in.
    pub(super) fn only_raising(&self, item: &Item) -> Option<Document> {
        let Form::Signed(material) = &item.evidence.form else { return None };
        let envelope = material.envelope().filter(|_| item.standing.proofs.is_empty())?;
        let payload = envelope.payload.as_slice();
        let kind = |value: &Value| self.payload_kind(value);
        let content = Content::parse(payload, self.by.limits.json_depth, kind).ok()?;
        self.raising(&item.evidence, payload, &content, kind(content.value()))
    }

    fn payload_kind(&self, value: &Value) -> DocumentKind {
        match statement::recognise(value) {
            true => self.vocabulary.predicates.kind_of(value),
            false => document::only_kind(value),
        }
    }

    /// What raises in a payload, if it is about the subject: all of it that is read, also what it does not say of the
    /// subject. A statement is about what it names, also where it is not well-formed.
    pub(super) fn raising(
        &self,
        evidence: &Evidence,
        payload: &[u8],
        content: &Content,
        kind: DocumentKind,
    ) -> Option<Document> {
        let value = content.value();
        let is_statement = statement::recognise(value);
        if is_statement && self.check_statement(value).is_err() && !self.names_subject(value) {
            return None;
        }
        let content = content.clone().fit_for(kind, payload, self.by.limits.json_depth).ok()?;
        let reading = content.reading(payload);
        let read = match is_statement {
            true => self.read_statement(kind, &reading),
            false => self.read_document(kind, &reading, PayloadDocument::of(content.value(), kind)),
        };
        let claims = raising_only(read.claims);
        let payload = Some(payload.to_vec());
        (!claims.is_empty()).then(|| Document { payload, claims, ..Self::blank(evidence) })
    }

    /// Whether what a statement calls its subject has the digest of ours somewhere.
    fn names_subject(&self, statement: &Value) -> bool {
        let ours: Vec<&str> = self.graph.subject.digests.iter().map(|digest| digest.hex()).collect();
        let members = statement.as_object().into_iter().flatten();
        members.filter(|(key, _)| key.eq_ignore_ascii_case("subject")).any(|(_, subject)| holds(subject, &ours, DEPTH))
    }
}

/// Whether one of these texts stands in a value, as a text or in one.
fn holds(value: &Value, texts: &[&str], depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    match value {
        Value::String(text) => {
            let text = text.to_ascii_lowercase();
            texts.iter().any(|ours| text.contains(ours))
        }
        Value::Array(items) => items.iter().any(|item| holds(item, texts, depth)),
        Value::Object(object) => object.values().any(|member| holds(member, texts, depth)),
        _ => false,
    }
}

/// Those of the claims that raise a demand or refuse, said of nothing that could satisfy one.
pub(super) fn raising_only(claims: Vec<Claim>) -> Vec<Claim> {
    let raising = claims
        .into_iter()
        .filter(|claim| matches!(claim.role, ClaimRole::Sensitivity | ClaimRole::Care | ClaimRole::Authority));
    raising.map(|claim| Claim { of_subject: false, ..claim }).collect()
}
