//! How the configuration states what a certificate has to say.

use std::fmt;

use ocigate::trust::TextCondition;
use serde::Deserialize;
use serde::de::{self, MapAccess, Visitor};

/// A text of a certificate as the configuration wants it: `"exact"`, `{ glob = "…" }` or `{ regexp = "…" }`.
#[derive(Debug, Clone)]
pub struct TextConditionEntry(pub TextCondition);

impl<'de> Deserialize<'de> for TextConditionEntry {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor).map(TextConditionEntry)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = TextCondition;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text, `{ glob = \"…\" }`, `{ regexp = \"…\" }` or `{ absent = true }`")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<TextCondition, E> {
        Ok(TextCondition::Exact(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TextCondition, A::Error> {
        let key: Option<String> = map.next_key()?;
        let wanted = match key.as_deref() {
            Some("glob") => TextCondition::Glob(map.next_value()?),
            Some("regexp") => TextCondition::Regexp(map.next_value()?),
            Some("absent") if map.next_value()? => TextCondition::Absent,
            Some("absent") => return Err(de::Error::custom("`absent` can only be true: leave it out otherwise")),
            Some(key) => return Err(de::Error::unknown_field(key, &["glob", "regexp", "absent"])),
            None => return Err(de::Error::custom("expected `glob`, `regexp` or `absent`, found an empty table")),
        };
        match map.next_key::<String>()? {
            None => Ok(wanted),
            Some(other) => Err(de::Error::custom(format!("expected either `glob` or `regexp`, found also `{other}`"))),
        }
    }
}
