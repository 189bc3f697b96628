//! The file of a saved run: an OCI image layout in a tar, of which every byte is fixed by what it holds.
//!
//! It is written in one way, and whatever is not written so is refused: header fields, order, padding, the end, and
//! entries that nothing names. So there is no byte that could be changed unseen, and nothing to extract.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde_json::json;

use crate::limits::Limits;
use crate::oci::digest::Hasher;
use crate::oci::{Algorithm, Body, Digest, Manifest, media_type};

/// `artifactType` of a saved run.
pub const ARTIFACT_TYPE: &str = "application/vnd.ocigate.capsule.v1+json";
/// Media type of its config: the record of the run.
pub const RECORD_TYPE: &str = "application/vnd.ocigate.capsule.record.v1+json";
/// Media type of its layers: what each is, the record says.
const BLOB_TYPE: &str = "application/octet-stream";
/// The only content of `oci-layout`.
const LAYOUT: &[u8] = b"{\"imageLayoutVersion\":\"1.0.0\"}";
/// Blobs of one archive: some ten thousand subjects have as many.
const BLOBS: usize = 200_000;
/// Size of a block of a tar.
const BLOCK: usize = 512;
/// Two empty blocks end a tar.
const END: usize = 2 * BLOCK;

/// Why a file is not an archive of a saved run as this program writes it, or cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The operating system says no.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A byte is not what it has to be.
    #[error("it is not intact: {0}")]
    NotIntact(String),
    /// A blob is larger than is read here.
    #[error("a blob is larger than is read here")]
    TooLarge,
    /// It holds more than one archive may.
    #[error("it is beyond the limit of {limit} {what}")]
    Limit {
        /// What is limited.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
}

fn broken(problem: impl Into<String>) -> ArchiveError {
    ArchiveError::NotIntact(problem.into())
}

/// An archive whose every byte was checked when it was opened.
#[derive(Debug)]
pub struct Archive {
    file: Mutex<File>,
    /// Offset and size of each blob.
    blobs: BTreeMap<Digest, (u64, u64)>,
    digest: Digest,
    record: Digest,
}

/// Writes an archive with this record and these blobs, and says the digest of its manifest.
pub fn write(
    record: &[u8],
    blobs: &BTreeMap<Digest, Vec<u8>>,
    limits: &Limits,
    out: &mut dyn Write,
) -> Result<Digest, ArchiveError> {
    let record_digest = Digest::sha256(record);
    let layers: Vec<(&Digest, u64)> = blobs
        .iter()
        .filter(|(digest, _)| **digest != record_digest)
        .map(|(digest, bytes)| (digest, bytes.len() as u64))
        .collect();
    check_limit(layers.len() as u64, BLOBS as u64, "blobs of one capsule")?;
    check_limit(record.len() as u64, limits.evidence_bytes, "bytes of the record of one capsule")?;
    let manifest = manifest(&record_digest, record.len() as u64, &layers);
    check_limit(manifest.len() as u64, limits.manifest_bytes, "bytes of the manifest of one capsule")?;
    let digest = Digest::sha256(&manifest);
    let mut files: BTreeMap<String, &[u8]> =
        blobs.iter().map(|(digest, bytes)| (blob_name(digest), bytes.as_slice())).collect();
    files.insert(blob_name(&record_digest), record);
    files.insert(blob_name(&digest), &manifest);
    let index = index(&digest, manifest.len() as u64);
    files.insert("index.json".to_owned(), &index);
    files.insert("oci-layout".to_owned(), LAYOUT);
    for (name, bytes) in files {
        out.write_all(&header(&name, bytes.len() as u64)?)?;
        out.write_all(bytes)?;
        out.write_all(&vec![0; padding(bytes.len() as u64)])?;
    }
    out.write_all(&[0; END])?;
    Ok(digest)
}

/// That there is no more of it than is read.
pub fn check_limit(found: u64, limit: u64, what: &'static str) -> Result<(), ArchiveError> {
    if found > limit { Err(ArchiveError::Limit { what, limit }) } else { Ok(()) }
}

/// The only header that an entry of this name and size can have (POSIX ustar).
fn header(name: &str, size: u64) -> Result<[u8; BLOCK], ArchiveError> {
    let mut header = tar::Header::new_ustar();
    header.set_path(name)?;
    header.set_size(size);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_entry_type(tar::EntryType::Regular);
    header.set_cksum();
    Ok(*header.as_bytes())
}

/// Zeros after so many bytes, up to a whole block.
fn padding(size: u64) -> usize {
    (BLOCK - (size % BLOCK as u64) as usize) % BLOCK
}

fn blob_name(digest: &Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm().name(), digest.hex())
}

