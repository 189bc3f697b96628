//! Untrusted text, made safe for a terminal: no escape sequences, no line breaks that fake a line of ours, no
//! characters that reorder or hide what stands beside them.

use crate::oci::title;

/// One line of text: every control character, line break and invisible formatting character becomes visible.
pub fn line(text: &str) -> String {
    text.chars()
        .map(|character| if is_unsafe(character) || character == '\n' { shown(character) } else { character })
        .collect()
}

/// Several lines: line breaks and tabs stay, everything else is as in [`line()`]. The number of characters stays
/// the same, that of bytes may not.
pub fn block(text: &str) -> String {
    text.chars()
        .map(|character| if is_unsafe(character) && character != '\t' { shown(character) } else { character })
        .collect()
}

/// A message of several lines, which may quote text from outside: no line but the first begins with what is in it, so
/// that none looks like a line of ours, or like a command to what reads the log (`::error` of GitHub Actions).
pub fn message(text: &str) -> String {
    block(text).replace('\n', "\n  | ")
}

/// JSON text: what is unsafe can only stand in a string, where an escape means the same.
pub fn json(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if is_unsafe(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                safe.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            safe.push(character);
        }
    }
    safe
}

fn shown(character: char) -> char {
    match character {
        // The control pictures of Unicode stand at U+2400 in the order of ASCII.
        '\0'..='\u{1f}' => char::from_u32(0x2400 + character as u32).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        _ => '\u{fffd}',
    }
}

/// C0 and C1 controls; what is drawn as nothing, bidirectional controls (CVE-2021-42574) and tags among it; and what is
/// not of that property and drawn as nothing all the same: separators of lines, marks of annotations, the controls of
/// hieroglyphs, the empty braille pattern.
fn is_unsafe(character: char) -> bool {
    (character.is_control() && character != '\n')
        || title::is_ignorable(character)
        || matches!(character,
            '\u{2028}'..='\u{2029}' | '\u{2800}' | '\u{fff9}'..='\u{fffb}' | '\u{13430}'..='\u{1343f}'
            | '\u{1d159}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_that_commands_it() {
        assert_eq!(line("\u{1b}]52;c;ZXZpbA\u{7}"), "␛]52;c;ZXZpbA␇");
        assert_eq!(line("a\nPASS\r\t"), "a␊PASS␍␉");
        assert_eq!(json("\"\u{9b}\u{e0041}\""), "\"\\u009b\\udb40\\udc41\"");
        assert_eq!(message("a\n::error::b\r\nPASS"), "a\n  | ::error::b␍\n  | PASS");
        assert_eq!(block("a\n\tb\u{202e}c\u{9b}"), "a\n\tb\u{fffd}c\u{fffd}");
        for hidden in ['\u{3164}', '\u{115f}', '\u{34f}', '\u{fe0f}', '\u{fff3}', '\u{ffa0}', '\u{2800}', '\u{e01ef}'] {
            assert_eq!(line(&format!("a{hidden}b")), "a\u{fffd}b", "{hidden:?}");
            assert!(!json(&format!("\"{hidden}\"")).contains(hidden), "{hidden:?}");
        }
        // Text that people write.
        for shown in ["Ελλάς", "naïve", "e\u{301}", "日本語", "नमस्ते", "a\u{a0}b"] {
            assert_eq!(line(shown), shown);
        }
    }
}
