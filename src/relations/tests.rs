//! A subject and documents about it, for the tests of this room.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::settings::RelationSettings;
use super::subject::SubjectParts;
use crate::demands::Demands;
use crate::dossier::{Document, Dossier, Vocabulary};
use crate::evidence::claims::{Claim, ClaimRole, FieldTable, LabelTable};
use crate::evidence::description::{DescribedFile, Description};
use crate::evidence::predicate::PredicateTable;
use crate::evidence::{Content, DocumentKind, Facts, StatedDigest, StatedText};
use crate::graph::{ReferrerGraph, Subject};
use crate::limits::Limits;
use crate::oci::{Body, Descriptor, Digest, Manifest};
use crate::source::Statistics;
use crate::trust::Trust;
use crate::verify::VerificationContext;

/// A digest of one hex character.
pub(super) fn digest(character: char) -> Digest {
    format!("sha256:{}", character.to_string().repeat(64)).parse().unwrap()
}

/// The same in the other algorithm.
pub(super) fn long_digest(character: char) -> Digest {
    format!("sha512:{}", character.to_string().repeat(128)).parse().unwrap()
}

pub(super) const SUBJECT: char = '1';
pub(super) const LAYER: char = '2';
pub(super) const SECOND: char = '3';
pub(super) const CONFIG: char = 'c';
pub(super) const OTHER: char = 'a';

/// A subject of two layers, and what it lends to [`SubjectParts`].
pub(super) struct Scene {
    pub digest: Digest,
    pub index: Option<Digest>,
    pub config: Digest,
    pub config_names_subject: bool,
    pub layers: Vec<Descriptor>,
    pub binding: Vec<char>,
    pub own: Vec<Digest>,
    pub is_index: bool,
    pub is_proven: bool,
}

impl Default for Scene {
    fn default() -> Self {
        Scene {
            digest: digest(SUBJECT),
            index: None,
            config: digest(CONFIG),
            config_names_subject: false,
            layers: vec![layer(LAYER, "soils.pmtiles"), layer(SECOND, "a/soils.parquet")],
            binding: vec![LAYER, SECOND],
            own: Vec::new(),
            is_index: false,
            is_proven: true,
        }
    }
}

pub(super) fn layer(character: char, title: &str) -> Descriptor {
    Descriptor {
        media_type: "application/vnd.pmtiles".to_owned(),
        digest: digest(character),
        size: 10,
        artifact_type: None,
        annotations: BTreeMap::from([("org.opencontainers.image.title".to_owned(), title.to_owned())]),
        platform: None,
    }
}

impl Scene {
    pub(super) fn subject(&self) -> SubjectParts<'_> {
        let layers = self.layers.iter().map(|layer| &layer.digest);
        SubjectParts {
            digest: &self.digest,
            digests: std::iter::once(&self.digest).chain(&self.index).collect(),
            repository: Some("registry.example.org/kfm/layers".to_owned()),
            media_type: "application/vnd.oci.image.manifest.v1+json",
            artifact_type: Some("application/vnd.example.layer.v1"),
            size: 550,
            is_index: self.is_index,
            layers: &self.layers,
            layer_digests: self.layers.iter().map(|layer| &layer.digest).collect(),
            config: Some(&self.config),
            config_names_subject: self.config_names_subject,
            binding_layers: layers.filter(|layer| self.binding.iter().any(|one| digest(*one) == **layer)).collect(),
            own_documents: self.own.iter().collect(),
            is_proven: self.is_proven,
        }
    }
}

