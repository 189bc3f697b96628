//! What is looked up of a registry, and by which names.

use crate::source::login::Secret;

/// The names under which one registry's credentials are stored.
pub(super) fn names(host: &str) -> Vec<&str> {
    match host {
        "docker.io" | "index.docker.io" | "registry-1.docker.io" => {
            vec!["docker.io", "index.docker.io", "registry-1.docker.io"]
        }
        host => vec![host],
    }
}

/// A secret and where it came from, or why there is none.
#[derive(Debug, Clone)]
pub(in crate::source::registry) struct Credentials {
    pub(in crate::source::registry) secret: Secret,
    /// For a message: "the credentials of user \"bob\" from /home/bob/.docker/config.json".
    pub(in crate::source::registry) origin: String,
    /// What to do if they do not help: "log in with `docker login registry.example.org`".
    pub(in crate::source::registry) remedy: String,
}
