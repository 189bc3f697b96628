//! Attacks on what is signed with certificates, found by a review: each of these passed, or hid a good signature.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::artifact::{Artifact, MANIFEST, SIGN, statement};
use crate::support::documents::{REPOSITORY, documented, release};
use crate::support::gate::{Gate, Outcome};
use crate::support::rows;
use crate::support::sigstore::certificates::{Authority, Purpose};
use crate::support::sigstore::cosign::simple_signing;
use crate::support::sigstore::identity::GITHUB_ISSUER;
use crate::support::sigstore::{
    DAY, Identity, Key, Kind, Record, Service, Signed, Signing, Sigstore, Version, YEAR, seconds,
};

const WORKFLOW: &str = "https://github.com/kfm/tiles/.github/workflows/release.yml@refs/heads/main";

fn sigstore() -> Sigstore {
    Sigstore::new(seconds("2026-01-15T12:00:00Z"))
}

fn workflow() -> Identity {
    Identity::github("kfm/tiles", "release.yml", "refs/heads/main")
}

fn as_statement(signing: &Signing<'_>, subject: &str) -> Signed {
    signing.statement(&statement(&[subject], SIGN, json!({})))
}

/// Documents, and a signature in a bundle that is changed before it is attached.
fn signed(signing: &Signing<'_>, version: Version, change: impl Fn(&mut Value)) -> Artifact {
    let (mut artifact, subject) = documented();
    let mut bundle = as_statement(signing, &subject).bundle(version);
    change(&mut bundle);
    artifact.attach_bundle(&subject, bundle);
    artifact
}

fn unchanged(_: &mut Value) {}

fn by_flags(artifact: &Artifact, root: &Value, more: &[&str]) -> Outcome {
    let gate = Gate::untrusting(artifact);
    let root = gate.file("root.json", root.to_string().as_bytes());
    gate.with(&["--trusted-root", root.to_str().unwrap()]).with(more).run()
}

fn identity() -> [&'static str; 4] {
    ["--certificate-identity", WORKFLOW, "--certificate-oidc-issuer", GITHUB_ISSUER]
}

/// The program with a configuration that begins with `head`; `own` is the name of the root.
fn by_config(artifact: &Artifact, root: &Value, head: &str, text: &str) -> Outcome {
    let gate = Gate::untrusting(artifact);
    gate.file("root.json", root.to_string().as_bytes());
    gate.file("keys/release.pub", release().public_pem().as_bytes());
    gate.config(&format!("{head}\n[[trust.root]]\nname = \"own\"\nfile = \"root.json\"\n{text}")).run()
}

fn entry(name: &str, more: &str) -> String {
    format!(
        "[[trust.signer]]\nname = \"{name}\"\nroot = \"own\"\n{more}\n[trust.signer.identity]\nissuer = \"{GITHUB_ISSUER}\"\nsubject = \"{WORKFLOW}\"\n"
    )
}

#[test]
fn what_one_entry_relaxes_does_not_fill_the_role_of_another() {
    let sigstore = sigstore();
    let artifact = signed(&sigstore.keyless(&workflow()).receipts(&[]).unlogged().stamped(), Version::V03, unchanged);
    let text = format!(
        "{}{}[[trust.require]]\nroles = [\"publisher\"]\n",
        entry("tiles", "role = \"publisher\""),
        entry("tiles", "relax = [\"sct\", \"log\"]")
    );
    by_config(&artifact, &sigstore.trusted_root(), "", &text).assert(
        "the publisher's signature has to be logged",
        1,
        &["fail required_signers.absent"],
    );
}

#[test]
fn a_log_that_the_configuration_demands_of_all_is_demanded_of_certificates() {
    let sigstore = sigstore();
    let root = sigstore.trusted_root();
    let artifact = signed(&sigstore.keyless(&workflow()).unlogged().stamped(), Version::V03, unchanged);
    let outcome = by_config(&artifact, &root, "require_log = true", &entry("tiles", "relax = [\"log\"]"));
    assert_ne!(outcome.code, 0, "an entry's relaxation: {}", outcome.out);
    let gate = Gate::untrusting(&artifact).config("require_log = true\n");
    let root = gate.file("root.json", root.to_string().as_bytes());
    let outcome =
        gate.with(&["--trusted-root", root.to_str().unwrap(), "--insecure-ignore-tlog"]).with(&identity()).run();
    assert_ne!(outcome.code, 0, "the command line's: {}", outcome.out);
}

