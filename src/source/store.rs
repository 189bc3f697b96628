//! The files of a layout, in a folder or in a tar, read with a bound.
//!
//! A blob's path is built from a parsed digest only. Links are refused: they lead out of the layout.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::question::SizedDigest;
use super::seen::{Gap, GapReason, ResolveError, SearchTarget};
use crate::limits::Limits;
use crate::oci::Digest;
use crate::oci::digest::Hasher;

/// Entries that a tar may have: a layout of 2,048 referrers with as many blobs needs far fewer.
const TAR_ENTRIES: usize = 100_000;

/// Where a layout's files are.
#[derive(Debug)]
pub enum Store {
    /// In a folder.
    Folder(PathBuf),
    /// In a tar: names with offset and size of their bytes.
    Tar {
        /// The opened tar.
        file: Mutex<File>,
        /// Regular files by name, without a leading `./`.
        entries: BTreeMap<String, (u64, u64)>,
    },
}

/// Why a file could not be read.
#[derive(Debug)]
pub enum StoreError {
    /// It is not there.
    Absent,
    /// It is larger than allowed.
    TooLarge,
    /// It is a link, a device, a folder.
    NotAFile,
    /// The operating system says no.
    Io(io::Error),
}

impl StoreError {
    /// The reason in a gap's words.
    pub fn into_reason(self, limits: &Limits) -> GapReason {
        match self {
            StoreError::Absent => GapReason::Absent,
            StoreError::TooLarge => {
                GapReason::Limit { what: "bytes of one manifest".into(), limit: limits.manifest_bytes }
            }
            StoreError::NotAFile => {
                GapReason::Malformed("expected a regular file, found a link or something else".to_owned())
            }
            StoreError::Io(error) => GapReason::Malformed(format!("cannot be read: {error}")),
        }
    }
}

impl Store {
    /// Opens a folder or a tar. Nothing but a tar's list of entries is read.
    pub fn open(path: &Path) -> Result<Self, ResolveError> {
        let usage =
            |problem: String| ResolveError::Usage(format!("cannot open the layout {}: {problem}", path.display()));
        let metadata = std::fs::metadata(path).map_err(|error| usage(error.to_string()))?;
        if metadata.is_dir() {
            return Ok(Store::Folder(path.to_owned()));
        }
        let mut file = File::open(path).map_err(|error| usage(error.to_string()))?;
        let mut magic = Vec::new();
        file.by_ref().take(4).read_to_end(&mut magic).map_err(|error| usage(error.to_string()))?;
        if let Some(compression) = compression(&magic) {
            return Err(usage(format!(
                "it is compressed with {compression}, expected a plain tar: decompress it first (for gzip: `gunzip -c {} > layout.tar`)",
                path.display()
            )));
        }
        file.seek(SeekFrom::Start(0)).map_err(|error| usage(error.to_string()))?;
        let entries = tar_entries(&file).map_err(|problem| match problem {
            TarProblem::NoTar => usage("it is neither a folder nor a tar".to_owned()),
            TarProblem::Malformed(problem) => ResolveError::Unseen(Gap {
                sought: SearchTarget::Layout(path.display().to_string()),
                reason: GapReason::Malformed(problem),
            }),
        })?;
        Ok(Store::Tar { file: Mutex::new(file), entries })
    }

    /// Reads a file whole, if it has at most `limit` bytes.
    pub fn read(&self, name: &str, limit: u64) -> Result<Vec<u8>, StoreError> {
        self.with_file(name, |reader, size| {
            if size > limit {
                return Err(StoreError::TooLarge);
            }
            let mut bytes = Vec::new();
            // One byte more than stated shows a file that grew in between.
            reader.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(StoreError::Io)?;
            if bytes.len() as u64 > limit { Err(StoreError::TooLarge) } else { Ok(bytes) }
        })
    }

