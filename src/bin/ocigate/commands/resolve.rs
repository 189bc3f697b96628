//! `ocigate resolve`: from a name to the pinned reference.

use anyhow::bail;
use ocigate::oci::Reference;
use ocigate::source::{self, ResolveError, ResolvedReference};

use super::super::args::Resolve;
use super::super::config::LoadedConfig;
use super::super::console::{print, tell};
use super::super::exit::Exit;
use super::super::files::Files;
use super::super::network::Network;
use super::super::registries;

pub fn run(arguments: &Resolve) -> anyhow::Result<Exit> {
    let loaded = LoadedConfig::read(arguments.config.path.as_deref(), Files::Machine)?;
    let limits = registries::limits(&arguments.access, &loaded);
    let access = registries::access(&arguments.access, &loaded, std::iter::once(&arguments.reference))?;
    let resolved = match source::open(&arguments.reference, &access, &limits) {
        Ok(source) => Network::new()?.run(source.resolve())?,
        Err(error) => Err(error),
    };
    match resolved {
        Ok(resolved) => {
            print(format!("{}\n", pinned(&arguments.reference, &resolved)).as_bytes())?;
            Ok(Exit::Pass)
        }
        Err(ResolveError::Usage(problem)) => bail!(problem),
        Err(error) => {
            let exit = if matches!(error, ResolveError::Unseen(_)) { Exit::Undecided } else { Exit::Fail };
            tell(&format!("error: {error}"));
            Ok(exit)
        }
    }
}

fn pinned(reference: &Reference, resolved: &ResolvedReference) -> String {
    let digest = &resolved.descriptor.digest;
    match reference {
        Reference::Registry { repository, .. } => format!("{repository}@{digest}"),
        Reference::Layout { path, .. } => format!("oci-layout:{}@{digest}", path.display()),
    }
}
