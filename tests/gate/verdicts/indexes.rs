//! A subject that is an index: its children, what the index's evidence is worth to them, and BuildKit's attestations.

use serde_json::{Value, json};

use crate::support::artifact::{Artifact, EMPTY, INDEX, MANIFEST, SIGN, bundle, digest, pretty, statement};
use crate::support::documents::{REPOSITORY, SPDX, complete, data_digest, documented, release, spdx};
use crate::support::gate::{Gate, Outcome};

/// An index under the name `multi` over these children with their platforms.
fn index(artifact: &mut Artifact, children: &[(&str, &str)], beside: Vec<Value>) -> String {
    let mut entries: Vec<Value> = children
        .iter()
        .map(|(digest, platform)| {
            let mut entry = artifact.descriptor(digest);
            let (os, architecture) = platform.split_once('/').unwrap();
            entry["platform"] = json!({"os": os, "architecture": architecture});
            entry
        })
        .collect();
    entries.extend(beside);
    let content = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries});
    let descriptor = artifact.manifest(&content);
    let digest = digest(&descriptor);
    artifact.list(descriptor, Some("multi"));
    digest
}

/// What BuildKit writes beside an image: a manifest with a statement, and its entry in the index.
fn attestation(artifact: &mut Artifact, about: &str, platform: &str) -> Value {
    let content = statement(&[about], SPDX, spdx(&data_digest()));
    let mut layer = artifact.blob("application/vnd.in-toto+json", pretty(&content));
    layer["annotations"] = json!({"in-toto.io/predicate-type": SPDX});
    let config = artifact.blob(EMPTY, b"{}".to_vec());
    let mut entry =
        artifact.manifest(&json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]}));
    let (os, architecture) = platform.split_once('/').unwrap();
    entry["platform"] = json!({"os": os, "architecture": architecture});
    entry["annotations"] =
        json!({"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": about});
    entry
}

fn gate(artifact: &Artifact, more: &[&str]) -> Outcome {
    Gate::on(artifact).named("multi").with(more).run()
}

fn report(outcome: &Outcome) -> Value {
    serde_json::from_str(&outcome.out).unwrap_or_else(|_| panic!("{} {}", outcome.out, outcome.err))
}

#[test]
fn a_child_is_a_subject_of_its_own() {
    let (mut artifact, child) = complete();
    let index = index(&mut artifact, &[(&child, "linux/amd64")], vec![]);
    let named = format!("linux/amd64 {child}");
    let outcome = gate(&artifact, &["--platform", "linux/amd64"]);
    outcome.assert("chosen", 0, &["PASS  ", &named, &index]);
    assert!(!outcome.has("warn subject_pinned.index_alone"), "{}", outcome.out);
    gate(&artifact, &["--platform", "all"]).assert("all", 0, &["PASS  ", &named]);
    // The index by itself has nothing of that: what a child has says nothing of its index.
    gate(&artifact, &[]).assert("alone", 1, &["fail signature.absent", "warn subject_pinned.index_alone"]);
    let absent = gate(&artifact, &["--platform", "windows/amd64"]);
    absent.assert("absent", 1, &["fail content.no_child"]);
    let json = report(&gate(&artifact, &["--platform", "all", "--output", "json"]));
    assert_eq!(json["subjects"][0]["child"], json!({"index": index, "digest": child, "platform": "linux/amd64"}));
    assert_eq!(json["subjects"][0]["digest"], child);
    // A name that can move is one for the child too.
    gate(&artifact, &["--platform", "all", "--require-digest"]).assert("pinned", 1, &["fail subject_pinned.unpinned"]);
    // What is no index is judged itself.
    let image = Gate::on(&artifact).choosing("linux/amd64").run();
    image.assert("image", 0, &["PASS  ", "warn content.no_index"]);
    let strict = Gate::on(&artifact).with(&["--platform", "linux/amd64", "--fail-on-warn"]).run();
    strict.assert("strict", 1, &["fail content.no_index"]);
    let all = Gate::on(&artifact).choosing("all").run();
    all.assert("all there is", 0, &["PASS  "]);
    assert!(!all.has("warn content.no_index"), "{}", all.out);
    for wrong in ["linux", "a/b/c/d", ""] {
        gate(&artifact, &[&format!("--platform={wrong}")]).assert(wrong, 2, &["--platform", "os/architecture"]);
    }
}

