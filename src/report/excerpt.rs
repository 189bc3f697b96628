//! The lines of a document that a finding points at.

use crate::dossier::Dossier;
use crate::finding::Place;
use crate::graph::LayerState;
use crate::oci::{Digest, Notation};

/// Lines of a document. Untrusted text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// Where.
    pub place: Place,
    /// What the document is called: its title, or its kind.
    pub name: String,
    /// Line of the place, from 1.
    pub line: usize,
    /// Column of the place in characters, from 1.
    pub column: usize,
    /// A few lines around the place; a long line is cut to what is around it.
    pub text: String,
    /// Line number of the first line of `text`.
    pub first_line: usize,
    /// Bytes of the place in `text`.
    pub span: std::ops::Range<usize>,
}

/// Lines before the place that are shown.
const CONTEXT: usize = 1;
/// Lines of a place that are shown.
const LINES: usize = 4;
/// Characters of a line that are shown.
const WIDTH: usize = 120;

pub(super) fn excerpt(place: &Place, dossier: &Dossier) -> Option<Excerpt> {
    let pointer = dossier.pointer.as_ref().filter(|pointer| pointer.digest == place.document);
    let notation = pointer.map_or(Notation::Json, |pointer| pointer.notation());
    of_text(place, notation, dossier.text(&place.document)?, document_name(&place.document, dossier))
}

/// The lines of a text that has this name.
pub(super) fn of_text(place: &Place, notation: Notation, text: &[u8], name: String) -> Option<Excerpt> {
    let text = std::str::from_utf8(text).ok()?;
    let located = notation.locate(text.as_bytes(), &place.pointer)?;
    let start = located.range.start;
    let before = text.get(..start)?;
    let line = before.matches('\n').count() + 1;
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = text.get(line_start..start)?.chars().count() + 1;
    let (first_line, window_start) =
        if column > WIDTH / 2 { (line, back(text, start, WIDTH / 4)) } else { context_start(text, line, line_start) };
    let window = window(text, window_start, start);
    let end = located.range.end.min(window_start + window.len());
    Some(Excerpt {
        place: place.clone(),
        name,
        line,
        column,
        span: start - window_start..end.max(start) - window_start,
        text: window.to_owned(),
        first_line,
    })
}

fn context_start(text: &str, line: usize, line_start: usize) -> (usize, usize) {
    let mut first = line;
    let mut start = line_start;
    while first > 1 && line - first < CONTEXT {
        let above = text.get(..start.saturating_sub(1)).unwrap_or_default();
        start = above.rfind('\n').map_or(0, |at| at + 1);
        first -= 1;
    }
    // A minified line above would fill the screen.
    if line_start - start > WIDTH { (line, line_start) } else { (first, start) }
}

/// `count` characters before `at`, on a character boundary.
fn back(text: &str, at: usize, count: usize) -> usize {
    text.get(..at).and_then(|before| before.char_indices().rev().nth(count)).map_or(0, |(index, _)| index)
}

/// From `start` to the end of the lines to show, each cut to a readable width.
fn window(text: &str, start: usize, place: usize) -> &str {
    let rest = text.get(place..).unwrap_or_default();
    let lines_end = rest.match_indices('\n').nth(LINES - 1).map_or(rest.len(), |(at, _)| at);
    let width_end = rest.char_indices().nth(WIDTH * LINES / 2).map_or(rest.len(), |(at, _)| at);
    let first_line_end = rest.find('\n').unwrap_or(rest.len());
    let cut = if first_line_end > WIDTH {
        rest.char_indices().nth(WIDTH).map_or(rest.len(), |(at, _)| at)
    } else {
        lines_end.min(width_end)
    };
    text.get(start..place + cut).unwrap_or_default()
}

fn document_name(digest: &Digest, dossier: &Dossier) -> String {
    if let Some(pointer) = dossier.pointer.as_ref().filter(|pointer| pointer.digest == *digest) {
        return pointer.name.clone();
    }
    if dossier.graph.subject.is(digest) {
        return "the subject's manifest".to_owned();
    }
    if let Some(document) = dossier.documents.iter().find(|document| document.document == *digest) {
        let name = document.title.clone().unwrap_or_else(|| document.kind.name().to_owned());
        return if document.payload.is_some() {
            format!("the signed statement ({})", document.kind.name())
        } else {
            name
        };
    }
    if dossier.graph.layers.get(digest).is_some_and(|state| matches!(state, LayerState::Read(_))) {
        return "the layer".to_owned();
    }
    "the manifest".to_owned()
}
