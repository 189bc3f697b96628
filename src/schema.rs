//! JSON Schema (2020-12) validation against the schemas in `schemas/`, with messages of our own.
//!
//! The schemas are part of the program and each is compiled once, when it is first needed. Nothing is ever
//! fetched: a `$ref` to anything outside is an error when the schema is compiled. Patterns run in linear time.
//! A subschema's `title` says what is expected, in words that continue "expected …".

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{PatternOptions, ValidationError, Validator};
use serde_json::{Map, Value};
use strsim::osa_distance;

use crate::fault::{Fault, FaultCode};

/// Name and text of each bundled schema.
const SCHEMAS: [(&str, &str); 26] = [
    ("capsule.v1", include_str!("../schemas/capsule.v1.schema.json")),
    ("config.v1", include_str!("../schemas/config.v1.schema.json")),
    ("croissant-1.v1", include_str!("../schemas/croissant-1.v1.schema.json")),
    ("cyclonedx-1.v1", include_str!("../schemas/cyclonedx-1.v1.schema.json")),
    ("dcat-3.v1", include_str!("../schemas/dcat-3.v1.schema.json")),
    ("distribution-pointer.v1", include_str!("../schemas/distribution-pointer.v1.schema.json")),
    ("fields.v1", include_str!("../schemas/fields.v1.schema.json")),
    ("input.v1", include_str!("../schemas/input.v1.schema.json")),
    ("labels.v1", include_str!("../schemas/labels.v1.schema.json")),
    ("licences.v1", include_str!("../schemas/licences.v1.schema.json")),
    ("media-types.v1", include_str!("../schemas/media-types.v1.schema.json")),
    ("openlineage-2.v1", include_str!("../schemas/openlineage-2.v1.schema.json")),
    ("predicates.v1", include_str!("../schemas/predicates.v1.schema.json")),
    ("prov-json.v1", include_str!("../schemas/prov-json.v1.schema.json")),
    ("prov-jsonld.v1", include_str!("../schemas/prov-jsonld.v1.schema.json")),
    ("report.v1", include_str!("../schemas/report.v1.schema.json")),
    ("ro-crate-1.v1", include_str!("../schemas/ro-crate-1.v1.schema.json")),
    ("run-manifest.v1", include_str!("../schemas/run-manifest.v1.schema.json")),
    ("settings.v1", include_str!("../schemas/settings.v1.schema.json")),
    ("slsa-provenance-v0.2", include_str!("../schemas/slsa-provenance-v0.2.schema.json")),
    ("slsa-provenance-v1", include_str!("../schemas/slsa-provenance-v1.schema.json")),
    ("spdx-2.v1", include_str!("../schemas/spdx-2.v1.schema.json")),
    ("spdx-3.v1", include_str!("../schemas/spdx-3.v1.schema.json")),
    ("stac-catalog.v1", include_str!("../schemas/stac-catalog.v1.schema.json")),
    ("stac-collection.v1", include_str!("../schemas/stac-collection.v1.schema.json")),
    ("stac-item.v1", include_str!("../schemas/stac-item.v1.schema.json")),
];

/// Defects of one document that are told.
const DEFECTS: usize = 50;
/// Elements of one array, and unknown members of one object, that are looked at for defects once it is clear
/// that there are some: the validator collects every one before it answers.
const LOOKED_AT: usize = 200;
/// Characters of a found value that a message shows.
const SHOWN: usize = 60;

/// A compiled schema.
struct Compiled {
    schema: Value,
    validator: Validator,
    /// Whether the title of the whole says what is expected: it does for an element, and not for a document.
    is_element: bool,
    /// Those of the elements of lists that are members of the document.
    elements: OnceLock<BTreeMap<String, Compiled>>,
}

/// Holds a document against a bundled schema of which long lists are not in the tree: their elements one by one, then
/// the rest.
pub struct ElementChecker {
    name: &'static str,
    found: BTreeSet<Fault>,
}

impl ElementChecker {
    /// For the schema with this name.
    pub fn of(name: &'static str) -> Self {
        ElementChecker { name, found: BTreeSet::new() }
    }

