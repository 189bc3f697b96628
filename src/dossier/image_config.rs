//! Whether the digest of an image's config names the image.

use serde_json::Value;

use crate::graph::{LayerState, ReferrerGraph};
use crate::limits::Limits;
use crate::oci::json::parse_strict;
use crate::oci::media_type;

/// Whether the config's digest stands for the subject, as image ids do in SBOMs that scanners write: it is the config of a
/// container image, and has as many `rootfs.diff_ids` as the manifest has layers (image-spec 1.1 `config.md`, § Properties).
pub fn names_subject(graph: &ReferrerGraph, limits: &Limits) -> bool {
    let manifest = &graph.subject.manifest;
    let config = manifest.config().filter(|config| media_type::is_image_config(&config.media_type));
    let Some(LayerState::Read(bytes)) = config.and_then(|config| graph.layers.get(&config.digest)) else {
        return false;
    };
    let parsed = parse_strict(bytes, limits.json_depth).ok();
    let diff_ids = parsed.as_ref().and_then(|config| config.pointer("/rootfs/diff_ids")).and_then(Value::as_array);
    diff_ids.is_some_and(|ids| !ids.is_empty() && ids.len() == manifest.layers().len())
}
