//! Bad usage and configuration: exit 2, what was wrong, and a correct example.

use std::path::Path;

use crate::support::artifact::{Artifact, Layer};
use crate::support::documents::{complete, release};
use crate::support::gate::{Gate, ocigate};

#[test]
fn a_wrong_reference_stops_before_anything_runs() {
    let gate = Gate::on(&complete().0);
    let good = format!("oci-layout:{}:v1", gate.layout().display());
    for (reference, reason) in [
        ("ubuntu:22.04", "names no registry host"),
        ("registry.example.org/a@sha256:REPLACE_ME", "its digest is malformed"),
        ("registry.example.org/a", "neither a tag nor a digest"),
    ] {
        let outcome = ocigate(Path::new("."), &["verify", &good, reference]);
        outcome.assert(reference, 2, &[reason, "registry.example.org/team/layer:v1"]);
        assert!(!outcome.out.contains("PASS") && !outcome.out.contains("UNDECIDED"), "{}", outcome.out);
    }
    ocigate(Path::new("."), &["verify"]).assert("no reference", 2, &["REFERENCE"]);
}

#[test]
fn a_layout_that_is_none_says_so() {
    let gate = Gate::on(&complete().0);
    let gzip = gate.file("layout.tar.gz", &[0x1f, 0x8b, 8, 0]);
    let text = gate.file("notes.txt", b"hello");
    let empty = gate.layout().with_file_name("empty");
    std::fs::create_dir(&empty).unwrap();
    for (path, reason) in [
        (gzip.as_path(), "compressed with gzip, expected a plain tar"),
        (text.as_path(), "neither a folder nor a tar"),
        (empty.as_path(), "has no file `oci-layout`"),
        (Path::new("/nowhere"), "cannot open the layout"),
    ] {
        let outcome = ocigate(Path::new("."), &["verify", &format!("oci-layout:{}", path.display())]);
        outcome.assert(&path.display().to_string(), 2, &[reason]);
    }
}

#[test]
fn one_name_with_two_digests_and_no_name_with_two_roots_are_refused() {
    let mut artifact = Artifact::default();
    artifact.push("v1", vec![Layer("a", "text/plain", b"a".to_vec())], serde_json::json!({}));
    artifact.push("v1", vec![Layer("b", "text/plain", b"b".to_vec())], serde_json::json!({}));
    Gate::on(&artifact).by_program().run().assert("two digests", 2, &["stands for 2 artifacts", "Name one of them"]);
    let gate = Gate::on(&artifact);
    let outcome = ocigate(Path::new("."), &["verify", &format!("oci-layout:{}", gate.layout().display())]);
    outcome.assert("two roots", 2, &["stands for 2 artifacts"]);
    Gate::on(&artifact).named("v2").run().assert("no such name", 3, &["gap gap.no_such_name", "v1"]);
}

#[test]
fn no_name_needs_exactly_one_root() {
    // Signatures under cosign's tags are no roots.
    let (mut artifact, subject) = complete();
    artifact.sign_legacy(&release(), &subject, &subject);
    let gate = Gate::on(&artifact);
    let key = gate.layout().with_file_name("release.pub");
    let reference = format!("oci-layout:{}", gate.layout().display());
    ocigate(Path::new("."), &["verify", "--key", key.to_str().unwrap(), &reference]).assert("one root", 0, &["PASS"]);
}

#[test]
fn bad_trust_material_is_refused_and_not_echoed() {
    let private =
        "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nc2VjcmV0\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n";
    let gate = Gate::untrusting(&complete().0);
    let path = gate.file("cosign.key", private.as_bytes());
    let outcome = gate.with(&["--key", path.to_str().unwrap()]).run();
    outcome.assert("private", 2, &["is a private key"]);
    assert!(!outcome.err.contains("c2VjcmV0"), "{}", outcome.err);
    Gate::untrusting(&complete().0).with(&["--key", "awskms:///alias/x"]).run().assert(
        "kms",
        2,
        &["unsupported", "cosign public-key"],
    );
    Gate::untrusting(&complete().0).with(&["--key", "/nowhere.pub"]).run().assert("absent", 2, &["cannot open"]);
    let gate = Gate::untrusting(&complete().0);
    let first = gate.file("a.pub", release().public_pem().as_bytes());
    let second = gate.file("b.pub", release().public_pem().as_bytes());
    let gate = gate.with(&["--key", first.to_str().unwrap(), "--key", second.to_str().unwrap()]);
    gate.run().assert("one key, two names", 2, &["have the same key"]);
}

