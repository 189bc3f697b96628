//! The names of a JSON-LD document (JSON-LD 1.1 §4.1): what its own `@context` binds, and nothing fetched.
//!
//! A remote context is never loaded: its host would choose what a signed document means, and the same bytes
//! would not always give the same verdict. What only a remote context could bind is read as PROV writes it:
//! the prefix `prov`, and PROV's own terms without a prefix.

use std::collections::BTreeMap;

use serde_json::Value;

/// The PROV namespace (PROV-O §1.3).
pub const NAMESPACE: &str = "http://www.w3.org/ns/prov#";

/// The terms of PROV-O that are read here when they have no prefix and the context does not bind them.
const TERMS: [&str; 43] = [
    "Entity",
    "Activity",
    "Agent",
    "Person",
    "Organization",
    "SoftwareAgent",
    "Plan",
    "Collection",
    "EmptyCollection",
    "Bundle",
    "Generation",
    "Usage",
    "Association",
    "Attribution",
    "Derivation",
    "Communication",
    "Delegation",
    "Invalidation",
    "Start",
    "used",
    "generated",
    "wasGeneratedBy",
    "wasAssociatedWith",
    "wasAttributedTo",
    "wasDerivedFrom",
    "wasInformedBy",
    "wasInvalidatedBy",
    "invalidated",
    "wasStartedBy",
    "actedOnBehalfOf",
    "qualifiedGeneration",
    "qualifiedInvalidation",
    "qualifiedInvalidationOf",
    "qualifiedCommunication",
    "qualifiedDelegation",
    "qualifiedDerivation",
    "qualifiedStart",
    "qualifiedUsage",
    "qualifiedAssociation",
    "qualifiedAttribution",
    "startedAtTime",
    "endedAtTime",
    "invalidatedAtTime",
];

/// A chain of bindings longer than this is taken for a loop.
const CHAIN: usize = 8;

/// A binding longer than this is none: it would be copied for every name that uses it.
const BINDING: usize = 1000;

/// What the contexts of a document bind.
#[derive(Debug, Default)]
pub struct Context {
    terms: BTreeMap<String, String>,
    /// Terms that state a property of the thing that they name (JSON-LD 1.1 §4.8).
    reverse: BTreeMap<String, String>,
    vocabulary: Option<String>,
}

impl Context {
    /// The bindings of a document: its `@context`, or those of the nodes of a top-level array. The first one
    /// of a name stands.
    pub fn of(document: &Value) -> Self {
        let mut context = Context::default();
        match document {
            Value::Array(nodes) => nodes.iter().filter_map(|node| node.get("@context")).for_each(|at| context.add(at)),
            _ => document.get("@context").into_iter().for_each(|at| context.add(at)),
        }
        context
    }