/// An unsigned document that states nothing.
pub(super) fn document(kind: DocumentKind, character: char) -> Document {
    Document {
        kind,
        document: digest(character),
        manifest: digest('f'),
        title: None,
        media_type: "application/json".to_owned(),
        artifact_type: None,
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

pub(super) fn signed(document: Document) -> Document {
    Document { signers: vec!["release".to_owned()], ..document }
}

/// A document that says that these were made.
pub(super) fn making(document: Document, outputs: &[(char, &str, Option<&str>)]) -> Document {
    let outputs = outputs.iter().map(|(character, pointer, name)| stated_digest(*character, pointer, *name)).collect();
    Document { facts: Facts { outputs, ..document.facts }, ..document }
}

pub(super) fn stated_digest(character: char, pointer: &str, name: Option<&str>) -> StatedDigest {
    StatedDigest { digest: digest(character), pointer: pointer.to_owned(), name: name.map(str::to_owned), text: None }
}

pub(super) fn stated(value: impl Into<String>, pointer: &str) -> StatedText {
    StatedText { value: value.into(), pointer: pointer.to_owned() }
}

/// A document with these files.
pub(super) fn describing(document: Document, files: Vec<DescribedFile>) -> Document {
    Document { description: Description { files, ..document.description }, ..document }
}

/// A document that claims this.
pub(super) fn claiming(document: Document, claims: Vec<Claim>) -> Document {
    Document { claims, ..document }
}

/// A claim about the subject itself, in a field that is listed.
pub(super) fn claim(role: ClaimRole, value: Value) -> Claim {
    Claim {
        role,
        field: role.name().to_owned(),
        value,
        pointer: format!("/{}", role.name()),
        rank: None,
        listed: true,
        of_subject: true,
    }
}

/// The same about something else.
pub(super) fn aside(claim: Claim) -> Claim {
    Claim { of_subject: false, ..claim }
}

pub(super) fn licence(text: &str) -> Claim {
    claim(ClaimRole::Licence, json!(text))
}

/// What comes with the program.
pub(super) fn bundled_settings() -> RelationSettings {
    let mut settings = serde_json::Map::new();
    for text in [
        include_str!("../../policies/core/licences.json"),
        include_str!("../../policies/core/media_types.json"),
        include_str!("../../policies/core/labels.json"),
    ] {
        let file: Value = serde_json::from_str(text).unwrap();
        settings.extend(file["config"].as_object().unwrap().clone());
    }
    RelationSettings::read(&Value::Object(settings)).unwrap()
}

/// A dossier of the default subject and these documents. Nobody signed the subject, and nothing is demanded.
pub(super) fn dossier(documents: Vec<Document>) -> Dossier {
    let (trust, limits) = (Trust::default(), Limits::default());
    let vocabulary = Vocabulary {
        fields: FieldTable::default(),
        labels: LabelTable::default(),
        predicates: PredicateTable::default(),
    };
    let by = VerificationContext { trust: &trust, limits: &limits, now: OffsetDateTime::UNIX_EPOCH };
    let mut dossier = Dossier::compile(graph(), Vec::new(), by, &Demands::default(), &vocabulary);
    dossier.documents = documents;
    dossier
}

fn graph() -> ReferrerGraph {
    let Scene { digest, layers, .. } = Scene::default();
    let manifest = Manifest {
        media_type: "application/vnd.oci.image.manifest.v1+json".to_owned(),
        artifact_type: None,
        subject: None,
        annotations: BTreeMap::new(),
        body: Body::Image { config: None, layers },
    };
    let subject = Subject {
        reference: format!("registry.example.org/kfm/layers@{digest}").parse().unwrap(),
        repository: None,
        descriptor: layer(SUBJECT, "the manifest"),
        bytes: Vec::new(),
        manifest,
        digests: vec![digest],
        tag_moved_to: None,
        held: BTreeMap::new(),
        corrupt: Vec::new(),
    };
    ReferrerGraph {
        subject,
        through: None,
        platform_ignored: None,
        nodes: Vec::new(),
        layers: BTreeMap::new(),
        files: Vec::new(),
        gaps: Vec::new(),
        ignored: Vec::new(),
        statistics: Statistics::default(),
        charged: 0,
    }
}

/// A file that is called so.
pub(super) fn file(name: &str) -> DescribedFile {
    DescribedFile { pointer: "/file".to_owned(), names: vec![name.to_owned()], ..DescribedFile::default() }
}