fn manifest(record: &Digest, size: u64, layers: &[(&Digest, u64)]) -> Vec<u8> {
    let layers: Vec<_> = layers
        .iter()
        .map(|(digest, size)| json!({"mediaType": BLOB_TYPE, "digest": digest.to_string(), "size": size}))
        .collect();
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": media_type::IMAGE_MANIFEST,
        "artifactType": ARTIFACT_TYPE,
        "config": {"mediaType": RECORD_TYPE, "digest": record.to_string(), "size": size},
        "layers": layers,
    });
    manifest.to_string().into_bytes()
}

fn index(digest: &Digest, size: u64) -> Vec<u8> {
    let entry = json!({
        "mediaType": media_type::IMAGE_MANIFEST,
        "digest": digest.to_string(),
        "size": size,
        "artifactType": ARTIFACT_TYPE,
    });
    let index = json!({"schemaVersion": 2, "mediaType": media_type::IMAGE_INDEX, "manifests": [entry]});
    index.to_string().into_bytes()
}

/// A blob that was passed over.
struct Passed {
    name: String,
    blob: Option<(Digest, u64, u64)>,
    /// The content of the two files that are no blobs.
    text: Vec<u8>,
}

/// Reads a tar from its begin to its end.
struct Reader<R> {
    inner: R,
    at: u64,
}

impl<R: Read> Reader<R> {
    fn exactly(&mut self, buffer: &mut [u8], what: &str) -> Result<(), ArchiveError> {
        self.inner.read_exact(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => broken(format!("it ends within {what}")),
            _ => ArchiveError::Io(error),
        })?;
        self.at += buffer.len() as u64;
        Ok(())
    }

    fn zeros(&mut self, count: usize, what: &str) -> Result<(), ArchiveError> {
        let mut buffer = vec![0; count];
        self.exactly(&mut buffer, what)?;
        if buffer.iter().any(|byte| *byte != 0) {
            return Err(broken(format!("{what} has other bytes than zeros")));
        }
        Ok(())
    }

    /// The next entry; none at the end, which is that of the file too.
    fn entry(&mut self, limits: &Limits) -> Result<Option<Passed>, ArchiveError> {
        let mut block = [0; BLOCK];
        self.exactly(&mut block, "a header")?;
        if block.iter().all(|byte| *byte == 0) {
            self.zeros(BLOCK, "the end")?;
            let mut more = [0; 1];
            return match self.inner.read(&mut more)? {
                0 => Ok(None),
                _ => Err(broken("something follows its end")),
            };
        }
        let read = tar::Header::from_byte_slice(&block);
        let malformed = || broken(format!("the header at byte {} is not one of a capsule", self.at - BLOCK as u64));
        let name = String::from_utf8(read.path_bytes().into_owned()).map_err(|_| malformed())?;
        let size = read.entry_size().map_err(|_| malformed())?;
        let expected = header(&name, size).map_err(|_| malformed())?;
        if expected != block {
            return Err(malformed());
        }
        let passed = match (name.as_str(), blob_digest(&name)) {
            (_, Some(digest)) => self.blob(name, digest, size)?,
            ("index.json" | "oci-layout", None) => {
                check_limit(size, limits.manifest_bytes, "bytes of index.json")?;
                let mut text = vec![0; usize::try_from(size).map_err(|_| malformed())?];
                self.exactly(&mut text, &name)?;
                Passed { name, blob: None, text }
            }
            _ => return Err(broken(format!("it has an entry {name:?}, which no capsule has"))),
        };
        self.zeros(padding(size), "the padding after an entry")?;
        Ok(Some(passed))
    }

    fn blob(&mut self, name: String, digest: Digest, size: u64) -> Result<Passed, ArchiveError> {
        let (offset, mut hasher, mut left) = (self.at, Hasher::new(digest.algorithm()), size);
        let mut buffer = vec![0; 64 * 1024];
        while left > 0 {
            let count = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
            let piece = buffer.get_mut(..count).unwrap_or_default();
            self.exactly(piece, &name)?;
            hasher.update(piece);
            left -= count as u64;
        }
        let found = hasher.finish();
        if found != digest {
            return Err(broken(format!("the bytes of {digest} have the digest {found}")));
        }
        Ok(Passed { name, blob: Some((digest, offset, size)), text: Vec::new() })
    }
}

fn blob_digest(name: &str) -> Option<Digest> {
    let (algorithm, hex) = name.strip_prefix("blobs/")?.split_once('/')?;
    format!("{algorithm}:{hex}").parse().ok()
}

