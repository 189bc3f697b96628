//! What a document or its annotations say of licence, sensitivity and CARE.
//!
//! Which names mean what is data ([`FieldTable`], [`LabelTable`]). A licence is read only where it speaks of
//! the subject: the subject's annotation, a STAC Item, a DCAT record, the entity that PROV says was made; never
//! from an SBOM, whose licences are its packages'. Labels and CARE count wherever they stand, because text that
//! nobody signed may raise demands. What a claim is worth is for the rules.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

mod blocks;
mod care;
mod dress;
mod licences;
pub mod tables;

pub use tables::{FieldTable, LabelTable};

use super::content::SBOM_LISTS;
use super::document::reading::{At, DEPTH, child, clipped, local_name, plain, shortened, shown};
use super::prov::context::Context;
use super::statement::part_of_statement;
use super::{DocumentKind, Facts, statement};
use crate::oci::json::parse_strict;
use care::{Care, Flat};
use dress::{DRESS, is_nested};
use tables::FieldName;

/// Different claims of one document that are kept. One with more gets a label that nothing resolves.
const CLAIMS: usize = 1000;
/// Characters of a label that are kept: the longest label is shorter.
const LABEL_LENGTH: usize = 200;

/// What a claim is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// A licence.
    Licence,
    /// A label that says who may see the data.
    Sensitivity,
    /// A CARE block, or its flat form as a block.
    Care,
    /// Somebody has authority to control the data.
    Authority,
    /// Whom to name as source.
    Attribution,
}

impl Role {
    /// The name in the policy input.
    pub fn name(self) -> &'static str {
        match self {
            Role::Licence => "licence",
            Role::Sensitivity => "sensitivity",
            Role::Care => "care",
            Role::Authority => "authority",
            Role::Attribution => "attribution",
        }
    }
}

/// One thing that a document says in one of the roles.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// What it is about.
    pub role: Role,
    /// The field's name as written.
    pub field: String,
    /// What it says: a text, for CARE the block with its known members under their own names. Null where an object
    /// says nothing that could be read.
    pub value: Value,
    /// Where.
    pub pointer: String,
    /// The label's rank; none for an unresolved label, and for the other roles.
    pub rank: Option<u8>,
    /// Whether the name is bare or has a listed prefix.
    pub listed: bool,
    /// Whether it is said of the subject itself, and not of an input, a link, a parameter, or of something quoted. Only
    /// such a claim satisfies a demand; any raises one.
    pub of_subject: bool,
}

/// What a document says. `facts` are those of the same value; a statement is read as the document within.
pub fn claims(
    kind: DocumentKind,
    value: &Value,
    facts: &Facts,
    fields: &FieldTable,
    labels: &LabelTable,
) -> Vec<Claim> {
    let (prefix, part) = match statement::recognise(value) {
        true => part_of_statement(value, kind),
        false => ("", value),
    };
    let mut reader = Reader { context: Context::of(part), ..Reader::new(fields, labels) };
    let root = At::new(part, prefix);
    match kind {
        DocumentKind::Stac => {
            reader.parts.extend(["", "/properties"].map(|part| format!("{prefix}{part}")));
            let places = fields.licence.pointers.iter();
            for (pointer, value) in places.filter_map(|pointer| Some((pointer, part.pointer(pointer)?))) {
                reader.licence(local_name(pointer), &At::new(value, format!("{prefix}{pointer}")), DEPTH);
            }
        }
        DocumentKind::Prov | DocumentKind::RoCrate => {
            for pointer in &facts.subject_parts {
                let local = pointer.strip_prefix(prefix).unwrap_or(pointer);
                reader.parts.insert(pointer.clone());
                if let Some(entity) = part.pointer(local) {
                    reader.licences_of(&At::new(entity, pointer.as_str()));
                }
            }
        }
        DocumentKind::Dcat => reader.catalogue(&root, DEPTH),
        DocumentKind::Unknown => {
            // A GeoJSON Feature has its own words in its properties.
            reader.parts.extend(["", "/properties"].map(|part| format!("{prefix}{part}")));
            reader.catalogue(&root, DEPTH);
        }
        // Whoever signs a statement of a type of his own may quote anything in it.
        DocumentKind::Statement => {
            reader.parts.insert(prefix.to_owned());
            reader.record(&root);
        }
        DocumentKind::RunManifest => {
            let outputs = root.get("outputs").into_iter().flat_map(|outputs| outputs.items());
            reader.parts.extend(outputs.map(|output| output.pointer()).chain([prefix.to_owned()]));
        }
        // What these say of licences, labels and CARE is said of what they hold, quote or were given.
        DocumentKind::Slsa
        | DocumentKind::Spdx
        | DocumentKind::CycloneDx
        | DocumentKind::OpenLineage
        | DocumentKind::Vex
        | DocumentKind::Vsa => {}
    }
    let what = match kind {
        DocumentKind::Spdx | DocumentKind::CycloneDx => What::Sbom,
        _ => What::Nested,
    };
    reader.walk(&root, Care::Outside, what, DEPTH);
    reader.finish()
}

