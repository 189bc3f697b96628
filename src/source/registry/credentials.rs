//! The credentials that `docker login` stored for a host: `config.json` and its credential helpers.
//!
//! Asked only after a registry wanted some, for exactly that registry's host (CVE-2025-27403). A host
//! without any is asked anonymously, and so is one whose credentials cannot be read; what the problem was
//! is said only if the registry then refuses. A value never reaches a message or a `Debug` output.

use std::fmt;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use docker_credential::{CredentialRetrievalError, DockerCredential, get_credential_from_reader};

/// The host that serves the API: Docker Hub's is not the one that its references name.
pub(super) fn api_host(host: &str) -> &str {
    match host {
        "docker.io" | "index.docker.io" => "registry-1.docker.io",
        host => host,
    }
}

/// The key under which `docker login` stores a host's credentials.
fn key(host: &str) -> &str {
    match host {
        "docker.io" | "index.docker.io" | "registry-1.docker.io" => "https://index.docker.io/v1/",
        host => host,
    }
}

/// What to prove one's identity with.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Secret {
    /// Nothing.
    Anonymous,
    /// A user name and a password.
    Password { user: String, password: String },
    /// A refresh token (`identitytoken`), to be exchanged at the token server.
    IdentityToken(String),
}

/// A secret and where it came from, or why there is none.
#[derive(Debug, Clone)]
pub(super) struct Credentials {
    pub(super) secret: Secret,
    /// For a message: "user \"bob\" of /home/bob/.docker/config.json".
    pub(super) origin: String,
}

/// A configuration is a few kilobytes.
const CONFIG_BYTES: u64 = 1024 * 1024;
/// A helper that asks a person, or hangs, must not use up the whole run.
const HELPER_TIME: Duration = Duration::from_secs(10);

impl Credentials {
    /// Looks up the credentials of a host. `folder` replaces `$DOCKER_CONFIG` and `~/.docker`.
    pub(super) async fn look_up(host: &str, folder: Option<&Path>) -> Self {
        let Some(path) = folder.map(Path::to_owned).or_else(default_folder).map(|folder| folder.join("config.json"))
        else {
            return Self::none("neither DOCKER_CONFIG nor HOME is set, so no credentials were looked up".to_owned());
        };
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let (host, file) = (key(host).to_owned(), path.clone());
        // A thread of its own and not the runtime's pool: a helper that hangs would keep the runtime, and
        // with it the process, from ending.
        let thread = std::thread::Builder::new().name("credentials".to_owned()).spawn(move || {
            // Nobody may be waiting any more.
            let _ = sender.send(read(&file, &host));
        });
        if thread.is_err() {
            return Self::none("no thread could be started to look up credentials".to_owned());
        }
        match tokio::time::timeout(HELPER_TIME, receiver).await {
            Ok(Ok(credentials)) => credentials,
            Ok(Err(_)) => Self::none(format!("looking up credentials by {} failed", path.display())),
            Err(_) => Self::none(format!(
                "the credential helper named in {} gave no answer within {} s",
                path.display(),
                HELPER_TIME.as_secs()
            )),
        }
    }

    fn none(origin: String) -> Self {
        Credentials { secret: Secret::Anonymous, origin }
    }
}

fn default_folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("DOCKER_CONFIG").or_else(|| set("HOME").map(|home| home.join(".docker")))
}

fn read(path: &Path, key: &str) -> Credentials {
    let shown = path.display();
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Credentials::none(format!("there is no {shown}, so no credentials were sent"));
        }
        Err(error) => {
            return Credentials::none(format!("{shown} cannot be read ({error}), so no credentials were sent"));
        }
    };
    let problem = match get_credential_from_reader(file.take(CONFIG_BYTES), key) {
        Ok(DockerCredential::UsernamePassword(user, password)) if user.is_empty() && password.is_empty() => {
            format!("{shown} holds none for this host")
        }
        Ok(DockerCredential::UsernamePassword(user, password)) => {
            let origin = format!("the credentials of user {user:?} from {shown}");
            return Credentials { secret: Secret::Password { user, password }, origin };
        }
        Ok(DockerCredential::IdentityToken(token)) => {
            let origin = format!("the identity token from {shown}");
            return Credentials { secret: Secret::IdentityToken(token), origin };
        }
        Err(error) => problem(&error, &shown.to_string()),
    };
    Credentials::none(format!("{problem}, so no credentials were sent"))
}

/// What kept us from the credentials. A helper's output is shown only as far as its error words: what it
/// prints on success never comes here.
fn problem(error: &CredentialRetrievalError, path: &str) -> String {
    match error {
        CredentialRetrievalError::NoCredentialConfigured => format!("{path} holds none for this host"),
        // What docker's helpers say by convention (docker-credential-helpers, `credentials/error.go`).
        CredentialRetrievalError::HelperFailure { stdout, stderr, .. }
            if [stdout, stderr].iter().any(|text| text.contains("credentials not found")) =>
        {
            format!("the credential helper named in {path} has none for this host")
        }
        CredentialRetrievalError::HelperFailure { helper, stdout, stderr } => {
            let words = super::refusal::words(stderr.as_bytes()).or_else(|| super::refusal::words(stdout.as_bytes()));
            format!("{helper}, the credential helper named in {path}, failed: {}", words.unwrap_or_default())
        }
        CredentialRetrievalError::HelperCommunicationError => {
            format!(
                "the credential helper named in {path} could not be run, or broke off: is it installed and in PATH?"
            )
        }
        CredentialRetrievalError::MalformedHelperResponse => {
            format!("the credential helper named in {path} did not answer with Username and Secret")
        }
        CredentialRetrievalError::ConfigReadError => format!("{path} is not a docker configuration"),
        CredentialRetrievalError::CredentialDecodingError => {
            format!("{path}: `auth` of this host is not base64 of `user:password`")
        }
        other => format!("{path}: {other}"),
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Secret::Anonymous => formatter.write_str("Anonymous"),
            Secret::Password { user, .. } => write!(formatter, "Password {{ user: {user:?} }}"),
            Secret::IdentityToken(_) => formatter.write_str("IdentityToken"),
        }
    }
}
