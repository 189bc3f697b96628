//! What the documentation says is there: paths, flags, examples, tables; and what the program writes is what
//! the schemas say.

mod codes;
mod kinds;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::artifact::{self, Artifact, Key, Layer};
use crate::support::documents;
use crate::support::gate::{Gate, Outcome, ocigate};
use ocigate::limits::Limits;
use serde_json::{Value, json};

const PAGES: [&str; 5] = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "schemas/README.md"];
const COMMANDS: [&str; 11] =
    ["verify", "save", "diff", "inspect", "resolve", "pointer", "schema", "check-document", "rules", "test", "cache"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn page(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

fn help(command: &str) -> String {
    let arguments: Vec<&str> = [command, "--help"].into_iter().filter(|argument| !argument.is_empty()).collect();
    let outcome = ocigate(&root(), &arguments);
    assert_eq!(outcome.code, 0, "{command} --help: {}", outcome.err);
    outcome.out
}

/// A page apart: its fenced blocks with their languages, and the rest.
fn split(text: &str) -> (Vec<(String, String)>, String) {
    let (mut blocks, mut prose, mut open) = (Vec::new(), String::new(), None::<(String, String)>);
    for line in text.lines() {
        match (line.strip_prefix("```"), open.take()) {
            (Some(language), None) => open = Some((language.to_owned(), String::new())),
            (Some(_), Some(block)) => blocks.push(block),
            (None, Some((language, body))) => open = Some((language, body + line + "\n")),
            (None, None) => prose += &format!("{line}\n"),
        }
    }
    assert!(open.is_none(), "a fenced block does not end");
    (blocks, prose)
}

fn blocks(name: &str, language: &str) -> Vec<String> {
    let (blocks, _) = split(&page(name));
    blocks.into_iter().filter(|(known, _)| known == language).map(|(_, body)| body).collect()
}

/// What stands between single backticks.
fn spans(prose: &str) -> Vec<String> {
    prose.split('`').skip(1).step_by(2).map(|span| span.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// Commands of shell and workflow blocks, with continued lines joined, and of spans.
fn commands(name: &str) -> Vec<String> {
    let (blocks, prose) = split(&page(name));
    let shell = blocks.into_iter().filter(|(language, _)| ["sh", "yaml"].contains(&language.as_str()));
    let lines = shell.flat_map(|(_, body)| body.replace("\\\n", " ").lines().map(str::to_owned).collect::<Vec<_>>());
    lines.chain(spans(&prose)).collect()
}

#[test]
fn every_path_that_a_page_names_exists() {
    let tops: BTreeSet<String> = fs::read_dir(root())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "target" && name != ".git")
        .collect();
    let mut seen = 0;
    for name in PAGES {
        let (blocks, prose) = split(&page(name));
        let linked = prose.split("](").skip(1).map(|rest| rest.split(')').next().unwrap().to_owned());
        let linked = linked.filter(|target| !target.contains("://") && !target.starts_with('#'));
        let folder = Path::new(name).parent().unwrap().to_owned();
        for target in linked {
            assert!(root().join(&folder).join(&target).exists(), "{name} links to {target}, which does not exist");
            seen += 1;
        }
        let shell = blocks.into_iter().filter(|(language, _)| language == "sh").map(|(_, body)| body);
        for word in spans(&prose).into_iter().chain(shell).flat_map(|text| {
            text.split_whitespace().map(|word| word.trim_start_matches("oci-layout:").to_owned()).collect::<Vec<_>>()
        }) {
            let top = word.split('/').next().unwrap();
            // A folder of this repository, a file of it, or a pattern of names that cannot be looked up.
            let is_path = word.contains('/') || word.ends_with(".md") || word.ends_with(".toml");
            if !is_path || word.contains(['<', '*', '…', '{']) || !tops.contains(top) && top != ".ci" {
                continue;
            }
            assert!(root().join(&word).exists(), "{name} names {word}, which does not exist");
            seen += 1;
        }
    }
    assert!(seen > 40, "found only {seen} paths: is the search right?");
}

/// The flags in a help text.
fn flags(help: &str) -> BTreeSet<String> {
    let words = help.split(|character: char| !(character.is_ascii_alphanumeric() || character == '-'));
    words.filter(|word| word.starts_with("--") && word.len() > 2).map(str::to_owned).collect()
}

#[test]
fn every_flag_that_a_page_names_exists() {
    let known: BTreeMap<&str, BTreeSet<String>> =
        COMMANDS.iter().map(|command| (*command, flags(&help(command)))).collect();
    let any: BTreeSet<String> = known.values().flatten().cloned().collect();
    let mut seen = BTreeSet::new();
    let mut check = |page: &str, text: &str| {
        // What runs another program is not ours; `cargo run … --` passes on.
        let ours = match (text.find("ocigate "), text.starts_with("cargo run")) {
            (Some(at), _) => &text[at + "ocigate ".len()..],
            (None, true) => text.split_once(" -- ").map_or("", |(_, ours)| ours),
            (None, false) if text.starts_with("--") => text,
            (None, false) => return,
        };
        if ["cosign", "oras", "cargo install", "cargo test"].iter().any(|other| text.trim_start().starts_with(other)) {
            return;
        }
        let command = ours.split_whitespace().next().unwrap_or_default();
        // `--` ends the flags.
        for flag in flags(ours.split(" -- ").next().unwrap()) {
            let exists = known.get(command).unwrap_or(&any).contains(&flag);
            assert!(exists, "{page}: {text}: there is no flag {flag}");
            seen.insert(flag);
        }
    };
    for name in PAGES {
        for text in commands(name) {
            // Flags of oras and cosign that the text speaks of.
            if !["--signing-config", "--to-oci-layout"].contains(&text.as_str()) && text != "--" {
                check(name, &text);
            }
        }
    }
    for command in [""].into_iter().chain(COMMANDS) {
        for line in help(command).lines().filter(|line| line.starts_with("  ocigate ")) {
            check("help", line.trim());
        }
    }
    assert!(seen.len() >= 10, "found only {seen:?}: is the search right?");
}

#[test]
fn every_command_and_output_format_is_documented() {
    let readme = page("README.md");
    for command in COMMANDS {
        assert!(help("").contains(&format!("  {command} ")), "there is no command {command}");
        assert!(
            readme.contains(&format!("ocigate {command}")) || readme.contains(&format!("`{command}`")),
            "{command}"
        );
    }
    for (format, _) in ocigate::output::Format::NAMES {
        assert!(readme.contains(&format!("| `{format}` |")), "the README does not describe the output {format}");
    }
}

#[test]
fn help_shows_examples_and_the_readmes_exit_codes() {
    let readme = page("README.md");
    for command in ["", "verify"] {
        let help = help(command);
        assert!(help.contains("Examples:\n  ocigate "), "{command}: {help}");
        for (code, verdict) in [(0, "pass"), (1, "fail"), (3, "undecided")] {
            assert!(help.contains(&format!("  {code}  {verdict}")), "{command}: {help}");
            assert!(readme.contains(&format!("| {code} | {verdict} |")), "{code} {verdict}");
        }
        assert!(help.contains("\n  2  ") && readme.contains("| 2 | none |"), "{command}: {help}");
    }
    for command in COMMANDS.into_iter().filter(|command| *command != "verify") {
        let help = help(command);
        assert!(help.contains(&format!("Usage: ocigate {command}")), "{help}");
    }
}

/// The README's example of everything, written out: keys, policy with test, data, configuration.
fn workspace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let rego = blocks("README.md", "rego");
    let [source, over_input, source_test] = &rego[..] else {
        panic!("a policy, one over more of the input, and a test")
    };
    write("policy/source.rego", source);
    write("policy/source_test.rego", source_test);
    write("more/input.rego", over_input);
    write("settings.json", &blocks("README.md", "json")[0]);
    write("ocigate.toml", &blocks("README.md", "toml")[0]);
    write("keys/maps.pub", &Key::number(1).public_pem());
    for name in ["trusted_root", "community.trusted_root"] {
        write(&format!("keys/{name}.json"), sigstore_verify::trust_root::SIGSTORE_PRODUCTION_TRUSTED_ROOT);
    }
    for (number, name) in ["release", "builder"].into_iter().enumerate() {
        write(&format!("keys/{name}.pub"), &Key::number(u8::try_from(number).unwrap() + 1).public_pem());
    }
    folder
}

#[test]
fn the_policy_over_more_of_the_input_loads() {
    let outcome = ocigate(workspace().path(), &["rules", "--policy", "more"]);
    outcome.assert("more", 0, &["deny", "main"]);
}

#[test]
fn every_configuration_of_the_readme_is_valid() {
    let configurations = [blocks("README.md", "toml"), blocks("docs/trust.md", "toml")].concat();
    assert!(configurations.len() >= 5);
    let workspace = workspace();
    for text in &configurations {
        let value: Value = toml::from_str(text).unwrap();
        assert_valid("config.v1", &value);
        let path = workspace.path().join("example.toml");
        fs::write(&path, text).unwrap();
        let outcome = ocigate(workspace.path(), &["rules", "--config", "example.toml"]);
        outcome.assert(text, 0, &["signature"]);
        // All of it, the signers too: a layout that is not there is looked for only after the configuration.
        let outcome = ocigate(workspace.path(), &["verify", "--config", "example.toml", "oci-layout:nowhere"]);
        outcome.assert(text, 2, &["nowhere"]);
    }
    let example: Value = toml::from_str(&configurations[0]).unwrap();
    let schema = schema("config.v1");
    for (pointer, of) in [
        ("", &schema["properties"]),
        ("/rules", &schema["properties"]["rules"]["properties"]),
        ("/mirror", &schema["$defs"]["mirror"]["properties"]),
        ("/pointer", &schema["properties"]["pointer"]["properties"]),
        ("/trust", &schema["properties"]["trust"]["properties"]),
        ("/trust/signer", &schema["$defs"]["signer"]["properties"]),
        ("/trust/signer/2/identity", &schema["$defs"]["signer"]["properties"]["identity"]["properties"]),
        ("/trust/require/0", &schema["$defs"]["require"]["properties"]),
        ("/trust/require/0/statement/0", &schema["$defs"]["require"]["properties"]["statement"]["items"]["properties"]),
    ] {
        // No signer has a key and an identity; together they show all.
        let entries = match example.pointer(pointer).unwrap() {
            Value::Array(entries) => entries.iter().collect(),
            one => vec![one],
        };
        let keys: BTreeSet<&String> = entries.iter().flat_map(|entry| entry.as_object().unwrap().keys()).collect();
        let known: BTreeSet<&String> = of.as_object().unwrap().keys().collect();
        assert_eq!(keys, known, "the README's example has every key of {pointer:?}");
    }
}

#[test]
fn the_schema_of_the_configuration_has_its_keys_and_refuses_what_the_program_refuses() {
    let key = Key::number(1).public_pem();
    for text in [
        "require_digset = true\n",
        "require_proven = [\"other\"]\n",
        "signature_predicates = [\"\"]\n",
        "timeout = \"60\"\n",
        "client_key = \"a.key\"\n",
        "[[mirror]]\nprefix = \"a.example\"\n",
        "[[mirror]]\nprefix = \"a.example\"\nlocation = \"b.example\"\npull_from_mirror = \"tag-only\"\n",
        "[rules]\nenable = []\n",
        "[pointer]\nrepositories = [\"kfm\"]\n",
        "[pointer]\nrepository = \"registry.example.org/kfm\"\n",
        "[trust]\nsigners = []\n",
        "[[trust.signer]]\nname = \"a\"\n",
        "[[trust.signer]]\nname = \"\"\nkey = \"a.pub\"\n",
        "[[trust.signer]]\nname = \"a\"\nkey = \"a.pub\"\nrepositories = []\n",
        "[[trust.signer]]\nname = \"a\"\nkey = \"a.pub\"\nrepositories = [\"kfm\"]\n",
        "[[trust.signer]]\nname = \"a\"\nkey = \"a.pub\"\npredicate_types = [\"\"]\n",
        "[[trust.signer]]\nname = \"a\"\nkey = \"a.pub\"\nissuer = \"x\"\n",
    ] {
        let value: Value = toml::from_str(text).unwrap();
        assert!(!validator("config.v1").is_valid(&value), "the schema takes {text}");
        let gate = Gate::untrusting(&documents::complete().0);
        gate.file("a.pub", key.as_bytes());
        let outcome = gate.config(text).run();
        assert_eq!(outcome.code, 2, "the program takes {text}\n{}{}", outcome.out, outcome.err);
    }
}

#[test]
fn the_policy_of_the_readme_is_tested_and_does_what_it_says() {
    let workspace = workspace();
    ocigate(workspace.path(), &["test", "policy"]).assert("its tests", 0, &[]);
    let policy = workspace.path().join("policy");
    let outcome = Gate::on(&documents::complete().0).with(&["--policy", policy.to_str().unwrap()]).run();
    let annotation = "fail deny set=team.source + org.opencontainers.image.source";
    outcome.assert("it denies", 1, &[annotation, "fail deny_review set=team.source"]);
    let (mut artifact, subject) = documents::complete();
    artifact.attest(&documents::release(), &subject, "https://example.org/review/v1", json!({"reviewer": "somebody"}));
    let outcome = Gate::on(&artifact).with(&["--policy", policy.to_str().unwrap()]).run();
    outcome.assert("the review is found", 1, &[annotation]);
    assert!(!outcome.has("fail deny_review"), "{}", outcome.out);
}

#[test]
fn the_tables_are_those_of_the_code() {
    let contributing = page("CONTRIBUTING.md");
    let architecture = page("tests/architecture.rs");
    let table = architecture.split("MAY_IMPORT").nth(1).unwrap().split("];\n").next().unwrap();
    let mut rooms = 0;
    for row in table.lines().filter(|line| line.trim_start().starts_with("(\"")) {
        let names: Vec<&str> = row.split('"').skip(1).step_by(2).collect();
        let imports = if names.len() == 1 { "nothing".to_owned() } else { names[1..].join(", ") };
        let there = contributing
            .lines()
            .any(|line| line.starts_with(&format!("| `{}` |", names[0])) && line.ends_with(&format!("| {imports} |")));
        assert!(there, "CONTRIBUTING.md: expected a row for `{}` that ends in {imports}", names[0]);
        rooms += 1;
    }
    assert!(rooms > 10);

    let (readme, limits) = (page("README.md"), Limits::default());
    let mib = |bytes: u64| format!("{} MiB", bytes / 1024 / 1024);
    for (name, value) in [
        ("time on the network", format!("{} s", limits.timeout.as_secs())),
        ("requests", limits.requests.to_string()),
        ("referrers", limits.referrers.to_string()),
        ("evidence documents", limits.blobs.to_string()),
        ("pages of one list", limits.pages.to_string()),
        ("requests at once", limits.concurrency.to_string()),
        ("requests to one host, all subjects", limits.connections.to_string()),
        ("redirects per request", limits.redirects.to_string()),
        ("one manifest, index or page", mib(limits.manifest_bytes)),
        ("documents among the subject's layers", limits.own_documents.to_string()),
        ("one of these", mib(limits.own_document_bytes)),
        ("one evidence document", mib(limits.evidence_bytes)),
        ("all that is read, of an index with its children", mib(limits.total_bytes)),
        ("levels of referrers", limits.depth.to_string()),
        ("nesting of JSON", limits.json_depth.to_string()),
        ("one policy or data file", mib(limits.policy_bytes)),
        ("one evaluation of all policies", format!("{} s", limits.policy_time.as_secs())),
    ] {
        assert!(readme.contains(&format!("| {name} | {value} |")), "README.md: expected `| {name} | {value} |`");
    }
}

fn schema(name: &str) -> Value {
    serde_json::from_str(&page(&format!("schemas/{name}.schema.json"))).unwrap()
}

fn validator(name: &str) -> jsonschema::Validator {
    jsonschema::options().should_validate_formats(true).offline().build(&schema(name)).unwrap()
}

fn assert_valid(name: &str, value: &Value) {
    let faults: Vec<String> =
        validator(name).iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(faults.is_empty(), "{name}:\n{}\nin {value:#}", faults.join("\n"));
}

#[test]
fn every_schema_is_one_and_is_listed() {
    let listed = page("schemas/README.md");
    for entry in fs::read_dir(root().join("schemas")).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let Some(name) = file.strip_suffix(".schema.json") else { continue };
        assert!(listed.contains(&format!("]({file})")), "schemas/README.md does not list {file}");
        let schema = schema(name);
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{file}");
        assert!(jsonschema::meta::is_valid(&schema), "{file}");
        validator(name);
    }
}

/// Gates that between them show every part of the report, and how each ends.
fn runs() -> Vec<(&'static str, i32, Gate)> {
    let (release, stranger) = (documents::release(), documents::stranger());
    let mut rich = documents::complete();
    let sbom = documents::spdx(&documents::data_digest());
    rich.0.attest(&release, &rich.1, documents::SPDX, sbom.clone());
    rich.0.attest(&stranger, &rich.1, documents::SLSA, documents::slsa());
    rich.0.attest_legacy(&release, &rich.1, documents::SLSA, documents::slsa());
    rich.0.sign_legacy(&release, &rich.1, &rich.1);
    rich.0.attach(&rich.1, "image/png", vec![Layer("preview.png", "image/png", b"png".to_vec())]);
    let keyless = artifact::statement(&[&rich.1], artifact::SIGN, json!({}));
    rich.0.attach_bundle(&rich.1, artifact::keyless_bundle(&keyless));

    let (mut gone, subject) = documents::complete();
    let referrer = gone.attach(&subject, documents::SBOM, documents::sbom_layers(&documents::data_digest()));
    gone.blobs.remove(&referrer);

    let (mut stub, subject) = documents::bare();
    let layer = artifact::document("prov.jsonld", "application/ld+json", &json!({"run_id": "demo"}));
    stub.attach(&subject, documents::PROVENANCE, vec![layer]);
    stub.sign(&release, &subject);

    let mut broken = documents::complete();
    broken.0.blobs.insert(documents::data_digest(), b"other bytes".to_vec());

    let on = |artifact: &Artifact| Gate::on(artifact);
    let pointed = |oci: Value| {
        let gate = Gate::on(&documents::complete().0);
        let file = gate.file("p.json", &artifact::pretty(&json!({"distribution": {"oci": oci}})));
        gate.with(&["--pointer", file.to_str().unwrap()])
    };
    let subject = format!("oci://{}@{}", documents::REPOSITORY, documents::complete().1);
    let held_against = json!({
        "subject": subject, "artifact_type": "image/tiff", "mediaType": "image/tiff", "note": "x", "tag": "v1",
        "files": [{"path": "soils.pmtiles", "media_type": "x", "size": 1, "digest": documents::data_digest()}, {}],
        "referrers": {"signature": documents::data_digest(), "sbom": "REPLACE_ME"},
        "security": {"requires_cosign": true, "expected_signer": "council"},
    });
    let policy =
        "package main\ndeny contains \"x\" if to_number(\"seven\") == 7\nwarn contains \"hm\" if print(\"seen\")\n";
    let failing = on(&documents::complete().0);
    let file = failing.file("p.rego", policy.as_bytes());
    let config = "require_proven = [\"sbom\"]\nsignature_predicates = [\"https://example.org/x\"]\n[rules]\ndisable = [\"care\"]\n";
    vec![
        ("pass", 0, on(&documents::complete().0)),
        ("everything at once", 0, on(&rich.0)),
        ("unsigned", 1, on(&documents::documented().0)),
        ("nothing attached", 1, on(&documents::bare().0)),
        ("a stub as provenance", 1, on(&stub)),
        ("a layer is not its digest", 1, on(&broken.0)),
        ("warnings fail", 1, on(&documents::complete().0).with(&["--fail-on-warn"])),
        ("no key", 3, Gate::untrusting(&documents::complete().0)),
        ("a referrer is gone", 3, on(&gone)),
        ("no such name", 3, on(&documents::complete().0).named("v9")),
        ("a rule errs", 3, failing.with(&["--policy", file.to_str().unwrap()])),
        ("a pointer says otherwise", 1, pointed(held_against)),
        ("a pointer names nothing", 1, pointed(json!({"subject": "REPLACE_ME"}))),
        ("configured", 1, on(&documents::complete().0).config(config)),
    ]
}

fn parsed(outcome: &Outcome) -> Value {
    serde_json::from_str(&outcome.out).unwrap_or_else(|error| panic!("{error}:\n{}{}", outcome.out, outcome.err))
}

#[test]
fn reports_are_what_their_schema_says() {
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (case, code, gate) in runs() {
        let outcome = gate.with(&["--output", "json"]).run();
        assert_eq!(outcome.code, code, "{case}:\n{}{}", outcome.out, outcome.err);
        let report = parsed(&outcome);
        assert_valid("report.v1", &report);
        let mut note = |what: &str, value: &Value| {
            seen.entry(what.to_owned()).or_default().insert(value.as_str().unwrap_or("none").to_owned());
        };
        note("verdict", &report["verdict"]);
        for subject in report["subjects"].as_array().unwrap() {
            subject["evidence"].as_array().unwrap().iter().for_each(|row| note("standing", &row["standing"]));
            subject["evidence"].as_array().unwrap().iter().for_each(|row| note("linked_by", &row["linked_by"]));
            subject["findings"].as_array().unwrap().iter().for_each(|row| note("weight", &row["weight"]));
            subject["rules"].as_array().unwrap().iter().for_each(|row| note("outcome", &row["outcome"]));
            for part in ["gaps", "rule_errors", "prints", "rules"] {
                if !subject[part].as_array().unwrap().is_empty() {
                    note("parts", &json!(part));
                }
            }
        }
    }
    // The runs show what the schema describes.
    for (what, values) in [
        ("verdict", &["pass", "fail", "undecided"][..]),
        ("standing", &["proven", "attached", "refused", "unchecked"]),
        ("linked_by", &["subject", "cosign tag"]),
        ("weight", &["fail", "undecided", "warn"]),
        ("parts", &["gaps", "rule_errors", "rules"]),
        ("outcome", &["not_applicable", "pass", "warn", "undecided", "fail"]),
    ] {
        for value in values {
            assert!(seen[what].contains(*value), "no run shows the {what} {value:?}: {:?}", seen[what]);
        }
    }
}

#[test]
fn the_schema_of_reports_lets_nothing_else_pass() {
    let report = parsed(&Gate::on(&documents::complete().0).with(&["--output", "json"]).run());
    let validator = validator("report.v1");
    for (pointer, wrong) in [
        ("/version", json!(2)),
        ("/verdict", json!("approved")),
        ("/subjects", json!([])),
        ("/subjects/0/digest", json!("sha256:abc")),
        ("/subjects/0/evidence/0/standing", json!("verified")),
        ("/run/now", json!("yesterday")),
    ] {
        let mut changed = report.clone();
        *changed.pointer_mut(pointer).unwrap() = wrong;
        assert!(!validator.is_valid(&changed), "{pointer}");
    }
    let mut extended = report;
    extended["approved"] = json!(true);
    assert!(!validator.is_valid(&extended));
}

#[test]
fn the_input_of_policies_is_what_its_schema_says() {
    let mut seen = 0;
    for (case, code, gate) in runs() {
        let outcome = gate.with(&["--output", "input"]).run();
        assert_eq!(outcome.code, code, "{case}:\n{}{}", outcome.out, outcome.err);
        match parsed(&outcome) {
            // A subject that was not seen has no input.
            Value::Array(several) => assert!(several.is_empty(), "{case}"),
            input => {
                assert_valid("input.v1", &input);
                seen += 1;
            }
        }
    }
    assert!(seen > 8);
}
