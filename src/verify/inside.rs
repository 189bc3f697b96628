//! What stands in a bundle and in a trusted root, where the verifier's library does not say it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sigstore_verify::trust_root::TransparencyLog;

/// The certificate of a bundle, DER: alone, or the first of a chain.
pub(super) fn certificate_of(bundle: &Value) -> Option<Vec<u8>> {
    let places = [
        "/verificationMaterial/certificate/rawBytes",
        "/verificationMaterial/x509CertificateChain/certificates/0/rawBytes",
    ];
    let text = places.iter().find_map(|place| bundle.pointer(place)?.as_str())?;
    STANDARD.decode(text).ok()
}

/// Whether the key of a log was in use at a time, in nanoseconds since 1970; both ends of its window are inside.
pub(super) fn was_in_use(log: &TransparencyLog, at: i128) -> bool {
    log.public_key.valid_for.is_none_or(|window| {
        at >= window.start.as_nanosecond() && window.end.is_none_or(|end| at <= end.as_nanosecond())
    })
}
