//! Evidence in another repository: read there, judged as what it is, and named by where it was found.

use serde_json::{Value, json};

use super::{full, gap_of};
use crate::support::artifact::{Artifact, INDEX, Key, Layer, MANIFEST, digest, document};
use crate::support::documents::{METADATA, documented, release, stac};
use crate::support::registry::{Auth, Body, Options, Referrers, Registry, Response};
use crate::support::rows::row;
use crate::support::served::{Measured, Served};

/// A registry with documents about a subject, and another one with the rest.
struct Apart {
    served: Served,
    elsewhere: Registry,
    place: String,
    subject: String,
}

/// Puts what of an artifact is not in another one into a registry.
fn put_new(registry: &Registry, whole: &Artifact, part: &Artifact) {
    let new = |digest: &str| !part.blobs.contains_key(digest);
    for (_, bytes) in whole.blobs.iter().filter(|(digest, _)| new(digest)) {
        match serde_json::from_slice::<Value>(bytes) {
            Ok(document) if document.get("layers").is_some() => {
                registry.put_manifest(None, bytes, MANIFEST);
            }
            _ => {
                registry.put_blob(bytes);
            }
        }
    }
    for entry in &whole.entries {
        let (digest, name) = (&entry["digest"], &entry["annotations"]["org.opencontainers.image.ref.name"]);
        if let (Some(digest), Some(name)) = (digest.as_str(), name.as_str())
            && new(digest)
        {
            registry.put_manifest(Some(name), &whole.bytes(digest), MANIFEST);
        }
    }
}

/// What of an artifact is not in another one, in a registry of its own. The subject is not there: it dangles.
fn rest(whole: &Artifact, part: &Artifact, subject: &str, options: Options) -> Registry {
    let registry = Registry::start(options);
    put_new(&registry, whole, part);
    registry.write_fallback_tag(&subject.parse().unwrap());
    registry
}

/// Documents in the subject's own repository, and what `sign` adds to them elsewhere.
fn apart_with(own: Options, other: Options, sign: impl Fn(&mut Artifact, &str)) -> Apart {
    let (artifact, subject) = documented();
    let mut signed = artifact.clone();
    sign(&mut signed, &subject);
    let elsewhere = rest(&signed, &artifact, &subject, other);
    let place = format!("{}/kfm/signatures", elsewhere.host());
    Apart { served: Served::new(&artifact, own), elsewhere, place, subject }
}

fn bundle(artifact: &mut Artifact, subject: &str) {
    artifact.sign(&release(), subject);
}

fn apart() -> Apart {
    apart_with(Options::default(), Options::default(), bundle)
}

impl Apart {
    fn naming_it(self) -> Self {
        let Apart { served, place, .. } = self;
        Apart { served: served.with(&["--evidence-from", &place]), place, ..self }
    }

    /// The row of a signature that is proven and was found in that place.
    fn proven(&self) -> String {
        format!("proven kind=signature + found_in={}", self.place)
    }

    /// Asserts that nothing was said of another place, and that none is relaxed.
    fn assert_unasked(&self, measured: Measured, case: &str) {
        assert!(!measured.outcome.has("relaxed relaxation.evidence_from"), "{case}");
        measured.assert_unsaid(case, &self.place);
    }

    fn program(&self, arguments: &[&str]) -> Measured {
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        self.served.program(&arguments, b"")
    }
}

