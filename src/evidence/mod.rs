//! Says what a thing is; believes nothing.
//!
//! Every layer that the graph holds becomes one [`Evidence`]: signed material, a document, or something
//! unknown, which stays in the graph and is shown. Recognition goes by content; the declared type only picks
//! the schema for content that says nothing of itself. Nothing here is trusted: whether it counts is for
//! `verify` and `dossier`.
//!
//! A new kind of document costs one file here (`recognise`, `facts`), one [`DocumentKind`], one schema.

use serde_json::Value;

use crate::fault::Fault;
use crate::oci::Digest;

pub mod beside;
pub mod bundle;
mod canonical;
pub mod claims;
pub mod content;
pub mod cyclonedx;
pub mod dcat;
pub mod description;
pub mod document;
mod elements;
mod encoding;
pub mod envelope;
pub mod licence;
pub mod openlineage;
pub mod predicate;
pub mod prov;
pub mod recognise;
pub mod ro_crate;
pub mod run_manifest;
pub mod simple_signing;
pub mod slsa;
pub mod spdx;
pub mod spdx3;
pub mod stac;
pub mod statement;
pub mod vex;
pub mod vsa;

pub use content::Content;
pub use elements::Reading;
pub use recognise::{Evidence, Form, recognise};

/// A kind of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentKind {
    /// CycloneDX 1.4 to 1.7, JSON.
    CycloneDx,
    /// A DCAT 3 record, JSON-LD.
    Dcat,
    /// An OpenLineage event.
    OpenLineage,
    /// W3C PROV as PROV-O JSON-LD, PROV-JSONLD or PROV-JSON.
    Prov,
    /// RO-Crate metadata.
    RoCrate,
    /// A run manifest: what one run read, wrote and was run by.
    RunManifest,
    /// SLSA provenance v0.2 or v1: a statement with that predicate.
    Slsa,
    /// SPDX 2.2 or 2.3, JSON; SPDX 3, JSON-LD.
    Spdx,
    /// A STAC Item, Collection or Catalog.
    Stac,
    /// An in-toto statement with a predicate that has no kind of its own here.
    Statement,
    /// What is said of vulnerabilities: OpenVEX, CSAF, CycloneDX.
    Vex,
    /// A SLSA verification summary.
    Vsa,
    /// Anything else.
    Unknown,
}

/// What a rule looks for: the kinds of documents that serve one purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Where the bytes come from.
    Provenance,
    /// What ran.
    RunManifest,
    /// What is in it.
    Sbom,
    /// Catalogue metadata.
    Metadata,
    /// No rule looks for it.
    Other,
}

impl Class {
    /// All classes with their names in the policy input and in `require_proven` (which also takes `-`).
    pub const NAMES: [(&'static str, Class); 5] = [
        ("provenance", Class::Provenance),
        ("run_manifest", Class::RunManifest),
        ("sbom", Class::Sbom),
        ("metadata", Class::Metadata),
        ("other", Class::Other),
    ];

    /// The name in the policy input.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, class)| *class == self).map_or("other", |(name, _)| name)
    }

    /// The class with this name; `-` counts as `_`.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.replace('-', "_");
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, class)| *class)
    }
}

impl DocumentKind {
    /// The name in reports and in the policy input.
    pub fn name(self) -> &'static str {
        match self {
            DocumentKind::CycloneDx => "cyclonedx",
            DocumentKind::Dcat => "dcat",
            DocumentKind::OpenLineage => "openlineage",
            DocumentKind::Prov => "prov",
            DocumentKind::RoCrate => "ro-crate",
            DocumentKind::RunManifest => "run-manifest",
            DocumentKind::Slsa => "slsa",
            DocumentKind::Spdx => "spdx",
            DocumentKind::Stac => "stac",
            DocumentKind::Statement => "statement",
            DocumentKind::Vex => "vex",
            DocumentKind::Vsa => "vsa",
            DocumentKind::Unknown => "unknown",
        }
    }

    /// The purpose it serves. SLSA provenance also serves as a run manifest; rules know that.
    pub fn class(self) -> Class {
        match self {
            DocumentKind::Prov | DocumentKind::Slsa => Class::Provenance,
            DocumentKind::RunManifest => Class::RunManifest,
            DocumentKind::Spdx | DocumentKind::CycloneDx => Class::Sbom,
            DocumentKind::Stac | DocumentKind::Dcat | DocumentKind::RoCrate => Class::Metadata,
            DocumentKind::OpenLineage
            | DocumentKind::Statement
            | DocumentKind::Vex
            | DocumentKind::Vsa
            | DocumentKind::Unknown => Class::Other,
        }
    }
}

/// A digest that a document states, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedDigest {
    /// The digest.
    pub digest: Digest,
    /// JSON pointer of the digest (or of the object that states it).
    pub pointer: String,
    /// Name of the thing in the document, if it has one.
    pub name: Option<String>,
    /// The text that the digest stands in, if there is more in it.
    pub text: Option<String>,
}

/// A text that a document states, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedText {
    /// The text.
    pub value: String,
    /// JSON pointer of the text.
    pub pointer: String,
}

/// A part of a document, kept with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentPart {
    /// JSON pointer of it.
    pub pointer: String,
    /// What it says.
    pub value: Value,
}

/// What rules need to know of a document, read out of its own vocabulary.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// What it says was made, or what it describes: PROV entities generated by an activity, a statement's
    /// subjects, a run manifest's outputs, an SBOM's described elements.
    pub outputs: Vec<StatedDigest>,
    /// What it says went in.
    pub inputs: Vec<StatedDigest>,
    /// Identities of the run.
    pub run_ids: Vec<StatedText>,
    /// JSON pointers of the parts that speak about the subject itself, for licences (a PROV output entity;
    /// empty pointer: the whole document).
    pub subject_parts: Vec<String>,
    /// JSON pointers of the parts that speak about what went in, where a document describes it apart (PROV).
    pub input_parts: Vec<String>,
    /// Parts that speak about what went in and that may not be in the tree (a component of CycloneDX).
    pub materials: Vec<DocumentPart>,
    /// Faults that a schema cannot express (a dangling id, an activity without an agent).
    pub faults: Vec<Fault>,
    /// What of an SBOM enters the policy input in place of its content.
    pub summary: Option<Value>,
    /// How the `canonical_digest` of a run manifest was made, if it is the digest of this one.
    pub canonical_form: Option<&'static str>,
}
