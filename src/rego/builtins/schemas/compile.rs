//! A schema as it is read: every keyword checked, in gojsonschema's order, which decides what is told of a schema
//! that has several faults.

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::{Map, Number, Value as Json};

use super::failure::{Failure, said, unsure};
use super::references::{Draft, base, draft, id_keyword, local, refuse_identifiers};

/// Schemas that one document may come to.
const MOST: usize = 200_000;
/// How deeply they may be nested.
const DEEPEST: usize = 100;

/// All schemas of a document. The first is that of the whole.
#[derive(Debug)]
pub(super) struct Schemas {
    pub all: Vec<Schema>,
}

/// The position of a schema among all.
pub(super) type Position = usize;

/// What the members or elements without a schema of their own must be.
#[derive(Debug, Default, Clone, Copy)]
pub(super) enum Others {
    #[default]
    Any,
    None,
    Like(Position),
}

/// What an object with a certain member needs.
#[derive(Debug)]
pub(super) enum Dependency {
    Members(Vec<String>),
    Schema(Position),
}

/// One schema.
#[derive(Debug, Default)]
pub(super) struct Schema {
    /// `true` and `false`
    pub constant: Option<bool>,
    pub reference: Option<Position>,
    pub types: Vec<&'static str>,
    pub properties: Vec<(String, Position)>,
    pub other_properties: Others,
    pub patterns: Vec<(Regex, Position)>,
    pub property_names: Option<Position>,
    pub dependencies: BTreeMap<String, Dependency>,
    pub items: Vec<Position>,
    /// Whether `items` holds for all elements.
    pub is_for_all_items: bool,
    pub other_items: Others,
    pub multiple_of: Option<Number>,
    pub minimum: Option<Number>,
    pub above: Option<Number>,
    pub maximum: Option<Number>,
    pub below: Option<Number>,
    pub length: Bounds,
    pub pattern: Option<(String, Regex)>,
    pub format: Option<String>,
    pub member_count: Bounds,
    pub required: Vec<String>,
    pub item_count: Bounds,
    pub are_items_unique: bool,
    pub contains: Option<Position>,
    /// `const`, as Go writes it.
    pub only: Option<String>,
    /// `enum`, as Go writes its values.
    pub choices: Option<Vec<String>>,
    pub one_of: Vec<Position>,
    pub any_of: Vec<Position>,
    pub all_of: Vec<Position>,
    pub not: Option<Position>,
    pub condition: Option<Position>,
    pub then: Option<Position>,
    pub otherwise: Option<Position>,
}

/// The least and the greatest of a count.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Bounds {
    pub least: Option<i64>,
    pub most: Option<i64>,
}

/// What is read, and what has been read already.
pub(super) struct Compiler<'d> {
    root: &'d Json,
    pub draft: Draft,
    base: Option<String>,
    has_id: bool,
    pub schemas: Vec<Schema>,
    references: BTreeMap<String, Position>,
    depth: usize,
}

impl Schemas {
    /// Reads a document.
    pub fn of(document: &Json) -> Result<Self, Failure> {
        let draft = draft(document)?;
        refuse_identifiers(document, true)?;
        let base = base(document, draft)?;
        let has_id = document.get("id").or_else(|| document.get("$id")).is_some_and(Json::is_string);
        let (schemas, references) = (Vec::new(), BTreeMap::new());
        let mut compiler = Compiler { root: document, draft, base, has_id, schemas, references, depth: 0 };
        compiler.schema(document)?;
        Ok(Schemas { all: compiler.schemas })
    }

    /// The schema at a position.
    pub fn at(&self, position: Position) -> Result<&Schema, Failure> {
        self.all.get(position).map_or_else(|| unsure("a schema is missing"), Ok)
    }
}

impl<'d> Compiler<'d> {
    /// Reads a schema of its own place.
    pub fn schema(&mut self, node: &'d Json) -> Result<Position, Failure> {
        let position = self.reserve()?;
        self.fill(position, node)?;
        Ok(position)
    }

