//! Puts pinned references to an artifact into a catalogue document: a STAC Item or Collection, a DCAT dataset or
//! W3C PROV, both in JSON-LD. The document keeps its own order and formatting.

use serde_json::{Map, Value, json};

use super::edit::Text;
use super::said::{LocatedValue, Pointer, step};
use super::{Canonical, CanonicalFile, find, locator};
use crate::limits::Limits;
use crate::oci::after_scheme;
use crate::oci::json::parse_strict;

/// The extension that `alternate` belongs to.
const ALTERNATE: &str = "https://stac-extensions.github.io/alternate-assets/v1.2.0/schema.json";
/// The extension that `file:checksum` and `file:size` belong to.
const FILE: &str = "https://stac-extensions.github.io/file/v2.1.0/schema.json";

/// What a catalogue document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Catalogue {
    /// A STAC Item or Collection.
    Stac,
    /// A DCAT dataset.
    Dcat,
    /// W3C PROV.
    Prov,
}

impl Catalogue {
    /// The kind of a document that has a place for references.
    pub fn of(document: &Value) -> Option<Self> {
        if document.get("stac_version").is_some() {
            return Some(Catalogue::Stac);
        }
        let nodes = nodes(document);
        let has = |local: &str| nodes.iter().any(|(_, fields)| is_a(fields, local));
        match () {
            () if has("Dataset") || has("Distribution") => Some(Catalogue::Dcat),
            () if has("Entity") => Some(Catalogue::Prov),
            () => None,
        }
    }
}

/// The text of a catalogue document with references to this artifact; else why there is no place for them.
pub fn put(text: &str, canonical: &Canonical, limits: &Limits) -> Result<String, String> {
    let document = parse_strict(text.as_bytes(), limits.json_depth).map_err(|error| error.to_string())?;
    let kind = Catalogue::of(&document)
        .ok_or("expected a STAC Item or Collection, a DCAT dataset or W3C PROV in JSON-LD, found none of them")?;
    let mut changed = Text::new(text);
    renew(&mut changed, &document, canonical);
    match kind {
        Catalogue::Stac => stac(&mut changed, &document, canonical)?,
        Catalogue::Dcat => dcat(&mut changed, &document, canonical)?,
        Catalogue::Prov => prov(&mut changed, &document, canonical)?,
    }
    let changed = changed.into_string();
    // Provenance names inputs too, wherever they lie.
    if kind == Catalogue::Prov {
        return Ok(changed);
    }
    // What was written has to point where it should, and nothing else in the file elsewhere.
    let read = Pointer::read("", changed.clone().into_bytes(), &[], limits);
    if let Some(fault) = read.faults.first() {
        return Err(format!("{}: {}", fault.pointer, fault.message));
    }
    let named = read.target().map(|(repository, digest)| (repository.to_string(), digest.to_string()));
    if named.is_some_and(|named| named != (canonical.repository.clone(), canonical.digest.clone())) {
        return Err("the document names another artifact too".to_owned());
    }
    Ok(changed)
}

impl Canonical {
    fn subject(&self) -> String {
        format!("oci://{}@{}", self.repository, self.digest)
    }
}

/// Every place that names an older digest of the same repository names the new one.
fn renew(changed: &mut Text, document: &Value, canonical: &Canonical) {
    for mention in find::find(document) {
        let is_ours = |named: &LocatedValue<crate::oci::Repository>| named.value.to_string() == canonical.repository;
        let (Some(subject), true) = (&mention.subject, mention.repository.as_ref().is_some_and(is_ours)) else {
            continue;
        };
        if mention.is_provenance {
            continue;
        }
        let Some((object, name)) = parent(&subject.pointer) else { continue };
        let old = document.pointer(&subject.pointer).and_then(Value::as_str).unwrap_or_default();
        let fragment = old.split_once('#').map_or(String::new(), |(_, fragment)| format!("#{fragment}"));
        let new = if old.contains('@') { canonical.subject() } else { canonical.digest.clone() };
        changed.set(&object, &name, &Value::from(format!("{new}{fragment}")));
    }
}

/// The object and the member that a JSON pointer leads to.
fn parent(pointer: &str) -> Option<(String, String)> {
    let (object, name) = pointer.rsplit_once('/')?;
    Some((object.to_owned(), name.replace("~1", "/").replace("~0", "~")))
}

fn is_replaceable(address: &str) -> bool {
    after_scheme(address).is_some() || locator::placeholder(address).is_some()
}

fn base_name(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default().rsplit('/').next().unwrap_or_default()
}

