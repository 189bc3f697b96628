//! DSSE envelopes (DSSE 1.0) with in-toto statements (in-toto attestation 0.1 and 1.0), as cosign's `.att`
//! layers and bundles carry them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::authorise::authorise;
use super::failure::{Failure, Step};
use super::proof::{Proof, SignedContent};
use super::sigstore::{SealedMaterial, over};
use super::target::{VerificationContext, VerificationTarget, computed, list, names};
use super::{certificate, cosign, key};
use crate::evidence::bundle::VerificationMaterial;
use crate::evidence::envelope::{Envelope, PAYLOAD_TYPE};
use crate::evidence::statement::Statement;
use crate::evidence::{Content, document};
use crate::limits::Limits;
use crate::trust::SIGN_PREDICATE;

/// Checks the envelope of a cosign `.att` layer, with what its annotations add.
pub(super) fn check(
    layer: &Envelope,
    target: VerificationTarget<'_>,
    by: VerificationContext<'_>,
) -> Result<Vec<Proof>, Failure> {
    let failure = |failure: Failure| failure.claiming(claimed_type(layer, by.limits));
    // 1. A certificate in the annotations takes the place of a key.
    let material = cosign::material(&layer.annotations, by.limits)
        .map_err(|reason| failure(Failure::refused(Step::Material, reason)))?;
    let content = json!({
        "mediaType": cosign::media_type(&layer.annotations),
        "verificationMaterial": material,
        "dsseEnvelope": {},
    });
    let verification = match layer.annotations.certificate {
        Some(_) => VerificationMaterial::Certificate,
        None => VerificationMaterial::PublicKey,
    };
    let sealed = SealedMaterial::new(in_bundle(layer, content), over(target).map_err(failure)?);
    check_sealed(layer, verification, &sealed, target, by)
}

/// The envelope in a bundle's place for it, in the one alphabet of base64 that every reader takes. What is signed are
/// the bytes.
pub(super) fn in_bundle(envelope: &Envelope, mut bundle: Value) -> Value {
    if let Some(place) = bundle.get_mut("dsseEnvelope") {
        *place = json!({
            "payload": STANDARD.encode(&envelope.payload),
            "payloadType": envelope.payload_type,
            "signatures":
                envelope.signatures.iter().map(|signature| json!({"sig": STANDARD.encode(signature)})).collect::<Vec<_>>(),
        });
    }
    bundle
}

/// Steps 2 to 11.
pub(super) fn check_sealed(
    envelope: &Envelope,
    verification: VerificationMaterial,
    sealed: &SealedMaterial<'_>,
    target: VerificationTarget<'_>,
    by: VerificationContext<'_>,
) -> Result<Vec<Proof>, Failure> {
    check_steps(envelope, verification, sealed, target, by)
        .map_err(|failure| failure.claiming(claimed_type(envelope, by.limits)))
}

fn check_steps(
    envelope: &Envelope,
    verification: VerificationMaterial,
    sealed: &SealedMaterial<'_>,
    target: VerificationTarget<'_>,
    by: VerificationContext<'_>,
) -> Result<Vec<Proof>, Failure> {
    let signed_statement = || {
        // 7. The statement is about the target.
        let (statement, read) =
            statement(envelope, by.limits).map_err(|reason| Failure::refused(Step::Target, reason))?;
        check_target(&read, target)?;
        let predicate_type = read.predicate_type;
        Ok(SignedContent::Statement { predicate_type, statement, payload: envelope.payload.clone() })
    };
    // 2 to 6, and 8. The signature is over the pre-authentication encoding, never over the bare payload.
    let (signatures, content) = match verification {
        VerificationMaterial::Certificate => {
            // Step 7 first: the library says less about it.
            let content = signed_statement()?;
            (certificate::check(sealed, target, by)?, content)
        }
        VerificationMaterial::PublicKey => {
            let signatures: Vec<&[u8]> = envelope.signatures.iter().map(Vec::as_slice).collect();
            let message = envelope.pre_authentication_encoding();
            let signed = key::SignedBytes { message: Some(&message), signatures: &signatures };
            (key::check(&signed, sealed, target, by)?, signed_statement()?)
        }
    };
    // 9 to 11.
    authorise(signatures, target, &content, by)
}

fn statement(envelope: &Envelope, limits: &Limits) -> Result<(Content, Statement), String> {
    if envelope.payload_type != PAYLOAD_TYPE {
        return Err(format!("the payload type is {:?}, expected {PAYLOAD_TYPE:?}", envelope.payload_type));
    }
    let content = Content::parse(&envelope.payload, limits.json_depth, document::kind_of_statement)
        .map_err(|error| format!("the signed statement is not acceptable: {error}"))?;
    let read = Statement::read(content.value())
        .map_err(|error| format!("the signed payload is not an in-toto statement: {error}"))?;
    Ok((content, read))
}

/// One entry has to be about the target, and a cosign signature may be about nothing else.
fn check_target(statement: &Statement, target: VerificationTarget<'_>) -> Result<(), Failure> {
    let refused = |reason: String| Failure::refused(Step::Target, reason);
    let expected = list(target.digests.get(..1).unwrap_or_default());
    let all = || statement.subjects.iter().flat_map(|entry| &entry.digests);
    if !names(&statement.subjects, target.digests, target.bytes).map_err(refused)? {
        let found: Vec<String> = all().map(ToString::to_string).collect();
        let found = if found.is_empty() { "no digest that can be computed here".to_owned() } else { found.join(", ") };
        return Err(refused(format!("its statement is about {found}, expected {expected}")));
    }
    let computed = computed(target.digests, target.bytes);
    match all().find(|digest| !computed.contains(digest)) {
        Some(other) if statement.predicate_type == SIGN_PREDICATE => {
            Err(refused(format!("the signature names {expected} and also {other}: expected one digest in all entries")))
        }
        _ => Ok(()),
    }
}

pub(super) fn claimed_type(envelope: &Envelope, limits: &Limits) -> Option<String> {
    let read = Content::parse(&envelope.payload, limits.json_depth, document::kind_of_statement).ok()?;
    read.value().get("predicateType").and_then(Value::as_str).map(str::to_owned)
}
