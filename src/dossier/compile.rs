//! From evidence to standings: verifies what is signed, and says of every document whether it is proven.

mod annotations;
mod documents;
mod raising;
mod vouching;

use std::collections::BTreeMap;

pub use documents::read;

use super::image_config::ImageConfig;
use super::requirements::{self, RequirementState};
use super::{Dossier, Item, Standing, TrustSummary, Vocabulary, counts_as_signature};
use crate::demands::Demands;
use crate::evidence::{Class, Evidence, Form};
use crate::graph::ReferrerGraph;
use crate::oci::Digest;
use crate::oci::media_type;
use crate::trust::Trust;
use crate::verify::{self, Outcome, Proof, Refusal, Step, UncheckedMaterial, VerificationContext, VerificationTarget};

impl Dossier {
    /// Verifies what is signed, and says of every document where it stands.
    pub fn compile(
        graph: ReferrerGraph,
        evidence: Vec<Evidence>,
        by: VerificationContext<'_>,
        demands: &Demands,
        vocabulary: &Vocabulary,
    ) -> Self {
        let compiler = Compiler { graph: &graph, trust: by.trust, by, demands, vocabulary };
        let mut items: Vec<Item> = evidence.into_iter().map(|evidence| compiler.item(evidence)).collect();
        let vouching = compiler.vouching(&items);
        let documents = compiler.documents(&mut items, &vouching);
        let referrers = compiler.referrers(&items, &vouching);
        let subject_claims = compiler.subject_claims();
        let layer_claims = compiler.descriptor_claims(graph.subject.manifest.layers(), "/layers");
        let must_be_proven = compiler.must_be_proven();
        let requirements = compiler.requirements(&items);
        let trust = compiler.trust_summary();
        let vouched = vouching.into_keys().collect();
        let image_config = ImageConfig::of(&graph, by.limits);
        Dossier {
            items,
            documents,
            subject_claims,
            config_names_subject: image_config.as_ref().is_some_and(|config| config.names_subject(&graph)),
            image_config,
            layer_claims,
            referrers,
            vouched,
            must_be_proven,
            pointer: None,
            requirements,
            signature_predicates: demands.signature_predicates.clone(),
            trust,
            graph,
        }
    }
}

struct Compiler<'a> {
    graph: &'a ReferrerGraph,
    trust: &'a Trust,
    by: VerificationContext<'a>,
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
            Form::Document { kinds, .. } => kinds.first().map_or(Class::Other, |kind| kind.class()).name(),
            Form::TooLarge { class } => {
                let reason = "it would take too much memory to read".to_owned();
                standing.unchecked.push(UncheckedMaterial { reason, claimed_type: None });
                class.unwrap_or(Class::Other).name()
            }
            Form::Unsupported { what } => {
                let reason = format!("{what}: not supported here");
                standing.unchecked.push(UncheckedMaterial { reason, claimed_type: None });
                "signature"
            }
            Form::Unacceptable { class, reason } => {
                standing.refusals.push(Refusal { step: Step::Material, reason: reason.clone(), claimed_type: None });
                class.map_or_else(|| unacceptable_kind(&evidence.media_type), Class::name)
            }
        };
        Item { evidence, standing, kind }
    }

    /// The manifest that evidence is about: the subject or another node.
    fn target(&self, about: &Digest) -> Option<VerificationTarget<'_>> {
        let subject = &self.graph.subject;
        let repository = subject.repository.as_ref();
        if subject.is(about) {
            return Some(VerificationTarget {
                digests: &subject.digests,
                bytes: Some(&subject.bytes),
                repository,
                is_subject: true,
            });
        }
        // What is signed about the index is about its children.
        if let Some(through) = self.graph.through.as_ref().filter(|through| through.digests.contains(about)) {
            let (digests, bytes) = (through.digests.as_slice(), Some(through.bytes.as_slice()));
            return Some(VerificationTarget { digests, bytes, repository, is_subject: true });
        }
        let node = self.graph.nodes.iter().find(|node| node.digest == *about)?;
        let digests = std::slice::from_ref(&node.digest);
        Some(VerificationTarget { digests, bytes: Some(&node.bytes), repository, is_subject: false })
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

    fn with_entries<'p>(&'p self, proof: &'p Proof) -> requirements::ProofRoles<'p> {
        let entries = self.trust.signers().iter().filter(|signer| self.stands_behind(signer, proof));
        requirements::ProofRoles { proof, entries: entries.collect() }
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

/// Malformed signed material is a bad signature.
fn unacceptable_kind(media_type: &str) -> &'static str {
    let base = media_type::base(media_type);
    let signed = base.starts_with(media_type::SIGSTORE_BUNDLE_PREFIX)
        || base == media_type::DSSE_ENVELOPE
        || base == media_type::SIMPLE_SIGNING;
    if signed { "signature" } else { Class::Other.name() }
}
