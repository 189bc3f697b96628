//! Saved runs: judged again to the same report, inert in what they carry of trust, and never a way to a pass.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use ocigate::capsule::{Capsule, CapsuleError, Record, Recorder};
use ocigate::graph::ReferrerGraph;
use ocigate::limits::Limits;
use ocigate::oci::Digest;
use ocigate::source::capsule::archive;
use ocigate::source::{Access, Answers};
use serde_json::{Value, json};

use crate::support::artifact::{Artifact, BUNDLE, INDEX, Key, MANIFEST, digest, pretty};
use crate::support::documents::{
    METADATA, PROVENANCE, REPOSITORY, SPDX, complete, data_digest, documented, metadata_layers, provenance_layers,
    publish, release, spdx, stranger,
};
use crate::support::gate::{Outcome, ocigate};
use crate::support::registry::{Auth, Options, Registry, Response};
use crate::support::rows;

/// A folder with a layout, keys, and a registry that serves the layout under every repository name.
struct Place {
    registry: Registry,
    folder: tempfile::TempDir,
}

impl Place {
    fn of(artifact: &Artifact, options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        artifact.write(&folder.path().join("layout"));
        let registry = Registry::start(options);
        registry.fill(&folder.path().join("layout"));
        let place = Place { registry, folder };
        place.file("release.pub", release().public_pem().as_bytes());
        place.file("stranger.pub", stranger().public_pem().as_bytes());
        place
    }

    fn file(&self, name: &str, bytes: &[u8]) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Outcome {
        ocigate(self.folder.path(), arguments)
    }

    fn reference(&self, rest: &str) -> String {
        format!("{}/{rest}", self.registry.host())
    }

    fn repository(&self) -> String {
        self.reference("kfm/layers")
    }

    /// The digest of what was saved.
    fn digest(&self) -> String {
        let capsule = Capsule::open(&self.folder.path().join("case.oci.tar"), &Limits::default()).unwrap();
        capsule.digest().to_string()
    }

    /// Asserts that it is said what was saved, and with which verdict.
    #[track_caller]
    fn assert_saved(&self, outcome: &Outcome, case: &str, code: i32, verdict: &str) {
        outcome.assert(case, code, &["case.oci.tar", &self.digest()]);
        assert!(rows::holds(&outcome.err, verdict), "{case}: {}", outcome.err);
        let report: Value = serde_json::from_str(&self.text("saved.json")).unwrap();
        assert_eq!(report["verdict"], verdict, "{case}");
    }

    /// Saves with both reports, `saved.json` and `saved.txt`.
    fn save(&self, arguments: &[&str]) -> Outcome {
        let _ = std::fs::remove_file(self.folder.path().join("case.oci.tar"));
        let reports = ["save", "-o", "case.oci.tar", "--report", "json=saved.json", "--report", "text=saved.txt"];
        self.run(&[&reports, arguments].concat())
    }

    /// Judges what was saved again, and asserts that the report is the same but for the marked facts.
    fn assert_same(&self, case: &str, code: i32, arguments: &[&str]) -> Value {
        let replay = ["verify", "case.oci.tar", "-o", "json=again.json", "-o", "text=again.txt"];
        let saved = self.text("saved.json");
        let report: Value = serde_json::from_str(&saved).unwrap();
        // By the auditor's own word it is judged as of the same time if that is said.
        let now = ["--now", report["run"]["now"].as_str().unwrap()];
        let is_said = arguments.iter().any(|argument| ["--now", "--trust-from-capsule"].contains(argument));
        let more = if is_said { &[][..] } else { &now };
        let outcome = self.run(&[&replay, arguments, more].concat());
        outcome.assert(case, code, &[]);
        let again = self.text("again.json");
        let again_value: Value = serde_json::from_str(&again).unwrap();
        assert!(again_value["run"]["capsule"]["digest"].is_string(), "{case}: {again}");
        assert_eq!(unmarked(&saved), unmarked(&again), "{case}");
        let text = |name: &str, report: &Value| unmarked_text(&self.text(name), report);
        assert_eq!(text("saved.txt", &report), text("again.txt", &again_value), "{case}");
        again_value
    }
}

/// A report without the facts that its schema marks.
fn unmarked(report: &str) -> String {
    let mut report: Value = serde_json::from_str(report).unwrap();
    let run = report["run"].as_object_mut().unwrap();
    run.remove("capsule");
    let of_capsule = |entry: &Value| entry["code"].as_str().unwrap().starts_with("capsule.");
    run["relaxations"].as_array_mut().unwrap().retain(|entry| !of_capsule(entry));
    for subject in report["subjects"].as_array_mut().unwrap() {
        subject.as_object_mut().unwrap().remove("requests").unwrap();
        subject.as_object_mut().unwrap().remove("bytes").unwrap();
        subject.as_object_mut().unwrap().remove("cached").unwrap();
    }
    serde_json::to_string_pretty(&report).unwrap()
}

/// A text without what is marked in the report for programs of the same run.
fn unmarked_text(text: &str, report: &Value) -> String {
    let list = |part: &Value| part.as_array().unwrap().clone();
    let relaxations = list(&report["run"]["relaxations"]);
    let of_capsule: Vec<&str> = relaxations
        .iter()
        .filter(|entry| entry["code"].as_str().unwrap().starts_with("capsule."))
        .map(|entry| entry["message"].as_str().unwrap())
        .collect();
    // What each subject cost: the only line that holds these numbers and no others.
    let number = |value: &Value| value.as_u64().filter(|number| *number > 0);
    let costs: Vec<Vec<u64>> = list(&report["subjects"])
        .iter()
        .map(|subject| {
            let cost = [subject["requests"].as_u64(), subject["bytes"].as_u64(), number(&subject["cached"])];
            cost.into_iter().flatten().collect()
        })
        .collect();
    let numbers = |line: &str| -> Vec<u64> {
        line.split_whitespace().filter_map(|word| word.trim_matches(',').parse().ok()).collect()
    };
    let marked = |line: &&str| {
        line.starts_with("capsule  ")
            || line.starts_with("differs  ")
            || (line.starts_with("relaxed  ") && of_capsule.iter().any(|message| line.ends_with(message)))
            || costs.contains(&numbers(line))
    };
    text.lines().filter(|line| !marked(line)).map(|line| format!("{line}\n")).collect()
}

fn full() -> (Artifact, String) {
    let (mut artifact, subject) = complete();
    artifact.attest(&release(), &subject, SPDX, spdx(&data_digest()));
    (artifact, subject)
}

