//! What stands in a document where a reference or a digest has yet to be filled in.

/// The part of a text that a person was meant to replace.
pub fn placeholder(text: &str) -> Option<&str> {
    if text.contains('…') || text.contains("...") {
        return Some(text);
    }
    let marked = |open: &str, close: &str| text.split_once(open).is_some_and(|(_, rest)| rest.contains(close));
    if marked("<", ">") || marked("${", "}") || marked("{{", "}}") {
        return Some(text);
    }
    text.split(['/', '@', ':', '#']).find(|word| is_placeholder(word))
}

fn is_placeholder(word: &str) -> bool {
    let is_name = !word.is_empty()
        && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-');
    let marks = ["REPLACE", "PIN_ME", "CHANGE_ME", "CHANGEME", "PLACEHOLDER", "TODO", "TBD", "FIXME"];
    let named = is_name && (word.ends_with("DIGEST") || marks.iter().any(|known| word.contains(known)));
    named || (matches!(word.len(), 64 | 128) && (is_one_character(word) || is_counting(word)))
}

fn is_one_character(word: &str) -> bool {
    let first = word.as_bytes().first();
    word.bytes().all(|byte| byte.is_ascii_hexdigit() && Some(&byte) == first)
}

/// `0123456789abcdef` over and over.
fn is_counting(word: &str) -> bool {
    word.as_bytes().chunks(16).all(|chunk| chunk == b"0123456789abcdef")
}
