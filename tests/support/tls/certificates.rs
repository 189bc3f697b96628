//! A certificate authority for servers and clients; keys are new in every run.

use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use der::asn1::{BitString, Ia5String, OctetString, UtcTime};
use der::oid::{AssociatedOid, ObjectIdentifier};
use der::pem::LineEnding;
use der::{Any, Encode};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::certificate::{Certificate, TbsCertificate, Version};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectAltName};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::{Time, Validity};

const SERVER: &str = "1.3.6.1.5.5.7.3.1";
const CLIENT: &str = "1.3.6.1.5.5.7.3.2";
/// 2020-01-01 and 2049-01-01, in seconds since 1970.
const VALID: (u64, u64) = (1_577_836_800, 2_493_072_000);
/// The year 2020.
const EXPIRED: (u64, u64) = (1_577_836_800, 1_609_459_200);

/// A self-signed root that issues.
pub struct Authority {
    name: Name,
    key: EcdsaKeyPair,
    certificate: Vec<u8>,
}

/// A certificate and its private key, both DER (PKCS #8).
pub struct Issued {
    pub certificate: Vec<u8>,
    pub key: Vec<u8>,
}

impl Authority {
    pub fn new() -> Self {
        let (name, key): (Name, _) = ("CN=test root".parse().unwrap(), new_key());
        let extensions = vec![
            extension(true, &KeyUsage(KeyUsages::KeyCertSign.into())),
            extension(true, &BasicConstraints { ca: true, path_len_constraint: None }),
        ];
        let certificate = issue((&name, &key), &name, &key, 1, VALID, extensions);
        Authority { name, key, certificate }
    }

    pub fn der(&self) -> Vec<u8> {
        self.certificate.clone()
    }

    pub fn pem(&self) -> String {
        pem("CERTIFICATE", &self.certificate)
    }

    /// A server's certificate for these host names.
    pub fn server(&self, names: &[&str]) -> Issued {
        self.leaf(names, SERVER, VALID)
    }

    /// One that was valid once.
    pub fn expired_server(&self, names: &[&str]) -> Issued {
        self.leaf(names, SERVER, EXPIRED)
    }

    pub fn client(&self, name: &str) -> Issued {
        self.leaf(&[name], CLIENT, VALID)
    }

    fn leaf(&self, names: &[&str], purpose: &str, window: (u64, u64)) -> Issued {
        let key = new_key();
        let alternatives = names.iter().map(|name| GeneralName::DnsName(Ia5String::new(name).unwrap())).collect();
        let extensions = vec![
            extension(true, &KeyUsage(KeyUsages::DigitalSignature.into())),
            extension(false, &ExtendedKeyUsage(vec![ObjectIdentifier::new_unwrap(purpose)])),
            extension(false, &SubjectAltName(alternatives)),
        ];
        let subject = format!("CN={}", names[0]).parse().unwrap();
        let certificate = issue((&self.name, &self.key), &subject, &key, 2, window, extensions);
        let key = key.to_pkcs8v1().unwrap().as_ref().to_vec();
        Issued { certificate, key }
    }
}

impl Issued {
    pub fn certificate_pem(&self) -> String {
        pem("CERTIFICATE", &self.certificate)
    }

    pub fn key_pem(&self) -> String {
        pem("PRIVATE KEY", &self.key)
    }
}

fn pem(label: &'static str, der: &[u8]) -> String {
    der::pem::encode_string(label, LineEnding::LF, der).unwrap()
}

fn new_key() -> EcdsaKeyPair {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap()
}

fn extension<E: Encode + AssociatedOid>(critical: bool, value: &E) -> Extension {
    Extension { extn_id: E::OID, critical, extn_value: OctetString::new(value.to_der().unwrap()).unwrap() }
}

fn issue(
    issuer: (&Name, &EcdsaKeyPair),
    subject: &Name,
    key: &EcdsaKeyPair,
    serial: u8,
    window: (u64, u64),
    extensions: Vec<Extension>,
) -> Vec<u8> {
    let time = |at| Time::UtcTime(UtcTime::from_unix_duration(Duration::from_secs(at)).unwrap());
    let oid = |text: &str| ObjectIdentifier::new(text).unwrap();
    let signature_algorithm = AlgorithmIdentifierOwned { oid: oid("1.2.840.10045.4.3.2"), parameters: None };
    let curve = Any::encode_from(&oid("1.2.840.10045.3.1.7")).unwrap();
    let tbs_certificate = TbsCertificate {
        version: Version::V3,
        serial_number: SerialNumber::new(&[serial]).unwrap(),
        signature: signature_algorithm.clone(),
        issuer: issuer.0.clone(),
        validity: Validity { not_before: time(window.0), not_after: time(window.1) },
        subject: subject.clone(),
        subject_public_key_info: SubjectPublicKeyInfoOwned {
            algorithm: AlgorithmIdentifierOwned { oid: oid("1.2.840.10045.2.1"), parameters: Some(curve) },
            subject_public_key: BitString::from_bytes(key.public_key().as_ref()).unwrap(),
        },
        issuer_unique_id: None,
        subject_unique_id: None,
        extensions: Some(extensions),
    };
    let signed = issuer.1.sign(&SystemRandom::new(), &tbs_certificate.to_der().unwrap()).unwrap();
    let signature = BitString::from_bytes(signed.as_ref()).unwrap();
    Certificate { tbs_certificate, signature_algorithm, signature }.to_der().unwrap()
}
