//! One mention of an artifact: a block of fields in any spelling, or a reference by itself.

use serde_json::{Map, Value};

use super::locator::{self, Locator};
use super::said::{ListedFile, ListedReferrer, LocatedValue, Shape, Slot, agreed, step};
use crate::fault::{Fault, FaultCode};
use crate::oci::{Digest, Repository, multihash};

/// What one place of a file says of an artifact.
#[derive(Debug, Clone)]
pub(super) struct Mention {
    pub shape: Shape,
    /// Where it stands.
    pub pointer: String,
    pub repository: Option<LocatedValue<Repository>>,
    pub subject: Option<LocatedValue<Digest>>,
    pub tag: Option<LocatedValue<String>>,
    pub artifact_type: Option<LocatedValue<String>>,
    pub media_type: Option<LocatedValue<String>>,
    pub files: Vec<ListedFile>,
    pub file_list: Option<String>,
    pub referrers: Vec<ListedReferrer>,
    pub requires_signature: Option<String>,
    pub expected_signer: Option<LocatedValue<String>>,
    /// For `provenance_ref`: it refers to the subject's referrers, or to one provenance.
    pub is_provenance: bool,
    pub faults: Vec<Fault>,
    pub unread: Vec<LocatedValue<String>>,
}

impl Mention {
    fn new(shape: Shape, pointer: &str) -> Self {
        Mention {
            shape,
            pointer: pointer.to_owned(),
            repository: None,
            subject: None,
            tag: None,
            artifact_type: None,
            media_type: None,
            files: Vec::new(),
            file_list: None,
            referrers: Vec::new(),
            requires_signature: None,
            expected_signer: None,
            is_provenance: false,
            faults: Vec::new(),
            unread: Vec::new(),
        }
    }

    fn fault(&mut self, code: FaultCode, pointer: &str, message: impl Into<String>) {
        self.faults.push(Fault::new(code, pointer, message));
    }

    fn point(&mut self, locator: Locator, at: &str) {
        self.repository = locator.repository.map(|value| LocatedValue { value, pointer: at.to_owned() });
        self.tag = locator.tag.map(|value| LocatedValue { value, pointer: at.to_owned() });
        self.subject = Some(LocatedValue { value: locator.digest, pointer: at.to_owned() });
    }

    /// A text; anything else but null is a fault.
    fn text(&mut self, value: &Value, at: &str) -> Option<LocatedValue<String>> {
        match value {
            Value::String(text) => Some(LocatedValue { value: text.clone(), pointer: at.to_owned() }),
            Value::Null => None,
            other => {
                self.fault(FaultCode::WrongType, at, format!("expected a text, found {}", kind(other)));
                None
            }
        }
    }
}

/// What a value is, for a message.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// A place that should be a mention and is none.
pub(super) fn fault(code: FaultCode, at: &str, message: String) -> Mention {
    let mut mention = Mention::new(Shape::Locator, at);
    mention.fault(code, at, message);
    mention
}

/// A reference to the artifact by itself.
pub(super) fn address(text: &str, at: &str) -> Mention {
    let mut mention = Mention::new(Shape::Locator, at);
    match locator::locator(text, false) {
        Ok(locator) => mention.point(locator, at),
        Err(message) => mention.fault(FaultCode::WrongValue, at, message),
    }
    mention
}

/// A reference to the provenance of the artifact: with `#referrers` it names the artifact itself.
pub(super) fn provenance(text: &str, at: &str) -> Mention {
    let mut mention = address(text, at);
    mention.is_provenance = !text.ends_with("#referrers");
    mention
}

