//! What a document says of the data set, for the rules that compare documents.

use serde_json::{Map, Value, json};

use super::said::{claims, stated};
use crate::evidence::description::time::Moment;
use crate::evidence::description::{ArtifactReference, DescribedFile, DescribedInput, Description, Extent, Period};
use crate::relations::layers::LayerIndex;

pub(super) fn description(description: &Description, layers: &LayerIndex) -> Value {
    let identifiers = description.identifiers.iter().map(|identifier| {
        json!({"field": identifier.field, "value": identifier.stated.value, "pointer": identifier.stated.pointer})
    });
    let mut value = json!({
        "identifiers": identifiers.collect::<Vec<_>>(),
        "extents": description.extents.iter().map(extent).collect::<Vec<_>>(),
        "periods": description.periods.iter().map(period).collect::<Vec<_>>(),
        "files": description.files.iter().map(|described| of_subject(described, layers)).collect::<Vec<_>>(),
        "inputs": description.inputs.iter().map(input).collect::<Vec<_>>(),
        "references": description.references.iter().map(reference).collect::<Vec<_>>(),
    });
    if let (false, Some(fields)) = (description.truncated.is_empty(), value.as_object_mut()) {
        fields.insert("truncated".to_owned(), description.truncated.iter().map(|part| part.name()).collect());
    }
    value
}

fn extent(extent: &Extent) -> Value {
    json!({"bbox": extent.bbox, "of_collection": extent.is_of_collection, "pointer": extent.pointer})
}

fn period(period: &Period) -> Value {
    let moment = |moment: Option<Moment>| moment.map(|moment| [moment.first, moment.last]);
    json!({
        "of": period.of.name(),
        "start": moment(period.start),
        "end": moment(period.end),
        "instant": period.is_instant,
        "of_collection": period.is_of_collection,
        "text": period.text,
        "pointer": period.pointer,
    })
}

fn reference(reference: &ArtifactReference) -> Value {
    json!({
        "value": reference.text,
        "pointer": reference.pointer,
        "digest": reference.digest,
        "placeholder": reference.placeholder,
    })
}

fn input(input: &DescribedInput) -> Value {
    let mut value = file(&input.file);
    if let Some(fields) = value.as_object_mut() {
        fields.insert("claims".to_owned(), claims(&input.claims).into());
        if input.is_commit {
            fields.insert("pinned_by".to_owned(), "git".into());
        }
    }
    value
}

/// A file of the data set, with the layers of the subject that it is.
fn of_subject(described: &DescribedFile, layers: &LayerIndex) -> Value {
    let mut value = file(described);
    if let Some(fields) = value.as_object_mut() {
        fields.insert("layers".to_owned(), layers.layers_of(described).into_iter().collect());
    }
    value
}

/// What is said of it, by what it is about: one rule reads them all alike.
fn file(file: &DescribedFile) -> Value {
    let lists = [
        ("digest", &file.digests),
        ("media_type", &file.media_types),
        ("size", &file.sizes),
        ("role", &file.roles),
        ("locator", &file.locators),
    ];
    let said: Map<String, Value> =
        lists.iter().map(|(name, list)| ((*name).to_owned(), Value::Array(stated(list)))).collect();
    json!({"names": file.names, "said": said, "pointer": file.pointer})
}
