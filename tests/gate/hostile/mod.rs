//! Hostile and troubled registries against the real program: each row asserts verdict, exit code and reason, and that
//! the run ended by its deadline and held no more than its limits. Beside them the registries that are in use, as
//! profiles of the test registry.

mod bodies;
mod cache;
mod challenges;
mod content;
mod elsewhere;
mod lists;
mod logins;
mod mirrors;
mod network;
mod profiles;
mod terminal;
mod tls;

use crate::support::artifact::Artifact;
use crate::support::documents::{SPDX, complete, data_digest, release, spdx};
use crate::support::registry::{Options, Referrers, Response};
use crate::support::served::{Measured, Served};
use serde_json::Value;

/// The media type of a bundle, which is also what a report calls one: its layer has no title.
const BUNDLE: &str = crate::support::artifact::BUNDLE;

/// Subject with provenance and run manifest, SBOM, STAC Item, signature and attestation.
fn full() -> (Artifact, String) {
    let (mut artifact, subject) = complete();
    artifact.attest(&release(), &subject, SPDX, spdx(&data_digest()));
    (artifact, subject)
}

/// A registry with the referrers API that holds it.
fn native() -> Served {
    Served::new(&full().0, Options::default())
}

/// A registry without that API, with the fallback tag.
fn tagged() -> Served {
    let (artifact, subject) = full();
    let referrers = Referrers::Unsupported(Response::new(404).body("404 page not found"));
    let served = Served::new(&artifact, Options { referrers, ..Options::default() });
    served.registry.write_fallback_tag(&subject.parse().unwrap());
    served
}

/// The digests of all that refers to something.
fn referrers(artifact: &Artifact) -> Vec<String> {
    let refers = |bytes: &Vec<u8>| {
        serde_json::from_slice::<Value>(bytes)
            .is_ok_and(|document| document.get("subject").is_some_and(Value::is_object))
    };
    artifact.blobs.iter().filter(|(_, bytes)| refers(bytes)).map(|(digest, _)| digest.clone()).collect()
}

/// The code of the gap that an answer of this status is.
fn gap_of(status: u16) -> &'static str {
    if matches!(status, 401 | 403) { "denied" } else { "status" }
}

/// Whether a text names this datum, and not as a part of another one: 403 is none of 14034.
pub fn names(text: &str, datum: &str) -> bool {
    let is_word = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
    text.match_indices(datum).any(|(at, _)| {
        let (before, after) = (text[..at].chars().next_back(), text[at + datum.len()..].chars().next());
        let is_part = (is_word(before) && is_word(datum.chars().next()))
            || (is_word(after) && is_word(datum.chars().next_back()));
        !is_part
    })
}

/// Whether these parts of an entry of the report name each of the data.
fn name_all(parts: &[&Value], data: &[&str]) -> bool {
    data.iter().all(|datum| parts.iter().filter_map(|part| part.as_str()).any(|text| names(text, datum)))
}

/// What a report says, by codes and data: the sentences around them may be reworded.
impl Measured {
    /// The only subject of the report.
    fn subject(&self) -> &Value {
        &self.outcome.report.as_ref().expect("a report")["subjects"][0]
    }

    fn entries(&self, list: &str) -> &[Value] {
        self.subject()[list].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    /// Asserts that there is a gap of this code that names all of this: digests, addresses, numbers.
    #[track_caller]
    fn assert_gap(self, case: &str, code: &str, data: &[&str]) -> Self {
        let code = format!("gap.{code}");
        let found = self
            .entries("gaps")
            .iter()
            .any(|gap| gap["code"] == code.as_str() && name_all(&[&gap["sought"], &gap["reason"]], data));
        assert!(found, "{case}: expected {code} with {data:?} in {:#?}", self.entries("gaps"));
        self
    }

    /// Asserts that the subject itself was not seen, for this reason and nothing else.
    #[track_caller]
    fn assert_unseen(self, case: &str, code: &str, data: &[&str]) -> Self {
        let reference = self.subject()["reference"].as_str().unwrap().to_owned();
        assert_eq!(self.entries("gaps").len(), 1, "{case}: {:#?}", self.entries("gaps"));
        let data: Vec<&str> = data.iter().copied().chain([reference.as_str()]).collect();
        self.assert_gap(case, code, &data)
    }

    /// Asserts that everything could be seen.
    #[track_caller]
    fn assert_no_gap(self, case: &str) -> Self {
        assert!(self.entries("gaps").is_empty(), "{case}: {:#?}", self.entries("gaps"));
        self
    }

    /// Asserts a finding such as `fail content.corrupt` that names all of this, itself or by its first place.
    #[track_caller]
    fn assert_finding(self, case: &str, wanted: &str, data: &[&str]) -> Self {
        let (weight, code) = wanted.split_once(' ').unwrap();
        let found = self.entries("findings").iter().any(|finding| {
            let place = &finding["places"][0];
            finding["weight"] == weight
                && finding["code"] == code
                && name_all(&[&finding["message"], &place["document"], &place["pointer"], &place["name"]], data)
        });
        assert!(found, "{case}: expected {wanted} with {data:?} in {:#?}", self.entries("findings"));
        self
    }

    /// The evidence of this standing and name.
    fn evidence(&self, standing: &str, name: &str) -> Vec<&Value> {
        let rows = self.entries("evidence").iter();
        rows.filter(|row| row["standing"] == standing && row["name"] == name).collect()
    }

    /// Asserts that there is evidence of this standing and name.
    #[track_caller]
    fn assert_evidence(self, case: &str, standing: &str, name: &str) -> Self {
        let found = !self.evidence(standing, name).is_empty();
        assert!(found, "{case}: no {name} is {standing} in {:#?}", self.entries("evidence"));
        self
    }

    /// Asserts how many requests were sent, and how much came from the cache.
    #[track_caller]
    fn assert_cost(self, case: &str, requests: u64, cached: u64) -> Self {
        let cost = ["requests", "cached"].map(|fact| self.subject()[fact].as_u64().unwrap());
        assert_eq!(cost, [requests, cached], "{case}: requests, and entries of the cache");
        self
    }

    /// Asserts a relaxation of this code that names all of this.
    #[track_caller]
    fn assert_relaxed(self, case: &str, code: &str, data: &[&str]) -> Self {
        let relaxations = self.outcome.report.as_ref().expect("a report")["run"]["relaxations"].as_array().unwrap();
        let found = relaxations
            .iter()
            .any(|relaxation| relaxation["code"] == code && name_all(&[&relaxation["message"]], data));
        assert!(found, "{case}: expected {code} with {data:?} in {relaxations:#?}");
        self
    }
}
