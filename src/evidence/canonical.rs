//! The digest of a JSON value in one spelling (RFC 8785, JSON Canonicalization Scheme).

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::oci::digest::hex;

/// What is to be done with one member of the top-level object.
pub enum Member {
    /// As it stands.
    Keep,
    /// Another value in its place.
    Replace(Value),
    /// As if it were not there.
    Omit,
}

/// The sha256 in hex of an object whose own members are kept, replaced or left out; none for what has no canonical form.
pub fn digest(object: &Map<String, Value>, member: impl Fn(&str) -> Member) -> Option<String> {
    let members = object.iter().filter_map(|(key, value)| match member(key) {
        Member::Keep => Some((key, Cow::Borrowed(value))),
        Member::Replace(value) => Some((key, Cow::Owned(value))),
        Member::Omit => None,
    });
    let mut hash = Sha256::new();
    serde_json_canonicalizer::to_writer(&members.collect::<BTreeMap<_, _>>(), &mut hash).ok()?;
    Some(hex(&hash.finalize()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sha256(text: &str) -> String {
        hex(&Sha256::digest(text))
    }

    #[test]
    fn numbers_are_those_of_the_standard() {
        // RFC 8785, appendix B.
        for (bits, expected) in [
            (0x0000_0000_0000_0000_u64, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] {
            let written = format!("{{\"number\":{expected}}}");
            let object = json!({"number": f64::from_bits(bits)});
            assert_eq!(digest(object.as_object().unwrap(), |_| Member::Keep), Some(sha256(&written)), "{expected}");
        }
    }

    #[test]
    fn the_example_of_the_standard_has_its_digest() {
        // RFC 8785 §3.2.2 and §3.2.3; the digest is that of the bytes in §3.2.4.
        let value: Value = serde_json::from_str(
            r#"{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
                "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}"#,
        )
        .unwrap();
        let written = "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
                       \"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
        let object = value.as_object().unwrap();
        assert_eq!(digest(object, |_| Member::Keep), Some(sha256(written)));
        let names = json!({"\u{fb33}": 1, "\u{1f600}": 2, "\u{20ac}": 3});
        let sorted = "{\"€\":3,\"😀\":2,\"\u{fb33}\":1}";
        assert_eq!(digest(names.as_object().unwrap(), |_| Member::Keep), Some(sha256(sorted)));
    }
}
