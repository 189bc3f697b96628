//! The table of evidence: what each item is, and where it stands.

use time::OffsetDateTime;

use crate::dossier::{Dossier, Item};
use crate::evidence::Form;
use crate::graph::Link;
use crate::oci::Digest;
use crate::verify::{Log, Proof, Refusal, SignedBy, UncheckedMaterial};

/// One item of evidence in the report's table.
#[derive(Debug, Clone, PartialEq)]
pub struct EvidenceRow {
    /// Digest of the manifest that holds it.
    pub manifest: Digest,
    /// Digest of the layer; none for a manifest without readable layers.
    pub document: Option<Digest>,
    /// What it is about.
    pub about: Digest,
    /// How it is linked to that.
    pub link: Link,
    /// The other repository that it was found in; none for the subject's own.
    pub found_in: Option<String>,
    /// What it is: `bundle of https://…`, `prov`, …
    pub what: String,
    /// The kind that rules look for.
    pub kind: &'static str,
    /// File name or media type.
    pub name: String,
    /// Who proves it.
    pub proofs: Vec<ProofRow>,
    /// Who vouches for it by a signature of its manifest.
    pub vouched_by: Vec<String>,
    /// What was checked and is bad.
    pub refusals: Vec<Refusal>,
    /// What nobody could check.
    pub unchecked: Vec<UncheckedMaterial>,
}

/// One proof in the report's table: who signed, when, and how that is known.
#[derive(Debug, Clone, PartialEq)]
pub struct ProofRow {
    /// Name of the signer's entry.
    pub signer: String,
    /// sha256 of the key or of the certificate.
    pub fingerprint: Digest,
    /// What the certificate says of its holder; none for a key.
    pub identity: Option<IdentityRow>,
    /// What is known of the transparency log.
    pub log: LogRow,
    /// When, and by whose clock.
    pub times: Vec<(OffsetDateTime, &'static str)>,
}

/// What a certificate says of its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityRow {
    /// E-mail address or URI.
    pub subject: String,
    /// Who authenticated the holder.
    pub issuer: Option<String>,
    /// Repository, ref, workflow and runner environment of the workload that signed, as far as it says them.
    pub workload: Vec<(&'static str, String)>,
    /// The trusted root that vouches for it.
    pub root: String,
}

/// What is known of the transparency log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogRow {
    /// There is no entry.
    None,
    /// There is one, not checked.
    NotChecked,
    /// There is one, about this signature.
    Verified {
        /// The log.
        log: String,
        /// The entry's index in it.
        index: u64,
    },
}

fn proof_row(proof: &Proof) -> ProofRow {
    let identity = match proof.by() {
        SignedBy::Key { .. } => None,
        SignedBy::Certificate { claims, root } => {
            let workload = [
                ("source_repository", &claims.source_repository),
                ("source_ref", &claims.source_ref),
                ("workflow", &claims.workflow),
                ("runner_environment", &claims.runner_environment),
            ];
            Some(IdentityRow {
                subject: claims.subject.clone(),
                issuer: claims.issuer.clone(),
                workload: workload.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))).collect(),
                root: root.clone(),
            })
        }
    };
    ProofRow {
        signer: proof.signer().to_owned(),
        fingerprint: proof.by().fingerprint().clone(),
        identity,
        log: match proof.log() {
            Log::NoEntry => LogRow::None,
            Log::NotChecked => LogRow::NotChecked,
            Log::Verified { log, index } => LogRow::Verified { log: log.clone(), index: *index },
        },
        times: proof.times().iter().map(|time| (time.at, time.clock.name())).collect(),
    }
}

impl EvidenceRow {
    /// Where it stands, in one word.
    pub fn standing(&self) -> &'static str {
        if !self.proofs.is_empty() || !self.vouched_by.is_empty() {
            "proven"
        } else if !self.refusals.is_empty() {
            "refused"
        } else if !self.unchecked.is_empty() {
            "unchecked"
        } else {
            "attached"
        }
    }
}

pub(super) fn evidence_rows(dossier: &Dossier) -> Vec<EvidenceRow> {
    let mut rows: Vec<EvidenceRow> = dossier.items.iter().map(|item| evidence_row(item, dossier)).collect();
    // A referrer without readable layers stays in the graph and is shown.
    for node in &dossier.graph.nodes {
        if rows.iter().all(|row| row.manifest != node.digest) {
            let name = node.manifest.effective_type().unwrap_or(&node.manifest.media_type);
            rows.push(EvidenceRow {
                manifest: node.digest.clone(),
                document: None,
                about: node.about.clone(),
                link: node.link,
                found_in: node.found_in.as_ref().map(ToString::to_string),
                what: "not a document".to_owned(),
                kind: "other",
                name: name.to_owned(),
                proofs: Vec::new(),
                vouched_by: Vec::new(),
                refusals: Vec::new(),
                unchecked: Vec::new(),
            });
        }
    }
    rows
}

fn evidence_row(item: &Item, dossier: &Dossier) -> EvidenceRow {
    let evidence = &item.evidence;
    let document = dossier.documents.iter().find(|document| {
        document.document == evidence.document && document.manifest == evidence.manifest && document.payload.is_none()
    });
    let claimed = item
        .standing
        .proofs
        .iter()
        .map(|proof| proof.predicate_type())
        .chain(item.standing.refusals.iter().filter_map(|refusal| refusal.claimed_type.as_deref()))
        .chain(item.standing.unchecked.iter().filter_map(|unchecked| unchecked.claimed_type.as_deref()))
        .next();
    let what = match (&evidence.form, claimed) {
        (Form::Signed(material), Some(claimed)) => format!("{} of {claimed}", material.name()),
        (Form::Signed(material), None) => material.name().to_owned(),
        (Form::Document { kinds, .. }, _) => kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", "),
        (Form::Unacceptable { .. }, _) => "unacceptable".to_owned(),
        (Form::Unsupported { what }, _) => (*what).to_owned(),
        (Form::TooLarge { .. }, _) => "too large to read".to_owned(),
    };
    EvidenceRow {
        manifest: evidence.manifest.clone(),
        document: Some(evidence.document.clone()),
        about: evidence.about.clone(),
        link: evidence.link,
        found_in: dossier.graph.found_in(&evidence.manifest).map(ToString::to_string),
        what,
        kind: item.kind,
        name: evidence.title.clone().unwrap_or_else(|| evidence.media_type.clone()),
        proofs: item.standing.proofs.iter().map(proof_row).collect(),
        vouched_by: document.map(|document| document.signers.clone()).unwrap_or_default(),
        refusals: item.standing.refusals.clone(),
        unchecked: item.standing.unchecked.clone(),
    }
}