/// The file that something in a document is about: by name, or the only one for the only thing.
fn file_for<'a>(names: &[&str], canonical: &'a Canonical, is_only: bool) -> Option<&'a CanonicalFile> {
    let named = canonical
        .files
        .iter()
        .find(|file| names.iter().any(|name| *name == file.path || base_name(name) == base_name(&file.path)));
    match canonical.files.as_slice() {
        [one] if is_only => Some(named.unwrap_or(one)),
        _ => named,
    }
}

fn hex(file: &CanonicalFile) -> Option<&str> {
    file.digest.as_deref()?.strip_prefix("sha256:")
}

fn stac(changed: &mut Text, document: &Value, canonical: &Canonical) -> Result<(), String> {
    let none = Map::new();
    let assets = document.get("assets").and_then(Value::as_object).unwrap_or(&none);
    let (mut found, mut has_alternate) = (false, false);
    for (key, asset) in assets {
        let href = asset.get("href").and_then(Value::as_str).unwrap_or_default();
        let block = asset.get("kfm:oci").and_then(|block| block.get("file")).and_then(Value::as_str);
        let names: Vec<&str> = block.into_iter().chain([href, key.as_str()]).collect();
        let Some(file) = file_for(&names, canonical, assets.len() == 1) else { continue };
        found = true;
        let at = step("/assets", key);
        if is_replaceable(href) || href.is_empty() {
            changed.set(&at, "href", &Value::from(canonical.subject()));
        } else {
            has_alternate = true;
            alternate(changed, &at, canonical);
        }
        if let Some(hex) = hex(file) {
            // Multihash: 12 is sha2-256, 20 its 32 bytes.
            changed.set(&at, "file:checksum", &Value::from(format!("1220{hex}")));
        }
        if let Some(size) = file.size {
            changed.set(&at, "file:size", &Value::from(size));
        }
    }
    if !found {
        let paths: Vec<&str> = canonical.files.iter().map(|file| file.path.as_str()).collect();
        return Err(format!("no asset is about a file of the artifact ({}): by `href` or key", paths.join(", ")));
    }
    extension(changed, FILE);
    if has_alternate {
        extension(changed, ALTERNATE);
    }
    Ok(())
}

fn alternate(changed: &mut Text, asset: &str, canonical: &Canonical) {
    let href = Value::from(canonical.subject());
    let (all, own) = (step(asset, "alternate"), step(&step(asset, "alternate"), "oci"));
    if changed.get(&own).is_some_and(|own| own.is_object()) {
        changed.set(&own, "href", &href);
    } else if changed.get(&all).is_some_and(|all| all.is_object()) {
        changed.set(&all, "oci", &json!({"href": href}));
    } else {
        changed.set(asset, "alternate", &json!({"oci": {"href": href}}));
    }
}

/// Declares an extension, in whatever version it is not declared yet.
fn extension(changed: &mut Text, address: &str) {
    let family = address.rsplitn(3, '/').last().unwrap_or(address);
    match changed.get("/stac_extensions") {
        Some(Value::Array(known)) => {
            if !known.iter().filter_map(Value::as_str).any(|known| known.starts_with(family)) {
                changed.append("/stac_extensions", &Value::from(address));
            }
        }
        _ => {
            changed.set("", "stac_extensions", &json!([address]));
        }
    }
}

