//! The settings under `data.config` by which relations are computed. Their schemas say what each means and what it may be.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

/// All of them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct RelationSettings {
    /// What documents have to agree in.
    pub agreement: AgreementSettings,
    /// Names of one media type.
    pub media_types: MediaTypeTable,
    /// What licences of inputs demand.
    pub licences: LicenceTable,
    /// When a CARE block is due.
    pub care: CareSettings,
    /// The table of labels, of which only this is needed here.
    pub labels: UnresolvedLabels,
}

/// `data.config.agreement`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct AgreementSettings {
    /// Kinds of identifiers that name the data set.
    pub identifier_fields: Vec<String>,
    /// Degrees by which extents may differ.
    pub bbox_tolerance: f64,
    /// Seconds by which the clocks of two steps of a run may differ.
    pub run_time_tolerance: f64,
}

impl Default for AgreementSettings {
    fn default() -> Self {
        AgreementSettings {
            identifier_fields: vec!["dataset_id".to_owned()],
            bbox_tolerance: 0.01,
            run_time_tolerance: 60.0,
        }
    }
}

/// `data.config.media_types`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct MediaTypeTable {
    /// The name that another one stands for.
    pub aliases: BTreeMap<String, String>,
    /// Types that say nothing of what the bytes are.
    pub unspecific: BTreeSet<String>,
}

impl MediaTypeTable {
    /// One name for all that mean the same type, without parameters.
    pub fn canonical(&self, media_type: &str) -> String {
        let base = media_type.split(';').next().unwrap_or_default().trim().to_lowercase();
        self.aliases.get(&base).cloned().unwrap_or(base)
    }
}

/// `data.config.licences`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct LicenceTable {
    /// What is meant by texts that are no SPDX expressions.
    pub spellings: BTreeMap<String, String>,
    /// What each licence demands.
    pub terms: Vec<LicenceTerm>,
}

/// What some licences of inputs demand of the licence of what is made from them.
#[derive(Debug, Clone, Deserialize)]
pub struct LicenceTerm {
    /// The licences of inputs that demand it.
    pub inputs: BTreeSet<String>,
    /// The licences that the subject may be under; any, where there is no list.
    #[serde(default)]
    pub outputs: Option<BTreeSet<String>>,
    /// The licences that it may not be under.
    #[serde(default)]
    pub not_outputs: BTreeSet<String>,
    /// What a contradiction does.
    #[serde(default)]
    pub effect: TermEffect,
    /// Whether the source has to be named.
    #[serde(default)]
    pub notice: bool,
    /// Why.
    #[serde(default)]
    pub why: String,
    /// Media types of what is made and is no derived work by this licence, such as pictures of a map.
    #[serde(default)]
    pub except_media_types: BTreeSet<String>,
}

/// What a contradiction of licences does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TermEffect {
    /// It fails.
    Deny,
    /// It warns.
    #[default]
    #[serde(other)]
    Warn,
}

/// `data.config.care`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct CareSettings {
    /// The rank from which on a CARE block is due.
    pub required_rank: u8,
    /// Statuses that release.
    pub accepted_status: Vec<String>,
}

impl Default for CareSettings {
    fn default() -> Self {
        CareSettings { required_rank: 3, accepted_status: vec!["approved".to_owned()] }
    }
}

/// `data.config.labels.unresolved`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct UnresolvedLabels {
    /// Texts that stand for no value.
    pub unresolved: Vec<String>,
}

impl RelationSettings {
    /// Reads them out of `data.config`. Two terms for one licence would contradict each other.
    pub fn read(settings: &Value) -> Result<Self, String> {
        let read = RelationSettings::deserialize(settings).map_err(|error| format!("data.config: {error}"))?;
        let mut seen = BTreeSet::new();
        match read.licences.terms.iter().flat_map(|term| &term.inputs).find(|id| !seen.insert(*id)) {
            Some(id) => {
                Err(format!("data.config.licences.terms: expected each licence once in `inputs`, found {id} twice"))
            }
            None => Ok(read),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_licence_has_one_term() {
        let terms = |second: &str| {
            json!({"licences": {"terms": [
                {"inputs": ["MIT", "ISC"], "effect": "deny"},
                {"inputs": [second], "effect": "warn"},
            ]}})
        };
        assert!(RelationSettings::read(&terms("0BSD")).is_ok());
        let error = RelationSettings::read(&terms("ISC")).unwrap_err();
        assert!(error.contains("ISC"), "{error}");
    }

    #[test]
    fn what_is_left_out_has_its_default() {
        let read = RelationSettings::read(&json!({"agreement": {"bbox_tolerance": 0.5}})).unwrap();
        assert_eq!((read.agreement.bbox_tolerance, read.agreement.run_time_tolerance), (0.5, 60.0));
        assert_eq!((read.care.required_rank, read.care.accepted_status), (3, vec!["approved".to_owned()]));
    }
}
