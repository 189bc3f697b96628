//! What a DCAT document says of the data set.

use super::records::RecordList;
use crate::evidence::Facts;
use crate::evidence::description::file::DescribedFile;
use crate::evidence::description::said::Description;
use crate::evidence::description::space::Extent;
use crate::evidence::description::time::{Period, PeriodKind};
use crate::evidence::document::reading::{DocumentValue, digest_by};
use crate::evidence::json_ld::nodes::JsonLdNode;
use crate::evidence::json_ld::values::literal;

/// What the data sets were made from (`dct:source`, `prov:wasDerivedFrom`). What is only named says nothing that could be
/// read.
pub fn sources<'a>(root: &DocumentValue<'a>, _: &'a Facts) -> Vec<DocumentValue<'a>> {
    RecordList::of(root).sources.objects
}

/// A DCAT document.
pub fn describe(root: &DocumentValue<'_>, _: &Facts, description: &mut Description) {
    let records = RecordList::of(root);
    records.data_sets.iter().for_each(|node| data_set(&records, node, description));
    description.files.extend(records.distributions.iter().map(|node| distribution(&records, node)));
}

fn data_set<'a>(records: &RecordList<'a>, node: &JsonLdNode<'a>, description: &mut Description) {
    node.objects.iter().for_each(|at| description.named_by(at));
    records.values(node, "identifier").iter().for_each(|at| description.identifier("identifier", at));
    for place in records.values(node, "spatial") {
        let boxes = records.values(&records.node(&place), "bbox").into_iter().map(|at| literal(&at));
        description.extents.extend(boxes.filter_map(|at| match at.value.is_array() {
            true => Extent::of_numbers(&at),
            false => Extent::of_literal(&at),
        }));
    }
    for period in records.values(node, "temporal") {
        let period = records.node(&period);
        let stated = |key: &str| records.values(&period, key).first().and_then(|at| literal(at).stated());
        let (start, end) = (stated("startDate"), stated("endDate"));
        description.periods.extend(Period::between(PeriodKind::Data, start.as_ref(), end.as_ref()));
    }
}

fn distribution<'a>(records: &RecordList<'a>, node: &JsonLdNode<'a>) -> DescribedFile {
    let mut file = DescribedFile { pointer: node.pointer(), ..DescribedFile::default() };
    let values = |key: &&str| records.values(node, key);
    for title in values(&"title") {
        file.named(literal(&title).text().unwrap_or_default());
    }
    for place in ["downloadURL", "accessURL"].iter().flat_map(values) {
        file.located(&literal(&place));
    }
    ["mediaType", "format"].iter().flat_map(values).for_each(|at| file.typed(&at));
    values(&"byteSize").iter().for_each(|at| file.sized(at));
    values(&"role").iter().for_each(|at| file.in_role(at));
    for checksum in values(&"checksum") {
        let checksum = records.node(&checksum);
        let one = |key: &str| records.values(&checksum, key).first().map(literal);
        if let (Some(by), Some(value)) = (one("algorithm"), one("checksumValue")) {
            file.digested(&value, by.text().zip(value.text()).and_then(|(by, hex)| digest_by(by, hex)));
        }
    }
    file
}
