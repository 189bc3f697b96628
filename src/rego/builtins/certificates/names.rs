//! Names of issuers and subjects (Go: `pkix.Name`), and texts.

use regorus::Value;

use super::der::{OBJECT_IDENTIFIER, Reader, SEQUENCE, SET};
use super::fields::{Fields, Unsure, object};
use super::identifiers::{listed, parts};

/// Attributes of which there may be several, by the last part of their identifier (2.5.4.x).
const LISTS: [(u32, &str); 7] = [
    (6, "Country"),
    (7, "Locality"),
    (8, "Province"),
    (9, "StreetAddress"),
    (10, "Organization"),
    (11, "OrganizationalUnit"),
    (17, "PostalCode"),
];

/// Attributes of which the last counts.
const SINGLE: [(u32, &str); 2] = [(3, "CommonName"), (5, "SerialNumber")];

/// A name.
pub(super) fn name(content: &[u8]) -> Result<Value, Unsure> {
    let mut attributes: Vec<(Vec<u32>, String)> = Vec::new();
    let mut sets = Reader::of(content);
    while !sets.is_empty() {
        let mut set = Reader::of(sets.expect(SET)?.content);
        while !set.is_empty() {
            let mut attribute = Reader::of(set.expect(SEQUENCE)?.content);
            let identifier = parts(attribute.expect(OBJECT_IDENTIFIER)?.content)?;
            let value = attribute.any()?;
            attributes.push((identifier, string(value.tag, value.content)?));
        }
    }
    let of = |part: u32| {
        let found = attributes.iter().filter(move |(identifier, _)| identifier.as_slice() == [2, 5, 4, part]);
        found.map(|(_, value)| Value::from(value.as_str()))
    };
    let mut fields = Fields::default();
    for (part, field) in LISTS {
        fields.set_list(field, of(part).collect());
    }
    for (part, field) in SINGLE {
        fields.set(field, of(part).next_back().unwrap_or_else(|| Value::from("")));
    }
    let all = attributes
        .iter()
        .map(|(identifier, value)| object([("Type", listed(identifier)), ("Value", Value::from(value.as_str()))]));
    fields.set_list("Names", all.collect());
    fields.set("ExtraNames", Value::Null);
    Ok(fields.0.into_value())
}

/// A text of one of the usual kinds.
fn string(tag: u8, content: &[u8]) -> Result<String, Unsure> {
    const UTF8: u8 = 0x0c;
    const PRINTABLE: u8 = 0x13;
    let is_printable = |byte: &u8| byte.is_ascii_alphanumeric() || b"'()+,-./ :=?*&".contains(byte);
    match tag {
        UTF8 => String::from_utf8(content.to_vec()).map_err(|_| "a name that is no UTF-8".to_owned()),
        PRINTABLE if content.iter().all(is_printable) => ascii(content),
        IA5 => ascii(content),
        _ => Err("a name that is no plain text".to_owned()),
    }
}

const IA5: u8 = 0x16;

/// A text of ASCII characters.
pub(super) fn ascii(content: &[u8]) -> Result<String, Unsure> {
    match std::str::from_utf8(content) {
        Ok(text) if text.is_ascii() => Ok(text.to_owned()),
        _ => Err("a text that is not ASCII".to_owned()),
    }
}
