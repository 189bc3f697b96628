//! Credentials that somebody gave for one run.

use std::fmt;

/// What to prove one's identity with.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Secret {
    /// Nothing.
    Anonymous,
    /// A user name and a password.
    Password { user: String, password: String },
    /// A refresh token (`identitytoken`), to be exchanged at the token server.
    IdentityToken(String),
    /// A token that is sent as it is (`registrytoken`).
    Bearer(String),
}

/// Credentials for one host, given for this run. They are sent to no other host, and never shown.
#[derive(Debug, Clone)]
pub struct Login {
    pub(super) host: String,
    pub(super) secret: Secret,
    pub(super) origin: String,
    pub(super) remedy: String,
}

impl Login {
    /// A user name and a password for `host` (`host[:port]`, as references name it). `origin` says where they came
    /// from ("--password-stdin").
    pub fn password(host: &str, user: String, password: String, origin: &str) -> Self {
        Login {
            host: host.to_ascii_lowercase(),
            origin: format!("the credentials of user {user:?} from {origin}"),
            remedy: format!("give others, or log in with `docker login {host}`"),
            secret: Secret::Password { user, password },
        }
    }

    /// A bearer token for `host`, sent as it is where the registry asks for one.
    pub fn token(host: &str, token: String, origin: &str) -> Self {
        Login {
            host: host.to_ascii_lowercase(),
            origin: format!("the token from {origin}"),
            remedy: format!("give a new one, or log in with `docker login {host}`"),
            secret: Secret::Bearer(token),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Secret::Anonymous => formatter.write_str("Anonymous"),
            Secret::Password { user, .. } => write!(formatter, "Password {{ user: {user:?} }}"),
            Secret::IdentityToken(_) => formatter.write_str("IdentityToken"),
            Secret::Bearer(_) => formatter.write_str("Bearer"),
        }
    }
}
