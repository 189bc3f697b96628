//! What a verdict means, case by case, through the real program: the exit code and the reason of each.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "support/artifact.rs"]
#[allow(dead_code)]
mod artifact;
#[path = "support/documents.rs"]
#[allow(dead_code)]
mod documents;
#[path = "support/gate.rs"]
#[allow(dead_code)]
mod gate;

#[path = "support/delay.rs"]
mod delay;
#[path = "support/registry/mod.rs"]
mod registry;
#[path = "support/sigstore/mod.rs"]
#[allow(dead_code)]
mod sigstore;

#[path = "verdicts/agreement.rs"]
mod agreement;
#[path = "verdicts/binding.rs"]
mod binding;
#[path = "verdicts/bytes.rs"]
mod bytes;
#[path = "verdicts/capsule_bytes.rs"]
mod capsule_bytes;
#[path = "verdicts/capsules.rs"]
mod capsules;
#[path = "verdicts/claims.rs"]
mod claims;
#[path = "verdicts/evidence_files.rs"]
mod evidence_files;
#[path = "verdicts/gaps.rs"]
mod gaps;
#[path = "verdicts/governance.rs"]
mod governance;
#[path = "verdicts/hiding.rs"]
mod hiding;
#[path = "verdicts/indexes.rs"]
mod indexes;
#[path = "verdicts/keyless.rs"]
mod keyless;
#[path = "verdicts/keyless_attacks.rs"]
mod keyless_attacks;
#[path = "verdicts/kinds.rs"]
mod kinds;
#[path = "verdicts/licences.rs"]
mod licences;
#[path = "verdicts/many.rs"]
mod many;
#[path = "verdicts/mutations.rs"]
mod mutations;
#[path = "verdicts/over_registry.rs"]
mod over_registry;
#[path = "verdicts/own_layers.rs"]
mod own_layers;
#[path = "verdicts/pointers.rs"]
mod pointers;
#[path = "verdicts/policies.rs"]
mod policies;
#[path = "verdicts/real.rs"]
mod real;
#[path = "verdicts/sets.rs"]
mod sets;
#[path = "verdicts/signatures.rs"]
mod signatures;
#[path = "verdicts/standing.rs"]
mod standing;
#[path = "verdicts/trust.rs"]
mod trust;
#[path = "verdicts/updates.rs"]
#[cfg(feature = "tuf")]
mod updates;
#[path = "verdicts/usage.rs"]
mod usage;