    fn reserve(&mut self) -> Result<Position, Failure> {
        if self.schemas.len() >= MOST {
            return unsure("the schema is too large");
        }
        self.schemas.push(Schema::default());
        Ok(self.schemas.len() - 1)
    }

    fn fill(&mut self, position: Position, node: &'d Json) -> Result<(), Failure> {
        if self.depth >= DEEPEST {
            return unsure("the schema is nested too deeply");
        }
        self.depth += 1;
        let mut schema = Schema::default();
        let read = self.read(&mut schema, node);
        self.depth -= 1;
        if let Some(place) = self.schemas.get_mut(position) {
            *place = schema;
        }
        read
    }

    fn read(&mut self, schema: &mut Schema, node: &'d Json) -> Result<(), Failure> {
        let members = match node {
            Json::Bool(constant) if self.draft >= Draft::Six => {
                schema.constant = Some(*constant);
                return Ok(());
            }
            Json::Object(members) => members,
            _ => return said("Expected: Valid Schema, given: Invalid JSON"),
        };
        string(members, id_keyword(members, self.draft))?;
        self.definitions(members)?;
        string(members, "title")?;
        string(members, "description")?;
        if let Some(reference) = string(members, "$ref")? {
            let (position, is_new) = self.referred(reference)?;
            schema.reference = Some(position);
            if is_new {
                return Ok(());
            }
        }
        self.keywords(schema, members)
    }

    fn definitions(&mut self, members: &'d Map<String, Json>) -> Result<(), Failure> {
        let wrong = || invalid_type("Array Of Schemas", "definitions");
        match members.get("definitions") {
            None => Ok(()),
            Some(Json::Object(definitions)) => each(definitions, |_, definition| match definition {
                Json::Bool(_) | Json::Object(_) => self.schema(definition).map(|_| ()),
                _ => wrong(),
            }),
            Some(_) => wrong(),
        }
    }

    /// The schema that a reference leads to, and whether it was read just now.
    fn referred(&mut self, reference: &str) -> Result<(Position, bool), Failure> {
        let pointer = local(reference, self.base.as_deref(), self.has_id)?;
        if let Some(position) = self.references.get(pointer) {
            return Ok((*position, false));
        }
        let Some(node) = self.root.pointer(pointer) else {
            return unsure(format!("the reference {reference:?} is dangling: the schema has nothing at that place"));
        };
        if !node.is_boolean() && !node.is_object() {
            return said("Valid Schema must be of type object");
        }
        let position = self.reserve()?;
        self.references.insert(pointer.to_owned(), position);
        self.fill(position, node)?;
        Ok((position, true))
    }
}

/// Does something with each member. Go visits them in an order of chance, and the first error is told.
pub(super) fn each<'d>(
    members: &'d Map<String, Json>,
    mut visit: impl FnMut(&'d String, &'d Json) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut first = None;
    for (name, member) in members {
        match (visit(name, member), &first) {
            (Ok(()), _) => {}
            (Err(error @ Failure::Unsure(_)), _) => return Err(error),
            (Err(error), None) => first = Some(error),
            (Err(error), Some(other)) if error == *other => {}
            (Err(_), Some(_)) => return unsure("the schema has several faults, and OPA tells any of them"),
        }
    }
    first.map_or(Ok(()), Err)
}

/// A keyword with the wrong type.
pub(super) fn invalid_type<T>(expected: &str, given: &str) -> Result<T, Failure> {
    said(format!("Invalid type. Expected: {expected}, given: {given}"))
}

/// The string of a keyword.
pub(super) fn string<'d>(members: &'d Map<String, Json>, keyword: &str) -> Result<Option<&'d str>, Failure> {
    match members.get(keyword) {
        None => Ok(None),
        Some(Json::String(text)) => Ok(Some(text)),
        Some(_) => invalid_type("string", keyword),
    }
}
