//! Licences, where they are said of the subject.

use serde_json::Value;

use super::scope::Scope;
use super::tables::licence_iri;
use super::{ClaimRole, Reader, Source};
use crate::evidence::document::reading::{DEPTH, DocumentValue, local_name, plain};
use crate::evidence::json_ld::values::WRAPPERS;

/// In which members of an object a licence is told (CycloneDX 1.6 `#/definitions/licenseChoice`).
const CHOICE: [&str; 4] = ["license", "expression", "id", "name"];

impl Reader<'_> {
    pub(super) fn licences_of(&mut self, at: &DocumentValue<'_>) {
        for (key, member) in at.members() {
            let is_licence = |name: &str| self.fields.licence.names.contains(&plain(local_name(name)));
            if is_licence(key) || self.context.bound(key).as_deref().is_some_and(is_licence) {
                self.licence(key, &member, DEPTH);
            }
        }
    }

    /// Keeps the licences that a value is: a text, an IRI, a list of them. Null states none.
    pub(super) fn licence(&mut self, field: &str, at: &DocumentValue<'_>, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        for item in at.each().into_iter().filter(|item| !item.value.is_null()) {
            if let Some(inner) = WRAPPERS.iter().find_map(|key| item.get(key)) {
                self.licence(field, &inner, depth);
                continue;
            }
            // All of them: of two nobody knows which is meant.
            let choices: Vec<DocumentValue<'_>> = CHOICE.iter().filter_map(|key| item.get(key)).collect();
            if !choices.is_empty() {
                choices.iter().for_each(|inner| self.licence(field, inner, depth));
                continue;
            }
            let value = match item.value {
                Value::String(text) => self.spdx_id(text.trim()).into(),
                Value::Object(_) | Value::Array(_) => Value::Null,
                other => other.clone(),
            };
            self.push(ClaimRole::Licence, &Source { field, at: &item, scope: Scope::Subject }, value, None, true);
        }
    }

    /// The SPDX identifier that a known IRI stands for; any other text as it is.
    fn spdx_id(&self, text: &str) -> String {
        if let Some(id) = self.fields.licence.iris.get(&licence_iri(text)) {
            return id.clone();
        }
        let rest = self.fields.licence.iri_prefixes.iter().find_map(|prefix| text.strip_prefix(prefix.as_str()));
        rest.map_or(text, |id| id.trim_end_matches(".html").trim_end_matches(".json")).to_owned()
    }
}
