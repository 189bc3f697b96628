//! What is wrong with a document: a [`Fault`] with a stable [`FaultCode`], its place, and a sentence for people.
//!
//! Programs go by the code. The sentence may be reworded at any time, and nothing decides by it.

/// One thing that is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// JSON pointer (RFC 6901); of the object that lacks it, for a missing field.
    pub pointer: String,
    /// What was expected and what was found.
    pub message: String,
    /// What kind of fault it is.
    pub code: FaultCode,
    /// What found it.
    pub stage: Stage,
}

/// What finds a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The schema of the document's kind.
    Schema,
    /// The reader of that kind, which knows what a schema cannot say.
    Reader,
}

/// The kinds of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultCode {
    /// Something is required and not there.
    Missing,
    /// A field that there is none of, such as a misspelt one.
    UnknownField,
    /// A value of another type.
    WrongType,
    /// A value of the right type that is none of those allowed.
    WrongValue,
    /// The same twice, where it has to be there once.
    Duplicate,
    /// It refers to something that is not in the document.
    Dangling,
    /// More than is read, or than is listed.
    TooMany,
    /// It cannot be parsed, or not to its end.
    Unreadable,
    /// It says itself that what it describes is no longer valid.
    Invalidated,
    /// Two places of one document contradict each other.
    Contradiction,
    /// It is about another repository than the one that was expected.
    OtherRepository,
}

impl FaultCode {
    /// All codes, with the name that reports use and what it means.
    pub const ALL: [(&'static str, FaultCode, &'static str); 11] = [
        ("missing", FaultCode::Missing, "something is required and not there"),
        ("unknown_field", FaultCode::UnknownField, "a field that the schema does not have"),
        ("wrong_type", FaultCode::WrongType, "a value of another type"),
        ("wrong_value", FaultCode::WrongValue, "a value that is not one of those allowed"),
        ("duplicate", FaultCode::Duplicate, "the same is there twice"),
        ("dangling", FaultCode::Dangling, "a reference to something that is not in the document"),
        ("too_many", FaultCode::TooMany, "more than is read"),
        ("unreadable", FaultCode::Unreadable, "the document cannot be parsed"),
        ("invalidated", FaultCode::Invalidated, "the document says that what it describes is no longer valid"),
        ("contradiction", FaultCode::Contradiction, "two places of the document contradict each other"),
        ("other_repository", FaultCode::OtherRepository, "it is about another repository than the one expected"),
    ];

    /// The name in reports and in the policy input.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, code, _)| *code == self).map_or("", |(name, ..)| name)
    }
}

impl Fault {
    /// A fault that the reader of a document finds.
    pub fn new(code: FaultCode, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Fault { pointer: pointer.into(), message: message.into(), code, stage: Stage::Reader }
    }

    /// A fault against the schema of the document.
    pub fn of_schema(code: FaultCode, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Fault { stage: Stage::Schema, ..Fault::new(code, pointer, message) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_one_name() {
        for (index, (name, code, meaning)) in FaultCode::ALL.iter().enumerate() {
            assert_eq!(code.name(), *name);
            assert!(!meaning.is_empty() && FaultCode::ALL[..index].iter().all(|(other, ..)| other != name), "{name}");
        }
    }
}
