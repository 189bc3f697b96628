//! How `sprintf` fills the width that a verb asks for.

/// What stands between `%` and the verb.
#[derive(Debug, Clone, Default)]
pub(super) struct Spec {
    pub plus: bool,
    pub minus: bool,
    pub sharp: bool,
    pub space: bool,
    pub zero: bool,
    pub width: Option<usize>,
    pub precision: Option<usize>,
}

pub(super) fn pad(spec: &Spec, text: String) -> String {
    let missing = spec.width.unwrap_or(0).saturating_sub(text.chars().count());
    match (missing, spec.minus, spec.zero) {
        (0, _, _) => text,
        (_, true, _) => text + &" ".repeat(missing),
        (_, false, true) => "0".repeat(missing) + &text,
        (_, false, false) => " ".repeat(missing) + &text,
    }
}

/// A number's sign and digits, zeros between them if asked for.
pub(super) fn number(spec: &Spec, negative: bool, prefix: &str, digits: &str) -> String {
    let sign = match (negative, spec.plus, spec.space) {
        (true, _, _) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        _ => "",
    };
    let head = format!("{sign}{prefix}");
    if spec.zero && !spec.minus {
        let missing = spec.width.unwrap_or(0).saturating_sub(head.len() + digits.len());
        return head + &"0".repeat(missing) + digits;
    }
    pad(&Spec { zero: false, ..spec.clone() }, head + digits)
}
