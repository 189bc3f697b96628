//! Extensions (RFC 5280 section 4.2): each as it is, and what Go reads of those that it knows.

mod constraints;
mod subject;

use std::collections::BTreeSet;

use regorus::Value;

use super::der::{self, BIT_STRING, BOOLEAN, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, Reader, SEQUENCE};
use super::fields::{Fields, URI, Unsure, list_of, object, packed};
use super::identifiers::{dotted, listed, parts};
use super::names::ascii;

/// Fields that are `null` without an extension.
const LISTS: [&str; 27] = [
    "AuthorityKeyId",
    "CRLDistributionPoints",
    "DNSNames",
    "EmailAddresses",
    "ExcludedDNSDomains",
    "ExcludedEmailAddresses",
    "ExcludedIPRanges",
    "ExcludedURIDomains",
    "ExtKeyUsage",
    "Extensions",
    "ExtraExtensions",
    "IPAddresses",
    "IssuingCertificateURL",
    "OCSPServer",
    "PermittedDNSDomains",
    "PermittedEmailAddresses",
    "PermittedIPRanges",
    "PermittedURIDomains",
    "Policies",
    "PolicyIdentifiers",
    "PolicyMappings",
    "PublicKey",
    "SubjectKeyId",
    "URIStrings",
    "URIs",
    "UnhandledCriticalExtensions",
    "UnknownExtKeyUsage",
];
const FLAGS: [&str; 7] = [
    "BasicConstraintsValid",
    "InhibitAnyPolicyZero",
    "InhibitPolicyMappingZero",
    "IsCA",
    "MaxPathLenZero",
    "PermittedDNSDomainsCritical",
    "RequireExplicitPolicyZero",
];
const NUMBERS: [&str; 5] =
    ["InhibitAnyPolicy", "InhibitPolicyMapping", "KeyUsage", "MaxPathLen", "RequireExplicitPolicy"];

/// What a certificate without extensions has.
pub(super) fn set_absent(fields: &mut Fields) {
    LISTS.iter().for_each(|name| fields.set(name, Value::Null));
    FLAGS.iter().for_each(|name| fields.set(name, Value::from(false)));
    NUMBERS.iter().for_each(|name| fields.set(name, Value::from(0)));
}

/// Sets what the extensions say.
pub(super) fn set(fields: &mut Fields, content: &[u8]) -> Result<(), Unsure> {
    let mut reader = Reader::of(content);
    let (mut all, mut seen, mut unhandled) = (Vec::new(), BTreeSet::new(), Vec::new());
    while !reader.is_empty() {
        let mut extension = Reader::of(reader.expect(SEQUENCE)?.content);
        let identifier = parts(extension.expect(OBJECT_IDENTIFIER)?.content)?;
        let critical = extension.optional(BOOLEAN)?.map(|critical| der::boolean(critical.content)).transpose()?;
        let is_critical = critical.unwrap_or_default();
        let value = extension.expect(OCTET_STRING)?.content;
        let id = listed(&identifier);
        all.push(object([("Id", id.clone()), ("Critical", Value::from(is_critical)), ("Value", packed(value))]));
        let is_handled = set_one(fields, &identifier, is_critical, value)?;
        if is_critical && !is_handled {
            unhandled.push(id);
        }
        if !seen.insert(identifier) {
            return Err("an extension that is there twice".to_owned());
        }
    }
    fields.set_list("Extensions", all);
    fields.set_list("UnhandledCriticalExtensions", unhandled);
    Ok(())
}

