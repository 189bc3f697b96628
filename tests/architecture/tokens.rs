//! Rust as tokens, as far as imports need it: words, `::` and single signs, without comments, texts and tests.

/// A word, `::`, or one sign.
pub type Token = String;

/// The tokens of a file. Texts and characters leave `"` behind, lifetimes nothing.
pub fn tokens(text: &str) -> Vec<Token> {
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some(first) = rest.chars().next() {
        let is_word = |character: char| character.is_alphanumeric() || character == '_';
        let length = match first {
            _ if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            _ if rest.starts_with("/*") => rest.find("*/").unwrap() + 2,
            _ if raw_length(rest).is_some() => raw_length(rest).unwrap(),
            '"' => quoted_length(rest, '"'),
            '\'' => character_length(rest),
            _ if is_word(first) => rest.find(|character| !is_word(character)).unwrap_or(rest.len()),
            _ if rest.starts_with("::") => 2,
            _ => first.len_utf8(),
        };
        let token = &rest[..length];
        let silent = first.is_whitespace() || first == '\'' || token.starts_with("//") || token.starts_with("/*");
        if !silent {
            found.push(if token.ends_with(['"', '#']) && length > 1 { "\"".to_owned() } else { token.to_owned() });
        }
        rest = &rest[length..];
    }
    found
}

/// How long a raw text is that begins here, if one does.
fn raw_length(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let marks = after.len() - after.trim_start_matches('#').len();
    let inside = after[marks..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(marks));
    Some(rest.len() - inside.len() + inside.find(&end)? + end.len())
}

fn quoted_length(rest: &str, mark: char) -> usize {
    let mut escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == mark => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// A character such as `'a'` and `'\n'` whole, of a lifetime its mark and name.
fn character_length(rest: &str) -> usize {
    let mut characters = rest.char_indices().skip(1);
    let (first, second) = (characters.next(), characters.next());
    match (first, second) {
        (Some((_, '\\')), _) | (_, Some((_, '\''))) => quoted_length(rest, '\''),
        _ => rest[1..].find(|character: char| !character.is_alphanumeric() && character != '_').unwrap() + 1,
    }
}

/// The code without what stands under `#[cfg(test)]`.
pub fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let mark = ["#", "[", "cfg", "(", "test", ")", "]"];
    let (mut kept, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        if tokens[at..].iter().take(mark.len()).eq(mark.iter()) {
            at += mark.len() + item_length(&tokens[at + mark.len()..]);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// How long an item is: to its semicolon, or to the end of its block.
fn item_length(tokens: &[Token]) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "{" | "(" | "[" => depth += 1,
            ")" | "]" => depth -= 1,
            "}" => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            ";" if depth == 0 => return at + 1,
            _ => {}
        }
    }
    tokens.len()
}
