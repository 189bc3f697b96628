//! Users' policies: Conftest's conventions, with guards.

use ocigate::Judgement;
use ocigate::demands::Demands;
use ocigate::dossier::Vocabulary;
use ocigate::limits::Limits;
use ocigate::oci::Repository;
use ocigate::policy::{self, Origin, Policies, PolicyFile, PolicySources};
use ocigate::report::{SubjectReport, Verdict};
use ocigate::source::{Access, Gap};
use ocigate::trust::{SignerEntry, Trust};
use serde_json::json;

use crate::support::artifact::document;
use crate::support::documents::{REPOSITORY, SBOM, complete, data_digest, release, spdx};
use crate::support::gate::{Gate, Outcome};
use crate::support::rows;

fn gate(files: &[(&str, &str)], arguments: &[&str]) -> Outcome {
    let gate = Gate::on(&complete().0);
    for (name, text) in files {
        gate.file(name, text.as_bytes());
    }
    let folder = gate.layout().with_file_name("policy");
    let mut all = vec!["--policy", folder.to_str().unwrap()];
    all.extend(arguments);
    gate.with(&all).run()
}

fn policy(text: &str) -> Outcome {
    gate(&[("policy/main.rego", text)], &[])
}

#[test]
fn conftests_conventions_work() {
    policy("package main\ndeny contains \"too soft\" if input.subject.size < 1\n").assert("holds", 0, &["PASS"]);
    for rule in ["deny", "deny_size", "violation", "violation_x"] {
        let text = format!("package main\n{rule} contains \"too large\" if input.subject.size > 1\n");
        let outcome = policy(&text);
        outcome.assert(rule, 1, &[&format!("fail main.{rule} message=too large")]);
    }
    let old = "package main\ndeny[msg] { msg := \"old syntax\"; input.version == 1 }\n";
    policy(old).assert("v0 unasked", 2, &["main.rego:2:", "--rego-version v0"]);
    let gate = Gate::on(&complete().0);
    let file = gate.file("old.rego", old.as_bytes());
    gate.with(&["--policy", file.to_str().unwrap(), "--rego-version", "v0"]).run().assert("v0", 1, &["fail deny"]);
    policy("package main\nwarn contains \"look\" if input.version == 1\n").assert("warn", 0, &["warn warn"]);
    let object =
        "package team.images\ndeny contains {\"msg\": \"no\", \"remedy\": \"mend it\"} if input.version == 1\n";
    let outcome = policy(object);
    outcome.assert("object", 1, &["fail team.images.deny message=no"]);
    assert!(outcome.list("findings").iter().any(|finding| finding["remedy"] == "mend it"), "{}", outcome.out);
    assert!(rows::has_line(&outcome.out, "  FAIL", &["team.images.deny", "no"]), "{}", outcome.out);
    assert!(outcome.out.contains("mend it"), "{}", outcome.out);
    let undecided = "package main\nundecided contains \"cannot tell\" if input.version == 1\n";
    policy(undecided).assert("undecided", 3, &["undecided undecided"]);
}

/// An SBOM enters as a summary where no rule looks further. Whatever way a rule of the user looks, it must find
/// what it looks for: a member that is left out would make it pass.
#[test]
fn whatever_a_policy_reads_of_an_sbom_is_there() {
    for body in [
        "document.content.creationInfo.creators[_] == \"Organization: Example\"",
        "document[\"content\"].relationships[_].relationshipType == \"DESCRIBES\"",
        "document.content.packages[_].name == \"soils\"",
        "contains(json.marshal(document), \"SPDXRef-soils\")",
        "some member, value in document\n\tmember == lower(\"CONTENT\")\n\tvalue.name == \"soils\"",
        "document[concat(\"\", [\"con\", \"tent\"])].name == \"soils\"",
    ] {
        let text = format!(
            "package main\ndeny contains \"seen\" if {{\n\tsome document in input.attached.sbom\n\t{body}\n}}\n"
        );
        let outcome = policy(&text);
        outcome.assert(body, 1, &["fail main.deny message=seen"]);
    }
}

