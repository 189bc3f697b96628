//! `subject_pinned`, `layer_titles` and `signature`: what the subject is called, and who signed it.

use serde_json::json;

use super::fixture::Fixture;
use crate::support::artifact::{Artifact, Layer, SIGN, bundle, keyless_bundle, statement};
use crate::support::documents::{
    SBOM, SPDX, attach_all_but, complete, data, data_digest, documented, release, sbom_layers, spdx, stranger,
};

pub fn fixtures() -> Vec<Fixture> {
    vec![
        pinned(),
        unpinned(),
        distinct_titles(),
        one_path(),
        climbing_title(),
        signed(),
        signed_under_a_tag(),
        unsigned(),
        only_the_sbom_is_signed(),
        signed_for_another_repository(),
        signed_by_a_stranger(),
        signed_for_two_digests(),
        keyless(),
        no_key(),
        two_in_their_roles(),
        only_the_publisher(),
        nobody_could_check_the_second(),
    ]
}

fn pinned() -> Fixture {
    let (artifact, subject) = complete();
    Fixture::new("subject_pinned_pass", "A reference with a digest, where digests are required", artifact)
        .rule("subject_pinned")
        .with(&["--require-digest"])
        .pinned(&subject)
        .says(&["PASS", &subject])
}

fn unpinned() -> Fixture {
    let (artifact, subject) = complete();
    Fixture::new("subject_pinned_fail", "A name, where digests are required", artifact)
        .rule("subject_pinned")
        .with(&["--require-digest"])
        .says(&[&format!("fail subject_pinned.unpinned {subject}")])
}

/// A signed subject of two layers with these titles.
fn titled(titles: [&str; 2]) -> Artifact {
    let mut artifact = Artifact::default();
    let layers = vec![
        Layer(titles[0], "application/vnd.pmtiles", data()),
        Layer(titles[1], "text/markdown", b"Soils of Kansas\n".to_vec()),
    ];
    let subject = artifact.push("v1", layers, json!({"org.opencontainers.image.licenses": "CC-BY-4.0"}));
    attach_all_but(&mut artifact, &subject, &[]);
    artifact.sign(&release(), &subject);
    artifact
}

fn distinct_titles() -> Fixture {
    Fixture::new(
        "layer_titles_pass",
        "Two layers, each under its own name",
        titled(["soils.pmtiles", "docs/README.md"]),
    )
    .rule("layer_titles")
    .says(&["PASS"])
}

fn one_path() -> Fixture {
    let titles = ["soils.pmtiles", "./Soils.pmtiles"];
    Fixture::new("layer_titles_fail", "Two layers whose names come to one path", titled(titles))
        .rule("layer_titles")
        .says(&["fail layer_titles.shared_path ./Soils.pmtiles + soils.pmtiles"])
}

fn climbing_title() -> Fixture {
    let titles = ["soils.pmtiles", "../.bashrc"];
    Fixture::new("layer_titles_climbing_fail", "A layer whose name leads out of the folder", titled(titles))
        .rule("layer_titles")
        .says(&["fail layer_titles.outside ../.bashrc"])
}

fn signed() -> Fixture {
    Fixture::new("signature_pass", "Signed into a bundle, as cosign 3 does", complete().0)
        .rule("signature")
        .says(&["PASS", "proven kind=signature + signer=../keys/release.pub"])
}

fn signed_under_a_tag() -> Fixture {
    let (mut artifact, subject) = documented();
    artifact.sign_legacy(&release(), &subject, &subject);
    Fixture::new("signature_legacy_pass", "Signed under the tag `.sig`, by the signer of a configuration", artifact)
        .rule("signature")
        .config(PERMITTED)
        .says(&["PASS", "proven kind=signature + signer=release", "ocigate.toml"])
}

const PERMITTED: &str = r#"[[trust.signer]]
name = "release"
key = "../keys/release.pub"
repositories = ["registry.example.org/kfm/*"]
"#;

fn unsigned() -> Fixture {
    let (artifact, subject) = documented();
    Fixture::new("signature_fail", "Nobody signed it", artifact).rule("signature").says(&[
        &format!("fail signature.absent {subject}"),
        "cosign sign --key cosign.key registry.example.org/kfm/layers@sha256:",
    ])
}

