//! Public keys, and the ways in which each verifies.

use aws_lc_rs::signature::{
    self, ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ED25519, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256,
};
use ed25519_dalek::VerifyingKey;
use sha2::{Digest as _, Sha512};
use spki::der::{Decode, Document, ErrorKind};
use spki::{ObjectIdentifier, SubjectPublicKeyInfoRef};

use crate::oci::Digest;

/// What is wrong with a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// A private key.
    #[error(
        "is a private key; expected a public one (`cosign public-key --key …` prints it). It was not read further: take it out of reach of CI"
    )]
    Private,
    /// Another kind of PEM.
    #[error("is a PEM block of type {0:?}, expected \"PUBLIC KEY\"")]
    OtherPem(String),
    /// Not PEM.
    #[error("is not a PEM public key, expected a block that begins with `-----BEGIN PUBLIC KEY-----`")]
    NotPem,
    /// Several PEM blocks.
    #[error("has several PEM blocks, expected one public key: list each key as a signer of its own")]
    Several,
    /// Not a SubjectPublicKeyInfo.
    #[error("is not a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7)")]
    Malformed,
    /// Another encoding of a key: two would be two signers.
    #[error(
        "is encoded in another way than expected, which is with {0}: `openssl pkey -pubin -in KEY -pubout -ec_conv_form uncompressed` writes it so"
    )]
    Encoding(&'static str),
    /// An algorithm that is not verified here.
    #[error("is of the algorithm {0}, expected ECDSA P-256 or P-384, Ed25519, or RSA of 2048 to 8192 bits")]
    Unsupported(String),
}

/// A public key and the ways in which it verifies.
#[derive(Clone)]
pub struct PublicKey {
    der: Vec<u8>,
    fingerprint: Digest,
    algorithm: &'static str,
    verifiers: Vec<Verifier>,
}

#[derive(Clone)]
enum Verifier {
    Direct(ParsedPublicKey),
    /// Ed25519ph with an empty context (RFC 8032 §5.1). Its signatures and those of pure Ed25519 are apart by
    /// domain separation, so that one key may be tried with both.
    Ed25519Prehashed(VerifyingKey),
}

impl Verifier {
    fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Verifier::Direct(key) => key.verify_sig(message, signature).is_ok(),
            Verifier::Ed25519Prehashed(key) => ed25519_dalek::Signature::from_slice(signature).is_ok_and(|signature| {
                key.verify_prehashed_strict(Sha512::new_with_prefix(message), None, &signature).is_ok()
            }),
        }
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "PublicKey({} {})", self.algorithm, self.fingerprint)
    }
}

const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ED25519_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// The first byte of a point that is not compressed (SEC 1 §2.3.3).
const UNCOMPRESSED: u8 = 4;

impl PublicKey {
    /// Reads one PEM block `PUBLIC KEY` (RFC 7468 §13).
    pub fn from_pem(pem: &str) -> Result<Self, KeyProblem> {
        let labels: Vec<&str> =
            pem.lines().filter_map(|line| line.trim().strip_prefix("-----BEGIN ")?.strip_suffix("-----")).collect();
        if labels.iter().any(|label| label.contains("PRIVATE KEY")) {
            return Err(KeyProblem::Private);
        }
        match labels.as_slice() {
            ["PUBLIC KEY"] => {}
            [other] => return Err(KeyProblem::OtherPem((*other).to_owned())),
            [] => return Err(KeyProblem::NotPem),
            _ => return Err(KeyProblem::Several),
        }
        // The parser wants nothing before or after the block.
        let start = pem.find("-----BEGIN ").unwrap_or_default();
        let block = pem.get(start..).unwrap_or_default().trim();
        let (_, document) = Document::from_pem(block).map_err(|error| match error.kind() {
            ErrorKind::Pem(_) => KeyProblem::NotPem,
            _ => KeyProblem::Malformed,
        })?;
        Self::from_der(document.as_bytes())
    }

    fn from_der(der: &[u8]) -> Result<Self, KeyProblem> {
        let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| KeyProblem::Malformed)?;
        let curve = info.algorithm.parameters_oid().ok();
        // P-384 with SHA-256 is what old cosign and other signers write; cosign 2 and 3 take the curve's hash.
        let (algorithm, ways): (_, &[&'static dyn signature::VerificationAlgorithm]) = match (info.algorithm.oid, curve)
        {
            (EC, Some(P256)) => ("ECDSA P-256", &[&ECDSA_P256_SHA256_ASN1]),
            (EC, Some(P384)) => ("ECDSA P-384", &[&ECDSA_P384_SHA384_ASN1, &ECDSA_P384_SHA256_ASN1]),
            (ED25519_ID, _) => ("Ed25519", &[&ED25519]),
            (RSA, _) => ("RSA", &[&RSA_PKCS1_2048_8192_SHA256]),
            (EC, Some(P521)) => return Err(KeyProblem::Unsupported("ECDSA P-521".to_owned())),
            (EC, Some(other)) => return Err(KeyProblem::Unsupported(format!("ECDSA on the curve {other}"))),
            (other, _) => return Err(KeyProblem::Unsupported(other.to_string())),
        };
        let bits = info.subject_public_key.as_bytes().ok_or(KeyProblem::Malformed)?;
        // One key has one fingerprint: signers are told apart by it.
        let parameters = info.algorithm.parameters;
        let (is_canonical, expected) = match algorithm {
            "RSA" => {
                (parameters.is_some_and(|parameters| parameters.is_null()), "the parameters NULL (RFC 3279 §2.3.1)")
            }
            "Ed25519" => (parameters.is_none(), "no parameters (RFC 8410 §3)"),
            _ => (bits.first() == Some(&UNCOMPRESSED), "an uncompressed point (SEC 1 §2.3.3)"),
        };
        if !is_canonical {
            return Err(KeyProblem::Encoding(expected));
        }
        let mut verifiers = ways
            .iter()
            .map(|way| ParsedPublicKey::new(*way, bits).map(Verifier::Direct))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| KeyProblem::Malformed)?;
        if algorithm == "Ed25519" {
            let key = VerifyingKey::try_from(bits).map_err(|_| KeyProblem::Malformed)?;
            verifiers.push(Verifier::Ed25519Prehashed(key));
        }
        if algorithm == "RSA" && !(2048..=8192).contains(&modulus_bits(bits)) {
            return Err(KeyProblem::Unsupported(format!("RSA of {} bits", modulus_bits(bits))));
        }
        Ok(PublicKey { der: der.to_owned(), fingerprint: Digest::sha256(der), algorithm, verifiers })
    }

    /// The SubjectPublicKeyInfo, DER.
    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }

    /// sha256 of the SubjectPublicKeyInfo.
    pub fn fingerprint(&self) -> &Digest {
        &self.fingerprint
    }

    /// The algorithm's name.
    pub fn algorithm(&self) -> &'static str {
        self.algorithm
    }

    /// Whether the signature over the message is this key's.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.verifiers.iter().any(|verifier| verifier.verifies(message, signature))
    }
}

/// Length of the modulus of an RSAPublicKey (RFC 8017 §A.1.1).
fn modulus_bits(public_key: &[u8]) -> usize {
    use spki::der::{Reader, SliceReader, asn1::UintRef};
    let modulus = SliceReader::new(public_key).and_then(|mut reader| {
        reader.sequence(|inner| {
            let modulus = UintRef::decode(inner)?;
            let _exponent = UintRef::decode(inner)?;
            Ok(modulus.as_bytes().len() * 8
                - modulus.as_bytes().first().map_or(0, |byte| byte.leading_zeros() as usize))
        })
    });
    modulus.unwrap_or_default()
}
