//! Files that the user names, read with a bound.

use std::fs::File;
use std::io::{BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, anyhow, bail};
use ocigate::capsule::{CarriedFile, FileRole};
use ocigate::limits::Limits;
use ocigate::oci::Notation;
use ocigate::policy::{self, DataFile, Origin, PolicyFile};

/// Where the files are that the user names.
#[derive(Debug, Clone, Default)]
pub enum Files {
    /// On this machine.
    #[default]
    Machine,
    /// On this machine, and what is read of them is kept.
    Kept(Arc<Mutex<Vec<CarriedFile>>>),
    /// In a saved run, and nowhere else.
    Carried(Arc<Vec<CarriedFile>>),
}

impl Files {
    /// Files of this machine; what is read of them is kept.
    pub fn kept() -> Self {
        Files::Kept(Arc::default())
    }

    /// Reads a text file of at most `limit` bytes.
    pub fn text(&self, role: FileRole, path: &Path, limit: u64) -> anyhow::Result<String> {
        let Files::Carried(carried) = self else {
            let text = read_text(path, limit)?;
            self.keep(role, &path.display().to_string(), None, &text);
            return Ok(text);
        };
        let name = path.display().to_string();
        let found = carried.iter().find(|file| file.role == role && file.path == name);
        let file = found.with_context(|| format!("the capsule does not carry {name}"))?;
        if file.bytes.len() as u64 > limit {
            bail!("{name} is larger than {limit} bytes");
        }
        String::from_utf8(file.bytes.clone()).map_err(|_| anyhow!("{name} is not UTF-8 text"))
    }

    /// Reads the policies of a directory, or one file of them.
    pub fn policies(&self, path: &Path, limits: &Limits) -> anyhow::Result<Vec<PolicyFile>> {
        let Files::Carried(carried) = self else {
            let sources = policy::read_directory(path, limits)?;
            for source in &sources {
                self.keep(FileRole::Policy, &source.path, source.root.as_deref(), &source.text);
            }
            return Ok(sources);
        };
        let root = path.display().to_string();
        let of_root = carried.iter().filter(|file| file.role == FileRole::Policy && file.root.as_ref() == Some(&root));
        let source = |file: &CarriedFile| {
            let text = String::from_utf8(file.bytes.clone()).map_err(|_| anyhow!("{} is not UTF-8 text", file.path))?;
            Ok(PolicyFile { path: file.path.clone(), text, origin: Origin::User, root: Some(root.clone()) })
        };
        let sources = of_root.map(source).collect::<anyhow::Result<Vec<_>>>()?;
        if sources.is_empty() {
            bail!("the capsule carries no policies of {root}");
        }
        Ok(sources)
    }

    /// Reads a data file.
    pub fn data(&self, path: &Path, limits: &Limits) -> anyhow::Result<DataFile> {
        if let Files::Carried(_) = self {
            let text = self.text(FileRole::Data, path, limits.policy_bytes)?;
            let name = path.display().to_string();
            return Ok(DataFile { format: Notation::of(&name), path: name, text, origin: Origin::User });
        }
        let file = policy::read_data(path, limits)?;
        self.keep(FileRole::Data, &file.path, None, &file.text);
        Ok(file)
    }

    /// What was read so far, each once; of files in a saved run nothing.
    pub fn read(&self) -> Vec<CarriedFile> {
        match self {
            Files::Kept(kept) => kept.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            Files::Machine | Files::Carried(_) => Vec::new(),
        }
    }

    fn keep(&self, role: FileRole, path: &str, root: Option<&str>, text: &str) {
        let Files::Kept(kept) = self else { return };
        let file =
            CarriedFile { role, path: path.to_owned(), root: root.map(str::to_owned), bytes: text.as_bytes().to_vec() };
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if !kept.contains(&file) {
            kept.push(file);
        }
    }
}

mod signals;

/// Reads a text file of at most `limit` bytes.
pub fn read_text(path: &Path, limit: u64) -> anyhow::Result<String> {
    String::from_utf8(read_bytes(path, limit)?).map_err(|_| anyhow!("{} is not UTF-8 text", path.display()))
}

/// Reads a file of at most `limit` bytes, in whatever encoding.
pub fn read_bytes(path: &Path, limit: u64) -> anyhow::Result<Vec<u8>> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).with_context(|| format!("cannot read {}", path.display()))?;
    if bytes.len() as u64 > limit {
        bail!("{} is larger than {limit} bytes", path.display());
    }
    Ok(bytes)
}

/// A file that is being written. A new or regular one is written beside its place and renamed at the end, so that a
/// reader never sees half a report. Anything else that has the name (a pipe, a device) is written to.
pub struct OutputFile {
    path: PathBuf,
    file: BufWriter<File>,
    partial: Option<PathBuf>,
}

impl OutputFile {
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
        Ok(OutputFile { path: path.to_owned(), file: BufWriter::new(file), partial })
    }

    /// The same, for a file that must not exist.
    pub fn create_new(path: &Path) -> anyhow::Result<Self> {
        if path.symlink_metadata().is_ok() {
            bail!("{} exists: what was saved is not overwritten, name another file", path.display());
        }
        OutputFile::create(path)
    }

    pub fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.file.write_all(bytes).with_context(|| format!("cannot write {}", self.path.display()))
    }

    /// For what writes piece by piece.
    pub fn writer(&mut self) -> &mut dyn std::io::Write {
        &mut self.file
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

impl Drop for OutputFile {
    fn drop(&mut self) {
        if let Some(partial) = &self.partial {
            // The error that matters is already there.
            let _ = std::fs::remove_file(partial);
        }
    }
}

/// Writes a file whole.
pub fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut target = OutputFile::create(path)?;
    target.write(bytes)?;
    target.finish()
}