fn only_the_sbom_is_signed() -> Fixture {
    let (mut artifact, subject) = documented();
    artifact.attest(&release(), &subject, SPDX, spdx(&data_digest()));
    let referrer = artifact.attach(&subject, SBOM, sbom_layers(&subject));
    artifact.sign(&release(), &referrer);
    Fixture::new("signature_of_sbom_fail", "An SBOM is signed and one is attested, the subject is not signed", artifact)
        .rule("signature")
        .says(&["fail signature.absent https://spdx.dev/Document + ../keys/release.pub"])
}

fn signed_for_another_repository() -> Fixture {
    Fixture::new("signature_other_repository_fail", "Signed by a signer of another repository", complete().0)
        .rule("signature")
        .config(ELSEWHERE)
        .says(&[
            "fail signature.absent 1 + repository",
            "refused step=repository + release + registry.example.org/kfm/layers",
        ])
}

const ELSEWHERE: &str = r#"[[trust.signer]]
name = "release"
key = "../keys/release.pub"
repositories = ["registry.example.org/kfm/tiles"]
"#;

fn signed_by_a_stranger() -> Fixture {
    let (mut artifact, subject) = documented();
    artifact.sign(&stranger(), &subject);
    Fixture::new("signature_other_key_fail", "Signed with a key that is not permitted", artifact)
        .rule("signature")
        .says(&["fail signature.absent 1 + signature", "refused step=signature"])
}

fn signed_for_two_digests() -> Fixture {
    let (mut artifact, subject) = documented();
    let other = format!("sha256:{}", "7e".repeat(32));
    artifact.attach_bundle(&subject, bundle(&release(), &statement(&[&subject, &other], SIGN, json!({}))));
    Fixture::new("signature_two_digests_fail", "A signature that names a second digest too", artifact)
        .rule("signature")
        .says(&["fail signature.absent 1 + target", "refused step=target"])
}

fn keyless() -> Fixture {
    let (mut artifact, subject) = documented();
    artifact.attach_bundle(&subject, keyless_bundle(&statement(&[&subject], SIGN, json!({}))));
    Fixture::new("signature_undecided", "Signed with a certificate, and no signer with an identity is given", artifact)
        .rule("signature")
        .says(&["undecided signature.absent", &format!("unchecked claimed_type={SIGN}")])
}

fn no_key() -> Fixture {
    Fixture::new("signature_no_key_undecided", "Signed, and nobody says who may sign", complete().0)
        .rule("signature")
        .untrusting()
        .says(&["undecided signature.unchecked 1", "`--key FILE`"])
}

const TWO_ROLES: &str = r#"[[trust.signer]]
name = "release"
key = "../keys/release.pub"
role = "publisher"

[[trust.signer]]
name = "community"
key = "../keys/stranger.pub"
role = "community-reviewer"

[[trust.require]]
repositories = ["registry.example.org/kfm/*"]
signers = 2
roles = ["publisher", "community-reviewer"]
"#;

fn two_in_their_roles() -> Fixture {
    let (mut artifact, subject) = complete();
    artifact.sign(&stranger(), &subject);
    Fixture::new("required_signers_pass", "Signed by publisher and community reviewer", artifact)
        .rule("required_signers")
        .config(TWO_ROLES)
        .says(&["PASS", "proven signer=release", "proven signer=community"])
}

fn only_the_publisher() -> Fixture {
    Fixture::new("required_signers_fail", "Signed by the publisher, and no community reviewer", complete().0)
        .rule("required_signers")
        .config(TWO_ROLES)
        .says(&["fail required_signers.absent 2 + release + publisher + community-reviewer"])
}

fn nobody_could_check_the_second() -> Fixture {
    let (mut artifact, subject) = complete();
    artifact.attach_bundle(&subject, keyless_bundle(&statement(&[&subject], SIGN, json!({}))));
    Fixture::new(
        "required_signers_undecided",
        "The second signature has a certificate, and no signer with an identity is given",
        artifact,
    )
    .rule("required_signers")
    .config(TWO_ROLES)
    .says(&["undecided required_signers.absent 2"])
}
