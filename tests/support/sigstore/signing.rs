//! Signing: what is asked of the services, and the parts that come out.

use serde_json::Value;

use super::certificates::{Authority, pem};
use super::identity::Identity;
use super::keys::{Key, Kind};
use super::logs::{Entry, Log, Protocol};
use super::records::Record;
use super::timestamps::TimestampAuthority;
use super::{MINUTE, Seconds, Sigstore, Window};

pub const IN_TOTO: &str = "application/vnd.in-toto+json";

/// What is asked for. It begins as what cosign does today: a certificate with a receipt, and an entry in Rekor v1 with
/// promise and proof.
#[derive(Clone)]
pub struct Signing<'a> {
    services: &'a Sigstore,
    key: Key,
    identity: Option<Identity>,
    certificate: Option<Vec<u8>>,
    authority: &'a Authority,
    window: Window,
    receipts: Vec<&'a Log>,
    log: Option<&'a Log>,
    record: Record,
    logged_at: Seconds,
    promised: bool,
    proven: bool,
    timestamps: Option<&'a TimestampAuthority>,
    stamped_at: Seconds,
}

/// A signature with everything that vouches for it, each part by itself.
#[derive(Clone, Debug)]
pub struct Signed {
    pub verifier: Verifier,
    pub content: Content,
    pub signature: Vec<u8>,
    pub entry: Option<Entry>,
    /// DER of an RFC 3161 response.
    pub timestamp: Option<Vec<u8>>,
}

/// What a signature is verified with.
#[derive(Clone, Debug)]
pub enum Verifier {
    /// DER of the leaf, and of the intermediate and the root above it.
    Certificate { leaf: Vec<u8>, chain: Vec<Vec<u8>> },
    /// DER of the SubjectPublicKeyInfo.
    Key(Vec<u8>),
}

/// What was signed.
#[derive(Clone, Debug)]
pub enum Content {
    /// Bytes, with the kind of key that signed them.
    Message(Vec<u8>, Kind),
    /// The payload of a DSSE envelope.
    Payload { payload_type: String, payload: Vec<u8> },
}

impl Sigstore {
    /// Signs with a key for the moment, for which the authority issues a certificate.
    pub fn keyless(&self, identity: &Identity) -> Signing<'_> {
        Signing { identity: Some(identity.clone()), ..self.with_key(&Key::new(Kind::P256)) }
    }

    /// Signs with a key that is known otherwise.
    pub fn with_key(&self, key: &Key) -> Signing<'_> {
        let signing = Signing {
            services: self,
            key: key.clone(),
            identity: None,
            certificate: None,
            authority: &self.authority,
            window: Window { start: 0, end: 0 },
            receipts: vec![&self.certificate_log],
            log: Some(&self.rekor_v1),
            record: Record::Usual,
            logged_at: 0,
            promised: true,
            proven: true,
            timestamps: None,
            stamped_at: 0,
        };
        signing.at(self.now)
    }
}

impl<'a> Signing<'a> {
    /// Signs at this time: a certificate for ten minutes, a timestamp a second later, the log two.
    pub fn at(self, time: Seconds) -> Self {
        let window = Window { start: time, end: time + 10 * MINUTE };
        Signing { window, stamped_at: time + 1, logged_at: time + 2, ..self }
    }

    /// Signs with this key; with an identity, the certificate is for it.
    pub fn key(self, key: &Key) -> Self {
        Signing { key: key.clone(), ..self }
    }

    /// Carries this certificate, whatever key it is for, and asks for none.
    pub fn certificate(self, leaf: &[u8]) -> Self {
        Signing { certificate: Some(leaf.to_vec()), ..self }
    }

    pub fn certificate_window(self, start: Seconds, end: Seconds) -> Self {
        Signing { window: Window { start, end }, ..self }
    }

    pub fn issued_by(self, authority: &'a Authority) -> Self {
        Signing { authority, ..self }
    }

