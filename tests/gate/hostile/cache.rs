//! The cache saves requests and decides nothing: whatever is in its folder, and whatever the folder is.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use ocigate::oci::Digest;
use serde_json::{Value, json};

use super::{full, gap_of, native, tagged};
use crate::support::artifact::MANIFEST;
use crate::support::documents::{SPDX, data_digest, documented, release, spdx};
use crate::support::gate::Outcome;
use crate::support::registry::{Auth, Options, Registry, Response};
use crate::support::rows::holds;
use crate::support::served::{Measured, Served};

/// What a run wrote, and how many requests it sent.
fn judged(served: &Served, case: &str, code: i32) -> (Value, usize) {
    served.registry.forget_requests();
    let outcome = served.judge(":v1").outcome;
    assert_eq!(outcome.code, code, "{case}: {}{}", outcome.out, outcome.err);
    (serde_json::from_str(&outcome.out).unwrap(), served.registry.requests().len())
}

/// Takes the facts of the run out of a report, and says how much came from the cache.
fn without_facts(mut report: Value) -> (Value, u64) {
    let facts = ["requests", "bytes", "cached"].map(|fact| report["subjects"][0][fact].take().as_u64().unwrap());
    (report, facts[2])
}

/// The entries of the cache: name and path.
fn entries(served: &Served) -> Vec<(String, PathBuf)> {
    let Ok(folder) = fs::read_dir(served.cache().join("content-v1/sha256")) else { return Vec::new() };
    let mut entries: Vec<_> = folder
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), entry.path()))
        .collect();
    entries.sort();
    entries
}

fn is_sound((name, path): &(String, PathBuf)) -> bool {
    Digest::sha256(&fs::read(path).unwrap()).hex() == name
}

/// The cache after one run that passed.
fn warm() -> Served {
    let served = native().with_cache(16);
    served.judge(":v1").assert("cold", 0, &["PASS"]);
    assert_eq!(entries(&served).len(), 11);
    served.registry.forget_requests();
    served
}

/// Asserts that `cache` states this folder, and each of these numbers as often as it is given.
#[track_caller]
fn assert_states(outcome: &Outcome, case: &str, folder: &Path, numbers: &[&str]) {
    let folder = folder.to_str().unwrap();
    outcome.assert(case, 0, &[folder]);
    let rest = outcome.out.replacen(folder, "", 1);
    let mut words: Vec<&str> = rest.split(|character: char| !character.is_alphanumeric()).collect();
    for number in numbers {
        let at = words.iter().position(|word| word == number);
        let at = at.unwrap_or_else(|| panic!("{case}: expected {numbers:?} in {}", outcome.out));
        words.remove(at);
    }
}

fn program(served: &Served, arguments: &[&str]) -> Measured {
    let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
    served.program(&arguments, b"")
}

/// What the parts of one subject cost, and what a warm cache leaves: the subject, lists and tags.
fn assert_counts(case: &str, served: Served, cold: usize, warm: usize) {
    let served = served.with_cache(16).with(&["--output", "json", "--now", "2026-11-24T00:00:00Z"]);
    let (first, asked) = judged(&served, case, 0);
    assert_eq!(asked, cold, "{case}, cold: {:#?}", served.registry.paths());
    let (second, asked) = judged(&served, case, 0);
    assert_eq!(asked, warm, "{case}, warm: {:#?}", served.registry.paths());
    let ((first, none), (second, cached)) = (without_facts(first), without_facts(second));
    assert_eq!((none, cached as usize), (0, cold - warm), "{case}");
    assert!(first == second, "{case}: warm and cold differ:\n{first}\n{second}");
}

#[test]
fn requests_by_the_referrers_api_cold_and_warm() {
    assert_counts("native", native(), 19, 8);
}

#[test]
fn requests_by_the_fallback_tag_cold_and_warm() {
    assert_counts("fallback tag", tagged(), 20, 9);
}

#[test]
fn requests_for_cosigns_tags_cold_and_warm() {
    let (mut artifact, subject) = documented();
    artifact.sign_legacy(&release(), &subject, &subject);
    artifact.attest_legacy(&release(), &subject, SPDX, spdx(&data_digest()));
    assert_counts("cosign's tags", Served::new(&artifact, Options::default()), 17, 8);
}