    /// Reads a blob whole, if it has at most `limit` bytes.
    pub fn read_blob(&self, digest: &Digest, limit: u64) -> Result<Vec<u8>, StoreError> {
        self.read(&blob_name(digest), limit)
    }

    /// Digest and size of a blob, without keeping it. Of one with another size than expected no digest: it may have no
    /// end in sight.
    pub fn hash_blob(&self, digest: &Digest, expected: u64) -> Result<(Option<Digest>, u64), StoreError> {
        self.with_file(&blob_name(digest), |reader, size| {
            if size != expected {
                return Ok((None, size));
            }
            let mut hasher = Hasher::new(digest.algorithm());
            let mut buffer = vec![0; 64 * 1024];
            let mut size = 0;
            // One byte more than stated shows a file that grew in between.
            let mut reader = reader.take(expected.saturating_add(1));
            loop {
                match reader.read(&mut buffer).map_err(StoreError::Io)? {
                    0 => return Ok((Some(hasher.finish()), size)),
                    count => {
                        hasher.update(buffer.get(..count).unwrap_or_default());
                        size += count as u64;
                    }
                }
            }
        })
    }

    /// The blobs by their names, sorted.
    pub fn blobs(&self) -> Vec<SizedDigest> {
        let named = |algorithm: &str, hex: &str, size: u64| {
            let digest = format!("{algorithm}:{hex}").parse().ok()?;
            Some(SizedDigest { digest, size })
        };
        let mut blobs: Vec<SizedDigest> = match self {
            Store::Folder(folder) => {
                let of_algorithm = |algorithm: &'static str| {
                    let place = folder.join("blobs").join(algorithm);
                    let is_folder = |path: &Path| std::fs::symlink_metadata(path).is_ok_and(|found| found.is_dir());
                    let is_ours = is_folder(&folder.join("blobs")) && is_folder(&place);
                    let files =
                        is_ours.then(|| std::fs::read_dir(place).ok()).flatten().into_iter().flatten().flatten();
                    files.filter_map(move |file| {
                        let metadata = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
                        named(algorithm, file.file_name().to_str()?, metadata.len())
                    })
                };
                ["sha256", "sha512"].into_iter().flat_map(of_algorithm).collect()
            }
            Store::Tar { entries, .. } => {
                let blob = |(name, (_, size)): (&String, &(u64, u64))| {
                    let (algorithm, hex) = name.strip_prefix("blobs/")?.split_once('/')?;
                    named(algorithm, hex, *size)
                };
                entries.iter().filter_map(blob).collect()
            }
        };
        blobs.sort();
        blobs
    }

    /// Whether the first byte of a blob is that of a JSON object, or a blank.
    pub fn begins_as_object(&self, digest: &Digest) -> bool {
        let first = self.with_file(&blob_name(digest), |reader, _| {
            let mut first = [0];
            reader.read_exact(&mut first).map_err(StoreError::Io)?;
            Ok(first[0])
        });
        first.is_ok_and(|first| first == b'{' || first.is_ascii_whitespace())
    }

    /// Size of a blob, if it is there.
    pub fn size(&self, digest: &Digest) -> Option<u64> {
        self.with_file(&blob_name(digest), |_, size| Ok(size)).ok()
    }

    fn with_file<T>(
        &self,
        name: &str,
        use_file: impl FnOnce(&mut dyn Read, u64) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match self {
            Store::Folder(folder) => {
                let path = folder.join(name);
                // Nor may a folder on the way be a link: what lies outside is nobody's to show.
                let above = name.rsplit_once('/').map_or("", |(above, _)| above);
                let mut step = folder.clone();
                for part in above.split('/').filter(|part| !part.is_empty()) {
                    step.push(part);
                    if !std::fs::symlink_metadata(&step).map_err(absent_or_io)?.is_dir() {
                        return Err(StoreError::NotAFile);
                    }
                }
                let metadata = std::fs::symlink_metadata(&path).map_err(absent_or_io)?;
                if !metadata.is_file() {
                    return Err(StoreError::NotAFile);
                }
                let mut file = File::open(&path).map_err(absent_or_io)?;
                use_file(&mut file, metadata.len())
            }
            Store::Tar { file, entries } => {
                let (offset, size) = *entries.get(name).ok_or(StoreError::Absent)?;
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(offset)).map_err(StoreError::Io)?;
                use_file(&mut Read::by_ref(&mut *file).take(size), size)
            }
        }
    }
}

