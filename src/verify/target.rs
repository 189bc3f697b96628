//! What signed material is held against.

use time::OffsetDateTime;

use crate::evidence::statement::StatementSubject;
use crate::limits::Limits;
use crate::oci::{Algorithm, Digest, Repository};
use crate::trust::Trust;

/// What signed content has to be about.
#[derive(Debug, Clone, Copy)]
pub struct VerificationTarget<'a> {
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
pub struct VerificationContext<'a> {
    /// Who may sign what.
    pub trust: &'a Trust,
    /// How much is read.
    pub limits: &'a Limits,
    /// The time of judgement: nothing was signed after it.
    pub now: OffsetDateTime,
}

/// Whether one of the entries is about the bytes that have these digests. An entry is if one of its digests is theirs; then
/// every digest in it that can be computed here must be (in-toto attestation, `digest_set.md`: all name the same bytes).
/// The error says which is not.
pub fn names(entries: &[StatementSubject], of: &[Digest], bytes: Option<&[u8]>) -> Result<bool, String> {
    let computed = computed(of, bytes);
    let mut is_about = false;
    for entry in entries {
        if !entry.digests.iter().any(|digest| computed.contains(digest)) {
            continue;
        }
        is_about = true;
        if let Some(other) = entry.digests.iter().find(|digest| is_of(digest, &computed) == Some(false)) {
            let expected = list(of.get(..1).unwrap_or_default());
            return Err(format!(
                "one entry of its subject names {expected} and, for another algorithm, {other}, which is not the digest of the same bytes"
            ));
        }
    }
    Ok(is_about)
}

/// All digests that can be computed of something, each once: of many entries each is held against the same few.
pub(super) fn computed(of: &[Digest], bytes: Option<&[u8]>) -> Vec<Digest> {
    let mut all = of.to_vec();
    for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
        if let Some(bytes) = bytes.filter(|_| all.iter().all(|known| known.algorithm() != algorithm)) {
            all.push(Digest::of(algorithm, bytes));
        }
    }
    all
}

/// Whether a digest is one of these; none where there is none of its algorithm.
fn is_of(digest: &Digest, computed: &[Digest]) -> Option<bool> {
    if computed.contains(digest) {
        return Some(true);
    }
    computed.iter().any(|known| known.algorithm() == digest.algorithm()).then_some(false)
}

pub(super) fn list(digests: &[Digest]) -> String {
    digests.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
}
