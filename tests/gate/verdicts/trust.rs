//! `trust show` and `trust explain`: what is trusted, in words.

use crate::support::documents::{release, stranger};
use crate::support::gate::{Outcome, ocigate};

const CONFIGURATION: &str = r#"[[trust.signer]]
name = "release"
key = "release.pub"
repositories = ["registry.example.org/kfm/*"]
predicate_types = ["https://sigstore.dev/cosign/sign/v1", "https://slsa.dev/provenance/v1"]
role = "publisher"
not_after = 2029-01-01T00:00:00Z

[[trust.signer]]
name = "community"
key = "community.pub"
repositories = ["registry.example.org/community/*"]
role = "community-reviewer"

[[trust.signer]]
name = "workflow"
identity = { issuer = "https://token.actions.githubusercontent.com", subject = "https://github.com/kfm/tiles/.github/workflows/release.yml@refs/heads/main" }
relax = ["sct"]

[[trust.require]]
repositories = ["registry.example.org/kfm/*"]
signers = 2
roles = ["publisher", "community-reviewer"]

[[trust.require.statement]]
predicate_type = "https://slsa.dev/provenance/v1"
role = "publisher"
"#;

fn run(arguments: &[&str]) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("release.pub", &release().public_pem());
    write("community.pub", &stranger().public_pem());
    write("ocigate.toml", CONFIGURATION);
    ocigate(folder.path(), &[&["trust"], arguments].concat())
}

#[test]
fn roots_signers_and_requirements_are_shown() {
    run(&["show", "--config", "ocigate.toml"]).assert(
        "show",
        0,
        &[
            "root `public-good`: embedded, of 2026-10-23",
            "root `github`: embedded, of 2026-10-23 (no signer names it)",
            "transparency log              https://rekor.sigstore.dev  from 2021-01-12T11:53:27Z",
            "signer `release`: Ed25519 key sha256:",
            "signatures count until 2029-01-01T00:00:00Z",
            "role: publisher",
            "signer `workflow`: https://github.com/kfm/tiles/.github/workflows/release.yml@refs/heads/main by https://token.actions.githubusercontent.com",
            "root `public-good`: needs a trusted time, an entry in a transparency log",
            "RELAXED",
            "required of registry.example.org/kfm/*:",
            "signatures by 2 distinct signer(s), in the roles publisher, community-reviewer",
        ],
    );
    run(&["show"]).assert("nothing configured", 0, &["no signer: nobody may sign", "root `github`"]);
    run(&["show", "--config", "absent.toml"]).assert("no such file", 2, &["absent.toml"]);
}

#[test]
#[cfg(not(feature = "tuf"))]
fn a_build_without_tuf_says_so() {
    run(&["update", "public-good", "--output", "/nowhere/x"]).assert(
        "update",
        3,
        &["built without TUF", "--features tuf", "cosign trusted-root create"],
    );
}

#[test]
fn a_reference_is_explained_without_looking_at_it() {
    run(&["explain", "--config", "ocigate.toml", "registry.example.org/kfm/layers:v1"]).assert(
        "explain",
        0,
        &[
            "judged as registry.example.org/kfm/layers",
            "applies: signer `release`",
            "does not apply: signer `community` may sign for registry.example.org/community/* only",
            "applies: signer `workflow`",
            "a signature of the subject: `release`, `workflow`",
            "required: 2 distinct signer(s) of those",
            "required, in the role publisher: `release`",
            // The one with this role may not sign here: nobody can meet it, and it says so.
            "required, in the role community-reviewer: NOBODY",
            "required, a signed https://slsa.dev/provenance/v1: `release`",
            "demanded by the entry of `release`: documents of the class of https://slsa.dev/provenance/v1 have to be signed",
        ],
    );
    run(&["explain", "--config", "ocigate.toml", "oci-layout:./nowhere:v1"]).assert(
        "a layout",
        0,
        &[
            "judged as a layout that names no repository",
            "cannot apply: signer `release` is limited to",
            "--as HOST/REPOSITORY",
        ],
    );
    run(&["explain", "--config", "ocigate.toml", "--as", "registry.example.org/kfm/x", "oci-layout:./nowhere:v1"])
        .assert(
            "a layout that stands for one",
            0,
            &["judged as registry.example.org/kfm/x", "applies: signer `release`"],
        );
}