/// What reads the log takes `::error` at the begin of a line for a command, and people take `PASS` for ours.
#[test]
fn no_argument_and_no_file_writes_lines_of_its_own() {
    const EVIL: &str = "x\n::error::PASS\r\u{1b}[2J\u{202e}";
    let gate = Gate::on(&complete().0);
    let file = |name: &str, text: &str| gate.file(name, text.as_bytes()).display().to_string();
    let config = file("evil.toml", "[rules]\ndisable = [\"x\\n::error::PASS\"]\n");
    let policy = file("evil.rego", "package main\ndeny contains \"x\" if {\n::error::PASS\n}\n");
    let list = file("evil.txt", "x ::error::PASS\u{1b}[2J\n");
    let good = format!("oci-layout:{}:v1", gate.layout().display());
    for arguments in [
        &["verify", EVIL][..],
        &["verify", "--key", EVIL, &good],
        &["verify", "--as", EVIL, &good],
        &["verify", "--output", EVIL, &good],
        &["verify", "--config", &config, &good],
        &["verify", "--policy", &policy, &good],
        &["verify", "--from", &list],
        &["verify", "--evidence", EVIL, &good],
        &["resolve", EVIL],
        &["diff", EVIL, EVIL],
        &["check-document", EVIL],
        &[EVIL],
    ] {
        let outcome = ocigate(Path::new("."), arguments);
        let said = format!("{}{}", outcome.out, outcome.err);
        assert_eq!(outcome.code, 2, "{arguments:?}: {said}");
        assert!(!said.contains(['\u{1b}', '\r', '\u{202e}']), "{arguments:?}: {said:?}");
        let forged = said.lines().find(|line| line.trim_start().starts_with("::"));
        assert_eq!(forged, None, "{arguments:?}: {said}");
    }
}

#[test]
fn a_wrong_configuration_says_where() {
    for (text, reason) in [
        ("require_digset = true\n", "require_digset"),
        ("[[trust.signer]]\nname = \"a\"\n", "expected either a `key` or an `identity`"),
        ("[[trust.signer]]\nname = \"a\"\nkey = \"release.pub\"\nrepositories = []\n", "has an empty list"),
        (
            "[[trust.signer]]\nname = \"a\"\nkey = \"release.pub\"\nrepositories = [\"**\"]\n",
            "expected a host and a repository",
        ),
        ("[[trust.signer]]\nname = \"a\"\nkey = \"release.pub\"\nrepositories = [\"**/*\"]\n", "matches everything"),
        ("require_proven = [\"provenence\"]\n", "found \"provenence\""),
        ("signature_predicates = [\"\"]\n", "expected a predicate type"),
        ("[rules]\ndisable = [\"signatur\"]\n", "signatur"),
        ("= 1", "ocigate.toml"),
    ] {
        let gate = Gate::untrusting(&complete().0);
        gate.file("release.pub", release().public_pem().as_bytes());
        gate.config(text).run().assert(text, 2, &[reason]);
    }
}

#[test]
fn what_lies_in_a_registry_is_judged_as_what_it_is() {
    let arguments = ["verify", "--as", "registry.example.org/other/x", "registry.example.org/kfm/layers:v1"];
    ocigate(Path::new("."), &arguments).assert("--as", 2, &["--as says which repository a layout stands for"]);
}

#[test]
fn nothing_is_read_from_the_working_directory_unasked() {
    let gate = Gate::on(&complete().0).by_program();
    gate.file("ocigate.toml", b"[rules]\nwithout_core = true\n");
    gate.run().assert("unused", 0, &["there is an ocigate.toml here, and it was not used", "configuration  none"]);
}

