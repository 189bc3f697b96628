//! Regular expressions as OPA means them, in Go's syntax (RE2): `\w`, `\d`, `\s` and `\b` are ASCII, a `{` that begins no
//! count is a plain character, and what is no expression there is an error here.
//!
//! With Unicode classes a pattern would accept more than its author wrote, and `\w{1,127}`, which every
//! pattern for a tag needs, would pass the engine's size limit.

use std::iter::Peekable;
use std::str::Chars;

/// How often something may be repeated (Go, regexp/syntax).
const REPEATS: u32 = 1000;

/// The pattern in the engine's syntax; an error says what is no Go pattern.
pub(crate) fn engine_pattern(pattern: &str) -> Result<String, String> {
    let mut result = String::with_capacity(pattern.len());
    let mut rest = pattern;
    let mut in_class = false;
    // The last thing was a count or a star, which nothing but `?` may follow.
    let mut repeated = Repeated::No;
    while let Some(character) = rest.chars().next() {
        let before = repeated;
        repeated = Repeated::No;
        if !in_class && matches!(character, '*' | '+' | '?' | '{') {
            let count = if character == '{' { count(rest)? } else { Some(1) };
            let Some(length) = count else {
                result.push_str("\\{");
                rest = rest.get(1..).unwrap_or_default();
                continue;
            };
            repeated = match (before, character) {
                (Repeated::No, _) => Repeated::Once,
                (Repeated::Once, '?') => Repeated::Lazy,
                _ => return Err(format!("invalid nested repetition operator in {pattern:?}")),
            };
            let (taken, behind) = rest.split_at_checked(length).unwrap_or((rest, ""));
            result.push_str(taken);
            rest = behind;
            continue;
        }
        let mut characters = rest.chars().peekable();
        characters.next();
        match character {
            '\\' => {
                let Some(escaped) = characters.next() else { return Err("trailing backslash".to_owned()) };
                match escaped {
                    'Q' if !in_class => {
                        let text: &str = rest.get(2..).unwrap_or_default();
                        let (quoted, behind) = text.split_once("\\E").unwrap_or((text, ""));
                        result.push_str(&regex::escape(quoted));
                        rest = behind;
                        continue;
                    }
                    'p' | 'P' => property(escaped, &mut characters, &mut result)?,
                    _ => escape(&mut result, escaped, in_class)?,
                }
            }
            '(' if !in_class => {
                result.push('(');
                if characters.next_if_eq(&'?').is_some() {
                    result.push('?');
                    check_flags(&characters)?;
                    // A name or flags: no `?` of a repetition.
                    while let Some(flag) = characters.next_if(|next| !matches!(next, ')' | ':' | '>')) {
                        result.push(flag);
                    }
                    result.extend(characters.next());
                }
            }
            '[' if !in_class => {
                in_class = true;
                result.push('[');
                // `[]a]` and `[^]a]`: a bracket in front is a literal.
                if characters.next_if_eq(&'^').is_some() {
                    result.push('^');
                }
                if characters.next_if_eq(&']').is_some() {
                    result.push_str("\\]");
                }
            }
            '[' => posix_class(&mut result, &mut characters),
            ']' if in_class => {
                in_class = false;
                result.push(']');
            }
            // Set operations of the engine's own dialect, which RE2 reads as plain characters.
            '&' | '~' if in_class => {
                result.push('\\');
                result.push(character);
            }
            '-' if in_class && characters.peek() == Some(&'-') => result.push_str("\\-"),
            other => result.push(other),
        }
        let left: usize = characters.map(char::len_utf8).sum();
        rest = rest.get(rest.len() - left..).unwrap_or_default();
    }
    Ok(result)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeated {
    No,
    Once,
    Lazy,
}

/// The length of `{2}`, `{2,}` or `{2,5}`, if that stands here.
fn count(rest: &str) -> Result<Option<usize>, String> {
    let Some(end) = rest.find('}') else { return Ok(None) };
    let inner = rest.get(1..end).unwrap_or_default();
    let (least, most) = inner.split_once(',').unwrap_or((inner, inner));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(least) || !(is_number(most) || most.is_empty()) {
        return Ok(None);
    }
    let number = |text: &str| text.parse::<u32>().unwrap_or(u32::MAX);
    if number(least) > REPEATS || !most.is_empty() && (number(most) > REPEATS || number(most) < number(least)) {
        return Err(format!("invalid repeat count: {{{inner}}}"));
    }
    Ok(Some(end + 1))
}

/// Behind `(?`: a name, or the flags that Go has.
fn check_flags(characters: &Peekable<Chars<'_>>) -> Result<(), String> {
    let text: String = characters.clone().take(64).collect();
    let is_name = text.starts_with("P<") || text.starts_with('<') && !text.starts_with("<=") && !text.starts_with("<!");
    let flags = text.split([')', ':']).next().unwrap_or_default();
    match is_name || flags.chars().all(|flag| "imsU-".contains(flag)) {
        true => Ok(()),
        false => Err(format!("invalid or unsupported syntax: (?{flags}")),
    }
}

/// `\pL`, `\p{Greek}`, `\p{^L}`.
fn property(letter: char, characters: &mut Peekable<Chars<'_>>, result: &mut String) -> Result<(), String> {
    let mut is_negated = letter == 'P';
    let mut name = String::new();
    match characters.next() {
        Some('{') => {
            if characters.next_if_eq(&'^').is_some() {
                is_negated = !is_negated;
            }
            while let Some(character) = characters.next_if(|next| *next != '}') {
                name.push(character);
            }
            characters.next();
        }
        Some(character) => name.push(character),
        None => {}
    }
    if name.is_empty() || !name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_') {
        return Err(format!("invalid character class range: \\{letter}{{{name}}}"));
    }
    result.push_str(if is_negated { "\\P{" } else { "\\p{" });
    result.push_str(&name);
    result.push('}');
    Ok(())
}

