//! Certificates, logs and timestamps, through the real program: who is accepted, and at which step each refusal stands.

use serde_json::{Value, json};

use crate::support::artifact::{Artifact, SIGN, statement};
use crate::support::documents::{REPOSITORY, SLSA, documented, release, slsa};
use crate::support::gate::{Gate, Outcome};
use crate::support::rows;
use crate::support::sigstore::cosign::simple_signing;
use crate::support::sigstore::identity::GITHUB_ISSUER;
use crate::support::sigstore::{
    Content, DAY, Identity, Key, Kind, MINUTE, Record, Service, Signed, Signing, Sigstore, Version, YEAR, seconds,
};

const WORKFLOW: &str = "https://github.com/kfm/tiles/.github/workflows/release.yml@refs/heads/main";

fn sigstore() -> Sigstore {
    Sigstore::new(seconds("2026-01-15T12:00:00Z"))
}

fn workflow() -> Identity {
    Identity::github("kfm/tiles", "release.yml", "refs/heads/main")
}

fn sign_statement(subject: &str) -> Value {
    statement(&[subject], SIGN, json!({}))
}

/// Documents, and a signature that is made in some way and kept in a bundle.
fn signed(make: impl Fn(&Signing<'_>, &str) -> Signed, signing: &Signing<'_>) -> Artifact {
    let (mut artifact, subject) = documented();
    artifact.attach_bundle(&subject, make(signing, &subject).bundle(Version::V03));
    artifact
}

fn as_statement(signing: &Signing<'_>, subject: &str) -> Signed {
    signing.statement(&sign_statement(subject))
}

/// Documents, and a signature under one of cosign's tags.
fn tagged(make: impl Fn(&str) -> Signed) -> Artifact {
    let (mut artifact, subject) = documented();
    let signed = make(&subject);
    artifact.tag(&subject, signed.suffix(), signed.layer_media_type(), signed.layer(), json!(signed.annotations()));
    artifact
}

/// The program with the flags of the quick case.
fn by_flags(artifact: &Artifact, root: &Value, more: &[&str]) -> Outcome {
    let gate = Gate::untrusting(artifact);
    let root = gate.file("root.json", root.to_string().as_bytes());
    gate.with(&["--trusted-root", root.to_str().unwrap()]).with(more).run()
}

fn identity() -> [&'static str; 4] {
    ["--certificate-identity", WORKFLOW, "--certificate-oidc-issuer", GITHUB_ISSUER]
}

/// The program with a configuration; `own` is the name of the root.
fn by_config(artifact: &Artifact, root: &Value, text: &str) -> Outcome {
    let gate = Gate::untrusting(artifact);
    gate.file("root.json", root.to_string().as_bytes());
    gate.file("keys/release.pub", release().public_pem().as_bytes());
    gate.config(&format!("[[trust.root]]\nname = \"own\"\nfile = \"root.json\"\n{text}")).run()
}

fn entry(more: &str) -> String {
    format!(
        "[[trust.signer]]\nname = \"tiles\"\nroot = \"own\"\n{more}\n[trust.signer.identity]\nissuer = \"{GITHUB_ISSUER}\"\nsubject = \"{WORKFLOW}\"\n"
    )
}

/// What proves the signature of a subject that has one.
#[track_caller]
fn proof(outcome: &Outcome, case: &str) -> Value {
    let signatures = outcome.list("evidence").into_iter().filter(|row| row["kind"] == "signature");
    let proofs: Vec<Value> = signatures.flat_map(|row| row["proofs"].as_array().unwrap().clone()).collect();
    let [proof] = &proofs[..] else { panic!("{case}: {proofs:#?}\n{}", outcome.out) };
    proof.clone()
}

/// Asserts that it is signed by the workflow.
#[track_caller]
fn assert_by_workflow(outcome: &Outcome, case: &str) {
    outcome.assert(case, 0, &["PASS", WORKFLOW]);
    assert_eq!(proof(outcome, case)["identity"]["subject"], WORKFLOW, "{case}");
}

/// Asserts that there is no permitted signature, and at which step the first one was refused.
#[track_caller]
fn assert_refused_at(outcome: &Outcome, case: &str, step: &str) {
    outcome.assert(case, 1, &["fail signature.absent"]);
    assert_eq!(outcome.each("evidence", "refusals")[0]["step"], step, "{case}: {}", outcome.out);
}

#[test]
fn whatever_cosign_writes_with_a_certificate_is_accepted() {
    let sigstore = sigstore();
    let root = sigstore.trusted_root();
    let keyless = || sigstore.keyless(&workflow());
    for (case, signing, version) in [
        ("Rekor v1", keyless(), Version::V03),
        ("Rekor v1 and a timestamp", keyless().stamped(), Version::V03),
        ("Rekor v1, a promise alone", keyless().without_proof(), Version::V01),
        ("Rekor v1, v0.2", keyless(), Version::V02),
        ("Rekor v2", keyless().rekor_v2(), Version::V03),
    ] {
        let (mut artifact, subject) = documented();
        artifact.attach_bundle(&subject, as_statement(&signing, &subject).bundle(version));
        let outcome = by_flags(&artifact, &root, &identity());
        assert_by_workflow(&outcome, case);
        let proof = proof(&outcome, case);
        assert_eq!(proof["identity"]["issuer"], GITHUB_ISSUER, "{case}");
        assert_eq!(proof["identity"]["source_repository"], "https://github.com/kfm/tiles", "{case}");
        assert!(proof["times"][0]["at"].as_str().unwrap().starts_with("2026-01-15T12:00:0"), "{case}: {proof:#}");
        assert!(proof["log"]["index"].is_u64(), "{case}: {proof:#}");
        // A message signature is over the manifest's bytes.
        let (mut artifact, subject) = documented();
        let bytes = artifact.bytes(&subject);
        artifact.attach_bundle(&subject, signing.message(&bytes).bundle(version));
        assert_by_workflow(&by_flags(&artifact, &root, &identity()), case);
        // cosign's tags, whose log entries stand in annotations.
        if case == "Rekor v1" || case == "Rekor v1 and a timestamp" {
            let artifact = tagged(|subject| signing.message(&simple_signing(REPOSITORY, subject)));
            assert_by_workflow(&by_flags(&artifact, &root, &identity()), case);
            let artifact = tagged(|subject| as_statement(&signing, subject));
            assert_by_workflow(&by_flags(&artifact, &root, &identity()), case);
        }
    }
}

#[test]
fn the_report_says_who_when_and_where() {
    let sigstore = sigstore();
    let artifact = signed(as_statement, &sigstore.keyless(&workflow()).stamped());
    let outcome = by_config(&artifact, &sigstore.trusted_root(), &entry(""));
    outcome.assert("configured", 0, &["PASS"]);
    let shown = proof(&outcome, "configured");
    let who = &shown["identity"];
    assert_eq!((&shown["signer"], &who["root"]), (&json!("tiles"), &json!("own")));
    assert_eq!((&who["workflow"], &who["runner_environment"]), (&json!(WORKFLOW), &json!("github-hosted")));
    let stamped = json!({"at": "2026-01-15T12:00:01Z", "clock": "timestamp authority"});
    let logged = json!({"at": "2026-01-15T12:00:02Z", "clock": "transparency log"});
    assert_eq!(
        (&shown["times"], &shown["log"]["log"]),
        (&json!([stamped, logged]), &json!("https://rekor.sigstore.test"))
    );
    let signer = &outcome.report.as_ref().unwrap()["run"]["signers"][0];
    assert!(signer["name"] == "tiles" && rows::holds(&signer["identity"].to_string(), WORKFLOW), "{signer:#}");
    // The text says all of it too, each time by its clock.
    for line in [
        &["tiles", WORKFLOW][..],
        &["own", GITHUB_ISSUER],
        &["workflow", WORKFLOW],
        &["runner_environment", "github-hosted"],
        &["2026-01-15T12:00:01Z", "timestamp authority"],
        &["2026-01-15T12:00:02Z", "transparency log"],
        &["https://rekor.sigstore.test", &shown["log"]["index"].to_string()],
    ] {
        assert!(rows::has_line(&outcome.out, "     ", line), "{line:?}: {}", outcome.out);
    }
    assert!(rows::has_line(&outcome.out, "signer", &["tiles", WORKFLOW]), "{}", outcome.out);
    let gate = Gate::untrusting(&artifact);
    let root = gate.file("root.json", sigstore.trusted_root().to_string().as_bytes());
    let outcome = gate.with(&["--trusted-root", root.to_str().unwrap()]).with(&identity()).run();
    let proof = proof(&outcome, "by flags");
    assert_eq!(proof["identity"]["subject"], WORKFLOW);
    assert_eq!(proof["identity"]["issuer"], GITHUB_ISSUER);
    assert_eq!(proof["log"]["log"], "https://rekor.sigstore.test");
    assert_eq!(proof["times"][0], json!({"at": "2026-01-15T12:00:01Z", "clock": "timestamp authority"}));
}

#[test]
fn each_step_refuses_by_its_name() {
    let sigstore = sigstore();
    let theirs = Sigstore::new(sigstore.now);
    let root = sigstore.trusted_root();
    let now = sigstore.now;
    let keyless = || sigstore.keyless(&workflow());
    let without = |service| sigstore.root().without(service).json();
    let ended = |service| sigstore.root().valid(service, now - YEAR, Some(now - DAY)).json();
    let other = Identity::github("kfm/other", "release.yml", "refs/heads/main");
    let foreign = Identity::uri(WORKFLOW, "https://issuer.example.test");
    for (case, root, signing, step, datum) in [
        ("no time", root.clone(), keyless().rekor_v2().stamped_by(&theirs.timestamps), "trusted time", ""),
        ("another authority", root.clone(), keyless().issued_by(&theirs.authority), "certificate", ""),
        ("another identity", root.clone(), sigstore.keyless(&other), "identity", "kfm/other"),
        ("another issuer", root.clone(), sigstore.keyless(&foreign), "identity", "https://issuer.example.test"),
        ("no receipt", root.clone(), keyless().receipts(&[]), "certificate timestamp", ""),
        (
            "another's receipt",
            root.clone(),
            keyless().receipts(&[&theirs.certificate_log]),
            "certificate timestamp",
            "",
        ),
        ("no entry", root.clone(), keyless().unlogged().stamped(), "transparency log", ""),
        ("another's log", root.clone(), keyless().logged_by(&theirs.rekor_v1), "transparency log", ""),
        (
            "expired when signed",
            root.clone(),
            keyless().certificate_window(now - DAY, now - DAY + 10 * MINUTE),
            "certificate",
            "2026-01-15T12:00:02Z",
        ),
        ("no authority in the root", without(Service::Authority), keyless(), "certificate", ""),
        ("no certificate log in the root", without(Service::CertificateLog), keyless(), "certificate timestamp", ""),
        ("no log in the root", without(Service::RekorV1), keyless(), "transparency log", ""),
        ("no timestamps in the root", without(Service::Timestamps), keyless().rekor_v2(), "trusted time", ""),
        ("the authority's time was over", ended(Service::Authority), keyless(), "certificate", ""),
        ("the log's time was over", ended(Service::RekorV1), keyless(), "transparency log", ""),
        ("the v2 log's time was over", ended(Service::RekorV2), keyless().rekor_v2(), "transparency log", ""),
        ("the timestamps' time was over", ended(Service::Timestamps), keyless().rekor_v2(), "trusted time", ""),
    ] {
        let artifact = signed(as_statement, &signing);
        let outcome = by_flags(&artifact, &root, &identity());
        assert_refused_at(&outcome, case, step);
        // The finding names the step of the first one.
        let rows = [format!("fail signature.absent `{step}`"), format!("refused step={step} + {datum}")];
        outcome.assert(case, 1, &rows.each_ref().map(String::as_str));
    }
}

#[test]
fn nothing_is_signed_after_the_time_of_judgement() {
    let sigstore = sigstore();
    let artifact = signed(as_statement, &sigstore.keyless(&workflow()));
    let gate =
        Gate::untrusting(&artifact).bare_arguments().with(&["--as", REPOSITORY, "--now", "2026-01-15T12:00:01Z"]);
    let root = gate.file("root.json", sigstore.trusted_root().to_string().as_bytes());
    let gate = gate.with(&["--trusted-root", root.to_str().unwrap()]).with(&identity());
    assert_refused_at(&gate.run(), "too early", "trusted time");
}

#[test]
fn what_is_signed_for_another_subject_or_by_another_log_entry_is_refused() {
    let sigstore = sigstore();
    let root = sigstore.trusted_root();
    let other = format!("sha256:{}", "cd".repeat(32));
    let artifact = signed(|signing, _| as_statement(signing, &other), &sigstore.keyless(&workflow()));
    let outcome = by_flags(&artifact, &root, &identity());
    assert_refused_at(&outcome, "another digest", "target");
    outcome.assert("another digest", 1, &[&other]);
    // Two good signatures, whose log entries were swapped (CVE-2022-23649).
    let swapped = |signing: &Signing<'_>, subject: &str| {
        let mut first = as_statement(signing, subject);
        first.entry = signing.statement(&sign_statement(&other)).entry;
        first
    };
    let artifact = signed(swapped, &sigstore.keyless(&workflow()));
    by_flags(&artifact, &root, &identity()).assert("swapped", 1, &["fail signature.absent"]);
    let (mut artifact, subject) = documented();
    let mut first = sigstore.keyless(&workflow()).message(&simple_signing(REPOSITORY, &subject));
    first.entry = sigstore.keyless(&workflow()).message(&simple_signing(REPOSITORY, &other)).entry;
    artifact.tag(&subject, "sig", first.layer_media_type(), first.layer(), json!(first.annotations()));
    // The entry is in the log; it is about something else.
    assert_refused_at(&by_flags(&artifact, &root, &identity()), "swapped in annotations", "target");
}

