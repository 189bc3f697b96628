//! The keywords of a schema, in the order in which gojsonschema reads them.

use regex::Regex;
use serde_json::{Map, Number, Value as Json};

use super::super::patterns::engine_pattern;
use super::compile::{Bounds, Compiler, Dependency, Others, Position, Schema, each, invalid_type, string};
use super::failure::{Failure, said, unsure};
use super::references::Draft;
use super::spelling::{decimal, marshalled};

const TYPES: [&str; 7] = ["array", "boolean", "integer", "number", "null", "object", "string"];

type Members = Map<String, Json>;

impl<'d> Compiler<'d> {
    /// Reads all keywords of a schema but those that say what it is.
    pub(super) fn keywords(&mut self, schema: &mut Schema, members: &'d Members) -> Result<(), Failure> {
        types(schema, members)?;
        self.properties(schema, members)?;
        self.dependencies(schema, members)?;
        self.items(schema, members)?;
        numbers(schema, members, self.draft)?;
        schema.length = bounds(members, "minLength", "maxLength", "minLength cannot be greater than maxLength")?;
        schema.pattern = match string(members, "pattern")? {
            None => None,
            Some(text) => Some((text.to_owned(), compiled(text, || said("pattern must be a valid regex"))?)),
        };
        schema.format = string(members, "format")?.map(str::to_owned);
        let exceeded = "minProperties cannot be greater than maxProperties";
        schema.member_count = bounds(members, "minProperties", "maxProperties", exceeded)?;
        required(schema, members)?;
        schema.item_count = bounds(members, "minItems", "maxItems", "")?;
        schema.are_items_unique = match members.get("uniqueItems") {
            None => false,
            Some(Json::Bool(unique)) => *unique,
            Some(_) => return said("uniqueItems must be of a boolean"),
        };
        if self.draft >= Draft::Six {
            schema.contains = members.get("contains").map(|node| self.schema(node)).transpose()?;
            schema.only = members.get("const").map(marshalled);
        }
        choices(schema, members)?;
        self.combinations(schema, members)
    }

    fn properties(&mut self, schema: &mut Schema, members: &'d Members) -> Result<(), Failure> {
        match members.get("properties") {
            None => {}
            Some(Json::Object(properties)) => each(properties, |name, node| {
                schema.properties.push((name.clone(), self.schema(node)?));
                Ok(())
            })?,
            Some(_) => return said("Properties must be of type object"),
        }
        schema.other_properties = self.others(members, "additionalProperties")?;
        match members.get("patternProperties") {
            None => {}
            Some(Json::Object(patterns)) => each(patterns, |pattern, node| {
                let compiled = compiled(pattern, || said(format!("Invalid regex pattern '{pattern}'")))?;
                schema.patterns.push((compiled, self.schema(node)?));
                Ok(())
            })?,
            Some(_) => return invalid_type("Valid Schema", "patternProperties"),
        }
        match members.get("propertyNames") {
            Some(node @ (Json::Bool(_) | Json::Object(_))) if self.draft >= Draft::Six => {
                schema.property_names = Some(self.schema(node)?);
            }
            Some(_) if self.draft >= Draft::Six => return invalid_type("Valid Schema", "patternProperties"),
            _ => {}
        }
        Ok(())
    }

    fn others(&mut self, members: &'d Members, keyword: &str) -> Result<Others, Failure> {
        match members.get(keyword) {
            None | Some(Json::Bool(true)) => Ok(Others::Any),
            Some(Json::Bool(false)) => Ok(Others::None),
            Some(node @ Json::Object(_)) => self.schema(node).map(Others::Like),
            Some(_) => invalid_type("boolean/Valid Schema", keyword),
        }
    }

