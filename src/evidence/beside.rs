//! Evidence in files beside the artifact (`--evidence`): what each file holds.
//!
//! A file holds one bundle, envelope, statement or document, or several: one on each line (JSON Lines), or in the lists
//! that GitHub's API, `gh` and cosign write. Of those lists only what is signed is taken: what another program made of it
//! (`verificationResult`) is no evidence. A place that holds none is told, so that nothing is passed over in silence.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::bundle::Bundle;
use super::document::reading::{child, shortened};
use super::encoding::decode_base64;
use super::envelope::Envelope;
use super::simple_signing::{CERTIFICATE, LOG_ENTRY, SIGNATURE, TIMESTAMP};
use super::{Content, document, statement};
use crate::graph::{FileEvidence, ReferrerGraph};
use crate::limits::Limits;
use crate::oci::json::JsonError;
use crate::oci::{Digest, media_type};

/// Lists within lists that are followed: `gh` writes three.
const DEPTH: usize = 4;
/// What is to be given in place of what is none.
const EXPECTED: &str = "expected a Sigstore bundle, a DSSE envelope, an in-toto statement or a document, as one JSON \
                        object, as JSON Lines, or as `gh attestation download` or `cosign download` write them";

/// What files hold that lie beside the artifact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BesideEvidence {
    /// Each item with its bytes.
    parts: Vec<(FileEvidence, Vec<u8>)>,
    /// Places that hold no evidence, and why.
    unread: Vec<(String, String)>,
}

impl BesideEvidence {
    /// Takes in what another file holds. The error says that it holds none, and what to give instead.
    pub fn read(&mut self, name: &str, text: &[u8], limits: &Limits) -> Result<(), String> {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        if text.trim_ascii().is_empty() {
            return Err(format!("{name} is empty: {EXPECTED}"));
        }
        let mut found = Finder { limits, beside: BesideEvidence::default() };
        match parse(text, limits) {
            Err(JsonError::Syntax(problem)) => found.lines(name, text, &problem)?,
            // Whatever it is, the report says by name why it is refused or cannot be read.
            Err(_) => found.part(Place::of(name), text.to_vec()),
            Ok(value) => match sort(&value) {
                // Rules of a team's own may know what it is.
                Sort::Unknown => found.part(Place::of(name), text.to_vec()),
                _ => found.take(&Place::of(name), &value, text, 0),
            },
        }
        if found.beside.parts.is_empty() {
            let first = found.beside.unread.first().map_or("nothing", |(_, problem)| problem.as_str());
            return Err(format!("{name} holds no evidence: {first}; {EXPECTED}"));
        }
        self.parts.extend(found.beside.parts);
        self.unread.extend(found.beside.unread);
        Ok(())
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty() && self.unread.is_empty()
    }

    /// Makes it evidence about the subject of a graph.
    pub fn enter(&self, graph: &mut ReferrerGraph) {
        self.parts.iter().for_each(|(file, bytes)| graph.add_file(file.clone(), bytes));
        self.unread.iter().for_each(|(place, problem)| graph.add_unread(place.clone(), problem.clone()));
    }
}

fn parse(text: &[u8], limits: &Limits) -> Result<Value, JsonError> {
    let kind = document::only_kind;
    Content::parse(text, limits.json_depth, kind).map(Content::into_value)
}

/// A place in a file: its name, with the number of the line where it is read by lines, and a JSON pointer.
#[derive(Clone)]
struct Place {
    line: String,
    pointer: String,
}

impl Place {
    fn of(line: &str) -> Self {
        Place { line: line.to_owned(), pointer: String::new() }
    }

    fn below(&self, pointer: &str) -> Self {
        Place { line: self.line.clone(), pointer: format!("{}{pointer}", self.pointer) }
    }

    fn shown(&self) -> String {
        if self.pointer.is_empty() { self.line.clone() } else { format!("{}#{}", self.line, self.pointer) }
    }
}