#[test]
fn two_signatures_of_one_payload_in_one_manifest_are_both_seen() {
    let sigstore = sigstore();
    let (mut artifact, subject) = documented();
    let stranger = Identity::email("x@evil.example", "https://login.example.test");
    let payload = simple_signing(REPOSITORY, &subject);
    let config = artifact.blob("application/vnd.oci.image.config.v1+json", b"{\"rootfs\":{}}".to_vec());
    let layers: Vec<Value> = [stranger, workflow()]
        .iter()
        .map(|who| {
            let one = sigstore.keyless(who).message(&payload);
            let mut layer = artifact.blob(one.layer_media_type(), one.layer());
            layer["annotations"] = json!(one.annotations());
            layer
        })
        .collect();
    let manifest = json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers});
    let descriptor = artifact.manifest(&manifest);
    artifact.list(descriptor, Some(&format!("{}.sig", subject.replace(':', "-"))));
    by_flags(&artifact, &sigstore.trusted_root(), &identity()).assert("the second is good", 0, &["PASS"]);
}

#[test]
fn a_timestamp_alone_is_enough_in_annotations_where_the_log_is_relaxed() {
    let sigstore = sigstore();
    let (mut artifact, subject) = documented();
    let one = sigstore.keyless(&workflow()).unlogged().stamped().message(&simple_signing(REPOSITORY, &subject));
    artifact.tag(&subject, "sig", one.layer_media_type(), one.layer(), json!(one.annotations()));
    by_flags(&artifact, &sigstore.trusted_root(), &[&identity()[..], &["--insecure-ignore-tlog"]].concat()).assert(
        "relaxed",
        0,
        &["PASS"],
    );
    // A key's signature with a timestamp and a root.
    let key = Key::new(Kind::P256);
    let (mut artifact, subject) = documented();
    let one = sigstore.with_key(&key).unlogged().stamped().message(&simple_signing(REPOSITORY, &subject));
    artifact.tag(&subject, "sig", one.layer_media_type(), one.layer(), json!(one.annotations()));
    let gate = Gate::untrusting(&artifact);
    let public = gate.file("key.pub", one.verifier.pem().as_bytes());
    let root = gate.file("root.json", sigstore.trusted_root().to_string().as_bytes());
    gate.with(&["--key", public.to_str().unwrap(), "--trusted-root", root.to_str().unwrap()]).run().assert(
        "key",
        0,
        &["PASS"],
    );
}

/// The key of a log that is out of use leaked. Its thief has a certificate and a timestamp of today.
#[test]
fn a_promise_without_a_time_or_for_another_time_does_not_revive_a_log() {
    let sigstore = sigstore();
    let now = sigstore.now;
    let ended = |service| sigstore.root().valid(service, now - YEAR, Some(now - DAY)).json();
    let (mut artifact, subject) = documented();
    let mut one = as_statement(&sigstore.keyless(&workflow()).stamped(), &subject);
    one.entry().integrated_time = Some(0);
    one.entry().promise = Some(sigstore.rekor_v1.promise(one.entry.as_ref().unwrap()));
    artifact.attach_bundle(&subject, one.bundle(Version::V03));
    by_flags(&artifact, &ended(Service::RekorV1), &identity()).assert("no time", 1, &["fail signature.absent"]);

    let (mut artifact, subject) = documented();
    let mut one = as_statement(&sigstore.keyless(&workflow()).rekor_v2(), &subject);
    one.entry().integrated_time = Some(now - 2 * DAY);
    one.entry().promise = Some(sigstore.rekor_v2.promise(one.entry.as_ref().unwrap()));
    artifact.attach_bundle(&subject, one.bundle(Version::V03));
    by_flags(&artifact, &ended(Service::RekorV2), &identity()).assert("another time", 1, &["fail signature.absent"]);
}

