//! Many subjects: read first, fetched side by side, each judged by itself, reported in order.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::artifact::Artifact;
use crate::support::documents::{complete, documented, release};
use crate::support::gate::{Outcome, ocigate};
use crate::support::registry::{Auth, Body, Options, Registry, Response};

struct Place {
    registry: Registry,
    folder: tempfile::TempDir,
}

/// A registry that serves one artifact under every repository name, with a key beside it.
fn serve(artifact: &Artifact, options: Options) -> Place {
    let folder = tempfile::tempdir().unwrap();
    artifact.write(&folder.path().join("layout"));
    let registry = Registry::start(options);
    registry.fill(&folder.path().join("layout"));
    std::fs::write(folder.path().join("release.pub"), release().public_pem()).unwrap();
    Place { registry, folder }
}

impl Place {
    fn reference(&self, rest: &str) -> String {
        format!("{}/{rest}", self.registry.host())
    }

    fn list(&self, text: &str) -> PathBuf {
        let path = self.folder.path().join("list.txt");
        std::fs::write(&path, text).unwrap();
        path
    }

    fn verify(&self, arguments: &[&str]) -> Outcome {
        ocigate(self.folder.path(), &[&["verify", "--key", "release.pub"], arguments].concat())
    }

    fn verify_list(&self, text: &str, more: &[&str]) -> Outcome {
        self.list(text);
        self.verify(&[&["--from", "list.txt"], more].concat())
    }
}

fn verdicts(outcome: &Outcome) -> Vec<(String, String)> {
    let report: Value = serde_json::from_str(&outcome.out).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let subjects = report["subjects"].as_array().unwrap();
    subjects.iter().map(|subject| (text(&subject["reference"]), text(&subject["verdict"]))).collect()
}

/// Whether a line of the text counts the subjects, and those that fail, are undecided and pass.
fn counts(outcome: &Outcome, subjects: usize, verdicts: [usize; 3]) -> bool {
    let numbers = |line: &str| {
        let words = line.split(|character: char| !character.is_alphanumeric());
        words.filter_map(|word| word.parse().ok()).collect::<Vec<usize>>()
    };
    let expected = [&[subjects][..], &verdicts[..]].concat();
    let is_verdict = |line: &&str| ["PASS", "FAIL", "UNDECIDED"].iter().any(|label| line.starts_with(label));
    outcome.out.lines().filter(is_verdict).any(|line| numbers(line) == expected)
}

#[test]
fn a_malformed_line_stops_before_anything_runs() {
    let place = serve(&complete().0, Options::default());
    let good = place.reference("a:v1");
    for (text, named) in [
        (format!("{good}\n\nubuntu:22.04\n"), &["list.txt:3:", "ubuntu:22.04"][..]),
        (format!("{{\"reference\": \"{good}\", \"key\": \"x\"}}\n"), &["list.txt:1:", "`key`"]),
        (format!("{{\"reference\": \"{good}\"\n"), &["list.txt:1:", "{\"reference\""]),
        (
            format!("{{\"reference\": \"{good}\", \"as\": \"registry.example.org/b\"}}\n"),
            &["list.txt:1:", "`as`", &good],
        ),
        ("# nothing\n\n".to_owned(), &["list.txt"]),
        (format!("{good}\noci-layout:nowhere:v1\n"), &["nowhere", "(os error 2)"]),
    ] {
        let outcome = place.verify_list(&text, &["--output", "text", "--output", "json=report.json"]);
        outcome.assert(&text, 2, named);
        assert!(outcome.out.is_empty(), "{}", outcome.out);
        assert!(place.registry.requests().is_empty(), "{text}: {:?}", place.registry.paths());
        let left = std::fs::read_dir(place.folder.path()).unwrap();
        let left: Vec<_> = left.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        assert!(!left.iter().any(|name| name.starts_with("report.json")), "{left:?}");
    }
    place.verify(&["--from", "absent.txt"]).assert("no file", 2, &["absent.txt", "(os error 2)"]);
    place.verify(&["--from", "list.txt", "--jobs", "0"]).assert("no jobs", 2, &["--jobs"]);
}