/// A32: byte for byte, but for the one line of facts.
#[test]
fn warm_and_cold_give_the_same_text() {
    let served = native().with_cache(16).with(&["--now", "2026-11-24T00:00:00Z"]);
    let [cold, warm] = [(), ()].map(|()| served.judge(":v1").outcome.out);
    let (cold, warm): (Vec<&str>, Vec<&str>) = (cold.lines().collect(), warm.lines().collect());
    assert_eq!(cold.len(), warm.len());
    let differing: Vec<_> = std::iter::zip(cold, warm).filter(|(cold, warm)| cold != warm).collect();
    let [(cold, warm)] = differing[..] else { panic!("one line differs: {differing:#?}") };
    assert!(holds(cold, "19") && !holds(cold, "11"), "{cold}");
    assert!(holds(warm, "8") && holds(warm, "11"), "{warm}");
}

#[test]
fn only_what_was_fetched_by_digest_is_kept_and_nobody_else_may_read_it() {
    let auth = Auth::Basic { user: "auditor", password: "s3cret-value" };
    let (artifact, subject) = full();
    let served = Served::new(&artifact, Options { auth, ..Options::default() }).with_cache(16);
    let login = json!({"username": "auditor", "password": "s3cret-value"});
    served.file(".docker/config.json", json!({"auths": {served.registry.host(): login}}).to_string());
    served.judge(":v1").assert("cold", 0, &["PASS"]);
    // Referrers and their documents: not the subject, not a list, not what a tag held, not a login.
    let asked = served.registry.paths().into_iter().filter(|path| !path.contains("/referrers/"));
    let by_digest: BTreeSet<String> = asked.filter_map(|path| Some(path.split_once("sha256:")?.1.to_owned())).collect();
    let kept: BTreeSet<String> = entries(&served).into_iter().map(|(name, _)| name).collect();
    assert_eq!(kept, by_digest);
    assert!(!kept.contains(crate::support::artifact::hex(&subject)));
    assert!(entries(&served).iter().all(is_sound));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&served.cache()), mode(&entries(&served)[0].1)), (0o700, 0o600));
    let beside: Vec<_> = fs::read_dir(served.cache()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(beside.len(), 2, "the content and the tag for backup programs: {beside:?}");
}

/// A31: where a tag points is asked in every run.
#[test]
fn a_tag_that_moved_is_followed() {
    let (mut artifact, subject) = full();
    let other = artifact.push("v2", vec![], json!({"org.opencontainers.image.licenses": "CC-BY-4.0"}));
    let served = Served::new(&artifact, Options::default()).with_cache(16);
    served.judge(":v1").assert("before", 0, &[&subject]);
    served.registry.put_manifest(Some("v1"), &artifact.bytes(&other), MANIFEST);
    served.judge(":v1").assert("after", 1, &["fail signature.absent", &other]);
}

/// T22, A32: what is kept are bytes, never what was thought of them.
#[test]
fn a_warm_cache_skips_no_check() {
    let served = warm();
    let other = served.file("other.pub", crate::support::artifact::Key::number(77).public_pem());
    let served = served.bare_arguments().with(&["--key", &other]);
    served.judge(":v1").assert("another key", 1, &["fail signature.absent", "subject requests=8 + cached=11"]);
    let policy = "package team.never\nimport rego.v1\ndeny contains \"not today\" if { input.subject.digest }\n";
    let policy = served.file("never.rego", policy);
    let key = served.file("release.pub", release().public_pem());
    let served = served.bare_arguments().with(&["--key", &key, "--policy", &policy]);
    served.judge(":v1").assert("another policy", 1, &["fail deny", "subject requests=8 + cached=11"]);
    let served = served.bare_arguments().with(&["--key", &key, "--now", "2026-11-24T00:00:00Z", "--require-digest"]);
    served.judge(":v1").assert(
        "another demand",
        1,
        &["fail subject_pinned.unpinned", "subject requests=8 + cached=11"],
    );
}

/// Documented: the bytes of evidence are not asked for again, so that a registry that refuses them alone is not noticed.
#[test]
fn bytes_that_the_registry_refuses_now_are_the_same_bytes() {
    let refusal = || Response::new(403).body("{}");
    warm().answering("/blobs/", refusal()).judge(":v1").assert("warm", 0, &["PASS", "subject requests=8 + cached=11"]);
    let served = warm().answering("/blobs/", refusal()).with(&["--no-cache"]);
    served.judge(":v1").assert("--no-cache", 3, &["UNDECIDED", "gap gap.denied 403"]);
}

