//! The library and the program as a whole. Each room by itself: `cargo test --test gate verdicts::`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stderr)]
#![allow(missing_docs, reason = "in tests the names say it")]

mod cases;
mod conformance;
mod docs;
mod hostile;
mod registry;
mod sigstore;
mod verdicts;

#[path = "../support/mod.rs"]
mod support;
