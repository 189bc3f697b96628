//! In-toto statements v0.1 and v1 (in-toto attestation framework, `spec/v1/statement.md`): a predicate about
//! subjects that are named by digest.
//!
//! Read strictly, because the subjects decide what a signature is worth: a key in other case is refused (Go's
//! `encoding/json` would take it), as is a sha256 or sha512 that is not one, and a statement about nothing.

use serde_json::{Map, Value};

use super::document::reading::{child, shown};
use super::frame::StatementPart;
pub use super::frame::is_statement as recognise;
use super::spec::{KindSpec, OwnWords, no_description, no_inputs, no_marks, no_packages, no_schema, whole_tree};
use super::{Class, Facts, Reading, StatedDigest};
use crate::fault::{Fault, FaultCode};
use crate::oci::Digest;

/// What this kind is: a statement whose predicate is of no other kind.
pub const KIND: KindSpec = KindSpec {
    name: "statement",
    class: Class::Other,
    marks: no_marks,
    marks_beside: no_marks,
    media_words: &[],
    predicate_types: &[],
    in_statement: StatementPart::Whole,
    schema: no_schema,
    is_streamed: whole_tree,
    facts: subjects_of,
    own_words: OwnWords::Nothing,
    inputs: no_inputs,
    describe: no_description,
    packages: no_packages,
    refers: true,
};

/// `_type` of a statement v0.1.
pub const TYPE_V0_1: &str = "https://in-toto.io/Statement/v0.1";
/// `_type` of a statement v1.
pub const TYPE_V1: &str = "https://in-toto.io/Statement/v1";

/// Subjects of one statement, and digests of one subject: what sigstore-go allows.
const SUBJECTS: usize = 1024;
const DIGESTS: usize = 32;

/// A statement. Its predicate stays in the document that it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// `predicateType`: it alone says what the predicate is.
    pub predicate_type: String,
    /// What the statement is about, in its order; never empty.
    pub subjects: Vec<StatementSubject>,
}

/// One entry of a statement's `subject`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementSubject {
    /// `name`, a hint for people: matching is by digest only.
    pub name: Option<String>,
    /// The digests that this program can compute. All of them must be the subject's.
    pub digests: Vec<Digest>,
    /// Algorithms that it cannot compute (`sha1`, `gitCommit`).
    pub other_algorithms: Vec<String>,
}

/// Why a value is not an acceptable statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{at}`: expected {expected}, found {found}")]
pub struct StatementError {
    /// JSON pointer of the fault; `/` for the whole statement.
    pub at: String,
    /// What was expected.
    pub expected: String,
    /// What was there, shortened.
    pub found: String,
    /// What kind of fault it is.
    pub code: FaultCode,
}

impl StatementError {
    fn new(code: FaultCode, at: &str, expected: impl Into<String>, found: impl Into<String>) -> Self {
        let at = if at.is_empty() { "/" } else { at };
        StatementError { at: at.to_owned(), expected: expected.into(), found: found.into(), code }
    }

    /// The same as a fault of a document.
    pub fn fault(&self) -> Fault {
        let at = if self.at == "/" { "" } else { &self.at };
        Fault::new(self.code, at, format!("expected {}, found {}", self.expected, self.found))
    }
}

/// Whether a value is meant as a statement, also where its `_type` is missing or misspelt: it has the frame of one.
pub fn is_meant(value: &Value) -> bool {
    let has = |key: &str| value.get(key).is_some();
    let stated = value.get("_type").and_then(Value::as_str).map(str::to_ascii_lowercase);
    stated.is_some_and(|stated| stated.contains("in-toto.io/statement"))
        || (has("predicateType") && (has("subject") || has("predicate")))
}

/// What is wrong with a predicate that is none: an object, or nothing (in-toto attestation, `spec/v1/statement.md`,
/// `predicate`: object, optional). A text is what is left where JSON was written into JSON.
pub fn predicate_fault(statement: &Value) -> Option<Fault> {
    let predicate = statement.get("predicate").filter(|predicate| !predicate.is_object() && !predicate.is_null())?;
    let found = match predicate {
        Value::String(text) => format!("a text: {}", shown(&text.as_str().into())),
        Value::Array(_) => "an array".to_owned(),
        other => shown(other),
    };
    let what = "the predicate itself, as JSON and not as a text with JSON in it";
    Some(Fault::new(FaultCode::WrongType, "/predicate", format!("expected an object ({what}), found {found}")))
}

/// What a document of a kind of which rules need nothing else states: the subjects of its statement, if it is one.
pub fn subjects_of(document: &Reading<'_>) -> Facts {
    if recognise(document.value()) { facts(document.value()) } else { Facts::default() }
}

