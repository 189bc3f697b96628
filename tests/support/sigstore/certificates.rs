//! Certificate authorities, the certificates that they issue, and the receipts of certificate logs in these.

use std::time::Duration;

use der::asn1::{BitString, GeneralizedTime, Ia5String, OctetString, UtcTime, Utf8StringRef};
use der::oid::{AssociatedOid, ObjectIdentifier};
use der::pem::LineEnding;
use der::{Any, Encode};
use sha2::{Digest as _, Sha256};
use spki::SubjectPublicKeyInfoOwned;
use x509_cert::certificate::{Certificate, TbsCertificate, Version};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::{GeneralName, OtherName};
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectAltName,
    SubjectKeyIdentifier,
};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::{Time, Validity};

use super::identity::{Identity, San};
use super::keys::{Key, Kind};
use super::logs::Log;
use super::{Seconds, Window};

const SIGNED_CERTIFICATE_TIMESTAMPS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11129.2.4.2");
/// The arc of Fulcio's extensions.
const FULCIO: &str = "1.3.6.1.4.1.57264.1";

/// What an authority's certificates are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    CodeSigning,
    TimeStamping,
}

impl Purpose {
    fn extension(self, critical: bool) -> Extension {
        let oid = match self {
            Purpose::CodeSigning => "1.3.6.1.5.5.7.3.3",
            Purpose::TimeStamping => "1.3.6.1.5.5.7.3.8",
        };
        known(critical, &ExtendedKeyUsage(vec![ObjectIdentifier::new_unwrap(oid)]))
    }
}

/// A root and an intermediate that issues for one purpose.
pub struct Authority {
    purpose: Purpose,
    organisation: String,
    name: Name,
    key: Key,
    root: Vec<u8>,
    intermediate: Vec<u8>,
}

impl Authority {
    pub fn new(organisation: &str, purpose: Purpose, window: Window) -> Self {
        let root_name = name(organisation, "root");
        let root_key = Key::new(Kind::P256);
        let root = {
            let extensions = authority_extensions(&root_key, &root_key, 1);
            issue((&root_name, &root_key), root_name.clone(), root_key.public(), window, extensions)
        };
        let (own_name, key) = (name(organisation, "intermediate"), Key::new(Kind::P256));
        let intermediate = {
            let mut extensions = authority_extensions(&key, &root_key, 0);
            extensions.push(purpose.extension(false));
            issue((&root_name, &root_key), own_name.clone(), key.public(), window, extensions)
        };
        Authority { purpose, organisation: organisation.to_owned(), name: own_name, key, root, intermediate }
    }

    pub fn organisation(&self) -> &str {
        &self.organisation
    }

    /// Above the leaf: the intermediate, then the root.
    pub fn chain(&self) -> Vec<Vec<u8>> {
        vec![self.intermediate.clone(), self.root.clone()]
    }

    /// The issuer's name, as the leaves carry it.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// A certificate of Fulcio's for this key, with a receipt of each of these logs.
    pub fn code_signing(&self, identity: &Identity, holder: &Key, window: Window, logs: &[&Log]) -> Vec<u8> {
        let mut extensions = self.leaf_extensions(holder, false);
        extensions.push(subject(&identity.subject));
        extensions.extend(claims(identity));
        let mut to_be_signed =
            to_be_signed((&self.name, &self.key), Name::default(), holder.public(), window, extensions);
        if !logs.is_empty() {
            let bytes = to_be_signed.to_der().unwrap();
            let receipts = logs.iter().map(|log| self.receipt(log, &bytes, window.start)).collect::<Vec<_>>();
            let list = length_prefixed(&receipts.iter().flat_map(|one| length_prefixed(one)).collect::<Vec<_>>());
            let value = OctetString::new(list).unwrap();
            let extensions = to_be_signed.extensions.as_mut().unwrap();
            extensions.push(extension(SIGNED_CERTIFICATE_TIMESTAMPS, false, &value));
        }
        seal(to_be_signed, &self.key)
    }

    /// A certificate for a timestamp authority's key.
    pub fn time_stamping(&self, common_name: &str, holder: &Key, window: Window) -> Vec<u8> {
        let extensions = self.leaf_extensions(holder, true);
        issue((&self.name, &self.key), name(&self.organisation, common_name), holder.public(), window, extensions)
    }

    fn leaf_extensions(&self, holder: &Key, critical: bool) -> Vec<Extension> {
        let mut extensions =
            vec![known(true, &KeyUsage(KeyUsages::DigitalSignature.into())), self.purpose.extension(critical)];
        extensions.extend(key_identifiers(holder, &self.key));
        extensions
    }

    /// A SignedCertificateTimestamp (RFC 6962 §3.2) for a certificate that does not hold it yet.
    fn receipt(&self, log: &Log, to_be_signed: &[u8], at: Seconds) -> Vec<u8> {
        const V1: u8 = 0;
        const CERTIFICATE_TIMESTAMP: u8 = 0;
        const PRECERTIFICATE: [u8; 2] = [0, 1];
        const NO_EXTENSIONS: [u8; 2] = [0, 0];
        const SHA256_ECDSA: [u8; 2] = [4, 3];
        let milliseconds = u64::try_from(at * 1000).unwrap().to_be_bytes();
        let length = u32::try_from(to_be_signed.len()).unwrap().to_be_bytes();
        let signed = [
            &[V1, CERTIFICATE_TIMESTAMP][..],
            &milliseconds,
            &PRECERTIFICATE,
            &Sha256::digest(self.key.public_der()),
            &length[1..],
            to_be_signed,
            &NO_EXTENSIONS,
        ]
        .concat();
        let signature = length_prefixed(&log.key().sign(&signed));
        [&[V1][..], &log.id(), &milliseconds, &NO_EXTENSIONS, &SHA256_ECDSA, &signature].concat()
    }
}

