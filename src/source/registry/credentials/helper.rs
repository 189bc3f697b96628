//! Credential helpers: `docker-credential-<name> get`, the key on standard input, JSON on standard output
//! (docker/docker-credential-helpers).
//!
//! A helper that asks a person, or hangs, is ended when its time is over; what it prints is read with a bound, and
//! only its error words are ever shown.

use std::io::{Read, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::super::refusal;
use super::super::secrets::Secrets;
use crate::source::login::Secret;

/// What a helper may print, in bytes.
const OUTPUT: u64 = 64 * 1024;
/// What is looked at how often.
const POLL: Duration = Duration::from_millis(5);
/// How long the rest of the output is waited for after the helper ended: one that it started may hold the pipe.
const REST: Duration = Duration::from_millis(500);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    username: String,
    secret: String,
}

/// Asks a helper; the error goes on after "the credential helper NAME".
pub(super) fn get(helper: &str, key: &str, time: Duration) -> Result<Secret, String> {
    if helper.contains(['/', '\\']) {
        return Err("is a path: expected the part of its name after `docker-credential-`".to_owned());
    }
    let mut child = Command::new(format!("docker-credential-{helper}"))
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("could not be run ({error}): is docker-credential-{helper} installed and in PATH?"))?;
    let (out, err) = (read(child.stdout.take()), read(child.stderr.take()));
    if let Some(mut input) = child.stdin.take() {
        // One that does not read its input may still answer.
        let _ = input.write_all(key.as_bytes());
    }
    let Some(status) = wait(&mut child, time) else {
        return Err(format!("gave no answer within {} s", time.as_secs_f32().ceil()));
    };
    let out = out.recv_timeout(REST).unwrap_or_default();
    if !status.success() {
        return failure(&out, &err.recv_timeout(REST).unwrap_or_default());
    }
    let answer: Answer =
        serde_json::from_slice(&out).map_err(|_| "did not answer with Username and Secret".to_owned())?;
    Ok(match answer {
        Answer { username, secret } if username.is_empty() && secret.is_empty() => Secret::Anonymous,
        Answer { username, secret } if username == "<token>" => Secret::IdentityToken(secret),
        Answer { username, secret } => Secret::Password { user: username, password: secret },
    })
}

/// What docker's helpers say by convention where they have nothing (`credentials/error.go`) is no failure.
fn failure(out: &[u8], err: &[u8]) -> Result<Secret, String> {
    if [out, err].iter().any(|text| String::from_utf8_lossy(text).contains("credentials not found")) {
        return Err("has none for this host".to_owned());
    }
    let words = refusal::words(err, &Secrets::default()).or_else(|| refusal::words(out, &Secrets::default()));
    Err(format!("failed: {}", words.unwrap_or_else(|| "it gave no reason".to_owned())))
}

/// Reads a pipe on a thread of its own, as much as is allowed.
fn read(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    if let Some(pipe) = pipe {
        // Without a thread there is no output, which is no answer.
        let _ = std::thread::Builder::new().name("credential helper".to_owned()).spawn(move || {
            let mut bytes = Vec::new();
            // What came before an error is what there is.
            let _ = pipe.take(OUTPUT).read_to_end(&mut bytes);
            let _ = sender.send(bytes);
        });
    }
    receiver
}

/// Waits for its end, or ends it.
fn wait(child: &mut Child, time: Duration) -> Option<ExitStatus> {
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if start.elapsed() < time => std::thread::sleep(POLL),
            Ok(None) | Err(_) => {
                // It may have ended by itself meanwhile.
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
        }
    }
}
