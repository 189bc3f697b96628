//! The data document: bundled defaults under `data.config`, what users add, and the rules that keep data
//! from standing in for a policy's results.

use serde_json::{Map, Value};

use super::defect::{PolicyDefect, engine};
use super::reads::Reads;
use super::{DataFile, Origin, PolicySources};
use crate::limits::Limits;
use crate::rego::{Module, dotted, on_big_stack};
use crate::relations::settings::RelationSettings;

/// Where bundled settings lie, and where users override them.
const CONFIG: &str = "config";

/// `data.config`: the bundled settings with what users' data files put in their place. What the data may not
/// do to policies is checked when those are loaded.
pub fn settings(files: &[DataFile], limits: &Limits) -> Result<Value, PolicyDefect> {
    let mut data = on_big_stack(|| merge(files, &[], limits.json_depth)).map_err(engine)??;
    Ok(data.get_mut(CONFIG).map(Value::take).unwrap_or_default())
}

/// The settings by which evidence is related.
pub(super) fn relation_settings(data: &Value, files: &[DataFile]) -> Result<RelationSettings, PolicyDefect> {
    let Some(config) = data.get(CONFIG) else { return Ok(RelationSettings::default()) };
    RelationSettings::read(config).map_err(|reason| PolicyDefect::Data { path: users_files(files), reason })
}

/// The users' data files, to name where a fault may be.
fn users_files(files: &[DataFile]) -> String {
    let files = files.iter().filter(|file| file.origin == Origin::User).map(|file| file.path.as_str());
    files.collect::<Vec<_>>().join(", ")
}

/// Merges the bundled files and then the users' over them, and checks the result against the packages.
pub(crate) fn merge(files: &[DataFile], modules: &[Module], depth: usize) -> Result<Value, PolicyDefect> {
    let mut bundled = Layer::default();
    let mut users = Layer::default();
    for file in files {
        let fields = parse(file, depth)?;
        check_packages(file, &fields, modules)?;
        match file.origin {
            Origin::Bundled => {
                if let Some(key) = fields.keys().find(|key| *key != CONFIG) {
                    return Err(defect(file, format!("bundled data lies under `config`, found `{key}`")));
                }
                bundled.add(file, fields)?;
            }
            Origin::User => users.add(file, fields)?,
        }
    }
    let mut data = bundled.fields;
    let mut path = vec!["data".to_owned()];
    let named = users.named();
    override_fields(&mut data, users.fields, &mut path).map_err(|reason| PolicyDefect::Data { path: named, reason })?;
    Ok(Value::Object(data))
}

/// Refuses keys of users' data that no policy of theirs names: a setting beside `config` would be one that nobody reads.
pub(super) fn check_keys(data: &Value, sources: &PolicySources, reads: &[Reads]) -> Result<(), PolicyDefect> {
    let is_named = |key: &String| reads.iter().any(|reads| reads.words.contains(key));
    let Some(key) = data.as_object().into_iter().flat_map(Map::keys).find(|key| *key != CONFIG && !is_named(key))
    else {
        return Ok(());
    };
    Err(PolicyDefect::Data {
        path: users_files(&sources.data),
        reason: format!(
            "`data.{key}`: no policy of yours reads it; settings of the bundled rules lie under `config`: {{\"config\": {{…}}}}"
        ),
    })
}

fn parse(file: &DataFile, depth: usize) -> Result<Map<String, Value>, PolicyDefect> {
    match file.format.parse(&file.text, depth).map_err(|reason| defect(file, reason))? {
        Value::Object(fields) => Ok(fields),
        other => Err(defect(file, format!("expected an object at the top, found {}", kind(&other)))),
    }
}

fn defect(file: &DataFile, reason: String) -> PolicyDefect {
    PolicyDefect::Data { path: file.path.clone(), reason }
}

/// What a JSON value is, for errors.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Data at, under or above a package: the engine would take it for the package's results.
fn check_packages(file: &DataFile, fields: &Map<String, Value>, modules: &[Module]) -> Result<(), PolicyDefect> {
    for module in modules {
        let mut fields = fields;
        for (depth, segment) in module.package.iter().enumerate() {
            match fields.get(segment) {
                None => break,
                Some(Value::Object(inner)) if depth + 1 < module.package.len() => fields = inner,
                Some(_) => {
                    let data = module.package.iter().take(depth + 1).cloned();
                    let data: Vec<String> = std::iter::once("data".to_owned()).chain(data).collect();
                    return Err(PolicyDefect::DataShadowsPackage {
                        path: file.path.clone(),
                        data: dotted(&data),
                        package: dotted(&module.package),
                        module: module.path.clone(),
                    });
                }
            }
        }
    }
    Ok(())
}

/// Files of one origin, which must agree with each other.
#[derive(Default)]
struct Layer {
    fields: Map<String, Value>,
    files: Vec<String>,
}

impl Layer {
    fn add(&mut self, file: &DataFile, fields: Map<String, Value>) -> Result<(), PolicyDefect> {
        let mut path = Vec::new();
        join(&mut self.fields, fields, &mut path).map_err(|()| PolicyDefect::DataConflict {
            first: self.named(),
            second: file.path.clone(),
            key: dotted(&path),
        })?;
        self.files.push(file.path.clone());
        Ok(())
    }

    fn named(&self) -> String {
        self.files.join(", ")
    }
}

/// Deep-merges; two different values at one path are an error, and `path` then leads there.
fn join(into: &mut Map<String, Value>, from: Map<String, Value>, path: &mut Vec<String>) -> Result<(), ()> {
    for (key, value) in from {
        path.push(key.clone());
        match (into.get_mut(&key), value) {
            (None, value) => {
                into.insert(key, value);
            }
            (Some(Value::Object(inner)), Value::Object(value)) => join(inner, value, path)?,
            (Some(present), value) if *present == value => {}
            _ => return Err(()),
        }
        path.pop();
    }
    Ok(())
}

/// Deep-merges; the user's value wins, but a setting keeps its type, or the rule that reads it would find
/// nothing.
fn override_fields(
    into: &mut Map<String, Value>,
    from: Map<String, Value>,
    path: &mut Vec<String>,
) -> Result<(), String> {
    for (key, value) in from {
        path.push(key.clone());
        match (into.get_mut(&key), value) {
            (Some(Value::Object(inner)), Value::Object(value)) => override_fields(inner, value, path)?,
            (Some(present), value) if !present.is_null() && kind(present) != kind(&value) => {
                return Err(format!(
                    "`{}`: expected {} as in the bundled default, found {}",
                    dotted(path),
                    kind(present),
                    kind(&value)
                ));
            }
            (_, value) => {
                into.insert(key, value);
            }
        }
        path.pop();
    }
    Ok(())
}
