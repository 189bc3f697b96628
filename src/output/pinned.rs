//! One line per subject that passed: its pinned reference. The digest is that of the very run, so that nobody
//! resolves twice.

use std::io;

use crate::report::{SubjectReport, Verdict};

/// Writes the pinned reference of a subject that passed.
pub(super) fn subject(subject: &SubjectReport, out: &mut dyn io::Write) -> io::Result<()> {
    match &subject.resolved {
        Some(resolved) if subject.verdict == Verdict::Pass => {
            writeln!(out, "{}", super::sanitize::line(&resolved.pinned))
        }
        _ => Ok(()),
    }
}