/// What the registry would refuse now is not given out of the cache: subject, lists and tags are asked for.
#[test]
fn what_the_registry_refuses_now_is_refused() {
    let subject = full().1;
    for status in [401, 403, 429, 503] {
        for path in ["/v2/", "/manifests/v1", "/referrers/", ".sig", ".att", ".sbom"] {
            let served = warm().answering(path, Response::new(status).body("{}"));
            let case = format!("{status} for {path}");
            served.judge(":v1").assert(&case, 3, &["UNDECIDED", &format!("gap gap.{} {status}", gap_of(status))]);
        }
    }
    for name in [":v1".to_owned(), format!("@{subject}")] {
        let served = warm().answering(&format!("/manifests/{}", &name[1..]), Response::new(404));
        let case = format!("{name} is gone");
        served.judge(&name).assert(&case, 3, &["UNDECIDED", "unseen gap.status 404"]);
    }
}

#[test]
fn a_registry_that_goes_away_before_a_list_was_seen() {
    let subject = full().1;
    for answered in 0..8 {
        let served = warm();
        served.registry.stop_after(answered);
        let (case, url) = (format!("{answered} of 8"), served.registry.url());
        served.judge(":v1").assert(&case, 3, &["UNDECIDED", &format!("gap gap.connection {url}")]);
        assert!(entries(&served).iter().all(is_sound));
    }
    let mut served = warm();
    served.registry.stop();
    let (case, url) = ("pinned, and nobody there", served.registry.url());
    served.judge(&format!("@{subject}")).assert(case, 3, &["UNDECIDED", &format!("unseen gap.connection {url}")]);
    // With lists and tags seen, the rest is the same bytes as before.
    let served = warm().answering("/blobs/", Response::new(503));
    served.judge(":v1").assert("only the storage is away", 0, &["PASS", "subject requests=8 + cached=11"]);
}

/// A run that was killed at any point leaves a cache that is sound.
#[test]
fn a_run_that_ends_early_keeps_only_what_is_whole() {
    for answered in 0..19 {
        let served = native().with_cache(16);
        served.registry.stop_after(answered);
        let (case, url) = (format!("{answered} of 19"), served.registry.url());
        served.judge(":v1").assert(&case, 3, &["UNDECIDED", &format!("gap gap.connection {url}")]);
        assert!(entries(&served).iter().all(is_sound), "{answered}: {:?}", entries(&served));
    }
}

/// What becomes of an entry's bytes.
type Spoil = fn(&[u8]) -> Vec<u8>;

#[test]
fn a_corrupt_entry_is_removed_and_fetched_again() {
    let spoil: [(&str, Spoil); 4] = [
        ("one bit", |bytes| [&[bytes[0] ^ 1], &bytes[1..]].concat()),
        ("cut off", |bytes| bytes[..bytes.len() - 1].to_vec()),
        ("longer", |bytes| [bytes, b"\n"].concat()),
        ("empty", |_| Vec::new()),
    ];
    let served = warm();
    for (case, spoil) in spoil {
        for (_, path) in entries(&served) {
            let bytes = fs::read(&path).unwrap();
            fs::write(&path, spoil(&bytes)).unwrap();
        }
        served.judge(":v1").assert(case, 0, &["PASS", "subject requests=19 + cached=0"]);
        assert!(entries(&served).len() == 11 && entries(&served).iter().all(is_sound), "{case}");
        served.judge(":v1").assert(case, 0, &["PASS", "subject requests=8 + cached=11"]);
    }
    // Other good content under the name of an entry is not that entry.
    let (first, second) = (entries(&served)[0].1.clone(), entries(&served)[1].1.clone());
    fs::copy(&first, &second).unwrap();
    served.judge(":v1").assert("exchanged", 0, &["PASS", "subject requests=9 + cached=10"]);
}

/// Never believed, and never in the way: what it stood for is what the registry says.
#[test]
fn a_corrupt_entry_says_nothing() {
    let served = warm().answering("/blobs/", Response::new(404));
    for (_, path) in entries(&served) {
        let mut bytes = fs::read(&path).unwrap();
        bytes[0] ^= 1;
        fs::write(&path, bytes).unwrap();
    }
    let layer = super::content::document(&full().0, "prov.jsonld");
    served.judge(":v1").assert("blobs are gone", 3, &["UNDECIDED", &format!("gap gap.absent {layer}")]);
    assert!(entries(&served).iter().all(is_sound), "the corrupt ones were removed");
    assert_eq!(entries(&served).len(), 5, "the manifests were fetched again");
}