/// What is judged of a layout by the bundled rules and this one of a user, with this much memory for documents.
fn judged_within(document_memory: u64, gate: &Gate, text: &str) -> SubjectReport {
    let limits = Limits { document_memory, ..Limits::default() };
    let (mut modules, data) = policy::bundled();
    let text = format!("package main\n{text}");
    modules.push(PolicyFile { path: "main.rego".to_owned(), text, origin: Origin::User, root: None });
    let policies =
        Policies::load(PolicySources { modules, data: data.clone(), ..PolicySources::default() }, &limits).unwrap();
    let key = Some(release().public_pem());
    let signer = SignerEntry { name: "release".to_owned(), key, ..SignerEntry::default() };
    let by = Judgement {
        trust: &Trust::build(vec![signer], Vec::new()).unwrap(),
        demands: &Demands::default(),
        vocabulary: &Vocabulary::from_bundled(&policy::settings(&data, &limits).unwrap()).unwrap(),
        limits: &limits,
        now: time::OffsetDateTime::from_unix_timestamp(1795521600).unwrap(),
    };
    let reference = format!("oci-layout:{}:v1", gate.layout().display()).parse().unwrap();
    let stands_for: Repository = REPOSITORY.parse().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let access = Access::default();
    let graph = runtime.block_on(ocigate::collect(&reference, Some(&stands_for), &access, &limits)).unwrap();
    ocigate::judge(&mut ocigate::compile(graph, &by), &policies, &by).unwrap()
}

/// Whether this was not read because it would take more memory than this.
fn is_beyond(gap: &Gap, memory: u64) -> bool {
    gap.reason.code() == "limit" && rows::holds(&gap.reason.to_string(), &memory.to_string())
}

/// The whole contents of SBOMs are held against the same limit as all documents, and what is left out forbids a pass.
#[test]
fn contents_that_a_policy_reads_are_limited_in_memory() {
    let (mut artifact, subject) = complete();
    for name in ["one", "two"] {
        let mut sbom = spdx(&data_digest());
        sbom["name"] = json!(name);
        let packages = (0..2000).map(
            |number| json!({"SPDXID": format!("SPDXRef-{number}"), "name": "p", "downloadLocation": "NOASSERTION"}),
        );
        sbom["packages"].as_array_mut().unwrap().extend(packages);
        artifact.attach(&subject, SBOM, vec![document("sbom.spdx.json", "application/spdx+json", &sbom)]);
    }
    let gate = Gate::on(&artifact);
    let reading = "deny contains \"seen\" if input.attached.sbom[_].content.packages[2000].name == \"evil\"";
    let summary = "deny contains \"seen\" if input.attached.sbom[_].summary.name == \"evil\"";
    const ROOM_FOR_ONE: u64 = 9 << 19;
    for (memory, text, verdict, gaps) in [
        (ROOM_FOR_ONE, summary, Verdict::Pass, 0),
        (ROOM_FOR_ONE, reading, Verdict::Undecided, 1),
        (ROOM_FOR_ONE / 4, reading, Verdict::Undecided, 2),
        (ROOM_FOR_ONE * 4, reading, Verdict::Pass, 0),
    ] {
        let report = judged_within(memory, &gate, text);
        assert_eq!((report.verdict, report.gaps.len()), (verdict, gaps), "{memory} {text} {report:?}");
        assert!(report.gaps.iter().all(|gap| is_beyond(gap, memory)), "{:?}", report.gaps);
        assert!(report.gaps.iter().all(|gap| gap.reason.to_string().contains("SBOM")), "{:?}", report.gaps);
    }
}

/// What is signed takes memory as well, and whoever can push can attach a bundle with members of his own.
#[test]
fn bundles_are_limited_in_memory() {
    const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
    let (mut artifact, subject) = complete();
    for number in 0..3 {
        let junk: Vec<_> = (0..20_000).map(|_| json!({"b": number})).collect();
        let bundle = json!({"mediaType": BUNDLE, "x": junk, "verificationMaterial": {"publicKey": {}},
            "messageSignature": {"messageDigest": {"algorithm": "SHA2_256", "digest": "AAAA"}, "signature": "AAAA"}});
        artifact.attach(&subject, BUNDLE, vec![document("bundle.json", BUNDLE, &bundle)]);
    }
    let gate = Gate::on(&artifact);
    for (memory, verdict, gaps) in [(1 << 22, Verdict::Undecided, 3), (1 << 30, Verdict::Pass, 0)] {
        let report = judged_within(memory, &gate, "deny contains \"seen\" if input.version == 0");
        assert_eq!((report.verdict, report.gaps.len()), (verdict, gaps), "{memory} {report:?}");
        assert!(report.gaps.iter().all(|gap| is_beyond(gap, memory)), "{:?}", report.gaps);
    }
}

/// A rule that fails may have been given a whole document: its message must not be one.
#[test]
fn the_reason_of_an_error_is_short() {
    let text =
        "package main\ndeny contains \"x\" if object.get([input.attached, numbers.range(1, 20000)], \"a\", 1) == 2\n";
    let outcome = policy(text);
    outcome.assert("long", 3, &["UNDECIDED  main.deny"]);
    let [error] = &outcome.list("rule_errors")[..] else { panic!("{}", outcome.out) };
    assert_eq!((&error["set"], &error["rule"], &error["line"]), (&json!("main"), &json!("deny"), &json!(2)));
    assert!(outcome.out.len() < 20_000, "{}", outcome.out.len());
}

