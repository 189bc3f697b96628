//! A disk cache of what was fetched by digest: manifests of referrers, and evidence. It saves requests and decides
//! nothing.
//!
//! - The key is the digest, and nothing else. What a tag points at and what is listed is never kept, nor is the subject
//!   itself: whether the registry has it, and gives it to whoever asks, is asked in every run.
//! - Bytes are hashed whenever they are read. An entry that is not what its name says is removed and fetched again.
//! - An entry is written beside its place and renamed, so that no other process sees half of one.
//! - Whatever goes wrong with the folder costs requests. Nothing here is an error of a run.
//!
//! The folder holds `content-v1/<algorithm>/<hex>`, one file for each digest. Only files of such names are ever read or
//! removed, and only in folders that are no links: a folder that was named by mistake keeps what is its own.

use std::fs::{self, DirBuilder, File, FileTimes, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use super::question::SizedDigest;
use super::seen::FetchedContent;
use crate::oci::{Algorithm, Digest};

/// The folder in the cache's folder, with the version of what is in it.
const CONTENT: &str = "content-v1";
/// The ending of a file that is being written.
const PARTIAL: &str = ".partial";
/// After this time a file that is still being written was left behind by a process that ended.
const LEFT_BEHIND: Duration = Duration::from_secs(60 * 60);
/// One entry takes no more than this part of the limit: a large one must not drive out all others.
const SHARE: u64 = 8;
/// Of the limit, in tenths, what is kept when entries have to go: else each later run would have to remove some.
const KEPT: u64 = 8;
/// A file that tells backup programs that this is a cache (Cache Directory Tagging Specification 1.0).
const TAG: (&str, &str) = (
    "CACHEDIR.TAG",
    "Signature: 8a477f597d28d172789f06886806bc55\n# A cache of ocigate: `ocigate cache clear` empties it.\n",
);

/// A cache in a folder, which may be shared by all subjects of a run and by other processes.
#[derive(Debug, Clone)]
pub struct Cache(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    folder: PathBuf,
    /// Bytes that all entries may have together.
    limit: u64,
    /// The wall clock: when an entry was used last.
    now: SystemTime,
    /// Bytes written since entries were last counted.
    written: AtomicU64,
    /// Files begun by this process.
    begun: AtomicU64,
}

/// What is in a cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// How many entries.
    pub entries: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// One entry or left-behind file, as the folder says.
struct Entry {
    used: SystemTime,
    path: PathBuf,
    bytes: u64,
    is_partial: bool,
}

impl Cache {
    /// A cache in this folder, which is made when the first entry is kept. `limit` is in bytes; `now` is the wall clock's
    /// time, by which the entries that were not used for longest go first.
    pub fn new(folder: PathBuf, limit: u64, now: SystemTime) -> Self {
        Cache(Arc::new(Shared { folder, limit, now, written: AtomicU64::new(0), begun: AtomicU64::new(0) }))
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.0.folder
    }

    /// Bytes that all entries may have together.
    pub fn limit(&self) -> u64 {
        self.0.limit
    }

    /// The content of this digest, if it is here whole. An entry of another size than the descriptor's is left to
    /// the registry, which shows which of the two is wrong.
    pub(super) fn get(&self, named: &SizedDigest) -> Option<FetchedContent> {
        if !self.0.is_ours(&self.0.content(named.digest.algorithm())) {
            return None;
        }
        let path = self.0.path(&named.digest);
        let (file, bytes) = read(&path, named.size)?;
        if !named.digest.matches(&bytes) {
            // If it cannot be removed, it is found corrupt again the next time.
            let _ = fs::remove_file(&path);
            return None;
        }
        // In a folder that cannot be written nothing is evicted, so when it was used matters to nobody.
        let _ = file.set_times(FileTimes::new().set_modified(self.0.now));
        Some(FetchedContent { digest: named.digest.clone(), bytes })
    }

    /// Keeps checked content. That it cannot be kept is no matter.
    pub(super) fn put(&self, content: &FetchedContent) {
        let size = content.bytes.len() as u64;
        if size <= self.0.limit / SHARE && self.0.write(content).is_ok() {
            let written = self.0.written.fetch_add(size, Ordering::Relaxed) + size;
            if written > self.0.limit / SHARE {
                self.0.tidy();
            }
        }
    }

    /// What is in it.
    pub fn usage(&self) -> Usage {
        let mut usage = Usage::default();
        for entry in self.0.entries().iter().filter(|entry| !entry.is_partial) {
            usage.add(entry);
        }
        usage
    }

    /// Removes all entries, and says what was removed. The error names the first that could not be.
    pub fn clear(&self) -> Result<Usage, String> {
        let mut removed = Usage::default();
        for entry in self.0.entries() {
            match fs::remove_file(&entry.path) {
                Ok(()) if entry.is_partial => {}
                Ok(()) => removed.add(&entry),
                // Another process was quicker.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(format!("cannot remove {}: {error}", entry.path.display())),
            }
        }
        Ok(removed)
    }

    /// Why nothing can be kept, if nothing can. In a folder that is not there yet nothing was tried.
    pub fn trouble(&self) -> Option<String> {
        if fs::symlink_metadata(&self.0.folder).is_err() {
            return None;
        }
        let probe = self.0.begin(Algorithm::Sha256).and_then(|(_, path)| fs::remove_file(path));
        probe.err().map(|error| format!("nothing can be kept in {}: {error}", self.0.folder.display()))
    }
}

impl Usage {
    fn add(&mut self, entry: &Entry) {
        self.entries += 1;
        self.bytes += entry.bytes;
    }
}

impl Shared {
    fn content(&self, algorithm: Algorithm) -> PathBuf {
        self.folder.join(CONTENT).join(algorithm.name())
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        self.content(digest.algorithm()).join(digest.hex())
    }

    fn write(&self, content: &FetchedContent) -> io::Result<()> {
        let (mut file, partial) = self.begin(content.digest.algorithm())?;
        let written = file.write_all(&content.bytes);
        drop(file);
        written.and_then(|()| fs::rename(&partial, self.path(&content.digest))).inspect_err(|_| {
            let _ = fs::remove_file(&partial);
        })
    }

    /// A new file beside the entries.
    fn begin(&self, algorithm: Algorithm) -> io::Result<(File, PathBuf)> {
        let folder = self.content(algorithm);
        if !self.is_ours(&folder) {
            self.make(&folder)?;
        }
        let number = self.begun.fetch_add(1, Ordering::Relaxed);
        let time = self.now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
        let path = folder.join(format!("{}-{time}-{number}{PARTIAL}", std::process::id()));
        // New: what somebody put there under this name is not written to.
        let file = private(OpenOptions::new().write(true).create_new(true)).open(&path)?;
        Ok((file, path))
    }

    fn make(&self, folder: &Path) -> io::Result<()> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        if !self.folder.exists() {
            builder.create(&self.folder)?;
            // Without it, backups are larger, and that is all.
            let _ = fs::write(self.folder.join(TAG.0), TAG.1);
        }
        builder.create(self.folder.join(CONTENT))?;
        if is_folder(&self.folder.join(CONTENT)) {
            builder.create(folder)?;
        }
        if self.is_ours(folder) { Ok(()) } else { Err(io::Error::other("there is a link in place of a folder")) }
    }

    /// Whether it and the one above are folders and no links: those lead to where nothing is ours.
    fn is_ours(&self, folder: &Path) -> bool {
        is_folder(&self.folder.join(CONTENT)) && is_folder(folder)
    }

    /// Whatever is ours in the folder.
    fn entries(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
            let folder = self.content(algorithm);
            if self.is_ours(&folder)
                && let Ok(files) = fs::read_dir(&folder)
            {
                entries.extend(files.flatten().filter_map(|file| entry(algorithm, &file)));
            }
        }
        entries
    }

    /// Removes what was not used for longest, if all together have more bytes than they may.
    fn tidy(&self) {
        self.written.store(0, Ordering::Relaxed);
        let (partial, mut entries): (Vec<Entry>, Vec<Entry>) =
            self.entries().into_iter().partition(|entry| entry.is_partial);
        let is_old = |entry: &Entry| self.now.duration_since(entry.used).is_ok_and(|age| age > LEFT_BEHIND);
        for left in partial.iter().filter(|entry| is_old(entry)) {
            let _ = fs::remove_file(&left.path);
        }
        let mut bytes: u64 = entries.iter().map(|entry| entry.bytes).sum();
        if bytes <= self.limit {
            return;
        }
        entries.sort_by(|a, b| (a.used, &a.path).cmp(&(b.used, &b.path)));
        for entry in entries {
            if bytes <= self.limit / 10 * KEPT {
                return;
            }
            // Another process may have removed it.
            if fs::remove_file(&entry.path).is_ok() {
                bytes -= entry.bytes;
            }
        }
    }
}