/// A file is about one subject: the one child that was chosen.
#[test]
fn evidence_in_a_file_is_about_the_chosen_child() {
    let (mut artifact, child) = documented();
    let other = artifact.push("v2", vec![], json!({}));
    index(&mut artifact, &[(&child, "linux/amd64"), (&other, "linux/arm64")], vec![]);
    let signature = serde_json::to_vec(&bundle(&release(), &statement(&[&child], SIGN, json!({})))).unwrap();
    let judge = |platform: &str| {
        let gate = Gate::on(&artifact).named("multi");
        let file = gate.file("signature.json", &signature);
        gate.with(&["--platform", platform, "--evidence", file.to_str().unwrap()]).run()
    };
    judge("linux/amd64").assert("its own", 0, &["PASS  ", "proven linked_by=file"]);
    judge("linux/arm64").assert("another's", 1, &["fail signature.absent", "refused linked_by=file + step=target"]);
    judge("all").assert("all", 2, &["--evidence", "--platform", "2"]);
}

/// A pointer names the index; what is judged in its place are its children.
#[test]
fn a_pointer_to_an_index_holds_for_its_children() {
    let (mut artifact, child) = complete();
    let index = index(&mut artifact, &[(&child, "linux/amd64")], vec![]);
    artifact.sign(&release(), &index);
    let judge = |subject: &str| {
        let gate = Gate::on(&artifact).named("multi");
        let pointer = json!({"distribution": {"oci": {"subject": format!("oci://{REPOSITORY}@{subject}")}}});
        let file = gate.file("p.json", pointer.to_string().as_bytes());
        gate.with(&["--platform", "linux/amd64", "--pointer", file.to_str().unwrap()]).run()
    };
    judge(&index).assert("the index", 0, &["PASS  ", "p.json", &index]);
    judge(&child).assert("the child", 0, &["PASS  "]);
    let other = format!("sha256:{}", "7e".repeat(32));
    judge(&other).assert("another", 1, &["fail pointer.subject_differs"]);
}

#[test]
fn a_signature_of_the_index_serves_the_children_reached_through_it() {
    let (mut artifact, child) = documented();
    let index = index(&mut artifact, &[(&child, "linux/amd64")], vec![]);
    gate(&artifact, &["--platform", "all"]).assert("unsigned", 1, &["fail signature.absent"]);
    artifact.sign(&release(), &index);
    gate(&artifact, &["--platform", "all"]).assert(
        "signed",
        0,
        &["PASS  ", &format!("proven kind=signature + about={index}")],
    );
    // Reached by its own digest it has only its own evidence.
    Gate::on(&artifact).run().assert("by itself", 1, &["fail signature.absent"]);
    let direct = Gate::on(&artifact).named(&format!("@{child}")).choosing("all").run();
    direct.assert("by its digest", 1, &["fail signature.absent"]);
}

#[test]
fn a_signature_of_one_child_serves_no_other() {
    let (mut artifact, good) = complete();
    let layers = vec![crate::support::artifact::Layer("a", "text/plain", b"a".to_vec())];
    let bad = artifact.push("other", layers, json!({}));
    index(&mut artifact, &[(&good, "linux/amd64"), (&bad, "linux/arm64")], vec![]);
    let outcome = gate(&artifact, &["--platform", "all", "--output", "json"]);
    assert_eq!(outcome.code, 1, "{}", outcome.err);
    let json = report(&outcome);
    let verdicts: Vec<&Value> = json["subjects"].as_array().unwrap().iter().map(|one| &one["verdict"]).collect();
    assert_eq!(verdicts, ["pass", "fail"], "{}", outcome.out);
    gate(&artifact, &["--platform", "linux/arm64"]).assert("the bad one", 1, &["fail signature.absent"]);
    gate(&artifact, &["--platform", "linux/amd64"]).assert("the good one", 0, &["PASS  "]);
}

