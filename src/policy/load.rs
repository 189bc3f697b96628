//! Policies, loaded and checked.

use std::collections::{BTreeMap, BTreeSet};

use super::calls::Names;
use super::defect::PolicyDefect;
use super::engine::{Loader, Prepared, on_big_stack, side_by_side};
use super::metadata::Annotations;
use super::rules::{EntrySet, Loaded, RuleInfo};
use super::syntax::{ParsedModule, dotted};
use super::{DataFile, Origin, PolicySources, Source, data, entries, parts, rules};
use crate::finding::RuleId;
use crate::limits::Limits;
use crate::oci::Digest;

/// Policies that are ready to be evaluated: immutable, usable from any thread.
pub struct Policies {
    pub(super) parts: Vec<Part>,
    pub(super) rules: Vec<RuleInfo>,
    pub(super) limits: Limits,
    disabled: Vec<RuleId>,
    digest: Digest,
    look_into_sboms: bool,
}

/// What is evaluated by itself, side by side with other parts.
pub(super) struct Part {
    pub prepared: Prepared,
    pub entry_sets: Vec<EntrySet>,
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
        on_big_stack(|| load(&sources, limits))?
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
}

/// Modules that parse, with what stands in their comments, in the order of their sources.
pub(super) struct Parsed {
    pub modules: Vec<(ParsedModule, Annotations)>,
    pub loader: Loader,
}

/// Parses all modules and checks each by itself.
pub(super) fn parse<'a>(sources: impl Iterator<Item = &'a Source>, limits: &Limits) -> Result<Parsed, PolicyDefect> {
    let mut parsed = Parsed { modules: Vec::new(), loader: Loader::new(limits)? };
    for source in sources {
        if u64::try_from(source.text.len()).unwrap_or(u64::MAX) > limits.policy_bytes {
            return Err(PolicyDefect::Read {
                path: source.path.clone(),
                reason: format!("larger than {} bytes", limits.policy_bytes),
            });
        }
        let (module, annotations) = parsed.loader.add(&source.path, &source.text)?;
        if source.origin == Origin::User {
            entries::check_package(&module)?;
        }
        parsed.modules.push((module, annotations));
    }
    Ok(parsed)
}

/// Merges the data and makes the engine ready.
pub(super) fn prepare(
    modules: &[ParsedModule],
    loader: Loader,
    files: &[DataFile],
    limits: &Limits,
) -> Result<Prepared, PolicyDefect> {
    let data = data::merge(files, modules, limits.json_depth)?;
    loader.prepare(&data)
}

fn load(sources: &PolicySources, limits: &Limits) -> Result<Policies, PolicyDefect> {
    let parts = parts::of(&sources.modules);
    let parsed =
        side_by_side(&parts, |part| parse(part.iter().filter_map(|index| sources.modules.get(*index)), limits))?;
    let mut loaders = Vec::new();
    // In the order of the sources, each once.
    let mut all = BTreeMap::new();
    for (part, parsed) in parts.iter().zip(parsed) {
        all.extend(part.iter().copied().zip(parsed.modules));
        loaders.push(parsed.loader);
    }
    let (modules, annotations): (Vec<ParsedModule>, Vec<Annotations>) = all.into_values().unzip();
    let names = Names::of(&modules);
    let found = entries::find(&modules, &names)?;
    let loaded: Vec<Loaded<'_>> = modules
        .iter()
        .zip(&annotations)
        .zip(&sources.modules)
        .map(|((module, annotations), source)| Loaded { module, annotations, origin: source.origin })
        .collect();
    let (rules, mut entry_sets) = rules::gather(&loaded, &found)?;
    let with_entries: BTreeSet<&str> =
        found.iter().filter_map(|entry| sources.modules.get(entry.module)?.root.as_deref()).collect();
    if let Some(root) =
        sources.modules.iter().filter_map(|source| source.root.as_deref()).find(|root| !with_entries.contains(root))
    {
        return Err(nothing_in(root, &sources.modules, &modules));
    }
    let disabled = disabled(sources, &rules)?;
    let is_off = |id: &RuleId| disabled.contains(id) || (sources.without_core && id.set == "core");
    entry_sets.retain(|set| rules.get(set.rule).is_some_and(|rule| !is_off(&rule.id)));
    if entry_sets.is_empty() {
        return Err(PolicyDefect::NoEntryRules { loaded: loaded_text(&modules, rules.len()) });
    }
    let rules_off: Vec<RuleId> = rules.iter().map(|rule| rule.id.clone()).filter(|id| is_off(id)).collect();
    // The bundled modules by themselves are checked where they are tested; that costs a sixth of a run.
    if sources.modules.iter().any(|source| source.origin == Origin::User) {
        names.check()?;
    }
    let data = data::merge(&sources.data, &modules, limits.json_depth)?;
    data::check_keys(&data, sources, &modules)?;
    let divided = parts.iter().map(|part| taken(&mut entry_sets, part, &modules));
    let parts: Vec<(Vec<EntrySet>, Loader)> = divided.zip(loaders).filter(|(sets, _)| !sets.is_empty()).collect();
    let prepare = |(entry_sets, loader): (_, Loader)| Ok(Part { prepared: loader.prepare(&data)?, entry_sets });
    Ok(Policies {
        parts: side_by_side(parts, prepare)?,
        rules,
        limits: limits.clone(),
        digest: digest(sources, &rules_off),
        disabled: rules_off,
        look_into_sboms: modules
            .iter()
            .zip(&sources.modules)
            .any(|(module, source)| looks_into_sboms(module, source.origin)),
    })
}

/// The bundled ones hand the input around, and look for nothing in it that they do not name. A module of a user may also
/// reach a content by a function of the bundled ones, or without naming it (`walk`, `input[name]`,
/// `json.marshal(document)`): the summary is enough only for one that names it and nothing of this kind.
fn looks_into_sboms(module: &ParsedModule, origin: Origin) -> bool {
    let names = |words: &[&str]| words.iter().any(|word| module.words.contains(*word));
    match origin {
        Origin::Bundled => names(&["packages", "components"]),
        Origin::User => {
            module.reads_input_whole
                || names(&["content", "packages", "components"])
                || names(&entries::RESERVED)
                || (names(&["sbom"]) && !names(&["summary"]))
        }
    }
}

/// The entry sets of the modules of a part; a set that two parts have is evaluated in the first.
fn taken(entry_sets: &mut Vec<EntrySet>, part: &[usize], modules: &[ParsedModule]) -> Vec<EntrySet> {
    let packages: BTreeSet<&[String]> =
        part.iter().filter_map(|index| modules.get(*index)).map(|module| module.package.as_slice()).collect();
    let is_here = |set: &EntrySet| set.path.split_last().is_some_and(|(_, package)| packages.contains(package));
    let (here, elsewhere) = std::mem::take(entry_sets).into_iter().partition(is_here);
    *entry_sets = elsewhere;
    here
}

fn loaded_text(modules: &[ParsedModule], rules: usize) -> String {
    match (modules.len(), rules) {
        (0, _) => "no file loaded".to_owned(),
        (files, 0) => format!("{files} files loaded"),
        (files, rules) => format!("{files} files loaded, all their {rules} rules switched off"),
    }
}

fn nothing_in(root: &str, sources: &[Source], modules: &[ParsedModule]) -> PolicyDefect {
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
    parts.sort_unstable();
    let mut bytes = Vec::new();
    for part in parts.into_iter().flatten() {
        bytes.extend_from_slice(part.len().to_string().as_bytes());
        bytes.push(b':');
        bytes.extend_from_slice(part.as_bytes());
    }
    Digest::sha256(&bytes)
}