impl Drop for Shared {
    /// The last of a run that kept something sees to the limit.
    fn drop(&mut self) {
        if *self.written.get_mut() > 0 {
            self.tidy();
        }
    }
}

/// A folder, and no link to one.
fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

/// A file of our own making: its name is a digest, or ends as one that is being written.
fn entry(algorithm: Algorithm, file: &fs::DirEntry) -> Option<Entry> {
    let name = file.file_name().into_string().ok()?;
    let is_partial = name.ends_with(PARTIAL);
    if !is_partial && format!("{}:{name}", algorithm.name()).parse::<Digest>().is_err() {
        return None;
    }
    // Of a link, the link itself.
    let metadata = file.metadata().ok()?;
    let used = metadata.modified().ok()?;
    (!metadata.is_dir()).then(|| Entry { used, path: file.path(), bytes: metadata.len(), is_partial })
}

/// All of a regular file that has this size. A link or a pipe that somebody put there is not followed or waited for.
fn read(path: &Path, size: u64) -> Option<(File, Vec<u8>)> {
    let metadata = fs::symlink_metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() != size {
        return None;
    }
    let file = File::open(path).ok()?;
    let mut bytes = Vec::with_capacity(usize::try_from(size).ok()?);
    (&file).take(size.saturating_add(1)).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 == size).then_some((file, bytes))
}

