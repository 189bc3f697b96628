//! Changes a module's text before the engine gets it, where the engine would otherwise do something else than
//! OPA. No line moves.
//!
//! - Calls of `rego.metadata.rule()` and `rego.metadata.chain()` become their values: the engine drops comments.
//! - An import's alias becomes the full path: for `lib.f(x)` after `import data.lib` the engine evaluates
//!   everything under `data.lib`, and finds recursion where there is none.

use super::metadata::Annotations;
use super::syntax::{ParsedModule, Role, Use, dotted};

/// The text to load instead, if it differs.
pub(crate) fn rewritten(source: &str, module: &ParsedModule, annotations: &Annotations) -> Option<String> {
    let mut edits: Vec<(std::ops::Range<usize>, String)> = Vec::new();
    for (index, rule) in module.rules.iter().enumerate() {
        for used in &rule.uses {
            let path: Vec<&str> = used.path.iter().map(String::as_str).collect();
            match path.as_slice() {
                ["rego", "metadata", "rule"] if used.role == Role::Called(0) => {
                    edits.push((used.bytes.clone(), annotations.rule_value(index).to_string()));
                }
                ["rego", "metadata", "chain"] if used.role == Role::Called(0) => {
                    edits.push((used.bytes.clone(), annotations.chain_value(module, index).to_string()));
                }
                _ => edits.extend(expanded(source, module, used)),
            }
        }
    }
    if edits.is_empty() {
        return None;
    }
    // Calls and the references inside them may start at the same byte; none lies across another.
    edits.sort_by_key(|(bytes, _)| (bytes.start, bytes.end));
    edits.dedup();
    let mut result = String::with_capacity(source.len());
    let mut done = 0;
    for (bytes, text) in edits {
        let Some(before) = source.get(done..bytes.start) else { continue };
        result.push_str(before);
        result.push_str(&text);
        done = bytes.end;
    }
    result.push_str(source.get(done..)?);
    Some(result)
}

/// The alias at the start of this reference, and the path that it stands for.
fn expanded(source: &str, module: &ParsedModule, used: &Use) -> Option<(std::ops::Range<usize>, String)> {
    let alias = used.path.first()?;
    let import = module.imports.iter().find(|import| import.alias == *alias)?;
    if import.target.first().is_none_or(|document| document != "data") {
        return None;
    }
    let bytes = used.bytes.start..used.bytes.start + alias.len();
    (source.get(bytes.clone()) == Some(alias.as_str())).then(|| (bytes, dotted(&import.target)))
}
