//! From evidence to standings: verifies what is signed, and says of every document whether it is proven.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde_json::Value;

use super::requirements::{self, RequirementState};
use super::{Document, Dossier, Item, ReferrerClaims, Standing, TrustSummary, Vocabulary};
use crate::demands::Demands;
use crate::evidence::claims::{self, Claim};
use crate::evidence::description::{self, Description};
use crate::evidence::document::reading::At;
use crate::evidence::statement::Statement;
use crate::evidence::{Class, Content, DocumentKind, Evidence, Facts, Form, Reading, document, statement};
use crate::graph::children::Through;
use crate::graph::{LayerState, Link, Node, ReferrerGraph};
use crate::oci::media_type;
use crate::oci::{Descriptor, Digest};
use crate::schema::{self, Defect};
use crate::trust::{RepositoryPermission, SIGN_PREDICATE, Signer, Trust};
use crate::verify::{self, By, Outcome, Proof, Refusal, SignedContent, Step, Target, Unchecked};

pub(super) fn counts_as_signature(predicate_type: &str, others: &[String]) -> bool {
    predicate_type == SIGN_PREDICATE || others.iter().any(|other| other == predicate_type)
}

impl Dossier {
    /// Verifies what is signed, and says of every document where it stands.
    pub fn compile(
        graph: ReferrerGraph,
        evidence: Vec<Evidence>,
        by: By<'_>,
        demands: &Demands,
        vocabulary: &Vocabulary,
    ) -> Self {
        let compiler = Compiler { graph: &graph, trust: by.trust, by, demands, vocabulary };
        let mut items: Vec<Item> = evidence.into_iter().map(|evidence| compiler.item(evidence)).collect();
        let vouching = compiler.vouching(&items);
        let documents = compiler.documents(&mut items, &vouching);
        let referrers = compiler.referrers(&items, &vouching);
        let subject_claims = compiler.annotation_claims(&graph.subject.manifest.annotations, "");
        let layer_claims = compiler.layer_claims(graph.subject.manifest.layers());
        let must_be_proven = compiler.must_be_proven();
        let requirements = compiler.requirements(&items);
        let trust = compiler.trust_summary();
        Dossier {
            items,
            documents,
            subject_claims,
            layer_claims,
            referrers,
            must_be_proven,
            pointer: None,
            requirements,
            signature_predicates: demands.signature_predicates.clone(),
            trust,
            graph,
        }
    }
}

/// What was read of one document.
struct Read {
    facts: Facts,
    description: Description,
    defects: Vec<Defect>,
    claims: Vec<Claim>,
}

/// For each referrer with verified signatures of its own: the entries that stand behind them.
type Vouching<'a> = BTreeMap<Digest, Vec<&'a Signer>>;

struct Compiler<'a> {
    graph: &'a ReferrerGraph,
    trust: &'a Trust,
    by: By<'a>,
    demands: &'a Demands,
    vocabulary: &'a Vocabulary,
}

