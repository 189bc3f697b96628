//! Pure renderers: one format per file, each a function of the [`Report`], written subject by subject.
//!
//! Everything that came from a registry or a document goes through [`sanitize`] before it reaches a terminal.

use std::io;

use crate::report::{Report, Run, SubjectReport, Verdict};

pub mod difference;
pub mod json;
pub mod pinned;
pub mod sanitize;
pub mod text;
pub mod tree;
mod written;

use written::WrittenSubject;

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// For programs: `schemas/report.v1.schema.json`.
    Json,
    /// One pinned reference per subject that passed.
    Pinned,
}

impl Format {
    /// All formats with their names.
    pub const NAMES: [(&'static str, Format); 3] =
        [("text", Format::Text), ("json", Format::Json), ("pinned", Format::Pinned)];

    /// Writes the report. `color` asks for ANSI colours, which only `text` has.
    pub fn render(self, report: &Report, color: bool, out: &mut dyn io::Write) -> io::Result<()> {
        let mut rendering = Rendering::new(self, color);
        rendering.begin(&report.run, out)?;
        for subject in &report.subjects {
            rendering.subject(subject, out)?;
        }
        rendering.end(&report.run, out)
    }
}

/// A report that is written while it comes to be: begun, then one subject after the other, then ended. Of a subject
/// that was written, only its name and verdict are kept.
#[derive(Debug)]
pub struct Rendering {
    format: Format,
    color: bool,
    written: Vec<WrittenSubject>,
}

impl Rendering {
    /// Nothing is written yet.
    pub fn new(format: Format, color: bool) -> Self {
        Rendering { format, color, written: Vec::new() }
    }

    /// What comes before the subjects.
    pub fn begin(&mut self, run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
        match self.format {
            Format::Json => json::begin(run, out),
            Format::Text | Format::Pinned => Ok(()),
        }
    }

    /// One subject.
    pub fn subject(&mut self, subject: &SubjectReport, out: &mut dyn io::Write) -> io::Result<()> {
        match self.format {
            Format::Text => text::subject(subject, self.color, out)?,
            Format::Json => json::next(subject, self.written.is_empty(), out)?,
            Format::Pinned => pinned::subject(subject, out)?,
        }
        self.written.push(WrittenSubject { verdict: subject.verdict, name: subject.name() });
        Ok(())
    }

    /// The verdict over all subjects, and the facts of the run. Without any subject nothing was decided.
    pub fn end(&mut self, run: &Run, out: &mut dyn io::Write) -> io::Result<()> {
        let verdict = Verdict::over(self.written.iter().map(|subject| subject.verdict)).unwrap_or(Verdict::Undecided);
        match self.format {
            Format::Text => text::end(verdict, &self.written, run, self.color, out),
            Format::Json => json::end(verdict, out),
            Format::Pinned => Ok(()),
        }
    }
}