/// The blobs of a capsule, its record among them, and which that is.
pub fn taken_apart(path: &Path) -> (BTreeMap<Digest, Vec<u8>>, Value) {
    let (mut blobs, mut index) = (BTreeMap::new(), Value::Null);
    let mut tar = tar::Archive::new(std::fs::File::open(path).unwrap());
    for entry in tar.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        if name.starts_with("blobs/") {
            blobs.insert(Digest::sha256(&bytes), bytes);
        } else if name == "index.json" {
            index = serde_json::from_slice(&bytes).unwrap();
        }
    }
    let mut take = |digest: &Value| -> Value {
        let bytes = blobs.remove(&digest.as_str().unwrap().parse().unwrap()).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    };
    let manifest = take(&index["manifests"][0]["digest"]);
    let record = take(&manifest["config"]["digest"]);
    (blobs, record)
}

/// Puts a capsule together that is intact, and says something else than what was saved.
fn forge(path: &Path, change: impl FnOnce(&mut BTreeMap<Digest, Vec<u8>>, &mut Value)) {
    let (mut blobs, mut record) = taken_apart(path);
    change(&mut blobs, &mut record);
    let mut bytes = Vec::new();
    archive::write(record.to_string().as_bytes(), &blobs, &Limits::default(), &mut bytes).unwrap();
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_layouts_run_is_judged_again_to_the_same_report() {
    let (artifact, subject) = full();
    let place = Place::of(&artifact, Options::default());
    place.file("policy/team.rego", b"package team.x\ndeny contains \"no\" if input.subject.digest == \"x\"\n");
    place.file("settings.json", b"{\"config\": {\"licence\": {\"allowed\": [\"CC-BY-4.0\"]}}}");
    place.file("empty.toml", b"fail_on_warn = false\n");
    let pinned = format!("oci-layout:layout@{subject}");
    let configuration = "policies = [\"policy\"]\ndata = [\"settings.json\"]\nrequire_proven = [\"sbom\"]\n\
        [[trust.signer]]\nname = \"release\"\nkey = \"release.pub\"\nrepositories = [\"registry.example.org/kfm/*\"]\n";
    place.file("ocigate.toml", configuration.as_bytes());
    let by_flags = ["--key", "release.pub", "--as", REPOSITORY];
    let more = ["--policy", "policy", "--data", "settings.json", "--disable", "care", "--now", "2026-11-24T00:00:00Z"];
    for (case, code, arguments) in [
        ("by flags", 0, [&by_flags[..], &["oci-layout:layout:v1"]].concat()),
        ("with policies", 0, [&by_flags[..], &more, &[&pinned]].concat()),
        ("configured", 0, vec!["--config", "ocigate.toml", "--as", REPOSITORY, "oci-layout:layout:v1"]),
        ("no repository", 3, vec!["--config", "ocigate.toml", "oci-layout:layout:v1"]),
        ("no key", 3, vec!["--as", REPOSITORY, "oci-layout:layout:v1"]),
        ("another key", 1, vec!["--key", "stranger.pub", "--as", REPOSITORY, "oci-layout:layout:v1"]),
        ("demanding", 1, [&by_flags[..], &["--require-digest", "--fail-on-warn", "oci-layout:layout:v1"]].concat()),
        ("no such name", 3, [&by_flags[..], &["oci-layout:layout:v9"]].concat()),
    ] {
        place.save(&arguments).assert(case, code, &[]);
        // The layout is not needed any more, nor is anything else: another machine has not got it.
        let elsewhere = place.folder.path().join("gone");
        std::fs::rename(place.folder.path().join("layout"), &elsewhere).unwrap();
        let trusting = place.assert_same(case, code, &["--trust-from-capsule"]);
        assert_eq!(trusting["run"]["capsule"]["trust_from_capsule"], true, "{case}");
        let own: Vec<&str> = arguments[..arguments.len() - 1].to_vec();
        let own = place.assert_same(case, code, &own);
        assert_eq!(own["run"]["capsule"]["differences"], json!([]), "{case}");
        std::fs::rename(elsewhere, place.folder.path().join("layout")).unwrap();
    }
}

#[test]
fn a_registrys_run_is_judged_again_without_the_registry() {
    let (artifact, subject) = full();
    let auth = Auth::Bearer { user: None, token: "t0ken" };
    let mut place = Place::of(&artifact, Options { auth, ..Options::default() });
    place.registry.write_fallback_tag(&subject.parse().unwrap());
    let tag = place.reference("kfm/layers:v1");
    let moved = format!("{}@{subject}", place.reference("kfm/layers:other"));
    let other = format!("{{\"schemaVersion\":2,\"mediaType\":\"{MANIFEST}\",\"config\":{{}},\"layers\":[]}}");
    place.registry.put_manifest(Some("other"), other.as_bytes(), MANIFEST);
    place.file(
        "limited.toml",
        format!("[[trust.signer]]\nname = \"r\"\nkey = \"release.pub\"\nrepositories = [\"{}\"]\n", place.repository())
            .as_bytes(),
    );
    let saved = place.save(&["--config", "limited.toml", &tag, &moved]);
    place.assert_saved(&saved, "save", 0, "pass");
    place.registry.stop();
    let repository = place.repository();
    place.assert_same("trusting", 0, &["--trust-from-capsule"]);
    let own = place.assert_same("own", 0, &["--config", "limited.toml", "--as", &repository]);
    assert_eq!(own["subjects"][0]["requests"], 0);
    assert_eq!(own["subjects"][1]["pinned"], format!("{repository}@{subject}"));
    // Which repository it is, is the capsule's word: it does not decide who may sign.
    let inert = place.run(&["verify", "--config", "limited.toml", "case.oci.tar"]);
    inert.assert("no --as", 3, &[&format!("differs here=null + capsule={repository}")]);
    let report = inert.report.unwrap();
    assert_eq!(
        (&report["subjects"][0]["repository"], &report["subjects"][0]["pinned"]),
        (&Value::Null, &json!(subject))
    );
    let wrong = place.run(&[
        "verify",
        "--config",
        "limited.toml",
        "--as",
        &repository,
        "--as",
        "registry.example.org/x",
        "case.oci.tar",
    ]);
    wrong.assert("another repository", 2, &["registry.example.org/x"]);
}

#[test]
fn a_run_whose_registry_died_is_the_same_again_and_never_a_pass() {
    let (artifact, _) = full();
    let place = Place::of(&artifact, Options::default());
    let reference = place.reference("kfm/layers:v1");
    let needed = 19;
    let mut undecided = 0;
    for answers in 0..=needed {
        place.registry.stop_after(answers);
        let saved = place.save(&["--key", "release.pub", "--timeout", "5", &reference]);
        let case = format!("{answers} answers: {}", saved.out);
        let report: Value = serde_json::from_str(&place.text("saved.json")).unwrap();
        if answers < needed {
            assert_ne!(saved.code, 0, "{case}");
            let gaps = report["subjects"][0]["gaps"].as_array().unwrap();
            assert!(!gaps.is_empty(), "{case}");
            undecided += usize::from(saved.code == 3);
        } else {
            assert_eq!(saved.code, 0, "{case}");
        }
        place.assert_same(&case, saved.code, &["--trust-from-capsule"]);
        if answers % 5 == 4 {
            place.assert_same(&case, saved.code, &["--key", "release.pub", "--as", &place.repository()]);
        }
    }
    assert_eq!(undecided, needed, "a registry that dies leaves it undecided");
}

#[test]
fn many_subjects_children_pointers_and_files_are_saved_too() {
    let (mut artifact, subject) = full();
    let mut entry = artifact.descriptor(&subject);
    entry["platform"] = json!({"os": "linux", "architecture": "amd64"});
    let multi = artifact.manifest(&json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [entry]}));
    let inner = digest(&multi);
    artifact.list(multi, Some("multi"));
    let mut nested = artifact.descriptor(&inner);
    nested["mediaType"] = json!(INDEX);
    let nested = artifact.manifest(&json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [nested]}));
    artifact.list(nested, Some("nested"));
    let place = Place::of(&artifact, Options::default());
    let pointer = json!({"distribution": {"oci": {"subject": format!("oci://{}@{subject}", place.repository())}}});
    place.file("p.json", &pretty(&pointer));
    place.file("note.json", &pretty(&crate::support::documents::stac("public")));
    let list = format!(
        "{}\n{{\"reference\": \"oci-layout:layout:v1\", \"as\": \"{REPOSITORY}\", \"require_digest\": true}}\n{}\n{}\n",
        place.reference("kfm/layers:v1"),
        place.reference("kfm/layers:nope"),
        place.reference("kfm/layers:v1"),
    );
    place.file("list.txt", list.as_bytes());
    let tag = place.reference("kfm/layers:v1");
    let key = ["--key", "release.pub"];
    let bound = format!("{REPOSITORY}=layout");
    for (case, code, arguments) in [
        ("a list", 1, vec!["--from", "list.txt", "--as", &bound]),
        ("a list that ends early", 1, vec!["--from", "list.txt", "--as", &bound, "--fail-fast", "--jobs", "1"]),
        ("children of an index", 0, vec!["--platform", "all", "--as", REPOSITORY, "oci-layout:layout:multi"]),
        ("no such child", 1, vec!["--platform", "linux/s390x", "--as", REPOSITORY, "oci-layout:layout:multi"]),
        ("an index in an index", 1, vec!["--as", REPOSITORY, "oci-layout:layout:nested"]),
        ("a pointer alone", 0, vec!["--pointer", "p.json", "--repository", &place.repository()]),
        ("a pointer beside", 0, vec!["--pointer", "p.json", &tag]),
        ("a pointer to elsewhere", 1, vec!["--pointer", "p.json", "--repository", "registry.example.org/other"]),
        ("a file", 0, vec!["--evidence", "note.json", &tag]),
    ] {
        let saved = place.save(&[&key[..], &arguments].concat());
        place.assert_saved(&saved, case, code, if code == 0 { "pass" } else { "fail" });
        for name in ["p.json", "note.json", "list.txt", "layout"] {
            std::fs::rename(place.folder.path().join(name), place.folder.path().join(format!("{name}.gone"))).unwrap();
        }
        place.assert_same(case, code, &["--trust-from-capsule"]);
        for name in ["p.json", "note.json", "list.txt", "layout"] {
            std::fs::rename(place.folder.path().join(format!("{name}.gone")), place.folder.path().join(name)).unwrap();
        }
    }
    place.save(&["--key", "release.pub", "--pointer", "p.json", "--repository", &place.repository()]).assert(
        "p",
        0,
        &[],
    );
    let alone = place.run(&["verify", "--key", "release.pub", "case.oci.tar"]);
    alone.assert("a pointer does not choose", 2, &["--as", "`[pointer] repositories`"]);
    place.assert_same("own", 0, &["--key", "release.pub", "--as", &place.repository()]);
}