#[test]
fn a_list_may_come_from_standard_input_and_has_options() {
    let place = serve(&complete().0, Options::default());
    let mut child = Command::new(env!("CARGO_BIN_EXE_ocigate"))
        .args(["verify", "--key", "release.pub", "--from", "-", "--as", "registry.example.org/kfm/layers=./layout"])
        .args(["--output", "text", "--output", "json=report.json"])
        .current_dir(place.folder.path())
        .env_remove("OCIGATE_CONFIG")
        .env("OCIGATE_CACHE_SIZE", "0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let text = format!(
        "# two\n{}\n{{\"reference\": \"oci-layout:layout:v1\", \"as\": \"registry.example.org/kfm/layers\", \"require_digest\": true}}\n",
        place.reference("a:v1")
    );
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    let report = std::fs::read(place.folder.path().join("report.json")).unwrap();
    let report = Some(serde_json::from_slice(&report).unwrap());
    let outcome = Outcome { code: output.status.code().unwrap(), out, err, report };
    outcome.assert(
        "from -",
        1,
        &[
            "PASS  127.0.0.1",
            "FAIL  oci-layout:layout:v1",
            "FAIL  subject_pinned",
            "relaxed relaxation.as registry.example.org/kfm/layers + --as",
        ],
    );
    assert_eq!(outcome.each("subjects", "verdict"), ["pass", "fail"]);
    let judged_as = &outcome.report.as_ref().unwrap()["subjects"][1]["repository"];
    assert_eq!(judged_as, "registry.example.org/kfm/layers");
    // The text says of the layout what it is judged as, and counts at its end.
    let after = outcome.out.split("FAIL  oci-layout:layout:v1").nth(1).unwrap();
    assert!(after.lines().take(3).any(|line| line.contains("registry.example.org/kfm/layers")), "{after}");
    assert!(counts(&outcome, 2, [1, 0, 1]), "{after}");
}

/// Whoever writes the list would else choose which repository's signers and demands apply.
#[test]
fn a_list_never_chooses_what_a_layout_stands_for() {
    let place = serve(&complete().0, Options::default());
    let line = |repository: &str| format!("{{\"reference\": \"oci-layout:layout:v1\", \"as\": \"{repository}\"}}\n");
    for (said, flags, code, named) in [
        ("registry.example.org/nobody/x", vec![], 2, &[][..]),
        (
            "registry.example.org/nobody/x",
            vec!["--as", "registry.example.org/kfm/layers"],
            2,
            &["--as registry.example.org/kfm/layers"],
        ),
        (
            "registry.example.org/nobody/x",
            vec!["--as", "registry.example.org/kfm/layers=layout"],
            2,
            &["--as registry.example.org/kfm/layers"],
        ),
        ("registry.example.org/kfm/layers", vec!["--as", "registry.example.org/kfm/layers"], 0, &["PASS"]),
        ("registry.example.org/kfm/layers", vec!["--as", "registry.example.org/kfm/layers=layout/"], 0, &["PASS"]),
        ("registry.example.org/kfm/layers", vec!["--as", "registry.example.org/kfm/layers=other"], 2, &[]),
    ] {
        let outcome = place.verify_list(&line(said), &flags);
        outcome.assert(said, code, named);
        if code == 2 {
            // The line, what it says, and what would have to be given to let it.
            outcome.assert(said, code, &["list.txt:1:", "`as`", &format!("--as {said}=layout")]);
        }
    }
    // A path that no layout has would leave one without its repository in silence.
    let other = ["--as", "registry.example.org/kfm/layers=other", "oci-layout:layout:v1"];
    place.verify(&other).assert("other", 2, &["--as registry.example.org/kfm/layers=other"]);
    let twice =
        ["--as", "registry.example.org/a=layout", "--as", "registry.example.org/b=./layout", "oci-layout:layout:v1"];
    place.verify(&twice).assert("twice", 2, &["--as", "./layout"]);
}

/// Both would read standard input, and the password would be taken for references.
#[test]
fn a_list_and_a_password_do_not_both_come_from_standard_input() {
    let place = serve(&complete().0, Options::default());
    let arguments = ["--from", "-", "--username", "bob", "--password-stdin"];
    place.verify(&arguments).assert("both", 2, &["--from -", "--password-stdin"]);
    assert!(place.registry.requests().is_empty());
}