#[test]
fn what_could_not_be_seen_of_the_index_is_a_gap_of_each_child() {
    let (mut artifact, child) = complete();
    let index = index(&mut artifact, &[(&child, "linux/amd64")], vec![]);
    let signature = artifact.sign(&release(), &index);
    let manifest: Value = serde_json::from_slice(&artifact.bytes(&signature)).unwrap();
    let layer = manifest["layers"][0]["digest"].as_str().unwrap().to_owned();
    artifact.blobs.get_mut(&layer).unwrap()[10] ^= 1;
    gate(&artifact, &["--platform", "all"]).assert("corrupt", 3, &[&format!("gap gap.corrupt {layer}")]);
    artifact.blobs.remove(&child);
    gate(&artifact, &["--platform", "all"]).assert(
        "no child",
        3,
        &["UNDECIDED", "linux/amd64", &format!("gap gap.absent {child}")],
    );
}

#[test]
fn an_attestation_manifest_is_evidence_and_no_image() {
    let (mut artifact, child) = documented();
    let entry = attestation(&mut artifact, &child, "unknown/unknown");
    let listed = digest(&entry);
    let index = index(&mut artifact, &[(&child, "linux/amd64")], vec![entry]);
    let row = |more: &[&str]| {
        let gate = Gate::untrusting(&artifact).named("multi").with(&["--platform", "all", "--output", "json"]);
        let outcome = gate.with(more).run();
        let json = report(&outcome);
        assert_eq!(json["subjects"].as_array().unwrap().len(), 1, "{}", outcome.out);
        let rows = json["subjects"][0]["evidence"].as_array().unwrap();
        rows.iter().find(|row| row["manifest"] == listed.as_str()).unwrap().clone()
    };
    let unsigned = row(&[]);
    assert_eq!((&unsigned["standing"], &unsigned["linked_by"]), (&json!("attached"), &json!("index entry")));
    assert_eq!(unsigned["kind"], "sbom");

    // Signing the child does not sign what the index lists beside it.
    artifact.sign(&release(), &child);
    standing(&artifact, &listed, "", "attached");
    artifact.sign(&release(), &index);
    standing(&artifact, &listed, "", "proven");
    let sign = "predicate_types = [\"https://sigstore.dev/cosign/sign/v1\"]\n";
    standing(&artifact, &listed, sign, "attached");
    let both = format!("predicate_types = [\"https://sigstore.dev/cosign/sign/v1\", \"{SPDX}\"]\n");
    standing(&artifact, &listed, &both, "proven");
}

fn standing(artifact: &Artifact, listed: &str, permitted: &str, expected: &str) {
    let gate = Gate::untrusting(artifact).named("multi").with(&["--platform", "all", "--output", "json"]);
    gate.file("release.pub", release().public_pem().as_bytes());
    let signer = format!("[[trust.signer]]\nname = \"release\"\nkey = \"release.pub\"\n{permitted}");
    let outcome = gate.config(&signer).run();
    let json = report(&outcome);
    let rows = json["subjects"][0]["evidence"].as_array().unwrap();
    let row = rows.iter().find(|row| row["manifest"] == listed).unwrap();
    assert_eq!(row["standing"], expected, "{permitted}: {row:#}");
}

#[test]
fn an_image_that_calls_itself_an_attestation_is_judged() {
    let (mut artifact, child) = complete();
    let disguised = attestation(&mut artifact, &child, "linux/arm64");
    index(&mut artifact, &[(&child, "linux/amd64")], vec![disguised]);
    gate(&artifact, &["--platform", "all"]).assert("disguised", 1, &["linux/arm64", "fail signature.absent"]);
}

