//! What signed material is held against.

use time::OffsetDateTime;

use crate::limits::Limits;
use crate::oci::{Digest, Repository};
use crate::trust::Trust;

/// What signed content has to be about.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// All digests of the manifest, computed here.
    pub digests: &'a [Digest],
    /// The manifest's bytes; none where only its digest is known.
    pub bytes: Option<&'a [u8]>,
    /// The subject's repository: permissions concern it, never a mirror's or the place of the evidence.
    pub repository: Option<&'a Repository>,
    /// Whether this is the subject, and not one of its referrers.
    pub is_subject: bool,
}

/// By what material is verified.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// Who may sign what.
    pub trust: &'a Trust,
    /// How much is read.
    pub limits: &'a Limits,
    /// The time of judgement: nothing was signed after it.
    pub now: OffsetDateTime,
}

pub(super) fn list(digests: &[Digest]) -> String {
    digests.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
}
