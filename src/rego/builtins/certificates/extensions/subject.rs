//! Alternative names of the subject.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use regorus::Value;

use super::super::der::{Reader, SEQUENCE};
use super::super::fields::{Fields, URI, Unsure, object};
use super::super::names::ascii;

/// Sets the names; whether there is one of a kind that Go reads.
pub(super) fn set(fields: &mut Fields, value: &[u8]) -> Result<bool, Unsure> {
    let mut names = Reader::of(Reader::of(value).expect(SEQUENCE)?.content);
    let (mut mail, mut hosts, mut addresses) = (Vec::new(), Vec::new(), Vec::new());
    let (mut uris, mut texts) = (Vec::new(), Vec::new());
    while !names.is_empty() {
        let name = names.any()?;
        match name.tag {
            0x81 => mail.push(Value::from(ascii(name.content)?)),
            0x82 => hosts.push(Value::from(ascii(name.content)?)),
            0x87 => addresses.push(Value::from(address(name.content)?)),
            URI => {
                let text = ascii(name.content)?;
                uris.push(uri(&text)?);
                texts.push(Value::from(text));
            }
            _ => {}
        }
    }
    let is_read = [&mail, &hosts, &addresses, &uris].iter().any(|list| !list.is_empty());
    fields.set_list("EmailAddresses", mail);
    fields.set_list("DNSNames", hosts);
    fields.set_list("IPAddresses", addresses);
    fields.set_list("URIs", uris);
    fields.set_list("URIStrings", texts);
    Ok(is_read)
}

/// An address as Go writes it.
pub(super) fn address(bytes: &[u8]) -> Result<String, Unsure> {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return Ok(IpAddr::from(Ipv4Addr::from(bytes)).to_string());
    }
    let bytes = <[u8; 16]>::try_from(bytes).map_err(|_| "a malformed address".to_owned())?;
    let address = Ipv6Addr::from(bytes);
    if let Some(mapped) = address.to_ipv4_mapped() {
        return Ok(mapped.to_string());
    }
    // `::1.2.3.4` has had several spellings.
    let is_compatible = address.to_ipv4().is_some() && !address.is_loopback() && !address.is_unspecified();
    if is_compatible { Err("an address of an old kind".to_owned()) } else { Ok(address.to_string()) }
}

/// An address as Go's `url.URL`, if it is a plain one: without escapes, a user, a port, a query and a fragment.
fn uri(text: &str) -> Result<Value, Unsure> {
    let unusual = || format!("the address {text:?} in other than a plain form");
    let (scheme, rest) = text.split_once("://").ok_or_else(unusual)?;
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let in_scheme = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit();
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_lowercase()) && scheme.chars().all(in_scheme);
    let in_path = |character: char| character.is_ascii_alphanumeric() || "-_.~$&+,/:;=@".contains(character);
    if !is_scheme || !is_host(host) || !path.chars().all(in_path) {
        return Err(unusual());
    }
    let empty = || Value::from("");
    Ok(object([
        ("Scheme", Value::from(scheme)),
        ("Opaque", empty()),
        ("User", Value::Null),
        ("Host", Value::from(host)),
        ("Path", Value::from(path)),
        ("Fragment", empty()),
        ("RawQuery", empty()),
        ("RawPath", empty()),
        ("RawFragment", empty()),
        ("ForceQuery", Value::from(false)),
        ("OmitHost", Value::from(false)),
    ]))
}

/// Whether a text is a host name that Go takes everywhere.
pub(super) fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        let fits = |character: char| character.is_ascii_alphanumeric() || character == '-';
        !label.is_empty() && label.len() <= 63 && label.chars().all(fits)
    };
    text.len() <= 253 && text.split('.').all(is_label)
}