#[test]
fn an_attestation_that_is_listed_and_not_there_is_a_gap() {
    let (mut artifact, child) = complete();
    let entry = attestation(&mut artifact, &child, "unknown/unknown");
    artifact.blobs.remove(&digest(&entry));
    let listed = digest(&entry);
    index(&mut artifact, &[(&child, "linux/amd64")], vec![entry]);
    gate(&artifact, &["--platform", "all"]).assert("absent", 3, &[&format!("gap gap.absent {listed}")]);
}

/// The entry says it of the child, whoever judges which of the two.
#[test]
fn a_label_on_the_entry_of_a_child_counts() {
    for (annotations, reason) in [
        (json!({"org.kfm.access_level": "sacred"}), "fail care.absent"),
        (json!({"org.kfm.care": "{\"status\":\"denied\"}"}), "fail care.not_approved"),
    ] {
        let (mut artifact, child) = complete();
        let mut entry = artifact.descriptor(&child);
        entry["platform"] = json!({"os": "linux", "architecture": "amd64"});
        entry["annotations"] = annotations;
        let index = index(&mut artifact, &[], vec![entry]);
        artifact.sign(&release(), &index);
        for platform in [&["--platform", "linux/amd64"][..], &[]] {
            gate(&artifact, platform).assert("labelled", 1, &[&format!("{reason} /manifests/0/annotations/")]);
        }
    }
}

/// A runtime compares platforms in their normal form, and asks the config of what states none.
#[test]
fn a_child_that_a_runtime_would_take_is_judged() {
    for (wanted, stated) in [
        ("linux/amd64", Some("linux/x86_64")),
        ("linux/amd64", Some("Linux/AMD64")),
        ("linux/arm64/v8", Some("linux/arm64")),
        ("linux/arm64", Some("linux/aarch64")),
        ("linux/amd64", Some("/amd64")),
        ("linux/amd64", None),
    ] {
        let (mut artifact, child) = complete();
        let unsigned = artifact.push("evil", vec![], json!({}));
        let mut entry = artifact.descriptor(&unsigned);
        if let Some((os, architecture)) = stated.and_then(|stated| stated.split_once('/')) {
            entry["platform"] = json!({"os": os, "architecture": architecture});
        }
        let base = wanted.trim_end_matches("/v8");
        index(&mut artifact, &[(&child, base)], vec![entry]);
        let outcome = gate(&artifact, &["--platform", wanted]);
        outcome.assert(wanted, 1, &["fail signature.absent", &unsigned, &child]);
    }
}

#[test]
fn a_child_of_a_type_that_is_not_read_is_undecided() {
    let (mut artifact, child) = complete();
    let mut entry = artifact.blob("application/vnd.docker.distribution.manifest.v1+prettyjws", b"{}".to_vec());
    let beside = artifact.blob("application/vnd.example.note", b"{}".to_vec());
    entry["platform"] = json!({"os": "linux", "architecture": "amd64"});
    index(&mut artifact, &[(&child, "linux/arm64")], vec![entry, beside]);
    let reason = "gap gap.malformed application/vnd.docker.distribution.manifest.v1+prettyjws";
    for platform in ["linux/amd64", "all"] {
        gate(&artifact, &["--platform", platform]).assert(platform, 3, &["UNDECIDED", reason]);
    }
    gate(&artifact, &["--platform", "linux/arm64"]).assert("the other", 0, &["PASS"]);
}

/// H1: a runtime that ignores the case of keys takes the other child. Who reads what is nobody's to guess.
#[test]
fn a_platform_that_is_read_in_two_ways_is_no_pass() {
    for member in ["Architecture", "OS", "o\u{17f}", "Variant"] {
        let (mut artifact, child) = complete();
        let mut entry = artifact.descriptor(&child);
        entry["platform"] = json!({"os": "linux", "architecture": "s390x"});
        entry["platform"][member] = json!("amd64");
        index(&mut artifact, &[(&child, "linux/amd64")], vec![entry]);
        let outcome = gate(&artifact, &["--platform", "linux/amd64"]);
        outcome.assert(member, 1, &[&format!("fail ocigate.content {member} + /manifests/1/platform")]);
    }
}