#[test]
fn an_entry_that_nobody_vouches_for_is_not_shown_as_verified() {
    let sigstore = sigstore();
    let lie = |bundle: &mut Value| {
        let entries = bundle["verificationMaterial"]["tlogEntries"].as_array_mut().unwrap();
        let mut first = entries[0].clone();
        first["logIndex"] = json!("31337");
        first.as_object_mut().unwrap().remove("inclusionPromise");
        first.as_object_mut().unwrap().remove("inclusionProof");
        entries.insert(0, first);
    };
    let artifact = signed(&sigstore.keyless(&workflow()), Version::V03, lie);
    let outcome = by_flags(&artifact, &sigstore.trusted_root(), &identity());
    assert!(!outcome.out.contains("31337"), "{}", outcome.out);
    // In Rekor v1 without a promise, the global index is in nothing that is signed.
    let lie = |bundle: &mut Value| bundle["verificationMaterial"]["tlogEntries"][0]["logIndex"] = json!("31337");
    let artifact = signed(&sigstore.keyless(&workflow()).without_promise().stamped(), Version::V03, lie);
    let outcome = by_flags(&artifact, &sigstore.trusted_root(), &identity());
    assert!(!outcome.out.contains("31337"), "{}", outcome.out);
}

#[test]
fn the_clock_that_is_named_is_the_one_that_said_it() {
    let sigstore = sigstore();
    let time = sigstore.now + 1;
    let lie = |bundle: &mut Value| {
        bundle["verificationMaterial"]["tlogEntries"][0]["integratedTime"] = json!(time.to_string());
    };
    let artifact = signed(&sigstore.keyless(&workflow()).rekor_v2(), Version::V03, lie);
    let outcome = by_flags(&artifact, &sigstore.trusted_root(), &identity());
    let times: Vec<Value> = outcome.each("evidence", "proofs").iter().map(|proof| proof["times"].clone()).collect();
    assert!(!rows::holds(&json!(times).to_string(), "transparency log"), "{times:#?}");
    assert!(!outcome.out.lines().any(|line| line.contains("2026-01-15T12:00:0") && line.contains("transparency log")));
}

#[test]
fn roots_of_one_name_are_not_one_root() {
    let (ours, theirs) = (sigstore(), sigstore());
    let artifact = signed(&theirs.keyless(&workflow()), Version::V03, unchanged);
    let gate = Gate::untrusting(&artifact);
    gate.file("root.json", theirs.trusted_root().to_string().as_bytes());
    gate.file("own", ours.trusted_root().to_string().as_bytes());
    // `theirs` may vouch for a stranger; the workflow is vouched for by the root of the command line.
    let text = "[[trust.root]]\nname = \"own\"\nfile = \"root.json\"\n[[trust.signer]]\nname = \"person\"\nroot = \"own\"\nidentity = { issuer = \"https://login.example.test\", subject = \"a@example.test\" }\n";
    let workflow = entry("tiles", "").replace("root = \"own\"\n", "");
    let outcome = gate.config(&format!("{text}{workflow}")).with(&["--trusted-root", "own"]).run();
    assert_ne!(outcome.code, 0, "{}", outcome.out);
}

