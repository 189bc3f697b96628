//! `provenance` and `run_manifest`: where the subject came from.

use serde_json::{Value, json};

use super::fixture::Fixture;
use crate::support::artifact::{Artifact, document, keyless_bundle, statement};
use crate::support::documents::{
    PROVENANCE, Part, RUN, RUN_MANIFEST, SLSA, complete, data_digest, prov, release, run_manifest, signed_without, slsa,
};

pub fn fixtures() -> Vec<Fixture> {
    vec![
        prov_of_the_manifest(),
        prov_of_the_layers(),
        slsa_in_a_bundle(),
        slsa_under_a_tag(),
        prov_of_another_artifact(),
        stub(),
        only_used(),
        none(),
        attached_where_attested_is_demanded(),
        attached_where_proven_is_demanded(),
        two_runs(),
        corrupt(),
        keyless_slsa(),
        run_manifest_attested(),
        failed_run(),
        no_run_manifest(),
        run_of_another_artifact(),
        keyless_run_manifest(),
    ]
}

fn other_digest() -> String {
    format!("sha256:{}", "7e".repeat(32))
}

/// A signed subject with a run manifest, this document as provenance, and all else.
fn with_prov(content: &Value) -> (Artifact, String) {
    let (mut artifact, subject) = signed_without(&[Part::Provenance]);
    artifact.attach(&subject, PROVENANCE, vec![document("prov.jsonld", "application/ld+json", content)]);
    (artifact, subject)
}

fn prov_of_the_manifest() -> Fixture {
    Fixture::new("provenance_pass", "W3C PROV whose output is the subject's manifest", complete().0)
        .rule("provenance")
        .says(&["PASS", "warn provenance.unsigned name=prov.jsonld"])
}

fn prov_of_the_layers() -> Fixture {
    let (artifact, _) = with_prov(&prov(&data_digest()));
    Fixture::new("provenance_layers_pass", "W3C PROV written before the push, which knows the layers only", artifact)
        .rule("provenance")
        .says(&["PASS", "warn provenance.bound_by_layers name=prov.jsonld"])
}

fn slsa_in_a_bundle() -> Fixture {
    let (mut artifact, subject) = signed_without(&[Part::Provenance, Part::RunManifest]);
    artifact.attest(&release(), &subject, SLSA, slsa());
    Fixture::new("provenance_slsa_pass", "Attested SLSA provenance, which is a run manifest too", artifact)
        .rule("provenance")
        .says(&["PASS", "passed run_manifest", "proven linked_by=subject + https://slsa.dev/provenance/v1"])
}

fn slsa_under_a_tag() -> Fixture {
    let (mut artifact, subject) = signed_without(&[Part::Provenance, Part::RunManifest]);
    artifact.attest_legacy(&release(), &subject, SLSA, slsa());
    Fixture::new("provenance_slsa_legacy_pass", "SLSA provenance attested under the tag `.att`", artifact)
        .rule("provenance")
        .says(&["PASS", "passed run_manifest", "proven linked_by=cosign tag + https://slsa.dev/provenance/v1"])
}

fn prov_of_another_artifact() -> Fixture {
    let (artifact, subject) = with_prov(&prov(&other_digest()));
    Fixture::new("provenance_fail", "W3C PROV of another artifact", artifact)
        .rule("provenance")
        .says(&[&format!("fail provenance.other_subject {} + {subject}", other_digest())])
}

fn stub() -> Fixture {
    let (artifact, _) = with_prov(&json!({"run_id": "demo", "note": "replace with the real one"}));
    Fixture::new("provenance_stub_fail", "A stub that is declared to be provenance", artifact)
        .rule("provenance")
        .says(&["fail provenance.missing name=prov.jsonld + @context"])
}

fn only_used() -> Fixture {
    let (mut artifact, subject) = signed_without(&[Part::Provenance]);
    let mut content = prov(&other_digest());
    content["@graph"][1]["kfm:digest"] = json!(subject);
    artifact.attach(&subject, PROVENANCE, vec![document("prov.jsonld", "application/ld+json", &content)]);
    Fixture::new("provenance_used_fail", "W3C PROV that used the subject to make another artifact", artifact)
        .rule("provenance")
        .says(&[&format!("fail provenance.only_used {subject} + {}", other_digest())])
}

fn none() -> Fixture {
    let (artifact, subject) = signed_without(&[Part::Provenance]);
    Fixture::new("provenance_none_fail", "Nothing says where it came from", artifact)
        .rule("provenance")
        .says(&[&format!("fail provenance.absent {subject}"), "oras attach"])
}

fn attached_where_attested_is_demanded() -> Fixture {
    Fixture::new(
        "provenance_substitute_fail",
        "The signer attests SLSA, and only an unsigned document is there",
        complete().0,
    )
    .rule("provenance")
    .config(ATTESTING)
    .says(&["fail provenance.absent release + https://slsa.dev/provenance/v1"])
}

