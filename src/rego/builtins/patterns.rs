//! Regular expressions as OPA means them: in RE2, `\w`, `\d`, `\s` and `\b` are ASCII.
//!
//! With Unicode classes a pattern would accept more than its author wrote, and `\w{1,127}`, which every
//! pattern for a tag needs, would pass the engine's size limit.

/// The pattern with ASCII classes written out.
pub(crate) fn ascii_classes(pattern: &str) -> String {
    let mut result = String::with_capacity(pattern.len());
    let mut characters = pattern.chars().peekable();
    let mut in_class = false;
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                let Some(escaped) = characters.next() else {
                    result.push('\\');
                    break;
                };
                escape(&mut result, escaped, in_class);
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
    }
    result
}

fn escape(result: &mut String, escaped: char, in_class: bool) {
    let (class, inner) = match escaped {
        'w' => ("[0-9A-Za-z_]", "0-9A-Za-z_"),
        'd' => ("[0-9]", "0-9"),
        's' => ("[\\t\\n\\f\\r ]", "\\t\\n\\f\\r "),
        'W' => ("[^0-9A-Za-z_]", "[^0-9A-Za-z_]"),
        'D' => ("[^0-9]", "[^0-9]"),
        'S' => ("[^\\t\\n\\f\\r ]", "[^\\t\\n\\f\\r ]"),
        'b' if !in_class => ("(?-u:\\b)", ""),
        'B' if !in_class => ("(?-u:\\B)", ""),
        other => {
            result.push('\\');
            result.push(other);
            return;
        }
    };
    result.push_str(if in_class { inner } else { class });
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
            ("\\", "\\"),
        ] {
            assert_eq!(ascii_classes(pattern), expected, "{pattern}");
        }
    }
}
