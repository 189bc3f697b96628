//! What tests share: artifacts and documents in the making, the program on them, registries, a Sigstore.

pub mod artifact;
pub mod delay;
pub mod documents;
pub mod gate;
pub mod in_process;
pub mod registry;
pub mod rows;
pub mod rules;
pub mod served;
pub mod sigstore;
pub mod tls;
