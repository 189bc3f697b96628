//! From the command line to a command, or to the end of the program.

use std::ffi::OsStr;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use ocigate::output::sanitize;

use super::super::console;
use super::super::exit::Exit;
use super::{Command, Program};

/// Parses the command line; help, version and usage errors end the program with clap's words, which are made safe first
/// where an argument is not.
///
/// Help ends it with 0 only where it was all that was asked for: a reference that reads `--help` must not turn
/// a required check green.
pub fn parse() -> Result<Command, Exit> {
    let error = match Program::try_parse() {
        Ok(program) => return Ok(program.command),
        Err(error) => error,
    };
    // Such an argument would be quoted as it is, and CI hands over what a change under review says.
    if std::env::args_os().any(|argument| is_unsafe(&argument)) {
        console::tell(error.render().to_string().trim_end());
        return Err(Exit::Usage);
    }
    let is_answer = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    let asked_alone = std::env::args_os().skip(1).filter(|argument| is_option(argument)).count() == 1
        && std::env::args_os().len() <= 3;
    if is_answer && !asked_alone {
        Program::command().error(ErrorKind::ArgumentConflict, "--help and --version stand alone").exit()
    }
    error.exit()
}

fn is_unsafe(argument: &OsStr) -> bool {
    let text = argument.to_string_lossy();
    sanitize::line(&text) != text
}

fn is_option(argument: &OsStr) -> bool {
    argument.to_string_lossy().starts_with('-')
}
