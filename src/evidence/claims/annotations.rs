//! What annotations claim.

use std::collections::BTreeMap;

use serde_json::Value;

use super::scope::{Care, What};
use super::{Claim, FieldTable, LabelTable, Reader};
use crate::evidence::document::reading::{DEPTH, DocumentValue};

/// What the annotations of a manifest say. Pointers lead into the manifest.
pub fn annotation_claims(
    annotations: &BTreeMap<String, String>,
    fields: &FieldTable,
    labels: &LabelTable,
) -> Vec<Claim> {
    let object = annotations.iter().map(|(key, text)| (key.clone(), text.as_str().into())).collect();
    let object = Value::Object(object);
    let root = DocumentValue::new(&object, "/annotations");
    let mut reader = Reader::new(fields, labels, None);
    reader.add_part(&object);
    for key in &fields.licence.annotations {
        if let Some(at) = root.get(key) {
            reader.licence(key, &at, DEPTH);
        }
    }
    reader.walk(&root, Care::Outside, What::Nested, DEPTH);
    reader.finish()
}
