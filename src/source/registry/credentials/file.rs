//! `config.json` of docker (docker/cli, `cli/config/configfile`) and `auth.json` of podman (containers-auth.json(5)):
//! one form, of which podman also knows keys for parts of a registry (`host/namespace`).
//!
//! The longest key that covers the repository counts. Of a host, a helper of its own goes before `credsStore`, and
//! that before what stands in the file.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::found::{Credentials, names};
use super::helper;
use crate::oci::Repository;
use crate::source::login::Secret;

/// A file of credentials is a few kilobytes; in bytes.
const LIMIT: u64 = 1024 * 1024;

/// One file where credentials may be, and who writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct File {
    path: PathBuf,
    writer: Writer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writer {
    Docker,
    Podman,
    /// Podman, told by `REGISTRY_AUTH_FILE`.
    PodmanElsewhere,
}

/// Of the files, what matters here. Docker writes `null` for what is empty.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    auths: Option<BTreeMap<String, Entry>>,
    cred_helpers: Option<BTreeMap<String, String>>,
    creds_store: Option<String>,
}

#[derive(Deserialize)]
struct Entry {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
    identitytoken: Option<String>,
    registrytoken: Option<String>,
}

impl File {
    pub(super) fn docker(path: PathBuf) -> Self {
        File { path, writer: Writer::Docker }
    }

    /// Which command stores credentials here.
    pub(super) fn remedy(&self, host: &str) -> String {
        match self.writer {
            Writer::Docker => format!("log in with `docker login {host}`"),
            Writer::Podman => format!("log in with `podman login {host}`"),
            Writer::PodmanElsewhere => {
                format!("log in with `podman login --authfile {} {host}`", self.path.display())
            }
        }
    }
}

/// The files that the environment names, as docker and podman take it: `REGISTRY_AUTH_FILE` alone, else
/// `DOCKER_CONFIG` alone, else podman's two places and then docker's.
pub(super) fn from_environment() -> Vec<File> {
    files(|name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from))
}

fn files(variable: impl Fn(&str) -> Option<PathBuf>) -> Vec<File> {
    if let Some(path) = variable("REGISTRY_AUTH_FILE") {
        return vec![File { path, writer: Writer::PodmanElsewhere }];
    }
    if let Some(folder) = variable("DOCKER_CONFIG") {
        return vec![File::docker(folder.join("config.json"))];
    }
    let home = variable("HOME");
    let configuration = variable("XDG_CONFIG_HOME").or_else(|| home.as_ref().map(|home| home.join(".config")));
    let podman = variable("XDG_RUNTIME_DIR").into_iter().chain(configuration);
    let podman = podman.map(|folder| File { path: folder.join("containers/auth.json"), writer: Writer::Podman });
    podman.chain(home.map(|home| File::docker(home.join(".docker/config.json")))).collect()
}

/// The credentials of the first file that has some; else why there are none.
pub(super) fn first(files: &[File], repository: &Repository, time: Duration) -> Result<Credentials, String> {
    let mut problems = Vec::new();
    for file in files {
        match look_up(file, repository, time) {
            Ok(credentials) => return Ok(credentials),
            Err(problem) => problems.extend(problem),
        }
    }
    if files.is_empty() {
        problems.push("none of REGISTRY_AUTH_FILE, DOCKER_CONFIG and HOME is set".to_owned());
    }
    Err(problems.join(", "))
}

/// Of one file; without words where it is one of podman's that need not be there.
fn look_up(file: &File, repository: &Repository, time: Duration) -> Result<Credentials, Option<String>> {
    let shown = file.path.display().to_string();
    let stored = match read(&file.path) {
        Ok(Some(stored)) => stored,
        Ok(None) if file.writer == Writer::Podman => return Err(None),
        Ok(None) => return Err(Some(format!("there is no {shown}"))),
        Err(problem) => return Err(Some(format!("{shown} {problem}"))),
    };
    let (secret, whence) = stored.choose(repository, &shown, time).map_err(Some)?;
    let what = match &secret {
        Secret::Password { user, .. } => format!("the credentials of user {user:?}"),
        Secret::IdentityToken(_) => "the identity token".to_owned(),
        Secret::Bearer(_) => "the registry token".to_owned(),
        Secret::Anonymous => return Err(Some(format!("{shown} holds none for this host"))),
    };
    Ok(Credentials { secret, origin: format!("{what} from {whence}"), remedy: file.remedy(&repository.host) })
}

