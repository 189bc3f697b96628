//! What the readers of SBOMs share.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::fault::{Fault, FaultCode};
use crate::oci::json::JsonError;

/// Described elements, and distinct licences, that a summary lists.
pub(super) const LISTED: usize = 100;

/// The fault of a document that could not be gone through to its end.
pub(super) fn unread(error: JsonError) -> Fault {
    Fault::new(FaultCode::Unreadable, "", format!("expected the text that was parsed before, found: {error}"))
}

/// Keeps the first of all different texts, in their order.
pub(super) fn list_first(listed: &mut BTreeSet<String>, text: &str) {
    if listed.contains(text) || (listed.len() >= LISTED && listed.last().is_some_and(|last| last.as_str() < text)) {
        return;
    }
    listed.insert(text.to_owned());
    if listed.len() > LISTED {
        listed.pop_last();
    }
}

/// A package of an SBOM, in one shape whatever its format is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Package {
    /// Its name.
    pub name: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Its package URL.
    pub purl: Option<String>,
    /// Its licences as they are stated, each once: concluded, then declared. What asserts nothing is left out.
    pub licences: Vec<String>,
    /// Its digests in the algorithms that are computed here, sorted.
    pub digests: Vec<String>,
    /// Who supplies it.
    pub supplier: Option<String>,
    /// Where it stands in the SBOM.
    pub pointer: String,
}

impl Package {
    /// As policies see it.
    pub fn into_value(self) -> Value {
        json!({
            "name": self.name,
            "version": self.version,
            "purl": self.purl,
            "licences": self.licences,
            "digests": self.digests,
            "supplier": self.supplier,
            "pointer": self.pointer,
        })
    }
}

/// Texts that assert something, each once, in their order.
pub(super) fn asserted<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for text in texts.into_iter().filter(|text| !matches!(*text, "" | "NOASSERTION" | "NONE")) {
        if !found.iter().any(|known| known == text) {
            found.push(text.to_owned());
        }
    }
    found
}
