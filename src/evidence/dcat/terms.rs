//! Terms of DCAT, whatever prefix they have in a document.

use crate::evidence::document::reading::DocumentValue;
use crate::evidence::prov::context::Context;

/// The DCAT namespace.
pub const NAMESPACE: &str = "http://www.w3.org/ns/dcat#";

/// Whether a property, by its local name, leads to what a data set was made from (`dct:source`, `prov:wasDerivedFrom`).
pub fn is_source(name: &str) -> bool {
    matches!(name, "source" | "wasDerivedFrom")
}

/// The local names of a node's DCAT types.
pub fn types(node: &DocumentValue<'_>, context: &Context) -> impl Iterator<Item = String> {
    let stated = node.members().filter(|(key, _)| context.name(key) == "@type").flat_map(|(_, at)| at.each());
    let names: Vec<String> = stated.filter_map(|at| term(at.text()?, context)).collect();
    names.into_iter()
}

/// The local name of a DCAT term. `dcat:` needs no binding, as no other vocabulary is called so.
pub fn term(name: &str, context: &Context) -> Option<String> {
    let name = context.name(name);
    name.strip_prefix(NAMESPACE).or_else(|| name.strip_prefix("dcat:")).map(str::to_owned)
}