    fn dependencies(&mut self, schema: &mut Schema, members: &'d Members) -> Result<(), Failure> {
        let wrong = || said("Dependency must be of type Schema Or Array Of Strings");
        let dependencies = match members.get("dependencies") {
            None => return Ok(()),
            Some(Json::Object(dependencies)) => dependencies,
            Some(_) => return said("dependencies must be of type object"),
        };
        each(dependencies, |name, node| {
            let dependency = match node {
                Json::Array(names) => {
                    let names: Option<Vec<String>> =
                        names.iter().map(|name| name.as_str().map(str::to_owned)).collect();
                    let Some(names) = names else { return wrong() };
                    Dependency::Members(names)
                }
                Json::Bool(_) | Json::Object(_) => Dependency::Schema(self.schema(node)?),
                _ => return wrong(),
            };
            schema.dependencies.insert(name.clone(), dependency);
            Ok(())
        })
    }

    fn items(&mut self, schema: &mut Schema, members: &'d Members) -> Result<(), Failure> {
        let wrong = || invalid_type("Valid Schema/Array Of Schemas", "items");
        match members.get("items") {
            None => {}
            Some(node @ (Json::Bool(_) | Json::Object(_))) => {
                schema.items.push(self.schema(node)?);
                schema.is_for_all_items = true;
            }
            Some(Json::Array(nodes)) => {
                for node in nodes {
                    match node {
                        Json::Bool(_) | Json::Object(_) => schema.items.push(self.schema(node)?),
                        _ => return wrong(),
                    }
                }
            }
            Some(_) => return wrong(),
        }
        schema.other_items = self.others(members, "additionalItems")?;
        Ok(())
    }

    fn combinations(&mut self, schema: &mut Schema, members: &'d Members) -> Result<(), Failure> {
        schema.one_of = self.alternatives(members, "oneOf")?;
        schema.any_of = self.alternatives(members, "anyOf")?;
        schema.all_of = self.alternatives(members, "allOf")?;
        schema.not = self.single(members, "not")?;
        if self.draft >= Draft::Seven {
            schema.condition = self.single(members, "if")?;
            schema.then = self.single(members, "then")?;
            schema.otherwise = self.single(members, "else")?;
        }
        Ok(())
    }

    fn alternatives(&mut self, members: &'d Members, keyword: &str) -> Result<Vec<Position>, Failure> {
        slice(members, keyword)?.unwrap_or_default().iter().map(|node| self.schema(node)).collect()
    }

    fn single(&mut self, members: &'d Members, keyword: &str) -> Result<Option<Position>, Failure> {
        match members.get(keyword) {
            None => Ok(None),
            Some(node @ (Json::Bool(_) | Json::Object(_))) => self.schema(node).map(Some),
            Some(_) => said(format!("{keyword} must be of an object")),
        }
    }
}

fn types(schema: &mut Schema, members: &Members) -> Result<(), Failure> {
    let wrong = || invalid_type("type", "string/Array Of Strings");
    let named = match members.get("type") {
        None => return Ok(()),
        Some(Json::Array(named)) => named.as_slice(),
        Some(named @ Json::String(_)) => std::slice::from_ref(named),
        Some(_) => return wrong(),
    };
    for name in named {
        let Some(name) = name.as_str() else { return wrong() };
        let Some(known) = TYPES.into_iter().find(|known| *known == name) else {
            let known = TYPES.join(" ");
            return said(format!(
                "has a primitive type that is NOT VALID -- given: /{name}/ Expected valid values are:[{known}]"
            ));
        };
        if schema.types.contains(&known) {
            return said(format!("{known} type is duplicated"));
        }
        schema.types.push(known);
    }
    Ok(())
}

fn numbers(schema: &mut Schema, members: &Members, draft: Draft) -> Result<(), Failure> {
    schema.multiple_of = match members.get("multipleOf") {
        None => None,
        Some(Json::Number(number)) if number.as_f64().is_some_and(|number| number > 0.0) => Some(number.clone()),
        Some(Json::Number(_)) => return said("multipleOf must be strictly greater than 0"),
        Some(_) => return invalid_type("Number", "multipleOf"),
    };
    (schema.minimum, schema.above) = limits(members, draft, "minimum", "exclusiveMinimum")?;
    (schema.maximum, schema.below) = limits(members, draft, "maximum", "exclusiveMaximum")?;
    for number in [&schema.multiple_of, &schema.minimum, &schema.above, &schema.maximum, &schema.below] {
        if number.as_ref().is_some_and(|number| decimal(number).is_none()) {
            return unsure("a limit that is no decimal number");
        }
    }
    Ok(())
}

