//! `ocigate check-document`: a document by itself, before anything is pushed.

use std::io::Write as _;
use std::path::Path;

use ocigate::dossier::{self, LocatedFault};
use ocigate::evidence::document::only_kind;
use ocigate::evidence::{Content, DocumentKind};
use ocigate::limits::Limits;
use ocigate::oci::{Notation, after_scheme};
use ocigate::output::sanitize::line;
use ocigate::pointer::{Pointer, YAML_BYTES};
use ocigate::schema;
use serde_json::Value;

use super::super::args::pointer::CheckDocument;
use super::super::console::print;
use super::super::exit::Exit;
use super::super::files::read_bytes;
use super::schema as schemas;

/// What a file is and what is wrong with it: JSON pointer and message.
#[derive(Default)]
struct Checked {
    what: Option<String>,
    faults: Vec<(String, String)>,
}

impl Checked {
    /// What could not be read at all.
    fn refused(message: String) -> Self {
        Checked { what: None, faults: vec![(String::new(), message)] }
    }
}

pub fn run(arguments: &CheckDocument) -> anyhow::Result<Exit> {
    if let Some(name) = &arguments.schema {
        schemas::text(name)?;
    }
    let limits = Limits::default();
    let mut listing = Vec::new();
    let (mut worst, mut unread) = (Exit::Pass, Vec::new());
    for path in &arguments.files {
        let name = path.display().to_string();
        // One file that cannot be read hides nothing of the others.
        let (bytes, checked) = match read_bytes(path, limits.evidence_bytes) {
            Ok(bytes) => {
                let checked = check(path, &bytes, arguments.schema.as_deref(), &limits);
                (bytes, checked)
            }
            Err(error) => {
                let checked = Checked::refused(format!("{error:#}"));
                unread.push(error);
                (Vec::new(), checked)
            }
        };
        let exit = tell(&mut listing, &name, &bytes, &checked)?;
        worst = if worst == Exit::Fail || exit == Exit::Pass { worst } else { exit };
    }
    if unread.len() == arguments.files.len()
        && let Some(error) = unread.into_iter().next()
    {
        return Err(error);
    }
    print(&listing)?;
    Ok(worst)
}

/// Lists what was found in a file, and says what that means for the whole.
fn tell(listing: &mut Vec<u8>, name: &str, bytes: &[u8], checked: &Checked) -> anyhow::Result<Exit> {
    // In the order of the lines, as somebody goes through the file.
    let mut faults: Vec<_> =
        checked.faults.iter().map(|(pointer, message)| (place(name, bytes, pointer), pointer, message)).collect();
    faults.sort();
    for (place, pointer, message) in faults {
        writeln!(listing, "{}", fault_line(name, place, pointer, message))?;
    }
    Ok(match (&checked.what, checked.faults.len()) {
        (Some(what), 0) => {
            writeln!(listing, "{}: a well-formed {what}", line(name))?;
            Exit::Pass
        }
        (None, 0) => {
            let message = "no kind of document that is known here; `--schema NAME` says which it has to be";
            writeln!(listing, "{}: {message}", line(name))?;
            Exit::Undecided
        }
        (what, count) => {
            let what = what.as_deref().unwrap_or("document");
            let faults = if count == 1 { "fault" } else { "faults" };
            writeln!(listing, "{}: {count} {faults} in the {what}", line(name))?;
            Exit::Fail
        }
    })
}

/// A fault with its line.
pub fn located(name: &str, bytes: &[u8], pointer: &str, message: &str) -> String {
    fault_line(name, place(name, bytes, pointer), pointer, message)
}

/// Line and column of what a pointer leads to, from one.
fn place(name: &str, bytes: &[u8], pointer: &str) -> Option<(usize, usize)> {
    let found = Notation::of(name).locate(bytes, pointer)?;
    let before = std::str::from_utf8(bytes).ok()?.get(..found.range.start)?;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Some((before.matches('\n').count() + 1, column))
}

fn fault_line(name: &str, place: Option<(usize, usize)>, pointer: &str, message: &str) -> String {
    let at = place.map_or(String::new(), |(line, column)| format!(":{line}:{column}"));
    let pointer = if pointer.is_empty() { String::new() } else { format!(" {pointer}:") };
    format!("{}{at}:{} {}", line(name), line(&pointer), line(message))
}