/// Reads a block of fields. `beside` are the fields beside the block: of a STAC asset they speak of its file.
pub(super) fn read(
    fields: &Map<String, Value>,
    at: &str,
    shape: Shape,
    beside: Option<&Map<String, Value>>,
) -> Mention {
    let mut mention = Mention::new(shape, at);
    for (name, value) in fields {
        field(&mut mention, name, value, &step(at, name));
    }
    parts(&mut mention, fields, at);
    if shape == Shape::Parts && fields.contains_key("subject") {
        mention.shape = Shape::Subject;
    }
    if let (Shape::Asset, Some(beside)) = (shape, beside) {
        asset_file(&mut mention, beside, at);
    }
    mention
}

fn field(mention: &mut Mention, name: &str, value: &Value, at: &str) {
    match name {
        "subject" => match value.as_str().map(|text| locator::locator(text, false)) {
            Some(Ok(locator)) => mention.point(locator, at),
            Some(Err(message)) => mention.fault(FaultCode::WrongValue, at, message),
            None => mention.fault(FaultCode::WrongType, at, format!("expected a reference, found {}", kind(value))),
        },
        // Read together, by `parts`.
        "registry" | "repository" | "digest" | "tag" => {}
        "artifact_type" | "artifactType" => {
            let said = mention.text(value, at);
            mention.artifact_type = agreed("artifact type", mention.artifact_type.take(), said, &mut mention.faults);
        }
        "media_type" | "mediaType" => {
            let said = mention.text(value, at);
            mention.media_type = agreed("media type", mention.media_type.take(), said, &mut mention.faults);
        }
        "files" | "artifacts" => files(mention, value, at),
        "file" => {
            let path = mention.text(value, at);
            mention.files.extend(path.map(|path| ListedFile { path, media_type: None, size: None, digest: None }));
        }
        "referrers" => slots(mention, value, at),
        "security" => security(mention, value, at),
        "signed" | "requires_cosign" => requires_signature(mention, value, at),
        "expected_signer" => expected_signer(mention, value, at),
        // An extension of somebody's, or a comment.
        name if name.contains(':') || name.starts_with(['$', '@', '_']) => {}
        name => mention.unread.push(LocatedValue { value: name.to_owned(), pointer: at.to_owned() }),
    }
}

/// `registry`, `repository`, `digest` and `tag`, which only together are a reference.
fn parts(mention: &mut Mention, fields: &Map<String, Value>, at: &str) {
    let text = |name: &str| fields.get(name).filter(|value| !value.is_null());
    if fields.contains_key("subject") && text("repository").is_none() && text("digest").is_none() {
        return;
    }
    let (mut repository, mut digest, mut tag) = (None, None, None);
    let repository_at = step(at, "repository");
    let registry = text("registry").and_then(|value| mention.text(value, &step(at, "registry")));
    match text("repository").and_then(|value| mention.text(value, &repository_at)) {
        Some(stated) => match locator::repository(registry.as_ref().map(|host| host.value.as_str()), &stated.value) {
            Ok(value) => repository = Some(LocatedValue { value, pointer: repository_at }),
            Err(message) => mention.fault(FaultCode::WrongValue, &repository_at, message),
        },
        None => mention.fault(
            FaultCode::Missing,
            at,
            "expected `subject`, or `repository` and `digest`: `repository` is missing",
        ),
    }
    let digest_at = step(at, "digest");
    match text("digest").and_then(|value| mention.text(value, &digest_at)) {
        Some(stated) => match locator::digest(&stated.value) {
            Ok(value) => digest = Some(LocatedValue { value, pointer: digest_at }),
            Err(message) => mention.fault(FaultCode::WrongValue, &digest_at, message),
        },
        None => mention.fault(
            FaultCode::Missing,
            at,
            "expected a digest beside the repository, found none: the pointer is not pinned",
        ),
    }
    if let Some(value) = text("tag") {
        tag = mention.text(value, &step(at, "tag"));
    }
    // Both a subject and its parts: they have to be one.
    if let (Some(one), Some(other)) = (&mention.subject, &digest)
        && one.value != other.value
    {
        let message =
            format!("`subject` names {}, `digest` names {}: one pointer, one subject", one.value, other.value);
        mention.fault(FaultCode::Contradiction, &other.pointer.clone(), message);
    }
    if let (Some(one), Some(other)) = (&mention.repository, &repository)
        && one.value != other.value
    {
        let message = format!("`subject` names {}, `repository` names {}", one.value, other.value);
        mention.fault(FaultCode::Contradiction, &other.pointer.clone(), message);
    }
    mention.repository = mention.repository.take().or(repository);
    mention.subject = mention.subject.take().or(digest);
    mention.tag = mention.tag.take().or(tag);
}

