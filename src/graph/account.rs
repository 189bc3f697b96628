//! What everything takes that is reached from one reference: the subject, all that refers to it, and of an index its
//! children with what refers to them.
//!
//! Sizes are charged as they are stated, in the order of the questions and before anything is asked, so that every run
//! leaves out the same. Requests, retries and time depend on the network, and are counted there.

use std::cell::Cell;
use std::rc::Rc;

use crate::source::GapReason;

/// What is limited.
const BYTES: &str = "bytes of all that one reference reaches";

/// The account of one reference; clones share it.
#[derive(Debug, Clone)]
pub struct Account(Rc<Charges>);

#[derive(Debug)]
struct Charges {
    limit: u64,
    bytes: Cell<u64>,
    is_exceeded: Cell<bool>,
}

impl Account {
    /// An account on which so much was charged before.
    pub fn new(limit: u64, bytes: u64) -> Self {
        Account(Rc::new(Charges { limit, bytes: Cell::new(bytes), is_exceeded: Cell::new(false) }))
    }

    /// Takes so many bytes out of it, or none where they are too many.
    pub fn charge(&self, bytes: u64) -> Result<(), GapReason> {
        let charged = self.0.bytes.get().saturating_add(bytes);
        if charged > self.0.limit {
            self.0.is_exceeded.set(true);
            return Err(self.reason());
        }
        self.0.bytes.set(charged);
        Ok(())
    }

    /// Bytes that were charged.
    pub fn bytes(&self) -> u64 {
        self.0.bytes.get()
    }

    /// Whether something was left out.
    pub fn is_exceeded(&self) -> bool {
        self.0.is_exceeded.get()
    }

    /// Why it was left out.
    pub fn reason(&self) -> GapReason {
        GapReason::Limit { what: BYTES.into(), limit: self.0.limit }
    }
}