    /// Holds an element of the list with this name against the schema; `pointer` leads to it.
    pub fn check(&mut self, list: &str, element: &Value, pointer: impl FnOnce() -> String) {
        let Some(Ok(compiled)) = compiled(self.name) else { return };
        let Some(of_element) = compiled.elements().get(list) else { return };
        // One more than are told shows that there are more.
        if self.found.len() > DEFECTS || of_element.validator.is_valid(element) {
            return;
        }
        let place = pointer();
        let under = |fault: Fault| Fault { pointer: format!("{place}{}", fault.pointer), ..fault };
        self.found.extend(of_element.found(element).into_iter().map(under));
    }

    /// All defects, those of the tree among them, as [`validate`] gives them.
    pub fn validate(mut self, tree: &Value) -> Vec<Fault> {
        match compiled(self.name) {
            Some(Ok(compiled)) => {
                if !compiled.validator.is_valid(tree) {
                    self.found.extend(compiled.found(tree));
                }
                told(self.found)
            }
            _ => validate(self.name, tree),
        }
    }
}

/// As many defects as are told.
fn told(found: BTreeSet<Fault>) -> Vec<Fault> {
    let more = found.len().saturating_sub(DEFECTS);
    let mut defects: Vec<Fault> = found.into_iter().take(DEFECTS).collect();
    if more > 0 {
        defects.push(Fault::of_schema(FaultCode::TooMany, "", format!("and at least {more} more defects")));
    }
    defects
}

/// The names of the bundled schemas.
pub fn names() -> impl Iterator<Item = &'static str> {
    SCHEMAS.iter().map(|(name, _)| *name)
}

/// The text of a bundled schema.
pub fn text(name: &str) -> Option<&'static str> {
    SCHEMAS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// Whether a bundled schema names this member of the object that it is about.
pub fn has_member(name: &str, member: &str) -> bool {
    let schema = text(name).and_then(|text| serde_json::from_str::<Value>(text).ok());
    schema.is_some_and(|schema| schema.get("properties").is_some_and(|members| members.get(member).is_some()))
}

/// What is wrong with a value by a bundled schema: sorted, each defect once, at most fifty; nothing if it is
/// valid. A schema that does not exist finds everything wrong.
pub fn validate(name: &str, value: &Value) -> Vec<Fault> {
    let failed = |message: String| vec![Fault::of_schema(FaultCode::WrongValue, "", message)];
    match compiled(name) {
        Some(Ok(compiled)) if compiled.validator.is_valid(value) => Vec::new(),
        Some(Ok(compiled)) => told(compiled.found(value)),
        Some(Err(error)) => failed(format!("the schema `{name}` does not compile: {error}")),
        None => failed(format!("expected the name of a bundled schema, found `{name}`")),
    }
}

fn compiled(name: &str) -> Option<&'static Result<Compiled, String>> {
    static SLOTS: [OnceLock<Result<Compiled, String>>; SCHEMAS.len()] = [const { OnceLock::new() }; SCHEMAS.len()];
    let index = SCHEMAS.iter().position(|(known, _)| *known == name)?;
    let (_, text) = SCHEMAS.get(index)?;
    SLOTS.get(index).map(|slot| slot.get_or_init(|| Compiled::of(text)))
}

impl Compiled {
    fn of(text: &str) -> Result<Self, String> {
        Self::compile(serde_json::from_str(text).map_err(|error| error.to_string())?, false)
    }

    fn compile(schema: Value, is_element: bool) -> Result<Self, String> {
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .with_pattern_options(PatternOptions::regex())
            .offline()
            .build(&schema)
            .map_err(|error| error.to_string())?;
        Ok(Compiled { schema, validator, is_element, elements: OnceLock::new() })
    }

    /// The schemas of the elements of lists. The bundled ones refer to nothing, so each stands alone.
    fn elements(&self) -> &BTreeMap<String, Compiled> {
        self.elements.get_or_init(|| {
            let members = self.schema.get("properties").and_then(Value::as_object).into_iter().flatten();
            let lists = members.filter_map(|(name, list)| Some((name.clone(), list.get("items")?.clone())));
            lists.filter_map(|(name, items)| Some((name, Self::compile(items, true).ok()?))).collect()
        })
    }

    /// The defects of a value that has some.
    fn found(&self, value: &Value) -> BTreeSet<Fault> {
        let mut known = BTreeSet::new();
        words(&self.schema, &mut known);
        let looked_at = cut(value, &known);
        let (mut found, mut missing) = (BTreeSet::new(), BTreeMap::new());
        for error in self.validator.iter_errors(&looked_at) {
            self.tell(&error, &mut found, &mut missing);
        }
        if found.is_empty()
            && let Err(error) = self.validator.validate(value)
        {
            // The defect lies further back than what was looked at.
            self.tell(&error, &mut found, &mut missing);
        }
        found.extend(
            missing
                .into_iter()
                .map(|(pointer, fields)| Fault::of_schema(FaultCode::Missing, pointer, missing_fields(&fields))),
        );
        found
    }

