//! The border to the verifying library: what it is given, and what its answers mean in our steps.
//!
//! It checks steps 2 to 7; around it stand our own checks that what it leaves open cannot pass: nothing is signed after
//! the time of judgement, and a log's key was in use at every trusted time.

use serde_json::Value;
use sigstore_verify::crypto::{CertificateInfo, parse_certificate_info};
use sigstore_verify::trust_root::TrustedRoot;
use sigstore_verify::types::artifact::ArtifactDigest;
use sigstore_verify::types::{Artifact, Bundle, DerCertificate, Sha256Hash};
use sigstore_verify::{CertificateError, Error, Policy, Verifier};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::failure::{Failure, Step};
use super::inside::{certificate_of, was_in_use};
use super::intoto;
use super::proof::{Clock, Log, SigningTime};
use super::target::VerificationTarget;
use crate::oci::{Algorithm, Digest};
use crate::trust::Root;

/// Signed material as a bundle, and what it signs.
pub(super) struct SealedMaterial<'a> {
    content: Value,
    signed: SignedPayload<'a>,
}

/// What is signed: the bytes, or for an envelope the bytes that its statement names.
#[derive(Clone, Copy)]
pub(super) enum SignedPayload<'a> {
    /// Bytes.
    Bytes(&'a [u8]),
    /// The sha256 of bytes that are not at hand.
    Sha256(&'a Digest),
}

/// The target as what is signed, or as what a statement names.
pub(super) fn over(target: VerificationTarget<'_>) -> Result<SignedPayload<'_>, Failure> {
    let sha256 = target.digests.iter().find(|digest| digest.algorithm() == Algorithm::Sha256);
    match (target.bytes, sha256) {
        (Some(bytes), _) => Ok(SignedPayload::Bytes(bytes)),
        (None, Some(digest)) => Ok(SignedPayload::Sha256(digest)),
        (None, None) => Err(Failure::unchecked("neither the bytes nor the sha256 of what is signed is known")),
    }
}

/// What a root vouches for.
#[derive(Debug)]
pub(super) struct VerifiedEntry {
    pub certificate: Option<CertificateInfo>,
    /// Whether its certificate timestamp was verified.
    pub has_certificate_timestamp: bool,
    pub log: Log,
    pub times: Vec<SigningTime>,
}

impl<'a> SealedMaterial<'a> {
    /// A bundle of any version, as JSON.
    pub fn new(content: Value, signed: SignedPayload<'a>) -> Self {
        SealedMaterial { content, signed }
    }

    fn entries(&self) -> &[Value] {
        self.list("/verificationMaterial/tlogEntries")
    }

    fn list(&self, pointer: &str) -> &[Value] {
        self.content.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// How many log entries it has.
    pub fn log_entries(&self) -> usize {
        self.entries().len()
    }

    /// How many timestamps it has.
    pub fn timestamps(&self) -> usize {
        self.list("/verificationMaterial/timestampVerificationData/rfc3161Timestamps").len()
    }

    /// Whether the bytes that it signs are not at hand.
    pub fn is_digest_only(&self) -> bool {
        matches!(self.signed, SignedPayload::Sha256(_))
    }

    /// Verifies it with one root and one of the library's policies.
    pub fn verify(&self, root: &Root, policy: &impl Policy, now: OffsetDateTime) -> Result<VerifiedEntry, Failure> {
        let by_root =
            |error: &dyn std::fmt::Display| format!("by the root `{}`: {}", root.name(), readable(&error.to_string()));
        let verifier = root.verifier().map_err(|error| Failure::unchecked(by_root(&error)))?;
        let agrees = |entry: &Value| agrees(entry).and_then(|()| intoto::same_certificate(&self.content, entry));
        self.entries()
            .iter()
            .try_for_each(|entry| agrees(entry).map_err(|reason| Failure::refused(Step::Log, reason)))?;
        let restated = intoto::restate(&self.content, root)?;
        let own = restated.as_ref().map(|restated| Verifier::new(&restated.root)).transpose();
        let own = own.map_err(|error| Failure::unchecked(by_root(&error)))?;
        let verifier = own.as_ref().unwrap_or(verifier);
        let (content, trusted) = match &restated {
            Some(restated) => (restated.content.clone(), &restated.root),
            None => (self.content.clone(), root.content()),
        };
        let bundle: Bundle = serde_json::from_value(content).map_err(|error| self.unreadable(&error.to_string()))?;
        let checked = |verifier: &Verifier| {
            verifier.verify(self.artifact()?, &bundle, policy).map_err(|error| failure(&error, &by_root(&error)))
        };
        let result = checked(verifier)?;
        let times: Vec<OffsetDateTime> = result
            .verified_timestamps()
            .iter()
            .filter_map(|time| OffsetDateTime::from_unix_timestamp_nanos(time.as_nanosecond()).ok())
            .collect();
        if let Some(later) = times.iter().find(|time| **time > now) {
            let shown = |time: OffsetDateTime| time.format(&Rfc3339).unwrap_or_default();
            let reason = format!("it was signed at {}, after the time of judgement {}", shown(*later), shown(now));
            return Err(Failure::refused(Step::Time, reason));
        }
        let is_logged = result.tlog_verified();
        let certificate = result.certificate().cloned();
        if is_logged && self.entries().iter().any(|entry| !is_promised(entry) && !is_present(entry, "inclusionProof")) {
            let reason = "one of its log entries has neither a promise nor a proof: nobody vouches for it";
            return Err(Failure::refused(Step::Log, reason));
        }
        let by_logs = is_logged && restated.is_none();
        if let Some(narrowed) = self.narrowed(trusted, &times, by_logs) {
            narrowed.and_then(|verifier| checked(&verifier)).map_err(|failure| outside_window(failure, root))?;
        }
        let has_certificate_timestamp = result.sct_verified();
        let (log, times) = (self.log(root, is_logged), self.signing_times(&times));
        Ok(VerifiedEntry { certificate, has_certificate_timestamp, log, times })
    }

    /// The second pass. For an entry with a proof and no promise, or with a promise that states no time or one that is
    /// no trusted time, nothing ties the log's key to the time that it was in use, nor to the log that the entry names
    /// (the gap of sigstore-go#496). And the certificates of an authority are anchors, whose own validity is not looked
    /// at (CVE-2026-24122). With only the logs that entries name, and the logs and authorities that were valid at every
    /// trusted time, it has to verify again. None, where that leaves out nothing.
    fn narrowed(
        &self,
        trusted: &TrustedRoot,
        times: &[OffsetDateTime],
        by_logs: bool,
    ) -> Option<Result<Verifier, Failure>> {
        if times.is_empty() {
            return None;
        }
        let mut content = trusted.clone();
        let before = content.tlogs.len() + content.certificate_authorities.len();
        content.certificate_authorities.retain(|authority| {
            authority.cert_chain.certificates.iter().all(|certificate| {
                // One whose key the library cannot name still anchors.
                parse_certificate_info(&certificate.raw_bytes).map_or(true, |info| {
                    let (from, until) = (info.not_before.as_nanosecond(), info.not_after.as_nanosecond());
                    times.iter().map(|time| time.unix_timestamp_nanos()).all(|time| time >= from && time <= until)
                })
            })
        });
        let named: Vec<&str> =
            self.entries().iter().filter_map(|entry| entry.pointer("/logId/keyId")?.as_str()).collect();
        content.tlogs.retain(|log| {
            !by_logs
                || named.contains(&log.log_id.key_id.to_string().as_str())
                    && times.iter().all(|time| was_in_use(log, time.unix_timestamp_nanos()))
        });
        (content.tlogs.len() + content.certificate_authorities.len() < before)
            .then(|| Verifier::new(&content).map_err(|error| Failure::unchecked(error.to_string())))
    }

    fn artifact(&self) -> Result<Artifact<'a>, Failure> {
        match self.signed {
            SignedPayload::Bytes(bytes) => Ok(Artifact::from_blob(bytes)),
            SignedPayload::Sha256(digest) => Sha256Hash::from_hex(digest.hex())
                .map(|hash| Artifact::from_digest(ArtifactDigest::sha256(hash)))
                .map_err(|error| Failure::refused(Step::Target, error.to_string())),
        }
    }

    /// A kind of log entry that the library has no words for is no fault of the material.
    fn unreadable(&self, error: &str) -> Failure {
        const KNOWN: [(&str, &str); 5] = [
            ("hashedrekord", "0.0.1"),
            ("hashedrekord", "0.0.2"),
            ("dsse", "0.0.1"),
            ("dsse", "0.0.2"),
            ("intoto", "0.0.2"),
        ];
        let kinds = self.entries().iter().filter_map(|entry| {
            let field = |key: &str| entry.pointer(&format!("/kindVersion/{key}")).and_then(Value::as_str);
            Some((field("kind")?, field("version")?))
        });
        match kinds.into_iter().find(|kind| !KNOWN.contains(kind)) {
            Some((kind, version)) => Failure::unchecked(format!(
                "its log entry is of the kind {kind} {version}, expected hashedrekord, dsse or intoto 0.0.2: that kind is unsupported here"
            )),
            None => Failure::refused(Step::Material, format!("the bundle is malformed: {error}")),
        }
    }

    /// The first entry: its index is part of what was proven, and its log is named by the root or by the checkpoint
    /// that was verified, never by the log id that anybody can write.
    fn log(&self, root: &Root, is_verified: bool) -> Log {
        let Some(entry) = self.entries().first() else { return Log::NoEntry };
        if !is_verified {
            return Log::NotChecked;
        }
        // Without a promise, the index of Rekor v1 in all its trees is in nothing that is signed; that in the tree is.
        let index =
            if is_promised(entry) || is_second_generation(entry) { "/logIndex" } else { "/inclusionProof/logIndex" };
        let index = match entry.pointer(index) {
            Some(Value::String(text)) => text.parse().unwrap_or_default(),
            Some(Value::Number(number)) => number.as_u64().unwrap_or_default(),
            _ => 0,
        };
        let promised = entry.pointer("/logId/keyId").and_then(Value::as_str).filter(|_| is_promised(entry));
        let named = promised.and_then(|id| {
            root.content().tlogs.iter().find(|log| log.log_id.key_id.to_string() == id).map(|log| log.base_url.clone())
        });
        let origin = || {
            let checkpoint = entry.pointer("/inclusionProof/checkpoint/envelope")?.as_str()?;
            checkpoint.lines().next().map(str::to_owned)
        };
        let log = named.filter(|url| !url.is_empty()).or_else(origin).unwrap_or_else(|| "a log of the root".to_owned());
        Log::Verified { log, index }
    }

    fn signing_times(&self, times: &[OffsetDateTime]) -> Vec<SigningTime> {
        let integrated: Vec<i64> = self
            .entries()
            .iter()
            // Only there is the time part of what is signed.
            .filter(|entry| is_promised(entry) && !is_second_generation(entry))
            .filter_map(|entry| match entry.get("integratedTime")? {
                Value::String(text) => text.parse().ok(),
                other => other.as_i64(),
            })
            .collect();
        let clock = |time: &OffsetDateTime| {
            let by_log = time.nanosecond() == 0 && integrated.contains(&time.unix_timestamp());
            if by_log { Clock::TransparencyLog } else { Clock::TimestampAuthority }
        };
        let mut times: Vec<SigningTime> =
            times.iter().map(|time| SigningTime { at: *time, clock: clock(time) }).collect();
        times.sort_unstable();
        times.dedup();
        times
    }

    /// sha256 of the certificate.
    pub fn certificate_fingerprint(&self) -> Digest {
        Digest::sha256(&certificate_of(&self.content).unwrap_or_default())
    }

    /// Who the certificate says it is of. Nobody vouches for it.
    pub fn unverified_holder(&self) -> Option<String> {
        let info = parse_certificate_info(&DerCertificate::new(certificate_of(&self.content)?)).ok()?;
        let issuer = info.issuer.map_or_else(String::new, |issuer| format!(" by {issuer}"));
        Some(format!("{}{issuer}", info.identity?.as_str()))
    }
}

/// That an entry's proof says twice what it says twice: the library goes by the checkpoint and passes over the rest
/// (RFC 6962 §2.1.1; C2SP `tlog-checkpoint`: origin, size, root hash).
fn agrees(entry: &Value) -> Result<(), String> {
    let Some(proof) = entry.get("inclusionProof").filter(|proof| !proof.is_null()) else { return Ok(()) };
    let checkpoint = proof.pointer("/checkpoint/envelope").and_then(Value::as_str).unwrap_or_default();
    let mut lines = checkpoint.lines().skip(1);
    let said = |key: &str| proof.get(key).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    for (key, expected) in [("treeSize", lines.next()), ("rootHash", lines.next())] {
        if let (Some(found), Some(expected)) = (said(key), expected)
            && found != expected
        {
            return Err(format!(
                "its inclusion proof: `{key}`: expected {expected} as in the checkpoint, found {found}"
            ));
        }
    }
    // In Rekor v1 the index within a shard is another than that of the entry.
    let index = |value: Option<&Value>| match value {
        None | Some(Value::Null) => "0".to_owned(),
        Some(value) => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
    };
    let (whole, within) = (index(entry.get("logIndex")), index(proof.get("logIndex")));
    if is_second_generation(entry) && whole != within {
        return Err(format!("its inclusion proof: `logIndex`: expected {whole} as in the entry, found {within}"));
    }
    Ok(())
}

fn is_present(entry: &Value, key: &str) -> bool {
    entry.get(key).is_some_and(|value| !value.is_null())
}

fn is_promised(entry: &Value) -> bool {
    is_present(entry, "inclusionPromise")
}

/// Whether it is an entry of Rekor v2.
fn is_second_generation(entry: &Value) -> bool {
    let said = |key: &str| entry.pointer(&format!("/kindVersion/{key}")).and_then(Value::as_str);
    said("version") == Some("0.0.2") && said("kind") != Some("intoto")
}

/// The library's words with its times as people write them: `UnixTime(1675209600)` is none.
fn readable(error: &str) -> String {
    let mut parts = error.split("UnixTime(");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let time = part.split_once(')').and_then(|(seconds, rest)| {
            let at = OffsetDateTime::from_unix_timestamp(seconds.parse().ok()?).ok()?;
            Some((at.format(&Rfc3339).ok()?, rest))
        });
        match time {
            Some((time, rest)) => text.extend([time.as_str(), rest]),
            None => text.extend(["UnixTime(", part]),
        }
    }
    text
}

fn outside_window(failure: Failure, root: &Root) -> Failure {
    match failure {
        Failure::Refused(refusal) if refusal.step == Step::Certificate => Failure::refused(
            Step::Certificate,
            format!(
                "by the root `{}`: the certificate of the authority was not valid when it was signed ({})",
                root.name(),
                refusal.reason
            ),
        ),
        Failure::Refused(refusal) => Failure::refused(
            Step::Log,
            format!(
                "by the root `{}`: the log that the entry names does not vouch for it, or its key was not in use when it was signed ({})",
                root.name(),
                refusal.reason
            ),
        ),
        unchecked => unchecked,
    }
}

/// Which step an error of the library is about.
fn failure(error: &Error, reason: &str) -> Failure {
    let step = match error {
        Error::UnsupportedBundle(_)
        | Error::UnsupportedArtifact(_)
        | Error::InvalidTrustRoot(_)
        | Error::TrustRoot(_)
        | Error::TrustedCertificate(_) => return Failure::unchecked(reason),
        Error::IdentityMismatch { .. } | Error::IssuerMismatch { .. } => Step::Identity,
        Error::SignatureInvalid(_) | Error::Crypto(_) => Step::Signature,
        Error::ArtifactMismatch(_) => Step::Target,
        Error::Certificate(CertificateError::Sct(_)) => Step::CertificateTimestamp,
        Error::Certificate(_) => Step::Certificate,
        Error::TransparencyLog(_) => Step::Log,
        Error::Timestamp(_) => Step::Time,
        _ => Step::Material,
    };
    Failure::refused(step, reason)
}
