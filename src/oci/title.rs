//! Titles of layers (`org.opencontainers.image.title`, image-spec 1.1 `annotations.md`): the paths to which tools write them.

use icu_normalizer::ComposingNormalizerBorrowed;

/// The path that a title comes to, in a form in which those are equal that some file system takes for one: without `.` and
/// empty parts, `\` as `/`, without case, in one Unicode normalisation (NFKC), without characters that nobody sees, and
/// without the dots and blanks at the end of a part that Windows drops. Only to be compared, never to be opened.
pub fn comparable_path(title: &str) -> String {
    let slashed = folded(title).replace('\\', "/");
    let parts = slashed.split('/').map(|part| match part.trim_end_matches(' ') {
        ".." => "..",
        part => part.trim_end_matches(['.', ' ']),
    });
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
}

/// Caseless and normalised. Upper and then lower case is what folds `ß` to `ss` and `ſ` to `s` (Unicode 16, §5.18.4).
fn folded(text: &str) -> String {
    let normalizer = ComposingNormalizerBorrowed::new_nfkc();
    let visible: String = text.chars().filter(|character| !is_ignorable(*character)).collect();
    normalizer.normalize(&normalizer.normalize(&visible).to_uppercase().to_lowercase()).into_owned()
}

/// Default_Ignorable_Code_Point (Unicode 16, `DerivedCoreProperties.txt`): what is drawn as nothing.
pub fn is_ignorable(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_system_takes_for_one_is_one() {
        for (one, other) in [
            ("a/tiles", "./a//Tiles"),
            ("a/tiles", "a\\tiles"),
            ("é.pmtiles", "e\u{301}.pmtiles"),
            ("straße", "STRASSE"),
            ("s", "ſ"),
            ("a.pmtiles", "a.pmtiles."),
            ("a.pmtiles", "a.pmtiles "),
            ("a.pmtiles", "a\u{200b}.pmtiles"),
            ("ﬁle", "FILE"),
            ("Ελλάς", "ΕΛΛΆΣ"),
            ("../a", ".. /a"),
            ("../a", ".\u{200b}./a"),
        ] {
            assert_eq!(comparable_path(one), comparable_path(other), "{one:?} {other:?}");
        }
        for (one, other) in [("a", "b"), ("a/b", "ab"), ("a..b", "ab"), ("../a", "a"), ("a.tif", "a.tiff")] {
            assert_ne!(comparable_path(one), comparable_path(other), "{one:?} {other:?}");
        }
        for nothing in ["", "/", ".", "./ ", "\u{200b}"] {
            assert_eq!(comparable_path(nothing), "", "{nothing:?}");
        }
    }
}