/// All objects of a document with their JSON pointers, in the order of the walk.
fn nodes(document: &Value) -> Vec<(String, &Map<String, Value>)> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), document)];
    while let Some((at, value)) = open.pop() {
        match value {
            Value::Object(fields) => {
                open.extend(
                    fields.iter().filter(|(key, _)| *key != "@context").map(|(key, value)| (step(&at, key), value)),
                );
                found.push((at, fields));
            }
            Value::Array(items) => {
                open.extend(items.iter().enumerate().map(|(index, item)| (format!("{at}/{index}"), item)));
            }
            _ => {}
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

fn local(name: &str) -> &str {
    name.rsplit([':', '#', '/']).next().unwrap_or_default()
}

/// Whether a JSON-LD node has a type with this local name.
fn is_a(fields: &Map<String, Value>, name: &str) -> bool {
    match fields.get("@type") {
        Some(Value::String(one)) => local(one) == name,
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).any(|one| local(one) == name),
        _ => false,
    }
}

/// The key with this local name, and its value.
fn member<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<(&'a String, &'a Value)> {
    fields.iter().find(|(key, _)| local(key) == name)
}

/// Titles and addresses by which a node may be known as a file.
fn known_as(fields: &Map<String, Value>) -> Vec<&str> {
    let keys = ["title", "label", "downloadURL", "accessURL", "@id", "file"];
    let texts = keys.iter().filter_map(|key| member(fields, key)).flat_map(|(_, value)| locator::texts(value));
    let block = member(fields, "oci").and_then(|(_, block)| block.get("file")).and_then(Value::as_str);
    texts.map(|(text, _)| text).chain(block).collect()
}

fn dcat(changed: &mut Text, document: &Value, canonical: &Canonical) -> Result<(), String> {
    let is_distribution = |at: &str, fields: &Map<String, Value>| {
        let key = at.rsplit('/').find(|part| part.parse::<usize>().is_err()).unwrap_or_default();
        is_a(fields, "Distribution") || local(&key.replace("~1", "/")) == "distribution" && fields.len() > 1
    };
    let distributions: Vec<_> =
        nodes(document).into_iter().filter(|(at, fields)| is_distribution(at, fields)).collect();
    let mut found = false;
    for (at, fields) in &distributions {
        let Some(file) = file_for(&known_as(fields), canonical, distributions.len() == 1) else { continue };
        found = true;
        address(changed, at, fields, "dcat:accessURL", canonical);
        if let Some(hex) = hex(file) {
            checksum(changed, document, (at, fields), hex);
        }
        if let Some(size) = file.size {
            let key = member(fields, "byteSize").map_or("dcat:byteSize", |(key, _)| key.as_str());
            // A typed literal keeps its type.
            let typed = changed.get(&step(at, key)).is_some_and(|old| old.get("@value").is_some());
            match typed {
                true => changed.set(&step(at, key), "@value", &Value::from(size.to_string())),
                false => changed.set(at, key, &Value::from(size)),
            };
        }
    }
    match found {
        true => Ok(()),
        false => Err("no distribution is about a file of the artifact: by title or address".to_owned()),
    }
}

/// Sets an address: an `oci://` one is replaced, another one stays beside the new.
fn address(changed: &mut Text, at: &str, fields: &Map<String, Value>, name: &str, canonical: &Canonical) {
    let subject = canonical.subject();
    let (key, old) = match member(fields, local(name)) {
        Some((key, value)) => (key.as_str(), Some(value)),
        None => (name, None),
    };
    let node = json!({"@id": subject});
    let texts = old.map(locator::texts).unwrap_or_default();
    let stale = texts.iter().find(|(text, _)| is_replaceable(text));
    match (stale, old) {
        (Some((_, inner)), _) => changed.replace(&format!("{}{inner}", step(at, key)), &Value::from(subject)),
        (None, Some(Value::Array(_))) => changed.append(&step(at, key), &node),
        (None, Some(other)) => changed.set(at, key, &json!([other, node])),
        (None, None) => changed.set(at, key, &node),
    };
}

fn checksum(changed: &mut Text, document: &Value, (at, fields): (&str, &Map<String, Value>), hex: &str) {
    let own = member(fields, "checksum").filter(|(_, value)| value.is_object());
    if let Some((key, value)) = own {
        let inner = value.as_object().and_then(|fields| member(fields, "checksumValue")).map(|(key, _)| key.as_str());
        let place = step(at, key);
        let typed = inner.is_some_and(|inner| value.get(inner).is_some_and(|value| value.get("@value").is_some()));
        match (inner, typed) {
            (Some(inner), true) => changed.set(&step(&place, inner), "@value", &Value::from(hex)),
            (inner, _) => changed.set(&place, inner.unwrap_or("spdx:checksumValue"), &Value::from(hex)),
        };
        return;
    }
    let node = json!({
        "@type": "spdx:Checksum",
        "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
        "spdx:checksumValue": hex,
    });
    changed.set(at, "spdx:checksum", &node);
    if document.get("@context").is_some_and(|context| context.is_object() && context.get("spdx").is_none()) {
        changed.set("/@context", "spdx", &Value::from("http://spdx.org/rdf/terms#"));
    }
}

fn prov(changed: &mut Text, document: &Value, canonical: &Canonical) -> Result<(), String> {
    let entities: Vec<_> = nodes(document)
        .into_iter()
        .filter(|(_, fields)| is_a(fields, "Entity") && member(fields, "wasGeneratedBy").is_some())
        .collect();
    let [(at, fields)] = entities.as_slice() else {
        return Err(format!(
            "expected one entity that was generated, found {}: which one is meant is not guessed",
            entities.len()
        ));
    };
    address(changed, at, fields, "prov:atLocation", canonical);
    Ok(())
}
