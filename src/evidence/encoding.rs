//! Base64 as envelopes, bundles and annotations carry it.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// Decodes base64 in the standard or the URL-safe alphabet, as DSSE allows; line breaks are passed over.
pub(super) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let breaks = ['\n', '\r'];
    let text = if text.contains(breaks) { Cow::Owned(text.replace(breaks, "")) } else { Cow::Borrowed(text) };
    let alphabet = if text.contains(['-', '_']) { &base64::alphabet::URL_SAFE } else { &base64::alphabet::STANDARD };
    GeneralPurpose::new(alphabet, LENIENT).decode(text.as_bytes()).ok()
}
