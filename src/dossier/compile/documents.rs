//! What documents there are about the subject, what each says, and who stands behind it.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::Compiler;
use super::raising::raising_only;
use super::vouching::Vouching;
use crate::dossier::{Document, Item};
use crate::evidence::claims::{self, Claim, PayloadDocument};
use crate::evidence::description::{self, Description};
use crate::evidence::document::reading::DocumentValue;
use crate::evidence::statement::Statement;
use crate::evidence::{Class, Content, DocumentKind, Evidence, Facts, Form, Reading, document, statement};
use crate::fault::Fault;
use crate::graph::{LayerState, Link};
use crate::oci::Digest;
use crate::schema;
use crate::trust::{SIGN_PREDICATE, Signer};
use crate::verify::{Proof, Refusal, SignedContent, Step, names};

/// What was read of one document.
pub(super) struct DocumentReading {
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
                documents.extend(self.own_documents(&mut item.evidence, &subject_signers));
                continue;
            }
            match self.contained_documents(&mut item.evidence, vouching) {
                // What somebody left among the blobs may raise demands, and satisfies none unless it is proven.
                Ok(contained) if item.evidence.link == Link::Unlisted => {
                    documents.extend(contained.into_iter().filter_map(unless_attached));
                }
                Ok(contained) => documents.extend(contained),
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
            content: Arc::new(content),
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
            content: Arc::new(Content::default()),
            is_only_summarised: false,
            payload: None,
            defects: Vec::new(),
            facts: Facts::default(),
            description: Description::default(),
            claims: Vec::new(),
        }
    }

    /// The documents that a referrer's layer is, one for each of its kinds, with the signers who vouch for its manifest and
    /// may sign that kind. Each is judged by itself: what its signer may not sign is attached.
    fn contained_documents(
        &self,
        evidence: &mut Evidence,
        vouching: &Vouching<'_>,
    ) -> Result<Vec<Document>, (Refusal, Option<Box<Document>>)> {
        let Form::Document { kinds, declared, content } = &mut evidence.form else { return Ok(Vec::new()) };
        let (kinds, declared, content) = (kinds.clone(), *declared, Arc::new(std::mem::take(content)));
        let main = kinds.first().copied().unwrap_or(DocumentKind::Unknown);
        let is_statement = statement::recognise(content.value());
        if is_statement && let Err(refusal) = self.check_statement(content.value()) {
            let raising = match self.graph.layers.get(&evidence.document) {
                Some(LayerState::Read(text)) => self.raising(evidence, text, &content, main),
                _ => None,
            };
            return Err((refusal, raising.map(Box::new)));
        }
        let predicate_type =
            content.value().get("predicateType").and_then(Value::as_str).filter(|_| is_statement).map(str::to_owned);
        let is_contained = evidence.link.is_referrer() || evidence.link == Link::IndexEntry;
        let entries = vouching.get(&evidence.manifest).filter(|_| is_contained).map_or(&[][..], Vec::as_slice);
        let text = match self.graph.layers.get(&evidence.document) {
            Some(LayerState::Read(text)) => text.as_slice(),
            _ => &[],
        };
        let document = |kind: DocumentKind| {
            let read = match is_statement {
                true => self.read_statement(kind, &content.reading(text)),
                false => self.read_document(kind, &content.reading(text), PayloadDocument::of(content.value(), kind)),
            };
            Document {
                kind,
                declared,
                signers: self.who_may_sign(entries, kind, predicate_type.as_deref()),
                predicate_type: predicate_type.clone(),
                content: Arc::clone(&content),
                facts: read.facts,
                description: read.description,
                defects: read.defects,
                claims: read.claims,
                ..Self::blank(evidence)
            }
        };
        Ok(kinds.into_iter().map(document).collect())
    }

    /// The documents that a layer of the subject itself is, with those signers of the subject who may sign their kinds.
    /// Provenance, a run manifest or an SBOM of other bytes is content like any other, and no word about the subject.
    fn own_documents(&self, evidence: &mut Evidence, signers: &[&Signer]) -> Vec<Document> {
        let layers = self.graph.subject.manifest.layers();
        let is_ours =
            |digest: &Digest| self.graph.is_about_subject(digest) || layers.iter().any(|layer| layer.digest == *digest);
        let own = |document: Document| {
            let outputs = &document.facts.outputs;
            let is_of_other_bytes = !outputs.is_empty() && !outputs.iter().any(|output| is_ours(&output.digest));
            let is_metadata = document.kind.class() == Class::Metadata;
            let signers = self.who_may_sign(signers, document.kind, document.predicate_type.as_deref());
            (is_metadata || !is_of_other_bytes).then_some(Document { signers, ..document })
        };
        let contained = self.contained_documents(evidence, &Vouching::new()).unwrap_or_default();
        contained.into_iter().filter_map(own).collect()
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
        if self.is_about_ours(&read).map_err(refusal)? {
            return Ok(());
        }
        let found: Vec<String> =
            read.subjects.iter().flat_map(|entry| &entry.digests).take(4).map(ToString::to_string).collect();
        let expected = &subject.descriptor.digest;
        Err(refusal(format!("its statement is about {}, expected {expected}", found.join(", "))))
    }

    /// Whether a statement is about the subject, the index that it was reached through, or a layer of the subject. The
    /// error says which entry contradicts itself.
    fn is_about_ours(&self, statement: &Statement) -> Result<bool, String> {
        let subject = &self.graph.subject;
        let entries = statement.subjects.as_slice();
        let mut is_ours = names(entries, &subject.digests, Some(&subject.bytes))?;
        if let Some(through) = &self.graph.through {
            is_ours |= names(entries, &through.digests, Some(&through.bytes))?;
        }
        let mut named: BTreeSet<&Digest> = entries.iter().flat_map(|entry| &entry.digests).collect();
        for layer in subject.manifest.layers().iter().filter(|layer| named.remove(&&layer.digest)) {
            // Of a layer that was not read, only its own digest is known.
            let bytes = match self.graph.layers.get(&layer.digest) {
                Some(LayerState::Read(bytes)) => Some(bytes.as_slice()),
                _ => None,
            };
            is_ours |= names(entries, std::slice::from_ref(&layer.digest), bytes)?;
        }
        Ok(is_ours)
    }

    pub(super) fn read_document(
        &self,
        kind: DocumentKind,
        reading: &Reading<'_>,
        place: PayloadDocument<'_>,
    ) -> DocumentReading {
        let (facts, defects) = read(kind, reading);
        let (content, tables) = (reading.value(), (&self.vocabulary.fields, &self.vocabulary.labels));
        let claims = claims::claims(kind, place, &facts, tables.0, tables.1);
        let description = description::describe(kind, content, &facts, tables);
        DocumentReading { facts, description, defects, claims }
    }

    /// A statement's predicate is the document; all pointers begin at the statement.
    pub(super) fn read_statement(&self, kind: DocumentKind, statement: &Reading<'_>) -> DocumentReading {
        let (prefix, part) = statement.part(kind.spec().in_statement);
        let mut read = self.read_document(kind, &part, PayloadDocument::of(statement.value(), kind));
        read.defects.iter_mut().for_each(|defect| defect.pointer.insert_str(0, prefix));
        // What is no predicate at all lacks none of its fields.
        if let Some(fault) = statement::predicate_fault(statement.value()) {
            read.defects = vec![fault];
        }
        let description = std::mem::take(&mut read.description).under(prefix);
        // What a statement of no kind here says is said by the statement itself.
        let facts = match prefix {
            "" => std::mem::take(&mut read.facts),
            _ if statement::recognise(part.value()) => Facts::default(),
            prefix => document::under(prefix, std::mem::take(&mut read.facts)),
        };
        DocumentReading { facts, description, ..read }
    }
}

