//! What a document says of the data set: which it is, where and when it is, and what its files are.
//!
//! Every kind says it in words of its own; here they become comparable. Nothing is compared or believed: whether
//! documents contradict each other, or the manifest, is for the rule `agreement`. What cannot be read is left out,
//! so that a notation that nobody knows is never taken for a contradiction.

use std::collections::BTreeSet;

use serde_json::Value;

use super::claims::{self, Claim, FieldTable, LabelTable};
use super::document::reading::{At, DEPTH, local_name, plain};
use super::prov::context::Context;
use super::{DocumentKind, Facts, Stated};

mod below;
mod catalogue;
pub mod file;
mod inputs;
mod references;
mod run;
pub mod space;
pub mod time;

use below::Places;
pub use file::File;
pub use space::Extent;
pub use time::Period;

/// Files, and statements of any other kind, of one document that are kept. One more is read, to know that there is.
const MOST: usize = 1000;

/// One identifier of the data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier {
    /// What kind of field states it: `dataset_id`, `identifier` (`dct:identifier`), `collection` (of a STAC Item)
    /// or `id` (of a STAC Collection).
    pub field: &'static str,
    /// What it states.
    pub stated: Stated,
}

/// Something that the data set was made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// What is said of it as a file: name, digests, places.
    pub file: File,
    /// Its licences and labels.
    pub claims: Vec<Claim>,
}

/// A reference to an artifact, or what stands in the place of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
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
    pub files: Vec<File>,
    /// What it was made from.
    pub inputs: Vec<Input>,
    /// References to artifacts, and placeholders.
    pub references: Vec<Reference>,
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
        let files = files.flat_map(File::pointers);
        for pointer in stated.chain(extents).chain(periods).chain(references).chain(files) {
            pointer.insert_str(0, prefix);
        }
        let claims = self.inputs.iter_mut().flat_map(|input| &mut input.claims);
        claims.for_each(|claim| claim.pointer.insert_str(0, prefix));
        self
    }

    fn identifier(&mut self, field: &'static str, at: &At<'_>) {
        let found = at.each().into_iter().filter_map(|at| literal(&at).stated());
        self.identifiers.extend(found.map(|stated| Identifier { field, stated }));
    }

    /// The members of one object that name the data set, under any prefix.
    fn named_by(&mut self, at: &At<'_>) {
        let named = at.members().filter(|(key, _)| plain(local_name(key)) == "datasetid");
        named.for_each(|(_, member)| self.identifier("dataset_id", &member));
    }

    /// Of more than are kept those come first which have a licence or a label: of these nothing may be missed.
    fn add_inputs(&mut self, found: Vec<At<'_>>, facts: &Facts, tables: (&FieldTable, &LabelTable)) {
        let found = found.into_iter();
        let mut inputs: Vec<_> = found.map(|at| (claims::object_claims(&at, tables.0, tables.1), at)).collect();
        if inputs.len() > MOST {
            self.truncated.insert(Part::Inputs);
            inputs.sort_by_key(|(claims, _)| claims.is_empty());
            let has_claims = inputs.get(MOST).is_some_and(|(claims, _)| !claims.is_empty());
            self.truncated.extend(has_claims.then_some(Part::InputClaims));
        }
        let (kept, digests) = (inputs.into_iter().take(MOST), Places::of(&facts.inputs));
        self.inputs.extend(kept.map(|(claims, at)| Input { file: inputs::file(&at, &digests), claims }));
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
    let root = At::new(value, "");
    let mut description = Description::default();
    description.add_inputs(inputs::of(kind, &root, facts), facts, tables);
    match kind {
        DocumentKind::Stac => catalogue::stac(&root, &mut description),
        DocumentKind::Dcat => catalogue::dcat(&root, &mut description),
        DocumentKind::RoCrate => catalogue::ro_crate(&root, facts, &mut description),
        DocumentKind::Prov => run::prov(&root, facts, &mut description),
        DocumentKind::RunManifest => run::manifest(&root, &mut description),
        DocumentKind::Slsa => run::slsa(&root, &mut description),
        _ => {}
    }
    if !matches!(kind, DocumentKind::Spdx | DocumentKind::CycloneDx | DocumentKind::Vex) {
        references::find(&root, DEPTH, &mut description.references);
    }
    description.bounded()
}

/// The value of a JSON-LD value object or of a typed PROV-JSON literal, or the name that a reference has.
fn literal<'a>(at: &At<'a>) -> At<'a> {
    ["@value", "@id", "$"].iter().find_map(|key| at.get(key)).unwrap_or_else(|| at.clone())
}

/// The values of the properties with this local name, under any prefix.
fn values<'a>(at: &At<'a>, local: &str, context: &Context) -> Vec<At<'a>> {
    let own = at.members().filter(|(key, _)| local_name(&context.name(key)) == local);
    own.flat_map(|(_, at)| at.each()).collect()
}

#[cfg(test)]
mod tests;
