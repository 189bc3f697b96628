//! What the annotations of manifests and of the descriptors in them claim.

use std::collections::BTreeMap;

use super::raising::raising_only;
use super::vouching::Vouching;
use super::{Compiler, counts_as_signature};
use crate::dossier::{Item, ReferrerClaims};
use crate::evidence::DocumentKind;
use crate::evidence::claims::{self, Claim, ClaimRole};
use crate::graph::children::ParentIndex;
use crate::graph::{Link, Node};
use crate::oci::{Body, Descriptor, Manifest};
use crate::trust::Signer;
use crate::verify::Proof;

impl Compiler<'_> {
    pub(super) fn referrers(&self, items: &[Item], vouching: &Vouching<'_>) -> Vec<ReferrerClaims> {
        // Annotations are metadata: whoever may not sign that does not vouch for them.
        let vouched = |node: &Node| {
            vouching
                .get(&node.digest)
                .is_some_and(|signers| signers.iter().any(|signer| self.may_sign(signer, DocumentKind::Stac, None)))
        };
        let about_subject = self.graph.nodes.iter().filter(|node| self.graph.is_about_subject(&node.about));
        about_subject
            .map(|node| (node, self.node_claims(&node.manifest)))
            .filter_map(|(node, claims)| {
                match is_refused(node, items) || node.link == Link::Unlisted && !vouched(node) {
                    // Whoever pushed it could have pushed the annotations without the content: they raise, and no more.
                    true => {
                        let claims = raising_only(claims);
                        (!claims.is_empty()).then(|| ReferrerClaims { claims, ..bare(node) })
                    }
                    false => Some(ReferrerClaims {
                        annotations: node.manifest.annotations.clone(),
                        claims,
                        proven: vouched(node),
                        ..bare(node)
                    }),
                }
            })
            .chain(self.graph.through.as_ref().map(|through| self.index_claims(through, items)))
            .collect()
    }

    /// What the annotations of a referrer claim, and those of all that its manifest lists.
    fn node_claims(&self, manifest: &Manifest) -> Vec<Claim> {
        [
            self.annotation_claims(&manifest.annotations, ""),
            self.descriptor_claims(manifest.layers(), "/layers").concat(),
            self.part_claims(manifest),
        ]
        .concat()
    }

    /// What the annotations of the index claim that the subject was reached through.
    fn index_claims(&self, through: &ParentIndex, items: &[Item]) -> ReferrerClaims {
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
            claims: [self.annotation_claims(annotations, ""), self.entry_claims(through)].concat(),
            proven: proofs.any(vouches),
        }
    }

    /// What the entries claim that the index has for the subject.
    fn entry_claims(&self, through: &ParentIndex) -> Vec<Claim> {
        let Body::Index { manifests } = &through.manifest.body else { return Vec::new() };
        let claims = manifests.iter().zip(self.descriptor_claims(manifests, "/manifests"));
        let ours = claims.filter(|(entry, _)| self.graph.subject.is(&entry.digest));
        ours.flat_map(|(_, claims)| claims).collect()
    }

    /// What the subject's own annotations claim, and those of what its manifest lists beside layers. A licence of such
    /// a part is not the subject's.
    pub(super) fn subject_claims(&self) -> Vec<Claim> {
        let manifest = &self.graph.subject.manifest;
        let parts = self.part_claims(manifest).into_iter().filter(|claim| claim.role != ClaimRole::Licence);
        self.annotation_claims(&manifest.annotations, "").into_iter().chain(parts).collect()
    }

    /// What the descriptors of a manifest claim that are no layers: its config, its subject, the entries of an index.
    fn part_claims(&self, manifest: &Manifest) -> Vec<Claim> {
        let one = |descriptor: Option<&Descriptor>, at: &str| {
            descriptor.map(|descriptor| self.annotation_claims(&descriptor.annotations, at)).unwrap_or_default()
        };
        let entries = match &manifest.body {
            Body::Index { manifests } => self.descriptor_claims(manifests, "/manifests").concat(),
            Body::Image { .. } => Vec::new(),
        };
        [one(manifest.config(), "/config"), one(manifest.subject.as_ref(), "/subject"), entries].concat()
    }

    /// What annotations claim that stand at this place of a manifest.
    fn annotation_claims(&self, annotations: &BTreeMap<String, String>, at: &str) -> Vec<Claim> {
        let mut claims = claims::annotation_claims(annotations, &self.vocabulary.fields, &self.vocabulary.labels);
        claims.iter_mut().for_each(|claim| claim.pointer.insert_str(0, at));
        claims
    }

    /// What each of these descriptors claims; `at` is where they stand.
    pub(super) fn descriptor_claims(&self, descriptors: &[Descriptor], at: &str) -> Vec<Vec<Claim>> {
        let of = |(index, descriptor): (usize, &Descriptor)| {
            self.annotation_claims(&descriptor.annotations, &format!("{at}/{index}"))
        };
        descriptors.iter().enumerate().map(of).collect()
    }
}

/// A referrer that claims nothing.
fn bare(node: &Node) -> ReferrerClaims {
    ReferrerClaims {
        manifest: node.digest.clone(),
        artifact_type: node.manifest.effective_type().map(str::to_owned),
        annotations: BTreeMap::new(),
        claims: Vec::new(),
        proven: false,
    }
}

/// Whether every item of a referrer was refused.
fn is_refused(node: &Node, items: &[Item]) -> bool {
    let mut own = items.iter().filter(|item| item.evidence.manifest == node.digest).peekable();
    own.peek().is_some() && own.all(|item| item.standing.proofs.is_empty() && !item.standing.refusals.is_empty())
}
