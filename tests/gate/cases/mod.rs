//! The gate on every fixture: exit code, reasons and the report for programs.
//!
//! Fixtures are made by this code in a folder of the test. The few that README and benches name are committed as well:
//! `cargo test --test gate regenerate -- --ignored` writes them.

mod agreement;
mod contents;
mod fixture;
mod kfm;
mod pointer;
mod provenance;
mod signature;
mod whole;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::gate::ocigate;
use crate::support::rows;
use crate::support::rules::bundled_rules;
use fixture::{Case, Fixture};
use ocigate::policy::{RuleInfo, Set};
use serde_json::Value;

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every fixture there is.
fn table() -> Vec<Fixture> {
    let rooms = [
        agreement::fixtures(),
        kfm::fixtures(),
        signature::fixtures(),
        provenance::fixtures(),
        contents::fixtures(),
        pointer::fixtures(),
        whole::fixtures(),
    ];
    rooms.into_iter().flatten().collect()
}

/// What README and benches name. All other fixtures live only as long as the test that makes them.
const COMMITTED: [&str; 3] = ["layer_fail", "layer_pass", "plain_image_pass"];

/// A folder with these fixtures.
fn made(fixtures: &[Fixture]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fixture::write_all(fixtures, folder.path());
    folder
}

/// The files of the committed fixtures, as the code makes them.
fn to_commit() -> BTreeMap<PathBuf, Vec<u8>> {
    let fixtures: Vec<Fixture> = table().into_iter().filter(|one| COMMITTED.contains(&one.name())).collect();
    assert_eq!(fixtures.len(), COMMITTED.len());
    fixture::files(made(&fixtures).path())
}

#[test]
#[ignore = "rewrites fixtures/"]
fn regenerate() {
    let (root, made) = (repository().join("fixtures"), to_commit());
    fs::create_dir_all(&root).unwrap();
    let there = fixture::files(&root);
    for path in there.keys().filter(|path| !made.contains_key(*path)) {
        fs::remove_file(root.join(path)).unwrap();
        // Folders that became empty go too; one that did not stays, and that is no error.
        for folder in path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty()) {
            let _ = fs::remove_dir(root.join(folder));
        }
    }
    // What is as it should be is not touched, so that tests beside this one read whole files.
    for (path, bytes) in made.iter().filter(|(path, bytes)| there.get(*path) != Some(bytes)) {
        fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        fs::write(root.join(path), bytes).unwrap();
    }
}

#[test]
fn the_committed_fixtures_are_what_the_code_makes() {
    let (made, there) = (to_commit(), fixture::files(&repository().join("fixtures")));
    let paths: BTreeSet<&PathBuf> = made.keys().chain(there.keys()).collect();
    let stale: Vec<&&PathBuf> = paths.iter().filter(|path| made.get(**path) != there.get(**path)).collect();
    assert!(stale.is_empty(), "run `cargo test --test gate regenerate -- --ignored`; stale or missing: {stale:#?}");
}

#[test]
fn every_fixture_is_judged_as_it_says() {
    let fixtures = table();
    let folder = made(&fixtures);
    let faults: Vec<String> = fixtures.iter().flat_map(|one| judge(folder.path(), one.name())).collect();
    assert!(!fixtures.is_empty(), "there is no fixture");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// Runs the program on a fixture, and says what is not as its case says.
fn judge(root: &Path, name: &str) -> Vec<String> {
    let folder = root.join(name);
    let case = Case::read(&folder);
    let reports = tempfile::tempdir().unwrap();
    let report = reports.path().join("report.json");
    let mut arguments =
        vec!["verify".to_owned(), "--output=text".to_owned(), format!("--output=json={}", report.display())];
    arguments.extend(case.arguments.clone());
    let outcome = ocigate(&folder, &arguments);
    let mut faults = Vec::new();
    if outcome.code != case.exit {
        faults.push(format!("expected exit {}, found {}", case.exit, outcome.code));
    }
    if fixture::exit(name) != Some(case.exit) {
        faults.push("its name says another verdict".to_owned());
    }
    match fs::read(&report) {
        Ok(bytes) => {
            let report = serde_json::from_slice(&bytes).unwrap();
            let is_told = |row: &String| rows::stands(&report, row).unwrap_or_else(|| outcome.out.contains(row));
            let missing = case.reasons.iter().filter(|row| !is_told(row));
            faults.extend(missing.map(|row| format!("expected the reason {row:?}")));
            let unwanted = case.absent.iter().filter(|row| is_told(row));
            faults.extend(unwanted.map(|row| format!("expected no {row:?}")));
            faults.extend(compare(&case, &report));
        }
        Err(error) => faults.push(format!("the JSON report: {error}")),
    }
    if let Some(last) = faults.last_mut() {
        last.push_str(&format!("\n{}\n{}", outcome.out, outcome.err));
    }
    faults.into_iter().map(|fault| format!("{name}: {fault}")).collect()
}

/// What the report for programs says otherwise than the case: the verdict, and which rules decided.
fn compare(case: &Case, report: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let verdict = match case.exit {
        0 => "pass",
        1 => "fail",
        _ => "undecided",
    };
    let subject = &report["subjects"][0];
    for (part, pass) in [(report, &report["pass"]), (subject, &subject["pass"])] {
        if part["verdict"] != verdict || *pass != (case.exit == 0) {
            faults.push(format!("expected the verdict {verdict}, found {} (pass: {pass})", part["verdict"]));
        }
    }
    let Some(rule) = &case.rule else { return faults };
    let entries = |list: &str| subject[list].as_array().unwrap().clone();
    // Fail beats undecided, so what is undecided beside it does not decide.
    let decides = |weight: &Value| weight == "fail" || weight == "undecided" && verdict != "fail";
    let decisive = entries("findings").into_iter().filter(|finding| decides(&finding["weight"]));
    let found: BTreeSet<(String, String)> =
        decisive.map(|finding| (finding["weight"].as_str().unwrap().to_owned(), shown(&finding))).collect();
    // A fixture that fails by another rule as well would hide that its own one is silent.
    let expected = if case.exit == 0 { BTreeSet::new() } else { BTreeSet::from([(verdict.to_owned(), rule.clone())]) };
    if found != expected {
        faults.push(format!("expected the deciding findings {expected:?}, found {found:?}"));
    }
    if entries("rules")
        .iter()
        .filter(|one| one["outcome"] != "fail" && one["outcome"] != "undecided")
        .any(|one| shown(one) == *rule)
        != (case.exit == 0)
    {
        faults.push(format!("expected the rule {rule} among those that passed only if it did"));
    }
    faults
}

/// The rule of an entry as the text report shows it.
fn shown(entry: &Value) -> String {
    let (set, rule) = (entry["set"].as_str().unwrap(), entry["rule"].as_str().unwrap());
    if set == "core" { rule.to_owned() } else { format!("{set}.{rule}") }
}

/// Ids of the rules of all sets, as `ocigate rules` lists them, and as reports name them.
fn listed() -> BTreeMap<String, String> {
    let sets = Set::NAMES.iter().flat_map(|(name, _)| ["--set", name]);
    let outcome = ocigate(&repository(), &["rules"].into_iter().chain(sets).collect::<Vec<_>>());
    outcome.assert("rules", 0, &[]);
    let row = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let shown = if words[2] == "core" { words[0].to_owned() } else { format!("{}.{}", words[2], words[0]) };
        (words[0].to_owned(), shown)
    };
    // Codes stand below their rule.
    outcome.out.lines().skip(1).filter(|line| !line.starts_with(' ') && !line.starts_with("checks ")).map(row).collect()
}

