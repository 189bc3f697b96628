//! The program: arguments in, one report out, and an exit code that every format agrees with.

use std::process::ExitCode;

mod args;
mod asked;
mod cache;
mod clock;
mod commands;
mod config;
mod console;
mod exit;
mod files;
mod network;
mod progress;
mod registries;
mod setup;
mod task;
mod trust;

fn main() -> ExitCode {
    match args::parse() {
        Ok(command) => commands::run(command),
        Err(exit) => exit.into(),
    }
}
