//! Whoever ends the program (Ctrl-C, a job that was cancelled) finds no half-written file beside the old one.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};

use futures_util::future::select_all;

/// Files that are gone, or have another name, once they are whole.
static HALF_WRITTEN: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Has this file removed if a signal ends the program.
pub fn tidy_up(path: &Path) {
    static WATCHING: Once = Once::new();
    HALF_WRITTEN.lock().unwrap_or_else(PoisonError::into_inner).push(path.to_owned());
    WATCHING.call_once(|| {
        // It waits for as long as the program runs.
        std::thread::spawn(watch);
    });
}

#[cfg(unix)]
fn watch() {
    use tokio::signal::unix::{SignalKind, signal};

    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    let arrives = |kind: SignalKind| async move {
        match signal(kind) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        };
        kind.as_raw_value()
    };
    let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
    let (number, ..) = runtime.block_on(async { select_all(kinds.map(|kind| Box::pin(arrives(kind)))).await });
    end(number);
}

#[cfg(not(unix))]
fn watch() {}

/// Ends as shells say that a signal does: no verdict has this code.
#[cfg(unix)]
#[allow(clippy::exit, reason = "the signal asked for it, and the other threads are not asked")]
fn end(number: i32) {
    for path in HALF_WRITTEN.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        // One that is whole has its own name by now.
        let _ = fs::remove_file(path);
    }
    std::process::exit(128 + number);
}
