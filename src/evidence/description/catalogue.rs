//! STAC (Item and Collection spec 1.0 and 1.1, file extension v2, alternate assets), DCAT 3 and RO-Crate 1.2.

use std::collections::BTreeMap;

use super::file::DescribedFile;
use super::said::Description;
use super::space::Extent;
use super::time::{Period, PeriodKind};
use super::values::{literal, values};
use crate::evidence::dcat::types;
use crate::evidence::document::reading::{DEPTH, DocumentValue, bare_digest, digest_by};
use crate::evidence::prov::context::Context;
use crate::evidence::{Facts, ro_crate};
use crate::oci::multihash;

/// A STAC Item, Collection or Catalog.
pub fn stac(root: &DocumentValue<'_>, description: &mut Description) {
    let properties = root.get("properties");
    for object in std::iter::once(root).chain(&properties) {
        description.named_by(object);
    }
    if root.text_of("type") == Some("Collection") {
        root.get("id").iter().for_each(|at| description.identifier("id", at));
        collection_extent(root, description);
    } else {
        root.get("collection").iter().for_each(|at| description.identifier("collection", at));
        description.extents.extend(root.get("bbox").and_then(|at| Extent::of_numbers(&at)));
        description.periods.extend(properties.as_ref().and_then(item_period));
    }
    for (_, asset) in root.get("assets").iter().flat_map(DocumentValue::members) {
        description.files.push(asset_file(&asset));
    }
}

fn collection_extent(root: &DocumentValue<'_>, description: &mut Description) {
    // The first is that of the whole, the others are parts of it (Collection spec, Spatial Extent Object).
    let first = |keys: &[&str]| root.path(keys).and_then(|list| list.items().next());
    if let Some(extent) = first(&["extent", "spatial", "bbox"]).and_then(|at| Extent::of_numbers(&at)) {
        description.extents.push(Extent { is_of_collection: true, ..extent });
    }
    if let Some(interval) = first(&["extent", "temporal", "interval"]) {
        let ends: Vec<_> = interval.items().map(|at| at.stated()).collect();
        let end = |index: usize| ends.get(index).and_then(Option::as_ref);
        let period = Period::between(PeriodKind::Data, end(0), end(1));
        description.periods.extend(period.map(|period| Period { is_of_collection: true, ..period }));
    }
}

/// `start_datetime` and `end_datetime` where they are stated, else `datetime` (common metadata, Date and Time).
fn item_period(properties: &DocumentValue<'_>) -> Option<Period> {
    let stated = |key: &str| properties.get(key).and_then(|at| at.stated());
    let (start, end) = (stated("start_datetime"), stated("end_datetime"));
    match start.is_some() || end.is_some() {
        true => Period::between(PeriodKind::Data, start.as_ref(), end.as_ref()),
        false => Period::at(PeriodKind::Data, &stated("datetime")?),
    }
}

fn asset_file(asset: &DocumentValue<'_>) -> DescribedFile {
    let mut file = DescribedFile::new(asset);
    let alternates = asset.get("alternate");
    let alternates = alternates.iter().flat_map(DocumentValue::members).filter_map(|(_, at)| at.get("href"));
    asset.get("href").into_iter().chain(alternates).for_each(|at| file.located(&at));
    let named = ["file", "path", "name"].into_iter().filter_map(|key| asset.path(&["kfm:oci", key]));
    named.for_each(|at| file.named(at.text().unwrap_or_default()));
    if let Some(at) = asset.get("file:checksum") {
        file.digested(&at, at.text().and_then(|text| multihash::digest(text).ok().flatten()));
    }
    asset.get("type").iter().for_each(|at| file.typed(at));
    asset.get("file:size").iter().for_each(|at| file.sized(at));
    asset.get("roles").iter().for_each(|at| file.in_role(at));
    file
}

/// RO-Crate: the files that its root data set has (RO-Crate 1.2 § Data Entities).
pub fn ro_crate(root: &DocumentValue<'_>, facts: &Facts, description: &mut Description) {
    let Some(data_set) = facts.subject_parts.first() else { return };
    root.value
        .pointer(data_set)
        .iter()
        .for_each(|value| description.named_by(&DocumentValue::new(value, data_set.as_str())));
    for entity in ro_crate::files(root, data_set) {
        let mut file = DescribedFile::new(&entity);
        ["@id", "contentUrl", "url"]
            .iter()
            .filter_map(|key| entity.get(key))
            .for_each(|at| file.located(&literal(&at)));
        entity.get("name").iter().for_each(|at| file.named(at.text().unwrap_or_default()));
        entity.get("sha256").iter().for_each(|at| file.digested(at, at.text().and_then(bare_digest)));
        entity.get("encodingFormat").iter().flat_map(DocumentValue::each).for_each(|at| file.typed(&at));
        entity.get("contentSize").iter().for_each(|at| file.sized(at));
        description.files.push(file);
    }
}