#[test]
fn several_repositories_are_each_named() {
    let (artifact, _) = full();
    let place = Place::of(&artifact, Options::default());
    let (a, b) = (place.reference("kfm/a"), place.reference("kfm/b"));
    let signer = |name: &str, key: &str, repository: &str| {
        format!("[[trust.signer]]\nname = \"{name}\"\nkey = \"{key}\"\nrepositories = [\"{repository}\"]\n")
    };
    // The signer of one may not sign in the other.
    place.file("limited.toml", (signer("a", "release.pub", &a) + &signer("b", "stranger.pub", &b)).as_bytes());
    let (tag_a, tag_b) = (format!("{a}:v1"), format!("{b}:v1"));
    let saved = place.save(&["--config", "limited.toml", &tag_a, &tag_b]);
    place.assert_saved(&saved, "saved", 1, "fail");
    let both = ["--config", "limited.toml", "--as", &a, "--as", &b];
    place.assert_same("both", 1, &both);
    let one = place.run(&["verify", "--config", "limited.toml", "--as", &a, "case.oci.tar"]);
    assert_eq!(one.each("subjects", "verdict"), ["pass", "undecided"]);
    one.assert("one", 3, &[&format!("differs here={a} + capsule={b}")]);
    assert!(rows::has_line(&one.out, "differs", &[&a, &b]), "{}", one.out);
    let none = place.run(&["verify", "--config", "limited.toml", "case.oci.tar"]);
    assert_eq!(none.each("subjects", "verdict"), ["undecided", "undecided"]);
    none.assert("none", 3, &[&format!("differs here=null + capsule={a}, {b}")]);
    let layout = place.run(&["verify", "--as", &a, "--as", &b, "oci-layout:layout:v1"]);
    layout.assert("a layout", 2, &["--as HOST/REPOSITORY=PATH"]);
}

