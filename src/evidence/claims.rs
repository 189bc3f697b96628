//! What a document or its annotations say of licence, sensitivity and CARE.
//!
//! Which names mean what is data ([`FieldTable`], [`LabelTable`]). A licence is read only where it speaks of
//! the subject: the subject's annotation, a STAC Item, a DCAT record, the entity that PROV says was made; never
//! from an SBOM, whose licences are its packages'. Labels and CARE count wherever they stand, because text that
//! nobody signed may raise demands. What a claim is worth is for the rules.

use std::collections::BTreeSet;

use serde_json::Value;

mod annotations;
mod blocks;
mod care;
pub(super) mod claim;
mod licences;
mod names;
mod nodes;
mod scope;
pub mod tables;
mod text;
mod walk;

pub use annotations::annotation_claims;
pub use claim::{Claim, ClaimRole};

pub use tables::{FieldTable, LabelTable};

use super::document::reading::{DEPTH, DocumentValue, clipped, local_name, plain};
use super::json_ld::context::Context;
use super::kinds::DocumentKind;
use super::spec::OwnWords;
use super::{Class, Facts, statement};
use nodes::FollowedNodes;
use scope::{Care, Scope, What};

/// Different claims of one document that are kept. One with more gets a label that nothing resolves.
const CLAIMS: usize = 1000;

/// A document, and the statement around it if it is the predicate of one.
#[derive(Debug, Clone, Copy)]
pub struct PayloadDocument<'a> {
    /// The whole payload: the document itself, or the statement.
    pub whole: &'a Value,
    /// Where the document begins in it.
    pub prefix: &'static str,
    /// The document.
    pub document: &'a Value,
}

impl<'a> PayloadDocument<'a> {
    /// The place of the document of this kind in a payload.
    pub fn of(whole: &'a Value, kind: DocumentKind) -> Self {
        let (prefix, document) = kind.spec().in_statement.of(whole);
        PayloadDocument { whole, prefix, document }
    }
}

/// What a document says, and what is said beside it in its statement: that raises, and satisfies nothing, because the
/// signed type speaks of the predicate alone. `facts` are those of the document.
pub fn claims(
    kind: DocumentKind,
    place: PayloadDocument<'_>,
    facts: &Facts,
    fields: &FieldTable,
    labels: &LabelTable,
) -> Vec<Claim> {
    let PayloadDocument { whole, prefix, document } = place;
    let root = DocumentValue::new(document, prefix);
    let mut reader = Reader { context: Context::of(document), ..Reader::new(fields, labels, Some(&root)) };
    // A statement, also one within a statement, is no document of any kind: whoever signs one of a type of his own may
    // quote anything in it.
    if !statement::recognise(document) {
        reader.find_parts(kind, &root, facts);
    }
    let what = if kind.class() == Class::Sbom { What::Sbom } else { What::Nested };
    reader.walk(&root, Care::Outside, what, DEPTH);
    if !std::ptr::eq(whole, document) {
        let frame = DocumentValue::new(whole, "");
        reader.passed_over = Some(std::ptr::from_ref(document));
        reader.context = Context::of(whole);
        reader.nodes = FollowedNodes::of(Some(&frame));
        reader.parts.clear();
        reader.walk(&frame, Care::Outside, What::Nested, DEPTH);
    }
    reader.finish()
}

/// What one object within a document says of the thing that it describes: licences and labels.
pub fn object_claims(object: &DocumentValue<'_>, fields: &FieldTable, labels: &LabelTable) -> Vec<Claim> {
    let mut reader = Reader::new(fields, labels, None);
    reader.licences_of(object);
    reader.walk(object, Care::Outside, What::Nested, DEPTH);
    reader.claims.retain(|claim| matches!(claim.role, ClaimRole::Licence | ClaimRole::Sensitivity));
    reader.finish()
}

/// Where a claim is made.
struct Source<'s, 'a> {
    /// The field's name as written.
    field: &'s str,
    at: &'s DocumentValue<'a>,
    scope: Scope,
}