/// Sets what one extension says; whether it is one that Go knows.
fn set_one(fields: &mut Fields, identifier: &[u32], is_critical: bool, value: &[u8]) -> Result<bool, Unsure> {
    match identifier {
        [2, 5, 29, 14] if !is_critical => {
            fields.set_bytes("SubjectKeyId", Reader::of(value).expect(OCTET_STRING)?.content);
        }
        [2, 5, 29, 15] => fields.set("KeyUsage", Value::from(key_usage(value)?)),
        [2, 5, 29, 17] => return subject::set(fields, value),
        [2, 5, 29, 19] => basic_constraints(fields, value)?,
        [2, 5, 29, 30] => return constraints::set(fields, is_critical, value),
        [2, 5, 29, 31] => distribution_points(fields, value)?,
        [2, 5, 29, 32] => policies(fields, value)?,
        [2, 5, 29, 35] if !is_critical => {
            let mut members = Reader::of(Reader::of(value).expect(SEQUENCE)?.content);
            if let Some(id) = members.optional(0x80)? {
                fields.set_bytes("AuthorityKeyId", id.content);
            }
        }
        [2, 5, 29, 36] => policy_constraints(fields, value)?,
        [2, 5, 29, 37] => extended_usage(fields, value)?,
        [2, 5, 29, 54] => {
            let count = der::small(Reader::of(value).expect(INTEGER)?.content)?;
            set_count(fields, "InhibitAnyPolicy", "InhibitAnyPolicyZero", count);
        }
        [1, 3, 6, 1, 5, 5, 7, 1, 1] if !is_critical => authority_access(fields, value)?,
        [2, 5, 29, 14 | 33 | 35] | [1, 3, 6, 1, 5, 5, 7, 1, 1] => {
            return Err("an extension that Go may not take".to_owned());
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn set_count(fields: &mut Fields, name: &str, zero: &str, count: i64) {
    fields.set(name, Value::from(count));
    fields.set(zero, Value::from(count == 0));
}

fn key_usage(value: &[u8]) -> Result<i64, Unsure> {
    let (bytes, unused) = der::bits(Reader::of(value).expect(BIT_STRING)?.content)?;
    let count = (bytes.len() * 8).saturating_sub(usize::from(unused)).min(9);
    let is_set = |bit: &usize| bytes.get(bit / 8).is_some_and(|byte| byte & (0x80 >> (bit % 8)) != 0);
    Ok((0..count).filter(is_set).fold(0, |usage, bit| usage | 1 << bit))
}

fn basic_constraints(fields: &mut Fields, value: &[u8]) -> Result<(), Unsure> {
    let mut members = Reader::of(Reader::of(value).expect(SEQUENCE)?.content);
    let authority = members.optional(BOOLEAN)?.map(|authority| der::boolean(authority.content)).transpose()?;
    let length = members.optional(INTEGER)?.map(|length| der::small(length.content)).transpose()?.unwrap_or(-1);
    fields.set("BasicConstraintsValid", Value::from(true));
    fields.set("IsCA", Value::from(authority.unwrap_or_default()));
    set_count(fields, "MaxPathLen", "MaxPathLenZero", length);
    Ok(())
}

/// Usages, by identifier.
const USAGES: [(&[u32], i64); 14] = [
    (&[2, 5, 29, 37, 0], 0),
    (&[1, 3, 6, 1, 5, 5, 7, 3, 1], 1),
    (&[1, 3, 6, 1, 5, 5, 7, 3, 2], 2),
    (&[1, 3, 6, 1, 5, 5, 7, 3, 3], 3),
    (&[1, 3, 6, 1, 5, 5, 7, 3, 4], 4),
    (&[1, 3, 6, 1, 5, 5, 7, 3, 5], 5),
    (&[1, 3, 6, 1, 5, 5, 7, 3, 6], 6),
    (&[1, 3, 6, 1, 5, 5, 7, 3, 7], 7),
    (&[1, 3, 6, 1, 5, 5, 7, 3, 8], 8),
    (&[1, 3, 6, 1, 5, 5, 7, 3, 9], 9),
    (&[1, 3, 6, 1, 4, 1, 311, 10, 3, 3], 10),
    (&[2, 16, 840, 1, 113730, 4, 1], 11),
    (&[1, 3, 6, 1, 4, 1, 311, 2, 1, 22], 12),
    (&[1, 3, 6, 1, 4, 1, 311, 61, 1, 1], 13),
];

fn extended_usage(fields: &mut Fields, value: &[u8]) -> Result<(), Unsure> {
    let mut members = Reader::of(Reader::of(value).expect(SEQUENCE)?.content);
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    while !members.is_empty() {
        let usage = parts(members.expect(OBJECT_IDENTIFIER)?.content)?;
        match USAGES.iter().find(|(identifier, _)| *identifier == usage) {
            Some((_, number)) => known.push(Value::from(*number)),
            None => unknown.push(listed(&usage)),
        }
    }
    fields.set_list("ExtKeyUsage", known);
    fields.set_list("UnknownExtKeyUsage", unknown);
    Ok(())
}

fn policies(fields: &mut Fields, value: &[u8]) -> Result<(), Unsure> {
    let mut members = Reader::of(Reader::of(value).expect(SEQUENCE)?.content);
    let mut policies: Vec<Vec<u32>> = Vec::new();
    while !members.is_empty() {
        let policy = parts(Reader::of(members.expect(SEQUENCE)?.content).expect(OBJECT_IDENTIFIER)?.content)?;
        if policies.contains(&policy) {
            return Err("a policy that is there twice".to_owned());
        }
        policies.push(policy);
    }
    // This list Go makes even if nothing is in it.
    fields.set("PolicyIdentifiers", policies.iter().map(|policy| listed(policy)).collect::<Vec<_>>());
    fields.set("Policies", list_of(policies.iter().map(|policy| Value::from(dotted(policy))).collect()));
    Ok(())
}

fn policy_constraints(fields: &mut Fields, value: &[u8]) -> Result<(), Unsure> {
    let mut members = Reader::of(Reader::of(value).expect(SEQUENCE)?.content);
    if let Some(count) = members.optional(0x80)? {
        set_count(fields, "RequireExplicitPolicy", "RequireExplicitPolicyZero", der::small(count.content)?);
    }
    if let Some(count) = members.optional(0x81)? {
        set_count(fields, "InhibitPolicyMapping", "InhibitPolicyMappingZero", der::small(count.content)?);
    }
    Ok(())
}

fn distribution_points(fields: &mut Fields, value: &[u8]) -> Result<(), Unsure> {
    let mut points = Reader::of(Reader::of(value).expect(SEQUENCE)?.content);
    let mut addresses = Vec::new();
    while !points.is_empty() {
        let mut point = Reader::of(points.expect(SEQUENCE)?.content);
        let Some(name) = point.optional(0xa0)? else { continue };
        let mut names = Reader::of(Reader::of(name.content).expect(0xa0)?.content);
        while let Some(address) = names.optional(URI)? {
            addresses.push(Value::from(ascii(address.content)?));
        }
    }
    fields.set_list("CRLDistributionPoints", addresses);
    Ok(())
}

fn authority_access(fields: &mut Fields, value: &[u8]) -> Result<(), Unsure> {
    let mut members = Reader::of(Reader::of(value).expect(SEQUENCE)?.content);
    let (mut status, mut issuers) = (Vec::new(), Vec::new());
    while !members.is_empty() {
        let mut access = Reader::of(members.expect(SEQUENCE)?.content);
        let method = parts(access.expect(OBJECT_IDENTIFIER)?.content)?;
        let Some(address) = access.optional(URI)? else { continue };
        match method.as_slice() {
            [1, 3, 6, 1, 5, 5, 7, 48, 1] => status.push(Value::from(ascii(address.content)?)),
            [1, 3, 6, 1, 5, 5, 7, 48, 2] => issuers.push(Value::from(ascii(address.content)?)),
            _ => {}
        }
    }
    fields.set_list("OCSPServer", status);
    fields.set_list("IssuingCertificateURL", issuers);
    Ok(())
}
