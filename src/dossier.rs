//! Everything known of a subject, frozen: the sole source of the policy input and of the report.
//!
//! The only room that sees containment (which document lies in which manifest) and proofs together, so the
//! only one that can say what is *proven* and what is merely *attached*:
//!
//! - proven: the statement of a verified envelope about the subject; or a document in a referrer that has a
//!   verified signature of its own by a signer who may sign that kind;
//! - attached: everything else that is linked to the subject, unsigned;
//! - refused: checked and bad; unchecked: nothing here could check it. Of both the content is kept out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use crate::evidence::claims::{Claim, FieldTable, LabelTable};
use crate::evidence::description::Description;
use crate::evidence::predicate::PredicateTable;
use crate::evidence::{Class, Content, DocumentKind, Evidence, Facts, Package, statement};
use crate::fault::Fault;
use crate::graph::{LayerState, ReferrerGraph};
use crate::oci::Digest;
use crate::oci::json::JsonError;
use crate::pointer::Pointer;
use crate::schema;
use crate::trust::SIGN_PREDICATE;
use crate::verify::{Proof, Refusal, UncheckedMaterial};

mod check;
mod compile;
pub mod image_config;
mod pointing;
mod requirements;

pub use check::{CheckedDocument, LocatedFault, check};
pub use compile::read;
use image_config::ImageConfig;
pub use requirements::RequirementState;

/// The tables by which documents are read: data, so that a team can add its own words.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    /// Which field names mean what.
    pub fields: FieldTable,
    /// Which labels have which rank.
    pub labels: LabelTable,
    /// Which predicate types are which kind of document.
    pub predicates: PredicateTable,
}

/// The tables under `data.config` and their schemas. Rules alone read `licences` and `media_types`.
const TABLES: [(&str, &str); 5] = [
    ("fields", "fields.v1"),
    ("labels", "labels.v1"),
    ("licences", "licences.v1"),
    ("media_types", "media-types.v1"),
    ("predicates", "predicates.v1"),
];

/// The schema of the settings.
const SETTINGS: &str = "settings.v1";

impl Vocabulary {
    /// Reads the tables out of the policies' settings (`data.config`), where a team may have added to them: all
    /// settings are held against their schemas first, except sections that policies of its own read. A setting that
    /// nobody reads would be a demand that nobody makes. The error names each fault with its place.
    pub fn from_settings(settings: &Value, is_own: impl Fn(&str) -> bool) -> Result<Self, String> {
        for (name, schema_name) in TABLES {
            hold(schema_name, name, table(settings, name)?)?;
        }
        let mut bundled = settings.clone();
        if let Value::Object(sections) = &mut bundled {
            sections.retain(|name, _| !is_own(name) || schema::has_member(SETTINGS, name));
        }
        hold(SETTINGS, "", &bundled).map_err(|faults| {
            format!("{faults}\n`ocigate schema show {SETTINGS}` shows the settings that there are; a section of yours has to be read by a policy of yours")
        })?;
        Self::from_bundled(settings)
    }

    /// The same for settings that are known to be the bundled ones: tests hold those against their schemas, and
    /// to do it again would cost an eighth of a run.
    pub fn from_bundled(settings: &Value) -> Result<Self, String> {
        Ok(Vocabulary {
            fields: FieldTable::read(table(settings, "fields")?)?,
            labels: LabelTable::read(table(settings, "labels")?)?,
            predicates: PredicateTable::read(table(settings, "predicates")?)?,
        })
    }
}

/// Holds a part of the settings against a schema.
fn hold(schema_name: &str, name: &str, part: &Value) -> Result<(), String> {
    let place = |pointer: &str| match name {
        "" => pointer.replacen('/', ".", 1),
        name => format!(".{name}{pointer}"),
    };
    let line = |fault: &Fault| format!("data.config{}: {}", place(&fault.pointer), fault.message);
    let faults: Vec<String> = schema::validate(schema_name, part).iter().map(line).collect();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

fn table<'a>(settings: &'a Value, name: &str) -> Result<&'a Value, String> {
    settings.get(name).ok_or_else(|| format!("data.config.{name} is missing"))
}

/// Whether a statement of this type says no more than that somebody signed.
fn counts_as_signature(predicate_type: &str, others: &[String]) -> bool {
    predicate_type == SIGN_PREDICATE || others.iter().any(|other| other == predicate_type)
}