#[test]
fn a_signature_elsewhere_counts_where_that_place_was_named() {
    let tag = || Referrers::Unsupported(Response::new(404).body("404 page not found"));
    type Sign = fn(&mut Artifact, &str);
    let forms: [(&str, Referrers, Sign); 3] = [
        ("referrers API", Options::default().referrers, bundle),
        ("fallback tag", tag(), bundle),
        ("cosign's tag", tag(), |artifact, subject| {
            artifact.sign_legacy(&release(), subject, subject);
        }),
    ];
    for (case, referrers, sign) in forms {
        let apart = apart_with(Options::default(), Options { referrers, ..Options::default() }, sign);
        let unasked = apart.served.judge(":v1").assert(case, 1, &["fail signature.absent"]);
        apart.assert_unasked(unasked, case);
        assert!(apart.elsewhere.requests().is_empty(), "{case}");
        let apart = apart.naming_it();
        apart.served.judge(":v1").assert(
            case,
            0,
            &["PASS", &apart.proven(), &format!("relaxed relaxation.evidence_from {} + --evidence-from", apart.place)],
        );
        let name = format!("@{}", apart.subject);
        apart.served.judge(&name).assert(case, 0, &["PASS", &apart.proven()]);
    }
}

/// The child has its own referrers there, and what the index has there serves it.
#[test]
fn a_child_of_an_index_has_evidence_elsewhere_too() {
    let (mut artifact, child) = documented();
    let mut entry = artifact.descriptor(&child);
    entry["platform"] = json!({"os": "linux", "architecture": "amd64"});
    let descriptor = artifact.manifest(&json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [entry]}));
    let index = digest(&descriptor);
    artifact.list(descriptor, Some("multi"));
    let platform = ["--platform", "linux/amd64"];
    for (case, subject) in [("the child's", &child), ("the index's", &index)] {
        let mut signed = artifact.clone();
        signed.sign(&release(), subject);
        let elsewhere = rest(&signed, &artifact, subject, Options::default());
        let place = format!("{}/kfm/signatures", elsewhere.host());
        let served = Served::new(&artifact, Options::default()).with(&platform);
        served.judge(":multi").assert(case, 1, &["fail signature.absent"]);
        let served = served.with(&["--evidence-from", &place]);
        served.judge(":multi").assert(case, 0, &["PASS", &child, &format!("proven kind=signature + found_in={place}")]);
        // Without that place nobody knows what was not seen.
        drop(elsewhere);
        served.judge(":multi").assert(case, 3, &["UNDECIDED", &format!("gap gap.connection {place}")]);
    }
}

#[test]
fn the_environment_and_the_configuration_name_places_too() {
    let apart = apart();
    let proven = apart.proven();
    let printed = |measured: Measured, by: &str| {
        let relaxed = format!("relaxed relaxation.evidence_from {} + {by}", apart.place);
        measured.assert(by, 0, &["PASS", &proven, &relaxed]);
    };
    let served = apart.served.environment("COSIGN_REPOSITORY", &apart.place);
    printed(served.judge(":v1"), "COSIGN_REPOSITORY");
    let served = served.environment("COSIGN_REPOSITORY", "");
    let measured = served.judge(":v1").assert("an empty one", 1, &["fail signature.absent"]);
    assert!(!measured.outcome.has("relaxed relaxation.evidence_from"));
    let config = served.file("ocigate.toml", format!("evidence_from = [\"{}\"]\n", apart.place));
    let served = served.with(&["--config", &config]);
    printed(served.judge(":v1"), "evidence_from");
    // Named three times, it is one place.
    let served = served.with(&["--evidence-from", &apart.place, "--evidence-from", &apart.place]);
    let served = served.environment("COSIGN_REPOSITORY", &apart.place);
    apart.elsewhere.forget_requests();
    printed(served.judge(":v1"), "--evidence-from");
    assert_eq!(apart.elsewhere.requests().len(), 9, "{:#?}", apart.elsewhere.paths());
    let served = served.environment("COSIGN_REPOSITORY", "bob/signatures");
    served.judge(":v1").outcome.assert("no host", 2, &["COSIGN_REPOSITORY", "bob/signatures"]);
}