#[test]
fn a_configured_identity_is_held_to_all_that_it_says() {
    let sigstore = sigstore();
    let root = sigstore.trusted_root();
    let artifact = signed(as_statement, &sigstore.keyless(&workflow()));
    let with_claim = |claim: &str| format!("{}{claim}\n", entry(""));
    for (case, text, refused_at) in [
        (
            "claims",
            with_claim(
                "source_repository = \"https://github.com/kfm/tiles\"\nsource_ref = { glob = \"refs/heads/*\" }\nrunner_environment = \"github-hosted\"",
            ),
            None,
        ),
        ("another repository", with_claim("source_repository = \"https://github.com/kfm/fork\""), Some("identity")),
        ("another runner", with_claim("runner_environment = \"self-hosted\""), Some("identity")),
        ("for others", entry("repositories = [\"registry.example.org/other/*\"]"), Some("repository")),
        ("other statements", entry("predicate_types = [\"https://example.org/x\"]"), Some("predicate type")),
        ("not any more", entry("not_after = 2026-01-15T11:00:00Z"), Some("validity window")),
        ("not yet", entry("not_before = 2026-01-15T13:00:00Z"), Some("validity window")),
        ("in its time", entry("not_before = 2026-01-15T11:00:00Z\nnot_after = 2026-01-15T13:00:00Z"), None),
    ] {
        let outcome = by_config(&artifact, &root, &text);
        match refused_at {
            Some(step) => assert_refused_at(&outcome, case, step),
            None => {
                outcome.assert(case, 0, &["PASS"]);
                assert_eq!(proof(&outcome, case)["signer"], "tiles", "{case}");
            }
        }
    }
}

