//! The walk through a document: labels, CARE and authorities wherever they stand.

use serde_json::Value;

use super::care::Flat;
use super::scope::{Care, Scope, What};
use super::tables::FieldName;
use super::{ClaimRole, Reader, Source};
use crate::evidence::content::SBOM_LISTS;
use crate::evidence::document::reading::{DEPTH, DocumentValue, local_name, plain, shortened, shown};
use crate::evidence::json_ld::values::{WRAPPERS, is_nested};

/// Characters of a label that are kept: the longest label is shorter.
const LABEL_LENGTH: usize = 200;

/// Whether what is in it is said of other things than the subject; `@graph` is the list of SPDX 3.
fn is_sbom_list(key: &str) -> bool {
    key == "@graph" || SBOM_LISTS.contains(&key)
}

impl Reader<'_> {
    /// Reads every object for labels, CARE and authority.
    pub(super) fn walk(&mut self, at: &DocumentValue<'_>, care: Care, what: What, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        if self.passed_over == Some(std::ptr::from_ref(at.value)) {
            return;
        }
        match at.value {
            Value::Array(_) => {
                at.items()
                    .filter(|item| is_nested(item.value))
                    .for_each(|item| self.walk(&item, care, What::Nested, depth));
            }
            Value::Object(_) => {
                let is_bound = self.enter(at);
                self.object(at, care, what, depth);
                if is_bound {
                    self.nested.pop();
                }
            }
            _ => {}
        }
    }

    fn object(&mut self, at: &DocumentValue<'_>, care: Care, what: What, depth: usize) {
        let is_part = self.parts.contains(&std::ptr::from_ref(at.value));
        let scope = if is_part { Scope::Subject } else { Scope::Quoted };
        let mut flat = Flat::default();
        for (key, member) in at.members() {
            // A context says what names mean, and nothing of the subject.
            if key == "@context" || what == What::Sbom && is_sbom_list(key) {
                continue;
            }
            let source = Source { field: key, at: &member, scope };
            let names = self.names(key);
            let mut names: Vec<FieldName<'_>> = names.iter().map(|name| FieldName::of(name)).collect();
            // Of one thing under two names the better known is told.
            names.sort_by_key(|name| !self.fields.is_listed(name));
            let below = names.iter().map(|name| self.field(name, &source, care, &mut flat, depth)).max();
            if is_nested(member.value) {
                self.walk(&member, below.unwrap_or(care), What::Nested, depth);
            }
        }
        if let Some(field) = &flat.field {
            self.push(ClaimRole::Care, &Source { field, at, scope }, Value::Object(flat.block), None, true);
        }
    }

    /// Reads one field, and says where what lies below it is.
    fn field(
        &mut self,
        name: &FieldName<'_>,
        source: &Source<'_, '_>,
        care: Care,
        flat: &mut Flat,
        depth: usize,
    ) -> Care {
        let at = source.at;
        if let Some(listed) = self.fields.sensitivity(name) {
            self.label(source, listed, DEPTH);
        }
        if self.fields.is_authority(name, care != Care::Outside) && is_stated(at.value) {
            let value = at.value.as_str().map_or_else(|| shown(at.value), shortened).into();
            self.push(ClaimRole::Authority, source, value, None, self.fields.is_listed(name));
        }
        if self.fields.is_attribution(name) && is_stated(at.value) {
            let value = at.value.as_str().map_or_else(|| shown(at.value), shortened).into();
            self.push(ClaimRole::Attribution, source, value, None, true);
        }
        if self.fields.is_care_block(name) {
            self.blocks(source, care, depth);
            return Care::Block;
        }
        let Some(member) = self.fields.care_member(name) else {
            return if care == Care::Outside { Care::Outside } else { Care::Within };
        };
        // A block has told its members.
        if care != Care::Block {
            flat.field.get_or_insert_with(|| source.field.to_owned());
            self.add_member(&mut flat.block, member, at.value, care);
        }
        Care::Within
    }

    /// Keeps the labels that a value is: a text, a number, a list of them, an object with a level.
    fn label(&mut self, source: &Source<'_, '_>, listed: bool, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let at = source.at;
        let value = match at.value {
            Value::Array(items) if !items.is_empty() => {
                at.items().for_each(|item| self.label(&Source { at: &item, ..*source }, listed, depth));
                return;
            }
            Value::Object(_) => {
                let mut parts = self.label_parts(at).into_iter();
                if let Some(first) = parts.next() {
                    self.label(&Source { at: &first, ..*source }, listed, depth);
                    // What stands beside it may say more, and may be a mere name.
                    return parts.for_each(|part| self.label(&Source { at: &part, ..*source }, false, depth));
                }
                Value::Null
            }
            Value::Array(_) => Value::Null,
            Value::String(text) if text.chars().nth(LABEL_LENGTH).is_some() => shortened(text).into(),
            other => other.clone(),
        };
        let written_out = value.as_str().map(|text| self.names(text)).unwrap_or_default();
        let rank = self.labels.rank(&value);
        let rank = rank.or_else(|| written_out.iter().filter_map(|name| self.labels.rank(&name.as_ref().into())).max());
        // A concept of a known vocabulary is a label, also one that the table has not.
        let of_vocabulary = || written_out.iter().any(|name| self.labels.is_of_vocabulary(name));
        let listed = listed || rank.is_none() && of_vocabulary();
        if listed || rank.is_some() {
            self.push(ClaimRole::Sensitivity, source, value, rank, listed);
        }
    }

    /// The parts of a label that is an object, best first.
    fn label_parts<'a>(&self, at: &DocumentValue<'a>) -> Vec<DocumentValue<'a>> {
        let wrapped = WRAPPERS.iter().filter_map(|member| at.get(member));
        let named = self.fields.label_members.iter().flat_map(|name| {
            at.members().filter(move |(key, _)| plain(local_name(key)) == *name).map(|(_, member)| member)
        });
        wrapped.chain(named).collect()
    }
}

/// Whether a value names something: anything but nothing, `false` and empty texts, lists and objects.
pub(super) fn is_stated(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => items.iter().any(is_stated),
        Value::Object(object) => !object.is_empty(),
        _ => true,
    }
}
