//! CARE blocks: as one object, or flat as members that stand side by side.

use serde_json::Value;
use serde_json::map::{Entry, Map};

use super::dress::{DRESS, is_nested};
use crate::evidence::document::reading::shown;

/// Where an object lies.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Care {
    Outside,
    /// Somewhere in a CARE block.
    Within,
    /// It is a CARE block.
    Block,
}

/// A CARE block in its flat form: members that stand side by side in one object.
#[derive(Default)]
pub(super) struct Flat<'a> {
    pub field: Option<&'a str>,
    pub block: Map<String, Value>,
}

impl<'a> Flat<'a> {
    /// Adds a member that `field` states.
    pub fn add(&mut self, field: &'a str, member: String, value: Value) {
        self.field.get_or_insert(field);
        add(&mut self.block, member, value);
    }
}

/// Adds a member to a block. Under two spellings it may have two values, and then it is the list of them: neither
/// hides the other.
pub(super) fn add(block: &mut Map<String, Value>, member: String, value: Value) {
    match block.entry(member) {
        Entry::Vacant(entry) => drop(entry.insert(value)),
        Entry::Occupied(mut entry) if *entry.get() != value => {
            let before = entry.insert(Value::Null);
            let mut values = if let Value::Array(values) = before { values } else { vec![before] };
            values.push(value);
            entry.insert(Value::Array(values));
        }
        Entry::Occupied(_) => {}
    }
}

/// A member's value, out of its JSON-LD clothes. Within another block it is told again, so it is shortened there: kept
/// whole at every level it would be a copy per level.
pub(super) fn value_in(value: &Value, care: Care) -> Value {
    let value = DRESS.iter().find_map(|key| value.get(key)).unwrap_or(value);
    if care != Care::Outside && is_nested(value) { shown(value).into() } else { value.clone() }
}
