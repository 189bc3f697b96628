//! The rules, while they are made ready.

use std::sync::{Condvar, Mutex, OnceLock, PoisonError};

use ocigate::policy::{Policies, PolicyDefect};

/// Rules that somebody else makes ready.
#[derive(Default)]
pub struct AwaitedPolicies {
    loaded: OnceLock<Result<Policies, PolicyDefect>>,
    waiting: Mutex<()>,
    ready: Condvar,
}

impl AwaitedPolicies {
    /// They are ready, or there is something wrong with them.
    pub fn set(&self, loaded: Result<Policies, PolicyDefect>) {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = self.loaded.set(loaded);
        drop(waiting);
        self.ready.notify_all();
    }

    /// Waits for them.
    pub fn wait(&self) -> Result<&Policies, PolicyDefect> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(loaded) = self.loaded.get() {
                return loaded.as_ref().map_err(Clone::clone);
            }
            waiting = self.ready.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
