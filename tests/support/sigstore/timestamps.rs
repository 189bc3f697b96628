//! A timestamp authority (RFC 3161).

use std::time::Duration;

use cms::cert::IssuerAndSerialNumber;
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos};
use der::asn1::{GeneralizedTime, Int, OctetString, SetOfVec};
use der::oid::ObjectIdentifier;
use der::{Any, Encode as _, Sequence};
use sha2::{Digest as _, Sha256};
use spki::AlgorithmIdentifierOwned;
use x509_cert::attr::Attribute;

use super::certificates::{Authority, Purpose, serial};
use super::keys::{Key, Kind};
use super::{Seconds, Window};

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const TIMESTAMP_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
/// The policy that Sigstore's own authority names.
const POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.2");

/// RFC 3161 §2.4.2, the parts that are always there.
#[derive(Sequence)]
struct TimestampResponse {
    status: Status,
    token: ContentInfo,
}

#[derive(Sequence)]
struct Status {
    status: u8,
}

#[derive(Sequence)]
struct TimestampInfo {
    version: u8,
    policy: ObjectIdentifier,
    imprint: Imprint,
    serial_number: Int,
    generated: GeneralizedTime,
}

#[derive(Sequence)]
struct Imprint {
    algorithm: AlgorithmIdentifierOwned,
    digest: OctetString,
}

/// An authority that says when it saw something.
pub struct TimestampAuthority {
    authority: Authority,
    key: Key,
    leaf: Vec<u8>,
}

impl TimestampAuthority {
    pub fn new(organisation: &str, window: Window) -> Self {
        let (authority, key) = (Authority::new(organisation, Purpose::TimeStamping, window), Key::new(Kind::P256));
        let leaf = authority.time_stamping("timestamps", &key, window);
        TimestampAuthority { authority, key, leaf }
    }

    pub fn organisation(&self) -> &str {
        self.authority.organisation()
    }

    /// The leaf, the intermediate, the root.
    pub fn chain(&self) -> Vec<Vec<u8>> {
        [vec![self.leaf.clone()], self.authority.chain()].concat()
    }

    /// DER of a granted response about these bytes, without certificates in it.
    pub fn stamp(&self, seen: &[u8], at: Seconds) -> Vec<u8> {
        let info = TimestampInfo {
            version: 1,
            policy: POLICY,
            imprint: Imprint { algorithm: sha256(), digest: OctetString::new(Sha256::digest(seen).to_vec()).unwrap() },
            serial_number: Int::new(&[1]).unwrap(),
            generated: GeneralizedTime::from_unix_duration(Duration::from_secs(u64::try_from(at).unwrap())).unwrap(),
        };
        let content = Any::encode_from(&self.signed(&info.to_der().unwrap())).unwrap();
        let token = ContentInfo { content_type: SIGNED_DATA, content };
        TimestampResponse { status: Status { status: 0 }, token }.to_der().unwrap()
    }

    fn signed(&self, info: &[u8]) -> SignedData {
        let digest = OctetString::new(Sha256::digest(info).to_vec()).unwrap();
        let attributes = vec![
            attribute(CONTENT_TYPE, Any::encode_from(&TIMESTAMP_INFO).unwrap()),
            attribute(MESSAGE_DIGEST, Any::encode_from(&digest).unwrap()),
        ];
        let attributes = SetOfVec::try_from(attributes).unwrap();
        let signer = SignerInfo {
            version: CmsVersion::V1,
            sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
                issuer: self.authority.name().clone(),
                serial_number: serial(&self.key.public()),
            }),
            digest_alg: sha256(),
            signature: OctetString::new(self.key.sign(&attributes.to_der().unwrap())).unwrap(),
            signed_attrs: Some(attributes),
            signature_algorithm: self.key.signature_algorithm(),
            unsigned_attrs: None,
        };
        SignedData {
            version: CmsVersion::V3,
            digest_algorithms: SetOfVec::try_from(vec![sha256()]).unwrap(),
            encap_content_info: EncapsulatedContentInfo {
                econtent_type: TIMESTAMP_INFO,
                econtent: Some(Any::encode_from(&OctetString::new(info).unwrap()).unwrap()),
            },
            certificates: None,
            crls: None,
            signer_infos: SignerInfos(SetOfVec::try_from(vec![signer]).unwrap()),
        }
    }
}

fn sha256() -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid: SHA256, parameters: None }
}

fn attribute(oid: ObjectIdentifier, value: Any) -> Attribute {
    Attribute { oid, values: SetOfVec::try_from(vec![value]).unwrap() }
}
