//! JSON as I-JSON (RFC 7493 §2.3): duplicate keys are refused, nesting and memory are bounded.
//!
//! Two readers that resolve a duplicate key differently see two documents under one digest, so such a
//! document is none. A tree takes ten and more times the memory of its text, so what it would take is counted while it
//! is read.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

mod lists;

pub use lists::{List, ListElements, Lists, Outline, parse_outline};

/// Why bytes are not an acceptable JSON document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// It begins with a byte order mark (RFC 8259 §8.1: it must not).
    #[error("expected JSON without a byte order mark, found one at the beginning: save the file as UTF-8 without it")]
    ByteOrderMark,
    /// It is in another encoding (RFC 8259 §8.1: JSON is UTF-8).
    #[error("expected JSON in UTF-8, found {0}: save the file as UTF-8 without a byte order mark")]
    Encoding(&'static str),
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
    /// As a tree it would take too much memory.
    #[error("to be read it takes more than {limit} bytes of memory")]
    Memory {
        /// The limit.
        limit: u64,
    },
    /// Arrays and objects are nested too deeply.
    #[error("nested deeper than {limit} levels")]
    Depth {
        /// The limit.
        limit: usize,
    },
}

/// Memory that the tree of one document may take, in bytes. An SBOM of 100,000 packages takes about half a gigabyte.
pub const MEMORY: u64 = 104 * 1024 * 1024;

/// Parses one JSON document: no duplicate keys, no trailing data, at most `depth` levels of nesting, and no more
/// than [`MEMORY`].
pub fn parse_strict(bytes: &[u8], depth: usize) -> Result<Value, JsonError> {
    let account = Account::new(MEMORY);
    parse(bytes, depth, &account, Strict { depth, account: &account })
}

/// Reads the whole of a text by a seed that keeps this account.
fn parse<'t, S: DeserializeSeed<'t>>(
    text: &'t [u8],
    depth: usize,
    account: &Account,
    seed: S,
) -> Result<S::Value, JsonError> {
    encoding(text)?;
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    // Our own bound is lower than serde_json's 128, or is meant to be: both hold.
    let parsed = seed.deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    parsed.map_err(|error| match account.violation.take() {
        Some(Violation::DuplicateKey(key)) => JsonError::DuplicateKey { key, line: error.line() },
        Some(Violation::Memory) => JsonError::Memory { limit: account.limit },
        Some(Violation::Depth) => JsonError::Depth { limit: depth },
        None => JsonError::Syntax(error.to_string()),
    })
}

/// Refuses an encoding other than UTF-8, and a byte order mark, by name: a JSON text begins with two ASCII characters
/// (RFC 4627 §3), so that the zeros among its first bytes tell.
fn encoding(text: &[u8]) -> Result<(), JsonError> {
    match text {
        [0xef, 0xbb, 0xbf, ..] => Err(JsonError::ByteOrderMark),
        [0, 0, 0xfe, 0xff, ..] | [0xff, 0xfe, 0, 0, ..] | [0, 0, 0, 1..=255, ..] | [1..=255, 0, 0, 0, ..] => {
            Err(JsonError::Encoding("UTF-32"))
        }
        [0xfe, 0xff, ..] | [0xff, 0xfe, ..] | [0, 1..=255, ..] | [1..=255, 0, ..] => Err(JsonError::Encoding("UTF-16")),
        _ => Ok(()),
    }
}

enum Violation {
    DuplicateKey(String),
    Depth,
    Memory,
}

/// What the tree takes so far, and what was wrong.
struct Account {
    limit: u64,
    taken: Cell<u64>,
    violation: RefCell<Option<Violation>>,
}

/// Bytes that a place in an array takes: the value, and half as much again because arrays grow by doubling.
const ITEM: u64 = 48;
/// Bytes that the first entry of an object takes: a node of the tree holds eleven.
const OBJECT: u64 = 640;
/// Bytes of each entry beyond the first node.
const ENTRY: u64 = 112;
/// Entries of one node.
const NODE: usize = 11;

/// Bytes that a text takes on the heap.
fn text_cost(text: &str) -> u64 {
    text.len() as u64 + 16
}

impl Account {
    fn new(limit: u64) -> Self {
        Account { limit, taken: Cell::new(0), violation: RefCell::new(None) }
    }

    fn fail<E: serde::de::Error>(&self, violation: Violation) -> E {
        self.violation.replace(Some(violation));
        // The words are replaced; only the line counts.
        E::custom("refused")
    }

    fn take<E: serde::de::Error>(&self, bytes: u64) -> Result<(), E> {
        let taken = self.taken.get().saturating_add(bytes);
        self.taken.set(taken);
        if taken > self.limit { Err(self.fail(Violation::Memory)) } else { Ok(()) }
    }