#[test]
fn a_role_counts_whichever_entry_comes_first() {
    let sigstore = sigstore();
    let root = sigstore.trusted_root();
    let artifact = signed(&sigstore.keyless(&workflow()), Version::V03, unchanged);
    let all = format!(
        "[[trust.signer]]\nname = \"kfm\"\nroot = \"own\"\nidentity = {{ issuer = \"{GITHUB_ISSUER}\", subject = {{ glob = \"https://github.com/kfm/**\" }} }}\n"
    );
    let one = entry("tiles", "role = \"publisher\"");
    let demand = "[[trust.require]]\nroles = [\"publisher\"]\n";
    by_config(&artifact, &root, "", &format!("{one}{all}{demand}")).assert("first", 0, &["PASS"]);
    by_config(&artifact, &root, "", &format!("{all}{one}{demand}")).assert("last", 0, &["PASS"]);
    // Entries of one name: one that does not look at the log before one that does.
    let key = Key::new(Kind::P256);
    let artifact = signed(&sigstore.with_key(&key), Version::V03, unchanged);
    let by_key = |text: &str| {
        let gate = Gate::untrusting(&artifact);
        gate.file("root.json", root.to_string().as_bytes());
        gate.file("key.pub", sigstore.with_key(&key).message(b"").verifier.pem().as_bytes());
        gate.config(&format!("[[trust.root]]\nname = \"own\"\nfile = \"root.json\"\n{text}{demand}")).run()
    };
    let plain = "[[trust.signer]]\nname = \"k\"\nkey = \"key.pub\"\n";
    let logged =
        "[[trust.signer]]\nname = \"k\"\nkey = \"key.pub\"\nroot = \"own\"\nrequire_log = true\nrole = \"publisher\"\n";
    by_key(&format!("{logged}{plain}")).assert("logged first", 0, &["PASS"]);
    by_key(&format!("{plain}{logged}")).assert("logged last", 0, &["PASS"]);
}

#[test]
fn taking_the_time_out_of_a_signature_does_not_make_it_newer() {
    let sigstore = sigstore();
    let key = Key::new(Kind::P256);
    let run = |change: fn(&mut Value)| {
        let artifact = signed(&sigstore.with_key(&key), Version::V03, change);
        let gate = Gate::untrusting(&artifact);
        gate.file("root.json", sigstore.trusted_root().to_string().as_bytes());
        gate.file("key.pub", sigstore.with_key(&key).message(b"").verifier.pem().as_bytes());
        gate.config("[[trust.root]]\nname = \"own\"\nfile = \"root.json\"\n[[trust.signer]]\nname = \"k\"\nkey = \"key.pub\"\nroot = \"own\"\nnot_before = 2026-06-01T00:00:00Z\n").run()
    };
    run(unchanged).assert("too old", 1, &["fail signature.absent"]);
    let outcome = run(|bundle| {
        bundle["verificationMaterial"].as_object_mut().unwrap().remove("tlogEntries");
    });
    outcome.assert("no time", 1, &["fail signature.absent"]);
}

#[test]
fn an_entry_that_counts_from_a_time_on_lends_its_role_to_nothing_without_one() {
    let sigstore = sigstore();
    let key = Key::new(Kind::P256);
    let artifact = signed(&sigstore.with_key(&key).unlogged(), Version::V03, unchanged);
    let gate = Gate::untrusting(&artifact);
    gate.file("root.json", sigstore.trusted_root().to_string().as_bytes());
    gate.file("key.pub", sigstore.with_key(&key).message(b"").verifier.pem().as_bytes());
    let entry = "[[trust.signer]]\nname = \"k\"\nkey = \"key.pub\"\n";
    let root = "[[trust.root]]\nname = \"own\"\nfile = \"root.json\"\n";
    let later = "root = \"own\"\nrole = \"publisher\"\nnot_before = 2026-06-01T00:00:00Z\n";
    let outcome =
        gate.config(&format!("{root}{entry}{entry}{later}[[trust.require]]\nroles = [\"publisher\"]\n")).run();
    outcome.assert("no time", 1, &["fail required_signers.absent"]);
}

#[test]
fn a_pattern_that_leaves_the_owner_open_is_a_catch_all() {
    let (artifact, _) = documented();
    for pattern in [
        r"https://github\.com/.*/release\.yml@.*",
        r"https://github\.com/[^/]+/tiles/.*",
        r".*/\.github/workflows/release\.yml@refs/heads/main",
        r".*@.*\.(com|org|net)",
        r"[^@]+@[a-z]+\.com",
    ] {
        let outcome = Gate::untrusting(&artifact)
            .with(&["--certificate-identity-regexp", pattern, "--certificate-oidc-issuer", GITHUB_ISSUER])
            .run();
        assert_eq!(outcome.code, 2, "{pattern}: {}{}", outcome.out, outcome.err);
    }
}