    /// The certificate holds a receipt (SCT) of each of these logs; the verifier wants exactly one.
    pub fn receipts(self, logs: &[&'a Log]) -> Self {
        Signing { receipts: logs.to_vec(), ..self }
    }

    pub fn unlogged(self) -> Self {
        Signing { log: None, ..self }
    }

    /// Is logged there, in the way of that log's protocol.
    pub fn logged_by(self, log: &'a Log) -> Self {
        Signing { log: Some(log), ..self }
    }

    /// Is logged in Rekor v2, which has no time of its own, and gets a timestamp.
    pub fn rekor_v2(self) -> Self {
        let log = &self.services.rekor_v2;
        self.logged_by(log).stamped()
    }

    /// Is logged as this kind of entry.
    pub fn record(self, record: Record) -> Self {
        Signing { record, ..self }
    }

    pub fn logged_at(self, time: Seconds) -> Self {
        Signing { logged_at: time, ..self }
    }

    pub fn without_promise(self) -> Self {
        Signing { promised: false, ..self }
    }

    pub fn without_proof(self) -> Self {
        Signing { proven: false, ..self }
    }

    pub fn stamped(self) -> Self {
        let timestamps = &self.services.timestamps;
        self.stamped_by(timestamps)
    }

    pub fn stamped_by(self, timestamps: &'a TimestampAuthority) -> Self {
        Signing { timestamps: Some(timestamps), ..self }
    }

    /// Signs bytes.
    pub fn message(&self, message: &[u8]) -> Signed {
        self.sign(Content::Message(message.to_vec(), self.key.kind()))
    }

    /// Signs an in-toto statement in an envelope.
    pub fn statement(&self, statement: &Value) -> Signed {
        self.payload(IN_TOTO, statement.to_string().as_bytes())
    }

    /// Signs any payload in an envelope.
    pub fn payload(&self, payload_type: &str, payload: &[u8]) -> Signed {
        self.sign(Content::Payload { payload_type: payload_type.to_owned(), payload: payload.to_vec() })
    }

    fn sign(&self, content: Content) -> Signed {
        let signature = self.key.sign(&content.signed_bytes());
        let timestamp = self.timestamps.map(|timestamps| timestamps.stamp(&signature, self.stamped_at));
        let mut signed = Signed { verifier: self.verifier(), content, signature, entry: None, timestamp };
        signed.entry = self.log.map(|log| self.entry(log, &signed));
        signed
    }

    fn verifier(&self) -> Verifier {
        let issued = self
            .identity
            .as_ref()
            .map(|identity| self.authority.code_signing(identity, &self.key, self.window, &self.receipts));
        match self.certificate.clone().or(issued) {
            Some(leaf) => Verifier::Certificate { leaf, chain: self.authority.chain() },
            None => Verifier::Key(self.key.public_der()),
        }
    }

    fn entry(&self, log: &Log, signed: &Signed) -> Entry {
        let record = self.record.or_usual(log.protocol(), &signed.content);
        let mut entry = log.enter(record.kind_and_version(), record.body(signed, &self.key), self.logged_at);
        if !self.promised && log.protocol() == Protocol::V1 {
            entry.promise = None;
        }
        if !self.proven {
            entry.proof = None;
        }
        entry
    }
}

impl Content {
    /// The bytes below the signature: the message, or DSSE's pre-authentication encoding.
    pub fn signed_bytes(&self) -> Vec<u8> {
        match self {
            Content::Message(message, _) => message.clone(),
            Content::Payload { payload_type, payload } => {
                let header = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
                [header.as_bytes(), payload].concat()
            }
        }
    }
}

impl Verifier {
    /// PEM of the certificate or of the key.
    pub fn pem(&self) -> String {
        match self {
            Verifier::Certificate { leaf, .. } => pem([leaf]),
            Verifier::Key(public) => der::pem::encode_string("PUBLIC KEY", der::pem::LineEnding::LF, public).unwrap(),
        }
    }
}

impl Signed {
    /// The leaf; there must be one.
    pub fn leaf(&mut self) -> &mut Vec<u8> {
        match &mut self.verifier {
            Verifier::Certificate { leaf, .. } => leaf,
            Verifier::Key(_) => panic!("signed with a key alone"),
        }
    }

    /// The log's entry; there must be one.
    pub fn entry(&mut self) -> &mut Entry {
        self.entry.as_mut().unwrap()
    }
}
