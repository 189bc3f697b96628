//! From arguments and configuration to what the library needs: resolved once, before anything is fetched.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use ocigate::capsule::FileRole;
use ocigate::demands::Demands;
use ocigate::dossier::Vocabulary;
use ocigate::evidence::Class;
use ocigate::evidence::beside::BesideEvidence;
use ocigate::limits::Limits;
use ocigate::oci::Reference;
use ocigate::policy::{self, DataFile, Origin, Policies, PolicyFile, PolicySources, Set, SettingsRead};
use ocigate::rego::RegoVersion;
use ocigate::report::{Relaxation, RelaxationCode, SignerRow};
use ocigate::source::{Access, Pull};
use ocigate::trust::{Signer, Trust};

use super::args::{AccessFlags, PolicyFlags};
use super::config::LoadedConfig;
use super::files::Files;
use super::registries::EvidencePlaces;
use super::trust;

/// `--as` is for layouts: what lies in a registry is judged as what it is.
pub fn check_stands_for(flags: &AccessFlags, references: &[Reference]) -> anyhow::Result<()> {
    let in_registry = references.iter().find(|reference| matches!(reference, Reference::Registry { .. }));
    let of_all = flags.stands_for.iter().filter(|said| said.layout.is_none()).count();
    if let (1.., Some(reference)) = (of_all, in_registry) {
        bail!(
            "--as says which repository a layout stands for, and {reference} lies in a registry: leave --as out, or judge it by itself"
        );
    }
    if of_all > 1 {
        bail!(
            "several --as without a path are for a saved run: which layout stands for which is not guessed, say it of each with --as HOST/REPOSITORY=PATH"
        );
    }
    Ok(())
}

/// Each layout that --as names is one of those that are judged, and is named once: else a misspelt path would leave a layout
/// without its repository in silence.
pub fn check_layouts<'a>(flags: &AccessFlags, references: impl Iterator<Item = &'a Reference>) -> anyhow::Result<()> {
    let judged: Vec<&PathBuf> = references
        .filter_map(|reference| match reference {
            Reference::Layout { path, .. } => Some(path),
            Reference::Registry { .. } => None,
        })
        .collect();
    for (index, said) in flags.stands_for.iter().enumerate() {
        let Some(layout) = &said.layout else { continue };
        if !judged.iter().any(|path| said.is_of(path)) {
            bail!(
                "--as {}={}: no layout of this path is judged; write the path as the reference does",
                said.repository,
                layout.display()
            );
        }
        if flags.stands_for.iter().take(index).any(|other| other.is_of(layout)) {
            bail!("--as names the layout {} twice: one layout stands for one repository", layout.display());
        }
    }
    Ok(())
}

/// Evidence that lies in files, about one subject. Every file is read before one that cannot be ends the run.
pub fn evidence_files(
    paths: &[PathBuf],
    subjects: usize,
    limits: &Limits,
    files: &Files,
) -> anyhow::Result<BesideEvidence> {
    if !paths.is_empty() && subjects > 1 {
        bail!("--evidence is about one subject, and there are {subjects}: judge it by itself");
    }
    let mut beside = BesideEvidence::default();
    let mut problems = Vec::new();
    for path in paths {
        match files.text(FileRole::Evidence, path, limits.evidence_bytes) {
            Ok(text) => problems.extend(beside.read(&path.display().to_string(), text.as_bytes(), limits).err()),
            Err(error) => problems.push(format!("{error:#}")),
        }
    }
    if problems.is_empty() { Ok(beside) } else { bail!("--evidence: {}", problems.join("\n")) }
}

/// Signers as the report shows them.
pub fn signer_rows(trust: &Trust) -> Vec<SignerRow> {
    let row = |signer: &Signer| SignerRow {
        name: signer.name().to_owned(),
        key: signer.key().map(|key| (key.algorithm(), key.fingerprint().clone())),
        identity: signer.key().is_none().then(|| trust::known_by(signer)),
        root: signer.root().map(|root| root.name().to_owned()),
    };
    trust.signers().iter().map(row).collect()
}

/// What is demanded.
pub fn demands(require_digest: bool, fail_on_warn: bool, loaded: &LoadedConfig) -> anyhow::Result<Demands> {
    let config = &loaded.config;
    let require_proven = config.require_proven.iter().map(|name| {
        let known = || {
            Class::NAMES
                .iter()
                .map(|(name, _)| name.replace('_', "-"))
                .filter(|name| name != "other")
                .collect::<Vec<_>>()
        };
        Class::from_name(name)
            .filter(|class| *class != Class::Other)
            .ok_or_else(|| anyhow!("`require_proven`: expected one of {}, found {name:?}", known().join(", ")))
    });
    if let Some(empty) = config.signature_predicates.iter().find(|predicate| predicate.trim().is_empty()) {
        bail!("`signature_predicates`: expected a predicate type (a URI), found {empty:?}");
    }
    Ok(Demands {
        require_digest: require_digest || config.require_digest,
        require_proven: require_proven.collect::<anyhow::Result<_>>()?,
        signature_predicates: config.signature_predicates.clone(),
        fail_on_warn: fail_on_warn || config.fail_on_warn,
    })
}

