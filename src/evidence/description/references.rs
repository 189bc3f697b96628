//! References to artifacts (`oci://…`, `docker://…`, `oras://…`) anywhere in a document, and texts that were never filled in.

use super::file::MOST;
use super::said::ArtifactReference;
use crate::evidence::document::reading::{DocumentValue, clipped, digest_of_reference};
use crate::oci::after_scheme;
use crate::oci::placeholder::placeholder;

/// Bytes of a text that can be a placeholder. A reference may be longer, because what is not read may be a tag.
const LONGEST: usize = 1024;

/// Finds as many as are kept, and one more.
pub fn find(at: &DocumentValue<'_>, depth: usize, found: &mut Vec<ArtifactReference>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    if let Some(text) = at.text() {
        if found.len() <= MOST {
            found.extend(read(text, at));
        }
        return;
    }
    at.items().for_each(|item| find(&item, depth, found));
    at.members().filter(|(key, _)| *key != "@context").for_each(|(_, member)| find(&member, depth, found));
}

fn read(text: &str, at: &DocumentValue<'_>) -> Option<ArtifactReference> {
    let text = text.trim();
    let is_oci = after_scheme(text).is_some();
    // Prose has words; a reference with a blank in it is a broken one, and no pinned one.
    if text.is_empty() || !is_oci && (text.len() > LONGEST || text.contains(char::is_whitespace)) {
        return None;
    }
    let is_digest = text.starts_with("sha256:") || text.starts_with("sha512:");
    // Elsewhere only what nobody writes for another reason: `TBD` is a label that is judged as one.
    let told = |word: &&str| {
        let word = word.trim_matches('_');
        word.starts_with("REPLACE_")
            || word.ends_with("_DIGEST")
            || ["PIN_ME", "CHANGE_ME", "PLACEHOLDER"].contains(&word)
    };
    let missing = placeholder(text).filter(|word| is_oci || is_digest || told(word));
    (is_oci || missing.is_some()).then(|| ArtifactReference {
        text: clipped(text).to_owned(),
        pointer: at.pointer(),
        digest: digest_of_reference(text).map(|digest| digest.to_string()),
        placeholder: missing.map(|word| clipped(word).to_owned()),
    })
}
