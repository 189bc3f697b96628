//! What one subject may cost: requests, bytes and time.
//!
//! Counted where a request leaves and where bytes arrive, so that retries, redirects, tokens and refused
//! bodies count too. The clock starts with the first request, because several subjects are opened at once
//! and looked at one after the other.

use std::cell::{Cell, OnceCell};
use std::time::Duration;

use tokio::time::Instant;

use crate::limits::Limits;
use crate::source::seen::{GapReason, Statistics};

/// The limits of a run and what was used of them.
#[derive(Debug)]
pub(super) struct Budget {
    limits: Limits,
    used: Cell<Statistics>,
    deadline: OnceCell<Instant>,
}

impl Budget {
    pub(super) fn new(limits: Limits) -> Self {
        Budget { limits, used: Cell::default(), deadline: OnceCell::new() }
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(super) fn used(&self) -> Statistics {
        self.used.get()
    }

    /// When everything has to be there. A limit beyond what a clock can hold is cut to a year.
    pub(super) fn deadline(&self) -> Instant {
        *self.deadline.get_or_init(|| {
            let now = Instant::now();
            const FAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
            now.checked_add(self.limits.timeout.min(FAR)).unwrap_or(now)
        })
    }

    pub(super) fn remaining(&self) -> Duration {
        self.deadline().saturating_duration_since(Instant::now())
    }

    /// The gap of everything that is not there by then.
    pub(super) fn timeout(&self) -> GapReason {
        let whole = self.limits.timeout.as_secs();
        GapReason::Timeout { seconds: whole + u64::from(self.limits.timeout.subsec_nanos() > 0) }
    }

    /// Takes one request out of the budget.
    pub(super) fn take_request(&self) -> Result<(), GapReason> {
        let used = self.used.get();
        if used.requests >= self.limits.requests {
            return Err(GapReason::Limit { what: "requests for one subject".into(), limit: self.limits.requests });
        }
        self.used.set(Statistics { requests: used.requests + 1, ..used });
        Ok(())
    }

    /// Takes content of the cache out of the budget. It is held in memory like any other.
    pub(super) fn take_cached(&self, count: usize) -> Result<(), GapReason> {
        let used = self.used.get();
        self.used.set(Statistics { cached: used.cached + 1, ..used });
        self.take_bytes(count)
    }

    /// Takes bytes that arrived out of the budget.
    pub(super) fn take_bytes(&self, count: usize) -> Result<(), GapReason> {
        let used = self.used.get();
        let bytes = used.bytes.saturating_add(count as u64);
        self.used.set(Statistics { bytes, ..used });
        let limit = self.limits.wire_bytes();
        if bytes > limit {
            return Err(GapReason::Limit { what: "bytes read for one subject".into(), limit });
        }
        Ok(())
    }
}
