//! What is asked for.

use url::Url;

use crate::source::question::SizedDigest;

/// Every kind of manifest, by name: some registries answer 404 where `*/*` is asked for.
pub(super) const MANIFEST_TYPES: &str = "application/vnd.oci.image.manifest.v1+json, \
    application/vnd.oci.image.index.v1+json, \
    application/vnd.docker.distribution.manifest.v2+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, \
    application/vnd.oci.artifact.manifest.v1+json";

/// What is asked for, and how much of it is read.
pub(super) struct BoundedRequest<'a> {
    pub(super) url: Url,
    pub(super) accept: &'static str,
    /// Bytes that the body may have.
    pub(super) limit: u64,
    /// What that limits, for the gap.
    pub(super) what: &'static str,
    /// What the body has to be, where that is known.
    pub(super) expected: Option<&'a SizedDigest>,
}
