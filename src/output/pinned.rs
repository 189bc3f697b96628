//! One line per subject that passed: its pinned reference. The digest is that of the very run, so that nobody
//! resolves twice.

use std::io;

use crate::report::{Report, Verdict};

/// Writes the pinned references of the subjects that passed.
pub fn render(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    for subject in report.subjects.iter().filter(|subject| subject.verdict == Verdict::Pass) {
        if let Some(resolved) = &subject.resolved {
            writeln!(out, "{}", super::sanitize::line(&resolved.pinned))?;
        }
    }
    Ok(())
}