/// Who may sign is a question of the subject's repository, wherever the signature lies.
#[test]
fn a_signers_permission_is_about_the_subjects_repository() {
    let apart = apart().naming_it();
    let own = format!("{}/kfm/layers", apart.served.registry.host());
    let signer = |repository: &str| {
        let key = apart.served.file("release.pub", release().public_pem());
        format!("[[trust.signer]]\nname = \"data team\"\nkey = \"{key}\"\nrepositories = [\"{repository}\"]\n")
    };
    let reference = format!("{own}:v1");
    let judge = |repository: &str| {
        let config = apart.served.file("signer.toml", signer(repository));
        apart.program(&["verify", "--config", &config, "--evidence-from", &apart.place, &reference])
    };
    let measured = judge(&own).assert("own", 0, &["PASS", &apart.proven()]);
    let proofs =
        measured.outcome.list("evidence").into_iter().flat_map(|row| row["proofs"].as_array().unwrap().clone());
    assert!(proofs.map(|proof| proof["signer"].clone()).all(|signer| signer == "data team"));
    judge(&apart.place).assert("elsewhere", 1, &["fail signature.absent"]);
}

/// What could not be seen there is a gap like any other, and says where.
#[test]
fn trouble_elsewhere_is_a_gap() {
    for status in [401, 403, 429, 503] {
        for path in ["/v2/", "/referrers/", ".sig", ".att", ".sbom", "/manifests/sha256:", "/blobs/"] {
            let apart = apart().naming_it();
            apart.elsewhere.fault(path, usize::MAX, Response::new(status).body("{}"));
            let case = format!("{status} for {path}");
            apart.served.judge(":v1").assert(
                &case,
                3,
                &["UNDECIDED", &format!("gap gap.{} {status} + {}", gap_of(status), apart.place)],
            );
        }
    }
    let mut apart = apart().naming_it();
    apart.elsewhere.fault("/blobs/", usize::MAX, Response::new(200).body("{}"));
    let corrupt = format!("gap gap.corrupt {} + {}", ocigate::oci::Digest::sha256(b"{}"), apart.place);
    apart.served.judge(":v1").assert("other bytes", 3, &["undecided signature.absent", &corrupt]);
    apart.elsewhere.stop();
    let measured = apart.served.judge(":v1");
    measured.assert(
        "away",
        3,
        &["undecided signature.absent", &format!("gap gap.connection {} + {}", apart.place, apart.elsewhere.url())],
    );
    for answered in 0..9 {
        let apart = self::apart().naming_it();
        apart.elsewhere.stop_after(answered);
        // Of several requests under way at once, the one for the signature may be among the answered ones.
        let case = format!("{answered} of 9");
        apart.served.judge(":v1").assert(
            &case,
            3,
            &["UNDECIDED", &format!("gap gap.connection {} + {}", apart.place, apart.elsewhere.url())],
        );
    }
}

#[test]
fn a_place_that_holds_nothing_says_so() {
    let apart = apart().naming_it();
    apart.elsewhere.fault("/v2/", usize::MAX, Response::error(404, "NAME_UNKNOWN", "no such repository"));
    apart.served.judge(":v1").assert(
        "none",
        1,
        &["fail signature.absent", &format!("relaxed relaxation.evidence_from {}", apart.place)],
    );
}

#[test]
fn one_deadline_and_one_budget_for_all_places() {
    let apart = apart().naming_it();
    apart.elsewhere.fault("/referrers/", usize::MAX, Response::new(200).with(Body::Hang));
    let Apart { served, place, .. } = apart;
    served.within(2).judge(":v1").assert(
        "hangs",
        3,
        &["undecided signature.absent", &format!("gap gap.timeout 2 + {place}")],
    );
}