/// None if there is no such file.
fn read(path: &Path) -> Result<Option<Stored>, String> {
    let cannot = |error: std::io::Error| format!("cannot be read ({error})");
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot(error)),
    };
    let mut bytes = Vec::new();
    file.take(LIMIT + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > LIMIT {
        return Err(format!("is larger than {LIMIT} bytes"));
    }
    // The parser's own words might quote a password.
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|error| format!("is no docker configuration (line {}, column {})", error.line(), error.column()))
}

impl Stored {
    /// The secret of the longest key that covers the repository, and whence it is; `Anonymous` if there is none.
    fn choose(&self, repository: &Repository, shown: &str, time: Duration) -> Result<(Secret, String), String> {
        let mut path = repository.path.as_str();
        loop {
            if let Some(secret) = self.stored(&repository.host, path).transpose()? {
                return Ok((secret, shown.to_owned()));
            }
            match path.rsplit_once('/') {
                Some((shorter, _)) => path = shorter,
                None => break,
            }
        }
        if let Some((helper, key)) = self.helper(&repository.host) {
            let whence = format!("the credential helper {helper:?} named in {shown}");
            let secret = helper::get(helper, &key, time).map_err(|problem| format!("{whence} {problem}"))?;
            return Ok((secret, whence));
        }
        let of_host = self.stored(&repository.host, "").transpose().map_err(|problem| format!("{shown}: {problem}"))?;
        Ok((of_host.unwrap_or(Secret::Anonymous), shown.to_owned()))
    }

    /// What stands under a key of this host and path; entries that hold nothing are passed over.
    fn stored(&self, host: &str, path: &str) -> Option<Result<Secret, String>> {
        let wanted: Vec<String> = names(host)
            .into_iter()
            .map(|name| if path.is_empty() { name.to_owned() } else { format!("{name}/{path}") })
            .collect();
        let entries = self.auths.iter().flatten();
        let matching = entries.filter(|(key, _)| wanted.contains(&plain(key)));
        matching.filter_map(|(key, entry)| entry.secret(key).transpose()).next()
    }

    /// The helper for a host, and what it is asked for.
    fn helper(&self, host: &str) -> Option<(&str, String)> {
        let own = self.cred_helpers.iter().flatten().find(|(key, _)| names(host).contains(&plain(key).as_str()));
        let key = match names(host).as_slice() {
            [one] => (*one).to_owned(),
            // Docker stores the credentials of its own registry under this name.
            _ => "https://index.docker.io/v1/".to_owned(),
        };
        match (own, self.creds_store.as_deref().filter(|helper| !helper.is_empty())) {
            (Some((asked, helper)), _) => Some((helper, if key.contains("://") { key } else { asked.clone() })),
            (None, Some(helper)) => Some((helper, key)),
            (None, None) => None,
        }
    }
}

/// A key without scheme and API version, as old clients wrote them, and without https' own port, in lower case.
fn plain(key: &str) -> String {
    let key = key.to_ascii_lowercase();
    let key = key.strip_prefix("https://").or_else(|| key.strip_prefix("http://")).unwrap_or(&key);
    let key = key.trim_end_matches('/');
    let key = key.strip_suffix("/v1").or_else(|| key.strip_suffix("/v2")).unwrap_or(key);
    // The port that https has by itself is left out of references too.
    match key.split_once(":443") {
        Some((host, path)) if path.is_empty() || path.starts_with('/') => format!("{host}{path}"),
        _ => key.to_owned(),
    }
}

impl Entry {
    fn secret(&self, key: &str) -> Result<Option<Secret>, String> {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        if let Some(token) = filled(&self.identitytoken) {
            return Ok(Some(Secret::IdentityToken(token)));
        }
        if let Some(token) = filled(&self.registrytoken) {
            return Ok(Some(Secret::Bearer(token)));
        }
        let (user, password) = match filled(&self.auth) {
            Some(auth) => decode(&auth).ok_or_else(|| format!("`auth` of {key:?} is not base64 of `user:password`"))?,
            None => (self.username.clone().unwrap_or_default(), self.password.clone().unwrap_or_default()),
        };
        Ok((!user.is_empty() || !password.is_empty()).then_some(Secret::Password { user, password }))
    }
}

