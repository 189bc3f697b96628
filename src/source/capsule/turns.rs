//! Answers in the order in which they came when the run was saved.
//!
//! Where a limit is reached, what was left out depends on that order: a walk that takes answers in another one would ask
//! for what was never asked.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Those who wait for their answers, by its place among all answers.
#[derive(Debug, Default)]
pub(super) struct Turns {
    waiting: RefCell<BTreeSet<usize>>,
    /// How many began to wait so far.
    begun: Cell<usize>,
}

impl Turns {
    /// Waits until nobody waits for an earlier answer.
    pub(super) fn wait(&self, place: usize) -> Turn<'_> {
        Turn { turns: self, place, seen: None }
    }
}

/// One who waits.
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    place: usize,
    /// How many had begun to wait when it was looked at last; none before that.
    seen: Option<usize>,
}

impl Future for Turn<'_> {
    type Output = ();

    /// It is its turn if it was the first, and between two looks nobody began to wait: everybody that is under way was
    /// looked at in between.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let turns = self.turns;
        if self.seen.is_none() {
            turns.waiting.borrow_mut().insert(self.place);
            turns.begun.set(turns.begun.get() + 1);
        }
        let is_first = turns.waiting.borrow().first().is_none_or(|first| *first >= self.place);
        if is_first && self.seen == Some(turns.begun.get()) {
            return Poll::Ready(());
        }
        self.seen = Some(if is_first { turns.begun.get() } else { 0 });
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.turns.waiting.borrow_mut().remove(&self.place);
    }
}
