//! What may be wrong with a reference.

use super::digest::DigestError;

/// What is wrong with a reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Nothing there.
    #[error("it is empty")]
    Empty,
    /// Another scheme.
    #[error("the scheme {0:?} is not supported; a registry reference has none, or `oci://`")]
    Scheme(String),
    /// No host.
    #[error("it names no registry host before the first `/` (a host has a dot or a port, or is `localhost`)")]
    NoHost,
    /// A malformed host.
    #[error("the host {0:?} is malformed")]
    Host(String),
    /// A port that is none.
    #[error("the port {0:?} is not a number from 1 to 65535")]
    Port(String),
    /// A malformed repository.
    #[error("the repository {0:?} is malformed: lower-case letters, digits and single `.`, `_`, `-`, `/` between them")]
    Repository(String),
    /// A malformed tag.
    #[error("the tag {0:?} is malformed: at most 128 of letters, digits, `_`, `.`, `-`, not starting with `.` or `-`")]
    Tag(String),
    /// A malformed digest.
    #[error("its digest is malformed: {0}")]
    Digest(DigestError),
    /// Neither tag nor digest.
    #[error("it names neither a tag nor a digest")]
    Unspecific,
    /// No path of a layout.
    #[error("it names no path after `oci-layout:`")]
    NoPath,
}
