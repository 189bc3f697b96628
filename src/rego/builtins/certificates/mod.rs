//! `crypto.x509.parse_certificates`: certificates as the JSON of Go's `x509.Certificate`.
//!
//! What is read is what Go reads, in the same order. A certificate that is not entirely plain (an algorithm, a name or an
//! extension that Go may read in another way) is an error, and never a field that has another value.

mod der;
mod extensions;
mod fields;
mod identifiers;
mod keys;
mod names;
mod pem;

#[cfg(test)]
mod tests;

use regorus::Value;

use self::der::{BIT_STRING, Element, INTEGER, Reader, SEQUENCE};
use self::fields::{Fields, Unsure};
use super::strict::unpacked_text;
use super::{Call, Plain, text};

pub(super) const TABLE: &[(&str, usize, Plain)] = &[("crypto.x509.parse_certificates", 1, parsed)];

fn parsed(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let certificates = text(call, arguments, 0)?;
    let unpacked;
    let bytes = match certificates.starts_with("-----BEGIN") {
        true => certificates.as_bytes(),
        false => {
            unpacked = unpacked_text(call, certificates)?;
            &unpacked
        }
    };
    let read = match bytes.starts_with(b"-----BEGIN") {
        true => std::str::from_utf8(bytes).map_err(|_| "the PEM is no text".to_owned()).and_then(pem::certificates),
        false => Ok(bytes.to_vec()),
    };
    match read.and_then(|der| certificates_of(&der)) {
        Ok(certificates) => Ok(certificates),
        Err(why) => call.beyond(&why),
    }
}

/// The certificates that stand behind each other.
fn certificates_of(der: &[u8]) -> Result<Value, Unsure> {
    let mut reader = Reader::of(der);
    let mut certificates = Vec::new();
    while !reader.is_empty() {
        certificates.push(certificate(&reader.expect(SEQUENCE)?)?);
    }
    Ok(Value::from(certificates))
}

fn certificate(whole: &Element<'_>) -> Result<Value, Unsure> {
    let mut fields = Fields::default();
    extensions::set_absent(&mut fields);
    let mut outer = Reader::of(whole.content);
    let signed = outer.expect(SEQUENCE)?;
    fields.set_bytes("Raw", whole.raw);
    fields.set_bytes("RawTBSCertificate", signed.raw);
    let mut inner = Reader::of(signed.content);
    let version = version(&mut inner)?;
    fields.set("Version", Value::from(version));
    let serial = inner.expect(INTEGER)?;
    fields.set("SerialNumber", der::unsigned(serial.content)?);
    let algorithm = inner.expect(SEQUENCE)?;
    if outer.expect(SEQUENCE)?.content != algorithm.content {
        return Err("the algorithms of the signature differ".to_owned());
    }
    fields.set("SignatureAlgorithm", Value::from(keys::signature_algorithm(algorithm.content)?));
    let issuer = inner.expect(SEQUENCE)?;
    fields.set_bytes("RawIssuer", issuer.raw);
    fields.set("Issuer", names::name(issuer.content)?);
    let mut validity = Reader::of(inner.expect(SEQUENCE)?.content);
    fields.set("NotBefore", Value::from(der::time(&validity.any()?)?));
    fields.set("NotAfter", Value::from(der::time(&validity.any()?)?));
    let subject = inner.expect(SEQUENCE)?;
    fields.set_bytes("RawSubject", subject.raw);
    fields.set("Subject", names::name(subject.content)?);
    let key = inner.expect(SEQUENCE)?;
    fields.set_bytes("RawSubjectPublicKeyInfo", key.raw);
    keys::set_public_key(&mut fields, key.content)?;
    if version > 1 {
        set_extensions(&mut fields, &mut inner, version)?;
    }
    fields.set_bytes("Signature", der::whole_bits(outer.expect(BIT_STRING)?.content)?);
    Ok(fields.0.into_value())
}

/// Go counts from one.
fn version(inner: &mut Reader<'_>) -> Result<i64, Unsure> {
    let Some(explicit) = inner.optional(0xa0)? else { return Ok(1) };
    match Reader::of(explicit.content).expect(INTEGER)?.content {
        [version @ 0..=2] => Ok(i64::from(*version) + 1),
        _ => Err("a version that is not known".to_owned()),
    }
}

fn set_extensions(fields: &mut Fields, inner: &mut Reader<'_>, version: i64) -> Result<(), Unsure> {
    // Unique identifiers of the issuer and the subject, which Go skips.
    inner.optional(0x81)?;
    inner.optional(0x82)?;
    match inner.optional(0xa3)? {
        Some(wrapped) if version == 3 => extensions::set(fields, Reader::of(wrapped.content).expect(SEQUENCE)?.content),
        _ => Ok(()),
    }
}
