//! Which signed content counts, by whom, for what.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::artifact::{
    Artifact, Key, Layer, MANIFEST, SIGN, bundle, bundle_of, envelope, envelope_of, hex, keyless_bundle, statement,
};
use crate::support::documents::{SLSA, SPDX, complete, data_digest, documented, release, slsa, spdx, stranger};
use crate::support::gate::Gate;

#[test]
fn a_signature_in_each_form_counts() {
    let (mut artifact, subject) = documented();
    artifact.sign_legacy(&release(), &subject, &subject);
    Gate::on(&artifact).run().assert(
        "simple signing",
        0,
        &["proven linked_by=cosign tag + kind=signature + https://sigstore.dev/cosign/sign/v1"],
    );

    let (mut artifact, subject) = documented();
    let manifest = artifact.blobs[&subject].clone();
    let message = json!({
        "mediaType": crate::support::artifact::BUNDLE,
        "verificationMaterial": {"publicKey": {"hint": ""}},
        "messageSignature": {
            "messageDigest": {"algorithm": "SHA2_256", "digest": STANDARD.encode(bytes(hex(&subject)))},
            "signature": STANDARD.encode(release().sign(&manifest)),
        },
    });
    artifact.attach_bundle(&subject, message);
    Gate::on(&artifact).run().assert("message", 0, &["proven linked_by=subject + https://sigstore.dev/cosign/sign/v1"]);
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn a_signed_sbom_is_no_signature_of_the_subject() {
    let (mut artifact, subject) = documented();
    artifact.attest(&release(), &subject, SPDX, spdx(&data_digest()));
    Gate::on(&artifact).run().assert("signed sbom", 1, &["fail signature.absent https://spdx.dev/Document"]);
    // Unless the team says so, and then it is printed.
    Gate::on(&artifact).config("signature_predicates = [\"https://spdx.dev/Document\"]\n").run().assert(
        "signature_predicates",
        0,
        &["relaxed relaxation.signature_predicate https://spdx.dev/Document"],
    );
}

#[test]
fn what_is_signed_has_to_be_the_subject() {
    let other = format!("sha256:{}", "cd".repeat(32));
    let other_subject = format!("refused step=target + {other}");
    let cases: Vec<(&str, Value, &str)> = vec![
        ("another subject", statement(&[&other], SIGN, json!({})), other_subject.as_str()),
        ("not a statement", json!({"critical": {}}), "refused step=target + _type"),
        ("no subject", statement(&[], SIGN, json!({})), "refused step=target"),
    ];
    for (case, statement, reason) in cases {
        let (mut artifact, subject) = documented();
        artifact.attach_bundle(&subject, bundle(&release(), &statement));
        Gate::on(&artifact).run().assert(case, 1, &["fail signature.absent", reason]);
    }
}

#[test]
fn all_entries_of_a_signature_name_one_digest() {
    let (mut artifact, subject) = documented();
    let other = format!("sha256:{}", "cd".repeat(32));
    artifact.attach_bundle(&subject, bundle(&release(), &statement(&[&subject, &other], SIGN, json!({}))));
    Gate::on(&artifact).run().assert("two digests", 1, &["fail signature.absent", "refused step=target"]);
}

#[test]
fn in_one_entry_every_digest_must_match() {
    let (mut artifact, subject) = documented();
    let statement = json!({
        "_type": crate::support::artifact::STATEMENT,
        "subject": [{"digest": {"sha256": hex(&subject), "sha512": "ab".repeat(64)}}],
        "predicateType": SIGN,
        "predicate": {},
    });
    artifact.attach_bundle(&subject, bundle(&release(), &statement));
    Gate::on(&artifact).run().assert("sha512 differs", 1, &["fail signature.absent", "refused step=target"]);
}

#[test]
fn an_attestation_may_have_several_subjects() {
    let (mut artifact, subject) = complete();
    let other = format!("sha256:{}", "cd".repeat(32));
    artifact.attach_bundle(&subject, bundle(&release(), &statement(&[&other, &subject], SLSA, slsa())));
    Gate::on(&artifact).run().assert("two subjects", 0, &["proven linked_by=subject + https://slsa.dev/provenance/v1"]);
}

#[test]
fn a_signature_over_the_bare_payload_is_refused() {
    let (mut artifact, subject) = documented();
    let payload = serde_json::to_vec(&statement(&[&subject], SIGN, json!({}))).unwrap();
    let mut raw = envelope_of(&release(), "application/vnd.in-toto+json", &payload);
    raw["signatures"] = json!([{"sig": STANDARD.encode(release().sign(&payload))}]);
    artifact.attach_bundle(&subject, bundle_of(raw));
    Gate::on(&artifact).run().assert("no PAE", 1, &["fail signature.absent", "refused step=signature"]);
}

#[test]
fn another_payload_type_is_refused() {
    let (mut artifact, subject) = documented();
    let payload = serde_json::to_vec(&statement(&[&subject], SIGN, json!({}))).unwrap();
    artifact.attach_bundle(&subject, bundle_of(envelope_of(&release(), "text/plain", &payload)));
    Gate::on(&artifact).run().assert("payload type", 1, &["fail signature.absent", "refused step=target + text/plain"]);
}

#[test]
fn duplicate_keys_in_a_signed_payload_refuse_it() {
    let (mut artifact, subject) = documented();
    let good = serde_json::to_string(&statement(&[&subject], SIGN, json!({}))).unwrap();
    let doubled = good.replacen('{', &format!("{{\"predicateType\":\"{SIGN}\","), 1);
    artifact.attach_bundle(
        &subject,
        bundle_of(envelope_of(&release(), "application/vnd.in-toto+json", doubled.as_bytes())),
    );
    Gate::on(&artifact).run().assert("duplicate", 1, &["fail signature.absent", "refused step=target + predicateType"]);
}

#[test]
fn a_url_safe_payload_is_read() {
    let (mut artifact, subject) = documented();
    let mut signed = envelope(&release(), &statement(&[&subject], SIGN, json!({"x": "????>>>>"})));
    let payload = signed["payload"].as_str().unwrap().replace('+', "-").replace('/', "_");
    signed["payload"] = json!(payload);
    artifact.attach_bundle(&subject, bundle_of(signed));
    Gate::on(&artifact).run().assert("url-safe", 0, &["PASS"]);
}

#[test]
fn a_legacy_signature_of_another_image_is_refused() {
    let (mut artifact, subject) = documented();
    let other = format!("sha256:{}", "cd".repeat(32));
    artifact.sign_legacy(&release(), &subject, &other);
    Gate::on(&artifact).run().assert(
        "copied .sig",
        1,
        &["fail signature.absent", &format!("refused step=target + {other}")],
    );
}

#[test]
fn without_trust_a_candidate_is_undecided_and_none_is_a_fail() {
    Gate::untrusting(&complete().0).run().assert("candidate", 3, &["undecided signature.unchecked", "--key"]);
    Gate::untrusting(&documented().0).run().assert("none", 1, &["fail signature.absent"]);
}

#[test]
fn keyless_material_is_unchecked() {
    let (mut artifact, subject) = documented();
    artifact.attach_bundle(&subject, keyless_bundle(&statement(&[&subject], SIGN, json!({}))));
    Gate::on(&artifact).run().assert("keyless", 3, &["undecided signature.absent"]);
}

fn signer(gate: &Gate, rest: &str) -> String {
    gate.file("keys/release.pub", release().public_pem().as_bytes());
    format!("[[trust.signer]]\nname = \"release\"\nkey = \"keys/release.pub\"\n{rest}\n")
}

fn configured(artifact: &crate::support::artifact::Artifact, rest: &str) -> Gate {
    let gate = Gate::untrusting(artifact);
    let text = signer(&gate, rest);
    gate.config(&text)
}

#[test]
fn a_signer_signs_only_for_its_repositories() {
    let (artifact, _) = complete();
    configured(&artifact, "repositories = [\"registry.example.org/kfm/*\"]").run().assert(
        "its own",
        0,
        &["proven kind=signature + signer=release"],
    );
    configured(&artifact, "repositories = [\"registry.example.org/other/*\"]").run().assert(
        "another",
        1,
        &["fail signature.absent", "refused step=repository + release"],
    );
}

#[test]
fn a_layout_without_a_repository_leaves_a_limited_signer_unchecked() {
    let (artifact, _) = complete();
    let gate = Gate::untrusting(&artifact).bare_arguments();
    let text = signer(&gate, "repositories = [\"registry.example.org/kfm/*\"]");
    gate.config(&text).run().assert("no --as", 3, &["undecided signature.absent"]);
    // A signer that is not limited needs no repository.
    let gate = Gate::untrusting(&artifact).bare_arguments();
    let text = signer(&gate, "");
    gate.config(&text).run().assert("unlimited", 0, &["PASS"]);
}

#[test]
fn a_signer_signs_only_its_predicate_types() {
    let (artifact, _) = complete();
    configured(&artifact, "predicate_types = [\"https://example.org/other/v1\"]").run().assert(
        "not cosign's",
        1,
        &["fail signature.absent", "refused step=predicate type + release"],
    );
    configured(&artifact, "predicate_types = [\"https://sigstore.dev/cosign/sign/v1\"]").run().assert(
        "listed",
        0,
        &["PASS"],
    );
}

#[test]
fn a_signers_predicate_type_must_be_proven_also_when_key_replaces_the_signer() {
    let (mut artifact, subject) = complete();
    let types = format!("predicate_types = [\"{SIGN}\", \"{SLSA}\"]");
    let reason = &format!("fail provenance.absent release + {SLSA}");
    configured(&artifact, &types).run().assert("attached only", 1, &[reason]);
    let gate = configured(&artifact, &types);
    let key = gate.file("other.pub", release().public_pem().as_bytes());
    gate.with(&["--key", key.to_str().unwrap()]).run().assert("--key", 1, &[reason]);
    artifact.attest(&release(), &subject, SLSA, slsa());
    configured(&artifact, &types).run().assert("proven", 0, &["PASS"]);
}

#[test]
fn a_required_log_entry_has_to_be_there_and_checked() {
    let (mut artifact, subject) = documented();
    artifact.sign(&release(), &subject);
    configured(&artifact, "require_log = true").run().assert(
        "none",
        1,
        &["fail signature.absent", "refused step=transparency log"],
    );
    let (mut artifact, subject) = documented();
    let mut logged = bundle(&release(), &statement(&[&subject], SIGN, json!({})));
    logged["verificationMaterial"]["tlogEntries"] = json!([{"logIndex": "1"}]);
    artifact.attach_bundle(&subject, logged);
    configured(&artifact, "").run().assert("not demanded", 0, &["PASS"]);
    configured(&artifact, "require_log = true").run().assert("not checked", 3, &["undecided signature.absent"]);
}

#[test]
fn another_key_is_refused_by_name() {
    let gate = Gate::untrusting(&complete().0);
    let key = gate.file("stranger.pub", stranger().public_pem().as_bytes());
    gate.with(&["--key", key.to_str().unwrap()]).run().assert(
        "stranger",
        1,
        &["fail signature.absent", "refused step=signature + stranger.pub"],
    );
}

#[test]
fn many_bad_signatures_do_not_drown_a_good_one() {
    let (mut artifact, subject) = complete();
    for number in 0..1000 {
        let mut junk = bundle(&stranger(), &statement(&[&subject], SIGN, json!({"n": number})));
        junk["n"] = json!(number);
        artifact.attach_bundle(&subject, junk);
    }
    let outcome = Gate::on(&artifact).run();
    outcome.assert("flood", 0, &["PASS", "--output json"]);
    assert!(outcome.out.lines().count() < 200, "the report drowns:\n{}", outcome.out);
}

/// One manifest under cosign's tag with so many bad signatures, of one payload or of as many, and a good one at the end.
fn flooded(count: usize, is_one_payload: bool) -> Artifact {
    let (mut artifact, subject) = documented();
    let mut layer = |key: &Key, number: usize| {
        let payload = json!({
            "critical": {
                "identity": {"docker-reference": "registry.example.org/kfm/layers"},
                "image": {"docker-manifest-digest": subject},
                "type": "cosign container image signature",
            },
            "optional": {"n": if is_one_payload { 0 } else { number }},
        });
        let bytes = serde_json::to_vec(&payload).unwrap();
        // Signed is not what stands there, so that each signature is another one.
        let signature = key
            .sign(&[&bytes[..], if number < count { number.to_string() } else { String::new() }.as_bytes()].concat());
        let mut layer = artifact.blob("application/vnd.dev.cosign.simplesigning.v1+json", bytes);
        layer["annotations"] = json!({"dev.cosignproject.cosign/signature": STANDARD.encode(signature)});
        layer
    };
    let mut layers: Vec<Value> = (0..count).map(|number| layer(&release(), number)).collect();
    layers.push(layer(&release(), count));
    let config = artifact.blob("application/vnd.oci.image.config.v1+json", b"{}".to_vec());
    let descriptor =
        artifact.manifest(&json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers}));
    artifact.list(descriptor, Some(&format!("{}.sig", subject.replace(':', "-"))));
    artifact
}

