//! What one document, or the manifest, says of one fact.

use std::collections::BTreeSet;

use super::super::runs::RunIdentities;
use super::super::settings::AgreementSettings;
use crate::dossier::Document;
use crate::evidence::description::time::Moment;
use crate::evidence::description::{Extent, Period};
use crate::evidence::{Class, StatedText};
use crate::oci::Digest;

/// Characters of a value that are shown.
const SHOWN: usize = 120;

/// Degrees by which numbers of two decimal notations may differ in 64-bit floating point: a tolerance of 0.01 includes 0.01. No
/// place on Earth is that small (0.1 mm).
const ROUNDING: f64 = 1e-9;

/// One value of a fact.
#[derive(Debug, Clone)]
pub(super) enum FactValue<'a> {
    /// A text, the form in which it is compared, and its place.
    Text { value: String, key: String, pointer: String },
    /// A run.
    Run(&'a StatedText),
    /// Where the data are.
    Extent(&'a Extent),
    /// When the data are.
    DataTime(&'a Period),
    /// When the run was.
    RunTime(&'a Period),
}

impl FactValue<'_> {
    /// JSON pointer of it.
    pub(super) fn pointer(&self) -> &str {
        match self {
            FactValue::Text { pointer, .. } => pointer,
            FactValue::Run(run) => &run.pointer,
            FactValue::Extent(extent) => &extent.pointer,
            FactValue::DataTime(period) | FactValue::RunTime(period) => &period.pointer,
        }
    }

    /// As people read it.
    pub(super) fn shown(&self) -> String {
        let text = match self {
            FactValue::Text { value, .. } => value,
            FactValue::Run(run) => &run.value,
            FactValue::Extent(extent) => return bbox(extent),
            FactValue::DataTime(period) | FactValue::RunTime(period) => &period.text,
        };
        text.chars().take(SHOWN).collect()
    }

    /// The same for all values that say the same.
    fn meaning(&self) -> String {
        match self {
            FactValue::Text { value, key, .. } => format!("{value}\0{key}"),
            FactValue::Run(run) => run.value.clone(),
            FactValue::Extent(extent) => format!("{} {}", bbox(extent), extent.is_of_collection),
            FactValue::DataTime(period) | FactValue::RunTime(period) => {
                format!("{:?} {:?} {} {}", period.start, period.end, period.is_instant, period.is_of_collection)
            }
        }
    }

    fn agrees(&self, other: &Self, settings: &AgreementSettings) -> bool {
        match (self, other) {
            (FactValue::Text { key: one, .. }, FactValue::Text { key: other, .. }) => one == other,
            (FactValue::Extent(one), FactValue::Extent(other)) => is_same_extent(one, other, settings.bbox_tolerance),
            (FactValue::DataTime(one), FactValue::DataTime(other)) => is_same_time(one, other),
            // Not one after the other.
            (FactValue::RunTime(one), FactValue::RunTime(other)) => {
                !is_after(one, other, settings) && !is_after(other, one, settings)
            }
            _ => false,
        }
    }
}

fn bbox(extent: &Extent) -> String {
    let numbers: Vec<String> = extent.bbox.iter().map(ToString::to_string).collect();
    format!("[{}]", numbers.join(", "))
}

/// What one source says of one fact: all its values at once.
#[derive(Debug)]
pub(super) struct FactStatement<'a> {
    /// What it is said of.
    pub heading: String,
    /// What is said; at least one value.
    pub values: Vec<FactValue<'a>>,
    /// The document; none: the manifest.
    pub document: Option<&'a Document>,
    /// The bytes that say it.
    pub evidence: &'a Digest,
    /// Whether a signer vouches for it.
    pub is_proven: bool,
}

impl FactStatement<'_> {
    fn is_metadata(&self) -> bool {
        self.document.is_some_and(|document| document.kind.class() == Class::Metadata)
    }

    fn runs(&self) -> RunIdentities<'_> {
        RunIdentities::of(self.document.map(|document| document.facts.run_ids.as_slice()).unwrap_or_default())
    }

    /// Equal for statements that say the same with the same standing.
    pub(super) fn meaning(&self) -> (bool, bool, Vec<&str>, BTreeSet<String>) {
        let runs = self.document.iter().flat_map(|document| &document.facts.run_ids);
        let runs: BTreeSet<&str> = runs.map(|run| run.value.as_str()).collect();
        (
            self.is_proven,
            self.is_metadata(),
            runs.into_iter().collect(),
            self.values.iter().map(FactValue::meaning).collect(),
        )
    }

    /// Who says it.
    pub(super) fn speaker(&self) -> String {
        match self.document {
            None => "the manifest".to_owned(),
            Some(Document { title: Some(title), predicate_type: None, .. }) => title.clone(),
            Some(document) => format!("the {} document", document.kind.name()),
        }
    }

    /// Whether two of one heading can both be right.
    pub(super) fn agrees(&self, other: &Self, settings: &AgreementSettings) -> bool {
        let share = || self.values.iter().any(|one| other.values.iter().any(|other| one.agrees(other, settings)));
        match self.values.first() {
            // Other rules compare the runs of provenance and run manifests.
            Some(FactValue::Run(_)) => {
                !(self.is_metadata() || other.is_metadata()) || !self.runs().differ_from(&other.runs())
            }
            // Different runs took place at different times.
            Some(FactValue::RunTime(_)) => share() || self.runs().differ_from(&other.runs()),
            _ => share(),
        }
    }
}