/// Certificates from before the summer of 2023 say where the source is in extensions of GitHub's own.
#[test]
fn an_older_certificate_names_its_source_repository_too() {
    let sigstore = sigstore();
    let root = sigstore.trusted_root();
    let with_claim = |claim: &str| format!("{}{claim}\n", entry(""));
    let older = |repository: &str| {
        let mut older = workflow();
        older.claims.retain(|number, _| *number < 7);
        older.claim(5, repository)
    };
    let ours = "source_repository = \"https://github.com/kfm/tiles\"\nsource_ref = { glob = \"refs/heads/*\" }";
    for (case, signer, claim, refused_at) in [
        ("ours", older("kfm/tiles"), ours, None),
        ("another", older("kfm/fork"), ours, Some("identity")),
        ("no repository", older("kfm"), ours, Some("identity")),
        ("a path", older("kfm/tiles/../fork"), ours, Some("identity")),
        // What is newer stands.
        ("both", workflow().claim(5, "kfm/tiles").claim(12, "https://github.com/kfm/fork"), ours, Some("identity")),
        ("no runner", older("kfm/tiles"), "runner_environment = \"github-hosted\"", Some("identity")),
    ] {
        let outcome = by_config(&signed(as_statement, &sigstore.keyless(&signer)), &root, &with_claim(claim));
        match refused_at {
            Some(step) => assert_refused_at(&outcome, case, step),
            None => outcome.assert(case, 0, &["PASS"]),
        }
    }
    // Another issuer may write what it likes there.
    let mut elsewhere = older("kfm/tiles");
    elsewhere.issuer = Some("https://issuer.example.test".to_owned());
    let text = with_claim(ours).replace("https://token.actions.githubusercontent.com", "https://issuer.example.test");
    let outcome = by_config(&signed(as_statement, &sigstore.keyless(&elsewhere)), &root, &text);
    assert_refused_at(&outcome, "another issuer", "identity");
}

