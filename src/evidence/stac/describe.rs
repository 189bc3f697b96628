//! What a STAC document says of the data set (Item and Collection spec 1.0 and 1.1, file extension v2, alternate assets).

use crate::evidence::Facts;
use crate::evidence::description::file::DescribedFile;
use crate::evidence::description::said::Description;
use crate::evidence::description::space::Extent;
use crate::evidence::description::time::{Period, PeriodKind};
use crate::evidence::document::reading::DocumentValue;
use crate::oci::multihash;

/// Links to what it was derived from (Item spec, Relation types).
pub fn sources<'a>(root: &DocumentValue<'a>, _: &'a Facts) -> Vec<DocumentValue<'a>> {
    let is_source = |link: &DocumentValue<'a>| matches!(link.text_of("rel"), Some("derived_from" | "derived-from"));
    root.list("links").filter(is_source).collect()
}

/// A STAC Item, Collection or Catalog.
pub fn describe(root: &DocumentValue<'_>, _: &Facts, description: &mut Description) {
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
