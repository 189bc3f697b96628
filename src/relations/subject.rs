//! The parts of the subject by which documents name it.

use std::collections::BTreeSet;

use crate::dossier::Dossier;
use crate::evidence::Class;
use crate::oci::media_type::EMPTY_DIGEST;
use crate::oci::{Body, Descriptor, Digest};

/// The parts of the subject by which documents name it.
#[derive(Debug, Clone)]
pub struct SubjectParts<'a> {
    /// The digest that it is judged under.
    pub digest: &'a Digest,
    /// All its digests, and those of the index that it was reached through.
    pub digests: BTreeSet<&'a Digest>,
    /// The repository that it is judged as.
    pub repository: Option<String>,
    /// The media type of its manifest.
    pub media_type: &'a str,
    /// Its artifact type, else the type of its config.
    pub artifact_type: Option<&'a str>,
    /// Bytes of its manifest.
    pub size: usize,
    /// Whether it is an index.
    pub is_index: bool,
    /// Its layers; of an index its children.
    pub layers: &'a [Descriptor],
    /// The digests of these.
    pub layer_digests: BTreeSet<&'a Digest>,
    /// The digest of its config.
    pub config: Option<&'a Digest>,
    /// Whether that digest stands for the subject, as image ids do.
    pub config_names_subject: bool,
    /// Layers that can bind a document, sorted: the config and the empty blob are shared by many artifacts.
    pub binding_layers: Vec<&'a Digest>,
    /// Layers of the subject that are documents of the classes that rules look for.
    pub own_documents: BTreeSet<&'a Digest>,
    /// Whether it is signed by a permitted signer.
    pub is_proven: bool,
}

impl<'a> SubjectParts<'a> {
    /// Those of a dossier's subject.
    pub fn of(dossier: &'a Dossier) -> Self {
        let subject = &dossier.graph.subject;
        let manifest = &subject.manifest;
        // What names the index names the child that was reached through it.
        let through = dossier.graph.through.iter().flat_map(|through| &through.digests);
        let digests: BTreeSet<&Digest> = subject.digests.iter().chain(through).collect();
        let layers = match &manifest.body {
            Body::Image { layers, .. } => layers.as_slice(),
            Body::Index { manifests } => manifests.as_slice(),
        };
        let config = manifest.config().map(|config| &config.digest);
        let own = dossier
            .documents
            .iter()
            .filter(|document| document.kind.class() != Class::Other && digests.contains(&document.manifest));
        SubjectParts {
            digest: &subject.descriptor.digest,
            repository: subject.repository.as_ref().map(ToString::to_string),
            media_type: &manifest.media_type,
            artifact_type: manifest.effective_type(),
            size: subject.bytes.len(),
            is_index: manifest.is_index(),
            layers,
            layer_digests: layers.iter().map(|layer| &layer.digest).collect(),
            config,
            config_names_subject: dossier.config_names_subject,
            binding_layers: binding_layers(manifest.layers(), config),
            own_documents: own.map(|document| &document.document).collect(),
            is_proven: dossier.signatures().next().is_some(),
            digests,
        }
    }

    /// Whether the digest is one of the subject itself.
    pub fn is_named_by(&self, digest: &Digest) -> bool {
        self.digests.contains(digest)
    }

    /// Whether the digest is one of the subject, of a layer of it or of its config.
    pub fn has(&self, digest: &Digest) -> bool {
        self.is_named_by(digest) || self.config == Some(digest) || self.has_layer(digest)
    }

    /// Whether the digest is one of a layer.
    pub fn has_layer(&self, digest: &Digest) -> bool {
        self.layer_digests.contains(digest)
    }
}

/// Layers that can bind a document to the subject, sorted, each once.
fn binding_layers<'a>(layers: &'a [Descriptor], config: Option<&Digest>) -> Vec<&'a Digest> {
    let own = layers.iter().map(|layer| &layer.digest).filter(|digest| config != Some(digest));
    let distinct: BTreeSet<&Digest> = own.filter(|digest| digest.to_string() != EMPTY_DIGEST).collect();
    distinct.into_iter().collect()
}
