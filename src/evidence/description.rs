//! What a document says of the data set: which it is, where and when it is, and what its files are.
//!
//! Every kind says it in words of its own; here they become comparable. Nothing is compared or believed: whether
//! documents contradict each other, or the manifest, is for the rule `agreement`. What cannot be read is left out,
//! so that a notation that nobody knows is never taken for a contradiction.

use serde_json::Value;

use super::Facts;
use super::claims::{self, FieldTable, LabelTable};
use super::document::reading::{DEPTH, DocumentValue};
use super::kinds::DocumentKind;

pub(super) mod below;
pub mod file;
mod inputs;
mod references;
pub(super) mod said;
pub mod space;
pub mod time;

use below::DigestIndex;
pub use file::DescribedFile;
use file::MOST;
pub use said::{ArtifactReference, DescribedInput, Description, Identifier, Part};
pub use space::Extent;
pub use time::Period;

impl Description {
    /// Of more than are kept those come first which have a licence or a label: of these nothing may be missed.
    fn add_inputs(&mut self, found: Vec<DocumentValue<'_>>, facts: &Facts, tables: (&FieldTable, &LabelTable)) {
        let found = found.into_iter();
        let mut inputs: Vec<_> = found.map(|at| (claims::object_claims(&at, tables.0, tables.1), at)).collect();
        if inputs.len() > MOST {
            self.truncated.insert(Part::Inputs);
            inputs.sort_by_key(|(claims, _)| claims.is_empty());
            let has_claims = inputs.get(MOST).is_some_and(|(claims, _)| !claims.is_empty());
            self.truncated.extend(has_claims.then_some(Part::InputClaims));
        }
        let (kept, digests) = (inputs.into_iter().take(MOST), DigestIndex::of(&facts.inputs));
        self.inputs.extend(kept.map(|(claims, at)| DescribedInput {
            file: inputs::file(&at, &digests),
            claims,
            is_commit: inputs::is_commit(&at),
        }));
    }

    fn bounded(mut self) -> Self {
        let files = self.files.iter_mut().chain(self.inputs.iter_mut().map(|input| &mut input.file));
        let longer = files.filter_map(|file| file.cut_off().then_some(Part::Statements)).max();
        self.truncated.extend(longer);
        let lengths = [self.identifiers.len(), self.extents.len(), self.periods.len(), self.files.len()];
        self.truncated.extend(lengths.iter().any(|length| *length > MOST).then_some(Part::Statements));
        self.truncated.extend((self.references.len() > MOST).then_some(Part::References));
        self.identifiers.truncate(MOST);
        self.extents.truncate(MOST);
        self.periods.truncate(MOST);
        self.files.truncate(MOST);
        self.references.truncate(MOST);
        self
    }
}

/// What a document says. `facts` are those of the same value, which is no statement but the document within; the
/// tables say which fields of an input are licences and labels.
pub fn describe(kind: DocumentKind, value: &Value, facts: &Facts, tables: (&FieldTable, &LabelTable)) -> Description {
    let root = DocumentValue::new(value, "");
    let mut description = Description::default();
    let spec = kind.spec();
    description.add_inputs((spec.inputs)(&root, facts), facts, tables);
    (spec.describe)(&root, facts, &mut description);
    if spec.refers {
        references::find(&root, DEPTH, &mut description.references);
    }
    description.bounded()
}

#[cfg(test)]
mod tests;
