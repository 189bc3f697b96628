//! Bad usage and configuration: exit 2, what was wrong, and a correct example.

use std::path::Path;

use serde_json::Value;

use crate::support::artifact::{Artifact, Layer};
use crate::support::documents::{complete, release};
use crate::support::gate::{Gate, ocigate};
use crate::support::rows;

#[test]
fn a_wrong_reference_stops_before_anything_runs() {
    let gate = Gate::on(&complete().0);
    let good = format!("oci-layout:{}:v1", gate.layout().display());
    for (reference, first_wrong) in [
        ("ubuntu:22.04", ""),
        // The first character of the digest that is none.
        ("registry.example.org/a@sha256:REPLACE_ME", "R"),
        ("registry.example.org/a", ""),
    ] {
        let outcome = ocigate(Path::new("."), &["verify", &good, reference]);
        outcome.assert(reference, 2, &[reference, "registry.example.org/team/layer:v1"]);
        assert!(first_wrong.is_empty() || rows::holds(&outcome.err, first_wrong), "{}", outcome.err);
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
    for (path, what) in [
        (gzip.as_path(), "gzip"),
        (text.as_path(), "tar"),
        (empty.as_path(), "oci-layout"),
        (Path::new("/nowhere"), "(os error 2)"),
    ] {
        let outcome = ocigate(Path::new("."), &["verify", &format!("oci-layout:{}", path.display())]);
        let path = path.display().to_string();
        outcome.assert(&path, 2, &[&path, what]);
    }
}

#[test]
fn one_name_with_two_digests_and_no_name_with_two_roots_are_refused() {
    let mut artifact = Artifact::default();
    let a = artifact.push("v1", vec![Layer("a", "text/plain", b"a".to_vec())], serde_json::json!({}));
    let b = artifact.push("v1", vec![Layer("b", "text/plain", b"b".to_vec())], serde_json::json!({}));
    let gate = Gate::on(&artifact).by_program();
    let layout = format!("oci-layout:{}", gate.layout().display());
    // Both are named, and a way to name one of them.
    let outcome = gate.run();
    outcome.assert("two digests", 2, &["v1", &a, &b]);
    assert!([&a, &b].iter().any(|one| outcome.err.contains(&format!("{layout}@{one}"))), "{}", outcome.err);
    ocigate(Path::new("."), &["verify", &layout]).assert("two roots", 2, &[&a, &b]);
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
    outcome.assert("private", 2, &["cosign.key", "cosign public-key"]);
    assert!(!outcome.err.contains("c2VjcmV0"), "{}", outcome.err);
    Gate::untrusting(&complete().0).with(&["--key", "awskms:///alias/x"]).run().assert(
        "kms",
        2,
        &["awskms:", "cosign public-key"],
    );
    Gate::untrusting(&complete().0).with(&["--key", "/nowhere.pub"]).run().assert(
        "absent",
        2,
        &["/nowhere.pub", "(os error 2)"],
    );
    let gate = Gate::untrusting(&complete().0);
    let first = gate.file("a.pub", release().public_pem().as_bytes());
    let second = gate.file("b.pub", release().public_pem().as_bytes());
    let (first, second) = (first.to_str().unwrap(), second.to_str().unwrap());
    let gate = gate.with(&["--key", first, "--key", second]);
    gate.run().assert("one key, two names", 2, &[first, second, "sha256:"]);
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
    let run = |text: &str| {
        let gate = Gate::untrusting(&complete().0);
        gate.file("release.pub", release().public_pem().as_bytes());
        gate.config(text).run()
    };
    let signer = |more: &str| format!("[[trust.signer]]\nname = \"alice\"\n{more}");
    let of = |repositories: &str| signer(&format!("key = \"release.pub\"\nrepositories = {repositories}\n"));
    let permitted = of("[\"registry.example.org/kfm/*\"]");
    for (text, named, mended) in [
        ("require_digset = true\n".to_owned(), &["require_digset"][..], "require_digest = true\n"),
        (signer(""), &["alice", "key", "identity"], &signer("key = \"release.pub\"\n")),
        (of("[]"), &["alice"], &permitted),
        (of("[\"**\"]"), &["alice", "\"**\"", "registry.example.org/team/*"], &permitted),
        (of("[\"**/*\"]"), &["alice", "**/*", "repositories"], &permitted),
        ("require_proven = [\"provenence\"]\n".to_owned(), &["provenence"], "require_proven = [\"provenance\"]\n"),
        (
            "signature_predicates = [\"\"]\n".to_owned(),
            &["signature_predicates"],
            "signature_predicates = [\"https://example.org/x\"]\n",
        ),
        ("[rules]\ndisable = [\"signatur\"]\n".to_owned(), &["signatur"], "[rules]\ndisable = [\"signature\"]\n"),
        ("= 1".to_owned(), &["ocigate.toml"], ""),
    ] {
        run(&text).assert(&text, 2, named);
        // It is this that is wrong, and nothing else.
        let mended = run(mended);
        assert_ne!(mended.code, 2, "{text}: {}", mended.err);
    }
}

#[test]
fn what_lies_in_a_registry_is_judged_as_what_it_is() {
    let arguments = ["verify", "--as", "registry.example.org/other/x", "registry.example.org/kfm/layers:v1"];
    ocigate(Path::new("."), &arguments).assert("--as", 2, &["--as"]);
}

#[test]
fn nothing_is_read_from_the_working_directory_unasked() {
    let gate = Gate::on(&complete().0).by_program();
    gate.file("ocigate.toml", b"[rules]\nwithout_core = true\n");
    let outcome = gate.run();
    outcome.assert("unused", 0, &["PASS", "note ocigate.toml + --config"]);
    let run = &outcome.report.as_ref().unwrap()["run"];
    assert_eq!(run["configuration"], Value::Null);
}

#[test]
fn the_configuration_and_every_relaxation_are_printed() {
    let (artifact, _) = complete();
    let gate = Gate::on(&artifact).config("[rules]\ndisable = [\"care\"]\n");
    let json = gate.layout().with_file_name("report.json");
    let argument = format!("json={}", json.display());
    let gate = gate.with(&["--output", "text", "--output", &argument]);
    let outcome = gate.run();
    outcome.assert("text", 0, &["PASS"]);
    let report: Value = serde_json::from_str(&std::fs::read_to_string(json).unwrap()).unwrap();
    let run = &report["run"];
    let digest = run["configuration"]["digest"].as_str().unwrap();
    assert!(rows::has_line(&outcome.out, "configuration", &["ocigate.toml", digest]), "{}", outcome.out);
    let relaxations = run["relaxations"].as_array().unwrap();
    let mut codes: Vec<&str> = relaxations.iter().map(|one| one["code"].as_str().unwrap()).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["relaxation.as", "relaxation.clock", "relaxation.disabled_rule"]);
    for relaxation in relaxations {
        let message = relaxation["message"].as_str().unwrap();
        let datum = match relaxation["code"].as_str().unwrap() {
            "relaxation.as" => "registry.example.org/kfm/layers",
            "relaxation.clock" => "--now",
            _ => "core.care",
        };
        assert!(message.contains(datum), "{relaxation}");
        assert!(rows::has_line(&outcome.out, "relaxed", &[message]), "{relaxation} in {}", outcome.out);
    }
}

