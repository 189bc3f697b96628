//! What the walk reads of the subject itself: its own documents, and the config of an image.

use std::collections::BTreeSet;

use super::Walk;
use crate::graph::found::LayerState;
use crate::oci::{Descriptor, media_type};
use crate::source::{BlobState, GapReason, SearchTarget};

/// What is beyond the limit.
const LARGE_DOCUMENT: &str = "bytes of a document among the subject's own layers (its type or title names one)";

impl Walk<'_> {
    /// Asks for those layers of the subject itself that may be documents about it. One that is named as a document is
    /// read, or there is a gap; any other that cannot be read is data. What is corrupt was told where it was hashed.
    pub(super) fn ask_own_layers(&mut self) {
        let subject = &self.graph.subject;
        let about = subject.descriptor.digest.clone();
        let is_named = |layer: &Descriptor| self.words.is_own_document(&layer.media_type, layer.title());
        let may_be = |layer: &&Descriptor| self.words.may_be_own_document(&layer.media_type, layer.title());
        let mut seen = BTreeSet::new();
        let mut wanted: Vec<(bool, Descriptor)> =
            subject.manifest.layers().iter().filter(may_be).map(|layer| (!is_named(layer), layer.clone())).collect();
        // Those that are named as documents first: of the rest, what is not read is data.
        wanted.sort_by_key(|(is_other, _)| *is_other);
        wanted.retain(|(_, layer)| seen.insert(layer.digest.clone()));
        for (number, (is_other, layer)) in wanted.into_iter().enumerate() {
            let limit = |what: &'static str, limit: u64| GapReason::Limit { what: what.into(), limit };
            let missed = match self.graph.subject.held.get(&layer.digest) {
                None => continue,
                Some(BlobState::NotHeld) => Some(GapReason::Absent),
                Some(BlobState::Held | BlobState::NotRead) if layer.size > self.limits.own_document_bytes => {
                    Some(limit(LARGE_DOCUMENT, self.limits.own_document_bytes))
                }
                Some(BlobState::Held | BlobState::NotRead) => {
                    let most = self.limits.own_documents;
                    (number >= most).then(|| limit("documents among the subject's own layers", most as u64))
                }
            };
            match missed {
                Some(_) if is_other => {}
                Some(reason) => self.gap(SearchTarget::Evidence(layer.digest, about.clone()), reason),
                None => {
                    self.graph.layers.insert(layer.digest.clone(), LayerState::Unseen);
                    self.ask_layer(layer, about.clone());
                }
            }
        }
    }

    /// Asks for the config of a container image, by whose digest SBOMs name the image. One that is too large is none.
    pub(super) fn ask_image_config(&mut self) {
        let subject = &self.graph.subject;
        let about = subject.descriptor.digest.clone();
        let is_there = |config: &&Descriptor| {
            matches!(subject.held.get(&config.digest), Some(BlobState::Held | BlobState::NotRead))
                && config.size <= self.limits.own_document_bytes
                && !self.graph.layers.contains_key(&config.digest)
        };
        let config = subject.manifest.config().filter(|config| media_type::is_image_config(&config.media_type));
        if let Some(config) = config.filter(is_there).cloned() {
            self.graph.layers.insert(config.digest.clone(), LayerState::Unseen);
            self.ask_layer(config, about);
        }
    }
}
