//! What the data set was made from: used entities of PROV, inputs of a run manifest, dependencies of SLSA, sources
//! that catalogues name, data sets of a model and ancestors in CycloneDX.

use super::below::DigestIndex;
use super::file::DescribedFile;
use super::values::literal;
use crate::evidence::dcat::is_source;
use crate::evidence::document::reading::{
    DEPTH, DocumentValue, bare_digest, digests_within, local_name, plain, states_digest,
};
use crate::evidence::prov::context::Context;
use crate::evidence::{DocumentKind, Facts};

/// Digests of one input that are kept.
const DIGESTS: usize = 16;

/// Where each input is described.
pub fn of<'a>(kind: DocumentKind, root: &DocumentValue<'a>, facts: &'a Facts) -> Vec<DocumentValue<'a>> {
    match kind {
        DocumentKind::Prov => {
            let part =
                |pointer: &String| root.value.pointer(pointer).map(|value| DocumentValue::new(value, pointer.as_str()));
            facts.input_parts.iter().filter_map(part).collect()
        }
        DocumentKind::RunManifest => root.get("inputs").map(|at| entries(&at)).unwrap_or_default(),
        DocumentKind::Slsa => {
            let v1 = root.path(&["predicate", "buildDefinition", "resolvedDependencies"]);
            let v0 = root.path(&["predicate", "materials"]);
            v1.or(v0).map(|at| at.items().collect()).unwrap_or_default()
        }
        DocumentKind::Stac => {
            let is_source =
                |link: &DocumentValue<'a>| matches!(link.text_of("rel"), Some("derived_from" | "derived-from"));
            root.list("links").filter(is_source).collect()
        }
        DocumentKind::Dcat => {
            let mut found = Vec::new();
            sources(root, &Context::of(root.value), DEPTH, &mut found);
            found
        }
        DocumentKind::CycloneDx => facts
            .materials
            .iter()
            .map(|material| DocumentValue::new(&material.value, material.pointer.as_str()))
            .collect(),
        _ => Vec::new(),
    }
}

/// The entries of a list, or of a map from names to entries.
fn entries<'a>(list: &DocumentValue<'a>) -> Vec<DocumentValue<'a>> {
    match list.value.is_object() && !list.members().any(|(key, _)| states_digest(key)) {
        true => list.members().map(|(_, at)| at).collect(),
        false => list.each(),
    }
}

/// `dct:source` and `prov:wasDerivedFrom` of a DCAT record; what is only named says nothing that could be read.
fn sources<'a>(at: &DocumentValue<'a>, context: &Context, depth: usize, found: &mut Vec<DocumentValue<'a>>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    at.items().for_each(|item| sources(&item, context, depth, found));
    for (key, member) in at.members().filter(|(key, _)| *key != "@context") {
        match is_source(local_name(&context.name(key))) {
            true => found.extend(member.each().into_iter().filter(|at| at.value.is_object())),
            false => sources(&member, context, depth, found),
        }
    }
}

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
