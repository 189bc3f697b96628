//! CARE blocks: as one object, or flat as members that stand side by side.

use serde_json::Value;
use serde_json::map::{Entry, Map};

use super::Reader;
use super::scope::Care;
use crate::evidence::document::reading::{DEPTH, shown};
use crate::evidence::json_ld::values::{is_nested, stated_values, unwrapped};

/// The member of a block that says whether it may be published.
const STATUS: &str = "status";

/// A CARE block in its flat form: members that stand side by side in one object.
#[derive(Default)]
pub(super) struct Flat {
    pub field: Option<String>,
    pub block: Map<String, Value>,
}

/// Adds a member to a block. Under two spellings it may have two values, and then it is the list of them: neither
/// hides the other.
pub(super) fn add(block: &mut Map<String, Value>, member: String, value: Value) {
    match block.entry(member) {
        Entry::Vacant(entry) => drop(entry.insert(value)),
        Entry::Occupied(mut entry) if *entry.get() != value => {
            let before = entry.insert(Value::Null);
            let mut values = if let Value::Array(values) = before { values } else { vec![before] };
            if !values.contains(&value) {
                values.push(value);
            }
            entry.insert(Value::Array(values));
        }
        Entry::Occupied(_) => {}
    }
}

impl Reader<'_> {
    /// Adds a known member to a block: of a status every value by itself, of any other member the value in its JSON-LD
    /// value objects. Within another block it is shown again, so it is shortened there: kept whole at every level it would
    /// be a copy per level.
    pub(super) fn add_member(&self, block: &mut Map<String, Value>, member: String, value: &Value, care: Care) {
        let kept = |value: Value| if care != Care::Outside && is_nested(&value) { shown(&value).into() } else { value };
        if member != STATUS {
            return add(block, member, kept(unwrapped(value, DEPTH)));
        }
        let mut stated = Vec::new();
        stated_values(value, &mut stated, DEPTH);
        for one in stated {
            let one = match one {
                Value::String(text) => self.word(text).into_owned().into(),
                // A list is gone through, and what is nested deeper than anything should be is not understood.
                Value::Array(_) => Value::Bool(true),
                other => kept(other.clone()),
            };
            add(block, member.clone(), one);
        }
    }
}
