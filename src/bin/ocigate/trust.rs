//! `[trust]` of the configuration and the flags that stand for it, as the library's entries.

use std::path::Path;

use anyhow::{Context, anyhow, bail};
use ocigate::capsule::FileRole;
use ocigate::report::{Relaxation, RelaxationCode};
use ocigate::trust::{
    GITHUB, IdentityEntry, Means, PUBLIC_GOOD, RequirementEntry, Root, Signer, SignerEntry, SignerRelaxations,
    StatementEntry, TextCondition, Trust,
};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::args::TrustFlags;
use super::config::{self, LoadedConfig};
use super::files::Files;

/// A key file's size: a PEM public key has less than 2 KiB.
const KEY_LIMIT: u64 = 64 * 1024;
/// A trusted root's size: the embedded ones have 7 and 32 KiB.
const ROOT_LIMIT: u64 = 4 * 1024 * 1024;
/// Schemes of keys that live in a service.
const KEY_SCHEMES: [&str; 9] = ["awskms", "gcpkms", "azurekms", "hashivault", "k8s", "pkcs11", "env", "http", "https"];
/// The name of the signer that the flags describe.
const COMMAND_LINE: &str = "command line";

/// Who may sign: the configured signers, or those of the command line in their place.
pub fn read(flags: &TrustFlags, loaded: &LoadedConfig) -> anyhow::Result<Trust> {
    let configured = &loaded.config.trust;
    let roots = roots(loaded)?;
    let given = flags.trusted_root.as_deref().map(|path| given_root(path, &loaded.files)).transpose()?;
    let mut entries = Vec::new();
    for signer in &configured.signer {
        entries.push(signer_entry(signer, &roots, given.as_ref(), loaded)?);
    }
    let requirements = configured.require.iter().map(requirement_entry).collect();
    let trust = Trust::build(entries, requirements)?;
    let by_flags = by_flags(flags, given, loaded)?;
    if by_flags.is_empty() { Ok(trust) } else { Ok(trust.replace_signers(by_flags)?) }
}

fn roots(loaded: &LoadedConfig) -> anyhow::Result<Vec<Root>> {
    let mut roots: Vec<Root> = Vec::new();
    for root in &loaded.config.trust.root {
        if [PUBLIC_GOOD, GITHUB].contains(&root.name.as_str()) {
            bail!("the trusted root {:?} has the name of an embedded one: give it another", root.name);
        }
        if root.name.trim().is_empty() || roots.iter().any(|known| known.name() == root.name) {
            bail!("two trusted roots have the name {:?}, or it is empty: give each its own", root.name);
        }
        let read = root_file(&root.name, &loaded.resolve(&root.file), &loaded.files)?;
        roots.push(match &root.like {
            None => read,
            Some(like) => read.like(like).ok_or_else(|| {
                anyhow!("the trusted root {:?}: `like`: expected {PUBLIC_GOOD} or {GITHUB}, found {like:?}", root.name)
            })?,
        });
    }
    Ok(roots)
}

fn root_file(name: &str, path: &Path, files: &Files) -> anyhow::Result<Root> {
    let text = files.text(FileRole::TrustedRoot, path, ROOT_LIMIT).context("a trusted root")?;
    Root::from_file(name, &path.display().to_string(), text.as_bytes())
        .map_err(|problem| anyhow!("the trusted root {} {problem}", path.display()))
}

/// `--trusted-root`: a file, or the name of an embedded one.
fn given_root(path: &Path, files: &Files) -> anyhow::Result<Root> {
    match path.to_str().and_then(Root::embedded) {
        Some(root) => Ok(root),
        None => root_file(&path.display().to_string(), path, files),
    }
}

fn public_good() -> anyhow::Result<Root> {
    Root::embedded(PUBLIC_GOOD).context("the embedded root is missing")
}