    /// Adds what one error says; `missing` are the fields that an object lacks, which one fault says together.
    fn tell(
        &self,
        error: &ValidationError<'_>,
        found: &mut BTreeSet<Fault>,
        missing: &mut BTreeMap<String, BTreeSet<String>>,
    ) {
        let pointer = error.instance_path().as_str().to_owned();
        let lacks = match error.kind() {
            Kind::Required { property } => Some(format!("`{}`", plain(property))),
            Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
                alternatives(context).map(|names| format!("one of {names}"))
            }
            _ => None,
        };
        if let Some(field) = lacks {
            missing.entry(pointer).or_default().insert(field);
        } else if let Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } =
            error.kind()
        {
            let told = unexpected.iter().take(DEFECTS).map(|key| {
                let suggestion = self.nearest(error, key).map(|name| format!(" (did you mean `{name}`?)"));
                format!("expected no field `{}`, found one{}", shortened(key), suggestion.unwrap_or_default())
            });
            found.extend(told.map(|message| Fault::of_schema(FaultCode::UnknownField, pointer.clone(), message)));
        } else {
            found.insert(Fault::of_schema(code(error.kind()), pointer, self.message(error)));
        }
    }

    /// The field that the schema has at the place of the error and whose name is almost this one, if there is one.
    fn nearest(&self, error: &ValidationError<'_>, key: &str) -> Option<&str> {
        let (parent, _) = error.schema_path().as_str().rsplit_once('/')?;
        let fields = self.schema.pointer(parent)?.get("properties")?.as_object()?;
        // What is long was not mistyped.
        let key = Some(key.to_lowercase()).filter(|key| key.len() <= SHOWN)?;
        let distances = fields.keys().map(|name| (osa_distance(&key, &name.to_lowercase()), name));
        let (_, name) = distances.filter(|(distance, name)| *distance <= name.len().div_ceil(4)).min()?;
        Some(name)
    }

    /// What was expected and what was found, for one error.
    fn message(&self, error: &ValidationError<'_>) -> String {
        let expected = match error.kind() {
            Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => {
                self.title(error).unwrap_or("one of the alternatives of the schema").to_owned()
            }
            Kind::FalseSchema => return "expected no such field, found one".to_owned(),
            kind => self.title(error).map(str::to_owned).unwrap_or_else(|| expectation(kind)),
        };
        format!("expected {expected}, found {}", shown(error.instance()))
    }

    /// The title of the subschema that the error comes from.
    fn title(&self, error: &ValidationError<'_>) -> Option<&str> {
        let (parent, _) = error.schema_path().as_str().rsplit_once('/')?;
        // Conditions have no words of their own: `allOf/0`, `then`.
        let titled = std::iter::successors(Some(parent), |parent| {
            let (above, last) = parent.rsplit_once('/')?;
            (matches!(last, "then" | "else" | "anyOf" | "allOf") || last.parse::<usize>().is_ok()).then_some(above)
        });
        titled
            .take(4)
            .filter(|pointer| self.is_element || !pointer.is_empty())
            .find_map(|pointer| self.schema.pointer(pointer)?.get("title")?.as_str())
    }
}

/// What an object lacks, in one sentence.
fn missing_fields(fields: &BTreeSet<String>) -> String {
    let mut fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    match fields.pop() {
        Some(last) if fields.is_empty() => format!("{last} is required but missing"),
        Some(last) => format!("{} and {last} are required but missing", fields.join(", ")),
        None => String::new(),
    }
}

/// The code of a fault by the keyword that finds it.
fn code(kind: &Kind) -> FaultCode {
    match kind {
        Kind::FalseSchema => FaultCode::UnknownField,
        Kind::Type { .. } => FaultCode::WrongType,
        Kind::UniqueItems => FaultCode::Duplicate,
        _ => FaultCode::WrongValue,
    }
}