/// What a value is here.
enum Sort<'a> {
    /// Evidence, to be recognised.
    Evidence,
    /// It holds others, at these pointers.
    Holds(Vec<(String, &'a Value)>),
    /// What `cosign download signature` writes.
    CosignSignature,
    /// A known form that holds no evidence, and what it is.
    Foreign(String),
    /// An object of no known form.
    Unknown,
}

fn sort(value: &Value) -> Sort<'_> {
    let fields = match value {
        Value::Array(items) if items.is_empty() => return Sort::Foreign("found an empty list".to_owned()),
        Value::Array(items) => return Sort::Holds(listed("", items)),
        Value::Object(fields) => fields,
        other => return Sort::Foreign(format!("found {}", shortened(&other.to_string()))),
    };
    let has = |key: &str| fields.get(key).is_some_and(|value| !value.is_null());
    if Bundle::looks_like(value) || Envelope::looks_like(value) || statement::is_meant(value) {
        return Sort::Evidence;
    }
    if has("Base64Signature") && has("Payload") {
        return Sort::CosignSignature;
    }
    if let Some(Value::Array(items)) = fields.get("attestations") {
        return match items.is_empty() {
            true => Sort::Foreign("found a list of attestations with none in it".to_owned()),
            false => Sort::Holds(listed("/attestations", items)),
        };
    }
    for key in ["attestation", "bundle"] {
        if let Some(inner) = fields.get(key).filter(|inner| inner.is_object()) {
            return Sort::Holds(vec![(child("", key), inner)]);
        }
    }
    if let Some(foreign) = foreign(&has) {
        return Sort::Foreign(foreign.to_owned());
    }
    if document::recognise_content(value).is_empty() { Sort::Unknown } else { Sort::Evidence }
}

fn listed<'a>(at: &str, items: &'a [Value]) -> Vec<(String, &'a Value)> {
    items.iter().enumerate().map(|(index, item)| (format!("{at}/{index}"), item)).collect()
}

/// Forms that are taken for evidence, and what to give instead.
fn foreign(has: &dyn Fn(&str) -> bool) -> Option<&'static str> {
    Some(match () {
        () if has("verificationResult") || (has("verifiedTimestamps") && has("statement")) => {
            "found what `gh attestation verify` said, without the bundle that it verified: what another program verified is not believed; `gh attestation download` writes the bundles"
        }
        () if has("bundle_url") => {
            "found the address of a bundle (`bundle_url`) and not the bundle: `gh attestation download` writes the bundles"
        }
        () if has("documentation_url") && has("message") => {
            "found an error of GitHub's API: `gh attestation download` writes the bundles"
        }
        () if has("critical") && has("optional") => {
            "found the payload of a cosign signature without the signature, as `cosign verify` writes it: `cosign download signature` writes both"
        }
        () if has("schemaVersion") && (has("layers") || has("manifests")) => {
            "found an OCI manifest: name the evidence itself, which is one of its layers"
        }
        () => return None,
    })
}

struct Finder<'a> {
    limits: &'a Limits,
    beside: BesideEvidence,
}

