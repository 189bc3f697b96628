//! From arguments, environment and configuration to how registries are reached.

use std::io::Read as _;
use std::path::PathBuf;

use anyhow::{Context, anyhow, bail};
use ocigate::limits::Limits;
use ocigate::oci::{Reference, Repository};
use ocigate::source::registry::{Connections, Tls};
use ocigate::source::{Access, Login, Mirror, Pull};

use super::args::AccessFlags;
use super::config::{self, LoadedConfig};
use super::{cache, files};

/// A password's size, in bytes: those of cloud registries are tokens of a few kilobytes.
const PASSWORD: u64 = 64 * 1024;
/// A bundle of certificates, in bytes: those of a whole system are a few hundred kilobytes.
const PEM: u64 = 4 * 1024 * 1024;
/// The environment variable with a token.
const TOKEN: &str = "OCIGATE_REGISTRY_TOKEN";

/// How much is read.
pub fn limits(flags: &AccessFlags, loaded: &LoadedConfig) -> Limits {
    let configured = loaded.config.timeout.map(std::time::Duration::from_secs);
    let default = Limits::default();
    Limits { timeout: flags.timeout.or(configured).unwrap_or(default.timeout), ..default }
}

/// How to reach the registries of these references.
pub fn access<'a>(
    flags: &AccessFlags,
    loaded: &LoadedConfig,
    references: impl Iterator<Item = &'a Reference>,
) -> anyhow::Result<Access> {
    let config = &loaded.config;
    let both = |given: &[String], configured: &[String]| -> Vec<String> {
        given.iter().chain(configured).map(|host| host.to_ascii_lowercase()).collect()
    };
    let mut access = Access {
        plain_http: both(&flags.plain_http, &config.plain_http),
        https: both(&flags.https, &config.https),
        mirrors: mirrors(loaded)?,
        ..Access::default()
    };
    let hosts = hosts(references);
    access.logins = logins(flags, &hosts)?;
    if hosts.is_empty() && !flags.evidence_from.is_empty() {
        bail!(
            "--evidence-from is for subjects in registries: a layout holds all its evidence itself, so copy it there"
        );
    }
    // A layout needs no certificates, and is itself where its bytes are kept.
    if !hosts.is_empty() {
        access.connections = Connections::new(tls(flags, loaded)?);
        access.evidence_from = evidence_from(flags, loaded)?.into_iter().map(|(repository, _)| repository).collect();
        access.cache = if flags.no_cache { None } else { cache::open()? };
    }
    Ok(access)
}

/// cosign's environment variable with the repository that it writes signatures to and reads them from.
const COSIGN: &str = "COSIGN_REPOSITORY";

/// Other repositories in which evidence may lie, each once, and who says so.
pub type EvidencePlaces = Vec<(Repository, String)>;

/// Those that flags, configuration and environment name.
pub fn evidence_from(flags: &AccessFlags, loaded: &LoadedConfig) -> anyhow::Result<EvidencePlaces> {
    let given = flags.evidence_from.iter().map(|repository| anyhow::Ok((repository.clone(), "--evidence-from")));
    let configured = loaded.config.evidence_from.iter().map(|text| {
        let repository = text.parse().context("the configuration: `evidence_from`")?;
        Ok((repository, "evidence_from"))
    });
    let cosigns = std::env::var_os(COSIGN).filter(|value| !value.is_empty()).map(|value| {
        let repository = value.to_str().with_context(|| format!("{COSIGN} is not text"))?.parse();
        let expected = || format!("{COSIGN}: expected HOST/REPOSITORY; unset it if evidence does not lie there");
        Ok((repository.with_context(expected)?, COSIGN))
    });
    let mut places = EvidencePlaces::new();
    for place in given.chain(configured).chain(cosigns) {
        let (place, said_by): (Repository, &str) = place?;
        if places.iter().all(|(known, _)| *known != place) {
            places.push((place, said_by.to_owned()));
        }
    }
    Ok(places)
}