#[test]
fn roots_are_not_pooled() {
    let (ours, theirs) = (sigstore(), sigstore());
    let artifact = signed(as_statement, &theirs.keyless(&workflow()));
    let gate = Gate::untrusting(&artifact);
    gate.file("root.json", ours.trusted_root().to_string().as_bytes());
    gate.file("theirs.json", theirs.trusted_root().to_string().as_bytes());
    let person = "[[trust.signer]]\nname = \"person\"\nroot = \"theirs\"\nidentity = { issuer = \"https://login.example.test\", subject = \"a@example.test\" }\n";
    let roots = "[[trust.root]]\nname = \"own\"\nfile = \"root.json\"\n[[trust.root]]\nname = \"theirs\"\nfile = \"theirs.json\"\n";
    // The other root would vouch for it, but for another signer.
    gate.config(&format!("{roots}{}{person}", entry(""))).run().assert("pooled", 1, &["fail signature.absent"]);
}

#[test]
fn each_relaxation_is_named_and_printed() {
    let sigstore = sigstore();
    let root =
        sigstore.root().without(Service::CertificateLog).without(Service::RekorV1).without(Service::RekorV2).json();
    let private = || sigstore.keyless(&workflow()).receipts(&[]).unlogged().stamped();
    let artifact = signed(as_statement, &private());
    let assert_relaxed = |outcome: &Outcome, case: &str, signer: &str| {
        outcome.assert(case, 0, &["PASS"]);
        for reason in ["relaxed relaxation.without_timestamp", "relaxed relaxation.without_log"] {
            outcome.assert(case, 0, &[&format!("{reason} {signer}")]);
        }
    };
    assert_relaxed(&by_config(&artifact, &root, &entry("relax = [\"sct\", \"log\"]")), "relaxed", "`tiles`");
    by_config(&artifact, &root, &entry("relax = [\"sct\"]")).assert("a log is wanted", 1, &["fail signature.absent"]);
    by_config(&artifact, &root, &entry("relax = [\"log\"]")).assert(
        "a receipt is wanted",
        1,
        &["fail signature.absent"],
    );
    let flags = ["--insecure-ignore-sct", "--insecure-ignore-tlog"];
    let outcome = by_flags(&artifact, &root, &[&identity()[..], &flags[..]].concat());
    let signer = outcome.report.as_ref().unwrap()["run"]["signers"][0]["name"].as_str().unwrap().to_owned();
    assert_relaxed(&outcome, "flags", &signer);
    // Under cosign's tags, too.
    for artifact in [
        tagged(|subject| private().message(&simple_signing(REPOSITORY, subject))),
        tagged(|subject| as_statement(&private(), subject)),
    ] {
        assert_by_workflow(&by_config(&artifact, &root, &entry("relax = [\"sct\", \"log\"]")), "a tag");
    }
    // The time is never relaxed.
    let timeless = signed(as_statement, &sigstore.keyless(&workflow()).receipts(&[]).unlogged());
    assert_refused_at(&by_config(&timeless, &root, &entry("relax = [\"sct\", \"log\"]")), "no time", "material");
}

