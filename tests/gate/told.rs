//! What a run told, row by row: read from the report for programs, so that any sentence may be reworded.
//!
//! A row is a kind, a code and data that stand in one and the same entry: `fail licence.not_spdx CC-BY 4.0 + item.json`.
//! - `fail`, `undecided`, `warn`: a finding of that weight, by its code or its rule; its data are in places or message.
//! - `proven`, `attached`, `refused`, `unchecked`: evidence of that standing; everything after the word is data.
//! - `gap`, `relaxed`, `error`: a gap or a relaxation by its code, a rule that could not be evaluated by its name.
//! - `passed`: a rule that has nothing against it. `ignored`: a manifest that was listed and left out.
//!
//! A datum `member=value` is all of that member. Any other row stands in the text as it is: labels, names, places.

use serde_json::Value;

use crate::support::gate::Outcome;

pub trait Told {
    /// Asserts the exit code and that each row was told.
    fn tells(&self, case: &str, code: i32, rows: &[&str]);
    /// Whether this row was told.
    fn told(&self, row: &str) -> bool;
}

impl Told for Outcome {
    #[track_caller]
    fn tells(&self, case: &str, code: i32, rows: &[&str]) {
        self.assert(case, code, &[]);
        for row in rows {
            assert!(
                self.told(row),
                "{case}: expected the row {row:?} in {:#?}\n{}\n{}",
                self.codes(),
                self.out,
                self.err
            );
        }
    }

    fn told(&self, row: &str) -> bool {
        let parsed = || serde_json::from_str(&self.out).unwrap_or_default();
        let report = self.report.clone().unwrap_or_else(parsed);
        stands(&report, row).unwrap_or_else(|| self.out.contains(row) || self.err.contains(row))
    }
}

/// Whether the report has the row; none if it is of no kind, so that only the text can have it.
pub fn stands(report: &Value, row: &str) -> Option<bool> {
    let (kind, rest) = row.split_once(' ').unwrap_or((row, ""));
    let of_subjects = |part: &str| -> Vec<Value> {
        let subjects = report["subjects"].as_array().into_iter().flatten();
        subjects.flat_map(|subject| subject[part].as_array().cloned().unwrap_or_default()).collect()
    };
    // A code, then data; without data the code is all there is.
    let (code, data) = rest.split_once(' ').unwrap_or((rest, ""));
    let is_called = |entry: &Value| code.is_empty() || entry["code"] == code || entry["rule"] == code;
    let (entries, data): (Vec<Value>, &str) = match kind {
        "fail" | "undecided" | "warn" => {
            let findings = of_subjects("findings").into_iter();
            (findings.filter(|one| one["weight"] == kind && is_called(one)).collect(), data)
        }
        "proven" | "attached" | "refused" | "unchecked" => {
            (of_subjects("evidence").into_iter().filter(|one| one["standing"] == kind).collect(), rest)
        }
        "gap" => (of_subjects("gaps").into_iter().filter(is_called).collect(), data),
        "error" => (of_subjects("rule_errors").into_iter().filter(is_called).collect(), data),
        "passed" => (of_subjects("passed").into_iter().filter(is_called).collect(), data),
        "ignored" => (of_subjects("ignored"), rest),
        "relaxed" => {
            let all = report["run"]["relaxations"].as_array().cloned().unwrap_or_default();
            (all.into_iter().filter(is_called).collect(), data)
        }
        _ => return None,
    };
    let has_all = |entry: &Value| {
        let mut members = Vec::new();
        leaves("", entry, &mut members);
        data.split(" + ").filter(|datum| !datum.is_empty()).all(|datum| states(&members, datum))
    };
    Some(entries.iter().any(has_all))
}

/// Every text and number of an entry with the member that it is of. An excerpt only repeats the document, a remedy what
/// is to be done.
fn leaves(member: &str, value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            let told = members.iter().filter(|(name, _)| !["excerpt", "remedy", "id"].contains(&name.as_str()));
            told.for_each(|(name, value)| leaves(name, value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| leaves(member, item, found)),
        Value::String(text) => found.push((member.to_owned(), text.clone())),
        Value::Null => {}
        other => found.push((member.to_owned(), other.to_string())),
    }
}

fn states(members: &[(String, String)], datum: &str) -> bool {
    if let Some((member, value)) = datum.split_once('=')
        && members.iter().any(|(name, _)| name == member)
    {
        return members.iter().any(|(name, text)| name == member && text == value);
    }
    members.iter().any(|(_, text)| holds(text, datum))
}

/// Whether the text has the datum by itself, not as part of a longer word or number.
pub fn holds(text: &str, datum: &str) -> bool {
    let is_apart = |outside: Option<char>, inside: Option<char>| {
        let is_word = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
        !(is_word(outside) && is_word(inside))
    };
    text.match_indices(datum).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + datum.len()..]);
        is_apart(before.chars().next_back(), datum.chars().next())
            && is_apart(after.chars().next(), datum.chars().next_back())
    })
}