/// What a document says, and what is wrong with it by its schema and its own logic.
pub fn read(kind: DocumentKind, reading: &Reading<'_>) -> (Facts, Vec<Fault>) {
    let schema = (kind.spec().schema)(reading.value());
    // What is not in the tree is held against the schema while it is gone through.
    let elements = RefCell::new(schema.map(schema::ElementChecker::of));
    let seen = |list: &str, at: &DocumentValue<'_>| {
        if let Some(elements) = elements.borrow_mut().as_mut() {
            elements.check(list, at.value, || at.pointer());
        }
    };
    let facts = document::facts_of(kind, &reading.clone().observed(&seen));
    let mut defects = elements.take().map(|elements| elements.validate(reading.value())).unwrap_or_default();
    defects.extend(facts.faults.iter().cloned());
    (facts, defects)
}

/// A proven document as it is; of any other what raises.
fn unless_attached(document: Document) -> Option<Document> {
    if document.is_proven() {
        return Some(document);
    }
    let claims = raising_only(document.claims);
    (!claims.is_empty()).then(|| Document {
        kind: DocumentKind::Unknown,
        declared: None,
        predicate_type: None,
        content: Arc::new(Content::default()),
        defects: Vec::new(),
        facts: Facts::default(),
        description: Description::default(),
        claims,
        ..document
    })
}
