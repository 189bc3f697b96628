//! What a verdict means, case by case, through the real program: the exit code and the reason of each.

mod agreement;
mod authors;
mod binding;
mod bytes;
mod capsule_bytes;
mod capsules;
mod claims;
mod evidence_files;
mod gaps;
mod governance;
mod hiding;
mod indexes;
mod keyless;
mod keyless_attacks;
mod kinds;
mod licences;
mod many;
mod mutations;
mod outcomes;
mod over_registry;
mod own_layers;
mod pointers;
mod policies;
mod real;
mod sets;
mod signatures;
mod standing;
mod trust;
mod unlisted;
#[cfg(feature = "tuf")]
mod updates;
mod usage;
