//! What is shown on a terminal while a run takes long, and that it is shown nowhere else.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read as _;
use std::os::unix::ffi::OsStrExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use super::native;
use crate::support::registry::{Body, Response};
use crate::support::served::Served;

/// What a run wrote to the terminal, and what to a pipe as its standard output.
struct Shown {
    terminal: String,
    out: String,
}

/// Runs the program with its standard error on a terminal, and its standard output there too or in a pipe.
fn on_terminal(served: &Served, names: &[&str], out_too: bool) -> Shown {
    let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&controller).unwrap();
    unlockpt(&controller).unwrap();
    tcsetwinsize(&controller, Winsize { ws_row: 50, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    let name = ptsname(&controller, Vec::new()).unwrap();
    let terminal = || File::options().read(true).write(true).open(OsStr::from_bytes(name.to_bytes())).unwrap();
    let key = served.folder.path().join("release.pub").display().to_string();
    let now = "2026-11-24T00:00:00Z";
    let fixed = ["verify", "--timeout", "3", "--color", "never", "--now", now, "--key", &key];
    let mut arguments = fixed.map(str::to_owned).to_vec();
    arguments.extend(names.iter().map(|name| format!("{}/{name}", served.registry.host())));
    let mut command = served.command(&arguments);
    command.stdin(Stdio::null()).stderr(terminal());
    command.stdout(if out_too { Stdio::from(terminal()) } else { Stdio::piped() });
    let child = command.spawn().unwrap();
    // The terminal is closed when nobody holds it any more.
    drop(command);
    let mut reader = File::from(controller);
    let reading = std::thread::spawn(move || {
        let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
        while let Ok(count @ 1..) = reader.read(&mut buffer) {
            bytes.extend_from_slice(&buffer[..count]);
        }
        String::from_utf8(bytes).unwrap()
    });
    let output = child.wait_with_output().unwrap();
    Shown { terminal: reading.join().unwrap(), out: String::from_utf8(output.stdout).unwrap() }
}

/// A registry that does not answer for one of two subjects.
fn slow() -> Served {
    native().answering("/v2/hangs/", Response::new(200).with(Body::Hang))
}

#[test]
fn a_long_run_shows_how_far_it_is() {
    let shown = on_terminal(&slow(), &["kfm/layers:v1", "hangs:v1"], false);
    assert!(shown.terminal.contains("1 of 2 subjects judged (1 fetched), "), "{:?}", shown.terminal);
    assert!(shown.terminal.ends_with("\r\u{1b}[2K"), "it is taken away: {:?}", shown.terminal);
    assert!(
        shown.out.starts_with("PASS  127.0.0.1:") && shown.out.contains("\nUNDECIDED  127.0.0.1:"),
        "{}",
        shown.out
    );
    assert!(!shown.out.contains('\u{1b}') && !shown.out.contains("judged ("), "{}", shown.out);
}

#[test]
fn the_report_stands_whole_between_what_is_shown() {
    let served = slow();
    let shown = on_terminal(&served, &["hangs:v1", "kfm/layers:v1"], true);
    assert!(shown.terminal.contains("0 of 2 subjects judged"), "{:?}", shown.terminal);
    // Each part of the report is written while nothing is shown, and after its end nothing comes back. What it is, is
    // what a pipe gets: a part begins with a verdict at the beginning of a line.
    let piped = on_terminal(&served, &["hangs:v1", "kfm/layers:v1"], false).out;
    let begins = |line: &str| ["PASS", "FAIL", "UNDECIDED"].iter().any(|verdict| line.starts_with(verdict));
    let mut parts: Vec<String> = Vec::new();
    for line in piped.lines() {
        if begins(line) {
            parts.push(String::new());
        }
        parts.last_mut().unwrap().push_str(&format!("{line}\r\n"));
    }
    assert_eq!(parts.len(), 3, "two subjects and the end: {parts:#?}");
    for part in &parts {
        assert!(shown.terminal.contains(part), "{part:?} in {:?}", shown.terminal);
    }
    let after = shown.terminal.rsplit_once(parts[2].as_str()).unwrap().1;
    assert_eq!(after, "", "nothing comes back");
}

/// Whoever ends a run finds the old report, and nothing beside it.
#[test]
fn a_run_that_is_interrupted_leaves_no_half_of_a_report() {
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let served = slow();
        served.file("report.json", "old");
        let reference = format!("{}/hangs:v1", served.registry.host());
        let arguments = ["verify", "--output", "json=report.json", &reference].map(str::to_owned);
        let mut child = served.command(&arguments).stdout(Stdio::null()).spawn().unwrap();
        let names = || -> Vec<String> {
            let files = std::fs::read_dir(served.folder.path()).unwrap();
            let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
            names.filter(|name| name.starts_with("report.json")).collect()
        };
        let is_asked = || !served.registry.requests().is_empty() && names().len() == 2;
        while !is_asked() {
            assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
            std::thread::sleep(Duration::from_millis(10));
        }
        let sent = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        assert_eq!(child.wait().unwrap().code(), Some(code), "{signal}");
        assert_eq!(names(), ["report.json"], "{signal}");
        assert_eq!(std::fs::read(served.folder.path().join("report.json")).unwrap(), b"old", "{signal}");
    }
}

#[test]
fn nothing_is_shown_where_nobody_watches() {
    for (name, value) in [("CI", "true"), ("CI", "1"), ("TERM", "dumb"), ("TERM", "")] {
        let served = slow().environment(name, value);
        let shown = on_terminal(&served, &["hangs:v1"], false);
        assert_eq!(shown.terminal, "", "{name}={value}");
        assert!(shown.out.starts_with("UNDECIDED"), "{}", shown.out);
    }
    // A quick run flickers for nobody. Whether one is quick is the machine's doing, so only one that was is looked at.
    let started = Instant::now();
    let shown = on_terminal(&native(), &["kfm/layers:v1"], false);
    assert!(shown.terminal.is_empty() || started.elapsed() > Duration::from_millis(700), "{:?}", shown.terminal);
    let piped = slow().within(2);
    let host = piped.registry.host();
    let arguments = ["verify".to_owned(), "--timeout".to_owned(), "2".to_owned(), format!("{host}/hangs:v1")];
    assert_eq!(piped.program(&arguments, b"").assert("piped", 3, &["gap gap.timeout"]).outcome.err, "");
}
