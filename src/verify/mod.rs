//! The only place that can make a [`Proof`].
//!
//! Every kind of signed material follows the same numbered steps; the files beside this one say what each
//! step means for their kind.
//!
//! 1. The material is complete: it has a signature, and no certificate in place of a key.
//! 2. A key of a signer verifies the signature over exactly the signed bytes.
//! 3. The signed content names what it is about, by every digest that can be computed here.
//! 4. The signer may sign for the subject's repository.
//! 5. The signer may sign this predicate type.
//! 6. The transparency log is what the signer's entry demands.

use serde_json::Value;

use crate::evidence::recognise::Material;
use crate::limits::Limits;
use crate::oci::{Digest, Repository};
use crate::trust::{RepositoryPermission, SIGN_PREDICATE, Signer, Trust};

mod bundle;
mod envelope;
mod simple_signing;

/// What signed content has to be about.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// All digests of the manifest, computed here.
    pub digests: &'a [Digest],
    /// The manifest's bytes.
    pub bytes: &'a [u8],
    /// The subject's repository: permissions concern it, never a mirror's or the place of the evidence.
    pub repository: Option<&'a Repository>,
    /// Whether this is the subject, and not one of its referrers.
    pub is_subject: bool,
}

/// That a permitted signer signed content about a target. It can only be made here.
#[derive(Debug, Clone, PartialEq)]
pub struct Proof {
    signer: String,
    fingerprint: Digest,
    algorithm: &'static str,
    target: Digest,
    content: SignedContent,
    log: Log,
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
        statement: Value,
        /// The payload's bytes, in which JSON pointers into the statement are located.
        payload: Vec<u8>,
    },
}

/// What is known of the transparency log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Log {
    /// There is no entry.
    NoEntry,
    /// There is an entry, and no trusted root to check it with.
    NotChecked,
}

impl Proof {
    /// Name of the signer's entry.
    pub fn signer(&self) -> &str {
        &self.signer
    }

    /// sha256 of the signer's key.
    pub fn fingerprint(&self) -> &Digest {
        &self.fingerprint
    }

    /// Algorithm of the signer's key.
    pub fn algorithm(&self) -> &'static str {
        self.algorithm
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
    pub fn log(&self) -> Log {
        self.log
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
    Signature,
    /// Step 3.
    Target,
    /// Step 4.
    Repository,
    /// Step 5.
    PredicateType,
    /// Step 6.
    Log,
}

impl Step {
    /// What the step asks.
    pub fn name(self) -> &'static str {
        match self {
            Step::Material => "material",
            Step::Signature => "signature",
            Step::Target => "target",
            Step::Repository => "repository",
            Step::PredicateType => "predicate type",
            Step::Log => "transparency log",
        }
    }
}

/// What became of one piece of signed material.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It proves something.
    Proven(Box<Proof>),
    /// It was checked and is bad.
    Refused(Refusal),
    /// Nothing here could check it.
    Unchecked(Unchecked),
}

/// Verifies one piece of signed material against a target.
pub fn verify(material: &Material, target: Target<'_>, trust: &Trust, limits: &Limits) -> Outcome {
    let checked = match material {
        Material::SimpleSigning(layer) => simple_signing::check(layer, target, trust, limits),
        Material::Envelope(layer) => envelope::check(layer, target, trust, limits),
        Material::Bundle(bundle) => bundle::check(bundle, target, trust, limits),
    };
    match checked {
        Ok(proof) => Outcome::Proven(Box::new(proof)),
        Err(Failure::Refused(refusal)) => Outcome::Refused(refusal),
        Err(Failure::Unchecked(unchecked)) => Outcome::Unchecked(unchecked),
    }
}

/// Why there is no proof.
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

/// Step 1, for certificates: without a trusted root nobody vouches for them.
const NO_ROOT: &str = "it is signed with a certificate (keyless), and no trusted root was given";