/// A DCAT document.
pub fn dcat(root: &DocumentValue<'_>, description: &mut Description) {
    let mut reader = Reader { context: Context::of(root.value), by_id: BTreeMap::new(), nodes: Vec::new() };
    reader.visit(root, false, DEPTH);
    for (node, is_distribution) in std::mem::take(&mut reader.nodes) {
        match is_distribution {
            true => description.files.push(reader.distribution(&node)),
            false => reader.dataset(&node, description),
        }
    }
}

struct Reader<'a> {
    context: Context,
    /// Nodes that say more than their name.
    by_id: BTreeMap<&'a str, DocumentValue<'a>>,
    /// Data sets and distributions, and which of them a node is.
    nodes: Vec<(DocumentValue<'a>, bool)>,
}

impl<'a> Reader<'a> {
    fn visit(&mut self, at: &DocumentValue<'a>, distributes: bool, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        if at.value.is_array() {
            return at.items().for_each(|item| self.visit(&item, distributes, depth));
        }
        let id = at.members().find(|(key, _)| self.context.name(key) == "@id").and_then(|(_, id)| id.text());
        let says_more = at.members().nth(1).is_some();
        if let Some(id) = id.filter(|_| says_more) {
            self.by_id.entry(id).or_insert_with(|| at.clone());
        }
        let types: Vec<String> = types(at, &self.context).collect();
        let has = |name: &str| types.iter().any(|kind| kind == name);
        if has("Distribution") || distributes && says_more {
            self.nodes.push((at.clone(), true));
        } else if has("Dataset") {
            self.nodes.push((at.clone(), false));
        }
        for (key, member) in at.members().filter(|(_, at)| at.value.is_object() || at.value.is_array()) {
            if key != "@context" {
                let name = self.context.name(key);
                self.visit(&member, name.ends_with("dcat#distribution") || name == "dcat:distribution", depth);
            }
        }
    }

    /// The values of a property; a node that is only named is looked up.
    fn values(&self, at: &DocumentValue<'a>, local: &str) -> Vec<DocumentValue<'a>> {
        let found = values(at, local, &self.context).into_iter();
        found.map(|at| self.by_id.get(at.text_of("@id").unwrap_or_default()).cloned().unwrap_or(at)).collect()
    }

    fn dataset(&self, at: &DocumentValue<'a>, description: &mut Description) {
        description.named_by(at);
        self.values(at, "identifier").iter().for_each(|at| description.identifier("identifier", at));
        for place in self.values(at, "spatial") {
            let boxes = self.values(&place, "bbox").into_iter().map(|at| literal(&at));
            description.extents.extend(boxes.filter_map(|at| match at.value.is_array() {
                true => Extent::of_numbers(&at),
                false => Extent::of_literal(&at),
            }));
        }
        for period in self.values(at, "temporal") {
            let stated = |key: &str| self.values(&period, key).first().and_then(|at| literal(at).stated());
            let (start, end) = (stated("startDate"), stated("endDate"));
            description.periods.extend(Period::between(PeriodKind::Data, start.as_ref(), end.as_ref()));
        }
    }

    fn distribution(&self, at: &DocumentValue<'a>) -> DescribedFile {
        let mut file = DescribedFile::new(at);
        for title in self.values(at, "title") {
            file.named(literal(&title).text().unwrap_or_default());
        }
        for place in ["downloadURL", "accessURL"].iter().flat_map(|key| self.values(at, key)) {
            file.located(&literal(&place));
        }
        ["mediaType", "format"].iter().flat_map(|key| self.values(at, key)).for_each(|at| file.typed(&at));
        self.values(at, "byteSize").iter().for_each(|at| file.sized(at));
        self.values(at, "role").iter().for_each(|at| file.in_role(at));
        for checksum in self.values(at, "checksum") {
            let one = |key: &str| self.values(&checksum, key).first().map(literal);
            if let (Some(by), Some(value)) = (one("algorithm"), one("checksumValue")) {
                file.digested(&value, by.text().zip(value.text()).and_then(|(by, hex)| digest_by(by, hex)));
            }
        }
        file
    }
}
