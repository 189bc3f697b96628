//! What METADATA comments say of a rule, as far as reports show it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::defect::PolicyDefect;
use crate::finding::{Severity, is_code};
use crate::rego::{Annotation, Module, chain};

/// What METADATA says of a rule, as far as reports show it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Description {
    pub id: Option<String>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub severity: Option<Severity>,
    pub quantifier: Option<String>,
    pub kind: Option<String>,
    pub rationale: Option<String>,
    pub remedy: Option<String>,
    pub codes: Option<BTreeMap<String, String>>,
    pub document_faults: Option<bool>,
}

/// What is said of a rule: by the rule's own block first, then its document's, then its package's.
pub(crate) fn describe(modules: &[Module], module: usize, rule: usize) -> Result<Description, PolicyDefect> {
    let mut description = Description::default();
    let Some(named) = modules.get(module) else { return Ok(description) };
    for block in chain(modules, module, rule).into_iter().filter_map(|(block, _)| block) {
        Block { annotation: block, module: named }.describe(&mut description)?;
    }
    Ok(description)
}

struct Block<'a> {
    annotation: &'a Annotation,
    module: &'a Module,
}

impl Block<'_> {
    fn describe(&self, description: &mut Description) -> Result<(), PolicyDefect> {
        let custom = match self.annotation.fields.get("custom") {
            None | Some(Value::Null) => &Map::new(),
            Some(Value::Object(custom)) => custom,
            Some(other) => return Err(self.defect(format!("custom: expected keys, found {other}"))),
        };
        fill(&mut description.title, self.string(&self.annotation.fields, "title")?);
        fill(&mut description.description, self.string(&self.annotation.fields, "description")?);
        fill(&mut description.id, self.string(custom, "id")?);
        fill(&mut description.quantifier, self.string(custom, "quantifier")?);
        fill(&mut description.kind, self.string(custom, "kind")?);
        fill(&mut description.rationale, self.string(custom, "rationale")?);
        fill(&mut description.remedy, self.string(custom, "remedy")?);
        fill(&mut description.codes, self.codes(custom)?);
        fill(&mut description.document_faults, custom.get("document_faults").and_then(Value::as_bool));
        let severity = self.string(custom, "severity")?.map(|name| {
            Severity::from_name(&name)
                .ok_or_else(|| self.defect(format!("custom.severity: expected {}, found {name:?}", severity_names())))
        });
        fill(&mut description.severity, severity.transpose()?);
        Ok(())
    }

    fn string(&self, fields: &Map<String, Value>, key: &str) -> Result<Option<String>, PolicyDefect> {
        match fields.get(key) {
            None | Some(Value::Null) => Ok(None),
            // A folded YAML text ends with a newline.
            Some(Value::String(text)) => Ok(Some(text.trim().to_owned())),
            Some(other) => Err(self.defect(format!("{key}: expected a string, found {other}"))),
        }
    }

    /// The codes of the rule's findings, and what each means.
    fn codes(&self, custom: &Map<String, Value>) -> Result<Option<BTreeMap<String, String>>, PolicyDefect> {
        let codes = match custom.get("codes") {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Object(codes)) => codes,
            Some(other) => return Err(self.defect(format!("custom.codes: expected codes with texts, found {other}"))),
        };
        let one = |(code, meaning): (&String, &Value)| match meaning {
            Value::String(meaning) if is_code(code) => Ok((code.clone(), meaning.trim().to_owned())),
            _ => Err(self.defect(format!(
                "custom.codes: expected lower-case letters, digits and `_` with a text, found {code:?}: {meaning}"
            ))),
        };
        codes.iter().map(one).collect::<Result<_, _>>().map(Some)
    }

    fn defect(&self, problem: String) -> PolicyDefect {
        PolicyDefect::Metadata { at: self.module.location(self.annotation.at), problem }
    }
}

fn fill<T>(slot: &mut Option<T>, value: Option<T>) {
    if slot.is_none() {
        *slot = value;
    }
}

/// For errors: "critical, error, warning or info".
pub(crate) fn severity_names() -> String {
    let names: Vec<&str> = Severity::NAMES.iter().map(|(name, _)| *name).collect();
    match names.split_last() {
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}
