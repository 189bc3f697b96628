//! The sources that are looked at now: a registry or an OCI layout.

use super::access::Access;
use super::layout::Layout;
use super::question::{Answer, Question};
use super::registry::Registry;
use super::seen::{ResolveError, Statistics};
use crate::limits::Limits;
use crate::oci::{Digest, Reference, Repository};

/// A place that holds one subject and its evidence now.
#[derive(Debug)]
pub(super) enum LiveSource {
    /// A repository of a registry.
    Registry(Box<Registry>),
    /// An OCI layout, folder or tar.
    Layout(Box<Layout>),
}

impl LiveSource {
    /// Opens files of a layout; connects to nothing yet.
    pub(super) fn open(reference: &Reference, access: &Access, limits: &Limits) -> Result<Self, ResolveError> {
        match reference {
            Reference::Registry { repository, tag, digest } => {
                Registry::new(repository.clone(), tag.clone(), digest.clone(), access, limits.clone())
                    .map(|registry| LiveSource::Registry(Box::new(registry)))
            }
            Reference::Layout { path, selector } => {
                Layout::open(path, selector.clone(), limits.clone()).map(|layout| LiveSource::Layout(Box::new(layout)))
            }
        }
    }

    pub(super) async fn ask(&self, question: &Question) -> Answer {
        match self {
            LiveSource::Registry(registry) => registry.ask(question).await,
            LiveSource::Layout(layout) => layout.ask(question).await,
        }
    }

    /// Another repository in which evidence about this subject may lie; of a layout there is none.
    pub(super) fn elsewhere(
        &self,
        repository: &Repository,
        subject: &Digest,
        access: &Access,
    ) -> Result<Option<Self>, ResolveError> {
        let LiveSource::Registry(own) = self else { return Ok(None) };
        let elsewhere = own.elsewhere(repository.clone(), subject.clone(), access)?;
        Ok(Some(LiveSource::Registry(Box::new(elsewhere))))
    }

    pub(super) fn statistics(&self) -> Statistics {
        match self {
            LiveSource::Registry(registry) => registry.statistics(),
            LiveSource::Layout(layout) => layout.statistics(),
        }
    }
}
