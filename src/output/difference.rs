//! What changed between two reports (`report.v1`): verdicts, evidence and its standing, signers, findings, gaps, and by
//! what was judged. What it cost, and when it was, is no change.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde::Serialize;
use serde_json::Value;

use super::sanitize;
use crate::report::RelaxationCode;

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The subject that it concerns; none for the whole run.
    pub subject: Option<String>,
    /// What changed: `verdict`, `evidence`, `finding`, …
    pub what: &'static str,
    /// What it was; none if it was not there.
    pub before: Option<String>,
    /// What it is; none if it is not there any more.
    pub after: Option<String>,
}

#[derive(Serialize)]
struct Document<'a> {
    version: u8,
    differs: bool,
    changes: &'a [Change],
}

/// Compares two reports, each valid by `report.v1`. Subjects belong together by reference and platform; the only ones of
/// two reports in any case.
pub fn compare(before: &Value, after: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    let run = |report: &Value| facts(report);
    push(&mut changes, None, run(before), run(after));
    let (mut first, mut second) = (subjects(before), subjects(after));
    if let ([(old, one)], [(new, other)]) = (first.as_slice(), second.as_slice())
        && old != new
    {
        let name = Some(new.clone());
        changes.push(Change { subject: name.clone(), what: "reference", before: Some(old.clone()), after: name });
        (first, second) = (vec![(new.clone(), *one)], vec![(new.clone(), *other)]);
    }
    let names: Vec<&String> = {
        let mut seen = BTreeSet::new();
        first.iter().chain(&second).map(|(name, _)| name).filter(|name| seen.insert(*name)).collect()
    };
    let (first, second): (BTreeMap<_, _>, BTreeMap<_, _>) =
        (first.iter().cloned().collect(), second.iter().cloned().collect());
    for name in names {
        match (first.get(name), second.get(name)) {
            (Some(before), Some(after)) => push(&mut changes, Some(name), of_subject(before), of_subject(after)),
            (before, after) => {
                let verdict = |subject: Option<&&Value>| subject.map(|subject| text(subject, "verdict"));
                let (before, after) = (verdict(before), verdict(after));
                changes.push(Change { subject: Some(name.clone()), what: "subject", before, after });
            }
        }
    }
    changes
}

