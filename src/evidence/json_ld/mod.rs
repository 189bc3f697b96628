//! JSON-LD (JSON-LD 1.1, W3C 2020-07-16), as far as documents of every kind have it in common: what names stand for, and
//! which objects describe one thing.

pub mod context;
pub mod nodes;
pub mod values;