#[test]
fn a_key_with_a_root_has_its_log_checked() {
    let sigstore = sigstore();
    let root = sigstore.trusted_root();
    let key = Key::new(Kind::P256);
    let with_key = || sigstore.with_key(&key);
    let by_key = |artifact: &Artifact, more: &str| {
        let gate = Gate::untrusting(artifact);
        gate.file("root.json", root.to_string().as_bytes());
        gate.file("key.pub", with_key().message(b"").verifier.pem().as_bytes());
        gate.config(&format!("[[trust.root]]\nname = \"own\"\nfile = \"root.json\"\n[[trust.signer]]\nname = \"k\"\nkey = \"key.pub\"\n{more}")).run()
    };
    let own = "root = \"own\"\n";
    let logged = signed(as_statement, &with_key());
    let outcome = by_key(&logged, own);
    outcome.assert("logged", 0, &["PASS"]);
    let log = &proof(&outcome, "logged")["log"];
    assert!(log["log"] == "https://rekor.sigstore.test" && log["index"].is_u64(), "{log:#}");
    by_key(&logged, "root = \"own\"\nrequire_log = true").assert("demanded", 0, &["PASS"]);
    let outcome = by_key(&logged, "");
    outcome.assert("no root", 0, &["PASS"]);
    let unchecked = proof(&outcome, "no root");
    assert_eq!((&unchecked["log"], &unchecked["log_checked"]), (&Value::Null, &json!(false)));
    let bare = signed(as_statement, &with_key().unlogged());
    by_key(&bare, own).assert("nothing to check", 0, &["PASS"]);
    assert_refused_at(&by_key(&bare, "root = \"own\"\nrequire_log = true"), "none", "transparency log");
    let theirs = Sigstore::new(sigstore.now);
    let foreign = signed(as_statement, &with_key().logged_by(&theirs.rekor_v1));
    assert_refused_at(&by_key(&foreign, own), "another's log", "transparency log");
    let stamped = tagged(|subject| with_key().unlogged().stamped().message(&simple_signing(REPOSITORY, subject)));
    let outcome = by_key(&stamped, own);
    outcome.assert("a tag", 0, &["PASS"]);
    assert_eq!(proof(&outcome, "a tag")["times"][0]["at"], "2026-01-15T12:00:01Z");
    // The window is that of the log's time, and not of the judgement.
    by_key(&logged, "root = \"own\"\nnot_after = 2026-02-01T00:00:00Z").assert("in time", 0, &["PASS"]);
    assert_refused_at(&by_key(&logged, "not_after = 2026-02-01T00:00:00Z"), "no trusted time", "validity window");
}

