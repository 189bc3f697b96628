//! Licence expressions (SPDX 2.3, Annex D) against the SPDX licence list, offline.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use spdx::expression::{ExprNode, Operator};
use spdx::identifiers::LICENSES;
use spdx::{AdditionItem, License, LicenseItem, LicenseReq};

use super::claims::{Claim, ClaimRole};

/// Texts that the parser or a producer accepts and that name no licence.
const NO_LICENCE: [&str; 4] = ["NOASSERTION", "NONE", "UNKNOWN", "SEE_SOURCE"];

/// What names of one's own say where they say that there is no licence; letters and digits alone.
const NO_NAMES: [&str; 14] = [
    "noassertion",
    "none",
    "null",
    "na",
    "nil",
    "nolicense",
    "nolicence",
    "notspecified",
    "seesource",
    "tbd",
    "undefined",
    "unknown",
    "unlicensed",
    "unspecified",
];

/// Whether a licence claim is a valid SPDX expression that names a licence; nothing for other claims.
pub fn validity(claim: &Claim) -> Option<bool> {
    (claim.role == ClaimRole::Licence).then(|| claim.value.as_str().is_some_and(is_licence))
}

/// Whether a value is a valid SPDX expression that names a licence.
pub fn is_licence(text: &str) -> bool {
    let expression = text.trim();
    !NO_LICENCE.iter().any(|none| expression.eq_ignore_ascii_case(none))
        && spdx::Expression::parse(expression)
            .is_ok_and(|parsed| parsed.requirements().all(|requirement| names_something(&requirement.req)))
}

/// Whether a licence of an expression names one: a reference into a document, or to a text of one's own, may be empty
/// or may spell out that there is none (SPDX 2.3 §10.1: an idstring has letters, digits, `-` and `.`).
fn names_something(requirement: &LicenseReq) -> bool {
    let is_name = |name: &str| {
        let bare: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        !bare.is_empty() && !NO_NAMES.contains(&bare.to_ascii_lowercase().as_str())
    };
    let is_document = |name: &Option<String>| {
        name.as_deref().is_none_or(|name| name.chars().any(|character| character.is_ascii_alphanumeric()))
    };
    let licence = match &requirement.license {
        LicenseItem::Spdx { id, .. } => is_name(id.name),
        LicenseItem::Other(reference) => is_document(&reference.doc_ref) && is_name(&reference.lic_ref),
    };
    let addition = match &requirement.addition {
        Some(AdditionItem::Other(reference)) => is_document(&reference.doc_ref) && is_name(&reference.add_ref),
        Some(AdditionItem::Spdx(_)) | None => true,
    };
    licence && addition
}

/// Alternatives of one expression that are told; one with more is told as one that has none.
const ALTERNATIVES: usize = 64;

/// The ways to use what is under an expression, each with all licences that then hold, without exceptions and `+`:
/// `A AND (B OR C)` is `[A, B]` and `[A, C]`. Nothing for what is no valid expression.
pub fn alternatives(text: &str) -> Vec<Vec<String>> {
    let Ok(expression) = spdx::Expression::parse(text.trim()) else { return Vec::new() };
    let mut stack: Vec<Vec<Vec<String>>> = Vec::new();
    for node in expression.iter() {
        match node {
            ExprNode::Req(requirement) => {
                let licence = requirement.req.license.to_string();
                stack.push(vec![vec![licence.trim_end_matches('+').to_owned()]]);
            }
            ExprNode::Op(operator) => {
                let (Some(right), Some(mut left)) = (stack.pop(), stack.pop()) else { return Vec::new() };
                let joined = match operator {
                    Operator::Or => {
                        left.extend(right);
                        left
                    }
                    Operator::And => {
                        let with =
                            |one: &Vec<String>| right.iter().map(|other| [one.as_slice(), other].concat()).collect();
                        left.iter().flat_map(|one| -> Vec<Vec<String>> { with(one) }).collect()
                    }
                };
                if joined.len() > ALTERNATIVES {
                    return Vec::new();
                }
                stack.push(joined);
            }
        }
    }
    stack.pop().unwrap_or_default()
}