/// What was found out about one item of evidence. Good and bad stand together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Standing {
    /// What it proves.
    pub proofs: Vec<Proof>,
    /// What was checked and is bad.
    pub refusals: Vec<Refusal>,
    /// What nobody could check.
    pub unchecked: Vec<UncheckedMaterial>,
}

/// One item of evidence and its standing.
#[derive(Debug, Clone)]
pub struct Item {
    /// What it is. The content of documents was moved to [`Document`].
    pub evidence: Evidence,
    /// What was found out about it.
    pub standing: Standing,
    /// The kind that rules look for: `signature` or the name of a class.
    pub kind: &'static str,
}

/// A document about the subject that was not refused.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its kind.
    pub kind: DocumentKind,
    /// Digest of the layer that holds it.
    pub document: Digest,
    /// Digest of the manifest that holds the layer.
    pub manifest: Digest,
    /// File name.
    pub title: Option<String>,
    /// Media type of the layer.
    pub media_type: String,
    /// What its manifest declares to be.
    pub artifact_type: Option<String>,
    /// The class that its manifest declares.
    pub declared: Option<Class>,
    /// Predicate type, for a signed statement.
    pub predicate_type: Option<String>,
    /// Names of the signers who prove it, sorted; none: merely attached.
    pub signers: Vec<String>,
    /// Its content; for a statement the whole statement.
    pub content: Arc<Content>,
    /// Whether a policy looks into the content of this SBOM and does not get it, because it would take too much memory.
    pub is_only_summarised: bool,
    /// The payload of a signed statement, in which pointers are located; otherwise the layer's bytes are.
    pub payload: Option<Vec<u8>>,
    /// Faults against its schema and its own logic.
    pub defects: Vec<Fault>,
    /// What it says.
    pub facts: Facts,
    /// What it says of the data set, for comparison with others.
    pub description: Description,
    /// Licences, labels and governance fields in it.
    pub claims: Vec<Claim>,
}

impl Document {
    /// Whether a signer vouches for it.
    pub fn is_proven(&self) -> bool {
        !self.signers.is_empty()
    }
}

/// A manifest that refers to the subject, and what its annotations claim.
#[derive(Debug, Clone)]
pub struct ReferrerClaims {
    /// Digest of the manifest.
    pub manifest: Digest,
    /// Its type.
    pub artifact_type: Option<String>,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
    /// What they claim.
    pub claims: Vec<Claim>,
    /// Whether it has a verified signature of its own.
    pub proven: bool,
}

/// Everything known of a subject.
#[derive(Debug, Clone)]
pub struct Dossier {
    /// What was reached.
    pub graph: ReferrerGraph,
    /// All evidence with its standing, in the order of the graph.
    pub items: Vec<Item>,
    /// Documents about the subject, proven ones first.
    pub documents: Vec<Document>,
    /// What the subject's own annotations claim.
    pub subject_claims: Vec<Claim>,
    /// Whether the digest of the subject's config stands for the subject, as image ids do.
    pub config_names_subject: bool,
    /// What the config of a container image says.
    pub image_config: Option<ImageConfig>,
    /// What the annotations of the subject's layers claim, by the layer's place in the manifest.
    pub layer_claims: Vec<Vec<Claim>>,
    /// What the annotations of its referrers claim.
    pub referrers: Vec<ReferrerClaims>,
    /// Manifests with a verified signature of their own by a signer who may sign here.
    pub vouched: BTreeSet<Digest>,
    /// Why a class of documents must be proven, for the classes that must.
    pub must_be_proven: BTreeMap<Class, String>,
    /// What a distribution pointer says of the subject, if it is judged by one. Untrusted.
    pub pointer: Option<Box<Pointer>>,
    /// What the configuration demands of the signatures here, and whether they meet it.
    pub requirements: Vec<RequirementState>,
    /// Predicate types that count as a signature.
    signature_predicates: Vec<String>,
    /// Whether there is any signer, and whether one may sign for the subject's repository.
    pub trust: TrustSummary,
}

/// What the policy input says of trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustSummary {
    /// Names of all signers, sorted.
    pub signers: Vec<String>,
    /// Whether one of them may sign for the subject's repository.
    pub applicable: bool,
}