fn mirrors(loaded: &LoadedConfig) -> anyhow::Result<Vec<Mirror>> {
    let mirror = |entry: &config::MirrorSection| {
        let pull = match entry.pull_from_mirror {
            config::PullFromMirror::DigestOnly => Pull::DigestOnly,
            config::PullFromMirror::All => Pull::All,
        };
        Mirror::new(&entry.prefix, &entry.location, pull).map_err(|problem| anyhow!("`[[mirror]]`: {problem}"))
    };
    loaded.config.mirror.iter().map(mirror).collect()
}

/// More roots, and a client certificate.
fn tls(flags: &AccessFlags, loaded: &LoadedConfig) -> anyhow::Result<Tls> {
    let mut tls = Tls::default();
    let configured = loaded.config.ca_files.iter().map(|path| loaded.resolve(path));
    for path in flags.ca_files.iter().cloned().chain(configured) {
        let pem = files::read_text(&path, PEM).context("--ca-file")?;
        tls.add_roots(pem.as_bytes()).with_context(|| format!("the CA certificates {}", path.display()))?;
    }
    let configured = |path: &Option<PathBuf>| path.as_ref().map(|path| loaded.resolve(path));
    let (certificate, key) = match (&flags.client_cert, &flags.client_key) {
        (None, None) => (configured(&loaded.config.client_certificate), configured(&loaded.config.client_key)),
        given => (given.0.clone(), given.1.clone()),
    };
    match (certificate, key) {
        (Some(certificate), Some(key)) => {
            let read = |path| files::read_text(path, PEM).context("the client certificate");
            let shown = format!("the client certificate {} with the key {}", certificate.display(), key.display());
            tls.set_identity(read(&certificate)?.as_bytes(), read(&key)?.as_bytes()).context(shown)?;
        }
        (None, None) => {}
        _ => bail!("a client certificate needs its private key, and the reverse: give both"),
    }
    Ok(tls)
}

/// The registries that are named, each once.
fn hosts<'a>(references: impl Iterator<Item = &'a Reference>) -> Vec<&'a str> {
    let mut hosts: Vec<&str> = references
        .filter_map(|reference| match reference {
            Reference::Registry { repository, .. } => Some(repository.host.as_str()),
            Reference::Layout { .. } => None,
        })
        .collect();
    hosts.sort_unstable();
    hosts.dedup();
    hosts
}

/// Credentials for this run, each bound to one host.
fn logins(flags: &AccessFlags, hosts: &[&str]) -> anyhow::Result<Vec<Login>> {
    let mut logins = Vec::new();
    if let Some(user) = &flags.username {
        let host = match hosts {
            [host] => host,
            [] => bail!("--username is for a registry, and no reference names a registry"),
            several => bail!(
                "--username and --password-stdin would go to several hosts ({}): judge the subjects of each by themselves, or log in to each",
                several.join(", ")
            ),
        };
        logins.push(Login::password(host, user.clone(), password()?, "--username and --password-stdin"));
    }
    let token = std::env::var_os(TOKEN).filter(|token| !token.is_empty());
    match (token, flags.registry_token_host.as_deref().filter(|host| !host.is_empty())) {
        (Some(token), Some(host)) => {
            let token = token.into_string().ok().with_context(|| format!("{TOKEN} is not text"))?;
            logins.push(Login::token(host, token.trim().to_owned(), TOKEN));
        }
        // A layout needs no registry's token.
        (Some(_), None) if hosts.is_empty() => {}
        (Some(_), None) => {
            bail!("{TOKEN} is set, but not for which host it is: name it with --registry-token-host HOST")
        }
        (None, Some(host)) => bail!("--registry-token-host names {host}, but {TOKEN} is not set: put the token there"),
        (None, None) => {}
    }
    Ok(logins)
}

fn password() -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    std::io::stdin().take(PASSWORD + 1).read_to_end(&mut bytes).context("--password-stdin")?;
    if bytes.len() as u64 > PASSWORD {
        bail!("--password-stdin: expected a password, found more than {PASSWORD} bytes");
    }
    let text = String::from_utf8(bytes).ok().context("--password-stdin: expected text")?;
    let password = text.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        bail!("--password-stdin: expected a password, found nothing on standard input");
    }
    Ok(password.to_owned())
}
