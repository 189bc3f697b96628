//! The words of the OCI specifications, parsed once and strictly. No I/O, no opinion.
//!
//! A text or a body from outside becomes one of these types, which cannot be wrong, or an error that says
//! what was expected and what was found.

pub mod descriptor;
pub mod digest;
mod fields;
pub mod host;
pub mod json;
pub mod manifest;
pub mod media_type;
pub mod multihash;
pub mod notation;
pub mod placeholder;
pub mod pointer;
mod problem;
pub mod reference;
pub mod title;
mod yaml;

pub use descriptor::Descriptor;
pub use digest::{Algorithm, Digest, DigestError};
pub use fields::ManifestError;
pub use manifest::{Body, Manifest};
pub use notation::Notation;
pub use reference::{LayoutSelector, Reference, ReferenceError, Repository, after_scheme};
