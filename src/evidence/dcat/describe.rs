//! What a DCAT document says of the data set.

use std::collections::BTreeMap;

use super::terms::{is_source, types};
use crate::evidence::Facts;
use crate::evidence::description::file::DescribedFile;
use crate::evidence::description::said::Description;
use crate::evidence::description::space::Extent;
use crate::evidence::description::time::{Period, PeriodKind};
use crate::evidence::description::values::{literal, values};
use crate::evidence::document::reading::{DEPTH, DocumentValue, digest_by, local_name};
use crate::evidence::prov::context::Context;

/// What the data sets were made from.
pub fn sources<'a>(root: &DocumentValue<'a>, _: &'a Facts) -> Vec<DocumentValue<'a>> {
    let mut found = Vec::new();
    find_sources(root, &Context::of(root.value), DEPTH, &mut found);
    found
}

/// `dct:source` and `prov:wasDerivedFrom` of a DCAT record; what is only named says nothing that could be read.
fn find_sources<'a>(at: &DocumentValue<'a>, context: &Context, depth: usize, found: &mut Vec<DocumentValue<'a>>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    at.items().for_each(|item| find_sources(&item, context, depth, found));
    for (key, member) in at.members().filter(|(key, _)| *key != "@context") {
        match is_source(local_name(&context.name(key))) {
            true => found.extend(member.each().into_iter().filter(|at| at.value.is_object())),
            false => find_sources(&member, context, depth, found),
        }
    }
}

/// A DCAT document.
pub fn describe(root: &DocumentValue<'_>, _: &Facts, description: &mut Description) {
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