#[test]
fn every_bundled_rule_has_a_passing_and_a_failing_fixture() {
    let fixtures = table();
    for (rule, shown) in listed() {
        for end in ["pass", "fail"] {
            let name = format!("{rule}_{end}");
            let found = fixtures.iter().find(|one| one.name() == name);
            let found = found.unwrap_or_else(|| panic!("expected the fixture {name} for the rule {rule}"));
            assert_eq!(found.decided_by(), Some(shown.as_str()), "{name}: its rule");
        }
    }
}

#[test]
fn the_documented_table_of_rules_is_the_metadata() {
    let readme = fs::read_to_string(repository().join("policies/README.md")).unwrap();
    let rows = readme.lines().filter(|line| line.starts_with("| `") && line.split('|').count() == 7);
    // The last column tells a person what the rule asks, and stands nowhere else.
    let documented: Vec<String> = rows.map(|row| row.rsplitn(3, '|').last().unwrap().trim().to_owned()).collect();
    let described = |rule: &RuleInfo| {
        let quantifier = rule.quantifier.as_deref().unwrap_or("none");
        format!("| `{}` | {} | {} | {quantifier}", rule.id.rule, rule.title, rule.severity.name())
    };
    assert_eq!(documented, bundled_rules().iter().map(described).collect::<Vec<_>>());
}

#[test]
fn a_bundled_rule_has_one_name_as_id_as_file_and_as_package() {
    let rules = bundled_rules();
    for rule in &rules {
        let (id, set) = (&rule.id.rule, &rule.id.set);
        assert_eq!(rule.file, format!("policies/{set}/{id}.rego"));
        let text = fs::read_to_string(repository().join(&rule.file)).unwrap();
        for line in [format!("#   id: {id}"), format!("package ocigate.{set}.{id}")] {
            assert!(text.lines().any(|found| found == line), "{}: expected the line {line:?}", rule.file);
        }
        let tests = repository().join(format!("policies/{set}/{id}_test.rego"));
        assert!(tests.is_file(), "{}: it has no tests", rule.file);
        for text in [&rule.description, &rule.rationale, &rule.remedy, &rule.quantifier] {
            assert!(text.is_some(), "{}: METADATA needs description, rationale, remedy and quantifier", rule.file);
        }
    }
    // A file that was forgotten in the list of bundled ones would never deny anything.
    for set in ["core", "kfm"] {
        let of_set = rules.iter().filter(|rule| rule.id.set == set);
        let folder = repository().join("policies").join(set);
        assert_eq!(policies_in(&folder), of_set.map(|rule| rule.id.rule.clone()).collect());
    }
}

/// Names of the policies in a folder, without tests.
fn policies_in(folder: &Path) -> BTreeSet<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let stems = names.filter_map(|name| name.strip_suffix(".rego").map(str::to_owned));
    stems.filter(|stem| !stem.ends_with("_test")).collect()
}

#[test]
fn the_tests_of_the_bundled_policies_pass() {
    let outcome = ocigate(&repository(), &["test"]);
    outcome.assert("test", 0, &[]);
    assert!(!outcome.out.contains("skipped"), "{}", outcome.out);
}