/// The expression that is probably meant by a text that is none: by identifier or full name of the SPDX list, without
/// case, punctuation and words such as `License`; else what the library makes of it.
pub fn suggestion(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() > LONGEST || is_licence(text) || NO_LICENCE.iter().any(|none| text.eq_ignore_ascii_case(none)) {
        return None;
    }
    if let Some(name) = by_name().get(&squashed(text)) {
        return Some(current(name, text.ends_with('+')));
    }
    if let Some(made) = spdx::Expression::canonicalize(text).ok().flatten().or_else(|| of_parts(text))
        && is_licence(&made)
    {
        return Some(made);
    }
    let (license, length) = spdx::imprecise_license_id(text)?;
    (length == text.len()).then(|| current(license.name, false))
}

/// Identifiers by themselves and by their full names, without what does not tell them apart. A deprecated one stands
/// only where no other is meant.
fn by_name() -> &'static BTreeMap<String, &'static str> {
    static NAMES: OnceLock<BTreeMap<String, &'static str>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let mut names = BTreeMap::new();
        let (deprecated, current): (Vec<&License>, Vec<&License>) =
            LICENSES.iter().partition(|license| is_deprecated(license));
        for licenses in [current, deprecated] {
            let ids = licenses.iter().map(|license| (license.name, license.name));
            for (name, id) in ids.chain(licenses.iter().map(|license| (license.full_name, license.name))) {
                names.entry(squashed(name)).or_insert(id);
            }
        }
        names
    })
}

/// A plain list of licences, joined by one word.
fn of_parts(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let (word, operator) = [(" or ", " OR "), (" and ", " AND ")].into_iter().find(|(word, _)| lower.contains(word))?;
    let meant = |part: &str| match is_licence(part) {
        true => Some(part.trim().to_owned()),
        false => suggestion(part),
    };
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.to_ascii_lowercase().find(word) {
        parts.push(meant(rest.get(..at)?)?);
        rest = rest.get(at + word.len()..)?;
    }
    parts.push(meant(rest)?);
    Some(parts.join(operator))
}

fn is_deprecated(license: &License) -> bool {
    spdx::license_id(license.name).is_some_and(spdx::LicenseId::is_deprecated)
}

/// Bytes of a text that a suggestion is sought for: the longest name of the list is shorter.
const LONGEST: usize = 200;

/// The identifiers that stand for a deprecated one of the GNU family: `GPL-2.0` does not say whether later ones hold.
fn current(name: &str, or_later: bool) -> String {
    let base = name.trim_end_matches('+');
    let (only, later) = (format!("{base}-only"), format!("{base}-or-later"));
    let later_is_meant = or_later || name.ends_with('+');
    match (is_licence(&only) && is_licence(&later), later_is_meant) {
        (true, true) => later,
        (true, false) => format!("{only} or {later}"),
        (false, _) => name.to_owned(),
    }
}