impl Compiler<'_> {
    fn item(&self, evidence: Evidence) -> Item {
        let mut standing = Standing::default();
        let kind = match &evidence.form {
            Form::Signed(material) => {
                let outcome = self.target(&evidence.about).map(|target| verify::verify(material, target, self.by));
                let kind = self.signed_kind(outcome.as_ref());
                match outcome {
                    Some(Outcome::Proven(proofs)) => standing.proofs.extend(proofs),
                    Some(Outcome::Refused(refusal)) => standing.refusals.push(refusal),
                    Some(Outcome::Unchecked(unchecked)) => standing.unchecked.push(unchecked),
                    None => {}
                }
                kind
            }
            Form::Document { kind, .. } => kind.class().name(),
            Form::TooLarge { class } => {
                let reason = "it would take too much memory to read".to_owned();
                standing.unchecked.push(Unchecked { reason, claimed_type: None });
                class.unwrap_or(Class::Other).name()
            }
            Form::Unacceptable { class, reason } => {
                standing.refusals.push(Refusal { step: Step::Material, reason: reason.clone(), claimed_type: None });
                class.map_or_else(|| unacceptable_kind(&evidence.media_type), Class::name)
            }
        };
        Item { evidence, standing, kind }
    }

    /// The manifest that evidence is about: the subject or another node.
    fn target(&self, about: &Digest) -> Option<Target<'_>> {
        let subject = &self.graph.subject;
        let repository = subject.repository.as_ref();
        if subject.is(about) {
            return Some(Target {
                digests: &subject.digests,
                bytes: Some(&subject.bytes),
                repository,
                is_subject: true,
            });
        }
        // What is signed about the index is about its children.
        if let Some(through) = self.graph.through.as_ref().filter(|through| through.digests.contains(about)) {
            let (digests, bytes) = (through.digests.as_slice(), Some(through.bytes.as_slice()));
            return Some(Target { digests, bytes, repository, is_subject: true });
        }
        let node = self.graph.nodes.iter().find(|node| node.digest == *about)?;
        let digests = std::slice::from_ref(&node.digest);
        Some(Target { digests, bytes: Some(&node.bytes), repository, is_subject: false })
    }

    /// Signed material is a signature, or serves the class that its predicate type names. The type is the
    /// signer's word where it is proven, and a mere claim otherwise.
    fn signed_kind(&self, outcome: Option<&Outcome>) -> &'static str {
        let claimed = match outcome {
            Some(Outcome::Proven(proofs)) => proofs.first().map(Proof::predicate_type),
            Some(Outcome::Refused(refusal)) => refusal.claimed_type.as_deref(),
            Some(Outcome::Unchecked(unchecked)) => unchecked.claimed_type.as_deref(),
            None => None,
        };
        match claimed {
            Some(claimed) if !counts_as_signature(claimed, &self.demands.signature_predicates) => {
                self.vocabulary.predicates.kind(claimed).class().name()
            }
            _ => "signature",
        }
    }

    fn documents(&self, items: &mut [Item], vouching: &Vouching<'_>) -> Vec<Document> {
        let mut documents = Vec::new();
        let subject_signers = self.subject_signers(items);
        for item in items.iter_mut().filter(|item| self.graph.is_about_subject(&item.evidence.about)) {
            let proofs = item.standing.proofs.iter();
            documents.extend(proofs.filter_map(|proof| self.stated_document(&item.evidence, proof)));
            if item.evidence.link == Link::OwnLayer {
                documents.extend(self.own_document(&mut item.evidence, &subject_signers));
                continue;
            }
            match self.contained_document(&mut item.evidence, vouching) {
                Ok(document) => documents.extend(document),
                Err(refusal) => item.standing.refusals.push(refusal),
            }
        }
        documents.sort_by(|a: &Document, b: &Document| {
            (!a.is_proven(), a.kind, &a.document, &a.manifest).cmp(&(!b.is_proven(), b.kind, &b.document, &b.manifest))
        });
        documents
    }

    /// For each referrer with verified signatures of its own: the entries by which its signers may sign here.
    /// Who signed an index signed the list of what it holds, and so the manifests that it lists beside the subject.
    fn vouching(&self, items: &[Item]) -> Vouching<'_> {
        let mut vouching = Vouching::new();
        for item in items.iter().filter(|item| !self.graph.subject.is(&item.evidence.about)) {
            let about = &item.evidence.about;
            let is_index = self.graph.through.as_ref().is_some_and(|through| through.digests.contains(about));
            let beside = self.graph.nodes.iter().filter(|node| is_index && node.link == Link::IndexEntry);
            let signed: Vec<&Digest> =
                beside.map(|node| &node.digest).chain(std::iter::once(about).filter(|_| !is_index)).collect();
            for proof in &item.standing.proofs {
                if counts_as_signature(proof.predicate_type(), &self.demands.signature_predicates) {
                    let entries = self.trust.signers().iter().filter(|signer| self.stands_behind(signer, proof));
                    let entries: Vec<&Signer> = entries.collect();
                    for digest in &signed {
                        vouching.entry((*digest).clone()).or_default().extend(&entries);
                    }
                }
            }
        }
        vouching
    }

    /// Whether an entry is one by which the proof's signer may sign here: entries of one name unite, and each is
    /// held to its own demands.
    fn stands_behind(&self, signer: &Signer, proof: &Proof) -> bool {
        let repository = self.graph.subject.repository.as_ref();
        let times: Vec<_> = proof.times().iter().map(|time| time.at).collect();
        signer.is(proof.by())
            && signer.name() == proof.signer()
            && signer.repository_permission(repository) == RepositoryPermission::Permitted
            && proof.meets(signer)
            && signer.check_times(&times, self.by.now).is_ok()
    }

    fn with_entries<'p>(&'p self, proof: &'p Proof) -> requirements::Signed<'p> {
        let entries = self.trust.signers().iter().filter(|signer| self.stands_behind(signer, proof));
        requirements::Signed { proof, entries: entries.collect() }
    }

    /// What the configuration demands of the signatures here, and whether they meet it.
    fn requirements(&self, items: &[Item]) -> Vec<RequirementState> {
        let about_subject = items.iter().filter(|item| self.graph.is_about_subject(&item.evidence.about));
        let proofs: Vec<&Proof> = about_subject.flat_map(|item| &item.standing.proofs).collect();
        let is_signature =
            |proof: &&Proof| counts_as_signature(proof.predicate_type(), &self.demands.signature_predicates);
        let signatures: Vec<_> =
            proofs.iter().copied().filter(is_signature).map(|proof| self.with_entries(proof)).collect();
        let statements: Vec<_> = proofs.iter().copied().map(|proof| self.with_entries(proof)).collect();
        self.trust
            .requirements(self.graph.subject.repository.as_ref())
            .flat_map(|requirement| requirements::states(requirement, &signatures, &statements))
            .collect()
    }

    /// The document that a proven statement about the subject states.
    fn stated_document(&self, evidence: &Evidence, proof: &Proof) -> Option<Document> {
        let SignedContent::Statement { predicate_type, statement, payload } = proof.content() else { return None };
        if predicate_type == SIGN_PREDICATE {
            return None;
        }
        let kind = self.vocabulary.predicates.kind(predicate_type);
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

    fn blank(evidence: &Evidence) -> Document {
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
    ) -> Result<Option<Document>, Refusal> {
        let Form::Document { kind, declared, content } = &mut evidence.form else { return Ok(None) };
        let (kind, declared, content) = (*kind, *declared, std::mem::take(content));
        let is_statement = statement::recognise(content.value());
        if is_statement {
            self.check_statement(content.value())?;
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
            false => self.read_document(kind, &content.reading(text)),
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

    /// The entries by which the signers of the subject may sign here: their signature proves its layers too.
    fn subject_signers(&self, items: &[Item]) -> Vec<&Signer> {
        let about_subject = items.iter().filter(|item| self.graph.is_about_subject(&item.evidence.about));
        let proofs = about_subject.flat_map(|item| &item.standing.proofs);
        let is_signature =
            |proof: &&Proof| counts_as_signature(proof.predicate_type(), &self.demands.signature_predicates);
        let signatures: Vec<&Proof> = proofs.filter(is_signature).collect();
        let signed = |signer: &&Signer| signatures.iter().any(|proof| self.stands_behind(signer, proof));
        self.trust.signers().iter().filter(signed).collect()
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
    fn check_statement(&self, content: &Value) -> Result<(), Refusal> {
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

    /// Whether an entry may sign documents of this kind. A predicate type that stands for no kind permits
    /// statements of just that type.
    fn may_sign(&self, signer: &Signer, kind: DocumentKind, predicate_type: Option<&str>) -> bool {
        let types = signer.predicate_types();
        let of_kind = |permitted: &String| match kind {
            DocumentKind::Statement | DocumentKind::Unknown => Some(permitted.as_str()) == predicate_type,
            kind => self.vocabulary.predicates.kind(permitted) == kind,
        };
        types.is_empty() || types.iter().any(of_kind)
    }

    /// Names of those entries which may sign documents of this kind.
    fn who_may_sign(&self, entries: &[&Signer], kind: DocumentKind, predicate_type: Option<&str>) -> Vec<String> {
        let permitted = entries.iter().filter(|signer| self.may_sign(signer, kind, predicate_type));
        let mut names: Vec<String> = permitted.map(|signer| signer.name().to_owned()).collect();
        names.sort();
        names.dedup();
        names
    }

    fn read_document(&self, kind: DocumentKind, reading: &Reading<'_>) -> Read {
        let (facts, defects) = read(kind, reading);
        let (content, tables) = (reading.value(), (&self.vocabulary.fields, &self.vocabulary.labels));
        let claims = claims::claims(kind, content, &facts, tables.0, tables.1);
        let description = description::describe(kind, content, &facts, tables);
        Read { facts, description, defects, claims }
    }

    /// A statement's predicate is the document; all pointers begin at the statement.
    fn read_statement(&self, kind: DocumentKind, statement: &Reading<'_>) -> Read {
        let (prefix, part) = statement.part(kind);
        let mut read = self.read_document(kind, &part);
        let pointers = read.defects.iter_mut().map(|defect| &mut defect.pointer);
        for pointer in pointers.chain(read.claims.iter_mut().map(|claim| &mut claim.pointer)) {
            pointer.insert_str(0, prefix);
        }
        let description = std::mem::take(&mut read.description).under(prefix);
        // What a statement of no kind here says is said by the statement itself.
        let facts = match prefix {
            "" => std::mem::take(&mut read.facts),
            _ if statement::recognise(part.value()) => Facts::default(),
            prefix => document::under(prefix, std::mem::take(&mut read.facts)),
        };
        Read { facts, description, ..read }
    }

    fn referrers(&self, items: &[Item], vouching: &Vouching<'_>) -> Vec<ReferrerClaims> {
        // Annotations are metadata: whoever may not sign that does not vouch for them.
        let vouched = |node: &Node| {
            vouching
                .get(&node.digest)
                .is_some_and(|signers| signers.iter().any(|signer| self.may_sign(signer, DocumentKind::Stac, None)))
        };
        let about_subject = self.graph.nodes.iter().filter(|node| self.graph.is_about_subject(&node.about));
        about_subject
            .filter(|node| !is_refused(node, items))
            .map(|node| ReferrerClaims {
                manifest: node.digest.clone(),
                artifact_type: node.manifest.effective_type().map(str::to_owned),
                annotations: node.manifest.annotations.clone(),
                claims: self
                    .annotation_claims(&node.manifest.annotations, "")
                    .into_iter()
                    .chain(self.layer_claims(node.manifest.layers()).into_iter().flatten())
                    .collect(),
                proven: vouched(node),
            })
            .chain(self.graph.through.as_ref().map(|through| self.index_claims(through, items)))
            .collect()
    }

    /// What the annotations of the index claim that the subject was reached through.
    fn index_claims(&self, through: &Through, items: &[Item]) -> ReferrerClaims {
        let annotations = &through.manifest.annotations;
        let about_index = items.iter().filter(|item| through.digests.contains(&item.evidence.about));
        let mut proofs = about_index
            .flat_map(|item| &item.standing.proofs)
            .filter(|proof| counts_as_signature(proof.predicate_type(), &self.demands.signature_predicates));
        let vouches = |proof: &Proof| {
            let may_sign = |signer: &&Signer| self.may_sign(signer, DocumentKind::Stac, None);
            self.trust.signers().iter().filter(may_sign).any(|signer| self.stands_behind(signer, proof))
        };
        ReferrerClaims {
            manifest: through.child.index.clone(),
            artifact_type: through.manifest.effective_type().map(str::to_owned),
            annotations: annotations.clone(),
            claims: self.annotation_claims(annotations, ""),
            proven: proofs.any(vouches),
        }
    }

    /// What annotations claim that stand at this place of a manifest.
    fn annotation_claims(&self, annotations: &BTreeMap<String, String>, at: &str) -> Vec<Claim> {
        let mut claims = claims::annotation_claims(annotations, &self.vocabulary.fields, &self.vocabulary.labels);
        claims.iter_mut().for_each(|claim| claim.pointer.insert_str(0, at));
        claims
    }

    fn layer_claims(&self, layers: &[Descriptor]) -> Vec<Vec<Claim>> {
        let of = |(index, layer): (usize, &Descriptor)| {
            self.annotation_claims(&layer.annotations, &format!("/layers/{index}"))
        };
        layers.iter().enumerate().map(of).collect()
    }

    fn must_be_proven(&self) -> BTreeMap<Class, String> {
        let mut demanded = BTreeMap::new();
        for class in &self.demands.require_proven {
            demanded.insert(*class, "`require_proven` of the configuration names it".to_owned());
        }
        for signer in self.trust.demanding(self.graph.subject.repository.as_ref()) {
            for predicate in signer.predicate_types() {
                let class = self.vocabulary.predicates.kind(predicate).class();
                if class != Class::Other {
                    let why = || format!("signer `{}` of the configuration signs {predicate}", signer.name());
                    demanded.entry(class).or_insert_with(why);
                }
            }
        }
        demanded
    }

    fn trust_summary(&self) -> TrustSummary {
        let mut signers: Vec<String> = self.trust.signers().iter().map(|signer| signer.name().to_owned()).collect();
        signers.sort();
        signers.dedup();
        TrustSummary { signers, applicable: self.trust.is_applicable(self.graph.subject.repository.as_ref()) }
    }
}

/// What a document says, and what is wrong with it by its schema and its own logic.
pub fn read(kind: DocumentKind, reading: &Reading<'_>) -> (Facts, Vec<Defect>) {
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
    let faults = facts.faults.iter();
    defects.extend(faults.map(|fault| Defect { pointer: fault.pointer.clone(), message: fault.value.clone() }));
    (facts, defects)
}

/// Whether every item of a referrer was refused.
fn is_refused(node: &Node, items: &[Item]) -> bool {
    let mut own = items.iter().filter(|item| item.evidence.manifest == node.digest).peekable();
    own.peek().is_some() && own.all(|item| item.standing.proofs.is_empty() && !item.standing.refusals.is_empty())
}

/// Malformed signed material is a bad signature.
fn unacceptable_kind(media_type: &str) -> &'static str {
    let base = media_type::base(media_type);
    let signed = base.starts_with(media_type::SIGSTORE_BUNDLE_PREFIX)
        || base == media_type::DSSE_ENVELOPE
        || base == media_type::SIMPLE_SIGNING;
    if signed { "signature" } else { Class::Other.name() }
}
