//! Policies, loaded and checked.

use std::collections::BTreeSet;

use super::defect::{PolicyDefect, engine};
use super::modules::{compile, parse};
use super::reads::Reads;
use super::rules::{EntrySet, ReasonSet, RuleInfo};
use super::{DataFile, Origin, PolicyFile, PolicySources, data, entries, rules};
use crate::finding::RuleId;
use crate::limits::Limits;
use crate::oci::Digest;
use crate::rego::{Module, Policy, RegoVersion, dotted, on_big_stack};
use crate::relations::settings::RelationSettings;

/// Policies that are ready to be evaluated: immutable, usable from any thread.
pub struct Policies {
    pub(super) policy: Policy,
    pub(super) entry_sets: Vec<EntrySet>,
    pub(super) reason_sets: Vec<ReasonSet>,
    pub(super) rules: Vec<RuleInfo>,
    pub(super) limits: Limits,
    disabled: Vec<RuleId>,
    digest: Digest,
    look_into_sboms: bool,
    look_at_image_config: bool,
    relation_settings: RelationSettings,
}

impl std::fmt::Debug for Policies {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Policies")
            .field("digest", &self.digest)
            .field("rules", &self.rules.len())
            .finish_non_exhaustive()
    }
}

impl Policies {
    /// Parses, checks and prepares these policies.
    pub fn load(mut sources: PolicySources, limits: &Limits) -> Result<Policies, PolicyDefect> {
        // A file that was named twice, say by its directory and by itself, is one file.
        let mut seen = BTreeSet::new();
        sources.modules.retain(|source| {
            source.origin == Origin::Bundled || seen.insert((source.path.clone(), source.text.clone()))
        });
        on_big_stack(|| load(&sources, limits)).map_err(engine)?
    }

    /// All rules that can make findings, sorted by id; those that are switched off are among them.
    pub fn rules(&self) -> &[RuleInfo] {
        &self.rules
    }

    /// The rules that are evaluated.
    pub fn active(&self) -> impl Iterator<Item = &RuleInfo> {
        self.rules.iter().filter(|rule| !self.disabled.contains(&rule.id))
    }

    /// The sets of bundled rules that are evaluated, sorted.
    pub fn sets(&self) -> Vec<String> {
        let bundled = self.active().filter(|rule| rule.origin == Origin::Bundled);
        let names: BTreeSet<&str> = bundled.map(|rule| rule.id.set.as_str()).collect();
        names.into_iter().map(str::to_owned).collect()
    }

    /// The rules that are switched off, sorted.
    pub fn disabled(&self) -> &[RuleId] {
        &self.disabled
    }

    /// What was loaded and what was switched off, as one digest: the same files give the same digest.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Whether a loaded policy could look at more of an SBOM than its summary. What it looks at must then be in the
    /// input: of a member that is left out a rule says nothing, and so passes.
    pub fn look_into_sboms(&self) -> bool {
        self.look_into_sboms
    }

    /// The settings by which evidence is related, out of the data of these policies.
    pub fn relation_settings(&self) -> &RelationSettings {
        &self.relation_settings
    }

    /// Whether a loaded policy could look at the config of a container image.
    pub fn look_at_image_config(&self) -> bool {
        self.look_at_image_config
    }
}

/// Merges the data and gives it to a policy.
pub(super) fn give_data(
    policy: &mut Policy,
    modules: &[Module],
    files: &[DataFile],
    limits: &Limits,
) -> Result<serde_json::Value, PolicyDefect> {
    let data = data::merge(files, modules, limits.json_depth)?;
    policy.set_data(&data).map_err(engine)?;
    Ok(data)
}

fn load(sources: &PolicySources, limits: &Limits) -> Result<Policies, PolicyDefect> {
    let all: Vec<&PolicyFile> = sources.modules.iter().collect();
    let modules = parse(&all, sources.version, limits)?;
    let users = || modules.iter().zip(&sources.modules).filter(|(_, source)| source.origin == Origin::User);
    for (module, _) in users() {
        entries::check_package(module)?;
    }
    let mut policy = compile(&modules, &all)?;
    let found = entries::find(&modules, &sources.modules, &policy)?;
    let origins: Vec<Origin> = sources.modules.iter().map(|source| source.origin).collect();
    let (rules, mut entry_sets) = rules::gather(&modules, &origins, &found)?;
    let with_entries: BTreeSet<&str> =
        found.iter().filter_map(|entry| sources.modules.get(entry.module)?.root.as_deref()).collect();
    if let Some(root) =
        sources.modules.iter().filter_map(|source| source.root.as_deref()).find(|root| !with_entries.contains(root))
    {
        return Err(nothing_in(root, &sources.modules, &modules));
    }
    let disabled = disabled(sources, &rules)?;
    let mut reason_sets = rules::reasons(&modules, &origins, &rules);
    let is_off = |id: &RuleId| disabled.contains(id) || (sources.without_core && id.set == "core");
    entry_sets.retain(|set| rules.get(set.rule).is_some_and(|rule| !is_off(&rule.id)));
    reason_sets.retain(|set| rules.get(set.rule).is_some_and(|rule| !is_off(&rule.id)));
    if entry_sets.is_empty() {
        return Err(PolicyDefect::NoEntryRules { loaded: loaded_text(&modules, rules.len()) });
    }
    let rules_off: Vec<RuleId> = rules.iter().map(|rule| rule.id.clone()).filter(|id| is_off(id)).collect();
    let reads: Vec<Reads> = users().map(|(module, _)| Reads::of(module)).collect();
    let data = give_data(&mut policy, &modules, &sources.data, limits)?;
    data::check_keys(&data, sources, &reads)?;
    Ok(Policies {
        policy,
        entry_sets,
        reason_sets,
        rules,
        limits: limits.clone(),
        digest: digest(sources, &rules_off),
        disabled: rules_off,
        look_into_sboms: reads.iter().any(look_into_sboms),
        look_at_image_config: reads.iter().any(look_at_image_config),
        relation_settings: data::relation_settings(&data, &sources.data)?,
    })
}

