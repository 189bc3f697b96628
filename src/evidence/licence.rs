//! Licence expressions (SPDX 2.3, Annex D) against the SPDX licence list, offline.
//!
//! Identifiers are matched in any case (Annex D.2), and a deprecated one stands for the current one of the same licence.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use spdx::expression::{ExprNode, Operator};
use spdx::identifiers::{EXCEPTIONS, LICENSES};
use spdx::{AdditionItem, License, LicenseItem, LicenseReq, ParseMode};

use super::claims::claim::{Claim, ClaimRole};

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
        && parse(expression).is_some_and(|parsed| parsed.requirements().all(|one| names_something(&one.req)))
}

/// Whether this is the identifier of a licence or an exception of the SPDX list, in any case.
pub fn is_listed(id: &str) -> bool {
    by_identifier().contains_key(&id.to_ascii_lowercase())
}

/// An expression with every identifier as the list writes the current one.
fn parse(text: &str) -> Option<spdx::Expression> {
    let mut written = String::new();
    let is_end = |character: char| character.is_whitespace() || matches!(character, '(' | ')');
    for part in text.trim().split_inclusive(is_end) {
        let word = part.trim_end_matches(is_end);
        written.push_str(&identifier(word));
        written.push_str(part.get(word.len()..).unwrap_or_default());
    }
    // A deprecated identifier that no other replaces is still one.
    spdx::Expression::parse_mode(&written, ParseMode { allow_deprecated: true, ..ParseMode::STRICT }).ok()
}

/// Deprecated identifiers of the list that name a licence together with its exception, or that have become another one
/// (SPDX licence list, "Deprecated License Identifiers").
const REPLACED: [(&str, &str); 8] = [
    ("GPL-2.0-with-autoconf-exception", "GPL-2.0-only WITH Autoconf-exception-2.0"),
    ("GPL-2.0-with-bison-exception", "GPL-2.0-or-later WITH Bison-exception-2.2"),
    ("GPL-2.0-with-classpath-exception", "GPL-2.0-only WITH Classpath-exception-2.0"),
    ("GPL-2.0-with-font-exception", "GPL-2.0-only WITH Font-exception-2.0"),
    ("GPL-2.0-with-GCC-exception", "GPL-2.0-or-later WITH GCC-exception-2.0"),
    ("GPL-3.0-with-autoconf-exception", "GPL-3.0-only WITH Autoconf-exception-3.0"),
    ("GPL-3.0-with-GCC-exception", "GPL-3.0-only WITH GCC-exception-3.1"),
    ("StandardML-NJ", "SMLNJ"),
];

/// One word of an expression as the list writes it. Of the GNU family a bare number means that version alone, one with `+`
/// any later one too.
fn identifier(word: &str) -> String {
    let (base, later) = word.strip_suffix('+').map_or((word, false), |base| (base, true));
    let Some(name) = by_identifier().get(&base.to_ascii_lowercase()) else { return word.to_owned() };
    let replaced = REPLACED.iter().find(|(old, _)| old == name).filter(|_| !later);
    if let Some((_, current)) = replaced {
        return (*current).to_owned();
    }
    let ending = if later { "or-later" } else { "only" };
    match by_identifier().get(&format!("{name}-{ending}").to_ascii_lowercase()) {
        Some(current) => (*current).to_owned(),
        None => format!("{name}{}", if later { "+" } else { "" }),
    }
}

/// The identifiers of licences and exceptions by themselves in lower case.
fn by_identifier() -> &'static BTreeMap<String, &'static str> {
    static NAMES: OnceLock<BTreeMap<String, &'static str>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let licences = LICENSES.iter().map(|licence| licence.name);
        let names = licences.chain(EXCEPTIONS.iter().map(|exception| exception.name));
        names.map(|name| (name.to_ascii_lowercase(), name)).collect()
    })
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
    let bare = |requirement: &LicenseReq| requirement.license.to_string().trim_end_matches('+').to_owned();
    alternatives_of(text, &bare)
}

