//! How a document names the subject's bytes. What a run only used never binds.

use std::collections::BTreeSet;

use super::layers::LayerIndex;
use super::objection::Objection;
use super::subject::SubjectParts;
use super::words::{digests, listed};
use crate::dossier::Document;
use crate::evidence::{Class, DocumentKind, StatedDigest};
use crate::oci::Digest;

mod files;
#[cfg(test)]
mod tests;

/// By what a document is tied to the subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bond {
    /// It names the manifest.
    Manifest,
    /// It names all layers that can bind, and no other manifest.
    Layers,
    /// It names the image by its id, the digest of the config.
    Config,
    /// It names a part of the subject.
    Part,
    /// It names no digest at all: that it hangs on the subject is all there is.
    Attachment,
    /// It names other things.
    Nothing,
}

impl Bond {
    /// The name in the policy input.
    pub fn name(self) -> &'static str {
        match self {
            Bond::Manifest => "manifest",
            Bond::Layers => "layers",
            Bond::Config => "config",
            Bond::Part => "part",
            Bond::Attachment => "attachment",
            Bond::Nothing => "nothing",
        }
    }
}

/// How one document names the subject.
#[derive(Debug, Clone)]
pub struct Binding<'a> {
    /// By what it is tied to the subject.
    pub bond: Bond,
    /// Outputs that are the subject's manifest.
    pub ours: Vec<&'a StatedDigest>,
    /// Layers that would have to be named, and are not.
    pub unnamed: Vec<&'a Digest>,
    /// Outputs that are another manifest, where none is the subject's.
    pub others: Vec<&'a StatedDigest>,
}

impl<'a> Binding<'a> {
    /// Finds out how a document names the subject.
    pub fn of(document: &'a Document, subject: &SubjectParts<'a>, layers: &LayerIndex) -> Self {
        let outputs = document.facts.outputs.as_slice();
        let is_ours = |output: &&StatedDigest| subject.is_named_by(&output.digest) && !is_mentioned(document, output);
        let ours: Vec<&StatedDigest> = outputs.iter().filter(is_ours).collect();
        let named: BTreeSet<&Digest> = outputs.iter().map(|output| &output.digest).collect();
        let to_name = layers_to_name(document, subject);
        let unnamed: Vec<&Digest> = to_name.iter().copied().filter(|layer| !named.contains(layer)).collect();
        // A digest does not tell what it is of, so every one is another manifest that is neither a part of the subject
        // nor evidently a file.
        let is_other =
            |output: &&StatedDigest| !subject.has(&output.digest) && !files::is_file(document, output, subject);
        let others = match ours.is_empty() {
            true => outputs.iter().filter(is_other).collect(),
            false => Vec::new(),
        };
        let by_config = is_named_by_config(document, subject);
        let names_a_layer = subject.binding_layers.iter().any(|layer| named.contains(layer));
        // A manifest that is somebody else's outweighs layers and image ids.
        let bond = match (!ours.is_empty(), others.is_empty()) {
            (true, _) => Bond::Manifest,
            (false, true) if !to_name.is_empty() && unnamed.is_empty() => Bond::Layers,
            (false, true) if by_config => Bond::Config,
            _ if names_a_layer || by_config || describes_a_layer(document, subject, layers) => Bond::Part,
            _ if outputs.is_empty() => Bond::Attachment,
            _ => Bond::Nothing,
        };
        Binding { bond, ours, unnamed, others }
    }

    /// Whether it says by itself which bytes it is about, and they are the subject's.
    pub fn is_bound(&self) -> bool {
        matches!(self.bond, Bond::Manifest | Bond::Layers | Bond::Config)
    }

    /// Whether it names anything of the subject.
    pub fn touches(&self) -> bool {
        self.is_bound() || self.bond == Bond::Part
    }

    /// Why the document is not tied to the subject as one of its class has to be: provenance names the manifest or all
    /// layers; a run manifest may name one layer, beside no other manifest, or nothing; an SBOM may name one layer or nothing.
    pub fn fault(&self, document: &Document, subject: &SubjectParts<'_>) -> Option<Objection> {
        let is_enough = match document.kind.class() {
            Class::Provenance => self.is_bound(),
            Class::RunManifest => match self.bond {
                Bond::Part => self.others.is_empty(),
                bond => bond != Bond::Nothing,
            },
            Class::Sbom => self.bond != Bond::Nothing,
            Class::Metadata | Class::Other => true,
        };
        (!is_enough).then(|| self.why(document, subject))
    }