/// The statement's subjects, as outputs: what it says is so is said of them.
pub fn facts(value: &Value) -> Facts {
    let subjects = Statement::read(value).map(|statement| statement.subjects).unwrap_or_default();
    let outputs = subjects.into_iter().enumerate().flat_map(|(index, subject)| {
        let named = move |digest: Digest| StatedDigest {
            pointer: format!("/subject/{index}/digest/{}", digest.algorithm().name()),
            digest,
            name: subject.name.clone(),
            text: None,
        };
        subject.digests.into_iter().map(named)
    });
    Facts { outputs: outputs.collect(), ..Facts::default() }
}

impl Statement {
    /// Reads a statement.
    pub fn read(value: &Value) -> Result<Self, StatementError> {
        let fields = object(value, "", &["_type", "subject", "predicateType", "predicate"])?;
        let stated = text(fields, "_type", "")?;
        if stated != TYPE_V0_1 && stated != TYPE_V1 {
            let expected = format!("{TYPE_V0_1} or {TYPE_V1}");
            return Err(StatementError::new(FaultCode::WrongValue, "/_type", expected, shown(&stated.into())));
        }
        let predicate_type = text(fields, "predicateType", "")?.to_owned();
        Ok(Statement { predicate_type, subjects: subjects(fields)? })
    }
}

fn subjects(fields: &Map<String, Value>) -> Result<Vec<StatementSubject>, StatementError> {
    let subjects = match fields.get("subject") {
        Some(Value::Array(subjects)) if !subjects.is_empty() => subjects,
        Some(Value::Array(_)) => {
            return Err(StatementError::new(FaultCode::Missing, "/subject", "at least one subject", "none"));
        }
        Some(other) => {
            return Err(StatementError::new(FaultCode::WrongType, "/subject", "an array of subjects", shown(other)));
        }
        None => return Err(StatementError::new(FaultCode::Missing, "", "a field `subject`", "none")),
    };
    if subjects.len() > SUBJECTS {
        return Err(StatementError::new(
            FaultCode::TooMany,
            "/subject",
            format!("at most {SUBJECTS} subjects"),
            subjects.len().to_string(),
        ));
    }
    subjects.iter().enumerate().map(|(index, entry)| subject(entry, &format!("/subject/{index}"))).collect()
}

fn subject(value: &Value, at: &str) -> Result<StatementSubject, StatementError> {
    let fields = object(value, at, &["name", "digest"])?;
    let name = fields.get("name").and_then(Value::as_str).filter(|name| !name.is_empty()).map(str::to_owned);
    let stated =
        fields.get("digest").ok_or_else(|| StatementError::new(FaultCode::Missing, at, "a field `digest`", "none"))?;
    let at = child(at, "digest");
    let stated = object(stated, &at, &["sha256", "sha512"])?;
    if stated.is_empty() || stated.len() > DIGESTS {
        let found = format!("{} entries", stated.len());
        let code = if stated.is_empty() { FaultCode::Missing } else { FaultCode::TooMany };
        return Err(StatementError::new(code, &at, format!("1 to {DIGESTS} digests"), found));
    }
    let (mut digests, mut other_algorithms) = (Vec::new(), Vec::new());
    for (algorithm, hex) in stated {
        let pointer = child(&at, algorithm);
        let hex = hex
            .as_str()
            .ok_or_else(|| StatementError::new(FaultCode::WrongType, &pointer, "a digest in hex", shown(hex)))?;
        let is_lower_hex = hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if let Some(lengths) = lengths(algorithm).filter(|lengths| !is_lower_hex || !lengths.contains(&hex.len())) {
            let lengths = lengths.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
            let expected = format!("a digest in lower-case hex ({algorithm}: {lengths} characters)");
            return Err(StatementError::new(FaultCode::WrongValue, &pointer, expected, shown(&hex.into())));
        }
        match format!("{algorithm}:{hex}").parse::<Digest>() {
            Ok(digest) => digests.push(digest),
            Err(_) => other_algorithms.push(algorithm.clone()),
        }
    }
    Ok(StatementSubject { name, digests, other_algorithms })
}

/// How many hex characters a digest of this algorithm has; none for an algorithm of somebody's own (in-toto attestation,
/// `spec/v1/digest_set.md` § Supported algorithms; git's are SHA-1 or SHA-256).
fn lengths(algorithm: &str) -> Option<&'static [usize]> {
    Some(match algorithm {
        "md5" => &[32],
        "sha1" => &[40],
        "sha224" | "sha512_224" | "sha3_224" => &[56],
        "sha256" | "sha512_256" | "sha3_256" => &[64],
        "sha384" | "sha3_384" => &[96],
        "sha512" | "sha3_512" => &[128],
        "gitCommit" | "gitTree" | "gitBlob" | "gitTag" => &[40, 64],
        _ => return None,
    })
}

