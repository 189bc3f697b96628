//! STAC Items 1.0 and 1.1 (stac-spec, `item-spec/item-spec.md`): the catalogue entry of a data set.
//!
//! An Item names files by location; `file:checksum` is optional and no rule relies on it, so an Item has no
//! outputs. It speaks about the subject as a whole: its licence and labels are read by `claims`. What it must
//! have is in the schema `stac-item.v1`.

use serde_json::Value;

use super::Facts;

/// Whether the value is a STAC Item.
pub fn recognise(value: &Value) -> bool {
    value.get("stac_version").is_some_and(Value::is_string)
        && value.get("type").and_then(Value::as_str) == Some("Feature")
}

/// The facts of a STAC Item: the whole of it is about the subject.
pub fn facts(_: &Value) -> Facts {
    Facts { subject_parts: vec![String::new()], ..Facts::default() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_item_is_a_feature_with_a_version() {
        assert!(recognise(&json!({"type": "Feature", "stac_version": "1.0.0"})));
        for value in [
            json!({"type": "Feature", "geometry": null}),
            json!({"type": "Collection", "stac_version": "1.0.0"}),
            json!({"type": "Feature", "stac_version": 1}),
            json!(null),
        ] {
            assert!(!recognise(&value), "{value}");
        }
        assert_eq!(facts(&json!({})).subject_parts, [""]);
    }
}