/// What a list says of an entry's size is held against the bytes, wherever they come from.
#[test]
fn a_wrong_size_is_wrong_warm_and_cold() {
    let (artifact, subject) = full();
    let mut listed: Vec<Value> = super::referrers(&artifact).iter().map(|digest| artifact.descriptor(digest)).collect();
    listed.iter_mut().for_each(|entry| entry["size"] = json!(entry["size"].as_u64().unwrap() + 1));
    let list = json!({"schemaVersion": 2, "mediaType": crate::support::artifact::INDEX, "manifests": listed});
    let answer = Response::new(200).content_type(crate::support::artifact::INDEX).body(list.to_string());
    for served in [native().with_cache(16), warm()] {
        let served = served.answering(&format!("/referrers/{subject}"), answer.clone());
        let mut measured = served.judge(":v1").assert("size", 3, &["UNDECIDED", "subject cached=0"]);
        for entry in &listed {
            let size = entry["size"].as_u64().unwrap();
            let gap = format!("gap gap.corrupt {} + {size} + {}", entry["digest"].as_str().unwrap(), size - 1);
            measured = measured.assert("size", 3, &[&gap]);
        }
    }
}

/// A25: what the folder is costs requests, and no verdict.
#[test]
fn a_folder_that_cannot_be_used() {
    let whole = |served: Served, case: &str| {
        for _ in 0..2 {
            let measured = served.judge(":v1").assert(case, 0, &["PASS", "subject requests=19 + cached=0"]);
            // Nobody is told of it: neither on standard error nor as a note.
            assert_eq!(measured.outcome.err, "", "{case}");
            assert_eq!(measured.outcome.report.unwrap()["run"]["notes"], json!([]), "{case}");
        }
        served
    };
    for folder in ["/proc/self/nowhere", "/dev/full", "/dev/null/x"] {
        whole(native().with_cache(16).environment("OCIGATE_CACHE_DIR", folder), folder);
    }
    let served = native().with_cache(16);
    served.file("cache", "a file");
    let served = whole(served, "a file in its place");
    assert_eq!(fs::read(served.cache()).unwrap(), b"a file");

    // A link in our own part of the folder leads to what is not ours.
    for part in ["content-v1", "content-v1/sha256"] {
        let served = native().with_cache(16);
        let elsewhere = served.folder.path().join("elsewhere");
        let link = served.cache().join(part);
        fs::create_dir_all(&elsewhere).unwrap();
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(&elsewhere, &link).unwrap();
        let mine = elsewhere.join("a".repeat(64));
        fs::write(&mine, "mine").unwrap();
        let served = whole(served, part);
        assert_states(&program(&served, &["cache", "clear"]).outcome, part, &served.cache(), &["0", "0"]);
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 1, "{part}: something was written there");
    }
}

/// What lies behind a link is not ours: it is neither read nor removed, whatever it is called.
#[test]
fn a_link_in_place_of_the_folder_of_entries() {
    for part in ["content-v1", "content-v1/sha256"] {
        let served = warm();
        let link = served.cache().join(part);
        let elsewhere = served.folder.path().join("elsewhere");
        fs::rename(&link, &elsewhere).unwrap();
        symlink(&elsewhere, &link).unwrap();
        let before = entries(&served);
        for (_, path) in &before {
            let bytes = fs::read(path).unwrap();
            fs::write(path, [&[bytes[0] ^ 1], &bytes[1..]].concat()).unwrap();
        }
        served.judge(":v1").assert(part, 0, &["PASS", "subject requests=19 + cached=0"]);
        assert_eq!(entries(&served), before, "{part}: something was removed there");
        assert!(!before.iter().any(is_sound), "{part}: something was written there");
    }
}

#[test]
fn links_and_pipes_in_place_of_entries() {
    let served = warm();
    let entries = entries(&served);
    let outside = served.folder.path().join("outside");
    for (number, (_, path)) in entries.iter().enumerate() {
        if number % 2 == 0 {
            fs::rename(path, &outside).unwrap();
            symlink(&outside, path).unwrap();
        } else {
            fs::remove_file(path).unwrap();
            assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
        }
    }
    let kept = fs::read(&outside).unwrap();
    served.judge(":v1").assert("links and pipes", 0, &["PASS", "subject requests=19 + cached=0"]);
    assert_eq!(fs::read(&outside).unwrap(), kept, "a link was followed");
    served.judge(":v1").assert("replaced", 0, &["PASS", "subject requests=8 + cached=11"]);
}

#[test]
fn several_processes_share_one_cache() {
    let served = native().with_cache(16);
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| served.judge(":v1").assert("at once", 0, &["PASS"]));
        }
    });
    assert!(entries(&served).len() == 11 && entries(&served).iter().all(is_sound), "{:?}", entries(&served));
    served.judge(":v1").assert("after", 0, &["PASS", "subject requests=8 + cached=11"]);
}