fn signer_entry(
    signer: &config::SignerSection,
    roots: &[Root],
    given: Option<&Root>,
    loaded: &LoadedConfig,
) -> anyhow::Result<SignerEntry> {
    let named = |name: &String| {
        let known = || roots.iter().find(|root| root.name() == name).cloned();
        known().or_else(|| Root::embedded(name)).ok_or_else(|| {
            let names: Vec<&str> = roots.iter().map(Root::name).chain([PUBLIC_GOOD, GITHUB]).collect();
            anyhow!("the signer {:?}: expected a root of {}, found {name:?}", signer.name, names.join(", "))
        })
    };
    let root = match (&signer.root, given, &signer.identity) {
        (Some(name), _, _) => Some(named(name)?),
        (None, Some(given), _) => Some(given.clone()),
        (None, None, Some(_)) => Some(public_good()?),
        (None, None, None) => None,
    };
    let time = |name: &str, value: &Option<toml::value::Datetime>| {
        let parse = |value: &toml::value::Datetime| {
            OffsetDateTime::parse(&value.to_string(), &Rfc3339).map_err(|_| {
                anyhow!("the signer {:?}: `{name}`: expected a time with its offset, such as 2026-11-24T12:00:00Z, found {value}", signer.name)
            })
        };
        value.as_ref().map(parse).transpose()
    };
    Ok(SignerEntry {
        name: signer.name.clone(),
        key: signer.key.as_ref().map(|key| read_key(&loaded.resolve(key), &loaded.files)).transpose()?,
        identity: signer.identity.clone().map(identity_entry),
        root,
        repositories: signer.repositories.clone().unwrap_or_default(),
        predicate_types: signer.predicate_types.clone().unwrap_or_default(),
        require_log: signer.require_log || loaded.config.require_log,
        relaxed: relaxed(&signer.relax),
        from: time("not_before", &signer.not_before)?,
        until: time("not_after", &signer.not_after)?,
        role: signer.role.clone(),
    })
}

fn relaxed(names: &[config::SignerRelaxation]) -> SignerRelaxations {
    SignerRelaxations {
        certificate_timestamp: names.contains(&config::SignerRelaxation::Sct),
        log: names.contains(&config::SignerRelaxation::Log),
    }
}

fn identity_entry(identity: config::IdentitySection) -> IdentityEntry {
    let wanted = |text: config::TextConditionEntry| text.0;
    IdentityEntry {
        subject: identity.subject.0,
        issuer: identity.issuer.0,
        source_repository: identity.source_repository.map(wanted),
        source_ref: identity.source_ref.map(wanted),
        workflow: identity.workflow.map(wanted),
        runner_environment: identity.runner_environment.map(wanted),
    }
}

fn requirement_entry(requirement: &config::RequirementSection) -> RequirementEntry {
    let statement = |statement: &config::StatementSection| StatementEntry {
        predicate_type: statement.predicate_type.clone(),
        signers: statement.signers.clone(),
        role: statement.role.clone(),
    };
    RequirementEntry {
        repositories: requirement.repositories.clone().unwrap_or_default(),
        signers: requirement.signers,
        roles: requirement.roles.clone(),
        statements: requirement.statement.iter().map(statement).collect(),
    }
}