fn is_after(a: &Period, b: &Period, settings: &AgreementSettings) -> bool {
    let (Some(start), Some(end)) = (a.start.or(a.end), b.end.or(b.start)) else { return false };
    #[allow(clippy::cast_precision_loss)] // Seconds since 1970 are exact far beyond every date that is read.
    let (start, end) = (start.first as f64, end.last as f64);
    start > end + settings.run_time_tolerance
}

fn is_same_extent(a: &Extent, b: &Extent, tolerance: f64) -> bool {
    let is_near = || a.bbox.iter().zip(&b.bbox).all(|(one, other)| (one - other).abs() <= tolerance + ROUNDING);
    !a.is_of_collection && !b.is_of_collection && is_near()
        || a.is_of_collection && holds(a, b, tolerance)
        || b.is_of_collection && holds(b, a, tolerance)
}

/// Whether one lies within the other. Across the antimeridian they are not compared.
fn holds(outer: &Extent, inner: &Extent, tolerance: f64) -> bool {
    let ([west, south, east, north], [w, s, e, n]) = (outer.bbox, inner.bbox);
    let crosses = |extent: &Extent| {
        let [west, _, east, _] = extent.bbox;
        west > east
    };
    let pairs = [(west, w), (south, s), (e, east), (n, north)];
    pairs.iter().all(|(low, high)| *low <= high + tolerance + ROUNDING) || crosses(outer) || crosses(inner)
}

fn is_same_time(a: &Period, b: &Period) -> bool {
    let meet = |a: Option<Moment>, b: Option<Moment>| is_before(a, b) && is_before(b, a);
    let is_equal = a.is_instant == b.is_instant
        && !a.is_of_collection
        && !b.is_of_collection
        && meet(a.start, b.start)
        && meet(a.end, b.end);
    is_equal || is_within(a, b) || is_within(b, a)
}

/// An instant within a period, anything within that of a collection.
fn is_within(inner: &Period, outer: &Period) -> bool {
    let may = inner.is_instant && !outer.is_instant || outer.is_of_collection;
    may && is_before(outer.start, inner.start) && is_before(inner.end, outer.end)
}

/// An open end contradicts nothing.
fn is_before(a: Option<Moment>, b: Option<Moment>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.first <= b.last,
        _ => true,
    }
}