#[test]
fn ones_trouble_is_not_anothers_and_the_order_is_that_of_the_list() {
    let place = serve(&complete().0, Options::default());
    place.registry.fault("/v2/hangs/", usize::MAX, Response::new(200).with(Body::Hang));
    place.registry.fault("/v2/denied/", usize::MAX, Response::new(403));
    place.registry.fault("/v2/other/manifests/v1", usize::MAX, Response::new(200).body("{\"schemaVersion\":2}"));
    let names = ["hangs:v1", "a:v1", "denied:v1", "a:nope", "other:v1", "b:v1", "hangs:v1", "c:v1"];
    let expected = ["undecided", "pass", "undecided", "undecided", "fail", "pass", "undecided", "pass"];
    let list: String = names.iter().map(|name| place.reference(name) + "\n").collect();
    for jobs in ["1", "3", "64"] {
        let outcome = place.verify_list(&list, &["--timeout", "1", "--jobs", jobs, "--output", "json"]);
        assert_eq!(outcome.code, 1, "{} {}", outcome.out, outcome.err);
        let expected: Vec<_> =
            names.iter().zip(expected).map(|(name, verdict)| (place.reference(name), verdict.to_owned())).collect();
        assert_eq!(verdicts(&outcome), expected, "--jobs {jobs}");
    }
    let undecided: String = ["hangs:v1", "a:v1"].iter().map(|name| place.reference(name) + "\n").collect();
    let outcome = place.verify_list(&undecided, &["--timeout", "1"]);
    outcome.assert("undecided", 3, &["gap gap.timeout"]);
    assert_eq!(outcome.each("subjects", "verdict"), ["undecided", "pass"]);
    assert!(counts(&outcome, 2, [0, 1, 1]), "{}", outcome.out);
}

#[test]
fn after_the_first_failure_nothing_is_judged_if_so_wanted() {
    let place = serve(&complete().0, Options::default());
    place.registry.fault("/v2/bad/manifests/v1", usize::MAX, Response::new(200).body("{\"schemaVersion\":2}"));
    let list: String = ["a:v1", "bad:v1", "b:v1", "c:v1"].iter().map(|name| place.reference(name) + "\n").collect();
    let outcome = place.verify_list(&list, &["--fail-fast"]);
    outcome.assert("fail-fast", 1, &["undecided fail_fast.not_judged"]);
    assert!(counts(&outcome, 4, [1, 2, 1]), "{}", outcome.out);
    let outcome = place.verify_list(&list, &[]);
    outcome.assert("without", 1, &[]);
    assert!(counts(&outcome, 4, [1, 0, 3]), "{}", outcome.out);
    // What is undecided may yet be followed by a failure.
    let list: String = ["a:nope", "a:v1"].iter().map(|name| place.reference(name) + "\n").collect();
    let outcome = place.verify_list(&list, &["--fail-fast"]);
    outcome.assert("undecided", 3, &[]);
    assert!(counts(&outcome, 2, [0, 1, 1]), "{}", outcome.out);
}

#[test]
fn a_token_is_shared_within_a_repository_and_reaches_no_other() {
    let auth = Auth::Bearer { user: None, token: "t0ken" };
    let place = serve(&complete().0, Options { auth, ..Options::default() });
    let list: String =
        ["a:v1", "a:v1", "a:v1", "a:v1", "b:v1", "b:v1"].iter().map(|name| place.reference(name) + "\n").collect();
    let outcome = place.verify_list(&list, &["--output", "json"]);
    assert_eq!(outcome.code, 0, "{} {}", outcome.out, outcome.err);
    let asked = place.registry.paths().iter().filter(|path| path.starts_with("/token")).count();
    assert_eq!(asked, 2, "one for each repository: {:?}", place.registry.paths());
}

#[test]
fn documents_of_several_subjects_are_a_list() {
    let place = serve(&documented().0, Options::default());
    let list: String = ["a:v1", "a:nope", "b:v1"].iter().map(|name| place.reference(name) + "\n").collect();
    let outcome = place.verify_list(&list, &["--output", "input", "--output", "pinned=pinned.txt"]);
    assert_eq!(outcome.code, 1, "{}", outcome.err);
    let inputs: Value = serde_json::from_str(&outcome.out).unwrap();
    assert_eq!(inputs.as_array().unwrap().len(), 2);
    assert_eq!(std::fs::read_to_string(place.folder.path().join("pinned.txt")).unwrap(), "");
    ocigate(Path::new("."), &["verify", "--from", "x", "--pointer", "y"]).assert("both", 2, &["--from", "--pointer"]);
}
