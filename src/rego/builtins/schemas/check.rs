//! A document against a schema, check by check as gojsonschema does it. Its scores say which of several alternatives was
//! the nearest, whose errors are then told.

use serde_json::{Map, Value as Json};

use super::compile::{Dependency, Others, Position, Schema, Schemas};
use super::failure::{Failure, unsure};
use super::outcome::{Done, Outcome, SchemaError};
use super::single::{check_number, check_text, common, out_of, type_of, unique};

/// Steps of one check, and how deep it may go.
const MOST_STEPS: usize = 2_000_000;
const DEEPEST: usize = 150;
/// Errors that are told.
const MOST_ERRORS: usize = 100_000;

/// The place of a whole document.
const ROOT: &str = "(Root)";

/// All errors of a document.
pub(super) fn check(schemas: &Schemas, document: &Json) -> Result<Vec<SchemaError>, Failure> {
    let mut checker = Checker { schemas, steps: 0, depth: 0 };
    Ok(checker.checked(0, document, ROOT)?.errors)
}

/// The better of two outcomes that are none; the first of equals.
fn better(best: Option<Outcome>, other: Outcome) -> Option<Outcome> {
    match best {
        Some(best) if other.score <= best.score => Some(best),
        _ => Some(other),
    }
}

struct Checker<'s> {
    schemas: &'s Schemas,
    steps: usize,
    depth: usize,
}

