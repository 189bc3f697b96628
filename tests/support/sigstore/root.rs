//! `trusted_root.json`: whom a verifier believes, and when.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::logs::Log;
use super::{Seconds, Sigstore, YEAR};

/// What a trusted root names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    Authority,
    CertificateLog,
    RekorV1,
    RekorV2,
    Timestamps,
}

impl Service {
    pub const ALL: [Service; 5] =
        [Service::Authority, Service::CertificateLog, Service::RekorV1, Service::RekorV2, Service::Timestamps];

    /// The list in the document.
    fn list(self) -> &'static str {
        match self {
            Service::Authority => "certificateAuthorities",
            Service::CertificateLog => "ctlogs",
            Service::RekorV1 | Service::RekorV2 => "tlogs",
            Service::Timestamps => "timestampAuthorities",
        }
    }
}

/// A trusted root in the making.
#[derive(Clone)]
pub struct TrustedRoot {
    entries: Vec<(Service, Value)>,
}

impl Sigstore {
    /// The trusted root with all services.
    pub fn trusted_root(&self) -> Value {
        self.root().json()
    }

    /// The same, to be changed.
    pub fn root(&self) -> TrustedRoot {
        TrustedRoot { entries: Service::ALL.map(|service| (service, self.entry(service))).to_vec() }
    }

    fn entry(&self, service: Service) -> Value {
        let since = self.now - YEAR;
        match service {
            Service::Authority => {
                authority(self.authority.organisation(), "https://fulcio.sigstore.test", &self.authority.chain(), since)
            }
            Service::CertificateLog => log(&self.certificate_log, since),
            Service::RekorV1 => log(&self.rekor_v1, since),
            Service::RekorV2 => log(&self.rekor_v2, since),
            Service::Timestamps => {
                let uri = "https://timestamp.sigstore.test/api/v1/timestamp";
                authority(self.timestamps.organisation(), uri, &self.timestamps.chain(), since)
            }
        }
    }
}

impl TrustedRoot {
    pub fn without(mut self, service: Service) -> Self {
        self.entries.retain(|(each, _)| *each != service);
        self
    }

    /// Adds another Sigstore's.
    pub fn and(mut self, service: Service, other: &Sigstore) -> Self {
        self.entries.push((service, other.entry(service)));
        self
    }

    /// Another Sigstore's in place of the own one.
    pub fn replaced(self, service: Service, other: &Sigstore) -> Self {
        self.without(service).and(service, other)
    }

    /// Since when a service is trusted, and until when.
    pub fn valid(self, service: Service, start: Seconds, end: Option<Seconds>) -> Self {
        self.changed(service, |entry| {
            let keeper = if entry.get("publicKey").is_some() { &mut entry["publicKey"] } else { entry };
            keeper["validFor"] = json!({"start": text(start)});
            if let Some(end) = end {
                keeper["validFor"]["end"] = text(end).into();
            }
        })
    }

    /// Changes a service's entry in any way.
    pub fn changed(mut self, service: Service, change: impl Fn(&mut Value)) -> Self {
        self.entries.iter_mut().filter(|(each, _)| *each == service).for_each(|(_, entry)| change(entry));
        self
    }

    pub fn json(&self) -> Value {
        let mut root = json!({
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [], "certificateAuthorities": [], "ctlogs": [], "timestampAuthorities": [],
        });
        for (service, entry) in &self.entries {
            root[service.list()].as_array_mut().unwrap().push(entry.clone());
        }
        root
    }
}

fn text(at: Seconds) -> String {
    OffsetDateTime::from_unix_timestamp(at).unwrap().format(&Rfc3339).unwrap()
}

fn log(log: &Log, since: Seconds) -> Value {
    json!({
        "baseUrl": format!("https://{}", log.name()),
        "hashAlgorithm": "SHA2_256",
        "publicKey": {
            "rawBytes": STANDARD.encode(log.key().public_der()),
            "keyDetails": log.key().details(),
            "validFor": {"start": text(since)},
        },
        "logId": {"keyId": STANDARD.encode(log.id())},
    })
}

fn authority(organisation: &str, uri: &str, chain: &[Vec<u8>], since: Seconds) -> Value {
    let certificates = chain.iter().map(|bytes| json!({"rawBytes": STANDARD.encode(bytes)})).collect::<Vec<_>>();
    json!({
        "subject": {"organization": organisation, "commonName": "intermediate"},
        "uri": uri,
        "certChain": {"certificates": certificates},
        "validFor": {"start": text(since)},
    })
}
