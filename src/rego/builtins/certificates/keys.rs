//! Algorithms by Go's numbers, and public keys.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ECDSA_P521_SHA512_ASN1, EcdsaVerificationAlgorithm, ParsedPublicKey,
};
use regorus::Value;

use super::der::{self, BIT_STRING, INTEGER, OBJECT_IDENTIFIER, Reader, SEQUENCE};
use super::fields::{Fields, Unsure, object, packed};
use super::identifiers::parts;

/// Algorithms of signatures, by identifier.
const SIGNATURES: [(&[u32], i64); 12] = [
    (&[1, 2, 840, 113549, 1, 1, 4], 2),
    (&[1, 2, 840, 113549, 1, 1, 5], 3),
    (&[1, 3, 14, 3, 2, 29], 3),
    (&[1, 2, 840, 113549, 1, 1, 11], 4),
    (&[1, 2, 840, 113549, 1, 1, 12], 5),
    (&[1, 2, 840, 113549, 1, 1, 13], 6),
    (&[1, 2, 840, 10040, 4, 3], 7),
    (&[2, 16, 840, 1, 101, 3, 4, 3, 2], 8),
    (&[1, 2, 840, 10045, 4, 1], 9),
    (&[1, 2, 840, 10045, 4, 3, 2], 10),
    (&[1, 2, 840, 10045, 4, 3, 3], 11),
    (&[1, 2, 840, 10045, 4, 3, 4], 12),
];
const RSA_PSS: [u32; 7] = [1, 2, 840, 113549, 1, 1, 10];
const ED25519: [u32; 4] = [1, 3, 101, 112];

/// The number of an algorithm of signatures; zero is an unknown one.
pub(super) fn signature_algorithm(content: &[u8]) -> Result<i64, Unsure> {
    let mut reader = Reader::of(content);
    let identifier = parts(reader.expect(OBJECT_IDENTIFIER)?.content)?;
    let has_parameters = !reader.is_empty();
    if has_parameters {
        reader.any()?;
    }
    if identifier == RSA_PSS {
        return Err("signatures of RSA-PSS".to_owned());
    }
    if identifier == ED25519 {
        return Ok(if has_parameters { 0 } else { 16 });
    }
    Ok(SIGNATURES.iter().find(|(known, _)| *known == identifier).map_or(0, |(_, number)| *number))
}

/// The curves that Go has a key of its own for, by identifier.
const CURVES: [(&[u32], &EcdsaVerificationAlgorithm); 3] = [
    (&[1, 2, 840, 10045, 3, 1, 7], &ECDSA_P256_SHA256_ASN1),
    (&[1, 3, 132, 0, 34], &ECDSA_P384_SHA384_ASN1),
    (&[1, 3, 132, 0, 35], &ECDSA_P521_SHA512_ASN1),
];

/// Sets the public key and its algorithm.
pub(super) fn set_public_key(fields: &mut Fields, content: &[u8]) -> Result<(), Unsure> {
    let mut reader = Reader::of(content);
    let mut algorithm = Reader::of(reader.expect(SEQUENCE)?.content);
    let identifier = parts(algorithm.expect(OBJECT_IDENTIFIER)?.content)?;
    let parameters = if algorithm.is_empty() { None } else { Some(algorithm.any()?) };
    let key = der::whole_bits(reader.expect(BIT_STRING)?.content)?;
    let (number, key) = match (identifier.as_slice(), parameters) {
        ([1, 2, 840, 113549, 1, 1, 1], Some(parameters)) if parameters.raw == [5, 0] => (1, rsa(key)?),
        ([1, 2, 840, 10045, 2, 1], Some(parameters)) if parameters.tag == OBJECT_IDENTIFIER => {
            (3, on_curve(&parts(parameters.content)?, key)?)
        }
        ([1, 3, 101, 112], None) if key.len() == 32 => (4, packed(key)),
        ([1, 2, 840, 113549, 1, 1, 1] | [1, 2, 840, 10045, 2, 1] | [1, 2, 840, 10040, 4, 1] | [1, 3, 101, 112], _) => {
            return Err("a public key of an unusual form".to_owned());
        }
        _ => (0, Value::Null),
    };
    fields.set("PublicKeyAlgorithm", Value::from(number));
    fields.set("PublicKey", key);
    Ok(())
}

fn rsa(key: &[u8]) -> Result<Value, Unsure> {
    let mut numbers = Reader::of(Reader::of(key).expect(SEQUENCE)?.content);
    let modulus = numbers.expect(INTEGER)?.content;
    let exponent = der::small(numbers.expect(INTEGER)?.content)?;
    if modulus == [0] || exponent == 0 {
        return Err("an RSA key of zero".to_owned());
    }
    Ok(object([("N", der::unsigned(modulus)?), ("E", Value::from(exponent))]))
}

/// A point that is not compressed; Go takes none that is not on the curve.
fn on_curve(curve: &[u32], key: &[u8]) -> Result<Value, Unsure> {
    let Some((_, algorithm)) = CURVES.iter().find(|(known, _)| *known == curve) else {
        return Err("a public key on an unusual curve".to_owned());
    };
    let Some((4, point)) = key.split_first().map(|(form, point)| (*form, point)) else {
        return Err("a public key of an unusual form".to_owned());
    };
    ParsedPublicKey::new(*algorithm, key).map_err(|_| "a public key that is not on its curve".to_owned())?;
    let (x, y) = point.split_at_checked(point.len() / 2).unwrap_or_default();
    Ok(object([("Curve", object([])), ("X", der::number(x)?), ("Y", der::number(y)?)]))
}