const ATTESTING: &str = r#"[[trust.signer]]
name = "release"
key = "../keys/release.pub"
predicate_types = ["https://sigstore.dev/cosign/sign/v1", "https://slsa.dev/provenance/v1"]
"#;

fn attached_where_proven_is_demanded() -> Fixture {
    Fixture::new("provenance_require_proven_fail", "Provenance has to be proven, and is only attached", complete().0)
        .rule("provenance")
        .config(PROVEN)
        .says(&["fail provenance.absent require_proven"])
}

const PROVEN: &str = r#"require_proven = ["provenance"]

[[trust.signer]]
name = "release"
key = "../keys/release.pub"
"#;

fn two_runs() -> Fixture {
    let (mut artifact, subject) = complete();
    let mut other = slsa();
    other["runDetails"]["metadata"]["invocationId"] = json!("run-2");
    artifact.attest(&release(), &subject, SLSA, slsa());
    artifact.attest(&release(), &subject, SLSA, other);
    Fixture::new("provenance_two_runs_fail", "Two attested documents name different runs", artifact)
        .rule("provenance")
        .says(&["fail provenance.signed_disagreement run-1 + run-2"])
}

fn corrupt() -> Fixture {
    let (mut artifact, subject) = with_prov(&prov(&other_digest()));
    let (expected, bytes) =
        artifact.blobs.iter_mut().find(|(_, bytes)| bytes.windows(8).any(|part| part == b"kfm:dige")).unwrap();
    bytes.push(b'\n');
    let found = ocigate::oci::Digest::sha256(bytes).to_string();
    let expected = expected.clone();
    Fixture::new("provenance_undecided", "The provenance is there, and its bytes are not its digest", artifact)
        .rule("provenance")
        .says(&[&format!("undecided provenance.absent {subject}"), &format!("gap gap.corrupt {expected} + {found}")])
}

fn keyless_slsa() -> Fixture {
    let (mut artifact, subject) = signed_without(&[Part::Provenance]);
    artifact.attach_bundle(&subject, keyless_bundle(&statement(&[&subject], SLSA, slsa())));
    Fixture::new("provenance_keyless_undecided", "SLSA provenance that nothing here can check", artifact)
        .rule("provenance")
        .says(&["undecided provenance.absent", &format!("unchecked claimed_type={SLSA}")])
}

fn run_manifest_attested() -> Fixture {
    let (mut artifact, subject) = signed_without(&[Part::RunManifest]);
    artifact.attest(&release(), &subject, RUN_MANIFEST, run_manifest());
    Fixture::new("run_manifest_pass", "An attested run manifest of the run that the provenance names", artifact)
        .rule("run_manifest")
        .says(&["PASS", &format!("proven kind=run_manifest + {RUN_MANIFEST}")])
}

/// A signed subject with this run manifest and all else.
fn with_run_manifest(content: &Value) -> (Artifact, String) {
    let (mut artifact, subject) = signed_without(&[Part::RunManifest]);
    let layers = vec![document("run_manifest.json", "application/json", content)];
    artifact.attach(&subject, RUN, layers);
    (artifact, subject)
}

fn failed_run() -> Fixture {
    let mut content = run_manifest();
    content["status"] = json!("failed");
    Fixture::new("run_manifest_fail", "The run manifest of a run that failed", with_run_manifest(&content).0)
        .rule("run_manifest")
        .says(&["fail run_manifest.run_failed failed + pointer=/status"])
}

fn no_run_manifest() -> Fixture {
    let (artifact, subject) = signed_without(&[Part::RunManifest]);
    Fixture::new("run_manifest_none_fail", "W3C PROV, and no run manifest", artifact)
        .rule("run_manifest")
        .says(&[&format!("fail run_manifest.absent {subject}")])
}

fn run_of_another_artifact() -> Fixture {
    let mut content = run_manifest();
    content["outputs"][0]["sha256"] = json!("7e".repeat(32));
    let (artifact, subject) = with_run_manifest(&content);
    Fixture::new("run_manifest_other_fail", "The run manifest of another artifact", artifact)
        .rule("run_manifest")
        .says(&[&format!("fail run_manifest.other_subject {} + {subject}", other_digest())])
}

fn keyless_run_manifest() -> Fixture {
    let (mut artifact, subject) = signed_without(&[Part::RunManifest]);
    artifact.attach_bundle(&subject, keyless_bundle(&statement(&[&subject], RUN_MANIFEST, run_manifest())));
    Fixture::new("run_manifest_undecided", "A run manifest that nothing here can check", artifact)
        .rule("run_manifest")
        .says(&["undecided run_manifest.absent", &format!("unchecked claimed_type={RUN_MANIFEST}")])
}