fn escape(result: &mut String, escaped: char, in_class: bool) -> Result<(), String> {
    let (class, inner) = match escaped {
        'w' => ("[0-9A-Za-z_]", "0-9A-Za-z_"),
        'd' => ("[0-9]", "0-9"),
        's' => ("[\\t\\n\\f\\r ]", "\\t\\n\\f\\r "),
        'W' => ("[^0-9A-Za-z_]", "[^0-9A-Za-z_]"),
        'D' => ("[^0-9]", "[^0-9]"),
        'S' => ("[^\\t\\n\\f\\r ]", "[^\\t\\n\\f\\r ]"),
        'b' if !in_class => ("(?-u:\\b)", ""),
        'B' if !in_class => ("(?-u:\\B)", ""),
        // The engine's own assertions: to Go these are plain characters.
        '<' => ("<", "<"),
        '>' => (">", ">"),
        other if other.is_ascii() && !other.is_ascii_alphanumeric() || "aftnrvxAzbB01234567".contains(other) => {
            result.push('\\');
            result.push(other);
            return Ok(());
        }
        other => return Err(format!("invalid escape sequence: \\{other}")),
    };
    result.push_str(if in_class { inner } else { class });
    Ok(())
}

/// `[:alpha:]` inside a class; any other bracket there is a literal.
fn posix_class(result: &mut String, characters: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    if characters.peek() != Some(&':') {
        result.push_str("\\[");
        return;
    }
    result.push('[');
    for character in characters.by_ref() {
        result.push(character);
        if character == ']' {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perl_classes_become_ascii() {
        for (pattern, expected) in [
            (r"^[\w][\w.-]{0,127}$", r"^[0-9A-Za-z_][0-9A-Za-z_.-]{0,127}$"),
            (r"\w+\s\d", r"[0-9A-Za-z_]+[\t\n\f\r ][0-9]"),
            (r"[^\W]", r"[^[^0-9A-Za-z_]]"),
            (r"\bx\B", r"(?-u:\b)x(?-u:\B)"),
            (r"\\w \[\w\]", r"\\w \[[0-9A-Za-z_]\]"),
            (r"[[:alpha:]\d]", r"[[:alpha:]0-9]"),
            (r"[]a]\.", r"[\]a]\."),
            (r"[a&&b]", r"[a\&\&b]"),
            (r"sha256:[a-f0-9]{64}", r"sha256:[a-f0-9]{64}"),
            (r"a{,2}{x}", r"a\{,2}\{x}"),
            (r"a{2,5}?b*?(?i:c)(?P<n>d)", r"a{2,5}?b*?(?i:c)(?P<n>d)"),
            (r"\Qa.b*\E+c", r"a\.b\*+c"),
            (r"\p{^L}\pN\<", r"\P{L}\p{N}<"),
        ] {
            assert_eq!(engine_pattern(pattern).as_deref(), Ok(expected), "{pattern}");
        }
    }

    #[test]
    fn what_is_no_pattern_in_go_is_an_error() {
        for pattern in [
            "\\",
            "a++",
            "a**",
            "a*?*",
            "a{2}{3}",
            "(?x)a",
            "(?u)a",
            "(?R)",
            r"\u0061",
            r"\p{Script=Greek}",
            "a{1001}",
            "a{3,2}",
        ] {
            assert!(engine_pattern(pattern).is_err(), "{pattern}");
        }
    }
}