#[test]
fn several_subjects_have_one_verdict() {
    let good = Gate::on(&complete().0);
    let bad = Gate::on(&crate::support::documents::documented().0);
    let key = good.layout().with_file_name("release.pub");
    let references = [&good, &bad].map(|gate| format!("oci-layout:{}:v1", gate.layout().display()));
    let arguments = ["verify", "--key", key.to_str().unwrap(), &references[0], &references[1]];
    for (case, arguments, code, each, label) in [
        ("good and bad", &arguments[..], 1, ["pass", "fail"], "FAIL"),
        ("undecided", &["verify", &references[0], &references[0]], 3, ["undecided", "undecided"], "UNDECIDED"),
    ] {
        let outcome = ocigate(Path::new("."), arguments);
        outcome.assert(case, code, if code == 1 { &["PASS  ", "fail signature.absent"] } else { &[] });
        assert_eq!(outcome.each("subjects", "verdict"), each, "{case}");
        assert_eq!(outcome.report.as_ref().unwrap()["verdict"], label.to_lowercase(), "{case}");
        // The line over all of them says how many there are.
        assert!(rows::has_line(&outcome.out, label, &["2"]), "{case}: {}", outcome.out);
    }
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
    Gate::on(&complete().0).with(&["-o", "json", "-o", "text"]).run().assert("two to stdout", 2, &["--output"]);
    Gate::on(&complete().0).with(&["-o", "json=/nowhere/x.json"]).run().assert(
        "no folder",
        2,
        &["/nowhere/x.json", "(os error 2)"],
    );
}

#[test]
fn a_report_that_cannot_be_written_is_no_pass() {
    let gate = Gate::on(&complete().0).with(&["--output", "json=/dev/full"]);
    gate.run().assert("device", 2, &["/dev/full", "(os error 28)"]);
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