fn check(path: &Path, bytes: &[u8], named: Option<&str>, limits: &Limits) -> Checked {
    let name = path.display().to_string();
    let notation = Notation::of(&name);
    if notation == Notation::Yaml {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Checked::refused(
                "expected text in UTF-8, found another encoding: save the file as UTF-8".to_owned(),
            );
        };
        if named.is_none() && bytes.len() > YAML_BYTES {
            let fault = format!("expected at most {YAML_BYTES} bytes of YAML, found {}: write it in JSON", bytes.len());
            return Checked::refused(fault);
        }
        return match (notation.parse(text, limits.json_depth), named) {
            (Err(error), _) => Checked::refused(error),
            (Ok(value), Some(named)) => Checked { what: Some(named.to_owned()), faults: by_schema(named, &value) },
            // Of all kinds of documents only pointers are read in YAML.
            (Ok(value), None) => as_pointer(&name, bytes, &value, true, limits).unwrap_or_default(),
        };
    }
    let parsed = Content::parse(bytes, limits.json_depth, only_kind);
    let content = match (parsed, named) {
        // Whoever names the schema may name any, so the whole is looked at.
        (Ok(content), Some(_)) => content.fit_for(DocumentKind::Unknown, bytes, limits.json_depth),
        (parsed, _) => parsed,
    };
    let content = match content {
        Ok(content) => content,
        Err(error) => return Checked::refused(error.to_string()),
    };
    let value = content.value();
    if let Some(name) = named {
        return Checked { what: Some(name.to_owned()), faults: by_schema(name, value) };
    }
    let found = dossier::check(&content, bytes, limits);
    // Catalogue documents carry pointers too: both are checked.
    let is_pure = found.what.is_none();
    // What is of another kind may have a member `subject` of its own (SPDX 3).
    let subject = value.get("subject").and_then(Value::as_str);
    let is_pointer = is_pure || subject.is_none_or(|text| after_scheme(text).is_some());
    let pointer = if is_pointer { as_pointer(&name, bytes, value, is_pure, limits) } else { None };
    let Checked { what, mut faults } = pointer.unwrap_or_default();
    faults.extend(found.faults.into_iter().map(|LocatedFault { within, fault }| match within {
        "" => (fault.pointer, fault.message),
        // The line is that of the payload, which is encoded: the place in it stands in the message.
        within => (within.to_owned(), format!("in the payload {}: {}", shown_pointer(&fault.pointer), fault.message)),
    }));
    let what = found.what.or(what);
    faults.sort();
    faults.dedup();
    Checked { what, faults }
}

fn shown_pointer(pointer: &str) -> &str {
    if pointer.is_empty() { "/" } else { pointer }
}

/// What is wrong with a file as a distribution pointer, if it is one. `is_pure` if it is nothing else.
fn as_pointer(name: &str, bytes: &[u8], value: &Value, is_pure: bool, limits: &Limits) -> Option<Checked> {
    let pointer = Pointer::read(name, bytes.to_vec(), &[], limits);
    if pointer.shapes.is_empty() {
        return None;
    }
    let unread = |field: &str| format!("the field `{field}` is not understood: nothing would be asked by it");
    let mut faults: Vec<(String, String)> =
        pointer.faults.iter().map(|fault| (fault.pointer.clone(), fault.message.clone())).collect();
    faults.extend(pointer.unread.iter().map(|field| (field.pointer.clone(), unread(&field.value))));
    if pointer.is_canonical() && is_pure {
        // Where the reader has said what is wrong, the schema would say it again.
        let told: Vec<String> = faults.iter().map(|(at, _)| at.clone()).collect();
        let more = by_schema("distribution-pointer.v1", value).into_iter();
        faults.extend(more.filter(|(at, _)| !told.iter().any(|known| known.starts_with(at.as_str()))));
    }
    Some(Checked { what: Some("distribution pointer".to_owned()), faults })
}

fn by_schema(name: &str, value: &Value) -> Vec<(String, String)> {
    schema::validate(name, value).into_iter().map(|defect| (defect.pointer, defect.message)).collect()
}
