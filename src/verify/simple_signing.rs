//! cosign's `.sig` layers (cosign `specs/SIGNATURE_SPEC.md`).

use super::{Failure, Log, NO_ROOT, Proof, SignedContent, Step, Target, authorise, list, signers_of};
use crate::evidence::simple_signing::SimpleSigning;
use crate::limits::Limits;
use crate::trust::{SIGN_PREDICATE, Trust};

pub(super) fn check(
    layer: &SimpleSigning,
    target: Target<'_>,
    trust: &Trust,
    limits: &Limits,
) -> Result<Proof, Failure> {
    check_steps(layer, target, trust, limits).map_err(|failure| failure.claiming(Some(SIGN_PREDICATE.to_owned())))
}

fn check_steps(layer: &SimpleSigning, target: Target<'_>, trust: &Trust, limits: &Limits) -> Result<Proof, Failure> {
    // 1. The signature stands in an annotation; a certificate there takes the place of a key.
    if layer.has_certificate {
        return Err(Failure::unchecked(NO_ROOT));
    }
    let signature = layer.signature.as_deref().ok_or_else(|| {
        Failure::refused(
            Step::Material,
            "the layer has no annotation `dev.cosignproject.cosign/signature` with a base64 signature",
        )
    })?;
    // 2. The signature is over the layer's bytes.
    let signers = signers_of(trust, target, &layer.payload, &[signature])?;
    // 3. The payload names the manifest's digest.
    let claimed = layer.claimed_digest(limits).map_err(|reason| {
        Failure::refused(Step::Target, format!("the signed payload is not a cosign signature: {reason}"))
    })?;
    if !target.digests.contains(&claimed) {
        return Err(Failure::refused(
            Step::Target,
            format!("it signs {claimed}, expected {}", list(target.digests.get(..1).unwrap_or_default())),
        ));
    }
    // 4 to 6.
    let log = if layer.has_log_entry { Log::NotChecked } else { Log::NoEntry };
    authorise(&signers, target, SignedContent::Target, log)
}