    fn why(&self, document: &Document, subject: &SubjectParts<'_>) -> Objection {
        let (noun, digest) = (noun(document), subject.digest);
        let outputs = document.facts.outputs.as_slice();
        let is_subject = |stated: &&StatedDigest| subject.is_named_by(&stated.digest);
        let used = document.facts.inputs.iter().chain(outputs).find(is_subject).filter(|_| !self.touches());
        let foreign: Vec<&StatedDigest> = match (self.others.is_empty(), self.touches()) {
            (false, _) => self.others.clone(),
            (true, false) => outputs.iter().collect(),
            (true, true) => Vec::new(),
        };
        let first = |stated: &[&StatedDigest]| stated.first().map(|one| one.pointer.clone()).unwrap_or_default();
        let (code, pointer, message) = match used {
            Some(used) => {
                let made: Vec<&StatedDigest> = outputs.iter().filter(|output| !is_subject(output)).collect();
                let made = if made.is_empty() { "nothing".to_owned() } else { digests(&made) };
                let message = format!(
                    "the {noun} names this subject {digest} only as something used or referred to, and as made {made}"
                );
                ("only_used", used.pointer.clone(), message)
            }
            None if outputs.is_empty() => {
                let message = format!(
                    "the {noun} states no digest of what was made, so nothing ties it to this subject {digest}"
                );
                ("no_digest", String::new(), message)
            }
            None if !foreign.is_empty() => {
                let note = match !subject.binding_layers.is_empty() && self.unnamed.is_empty() {
                    true => ", although it names its layers (a file is known by its name: `soils.parquet`)",
                    false => "",
                };
                let message =
                    format!("the {noun} is about {}, not about this subject {digest}{note}", digests(&foreign));
                ("other_subject", first(&foreign), message)
            }
            None => {
                let missing = listed(self.unnamed.iter().map(ToString::to_string));
                let message =
                    format!("the {noun} names neither this subject {digest} nor all its layers: {missing} missing");
                ("layers_unnamed", first(&outputs.iter().collect::<Vec<_>>()), message)
            }
        };
        Objection { code, message, pointer }
    }
}

/// What a document is called in sentences.
pub(super) fn noun(document: &Document) -> String {
    match document.kind.class() {
        Class::Provenance => "provenance".to_owned(),
        Class::RunManifest => "run manifest".to_owned(),
        Class::Sbom => "SBOM".to_owned(),
        Class::Metadata => format!("metadata ({})", document.kind.name()),
        Class::Other => "document".to_owned(),
    }
}

/// A catalogue record knows layers by their names too, whatever it says of their digests: the manifest contradicts it there.
fn describes_a_layer(document: &Document, subject: &SubjectParts<'_>, layers: &LayerIndex) -> bool {
    document.kind.class() == Class::Metadata
        && (document.facts.outputs.iter().any(|output| subject.has_layer(&output.digest))
            || document.description.files.iter().any(|file| !layers.layers_of(file).is_empty()))
}

/// What has to be named: all layers; by a layer of the subject itself those that are no documents, because no document can
/// name itself.
fn layers_to_name<'a>(document: &Document, subject: &SubjectParts<'a>) -> Vec<&'a Digest> {
    let is_own = subject.is_named_by(&document.manifest);
    let layers = subject.binding_layers.iter().copied();
    layers.filter(|layer| !is_own || !subject.own_documents.contains(layer)).collect()
}

/// The id of an image is the digest of its config: scanners write it into the SBOM. Nothing else is named by it.
fn is_named_by_config(document: &Document, subject: &SubjectParts<'_>) -> bool {
    document.kind.class() == Class::Sbom
        && subject.config_names_subject
        && document.facts.outputs.iter().any(|output| subject.config == Some(&output.digest))
}

/// A reference under a property of any name, by which PROV's reader calls it: it may be to another thing (`kfm:basemap`), so
/// it counts against the document, never for it.
fn is_mentioned(document: &Document, output: &StatedDigest) -> bool {
    let Some(name) = output.name.as_deref().filter(|_| document.kind == DocumentKind::Prov) else { return false };
    let steps: Vec<String> = output.pointer.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
    // The index of an element is no property; no list is so long that its indices have ten digits.
    let is_index = |step: &str| (1..10).contains(&step.len()) && step.bytes().all(|byte| byte.is_ascii_digit());
    properties(&steps).iter().any(|step| step == name && !is_index(step))
}

/// In PROV-JSON the way to an entity's properties begins with its id, which is no property: behind the statement, and behind
/// a bundle and its id.
fn properties(path: &[String]) -> &[String] {
    let is_entities = |index: &usize| {
        let is_map = path.get(*index).is_some_and(|step| step == "entity" || step == "prov:entity");
        is_map && path.len() > index + 1 && path.get(1..*index).is_some_and(is_way_to_map)
    };
    match (1..=5).find(is_entities) {
        Some(index) => path.get(index + 2..).unwrap_or_default(),
        None => path,
    }
}

fn is_way_to_map(inside: &[String]) -> bool {
    let names: Vec<&str> = inside.iter().map(String::as_str).collect();
    let outer = match names.as_slice() {
        [outer @ .., "bundle" | "prov:bundle", _] => outer,
        all => all,
    };
    matches!(outer, [] | ["predicate"] | ["predicate", "Data"])
}