/// What one object within a document says of the thing that it describes: licences and labels.
pub fn object_claims(object: &At<'_>, fields: &FieldTable, labels: &LabelTable) -> Vec<Claim> {
    let mut reader = Reader::new(fields, labels);
    reader.licences_of(object);
    reader.walk(object, Care::Outside, What::Nested, DEPTH);
    reader.claims.retain(|claim| matches!(claim.role, Role::Licence | Role::Sensitivity));
    reader.finish()
}

/// What the annotations of a manifest say. Pointers lead into the manifest.
pub fn annotation_claims(
    annotations: &BTreeMap<String, String>,
    fields: &FieldTable,
    labels: &LabelTable,
) -> Vec<Claim> {
    let value = |key: &str, text: &str| match fields.is_care_block(&FieldName::of(key)) {
        // An annotation can hold blocks only as JSON text.
        true => parse_strict(text.as_bytes(), DEPTH).ok().filter(is_stated).unwrap_or_else(|| text.into()),
        false => text.into(),
    };
    let object = annotations.iter().map(|(key, text)| (key.clone(), value(key, text))).collect();
    let object = Value::Object(object);
    let root = At::new(&object, "/annotations");
    let mut reader = Reader::new(fields, labels);
    reader.parts.insert(root.pointer());
    for key in &fields.licence.annotations {
        if let Some(at) = root.get(key) {
            reader.licence(key, &at, DEPTH);
        }
    }
    reader.walk(&root, Care::Outside, What::Nested, DEPTH);
    reader.finish()
}

/// Whether what is in it is said of other things than the subject; `@graph` is the list of SPDX 3.
fn is_sbom_list(key: &str) -> bool {
    key == "@graph" || SBOM_LISTS.contains(&key)
}

/// What an object is, where that matters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Sbom,
    Nested,
}

struct Reader<'t> {
    fields: &'t FieldTable,
    labels: &'t LabelTable,
    /// What the document binds.
    context: Context,
    /// JSON pointers of the objects that speak of the subject itself.
    parts: BTreeSet<String>,
    claims: Vec<Claim>,
    seen: BTreeSet<(Role, String, String, bool)>,
    overflow: Option<String>,
}

impl<'t> Reader<'t> {
    fn new(fields: &'t FieldTable, labels: &'t LabelTable) -> Self {
        Reader {
            fields,
            labels,
            context: Context::default(),
            parts: BTreeSet::new(),
            claims: Vec::new(),
            seen: BTreeSet::new(),
            overflow: None,
        }
    }

    /// Keeps a claim, once: a thousand features with one label say one thing.
    fn push(&mut self, role: Role, field: &str, value: Value, at: &At<'_>, rank: Option<u8>, listed: bool) {
        let pointer = at.pointer();
        // A number may be a class of land cover as well.
        let is_scale = !value.is_number() || ["rank", "level", "tier"].iter().any(|end| plain(field).ends_with(end));
        let of_subject = role == Role::Licence || is_scale && self.is_of_subject(&pointer, field);
        let field = clipped(field).to_owned();
        let key = (role, field.clone(), value.to_string(), of_subject);
        if self.seen.contains(&key) {
            return;
        }
        if self.claims.len() >= CLAIMS {
            self.overflow.get_or_insert(pointer);
            return;
        }
        self.seen.insert(key);
        self.claims.push(Claim { role, field, value, pointer, rank, listed, of_subject });
    }

    /// Whether what stands there is said by a member of this name, or by members side by side, of an object that speaks
    /// of the subject.
    fn is_of_subject(&self, pointer: &str, field: &str) -> bool {
        let member = child("", field);
        let mut places =
            std::iter::successors(Some(pointer), |place| place.rfind('/').and_then(|end| place.get(..end)));
        // A flat block stands at its object.
        self.parts.contains(pointer)
            || places.any(|place| place.strip_suffix(&member).is_some_and(|object| self.parts.contains(object)))
    }

    fn finish(mut self) -> Vec<Claim> {
        if let Some(pointer) = self.overflow {
            self.claims.push(Claim {
                role: Role::Sensitivity,
                field: "…".to_owned(),
                value: format!("more than {CLAIMS} different labels and licences in one document").into(),
                pointer,
                rank: None,
                listed: true,
                of_subject: true,
            });
        }
        self.claims
    }

