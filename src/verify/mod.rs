//! The only place that can make a [`Proof`].
//!
//! Every kind of signed material follows the same numbered steps (Sigstore client specification, § Verification; for
//! what stands in a manifest: cosign `specs/SIGNATURE_SPEC.md`); the files beside this one say what each step means
//! for their kind. Steps 2 to 4 are for certificates; a key needs step 5 only where its signer's entry says so.
//!
//! 1. The material is complete: a signature, and a key or a certificate to verify it with.
//! 2. There is a trusted time: of a timestamp authority or of the transparency log, not after the time of judgement.
//! 3. The certificate was issued by an authority of the signer's root, and was valid at every trusted time.
//! 4. Its issuance is public: it has a signed certificate timestamp of a log of the root.
//! 5. The signature is public: an entry about this very signature is included in a log of the root, whose key was in
//!    use then.
//! 6. The signature is over exactly the signed bytes.
//! 7. The signed content names what it is about, by every digest that can be computed here.
//! 8. The certificate's holder is the identity of a signer.
//! 9. The signer's entry counts at the trusted time (without one: at the time of judgement).
//! 10. The signer may sign for the subject's repository.
//! 11. The signer may sign this predicate type.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sigstore_verify::trust_root::TransparencyLog;
use time::OffsetDateTime;

use crate::evidence::Content;
use crate::evidence::recognise::Material;
use crate::limits::Limits;
use crate::oci::{Digest, Repository};
pub use crate::trust::SignedBy;
use crate::trust::{Means, SIGN_PREDICATE, Signer, Trust};

mod authorise;
mod bundle;
mod certificate;
mod cosign;
mod envelope;
mod intoto;
mod key;
mod pem;
mod sigstore;
mod simple_signing;

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

/// That a permitted signer signed content about a target. It can only be made here.
#[derive(Debug, Clone, PartialEq)]
pub struct Proof {
    signer: String,
    by: SignedBy,
    target: Digest,
    content: SignedContent,
    log: Log,
    times: Vec<SigningTime>,
    has_certificate_timestamp: bool,
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

    /// Digest that the content is about.
    pub fn target(&self) -> &Digest {
        &self.target
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
    fn verified(&self) -> (bool, bool, usize) {
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

/// A step that failed: checked and bad.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    /// The step.
    pub step: Step,
    /// What was expected and what was found.
    pub reason: String,
    /// The predicate type that the material claims, if it could be read. Untrusted.
    pub claimed_type: Option<String>,
}

/// Nothing here could check it: it neither counts nor counts against.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unchecked {
    /// Why not.
    pub reason: String,
    /// The predicate type that the material claims, if it could be read. Untrusted.
    pub claimed_type: Option<String>,
}

/// The numbered steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Step 1.
    Material,
    /// Step 2.
    Time,
    /// Step 3.
    Certificate,
    /// Step 4.
    CertificateTimestamp,
    /// Step 5.
    Log,
    /// Step 6.
    Signature,
    /// Step 7.
    Target,
    /// Step 8.
    Identity,
    /// Step 9.
    Window,
    /// Step 10.
    Repository,
    /// Step 11.
    PredicateType,
}

impl Step {
    /// What the step asks.
    pub fn name(self) -> &'static str {
        match self {
            Step::Material => "material",
            Step::Time => "trusted time",
            Step::Certificate => "certificate",
            Step::CertificateTimestamp => "certificate timestamp",
            Step::Log => "transparency log",
            Step::Signature => "signature",
            Step::Target => "target",
            Step::Identity => "identity",
            Step::Window => "validity window",
            Step::Repository => "repository",
            Step::PredicateType => "predicate type",
        }
    }
}

/// What became of one piece of signed material.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It proves something: one proof for each signer that it is a signature of.
    Proven(Vec<Proof>),
    /// It was checked and is bad.
    Refused(Refusal),
    /// Nothing here could check it.
    Unchecked(Unchecked),
}

/// Verifies one piece of signed material against a target.
pub fn verify(material: &Material, target: Target<'_>, by: By<'_>) -> Outcome {
    let checked = match material {
        Material::SimpleSigning(layer) => simple_signing::check(layer, target, by),
        Material::Envelope(layer) => envelope::check(layer, target, by),
        Material::Bundle(bundle) => bundle::check(bundle, target, by),
    };
    match checked {
        Ok(proofs) => Outcome::Proven(proofs),
        Err(Failure::Refused(refusal)) => Outcome::Refused(refusal),
        Err(Failure::Unchecked(unchecked)) => Outcome::Unchecked(unchecked),
    }
}

/// Why there is no proof.
#[derive(Clone)]
enum Failure {
    Refused(Refusal),
    Unchecked(Unchecked),
}

impl Failure {
    fn refused(step: Step, reason: impl Into<String>) -> Self {
        Failure::Refused(Refusal { step, reason: reason.into(), claimed_type: None })
    }

    fn unchecked(reason: impl Into<String>) -> Self {
        Failure::Unchecked(Unchecked { reason: reason.into(), claimed_type: None })
    }

    fn claiming(mut self, claimed: Option<String>) -> Self {
        match &mut self {
            Failure::Refused(refusal) => refusal.claimed_type = claimed,
            Failure::Unchecked(unchecked) => unchecked.claimed_type = claimed,
        }
        self
    }
}

/// The failure that says most. What nobody could check may yet turn out good; of refusals, the one that got
/// furthest.
fn telling(failures: Vec<Failure>) -> Option<Failure> {
    failures.into_iter().max_by_key(|failure| match failure {
        Failure::Refused(refusal) => (0, Some(refusal.step)),
        Failure::Unchecked(_) => (1, None),
    })
}

fn list(digests: &[Digest]) -> String {
    digests.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
}

/// The certificate of a bundle, DER: alone, or the first of a chain.
fn certificate_of(bundle: &Value) -> Option<Vec<u8>> {
    let places = [
        "/verificationMaterial/certificate/rawBytes",
        "/verificationMaterial/x509CertificateChain/certificates/0/rawBytes",
    ];
    let text = places.iter().find_map(|place| bundle.pointer(place)?.as_str())?;
    STANDARD.decode(text).ok()
}

/// Whether the key of a log was in use at a time, in nanoseconds since 1970; both ends of its window are inside.
fn was_in_use(log: &TransparencyLog, at: i128) -> bool {
    log.public_key.valid_for.is_none_or(|window| {
        at >= window.start.as_nanosecond() && window.end.is_none_or(|end| at <= end.as_nanosecond())
    })
}
