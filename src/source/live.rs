//! The sources that are looked at now: a registry or an OCI layout.

use super::access::Access;
use super::layout::Layout;
use super::registry::Registry;
use super::seen::{
    AssociatedTag, BlobState, FetchedContent, Gap, GapReason, Referrers, ResolveError, ResolvedReference, Statistics,
};
use crate::limits::Limits;
use crate::oci::{Descriptor, Digest, Reference, Repository};

/// A place that holds one subject and its evidence now.
#[derive(Debug)]
pub enum Live {
    /// A repository of a registry.
    Registry(Box<Registry>),
    /// An OCI layout, folder or tar.
    Layout(Box<Layout>),
}

impl Live {
    /// Opens files of a layout; connects to nothing yet.
    pub(super) fn open(reference: &Reference, access: &Access, limits: &Limits) -> Result<Self, ResolveError> {
        match reference {
            Reference::Registry { repository, tag, digest } => {
                Registry::new(repository.clone(), tag.clone(), digest.clone(), access, limits.clone())
                    .map(|registry| Live::Registry(Box::new(registry)))
            }
            Reference::Layout { path, selector } => {
                Layout::open(path, selector.clone(), limits.clone()).map(|layout| Live::Layout(Box::new(layout)))
            }
        }
    }

    pub(super) async fn resolve(&self) -> Result<ResolvedReference, ResolveError> {
        match self {
            Live::Registry(registry) => registry.resolve().await,
            Live::Layout(layout) => layout.resolve(),
        }
    }

    pub(super) async fn manifest(&self, descriptor: &Descriptor) -> Result<FetchedContent, GapReason> {
        match self {
            Live::Registry(registry) => registry.manifest(descriptor).await,
            Live::Layout(layout) => layout.read(descriptor, layout.limits().manifest_bytes, "bytes of one manifest"),
        }
    }

    pub(super) async fn blob(&self, descriptor: &Descriptor) -> Result<FetchedContent, GapReason> {
        match self {
            Live::Registry(registry) => registry.blob(descriptor).await,
            Live::Layout(layout) => {
                layout.read(descriptor, layout.limits().evidence_bytes, "bytes of one evidence blob")
            }
        }
    }

    /// A child of an index that lies beside it; a registry's would have to be waited for.
    pub(super) fn beside(&self, descriptor: &Descriptor) -> Option<Result<FetchedContent, GapReason>> {
        match self {
            Live::Registry(_) => None,
            Live::Layout(layout) => {
                Some(layout.read(descriptor, layout.limits().manifest_bytes, "bytes of one manifest"))
            }
        }
    }

    /// A blob that is not to be read: a layout's is hashed, a registry's is left alone.
    pub(super) fn check(&self, descriptor: &Descriptor) -> Result<BlobState, GapReason> {
        match self {
            Live::Registry(_) => Ok(BlobState::NotRead),
            Live::Layout(layout) => layout.check(descriptor),
        }
    }

    pub(super) async fn referrers(&self, digest: &Digest, with_tag: bool) -> Referrers {
        match self {
            Live::Registry(registry) => registry.referrers(digest, with_tag).await,
            Live::Layout(layout) => layout.referrers(digest),
        }
    }

    pub(super) async fn associated(&self, tag: AssociatedTag, digest: &Digest) -> Result<Option<FetchedContent>, Gap> {
        match self {
            Live::Registry(registry) => registry.associated(tag, digest).await,
            Live::Layout(layout) => layout.associated(tag, digest),
        }
    }

    /// Another repository in which evidence about this subject may lie; of a layout there is none.
    pub(super) fn elsewhere(
        &self,
        repository: &Repository,
        subject: &Digest,
        access: &Access,
    ) -> Result<Option<Self>, ResolveError> {
        match self {
            Live::Registry(own) => {
                let elsewhere = own.elsewhere(repository.clone(), subject.clone(), access)?;
                Ok(Some(Live::Registry(Box::new(elsewhere))))
            }
            Live::Layout(_) => Ok(None),
        }
    }

    pub(super) fn statistics(&self) -> Statistics {
        match self {
            Live::Registry(registry) => registry.statistics(),
            Live::Layout(layout) => layout.statistics(),
        }
    }
}
