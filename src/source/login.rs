//! Credentials that somebody gave for one run.

use super::registry::Secret;

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
