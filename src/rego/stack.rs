//! Threads with room for deep recursion.

use std::thread::{Builder, Scope, ScopedJoinHandle};

/// Evaluation is recursive over goals and calls; the machine stops before this is used up.
pub(super) const STACK: usize = 64 * 1024 * 1024;

/// Runs this where deep recursion is safe. A panic becomes an error.
pub fn on_big_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, String> {
    std::thread::scope(|scope| join(start(scope, work)?))
}

/// Does this for each item side by side, each where deep recursion is safe. The results are in the order of the items.
pub(crate) fn side_by_side<I: Send, T: Send>(
    items: impl IntoIterator<Item = I>,
    work: impl Fn(I) -> T + Sync,
) -> Result<Vec<T>, String> {
    let work = &work;
    std::thread::scope(|scope| {
        let threads: Vec<_> = items.into_iter().map(|item| start(scope, move || work(item))).collect();
        threads.into_iter().map(|thread| join(thread?)).collect()
    })
}

fn start<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Result<ScopedJoinHandle<'scope, T>, String> {
    let builder = Builder::new().name("policy".to_owned()).stack_size(STACK);
    builder.spawn_scoped(scope, work).map_err(|error| error.to_string())
}

fn join<T>(thread: ScopedJoinHandle<'_, T>) -> Result<T, String> {
    thread.join().map_err(|panic| panic_message(panic.as_ref()))
}

pub(super) fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("it panicked: {}", text.unwrap_or("no message"))
}