#[test]
fn a_claim_that_leaves_the_owner_open_narrows_nothing() {
    let sigstore = sigstore();
    let evil = Identity::github("evil/anything", "release.yml", "refs/heads/main");
    let artifact = signed(&sigstore.keyless(&evil), Version::V03, unchanged);
    let text = format!(
        "[[trust.signer]]\nname = \"tiles\"\nroot = \"own\"\n[trust.signer.identity]\nissuer = \"{GITHUB_ISSUER}\"\nsubject = {{ regexp = \".*\" }}\nworkflow = {{ glob = \"https://github.com/*/*/.github/workflows/release.yml@**\" }}\n"
    );
    by_config(&artifact, &sigstore.trusted_root(), "", &text).assert(
        "anybody's release.yml",
        2,
        &["tiles", ".*", "source_repository"],
    );
}

/// CVE-2026-24122.
#[test]
fn an_authority_whose_own_certificate_was_over_issues_nothing() {
    let mut sigstore = sigstore();
    let window = crate::support::sigstore::Window { start: sigstore.now - YEAR, end: sigstore.now - DAY };
    sigstore.authority = Authority::new("sigstore.test", Purpose::CodeSigning, window);
    let artifact = signed(&sigstore.keyless(&workflow()), Version::V03, unchanged);
    by_flags(&artifact, &sigstore.trusted_root(), &identity()).assert(
        "expired intermediate",
        1,
        &["fail signature.absent"],
    );
}

#[test]
fn the_log_is_about_this_certificate_and_not_another_one_for_the_key() {
    let sigstore = sigstore();
    let key = Key::new(Kind::P256);
    let someone = Identity::email("ranger@kfm.test", "https://accounts.example.test");
    let (artifact, subject) = documented();
    let mut one = as_statement(&sigstore.keyless(&someone).key(&key).record(Record::Intoto2), &subject);
    *one.leaf() = sigstore.keyless(&workflow()).key(&key).message(b"").leaf().clone();
    let bundle = one.bundle(Version::V03);
    for extra in [false, true] {
        let (mut artifact, mut bundle) = (artifact.clone(), bundle.clone());
        if extra {
            // The library passes over what it does not know.
            bundle["verificationMaterial"]["tlogEntries"][0]["kindVersion"]["more"] = json!(1);
        }
        artifact.attach_bundle(&subject, bundle);
        by_flags(&artifact, &sigstore.trusted_root(), &identity()).assert(
            "intoto 0.0.2",
            1,
            &["fail signature.absent"],
        );
    }
}

#[test]
fn the_certificate_that_is_shown_is_the_one_that_was_verified() {
    let sigstore = sigstore();
    let (mut artifact, subject) = documented();
    let one = as_statement(&sigstore.keyless(&workflow()), &subject);
    let mut bundle = one.bundle(Version::V02);
    // Two places for a certificate: one is verified, the other is shown.
    let chain = bundle["verificationMaterial"]["x509CertificateChain"].clone();
    let tail = bundle["verificationMaterial"]["tlogEntries"].clone();
    bundle["verificationMaterial"] = json!({"x509CertificateChain": chain, "certificate": {"rawBytes": STANDARD.encode(b"other")}, "tlogEntries": tail});
    artifact.attach_bundle(&subject, bundle);
    by_flags(&artifact, &sigstore.trusted_root(), &identity()).assert(
        "two certificates",
        1,
        &["fail signature.absent"],
    );
}

/// Numbers that look random and are the same in every run (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
    }
}

/// All places in a document that hold something.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at_item, item)| places(item, &format!("{at}/{at_item}"), found))
        }
        Value::Object(fields) => fields.iter().for_each(|(key, item)| places(item, &format!("{at}/{key}"), found)),
        _ => {}
    }
}

