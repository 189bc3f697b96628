//! `ocigate cache`: what is kept of what was fetched by digest.

use std::fmt::Write as _;

use anyhow::anyhow;
use ocigate::output::sanitize;
use ocigate::source::Usage;

use super::super::args::CacheCommand;
use super::super::cache;
use super::super::console::print;
use super::super::exit::Exit;

pub fn run(command: &CacheCommand) -> anyhow::Result<Exit> {
    let cache = cache::named()?;
    let folder = sanitize::line(&cache.folder().display().to_string());
    let mut text = String::new();
    match command {
        CacheCommand::Info => {
            let Usage { entries, bytes } = cache.usage();
            writeln!(text, "folder   {folder}")?;
            writeln!(text, "entries  {entries}")?;
            writeln!(text, "bytes    {bytes} of at most {}", cache.limit())?;
            if cache.limit() == 0 {
                writeln!(text, "note     it is turned off (OCIGATE_CACHE_SIZE is 0)")?;
            }
            if let Some(trouble) = cache.trouble() {
                writeln!(text, "note     {}", sanitize::line(&trouble))?;
            }
        }
        CacheCommand::Clear => {
            let Usage { entries, bytes } = cache.clear().map_err(|problem| anyhow!(problem))?;
            writeln!(text, "removed {entries} entries, {bytes} bytes, from {folder}")?;
        }
    }
    print(text.as_bytes())?;
    Ok(Exit::Pass)
}
