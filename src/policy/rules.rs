//! What is known of each rule: its identity, and what its METADATA says.

use std::collections::BTreeMap;

use super::Origin;
use super::defect::PolicyDefect;
use super::entries::Entry;
use super::metadata::{self, Description};
use crate::finding::{Effect, RuleId, Severity};
use crate::rego::{Location, Module, dotted};

/// A rule that can make findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleInfo {
    /// Its identity: `core.signature`, `main.deny_x`.
    pub id: RuleId,
    /// One line; the rule's name if METADATA has no title.
    pub title: String,
    /// How bad its findings are, unless they say so themselves.
    pub severity: Severity,
    /// Whether `any` or `all` of what it looks at must do, where METADATA says so.
    pub quantifier: Option<String>,
    /// The kind of evidence that it looks for.
    pub kind: Option<String>,
    /// What it checks, at length.
    pub description: Option<String>,
    /// Why it exists.
    pub rationale: Option<String>,
    /// What to do about its findings.
    pub remedy: Option<String>,
    /// The codes of its findings, and what each means.
    pub codes: BTreeMap<String, String>,
    /// Whether its findings have the codes of faults of documents too.
    pub document_faults: bool,
    /// Where it comes from.
    pub origin: Origin,
    /// The file of its first definition.
    pub file: String,
    /// The line of its first definition.
    pub line: usize,
    /// What its findings can ask for.
    pub effects: Vec<Effect>,
}

/// One entry set to evaluate.
#[derive(Debug, Clone)]
pub(crate) struct EntrySet {
    /// Index of its rule in the list of rules.
    pub rule: usize,
    /// What its elements ask for.
    pub effect: Effect,
    /// Its path below `data`.
    pub path: Vec<String>,
    /// Its first definition.
    pub at: Location,
}

/// What a set of a bundled rule gives beside its findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReasonKind {
    /// What a pass rests on (`accept`).
    Accept,
    /// Why the rule does not apply (`skip`).
    Skip,
}

/// A set of reasons to evaluate.
#[derive(Debug, Clone)]
pub(crate) struct ReasonSet {
    /// Index of its rule in the list of rules.
    pub rule: usize,
    /// What it gives.
    pub kind: ReasonKind,
    /// Its path below `data`.
    pub path: Vec<String>,
    /// Its first definition.
    pub at: Location,
}

/// The names of the sets of reasons.
const REASONS: [(&str, ReasonKind); 2] = [("accept", ReasonKind::Accept), ("skip", ReasonKind::Skip)];

/// The sets of reasons of the bundled rules.
pub(crate) fn reasons(modules: &[Module], origins: &[Origin], rules: &[RuleInfo]) -> Vec<ReasonSet> {
    let bundled = modules.iter().zip(origins).filter(|(_, origin)| **origin == Origin::Bundled);
    let mut sets = Vec::new();
    for (module, _) in bundled {
        let [_, set, name] = module.package.as_slice() else { continue };
        let Some(rule) = rules.iter().position(|info| info.id.set == *set && info.id.rule == *name) else { continue };
        for (name, kind) in REASONS {
            if let Some(first) = module.rules.iter().find(|rule| rule.name() == name) {
                let path = [module.package.as_slice(), &[name.to_owned()]].concat();
                sets.push(ReasonSet { rule, kind, path, at: module.location(first.at) });
            }
        }
    }
    sets
}

/// A loaded module and where it comes from.
#[derive(Clone, Copy)]
struct Loaded<'a> {
    module: &'a Module,
    origin: Origin,
}

/// One definition of an entry rule and the module that it stands in.
type Definition<'a> = (Loaded<'a>, &'a Entry);

/// The rules and their entry sets, sorted by id.
pub(crate) fn gather(
    modules: &[Module],
    origins: &[Origin],
    entries: &[Entry],
) -> Result<(Vec<RuleInfo>, Vec<EntrySet>), PolicyDefect> {
    // Definitions of one set may be spread over files.
    let mut sets: BTreeMap<(RuleId, Vec<String>), Vec<Definition<'_>>> = BTreeMap::new();
    for entry in entries {
        let Some((module, origin)) = modules.get(entry.module).zip(origins.get(entry.module)) else { continue };
        let loaded = Loaded { module, origin: *origin };
        let Some(rule) = loaded.module.rules.get(entry.rule) else { continue };
        let path = [loaded.module.package.as_slice(), std::slice::from_ref(&rule.name().to_owned())].concat();
        sets.entry((identity(&loaded, rule.name())?, path)).or_default().push((loaded, entry));
    }
    let mut rules: Vec<RuleInfo> = Vec::new();
    let mut entry_sets = Vec::new();
    for ((id, path), definitions) in sets {
        let Some((first, entry)) = definitions.first() else { continue };
        let at =
            first.module.location(first.module.rules.get(entry.rule).map_or(first.module.package_at, |rule| rule.at));
        let effect = entry.effect;
        match rules.last_mut().filter(|rule| rule.id == id) {
            Some(rule) if !rule.effects.contains(&effect) => rule.effects.push(effect),
            Some(_) => {}
            None => rules.push(describe(modules, &id, &definitions, effect, &at)?),
        }
        entry_sets.push(EntrySet { rule: rules.len() - 1, effect, path, at });
    }
    rules.iter_mut().for_each(|rule| rule.effects.sort());
    Ok((rules, entry_sets))
}