/// Step 2: the signers whose key verifies one of the signatures.
fn signers_of<'t>(
    trust: &'t Trust,
    target: Target<'_>,
    message: &[u8],
    signatures: &[&[u8]],
) -> Result<Vec<&'t Signer>, Failure> {
    let found: Vec<&Signer> = trust
        .signers()
        .iter()
        .filter(|signer| signatures.iter().any(|signature| signer.key().verifies(message, signature)))
        .collect();
    if !found.is_empty() {
        return Ok(found);
    }
    if trust.signers().is_empty() {
        return Err(Failure::unchecked("no key was given to check it with"));
    }
    if !trust.is_applicable(target.repository) {
        return Err(Failure::unchecked("no signer is configured for this repository"));
    }
    let names: Vec<&str> = trust.signers().iter().map(Signer::name).collect();
    Err(Failure::refused(
        Step::Signature,
        format!("no key of the configured signers verifies it (tried: {})", names.join(", ")),
    ))
}

/// Steps 4 to 6: the first signer that may sign this makes the proof.
fn authorise(signers: &[&Signer], target: Target<'_>, content: SignedContent, log: Log) -> Result<Proof, Failure> {
    let predicate_type = match &content {
        SignedContent::Target => SIGN_PREDICATE,
        SignedContent::Statement { predicate_type, .. } => predicate_type.as_str(),
    };
    let mut failures = Vec::new();
    for signer in signers {
        match permission(signer, target, predicate_type, log) {
            Ok(()) => return Ok(prove(signer, target, content, log)),
            Err(failure) => failures.push(failure),
        }
    }
    // What nobody could check says more than what somebody refused: it may yet turn out good.
    let unchecked = failures.iter().position(|failure| matches!(failure, Failure::Unchecked(_))).unwrap_or_default();
    if failures.is_empty() {
        return Err(Failure::refused(Step::Signature, "no signer verifies it"));
    }
    Err(failures.swap_remove(unchecked))
}

fn permission(signer: &Signer, target: Target<'_>, predicate_type: &str, log: Log) -> Result<(), Failure> {
    let name = signer.name();
    match signer.repository_permission(target.repository) {
        RepositoryPermission::Permitted => {}
        RepositoryPermission::OtherRepositories => {
            let repository = target.repository.map(ToString::to_string).unwrap_or_default();
            let reason = format!("signer `{name}` may not sign for the repository {repository}");
            return Err(Failure::refused(Step::Repository, reason));
        }
        RepositoryPermission::RepositoryUnknown => {
            return Err(Failure::unchecked(format!(
                "signer `{name}` is limited to repositories, and a layout has none: say with `--as HOST/REPOSITORY` which one it stands for"
            )));
        }
    }
    // A signature of a referrer vouches for the documents in it; their kinds are compared in `dossier`.
    let vouches_for_documents = !target.is_subject && predicate_type == SIGN_PREDICATE;
    if !vouches_for_documents && !signer.permits_predicate(predicate_type) {
        return Err(Failure::refused(
            Step::PredicateType,
            format!(
                "signer `{name}` may not sign the predicate type {predicate_type:?} (it may: {})",
                signer.predicate_types().join(", ")
            ),
        ));
    }
    match log {
        _ if !signer.requires_log() => Ok(()),
        Log::NoEntry => Err(Failure::refused(
            Step::Log,
            format!("signer `{name}` requires a transparency-log entry, and there is none"),
        )),
        Log::NotChecked => Err(Failure::unchecked(format!(
            "signer `{name}` requires a transparency-log entry; there is one, and no trusted root to check it with"
        ))),
    }
}

fn prove(signer: &Signer, target: Target<'_>, content: SignedContent, log: Log) -> Proof {
    Proof {
        signer: signer.name().to_owned(),
        fingerprint: signer.key().fingerprint().clone(),
        algorithm: signer.key().algorithm(),
        // `digests` begins with the one that the target was named by.
        target: target.digests.first().cloned().unwrap_or_else(|| Digest::sha256(target.bytes)),
        content,
        log,
    }
}

fn list(digests: &[Digest]) -> String {
    digests.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
}