/// The sets that flags and configuration name, each once.
fn sets(flags: &PolicyFlags, loaded: &LoadedConfig) -> anyhow::Result<BTreeSet<Set>> {
    let named = loaded.config.rules.sets.iter().chain(&flags.sets);
    let known = || Set::NAMES.map(|(name, _)| name).join(", ");
    named
        .map(|name| {
            Set::from_name(name).ok_or_else(|| anyhow!("expected a set of rules ({}), found {name:?}", known()))
        })
        .collect()
}

/// Everything that policies are loaded from.
pub fn policy_sources(flags: &PolicyFlags, loaded: &LoadedConfig, limits: &Limits) -> anyhow::Result<PolicySources> {
    let (mut modules, mut data) = policy::bundled();
    for set in sets(flags, loaded)? {
        let (rules, settings) = set.sources();
        modules.extend(rules);
        data.extend(settings);
    }
    let configured = |paths: &[PathBuf]| paths.iter().map(|path| loaded.resolve(path)).collect::<Vec<_>>();
    for path in configured(&loaded.config.policies).iter().chain(&flags.policies) {
        modules.extend(loaded.files.policies(path, limits)?);
    }
    for path in configured(&loaded.config.data).iter().chain(&flags.data) {
        data.push(loaded.files.data(path, limits)?);
    }
    let version = flags.rego_version.as_ref().or(loaded.config.rules.rego_version.as_ref());
    Ok(PolicySources {
        modules,
        data,
        version: version.map(|name| rego_version(name)).transpose()?.unwrap_or_default(),
        disabled: loaded.config.rules.disable.iter().chain(&flags.disable).cloned().collect(),
        without_core: flags.without_core || loaded.config.rules.without_core,
    })
}

/// The version of Rego with this name.
pub fn rego_version(name: &str) -> anyhow::Result<RegoVersion> {
    let known = || RegoVersion::NAMES.map(|(name, _)| name).join(" or ");
    RegoVersion::from_name(name).ok_or_else(|| anyhow!("the version of Rego: expected {}, found {name:?}", known()))
}

/// The words that documents are read by: settings of the policies. `modules` are those that may read settings of their own.
pub fn vocabulary(
    data: &[DataFile],
    modules: &[PolicyFile],
    version: RegoVersion,
    limits: &Limits,
) -> anyhow::Result<Vocabulary> {
    let settings = policy::settings(data, limits)?;
    if data.iter().all(|file| file.origin == Origin::Bundled) {
        return Vocabulary::from_bundled(&settings).map_err(|problem| anyhow!(problem));
    }
    let read = SettingsRead::by(modules, version, limits)?;
    Vocabulary::from_settings(&settings, |section| read.contains(section)).map_err(|faults| anyhow!(faults))
}

/// Every relaxation in force, in words.
pub fn relaxations(
    access: &AccessFlags,
    sources: &PolicySources,
    policies: &Policies,
    demands: &Demands,
    (effective, places): (&Access, &EvidencePlaces),
    (trust, loaded): (&Trust, &LoadedConfig),
) -> Vec<Relaxation> {
    let mut relaxations = Vec::new();
    let mut add = |code, message: String| relaxations.push(Relaxation::new(code, message));
    if let Some(repository) = access.of_layouts() {
        add(RelaxationCode::StandsFor, format!("layouts are judged as {repository} (--as)"));
    }
    if sources.without_core {
        add(RelaxationCode::WithoutCore, "the bundled rules are not evaluated (without core)".to_owned());
    }
    for rule in policies.disabled() {
        add(RelaxationCode::DisabledRule, format!("the rule {rule} is not evaluated (disabled)"));
    }
    for predicate in &demands.signature_predicates {
        let message = format!("a statement of {predicate} counts as a signature (signature_predicates)");
        add(RelaxationCode::SignaturePredicate, message);
    }
    for file in sources.data.iter().filter(|file| file.origin == Origin::User) {
        let message = format!("the data of {} may override settings of the rules (data.config)", file.path);
        add(RelaxationCode::Data, message);
    }
    for relaxation in trust::relaxations(trust).chain(trust::root_relaxations(loaded)) {
        add(relaxation.code, relaxation.message);
    }
    for host in &effective.plain_http {
        add(RelaxationCode::PlainHttp, format!("plain http to {host} (--plain-http)"));
    }
    for (place, said_by) in places {
        add(RelaxationCode::EvidenceFrom, format!("evidence is also read from {place} ({said_by})"));
    }
    for mirror in effective.mirrors.iter().filter(|mirror| mirror.pull() == Pull::All) {
        let (location, prefix) = (mirror.location(), mirror.prefix());
        let what = "is believed where tags of";
        let message = format!("the mirror {location} {what} {prefix} point and what is listed (pull_from_mirror)");
        add(RelaxationCode::Mirror, message);
    }
    relaxations
}

/// A configuration that lies in the working directory and was not asked for.
pub fn unused_configuration(loaded: &LoadedConfig) -> Option<String> {
    // What a capsule's report says has nothing to do with where it is judged.
    let is_of_machine = matches!(loaded.files, Files::Machine);
    (is_of_machine && loaded.file.is_none() && Path::new("ocigate.toml").exists()).then(|| {
        "there is an ocigate.toml here, and it was not used: name it with --config ocigate.toml if you trust it"
            .to_owned()
    })
}