/// A bundled rule is its whole package; a user's rule is its name in its package.
fn identity(loaded: &Loaded<'_>, name: &str) -> Result<RuleId, PolicyDefect> {
    let module = loaded.module;
    match (loaded.origin, module.package.as_slice()) {
        (Origin::Bundled, [ocigate, set, rule]) if ocigate == "ocigate" && is_bundled_set(set) => {
            Ok(RuleId { set: set.clone(), rule: rule.clone() })
        }
        (Origin::Bundled, _) => {
            Err(bundled_defect(loaded, "entry rules are in `package ocigate.core.<rule>`".to_owned()))
        }
        // A user's package may have the name of one of our sets, and is none.
        (Origin::User, [first, ..]) if is_bundled_set(first) => {
            Ok(RuleId { set: format!("data.{}", dotted(&module.package)), rule: name.to_owned() })
        }
        (Origin::User, package) => Ok(RuleId { set: dotted(package), rule: name.to_owned() }),
    }
}

fn is_bundled_set(name: &str) -> bool {
    matches!(name, "core" | "kfm")
}

fn bundled_defect(loaded: &Loaded<'_>, problem: String) -> PolicyDefect {
    PolicyDefect::Bundled { at: loaded.module.location(loaded.module.package_at), problem }
}

fn describe(
    modules: &[Module],
    id: &RuleId,
    definitions: &[Definition<'_>],
    effect: Effect,
    at: &Location,
) -> Result<RuleInfo, PolicyDefect> {
    let mut description = Description::default();
    for (loaded, entry) in definitions {
        let next = metadata::describe(modules, entry.module, entry.rule)?;
        if loaded.origin == Origin::Bundled {
            check_bundled(id, loaded, &next)?;
        }
        if description == Description::default() {
            description = next;
        }
    }
    let default = if effect == Effect::Warn { Severity::Warning } else { Severity::Error };
    Ok(RuleInfo {
        id: id.clone(),
        title: description.title.unwrap_or_else(|| id.rule.clone()),
        severity: description.severity.unwrap_or(default),
        quantifier: description.quantifier,
        kind: description.kind,
        description: description.description,
        rationale: description.rationale,
        remedy: description.remedy,
        codes: description.codes.unwrap_or_default(),
        document_faults: description.document_faults.unwrap_or(false),
        origin: definitions.first().map_or(Origin::User, |(loaded, _)| loaded.origin),
        file: at.path.clone(),
        line: at.line,
        effects: vec![effect],
    })
}

/// A bundled rule's file, package and METADATA name the same rule.
fn check_bundled(id: &RuleId, loaded: &Loaded<'_>, description: &Description) -> Result<(), PolicyDefect> {
    let stem = loaded.module.path.rsplit('/').next().and_then(|name| name.strip_suffix(".rego")).unwrap_or_default();
    if stem != id.rule {
        return Err(bundled_defect(
            loaded,
            format!("expected the file {}.rego for the rule {id}, found {stem}.rego", id.rule),
        ));
    }
    if description.id.as_deref() != Some(id.rule.as_str()) {
        let found = description.id.as_deref().unwrap_or("none");
        return Err(bundled_defect(loaded, format!("expected METADATA custom.id {}, found {found}", id.rule)));
    }
    if description.title.is_none() || description.severity.is_none() {
        return Err(bundled_defect(loaded, "expected METADATA with title and custom.severity".to_owned()));
    }
    match description.quantifier.as_deref() {
        None | Some("any" | "all") => {}
        Some(other) => {
            return Err(bundled_defect(loaded, format!("custom.quantifier: expected any or all, found {other}")));
        }
    }
    if let Some(other) =
        loaded.module.rules.iter().find(|rule| {
            ["deny_", "warn_", "undecided_", "violation"].iter().any(|prefix| rule.name().starts_with(prefix))
        })
    {
        return Err(bundled_defect(
            loaded,
            format!("expected only the sets deny, warn and undecided, found {}", other.name()),
        ));
    }
    Ok(())
}
