//! From a JSON pointer (RFC 6901) to the bytes that it means, without building a tree.
//!
//! Runs only when there is something to point at, on text that a JSON parser has already accepted; on any
//! other text it finds less, and never panics.

use std::ops::Range;

/// Where a pointer leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueRange {
    /// Bytes of the value, or of the nearest ancestor that exists.
    pub range: Range<usize>,
    /// Whether the whole pointer was found.
    pub complete: bool,
}

/// Finds the value that a pointer means, or its nearest ancestor where the rest of the pointer is missing.
pub fn locate(text: &[u8], pointer: &str) -> Option<ValueRange> {
    let mut scanner = Scanner { text, at: 0 };
    scanner.space();
    let mut start = scanner.at;
    for segment in segments(pointer) {
        let found = match scanner.peek() {
            Some(b'{') => scanner.member(&segment),
            Some(b'[') => segment.parse().ok().and_then(|index| scanner.item(index)),
            _ => None,
        };
        match found {
            Some(at) => {
                scanner.at = at;
                start = at;
            }
            None => {
                scanner.at = start;
                let end = scanner.value()?;
                return Some(ValueRange { range: start..end, complete: false });
            }
        }
    }
    let end = scanner.value()?;
    Some(ValueRange { range: start..end, complete: true })
}

/// The steps of a JSON pointer.
pub(super) fn segments(pointer: &str) -> impl Iterator<Item = String> {
    pointer.split('/').skip(1).map(|segment| segment.replace("~1", "/").replace("~0", "~"))
}

/// Nesting that the scanner follows; the parser's limit is lower.
const DEPTH: usize = 256;

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        self.space();
        (self.peek() == Some(byte)).then(|| self.at += 1)
    }

    /// Start of the value of this key in the object at hand.
    fn member(&mut self, key: &str) -> Option<usize> {
        self.take(b'{')?;
        loop {
            self.space();
            let start = self.at;
            let end = self.string()?;
            let name: String = serde_json::from_slice(self.text.get(start..end)?).ok()?;
            self.take(b':')?;
            self.space();
            if name == key {
                return Some(self.at);
            }
            self.value()?;
            self.take(b',')?;
        }
    }

    /// Start of an item of the array at hand.
    fn item(&mut self, index: usize) -> Option<usize> {
        self.take(b'[')?;
        for _ in 0..index {
            self.value()?;
            self.take(b',')?;
        }
        self.space();
        (self.peek()? != b']').then_some(self.at)
    }

    /// Passes over a string and gives its end.
    fn string(&mut self) -> Option<usize> {
        self.take(b'"')?;
        loop {
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return Some(self.at);
                }
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
    }

    /// Passes over a value and gives its end.
    fn value(&mut self) -> Option<usize> {
        self.space();
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => {
                    self.string()?;
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' if depth > 0 => {
                    self.at += 1;
                    continue;
                }
                _ => self.scalar()?,
            }
            if depth == 0 {
                return Some(self.at);
            }
            if depth > DEPTH {
                return None;
            }
        }
    }

    fn scalar(&mut self) -> Option<()> {
        let start = self.at;
        while matches!(self.peek(), Some(byte) if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_finds_its_bytes() {
        let text = br#" {"a": [1, {"b/c": "x\"y"}, -2.5e3], "d~": null, "e": {}} "#;
        for (pointer, expected, complete) in [
            ("/a/0", "1", true),
            ("/a/1/b~1c", r#""x\"y""#, true),
            ("/a/2", "-2.5e3", true),
            ("/d~0", "null", true),
            ("/e", "{}", true),
            ("/a/1", r#"{"b/c": "x\"y"}"#, true),
            ("/a/7", r#"[1, {"b/c": "x\"y"}, -2.5e3]"#, false),
            ("/e/f/g", "{}", false),
            ("/d~0/x", "null", false),
        ] {
            let located = locate(text, pointer).unwrap();
            assert_eq!(std::str::from_utf8(&text[located.range]).unwrap(), expected, "{pointer}");
            assert_eq!(located.complete, complete, "{pointer}");
        }
    }

    #[test]
    fn what_is_no_json_finds_nothing_and_does_not_panic() {
        for text in ["", "{", "\"\\", "{\"a\"", "{\"a\":}", "]", "[[[", "{,}", "\u{e4}"] {
            for pointer in ["", "/a", "/0/b"] {
                let _ = locate(text.as_bytes(), pointer);
            }
        }
    }
}
