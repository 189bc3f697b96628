//! The bytes of a saved run: each is fixed, and nothing else is a capsule.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use ocigate::capsule::{Capsule, CapsuleError};
use ocigate::graph::LayerState;
use ocigate::limits::Limits;
use ocigate::oci::Digest;
use ocigate::source::capsule::archive;
use ocigate::source::{Access, Answers};
use serde_json::{Value, json};

use crate::support::artifact::Artifact;
use crate::support::documents::{REPOSITORY, bare, complete, release};
use crate::support::gate::{Gate, Outcome, ocigate};
use crate::support::rows;

/// A small capsule in a folder of its own.
fn saved() -> (Gate, PathBuf) {
    saved_of(&bare().0, 1)
}

fn saved_of(artifact: &Artifact, code: i32) -> (Gate, PathBuf) {
    let gate = Gate::on(artifact);
    let folder = gate.layout().parent().unwrap().to_owned();
    let arguments = ["save", "--key", "release.pub", "--as", REPOSITORY, "oci-layout:layout:v1", "-o", "case.oci.tar"];
    let outcome = ocigate(&folder, &arguments);
    let path = folder.join("case.oci.tar");
    let digest = open(&path).unwrap().digest().to_string();
    outcome.assert("saved", code, &["case.oci.tar", &digest]);
    (gate, path)
}

fn verify(path: &Path, more: &[&str]) -> Outcome {
    let arguments = ["verify", "--key", "release.pub", "--as", REPOSITORY, path.to_str().unwrap()];
    ocigate(path.parent().unwrap(), &[&arguments, more].concat())
}

fn open(path: &Path) -> Result<Capsule, CapsuleError> {
    Capsule::open(path, &Limits::default())
}

#[test]
fn one_changed_byte_is_refused_wherever_it_is() {
    let (_gate, path) = saved();
    let bytes = std::fs::read(&path).unwrap();
    let opened = open(&path).unwrap();
    assert_eq!(opened.record().subjects.len(), 1);
    let mut file = OpenOptions::new().write(true).open(&path).unwrap();
    let mut put = |at: usize, byte: u8| {
        file.seek(SeekFrom::Start(at as u64)).unwrap();
        file.write_all(&[byte]).unwrap();
    };
    for (at, byte) in bytes.iter().enumerate() {
        // One bit, then one that makes other letters of letters and digits of digits.
        for flip in [1, 0x20] {
            // All of what is no content, and of content a dense sample.
            let is_content = !(at % 512 != 0 && *byte == 0) && at % 5 != 0;
            if is_content && flip == 0x20 {
                continue;
            }
            put(at, byte ^ flip);
            assert!(open(&path).is_err(), "byte {at} of {}: {byte} may be {}", bytes.len(), byte ^ flip);
        }
        put(at, *byte);
    }
    open(&path).unwrap();
}

#[test]
fn a_changed_capsule_fails_in_every_format() {
    let (_gate, path) = saved();
    let bytes = std::fs::read(&path).unwrap();
    for at in [0, 100, 600, bytes.len() / 2, bytes.len() - 1] {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        std::fs::write(&path, changed).unwrap();
        let outcome = verify(&path, &["-o", "text", "-o", "json=report.json", "-o", "pinned=pinned.txt"]);
        let report = std::fs::read_to_string(path.with_file_name("report.json")).unwrap();
        let report: Value = serde_json::from_str(&report).unwrap();
        let findings = report["subjects"][0]["findings"].as_array().unwrap();
        let [finding] = &findings[..] else { panic!("{at}: {report:#}") };
        assert_eq!((&finding["code"], &finding["weight"]), (&json!("content.capsule_altered"), &json!("fail")));
        // The text says the same, and what to do.
        let text = |name: &str| finding[name].as_str().unwrap();
        outcome.assert(&at.to_string(), 1, &["FAIL  oci-layout:", text("message"), text("remedy").trim()]);
        assert_eq!((&report["verdict"], &report["pass"]), (&"fail".into(), &false.into()));
        assert_eq!(ocigate::schema::validate("report.v1", &report), vec![]);
        assert_eq!(std::fs::read_to_string(path.with_file_name("pinned.txt")).unwrap(), "");
        let trusting = ocigate(path.parent().unwrap(), &["verify", "--trust-from-capsule", path.to_str().unwrap()]);
        trusting.assert("trusting", 1, &["fail content.capsule_altered"]);
        ocigate(path.parent().unwrap(), &["diff", path.to_str().unwrap(), "report.json"]).assert(
            "diff",
            2,
            &["case.oci.tar"],
        );
    }
}

