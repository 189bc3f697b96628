//! Which public types a file defines.

use super::tokens::{tokens, without_tests};

const TYPES: [&str; 5] = ["struct", "enum", "trait", "type", "union"];

/// The types that everybody may name, by the file's text. What stands within a block is an associated type or a macro's.
pub fn public_types(text: &str) -> Vec<String> {
    let (mut found, mut depth) = (Vec::new(), 0);
    let tokens = without_tests(&tokens(text));
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            "pub" if depth == 0 => match &tokens[at + 1..] {
                [word, name, ..] if TYPES.contains(&word.as_str()) => found.push(name.clone()),
                _ => {}
            },
            _ => {}
        }
    }
    found
}
