//! A whole Sigstore for tests, without a network: a certificate authority, a certificate log, both generations of
//! Rekor, a timestamp authority, and what they make of a signature.
//!
//! ```ignore
//! let sigstore = Sigstore::new(seconds("2026-01-15T12:00:00Z"));
//! let signed = sigstore.keyless(&Identity::github("org/repo", "release.yml", "refs/heads/main")).statement(&statement);
//! signed.bundle(Version::V03);   // a bundle
//! signed.annotations();          // cosign's older form
//! sigstore.trusted_root();       // trusted_root.json
//! ```
//!
//! Every part of a signature can be left out while it is made ([`Signing`]), and taken out, changed or swapped
//! afterwards ([`Signed`]); every service can be that of another Sigstore. Keys, and with them ECDSA signatures, are
//! new in every run; times are arguments. The verifier refuses times after the system's clock, so they lie in the past.

pub mod bundle;
pub mod certificates;
pub mod cosign;
pub mod identity;
pub mod keys;
pub mod logs;
pub mod records;
pub mod root;
pub mod signing;
pub mod timestamps;

use certificates::{Authority, Purpose};
use logs::{Log, Protocol};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use timestamps::TimestampAuthority;

pub use {
    bundle::Version,
    identity::Identity,
    keys::{Key, Kind},
    records::Record,
    root::Service,
    signing::{Content, Signed, Signing, Verifier},
};

/// Seconds since 1970.
pub type Seconds = i64;

pub const MINUTE: Seconds = 60;
pub const DAY: Seconds = 24 * 60 * MINUTE;
pub const YEAR: Seconds = 365 * DAY;

/// The time of a text such as `2026-01-15T12:00:00Z`.
pub fn seconds(text: &str) -> Seconds {
    OffsetDateTime::parse(text, &Rfc3339).unwrap().unix_timestamp()
}

/// Both ends are inside.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    pub start: Seconds,
    pub end: Seconds,
}

/// The services of one Sigstore.
pub struct Sigstore {
    /// When things are signed, unless it is said otherwise.
    pub now: Seconds,
    pub authority: Authority,
    pub certificate_log: Log,
    pub rekor_v1: Log,
    pub rekor_v2: Log,
    pub timestamps: TimestampAuthority,
}

impl Sigstore {
    /// Services with new keys that have been there for a year and stay for ten.
    pub fn new(now: Seconds) -> Self {
        let window = Window { start: now - YEAR, end: now + 10 * YEAR };
        Sigstore {
            now,
            authority: Authority::new("sigstore.test", Purpose::CodeSigning, window),
            certificate_log: Log::new("ctfe.sigstore.test", Protocol::V1),
            rekor_v1: Log::new("rekor.sigstore.test", Protocol::V1),
            rekor_v2: Log::new("log2026-1.rekor.sigstore.test", Protocol::V2),
            timestamps: TimestampAuthority::new("timestamp.sigstore.test", window),
        }
    }
}
