//! PEM (RFC 7468). Go also reads what is less tidy; here that is refused.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::fields::Unsure;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// The bytes of all blocks.
pub(super) fn certificates(text: &str) -> Result<Vec<u8>, Unsure> {
    let mut bytes = Vec::new();
    let mut lines = text.lines().map(str::trim_end);
    while let Some(line) = lines.next() {
        if line.is_empty() {
            continue;
        }
        if line != BEGIN {
            return Err("PEM with something beside certificates".to_owned());
        }
        let mut packed = String::new();
        loop {
            match lines.next() {
                Some(END) => break,
                Some(line) => packed.push_str(line),
                None => return Err("PEM without an end".to_owned()),
            }
        }
        bytes.extend(STANDARD.decode(packed).map_err(|error| format!("malformed PEM: {error}"))?);
    }
    Ok(bytes)
}
