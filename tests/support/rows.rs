//! What a run has to say, row by row: read from the report for programs, so that any sentence may be reworded.
//!
//! A row is a kind, a code and data that stand in one and the same entry: `fail licence.not_spdx CC-BY 4.0 + item.json`.
//! - `fail`, `undecided`, `warn`: a finding of that weight, by its code, its rule or `set.rule`.
//! - `proven`, `attached`, `refused`, `unchecked`: evidence of that standing; everything after the word is data.
//! - `gap`, `relaxed`, `error`: a gap or a relaxation by its code, a rule that could not be evaluated by its name.
//! - `unseen`: the only gap of a subject, which is the subject itself.
//! - `passed`: a rule that has nothing against it. `skipped`: one of those that does not apply. `ignored`: a manifest that was listed and left out.
//! - `note`: a note of the run. `differs`: what is not as it is in the capsule. `subject`: the facts of a subject.
//!
//! A datum `member=value` is all of that member. Any other row, and every one where there is no report, stands in the
//! text as it is: labels, names, places.

use serde_json::Value;

use super::gate::Outcome;

impl Outcome {
    /// Asserts the exit code and that each row was said.
    #[track_caller]
    pub fn assert(&self, case: &str, code: i32, rows: &[&str]) {
        assert_eq!(self.code, code, "{case}: exit code\n{}\n{}", self.out, self.err);
        for row in rows {
            let of_kind = || entries(&self.report()?, row.split(' ').next()?);
            let (out, err) = (&self.out, &self.err);
            assert!(self.has(row), "{case}: expected the row {row:?} in {:#?}\n{out}\n{err}", of_kind());
        }
    }

    /// Whether this row was said.
    pub fn has(&self, row: &str) -> bool {
        let report = self.report();
        let is_of_report = report.and_then(|report| stands(&report, row));
        is_of_report.unwrap_or_else(|| self.out.contains(row) || self.err.contains(row))
    }

    /// All entries of this list of the report, of every subject or of the run.
    pub fn list(&self, name: &str) -> Vec<Value> {
        list(&self.report().unwrap_or_default(), name).into_iter().cloned().collect()
    }

    /// This member of all entries of a list; of one that is a list itself, all of it.
    pub fn each(&self, name: &str, member: &str) -> Vec<Value> {
        let members = self.list(name).into_iter().map(|mut entry| entry[member].take());
        members.flat_map(|value| if let Value::Array(all) = value { all } else { vec![value] }).collect()
    }

    /// The report beside the text, or in its place.
    fn report(&self) -> Option<Value> {
        let in_its_place = || serde_json::from_str(&self.out).ok().filter(|value: &Value| value["subjects"].is_array());
        self.report.clone().or_else(in_its_place)
    }
}

/// A row of this kind and code with these data.
pub fn row(start: &str, data: &[&str]) -> String {
    format!("{start} {}", data.join(" + "))
}

/// Whether the report has the row; none if it is of no kind, so that only the text can have it.
pub fn stands(report: &Value, row: &str) -> Option<bool> {
    let (kind, rest) = row.split_once(' ').unwrap_or((row, ""));
    let entries = entries(report, kind)?;
    // A code, then data; without data the code is all there is.
    let has_no_code =
        ["proven", "attached", "refused", "unchecked", "ignored", "note", "differs", "subject"].contains(&kind);
    let (code, data) = if has_no_code { ("", rest) } else { rest.split_once(' ').unwrap_or((rest, "")) };
    let is_called = |entry: &Value| {
        let is_of_set = |(set, rule): (&str, &str)| entry["set"] == set && entry["rule"] == rule;
        code.is_empty()
            || entry["code"] == code
            || entry["rule"] == code
            || code.rsplit_once('.').is_some_and(is_of_set)
    };
    let has_all = |entry: &Value| {
        let mut members = Vec::new();
        leaves("", entry, &mut members);
        data.split(" + ").filter(|datum| !datum.is_empty()).all(|datum| states(&members, datum))
    };
    Some(entries.iter().any(|entry| is_called(entry) && has_all(entry)))
}

/// The entries of this kind; none if it is no kind.
fn entries(report: &Value, kind: &str) -> Option<Vec<Value>> {
    let all = |name: &str| list(report, name).into_iter().cloned();
    Some(match kind {
        "fail" | "undecided" | "warn" => all("findings").filter(|one| one["weight"] == kind).collect(),
        "proven" | "attached" | "refused" | "unchecked" => {
            all("evidence").filter(|one| one["standing"] == kind).collect()
        }
        "gap" => all("gaps").collect(),
        "unseen" => all("subjects").filter_map(|subject| own_gap(&subject)).collect(),
        "error" => all("rule_errors").collect(),
        "relaxed" => all("relaxations").collect(),
        "passed" => all("rules").filter(|one| PASSED.contains(&one["outcome"].as_str().unwrap())).collect(),
        "skipped" => all("rules").filter(|one| one["outcome"] == "not_applicable").collect(),
        "ignored" => all(kind).collect(),
        "note" => all("notes").collect(),
        "differs" => all("differences").collect(),
        "subject" => all("subjects").map(without_lists).collect(),
        _ => return None,
    })
}

/// Outcomes of rules that have nothing against the subject.
const PASSED: [&str; 3] = ["not_applicable", "pass", "warn"];

fn list<'a>(report: &'a Value, name: &str) -> Vec<&'a Value> {
    let subjects = report["subjects"].as_array().into_iter().flatten();
    let parts = [report, &report["run"], &report["run"]["capsule"]].into_iter().chain(subjects);
    parts.filter_map(|part| part[name].as_array()).flatten().collect()
}

/// The gap that a subject itself is: there is no other one, and it names the reference.
fn own_gap(subject: &Value) -> Option<Value> {
    let [gap] = &subject["gaps"].as_array()?[..] else { return None };
    let mut members = Vec::new();
    leaves("", gap, &mut members);
    states(&members, subject["reference"].as_str()?).then(|| gap.clone())
}

fn without_lists(mut subject: Value) -> Value {
    subject.as_object_mut().into_iter().for_each(|members| members.retain(|_, value| !value.is_array()));
    subject
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

/// Whether a line of the text begins with this label and holds all these data.
pub fn has_line(text: &str, label: &str, data: &[&str]) -> bool {
    text.lines().any(|line| line.starts_with(label) && data.iter().all(|datum| holds(line, datum)))
}
