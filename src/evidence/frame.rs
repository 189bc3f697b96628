//! The frame of an in-toto statement, and what of it is the document.

use serde_json::Value;

/// Where in a statement the document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatementPart {
    /// The statement itself: its subjects are part of what is said.
    Whole,
    /// The predicate, or its `Data` where an old cosign wrapped it.
    Predicate,
}

impl StatementPart {
    /// The document in a value, with its pointer; what is no statement is the document itself.
    pub fn of(self, value: &Value) -> (&'static str, &Value) {
        if self == StatementPart::Whole || !is_statement(value) {
            return ("", value);
        }
        let predicate = value.get("predicate").unwrap_or(&Value::Null);
        match predicate.get("Data") {
            Some(data) if data.is_object() => ("/predicate/Data", data),
            _ => ("/predicate", predicate),
        }
    }
}

/// Whether the value calls itself an in-toto statement, of whatever version.
pub fn is_statement(value: &Value) -> bool {
    value.get("_type").and_then(Value::as_str).is_some_and(|text| text.starts_with("https://in-toto.io/Statement/"))
}
