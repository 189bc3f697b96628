//! Licence expressions (SPDX 2.3, Annex D) against the SPDX licence list, offline.

use super::claims::{Claim, Role};

/// Texts that the parser or a producer accepts and that name no licence.
const NO_LICENCE: [&str; 4] = ["NOASSERTION", "NONE", "UNKNOWN", "SEE_SOURCE"];

/// Whether a licence claim is a valid SPDX expression that names a licence; nothing for other claims.
pub fn validity(claim: &Claim) -> Option<bool> {
    (claim.role == Role::Licence).then(|| claim.value.as_str().is_some_and(is_licence))
}

/// Whether a value is a valid SPDX expression that names a licence.
pub fn is_licence(text: &str) -> bool {
    let expression = text.trim();
    !NO_LICENCE.iter().any(|none| expression.eq_ignore_ascii_case(none))
        && spdx::Expression::parse(expression).is_ok_and(|parsed| {
            !parsed.requirements().any(|requirement| NO_LICENCE.contains(&requirement.req.to_string().as_str()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_expression_that_names_a_licence_counts() {
        for (text, expected) in [
            ("CC-BY-4.0", true),
            ("MIT OR Apache-2.0", true),
            ("LicenseRef-local-terms", true),
            ("CC-BY 4.0", false),
            ("NOASSERTION", false),
            ("MIT AND NOASSERTION", false),
            ("SEE_SOURCE", false),
            ("Public-Domain", false),
            ("", false),
        ] {
            assert_eq!(is_licence(text), expected, "{text}");
        }
    }
}