#[test]
fn what_would_never_deny_is_a_defect() {
    for (text, reason) in [
        ("package main\ndeny := true\n", "deny"),
        ("package main\ndenied contains \"x\" if input.version == 1\n", "denied"),
        ("package main\ndeny contains 7 if input.version == 1\n", "deny"),
        ("package main\ndeny contains {\"message\": \"x\"} if input.version == 1\n", "msg"),
        ("package main\nx := 1\n", "main.x"),
        ("package main\ndeny contains \"x\" if {\n", "main.rego"),
        ("package ocigate.core.signature\ndeny contains \"x\" if input.version == 1\n", "ocigate"),
        ("package main\ndeny contains \"x\" if no_such_function(1)\n", "no_such_function"),
        ("package main\ndeny contains {\"msg\": \"x\", \"severity\": \"awful\"} if input.version == 1\n", "awful"),
    ] {
        policy(text).assert(text, 2, &[reason]);
    }
    let gate = Gate::on(&complete().0);
    let folder = gate.layout().with_file_name("empty");
    std::fs::create_dir(&folder).unwrap();
    gate.with(&["--policy", folder.to_str().unwrap()]).run().assert("empty", 2, &["rego"]);
}

#[test]
fn data_cannot_silence_a_rule() {
    let gate = Gate::on(&crate::support::documents::documented().0);
    let data = gate.file("data.json", br#"{"ocigate": {"core": {"signature": {"deny": []}}}}"#);
    gate.with(&["--data", data.to_str().unwrap()]).run().assert("silence", 2, &["ocigate.core"]);
}

#[test]
fn an_error_in_a_rule_is_undecided_and_the_others_still_run() {
    let text = "package main\ndeny_a contains \"x\" if to_number(\"seven\") == 7\ndeny_b contains \"still\" if input.version == 1\n";
    let outcome = policy(text);
    outcome.assert(
        "error",
        1,
        &["FAIL  main.deny_b", "UNDECIDED  main.deny_a", "main.rego:2:24", "fail main.deny_b message=still"],
    );
    let [error] = &outcome.list("rule_errors")[..] else { panic!("{}", outcome.out) };
    assert_eq!((&error["rule"], &error["set"]), (&json!("deny_a"), &json!("main")));
    assert_eq!((&error["line"], &error["column"]), (&json!(2), &json!(24)));
    assert!(error["file"].as_str().unwrap().ends_with("main.rego"), "{error}");
}

/// A result of the wrong shape is known only when the rule fires; it costs that rule, and no subject its report.
#[test]
fn a_result_of_the_wrong_shape_leaves_its_rule_undecided() {
    let text = "package main\n\ndeny_a contains input.version\n\ndeny_b contains \"still\" if input.version == 1\n";
    let outcome = gate(&[("policy/main.rego", text)], &["--output", "json"]);
    let report: serde_json::Value = serde_json::from_str(&outcome.out).unwrap();
    let subject = &report["subjects"][0];
    let [error] = subject["rule_errors"].as_array().unwrap().as_slice() else { panic!("{report}") };
    assert_eq!((&error["rule"], &error["set"], &error["line"]), (&json!("deny_a"), &json!("main"), &json!(3)));
    assert!(rows::holds(error["message"].as_str().unwrap(), "1"), "the element that it is in: {error}");
    assert!(subject["findings"].as_array().unwrap().iter().any(|finding| finding["rule"] == "deny_b"), "{report}");
}

#[test]
fn core_stays_unless_it_is_left_out_aloud() {
    let text = "package main\ndeny contains \"no\" if input.version == 2\n";
    let documents = crate::support::documents::documented().0;
    let gate = Gate::on(&documents);
    let file = gate.file("p.rego", text.as_bytes());
    let gate = gate.with(&["--policy", file.to_str().unwrap()]);
    gate.run().assert("added", 1, &["fail signature.absent"]);
    gate.with(&["--without-core"]).run().assert("without", 0, &["relaxed relaxation.without_core"]);
    Gate::on(&documents).with(&["--without-core"]).run().assert("nothing left", 2, &["deny contains"]);
}

#[test]
fn user_data_reaches_policies_and_settings() {
    let gate = Gate::on(&complete().0);
    let policy =
        gate.file("p.rego", b"package main\ndeny contains \"too large\" if input.subject.size > data.team.limit\n");
    let data = gate.file("team.yaml", b"team:\n  limit: 1\n");
    let arguments = ["--policy", policy.to_str().unwrap(), "--data", data.to_str().unwrap()];
    let outcome = gate.with(&arguments).run();
    outcome.assert("data", 1, &["fail main.deny message=too large"]);
    for (text, key) in [(&br#"{"licence": {"allowed": ["MIT"]}}"#[..], "licence"), (br#"{"Config": {}}"#, "Config")] {
        let gate = Gate::on(&complete().0);
        let data = gate.file("stray.json", text);
        let reasons = ["stray.json", &format!("`data.{key}`"), "`config`"];
        gate.with(&["--data", data.to_str().unwrap()]).run().assert(key, 2, &reasons);
    }
    let gate = Gate::on(&complete().0);
    let data = gate.file("labels.json", br#"{"config": {"labels": {"ranks": 7}}}"#);
    gate.with(&["--data", data.to_str().unwrap()]).run().assert("settings", 2, &["config.labels"]);
}

#[test]
fn rules_are_listed_and_tests_run() {
    let gate = Gate::on(&complete().0);
    let folder = gate.layout().with_file_name("policy");
    gate.file("policy/main.rego", b"package main\ndeny contains \"x\" if input.version == 2\n");
    gate.file("policy/main_test.rego", b"package main_test\ntest_quiet if count(data.main.deny) == 0 with input as {\"version\": 1}\ntest_loud if count(data.main.deny) == 1 with input as {\"version\": 2}\n");
    let path = folder.to_str().unwrap();
    crate::support::gate::ocigate(&folder, &["rules", "--policy", path]).assert("rules", 0, &["signature", "main"]);
    let listed = crate::support::gate::ocigate(&folder, &["rules", "--disable", "sbom"]);
    assert_eq!(listed.out.lines().filter(|line| line.starts_with("sbom ")).count(), 1, "{}", listed.out);
    listed.assert("disabled", 0, &["sbom"]);
    let of_sbom = |text: &str| text.lines().find(|line| line.starts_with("sbom ")).unwrap().trim_end().to_owned();
    let enabled = of_sbom(&crate::support::gate::ocigate(&folder, &["rules"]).out);
    assert_ne!(of_sbom(&listed.out), enabled, "what is switched off is marked");
    let outcome = crate::support::gate::ocigate(&folder, &["test", path]);
    outcome.assert("tests", 0, &[]);
    assert!(rows::holds(&outcome.out, "0"), "how many failed: {}", outcome.out);
    gate.file(
        "policy/main_test.rego",
        b"package main_test\ntest_wrong if count(data.main.deny) == 1 with input as {\"version\": 1}\n",
    );
    crate::support::gate::ocigate(&folder, &["test", path]).assert("tests", 1, &["main_test.test_wrong"]);
}

/// A setting that nobody reads would be a demand that nobody makes.
#[test]
fn a_misspelt_setting_is_refused() {
    let own = "package main\ndeny contains \"limit\" if data.config.team.limit > 3\n";
    let run = |settings: &serde_json::Value, policy: Option<&str>| {
        let gate = Gate::on(&complete().0);
        let data = gate.file("data.json", json!({"config": settings}).to_string().as_bytes());
        let policy = policy.map(|text| gate.file("main.rego", text.as_bytes()).display().to_string());
        let mut arguments = vec!["--data", data.to_str().unwrap()];
        arguments.extend(policy.iter().flat_map(|path| ["--policy", path.as_str()]));
        gate.with(&arguments).run()
    };
    // Where, what, and what is meant.
    for (settings, place, named) in [
        (json!({"license": {"allowed": ["MIT"]}}), "data.config:", &["`license`", "`licence`"][..]),
        (json!({"CARE": {}}), "data.config:", &["`CARE`", "`care`"]),
        (json!({"licence": {"allow": ["MIT"]}}), "data.config.licence:", &["`allow`", "`allowed`"]),
        (json!({"licence": {"allowed": []}}), "data.config.licence/allowed:", &["SPDX", "[]"]),
        (json!({"pinning": {"require_digest": "true"}}), "data.config.pinning/require_digest:", &["\"true\""]),
        (json!({"team": {"limit": 2}}), "data.config:", &["`team`"]),
    ] {
        let outcome = run(&settings, None);
        outcome.assert(place, 2, &["ocigate schema show settings.v1", place]);
        outcome.assert(place, 2, named);
    }
    // A name in a comment or in a text is not read.
    let named = "package main\n# config.sensitivit is none\ndeny contains \"config.sensitivit\" if data.config.team.limit > 3\n";
    run(&json!({"sensitivit": {}}), Some(named)).assert(
        "named, not read",
        2,
        &["data.config:", "`sensitivit`", "`sensitivity`"],
    );
    run(&json!({"license": {}}), Some(own)).assert("not read by it", 2, &["data.config:", "`license`"]);
    run(&json!({"team": {"limit": 2}}), Some(own)).assert("read by it", 0, &["PASS"]);
    let outcome = run(&json!({"team": {"limit": 4}}), Some(own));
    outcome.assert("and it denies", 1, &["fail main.deny message=limit"]);
}
