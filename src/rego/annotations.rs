//! `# METADATA` comments (OPA's annotations), which the parser drops: read here, for reports and for the calls of
//! `rego.metadata.rule()` and `rego.metadata.chain()`.
//!
//! A block belongs to the next rule or `package` of its file.
//! Source: OPA's documentation, "Annotations".

use serde_json::{Value, json};

use super::defect::Defect;
use super::location::Position;
use super::scan::Comment;
use super::tree::{Annotation, Module, Scope};

/// Nesting of METADATA that is read.
const DEPTH: usize = 64;

/// Reads the blocks among a module's comments.
pub(super) fn read(module: &Module, comments: &[Comment<'_>]) -> Result<Vec<Annotation>, Defect> {
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
    Ok(blocks)
}

fn block(module: &Module, line: usize, body: &[Comment<'_>]) -> Result<Annotation, Defect> {
    let at = Position { line: u32::try_from(line).unwrap_or(u32::MAX), column: 1 };
    let defect = |problem: String| Defect::Metadata { at: module.location(at), problem };
    let yaml: String = body.iter().flat_map(|comment| [comment.text, "\n"]).collect();
    let fields = parse(&yaml).map_err(|reason| defect(format!("expected YAML, found what is not: {reason}")))?;
    let Value::Object(fields) = fields else {
        return Err(defect("expected keys such as `title:` in the comment lines below it".to_owned()));
    };
    let rules = module.rules.iter().enumerate().filter(|(_, rule)| rule.at.line > at.line);
    let rule = rules.min_by_key(|(_, rule)| rule.at.line);
    let package = (module.package_at.line > at.line).then_some(module.package_at.line);
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
    Ok(Annotation { at, scope, rule, fields })
}

/// YAML 1.2 (`no` is a text), one document without duplicate keys.
fn parse(text: &str) -> Result<Value, String> {
    let options = serde_saphyr::options! {
        duplicate_keys: serde_saphyr::DuplicateKeyPolicy::Error,
        strict_booleans: true,
        with_snippet: false,
        budget: serde_saphyr::budget! { max_depth: DEPTH },
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| error.to_string())
}

/// The blocks that apply to a rule, innermost first, each with the path that it is about; the first place is the
/// rule's own.
pub(crate) fn chain(modules: &[Module], number: usize, rule: usize) -> Vec<(Option<&Annotation>, Vec<String>)> {
    let Some(module) = modules.get(number) else { return Vec::new() };
    let path = |module: &Module, rule: usize| -> Vec<String> {
        let head = module.rules.get(rule).map(super::tree::Rule::written_head).unwrap_or_default();
        [module.package.clone(), head].concat()
    };
    let own_path = path(module, rule);
    let own = module.annotations.iter().filter(|block| block.scope == Scope::Rule && block.rule == Some(rule));
    let mut chain: Vec<(Option<&Annotation>, Vec<String>)> =
        own.rev().map(|block| (Some(block), own_path.clone())).collect();
    if chain.is_empty() {
        chain.push((None, own_path.clone()));
    }
    let all = || modules.iter().flat_map(|module| module.annotations.iter().map(move |block| (module, block)));
    let documents = all().filter(|(module, block)| {
        block.scope == Scope::Document && block.rule.is_some_and(|rule| path(module, rule) == own_path)
    });
    chain.extend(documents.map(|(_, block)| (Some(block), own_path.clone())));
    let packages = all().filter(|(other, block)| block.scope == Scope::Package && other.package == module.package);
    chain.extend(packages.map(|(module, block)| (Some(block), module.package.clone())));
    let mut above: Vec<_> = all()
        .filter(|(other, block)| block.scope == Scope::Subpackages && module.package.starts_with(&other.package))
        .collect();
    above.sort_by_key(|(module, _)| std::cmp::Reverse(module.package.len()));
    chain.extend(above.into_iter().map(|(module, block)| (Some(block), module.package.clone())));
    chain
}

/// The value of `rego.metadata.chain()` in a rule.
pub(super) fn chain_value(modules: &[Module], number: usize, rule: usize) -> Value {
    let links = chain(modules, number, rule).into_iter().map(|(block, path)| match block {
        None => json!({ "path": path }),
        Some(block) => json!({ "path": path, "annotations": block.value() }),
    });
    Value::Array(links.collect())
}

/// The value of `rego.metadata.rule()` in a rule.
pub(super) fn rule_value(modules: &[Module], number: usize, rule: usize) -> Value {
    let first = chain(modules, number, rule).into_iter().next().and_then(|(block, _)| block);
    first.map_or_else(|| json!({}), Annotation::value)
}

impl Annotation {
    /// As policies see it: authors and resources in their long forms.
    fn value(&self) -> Value {
        let mut fields = self.fields.clone();
        fields.insert("scope".to_owned(), self.scope.name().into());
        let mut each = |key: &str, form: fn(&str) -> Value| {
            if let Some(Value::Array(items)) = fields.get_mut(key) {
                for item in items {
                    if let Value::String(text) = item {
                        *item = form(text);
                    }
                }
            }
        };
        each("authors", author);
        each("related_resources", |reference| json!({ "ref": reference }));
        Value::Object(fields)
    }
}

/// `Name <address>`
fn author(text: &str) -> Value {
    match text.rsplit_once('<') {
        Some((name, address)) if address.ends_with('>') => {
            let (name, address) = (name.trim(), address.trim_end_matches('>'));
            if name.is_empty() { json!({ "email": address }) } else { json!({ "name": name, "email": address }) }
        }
        _ => json!({ "name": text.trim() }),
    }
}
