//! What one kind of document is: everything that the rest of the program asks of a kind, in one value.
//!
//! Each kind has a file of its own that exports one [`KindSpec`]; [`super::kinds`] lists them, and nothing else does. A part
//! that is left out does not compile.

use serde_json::Value;

use super::description::said::Description;
use super::document::reading::DocumentValue;
use super::frame::StatementPart;
use super::sbom::Package;
use super::{Class, Facts, Reading};
use crate::oci::json::JsonError;

/// One kind of document.
pub struct KindSpec {
    /// The name in reports, in the policy input and in tables of predicate types.
    pub name: &'static str,
    /// What rules look for it as. SLSA provenance also serves as a run manifest; rules know that.
    pub class: Class,
    /// Whether content says of itself that it is of this kind: it bears all marks that the kind needs.
    pub marks: fn(&Value) -> bool,
    /// The same of content that bears the marks of another kind. What one kind borrows from another is a fact in it and no
    /// second document: an attribution in a catalogue record, the id of a run in a STAC Item.
    pub marks_beside: fn(&Value) -> bool,
    /// Words of media types, artifact types and file names that name this kind. One with a separator is looked for as it is,
    /// any other is one of the parts between separators.
    pub media_words: &'static [&'static str],
    /// Types of in-toto predicates that are of this kind; one that ends in `*` stands for all that begin so.
    pub predicate_types: &'static [&'static str],
    /// Where in a statement the document is.
    pub in_statement: StatementPart,
    /// The bundled schema that judges a document: the value of a layer, or for [`StatementPart::Whole`] the statement.
    pub schema: fn(&Value) -> Option<&'static str>,
    /// Whether the reader goes through the long lists of this value element by element, and so needs no whole tree.
    pub is_streamed: fn(&Value) -> bool,
    /// What rules need to know of a document.
    pub facts: fn(&Reading<'_>) -> Facts,
    /// Which of its parts speak of the subject itself, for licence, labels and CARE.
    pub own_words: OwnWords,
    /// Where each thing that went in is described.
    pub inputs: for<'a> fn(&DocumentValue<'a>, &'a Facts) -> Vec<DocumentValue<'a>>,
    /// What it says of the data set: which it is, where and when it is, and what its files are.
    pub describe: fn(&DocumentValue<'_>, &Facts, &mut Description),
    /// The packages that an SBOM lists.
    pub packages: fn(&Reading<'_>) -> Result<Vec<Package>, JsonError>,
    /// Whether references to artifacts in it are those of its author; a list of software has those of others.
    pub refers: bool,
}

/// Which parts of a document speak of the subject itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnWords {
    /// Its root and its `properties`, and the places of licences that the table of fields lists (STAC).
    Record,
    /// The parts that its facts name: PROV's output entities, RO-Crate's root data set, the records of DCAT.
    Parts,
    /// Its root and its `properties`, and the parts that its facts name: what says nothing of itself may be either.
    Anything,
    /// Its root and each of its `outputs` (run manifests).
    Outputs,
    /// None: what it says of licences, labels and CARE is said of what it holds, quotes or was given.
    Nothing,
}

/// Nothing of itself says that content is of this kind.
pub fn no_marks(_: &Value) -> bool {
    false
}

/// No schema judges it.
pub fn no_schema(_: &Value) -> Option<&'static str> {
    None
}

/// It is read as a whole tree.
pub fn whole_tree(_: &Value) -> bool {
    false
}

/// It tells of nothing that went in.
pub fn no_inputs<'a>(_: &DocumentValue<'a>, _: &'a Facts) -> Vec<DocumentValue<'a>> {
    Vec::new()
}

/// It lists no packages.
pub fn no_packages(_: &Reading<'_>) -> Result<Vec<Package>, JsonError> {
    Ok(Vec::new())
}

/// It says nothing of the data set.
pub fn no_description(_: &DocumentValue<'_>, _: &Facts, _: &mut Description) {}
