//! What says of itself no kind that is known here. Anything in it may be meant as a record of the data set.

use super::elements::Reading;
use super::frame::StatementPart;
use super::spec::{KindSpec, OwnWords, no_description, no_inputs, no_marks, no_packages, no_schema, whole_tree};
use super::{Class, Facts, dcat, statement};

/// What this kind is.
pub const KIND: KindSpec = KindSpec {
    name: "unknown",
    class: Class::Other,
    marks: no_marks,
    marks_beside: no_marks,
    media_words: &[],
    predicate_types: &[],
    in_statement: StatementPart::Whole,
    schema: no_schema,
    is_streamed: whole_tree,
    facts: |document| facts(document),
    own_words: OwnWords::Anything,
    inputs: no_inputs,
    describe: no_description,
    packages: no_packages,
    refers: true,
};

/// The subjects of a statement; of anything else the records of data sets that it may hold.
fn facts(document: &Reading<'_>) -> Facts {
    let facts = statement::subjects_of(document);
    Facts { subject_parts: dcat::parts(document.value()), ..facts }
}