fn mutate(bundle: &mut Value, numbers: &mut Numbers) -> String {
    let mut all = Vec::new();
    places(bundle, "", &mut all);
    let place = all[1 + numbers.below(all.len() - 1)].clone();
    let odd = [
        Value::Null,
        json!(0),
        json!(-1),
        json!(u64::MAX),
        json!(i64::MIN),
        json!("-1"),
        json!("9223372036854775807"),
        json!("99999999999999999999"),
        json!(""),
        json!("A"),
        json!([]),
        json!({}),
        json!("UnixTime("),
        json!("\u{2014} x \n\n"),
    ];
    let target = bundle.pointer_mut(&place).unwrap();
    let decoded = target.as_str().and_then(|text| STANDARD.decode(text).ok()).filter(|bytes| bytes.len() > 4);
    match (decoded, numbers.below(4)) {
        (Some(mut bytes), 1..) => {
            for _ in 0..=numbers.below(3) {
                let at = numbers.below(bytes.len());
                match numbers.below(3) {
                    0 => bytes[at] ^= 1 << numbers.below(8),
                    1 => bytes[at] = [0, 0xff, 0x80, 0x84][numbers.below(4)],
                    _ => bytes.truncate(at.max(1)),
                }
            }
            *target = json!(STANDARD.encode(bytes));
        }
        _ => *target = odd[numbers.below(odd.len())].clone(),
    }
    place
}

#[test]
fn no_change_makes_it_panic_or_prove_more() {
    use ocigate::evidence::{bundle::Bundle, recognise::SignedMaterial};
    use ocigate::limits::Limits;
    use ocigate::oci::Digest;
    use ocigate::trust::{IdentityEntry, Root, SignerEntry, TextCondition, Trust};
    use ocigate::verify::{Outcome as Verified, VerificationContext, VerificationTarget, verify};

    let rounds: u32 = std::env::var("ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    let sigstore = sigstore();
    let root = Root::from_file("own", "root.json", sigstore.trusted_root().to_string().as_bytes()).unwrap();
    let exact = |text: &str| TextCondition::Exact(text.to_owned());
    let identity = IdentityEntry {
        subject: exact(WORKFLOW),
        issuer: exact(GITHUB_ISSUER),
        source_repository: None,
        source_ref: None,
        workflow: None,
        runner_environment: None,
    };
    let signer =
        SignerEntry { name: "tiles".to_owned(), identity: Some(identity), root: Some(root), ..SignerEntry::default() };
    let trust = Trust::build(vec![signer], vec![]).unwrap();
    let limits = Limits::default();
    let now =
        time::OffsetDateTime::parse("2026-11-24T00:00:00Z", &time::format_description::well_known::Rfc3339).unwrap();
    let bytes = b"a manifest".to_vec();
    let digests = [Digest::sha256(&bytes)];
    let target = VerificationTarget { digests: &digests, bytes: Some(&bytes), repository: None, is_subject: true };
    let by = VerificationContext { trust: &trust, limits: &limits, now };
    let keyless = || sigstore.keyless(&workflow()).stamped();
    let subject = digests[0].to_string();
    let made = [
        as_statement(&keyless(), &subject).bundle(Version::V03),
        as_statement(&keyless().record(Record::Intoto2), &subject).bundle(Version::V02),
        as_statement(&sigstore.keyless(&workflow()).rekor_v2(), &subject).bundle(Version::V03),
        keyless().message(&bytes).bundle(Version::V01),
    ];
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let mut wrong = Vec::new();
    for original in &made {
        assert!(matches!(
            verify(&SignedMaterial::Bundle(Bundle::read(original.clone()).unwrap()), target, by),
            Verified::Proven(_)
        ));
        for _ in 0..rounds {
            let mut bundle = original.clone();
            let place = mutate(&mut bundle, &mut numbers);
            let Ok(read) = Bundle::read(bundle.clone()) else { continue };
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                verify(&SignedMaterial::Bundle(read), target, by)
            }));
            match result {
                Err(_) => wrong.push(format!("panic: {place}: {}", bundle.pointer(&place).unwrap())),
                Ok(Verified::Proven(_)) if bundle != *original => {
                    wrong.push(format!("proven: {place}: {}", bundle.pointer(&place).unwrap()))
                }
                Ok(_) => {}
            }
        }
    }
    wrong.retain(|case| !case.starts_with("proven: ") || std::env::var("SHOW").is_ok());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
