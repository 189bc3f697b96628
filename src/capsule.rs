//! A saved run: what was asked, what sources answered, and every file that the verdict rested on.
//!
//! It is evidence, not authority. What it carries of trust, policies and configuration decides nothing unless whoever
//! replays it says so. `schemas/capsule.v1.schema.json` describes the [`Record`].

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::limits::Limits;
use crate::oci::Digest;
use crate::oci::json::parse_strict;
use crate::source::capsule::archive::{self, Archive, ArchiveError};
use crate::source::capsule::{Replay, SavedAnswer, SourceAnswers};

pub use crate::source::capsule::Recorder;

/// The version of the record.
pub const VERSION: u64 = 1;

/// What a saved run says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// [`VERSION`].
    pub version: u64,
    /// Version of the program that saved it.
    pub ocigate: String,
    /// The time that was judged at.
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
    /// Digest of all policies and data, the bundled ones included.
    pub policies: Digest,
    /// What the command line said.
    pub asked: CommandLine,
    /// How registries were reached, as far as it loosens anything.
    pub reached: SavedAccess,
    /// Files that were read, and what each was for.
    pub files: Vec<FileEntry>,
    /// What was judged, in order.
    pub subjects: Vec<SavedSubject>,
}

/// What the command line said of what is judged, and how. Paths are as they were given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "struct Asked")]
pub struct CommandLine {
    /// `--config`.
    pub configuration: Option<String>,
    /// `--key`.
    pub keys: Vec<String>,
    /// `--certificate-identity`.
    pub certificate_identity: Option<String>,
    /// `--certificate-identity-regexp`.
    pub certificate_identity_regexp: Option<String>,
    /// `--certificate-oidc-issuer`.
    pub certificate_oidc_issuer: Option<String>,
    /// `--certificate-oidc-issuer-regexp`.
    pub certificate_oidc_issuer_regexp: Option<String>,
    /// `--trusted-root`.
    pub trusted_root: Option<String>,
    /// `--insecure-ignore-sct`.
    pub insecure_ignore_sct: bool,
    /// `--insecure-ignore-tlog`.
    pub insecure_ignore_tlog: bool,
    /// `--policy`.
    pub policies: Vec<String>,
    /// `--data`.
    pub data: Vec<String>,
    /// `--set`.
    pub sets: Vec<String>,
    /// `--disable`.
    pub disable: Vec<String>,
    /// `--without-core`.
    pub without_core: bool,
    /// `--rego-version`.
    pub rego_version: Option<String>,
    /// `--require-digest`.
    pub require_digest: bool,
    /// `--fail-on-warn`.
    pub fail_on_warn: bool,
    /// Whether `--now` set the time.
    pub now: bool,
    /// `--as`.
    #[serde(rename = "as")]
    pub stands_for: Option<String>,
    /// `--platform`.
    pub platform: Option<String>,
    /// `--fail-fast`.
    pub fail_fast: bool,
    /// `--evidence`.
    pub evidence: Vec<String>,
    /// `--pointer`; each is about the subject of the same place.
    pub pointers: Vec<String>,
    /// Whether the subject was named beside its pointer.
    pub beside_pointer: bool,
    /// `--repository`.
    pub repository: Option<String>,
}

/// How registries were reached, as far as it loosens anything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "struct Reached")]
pub struct SavedAccess {
    /// Hosts that were spoken to in plain http.
    pub plain_http: Vec<String>,
    /// Mirrors that were believed: prefix and location of each.
    pub mirrors: Vec<(String, String)>,
    /// Other repositories that evidence was read from, and who named each.
    pub evidence_from: Vec<(String, String)>,
}

/// What a file was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", expecting = "enum Role")]
pub enum FileRole {
    /// The configuration.
    Configuration,
    /// A policy.
    Policy,
    /// Data that policies read.
    Data,
    /// A public key.
    Key,
    /// A trusted root.
    TrustedRoot,
    /// Evidence beside the artifact.
    Evidence,
    /// A distribution pointer.
    Pointer,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// What it was for.
    pub role: FileRole,
    /// Its path, as it was given.
    pub path: String,
    /// Of a policy: the directory or file that was named.
    pub root: Option<String>,
    /// sha256 of its bytes.
    pub digest: Digest,
}

/// One subject, and what sources answered about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedSubject {
    /// The reference, as it was given.
    pub reference: String,
    /// The repository that a layout was judged as.
    #[serde(rename = "as")]
    pub stands_for: Option<String>,
    /// Whether a list asked for a digest.
    pub require_digest: bool,
    /// What sources answered: the one that the reference names and, of an index, those of its children.
    pub answers: Vec<SourceAnswers>,
}

/// A file with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedFile {
    /// What it is for.
    pub role: FileRole,
    /// Its path, as it was given.
    pub path: String,
    /// Of a policy: the directory or file that was named.
    pub root: Option<String>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why a file is not a saved run.
#[derive(Debug, thiserror::Error)]
pub enum CapsuleError {
    /// Some byte of it is not what it has to be.
    #[error("{0}")]
    Altered(String),
    /// Another version of this program made it.
    #[error("its record has version {0}, expected {VERSION}: use the ocigate that saved it, or a newer one")]
    Version(u64),
    /// It cannot be read, or is more than is read.
    #[error("{0}")]
    Unreadable(String),
}

impl From<ArchiveError> for CapsuleError {
    fn from(error: ArchiveError) -> Self {
        match error {
            ArchiveError::NotIntact(_) => CapsuleError::Altered(error.to_string()),
            _ => CapsuleError::Unreadable(error.to_string()),
        }
    }
}

