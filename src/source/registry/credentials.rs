//! Whose credentials a repository is asked with: those given for this run, else those that `docker login` or
//! `podman login` stored.
//!
//! Asked only after a registry wanted some, for exactly that registry's host (CVE-2025-27403). A host without any is
//! asked anonymously, and so is one whose credentials cannot be read; what the problem was is said only if the
//! registry then refuses. A value never reaches a message or a `Debug` output.

use std::path::PathBuf;
use std::time::Duration;

use crate::oci::Repository;
use crate::source::login::{Login, Secret};

mod file;
mod found;
mod helper;

pub(super) use found::Credentials;
use found::names;

/// Where credentials are looked up; the same for all subjects of a run.
#[derive(Debug, Clone)]
pub(super) struct Sources {
    /// Given for this run, each for one host.
    pub(super) logins: Vec<Login>,
    /// A folder with docker's `config.json` in place of all that the environment names.
    pub(super) docker_config: Option<PathBuf>,
}

impl Sources {
    /// Looks up the credentials of a repository. What runs a helper ends after `time` at the latest.
    pub(super) async fn look_up(&self, repository: &Repository, time: Duration) -> Credentials {
        let given = self.logins.iter().find(|login| names(&repository.host).contains(&login.host.as_str()));
        if let Some(login) = given {
            return Credentials {
                secret: login.secret.clone(),
                origin: login.origin.to_owned(),
                remedy: login.remedy.to_owned(),
            };
        }
        let files = match &self.docker_config {
            Some(folder) => vec![file::File::docker(folder.join("config.json"))],
            None => file::from_environment(),
        };
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let (asked, wanted) = (files.clone(), repository.clone());
        // A thread of its own and not the runtime's pool: a helper that hangs would keep the runtime, and with it the
        // process, from ending.
        let thread = std::thread::Builder::new().name("credentials".to_owned()).spawn(move || {
            // Nobody may be waiting any more.
            let _ = sender.send(file::first(&asked, &wanted, time));
        });
        let found = match thread {
            Ok(_) => receiver.await.unwrap_or_else(|_| Err("looking up credentials failed".to_owned())),
            Err(_) => Err("no thread could be started to look up credentials".to_owned()),
        };
        found.unwrap_or_else(|problem| Credentials {
            secret: Secret::Anonymous,
            origin: format!("{problem}, so no credentials were sent"),
            remedy: files.last().map_or_else(String::new, |file| file.remedy(&repository.host)),
        })
    }
}