#[test]
fn the_configuration_and_every_relaxation_are_printed() {
    let (artifact, _) = complete();
    let gate = Gate::on(&artifact).config("[rules]\ndisable = [\"care\"]\n");
    let json = gate.layout().with_file_name("report.json");
    let argument = format!("json={}", json.display());
    let gate = gate.with(&["--output", "text", "--output", &argument]);
    let outcome = gate.run();
    let relaxations = [
        "layouts are judged as registry.example.org/kfm/layers (--as)",
        "the rule core.care is not evaluated",
        "the clock was set by hand (--now)",
    ];
    outcome.assert("text", 0, &relaxations);
    outcome.assert("configuration", 0, &["ocigate.toml sha256:"]);
    let report = std::fs::read_to_string(json).unwrap();
    for relaxation in relaxations {
        assert!(report.contains(relaxation), "{relaxation} in {report}");
    }
}

#[test]
fn several_subjects_have_one_verdict() {
    let good = Gate::on(&complete().0);
    let bad = Gate::on(&crate::support::documents::documented().0);
    let key = good.layout().with_file_name("release.pub");
    let references = [&good, &bad].map(|gate| format!("oci-layout:{}:v1", gate.layout().display()));
    let arguments = ["verify", "--key", key.to_str().unwrap(), &references[0], &references[1]];
    ocigate(Path::new("."), &arguments).assert(
        "good and bad",
        1,
        &["PASS  ", "fail signature.absent", "over 2 subjects"],
    );
    let arguments = ["verify", &references[0], &references[0]];
    ocigate(Path::new("."), &arguments).assert("undecided", 3, &["UNDECIDED  over 2 subjects"]);
}

#[test]
fn every_output_agrees_with_the_exit_code() {
    for (artifact, code, verdict) in [(complete().0, 0, "pass"), (crate::support::documents::documented().0, 1, "fail")]
    {
        let gate = Gate::on(&artifact).with(&["--output", "json"]);
        let outcome = gate.run();
        assert_eq!(outcome.code, code);
        let report: serde_json::Value = serde_json::from_str(&outcome.out).unwrap();
        assert_eq!(report["verdict"], verdict);
        assert_eq!(report["pass"], code == 0);
        assert_eq!(report["subjects"][0]["verdict"], verdict);
        let pinned = Gate::on(&artifact).with(&["--output", "pinned"]).run();
        assert_eq!(pinned.out.contains("@sha256:"), code == 0, "{}", pinned.out);
    }
    Gate::on(&complete().0).with(&["-o", "json", "-o", "text"]).run().assert(
        "two to stdout",
        2,
        &["give all but one a file"],
    );
    Gate::on(&complete().0).with(&["-o", "json=/nowhere/x.json"]).run().assert("no folder", 2, &["cannot write"]);
}

#[test]
fn a_report_that_cannot_be_written_is_no_pass() {
    let gate = Gate::on(&complete().0).with(&["--output", "json=/dev/full"]);
    gate.run().assert("device", 2, &["cannot write /dev/full"]);
    // A pipe is written to and stays one.
    let gate = Gate::on(&complete().0).with(&["--output", "pinned=/dev/stdout"]);
    gate.run().assert("pipe", 0, &["@sha256:"]);
    let key = gate.layout().with_file_name("release.pub");
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_ocigate"))
        .args(["verify", "--key", key.to_str().unwrap(), &format!("oci-layout:{}:v1", gate.layout().display())])
        .stdout(full)
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(2));
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let gate = Gate::on(&complete().0).with(&["--output", "json"]);
    assert_eq!(gate.run().out, gate.run().out);
}

#[test]
fn untrusted_text_reaches_no_terminal_unescaped() {
    let mut artifact = Artifact::default();
    let evil = "\u{1b}]52;c;ZXZpbA\u{7}\u{202e}\nPASS";
    artifact.push(
        "v1",
        vec![Layer("a", "text/plain", b"a".to_vec())],
        serde_json::json!({
            "org.opencontainers.image.licenses": evil, "kfm:sensitivity": evil,
        }),
    );
    for format in ["text", "json", "input"] {
        let outcome = Gate::on(&artifact).with(&["--output", format]).run();
        assert_eq!(outcome.code, 1, "{format}");
        assert!(!outcome.out.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{format}: {}", outcome.out);
        assert!(!outcome.out.lines().any(|line| line.starts_with("PASS")), "{format}: {}", outcome.out);
    }
}