struct Reader<'t> {
    fields: &'t FieldTable,
    labels: &'t LabelTable,
    /// What the document binds.
    context: Context,
    /// What the objects bind in which the walk is, outermost first.
    nested: Vec<Context>,
    /// The objects that speak of the subject itself: members side by side in one of them do.
    parts: BTreeSet<*const Value>,
    /// What the walk leaves out.
    passed_over: Option<*const Value>,
    nodes: FollowedNodes<'t>,
    claims: Vec<Claim>,
    seen: BTreeSet<(ClaimRole, String, String, bool)>,
    /// Where there was more than is kept, and of what.
    overflow: Option<(String, String)>,
}

impl<'t> Reader<'t> {
    fn new(fields: &'t FieldTable, labels: &'t LabelTable, root: Option<&DocumentValue<'t>>) -> Self {
        Reader {
            fields,
            labels,
            context: Context::default(),
            nested: Vec::new(),
            parts: BTreeSet::new(),
            passed_over: None,
            nodes: FollowedNodes::of(root),
            claims: Vec::new(),
            seen: BTreeSet::new(),
            overflow: None,
        }
    }

    /// Finds what speaks of the subject, and reads the licences there.
    fn find_parts(&mut self, kind: DocumentKind, root: &DocumentValue<'_>, facts: &Facts) {
        match kind.spec().own_words {
            OwnWords::Record => {
                self.add_record(root);
                let pointers = &self.fields.licence.pointers;
                for (pointer, value) in pointers.iter().filter_map(|to| Some((to, root.value.pointer(to)?))) {
                    let at = DocumentValue::new(value, format!("{}{pointer}", root.pointer()));
                    self.licence(local_name(pointer), &at, DEPTH);
                }
            }
            OwnWords::Parts => self.add_parts(root, facts),
            OwnWords::Anything => {
                // A GeoJSON Feature has its own words in its properties.
                self.add_record(root);
                self.add_parts(root, facts);
            }
            OwnWords::Outputs => {
                self.add_part(root.value);
                root.list("outputs").for_each(|output| self.add_part(output.value));
            }
            OwnWords::Nothing => {}
        }
    }

    fn add_parts(&mut self, root: &DocumentValue<'_>, facts: &Facts) {
        for pointer in &facts.subject_parts {
            if let Some(part) = root.value.pointer(pointer) {
                self.add_part(part);
                self.licences_of(&DocumentValue::new(part, format!("{}{pointer}", root.pointer())));
            }
        }
    }

    /// A document that has its own words at its root and in its properties.
    fn add_record(&mut self, root: &DocumentValue<'_>) {
        self.add_part(root.value);
        if let Some(properties) = root.value.get("properties") {
            self.add_part(properties);
        }
    }

    fn add_part(&mut self, object: &Value) {
        self.parts.insert(std::ptr::from_ref(object));
    }

    /// Keeps a claim, once: a thousand features with one label say one thing.
    fn push(&mut self, role: ClaimRole, source: &Source<'_, '_>, value: Value, rank: Option<u8>, listed: bool) {
        let field = source.field;
        // A number may be a class of land cover as well.
        let is_scale = !value.is_number() || ["rank", "level", "tier"].iter().any(|end| plain(field).ends_with(end));
        let of_subject = role == ClaimRole::Licence || is_scale && source.scope == Scope::Subject;
        let field = clipped(field).to_owned();
        let key = (role, field.clone(), value.to_string(), of_subject);
        if self.seen.contains(&key) {
            return;
        }
        let pointer = source.at.pointer();
        if self.claims.len() >= CLAIMS {
            let more = format!("more than {CLAIMS} different labels and licences in one document");
            self.overflow.get_or_insert((pointer, more));
            return;
        }
        self.seen.insert(key);
        self.claims.push(Claim { role, field, value, pointer, rank, listed, of_subject });
    }

    fn finish(mut self) -> Vec<Claim> {
        if let Some((pointer, more)) = self.overflow {
            self.claims.push(Claim {
                role: ClaimRole::Sensitivity,
                field: "…".to_owned(),
                value: more.into(),
                pointer,
                rank: None,
                listed: true,
                of_subject: true,
            });
        }
        self.claims
    }
}

#[cfg(test)]
mod tests;