    /// One more entry of an object that has `entries`.
    fn entry<E: serde::de::Error>(&self, key: &str, entries: usize) -> Result<(), E> {
        let place = match entries {
            0 => OBJECT,
            1..NODE => 0,
            _ => ENTRY,
        };
        self.take(text_cost(key) + place)
    }

    fn deeper<E: serde::de::Error>(&self, depth: usize) -> Result<usize, E> {
        depth.checked_sub(1).ok_or_else(|| self.fail(Violation::Depth))
    }
}

/// Builds the tree.
#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: usize,
    account: &'a Account,
}

impl Strict<'_> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        Ok(Strict { depth: self.account.deeper(self.depth)?, ..self })
    }

    fn items<'de, A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element_seed(self.deeper()?)? {
            self.account.take(ITEM)?;
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    /// The members; `member` reads the value of a key.
    fn members<'de, A: MapAccess<'de>>(
        self,
        mut entries: A,
        mut member: impl FnMut(&str, &mut A) -> Result<Value, A::Error>,
    ) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(self.account.fail(Violation::DuplicateKey(key)));
            }
            self.account.entry(&key, object.len())?;
            let value = member(&key, &mut entries)?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
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

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.account.take(text_cost(value))?;
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, sequence: A) -> Result<Value, A::Error> {
        self.items(sequence)
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Value, A::Error> {
        self.members(entries, |_, entries| entries.next_value_seed(self.deeper()?))
    }
}

/// A key as it stands in the text, where it stands there without escapes.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_counted_before_it_is_taken() {
        // A hundredth of the limit in the text, and more than the limit as a tree.
        let text = format!("[{}{{\"a\":1}}]", "{\"a\":1},".repeat(1_200_000));
        assert!(text.len() < 10_000_000);
        assert_eq!(parse_strict(text.as_bytes(), 8), Err(JsonError::Memory { limit: MEMORY }));
        let within = |text: &str, limit: u64| {
            let account = Account::new(limit);
            parse(text.as_bytes(), 8, &account, Strict { depth: 8, account: &account }).map(|_| account.taken.get())
        };
        assert_eq!(within(r#"[1,"a",{"k":2,"l":3}]"#, 5000), Ok(3 * ITEM + 17 + OBJECT + 2 * 17));
        assert_eq!(within(r#"{"k":1}"#, OBJECT), Err(JsonError::Memory { limit: OBJECT }));
    }

    #[test]
    fn an_encoding_is_called_by_its_name() {
        let text = "{\"Größe\": 1}";
        let wide = |to: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to).collect::<Vec<u8>>();
        let (little, big) = (wide(u16::to_le_bytes), wide(u16::to_be_bytes));
        let longest: Vec<u8> = text.chars().flat_map(|character| u32::from(character).to_be_bytes()).collect();
        let with = |mark: &[u8], text: &[u8]| [mark, text].concat();
        for (bytes, expected) in [
            (with(&[0xef, 0xbb, 0xbf], text.as_bytes()), JsonError::ByteOrderMark),
            (vec![0xef, 0xbb, 0xbf], JsonError::ByteOrderMark),
            (with(&[0xff, 0xfe], &little), JsonError::Encoding("UTF-16")),
            (with(&[0xfe, 0xff], &big), JsonError::Encoding("UTF-16")),
            (little, JsonError::Encoding("UTF-16")),
            (big, JsonError::Encoding("UTF-16")),
            (longest, JsonError::Encoding("UTF-32")),
        ] {
            assert_eq!(parse_strict(&bytes, 8), Err(expected.clone()), "{bytes:?}");
            let lists = Lists { within: &[], names: &[], kept: 1 };
            assert_eq!(parse_outline(&bytes, 8, &lists).err(), Some(expected));
        }
        assert!(parse_strict(text.as_bytes(), 8).is_ok() && parse_strict(b"1", 8).is_ok());
        // A mark within a text is a character as others are.
        assert!(parse_strict("\"\u{feff}\"".as_bytes(), 8).is_ok());
    }

    #[test]
    fn duplicates_depth_and_trailing_data_are_refused() {
        assert!(parse_strict(br#"{"a":[1,{"b":null}],"c":1.5}"#, 8).is_ok());
        let twice = || JsonError::DuplicateKey { key: "a".to_owned(), line: 1 };
        for (text, expected) in [
            (r#"{"a":1,"a":2}"#, twice()),
            (r#"{"x":{"a":1,"\u0061":2}}"#, twice()),
            (r#"[[[[[[[[[1]]]]]]]]]"#, JsonError::Depth { limit: 8 }),
        ] {
            assert_eq!(parse_strict(text.as_bytes(), 8), Err(expected), "{text}");
        }
        for text in [r#"{} {}"#, r#"{"a":}"#, ""] {
            assert!(matches!(parse_strict(text.as_bytes(), 8), Err(JsonError::Syntax(_))), "{text}");
        }
    }
}
