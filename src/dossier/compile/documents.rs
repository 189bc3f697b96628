//! What documents there are about the subject, what each says, and who stands behind it.

use std::cell::RefCell;

use serde_json::Value;

use super::Compiler;
use super::vouching::Vouching;
use crate::dossier::{Document, Item};
use crate::evidence::claims::{self, Claim, Place};
use crate::evidence::description::{self, Description};
use crate::evidence::document::reading::At;
use crate::evidence::statement::Statement;
use crate::evidence::{Class, Content, DocumentKind, Evidence, Facts, Form, Reading, document, statement};
use crate::fault::Fault;
use crate::graph::{LayerState, Link};
use crate::oci::Digest;
use crate::schema;
use crate::trust::{SIGN_PREDICATE, Signer};
use crate::verify::{Proof, Refusal, SignedContent, Step};

/// What was read of one document.
pub(super) struct Read {
    facts: Facts,
    description: Description,
    defects: Vec<Fault>,
    pub(super) claims: Vec<Claim>,
}

impl Compiler<'_> {
    pub(super) fn documents(&self, items: &mut [Item], vouching: &Vouching<'_>) -> Vec<Document> {
        let mut documents = Vec::new();
        let subject_signers = self.subject_signers(items);
        for item in items.iter_mut().filter(|item| self.graph.is_about_subject(&item.evidence.about)) {
            let proofs = item.standing.proofs.iter();
            documents.extend(proofs.filter_map(|proof| self.stated_document(&item.evidence, proof)));
            documents.extend(self.only_raising(item));
            if item.evidence.link == Link::OwnLayer {
                documents.extend(self.own_document(&mut item.evidence, &subject_signers));
                continue;
            }
            match self.contained_document(&mut item.evidence, vouching) {
                Ok(document) => documents.extend(document),
                Err((refusal, raising)) => {
                    item.standing.refusals.push(refusal);
                    documents.extend(raising.map(|document| *document));
                }
            }
        }
        documents.sort_by(|a: &Document, b: &Document| {
            (!a.is_proven(), a.kind, &a.document, &a.manifest).cmp(&(!b.is_proven(), b.kind, &b.document, &b.manifest))
        });
        documents
    }

    /// The document that a proven statement about the subject states.
    fn stated_document(&self, evidence: &Evidence, proof: &Proof) -> Option<Document> {
        let SignedContent::Statement { predicate_type, statement, payload } = proof.content() else { return None };
        let kind = self.vocabulary.predicates.kind(predicate_type);
        if predicate_type == SIGN_PREDICATE {
            return self.raising(evidence, payload, statement, kind);
        }
        let content = statement.clone().fit_for(kind, payload, self.by.limits.json_depth).ok()?;
        let read = self.read_statement(kind, &content.reading(payload));
        Some(Document {
            kind,
            predicate_type: Some(predicate_type.clone()),
            signers: vec![proof.signer().to_owned()],
            content,
            payload: Some(payload.clone()),
            declared: Some(kind.class()).filter(|class| *class != Class::Other),
            defects: read.defects,
            facts: read.facts,
            description: read.description,
            claims: read.claims,
            ..Self::blank(evidence)
        })
    }

    pub(super) fn blank(evidence: &Evidence) -> Document {
        Document {
            kind: DocumentKind::Unknown,
            document: evidence.document.clone(),
            manifest: evidence.manifest.clone(),
            title: evidence.title.clone(),
            media_type: evidence.media_type.clone(),
            artifact_type: evidence.artifact_type.clone(),
            declared: None,
            predicate_type: None,
            signers: Vec::new(),
            content: Content::default(),
            is_only_summarised: false,
            payload: None,
            defects: Vec::new(),
            facts: Facts::default(),
            description: Description::default(),
            claims: Vec::new(),
        }
    }

    /// The document that a referrer's layer is, with the signers who vouch for its manifest and may sign its kind.
    fn contained_document(
        &self,
        evidence: &mut Evidence,
        vouching: &Vouching<'_>,
    ) -> Result<Option<Document>, (Refusal, Option<Box<Document>>)> {
        let Form::Document { kind, declared, content } = &mut evidence.form else { return Ok(None) };
        let (kind, declared, content) = (*kind, *declared, std::mem::take(content));
        let is_statement = statement::recognise(content.value());
        if is_statement && let Err(refusal) = self.check_statement(content.value()) {
            let raising = match self.graph.layers.get(&evidence.document) {
                Some(LayerState::Read(text)) => self.raising(evidence, text, &content, kind),
                _ => None,
            };
            return Err((refusal, raising.map(Box::new)));
        }
        let predicate_type =
            content.value().get("predicateType").and_then(Value::as_str).filter(|_| is_statement).map(str::to_owned);
        let is_contained = matches!(evidence.link, Link::Subject | Link::IndexEntry);
        let entries = vouching.get(&evidence.manifest).filter(|_| is_contained).map_or(&[][..], Vec::as_slice);
        let signers = self.who_may_sign(entries, kind, predicate_type.as_deref());
        let text = match self.graph.layers.get(&evidence.document) {
            Some(LayerState::Read(text)) => text.as_slice(),
            _ => &[],
        };
        let read = match is_statement {
            true => self.read_statement(kind, &content.reading(text)),
            false => self.read_document(kind, &content.reading(text), Place::of(content.value(), kind)),
        };
        Ok(Some(Document {
            kind,
            declared,
            signers,
            predicate_type,
            content,
            facts: read.facts,
            description: read.description,
            defects: read.defects,
            claims: read.claims,
            ..Self::blank(evidence)
        }))
    }

    /// The document that a layer of the subject itself is, with those signers of the subject who may sign its kind.
    /// Provenance, a run manifest or an SBOM of other bytes is content like any other, and no word about the subject.
    fn own_document(&self, evidence: &mut Evidence, signers: &[&Signer]) -> Option<Document> {
        let document = self.contained_document(evidence, &Vouching::new()).ok().flatten()?;
        let layers = self.graph.subject.manifest.layers();
        let is_ours =
            |digest: &Digest| self.graph.is_about_subject(digest) || layers.iter().any(|layer| layer.digest == *digest);
        let outputs = &document.facts.outputs;
        let is_of_other_bytes = !outputs.is_empty() && !outputs.iter().any(|output| is_ours(&output.digest));
        let is_metadata = document.kind.class() == Class::Metadata;
        let signers = self.who_may_sign(signers, document.kind, document.predicate_type.as_deref());
        (is_metadata || !is_of_other_bytes).then_some(Document { signers, ..document })
    }

    /// A statement that nobody signed is about what it says it is about, and that has to be the subject or
    /// content of it.
    pub(super) fn check_statement(&self, content: &Value) -> Result<(), Refusal> {
        let refusal = |reason: String| Refusal {
            step: Step::Target,
            reason,
            claimed_type: content.get("predicateType").and_then(Value::as_str).map(str::to_owned),
        };
        let read = Statement::read(content).map_err(|error| refusal(format!("not an in-toto statement: {error}")))?;
        let subject = &self.graph.subject;
        let is_ours = |digest: &Digest| {
            self.graph.is_about_subject(digest) || subject.manifest.layers().iter().any(|layer| layer.digest == *digest)
        };
        if read.subjects.iter().flat_map(|entry| &entry.digests).any(is_ours) {
            return Ok(());
        }
        let found: Vec<String> =
            read.subjects.iter().flat_map(|entry| &entry.digests).take(4).map(ToString::to_string).collect();
        let expected = &subject.descriptor.digest;
        Err(refusal(format!("its statement is about {}, expected {expected}", found.join(", "))))
    }

    pub(super) fn read_document(&self, kind: DocumentKind, reading: &Reading<'_>, place: Place<'_>) -> Read {
        let (facts, defects) = read(kind, reading);
        let (content, tables) = (reading.value(), (&self.vocabulary.fields, &self.vocabulary.labels));
        let claims = claims::claims(kind, place, &facts, tables.0, tables.1);
        let description = description::describe(kind, content, &facts, tables);
        Read { facts, description, defects, claims }
    }

    /// A statement's predicate is the document; all pointers begin at the statement.
    pub(super) fn read_statement(&self, kind: DocumentKind, statement: &Reading<'_>) -> Read {
        let (prefix, part) = statement.part(kind);
        let mut read = self.read_document(kind, &part, Place::of(statement.value(), kind));
        read.defects.iter_mut().for_each(|defect| defect.pointer.insert_str(0, prefix));
        let description = std::mem::take(&mut read.description).under(prefix);
        // What a statement of no kind here says is said by the statement itself.
        let facts = match prefix {
            "" => std::mem::take(&mut read.facts),
            _ if statement::recognise(part.value()) => Facts::default(),
            prefix => document::under(prefix, std::mem::take(&mut read.facts)),
        };
        Read { facts, description, ..read }
    }
}

/// What a document says, and what is wrong with it by its schema and its own logic.
pub fn read(kind: DocumentKind, reading: &Reading<'_>) -> (Facts, Vec<Fault>) {
    let schema = document::schema(kind, reading.value());
    // What is not in the tree is held against the schema while it is gone through.
    let elements = RefCell::new(schema.map(schema::Elements::of));
    let seen = |list: &str, at: &At<'_>| {
        if let Some(elements) = elements.borrow_mut().as_mut() {
            elements.check(list, at.value, || at.pointer());
        }
    };
    let facts = document::facts_of(kind, &reading.clone().observed(&seen));
    let mut defects = elements.take().map(|elements| elements.validate(reading.value())).unwrap_or_default();
    defects.extend(facts.faults.iter().cloned());
    (facts, defects)
}