/// The same of the config of a container image (`input.subject.config.image`).
fn look_at_image_config(reads: &Reads) -> bool {
    let names = |words: &[&str]| words.iter().any(|word| reads.words.contains(*word));
    reads.whole_input || names(&["config", "image"]) || names(&entries::RESERVED)
}

/// A module of a user may reach a content by a function of the bundled ones, or without naming it (`walk`,
/// `input[name]`, `json.marshal(document)`): the summary is enough only for one that names it and nothing of this
/// kind. The bundled modules hand the input around, and look into no SBOM.
fn look_into_sboms(reads: &Reads) -> bool {
    let names = |words: &[&str]| words.iter().any(|word| reads.words.contains(*word));
    reads.whole_input
        || names(&["content", "packages", "components"])
        || names(&entries::RESERVED)
        || (names(&["sbom"]) && !names(&["summary"]))
}

fn loaded_text(modules: &[Module], rules: usize) -> String {
    match (modules.len(), rules) {
        (0, _) => "no file loaded".to_owned(),
        (files, 0) => format!("{files} files loaded"),
        (files, rules) => format!("{files} files loaded, all their {rules} rules switched off"),
    }
}

fn nothing_in(root: &str, sources: &[PolicyFile], modules: &[Module]) -> PolicyDefect {
    let files = sources.iter().zip(modules).filter(|(source, _)| source.root.as_deref() == Some(root));
    let rules: BTreeSet<String> = files
        .flat_map(|(_, module)| {
            module.rules.iter().map(|rule| format!("`{}.{}`", dotted(&module.package), rule.name()))
        })
        .take(8)
        .collect();
    let found = if rules.is_empty() { "no rules".to_owned() } else { rules.into_iter().collect::<Vec<_>>().join(", ") };
    PolicyDefect::Nothing {
        path: root.to_owned(),
        expected: "entry rule",
        hint: format!("expected a rule such as `deny contains message if {{ … }}`, found {found}"),
    }
}

/// The rules that the given ids switch off.
fn disabled(sources: &PolicySources, rules: &[RuleInfo]) -> Result<BTreeSet<RuleId>, PolicyDefect> {
    let mut off = BTreeSet::new();
    for wanted in &sources.disabled {
        let normal = |text: &str| text.replace('-', "_");
        let name = normal(wanted);
        let matches = |rule: &&RuleInfo| {
            normal(&rule.id.to_string()) == name || (rule.origin == Origin::Bundled && normal(&rule.id.rule) == name)
        };
        let before = off.len();
        off.extend(rules.iter().filter(matches).map(|rule| rule.id.clone()));
        let repeated = rules.iter().filter(matches).count() > 0;
        if off.len() == before && !repeated {
            let known: Vec<String> = rules.iter().map(|rule| rule.id.to_string()).collect();
            return Err(PolicyDefect::UnknownRule { found: wanted.clone(), known: known.join(", ") });
        }
    }
    Ok(off)
}

/// Each part with its length in front, so that no two lists of parts look alike.
fn digest(sources: &PolicySources, off: &[RuleId]) -> Digest {
    let mut parts: Vec<[&str; 3]> = Vec::new();
    parts.extend(sources.modules.iter().map(|source| ["module", source.path.as_str(), source.text.as_str()]));
    parts.extend(sources.data.iter().map(|file| ["data", file.path.as_str(), file.text.as_str()]));
    let off: Vec<String> = off.iter().map(ToString::to_string).collect();
    parts.extend(off.iter().map(|id| ["disabled", id.as_str(), ""]));
    if sources.version == RegoVersion::V0 {
        parts.push(["version", "v0", ""]);
    }
    parts.sort_unstable();
    let mut bytes = Vec::new();
    for part in parts.into_iter().flatten() {
        bytes.extend_from_slice(part.len().to_string().as_bytes());
        bytes.push(b':');
        bytes.extend_from_slice(part.as_bytes());
    }
    Digest::sha256(&bytes)
}