impl Finder<'_> {
    /// Each line that is not empty is one item. The error is that no line is JSON.
    fn lines(&mut self, name: &str, text: &[u8], problem: &str) -> Result<(), String> {
        let mut any = false;
        for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
            let line = line.trim_ascii();
            if line.is_empty() {
                continue;
            }
            let place = Place::of(&format!("{name}:{}", index + 1));
            if self.is_full(&place) {
                break;
            }
            match parse(line, self.limits) {
                Err(JsonError::Syntax(problem)) => {
                    self.beside.unread.push((place.shown(), format!("not valid JSON: {problem}")));
                    continue;
                }
                Err(_) => self.part(place, line.to_vec()),
                Ok(value) => self.take(&place, &value, line, 0),
            }
            any = true;
        }
        if any { Ok(()) } else { Err(format!("{name} is not JSON ({problem}): {EXPECTED}")) }
    }

    fn take(&mut self, place: &Place, value: &Value, text: &[u8], depth: usize) {
        match sort(value) {
            Sort::Evidence if depth == 0 => self.part(place.clone(), text.to_vec()),
            // Within a list it has no bytes of its own; what is signed in it is, as text.
            Sort::Evidence => self.part(place.clone(), value.to_string().into_bytes()),
            Sort::Holds(_) if depth >= DEPTH => self.unread(place, format!("lists are nested deeper than {DEPTH}")),
            Sort::Holds(items) => {
                for (pointer, item) in items {
                    let place = place.below(&pointer);
                    if self.is_full(&place) {
                        break;
                    }
                    self.take(&place, item, text, depth + 1);
                }
            }
            Sort::CosignSignature => match cosign_signature(value) {
                Ok((payload, annotations)) => {
                    let (digest, name) = (Digest::sha256(&payload), place.shown());
                    let media_type = media_type::SIMPLE_SIGNING;
                    self.beside.parts.push((FileEvidence { name, digest, media_type, annotations }, payload));
                }
                Err(problem) => self.unread(place, problem),
            },
            Sort::Foreign(problem) => self.unread(place, problem),
            Sort::Unknown => self.unread(place, "found an object of no kind that is known here".to_owned()),
        }
    }

    fn part(&mut self, place: Place, bytes: Vec<u8>) {
        let digest = Digest::sha256(&bytes);
        let annotations = BTreeMap::new();
        let file = FileEvidence { name: place.shown(), digest, media_type: "application/json", annotations };
        self.beside.parts.push((file, bytes));
    }

    fn unread(&mut self, place: &Place, problem: String) {
        self.beside.unread.push((place.shown(), problem));
    }

    /// Whether no more is read; said once, at the place where reading ends.
    fn is_full(&mut self, place: &Place) -> bool {
        let limit = self.limits.blobs;
        if self.beside.parts.len() + self.beside.unread.len() < limit {
            return false;
        }
        if self.beside.parts.len() + self.beside.unread.len() == limit {
            self.unread(place, format!("from here on nothing was read: the limit is {limit} items in one file"));
        }
        true
    }
}

/// A signature as `cosign download signature` writes it (cosign `pkg/oci/remote` `SignedPayload`), as the payload and the
/// annotations that its layer has. A certificate is Go's own form of one, which holds its DER as `Raw`.
fn cosign_signature(value: &Value) -> Result<(Vec<u8>, BTreeMap<String, String>), String> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let present = |key: &str| value.get(key).filter(|value| !value.is_null());
    let payload = text("Payload").and_then(decode_base64).ok_or("`Payload`: expected base64")?;
    let signature = text("Base64Signature").ok_or("`Base64Signature`: expected a text")?;
    let mut annotations = BTreeMap::from([(SIGNATURE.to_owned(), signature.to_owned())]);
    if let Some(certificate) = present("Cert") {
        let stated = certificate.get("Raw").unwrap_or(certificate).as_str();
        let pem = stated.and_then(certificate_pem).ok_or("`Cert`: expected a certificate (`Raw` in base64, or PEM)")?;
        annotations.insert(CERTIFICATE.to_owned(), pem);
    }
    for (key, name) in [("Bundle", LOG_ENTRY), ("RFC3161Timestamp", TIMESTAMP)] {
        if let Some(stated) = present(key) {
            annotations.insert(name.to_owned(), stated.to_string());
        }
    }
    Ok((payload, annotations))
}

fn certificate_pem(stated: &str) -> Option<String> {
    if stated.contains("-----BEGIN CERTIFICATE-----") {
        return Some(stated.to_owned());
    }
    let encoded = STANDARD.encode(decode_base64(stated)?);
    let mut pem = "-----BEGIN CERTIFICATE-----\n".to_owned();
    // RFC 7468 §2: lines of 64 characters.
    for (index, character) in encoded.chars().enumerate() {
        if index > 0 && index % 64 == 0 {
            pem.push('\n');
        }
        pem.push(character);
    }
    pem.push_str("\n-----END CERTIFICATE-----\n");
    Some(pem)
}

#[cfg(test)]
mod tests;
