//! Between the command line and the record of a saved run: what a capsule says was asked, and the flags that say so.

use anyhow::{Context, anyhow, bail};
use ocigate::capsule::{CarriedFile, CommandLine, FileEntry, FileRole, Record, SavedAccess, digest_of};
use ocigate::oci::{Reference, Repository};
use ocigate::report::Difference;

use super::super::args::{AccessFlags, ConfigFlag, Gate, PolicyFlags, StandsFor, TrustFlags};
use super::super::registries::EvidencePlaces;

/// What no file in a capsule may hold.
const PRIVATE_KEY: &[u8] = b"PRIVATE KEY-----";

/// What a command line said.
pub fn asked(gate: &Gate) -> CommandLine {
    let (trust, policy) = (&gate.trust, &gate.policy);
    let path = |path: &std::path::PathBuf| path.display().to_string();
    CommandLine {
        configuration: trust.config.path.as_ref().map(path),
        keys: trust.keys.iter().map(path).collect(),
        certificate_identity: trust.certificate_identity.clone(),
        certificate_identity_regexp: trust.certificate_identity_regexp.clone(),
        certificate_oidc_issuer: trust.certificate_oidc_issuer.clone(),
        certificate_oidc_issuer_regexp: trust.certificate_oidc_issuer_regexp.clone(),
        trusted_root: trust.trusted_root.as_ref().map(path),
        insecure_ignore_sct: trust.insecure_ignore_sct,
        insecure_ignore_tlog: trust.insecure_ignore_tlog,
        policies: policy.policies.iter().map(path).collect(),
        data: policy.data.iter().map(path).collect(),
        sets: policy.sets.clone(),
        disable: policy.disable.clone(),
        without_core: policy.without_core,
        rego_version: policy.rego_version.clone(),
        require_digest: gate.require_digest,
        fail_on_warn: gate.fail_on_warn,
        now: gate.now.is_some(),
        stands_for: gate.access.of_layouts().map(ToString::to_string),
        platform: gate.subjects.platform.as_ref().map(ToString::to_string),
        fail_fast: gate.subjects.fail_fast,
        evidence: gate.evidence.iter().map(path).collect(),
        pointers: gate.pointing.pointers.iter().map(path).collect(),
        beside_pointer: !gate.pointing.pointers.is_empty() && !gate.references.is_empty(),
        repository: gate.pointing.repository.as_ref().map(ToString::to_string),
    }
}

/// The flags that say so.
pub fn flags(asked: &CommandLine) -> anyhow::Result<(AccessFlags, TrustFlags, PolicyFlags)> {
    let paths = |paths: &[String]| paths.iter().map(Into::into).collect();
    let of_all = |repository| StandsFor { repository, layout: None };
    let stands_for = asked.stands_for.as_deref().map(repository).transpose()?.map(of_all).into_iter().collect();
    let trust = TrustFlags {
        config: ConfigFlag { path: asked.configuration.as_ref().map(Into::into) },
        keys: paths(&asked.keys),
        certificate_identity: asked.certificate_identity.clone(),
        certificate_identity_regexp: asked.certificate_identity_regexp.clone(),
        certificate_oidc_issuer: asked.certificate_oidc_issuer.clone(),
        certificate_oidc_issuer_regexp: asked.certificate_oidc_issuer_regexp.clone(),
        trusted_root: asked.trusted_root.as_ref().map(Into::into),
        insecure_ignore_sct: asked.insecure_ignore_sct,
        insecure_ignore_tlog: asked.insecure_ignore_tlog,
    };
    let policy = PolicyFlags {
        policies: paths(&asked.policies),
        data: paths(&asked.data),
        sets: asked.sets.clone(),
        disable: asked.disable.clone(),
        without_core: asked.without_core,
        rego_version: asked.rego_version.clone(),
    };
    Ok((AccessFlags { stands_for, ..AccessFlags::default() }, trust, policy))
}

/// A repository that a capsule names.
pub fn repository(text: &str) -> anyhow::Result<Repository> {
    text.parse().map_err(|error| anyhow!("the capsule: {error}"))
}

/// The reference of a subject. One that a pointer was not allowed to name is a repository alone, and was not looked at.
pub fn reference(text: &str) -> anyhow::Result<Reference> {
    text.parse().or_else(|error| match text.parse::<Repository>() {
        Ok(repository) => Ok(Reference::Registry { repository, tag: None, digest: None }),
        Err(_) => Err(anyhow!("the capsule: {error}")),
    })
}

