//! Certificates, logs and timestamps, through the real program: who is accepted, and at which step each refusal stands.

use serde_json::{Value, json};

use crate::support::artifact::{Artifact, SIGN, statement};
use crate::support::documents::{REPOSITORY, SLSA, documented, release, slsa};
use crate::support::gate::{Gate, Outcome};
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
        by_flags(&artifact, &root, &identity()).assert(
            case,
            0,
            &[
                "PASS",
                WORKFLOW,
                &format!("issuer {GITHUB_ISSUER}"),
                "source_repository https://github.com/kfm/tiles",
                "signed at 2026-01-15T12:00:0",
                "entry ",
            ],
        );
        // A message signature is over the manifest's bytes.
        let (mut artifact, subject) = documented();
        let bytes = artifact.bytes(&subject);
        artifact.attach_bundle(&subject, signing.message(&bytes).bundle(version));
        by_flags(&artifact, &root, &identity()).assert(case, 0, &["PASS", WORKFLOW]);
        // cosign's tags, whose log entries stand in annotations.
        if case == "Rekor v1" || case == "Rekor v1 and a timestamp" {
            let artifact = tagged(|subject| signing.message(&simple_signing(REPOSITORY, subject)));
            by_flags(&artifact, &root, &identity()).assert(case, 0, &["PASS", WORKFLOW]);
            let artifact = tagged(|subject| as_statement(&signing, subject));
            by_flags(&artifact, &root, &identity()).assert(case, 0, &["PASS", WORKFLOW]);
        }
    }
}