fn files(mention: &mut Mention, value: &Value, at: &str) {
    let Some(items) = value.as_array() else {
        return mention.fault(FaultCode::WrongType, at, format!("expected an array of files, found {}", kind(value)));
    };
    mention.file_list = Some(at.to_owned());
    for (index, item) in items.iter().enumerate() {
        let here = format!("{at}/{index}");
        match item {
            Value::String(path) => {
                let path = LocatedValue { value: path.clone(), pointer: here };
                mention.files.push(ListedFile { path, media_type: None, size: None, digest: None });
            }
            Value::Object(fields) => file(mention, fields, &here),
            other => mention.fault(
                FaultCode::WrongType,
                &here,
                format!("expected a file (an object with `path`), found {}", kind(other)),
            ),
        }
    }
}

fn file(mention: &mut Mention, fields: &Map<String, Value>, at: &str) {
    let (mut path, mut media_type, mut size, mut digest) = (None, None, None, None);
    for (name, value) in fields {
        let here = step(at, name);
        match name.as_str() {
            "path" | "name" | "file" => {
                let said = mention.text(value, &here);
                path = named(mention, path, said);
            }
            "media_type" | "mediaType" | "type" => {
                let said = mention.text(value, &here);
                media_type = agreed("media type", media_type, said, &mut mention.faults);
            }
            "size" | "size_bytes" => {
                let said = file_size(mention, value, &here);
                size = agreed("size", size, said, &mut mention.faults);
            }
            "digest" | "sha256" => {
                let said = file_digest(mention, value, name == "sha256", &here);
                digest = agreed("digest", digest, said, &mut mention.faults);
            }
            // What a file is for is not in the manifest.
            "role" | "roles" | "description" => {}
            name if name.contains(':') || name.starts_with(['$', '@', '_']) => {}
            name => mention.unread.push(LocatedValue { value: name.to_owned(), pointer: here }),
        }
    }
    match path {
        Some(path) => mention.files.push(ListedFile { path, media_type, size, digest }),
        None => mention.fault(FaultCode::Missing, at, "expected a file with `path` (or `name`, `file`), found none"),
    }
}

/// A file's path; a name beside it is the path's last part, or the same.
fn named(
    mention: &mut Mention,
    known: Option<LocatedValue<String>>,
    said: Option<LocatedValue<String>>,
) -> Option<LocatedValue<String>> {
    match (known, said) {
        (Some(known), Some(said)) if known.value.ends_with(&format!("/{}", said.value)) => Some(known),
        (Some(known), Some(said)) if said.value.ends_with(&format!("/{}", known.value)) => Some(said),
        (known, said) => agreed("file", known, said, &mut mention.faults),
    }
}

fn expected_signer(mention: &mut Mention, value: &Value, at: &str) {
    let said = mention.text(value, at);
    mention.expected_signer = agreed("signer", mention.expected_signer.take(), said, &mut mention.faults);
}

fn file_digest(mention: &mut Mention, value: &Value, is_hex: bool, at: &str) -> Option<LocatedValue<Digest>> {
    let stated = mention.text(value, at)?;
    let text = if is_hex && !stated.value.contains(':') { format!("sha256:{}", stated.value) } else { stated.value };
    match locator::digest(&text) {
        Ok(value) => Some(LocatedValue { value, pointer: at.to_owned() }),
        Err(message) => {
            mention.fault(FaultCode::WrongValue, at, message);
            None
        }
    }
}

