//! What is said of one thing that the data set was made from: a used entity of PROV, an input of a run manifest, a dependency
//! of SLSA, a source that a catalogue names, a data set of a model.

use super::below::DigestIndex;
use super::file::DescribedFile;
use crate::evidence::document::reading::{
    DocumentValue, bare_digest, digests_within, local_name, plain, states_digest,
};
use crate::evidence::json_ld::values::literal;

/// Digests of one input that are kept.
const DIGESTS: usize = 16;

/// Whether an input is pinned by a Git object id: `gitCommit` or `gitTree` (in-toto `digest_set.md`), or `sha1` where its
/// URI is one of Git (SLSA v0.2 `materials`). 40 hex digits are SHA-1, 64 are SHA-256; Git writes them in lower case.
pub fn is_commit(at: &DocumentValue<'_>) -> bool {
    let is_of_git = || at.text_of("uri").is_some_and(|uri| uri.starts_with("git+"));
    let digests = at.get("digest");
    digests.iter().flat_map(DocumentValue::members).any(|(algorithm, id)| match algorithm {
        "gitCommit" | "gitTree" => id.text().is_some_and(is_object_id),
        "sha1" => id.text().is_some_and(|id| id.len() == 40 && is_object_id(id)) && is_of_git(),
        _ => false,
    })
}

fn is_object_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// What is said of an input as a file.
pub fn file(at: &DocumentValue<'_>, digests: &DigestIndex<'_>) -> DescribedFile {
    let mut file = DescribedFile::new(at);
    file.members(at);
    if let Some(id) = at.text_of("@id").or_else(|| at.text()) {
        file.named(id);
    }
    file.digests = digests.at_and_below(&file.pointer, DIGESTS);
    if file.digests.is_empty() {
        let stated = at.members().filter(|(key, _)| states_digest(key) || plain(local_name(key)) == "href");
        let values =
            stated.flat_map(|(_, at)| at.members().map(|(_, at)| at).chain([literal(&at)]).collect::<Vec<_>>());
        for value in values {
            let text = value.text().unwrap_or_default();
            let digest = bare_digest(text).or_else(|| digests_within(text).pop());
            file.digested(&value, digest);
        }
    }
    file
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_commit_is_a_whole_object_id_of_git() {
        let (sha1, sha256) = ("0123456789abcdef0123456789abcdef01234567", "ab".repeat(32));
        for (digest, uri, expected) in [
            (json!({"gitCommit": sha1}), "git+https://example.org/r", true),
            (json!({"gitCommit": sha256}), "", true),
            (json!({"gitTree": sha1}), "", true),
            (json!({"sha1": sha1}), "git+https://example.org/r@refs/heads/main", true),
            (json!({"sha1": sha1}), "https://example.org/r.tar.gz", false),
            (json!({"sha1": sha256}), "git+https://example.org/r", false),
            (json!({"gitCommit": "0123456"}), "", false),
            (json!({"gitCommit": sha1.to_uppercase()}), "", false),
            (json!({"gitTag": sha1}), "", false),
            (json!("main"), "", false),
        ] {
            let value = json!({"uri": uri, "digest": digest});
            assert_eq!(is_commit(&DocumentValue::new(&value, "")), expected, "{value}");
        }
    }
}