#[test]
fn info_and_clear() {
    let served = native().with_cache(16);
    let none = program(&served, &["cache", "info"]).outcome;
    assert_states(&none, "before", &served.cache(), &["0", "0", "16777216"]);
    assert!(!served.cache().exists(), "looking makes no folder");
    served.judge(":v1").assert("cold", 0, &["PASS"]);
    let bytes: u64 = entries(&served).iter().map(|(_, path)| fs::metadata(path).unwrap().len()).sum();
    let info = program(&served, &["cache", "info"]).outcome;
    assert_states(&info, "info", &served.cache(), &["11", &bytes.to_string(), "16777216"]);
    // What is not ours stays, whatever folder was named.
    for name in ["mine.txt", "content-v1/sha256/mine", "content-v1/mine"] {
        fs::write(served.cache().join(name), "mine").unwrap();
    }
    let cleared = program(&served, &["cache", "clear"]).outcome;
    assert_states(&cleared, "clear", &served.cache(), &["11", &bytes.to_string()]);
    assert_eq!(entries(&served).len(), 1);
    assert!(served.cache().join("mine.txt").exists() && served.cache().join("content-v1/mine").exists());
    served.judge(":v1").assert("cleared", 0, &["PASS", "subject requests=19 + cached=0"]);

    let served = served.environment("OCIGATE_CACHE_DIR", "/dev/null/x\u{1b}[31m");
    let odd = program(&served, &["cache", "info"]).outcome;
    assert_states(&odd, "no folder", Path::new("/dev/null/x"), &["0", "0"]);
    assert!(!odd.out.contains('\u{1b}'), "{}", odd.out);
    let served = served.environment("OCIGATE_CACHE_SIZE", "0");
    program(&served, &["cache", "info"]).outcome.assert("off", 0, &["OCIGATE_CACHE_SIZE"]);
    let served = served.environment("OCIGATE_CACHE_SIZE", "big");
    let reasons = ["OCIGATE_CACHE_SIZE", "big"];
    program(&served, &["cache", "info"]).outcome.assert("size", 2, &reasons);
    program(&served, &["verify", &format!("{}/kfm/layers:v1", served.registry.host())])
        .outcome
        .assert("size", 2, &reasons);
}

#[test]
fn the_folder_is_where_caches_are() {
    let served = native().environment("OCIGATE_CACHE_SIZE", "16").environment("OCIGATE_CACHE_DIR", "");
    let home = served.folder.path().to_owned();
    served.judge(":v1").assert("home", 0, &["PASS"]);
    assert!(home.join(".cache/ocigate/content-v1/sha256").is_dir());
    let served = served.environment("XDG_CACHE_HOME", home.join("xdg"));
    served.judge(":v1").assert("XDG", 0, &["PASS", "subject requests=19 + cached=0"]);
    assert!(home.join("xdg/ocigate/content-v1/sha256").is_dir());
    // A relative path there counts as none, so it is the one in the home.
    let served = served.environment("XDG_CACHE_HOME", "relative");
    served.judge(":v1").assert("relative", 0, &["PASS", "subject requests=8 + cached=11"]);
    assert!(!home.join("relative").exists());
}

#[test]
fn without_the_cache_nothing_is_read_or_written() {
    let served = warm().with(&["--no-cache"]);
    served.judge(":v1").assert("--no-cache", 0, &["PASS", "subject requests=19 + cached=0"]);
    let served = native().with_cache(16).with(&["--no-cache"]);
    served.judge(":v1").assert("--no-cache", 0, &["PASS"]);
    assert!(!served.cache().exists());
    // A layout is itself where its bytes are kept.
    let served = native().with_cache(16);
    let key = served.file("release.pub", release().public_pem());
    program(&served, &["verify", "--key", &key, "oci-layout:layout:v1"]).outcome.assert("layout", 0, &["PASS"]);
    assert!(!served.cache().exists());
}

/// One subject's evidence is another's too, if it is the same; a mirror's bytes are as good as the registry's.
#[test]
fn a_mirror_fills_the_cache_too() {
    let mirror = Registry::start(Options::default());
    let served = native().with_cache(16);
    mirror.fill(&served.folder.path().join("layout"));
    let config = format!("[[mirror]]\nprefix = \"{}\"\nlocation = \"{}\"\n", served.registry.host(), mirror.host());
    let config = served.file("ocigate.toml", config);
    let served = served.with(&["--config", &config]);
    served.judge(":v1").assert("cold", 0, &["PASS"]);
    assert_eq!(mirror.requests().len(), 11);
    served.judge(":v1").assert("warm", 0, &["PASS", "subject requests=8 + cached=11"]);
    assert_eq!(mirror.requests().len(), 11);
}