/// What a keyword asks for, where the schema has no words for it.
fn expectation(kind: &Kind) -> String {
    match kind {
        Kind::Type { kind } => format!("{} {}", article(kind), type_names(kind)),
        Kind::Constant { expected_value } => shown(expected_value),
        Kind::Enum { options } => {
            let options = options.as_array().map(|options| options.iter().map(shown).collect::<Vec<_>>().join(", "));
            format!("one of {}", options.unwrap_or_default())
        }
        Kind::Pattern { pattern } => format!("a text that matches `{pattern}`"),
        Kind::Format { format } => format!("a text in the format `{format}`"),
        Kind::MinLength { limit } => counted("at least", *limit, "character"),
        Kind::MaxLength { limit } => counted("at most", *limit, "character"),
        Kind::MinItems { limit } => counted("at least", *limit, "element"),
        Kind::MaxItems { limit } => counted("at most", *limit, "element"),
        Kind::MinProperties { limit } => counted("at least", *limit, "field"),
        Kind::MaxProperties { limit } => counted("at most", *limit, "field"),
        Kind::Minimum { limit } => format!("at least {limit}"),
        Kind::Maximum { limit } => format!("at most {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("less than {limit}"),
        Kind::UniqueItems => "different elements".to_owned(),
        Kind::PropertyNames { error } => format!("field names that the schema allows ({})", error.masked()),
        // Keywords that no bundled schema has; the library's words serve, without the value.
        _ => "what the schema demands".to_owned(),
    }
}

fn counted(bound: &str, limit: u64, noun: &str) -> String {
    format!("{bound} {limit} {noun}{}", if limit == 1 { "" } else { "s" })
}

fn type_names(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(kind) => kind.to_string(),
        TypeKind::Multiple(kinds) => kinds.iter().map(|kind| kind.to_string()).collect::<Vec<_>>().join(" or "),
    }
}

fn article(kind: &TypeKind) -> &'static str {
    let names = type_names(kind);
    if names.starts_with("null") {
        ""
    } else if names.starts_with(['a', 'i', 'o']) {
        "an"
    } else {
        "a"
    }
}

/// The fields of alternatives that differ only in which field must be there.
fn alternatives(context: &[Vec<ValidationError<'_>>]) -> Option<String> {
    let names = context.iter().map(|errors| match errors.as_slice() {
        [error] => match error.kind() {
            Kind::Required { property } => Some(format!("`{}`", plain(property))),
            _ => None,
        },
        _ => None,
    });
    names.collect::<Option<Vec<_>>>().filter(|names| !names.is_empty()).map(|names| names.join(", "))
}

fn plain(property: &Value) -> String {
    property.as_str().map_or_else(|| property.to_string(), str::to_owned)
}

/// A found value: a small one as JSON, a large one by its size.
fn shown(value: &Value) -> String {
    match value {
        Value::Object(object) if !object.is_empty() => match object.len() {
            1 => "an object with 1 field".to_owned(),
            count => format!("an object with {count} fields"),
        },
        Value::Array(items) if !items.is_empty() => match items.len() {
            1 => "an array of 1 element".to_owned(),
            count => format!("an array of {count} elements"),
        },
        // Only as much of a long text as is shown.
        Value::String(text) => match text.char_indices().nth(SHOWN) {
            Some((end, _)) => format!("{}…", Value::from(text.get(..end).unwrap_or_default())),
            None => value.to_string(),
        },
        other => shortened(&other.to_string()),
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Every key and text of a schema: among them all field names that it knows.
fn words<'a>(schema: &'a Value, known: &mut BTreeSet<&'a str>) {
    match schema {
        Value::Object(object) => object.iter().for_each(|(key, value)| {
            known.insert(key);
            words(value, known);
        }),
        Value::Array(items) => items.iter().for_each(|item| words(item, known)),
        Value::String(text) => {
            known.insert(text);
        }
        _ => {}
    }
}

/// A copy with long arrays cut, and large objects reduced to the fields that the schema knows and some others:
/// a document of a million wrong entries would else become a million errors in memory.
fn cut(value: &Value, known: &BTreeSet<&str>) -> Value {
    match value {
        Value::Array(items) => items.iter().take(LOOKED_AT).map(|item| cut(item, known)).collect(),
        Value::Object(object) => {
            let mut others = 0;
            let kept = object.iter().filter(|(key, _)| {
                others += 1;
                others <= LOOKED_AT || known.contains(key.as_str())
            });
            Value::Object(kept.map(|(key, value)| (key.clone(), cut(value, known))).collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests;