/// Things that are said, each by a key under which it may be said otherwise elsewhere.
type Said = Vec<(&'static str, BTreeMap<String, String>)>;

fn push(changes: &mut Vec<Change>, subject: Option<&String>, before: Said, after: Said) {
    for ((what, before), (_, after)) in before.into_iter().zip(after) {
        let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for key in keys {
            let (old, new) = (before.get(key), after.get(key));
            if old != new {
                let (before, after) = (old.cloned(), new.cloned());
                changes.push(Change { subject: subject.cloned(), what, before, after });
            }
        }
    }
}

fn text(value: &Value, key: &str) -> String {
    match value.get(key) {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => "none".to_owned(),
        Some(other) => other.to_string(),
    }
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// What has no other key than itself.
fn itself(said: impl Iterator<Item = String>) -> BTreeMap<String, String> {
    said.map(|said| (said.clone(), said)).collect()
}

fn one(said: String) -> BTreeMap<String, String> {
    BTreeMap::from([(String::new(), said)])
}

/// What is said of the whole run.
fn facts(report: &Value) -> Said {
    let run = report.get("run").unwrap_or(&Value::Null);
    let inner = |key: &str, of: &str| text(run.get(key).unwrap_or(&Value::Null), of);
    let signer = |signer: &Value| {
        let (name, root) = (text(signer, "name"), text(signer, "root"));
        let known_by =
            ["fingerprint", "identity"].into_iter().filter(|key| !signer.get(key).is_none_or(Value::is_null));
        format!("{name} {} root {root}", known_by.map(|key| text(signer, key)).collect::<Vec<_>>().join(" "))
    };
    let relaxations = list(run, "relaxations").filter(|entry| !RelaxationCode::is_of_capsule(&text(entry, "code")));
    vec![
        ("verdict of all", one(text(report, "verdict"))),
        ("ocigate", one(text(run, "ocigate"))),
        ("configuration", one(inner("configuration", "digest"))),
        ("policies", one(inner("policies", "digest"))),
        // Several may have one name.
        ("permitted signer", itself(list(run, "signers").map(signer))),
        ("relaxation", itself(relaxations.map(|entry| text(entry, "message")))),
    ]
}

/// Subjects by name, in order; one that is named twice has a number.
fn subjects(report: &Value) -> Vec<(String, &Value)> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    list(report, "subjects")
        .map(|subject| {
            let child = subject.get("child").filter(|child| !child.is_null());
            let platform = child.map(|child| match child.get("platform").and_then(Value::as_str) {
                Some(platform) => platform.to_owned(),
                None => text(child, "digest"),
            });
            let reference = text(subject, "reference");
            let name = platform.map_or(reference.clone(), |platform| format!("{reference} {platform}"));
            let count = seen.entry(name.clone()).or_default();
            *count += 1;
            (if *count > 1 { format!("{name} ({count})") } else { name }, subject)
        })
        .collect()
}

/// What is said of one subject.
fn of_subject(subject: &Value) -> Said {
    let evidence = |row: &Value| {
        let document = row.get("document").and_then(Value::as_str).map_or_else(|| text(row, "manifest"), str::to_owned);
        let key = format!("{} {document}", text(row, "manifest"));
        let said = format!("{} {} {document}", text(row, "standing"), text(row, "what"));
        (key, said)
    };
    let finding = |finding: &Value| {
        let places: Vec<String> = list(finding, "places").map(|place| text(place, "pointer")).collect();
        let key =
            format!("{}.{}: {} {places:?}", text(finding, "set"), text(finding, "rule"), text(finding, "message"));
        let said = ["weight", "rule", "message"].map(|field| text(finding, field));
        (key, format!("{}  {}: {}", said[0], said[1], said[2]))
    };
    let gap = |gap: &Value| format!("{}: {}", text(gap, "sought"), text(gap, "reason"));
    let error = |error: &Value| format!("{}: {}", text(error, "rule"), text(error, "message"));
    vec![
        ("verdict", one(text(subject, "verdict"))),
        ("digest", one(text(subject, "digest"))),
        ("repository", one(text(subject, "repository"))),
        ("pointer", one(text(subject.get("pointer").unwrap_or(&Value::Null), "digest"))),
        ("signer", itself(signers(subject))),
        ("evidence", list(subject, "evidence").map(evidence).collect()),
        ("finding", list(subject, "findings").map(finding).collect()),
        ("rule error", itself(list(subject, "rule_errors").map(error))),
        ("gap", itself(list(subject, "gaps").map(gap))),
    ]
}

/// Who proves anything about a subject.
fn signers(subject: &Value) -> impl Iterator<Item = String> {
    list(subject, "evidence").flat_map(|row| {
        let proof = |proof: &Value| {
            let identity = proof.get("identity").filter(|identity| !identity.is_null());
            match identity {
                Some(identity) => format!("{}: {}", text(proof, "signer"), text(identity, "subject")),
                None => format!("{} {}", text(proof, "signer"), text(proof, "fingerprint")),
            }
        };
        list(row, "proofs").map(proof)
    })
}

/// For people: what is new with `+`, what is gone with `-`, what is otherwise with both.
pub fn render_text(changes: &[Change], out: &mut dyn io::Write) -> io::Result<()> {
    if changes.is_empty() {
        return writeln!(out, "nothing changed");
    }
    let mut last = None;
    for change in changes {
        if last != Some(&change.subject) {
            let name = change.subject.as_deref().unwrap_or("the run");
            writeln!(out, "{}", sanitize::line(name))?;
            last = Some(&change.subject);
        }
        for (sign, said) in [("-", &change.before), ("+", &change.after)] {
            if let Some(said) = said {
                writeln!(out, "  {sign} {:16}  {}", change.what, sanitize::line(said))?;
            }
        }
    }
    Ok(())
}

/// For programs.
pub fn render_json(changes: &[Change], out: &mut dyn io::Write) -> io::Result<()> {
    let document = Document { version: 1, differs: !changes.is_empty(), changes };
    let text = serde_json::to_string_pretty(&document).map_err(io::Error::other)?;
    writeln!(out, "{}", sanitize::json(&text))
}
