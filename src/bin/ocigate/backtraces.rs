//! Backtraces in libraries' errors, switched off.
//!
//! The policy engine makes and drops hundreds of errors while it parses, and where `RUST_BACKTRACE` is set each
//! of them walks the stack: that doubles what a run costs. The standard library looks only at the environment,
//! and changing that of a running process is unsafe, so the program starts itself anew with one more variable.
//! A panic still shows its backtrace.

#[cfg(unix)]
use std::env;

/// Runs the program anew without backtraces in errors, if they are on. Where that cannot be done, it goes on.
#[cfg(unix)]
pub fn switch_off() {
    use std::os::unix::process::CommandExt as _;
    let is_on = env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0");
    if !is_on || env::var_os("RUST_LIB_BACKTRACE").is_some() {
        return;
    }
    if let Ok(program) = env::current_exe() {
        let mut anew = std::process::Command::new(program);
        if let Some(name) = env::args_os().next() {
            anew.arg0(name);
        }
        // Returns only if it fails, and then nothing is lost but speed.
        let _ = anew.args(env::args_os().skip(1)).env("RUST_LIB_BACKTRACE", "0").exec();
    }
}

/// Elsewhere the errors keep their backtraces.
#[cfg(not(unix))]
pub fn switch_off() {}
