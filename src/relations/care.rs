//! CARE: whether a block is due, and what the blocks that there are say. Whether a community agrees is not for a program to say.

use std::collections::BTreeSet;

use serde_json::Value;

use super::settings::RelationSettings;
use super::sources::SourcedClaim;
use crate::evidence::claims::{Claim, ClaimRole};
use crate::finding::Place;
use crate::oci::Digest;
use crate::oci::json::parse_strict;

#[cfg(test)]
mod tests;

/// How deep the JSON text of an annotation may be nested.
const DEPTH: usize = 32;

/// Statuses that refuse, in any vocabulary. An approval is one only in those that are known.
const REFUSALS: [&str; 12] = [
    "declined",
    "denied",
    "forbidden",
    "not approved",
    "prohibited",
    "refused",
    "rejected",
    "restricted",
    "revision",
    "revoked",
    "withdrawn",
    "withheld",
];

/// Statuses of a review that is not done, which is no refusal.
const STILL_OPEN: [&str; 14] = [
    "draft",
    "in progress",
    "in review",
    "not reviewed",
    "open",
    "pending",
    "pending approval",
    "pending review",
    "planned",
    "proposed",
    "requested",
    "submitted",
    "under review",
    "unreviewed",
];

/// A block that speaks of the subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CareBlock<'a> {
    /// Where.
    pub place: Place,
    /// The manifest that holds it.
    pub manifest: &'a Digest,
    /// Whether a signer vouches for it.
    pub is_proven: bool,
    /// What it lacks, in words that follow "found one that".
    pub faults: Vec<String>,
}

/// A stated status that does not release, said by whoever it may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CareRefusal {
    /// The status, where it is a known refusal: free text can be sensitive itself.
    pub status: Option<String>,
    /// Where.
    pub place: Place,
}

/// What there is about CARE.
#[derive(Debug, Default)]
pub struct CareRelations<'a> {
    /// Claims for which a block is due: high labels, then authorities to control. Places in the list of claims.
    pub reasons: Vec<usize>,
    /// Blocks that speak of the subject. A text that nobody signed is no block.
    pub blocks: Vec<CareBlock<'a>>,
    /// Statuses that prohibit. Text that is only attached may raise demands, so a refusal counts whoever wrote it, and what
    /// nobody understands may be one.
    pub refusals: Vec<CareRefusal>,
}

/// Relates what is said of CARE.
pub(super) fn relate<'a>(claims: &[SourcedClaim<'a>], settings: &RelationSettings) -> CareRelations<'a> {
    let words = CareWords::of(settings);
    let is_high = |source: &SourcedClaim<'_>| {
        source.is_label() && source.claim.rank.is_some_and(|rank| rank >= settings.care.required_rank)
    };
    let places = |is_reason: &dyn Fn(&SourcedClaim<'_>) -> bool| -> Vec<usize> {
        claims.iter().enumerate().filter(|(_, source)| is_reason(source)).map(|(index, _)| index).collect()
    };
    let mut reasons = places(&is_high);
    reasons.extend(places(&|source| source.claim.role == ClaimRole::Authority));
    let mut relations = CareRelations { reasons, ..CareRelations::default() };
    for source in claims.iter().filter(|source| source.claim.role == ClaimRole::Care) {
        let block = block(source.claim);
        if source.claim.of_subject && (source.is_proven || block.is_some()) {
            relations.blocks.push(CareBlock {
                place: source.place.clone(),
                manifest: source.manifest,
                is_proven: source.is_proven,
                faults: words.faults(block.as_ref()),
            });
        }
        let statuses = words.statuses(source.claim, block.as_ref()).into_iter();
        let prohibiting = statuses.filter(|status| source.is_proven || !words.says_nothing_yet(status));
        relations.refusals.extend(prohibiting.map(|status| CareRefusal {
            status: status.as_str().filter(|status| REFUSALS.contains(status)).map(str::to_owned),
            place: source.place.clone(),
        }));
    }
    relations
}

/// An annotation holds the block as JSON text.
fn block(claim: &Claim) -> Option<Value> {
    let value = match &claim.value {
        Value::String(text) => parse_strict(text.as_bytes(), DEPTH).ok()?,
        value => value.clone(),
    };
    value.is_object().then_some(value)
}

