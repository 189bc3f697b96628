//! Where the cache is, and how large it may be: environment variables say so, because every command shares one.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Context as _;
use ocigate::source::Cache;

use super::clock::wall_time;

/// The environment variable with the folder.
const FOLDER: &str = "OCIGATE_CACHE_DIR";
/// The environment variable with the size, in MiB; 0 turns the cache off.
const SIZE: &str = "OCIGATE_CACHE_SIZE";
const MIB: u64 = 1024 * 1024;
/// In MiB: the evidence of some ten thousand subjects.
const DEFAULT_SIZE: u64 = 512;

/// The cache of this user; none if it is turned off or there is no folder for it.
pub fn open() -> anyhow::Result<Option<Cache>> {
    Ok(match size()? {
        0 => None,
        size => folder().map(|folder| cache(folder, size)),
    })
}

/// The same for who asks for it by name: turned off or not, what is in it is there.
pub fn named() -> anyhow::Result<Cache> {
    let folder = folder()
        .with_context(|| format!("there is no folder for a cache: none of {FOLDER}, XDG_CACHE_HOME and HOME is set"))?;
    Ok(cache(folder, size()?))
}

fn cache(folder: PathBuf, size: u64) -> Cache {
    Cache::new(folder, size.saturating_mul(MIB), wall_time().into())
}

fn size() -> anyhow::Result<u64> {
    let Some(text) = variable(SIZE) else { return Ok(DEFAULT_SIZE) };
    let size = text.to_str().and_then(|text| text.trim().parse().ok());
    size.with_context(|| format!("{SIZE}: expected a number of MiB, 0 for no cache, found {text:?}"))
}

/// What names the folder itself, else the place for caches (XDG Base Directory Specification 0.8, where a relative path
/// counts as none).
fn folder() -> Option<PathBuf> {
    let place = |name, below: &str| {
        let base = PathBuf::from(variable(name)?);
        base.is_absolute().then(|| base.join(below))
    };
    variable(FOLDER)
        .map(PathBuf::from)
        .or_else(|| place("XDG_CACHE_HOME", "ocigate"))
        .or_else(|| place("HOME", ".cache/ocigate"))
}

fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}