#[test]
fn evidence_of_other_repositories_is_saved_and_read_where_it_is_wanted() {
    let (artifact, _) = full();
    let place = Place::of(&artifact, Options::default());
    let (tag, elsewhere) = (place.reference("kfm/layers:v1"), place.reference("kfm/signatures"));
    let key = ["--key", "release.pub"];
    place.registry.fault("/kfm/signatures/referrers/", usize::MAX, Response::new(503));
    place.save(&[&key[..], &["--evidence-from", &elsewhere, &tag]].concat()).assert("saved", 3, &[]);
    let mut place = place;
    place.registry.stop();
    place.assert_same("trusting", 3, &["--trust-from-capsule"]);
    let repository = place.repository();
    let own = [&key[..], &["--as", &repository]].concat();
    place.assert_same("own", 3, &[&own[..], &["--evidence-from", &elsewhere]].concat());
    let verify = |more: &[&str]| place.run(&[&["verify", "case.oci.tar"], &own[..], more].concat());
    let outcome = verify(&[]);
    outcome.assert("not wanted", 0, &["PASS", &format!("differs here=null + capsule={elsewhere}")]);
    let other = place.reference("kfm/others");
    let outcome = verify(&["--evidence-from", &other]);
    outcome.assert("not asked", 3, &["gap gap.not_kept", &format!("differs here={other} + capsule={elsewhere}")]);
}

#[test]
fn what_a_capsule_carries_of_trust_decides_nothing_by_itself() {
    let (mut artifact, subject) = documented();
    artifact.sign(&stranger(), &subject);
    let place = Place::of(&artifact, Options::default());
    place.file(
        "loose.toml",
        b"[rules]\ndisable = [\"provenance\"]\n[[trust.signer]]\nname = \"me\"\nkey = \"stranger.pub\"\n",
    );
    let saved = ["--config", "loose.toml", "--as", REPOSITORY, "oci-layout:layout:v1"];
    let saved = place.save(&saved);
    place.assert_saved(&saved, "by their own trust it passes", 0, "pass");
    let file = |name: &str| Digest::sha256(place.text(name).as_bytes()).to_string();
    let (configuration, theirs, mine) = (file("loose.toml"), file("stranger.pub"), file("release.pub"));
    let verify = |more: &[&str]| place.run(&[&["verify", "case.oci.tar"], more].concat());
    let outcome = verify(&[]);
    outcome.assert("nothing is trusted", 3, &["UNDECIDED", "undecided signature.unchecked"]);
    assert_eq!(outcome.report.as_ref().unwrap()["run"]["signers"], json!([]));
    outcome.assert("nothing is trusted", 3, &[&format!("differs here=null + capsule={configuration}")]);
    let own = ["--key", "release.pub", "--as", REPOSITORY];
    let outcome = verify(&own);
    outcome.assert(
        "the auditor's own trust",
        1,
        &[
            "fail signature.absent",
            "passed provenance",
            &format!("differs here=null + capsule={configuration}"),
            &format!("differs here={mine} + capsule={theirs}"),
        ],
    );
    let outcome = verify(&["--trust-from-capsule"]);
    let (trust, time) = ("relaxed capsule.trust", "relaxed capsule.time");
    outcome.assert(
        "only if so wanted",
        0,
        &[
            "PASS",
            time,
            "relaxed capsule.word",
            &format!("{trust} --trust-from-capsule"),
            "relaxed relaxation.disabled_rule core.provenance",
        ],
    );
    // The text says what the report for programs does.
    for relaxation in outcome.report.as_ref().unwrap()["run"]["relaxations"].as_array().unwrap() {
        let message = relaxation["message"].as_str().unwrap();
        assert!(rows::has_line(&outcome.out, "relaxed", &[message]), "{message}: {}", outcome.out);
    }
    // Nor do its demands: they are not the auditor's, who is told.
    place.save(&["--key", "stranger.pub", "--as", REPOSITORY, "--require-digest", "oci-layout:layout:v1"]).assert(
        "d",
        1,
        &[],
    );
    let demands = verify(&["--key", "stranger.pub", "--as", REPOSITORY]);
    demands.assert("demands", 0, &["PASS", "differs here=null + capsule=--require-digest"]);
}

#[test]
fn a_forged_capsule_is_no_way_to_a_pass() {
    let (mut artifact, subject) = full();
    let unsigned = artifact.push("v2", vec![], json!({}));
    let place = Place::of(&artifact, Options::default());
    let path = place.folder.path().join("case.oci.tar");
    let pinned = format!("{}@{subject}", place.repository());
    let own = ["--key", "release.pub", "--as", &place.repository()];
    let verify = |more: &[&str]| place.run(&[&["verify", "case.oci.tar"], &own[..], more].concat());

    place.save(&["--key", "release.pub", &pinned]).assert("saved", 0, &[]);
    let saved = std::fs::read(&path).unwrap();
    let restore = || std::fs::write(&path, &saved).unwrap();
    verify(&[]).assert("as saved", 0, &[]);
    forge(&path, |_, record| {
        let name = format!("{}@{unsigned}", place.repository());
        record["subjects"][0]["reference"] = json!(name);
        record["subjects"][0]["answers"][0]["source"] = json!(name);
    });
    let outcome = verify(&[]);
    outcome.assert("another artifact under a digest", 1, &[&format!("fail content.corrupt {subject} + {unsigned}")]);

    // Without an answer there is a gap, whatever was asked.
    restore();
    let exchanges = taken_apart(&path).1["subjects"][0]["answers"][0]["exchanges"].as_array().unwrap().len();
    assert!(exchanges > 15, "{exchanges}");
    for left_out in 0..exchanges {
        restore();
        let mut question = Value::Null;
        forge(&path, |blobs, record| {
            let asked = record["subjects"][0]["answers"][0]["exchanges"].as_array_mut().unwrap();
            question = asked.remove(left_out);
            let still = record.to_string();
            let is_named = |digest: &Digest| {
                let of_file =
                    record["files"].as_array().unwrap().iter().any(|file| file["digest"] == json!(digest.to_string()));
                of_file || ["content", "bytes"].iter().any(|key| still.contains(&format!("\"{key}\":\"{digest}\"")))
            };
            blobs.retain(|digest, _| is_named(digest));
        });
        verify(&[]).assert(&format!("without {question}"), 3, &["gap gap.not_kept"]);
    }

    // Other bytes in place of a document: its digest is the question.
    restore();
    forge(&path, |blobs, record| {
        let (old, _) = blobs.iter().find(|(_, bytes)| bytes.starts_with(b"{\n  \"@context\"")).unwrap();
        let old = old.clone();
        let other = b"{}".to_vec();
        let text = record
            .to_string()
            .replace(&format!("{{\"content\":\"{old}\"}}"), &format!("{{\"content\":\"{}\"}}", Digest::sha256(&other)));
        *record = serde_json::from_str(&text).unwrap();
        blobs.remove(&old);
        blobs.insert(Digest::sha256(&other), other);
    });
    verify(&[]).assert("other bytes for a digest", 3, &["undecided provenance.absent"]);

    for (case, pointer, value, code, reason) in [
        ("no subject", "/subjects", json!([]), 1, "fail content.capsule_altered"),
        ("a field more", "/subjects/0/approved", json!(true), 1, "fail content.capsule_altered"),
        ("another version", "/version", json!(2), 2, "case.oci.tar"),
        ("no version", "/version", json!("one"), 1, "fail content.capsule_altered"),
        ("a reference that is none", "/subjects/0/reference", json!("none-at-all"), 2, "\"none-at-all\""),
        ("a pointer more", "/asked/pointers", json!(["a", "b"]), 1, "fail content.capsule_altered"),
        ("a file that it does not hold", "/files/0/digest", json!(data_digest()), 1, "fail content.capsule_altered"),
        ("a key that it does not carry", "/asked/keys", json!(["other.pub"]), 0, ""),
    ] {
        restore();
        forge(&path, |_, record| match record.pointer_mut(pointer) {
            Some(old) => *old = value,
            None => record["subjects"][0]["approved"] = value,
        });
        let outcome = verify(&[]);
        outcome.assert(case, code, &[reason]);
        if let Err(CapsuleError::Version(version)) = Capsule::open(&path, &Limits::default()) {
            assert!(version == 2 && rows::holds(&outcome.err, "2"), "{case}: {}", outcome.err);
        } else {
            assert_ne!(case, "another version");
        }
    }
    let trusting = place.run(&["verify", "case.oci.tar", "--trust-from-capsule"]);
    trusting.assert("a key that it does not carry", 2, &["other.pub"]);
}

