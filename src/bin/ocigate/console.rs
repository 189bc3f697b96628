//! What is written to the terminal, or to what stands in its place.

use std::io::{self, Write as _};

/// Says something beside a report, which has standard output for itself. Nobody is left to tell if it fails.
pub fn tell(text: &str) {
    let _ = writeln!(io::stderr(), "{}", ocigate::output::sanitize::message(text));
}

/// Writes to standard output. A reader that went away is no error: the exit code still tells the verdict.
pub fn print(bytes: &[u8]) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}