#[test]
fn an_attestation_is_proven_by_its_certificate() {
    let sigstore = sigstore();
    let root = sigstore.trusted_root();
    let (mut artifact, subject) = documented();
    let keyless = sigstore.keyless(&workflow());
    artifact.attach_bundle(&subject, as_statement(&keyless, &subject).bundle(Version::V03));
    artifact.attach_bundle(&subject, keyless.statement(&statement(&[&subject], SLSA, slsa())).bundle(Version::V03));
    let demand = "[[trust.require]]\nstatement = [{ predicate_type = \"https://slsa.dev/provenance/v1\", signers = [\"tiles\"] }]\n";
    let outcome = by_config(&artifact, &root, &format!("{}{demand}", entry("")));
    outcome.assert("both", 0, &["PASS", "proven kind=provenance + https://slsa.dev/provenance/v1"]);
    // An attestation is no signature of the subject.
    let (mut artifact, subject) = documented();
    artifact.attach_bundle(&subject, keyless.statement(&statement(&[&subject], SLSA, slsa())).bundle(Version::V03));
    by_config(&artifact, &root, &entry("")).assert("attestation only", 1, &["fail signature.absent"]);
    // Without it, the demand is not met.
    let artifact = signed(as_statement, &keyless);
    by_config(&artifact, &root, &format!("{}{demand}", entry(""))).assert(
        "missing",
        1,
        &["fail required_signers.absent"],
    );
}

#[test]
fn distinct_signers_are_counted_and_not_signatures() {
    let sigstore = sigstore();
    let root = sigstore.trusted_root();
    let council = |subject: &str| Identity::email(subject, "https://login.example.test");
    let text = "[[trust.signer]]\nname = \"council\"\nroot = \"own\"\nidentity = { issuer = \"https://login.example.test\", subject = { glob = \"*@council.example\" } }\n[[trust.require]]\nsigners = 2\n";
    let both = |first: &str, second: &str| {
        let (mut artifact, subject) = documented();
        for who in [first, second] {
            artifact
                .attach_bundle(&subject, as_statement(&sigstore.keyless(&council(who)), &subject).bundle(Version::V03));
        }
        artifact
    };
    by_config(&both("a@council.example", "b@council.example"), &root, text).assert("two", 0, &["PASS"]);
    by_config(&both("a@council.example", "a@council.example"), &root, text).assert(
        "one twice",
        1,
        &["fail required_signers.absent"],
    );
    by_config(&both("a@council.example", "a@evil.example"), &root, text).assert(
        "a stranger",
        1,
        &["fail required_signers.absent"],
    );
}

#[test]
fn an_entry_of_an_unsupported_kind_is_unchecked() {
    let sigstore = sigstore();
    let (mut artifact, subject) = documented();
    let mut signed = as_statement(&sigstore.keyless(&workflow()), &subject);
    (signed.entry().kind, signed.entry().version) = ("alpine", "0.0.1");
    artifact.attach_bundle(&subject, signed.bundle(Version::V03));
    by_flags(&artifact, &sigstore.trusted_root(), &identity()).assert("alpine", 3, &["undecided signature.absent"]);
}

/// An attestation as cosign before 2.2 kept it, changed in some way.
fn first_intoto(change: impl Fn(&mut Signed, &Sigstore)) -> (Artifact, Value) {
    let sigstore = sigstore();
    let (mut artifact, subject) = documented();
    let mut signed = as_statement(&sigstore.keyless(&workflow()).record(Record::Intoto1), &subject);
    change(&mut signed, &sigstore);
    artifact.tag(&subject, "att", signed.layer_media_type(), signed.layer(), json!(signed.annotations()));
    (artifact, sigstore.trusted_root())
}

#[test]
fn the_entries_of_older_attestations_are_checked() {
    let (artifact, root) = first_intoto(|_, _| {});
    let outcome = by_flags(&artifact, &root, &identity());
    outcome.assert("intoto 0.0.1", 0, &["PASS"]);
    let logged = proof(&outcome, "intoto 0.0.1");
    assert_eq!(logged["times"], json!([{"at": "2026-01-15T12:00:02Z", "clock": "transparency log"}]));
    assert_eq!(logged["log"]["log"], "https://rekor.sigstore.test");
    type Change = fn(&mut Signed, &Sigstore);
    let changes: [(&str, Change, &str); 7] = [
        ("promise", |signed, _| signed.entry().promise.as_mut().unwrap()[8] ^= 1, "transparency log"),
        ("time", |signed, _| *signed.entry().integrated_time.as_mut().unwrap() += 1, "transparency log"),
        ("index", |signed, _| signed.entry().log_index += 1, "transparency log"),
        ("log", |signed, _| signed.entry().log_id[0] ^= 1, "transparency log"),
        (
            "another payload",
            |signed, sigstore| {
                let other = sigstore.keyless(&workflow()).record(Record::Intoto1).statement(&json!({}));
                signed.entry = other.entry;
            },
            "transparency log",
        ),
        (
            "another certificate",
            |signed, sigstore| {
                let other = sigstore.keyless(&workflow()).record(Record::Intoto1);
                let Content::Payload { payload, .. } = &signed.content else { panic!("a statement") };
                signed.entry = other.payload("application/vnd.in-toto+json", payload).entry;
            },
            "transparency log",
        ),
        (
            "signature",
            |signed, _| {
                let end = signed.signature.len() - 1;
                signed.signature[end] ^= 1;
            },
            "signature",
        ),
    ];
    for (case, change, step) in changes {
        let (artifact, root) = first_intoto(change);
        let outcome = by_flags(&artifact, &root, &identity());
        assert_refused_at(&outcome, case, step);
        outcome.assert(case, 1, &[&format!("fail signature.absent `{step}`")]);
    }
    // Its time is the log's, and the log's key had its time.
    let sigstore = sigstore();
    let (mut artifact, subject) = documented();
    let signed = as_statement(&sigstore.keyless(&workflow()).record(Record::Intoto1), &subject);
    artifact.tag(&subject, "att", signed.layer_media_type(), signed.layer(), json!(signed.annotations()));
    let ended = sigstore.root().valid(Service::RekorV1, sigstore.now - YEAR, Some(sigstore.now - DAY)).json();
    by_flags(&artifact, &ended, &identity()).assert("ended", 1, &["fail signature.absent"]);
}

