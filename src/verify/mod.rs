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

use crate::evidence::recognise::SignedMaterial;
pub use crate::trust::SignedBy;

mod authorise;
mod bundle;
mod certificate;
mod cosign;
mod envelope;
mod failure;
mod inside;
mod intoto;
mod key;
mod pem;
mod proof;
mod sigstore;
mod simple_signing;
mod target;

use failure::Failure;
pub use failure::{Refusal, Step, UncheckedMaterial};
pub use proof::{Clock, Log, Proof, SignedContent, SigningTime};
pub use target::{VerificationContext, VerificationTarget, names};

/// What became of one piece of signed material.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It proves something: one proof for each signer that it is a signature of.
    Proven(Vec<Proof>),
    /// It was checked and is bad.
    Refused(Refusal),
    /// Nothing here could check it.
    Unchecked(UncheckedMaterial),
}

/// Verifies one piece of signed material against a target.
pub fn verify(material: &SignedMaterial, target: VerificationTarget<'_>, by: VerificationContext<'_>) -> Outcome {
    let checked = match material {
        SignedMaterial::SimpleSigning(layer) => simple_signing::check(layer, target, by),
        SignedMaterial::Envelope(layer) => envelope::check(layer, target, by),
        SignedMaterial::Bundle(bundle) => bundle::check(bundle, target, by),
    };
    match checked {
        Ok(proofs) => Outcome::Proven(proofs),
        Err(Failure::Refused(refusal)) => Outcome::Refused(refusal),
        Err(Failure::Unchecked(unchecked)) => Outcome::Unchecked(unchecked),
    }
}
