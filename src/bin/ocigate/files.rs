//! Files that the user names, read with a bound.

use std::io::Read as _;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, anyhow, bail};

/// Reads a text file of at most `limit` bytes.
pub fn read_text(path: &Path, limit: u64) -> anyhow::Result<String> {
    let file = std::fs::File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).with_context(|| format!("cannot read {}", path.display()))?;
    if bytes.len() as u64 > limit {
        bail!("{} is larger than {limit} bytes", path.display());
    }
    String::from_utf8(bytes).map_err(|_| anyhow!("{} is not UTF-8 text", path.display()))
}

/// A new or regular file is written beside its place and renamed, so that a reader never sees half a report.
/// Anything else that has the name (a pipe, a device) is written to.
pub fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let written = match std::fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => std::fs::OpenOptions::new()
            .write(true)
            .open(path)
            .and_then(|mut file| file.write_all(bytes).and_then(|()| file.flush())),
        _ => {
            let mut name = path.file_name().context("the output file has no name")?.to_owned();
            name.push(format!(".{}.partial", std::process::id()));
            let partial = path.with_file_name(name);
            let renamed = std::fs::write(&partial, bytes).and_then(|()| std::fs::rename(&partial, path));
            if renamed.is_err() {
                // The error that matters is already there.
                let _ = std::fs::remove_file(&partial);
            }
            renamed
        }
    };
    written.with_context(|| format!("cannot write {}", path.display()))
}