/// One spelling of a status.
fn spelled(status: &Value) -> Value {
    let Some(text) = status.as_str() else { return status.clone() };
    let first_line = text.split('\n').next().unwrap_or_default();
    let start = first_line.rfind([':', '#', '/']).map_or(0, |at| at + 1);
    let word = text.get(start..).unwrap_or_default().to_lowercase();
    let word = word.trim_matches([' ', '\t', '\r', '\n', '.', '!', ';', ',']);
    match REFUSALS.contains(&word) {
        true => word.into(),
        false => text.trim().to_lowercase().into(),
    }
}

fn is_blank(status: &Value) -> bool {
    status.is_null() || status.as_str() == Some("")
}

struct CareWords {
    accepted: BTreeSet<String>,
    /// Texts that stand for nobody and nothing.
    nobody: BTreeSet<String>,
}

impl CareWords {
    fn of(settings: &RelationSettings) -> Self {
        let unresolved = settings.labels.unresolved.iter().map(|text| text.to_lowercase());
        CareWords {
            accepted: settings.care.accepted_status.iter().map(|status| status.to_lowercase()).collect(),
            nobody: unresolved.chain([String::new(), "none".to_owned()]).collect(),
        }
    }

    fn is_accepted(&self, status: &Value) -> bool {
        status.as_str().is_some_and(|status| self.accepted.contains(status))
    }

    /// What is stated as status: a text in one spelling, or something else that cannot be accepted.
    fn status(block: &Value) -> Option<Value> {
        block.get("status").map(spelled).filter(|status| !is_blank(status))
    }

    /// What a block lacks.
    fn faults(&self, block: Option<&Value>) -> Vec<String> {
        let Some(block) = block else {
            return vec!["is not an object with status, authority_to_control and reviewer".to_owned()];
        };
        let status = match Self::status(block) {
            Some(status) if self.is_accepted(&status) => None,
            Some(Value::String(_)) => Some("has another status than `approved`".to_owned()),
            _ => Some("has no status".to_owned()),
        };
        let is_missing = |field: &&str| !block.get(*field).is_some_and(|value| self.is_stated(value));
        let missing = ["authority_to_control", "reviewer"].into_iter().filter(is_missing);
        status.into_iter().chain(missing.map(|field| format!("has no {field}"))).collect()
    }

    /// All that is stated as status and not accepted: two spellings of the member may state two, and a text in place of a
    /// block may be one. A block that cannot be read says something, and nobody knows what.
    fn statuses(&self, claim: &Claim, block: Option<&Value>) -> Vec<Value> {
        let found = match (block, &claim.value) {
            (Some(block), _) => {
                let several = block.get("status").and_then(Value::as_array).into_iter().flatten().map(spelled);
                let several: Vec<Value> =
                    several.filter(|status| !is_blank(status) && !self.is_accepted(status)).collect();
                if several.is_empty() { Self::status(block).into_iter().collect() } else { several }
            }
            (None, text @ Value::String(_)) => {
                let status = spelled(text);
                let is_status = |text: &str| REFUSALS.contains(&text) || text.starts_with('{') || text.starts_with('[');
                Vec::from_iter(Some(status).filter(|status| status.as_str().is_some_and(is_status)))
            }
            (None, _) => Vec::new(),
        };
        let mut distinct: Vec<Value> = Vec::new();
        for status in found.into_iter().filter(|status| !self.is_accepted(status)) {
            if !distinct.contains(&status) {
                distinct.push(status);
            }
        }
        distinct
    }

    /// That a review is not done is known. Of several that are all accepted none prohibits.
    fn says_nothing_yet(&self, status: &Value) -> bool {
        match status {
            Value::Array(several) => several.iter().map(spelled).all(|one| is_blank(&one) || self.is_accepted(&one)),
            Value::String(text) => {
                let words: Vec<&str> = text.split([' ', '_', '-']).filter(|word| !word.is_empty()).collect();
                let text = words.join(" ");
                self.nobody.contains(&text) || STILL_OPEN.contains(&text.as_str())
            }
            _ => false,
        }
    }

    fn is_stated(&self, value: &Value) -> bool {
        match value {
            Value::Array(items) => items.iter().any(|item| self.names_somebody(item)),
            value => self.names_somebody(value),
        }
    }

    fn names_somebody(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => !self.nobody.contains(&text.trim().to_lowercase()),
            Value::Object(members) => !members.is_empty(),
            _ => false,
        }
    }
}