    /// Reads every object for labels, CARE and authority.
    fn walk(&mut self, at: &At<'_>, care: Care, what: What, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        match at.value {
            Value::Array(_) => {
                at.items()
                    .filter(|item| is_nested(item.value))
                    .for_each(|item| self.walk(&item, care, What::Nested, depth));
            }
            Value::Object(object) => {
                let mut flat = Flat::default();
                for (key, value) in object {
                    // A context says what names mean, and nothing of the subject.
                    if key == "@context" || what == What::Sbom && is_sbom_list(key) {
                        continue;
                    }
                    let member = at.member(key, value);
                    let bound = self.context.bound(key);
                    let mut names = [Some(FieldName::of(key)), bound.as_deref().map(FieldName::of)];
                    // Of one thing under two names the better known is told.
                    names.sort_by_key(|name| !name.as_ref().is_some_and(|name| self.fields.is_listed(name)));
                    let places = names.iter().flatten().map(|name| self.field(name, &member, care, &mut flat, key));
                    let below = places.max().unwrap_or(care);
                    if is_nested(value) {
                        self.walk(&member, below, What::Nested, depth);
                    }
                }
                if let Some(field) = flat.field {
                    self.push(Role::Care, field, Value::Object(flat.block), at, None, true);
                }
            }
            _ => {}
        }
    }

    /// Reads one field, and says where what lies below it is.
    fn field<'a>(&mut self, name: &FieldName<'_>, at: &At<'a>, care: Care, flat: &mut Flat<'a>, key: &'a str) -> Care {
        if let Some(listed) = self.fields.sensitivity(name) {
            self.label(key, at, listed, DEPTH);
        }
        if self.fields.is_authority(name, care != Care::Outside) && is_stated(at.value) {
            let value = at.value.as_str().map_or_else(|| shown(at.value), shortened).into();
            self.push(Role::Authority, key, value, at, None, self.fields.is_listed(name));
        }
        if self.fields.is_attribution(name) && is_stated(at.value) {
            let value = at.value.as_str().map_or_else(|| shown(at.value), shortened).into();
            self.push(Role::Attribution, key, value, at, None, true);
        }
        if self.fields.is_care_block(name) {
            for block in at.each() {
                self.block(key, &block, care);
            }
            return Care::Block;
        }
        let Some(member) = self.fields.care_member(name) else {
            return if care == Care::Outside { Care::Outside } else { Care::Within };
        };
        // A block has told its members.
        if care != Care::Block {
            flat.add(key, member, care::value_in(at.value, care));
        }
        Care::Within
    }

    /// Keeps the labels that a value is: a text, a number, a list of them, an object with a level.
    fn label(&mut self, field: &str, at: &At<'_>, listed: bool, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let value = match at.value {
            Value::Array(items) if !items.is_empty() => {
                at.items().for_each(|item| self.label(field, &item, listed, depth));
                return;
            }
            Value::Object(_) => {
                let mut parts = self.label_parts(at).into_iter();
                if let Some(first) = parts.next() {
                    self.label(field, &first, listed, depth);
                    // What stands beside it may say more, and may be a mere name.
                    return parts.for_each(|part| self.label(field, &part, false, depth));
                }
                Value::Null
            }
            Value::Array(_) => Value::Null,
            Value::String(text) if text.chars().nth(LABEL_LENGTH).is_some() => shortened(text).into(),
            other => other.clone(),
        };
        let written_out = || self.context.bound(value.as_str()?);
        let rank = self.labels.rank(&value).or_else(|| self.labels.rank(&written_out()?.into()));
        // A concept of a known vocabulary is a label, also one that the table has not.
        let listed = listed
            || rank.is_none()
                && value
                    .as_str()
                    .is_some_and(|text| self.labels.is_of_vocabulary(written_out().as_deref().unwrap_or(text)));
        if listed || rank.is_some() {
            self.push(Role::Sensitivity, field, value, at, rank, listed);
        }
    }

    /// The parts of a label that is an object, best first.
    fn label_parts<'a>(&self, at: &At<'a>) -> Vec<At<'a>> {
        let dressed = DRESS.iter().filter_map(|member| at.get(member));
        let named = self.fields.label_members.iter().flat_map(|name| {
            at.members().filter(move |(key, _)| plain(local_name(key)) == *name).map(|(_, member)| member)
        });
        dressed.chain(named).collect()
    }
}

/// Whether a value names something: anything but nothing, `false` and empty texts, lists and objects.
fn is_stated(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => items.iter().any(is_stated),
        Value::Object(object) => !object.is_empty(),
        _ => true,
    }
}

#[cfg(test)]
mod tests;
