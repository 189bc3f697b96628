//! Finds the entry rules among all rules, on the syntax tree, and refuses what could be taken for one and
//! would never be evaluated.

use strsim::osa_distance;

use super::defect::PolicyDefect;
use super::metadata::severity_names;
use super::{Origin, PolicyFile};
use crate::finding::{Effect, Severity};
use crate::rego::{Module, Policy, Rule, RuleKind, Term, TermKind, Value, dotted};

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
pub(super) const RESERVED: [&str; 1] = ["ocigate"];

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
pub(crate) fn check_package(module: &Module) -> Result<(), PolicyDefect> {
    match module.package.first() {
        Some(root) if RESERVED.contains(&root.as_str()) => Err(PolicyDefect::ReservedPackage {
            at: module.location(module.package_at),
            package: dotted(&module.package),
        }),
        _ => Ok(()),
    }
}

/// All definitions of entry rules, in the order of the modules.
pub(crate) fn find(modules: &[Module], sources: &[PolicyFile], policy: &Policy) -> Result<Vec<Entry>, PolicyDefect> {
    let mut entries = Vec::new();
    for (module_index, (module, source)) in modules.iter().zip(sources).enumerate() {
        for (rule_index, rule) in module.rules.iter().enumerate() {
            if let Some(effect) = entry(module, rule, policy, source.origin)? {
                entries.push(Entry { module: module_index, rule: rule_index, effect });
            }
        }
    }
    Ok(entries)
}

fn entry(module: &Module, rule: &Rule, policy: &Policy, origin: Origin) -> Result<Option<Effect>, PolicyDefect> {
    let (at, head) = (|| module.location(rule.at), rule.written_head());
    match classify(rule.name()) {
        Name::Entry(effect) if rule.kind == RuleKind::PartialSet && rule.head.len() == 1 => {
            check_element(module, rule)?;
            return Ok(Some(effect));
        }
        Name::Entry(_) => {
            return Err(PolicyDefect::EntryKind { at: at(), rule: dotted(&head), found: rule.kind.name() });
        }
        Name::Exception if matches!(rule.kind, RuleKind::PartialSet | RuleKind::PartialObject) => {
            return Err(PolicyDefect::Exception { at: at() });
        }
        _ => {}
    }
    if rule.kind == RuleKind::Function || origin == Origin::Bundled {
        return Ok(None);
    }
    let path: Vec<&str> = module.package.iter().chain(&head).map(String::as_str).collect();
    if policy.is_read(&path) {
        return Ok(None);
    }
    // Also `results["deny-x"]` and `team.deny`: only a package's own rules are evaluated.
    let suggestion = head.iter().enumerate().find_map(|(position, segment)| match classify(segment) {
        Name::Near(meant) => Some(meant),
        Name::Entry(_) if position > 0 => Some(segment.clone()),
        _ => None,
    });
    match suggestion {
        Some(suggestion) => Err(PolicyDefect::NearMiss { at: at(), rule: dotted(&head), suggestion }),
        None if rule.kind == RuleKind::PartialSet => {
            Err(PolicyDefect::UnusedSet { at: at(), rule: dotted(&head), suggestion: nearest(rule.name()) })
        }
        None => Ok(None),
    }
}

/// The entry set whose name a name begins with, or almost is.
fn nearest(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let (base, _) = SETS
        .iter()
        .map(|(set, _)| {
            let begin: String = lower.chars().take(set.len()).collect();
            (*set, osa_distance(&begin, set).min(osa_distance(&lower, set)))
        })
        .filter(|(_, distance)| *distance <= 2)
        .min_by_key(|(_, distance)| *distance)?;
    let rest = lower.strip_prefix(base).filter(|rest| !rest.is_empty());
    Some(match rest {
        Some(rest) => format!("{base}_{}", rest.trim_start_matches('_')),
        None => base.to_owned(),
    })
}

/// An element that is written out is a text, or an object with `msg`; of others it is seen when they fire.
fn check_element(module: &Module, rule: &Rule) -> Result<(), PolicyDefect> {
    let Some(element) = &rule.element else { return Ok(()) };
    let problem = match &element.kind {
        TermKind::Value(Value::String(_)) => return Ok(()),
        TermKind::Value(value) => format!("found {value}"),
        TermKind::Array(_) => "found an array".to_owned(),
        TermKind::Set(_) => "found a set".to_owned(),
        TermKind::Object(fields) => {
            let keys: Option<Vec<_>> = fields.iter().map(|(key, _)| Term::text(key)).collect();
            match keys {
                Some(keys) if !keys.iter().any(|key| **key == *"msg") => {
                    let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
                    format!("found an object with only {}", keys.join(", "))
                }
                _ => return check_fields(module, rule, fields),
            }
        }
        _ => return Ok(()),
    };
    Err(PolicyDefect::Element {
        at: module.location(element.at),
        rule: dotted(&rule.written_head()),
        problem: format!("expected a string or an object with `msg`, {problem}"),
    })
}

/// Fields of a finding that are written out and have one of a few values.
fn check_fields(module: &Module, rule: &Rule, fields: &[(Term, Term)]) -> Result<(), PolicyDefect> {
    for (key, value) in fields {
        let (Some(key), Some(text)) = (key.text(), value.text()) else { continue };
        let expected = match &*key {
            "severity" if Severity::from_name(&text).is_none() => severity_names(),
            "basis" if !matches!(&*text, "present" | "absent") => "present or absent".to_owned(),
            _ => continue,
        };
        return Err(PolicyDefect::Element {
            at: module.location(value.at),
            rule: dotted(&rule.written_head()),
            problem: format!("`{key}`: expected {expected}, found \"{text}\""),
        });
    }
    Ok(())
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

    #[test]
    fn the_nearest_entry_name_is_found() {
        for (name, meant) in [
            ("denyUnsigned", Some("deny_unsigned")),
            ("deny1", Some("deny_1")),
            ("DenyX", Some("deny_x")),
            ("violation1", Some("violation_1")),
            ("warnUnsigned", Some("warn_unsigned")),
            ("dany", Some("deny")),
            ("packages", None),
        ] {
            assert_eq!(nearest(name).as_deref(), meant, "{name}");
        }
    }
}