/// The same with the exception of each licence.
pub fn ways(text: &str) -> Vec<Vec<String>> {
    alternatives_of(text, &LicenseReq::to_string)
}

/// One text for all expressions that say the same: no matter in which order, with which brackets, in which case and with
/// which of the identifiers of a licence. What is no expression, or has too many alternatives, is only spaced alike.
pub fn normal(text: &str) -> String {
    let ways: BTreeSet<BTreeSet<String>> = ways(text).into_iter().map(|way| way.into_iter().collect()).collect();
    let is_single = ways.len() == 1;
    let shown = |way: &BTreeSet<String>| {
        let joined = way.iter().map(String::as_str).collect::<Vec<_>>().join(" AND ");
        if is_single || way.len() == 1 { joined } else { format!("({joined})") }
    };
    match ways.is_empty() {
        true => text.split_whitespace().collect::<Vec<_>>().join(" "),
        false => ways.iter().map(shown).collect::<Vec<_>>().join(" OR "),
    }
}

fn alternatives_of(text: &str, name: &dyn Fn(&LicenseReq) -> String) -> Vec<Vec<String>> {
    let Some(expression) = parse(text) else { return Vec::new() };
    let mut stack: Vec<Vec<Vec<String>>> = Vec::new();
    for node in expression.iter() {
        match node {
            ExprNode::Req(requirement) => {
                stack.push(vec![vec![name(&requirement.req)]]);
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
            ("CC BY 4.0 ", Some("CC-BY-4.0")),
            ("Creative Commons Attribution 4.0 International", Some("CC-BY-4.0")),
            ("odbl v1.0", Some("ODbL-1.0")),
            ("apache license 2.0", Some("Apache-2.0")),
            ("The MIT License", Some("MIT")),
            ("GPL 2.0", Some("GPL-2.0-only or GPL-2.0-or-later")),
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
        let named = LICENSES.iter().filter(|license| !NO_LICENCE.contains(&license.name));
        for license in named {
            assert!(is_licence(&license.name.to_lowercase()), "{}", license.name);
        }
        assert_eq!(suggestion(&"cc by ".repeat(100_000)), None);
    }

    #[test]
    fn expressions_that_say_the_same_have_one_normal_form() {
        for same in [
            &["MIT", "mit", "(MIT)", " MIT ", "((mit))", "MIT OR MIT"][..],
            &["MIT OR Apache-2.0", "mit or apache-2.0", "apache-2.0 OR mit", "(Apache-2.0) OR (MIT)"],
            &["MIT AND (CC0-1.0 OR ISC)", "(isc OR cc0-1.0) AND MIT", "(MIT AND CC0-1.0) OR (MIT AND ISC)"],
            &["GPL-2.0", "GPL-2.0-only", "gpl-2.0-ONLY"],
            &["GPL-2.0+", "GPL-2.0-or-later", "gpl-2.0+"],
            &["GPL-2.0-with-classpath-exception", "GPL-2.0 WITH Classpath-exception-2.0"],
            &["LGPL-2.1+ OR MIT", "MIT OR LGPL-2.1-or-later"],
            &["no  expression", " no expression "],
        ] {
            let forms: BTreeSet<String> = same.iter().map(|text| normal(text)).collect();
            assert_eq!(forms.len(), 1, "{forms:?}");
        }
        for (one, other) in [
            ("MIT OR Apache-2.0", "MIT AND Apache-2.0"),
            ("GPL-2.0", "GPL-2.0+"),
            ("GPL-2.0", "GPL-3.0"),
            ("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only"),
            ("Apache-2.0", "Apache-2.0+"),
            ("MIT AND (CC0-1.0 OR ISC)", "MIT AND CC0-1.0 OR ISC"),
            ("LicenseRef-a", "LicenseRef-b"),
        ] {
            assert_ne!(normal(one), normal(other), "{one} / {other}");
        }
        for (_, current) in REPLACED {
            assert!(is_licence(current), "{current}");
        }
        assert_eq!(normal("MIT AND (isc OR 0bsd)"), "(0BSD AND MIT) OR (ISC AND MIT)");
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
