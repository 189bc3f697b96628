//! The config of a container image (image-spec 1.1 `config.md`): what it says, and whether its digest names the image.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::graph::{LayerState, ReferrerGraph};
use crate::limits::Limits;
use crate::oci::json::parse_strict;
use crate::oci::media_type;

/// What the config of a container image says. Fields of another type than the specification's say nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImageConfig {
    /// `os/architecture`, and `/variant` if it has one.
    pub platform: Option<String>,
    /// When it was made.
    pub created: Option<String>,
    /// The user that it runs as; none is root.
    pub user: Option<String>,
    /// `NAME=value`.
    pub environment: Vec<String>,
    /// What it runs.
    pub entrypoint: Vec<String>,
    /// Arguments of that.
    pub command: Vec<String>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// How its layers were made, the first one first.
    pub history: Vec<HistoryStep>,
    /// Digests of the layers' tars: as many as there are layers.
    diff_ids: usize,
}

/// One step of an image's history.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct HistoryStep {
    /// When.
    pub created: Option<String>,
    /// By which command.
    pub created_by: Option<String>,
    /// What the tool said of it.
    pub comment: Option<String>,
    /// Whether it made no layer.
    #[serde(rename = "empty_layer")]
    pub is_empty_layer: bool,
}

impl ImageConfig {
    /// The config of the subject, if that is a container image whose config was read.
    pub fn of(graph: &ReferrerGraph, limits: &Limits) -> Option<Self> {
        let config = graph.subject.manifest.config();
        let config = config.filter(|config| media_type::is_image_config(&config.media_type))?;
        let Some(LayerState::Read(bytes)) = graph.layers.get(&config.digest) else { return None };
        let parsed = parse_strict(bytes, limits.json_depth).ok()?;
        let text = |pointer: &str| parsed.pointer(pointer).and_then(serde_json::Value::as_str).map(str::to_owned);
        let platform = [text("/os"), text("/architecture")].into_iter().collect::<Option<Vec<_>>>();
        let platform = platform.map(|parts| parts.into_iter().chain(text("/variant")).collect::<Vec<_>>().join("/"));
        fn read<T: Default + for<'a> Deserialize<'a>>(value: &serde_json::Value, pointer: &str) -> T {
            value.pointer(pointer).and_then(|found| T::deserialize(found).ok()).unwrap_or_default()
        }
        Some(ImageConfig {
            platform,
            created: text("/created"),
            user: text("/config/User").filter(|user| !user.is_empty()),
            environment: read(&parsed, "/config/Env"),
            entrypoint: read(&parsed, "/config/Entrypoint"),
            command: read(&parsed, "/config/Cmd"),
            labels: read(&parsed, "/config/Labels"),
            history: read(&parsed, "/history"),
            diff_ids: parsed.pointer("/rootfs/diff_ids").and_then(serde_json::Value::as_array).map_or(0, Vec::len),
        })
    }

    /// Whether the config's digest stands for the subject, as image ids do in SBOMs that scanners write: it has as many
    /// `rootfs.diff_ids` as the manifest has layers (image-spec 1.1 `config.md`, § Properties).
    pub fn names_subject(&self, graph: &ReferrerGraph) -> bool {
        self.diff_ids > 0 && self.diff_ids == graph.subject.manifest.layers().len()
    }
}
