//! JSON as I-JSON (RFC 7493 §2.3): duplicate keys are refused, nesting is bounded.
//!
//! Two readers that resolve a duplicate key differently see two documents under one digest, so such a
//! document is none.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Why bytes are not an acceptable JSON document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Not JSON at all.
    #[error("not valid JSON: {0}")]
    Syntax(String),
    /// An object has the same key twice.
    #[error("the key {key:?} appears twice in one object (line {line})")]
    DuplicateKey {
        /// The key.
        key: String,
        /// Line of its second appearance.
        line: usize,
    },
    /// There are too many values.
    #[error("more than {limit} values")]
    Values {
        /// The limit.
        limit: usize,
    },
    /// Arrays and objects are nested too deeply.
    #[error("nested deeper than {limit} levels")]
    Depth {
        /// The limit.
        limit: usize,
    },
}

/// Values that one document may have: a value takes some hundred bytes of memory, whatever it takes in the text.
/// An SBOM of 50,000 packages has about a million.
const VALUES: usize = 2_000_000;

/// Parses one JSON document: no duplicate keys, no trailing data, at most `depth` levels of nesting.
pub fn parse_strict(bytes: &[u8], depth: usize) -> Result<Value, JsonError> {
    let violation = RefCell::new(None);
    let values = Cell::new(0);
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    // Our own bound is lower than serde_json's 128, or is meant to be: both hold.
    let parsed = Strict { depth, values: &values, violation: &violation }
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    parsed.map_err(|error| match violation.into_inner() {
        Some(Violation::DuplicateKey(key)) => JsonError::DuplicateKey { key, line: error.line() },
        Some(Violation::Values) => JsonError::Values { limit: VALUES },
        Some(Violation::Depth) => JsonError::Depth { limit: depth },
        None => JsonError::Syntax(error.to_string()),
    })
}

enum Violation {
    DuplicateKey(String),
    Depth,
    Values,
}

struct Strict<'a> {
    depth: usize,
    values: &'a Cell<usize>,
    violation: &'a RefCell<Option<Violation>>,
}

impl Strict<'_> {
    fn deeper<E: serde::de::Error>(&self) -> Result<Strict<'_>, E> {
        self.values.set(self.values.get() + 1);
        if self.values.get() > VALUES {
            self.violation.replace(Some(Violation::Values));
            return Err(E::custom("too many values"));
        }
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Strict { depth, values: self.values, violation: self.violation }),
            None => {
                self.violation.replace(Some(Violation::Depth));
                Err(E::custom("too deep"))
            }
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
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

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element_seed(self.deeper()?)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if object.contains_key(&key) {
                self.violation.replace(Some(Violation::DuplicateKey(key)));
                return Err(A::Error::custom("duplicate key"));
            }
            let value = entries.next_value_seed(self.deeper()?)?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted() {
        let text = format!("[{}1]", "1,".repeat(VALUES));
        assert_eq!(parse_strict(text.as_bytes(), 8), Err(JsonError::Values { limit: VALUES }));
    }

    #[test]
    fn duplicates_depth_and_trailing_data_are_refused() {
        assert!(parse_strict(br#"{"a":[1,{"b":null}],"c":1.5}"#, 8).is_ok());
        for (text, reason) in [
            (r#"{"a":1,"a":2}"#, "the key \"a\" appears twice"),
            (r#"{"x":{"a":1,"\u0061":2}}"#, "the key \"a\" appears twice"),
            (r#"[[[[[[[[[1]]]]]]]]]"#, "nested deeper than 8 levels"),
            (r#"{} {}"#, "trailing characters"),
            (r#"{"a":}"#, "not valid JSON"),
            ("", "not valid JSON"),
        ] {
            let error = parse_strict(text.as_bytes(), 8).unwrap_err().to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
