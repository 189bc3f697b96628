//! What a check finds.

use regorus::Value;
use regorus::value::Object;

use super::failure::Failure;

pub(super) type Done = Result<(), Failure>;

/// One error.
#[derive(Debug, Clone)]
pub(super) struct SchemaError {
    kind: &'static str,
    field: String,
    said: String,
}

impl SchemaError {
    /// As OPA gives it.
    pub fn into_value(self) -> Value {
        let mut object = Object::default();
        object.insert(Value::from("error"), Value::from(format!("{}: {}", self.field, self.said)));
        object.insert(Value::from("type"), Value::from(self.kind));
        object.insert(Value::from("field"), Value::from(self.field));
        object.insert(Value::from("desc"), Value::from(self.said));
        object.into_value()
    }
}

/// What came of a check.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub errors: Vec<SchemaError>,
    pub score: i64,
}

impl Outcome {
    pub fn is_valid(&self) -> bool {
        self.errors.is_empty()
    }

    /// Adds an error.
    pub fn tell(&mut self, kind: &'static str, place: &str, said: impl Into<String>) {
        let field = place.strip_prefix("(Root).").unwrap_or(place).to_owned();
        self.errors.push(SchemaError { kind, field, said: said.into() });
        self.score -= 2;
    }

    pub fn merge(&mut self, other: Outcome) {
        self.errors.extend(other.errors);
        self.score += other.score;
    }
}