/// The signers that flags describe, in cosign's words.
fn by_flags(flags: &TrustFlags, given: Option<Root>, loaded: &LoadedConfig) -> anyhow::Result<Vec<SignerEntry>> {
    let require_log = loaded.config.require_log;
    let mut entries = Vec::new();
    for path in &flags.keys {
        let name = path.display().to_string();
        let (key, root) = (Some(read_key(path, &loaded.files)?), given.clone());
        entries.push(SignerEntry { name, key, root, require_log, ..SignerEntry::default() });
    }
    let one = |exact: &Option<String>, regexp: &Option<String>| {
        exact.clone().map(TextCondition::Exact).or_else(|| regexp.clone().map(TextCondition::Regexp))
    };
    let subject = one(&flags.certificate_identity, &flags.certificate_identity_regexp);
    let issuer = one(&flags.certificate_oidc_issuer, &flags.certificate_oidc_issuer_regexp);
    let relaxed =
        SignerRelaxations { certificate_timestamp: flags.insecure_ignore_sct, log: flags.insecure_ignore_tlog };
    match (subject, issuer) {
        (Some(subject), Some(issuer)) => entries.push(SignerEntry {
            name: COMMAND_LINE.to_owned(),
            identity: Some(IdentityEntry {
                subject,
                issuer,
                source_repository: None,
                source_ref: None,
                workflow: None,
                runner_environment: None,
            }),
            root: Some(given.map_or_else(public_good, Ok)?),
            require_log,
            relaxed,
            ..SignerEntry::default()
        }),
        (None, None) if relaxed != SignerRelaxations::default() => bail!(
            "--insecure-ignore-sct and --insecure-ignore-tlog belong to --certificate-identity: for a configured signer, write `relax` into its entry"
        ),
        (None, None) => {}
        (Some(_), None) => bail!(
            "--certificate-identity needs its issuer: give --certificate-oidc-issuer too, such as https://token.actions.githubusercontent.com"
        ),
        (None, Some(_)) => bail!("--certificate-oidc-issuer needs an identity: give --certificate-identity too"),
    }
    Ok(entries)
}

fn read_key(path: &Path, files: &Files) -> anyhow::Result<String> {
    let text = path.to_string_lossy();
    if let Some(scheme) = KEY_SCHEMES.iter().find(|scheme| text.starts_with(&format!("{scheme}:"))) {
        bail!(
            "keys in a service ({scheme}:) are unsupported: expected a file with a PEM public key. `cosign public-key --key {text}` prints it"
        );
    }
    files.text(FileRole::Key, path, KEY_LIMIT).context("a public key")
}

/// What signers do without, in words.
pub fn relaxations(trust: &Trust) -> impl Iterator<Item = Relaxation> {
    trust.signers().iter().flat_map(|signer| {
        let name = signer.name();
        let relaxed = signer.relaxed();
        let words = [
            (
                relaxed.certificate_timestamp,
                RelaxationCode::WithoutTimestamp,
                "a signed certificate timestamp: its certificates may have been issued in secret (relax sct)",
            ),
            (
                relaxed.log,
                RelaxationCode::WithoutLog,
                "an entry in a transparency log: its signatures may have been made in secret (relax log)",
            ),
        ];
        words
            .into_iter()
            .filter(|(is_relaxed, ..)| *is_relaxed)
            .map(move |(_, code, what)| Relaxation::new(code, format!("signer `{name}` does without {what}")))
    })
}

/// Roots of the user's own that want less than others, in words.
pub fn root_relaxations(loaded: &LoadedConfig) -> impl Iterator<Item = Relaxation> {
    let like = |root: &config::RootSection| Some((root.name.clone(), root.like.clone().filter(|like| like == GITHUB)?));
    loaded.config.trust.root.iter().filter_map(like).map(|(name, like)| {
        let message = format!("the trusted root `{name}` wants neither certificate timestamp nor log (like {like})");
        Relaxation::new(RelaxationCode::Root, message)
    })
}

/// What people should know of the roots.
pub fn notes(trust: &Trust, now: OffsetDateTime) -> Vec<String> {
    let of_root = |root: &Root| {
        let dropped = root
            .dropped()
            .iter()
            .map(|what| format!("the trusted root `{}`: left out what cannot be used here: {what}", root.name()));
        dropped.chain(root.age_note(now)).collect::<Vec<_>>()
    };
    trust.roots().into_iter().flat_map(of_root).collect()
}

/// A signer in words: by what it is known.
pub fn known_by(signer: &Signer) -> String {
    match signer.means() {
        Means::Key(key) => format!("{} key {}", key.algorithm(), key.fingerprint()),
        Means::Identity { identity, .. } => identity.to_string(),
    }
}