impl Archive {
    /// Opens an archive and reads it from its first byte to its last.
    pub fn open(path: &Path, limits: &Limits) -> Result<Self, ArchiveError> {
        // Before it is opened: opening a pipe would wait for its other end.
        if !std::fs::metadata(path)?.is_file() {
            return Err(broken("expected a regular file"));
        }
        let file = File::open(path)?;
        let mut reader = Reader { inner: BufReader::new(&file), at: 0 };
        let (mut blobs, mut texts, mut last) = (BTreeMap::new(), BTreeMap::new(), String::new());
        while let Some(passed) = reader.entry(limits)? {
            if passed.name <= last {
                return Err(broken(format!("the entry {:?} is there twice, or not in order", passed.name)));
            }
            last = passed.name.clone();
            match passed.blob {
                Some((digest, offset, size)) => {
                    blobs.insert(digest, (offset, size));
                    check_limit(blobs.len() as u64, BLOBS as u64 + 2, "blobs of one capsule")?;
                }
                None => {
                    texts.insert(passed.name, passed.text);
                }
            }
        }
        if texts.get("oci-layout").map(Vec::as_slice) != Some(LAYOUT) {
            return Err(broken("its `oci-layout` is not that of a capsule, or is not there"));
        }
        let text = texts.remove("index.json").ok_or_else(|| broken("it has no `index.json`"))?;
        let mut archive =
            Archive { file: Mutex::new(file), blobs, digest: Digest::sha256(b""), record: Digest::sha256(b"") };
        archive.check_manifest(&text, limits)?;
        Ok(archive)
    }

    /// The index names one manifest, and that all blobs: each of the two is what would be written for what it says.
    fn check_manifest(&mut self, text: &[u8], limits: &Limits) -> Result<(), ArchiveError> {
        let malformed = |what: &str| broken(format!("its {what} is not that of a capsule"));
        let parsed = Manifest::parse(text, None).map_err(|_| malformed("index.json"))?;
        let Body::Index { manifests } = parsed.body else { return Err(malformed("index.json")) };
        let [entry] = manifests.as_slice() else { return Err(malformed("index.json")) };
        if index(&entry.digest, entry.size) != text || entry.digest.algorithm() != Algorithm::Sha256 {
            return Err(malformed("index.json"));
        }
        let bytes = self.read(&entry.digest, limits.manifest_bytes)?;
        let parsed = Manifest::parse(&bytes, None).map_err(|_| malformed("manifest"))?;
        let config = parsed.config().cloned().ok_or_else(|| malformed("manifest"))?;
        let layers: Vec<(&Digest, u64)> = parsed.layers().iter().map(|layer| (&layer.digest, layer.size)).collect();
        if manifest(&config.digest, config.size, &layers) != bytes || bytes.len() as u64 != entry.size {
            return Err(malformed("manifest"));
        }
        let mut named: BTreeMap<&Digest, u64> = layers.iter().copied().collect();
        if named.len() != layers.len() {
            return Err(broken("its manifest names a blob twice"));
        }
        named.insert(&config.digest, config.size);
        named.insert(&entry.digest, entry.size);
        let held: BTreeMap<&Digest, u64> = self.blobs.iter().map(|(digest, (_, size))| (digest, *size)).collect();
        if held != named {
            return Err(broken("its blobs are not those that its manifest names"));
        }
        (self.digest, self.record) = (entry.digest.clone(), config.digest);
        Ok(())
    }

    /// The digest of its manifest: it fixes every byte.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Whether it holds this blob.
    pub fn holds(&self, digest: &Digest) -> bool {
        self.blobs.contains_key(digest)
    }

    /// How many bytes a blob has; none where it does not hold it.
    pub fn size(&self, digest: &Digest) -> Option<u64> {
        self.blobs.get(digest).map(|(_, size)| *size)
    }

    /// How many blobs it holds, the manifest and the record among them; never none.
    #[allow(clippy::len_without_is_empty, reason = "there is always a manifest")]
    pub fn len(&self) -> usize {
        self.blobs.len()
    }

    /// The record of the run.
    pub fn record(&self, limits: &Limits) -> Result<Vec<u8>, ArchiveError> {
        self.read(&self.record, limits.evidence_bytes)
    }

    /// Reads a blob of at most `limit` bytes, and hashes it again: the file may have changed since it was opened.
    pub fn read(&self, digest: &Digest, limit: u64) -> Result<Vec<u8>, ArchiveError> {
        let (offset, size) = *self.blobs.get(digest).ok_or_else(|| broken(format!("it does not hold {digest}")))?;
        if size > limit {
            return Err(ArchiveError::TooLarge);
        }
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        (&mut *file).take(size).read_to_end(&mut bytes)?;
        let found = Digest::of(digest.algorithm(), &bytes);
        if found != *digest {
            return Err(broken(format!("the bytes of {digest} have the digest {found}")));
        }
        Ok(bytes)
    }
}
