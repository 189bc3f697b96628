//! Keys of the services and of the signers, in the kinds that Sigstore uses.

use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
};
use der::asn1::BitString;
use der::oid::ObjectIdentifier;
use der::pem::LineEnding;
use der::{Any, Encode as _, EncodePem as _};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

/// What a key is, and with it how it signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// ECDSA with SHA-256.
    P256,
    /// ECDSA with SHA-384.
    P384,
    /// The pure form, over the message itself.
    Ed25519,
}

enum Pair {
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// A key pair; clones are the same key.
#[derive(Clone)]
pub struct Key {
    kind: Kind,
    pair: Arc<Pair>,
}

impl Key {
    pub fn new(kind: Kind) -> Self {
        let pair = match kind {
            Kind::P256 => Pair::Ecdsa(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap()),
            Kind::P384 => Pair::Ecdsa(EcdsaKeyPair::generate(&ECDSA_P384_SHA384_ASN1_SIGNING).unwrap()),
            Kind::Ed25519 => Pair::Ed25519(Ed25519KeyPair::generate().unwrap()),
        };
        Key { kind, pair: Arc::new(pair) }
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The signature over a message; ECDSA in DER.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &*self.pair {
            Pair::Ecdsa(pair) => pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec(),
            Pair::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }

    /// The bare public key: an uncompressed point, or 32 bytes.
    pub fn raw(&self) -> Vec<u8> {
        match &*self.pair {
            Pair::Ecdsa(pair) => pair.public_key().as_ref().to_vec(),
            Pair::Ed25519(pair) => pair.public_key().as_ref().to_vec(),
        }
    }

    pub fn public(&self) -> SubjectPublicKeyInfoOwned {
        const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
        const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
        let curve = match self.kind {
            Kind::P256 => Some(ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7")),
            Kind::P384 => Some(ObjectIdentifier::new_unwrap("1.3.132.0.34")),
            Kind::Ed25519 => None,
        };
        let algorithm = AlgorithmIdentifierOwned {
            oid: if curve.is_some() { EC_PUBLIC_KEY } else { ED25519 },
            parameters: curve.map(|curve| Any::encode_from(&curve).unwrap()),
        };
        SubjectPublicKeyInfoOwned { algorithm, subject_public_key: BitString::from_bytes(&self.raw()).unwrap() }
    }

    /// DER of the SubjectPublicKeyInfo.
    pub fn public_der(&self) -> Vec<u8> {
        self.public().to_der().unwrap()
    }

    pub fn public_pem(&self) -> String {
        self.public().to_pem(LineEnding::LF).unwrap()
    }

    /// The algorithm of the signatures, as certificates and CMS name it.
    pub fn signature_algorithm(&self) -> AlgorithmIdentifierOwned {
        let oid = match self.kind {
            Kind::P256 => "1.2.840.10045.4.3.2",
            Kind::P384 => "1.2.840.10045.4.3.3",
            Kind::Ed25519 => "1.3.101.112",
        };
        AlgorithmIdentifierOwned { oid: ObjectIdentifier::new_unwrap(oid), parameters: None }
    }

    /// The algorithm as trusted roots and Rekor v2 name it.
    pub fn details(&self) -> &'static str {
        match self.kind {
            Kind::P256 => "PKIX_ECDSA_P256_SHA_256",
            Kind::P384 => "PKIX_ECDSA_P384_SHA_384",
            Kind::Ed25519 => "PKIX_ED25519",
        }
    }
}
