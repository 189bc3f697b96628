//! From the command line to a command, or to the end of the program.

use std::ffi::OsStr;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use ocigate::output::sanitize;

use super::super::console;
use super::super::exit::Exit;
#[cfg(test)]
use super::examples::WIDTH;
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
    if is_answer && !asks_alone(std::env::args().skip(1)) {
        Program::command().error(ErrorKind::ArgumentConflict, "--help and --version stand alone").exit()
    }
    error.exit()
}

fn is_unsafe(argument: &OsStr) -> bool {
    let text = argument.to_string_lossy();
    sanitize::line(&text) != text
}

/// Whether nothing stands there but the names of commands and one question: `help verify`, `trust show --help`.
fn asks_alone(arguments: impl Iterator<Item = String>) -> bool {
    let mut command = Program::command();
    let (mut asked, mut is_command) = (0, true);
    for argument in arguments {
        match (argument.as_str(), command.find_subcommand(&argument)) {
            ("help" | "--help" | "-h" | "--version" | "-V", _) => asked += 1,
            (_, Some(inner)) => command = inner.clone(),
            _ => is_command = false,
        }
    }
    is_command && asked == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_stands_alone() {
        for (line, expected) in [
            ("help", true),
            ("--help", true),
            ("help trust show", true),
            ("trust show --help", true),
            ("trust help show", true),
            ("verify -h", true),
            ("--version", true),
            ("verify registry.example.org/a:v1 --help", false),
            ("help verify registry.example.org/a:v1", false),
            ("verify --key k --help", false),
            ("verify --help --help", false),
            ("", false),
        ] {
            assert_eq!(asks_alone(line.split_whitespace().map(str::to_owned)), expected, "{line:?}");
        }
    }

    #[test]
    fn what_stands_below_the_flags_is_narrow() {
        fn check(command: &clap::Command) {
            let below = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            for line in below.lines() {
                assert!(line.chars().count() <= WIDTH, "{}: {line}", command.get_name());
            }
            let is_group = command.get_subcommands().next().is_some();
            assert!(is_group || below.contains("Exit codes:"), "{}", command.get_name());
            command.get_subcommands().for_each(check);
        }
        check(&Program::command());
    }
}
