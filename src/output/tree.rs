//! The referrer tree for `inspect`: what refers to what, of which kind, and where it stands.

use std::io;

use super::sanitize::line;
use crate::oci::Digest;
use crate::report::{EvidenceRow, Link, SubjectReport};

/// Draws the tree of one subject.
pub fn render(subject: &SubjectReport, out: &mut dyn io::Write) -> io::Result<()> {
    let Some(resolved) = &subject.resolved else {
        writeln!(out, "{}", line(&subject.reference.to_string()))?;
        return gaps(subject, out);
    };
    writeln!(out, "{}", line(&resolved.pinned))?;
    let artifact_type = resolved.artifact_type.as_deref().unwrap_or(&resolved.media_type);
    writeln!(out, "  {}", line(artifact_type))?;
    branches(subject, &|about| *about == resolved.digest || is_other_name(subject, about), "", out)?;
    gaps(subject, out)
}

/// A subject addressed by sha512 has referrers that name its sha256: no manifest of the tree has that digest.
fn is_other_name(subject: &SubjectReport, about: &Digest) -> bool {
    subject.evidence.iter().all(|row| row.manifest != *about)
}

fn branches(
    subject: &SubjectReport,
    is_about: &dyn Fn(&Digest) -> bool,
    indent: &str,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut manifests: Vec<&Digest> =
        subject.evidence.iter().filter(|row| is_about(&row.about)).map(|row| &row.manifest).collect();
    manifests.dedup();
    for (index, manifest) in manifests.iter().enumerate() {
        let is_last = index + 1 == manifests.len();
        let (branch, below) = if is_last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        let rows: Vec<&EvidenceRow> = subject.evidence.iter().filter(|row| row.manifest == **manifest).collect();
        let place = rows.first().and_then(|row| row.found_in.as_deref());
        let place = place.map(|place| line(&format!(" (found in {place})"))).unwrap_or_default();
        let link = match rows.first().map(|row| row.link) {
            Some(Link::CosignTag(tag)) => format!(" (tag {})", tag.suffix()),
            Some(Link::Unlisted) => " (unlisted: nothing in the layout leads to it)".to_owned(),
            Some(Link::IndexEntry) => " (listed by the index)".to_owned(),
            Some(Link::OwnLayer) => " (a layer of the subject itself)".to_owned(),
            Some(Link::File) => " (a file beside the artifact)".to_owned(),
            _ => String::new(),
        };
        writeln!(out, "{indent}{branch}{manifest}{link}{place}")?;
        let below = format!("{indent}{below}");
        for row in &rows {
            writeln!(out, "{below}  {}: {}{}", row.standing(), line(&row.what), detail(row))?;
        }
        // A layer of the subject lies in what it is about.
        if rows.iter().all(|row| row.about != **manifest) {
            branches(subject, &|about| about == *manifest, &below, out)?;
        }
    }
    Ok(())
}

fn detail(row: &EvidenceRow) -> String {
    let by: Vec<&str> =
        row.proofs.iter().map(|proof| proof.signer.as_str()).chain(row.vouched_by.iter().map(String::as_str)).collect();
    let why = row
        .refusals
        .iter()
        .map(|refusal| refusal.reason.as_str())
        .chain(row.unchecked.iter().map(|unchecked| unchecked.reason.as_str()))
        .next();
    match (by.is_empty(), why) {
        (false, _) => line(&format!(", by {}", by.join(", "))),
        (true, Some(why)) => line(&format!(", {why}")),
        (true, None) => line(&format!(", {}", row.name)),
    }
}

fn gaps(subject: &SubjectReport, out: &mut dyn io::Write) -> io::Result<()> {
    for gap in &subject.gaps {
        writeln!(out, "not seen: {}: {}", line(&gap.sought.to_string()), line(&gap.reason.to_string()))?;
    }
    for ignored in &subject.ignored {
        writeln!(out, "ignored: {} is listed for {}, but does not name it", ignored.manifest, ignored.listed_for)?;
    }
    Ok(())
}
