//! Which layers of the subject a described file is.

use std::collections::{BTreeMap, BTreeSet};

use super::subject::SubjectParts;
use crate::evidence::description::DescribedFile;

/// Layers of an image by their digest, by their path and by the last part of it.
#[derive(Debug, Default)]
pub struct LayerIndex {
    by_digest: BTreeMap<String, BTreeSet<usize>>,
    by_path: BTreeMap<String, BTreeSet<usize>>,
    by_name: BTreeMap<String, BTreeSet<usize>>,
    /// The digests of a subject of one layer: what pins its manifest means that layer.
    of_only_layer: BTreeSet<String>,
}

impl LayerIndex {
    /// Those of a subject. An index has none.
    pub fn of(subject: &SubjectParts<'_>) -> Self {
        let mut index = LayerIndex::default();
        if subject.is_index {
            return index;
        }
        for (number, layer) in subject.layers.iter().enumerate() {
            index.by_digest.entry(layer.digest.to_string()).or_default().insert(number);
            if let Some(title) = layer.title() {
                let path = path(title);
                index.by_name.entry(last(&path).to_owned()).or_default().insert(number);
                index.by_path.entry(path).or_default().insert(number);
            }
        }
        if subject.layers.len() == 1 {
            index.of_only_layer = subject.digests.iter().map(ToString::to_string).collect();
        }
        index
    }

    /// The layers that a file is, by digest and by name.
    pub fn layers_of(&self, file: &DescribedFile) -> BTreeSet<usize> {
        let by_digest = file.digests.iter().filter_map(|digest| self.by_digest.get(&digest.value));
        let by_name = file.names.iter().filter_map(|name| self.named(&path(name)));
        let found: BTreeSet<usize> = by_digest.chain(by_name).flatten().copied().collect();
        let pins_manifest = || file.digests.iter().any(|digest| self.of_only_layer.contains(&digest.value));
        if found.is_empty() && pins_manifest() { BTreeSet::from([0]) } else { found }
    }

    fn named(&self, path: &str) -> Option<&BTreeSet<usize>> {
        let by_name = || self.by_name.get(last(path)).filter(|layers| layers.len() == 1);
        self.by_path.get(path).or_else(by_name)
    }
}

/// A title as a path, without empty and `.` parts.
pub(super) fn path(title: &str) -> String {
    title.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".").collect::<Vec<_>>().join("/")
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}
