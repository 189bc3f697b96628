//! The program: arguments in, one report out, and an exit code that every format agrees with.

use std::process::ExitCode;

mod args;
mod cache;
mod commands;
mod config;
mod exit;
mod files;
mod progress;
mod registries;
mod setup;
mod trust;

fn main() -> ExitCode {
    match args::parse() {
        Ok(command) => commands::run(command),
        Err(exit) => exit.into(),
    }
}
