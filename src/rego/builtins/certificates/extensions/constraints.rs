//! Constraints on the names that an authority may certify.

use std::net::IpAddr;

use regorus::Value;

use super::super::der::{Reader, SEQUENCE};
use super::super::fields::{Fields, URI, Unsure, object, packed};
use super::super::names::ascii;
use super::subject::{address, is_host};

/// Sets the constraints; whether all are of a kind that Go reads.
pub(super) fn set(fields: &mut Fields, is_critical: bool, value: &[u8]) -> Result<bool, Unsure> {
    let mut outer = Reader::of(value);
    let mut members = Reader::of(outer.expect(SEQUENCE)?.content);
    let (permitted, excluded) = (members.optional(0xa0)?, members.optional(0xa1)?);
    let subtrees = [permitted, excluded].map(|subtrees| subtrees.map(|subtrees| subtrees.content).unwrap_or_default());
    if !outer.is_empty() || !members.is_empty() || subtrees.iter().all(|subtrees| subtrees.is_empty()) {
        return Err("malformed constraints of names".to_owned());
    }
    let mut are_known = true;
    for (which, subtrees) in ["Permitted", "Excluded"].into_iter().zip(subtrees) {
        are_known &= set_subtrees(fields, which, subtrees)?;
    }
    fields.set("PermittedDNSDomainsCritical", Value::from(is_critical));
    Ok(are_known)
}

fn set_subtrees(fields: &mut Fields, which: &str, content: &[u8]) -> Result<bool, Unsure> {
    let (mut domains, mut mail, mut networks, mut hosts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut are_known = true;
    let mut subtrees = Reader::of(content);
    while !subtrees.is_empty() {
        let name = Reader::of(subtrees.expect(SEQUENCE)?.content).any()?;
        match name.tag {
            0x81 => mail.push(Value::from(domain(name.content)?)),
            0x82 => domains.push(Value::from(domain(name.content)?)),
            URI => hosts.push(Value::from(domain(name.content)?)),
            0x87 => networks.push(network(name.content)?),
            _ => are_known = false,
        }
    }
    fields.set_list(&format!("{which}DNSDomains"), domains);
    fields.set_list(&format!("{which}EmailAddresses"), mail);
    fields.set_list(&format!("{which}IPRanges"), networks);
    fields.set_list(&format!("{which}URIDomains"), hosts);
    Ok(are_known)
}

/// A domain, or all below one.
fn domain(content: &[u8]) -> Result<String, Unsure> {
    let text = ascii(content)?;
    match is_host(text.strip_prefix('.').unwrap_or(&text)) && text.parse::<IpAddr>().is_err() {
        true => Ok(text),
        false => Err(format!("the constraint {text:?}")),
    }
}

/// An address and its mask.
fn network(content: &[u8]) -> Result<Value, Unsure> {
    if !matches!(content.len(), 8 | 32) {
        return Err("a malformed network".to_owned());
    }
    let (base, mask) = content.split_at(content.len() / 2);
    let ones: u32 = mask.iter().map(|byte| byte.leading_ones()).sum();
    let set: u32 = mask.iter().map(|byte| byte.count_ones()).sum();
    let first_zero = mask.iter().position(|byte| *byte != 0xff).unwrap_or(mask.len());
    let behind_is_zero = mask.iter().skip(first_zero + 1).all(|byte| *byte == 0);
    if ones != set || !behind_is_zero {
        return Err("a mask with gaps".to_owned());
    }
    Ok(object([("IP", Value::from(address(base)?)), ("Mask", packed(mask))]))
}
