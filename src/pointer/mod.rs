//! The distribution pointer: a file in a catalogue that says which artifact is meant (`distribution.oci.json`),
//! in JSON, or in YAML if its name ends so.
//!
//! It is found in many shapes: a block under `distribution.oci`, nested or as one flat key, with a whole reference
//! or with registry, repository and digest apart; `kfm:oci` of a DCAT distribution or a STAC asset; locators such as
//! `accessURL`. All become one [`Pointer`], which remembers where in the file everything stands.
//!
//! A pointer is untrusted. It picks a digest and adds demands; it never says who is trusted, nor which repository is
//! judged, and it never takes a demand back. What is wrong with it is a [`Fault`], never an error: it is the file
//! that is judged.

use crate::fault::{Fault, FaultCode};
use crate::limits::Limits;
use crate::oci::{Digest, Notation, Repository};

mod block;
mod canonical;
mod edit;
mod find;
mod into;
mod locator;
mod said;
mod unite;

pub use canonical::{Canonical, CanonicalFile, CanonicalReferrer};
pub use into::{Catalogue, put};
pub use said::{ListedFile, ListedReferrer, LocatedValue, Pointer, Shape, Slot};

#[cfg(test)]
mod tests;

/// Bytes of a pointer in YAML. Each place that is reported is found by reading the whole again.
pub const YAML_BYTES: usize = 256 * 1024;

impl Pointer {
    /// Reads a file. Whatever is wrong with it becomes a fault. What it names may lie in the subject's repository and in
    /// those of `evidence_from`, which are somebody else's word and never the file's.
    pub fn read(name: &str, bytes: Vec<u8>, evidence_from: &[Repository], limits: &Limits) -> Self {
        let blank = Pointer {
            name: name.to_owned(),
            digest: Digest::sha256(&bytes),
            bytes: Vec::new(),
            shapes: Vec::new(),
            repository: None,
            subject: None,
            tag: None,
            artifact_type: None,
            media_types: Vec::new(),
            files: Vec::new(),
            file_list: None,
            referrers: Vec::new(),
            requires_signature: None,
            expected_signer: None,
            faults: Vec::new(),
            unread: Vec::new(),
        };
        let notation = blank.notation();
        let parsed = match std::str::from_utf8(&bytes) {
            Ok(text) if notation == Notation::Yaml && text.len() > YAML_BYTES => {
                Err(format!("more than {YAML_BYTES} bytes of YAML: write it in JSON"))
            }
            Ok(text) => notation.parse(text, limits.json_depth),
            Err(error) => Err(error.to_string()),
        };
        let mut pointer = match parsed {
            Ok(document) => unite::unite(blank, find::find(&document), evidence_from),
            Err(error) => {
                let message = format!(
                    "expected a distribution pointer in {}, found what cannot be read: {error}",
                    notation.name()
                );
                Pointer { faults: vec![Fault::new(FaultCode::Unreadable, "", message)], ..blank }
            }
        };
        pointer.bytes = bytes;
        pointer
    }
}
