//! One file per command. Errors become one line of words and exit 2; verdicts become exit 0, 1 or 3.

use std::io::{self, Write as _};
use std::process::ExitCode;

use anyhow::Context as _;

use super::args::Command;
use super::exit::Exit;

mod cache;
mod carrying;
mod check_document;
mod delivery;
mod diff;
mod inspect;
mod judging;
mod listing;
mod pointer;
mod pointing;
mod replay;
mod resolve;
mod rules;
mod save;
mod schema;
mod test;
mod trust;
mod verify;

/// Runs a command to its exit code.
pub fn run(command: Command) -> ExitCode {
    let ended = match command {
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Save(arguments) => save::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Resolve(arguments) => resolve::run(&arguments),
        Command::Pointer(arguments) => pointer::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::CheckDocument(arguments) => check_document::run(&arguments),
        Command::Rules(arguments) => rules::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Trust(command) => trust::run(&command),
        Command::Cache(command) => cache::run(&command),
    };
    match ended {
        Ok(exit) => exit.into(),
        Err(error) => {
            tell(&format!("error: {error:#}"));
            Exit::Usage.into()
        }
    }
}

/// Says something beside a report, which has standard output for itself. Nobody is left to tell if it fails.
pub(super) fn tell(text: &str) {
    let _ = writeln!(io::stderr(), "{}", ocigate::output::sanitize::message(text));
}

/// Writes to standard output. A reader that went away is no error: the exit code still tells the verdict.
fn print(bytes: &[u8]) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// Runs network I/O to its end on this thread; connections live on between calls.
struct Network(Option<tokio::runtime::Runtime>);

impl Network {
    fn new() -> anyhow::Result<Self> {
        Ok(Network(Some(tokio::runtime::Builder::new_current_thread().enable_all().build()?)))
    }

    fn run<T>(&self, future: impl Future<Output = T>) -> anyhow::Result<T> {
        let runtime = self.0.as_ref().context("the network was shut down")?;
        Ok(runtime.block_on(future))
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // A name server that does not answer must not outlast the deadline.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Wall time: read here and nowhere else.
#[allow(clippy::disallowed_methods)]
pub(super) fn wall_time() -> time::OffsetDateTime {
    time::OffsetDateTime::now_utc()
}