#[test]
fn the_report_says_who_when_and_where() {
    let sigstore = sigstore();
    let artifact = signed(as_statement, &sigstore.keyless(&workflow()).stamped());
    let text = by_config(&artifact, &sigstore.trusted_root(), &entry(""));
    text.assert(
        "text",
        0,
        &[
            "by `tiles`: ",
            "root `own`",
            "workflow https://github.com/kfm/tiles/.github/workflows/release.yml@refs/heads/main",
            "runner_environment github-hosted",
            "signed at 2026-01-15T12:00:01Z, by the clock of the timestamp authority",
            "signed at 2026-01-15T12:00:02Z, by the clock of the transparency log",
            "of the log https://rekor.sigstore.test",
            "signer  `tiles`, https://github.com/kfm/tiles",
        ],
    );
    let gate = Gate::untrusting(&artifact);
    let root = gate.file("root.json", sigstore.trusted_root().to_string().as_bytes());
    let outcome = gate.with(&["--trusted-root", root.to_str().unwrap(), "--output", "json"]).with(&identity()).run();
    let report: Value = serde_json::from_str(&outcome.out).unwrap();
    let rows = report["subjects"][0]["evidence"].as_array().unwrap();
    let proof = &rows.iter().find(|row| row["kind"] == "signature").unwrap()["proofs"][0];
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
    for (case, root, signing, step, reason) in [
        (
            "no time",
            root.clone(),
            keyless().rekor_v2().stamped_by(&theirs.timestamps),
            "trusted time",
            "fail signature.absent",
        ),
        (
            "another authority",
            root.clone(),
            keyless().issued_by(&theirs.authority),
            "certificate",
            "fail signature.absent",
        ),
        (
            "another identity",
            root.clone(),
            sigstore.keyless(&Identity::github("kfm/other", "release.yml", "refs/heads/main")),
            "identity",
            "fail signature.absent",
        ),
        (
            "another issuer",
            root.clone(),
            sigstore.keyless(&Identity::uri(WORKFLOW, "https://issuer.example.test")),
            "identity",
            "fail signature.absent",
        ),
        ("no receipt", root.clone(), keyless().receipts(&[]), "certificate timestamp", "fail signature.absent"),
        (
            "another's receipt",
            root.clone(),
            keyless().receipts(&[&theirs.certificate_log]),
            "certificate timestamp",
            "fail signature.absent",
        ),
        ("no entry", root.clone(), keyless().unlogged().stamped(), "transparency log", "fail signature.absent"),
        (
            "another's log",
            root.clone(),
            keyless().logged_by(&theirs.rekor_v1),
            "transparency log",
            "fail signature.absent",
        ),
        (
            "expired when signed",
            root.clone(),
            keyless().certificate_window(now - DAY, now - DAY + 10 * MINUTE),
            "certificate",
            "2026-01-15T12:00:02Z",
        ),
        ("no authority in the root", without(Service::Authority), keyless(), "certificate", "fail signature.absent"),
        (
            "no certificate log in the root",
            without(Service::CertificateLog),
            keyless(),
            "certificate timestamp",
            "fail signature.absent",
        ),
        ("no log in the root", without(Service::RekorV1), keyless(), "transparency log", "fail signature.absent"),
        (
            "no timestamps in the root",
            without(Service::Timestamps),
            keyless().rekor_v2(),
            "trusted time",
            "fail signature.absent",
        ),
        ("the authority's time was over", ended(Service::Authority), keyless(), "certificate", "fail signature.absent"),
        ("the log's time was over", ended(Service::RekorV1), keyless(), "transparency log", "fail signature.absent"),
        (
            "the v2 log's time was over",
            ended(Service::RekorV2),
            keyless().rekor_v2(),
            "transparency log",
            "fail signature.absent",
        ),
        (
            "the timestamps' time was over",
            ended(Service::Timestamps),
            keyless().rekor_v2(),
            "trusted time",
            "fail signature.absent",
        ),
    ] {
        let artifact = signed(as_statement, &signing);
        by_flags(&artifact, &root, &identity()).assert(
            case,
            1,
            &["fail signature.absent", &format!("the first because `{step}` failed"), reason],
        );
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
    gate.run().assert("too early", 1, &["fail signature.absent"]);
}

#[test]
fn what_is_signed_for_another_subject_or_by_another_log_entry_is_refused() {
    let sigstore = sigstore();
    let root = sigstore.trusted_root();
    let other = format!("sha256:{}", "cd".repeat(32));
    let artifact = signed(|signing, _| as_statement(signing, &other), &sigstore.keyless(&workflow()));
    by_flags(&artifact, &root, &identity()).assert("another digest", 1, &["fail signature.absent", &other]);
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
    by_flags(&artifact, &root, &identity()).assert("swapped in annotations", 1, &["fail signature.absent", "mismatch"]);
}

#[test]
fn a_configured_identity_is_held_to_all_that_it_says() {
    let sigstore = sigstore();
    let root = sigstore.trusted_root();
    let artifact = signed(as_statement, &sigstore.keyless(&workflow()));
    let with_claim = |claim: &str| format!("{}{claim}\n", entry(""));
    for (case, text, code, reasons) in [
        (
            "claims",
            with_claim(
                "source_repository = \"https://github.com/kfm/tiles\"\nsource_ref = { glob = \"refs/heads/*\" }\nrunner_environment = \"github-hosted\"",
            ),
            0,
            vec!["by `tiles`"],
        ),
        (
            "another repository",
            with_claim("source_repository = \"https://github.com/kfm/fork\""),
            1,
            vec!["fail signature.absent"],
        ),
        ("another runner", with_claim("runner_environment = \"self-hosted\""), 1, vec!["fail signature.absent"]),
        ("for others", entry("repositories = [\"registry.example.org/other/*\"]"), 1, vec!["fail signature.absent"]),
        ("other statements", entry("predicate_types = [\"https://example.org/x\"]"), 1, vec!["fail signature.absent"]),
        ("not any more", entry("not_after = 2026-01-15T11:00:00Z"), 1, vec!["fail signature.absent"]),
        ("not yet", entry("not_before = 2026-01-15T13:00:00Z"), 1, vec!["fail signature.absent"]),
        ("in its time", entry("not_before = 2026-01-15T11:00:00Z\nnot_after = 2026-01-15T13:00:00Z"), 0, vec!["PASS"]),
    ] {
        by_config(&artifact, &root, &text).assert(case, code, &reasons);
    }
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
    by_config(&artifact, &root, &entry("relax = [\"sct\", \"log\"]")).assert(
        "relaxed",
        0,
        &[
            "PASS",
            "relaxed  signer `tiles` does without a signed certificate timestamp",
            "relaxed  signer `tiles` does without an entry in a transparency log",
        ],
    );
    by_config(&artifact, &root, &entry("relax = [\"sct\"]")).assert("a log is wanted", 1, &["fail signature.absent"]);
    by_config(&artifact, &root, &entry("relax = [\"log\"]")).assert(
        "a receipt is wanted",
        1,
        &["fail signature.absent"],
    );
    let flags = ["--insecure-ignore-sct", "--insecure-ignore-tlog"];
    by_flags(&artifact, &root, &[&identity()[..], &flags[..]].concat()).assert(
        "flags",
        0,
        &["relaxed  signer `command line` does without"],
    );
    // Under cosign's tags, too.
    for artifact in [
        tagged(|subject| private().message(&simple_signing(REPOSITORY, subject))),
        tagged(|subject| as_statement(&private(), subject)),
    ] {
        by_config(&artifact, &root, &entry("relax = [\"sct\", \"log\"]")).assert("a tag", 0, &["PASS", WORKFLOW]);
    }
    // The time is never relaxed.
    let timeless = signed(as_statement, &sigstore.keyless(&workflow()).receipts(&[]).unlogged());
    by_config(&timeless, &root, &entry("relax = [\"sct\", \"log\"]")).assert(
        "no time",
        1,
        &["fail signature.absent", "imestamp"],
    );
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
    by_key(&logged, own).assert("logged", 0, &["PASS", "entry ", "of the log https://rekor.sigstore.test"]);
    by_key(&logged, "root = \"own\"\nrequire_log = true").assert("demanded", 0, &["PASS"]);
    by_key(&logged, "").assert("no root", 0, &["its transparency-log entry was not checked"]);
    let bare = signed(as_statement, &with_key().unlogged());
    by_key(&bare, own).assert("nothing to check", 0, &["PASS"]);
    by_key(&bare, "root = \"own\"\nrequire_log = true").assert("none", 1, &["fail signature.absent"]);
    let theirs = Sigstore::new(sigstore.now);
    let foreign = signed(as_statement, &with_key().logged_by(&theirs.rekor_v1));
    by_key(&foreign, own).assert("another's log", 1, &["fail signature.absent"]);
    let stamped = tagged(|subject| with_key().unlogged().stamped().message(&simple_signing(REPOSITORY, subject)));
    by_key(&stamped, own).assert("a tag", 0, &["PASS", "signed at 2026-01-15T12:00:01Z"]);
    // The window is that of the log's time, and not of the judgement.
    by_key(&logged, "root = \"own\"\nnot_after = 2026-02-01T00:00:00Z").assert("in time", 0, &["PASS"]);
    by_key(&logged, "not_after = 2026-02-01T00:00:00Z").assert("no trusted time", 1, &["fail signature.absent"]);
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
    by_config(&artifact, &root, &format!("{}{demand}", entry(""))).assert(
        "both",
        0,
        &["PASS", "bundle of https://slsa.dev/provenance/v1"],
    );
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
    by_flags(&artifact, &root, &identity()).assert(
        "intoto 0.0.1",
        0,
        &[
            "PASS",
            "signed at 2026-01-15T12:00:02Z, by the clock of the transparency log",
            "of the log https://rekor.sigstore.test",
        ],
    );
    type Change = fn(&mut Signed, &Sigstore);
    let changes: [(&str, Change, &str, &str); 7] = [
        (
            "promise",
            |signed, _| signed.entry().promise.as_mut().unwrap()[8] ^= 1,
            "transparency log",
            "fail signature.absent",
        ),
        (
            "time",
            |signed, _| *signed.entry().integrated_time.as_mut().unwrap() += 1,
            "transparency log",
            "fail signature.absent",
        ),
        ("index", |signed, _| signed.entry().log_index += 1, "transparency log", "fail signature.absent"),
        ("log", |signed, _| signed.entry().log_id[0] ^= 1, "transparency log", "fail signature.absent"),
        (
            "another payload",
            |signed, sigstore| {
                let other = sigstore.keyless(&workflow()).record(Record::Intoto1).statement(&json!({}));
                signed.entry = other.entry;
            },
            "transparency log",
            "fail signature.absent",
        ),
        (
            "another certificate",
            |signed, sigstore| {
                let other = sigstore.keyless(&workflow()).record(Record::Intoto1);
                let Content::Payload { payload, .. } = &signed.content else { panic!("a statement") };
                signed.entry = other.payload("application/vnd.in-toto+json", payload).entry;
            },
            "transparency log",
            "fail signature.absent",
        ),
        (
            "signature",
            |signed, _| {
                let end = signed.signature.len() - 1;
                signed.signature[end] ^= 1;
            },
            "signature",
            "fail signature.absent",
        ),
    ];
    for (case, change, step, reason) in changes {
        let (artifact, root) = first_intoto(change);
        by_flags(&artifact, &root, &identity()).assert(case, 1, &[&format!("because `{step}` failed"), reason]);
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
    run(&["--certificate-identity", "a@b.example"]).assert("no issuer", 2, &["give --certificate-oidc-issuer too"]);
    run(&["--certificate-oidc-issuer", GITHUB_ISSUER]).assert("no identity", 2, &["give --certificate-identity too"]);
    run(&["--certificate-identity-regexp", ".*", "--certificate-oidc-issuer", GITHUB_ISSUER]).assert(
        "anybody",
        2,
        &["takes anybody"],
    );
    run(&["--certificate-identity", "a@b.example", "--certificate-oidc-issuer-regexp", ".*"]).assert(
        "any issuer",
        2,
        &["takes any issuer"],
    );
    run(&["--insecure-ignore-sct"]).assert("relaxes nothing", 2, &["belong to --certificate-identity"]);
    run(&["--trusted-root", "/nowhere.json"]).assert("no root", 2, &["a trusted root"]);
    for (text, reason) in [
        ("[[trust.signer]]\nname = \"a\"\nidentity = { issuer = \"https://x\" }\n", "subject"),
        (
            "[[trust.signer]]\nname = \"a\"\nidentity = { issuer = \"https://x\", subject = { glob = \"a\", regexp = \"b\" } }\n",
            "found also `regexp`",
        ),
        (
            "[[trust.signer]]\nname = \"a\"\nroot = \"lab\"\nidentity = { issuer = \"https://x\", subject = \"a\" }\n",
            "expected a root of public-good, github, found \"lab\"",
        ),
        ("[[trust.root]]\nname = \"github\"\nfile = \"x\"\n", "has the name of an embedded one"),
        (
            "[[trust.signer]]\nname = \"a\"\nidentity = { issuer = \"https://x\", subject = \"a\" }\nnot_after = 2026-01-01\n",
            "expected a time with its offset",
        ),
        ("[[trust.require]]\nsigners = 1\n", "could never be met"),
    ] {
        Gate::untrusting(&artifact).config(text).run().assert(text, 2, &[reason]);
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
    outcome.assert("a thousand", 0, &["PASS", WORKFLOW, "more (see --output json)"]);
    assert!(outcome.out.lines().count() < 120, "{}", outcome.out);
}

#[test]
fn a_bundle_beside_a_layout_is_evidence_about_its_subject() {
    let sigstore = sigstore();
    let (artifact, subject) = documented();
    let beside = |bundle: Value, more: &[&str]| {
        let gate = Gate::untrusting(&artifact);
        let root = gate.file("root.json", sigstore.trusted_root().to_string().as_bytes());
        let file = gate.file("soils.sigstore.json", bundle.to_string().as_bytes());
        let gate = gate.with(&["--trusted-root", root.to_str().unwrap(), "--evidence", file.to_str().unwrap()]);
        gate.with(&identity()).with(more).run()
    };
    let keyless = sigstore.keyless(&workflow());
    let good = as_statement(&keyless, &subject).bundle(Version::V03);
    beside(good.clone(), &[]).assert(
        "a file",
        0,
        &["PASS", "a file beside the artifact: ", "soils.sigstore.json", WORKFLOW],
    );
    let report: Value = serde_json::from_str(&beside(good, &["--output", "json"]).out).unwrap();
    let rows = report["subjects"][0]["evidence"].as_array().unwrap();
    assert!(rows.iter().any(|row| row["linked_by"] == "file" && row["standing"] == "proven"), "{rows:#?}");
    let other = format!("sha256:{}", "cd".repeat(32));
    let foreign = as_statement(&keyless, &other).bundle(Version::V03);
    beside(foreign, &[]).assert("of another subject", 1, &["fail signature.absent", &other]);
    beside(json!({"verificationMaterial": {}}), &[]).assert(
        "malformed",
        1,
        &["fail signature.absent", "not a Sigstore bundle"],
    );
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
    by_config(&artifact, &root, &entry("{ absent = true }")).assert("none is wanted", 0, &["PASS", "issuer none"]);
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
    by_config(&artifact, &root, &entry("{ absent = false }")).assert("false", 2, &["can only be true"]);
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
