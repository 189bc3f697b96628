//! The requests of a walk: what each is for, and what it brings.

use super::found::Link;
use crate::oci::{Descriptor, Digest};
use crate::source::{AssociatedTag, BlobState, FetchedContent, Gap, GapReason, Referrers, Source};

/// What is to be asked. It waits as what it is for: thousands may wait, and a request that is under way is large.
pub(super) enum Request {
    Referrers { about: Digest, depth: usize },
    Tag { about: Digest, tag: AssociatedTag },
    Manifest { listed: Descriptor, link: Link, about: Digest, depth: usize },
    Layer { layer: Descriptor, manifest: Digest },
    Check { descriptor: Descriptor, manifest: Digest },
    Entry { listed: Descriptor },
}

/// What a request brought.
pub(super) enum Arrived {
    Referrers { about: Digest, depth: usize, answer: Referrers },
    Tag { about: Digest, tag: AssociatedTag, answer: Result<Option<FetchedContent>, Gap> },
    Manifest { listed: Descriptor, link: Link, about: Digest, depth: usize, answer: Result<FetchedContent, GapReason> },
    Layer { digest: Digest, manifest: Digest, answer: Result<FetchedContent, GapReason> },
    Check { digest: Digest, manifest: Digest, answer: Result<BlobState, GapReason> },
    Entry { listed: Descriptor, answer: Result<FetchedContent, GapReason> },
}

impl Request {
    pub(super) async fn send(self, source: &Source) -> Arrived {
        match self {
            Request::Referrers { about, depth } => {
                let answer = source.referrers(&about, depth == 1).await;
                Arrived::Referrers { about, depth, answer }
            }
            Request::Tag { about, tag } => {
                let answer = source.associated(tag, &about).await;
                Arrived::Tag { about, tag, answer }
            }
            Request::Manifest { listed, link, about, depth } => {
                let answer = source.manifest(&listed).await;
                Arrived::Manifest { listed, link, about, depth, answer }
            }
            Request::Layer { layer, manifest } => {
                let answer = source.blob(&layer).await;
                Arrived::Layer { digest: layer.digest, manifest, answer }
            }
            Request::Check { descriptor, manifest } => {
                let answer = source.check(&descriptor).await;
                Arrived::Check { digest: descriptor.digest, manifest, answer }
            }
            Request::Entry { listed } => {
                let answer = source.manifest(&listed).await;
                Arrived::Entry { listed, answer }
            }
        }
    }
}