impl Checker<'_> {
    fn checked(&mut self, position: Position, node: &Json, place: &str) -> Result<Outcome, Failure> {
        let mut outcome = Outcome::default();
        self.schema(position, node, place, &mut outcome)?;
        Ok(outcome)
    }

    fn schema(&mut self, position: Position, node: &Json, place: &str, outcome: &mut Outcome) -> Done {
        self.steps += 1;
        if self.steps > MOST_STEPS || self.depth >= DEEPEST || outcome.errors.len() > MOST_ERRORS {
            return unsure("the document or the schema is too large");
        }
        self.depth += 1;
        let done = self.node(position, node, place, outcome);
        self.depth -= 1;
        done
    }

    fn node(&mut self, position: Position, node: &Json, place: &str, outcome: &mut Outcome) -> Done {
        let schemas = self.schemas;
        let schema = schemas.at(position)?;
        if let Some(constant) = schema.constant {
            if !constant {
                outcome.tell("false", place, "False always fails validation");
            }
            return Ok(());
        }
        if let Some(reference) = schema.reference {
            return self.schema(reference, node, place, outcome);
        }
        let given = type_of(node);
        let fits = schema.types.contains(&given) || given == "integer" && schema.types.contains(&"number");
        if !schema.types.is_empty() && !fits {
            let expected = match schema.types.as_slice() {
                [single] => (*single).to_owned(),
                several => format!("[{}]", several.join(",")),
            };
            outcome.tell("invalid_type", place, format!("Invalid type. Expected: {expected}, given: {given}"));
            return Ok(());
        }
        self.combinations(schema, node, place, outcome)?;
        match node {
            Json::Array(items) => self.array(schema, items, place, outcome)?,
            Json::Object(members) => self.object(schema, members, place, outcome)?,
            Json::Number(number) => check_number(schema, number, place, outcome)?,
            _ => {}
        }
        common(schema, node, place, outcome)?;
        match node {
            Json::String(text) => check_text(schema, text, place, outcome),
            Json::Object(members) => {
                for (name, position) in &schema.properties {
                    if let Some(member) = members.get(name) {
                        self.schema(*position, member, &format!("{place}.{name}"), outcome)?;
                    }
                }
            }
            _ => {}
        }
        outcome.score += 1;
        Ok(())
    }

    fn combinations(&mut self, schema: &Schema, node: &Json, place: &str, outcome: &mut Outcome) -> Done {
        self.any_of(schema, node, place, outcome)?;
        self.one_of(schema, node, place, outcome)?;
        let mut all_valid = true;
        for position in &schema.all_of {
            let of_one = self.checked(*position, node, place)?;
            all_valid &= of_one.is_valid();
            outcome.merge(of_one);
        }
        if !all_valid {
            outcome.tell("number_all_of", place, "Must validate all the schemas (allOf)");
        }
        if let Some(position) = schema.not
            && self.checked(position, node, place)?.is_valid()
        {
            outcome.tell("number_not", place, "Must not validate the schema (not)");
        }
        if let Json::Object(members) = node {
            self.dependencies(schema, members, node, place, outcome)?;
        }
        self.condition(schema, node, place, outcome)?;
        outcome.score += 1;
        Ok(())
    }

    fn any_of(&mut self, schema: &Schema, node: &Json, place: &str, outcome: &mut Outcome) -> Done {
        let mut best = None;
        for position in &schema.any_of {
            let of_one = self.checked(*position, node, place)?;
            if of_one.is_valid() {
                return Ok(());
            }
            best = better(best, of_one);
        }
        if let Some(best) = best {
            outcome.tell("number_any_of", place, "Must validate at least one schema (anyOf)");
            outcome.merge(best);
        }
        Ok(())
    }

    fn one_of(&mut self, schema: &Schema, node: &Json, place: &str, outcome: &mut Outcome) -> Done {
        let (mut valid, mut best) = (0, None);
        for position in &schema.one_of {
            let of_one = self.checked(*position, node, place)?;
            match of_one.is_valid() {
                true => valid += 1,
                false => best = better(best, of_one),
            }
        }
        if valid != 1 && !schema.one_of.is_empty() {
            outcome.tell("number_one_of", place, "Must validate one and only one schema (oneOf)");
            if let Some(best) = best.filter(|_| valid == 0) {
                outcome.merge(best);
            }
        }
        Ok(())
    }

    fn dependencies(
        &mut self,
        schema: &Schema,
        members: &Map<String, Json>,
        node: &Json,
        place: &str,
        outcome: &mut Outcome,
    ) -> Done {
        for (_, dependency) in schema.dependencies.iter().filter(|(name, _)| members.contains_key(*name)) {
            match dependency {
                Dependency::Schema(position) => self.schema(*position, node, place, outcome)?,
                Dependency::Members(names) => {
                    for name in names.iter().filter(|name| !members.contains_key(*name)) {
                        outcome.tell("missing_dependency", place, format!("Has a dependency on {name}"));
                    }
                }
            }
        }
        Ok(())
    }

    fn condition(&mut self, schema: &Schema, node: &Json, place: &str, outcome: &mut Outcome) -> Done {
        let Some(condition) = schema.condition else { return Ok(()) };
        let (branch, kind, said) = match self.checked(condition, node, place)?.is_valid() {
            true => (schema.then, "condition_then", "Must validate \"then\" as \"if\" was valid"),
            false => (schema.otherwise, "condition_else", "Must validate \"else\" as \"if\" was not valid"),
        };
        let Some(branch) = branch else { return Ok(()) };
        let of_branch = self.checked(branch, node, place)?;
        if !of_branch.is_valid() {
            outcome.tell(kind, place, said);
            outcome.merge(of_branch);
        }
        Ok(())
    }

    fn array(&mut self, schema: &Schema, items: &[Json], place: &str, outcome: &mut Outcome) -> Done {
        for (index, item) in items.iter().enumerate() {
            let position = match (schema.is_for_all_items, schema.items.get(index), schema.other_items) {
                (true, ..) => schema.items.first().copied(),
                (false, Some(position), _) => Some(*position),
                (false, None, Others::Like(position)) if !schema.items.is_empty() => Some(position),
                _ => None,
            };
            if let Some(position) = position {
                outcome.merge(self.checked(position, item, &format!("{place}.{index}"))?);
            }
        }
        let has_more = !schema.is_for_all_items && !schema.items.is_empty() && schema.items.len() < items.len();
        if has_more && matches!(schema.other_items, Others::None) {
            outcome.tell("array_no_additional_items", place, "No additional items allowed on array");
        }
        let (few, many) = out_of(schema.item_count, items.len());
        if let Some(least) = few {
            outcome.tell("array_min_items", place, format!("Array must have at least {least} items"));
        }
        if let Some(most) = many {
            outcome.tell("array_max_items", place, format!("Array must have at most {most} items"));
        }
        unique(schema, items, place, outcome);
        self.contains(schema, items, place, outcome)?;
        outcome.score += 1;
        Ok(())
    }

    fn contains(&mut self, schema: &Schema, items: &[Json], place: &str, outcome: &mut Outcome) -> Done {
        let Some(position) = schema.contains else { return Ok(()) };
        let mut best = None;
        for (index, item) in items.iter().enumerate() {
            let of_one = self.checked(position, item, &format!("{place}.{index}"))?;
            if of_one.is_valid() {
                return Ok(());
            }
            best = better(best, of_one);
        }
        outcome.tell("contains", place, "At least one of the items must match");
        if let Some(best) = best {
            outcome.merge(best);
        }
        Ok(())
    }

    fn object(&mut self, schema: &Schema, members: &Map<String, Json>, place: &str, outcome: &mut Outcome) -> Done {
        let (few, many) = out_of(schema.member_count, members.len());
        if let Some(least) = few {
            outcome.tell("array_min_properties", place, format!("Must have at least {least} properties"));
        }
        if let Some(most) = many {
            outcome.tell("array_max_properties", place, format!("Must have at most {most} properties"));
        }
        for name in &schema.required {
            match members.contains_key(name) {
                true => outcome.score += 1,
                false => outcome.tell("required", place, format!("{name} is required")),
            }
        }
        for (name, member) in members {
            self.member(schema, name, member, place, outcome)?;
        }
        if let Some(position) = schema.property_names {
            for name in members.keys() {
                let of_name = self.checked(position, &Json::from(name.as_str()), place)?;
                if !of_name.is_valid() {
                    let said = format!("Property name of \"{name}\" does not match");
                    outcome.tell("invalid_property_name", place, said);
                    outcome.merge(of_name);
                }
            }
        }
        outcome.score += 1;
        Ok(())
    }

    /// A member beside `properties`: by the patterns that its name matches, or as all others.
    fn member(&mut self, schema: &Schema, name: &str, member: &Json, place: &str, outcome: &mut Outcome) -> Done {
        let below = format!("{place}.{name}");
        let mut matches = false;
        for (_, position) in schema.patterns.iter().filter(|(pattern, _)| pattern.is_match(name)) {
            matches = true;
            outcome.merge(self.checked(*position, member, &below)?);
        }
        if matches {
            outcome.score += 1;
        }
        if matches || schema.properties.iter().any(|(known, _)| known == name) {
            return Ok(());
        }
        match schema.other_properties {
            Others::Any => {}
            Others::None => {
                let said = format!("Additional property {name} is not allowed");
                outcome.tell("additional_property_not_allowed", place, said);
            }
            Others::Like(position) => outcome.merge(self.checked(position, member, &below)?),
        }
        Ok(())
    }
}