/// The repository that a capsule says a subject is of.
pub fn claimed(record: &Record, index: usize) -> anyhow::Result<Option<Repository>> {
    let subject = record.subjects.get(index).context("the capsule has no such subject")?;
    match reference(&subject.reference)? {
        Reference::Registry { repository, .. } => Ok(Some(repository)),
        Reference::Layout { .. } => subject.stands_for.as_deref().map(repository).transpose(),
    }
}

/// No private key ever leaves the machine in a capsule.
pub fn check_secrets(files: &[CarriedFile]) -> anyhow::Result<()> {
    let holds_key = |file: &&CarriedFile| file.bytes.windows(PRIVATE_KEY.len()).any(|window| window == PRIVATE_KEY);
    match files.iter().find(holds_key) {
        Some(file) => {
            bail!("{} holds a private key, which does not belong into a capsule: nothing is saved", file.path)
        }
        None => Ok(()),
    }
}

/// Where what is judged by differs from what a capsule carries.
pub fn differences(here: (&CommandLine, &[FileEntry]), carried: (&CommandLine, &[FileEntry])) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut compare = |what, here: Option<String>, carried: Option<String>| {
        if here != carried {
            differences.push(Difference { what, here, carried });
        }
    };
    for (what, role) in [
        ("configuration", FileRole::Configuration),
        ("policies", FileRole::Policy),
        ("data", FileRole::Data),
        ("keys", FileRole::Key),
        ("trusted roots", FileRole::TrustedRoot),
    ] {
        let digest = |files: &[FileEntry]| digest_of(files.iter(), &[role]).map(|digest| digest.to_string());
        compare(what, digest(here.1), digest(carried.1));
    }
    compare("certificate identity", identity(here.0), identity(carried.0));
    compare("sets of rules", sets(here.0), sets(carried.0));
    compare("rules switched off", switched_off(here.0), switched_off(carried.0));
    compare("version of Rego", here.0.rego_version.clone(), carried.0.rego_version.clone());
    compare("demands", demands(here.0), demands(carried.0));
    differences
}

/// Whether evidence is read from other repositories than it was.
pub fn other_places(here: &EvidencePlaces, reached: &SavedAccess) -> Option<Difference> {
    let joined = |places: Vec<String>| (!places.is_empty()).then(|| places.join(", "));
    let here = joined(here.iter().map(|(place, _)| place.to_string()).collect());
    let carried = joined(reached.evidence_from.iter().map(|(place, _)| place.clone()).collect());
    (here != carried).then_some(Difference { what: "evidence from", here, carried })
}

/// Flags in words, or nothing.
fn words(flags: &[(&str, bool)], values: &[(&str, &Option<String>)]) -> Option<String> {
    let values = values.iter().filter_map(|(flag, value)| value.as_ref().map(|value| format!("{flag} {value}")));
    let flags = flags.iter().filter(|(_, is_set)| *is_set).map(|(flag, _)| (*flag).to_owned());
    let words: Vec<String> = values.chain(flags).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn identity(asked: &CommandLine) -> Option<String> {
    let embedded = asked.trusted_root.clone().filter(|name| ocigate::trust::Root::embedded(name).is_some());
    words(
        &[("--insecure-ignore-sct", asked.insecure_ignore_sct), ("--insecure-ignore-tlog", asked.insecure_ignore_tlog)],
        &[
            ("--certificate-identity", &asked.certificate_identity),
            ("--certificate-identity-regexp", &asked.certificate_identity_regexp),
            ("--certificate-oidc-issuer", &asked.certificate_oidc_issuer),
            ("--certificate-oidc-issuer-regexp", &asked.certificate_oidc_issuer_regexp),
            ("--trusted-root", &embedded),
        ],
    )
}

fn sets(asked: &CommandLine) -> Option<String> {
    let mut sets = asked.sets.clone();
    sets.sort();
    sets.dedup();
    (!sets.is_empty()).then(|| sets.join(", "))
}

fn switched_off(asked: &CommandLine) -> Option<String> {
    let mut rules: Vec<String> = asked.disable.iter().map(|rule| rule.replace('-', "_")).collect();
    rules.sort();
    rules.dedup();
    let disabled = (!rules.is_empty()).then(|| rules.join(", "));
    words(&[("--without-core", asked.without_core)], &[("--disable", &disabled)])
}

fn demands(asked: &CommandLine) -> Option<String> {
    words(&[("--require-digest", asked.require_digest), ("--fail-on-warn", asked.fail_on_warn)], &[])
}
