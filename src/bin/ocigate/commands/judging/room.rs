//! Memory that several subjects share while they are judged at once.

use std::sync::{Condvar, Mutex, PoisonError};

/// So many bytes; who wants all of them is alone.
pub struct MemoryRoom {
    size: u64,
    taken: Mutex<u64>,
    left: Condvar,
}

/// A share of it, until it is dropped.
pub struct MemoryShare<'a> {
    room: &'a MemoryRoom,
    bytes: u64,
}

impl MemoryRoom {
    pub fn new(size: u64) -> Self {
        MemoryRoom { size, taken: Mutex::new(0), left: Condvar::new() }
    }

    /// Waits until there is room for so many bytes; more than all are all.
    pub fn enter(&self, bytes: u64) -> MemoryShare<'_> {
        let bytes = bytes.min(self.size);
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = |taken: &mut u64| *taken + bytes > self.size;
        let mut taken = self.left.wait_while(taken, is_full).unwrap_or_else(PoisonError::into_inner);
        *taken += bytes;
        MemoryShare { room: self, bytes }
    }
}

impl Drop for MemoryShare<'_> {
    fn drop(&mut self) {
        *self.room.taken.lock().unwrap_or_else(PoisonError::into_inner) -= self.bytes;
        self.room.left.notify_all();
    }
}