fn absent_or_io(error: io::Error) -> StoreError {
    if error.kind() == io::ErrorKind::NotFound { StoreError::Absent } else { StoreError::Io(error) }
}

fn blob_name(digest: &Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm().name(), digest.hex())
}

fn compression(magic: &[u8]) -> Option<&'static str> {
    match magic {
        [0x1f, 0x8b, ..] => Some("gzip"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some("zstd"),
        [b'B', b'Z', b'h', ..] => Some("bzip2"),
        [0xfd, b'7', b'z', b'X', ..] => Some("xz"),
        _ => None,
    }
}

/// Why a file cannot be listed.
enum TarProblem {
    /// Its first block is no tar header.
    NoTar,
    /// It begins as a tar and goes on as none, or has what a layout may not have.
    Malformed(String),
}

fn tar_entries(file: &File) -> Result<BTreeMap<String, (u64, u64)>, TarProblem> {
    let mut archive = tar::Archive::new(file);
    let mut entries = BTreeMap::new();
    let listing = archive.entries_with_seek().map_err(|_| TarProblem::NoTar)?;
    for (count, entry) in listing.enumerate() {
        let mut entry = entry.map_err(|error| match count {
            0 => TarProblem::NoTar,
            _ => TarProblem::Malformed(format!("not a readable tar: {error}")),
        })?;
        if count >= TAR_ENTRIES {
            return Err(TarProblem::Malformed(format!("the tar has more than {TAR_ENTRIES} entries")));
        }
        check_pax(&mut entry).map_err(TarProblem::Malformed)?;
        add_tar_entry(&entry, &mut entries).map_err(TarProblem::Malformed)?;
    }
    if entries.is_empty() { Err(TarProblem::NoTar) } else { Ok(entries) }
}

/// A sparse file of GNU tar (`GNU.sparse.name`, …) has another name and another content for GNU tar than for other readers.
fn check_pax(entry: &mut tar::Entry<'_, &File>) -> Result<(), String> {
    let extensions = entry.pax_extensions().map_err(|error| format!("not a readable tar: {error}"))?;
    for extension in extensions.into_iter().flatten() {
        let extension = extension.map_err(|error| format!("not a readable tar: {error}"))?;
        if extension.key_bytes().starts_with(b"GNU.sparse.") {
            return Err("the tar has a sparse file, expected regular files only: readers differ in its name".to_owned());
        }
    }
    Ok(())
}

fn add_tar_entry(entry: &tar::Entry<'_, &File>, entries: &mut BTreeMap<String, (u64, u64)>) -> Result<(), String> {
    let path =
        String::from_utf8(entry.path_bytes().into_owned()).map_err(|_| "a name in the tar is not UTF-8".to_owned())?;
    let kind = entry.header().entry_type();
    if kind.is_dir() {
        return Ok(());
    }
    if !kind.is_file() {
        return Err(format!("the tar entry {path:?} is a link or a special file, expected regular files only"));
    }
    let name = path.trim_start_matches("./").to_owned();
    if name.starts_with('/') || name.split('/').any(|part| part == "..") {
        return Err(format!("the tar entry {path:?} leads out of the layout"));
    }
    match entries.insert(name, (entry.raw_file_position(), entry.size())) {
        None => Ok(()),
        Some(_) => Err(format!("the tar has two entries named {path:?}: readers differ in which one they take")),
    }
}
