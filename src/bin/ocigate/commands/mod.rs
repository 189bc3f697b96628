//! One file per command. Errors become one line of words and exit 2; verdicts become exit 0, 1 or 3.

use std::process::ExitCode;

use super::args::Command;
use super::console::tell;
use super::exit::Exit;

mod cache;
mod carrying;
mod check_document;
mod delivery;
mod diff;
mod inspect;
mod judging;
mod listing;
mod marks;
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