/// PEM of certificates, one after the other.
pub fn pem<'a>(certificates: impl IntoIterator<Item = &'a Vec<u8>>) -> String {
    let one = |bytes: &'a Vec<u8>| der::pem::encode_string("CERTIFICATE", LineEnding::LF, bytes).unwrap();
    certificates.into_iter().map(one).collect()
}

/// The serial number and the issuer's name do not repeat: the number comes from the holder's key.
pub fn serial(public: &SubjectPublicKeyInfoOwned) -> SerialNumber {
    let mut bytes = key_identifier(&public.to_der().unwrap());
    bytes[0] = bytes[0] & 0x7f | 0x40;
    SerialNumber::new(&bytes).unwrap()
}

fn name(organisation: &str, common_name: &str) -> Name {
    format!("CN={common_name},O={organisation}").parse().unwrap()
}

fn time(at: Seconds) -> Time {
    let since = Duration::from_secs(u64::try_from(at).unwrap());
    UtcTime::from_unix_duration(since)
        .map_or_else(|_| Time::GeneralTime(GeneralizedTime::from_unix_duration(since).unwrap()), Time::UtcTime)
}

fn issue(
    issuer: (&Name, &Key),
    subject: Name,
    public: SubjectPublicKeyInfoOwned,
    window: Window,
    extensions: Vec<Extension>,
) -> Vec<u8> {
    seal(to_be_signed(issuer, subject, public, window, extensions), issuer.1)
}

fn to_be_signed(
    issuer: (&Name, &Key),
    subject: Name,
    public: SubjectPublicKeyInfoOwned,
    window: Window,
    extensions: Vec<Extension>,
) -> TbsCertificate {
    TbsCertificate {
        version: Version::V3,
        serial_number: serial(&public),
        signature: issuer.1.signature_algorithm(),
        issuer: issuer.0.clone(),
        validity: Validity { not_before: time(window.start), not_after: time(window.end) },
        subject,
        subject_public_key_info: public,
        issuer_unique_id: None,
        subject_unique_id: None,
        extensions: Some(extensions),
    }
}

fn seal(tbs_certificate: TbsCertificate, key: &Key) -> Vec<u8> {
    let signature = BitString::from_bytes(&key.sign(&tbs_certificate.to_der().unwrap())).unwrap();
    Certificate { tbs_certificate, signature_algorithm: key.signature_algorithm(), signature }.to_der().unwrap()
}

fn extension(extn_id: ObjectIdentifier, critical: bool, value: &impl Encode) -> Extension {
    Extension { extn_id, critical, extn_value: OctetString::new(value.to_der().unwrap()).unwrap() }
}

fn known<E: Encode + AssociatedOid>(critical: bool, value: &E) -> Extension {
    extension(E::OID, critical, value)
}

fn key_identifier(public: &[u8]) -> [u8; 20] {
    Sha256::digest(public)[..20].try_into().unwrap()
}

/// Which key a certificate holds, and which signed it.
fn key_identifiers(holder: &Key, issuer: &Key) -> [Extension; 2] {
    let identifier = |key: &Key| OctetString::new(key_identifier(&key.public_der())).unwrap();
    let authority = AuthorityKeyIdentifier { key_identifier: Some(identifier(issuer)), ..Default::default() };
    [known(false, &SubjectKeyIdentifier(identifier(holder))), known(false, &authority)]
}

fn authority_extensions(holder: &Key, issuer: &Key, path_length: u8) -> Vec<Extension> {
    let mut extensions = vec![
        known(true, &KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign)),
        known(true, &BasicConstraints { ca: true, path_len_constraint: Some(path_length) }),
    ];
    extensions.extend(key_identifiers(holder, issuer));
    extensions
}

fn subject(san: &San) -> Extension {
    let name = match san {
        San::Email(address) => GeneralName::Rfc822Name(Ia5String::new(address).unwrap()),
        San::Uri(uri) => GeneralName::UniformResourceIdentifier(Ia5String::new(uri).unwrap()),
        San::Username(name) => GeneralName::OtherName(OtherName {
            type_id: fulcio(7),
            value: Any::encode_from(&Utf8StringRef::new(name).unwrap()).unwrap(),
        }),
    };
    known(true, &SubjectAltName(vec![name]))
}

fn fulcio(number: u32) -> ObjectIdentifier {
    ObjectIdentifier::new(&format!("{FULCIO}.{number}")).unwrap()
}

fn claims(identity: &Identity) -> Vec<Extension> {
    let bare = |number: u32, text: &str| Extension {
        extn_id: fulcio(number),
        critical: false,
        extn_value: OctetString::new(text.as_bytes()).unwrap(),
    };
    let typed = |number, text: &str| extension(fulcio(number), false, &Utf8StringRef::new(text).unwrap());
    let issuer = identity.issuer.iter().flat_map(|issuer| [bare(1, issuer), typed(8, issuer)]);
    let claimed = identity.claims.iter();
    let claimed = claimed.map(|(number, text)| if *number < 8 { bare(*number, text) } else { typed(*number, text) });
    issuer.chain(claimed).collect()
}

/// Bytes behind their length in two bytes, as TLS writes vectors.
fn length_prefixed(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
}
