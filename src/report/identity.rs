//! What a finding is called within its report, and from run to run: an id by its rule, its code and its places.

use std::collections::BTreeMap;

use super::judged::WeighedFinding;
use crate::oci::Digest;

/// Hex digits of an id.
const LENGTH: usize = 12;

/// The id of each finding, in their order: the same whenever rule, code and places are, whatever the words. Several that
/// would have one id are numbered.
pub fn ids(findings: &[WeighedFinding]) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let id = |judged: &WeighedFinding| {
        let finding = &judged.finding;
        let mut text = format!("{}\n{}\n", finding.rule.set, finding.full_code());
        for place in &finding.places {
            text.push_str(&format!("{} {}\n", place.document, place.pointer));
        }
        let id = Digest::sha256(text.as_bytes()).hex().chars().take(LENGTH).collect::<String>();
        let number = seen.entry(id.clone()).or_default();
        *number += 1;
        if *number == 1 { id } else { format!("{id}-{number}") }
    };
    findings.iter().map(id).collect()
}
