//! Strict Rego: what OPA says of a policy and an input, or a refusal with file and line.
//!
//! The library `regorus` reads the text, holds the values and brings most builtins; what a program means is settled
//! here, after OPA's own compiler and evaluator, so that no denial is lost (`docs/decisions/rego.md` tells why).
//!
//! The flow: `scan` (what is too costly to parse) → `parse` (text to [`Module`]) → `names` and `lower` (names become
//! what they stand for, calls are taken out of expressions) → `order` (every variable has its value before it is
//! needed) → `compile` (all modules together: [`Policy`]) → `machine` ([`Session`]: rule by rule a [`RuleValue`]).
//!
//! It must not: know what an artifact, evidence or a verdict is; read a clock, the network or the environment.

mod annotations;
mod builtins;
mod cases;
mod compile;
mod defect;
mod location;
mod lower;
mod machine;
mod names;
mod order;
mod parse;
mod prepare;
mod program;
mod scan;
mod session;
mod stack;
mod tree;
mod values;
mod version;
mod visit;

#[cfg(test)]
mod tests;

pub use builtins::Builtin;
pub use defect::Defect;
pub use location::Location;
pub use machine::BuiltinErrors;
pub use session::{Failure, Input, Policy, RuleValue, Session};
pub use stack::on_big_stack;
pub use tree::{Module, RuleKind};
pub use version::RegoVersion;

pub(crate) use annotations::chain;
pub(crate) use builtins::{Call, Function, text as text_argument};
pub(crate) use cases::{TestRule, separate_tests};
pub(crate) use parse::shortened;
pub(crate) use regorus::Value;
pub(crate) use stack::side_by_side;
pub(crate) use tree::{Annotation, Name, Rule, Term, TermKind, dotted};
pub(crate) use visit::{Site, each_term};
