//! What one document says of the data set, as it is told.

use std::collections::BTreeSet;

use super::file::DescribedFile;
use super::space::Extent;
use super::time::Period;
use crate::evidence::StatedText;
use crate::evidence::claims::claim::Claim;
use crate::evidence::document::reading::{DocumentValue, local_name, plain};
use crate::evidence::json_ld::values::literal;

/// One identifier of the data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier {
    /// What kind of field states it: `dataset_id`, `identifier` (`dct:identifier`), `collection` (of a STAC Item)
    /// or `id` (of a STAC Collection).
    pub field: &'static str,
    /// What it states.
    pub stated: StatedText,
}

/// Something that the data set was made from.
#[derive(Debug, Clone, PartialEq)]
pub struct DescribedInput {
    /// What is said of it as a file: name, digests, places.
    pub file: DescribedFile,
    /// Its licences and labels.
    pub claims: Vec<Claim>,
    /// Whether it is a revision of a Git repository that is named by its object id. That says which bytes went in, and is
    /// no digest of anything else: it binds nothing and equals no other input.
    pub is_commit: bool,
}

/// A reference to an artifact, or what stands in the place of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactReference {
    /// The text, shortened.
    pub text: String,
    /// Where.
    pub pointer: String,
    /// The digest that it pins.
    pub digest: Option<String>,
    /// The part that was never filled in.
    pub placeholder: Option<String>,
}

/// What of a description is longer than what is kept of it: nobody knows what the rest says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Identifiers, extents, periods or files.
    Statements,
    /// Inputs, whether they have a licence or a label or not.
    Inputs,
    /// Inputs that have a licence or a label.
    InputClaims,
    /// References.
    References,
}

impl Part {
    /// The name in the policy input.
    pub fn name(self) -> &'static str {
        match self {
            Part::Statements => "statements",
            Part::Inputs => "inputs",
            Part::InputClaims => "input claims",
            Part::References => "references",
        }
    }
}

/// What one document says of the data set.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Description {
    /// Its identifiers.
    pub identifiers: Vec<Identifier>,
    /// Where it is.
    pub extents: Vec<Extent>,
    /// When it is, and when it was made.
    pub periods: Vec<Period>,
    /// Its files: assets, distributions, generated entities, outputs.
    pub files: Vec<DescribedFile>,
    /// What it was made from.
    pub inputs: Vec<DescribedInput>,
    /// References to artifacts, and placeholders.
    pub references: Vec<ArtifactReference>,
    /// What of it was cut off.
    pub truncated: BTreeSet<Part>,
}

impl Description {
    /// Whether the document says none of this.
    pub fn is_empty(&self) -> bool {
        *self == Description::default()
    }

    /// The same with every pointer moved under another.
    pub fn under(mut self, prefix: &str) -> Self {
        let stated = self.identifiers.iter_mut().map(|identifier| &mut identifier.stated.pointer);
        let extents = self.extents.iter_mut().map(|extent| &mut extent.pointer);
        let periods = self.periods.iter_mut().map(|period| &mut period.pointer);
        let files = self.files.iter_mut().chain(self.inputs.iter_mut().map(|input| &mut input.file));
        let references = self.references.iter_mut().map(|reference| &mut reference.pointer);
        let files = files.flat_map(DescribedFile::pointers);
        for pointer in stated.chain(extents).chain(periods).chain(references).chain(files) {
            pointer.insert_str(0, prefix);
        }
        let claims = self.inputs.iter_mut().flat_map(|input| &mut input.claims);
        claims.for_each(|claim| claim.pointer.insert_str(0, prefix));
        self
    }

    /// States an identifier of the data set.
    pub fn identifier(&mut self, field: &'static str, at: &DocumentValue<'_>) {
        let found = at.each().into_iter().filter_map(|at| literal(&at).stated());
        self.identifiers.extend(found.map(|stated| Identifier { field, stated }));
    }

    /// The members of one object that name the data set, under any prefix.
    pub fn named_by(&mut self, at: &DocumentValue<'_>) {
        let named = at.members().filter(|(key, _)| plain(local_name(key)) == "datasetid");
        named.for_each(|(_, member)| self.identifier("dataset_id", &member));
    }
}
