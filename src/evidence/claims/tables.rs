//! The words by which documents are read for licences, labels and governance: data, not code.
//!
//! `policies/core/fields.json` says which field names mean what, `policies/core/labels.json` which label has
//! which rank. Both lie under `data.config`, so that a team adds its own words; the schemas `fields.v1` and
//! `labels.v1` judge them before they are read here.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::evidence::document::reading::plain;

/// Which field names mean what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldTable {
    /// Version of the table.
    pub version: String,
    pub(super) licence: LicenceFields,
    /// Prefixes of names that are the publisher's own words, without their separator, in lower case.
    prefixes: BTreeSet<String>,
    sensitivity: BTreeSet<String>,
    bare_sensitivity: BTreeSet<String>,
    /// Members of a label that is an object, best first.
    pub(super) label_members: Vec<String>,
    care_blocks: BTreeSet<String>,
    /// What flat names stand for in a block.
    care_members: BTreeMap<String, String>,
    authority: BTreeSet<String>,
    authority_in_care: BTreeSet<String>,
    attribution: BTreeSet<String>,
}

/// Where a licence is stated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LicenceFields {
    /// Keys of annotations.
    pub annotations: Vec<String>,
    /// JSON pointers into a STAC Item.
    pub pointers: Vec<String>,
    /// Local names in a PROV entity or a DCAT record.
    pub names: BTreeSet<String>,
    /// What an IRI begins with whose rest is an SPDX identifier.
    pub iri_prefixes: Vec<String>,
    /// IRIs of licences and their SPDX identifiers.
    pub iris: BTreeMap<String, String>,
}

/// A field's name, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FieldName<'a> {
    /// What stands before the last separator, in lower case; empty for a bare name.
    pub prefix: String,
    /// What follows it.
    pub local: &'a str,
    /// The same without case and `_`, `-`.
    pub plain: String,
}

/// What separates a prefix from a name, in JSON-LD, in IRIs and in annotation keys.
const SEPARATORS: [char; 4] = [':', '#', '/', '.'];

impl<'a> FieldName<'a> {
    /// Takes a key apart.
    pub fn of(key: &'a str) -> Self {
        let (prefix, local) = key.rsplit_once(SEPARATORS).unwrap_or(("", key));
        let prefix = prefix.to_lowercase();
        // One vocabulary under both schemes.
        let prefix = prefix.strip_prefix("http://").map(|rest| format!("https://{rest}")).unwrap_or(prefix);
        FieldName { prefix, local, plain: plain(local) }
    }
}

impl FieldTable {
    /// The table that is part of this program.
    pub fn bundled() -> Self {
        // A test reads the same text. With an empty table nothing is found, and so nothing passes.
        bundled(include_str!("../../../policies/core/fields.json"), "fields", FieldTable::read)
    }

    /// Reads `data.config.fields`, which its schema has accepted.
    pub fn read(value: &Value) -> Result<Self, String> {
        let version = version(value)?;
        let list = |pointer: &str| texts(value, pointer);
        let plains = |pointer: &str| list(pointer).iter().map(|text| plain(text)).collect::<BTreeSet<_>>();
        let members = pairs(value, "/care/members").into_iter().map(|(name, target)| (plain(&name), target));
        Ok(FieldTable {
            version,
            licence: LicenceFields {
                annotations: list("/licence/annotations"),
                pointers: list("/licence/pointers"),
                names: plains("/licence/names"),
                iri_prefixes: list("/licence/iri_prefixes"),
                iris: pairs(value, "/licence/iris").into_iter().map(|(iri, id)| (licence_iri(&iri), id)).collect(),
            },
            prefixes: list("/prefixes").iter().map(|text| text.trim_end_matches(SEPARATORS).to_lowercase()).collect(),
            sensitivity: plains("/sensitivity/names"),
            bare_sensitivity: plains("/sensitivity/bare"),
            label_members: list("/sensitivity/members").iter().map(|text| plain(text)).collect(),
            care_blocks: plains("/care/blocks"),
            care_members: members.collect(),
            authority: plains("/authority/names"),
            authority_in_care: plains("/authority/in_care"),
            attribution: plains("/attribution/names"),
        })
    }

    /// Whether a name is one of those that state a sensitivity, and if so whether it is listed: an unlisted one
    /// counts only where its value is a label.
    pub(super) fn sensitivity(&self, name: &FieldName<'_>) -> Option<bool> {
        if !self.sensitivity.contains(&name.plain) {
            return None;
        }
        Some(match name.prefix.is_empty() {
            true => self.bare_sensitivity.contains(&name.plain),
            false => self.prefixes.contains(&name.prefix),
        })
    }

    /// Whether a name is that of a CARE block.
    pub(super) fn is_care_block(&self, name: &FieldName<'_>) -> bool {
        self.care_blocks.contains(&name.plain) && self.is_listed(name)
    }