#[test]
fn credentials_go_to_their_own_host() {
    let own = Auth::Basic { user: "auditor", password: "s3cret-own" };
    let other = Auth::Basic { user: "signer", password: "s3cret-other" };
    let apart =
        apart_with(Options { auth: own, ..Options::default() }, Options { auth: other, ..Options::default() }, bundle)
            .naming_it();
    let login = |user: &str, password: &str| json!({"username": user, "password": password});
    let hosts = (apart.served.registry.host(), apart.elsewhere.host());
    let config = json!({"auths": {
        hosts.0.as_str(): login("auditor", "s3cret-own"),
        hosts.1.as_str(): login("signer", "s3cret-other"),
    }});
    apart.served.file(".docker/config.json", config.to_string());
    apart.served.judge(":v1").assert("both", 0, &["PASS"]);
    let sent = |registry: &Registry| {
        let mut sent: Vec<_> = registry
            .requests()
            .iter()
            .filter_map(|request| request.header("authorization").map(str::to_owned))
            .collect();
        sent.sort();
        sent.dedup();
        sent
    };
    let (to_own, to_other) = (sent(&apart.served.registry), sent(&apart.elsewhere));
    assert_eq!((to_own.len(), to_other.len()), (1, 1));
    assert_ne!(to_own, to_other);
    // The ones of the command line are for the registry of the references.
    apart.served.file(".docker/config.json", "{}");
    apart.elsewhere.forget_requests();
    let reference = format!("{}/kfm/layers:v1", hosts.0);
    let arguments =
        ["verify", "--evidence-from", &apart.place, "--username", "auditor", "--password-stdin", &reference];
    let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
    let measured = apart.served.program(&arguments, b"s3cret-own");
    measured
        .assert("own only", 3, &["undecided signature.absent", &format!("gap gap.denied 401 + {}", apart.place)])
        .assert_unsaid("own only", "s3cret");
    assert_eq!(sent(&apart.elsewhere), Vec::<String>::new());
}

/// Documents cost what they cost in their own repository, and each place a list, three tags, and a list for each
/// document whose signature may lie there.
#[test]
fn what_another_place_costs() {
    let served = apart().naming_it();
    let Apart { served, elsewhere, .. } = served;
    let served = served.with_cache(16);
    served.judge(":v1").assert("cold", 0, &["PASS", "subject requests=24 + cached=0"]);
    assert_eq!((served.registry.requests().len(), elsewhere.requests().len()), (15, 9));
    served.judge(":v1").assert("warm", 0, &["PASS", "subject requests=15 + cached=9"]);
    assert_eq!((served.registry.requests().len(), elsewhere.requests().len()), (15 + 8, 9 + 7));
}

#[test]
fn the_signature_of_a_document_may_lie_elsewhere() {
    let (artifact, subject) = documented();
    let sbom = super::referrers(&artifact).into_iter().find(|digest| {
        let manifest: Value = serde_json::from_slice(&artifact.bytes(digest)).unwrap();
        manifest["artifactType"].as_str().unwrap().contains("sbom")
    });
    let sbom = sbom.unwrap();
    let apart = apart_with(Options::default(), Options::default(), |artifact, subject| {
        artifact.sign(&release(), subject);
        artifact.sign(&release(), &sbom);
    })
    .naming_it();
    assert_eq!(apart.subject, subject);
    let config = apart.served.file("proven.toml", "require_proven = [\"sbom\"]\n");
    let Apart { served, elsewhere, place, .. } = apart;
    let served = served.with(&["--config", &config]);
    let measured = served.judge(":v1").assert("signed", 0, &["PASS"]);
    let vouched = |row: &Value| !row["vouched_by"].as_array().unwrap().is_empty();
    let vouched: Vec<Value> = measured.outcome.list("evidence").into_iter().filter(vouched).collect();
    assert!(!vouched.is_empty() && vouched.iter().all(|row| row["manifest"] == sbom.as_str()), "{vouched:#?}");
    elsewhere.fault(&format!("/referrers/{sbom}"), usize::MAX, Response::new(500));
    served.judge(":v1").assert("not seen", 3, &["UNDECIDED", &format!("gap gap.status {sbom} + {place} + 500")]);
}