/// A limit that is allowed, and one that is not. In draft 4 the second is a switch.
fn limits(
    members: &Members,
    draft: Draft,
    inclusive: &str,
    exclusive: &str,
) -> Result<(Option<Number>, Option<Number>), Failure> {
    let limit = match members.get(inclusive) {
        None => None,
        Some(Json::Number(number)) => Some(number.clone()),
        Some(_) => return said(format!("{inclusive} must be of a Number")),
    };
    match (members.get(exclusive), draft) {
        (None, _) => Ok((limit, None)),
        (Some(Json::Bool(switch)), Draft::Four | Draft::Hybrid) => match (limit, switch) {
            (None, _) => said(format!("{exclusive} cannot be used without {inclusive}")),
            (limit, true) => Ok((None, limit)),
            (limit, false) => Ok((limit, None)),
        },
        (Some(Json::Number(number)), Draft::Six | Draft::Seven | Draft::Hybrid) => Ok((limit, Some(number.clone()))),
        (Some(_), Draft::Four) => invalid_type("boolean", exclusive),
        (Some(_), Draft::Hybrid) => invalid_type("boolean/number", exclusive),
        (Some(_), _) => invalid_type("number", exclusive),
    }
}

/// A least and a greatest count; an empty sentence is for those that gojsonschema does not compare.
fn bounds(members: &Members, least: &str, most: &str, exceeded: &str) -> Result<Bounds, Failure> {
    let bounds = Bounds { least: count(members, least)?, most: count(members, most)? };
    match (bounds.least, bounds.most) {
        (Some(least), Some(most)) if least > most && !exceeded.is_empty() => said(exceeded),
        _ => Ok(bounds),
    }
}

fn count(members: &Members, keyword: &str) -> Result<Option<i64>, Failure> {
    match members.get(keyword) {
        None => Ok(None),
        Some(Json::Number(number)) => match number.as_i64() {
            Some(count) if count >= 0 => Ok(Some(count)),
            Some(_) => said(format!("{keyword} must be greater than or equal to 0")),
            None => said(format!("{keyword} must be of an integer")),
        },
        Some(_) => said(format!("{keyword} must be of an integer")),
    }
}

/// A pattern as Go means it.
pub(super) fn compiled(text: &str, wrong: impl Fn() -> Result<Regex, Failure>) -> Result<Regex, Failure> {
    match engine_pattern(text) {
        Err(_) => wrong(),
        Ok(pattern) => match Regex::new(&pattern) {
            Ok(compiled) => Ok(compiled),
            Err(regex::Error::Syntax(_)) => wrong(),
            Err(error) => unsure(error.to_string()),
        },
    }
}

fn slice<'d>(members: &'d Members, keyword: &str) -> Result<Option<&'d [Json]>, Failure> {
    match members.get(keyword) {
        None => Ok(None),
        Some(Json::Array(items)) => Ok(Some(items)),
        Some(_) => said(format!("{keyword} must be of an array")),
    }
}

fn required(schema: &mut Schema, members: &Members) -> Result<(), Failure> {
    for name in slice(members, "required")?.unwrap_or_default() {
        match name.as_str() {
            None => return invalid_type("string", "required"),
            Some(name) if schema.required.iter().any(|other| other == name) => {
                return said("required items must be unique");
            }
            Some(name) => schema.required.push(name.to_owned()),
        }
    }
    Ok(())
}

fn choices(schema: &mut Schema, members: &Members) -> Result<(), Failure> {
    let Some(values) = slice(members, "enum")? else { return Ok(()) };
    let mut choices: Vec<String> = Vec::new();
    for value in values.iter().map(marshalled) {
        if choices.contains(&value) {
            return said("enum items must be unique");
        }
        choices.push(value);
    }
    schema.choices = Some(choices);
    Ok(())
}