    /// What a flat name (`care:status`, `example:care_status`) stands for in a block.
    pub(super) fn care_member(&self, name: &FieldName<'_>) -> Option<String> {
        let member = self.care_members.get(&name.plain);
        let of_care = !name.prefix.is_empty() && self.is_care_block(&FieldName::of(&name.prefix));
        // `care_status` says itself that it is of care; `status` only after `care:`.
        let says_care =
            self.care_blocks.iter().any(|block| name.plain.len() > block.len() && name.plain.starts_with(block));
        match (member, of_care) {
            (Some(member), _) if of_care || says_care && self.is_listed(name) => Some(member.clone()),
            (None, true) => Some(self.member_of_block(name).unwrap_or_else(|| name.local.to_owned())),
            _ => None,
        }
    }

    /// What a name within a block stands for there, whatever its prefix and case, if it is a known one.
    pub(super) fn member_of_block(&self, name: &FieldName<'_>) -> Option<String> {
        let own = || self.care_members.values().find(|member| plain(member) == name.plain);
        self.care_members.get(&name.plain).or_else(own).cloned()
    }

    /// Whether a name states an authority to control, within a CARE block or outside.
    pub(super) fn is_authority(&self, name: &FieldName<'_>, in_care: bool) -> bool {
        let of_care = || in_care || !name.prefix.is_empty() && self.is_care_block(&FieldName::of(&name.prefix));
        self.authority.contains(&name.plain) || self.authority_in_care.contains(&name.plain) && of_care()
    }

    /// Whether a name states whom to name as source.
    pub(super) fn is_attribution(&self, name: &FieldName<'_>) -> bool {
        self.attribution.contains(&name.plain)
    }

    /// Whether a name is bare or has a listed prefix.
    pub(super) fn is_listed(&self, name: &FieldName<'_>) -> bool {
        name.prefix.is_empty() || self.prefixes.contains(&name.prefix)
    }
}

/// Which label has which rank, from 0 (public) to 4 (never to be published).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelTable {
    /// Version of the table.
    pub version: String,
    ranks: BTreeMap<String, u8>,
    /// What the IRIs among the labels begin with, each up to its last `/` or `#`.
    vocabularies: BTreeSet<String>,
}

/// One spelling of a licence's IRI: without scheme and final `/`, and without the page of it that people link
/// (`deed.en`, `legalcode`).
pub(super) fn licence_iri(iri: &str) -> String {
    let plain = iri.split_once("://").map_or(iri, |(_, rest)| rest).trim_end_matches('/');
    let is_page = |last: &str| last.starts_with("deed") || last.starts_with("legalcode");
    plain.rsplit_once('/').filter(|(_, last)| is_page(last)).map_or(plain, |(rest, _)| rest).to_lowercase()
}

/// The highest rank.
const HIGHEST: u64 = 4;

impl LabelTable {
    /// The table that is part of this program.
    pub fn bundled() -> Self {
        // As for the fields: an empty table resolves nothing, and what is not resolved is never public.
        bundled(include_str!("../../../policies/core/labels.json"), "labels", LabelTable::read)
    }

    /// Reads `data.config.labels`, which its schema has accepted. A label that is listed as unresolved has no rank.
    pub fn read(value: &Value) -> Result<Self, String> {
        let unresolved: BTreeSet<String> = texts(value, "/unresolved").iter().map(|text| label(text)).collect();
        let mut ranks = BTreeMap::new();
        for (text, rank) in value.get("ranks").and_then(Value::as_object).into_iter().flatten() {
            let rank = rank.as_u64().filter(|rank| *rank <= HIGHEST).and_then(|rank| u8::try_from(rank).ok());
            let rank = rank.ok_or_else(|| {
                format!("/ranks: expected a rank from 0 to {HIGHEST} for `{text}`, found another value")
            })?;
            if unresolved.contains(&label(text)) {
                return Err(format!(
                    "/ranks: expected no rank for `{text}`, because /unresolved lists it, found {rank}"
                ));
            }
            let before = ranks.insert(label(text), rank);
            if let Some(before) = before.filter(|before| *before != rank) {
                return Err(format!(
                    "/ranks: expected one rank for `{text}` in all its spellings, found {before} and {rank}"
                ));
            }
        }
        let iris = ranks.keys().filter(|label| label.contains("://"));
        let vocabularies = iris.filter_map(|iri| Some(iri.get(..=iri.rfind(['/', '#'])?)?.to_owned())).collect();
        Ok(LabelTable { version: version(value)?, ranks, vocabularies })
    }

    /// Whether a text is an IRI of a vocabulary from which the table has labels.
    pub(super) fn is_of_vocabulary(&self, text: &str) -> bool {
        let label = label(text);
        self.vocabularies.iter().any(|vocabulary| label.len() > vocabulary.len() && label.starts_with(vocabulary))
    }