#[test]
fn every_length_but_its_own_is_refused() {
    let (_gate, path) = saved();
    let bytes = std::fs::read(&path).unwrap();
    // It opens with all of its bytes and no others: nothing but the length is wrong with the rest.
    open(&path).unwrap();
    for length in (0..bytes.len()).step_by(97).chain([bytes.len() - 512, bytes.len() - 1024]) {
        std::fs::write(&path, &bytes[..length]).unwrap();
        let error = open(&path).unwrap_err();
        assert!(matches!(error, CapsuleError::Altered(_)), "{length}: {error:?}");
    }
    for more in [&[0_u8][..], &[0; 512], &[0; 1024], b"x", &bytes] {
        std::fs::write(&path, [&bytes, more].concat()).unwrap();
        let error = open(&path).unwrap_err();
        assert!(matches!(error, CapsuleError::Altered(_)), "{} more: {error:?}", more.len());
    }
}

/// A tar with these entries, each a name, a type and bytes; links lead to `/etc/passwd`.
fn tar_of(path: &Path, entries: &[(&str, tar::EntryType, &[u8])]) {
    let mut builder = tar::Builder::new(File::create(path).unwrap());
    for (name, kind, bytes) in entries {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_entry_type(*kind);
        // As a hostile writer would: the library refuses some names.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        if kind.is_symlink() || kind.is_hard_link() {
            header.set_link_name("/etc/passwd").unwrap();
        }
        header.set_cksum();
        builder.append(&header, *bytes).unwrap();
    }
    builder.finish().unwrap();
}

#[test]
fn hostile_archives_are_refused() {
    use tar::EntryType::{Directory, Link, Regular, Symlink};
    let (_gate, path) = saved();
    let mut good = Vec::new();
    let mut archive = tar::Archive::new(File::open(&path).unwrap());
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        good.push((entry.path().unwrap().display().to_string(), bytes));
    }
    let entries = || good.iter().map(|(name, bytes)| (name.as_str(), Regular, bytes.as_slice())).collect::<Vec<_>>();
    tar_of(&path, &entries());
    open(&path).unwrap();
    let empty = Digest::sha256(b"");
    let unnamed = format!("blobs/sha256/{}", empty.hex());
    let mut with_unnamed = entries();
    with_unnamed.push((&unnamed, Regular, b""));
    with_unnamed.sort_by_key(|(name, ..)| name.to_string());
    let twice = |at: usize| {
        let mut entries = entries();
        entries.insert(at, entries[at]);
        entries
    };
    let with = |name: &'static str, kind, bytes: &'static [u8]| [&[(name, kind, bytes)], &entries()[..]].concat();
    let mut turned = entries();
    turned.reverse();
    let without = |at: usize| {
        let mut entries = entries();
        entries.remove(at);
        entries
    };
    let last = good.len() - 1;
    for (case, entries) in [
        ("a blob twice", twice(0)),
        ("the index twice", twice(last - 1)),
        ("another order", turned),
        ("a folder", with("blobs/", Directory, b"")),
        ("a symbolic link", with("blobs/sha256/x", Symlink, b"")),
        ("a hard link", with("blobs/sha256/x", Link, b"")),
        ("a way out", with("../x", Regular, b"x")),
        ("an absolute name", with("/etc/x", Regular, b"x")),
        ("a file of its own", with("README", Regular, b"x")),
        ("a blob under another name", with("blobs/sha256/../../x", Regular, b"x")),
        ("a blob that nothing names", with_unnamed),
        ("a blob less", without(0)),
        ("no index", without(last - 1)),
        ("no oci-layout", without(last)),
    ] {
        tar_of(&path, &entries);
        verify(&path, &[]).assert(case, 1, &["fail content.capsule_altered"]);
    }
}

#[test]
fn sizes_beyond_the_limits_are_refused_before_anything_is_kept() {
    use tar::EntryType::Regular;
    let (_gate, path) = saved();
    let large = vec![b' '; 4 * 1024 * 1024 + 1];
    tar_of(&path, &[("index.json", Regular, &large)]);
    verify(&path, &[]).assert("a large index", 2, &["4194304", "index.json"]);
    // A header that promises more than there is.
    let name = format!("blobs/sha256/{}", Digest::sha256(b"x").hex());
    tar_of(&path, &[(&name, Regular, b"x")]);
    let mut bytes = std::fs::read(&path).unwrap();
    let mut header = tar::Header::new_ustar();
    header.as_mut_bytes().copy_from_slice(&bytes[..512]);
    header.set_size(0o7_777_777_777);
    header.set_cksum();
    bytes[..512].copy_from_slice(header.as_bytes());
    std::fs::write(&path, bytes).unwrap();
    verify(&path, &[]).assert("a gibibyte that is not there", 1, &["fail content.capsule_altered"]);
}

/// JSON pointers of everything in a document that holds nothing else.
fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Array(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(index, item)| leaves(item, &format!("{at}/{index}"), found));
        }
        Value::Object(fields) if !fields.is_empty() => {
            fields.iter().for_each(|(key, field)| leaves(field, &format!("{at}/{key}"), found));
        }
        _ => found.push(at.to_owned()),
    }
}