impl Dossier {
    /// The same, to be held against what a pointer says of it.
    pub fn pointed_at_by(self, pointer: Option<Box<Pointer>>) -> Self {
        Dossier { pointer, ..self }
    }

    /// The proofs that count as a signature of the subject, with the item each comes from.
    pub fn signatures(&self) -> impl Iterator<Item = (&Item, &Proof)> {
        self.items
            .iter()
            .filter(|item| self.graph.is_about_subject(&item.evidence.about))
            .flat_map(|item| item.standing.proofs.iter().map(move |proof| (item, proof)))
            .filter(|(_, proof)| counts_as_signature(proof.predicate_type(), &self.signature_predicates))
    }

    /// Sees to it that all documents together take at most `limit` bytes of memory where the whole contents of SBOMs enter
    /// the policy input. One that would take more is only summarised from now on; these are given: document and manifest.
    pub fn bound_contents(&mut self, limit: u64) -> Vec<(Digest, Digest)> {
        let mut taken =
            self.documents.iter().fold(0_u64, |sum, document| sum.saturating_add(document.content.memory()));
        let mut left_out = Vec::new();
        let sboms = self.documents.iter_mut().filter(|document| document.kind.class() == Class::Sbom);
        for document in sboms.filter(|document| !document.is_only_summarised) {
            // The content, and its packages in one shape.
            let with_this = taken.saturating_add(document.content.left_out().saturating_mul(2));
            if with_this <= limit {
                taken = with_this;
                continue;
            }
            document.is_only_summarised = true;
            left_out.push((document.document.clone(), document.manifest.clone()));
        }
        left_out
    }

    /// The whole content of a document.
    pub fn whole(&self, document: &Document) -> Result<Value, JsonError> {
        document.content.whole(self.document_text(document))
    }

    /// The packages that an SBOM lists.
    pub fn packages(&self, document: &Document) -> Result<Vec<Package>, JsonError> {
        let spec = document.kind.spec();
        let is_statement = statement::recognise(document.content.value());
        let reading = document.content.reading(self.document_text(document));
        let (prefix, reading) = if is_statement { reading.part(spec.in_statement) } else { ("", reading) };
        let moved = |package: Package| Package { pointer: format!("{prefix}{}", package.pointer), ..package };
        Ok((spec.packages)(&reading)?.into_iter().map(moved).collect())
    }

    /// The text that the content of a document was parsed from.
    fn document_text<'a>(&'a self, document: &'a Document) -> &'a [u8] {
        let layer = match self.graph.layers.get(&document.document) {
            Some(LayerState::Read(bytes)) => bytes.as_slice(),
            _ => &[],
        };
        document.payload.as_deref().unwrap_or(layer)
    }

    /// The proofs by which signers vouch for a document: of its own statement, or about the manifest that holds it.
    pub fn proofs_of<'a>(&'a self, document: &'a Document) -> impl Iterator<Item = &'a Proof> {
        let is_of = |item: &&Item| {
            let evidence = &item.evidence;
            evidence.about == document.manifest
                || evidence.document == document.document && evidence.manifest == document.manifest
        };
        let proofs = self.items.iter().filter(is_of).flat_map(|item| &item.standing.proofs);
        proofs.filter(|proof| document.signers.iter().any(|signer| signer == proof.signer()))
    }

    /// Bytes of a document in which JSON pointers can be located.
    pub fn text(&self, digest: &Digest) -> Option<&[u8]> {
        if let Some(pointer) = self.pointer.as_ref().filter(|pointer| pointer.digest == *digest) {
            return Some(&pointer.bytes);
        }
        if let Some(document) = self.documents.iter().find(|document| document.document == *digest)
            && let Some(payload) = &document.payload
        {
            return Some(payload);
        }
        if let Some(LayerState::Read(bytes)) = self.graph.layers.get(digest) {
            return Some(bytes);
        }
        if self.graph.subject.is(digest) {
            return Some(&self.graph.subject.bytes);
        }
        if let Some(through) = self.graph.through.as_ref().filter(|through| through.digests.contains(digest)) {
            return Some(&through.bytes);
        }
        self.graph.nodes.iter().find(|node| node.digest == *digest).map(|node| node.bytes.as_slice())
    }
}