/// A saved run that was opened; every byte of it was checked.
#[derive(Debug)]
pub struct Capsule {
    archive: Arc<Archive>,
    record: Record,
}

impl FileEntry {
    /// The entry of a file.
    pub fn of(file: &CarriedFile) -> Self {
        FileEntry {
            role: file.role,
            path: file.path.clone(),
            root: file.root.clone(),
            digest: Digest::sha256(&file.bytes),
        }
    }
}

/// Writes a saved run, and says the digest of its manifest. `files` are those that the record names; bytes are taken out
/// of what was kept.
pub fn write(
    record: &Record,
    files: &[CarriedFile],
    kept: &Recorder,
    limits: &Limits,
    out: &mut dyn Write,
) -> Result<Digest, CapsuleError> {
    check_files(files.iter().map(|file| file.bytes.len() as u64), limits)?;
    let text = serde_json::to_vec(record).map_err(|error| CapsuleError::Unreadable(error.to_string()))?;
    let mut blobs = kept.take_blobs();
    blobs.extend(files.iter().map(|file| (Digest::sha256(&file.bytes), file.bytes.clone())));
    let named = named(record);
    blobs.retain(|digest, _| named.contains(digest));
    Ok(archive::write(&text, &blobs, limits, out)?)
}

/// All files are held in memory together, each as often as it is named.
fn check_files(sizes: impl Iterator<Item = u64>, limits: &Limits) -> Result<(), ArchiveError> {
    let all = sizes.fold(0, u64::saturating_add);
    archive::check_limit(all, limits.total_bytes, "bytes of all files of one capsule")
}

/// Every blob that a record names.
fn named(record: &Record) -> BTreeSet<Digest> {
    let answers = record.subjects.iter().flat_map(|subject| &subject.answers);
    let of_answers = answers.flat_map(|answers| &answers.exchanges).filter_map(|exchange| match &exchange.answer {
        SavedAnswer::Subject { bytes, .. } | SavedAnswer::Content(bytes) => Some(bytes.clone()),
        _ => None,
    });
    record.files.iter().map(|file| file.digest.clone()).chain(of_answers).collect()
}

impl Capsule {
    /// Opens a saved run and reads it from its first byte to its last.
    pub fn open(path: &Path, limits: &Limits) -> Result<Self, CapsuleError> {
        let archive = Archive::open(path, limits)?;
        let altered = |problem: String| CapsuleError::Altered(format!("its record is not one: {problem}"));
        let value =
            parse_strict(&archive.record(limits)?, limits.json_depth).map_err(|error| altered(error.to_string()))?;
        match value.get("version").and_then(serde_json::Value::as_u64) {
            Some(VERSION) => {}
            Some(other) => return Err(CapsuleError::Version(other)),
            None => return Err(altered("it has no version".to_owned())),
        }
        let record: Record = serde_json::from_value(value).map_err(|error| altered(error.to_string()))?;
        if record.subjects.is_empty() {
            return Err(altered("it has no subject".to_owned()));
        }
        if !record.asked.pointers.is_empty() && record.asked.pointers.len() != record.subjects.len() {
            return Err(altered("it has not as many pointers as subjects".to_owned()));
        }
        let mut seen = BTreeSet::new();
        let again = record.files.iter().find(|file| !seen.insert((file.role, &file.path, &file.root, &file.digest)));
        if let Some(again) = again {
            return Err(altered(format!("it names the file {} twice", again.path)));
        }
        let named = named(&record);
        if let Some(missing) = named.iter().find(|digest| !archive.holds(digest)) {
            return Err(altered(format!("it names {missing}, which the capsule does not hold")));
        }
        // Besides the blobs that the record names there are the record and the manifest.
        if archive.len() != named.len() + 2 {
            return Err(altered("the capsule holds blobs that it does not name".to_owned()));
        }
        Ok(Capsule { archive: Arc::new(archive), record })
    }

    /// The digest of its manifest: it fixes every byte.
    pub fn digest(&self) -> &Digest {
        self.archive.digest()
    }

    /// What it says of itself.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// The files that it carries, within the limit for all of one subject.
    pub fn files(&self, limits: &Limits) -> Result<Vec<CarriedFile>, CapsuleError> {
        check_files(self.record.files.iter().filter_map(|file| self.archive.size(&file.digest)), limits)?;
        let read = |entry: &FileEntry| {
            Ok(CarriedFile {
                role: entry.role,
                path: entry.path.clone(),
                root: entry.root.clone(),
                bytes: self.archive.read(&entry.digest, limits.evidence_bytes)?,
            })
        };
        self.record.files.iter().map(read).collect()
    }

    /// What sources answered about one of its subjects.
    pub fn replay(&self, subject: &SavedSubject) -> Replay {
        Replay::new(Arc::clone(&self.archive), subject.answers.clone())
    }
}

/// One digest over the files of some roles: the same contents give the same, whatever they are called.
pub fn digest_of<'a>(files: impl Iterator<Item = &'a FileEntry>, roles: &[FileRole]) -> Option<Digest> {
    let parts: BTreeSet<(FileRole, &Digest)> =
        files.filter(|file| roles.contains(&file.role)).map(|file| (file.role, &file.digest)).collect();
    match parts.len() {
        0 | 1 => parts.into_iter().next().map(|(_, digest)| digest.clone()),
        _ => {
            let lines: String = parts.iter().map(|(role, digest)| format!("{role:?} {digest}\n")).collect();
            Some(Digest::sha256(lines.as_bytes()))
        }
    }
}