fn decode(auth: &str) -> Option<(String, String)> {
    let text = String::from_utf8(STANDARD.decode(auth.trim()).ok()?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.trim_end_matches('\0').to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(stored: &serde_json::Value, repository: &str) -> Result<Secret, String> {
        let stored: Stored = serde_json::from_value(stored.clone()).unwrap();
        let (host, path) = repository.split_once('/').unwrap();
        let repository = Repository { host: host.to_owned(), path: path.to_owned() };
        stored.choose(&repository, "the file", Duration::from_secs(1)).map(|(secret, _)| secret)
    }

    #[test]
    fn the_longest_key_counts() {
        let of = |user: &str| serde_json::json!({"username": user, "password": "x"});
        let stored = serde_json::json!({"auths": {
            "registry.example.org": of("host"), "registry.example.org/team": of("team"),
            "registry.example.org/team/layer": of("layer"), "registry.example.org/te": of("nobody"),
            "https://old.example.org/v1/": of("old"), "Upper.example.org": of("upper"), "empty.example.org": {},
            "https://index.docker.io/v1/": of("hub"), "docker.io/team": of("hub-team"),
            "registry.example.org:5000": of("port"), "https://secure.example.org:443/": of("secure"),
            "other.example.org:4433": of("nobody"),
        }});
        for (repository, expected) in [
            ("registry.example.org/team/layer", Some("layer")),
            ("registry.example.org/team/layer/more", Some("layer")),
            ("registry.example.org/team/layers", Some("team")),
            ("registry.example.org/other/layer", Some("host")),
            ("registry.example.org/teams", Some("host")),
            ("registry.example.org:5000/team/layer", Some("port")),
            ("registry.example.org:5001/team/layer", None),
            ("example.org/team", None),
            ("old.example.org/x", Some("old")),
            ("secure.example.org/x", Some("secure")),
            ("other.example.org/x", None),
            ("upper.example.org/x", Some("upper")),
            ("empty.example.org/x", None),
            ("docker.io/library/x", Some("hub")),
            ("index.docker.io/team/x", Some("hub-team")),
        ] {
            let user = match chosen(&stored, repository).unwrap() {
                Secret::Password { user, .. } => Some(user),
                _ => None,
            };
            assert_eq!(user.as_deref(), expected, "{repository}");
        }
    }

    #[test]
    fn every_kind_of_entry_is_read() {
        for (entry, expected) in [
            (serde_json::json!({"auth": STANDARD.encode("a:b:c\0")}), Some(("a", "b:c"))),
            (serde_json::json!({"username": "a", "password": "b"}), Some(("a", "b"))),
            (serde_json::json!({"auth": ""}), None),
            (serde_json::json!({"auth": STANDARD.encode(":")}), None),
        ] {
            let secret = chosen(&serde_json::json!({"auths": {"h.example": entry}}), "h.example/x").unwrap();
            let expected = expected.map_or(Secret::Anonymous, |(user, password)| Secret::Password {
                user: user.to_owned(),
                password: password.to_owned(),
            });
            assert!(secret == expected);
        }
        let token = serde_json::json!({"auths": {"h.example": {"auth": "eA==", "registrytoken": "t"}}});
        assert!(chosen(&token, "h.example/x").unwrap() == Secret::Bearer("t".to_owned()));
        for null in [serde_json::json!({}), serde_json::json!({"auths": null, "credHelpers": null, "credsStore": ""})] {
            assert!(chosen(&null, "h.example/x").unwrap() == Secret::Anonymous);
        }
    }

    #[test]
    fn the_environment_names_files_as_for_docker_and_podman() {
        let named = |variables: &[(&str, &str)]| {
            let variable =
                |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| PathBuf::from(value));
            files(variable).into_iter().map(|file| file.path.display().to_string()).collect::<Vec<_>>().join(" ")
        };
        let home = ("HOME", "/h");
        for (variables, expected) in [
            (vec![("REGISTRY_AUTH_FILE", "/a.json"), ("DOCKER_CONFIG", "/d"), home], "/a.json"),
            (vec![("DOCKER_CONFIG", "/d"), home], "/d/config.json"),
            (vec![home], "/h/.config/containers/auth.json /h/.docker/config.json"),
            (
                vec![("XDG_RUNTIME_DIR", "/r"), ("XDG_CONFIG_HOME", "/c"), home],
                "/r/containers/auth.json /c/containers/auth.json /h/.docker/config.json",
            ),
            (vec![], ""),
        ] {
            assert_eq!(named(&variables), expected);
        }
    }
}
