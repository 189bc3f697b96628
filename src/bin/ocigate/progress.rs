//! How far a long run is: one line at the bottom of a terminal, and nothing anywhere else.
//!
//! It shows numbers only, nothing that came from outside, and it is away whenever a report is written.

use std::io::IsTerminal as _;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A run that ends before shows nothing.
const PATIENCE: Duration = Duration::from_millis(700);
/// Between two frames.
const TICK: Duration = Duration::from_millis(200);

/// What is shown of a run; a clone shows on the same line.
#[derive(Clone)]
pub struct Progress(Option<ProgressBar>);

impl Progress {
    /// Nothing is shown yet, and nothing ever where nobody watches.
    pub fn of(subjects: usize) -> Self {
        Progress(is_watched().then(|| {
            let bar = ProgressBar::with_draw_target(Some(subjects as u64), ProgressDrawTarget::hidden());
            match ProgressStyle::with_template("{spinner} {pos} of {len} subjects judged{msg}, {elapsed}") {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            }
        }))
    }

    /// Nothing, ever.
    pub fn none() -> Self {
        Progress(None)
    }

    /// Shows it once the run takes long. Ends when the other end of the channel is dropped.
    pub fn show_after_a_while(&self, ended: &Receiver<()>) {
        if let Some(bar) = &self.0
            && ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout)
        {
            bar.set_draw_target(ProgressDrawTarget::stderr());
            bar.enable_steady_tick(TICK);
        }
    }

    /// So many were fetched.
    pub fn fetched(&self, count: usize) {
        if let Some(bar) = &self.0 {
            bar.set_message(format!(" ({count} fetched)"));
        }
    }

    /// One more was judged.
    pub fn judged(&self) {
        if let Some(bar) = &self.0 {
            bar.inc(1);
        }
    }

    /// Does something with the terminal while nothing is shown.
    pub fn aside<T>(&self, act: impl FnOnce() -> T) -> T {
        match &self.0 {
            Some(bar) => bar.suspend(act),
            None => act(),
        }
    }

    /// Takes it away for good.
    pub fn end(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// Whether a person looks at standard error: not where it is piped, not in CI, not on a terminal that cannot go back in a
/// line.
fn is_watched() -> bool {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let is_capable = variable("TERM").is_some_and(|term| term != "dumb");
    std::io::stderr().is_terminal() && is_capable && variable("CI").is_none_or(|ci| ci == "false")
}
