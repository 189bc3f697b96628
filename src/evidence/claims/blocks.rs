//! Reading a CARE block that is one object.

use serde_json::Value;
use serde_json::map::Map;

use super::care::{Care, add, value_in};
use super::tables::FieldName;
use super::{Reader, Role};
use crate::evidence::document::reading::{At, shortened};

impl Reader<'_> {
    /// Keeps a CARE block, or the text that stands where one is expected.
    pub(super) fn block(&mut self, field: &str, at: &At<'_>, care: Care) {
        let value = match at.value {
            Value::Object(object) => {
                let mut block = Map::new();
                for (key, value) in object {
                    match self.fields.member_of_block(&FieldName::of(key)) {
                        Some(member) => add(&mut block, member, value_in(value, care)),
                        None if care == Care::Outside => add(&mut block, key.clone(), value.clone()),
                        None => {}
                    }
                }
                Value::Object(block)
            }
            Value::String(text) => shortened(text.trim()).into(),
            _ => return,
        };
        self.push(Role::Care, field, value, at, None, true);
    }
}