/// One blob that is named as many files takes the memory of many.
#[test]
fn the_files_of_a_capsule_are_bounded_together() {
    let (artifact, _) = full();
    let place = Place::of(&artifact, Options::default());
    let path = place.folder.path().join("case.oci.tar");
    let (own, layout) = (["--key", "release.pub", "--as", REPOSITORY], "oci-layout:layout:v1");
    let verify = || place.run(&[&["verify", "case.oci.tar"], &own[..]].concat());
    place.save(&[&own[..], &[layout]].concat()).assert("saved", 0, &[]);
    verify().assert("as saved", 0, &[]);
    forge(&path, |_, record| {
        for number in 0..4 {
            let mut file = record["files"][0].clone();
            file["path"] = json!(format!("{number}.pub"));
            record["files"].as_array_mut().unwrap().push(file);
        }
    });
    verify().assert("five small ones", 0, &[]);
    let capsule = Capsule::open(&path, &Limits::default()).unwrap();
    let size = capsule.files(&Limits::default()).unwrap().iter().map(|file| file.bytes.len() as u64).sum();
    let of = |total_bytes| Limits { total_bytes, ..Limits::default() };
    assert_eq!(capsule.files(&of(size)).unwrap().len(), 5);
    let is_beyond = |error: &CapsuleError| {
        matches!(error, CapsuleError::Unreadable(_)) && rows::holds(&error.to_string(), &(size - 1).to_string())
    };
    let error = capsule.files(&of(size - 1)).unwrap_err();
    assert!(is_beyond(&error), "{error:?}");
    // What could not be read again is not saved.
    let (record, files) = (capsule.record(), capsule.files(&of(size)).unwrap());
    let written = ocigate::capsule::write(record, &files, &Recorder::default(), &of(size - 1), &mut Vec::new());
    let error = written.unwrap_err();
    assert!(is_beyond(&error), "{error:?}");
    forge(&path, |_, record| {
        let again = record["files"][0].clone();
        record["files"].as_array_mut().unwrap().push(again);
    });
    verify().assert("twice the same", 1, &["fail content.capsule_altered"]);
}

#[test]
fn no_secret_enters_a_capsule() {
    let (artifact, _) = full();
    let auth = Auth::Basic { user: "auditor", password: "s3cret-of-docker" };
    let place = Place::of(&artifact, Options { auth, ..Options::default() });
    let host = place.registry.host();
    let reference = place.reference("kfm/layers:v1");
    // base64 of auditor:s3cret-of-docker
    let encoded = "YXVkaXRvcjpzM2NyZXQtb2YtZG9ja2Vy";
    place.file("docker/config.json", json!({"auths": {&host: {"auth": encoded}}}).to_string().as_bytes());
    // What it refuses, it says back: with words that name what it was sent.
    place.registry.fault(
        ".sig",
        usize::MAX,
        Response::error(403, "DENIED", &format!("not for Basic {encoded}, s3cret-of-docker, s3cret-token")),
    );
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_ocigate"));
    let output = program
        .args([
            "save",
            "--key",
            "release.pub",
            "-o",
            "case.oci.tar",
            "--registry-token-host",
            "other.example.org",
            &reference,
        ])
        .current_dir(place.folder.path())
        .env("DOCKER_CONFIG", place.folder.path().join("docker"))
        .env("OCIGATE_REGISTRY_TOKEN", "s3cret-token")
        .env("OCIGATE_CACHE_SIZE", "0")
        .env("HTTPS_PROXY", "http://user:s3cret-of-proxy@127.0.0.1:1")
        .env_remove("OCIGATE_CONFIG")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{} {said}", String::from_utf8_lossy(&output.stdout));
    let capsule = std::fs::read(place.folder.path().join("case.oci.tar")).unwrap();
    let holds = |text: &str| capsule.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("DENIED: not for"), "the refusal itself is kept");
    for secret in ["s3cret-of-docker", encoded, "s3cret-of-proxy"] {
        assert!(!holds(secret), "{secret}");
    }

    let private = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB\n-----END PRIVATE KEY-----\n";
    place.file("private.pem", private.as_bytes());
    place.file("data.json", json!({"mine": private}).to_string().replace("\\n", " ").as_bytes());
    let layout = "oci-layout:layout:v1";
    let key = place.run(&["save", "--key", "private.pem", "-o", "k.tar", layout]);
    key.assert("a private key as --key", 2, &["private.pem", "cosign public-key"]);
    let data = place.run(&["save", "--key", "release.pub", "--data", "data.json", "-o", "k.tar", layout]);
    data.assert("a private key in data", 2, &["data.json"]);
    assert!(!place.folder.path().join("k.tar").exists());
}