    /// Whether it binds nothing.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.vocabulary.is_none()
    }

    /// Takes the bindings of a PROV-JSON `prefix`; those that are there stand.
    pub fn bind(&mut self, prefixes: &Value) {
        self.add(prefixes);
    }

    fn add(&mut self, value: &Value) {
        match value {
            Value::Array(contexts) => {
                contexts.iter().filter(|inner| !inner.is_array()).for_each(|inner| self.add(inner))
            }
            Value::Object(bindings) => {
                for (term, target) in bindings {
                    if let Some(property) = target.get("@reverse").and_then(Value::as_str) {
                        self.reverse.entry(term.clone()).or_insert_with(|| property.to_owned());
                    }
                    let target = target.get("@id").unwrap_or(target).as_str().filter(|target| target.len() <= BINDING);
                    match target {
                        Some(target) if term == "@vocab" => {
                            self.vocabulary.get_or_insert_with(|| target.to_owned());
                        }
                        Some(target) if !term.starts_with('@') => {
                            self.terms.entry(term.clone()).or_insert_with(|| target.to_owned());
                        }
                        _ => {}
                    }
                }
            }
            // A remote context: named, not fetched.
            _ => {}
        }
    }

    /// An identifier written out: prefixes are expanded, bare names are left alone.
    pub fn identifier(&self, text: &str) -> String {
        self.compact(text, CHAIN).unwrap_or_else(|| text.to_owned())
    }

    /// A name as the document itself binds it, where that is another than it was written as.
    pub fn bound(&self, text: &str) -> Option<String> {
        if self.is_empty() {
            return None;
        }
        self.expand(text, CHAIN).filter(|name| name != text)
    }

    /// The name of a type or property written out, with the PROV terms that need no binding.
    pub fn name(&self, text: &str) -> String {
        self.expand(text, CHAIN).unwrap_or_else(|| match TERMS.contains(&text) {
            true => format!("{NAMESPACE}{text}"),
            false => text.to_owned(),
        })
    }

    /// The local name of a PROV type or property; nothing for names of other vocabularies.
    pub fn prov<'a>(&self, text: &'a str) -> Option<std::borrow::Cow<'a, str>> {
        // The common case without building a text.
        if let Some(local) = text.strip_prefix("prov:")
            && !self.terms.contains_key("prov")
            && !self.terms.contains_key(text)
        {
            return Some(local.into());
        }
        self.name(text).strip_prefix(NAMESPACE).map(|local| local.to_owned().into())
    }

    /// The local name of the PROV property that a term states of the thing it names, not of the one that has it.
    pub fn reversed(&self, term: &str) -> Option<String> {
        let property = self.reverse.get(term)?;
        self.prov(property).map(|name| name.into_owned())
    }

    /// Whether the document itself says that this name is PROV's; a bare `Agent` alone does not.
    pub fn is_surely_prov(&self, text: &str) -> bool {
        self.expand(text, CHAIN).is_some_and(|name| name.starts_with(NAMESPACE))
    }

    fn expand(&self, text: &str, chain: usize) -> Option<String> {
        let chain = chain.checked_sub(1)?;
        if text.starts_with('@') {
            return Some(text.to_owned());
        }
        if let Some(target) = self.terms.get(text).filter(|target| *target != text) {
            return Some(self.expand(target, chain).unwrap_or_else(|| target.clone()));
        }
        if text.contains(':') {
            return self.compact(text, chain);
        }
        let vocabulary = self.vocabulary.as_ref()?;
        // The vocabulary may be a compact IRI itself, and so may lead back here: the chain goes on.
        let expanded = self.compact(vocabulary, chain);
        Some(format!("{}{text}", expanded.as_ref().unwrap_or(vocabulary)))
    }

    /// `prefix:rest` with the prefix bound, or an IRI as it stands; nothing for a bare name.
    fn compact(&self, text: &str, chain: usize) -> Option<String> {
        let (prefix, rest) = text.split_once(':')?;
        if prefix == "_" || rest.starts_with("//") {
            return Some(text.to_owned());
        }
        match (self.terms.get(prefix), prefix) {
            (Some(target), _) if target != text => {
                let target = chain.checked_sub(1).and_then(|chain| self.expand(target, chain));
                Some(format!("{}{rest}", target.as_ref().unwrap_or(self.terms.get(prefix)?)))
            }
            (None, "prov") => Some(format!("{NAMESPACE}{rest}")),
            _ => Some(text.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_read_through_local_bindings_only() {
        let plain = json!({});
        let bound = json!({"@context": {"p": NAMESPACE, "ex": "https://example.org/", "made": {"@id": "p:generated"}}});
        let other = json!({"@context": {"prov": "https://example.org/prov#"}});
        let vocabulary = json!({"@context": {"@vocab": NAMESPACE}});
        let foreign = json!({"@context": {"@vocab": "https://schema.org/"}});
        let remote = json!({"@context": ["https://example.org/context.jsonld", {"kfm": "https://kfm.dev/ns#"}]});
        let nodes = json!([{"@context": {"q": NAMESPACE}}]);
        for (document, name, expected) in [
            (&plain, "prov:Entity", Some("Entity")),
            (&plain, "http://www.w3.org/ns/prov#Entity", Some("Entity")),
            (&plain, "Entity", Some("Entity")),
            (&plain, "entity", None),
            (&plain, "dct:license", None),
            (&bound, "p:used", Some("used")),
            (&bound, "made", Some("generated")),
            (&bound, "ex:used", None),
            (&other, "prov:Entity", None),
            (&vocabulary, "anything", Some("anything")),
            (&foreign, "Entity", None),
            (&remote, "prov:used", Some("used")),
            (&remote, "wasGeneratedBy", Some("wasGeneratedBy")),
            (&nodes, "q:Agent", Some("Agent")),
        ] {
            assert_eq!(Context::of(document).prov(name).as_deref(), expected, "{document} {name}");
        }
        assert_eq!(Context::of(&bound).identifier("ex:a"), "https://example.org/a");
        assert_eq!(Context::of(&bound).identifier("a"), "a");
        assert_eq!(Context::of(&bound).identifier("_:a"), "_:a");
        assert!(!Context::of(&plain).is_surely_prov("Entity"));
        assert!(Context::of(&vocabulary).is_surely_prov("Entity"));
    }

    #[test]
    fn long_bindings_are_none() {
        let document =
            json!({"@context": {"@vocab": "x".repeat(1001), "p": format!("{NAMESPACE}{}", "x".repeat(1001))}});
        assert_eq!(Context::of(&document).name("a"), "a");
        assert_eq!(Context::of(&document).name("p:a"), "p:a");
    }

    #[test]
    fn bindings_that_loop_end() {
        for document in [
            json!({"@context": {"a": "b:x", "b": "a:x", "c": "c", "prov": "prov:"}}),
            json!({"@context": {"a": "bare", "@vocab": "a:x"}}),
            json!({"@context": {"prov": "bare", "@vocab": "prov:"}}),
        ] {
            let context = Context::of(&document);
            for name in ["a", "a:1", "b:1", "c", "c:1", "prov:Entity", "bare", "Entity"] {
                let _ = (context.name(name), context.identifier(name), context.prov(name));
            }
        }
    }
}