#[test]
fn whatever_the_record_says_bytes_are_what_they_are_asked_by() {
    let (_gate, path) = saved_of(&complete().0, 0);
    let (mut blobs, record) = super::capsules::taken_apart(&path);
    blobs.insert(Digest::sha256(b"other"), b"other".to_vec());
    let (limits, runtime) =
        (Limits::default(), tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap());
    let mut pointers = Vec::new();
    leaves(&record, "", &mut pointers);
    assert!(pointers.len() > 60, "{pointers:?}");
    let other = json!(Digest::sha256(b"other").to_string());
    let (mut refused, mut walked) = (0, 0);
    for pointer in &pointers {
        for value in [
            json!(null),
            json!(-1),
            json!(u64::MAX),
            json!(""),
            json!("\u{1b}[31m"),
            other.clone(),
            json!(true),
            json!([]),
        ] {
            let mut changed = record.clone();
            *changed.pointer_mut(pointer).unwrap() = value;
            let text = changed.to_string();
            // Only what is still named is held: anything else is refused at once.
            let held = blobs.iter().filter(|(digest, _)| text.contains(&digest.to_string()));
            let held = held.map(|(digest, bytes)| (digest.clone(), bytes.clone())).collect();
            let mut bytes = Vec::new();
            archive::write(text.as_bytes(), &held, &limits, &mut bytes).unwrap();
            std::fs::write(&path, bytes).unwrap();
            let Ok(capsule) = open(&path) else {
                refused += 1;
                continue;
            };
            for subject in &capsule.record().subjects {
                let Ok(reference) = subject.reference.parse() else { continue };
                let answers = Answers::Replayed(capsule.replay(subject));
                let access = Access { answers, ..Access::default() };
                let Ok(graph) = runtime.block_on(ocigate::collect(&reference, None, &access, &limits)) else {
                    continue;
                };
                walked += 1;
                assert!(graph.subject.descriptor.digest.matches(&graph.subject.bytes), "{pointer}");
                assert!(graph.nodes.iter().all(|node| node.digest.matches(&node.bytes)), "{pointer}");
                for (digest, state) in &graph.layers {
                    let LayerState::Read(bytes) = state else { continue };
                    assert!(digest.matches(bytes), "{pointer}: {digest}");
                }
            }
        }
    }
    assert!(refused > 100 && walked > 100, "{refused} {walked}");
}

#[test]
fn other_files_are_no_capsules() {
    let (gate, path) = saved();
    // A layout's tar is one of any artifact, not of a saved run.
    let mut builder = tar::Builder::new(File::create(&path).unwrap());
    builder.append_dir_all(".", gate.layout()).unwrap();
    builder.finish().unwrap();
    verify(&path, &[]).assert("a layout", 1, &["fail content.capsule_altered"]);
    for bytes in [&b""[..], b"x", &[0; 1024], &[0xff; 4096], b"{\"version\": 1}"] {
        std::fs::write(&path, bytes).unwrap();
        verify(&path, &[]).assert("not a tar", 1, &["fail content.capsule_altered"]);
    }
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    verify(&path, &[]).assert("a folder", 1, &["fail content.capsule_altered"]);
}

#[test]
fn a_capsule_is_a_layout_that_other_tools_can_carry() {
    let gate = Gate::on(&complete().0);
    let folder = gate.layout().parent().unwrap().to_owned();
    let save = |name: &str| {
        let time = ["--now", "2026-11-24T00:00:00Z"];
        let arguments = ["save", "--key", "release.pub", "--as", REPOSITORY, "oci-layout:layout:v1", "-o", name];
        ocigate(&folder, &[&arguments[..], &time].concat()).assert(name, 0, &[name]);
        std::fs::read(folder.join(name)).unwrap()
    };
    // The same run at the same time gives the same bytes.
    assert_eq!(save("a.tar"), save("b.tar"));
    let digest = open(&folder.join("a.tar")).unwrap().digest().to_string();
    assert!(release().public_pem().starts_with("-----BEGIN PUBLIC KEY"));
    let resolved = ocigate(&folder, &["resolve", "oci-layout:a.tar"]);
    resolved.assert("as a layout", 0, &[&digest]);
    // The data layer is not in it.
    let data = crate::support::documents::data();
    let bytes = std::fs::read(folder.join("a.tar")).unwrap();
    assert!(!bytes.windows(data.len()).any(|window| window == data.as_slice()));
}

#[test]
fn the_readmes_example_does_what_it_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let section = readme.split("\n## Keeping a run\n").nth(1).unwrap();
    let block = section.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(root.join("fixtures"), folder.path().join("fixtures")).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_ocigate")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let run = |line: &str| {
        let mut shell = std::process::Command::new("sh");
        let output = shell.args(["-c", line]).current_dir(folder.path()).env("PATH", &path).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    let mut said = Vec::new();
    for line in block.lines() {
        said.push(run(line));
    }
    let codes: Vec<i32> = said.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, [0, 0, 0, 0, 1], "{said:#?}");
    assert!(said[0].1.contains("case.oci.tar sha256:") && rows::holds(&said[0].1, "pass"), "{}", said[0].1);
    // The rule that says it is that of bytes.
    assert!(rows::has_line(&said[4].1, "  FAIL  ocigate.content:", &[]), "{}", said[4].1);
}
