//! How a file is written that people write by hand.

use serde_json::Value;

use super::json::parse_strict;
use super::pointer::{self, ValueRange};
use super::yaml;

/// JSON or YAML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    /// JSON without duplicate keys.
    Json,
    /// YAML 1.2, one document without duplicate keys.
    Yaml,
}

impl Notation {
    /// By the file's extension: YAML for `.yaml` and `.yml`, else JSON.
    pub fn of(path: &str) -> Self {
        if path.ends_with(".yaml") || path.ends_with(".yml") { Notation::Yaml } else { Notation::Json }
    }

    /// The name that people know.
    pub fn name(self) -> &'static str {
        match self {
            Notation::Json => "JSON",
            Notation::Yaml => "YAML",
        }
    }

    /// Parses a whole text, strictly: no duplicate keys, at most `depth` levels of nesting. The error says what was
    /// found and where; it may quote the text.
    pub fn parse(self, text: &str, depth: usize) -> Result<Value, String> {
        match self {
            Notation::Json => parse_strict(text.as_bytes(), depth).map_err(|error| error.to_string()),
            Notation::Yaml => yaml::parse(text, depth),
        }
    }

    /// Finds the value that a JSON pointer means in a text that parses, or its nearest ancestor.
    pub fn locate(self, text: &[u8], pointer: &str) -> Option<ValueRange> {
        match self {
            Notation::Json => pointer::locate(text, pointer),
            Notation::Yaml => yaml::locate(text, pointer),
        }
    }
}
