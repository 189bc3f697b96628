//! DSSE envelopes (DSSE 1.0) with in-toto statements (in-toto attestation 0.1 and 1.0), as cosign's `.att`
//! layers and bundles carry them.

use serde_json::Value;

use super::{Failure, Log, NO_ROOT, Proof, SignedContent, Step, Target, authorise, list, signers_of};
use crate::evidence::envelope::Envelope;
use crate::evidence::statement::Statement;
use crate::limits::Limits;
use crate::oci::json::parse_strict;
use crate::trust::{SIGN_PREDICATE, Trust};

/// Payload type of in-toto statements (in-toto attestation, `envelope.md`).
const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// Checks the envelope of a cosign `.att` layer.
pub(super) fn check(layer: &Envelope, target: Target<'_>, trust: &Trust, limits: &Limits) -> Result<Proof, Failure> {
    let log = if layer.has_log_entry { Log::NotChecked } else { Log::NoEntry };
    // 1. A certificate in the annotations takes the place of a key.
    if layer.has_certificate {
        return Err(Failure::unchecked(NO_ROOT).claiming(claimed_type(layer, limits)));
    }
    check_signed(layer, log, target, trust, limits)
}

/// Steps 2 to 6.
pub(super) fn check_signed(
    envelope: &Envelope,
    log: Log,
    target: Target<'_>,
    trust: &Trust,
    limits: &Limits,
) -> Result<Proof, Failure> {
    check_steps(envelope, log, target, trust, limits)
        .map_err(|failure| failure.claiming(claimed_type(envelope, limits)))
}

fn check_steps(
    envelope: &Envelope,
    log: Log,
    target: Target<'_>,
    trust: &Trust,
    limits: &Limits,
) -> Result<Proof, Failure> {
    // 2. The signature is over the pre-authentication encoding, never over the bare payload.
    let signatures: Vec<&[u8]> = envelope.signatures.iter().map(Vec::as_slice).collect();
    let signers = signers_of(trust, target, &envelope.pre_authentication_encoding(), &signatures)?;
    // 3. The statement is about the target.
    let (statement, read) = statement(envelope, limits).map_err(|reason| Failure::refused(Step::Target, reason))?;
    check_target(&read, target)?;
    // 4 to 6.
    let content =
        SignedContent::Statement { predicate_type: read.predicate_type, statement, payload: envelope.payload.clone() };
    authorise(&signers, target, content, log)
}

fn statement(envelope: &Envelope, limits: &Limits) -> Result<(Value, Statement), String> {
    if envelope.payload_type != PAYLOAD_TYPE {
        return Err(format!("the payload type is {:?}, expected {PAYLOAD_TYPE:?}", envelope.payload_type));
    }
    let value = parse_strict(&envelope.payload, limits.json_depth)
        .map_err(|error| format!("the signed statement is not acceptable: {error}"))?;
    let read =
        Statement::read(&value).map_err(|error| format!("the signed payload is not an in-toto statement: {error}"))?;
    Ok((value, read))
}

/// An entry is about the target if one of its digests is the target's. Then every digest in it that can be
/// computed here must be; and a cosign signature may be about nothing else.
fn check_target(statement: &Statement, target: Target<'_>) -> Result<(), Failure> {
    let expected = list(target.digests.get(..1).unwrap_or_default());
    let mut about_target = false;
    for entry in &statement.subjects {
        let ours = entry.digests.iter().filter(|digest| target.digests.contains(digest)).count();
        if ours == 0 {
            continue;
        }
        about_target = true;
        if let Some(other) = entry.digests.iter().find(|digest| !target.digests.contains(digest)) {
            return Err(Failure::refused(
                Step::Target,
                format!(
                    "one entry of its subject names {expected} and, for another algorithm, {other}, which is not the digest of the same bytes"
                ),
            ));
        }
    }
    let others =
        || statement.subjects.iter().flat_map(|entry| &entry.digests).filter(|digest| !target.digests.contains(digest));
    if !about_target {
        let found: Vec<String> = others().map(ToString::to_string).collect();
        let found = if found.is_empty() { "no digest that can be computed here".to_owned() } else { found.join(", ") };
        return Err(Failure::refused(Step::Target, format!("its statement is about {found}, expected {expected}")));
    }
    match others().next() {
        Some(other) if statement.predicate_type == SIGN_PREDICATE => Err(Failure::refused(
            Step::Target,
            format!("the signature names {expected} and also {other}: expected one digest in all entries"),
        )),
        _ => Ok(()),
    }
}

pub(super) fn claimed_type(envelope: &Envelope, limits: &Limits) -> Option<String> {
    parse_strict(&envelope.payload, limits.json_depth)
        .ok()
        .and_then(|statement| statement.get("predicateType").and_then(Value::as_str).map(str::to_owned))
}