/// A signed subject whose documents are signed too, and one more document with its signature; where each of the two lies.
/// The names of the other places, in that order.
fn one_more_document(is_elsewhere: [bool; 2], layers: Vec<Layer<'_>>) -> (Served, Vec<(Registry, String)>) {
    let (mut own, subject) = documented();
    for about in super::referrers(&own).into_iter().chain([subject.clone()]) {
        own.sign(&release(), &about);
    }
    let mut documented = own.clone();
    let document = documented.attach(&subject, METADATA, layers);
    let mut signed = documented.clone();
    signed.sign(&release(), &document);
    let served = Served::new(&own, Options::default());
    let mut places = Vec::new();
    for (is_elsewhere, whole, part) in [(is_elsewhere[0], &documented, &own), (is_elsewhere[1], &signed, &documented)] {
        if is_elsewhere {
            let registry = rest(whole, part, &subject, Options::default());
            let name = format!("{}/kfm/signatures", registry.host());
            places.push((registry, name));
        } else {
            put_new(&served.registry, whole, part);
        }
    }
    (served, places)
}

/// A signed contradiction is not to be missed, wherever it lies and in whatever order places are named.
#[test]
fn the_order_of_places_decides_nothing() {
    let mut other = stac("public");
    other["properties"]["datetime"] = json!("2019-03-01T00:00:00Z");
    let layers = || vec![document("other.json", "application/geo+json", &other)];
    for is_elsewhere in [[false, false], [true, false], [false, true], [true, true]] {
        let (served, places) = one_more_document(is_elsewhere, layers());
        let key = served.file("release.pub", release().public_pem());
        let reference = format!("{}/kfm/layers:v1", served.registry.host());
        for reversed in [false, true] {
            let case = format!("elsewhere {is_elsewhere:?}, reversed {reversed}");
            let mut names: Vec<&str> = places.iter().map(|(_, name)| name.as_str()).collect();
            if reversed {
                names.reverse();
            }
            let named: Vec<String> = names.iter().map(|name| format!("--evidence-from={name}")).collect();
            let run = |start: &[&str], end: &[&str]| {
                let arguments = start.iter().chain(end).map(|argument| (*argument).to_owned());
                served.program(&arguments.chain(named.clone()).collect::<Vec<_>>(), b"")
            };
            // Saving writes no report for programs; it has to find what judging does.
            let disagree =
                ["fail agreement.disagreement 2019-03-01T00:00:00Z + other.json", "2019-03-01", "other.json"];
            run(&["verify"], &["--key", &key, &reference]).assert(&case, 1, &disagree);
            let _ = std::fs::remove_file(served.folder.path().join("case.tar"));
            let capsule = served.folder.path().join("case.tar");
            let capsule = capsule.to_str().unwrap();
            run(&["save", "-o", capsule], &["--key", &key, &reference]).assert(
                &case,
                1,
                &["agreement", "2019-03-01", "other.json"],
            );
            let arguments = ["verify", "--trust-from-capsule", capsule].map(str::to_owned);
            let replayed = served.program(&arguments, b"").assert(&case, 1, &disagree);
            assert!(!replayed.outcome.has("gap"), "{case}");
        }
    }
}

/// T10, T21: formats and places are looked at side by side; a bad signature neither hides a good one nor counts.
#[test]
fn a_strangers_signature_elsewhere_changes_nothing() {
    let stranger = |artifact: &mut Artifact, subject: &str| {
        artifact.sign_legacy(&Key::number(66), subject, subject);
    };
    let apart = apart_with(Options::default(), Options::default(), stranger).naming_it();
    let refused = |measured: &Measured, place: &str| {
        let rows = measured.outcome.list("evidence");
        let is_it = |row: &&Value| row["standing"] == "refused" && row["found_in"] == place;
        assert_eq!(rows.iter().filter(is_it).count(), 1, "{rows:#?}");
    };
    refused(&apart.served.judge(":v1").assert("alone", 1, &["fail signature.absent"]), &apart.place);
    let (artifact, subject) = full();
    let mut both = artifact.clone();
    stranger(&mut both, &subject);
    let elsewhere = rest(&both, &artifact, &subject, Options::default());
    let place = format!("{}/kfm/signatures", elsewhere.host());
    let served = Served::new(&artifact, Options::default()).with(&["--evidence-from", &place]);
    refused(&served.judge(":v1").assert("beside a good one", 0, &["PASS"]), &place);
    // What lies in both places is named by its own.
    let copy = Registry::start(Options::default());
    copy.fill(&served.folder.path().join("layout"));
    let place = format!("{}/kfm/copy", copy.host());
    let served = Served::new(&artifact, Options::default()).with(&["--evidence-from", &place]);
    let measured = served.judge(":v1").assert("in both", 0, &["PASS"]);
    let own = |row: &Value| row["found_in"].is_null();
    assert!(measured.outcome.list("evidence").iter().all(own), "{:#?}", measured.outcome.list("evidence"));
}

