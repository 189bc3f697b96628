//! `# METADATA` comments (OPA's annotations), which the parser drops: read here, also for the calls of
//! `rego.metadata.rule()` and `rego.metadata.chain()`.
//!
//! A block belongs to the next rule or `package` of its file. Annotations of other files of the same
//! package are not looked at.

use serde_json::{Map, Value, json};

use super::defect::PolicyDefect;
use crate::finding::Severity;
use crate::oci::Notation;
use crate::rego::{Comment, Location, Metadata, Module};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    Rule,
    Document,
    Package,
    Subpackages,
}

impl Scope {
    const NAMES: [(&'static str, Scope); 4] = [
        ("rule", Scope::Rule),
        ("document", Scope::Document),
        ("package", Scope::Package),
        ("subpackages", Scope::Subpackages),
    ];
}

#[derive(Debug, Clone)]
struct Block {
    at: Location,
    scope: Scope,
    /// Index of the rule that it stands above; none for the package.
    rule: Option<usize>,
    fields: Map<String, Value>,
}

/// The METADATA of one module.
#[derive(Debug, Clone, Default)]
pub(crate) struct Annotations {
    blocks: Vec<Block>,
}

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
}

/// Reads the METADATA blocks among a module's comments.
pub(crate) fn read(module: &Module, comments: &[Comment<'_>]) -> Result<Annotations, PolicyDefect> {
    let mut blocks = Vec::new();
    let mut rest = comments;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if !first.alone || first.text.trim() != "METADATA" {
            continue;
        }
        let mut last = first.line;
        let length = tail
            .iter()
            .take_while(|comment| {
                last += 1;
                comment.alone && comment.line == last
            })
            .count();
        let (body, after) = tail.split_at(length);
        rest = after;
        blocks.push(block(module, first.line, body)?);
    }
    Ok(Annotations { blocks })
}

/// Nesting of METADATA that is read.
const DEPTH: usize = 64;

fn block(module: &Module, line: usize, body: &[Comment<'_>]) -> Result<Block, PolicyDefect> {
    let at = Location { path: module.path.clone(), line, column: 1 };
    let defect = |problem: String| PolicyDefect::Metadata { at: at.clone(), problem };
    let yaml: String = body.iter().flat_map(|comment| [comment.text, "\n"]).collect();
    let fields: Value = Notation::Yaml
        .parse(&yaml, DEPTH)
        .map_err(|reason| defect(format!("expected YAML, found what is {reason}")))?;
    let Value::Object(fields) = fields else {
        return Err(defect("expected keys such as `title:` in the comment lines below it".to_owned()));
    };
    let below = |candidate: usize| candidate > line;
    let rule =
        module.rules.iter().enumerate().filter(|(_, rule)| below(line_of(rule.at.line))).min_by_key(|(_, rule)| rule.at.line);
    let package_line = line_of(module.package_at.line);
    let package = below(package_line).then_some(module.package_at.line);
    let (rule, default) = match (package, rule) {
        (Some(package), Some((_, rule))) if package < rule.at.line => (None, Scope::Package),
        (Some(_), None) => (None, Scope::Package),
        (_, Some((index, _))) => (Some(index), Scope::Rule),
        (None, None) => {
            return Err(defect("expected a rule or the package below it, found the end of the file".to_owned()));
        }
    };
    let scope = match fields.get("scope") {
        None => default,
        Some(Value::String(name)) => Scope::NAMES
            .into_iter()
            .find_map(|(known, scope)| (known == name).then_some(scope))
            .ok_or_else(|| defect(format!("scope: expected rule, document, package or subpackages, found {name:?}")))?,
        Some(other) => return Err(defect(format!("scope: expected a string, found {other}"))),
    };
    if rule.is_none() && matches!(scope, Scope::Rule | Scope::Document) {
        return Err(defect("scope: expected package or subpackages above `package`".to_owned()));
    }
    Ok(Block { at, scope, rule, fields })
}

impl Annotations {
    /// What is said of this rule: by the rule's own block first, then its document's, then its package's.
    pub fn describe(&self, module: &Module, rule: Option<usize>) -> Result<Description, PolicyDefect> {
        let mut description = Description::default();
        for block in self.chain(module, rule).into_iter().flatten() {
            block.describe(&mut description)?;
        }
        Ok(description)
    }

    /// The blocks that apply to a rule, innermost first; the first place is the rule's own.
    fn chain(&self, module: &Module, rule: Option<usize>) -> Vec<Option<&Block>> {
        let head_of = |index: usize| module.rules.get(index).map(crate::rego::Rule::written_head);
        let head = rule.and_then(head_of);
        let same_head = |block: &&Block| block.rule.and_then(head_of) == head;
        let of = |scope: Scope| self.blocks.iter().filter(move |block| block.scope == scope);
        let mut chain = vec![of(Scope::Rule).find(|block| rule.is_some() && block.rule == rule)];
        chain.extend(of(Scope::Document).filter(|block| head.is_some() && same_head(block)).map(Some));
        chain.extend(of(Scope::Package).map(Some));
        chain.extend(of(Scope::Subpackages).map(Some));
        chain
    }

    /// The values of `rego.metadata.rule()` and `rego.metadata.chain()` inside a rule.
    pub fn values(&self, module: &Module, rule: usize) -> Metadata {
        let own = self.blocks.iter().find(|block| block.scope == Scope::Rule && block.rule == Some(rule));
        let own = own.map_or_else(|| json!({}), Block::value);
        let head = module.rules.get(rule).map(crate::rego::Rule::written_head).unwrap_or_default();
        let rule_path = [module.package.clone(), head].concat();
        let links = self.chain(module, Some(rule)).into_iter().map(|block| match block {
            None => json!({"path": rule_path}),
            Some(block) if matches!(block.scope, Scope::Rule | Scope::Document) => {
                json!({"path": rule_path, "annotations": block.value()})
            }
            Some(block) => json!({"path": module.package, "annotations": block.value()}),
        });
        Metadata { rule: own.into(), chain: Value::Array(links.collect()).into() }
    }
}

impl Block {
    fn value(&self) -> Value {
        let mut fields = self.fields.clone();
        let scope = Scope::NAMES.into_iter().find(|(_, scope)| *scope == self.scope).map_or("rule", |(name, _)| name);
        fields.insert("scope".to_owned(), scope.into());
        Value::Object(fields)
    }

    fn describe(&self, description: &mut Description) -> Result<(), PolicyDefect> {
        let custom = match self.fields.get("custom") {
            None | Some(Value::Null) => &Map::new(),
            Some(Value::Object(custom)) => custom,
            Some(other) => return Err(self.defect(format!("custom: expected keys, found {other}"))),
        };
        fill(&mut description.title, self.string(&self.fields, "title")?);
        fill(&mut description.description, self.string(&self.fields, "description")?);
        fill(&mut description.id, self.string(custom, "id")?);
        fill(&mut description.quantifier, self.string(custom, "quantifier")?);
        fill(&mut description.kind, self.string(custom, "kind")?);
        fill(&mut description.rationale, self.string(custom, "rationale")?);
        fill(&mut description.remedy, self.string(custom, "remedy")?);
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

    fn defect(&self, problem: String) -> PolicyDefect {
        PolicyDefect::Metadata { at: self.at.clone(), problem }
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

fn line_of(line: u32) -> usize {
    usize::try_from(line).unwrap_or(usize::MAX)
}
