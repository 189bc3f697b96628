//! What a signature proves, and how much of it was verified.

use time::OffsetDateTime;

use crate::evidence::Content;
use crate::oci::Digest;
use crate::trust::{Means, SIGN_PREDICATE, SignedBy, Signer};

/// That a permitted signer signed content about a target. It can only be made here.
#[derive(Debug, Clone, PartialEq)]
pub struct Proof {
    pub(super) signer: String,
    pub(super) by: SignedBy,
    pub(super) target: Digest,
    pub(super) content: SignedContent,
    pub(super) log: Log,
    pub(super) times: Vec<SigningTime>,
    pub(super) has_certificate_timestamp: bool,
}

/// What was signed.
#[derive(Debug, Clone, PartialEq)]
pub enum SignedContent {
    /// The target itself, by its digest or its bytes.
    Target,
    /// A statement about the target.
    Statement {
        /// Its predicate type.
        predicate_type: String,
        /// The statement.
        statement: Content,
        /// The payload's bytes, in which JSON pointers into the statement are located.
        payload: Vec<u8>,
    },
}

/// What is known of the transparency log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Log {
    /// There is no entry.
    NoEntry,
    /// There is an entry, and nothing to check it with: no root, or its check is relaxed.
    NotChecked,
    /// There is one, and it is about this signature.
    Verified {
        /// The log: its URL in the root, or the origin that its checkpoint names.
        log: String,
        /// The entry's index in it.
        index: u64,
    },
}

/// A time at which something was signed, and by whose clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SigningTime {
    /// The time.
    pub at: OffsetDateTime,
    /// The clock.
    pub clock: Clock,
}

/// Whose clock says when something was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Clock {
    /// The transparency log's: when the entry was integrated.
    TransparencyLog,
    /// A timestamp authority's (RFC 3161).
    TimestampAuthority,
}

impl Clock {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Clock::TransparencyLog => "transparency log",
            Clock::TimestampAuthority => "timestamp authority",
        }
    }
}

impl Proof {
    /// Name of the signer's entry.
    pub fn signer(&self) -> &str {
        &self.signer
    }

    /// Who signed: the key, or what the certificate says.
    pub fn by(&self) -> &SignedBy {
        &self.by
    }

    /// When it was signed, by every trusted clock, sorted; none for a key signature whose log nobody checked.
    pub fn times(&self) -> &[SigningTime] {
        &self.times
    }

    /// What was signed.
    pub fn content(&self) -> &SignedContent {
        &self.content
    }

    /// What is known of the transparency log.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Whether what was verified is what an entry wants: what another entry relaxes, it does not.
    pub fn meets(&self, signer: &Signer) -> bool {
        let is_logged = matches!(self.log, Log::Verified { .. });
        match signer.means() {
            Means::Key(_) => is_logged || !signer.requires_log(),
            Means::Identity { .. } => {
                let needs = signer.needs();
                (is_logged || !needs.log) && (self.has_certificate_timestamp || !needs.certificate_timestamp)
            }
        }
    }

    /// How much was verified, to be compared.
    pub(super) fn verified(&self) -> (bool, bool, usize) {
        (matches!(self.log, Log::Verified { .. }), self.has_certificate_timestamp, self.times.len())
    }

    /// Predicate type of the statement; that of a cosign signature where the target itself was signed.
    pub fn predicate_type(&self) -> &str {
        match &self.content {
            SignedContent::Target => SIGN_PREDICATE,
            SignedContent::Statement { predicate_type, .. } => predicate_type,
        }
    }
}