#[test]
fn a_pointer_may_name_what_lies_in_a_named_place() {
    let apart = apart();
    let own = format!("{}/kfm/layers", apart.served.registry.host());
    let reference = format!("{own}@{}", apart.subject);
    let key = apart.served.file("release.pub", release().public_pem());
    let place = ["--evidence-from", &apart.place];
    let written = apart.program(&[&["pointer", "--key", &key], &place[..], &[&reference]].concat()).outcome;
    assert_eq!(written.code, 0, "{}{}", written.out, written.err);
    let pointer: Value = serde_json::from_str(&written.out).unwrap();
    let signature = pointer["distribution"]["oci"]["referrers"]["signature"].as_str().unwrap();
    assert!(signature.starts_with(&format!("oci://{}@sha256:", apart.place)), "{signature}");
    let judge = |pointer: &Value, more: &[&str]| {
        let file = apart.served.file("p.json", pointer.to_string());
        apart.program(&[&["verify", "--key", &key, "--pointer", &file, "--repository", &own], more].concat())
    };
    let named = judge(&pointer, &place).assert("named", 0, &["PASS"]);
    assert!(named.outcome.list("subjects")[0]["pointer"]["digest"].is_string());
    assert!(named.outcome.list("findings").iter().all(|finding| finding["rule"] != "pointer"));
    let data = ["/distribution/oci/referrers/signature", own.as_str(), &apart.place];
    let other = format!("{own}/other");
    for (case, more) in [("not named", &[] as &[&str]), ("another named", &["--evidence-from", &other])] {
        judge(&pointer, more).assert(case, 1, &["FAIL", &row("fail pointer.other_repository", &data)]);
    }
    let mut misplaced = pointer.clone();
    misplaced["distribution"]["oci"]["referrers"]["signature"] = json!(signature.replace(&apart.place, &own));
    let wrong = judge(&misplaced, &place);
    wrong.assert("in the wrong place", 1, &["FAIL", &row("fail pointer.referrer_elsewhere", &data)]);
    let file = apart.served.file("p.json", pointer.to_string());
    let check = |more: &[&str]| {
        apart.program(&[&["pointer", "--key", &key, "--check", &file], more, &[&reference]].concat()).outcome
    };
    check(&place).assert("check", 0, &[&file]);
    apart.served.file("p.json", misplaced.to_string());
    check(&place).assert("check", 1, &[&file, "--write"]);
}

#[test]
fn a_layout_holds_all_its_evidence_itself() {
    let apart = apart();
    let key = apart.served.file("release.pub", release().public_pem());
    let layout = ["verify", "--key", &key, "oci-layout:layout:v1"];
    let reason = "--evidence-from";
    apart.program(&[&layout[..], &["--evidence-from", &apart.place]].concat()).outcome.assert("flag", 2, &[reason]);
    let Apart { served, elsewhere, place, .. } = apart;
    let served = served.environment("COSIGN_REPOSITORY", &place);
    let arguments: Vec<String> = layout.iter().map(|argument| (*argument).to_owned()).collect();
    let measured = served.program(&arguments, b"").assert("variable", 1, &["fail signature.absent"]);
    assert!(!measured.outcome.has("relaxed relaxation.evidence_from"));
    measured.assert_unsaid("variable", &place);
    assert!(elsewhere.requests().is_empty());
}
