//! Finds the entry rules among all rules, on the syntax tree, and refuses what could be taken for one and
//! would never be evaluated.

use super::calls::Names;
use super::defect::PolicyDefect;
use super::syntax::{ParsedModule, ParsedRule, RuleKind, dotted};
use crate::finding::Effect;

/// The entry sets and what an element of each asks for.
const SETS: [(&str, Effect); 4] =
    [("deny", Effect::Deny), ("violation", Effect::Deny), ("warn", Effect::Warn), ("undecided", Effect::Undecided)];

/// Words that people write for an entry set.
const SIMILAR: &[(&str, &[&str])] = &[
    ("deny", &["denied", "denies", "denys", "denial", "denials", "denny", "deney", "dney", "denying"]),
    ("violation", &["violations", "violates", "violate", "violated", "violating", "voilation", "violaton"]),
    ("warn", &["warning", "warnings", "warns", "warned", "warm"]),
    ("undecided", &["undecideds", "undecide", "undecides", "undecidable", "indecided", "undecied"]),
];

/// Packages that only ocigate's own policies may use.
pub(super) const RESERVED: [&str; 4] = ["core", "kfm", "lib", "ocigate"];

/// What a rule's name makes it.
#[derive(Debug, PartialEq, Eq)]
enum Name {
    Entry(Effect),
    /// Almost an entry rule's name; what was probably meant.
    Near(String),
    Exception,
    Other,
}

/// `^(deny|violation|warn|undecided)(_[a-zA-Z0-9]+)*$`, and what comes close.
fn classify(name: &str) -> Name {
    let (base, suffix) = name.split_once('_').map_or((name, None), |(base, suffix)| (base, Some(suffix)));
    let well_formed = |part: &str| !part.is_empty() && part.chars().all(|character| character.is_ascii_alphanumeric());
    if let Some((_, effect)) = SETS.iter().find(|(set, _)| *set == base)
        && suffix.is_none_or(|suffix| suffix.split('_').all(well_formed))
    {
        return Name::Entry(*effect);
    }
    if name == "exception" {
        return Name::Exception;
    }
    let lower = name.to_ascii_lowercase().replace(|character: char| !character.is_ascii_alphanumeric(), "_");
    let mut parts = lower.split('_').filter(|part| !part.is_empty());
    let base = parts.next().unwrap_or_default();
    let meant = SETS.iter().map(|(set, _)| *set).find(|set| *set == base);
    let meant = meant.or_else(|| SIMILAR.iter().find_map(|(set, similar)| similar.contains(&base).then_some(*set)));
    match meant {
        Some(set) => Name::Near(std::iter::once(set).chain(parts).collect::<Vec<_>>().join("_")),
        None => Name::Other,
    }
}

/// One definition of an entry rule.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Index of its module.
    pub module: usize,
    /// Index of the definition in it.
    pub rule: usize,
    /// What its elements ask for.
    pub effect: Effect,
}

/// A user's policy may not claim ocigate's packages.
pub(crate) fn check_package(module: &ParsedModule) -> Result<(), PolicyDefect> {
    match module.package.first() {
        Some(root) if RESERVED.contains(&root.as_str()) => {
            Err(PolicyDefect::ReservedPackage { at: module.package_at.clone(), package: dotted(&module.package) })
        }
        _ => Ok(()),
    }
}

/// All definitions of entry rules, in the order of the modules.
pub(crate) fn find(modules: &[ParsedModule], names: &Names<'_>) -> Result<Vec<Entry>, PolicyDefect> {
    let mut entries = Vec::new();
    for (module_index, module) in modules.iter().enumerate() {
        for (rule_index, rule) in module.rules.iter().enumerate() {
            if let Some(effect) = entry(module, rule, names)? {
                entries.push(Entry { module: module_index, rule: rule_index, effect });
            }
        }
    }
    Ok(entries)
}

fn entry(module: &ParsedModule, rule: &ParsedRule, names: &Names<'_>) -> Result<Option<Effect>, PolicyDefect> {
    match classify(rule.name()) {
        Name::Entry(effect) if rule.kind == RuleKind::PartialSet && rule.head.len() == 1 => return Ok(Some(effect)),
        Name::Entry(_) => {
            return Err(PolicyDefect::EntryKind {
                at: rule.at.clone(),
                rule: dotted(&rule.head),
                found: rule.kind.name(),
            });
        }
        Name::Exception if matches!(rule.kind, RuleKind::PartialSet | RuleKind::PartialObject) => {
            return Err(PolicyDefect::Exception { at: rule.at.clone() });
        }
        _ => {}
    }
    if rule.kind == RuleKind::Function {
        return Ok(None);
    }
    // Also `results["deny-x"]` and `team.deny`: only a package's own rules are evaluated.
    let suggestion = rule.head.iter().enumerate().find_map(|(position, segment)| match classify(segment) {
        Name::Near(meant) => Some(meant),
        Name::Entry(_) if position > 0 => Some(segment.clone()),
        _ => None,
    });
    match suggestion {
        Some(suggestion) if !names.is_referred_to(module, rule) => {
            Err(PolicyDefect::NearMiss { at: rule.at.clone(), rule: dotted(&rule.head), suggestion })
        }
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entry_names_are_exact() {
        for name in ["deny", "deny_x", "violation_Foo_2", "warn_1", "undecided", "deny_Foo"] {
            assert!(matches!(classify(name), Name::Entry(_)), "{name}");
        }
        for (name, meant) in [
            ("Deny", "deny"),
            ("DENY_x", "deny_x"),
            ("deny-x", "deny_x"),
            ("deny_", "deny"),
            ("deny__x", "deny_x"),
            ("denied", "deny"),
            ("denies_root", "deny_root"),
            ("warning", "warn"),
            ("violations", "violation"),
        ] {
            assert_eq!(classify(name), Name::Near(meant.to_owned()), "{name}");
        }
        for name in ["denylist", "warnings2", "allow", "is_denied", "x"] {
            assert_eq!(classify(name), Name::Other, "{name}");
        }
        assert_eq!(classify("exception"), Name::Exception);
    }
}