#[test]
fn an_entry_names_the_certificate_and_not_only_its_key() {
    let sigstore = sigstore();
    let key = Key::new(Kind::P256);
    let made = |identity: &Identity, subject: &str| {
        as_statement(&sigstore.keyless(identity).key(&key).record(Record::Intoto2), subject)
    };
    let (mut artifact, subject) = documented();
    let good = made(&workflow(), &subject);
    artifact.attach_bundle(&subject, good.bundle(Version::V03));
    by_flags(&artifact, &sigstore.trusted_root(), &identity()).assert("intoto 0.0.2", 0, &["PASS"]);
    let (mut artifact, subject) = documented();
    let other = made(&Identity::github("kfm/other", "release.yml", "refs/heads/main"), &subject);
    let swapped = Signed { entry: other.entry.clone(), ..made(&workflow(), &subject) };
    artifact.attach_bundle(&subject, swapped.bundle(Version::V03));
    by_flags(&artifact, &sigstore.trusted_root(), &identity()).assert("the same key", 1, &["fail signature.absent"]);
}

#[test]
fn trust_that_is_not_complete_says_what_is_missing() {
    let (artifact, _) = documented();
    let run = |arguments: &[&str]| Gate::untrusting(&artifact).with(arguments).run();
    run(&["--certificate-identity", "a@b.example"]).assert("no issuer", 2, &["--certificate-oidc-issuer"]);
    run(&["--certificate-oidc-issuer", GITHUB_ISSUER]).assert("no identity", 2, &["--certificate-identity"]);
    run(&["--certificate-identity-regexp", ".*", "--certificate-oidc-issuer", GITHUB_ISSUER]).assert(
        "anybody",
        2,
        // What would be narrow enough.
        &[".*", "source_repository"],
    );
    run(&["--certificate-identity", "a@b.example", "--certificate-oidc-issuer-regexp", ".*"]).assert(
        "any issuer",
        2,
        &[".*", GITHUB_ISSUER],
    );
    run(&["--insecure-ignore-sct"]).assert(
        "relaxes nothing",
        2,
        &["--insecure-ignore-sct", "--certificate-identity", "`relax`"],
    );
    run(&["--trusted-root", "/nowhere.json"]).assert("no root", 2, &["/nowhere.json", "(os error 2)"]);
    for (text, named) in [
        ("[[trust.signer]]\nname = \"a\"\nidentity = { issuer = \"https://x\" }\n", &["subject"][..]),
        (
            "[[trust.signer]]\nname = \"a\"\nidentity = { issuer = \"https://x\", subject = { glob = \"a\", regexp = \"b\" } }\n",
            &["`regexp`"],
        ),
        (
            "[[trust.signer]]\nname = \"a\"\nroot = \"lab\"\nidentity = { issuer = \"https://x\", subject = \"a\" }\n",
            &["public-good", "github", "\"lab\""],
        ),
        ("[[trust.root]]\nname = \"github\"\nfile = \"x\"\n", &["github"]),
        (
            "[[trust.signer]]\nname = \"a\"\nidentity = { issuer = \"https://x\", subject = \"a\" }\nnot_after = 2026-01-01\n",
            &["not_after", "2026-01-01"],
        ),
        ("[[trust.require]]\nsigners = 1\n", &["trust.require"]),
    ] {
        Gate::untrusting(&artifact).config(text).run().assert(text, 2, named);
    }
}

