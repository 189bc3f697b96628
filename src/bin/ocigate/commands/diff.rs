//! `ocigate diff`: what changed between two saved runs or reports.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use ocigate::limits::Limits;
use ocigate::oci::json::parse_strict;
use ocigate::output::difference;
use ocigate::schema;
use serde_json::Value;

use super::super::args::capsule::{Diff, DiffFormat};
use super::super::console::print;
use super::super::exit::Exit;
use super::super::files::read_text;
use super::replay;

pub fn run(arguments: &Diff) -> anyhow::Result<Exit> {
    let changes = difference::compare(&report(&arguments.before)?, &report(&arguments.after)?);
    let mut bytes = Vec::new();
    match arguments.output {
        DiffFormat::Text => difference::render_text(&changes, &mut bytes)?,
        DiffFormat::Json => difference::render_json(&changes, &mut bytes)?,
    }
    print(&bytes)?;
    Ok(if changes.is_empty() { Exit::Pass } else { Exit::Fail })
}

/// A report as it was written, or that of a saved run.
fn report(path: &Path) -> anyhow::Result<Value> {
    let limits = Limits::default();
    let mut first = [0; 1];
    let file = std::fs::File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let count = file.take(1).read(&mut first).with_context(|| format!("cannot read {}", path.display()))?;
    if count == 1 && first != *b"{" {
        let report = replay::by_itself(path)?;
        return serde_json::from_slice(&report).context("the report of the capsule");
    }
    let text = read_text(path, limits.total_bytes)?;
    let report = parse_strict(text.as_bytes(), limits.json_depth)
        .map_err(|error| anyhow!("{} is neither a capsule nor a report: {error}", path.display()))?;
    match schema::validate("report.v1", &report).first() {
        None => Ok(report),
        Some(defect) => {
            bail!("{} is no report (report.v1): {} at {:?}", path.display(), defect.message, defect.pointer)
        }
    }
}