/// What a STAC asset says of the file that its `kfm:oci` names.
fn asset_file(mention: &mut Mention, asset: &Map<String, Value>, at: &str) {
    let above = at.rsplit_once('/').map_or("", |(above, _)| above).to_owned();
    let mut file = match mention.files.pop() {
        Some(file) => file,
        None => return,
    };
    if let Some(Value::String(media_type)) = asset.get("type") {
        file.media_type = Some(LocatedValue { value: media_type.clone(), pointer: step(&above, "type") });
    }
    if let Some(value) = asset.get("file:size") {
        file.size = file_size(mention, value, &step(&above, "file:size"));
    }
    if let Some(value) = asset.get("file:checksum") {
        let pointer = step(&above, "file:checksum");
        match multihash::digest(value.as_str().unwrap_or_default()) {
            Ok(Some(value)) => file.digest = Some(LocatedValue { value, pointer }),
            Ok(None) => mention.unread.push(LocatedValue { value: "file:checksum".to_owned(), pointer }),
            Err(expected) => mention.fault(
                FaultCode::WrongValue,
                &pointer,
                format!("expected {expected}, found {}", locator::shown_value(value)),
            ),
        }
    }
    mention.files.push(file);
}

fn file_size(mention: &mut Mention, value: &Value, at: &str) -> Option<LocatedValue<u64>> {
    let size = value.as_u64();
    if size.is_none() {
        mention.fault(
            FaultCode::WrongValue,
            at,
            format!("expected a size in bytes, found {}", locator::shown_value(value)),
        );
    }
    size.map(|value| LocatedValue { value, pointer: at.to_owned() })
}

fn slots(mention: &mut Mention, value: &Value, at: &str) {
    let Some(fields) = value.as_object() else {
        return mention.fault(FaultCode::WrongType, at, format!("expected an object of slots, found {}", kind(value)));
    };
    for (name, value) in fields {
        let here = step(at, name);
        let Some(slot) = Slot::from_name(name) else {
            mention.unread.push(LocatedValue { value: name.clone(), pointer: here });
            continue;
        };
        match value {
            Value::Null => {}
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    slot_item(mention, slot, item, &format!("{here}/{index}"));
                }
            }
            value => slot_item(mention, slot, value, &here),
        }
    }
}

fn slot_item(mention: &mut Mention, slot: Slot, value: &Value, at: &str) {
    match value.as_str().map(|text| locator::locator(text, true)) {
        Some(Ok(locator)) => mention.referrers.push(ListedReferrer {
            slot,
            digest: locator.digest,
            repository: locator.repository,
            pointer: at.to_owned(),
        }),
        Some(Err(message)) => mention.fault(FaultCode::WrongValue, at, format!("{}: {message}", slot.name())),
        None => mention.fault(
            FaultCode::WrongType,
            at,
            format!("{}: expected a digest or a reference, found {}", slot.name(), kind(value)),
        ),
    }
}

fn security(mention: &mut Mention, value: &Value, at: &str) {
    let Some(fields) = value.as_object() else {
        return mention.fault(FaultCode::WrongType, at, format!("expected an object, found {}", kind(value)));
    };
    for (name, value) in fields {
        let here = step(at, name);
        match name.as_str() {
            "requires_cosign" | "requires_signature" => requires_signature(mention, value, &here),
            "expected_signer" => expected_signer(mention, value, &here),
            name => mention.unread.push(LocatedValue { value: name.to_owned(), pointer: here }),
        }
    }
}

/// `true` is a demand. `false` takes none back.
fn requires_signature(mention: &mut Mention, value: &Value, at: &str) {
    match value {
        Value::Bool(true) => mention.requires_signature = Some(at.to_owned()),
        Value::Bool(false) | Value::Null => {}
        other => mention.fault(FaultCode::WrongType, at, format!("expected true or false, found {}", kind(other))),
    }
}
