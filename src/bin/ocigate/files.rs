//! Files that the user names, read with a bound.

use std::fs::File;
use std::io::{BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};

mod signals;

/// Reads a text file of at most `limit` bytes.
pub fn read_text(path: &Path, limit: u64) -> anyhow::Result<String> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).with_context(|| format!("cannot read {}", path.display()))?;
    if bytes.len() as u64 > limit {
        bail!("{} is larger than {limit} bytes", path.display());
    }
    String::from_utf8(bytes).map_err(|_| anyhow!("{} is not UTF-8 text", path.display()))
}

/// A file that is being written. A new or regular one is written beside its place and renamed at the end, so that a
/// reader never sees half a report. Anything else that has the name (a pipe, a device) is written to.
pub struct Target {
    path: PathBuf,
    file: BufWriter<File>,
    partial: Option<PathBuf>,
}

impl Target {
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        let opened = match std::fs::metadata(path) {
            Ok(metadata) if !metadata.is_file() => {
                std::fs::OpenOptions::new().write(true).open(path).map(|file| (file, None))
            }
            _ => {
                let mut name = path.file_name().context("the output file has no name")?.to_owned();
                name.push(format!(".{}.partial", std::process::id()));
                let partial = path.with_file_name(name);
                signals::tidy_up(&partial);
                File::create(&partial).map(|file| (file, Some(partial)))
            }
        };
        let (file, partial) = opened.with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Target { path: path.to_owned(), file: BufWriter::new(file), partial })
    }

    pub fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.file.write_all(bytes).with_context(|| format!("cannot write {}", self.path.display()))
    }

    /// All of it is there now.
    pub fn finish(mut self) -> anyhow::Result<()> {
        let renamed = self.file.flush().and_then(|()| match &self.partial {
            Some(partial) => std::fs::rename(partial, &self.path),
            None => Ok(()),
        });
        renamed.with_context(|| format!("cannot write {}", self.path.display()))?;
        self.partial = None;
        Ok(())
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        if let Some(partial) = &self.partial {
            // The error that matters is already there.
            let _ = std::fs::remove_file(partial);
        }
    }
}

/// Writes a file whole.
pub fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut target = Target::create(path)?;
    target.write(bytes)?;
    target.finish()
}