/// A name without case, punctuation and the words that do not tell licences apart.
fn squashed(text: &str) -> String {
    let text = text.to_lowercase();
    let words = text.split(|character: char| !character.is_alphanumeric() && character != '.');
    let words = words.filter(|word| !matches!(*word, "the" | "license" | "licence" | "version"));
    let numbered = |word: &str| match word.strip_prefix('v') {
        Some(number) if number.starts_with(|character: char| character.is_ascii_digit()) => number.to_owned(),
        _ => word.to_owned(),
    };
    words.map(numbered).collect::<String>().replace('.', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_expression_that_names_a_licence_counts() {
        for (text, expected) in [
            ("CC-BY-4.0", true),
            ("MIT OR Apache-2.0", true),
            ("LicenseRef-local-terms", true),
            ("CC-BY 4.0", false),
            ("NOASSERTION", false),
            ("MIT AND NOASSERTION", false),
            ("LicenseRef-NONE OR MIT", false),
            ("SEE_SOURCE", false),
            ("DocumentRef-x:LicenseRef-NONE", false),
            ("LicenseRef-", false),
            ("LicenseRef--.", false),
            ("LicenseRef-NOASSERTION", false),
            ("LicenseRef-No-Assertion", false),
            ("LicenseRef-see-source OR MIT", false),
            ("DocumentRef-:LicenseRef-a", false),
            ("MIT WITH AdditionRef-", false),
            ("MIT WITH AdditionRef-none", false),
            ("DocumentRef-x:LicenseRef-a", true),
            ("MIT WITH AdditionRef-own", true),
            ("Public-Domain", false),
            ("", false),
        ] {
            assert_eq!(is_licence(text), expected, "{text}");
        }
    }

    #[test]
    fn near_misses_are_understood() {
        for (text, expected) in [
            ("CC-BY 4.0", Some("CC-BY-4.0")),
            ("CC BY-NC 4.0", Some("CC-BY-NC-4.0")),
            ("cc-by-sa-4.0", Some("CC-BY-SA-4.0")),
            ("CC BY 4.0 ", Some("CC-BY-4.0")),
            ("Creative Commons Attribution 4.0 International", Some("CC-BY-4.0")),
            ("odbl v1.0", Some("ODbL-1.0")),
            ("apache license 2.0", Some("Apache-2.0")),
            ("The MIT License", Some("MIT")),
            ("GPL-2.0", Some("GPL-2.0-only or GPL-2.0-or-later")),
            ("gpl-3.0+", Some("GPL-3.0-or-later")),
            ("LGPL-2.1", Some("LGPL-2.1-only or LGPL-2.1-or-later")),
            ("mit or apache-2.0", Some("MIT OR Apache-2.0")),
            ("MIT/Apache-2.0", Some("MIT OR Apache-2.0")),
            ("SEE_SOURCE", None),
            ("noassertion", None),
            ("proprietary", None),
            ("all rights reserved", None),
            ("MIT", None),
            ("", None),
        ] {
            assert_eq!(suggestion(text).as_deref(), expected, "{text}");
        }
        for license in LICENSES.iter().filter(|license| !is_deprecated(license)) {
            let lower = license.name.to_lowercase();
            let found = suggestion(&lower).unwrap_or_else(|| lower.clone());
            // The library lists some of the GNU family without the ending that says whether later versions hold.
            assert!(
                found.to_lowercase() == lower || found.starts_with(&format!("{}-only or", license.name)),
                "{found}"
            );
        }
        assert_eq!(suggestion(&"cc by ".repeat(100_000)), None);
    }

    #[test]
    fn alternatives_are_all_ways_to_use_it() {
        for (text, expected) in [
            ("MIT", vec![vec!["MIT"]]),
            ("MIT OR Apache-2.0", vec![vec!["MIT"], vec!["Apache-2.0"]]),
            ("MIT AND (CC0-1.0 OR Apache-2.0)", vec![vec!["MIT", "CC0-1.0"], vec!["MIT", "Apache-2.0"]]),
            ("GPL-2.0-or-later WITH Classpath-exception-2.0", vec![vec!["GPL-2.0-or-later"]]),
            ("LicenseRef-own", vec![vec!["LicenseRef-own"]]),
            // What a later version demands is not known to be less.
            ("CC-BY-NC-4.0+ OR MIT", vec![vec!["CC-BY-NC-4.0"], vec!["MIT"]]),
            ("CC-BY 4.0", vec![]),
        ] {
            assert_eq!(alternatives(text), expected, "{text}");
        }
        assert_eq!(alternatives(&["(MIT OR CC0-1.0)"; 12].join(" AND ")), Vec::<Vec<String>>::new());
    }
}
