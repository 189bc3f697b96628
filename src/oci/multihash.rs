//! Multihashes in hex (multiformats.io/multihash; codes of the multicodec table), as STAC's file extension writes checksums.

use super::{Algorithm, Digest};

/// Code and length of the digest, both as the first bytes of a multihash in hex.
const KNOWN: [(&str, Algorithm); 2] = [("1220", Algorithm::Sha256), ("1340", Algorithm::Sha512)];

/// The digest that a multihash is; none for an algorithm that this program does not compute; else what was expected.
pub fn digest(text: &str) -> Result<Option<Digest>, String> {
    let text = text.trim().to_ascii_lowercase();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err("a multihash in hex (for sha256: `1220` and the 64 hex characters, without `sha256:`)".to_owned());
    }
    let Some((code, algorithm)) = KNOWN.iter().find(|(code, _)| text.starts_with(code)) else {
        return Ok(None);
    };
    let name = algorithm.name();
    let digest = format!("{name}:{}", text.get(code.len()..).unwrap_or_default()).parse();
    let length = algorithm.hex_length();
    digest.map(Some).map_err(|_| format!("a multihash of {name} (`{code}` and {length} hex characters)"))
}