    /// The rank of a label; nothing for one that the table does not have.
    ///
    /// A number is a rank of somebody else's scale: it resolves as the label `rank N`.
    pub fn rank(&self, value: &Value) -> Option<u8> {
        match value {
            Value::String(text) => self.ranks.get(&label(text)).copied(),
            Value::Number(number) => self.ranks.get(&label(&format!("rank {number}"))).copied(),
            _ => None,
        }
    }
}

/// One spelling of a label: without case and outer space, with `-` for `_` and inner space, and `http:` for `https:`.
fn label(text: &str) -> String {
    let lower = text.to_lowercase();
    lower
        .replace("https://", "http://")
        .split(|character: char| character.is_whitespace() || matches!(character, '_' | '-'))
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

fn bundled<T: Default>(text: &str, key: &str, read: fn(&Value) -> Result<T, String>) -> T {
    let file: Option<Value> = serde_json::from_str(text).ok();
    let value = file.as_ref().and_then(|file| file.get("config")?.get(key));
    value.and_then(|value| read(value).ok()).unwrap_or_default()
}

fn version(value: &Value) -> Result<String, String> {
    let version = value.get("version").and_then(Value::as_str).unwrap_or_default();
    if version.is_empty() { Err("/version: expected a text, found none".to_owned()) } else { Ok(version.to_owned()) }
}

fn texts(value: &Value, pointer: &str) -> Vec<String> {
    let items = value.pointer(pointer).and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn pairs(value: &Value, pointer: &str) -> Vec<(String, String)> {
    let members = value.pointer(pointer).and_then(Value::as_object).into_iter().flatten();
    members.filter_map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn labels_have_ranks_in_every_spelling() {
        let table = LabelTable::bundled();
        for (value, rank) in [
            (json!("public"), Some(0)),
            (json!(" Public "), Some(0)),
            (json!("TLP:CLEAR"), Some(0)),
            (json!("generalized"), Some(1)),
            (json!("internal"), Some(2)),
            (json!("restricted"), Some(3)),
            (json!("cultural_sensitive"), Some(3)),
            (json!("Community Controlled"), Some(3)),
            (json!("TLP:AMBER+STRICT"), Some(3)),
            (json!("L4"), Some(4)),
            (json!("sacred"), Some(4)),
            (json!(5), Some(4)),
            (json!("http://publications.europa.eu/resource/authority/access-right/NON_PUBLIC"), Some(3)),
            (json!("5"), None),
            (json!(6), None),
            (json!("unknown"), None),
            (json!("TBD"), None),
            (json!("mixed"), None),
            (json!("n/a"), None),
            (json!(""), None),
            (json!("publіc"), None),
            (json!(true), None),
            (json!({"level": "public"}), None),
        ] {
            assert_eq!(table.rank(&value), rank, "{value}");
        }
    }

    #[test]
    fn a_label_table_contradicts_itself_nowhere() {
        for (value, expected) in [
            (json!({"ranks": {}}), "/version: expected a text, found none"),
            (
                json!({"version": "1", "ranks": {"a": 5}}),
                "/ranks: expected a rank from 0 to 4 for `a`, found another value",
            ),
            (
                json!({"version": "1", "ranks": {"A b": 1, "a_B": 2}}),
                "/ranks: expected one rank for `a_B` in all its spellings, found 1 and 2",
            ),
            (
                json!({"version": "1", "ranks": {"tbd": 0}, "unresolved": ["TBD"]}),
                "/ranks: expected no rank for `tbd`, because /unresolved lists it, found 0",
            ),
        ] {
            assert_eq!(LabelTable::read(&value), Err(expected.to_owned()));
        }
    }

    #[test]
    fn names_are_listed_by_prefix() {
        let table = FieldTable::bundled();
        assert_eq!(table.version, "1");
        for (key, expected) in [
            ("sensitivity", Some(true)),
            ("accessLevel", Some(true)),
            ("classification", Some(true)),
            ("kfm:access_level", Some(true)),
            ("org.kfm.sensitivity", Some(true)),
            ("https://kfm.dev/ns#sensitivity", Some(true)),
            ("heritage:sensitivity", Some(true)),
            ("landcover:classification", Some(false)),
            ("dct:accessRights", Some(false)),
            ("accessRights", Some(false)),
            ("level", None),
            ("kfm:region", None),
        ] {
            assert_eq!(table.sensitivity(&FieldName::of(key)), expected, "{key}");
        }
        for (key, expected) in [
            ("care:status", Some("status")),
            ("care:authority", Some("authority_to_control")),
            ("kfm:care_status", Some("status")),
            ("org.kfm.care.reviewer", Some("reviewer")),
            ("status", None),
            ("authority", None),
            ("other:care_status", None),
            ("care", None),
        ] {
            assert_eq!(table.care_member(&FieldName::of(key)).as_deref(), expected, "{key}");
        }
    }
}
