//! From arguments, environment and configuration to how registries are reached.

use std::io::Read as _;

use anyhow::{Context, bail};
use ocigate::limits::Limits;
use ocigate::oci::Reference;
use ocigate::source::{Access, Login};

use super::args::AccessFlags;
use super::config::Loaded;

/// A password's size, in bytes: those of cloud registries are tokens of a few kilobytes.
const PASSWORD: u64 = 64 * 1024;
/// The environment variable with a token.
const TOKEN: &str = "OCIGATE_REGISTRY_TOKEN";

/// Limits and ways to reach the registries of these references.
pub fn access(flags: &AccessFlags, loaded: &Loaded, references: &[Reference]) -> anyhow::Result<(Access, Limits)> {
    let plain_http =
        flags.plain_http.iter().chain(&loaded.config.plain_http).map(|host| host.to_ascii_lowercase()).collect();
    let mut limits = Limits::default();
    let configured = loaded.config.timeout.map(std::time::Duration::from_secs);
    if let Some(timeout) = flags.timeout.or(configured) {
        limits.timeout = timeout;
    }
    let logins = logins(flags, &hosts(references))?;
    Ok((Access { plain_http, logins, ..Access::default() }, limits))
}

/// The registries that are named, each once.
fn hosts(references: &[Reference]) -> Vec<&str> {
    let mut hosts: Vec<&str> = references
        .iter()
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