/// A20: a flood within one manifest hides no good signature, and beyond what is read nothing is concluded.
#[test]
fn a_thousand_bad_signatures_in_one_manifest_and_a_good_one() {
    for is_one_payload in [true, false] {
        let outcome = Gate::on(&flooded(1000, is_one_payload)).with(&["--output", "json"]).run();
        outcome.assert("a thousand", 0, &["\"verdict\": \"pass\""]);
        let report: Value = serde_json::from_str(&outcome.out).unwrap();
        let standing = |wanted: &str| {
            let rows = report["subjects"][0]["evidence"].as_array().unwrap().iter();
            rows.filter(|row| row["kind"] == "signature" && row["standing"] == wanted).count()
        };
        assert_eq!((standing("refused"), standing("proven")), (1000, 1), "one payload: {is_one_payload}");
    }
    let outcome = Gate::on(&flooded(2048, false)).run();
    outcome.assert("too many", 3, &["gap gap.limit 2048"]);
}

#[test]
fn the_annotations_of_a_layer_do_not_make_a_key_of_a_certificate() {
    let (mut artifact, subject) = documented();
    let payload = statement(&[&subject], SIGN, json!({}));
    let signed = envelope(&release(), &payload);
    let annotations = json!({"dev.sigstore.cosign/certificate": "-----BEGIN CERTIFICATE-----"});
    artifact.tag(
        &subject,
        "att",
        "application/vnd.dsse.envelope.v1+json",
        serde_json::to_vec(&signed).unwrap(),
        annotations,
    );
    Gate::on(&artifact).run().assert("certificate", 1, &["fail signature.absent", "refused"]);
}

#[test]
fn a_statement_about_the_subject_counts_wherever_it_hangs_only_for_its_target() {
    // A signature of the subject that hangs under a referrer is about neither.
    let (mut artifact, subject) = documented();
    let note = artifact.attach(
        &subject,
        "application/vnd.example.note",
        vec![Layer("a.json", "application/json", b"{}".to_vec())],
    );
    artifact.attach_bundle(&note, bundle(&release(), &statement(&[&subject], SIGN, json!({}))));
    Gate::on(&artifact).run().assert("under a referrer", 1, &["fail signature.absent"]);
}
