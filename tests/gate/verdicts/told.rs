//! What a report says besides its codes: data, wherever a message or a member holds them, and never the words around.

use serde_json::{Value, json};

use crate::support::gate::Outcome;

fn list(part: &Value, name: &str) -> Vec<Value> {
    part[name].as_array().cloned().unwrap_or_default()
}

/// What this list of every subject holds: `findings`, `gaps`, `evidence`, …
pub fn each(outcome: &Outcome, name: &str) -> Vec<Value> {
    let report = outcome.report.as_ref().unwrap_or(&Value::Null);
    list(report, "subjects").iter().flat_map(|subject| list(subject, name)).collect()
}

/// The verdict of each subject, in the order of the report.
pub fn verdicts(outcome: &Outcome) -> Vec<String> {
    let report = outcome.report.as_ref().unwrap_or(&Value::Null);
    list(report, "subjects").iter().map(|subject| subject["verdict"].as_str().unwrap().to_owned()).collect()
}

/// Whether all these data stand in the texts of this part of a report; a number is no part of another word.
pub fn holds(part: &Value, data: &[&str]) -> bool {
    fn texts<'a>(part: &'a Value, found: &mut Vec<&'a str>) {
        match part {
            Value::String(text) => found.push(text),
            Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
            Value::Object(fields) => fields.values().for_each(|field| texts(field, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    texts(part, &mut found);
    let stands = |text: &str, datum: &str| match datum.bytes().all(|byte| byte.is_ascii_digit()) && !datum.is_empty() {
        true => has_word(text, datum),
        false => text.contains(datum),
    };
    data.iter().all(|datum| found.iter().any(|text| stands(text, datum)))
}

/// Asserts a reason as rows name it (`fail licence.absent`, `gap gap.limit`, `relaxed relaxation.clock`), of which one
/// holds all these data, in its message or in its places.
#[track_caller]
pub fn assert_told(outcome: &Outcome, case: &str, reason: &str, data: &[&str]) {
    let (kind, code) = reason.split_once(' ').unwrap();
    let of_kind = match kind {
        "gap" => each(outcome, "gaps"),
        "relaxed" => outcome.report.as_ref().map(|report| list(&report["run"], "relaxations")).unwrap_or_default(),
        _ => each(outcome, "findings").into_iter().filter(|finding| finding["weight"] == kind).collect(),
    };
    let with_code: Vec<Value> = of_kind.into_iter().filter(|one| one["code"] == code).collect();
    assert!(
        with_code.iter().any(|one| holds(one, data)),
        "{case}: expected {reason} with {data:?} in {with_code:#?}\n{:#?}\n{}",
        outcome.codes(),
        outcome.err
    );
}

/// Asserts that a rule of a user fails with this message of its own.
#[track_caller]
pub fn assert_own_rule(outcome: &Outcome, case: &str, rule: &str, message: &str) {
    let (set, rule) = rule.rsplit_once('.').unwrap();
    let is_it = |one: &Value| {
        (&one["weight"], &one["set"], &one["rule"], &one["message"])
            == (&json!("fail"), &json!(set), &json!(rule), &json!(message))
    };
    let findings = each(outcome, "findings");
    assert!(findings.iter().any(is_it), "{case}: expected {set}.{rule} to say {message:?} in {findings:#?}");
}

/// Asserts that there is evidence whose members have these values.
#[track_caller]
pub fn assert_evidence(outcome: &Outcome, case: &str, members: &[(&str, &str)]) {
    let rows = each(outcome, "evidence");
    let is_it = |row: &Value| members.iter().all(|(name, value)| row[*name] == *value);
    assert!(rows.iter().any(is_it), "{case}: expected evidence with {members:?} in {rows:#?}");
}

/// What proves the signatures.
pub fn proofs(outcome: &Outcome) -> Vec<Value> {
    let signatures = each(outcome, "evidence").into_iter().filter(|row| row["kind"] == "signature");
    signatures.flat_map(|row| list(&row, "proofs")).collect()
}

/// The steps at which signatures are refused.
pub fn refused_at(outcome: &Outcome) -> Vec<String> {
    let refusals = each(outcome, "evidence").into_iter().flat_map(|row| list(&row, "refusals"));
    refusals.map(|refusal| refusal["step"].as_str().unwrap().to_owned()).collect()
}

/// Asserts that the replay of a saved run differs from it in this: what it is here, and in the capsule.
#[track_caller]
pub fn assert_differs(outcome: &Outcome, case: &str, here: Option<&str>, carried: Option<&str>) {
    let differences = outcome.report.as_ref().map(|report| list(&report["run"]["capsule"], "differences"));
    let differences = differences.unwrap_or_default();
    let is_it = |one: &Value| (&one["here"], &one["capsule"]) == (&json!(here), &json!(carried));
    assert!(differences.iter().any(is_it), "{case}: expected {here:?} and {carried:?} in {differences:#?}");
}

/// Whether a line of the text begins with this label and holds all these data.
pub fn has_line(text: &str, label: &str, data: &[&str]) -> bool {
    text.lines().any(|line| line.starts_with(label) && data.iter().all(|datum| line.contains(datum)))
}

/// Whether the text has this word, which is more than a part of another one.
pub fn has_word(text: &str, word: &str) -> bool {
    text.split(|character: char| !character.is_alphanumeric()).any(|found| found == word)
}
