//! What stands around values in JSON-LD, and in JSON made from XML.

use serde_json::Value;

/// Members of JSON-LD objects, and of JSON made from XML, that hold what the object stands for.
pub(super) const DRESS: [&str; 5] = ["@value", "@id", "$", "@set", "@list"];

pub(super) fn is_nested(value: &Value) -> bool {
    value.is_object() || value.is_array()
}
