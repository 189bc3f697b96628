//! Pure renderers: one format per file, each a function of the [`Report`].
//!
//! Everything that came from a registry or a document goes through [`sanitize`] before it reaches a terminal.

use std::io;

use crate::report::Report;

pub mod json;
pub mod pinned;
pub mod sanitize;
pub mod text;
pub mod tree;

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
        match self {
            Format::Text => text::render(report, color, out),
            Format::Json => json::render(report, out),
            Format::Pinned => pinned::render(report, out),
        }
    }
}