#[test]
fn saving_says_the_verdict_and_overwrites_nothing() {
    let (artifact, _) = full();
    let place = Place::of(&artifact, Options::default());
    let arguments = ["save", "--key", "release.pub", "--as", REPOSITORY, "oci-layout:layout:v1", "-o", "case.oci.tar"];
    let saved = place.run(&arguments);
    let digest = place.digest();
    saved.assert("saved", 0, &["PASS", "case.oci.tar", &digest]);
    assert!(rows::holds(&saved.err, "pass") && saved.err.contains(&digest), "{}", saved.err);
    let before = std::fs::read(place.folder.path().join("case.oci.tar")).unwrap();
    place.run(&arguments).assert("again", 2, &["case.oci.tar"]);
    assert_eq!(std::fs::read(place.folder.path().join("case.oci.tar")).unwrap(), before);
    // The digest is what to note down: a capsule that was put in its place has another.
    let verify = |name: &str| place.run(&["verify", "--key", "release.pub", "--as", REPOSITORY, name]);
    verify(&format!("case.oci.tar@{digest}")).assert("its digest", 0, &[&digest]);
    let other = Digest::sha256(b"other").to_string();
    let outcome = verify(&format!("case.oci.tar@{other}"));
    outcome.assert("another digest", 1, &[&format!("fail content.capsule_altered {digest} + {other}")]);
    let usage = place.run(&["save", "--key", "release.pub", "oci-layout:nowhere:v1", "-o", "none.tar"]);
    usage.assert("usage", 2, &["nowhere", "(os error 2)"]);
    place.run(&["save", "--key", "absent.pub", "oci-layout:layout:v1", "-o", "none.tar"]).assert(
        "no key",
        2,
        &["absent.pub", "(os error 2)"],
    );
    // What would be one of a capsule, or of a layout in the same file.
    let of_file = ["`ocigate verify case.oci.tar`", "`oci-layout:case.oci.tar`"];
    place.run(&["save", "case.oci.tar", "-o", "none.tar"]).assert("a capsule", 2, &of_file);
    let left: Vec<_> = std::fs::read_dir(place.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(!left.iter().any(|name| name.contains("none.tar") || name.contains(".partial")), "{left:?}");
}

#[test]
fn flags_that_make_no_sense_with_a_capsule_are_refused() {
    let (artifact, _) = full();
    let place = Place::of(&artifact, Options::default());
    place.save(&["--key", "release.pub", "--as", REPOSITORY, "oci-layout:layout:v1"]).assert("saved", 0, &[]);
    place.file("list.txt", b"case.oci.tar\n");
    // No file stands in for a reference that lacks its tag.
    let saved = std::fs::read(place.folder.path().join("case.oci.tar")).unwrap();
    for name in ["registry.example.org/case.tar", "folder.d/case.tar", "folder/case.tar"] {
        place.file(name, &saved);
    }
    let named = |name: &str| place.run(&["verify", "--key", "release.pub", "--as", REPOSITORY, name]);
    for name in ["./registry.example.org/case.tar", "./folder.d/case.tar", "folder/case.tar", "./case.oci.tar"] {
        named(name).assert(name, 0, &["PASS"]);
    }
    // Alone it is judged, by whatever trust: each of these is refused because of what is given besides.
    place.run(&["verify", "case.oci.tar"]).assert("alone", 3, &[]);
    place.run(&["verify", "case.oci.tar", "--trust-from-capsule"]).assert("alone", 0, &["PASS"]);
    let alone = &["`ocigate verify case.oci.tar`", "`oci-layout:case.oci.tar`"][..];
    for (arguments, named) in [
        (&["case.oci.tar", "--platform", "all"][..], &["--platform"][..]),
        (&["case.oci.tar", "--evidence", "release.pub"], &["--evidence"]),
        (&["case.oci.tar", "--fail-fast"], &["--fail-fast"]),
        (&["case.oci.tar", "--repository", "r.example.org/a"], &["--repository"]),
        (&["case.oci.tar", "--from", "list.txt"], &["--from"]),
        (&["case.oci.tar", "oci-layout:layout:v1"], alone),
        (&["case.oci.tar", "case.oci.tar"], alone),
        (&["--from", "list.txt"], &["list.txt:1:", "\"case.oci.tar\""]),
        (&["nowhere.tar"], &["nowhere.tar", "(os error 2)"]),
        (&["registry.example.org/case.tar"], &["./registry.example.org/case.tar"]),
        (&["folder.d/case.tar"], &["./folder.d/case.tar"]),
        (&["oci-layout:layout:v1", "--trust-from-capsule"], &["--trust-from-capsule", "`ocigate save`"]),
        (&["case.oci.tar", "--trust-from-capsule", "--key", "release.pub"], &["--trust-from-capsule", "--key"]),
        (&["case.oci.tar", "--trust-from-capsule", "--as", REPOSITORY], &["--trust-from-capsule", "--as"]),
        (&["case.oci.tar", "--trust-from-capsule", "--without-core"], &["--trust-from-capsule"]),
    ] {
        place.run(&[&["verify"], arguments].concat()).assert(&format!("{arguments:?}"), 2, named);
    }
}

/// The time in a capsule is the word of whoever made it: a key that has expired since proves nothing because of it.
#[test]
fn a_capsule_does_not_say_what_time_it_is() {
    let (artifact, _) = full();
    let place = Place::of(&artifact, Options::default());
    let until = "[[trust.signer]]\nname = \"r\"\nkey = \"release.pub\"\nnot_after = 2025-12-01T00:00:00Z\n";
    place.file("until.toml", until.as_bytes());
    let (own, layout) = (["--config", "until.toml", "--as", REPOSITORY], "oci-layout:layout:v1");
    let expired = ["fail signature.absent"];
    place.run(&[&["verify", layout], &own[..]].concat()).assert("live", 1, &expired);
    let verify = |more: &[&str]| place.run(&[&["verify", "case.oci.tar"], more].concat());
    let with = |more: &[&'static str]| [&own[..], more].concat();
    let time = "2025-06-01T00:00:00Z";
    // Whether the time was set by hand when it was saved, or the record was written anew.
    for by_hand in [true, false] {
        place.save(&with(&["--now", time, layout])).assert("saved", 0, &[]);
        forge(&place.folder.path().join("case.oci.tar"), |_, record| record["asked"]["now"] = json!(by_hand));
        let by_clock = verify(&own);
        by_clock.assert("the auditor's clock", 1, &expired);
        let run = &by_clock.report.as_ref().unwrap()["run"];
        let differs = format!("differs here={} + capsule={time}", run["now"].as_str().unwrap());
        let note = format!("note --now {time}");
        by_clock.assert("the auditor's clock", 1, &[&differs, &note]);
        let of_time = ["relaxed capsule.time", "relaxed relaxation.clock"];
        assert_eq!(of_time.iter().find(|row| by_clock.has(row)), None);
        let relaxed = "relaxed capsule.time";
        let said = verify(&with(&["--now", time]));
        said.assert("its time, if said", 0, &["PASS", &format!("{relaxed} {time} + --now")]);
        assert!(!said.has("relaxed capsule.trust"), "{}", said.out);
        let trusting = verify(&["--trust-from-capsule"]);
        trusting.assert(
            "its time, if trusted",
            0,
            &["PASS", "relaxed capsule.trust", &format!("{relaxed} {time} + --now")],
        );
        let another = "2026-01-01T00:00:00Z";
        let outcome = verify(&with(&["--now", another]));
        outcome.assert(
            "another time",
            1,
            &[&expired[..], &["relaxed relaxation.clock", &format!("differs here={another} + capsule={time}")]]
                .concat(),
        );
    }
}

#[test]
fn a_run_with_a_set_of_rules_is_judged_again_with_it() {
    let (artifact, subject) = publish(|_| {});
    let place = Place::of(&artifact, Options::default());
    let pinned = format!("oci-layout:layout@{subject}");
    let arguments = ["--key", "release.pub", "--as", REPOSITORY, "--set", "kfm", &pinned];
    place.save(&arguments).assert("saved", 0, &[]);
    assert!(place.text("saved.txt").contains("core, kfm"), "{}", place.text("saved.txt"));
    let (trusting, own) = (["--trust-from-capsule"], &arguments[..6]);
    for arguments in [&trusting[..], own] {
        let report = place.assert_same("again", 0, arguments);
        assert_eq!(report["run"]["policies"]["sets"], json!(["core", "kfm"]));
        assert_eq!(report["run"]["capsule"]["differences"], json!([]));
    }
    let without = place.run(&["verify", "case.oci.tar", "--key", "release.pub", "--as", REPOSITORY]);
    without.assert("without", 0, &["PASS", "differs here=null + capsule=kfm"]);
    // A set whose rule fails says so again.
    let (artifact, subject) = publish(|documents| drop(documents.remove(1)));
    let place = Place::of(&artifact, Options::default());
    let pinned = format!("oci-layout:layout@{subject}");
    place.save(&["--key", "release.pub", "--as", REPOSITORY, "--set", "kfm", &pinned]).assert("saved", 1, &[]);
    assert!(place.text("saved.txt").contains("FAIL  kfm.carrier_tuple"), "{}", place.text("saved.txt"));
    place.assert_same("again", 1, &trusting);
    place.assert_same("again", 1, own);
}

#[test]
fn two_signers_of_one_name_are_told_apart() {
    let (artifact, _) = full();
    let place = Place::of(&artifact, Options::default());
    place.file("third.pub", Key::number(3).public_pem().as_bytes());
    let save = |name: &str, keys: [&str; 2]| {
        let signer = |key: &str| format!("[[trust.signer]]\nname = \"release\"\nkey = \"{key}\"\n");
        place.file("two.toml", keys.map(signer).concat().as_bytes());
        let report = format!("json={name}");
        let more = ["--report", &report, "--config", "two.toml", "--as", REPOSITORY, "oci-layout:layout:v1"];
        let _ = std::fs::remove_file(place.folder.path().join("case.oci.tar"));
        place.run(&[&["save", "-o", "case.oci.tar"], &more[..]].concat()).assert(name, 0, &[]);
    };
    save("a.json", ["stranger.pub", "release.pub"]);
    save("b.json", ["third.pub", "release.pub"]);
    let signer = |name: &str, number: usize| {
        let report: Value = serde_json::from_str(&place.text(name)).unwrap();
        format!("release {}", report["run"]["signers"][number]["fingerprint"].as_str().unwrap())
    };
    let told = place.run(&["diff", "a.json", "b.json"]);
    let (gone, new) = (signer("a.json", 0), signer("b.json", 0));
    assert_eq!(signer("a.json", 1), signer("b.json", 1));
    told.assert("replaced", 1, &[]);
    assert!(rows::has_line(&told.out, "  - ", &[&gone]) && rows::has_line(&told.out, "  + ", &[&new]), "{}", told.out);
    assert!(!told.out.contains(&signer("a.json", 1)), "{}", told.out);
}

#[test]
fn differences_are_told() {
    let (artifact, subject) = full();
    let place = Place::of(&artifact, Options::default());
    let tag = place.reference("kfm/layers:v1");
    let save = |name: &str, more: &[&str]| place.run(&[&["save", "-o", name, &tag], more].concat());
    save("a.tar", &["--key", "release.pub", "--report", "json=a.json"]).assert("a", 0, &[]);
    save("b.tar", &["--key", "release.pub"]).assert("b", 0, &[]);
    for (case, first) in [("the same", "a.tar"), ("a report", "a.json")] {
        let told = place.run(&["diff", first, "b.tar"]);
        told.assert(case, 0, &[]);
        assert!(!told.out.is_empty() && !told.out.lines().any(|line| line.starts_with("  ")), "{case}: {}", told.out);
        let json = place.run(&["diff", first, "b.tar", "-o", "json"]);
        let json: Value = serde_json::from_str(&json.out).unwrap();
        assert_eq!((&json["differs"], &json["changes"]), (&json!(false), &json!([])), "{case}");
    }
    // A document more, a signature less, another key, a rule less.
    let (mut changed, _) = documented();
    changed.attach(&subject, METADATA, metadata_layers("sacred\u{1b}[31m"));
    changed.attach(&subject, "application/vnd.example.x", provenance_layers(&subject));
    changed.attach(&subject, PROVENANCE, provenance_layers(&subject));
    changed.sign(&stranger(), &subject);
    let place_after = Place::of(&changed, Options::default());
    let tag_after = place_after.reference("kfm/layers:v1");
    let after = place.folder.path().join("c.tar");
    let saved = place_after.run(&[
        "save",
        "-o",
        after.to_str().unwrap(),
        &tag_after,
        "--key",
        "release.pub",
        "--disable",
        "care",
    ]);
    saved.assert("c", 1, &[]);
    let told = place.run(&["diff", "a.tar", "c.tar"]);
    told.assert("changed", 1, &[]);
    let report: Value = serde_json::from_str(&place.text("a.json")).unwrap();
    let policies = report["run"]["policies"]["digest"].as_str().unwrap();
    let mut run = told.out.lines().take_while(|line| *line != tag_after);
    let of_run = |line: &str, label: &str, verdict: &str| line.starts_with(label) && line.ends_with(verdict);
    assert!(run.any(|line| of_run(line, "  - ", " pass")) && run.any(|line| of_run(line, "  + ", " fail")));
    for (label, data) in [
        ("  + ", &["core.care"][..]),
        ("  - ", &[policies]),
        ("  - ", &["reference", &tag]),
        ("  + ", &["reference", &tag_after]),
        ("  - ", &["signer", "release.pub sha256:"]),
        ("  - ", &["evidence", "proven", "https://spdx.dev/Document sha256:"]),
        ("  + ", &["evidence", "refused", "https://sigstore.dev/cosign/sign/v1 sha256:"]),
        ("  + ", &["finding", "fail", "signature:"]),
    ] {
        assert!(rows::has_line(&told.out, label, data), "{label}{data:?}: {}", told.out);
    }
    assert!(!told.out.contains('\u{1b}'), "{}", told.out);
    let json = place.run(&["diff", "a.tar", "c.tar", "-o", "json"]);
    assert_eq!(json.code, 1, "{}", json.err);
    let json: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((&json["version"], &json["differs"]), (&json!(1), &json!(true)));
    let of_subject = json!({"subject": tag_after, "what": "verdict", "before": "pass", "after": "fail"});
    assert!(json["changes"].as_array().unwrap().contains(&of_subject), "{json:#}");
    // A subject more, and a gap.
    place.registry.fault("/referrers/", usize::MAX, Response::new(500));
    let gap = save("d.tar", &["--key", "release.pub", "oci-layout:layout:v1", "--report", "json=d.json"]);
    gap.assert("d", 3, &[]);
    let told = place.run(&["diff", "a.tar", "d.tar"]);
    told.assert("a gap", 1, &["undecided"]);
    let report: Value = serde_json::from_str(&place.text("d.json")).unwrap();
    let gap = &report["subjects"][0]["gaps"][0];
    assert!(
        rows::has_line(&told.out, "  + gap ", &[gap["sought"].as_str().unwrap(), &subject]),
        "{gap:#}: {}",
        told.out
    );
    let mut lines = told.out.lines().skip_while(|line| *line != "oci-layout:layout:v1");
    assert!(lines.nth(1).is_some_and(|line| line.starts_with("  + subject")), "{}", told.out);

    place.file("not.json", b"{\"version\": 1}");
    place.file("cut.json", &place.text("a.json").into_bytes()[..200]);
    for (name, reason) in [
        // The first member that a report needs and this has not.
        ("not.json", "`pass`"),
        ("cut.json", "cut.json"),
        ("release.pub", "release.pub"),
        ("absent", "(os error 2)"),
    ] {
        place.run(&["diff", "a.tar", name]).assert(name, 2, &[name, reason]);
    }
}

#[test]
fn the_record_is_what_its_schema_says() {
    let (mut artifact, subject) = full();
    artifact.attach_bundle(&subject, json!({"mediaType": BUNDLE}));
    let place = Place::of(&artifact, Options::default());
    place.registry.fault(".att", usize::MAX, Response::new(429));
    place.registry.fault("/kfm/denied/", usize::MAX, Response::new(403));
    place.file("policy/team.rego", b"package team.x\ndeny contains \"no\" if input.subject.digest == \"x\"\n");
    let (tag, denied, gone) =
        (place.reference("kfm/layers:v1"), place.reference("kfm/denied:v1"), place.reference("kfm/layers:v9"));
    let policy = ["--key", "release.pub", "--policy", "policy", "--disable", "care"];
    place
        .save(&[&policy[..], &[&tag, &denied, &gone, "oci-layout:layout:v1", "oci-layout:layout:v9"]].concat())
        .assert("saved", 3, &[]);
    let (_, record) = taken_apart(&place.folder.path().join("case.oci.tar"));
    assert_eq!(ocigate::schema::validate("capsule.v1", &record), vec![], "{record:#}");
    let mut other = record;
    other["subjects"][0]["approved"] = json!(true);
    assert_ne!(ocigate::schema::validate("capsule.v1", &other), vec![]);
}

#[test]
fn where_a_limit_was_reached_the_same_is_left_out_again() {
    let (mut artifact, subject) = full();
    for number in 0..12 {
        let note = json!({"type": "Feature", "number": number});
        let layer = crate::support::artifact::document("note.json", "application/json", &note);
        artifact.attach(&subject, "application/vnd.example.note", vec![layer]);
    }
    let place = Place::of(&artifact, Options::default());
    let reference = place.reference("kfm/layers:v1").parse().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let path = place.folder.path().join("case.oci.tar");
    place.save(&["--key", "release.pub", &place.reference("kfm/layers:v1")]).assert("a record to begin with", 0, &[]);
    let (_, record) = taken_apart(&path);
    for (blobs, referrers) in [(3, 2048), (7, 2048), (2048, 9), (5, 11)] {
        let limits = Limits { blobs, referrers, ..Limits::default() };
        let collect = |answers: Answers| {
            let access = Access { answers, ..Access::default() };
            runtime.block_on(ocigate::collect(&reference, None, &access, &limits)).unwrap()
        };
        let kept = Recorder::default();
        let live = collect(Answers::Kept(kept.clone()));
        let limit = live.gaps.iter().filter(|gap| gap.reason.code() == "limit").count();
        assert!(limit > 0, "{:?}", live.gaps);
        let mut record: Record = serde_json::from_value(record.clone()).unwrap();
        record.subjects[0].answers = kept.answers();
        record.files.clear();
        let mut bytes = Vec::new();
        ocigate::capsule::write(&record, &[], &kept, &Limits::default(), &mut bytes).unwrap();
        std::fs::write(&path, bytes).unwrap();
        let capsule = Capsule::open(&path, &Limits::default()).unwrap();
        let again = collect(Answers::Replayed(capsule.replay(&capsule.record().subjects[0])));
        assert_eq!(live.gaps, again.gaps);
        let digests = |graph: &ReferrerGraph| graph.nodes.iter().map(|node| node.digest.clone()).collect::<Vec<_>>();
        assert_eq!((digests(&live), live.layers), (digests(&again), again.layers));
    }
}
