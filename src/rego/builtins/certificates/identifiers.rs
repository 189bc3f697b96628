//! Object identifiers.

use regorus::Value;

use super::fields::Unsure;

/// The parts of an identifier; Go takes none above 31 bits.
pub(super) fn parts(content: &[u8]) -> Result<Vec<u32>, Unsure> {
    let malformed = || "an object identifier that Go may not take".to_owned();
    let (mut parts, mut part, mut is_open) = (Vec::new(), 0u32, false);
    for byte in content {
        if !is_open && *byte == 0x80 || part >= 1 << 24 {
            return Err(malformed());
        }
        part = part << 7 | u32::from(byte & 0x7f);
        is_open = byte & 0x80 != 0;
        if !is_open {
            // The first two are one.
            if parts.is_empty() {
                let first = (part / 40).min(2);
                parts.push(first);
                part -= first * 40;
            }
            parts.push(part);
            part = 0;
        }
    }
    if is_open || parts.is_empty() { Err(malformed()) } else { Ok(parts) }
}

/// An identifier as a list of numbers.
pub(super) fn listed(parts: &[u32]) -> Value {
    parts.iter().map(|part| Value::from(i64::from(*part))).collect::<Vec<_>>().into()
}

/// An identifier as it is written.
pub(super) fn dotted(parts: &[u32]) -> String {
    parts.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}