fn text<'a>(fields: &'a Map<String, Value>, key: &str, at: &str) -> Result<&'a str, StatementError> {
    match fields.get(key) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        Some(empty @ Value::String(_)) => {
            Err(StatementError::new(FaultCode::Missing, &child(at, key), "a text", shown(empty)))
        }
        Some(other) => Err(StatementError::new(FaultCode::WrongType, &child(at, key), "a text", shown(other))),
        None => Err(StatementError::new(FaultCode::Missing, at, format!("a field `{key}`"), "none")),
    }
}

/// The value as an object in which none of the known keys is written in other case.
fn object<'a>(value: &'a Value, at: &str, known: &[&str]) -> Result<&'a Map<String, Value>, StatementError> {
    let wrong_type = || StatementError::new(FaultCode::WrongType, at, "an object", shown(value));
    let fields = value.as_object().ok_or_else(wrong_type)?;
    for key in fields.keys() {
        if let Some(expected) = known.iter().find(|expected| *expected != key && expected.eq_ignore_ascii_case(key)) {
            return Err(StatementError::new(
                FaultCode::UnknownField,
                at,
                format!("the key `{expected}`"),
                format!("`{key}` (some readers ignore case)"),
            ));
        }
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const HEX: &str = "6ec7f5b8a4c5b9c2f1d0e3a798b6c5d4e3f2a1b0c9d8e7f60516273849506172";

    #[test]
    fn a_statement_is_read_with_all_its_digests() {
        let sha512 = HEX.repeat(2);
        let value = json!({
            "_type": TYPE_V1, "predicateType": "https://example.org/p/v1", "predicate": {"a": 1},
            "subject": [
                {"name": "layer", "digest": {"gitCommit": "a".repeat(40), "sha256": HEX, "sha512": sha512}},
                {"digest": {"sha1": "da39a3ee5e6b4b0d3255bfef95601890afd80709"}},
            ],
        });
        let statement = Statement::read(&value).unwrap();
        let first = &statement.subjects[0];
        assert_eq!(first.name.as_deref(), Some("layer"));
        assert_eq!(first.digests.len(), 2);
        assert_eq!(first.other_algorithms, ["gitCommit"]);
        assert!(statement.subjects[1].digests.is_empty());
        let outputs: Vec<_> = facts(&value).outputs.into_iter().map(|named| named.pointer).collect();
        assert_eq!(outputs, ["/subject/0/digest/sha256", "/subject/0/digest/sha512"]);
        assert!(recognise(&value));
        assert!(!recognise(&json!({"_type": "link"})));
    }

    #[test]
    fn a_wrong_statement_is_refused_and_says_where() {
        let good = json!({"_type": TYPE_V0_1, "predicateType": "p", "subject": [{"digest": {"sha256": HEX}}]});
        assert!(Statement::read(&good).is_ok());
        let with = |pointer: &str, value: Value| {
            let mut changed = good.clone();
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            let parent = changed.pointer_mut(parent).unwrap();
            match parent {
                Value::Array(items) => items[key.parse::<usize>().unwrap()] = value,
                _ => parent[key] = value,
            }
            changed
        };
        for (value, expected) in [
            (json!(5), "`/`: expected an object, found 5".to_owned()),
            (json!({}), "`/`: expected a field `_type`, found none".to_owned()),
            (
                with("/_type", json!("https://in-toto.io/Statement/v2")),
                format!("`/_type`: expected {TYPE_V0_1} or {TYPE_V1}, found \"https://in-toto.io/Statement/v2\""),
            ),
            (with("/predicateType", json!(1)), "`/predicateType`: expected a text, found 1".to_owned()),
            (
                with("/PredicateType", json!("q")),
                "`/`: expected the key `predicateType`, found `PredicateType` (some readers ignore case)".to_owned(),
            ),
            (with("/subject", json!([])), "`/subject`: expected at least one subject, found none".to_owned()),
            (with("/subject", json!("x")), "`/subject`: expected an array of subjects, found \"x\"".to_owned()),
            (with("/subject/0", json!({})), "`/subject/0`: expected a field `digest`, found none".to_owned()),
            (
                with("/subject/0/digest", json!({})),
                "`/subject/0/digest`: expected 1 to 32 digests, found 0 entries".to_owned(),
            ),
            (
                with("/subject/0/digest/sha256", json!("AB")),
                "`/subject/0/digest/sha256`: expected a digest in lower-case hex (sha256: 64 characters), found \"AB\""
                    .to_owned(),
            ),
            (
                with("/subject/0/digest/Sha256", json!(HEX)),
                "`/subject/0/digest`: expected the key `sha256`, found `Sha256` (some readers ignore case)".to_owned(),
            ),
            (
                with("/subject", Value::Array(vec![json!({"digest": {"sha256": HEX}}); 1025])),
                "`/subject`: expected at most 1024 subjects, found 1025".to_owned(),
            ),
        ] {
            assert_eq!(Statement::read(&value).unwrap_err().to_string(), expected);
        }
    }
}
