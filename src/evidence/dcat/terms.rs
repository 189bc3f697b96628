//! Terms of DCAT, whatever prefix they have in a document.

use crate::evidence::json_ld::context::Context;

/// The DCAT namespace.
pub const NAMESPACE: &str = "http://www.w3.org/ns/dcat#";

/// Whether a property, by its local name, leads to what a data set was made from (`dct:source`, `prov:wasDerivedFrom`).
pub fn is_source(name: &str) -> bool {
    matches!(name, "source" | "wasDerivedFrom")
}

/// The local name of a DCAT term. `dcat:` needs no binding, as no other vocabulary is called so.
pub fn term(name: &str, context: &Context) -> Option<String> {
    local(&context.name(name)).map(str::to_owned)
}

/// The local name of a DCAT term that is written out.
pub fn local(name: &str) -> Option<&str> {
    name.strip_prefix(NAMESPACE).or_else(|| name.strip_prefix("dcat:"))
}
