//! Who stands behind what: the trust entries by which the signers of a manifest may sign what it holds.

use std::collections::BTreeMap;

use super::{Compiler, counts_as_signature};
use crate::dossier::Item;
use crate::evidence::DocumentKind;
use crate::graph::Link;
use crate::oci::Digest;
use crate::trust::{RepositoryPermission, Signer};
use crate::verify::Proof;

/// For each referrer with verified signatures of its own: the entries that stand behind them.
pub(super) type Vouching<'a> = BTreeMap<Digest, Vec<&'a Signer>>;

impl Compiler<'_> {
    /// For each referrer with verified signatures of its own: the entries by which its signers may sign here.
    /// Who signed an index signed the list of what it holds, and so the manifests that it lists beside the subject.
    pub(super) fn vouching(&self, items: &[Item]) -> Vouching<'_> {
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
    pub(super) fn stands_behind(&self, signer: &Signer, proof: &Proof) -> bool {
        let repository = self.graph.subject.repository.as_ref();
        let times: Vec<_> = proof.times().iter().map(|time| time.at).collect();
        signer.is(proof.by())
            && signer.name() == proof.signer()
            && signer.repository_permission(repository) == RepositoryPermission::Permitted
            && proof.meets(signer)
            && signer.check_times(&times, self.by.now).is_ok()
    }

    /// The entries by which the signers of the subject may sign here: their signature proves its layers too.
    pub(super) fn subject_signers(&self, items: &[Item]) -> Vec<&Signer> {
        let about_subject = items.iter().filter(|item| self.graph.is_about_subject(&item.evidence.about));
        let proofs = about_subject.flat_map(|item| &item.standing.proofs);
        let is_signature =
            |proof: &&Proof| counts_as_signature(proof.predicate_type(), &self.demands.signature_predicates);
        let signatures: Vec<&Proof> = proofs.filter(is_signature).collect();
        let signed = |signer: &&Signer| signatures.iter().any(|proof| self.stands_behind(signer, proof));
        self.trust.signers().iter().filter(signed).collect()
    }

    /// Whether an entry may sign documents of this kind. A predicate type that stands for no kind permits
    /// statements of just that type.
    pub(super) fn may_sign(&self, signer: &Signer, kind: DocumentKind, predicate_type: Option<&str>) -> bool {
        let types = signer.predicate_types();
        let of_kind = |permitted: &String| match kind {
            DocumentKind::Statement | DocumentKind::Unknown => Some(permitted.as_str()) == predicate_type,
            kind => self.vocabulary.predicates.kind(permitted) == kind,
        };
        types.is_empty() || types.iter().any(of_kind)
    }

    /// Names of those entries which may sign documents of this kind.
    pub(super) fn who_may_sign(
        &self,
        entries: &[&Signer],
        kind: DocumentKind,
        predicate_type: Option<&str>,
    ) -> Vec<String> {
        let permitted = entries.iter().filter(|signer| self.may_sign(signer, kind, predicate_type));
        let mut names: Vec<String> = permitted.map(|signer| signer.name().to_owned()).collect();
        names.sort();
        names.dedup();
        names
    }
}
