//! JSON within a text, as annotations have it.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::map::Map;

use super::care::add;
use crate::evidence::document::reading::DEPTH;
use crate::oci::json::parse_strict;

/// What a text is as JSON. A key that stands twice has both values, as a list: it is not known which is meant, and
/// neither hides the other.
pub(super) fn json(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().map(|Lenient(value)| value)
}

/// Whether a text is JSON in which no key stands twice.
pub(super) fn is_strict(text: &str) -> bool {
    parse_strict(text.as_bytes(), DEPTH).is_ok()
}

struct Lenient(Value);

impl<'de> Deserialize<'de> for Lenient {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The parser bounds how deep this goes.
        deserializer.deserialize_any(AsItStands).map(Lenient)
    }
}

struct AsItStands;

impl<'de> Visitor<'de> for AsItStands {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Lenient(item)) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((key, Lenient(value))) = entries.next_entry::<String, Lenient>()? {
            add(&mut object, key, value);
        }
        Ok(Value::Object(object))
    }
}
