//! PEM (RFC 7468, in its laxer form of §2: lines of any length), as certificates and log entries carry it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Label and bytes of the first block; the error says what is wrong.
pub(super) fn first_block(text: &str) -> Result<(&str, Vec<u8>), String> {
    let (_, rest) = text.split_once("-----BEGIN ").ok_or("it has no `-----BEGIN …-----`")?;
    let (label, rest) = rest.split_once("-----").ok_or("its first line has no end")?;
    let (body, _) = rest.split_once(&format!("-----END {label}-----")).ok_or("it has no `-----END …-----`")?;
    let body: String = body.split_ascii_whitespace().collect();
    STANDARD.decode(body).map(|bytes| (label, bytes)).map_err(|error| format!("it is not base64: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_block_is_read_whatever_its_lines() {
        let bytes = b"soils".to_vec();
        for text in [
            "-----BEGIN A-----\nc29pbHM=\n-----END A-----\n",
            "\r\n-----BEGIN A-----\r\nc29p\r\nbHM=\r\n-----END A-----",
            "-----BEGIN A-----\nc29pbHM=\n-----END A-----\n-----BEGIN B-----\nAAAA\n-----END B-----\n",
        ] {
            assert_eq!(first_block(text), Ok(("A", bytes.clone())), "{text}");
        }
        for (text, reason) in [
            ("", "`-----BEGIN "),
            ("-----BEGIN A", ""),
            ("-----BEGIN A-----\nAAAA\n-----END B-----", "`-----END "),
            ("-----BEGIN A-----\n%\n-----END A-----", "base64"),
        ] {
            assert!(first_block(text).unwrap_err().contains(reason), "{text}");
        }
    }
}
