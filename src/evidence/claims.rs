//! What a document or its annotations say of licence, sensitivity and CARE.
//!
//! Which names mean what is data ([`FieldTable`], [`LabelTable`]). A licence is read only where it speaks of
//! the subject: the subject's annotation, a STAC Item, a DCAT record, the entity that PROV says was made; never
//! from an SBOM, whose licences are its packages'. Labels and CARE count wherever they stand, because text that
//! nobody signed may raise demands. What a claim is worth is for the rules.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use serde_json::map::{Entry, Map};

pub mod tables;

pub use tables::{FieldTable, LabelTable};

use super::content::SBOM_LISTS;
use super::document::part_of_statement;
use super::document::reading::{At, DEPTH, clipped, local_name, plain, shortened, shown};
use super::prov::context::Context;
use super::{DocumentKind, Facts, statement};
use crate::oci::json::parse_strict;
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
    let mut reader = Reader::new(fields, labels);
    let root = At::new(part, prefix);
    match kind {
        DocumentKind::Stac => {
            let places = fields.licence.pointers.iter();
            for (pointer, value) in places.filter_map(|pointer| Some((pointer, part.pointer(pointer)?))) {
                reader.licence(local_name(pointer), &At::new(value, format!("{prefix}{pointer}")));
            }
        }
        DocumentKind::Prov | DocumentKind::RoCrate => {
            for pointer in &facts.subject_parts {
                let local = pointer.strip_prefix(prefix).unwrap_or(pointer);
                if let Some(entity) = part.pointer(local) {
                    reader.licences_of(&At::new(entity, pointer.as_str()));
                }
            }
        }
        DocumentKind::Dcat | DocumentKind::Unknown | DocumentKind::Statement => {
            reader.catalogue(&root, &Context::of(part), DEPTH);
        }
        _ => {}
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
    for key in &fields.licence.annotations {
        if let Some(at) = root.get(key) {
            reader.licence(key, &at);
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

/// Where an object lies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Care {
    Outside,
    /// It is a CARE block.
    Block,
    /// Somewhere in a CARE block.
    Within,
}

struct Reader<'t> {
    fields: &'t FieldTable,
    labels: &'t LabelTable,
    claims: Vec<Claim>,
    seen: BTreeSet<(Role, String, String)>,
    overflow: Option<String>,
}

impl<'t> Reader<'t> {
    fn new(fields: &'t FieldTable, labels: &'t LabelTable) -> Self {
        Reader { fields, labels, claims: Vec::new(), seen: BTreeSet::new(), overflow: None }
    }

    /// Keeps a claim, once: a thousand features with one label say one thing.
    fn push(&mut self, role: Role, field: &str, value: Value, at: &At<'_>, rank: Option<u8>, listed: bool) {
        let field = clipped(field).to_owned();
        let key = (role, field.clone(), value.to_string());
        if self.seen.contains(&key) {
            return;
        }
        if self.claims.len() >= CLAIMS {
            self.overflow.get_or_insert_with(|| at.pointer());
            return;
        }
        self.seen.insert(key);
        self.claims.push(Claim { role, field, value, pointer: at.pointer(), rank, listed });
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
                    if what == What::Sbom && is_sbom_list(key) {
                        continue;
                    }
                    let name = FieldName::of(key);
                    let below = self.field(&name, &at.member(key, value), care, &mut flat, key);
                    if is_nested(value) {
                        self.walk(&at.member(key, value), below, What::Nested, depth);
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
            flat.field.get_or_insert(key);
            add(&mut flat.block, member, value_in(at.value, care));
        }
        Care::Within
    }

    /// Keeps a CARE block, or the text that stands where one is expected.
    fn block(&mut self, field: &str, at: &At<'_>, care: Care) {
        let value = match at.value {
            Value::Object(object) => {
                let mut block = Map::new();
                for (key, value) in object {
                    match self.fields.member_of_block(&FieldName::of(key)) {
                        Some(member) => add(&mut block, member, value_in(value, care)),
                        None if care == Care::Outside => add(&mut block, key.clone(), value.clone()),
                        None => {}
                    }
                }
                Value::Object(block)
            }
            Value::String(text) => shortened(text.trim()).into(),
            _ => return,
        };
        self.push(Role::Care, field, value, at, None, true);
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
                let members =
                    ["@value", "@id", "$"].into_iter().chain(self.fields.label_members.iter().map(String::as_str));
                if let Some(inner) = members.filter_map(|member| at.get(member)).next() {
                    return self.label(field, &inner, listed, depth);
                }
                Value::Null
            }
            Value::Array(_) => Value::Null,
            Value::String(text) if text.chars().nth(LABEL_LENGTH).is_some() => shortened(text).into(),
            other => other.clone(),
        };
        let rank = self.labels.rank(&value);
        if listed || rank.is_some() {
            self.push(Role::Sensitivity, field, value, at, rank, listed);
        }
    }

    /// Licences of the DCAT records in a document, embedded ones too.
    fn catalogue(&mut self, at: &At<'_>, context: &Context, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let types = at.members().filter(|(key, _)| context.name(key) == "@type").flat_map(|(_, types)| types.each());
        let listed = &self.fields.licence.catalogue_types;
        if types.filter_map(|at| at.text()).any(|name| listed.contains(name) || listed.contains(&context.name(name))) {
            self.licences_of(at);
        }
        let nested = at.items().chain(at.members().map(|(_, member)| member));
        nested.filter(|member| is_nested(member.value)).for_each(|member| self.catalogue(&member, context, depth));
    }

    fn licences_of(&mut self, at: &At<'_>) {
        for (key, member) in at.members() {
            if self.fields.licence.names.contains(&plain(local_name(key))) {
                self.licence(key, &member);
            }
        }
    }

    /// Keeps the licences that a value is: a text, an IRI, a list of them. Null states none.
    fn licence(&mut self, field: &str, at: &At<'_>) {
        for item in at.each().into_iter().filter(|item| !item.value.is_null()) {
            let inner = ["@value", "@id", "$"].iter().find_map(|key| item.get(key)).unwrap_or(item);
            let value = match inner.value {
                Value::String(text) => self.spdx_id(text.trim()).into(),
                Value::Object(_) | Value::Array(_) => Value::Null,
                other => other.clone(),
            };
            self.push(Role::Licence, field, value, &inner, None, true);
        }
    }

    /// The SPDX identifier that a known IRI stands for; any other text as it is.
    fn spdx_id(&self, text: &str) -> String {
        if let Some(id) = self.fields.licence.iris.get(text) {
            return id.clone();
        }
        let rest = self.fields.licence.iri_prefixes.iter().find_map(|prefix| text.strip_prefix(prefix.as_str()));
        rest.map_or(text, |id| id.trim_end_matches(".html").trim_end_matches(".json")).to_owned()
    }
}

/// A CARE block in its flat form: members that stand side by side in one object.
#[derive(Default)]
struct Flat<'a> {
    field: Option<&'a str>,
    block: Map<String, Value>,
}

/// Adds a member to a block. Under two spellings it may have two values, and then it is the list of them: neither
/// hides the other.
fn add(block: &mut Map<String, Value>, member: String, value: Value) {
    match block.entry(member) {
        Entry::Vacant(entry) => drop(entry.insert(value)),
        Entry::Occupied(mut entry) if *entry.get() != value => {
            let before = entry.insert(Value::Null);
            let mut values = if let Value::Array(values) = before { values } else { vec![before] };
            values.push(value);
            entry.insert(Value::Array(values));
        }
        Entry::Occupied(_) => {}
    }
}

/// A member's value, out of its JSON-LD clothes. Within another block it is told again, so it is shortened there: kept
/// whole at every level it would be a copy per level.
fn value_in(value: &Value, care: Care) -> Value {
    let value = ["@value", "@id"].iter().find_map(|key| value.get(key)).unwrap_or(value);
    if care != Care::Outside && is_nested(value) { shown(value).into() } else { value.clone() }
}

fn is_nested(value: &Value) -> bool {
    value.is_object() || value.is_array()
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