#[test]
fn a_thousand_bad_signatures_neither_hide_nor_drown_a_good_one() {
    let sigstore = sigstore();
    let (mut artifact, subject) = documented();
    let good = as_statement(&sigstore.keyless(&workflow()), &subject);
    for number in 0..1000_u64 {
        let mut bad = good.clone();
        bad.entry().log_index += 1 + number;
        artifact.attach_bundle(&subject, bad.bundle(Version::V03));
    }
    artifact.attach_bundle(&subject, good.bundle(Version::V03));
    let outcome = by_flags(&artifact, &sigstore.trusted_root(), &identity());
    outcome.assert("a thousand", 0, &["PASS", WORKFLOW, "--output json"]);
    assert!(outcome.out.lines().count() < 120, "{}", outcome.out);
    // The text says how many it leaves out.
    let listed = outcome.out.lines().filter(|line| line.starts_with("    refused  ")).count() - 1;
    let left_out = (1000 - listed).to_string();
    assert!(rows::has_line(&outcome.out, "    refused", &[&left_out]));
}

#[test]
fn a_bundle_beside_a_layout_is_evidence_about_its_subject() {
    let sigstore = sigstore();
    let (artifact, subject) = documented();
    let beside = |bundle: Value| {
        let gate = Gate::untrusting(&artifact);
        let root = gate.file("root.json", sigstore.trusted_root().to_string().as_bytes());
        let file = gate.file("soils.sigstore.json", bundle.to_string().as_bytes());
        let gate = gate.with(&["--trusted-root", root.to_str().unwrap(), "--evidence", file.to_str().unwrap()]);
        gate.with(&identity()).run()
    };
    let keyless = sigstore.keyless(&workflow());
    let good = as_statement(&keyless, &subject).bundle(Version::V03);
    let outcome = beside(good);
    outcome.assert("a file", 0, &["PASS", "soils.sigstore.json", WORKFLOW, "proven linked_by=file + kind=signature"]);
    let other = format!("sha256:{}", "cd".repeat(32));
    let foreign = as_statement(&keyless, &other).bundle(Version::V03);
    let outcome = beside(foreign);
    assert_refused_at(&outcome, "of another subject", "target");
    outcome.assert("of another subject", 1, &[&other]);
    let outcome = beside(json!({"verificationMaterial": {}}));
    assert_refused_at(&outcome, "malformed", "material");
    outcome.assert("malformed", 1, &["`mediaType`"]);
}

#[test]
fn a_certificate_without_an_issuer_is_nobody_s_whom_an_issuer_is_wanted_of() {
    let sigstore = sigstore();
    let root = sigstore.trusted_root();
    let nameless = Identity { issuer: None, ..Identity::uri("https://releases.example.test", "") };
    let artifact = signed(as_statement, &sigstore.keyless(&nameless));
    let entry = |issuer: &str| {
        format!(
            "[[trust.signer]]\nname = \"releases\"\nroot = \"own\"\nidentity = {{ subject = \"https://releases.example.test\", issuer = {issuer} }}\n"
        )
    };
    let outcome = by_config(&artifact, &root, &entry("{ absent = true }"));
    outcome.assert("none is wanted", 0, &["PASS"]);
    assert_eq!(proof(&outcome, "none is wanted")["identity"]["issuer"], Value::Null);
    by_config(&artifact, &root, &entry("\"https://login.example.test\"")).assert(
        "one is wanted",
        1,
        &["fail signature.absent"],
    );
    by_config(&artifact, &root, &entry("{ regexp = \"(https://login.example.test)?\" }")).assert(
        "maybe",
        1,
        &["fail signature.absent"],
    );
    let artifact =
        signed(as_statement, &sigstore.keyless(&Identity::uri("https://releases.example.test", "https://a.example")));
    by_config(&artifact, &root, &entry("{ absent = true }")).assert("one is there", 1, &["fail signature.absent"]);
    by_config(&artifact, &root, &entry("{ absent = false }")).assert("false", 2, &["`absent`"]);
}

/// Two layouts of one subject for `benches/keyless`: signed with a key, and with a certificate.
#[test]
#[ignore = "writes what benches/keyless measures into the folder that OCIGATE_MEASURE names"]
fn material_to_measure() {
    let folder = std::path::PathBuf::from(std::env::var_os("OCIGATE_MEASURE").unwrap());
    let sigstore = sigstore();
    let (mut with_key, subject) = documented();
    with_key.sign(&release(), &subject);
    with_key.write(&folder.join("key"));
    let keyless = signed(as_statement, &sigstore.keyless(&workflow()).rekor_v2());
    keyless.write(&folder.join("keyless"));
    std::fs::write(folder.join("root.json"), sigstore.trusted_root().to_string()).unwrap();
    std::fs::write(folder.join("release.pub"), release().public_pem()).unwrap();
}
