//! How a run ended, by its run manifest. A run that did not succeed made nothing that should be used.

use serde_json::Value;

use super::objection::Objection;
use crate::dossier::Document;
use crate::evidence::Class;
use crate::evidence::document::reading::{child, local_name, plain};

/// How a field tells the end of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tale {
    /// What is not known to mean success does not.
    Status,
    /// A word that may be about other things than success, so only what says failure counts.
    Word,
    /// False is failure.
    Success,
    /// Anything but zero is failure.
    Code,
}

/// The fields, by their plain names.
const FIELDS: [(&str, Tale); 11] = [
    ("status", Tale::Status),
    ("outcome", Tale::Status),
    ("runstatus", Tale::Status),
    ("state", Tale::Word),
    ("result", Tale::Word),
    ("conclusion", Tale::Word),
    ("succeeded", Tale::Success),
    ("success", Tale::Success),
    ("exitcode", Tale::Code),
    ("exitstatus", Tale::Code),
    ("returncode", Tale::Code),
];

/// Words for success.
const SUCCESSES: [&str; 8] = ["succeeded", "success", "completed", "complete", "ok", "passed", "done", "finished"];

/// Words for failure.
const FAILURES: [&str; 8] = ["failed", "failure", "error", "aborted", "cancelled", "canceled", "timed_out", "timeout"];

/// Characters of a value that are shown.
const SHOWN: usize = 60;

/// All fields of a run manifest, or of its `run`, that say so.
pub(super) fn failures(document: &Document) -> Vec<Objection> {
    if document.kind.class() != Class::RunManifest {
        return Vec::new();
    }
    let (pointer, body) = document.kind.spec().in_statement.of(document.content.value());
    let records = [(pointer.to_owned(), Some(body)), (format!("{pointer}/run"), body.get("run"))];
    let mut found = Vec::new();
    for (pointer, record) in records {
        for (field, value) in record.and_then(Value::as_object).into_iter().flatten() {
            let name = plain(local_name(field));
            let tale = FIELDS.iter().find(|(known, _)| *known == name).map(|(_, tale)| *tale);
            if tale.is_some_and(|tale| is_failure(tale, value)) {
                let shown: String = text_of(value).chars().take(SHOWN).collect();
                let message = format!("the run manifest says that its run did not succeed: its {field} is `{shown}`");
                found.push(Objection { code: "run_failed", message, pointer: child(&pointer, field) });
            }
        }
    }
    found
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn is_failure(tale: Tale, value: &Value) -> bool {
    let word = value.as_str().map(|text| text.trim().to_lowercase());
    let is_one_of = |words: &[&str]| word.as_deref().is_some_and(|word| words.contains(&word));
    match tale {
        Tale::Status => !value.is_null() && !is_one_of(&SUCCESSES),
        Tale::Word => is_one_of(&FAILURES),
        Tale::Success => *value == Value::Bool(false),
        Tale::Code => !value.is_null() && value.as_f64() != Some(0.0) && value.as_str() != Some("0"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_says_failure_is_one() {
        for (tale, value, expected) in [
            (Tale::Status, json!("Succeeded "), false),
            (Tale::Status, json!("queued"), true),
            (Tale::Status, json!(null), false),
            (Tale::Status, json!(true), true),
            (Tale::Word, json!("queued"), false),
            (Tale::Word, json!("Cancelled"), true),
            (Tale::Success, json!(false), true),
            (Tale::Success, json!("false"), false),
            (Tale::Code, json!(0), false),
            (Tale::Code, json!(0.0), false),
            (Tale::Code, json!("0"), false),
            (Tale::Code, json!(2), true),
            (Tale::Code, json!("killed"), true),
        ] {
            assert_eq!(is_failure(tale, &value), expected, "{tale:?} {value}");
        }
    }
}
