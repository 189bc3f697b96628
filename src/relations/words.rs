//! Wording that relations share.

use crate::evidence::StatedDigest;

/// The items, at most three of them, and how many more there are.
pub(super) fn listed(items: impl IntoIterator<Item = String>) -> String {
    let items: Vec<String> = items.into_iter().collect();
    let (shown, rest) = items.split_at(items.len().min(3));
    match rest.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The digests, at most three of them.
pub(super) fn digests(stated: &[&StatedDigest]) -> String {
    listed(stated.iter().map(|one| one.digest.to_string()))
}