/// Evidence of a private repository is nobody else's.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(number: usize, size: usize) -> FetchedContent {
        let bytes = vec![u8::try_from(number).unwrap(); size];
        FetchedContent { digest: Digest::sha256(&bytes), bytes }
    }

    fn named(content: &FetchedContent) -> SizedDigest {
        SizedDigest { digest: content.digest.clone(), size: content.bytes.len() as u64 }
    }

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000 + seconds)
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let folder = tempfile::tempdir().unwrap();
        let open = |time| Cache::new(folder.path().to_owned(), 1000, at(time));
        let entries: Vec<FetchedContent> = (0..10).map(|number| content(number, 100)).collect();
        for (time, entry) in entries.iter().enumerate() {
            let cache = open(time as u64);
            cache.put(entry);
            assert!(cache.get(&named(entry)).is_some());
        }
        assert_eq!(open(20).usage(), Usage { entries: 10, bytes: 1000 });
        // The oldest is used again, so that the three after it go.
        assert!(open(20).get(&named(&entries[0])).is_some());
        open(21).put(&content(10, 100));
        let cache = open(22);
        let kept: Vec<bool> = entries.iter().map(|entry| cache.get(&named(entry)).is_some()).collect();
        assert_eq!(kept, [true, false, false, false, true, true, true, true, true, true]);
        assert_eq!(cache.usage(), Usage { entries: 8, bytes: 800 });
    }

    #[test]
    fn one_run_that_keeps_much_stays_within_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().to_owned(), 1000, at(0));
        cache.put(&content(200, 126));
        assert_eq!(cache.usage().entries, 0, "one that takes more than its share is not kept");
        for number in 0..100 {
            cache.put(&content(number, 60));
            assert!(cache.usage().bytes <= 1000 + 180, "{:?}", cache.usage());
        }
        drop(cache);
        assert!(Cache::new(folder.path().to_owned(), 1000, at(0)).usage().bytes <= 1000);
    }

    #[test]
    fn what_a_process_left_behind_goes_and_what_is_being_written_stays() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().to_owned(), 1000, at(0));
        cache.put(&content(0, 10));
        let partial = |name: &str, time| {
            let path = folder.path().join("content-v1/sha256").join(name);
            let file = File::create(&path).unwrap();
            file.set_times(FileTimes::new().set_modified(time)).unwrap();
            path
        };
        let (left, current) = (partial("1-2-3.partial", at(0)), partial("4-5-6.partial", at(7000)));
        drop(cache);
        let cache = Cache::new(folder.path().to_owned(), 1000, at(7200));
        cache.put(&content(1, 10));
        drop(cache);
        assert!(!left.exists() && current.exists());
        let cache = Cache::new(folder.path().to_owned(), 1000, at(7200));
        assert_eq!(cache.clear(), Ok(Usage { entries: 2, bytes: 20 }));
        assert!(!current.exists());
    }
}
