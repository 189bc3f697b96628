//! `trust show` and `trust explain`: what is trusted, in words.

use crate::support::documents::{release, stranger};
use crate::support::gate::{Outcome, ocigate};
use crate::support::rows::{has_line, holds};

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
    configured(CONFIGURATION, arguments)
}

fn configured(configuration: &str, arguments: &[&str]) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("release.pub", &release().public_pem());
    write("community.pub", &stranger().public_pem());
    write("ocigate.toml", configuration);
    ocigate(folder.path(), &[&["trust"], arguments].concat())
}

/// The lines that hold all of these data.
fn lines<'a>(outcome: &'a Outcome, data: &[&str]) -> Vec<&'a str> {
    outcome.out.lines().filter(|line| data.iter().all(|datum| holds(line, datum))).collect()
}

/// Asserts that for each list of data there is a line that holds them all.
#[track_caller]
fn assert_lines(outcome: &Outcome, rows: &[&[&str]]) {
    for data in rows {
        assert!(has_line(&outcome.out, "", data), "expected a line with {data:?}\n{}", outcome.out);
    }
}

const WORKFLOW: &str = "https://github.com/kfm/tiles/.github/workflows/release.yml@refs/heads/main";

#[test]
fn roots_signers_and_requirements_are_shown() {
    let outcome = run(&["show", "--config", "ocigate.toml"]);
    outcome.assert("show", 0, &["RELAXED"]);
    assert_lines(
        &outcome,
        &[
            &["`public-good`", "2026-10-23"],
            &["`github`", "2026-10-23"],
            &["https://rekor.sigstore.dev", "2021-01-12T11:53:27Z"],
            &["`release`", "Ed25519", "sha256"],
            &["2029-01-01T00:00:00Z"],
            &["publisher"],
            &["`workflow`", WORKFLOW, "https://token.actions.githubusercontent.com"],
            &["registry.example.org/kfm/*"],
            &["2", "publisher", "community-reviewer"],
            &["https://slsa.dev/provenance/v1", "publisher"],
        ],
    );
    // What a signer asks for is less where it is relaxed.
    let strict = configured(&CONFIGURATION.replace("relax = [\"sct\"]\n", ""), &["show", "--config", "ocigate.toml"]);
    let asked = |outcome: &Outcome| {
        let of_signer = outcome.out.split(WORKFLOW).nth(1).unwrap().to_owned();
        of_signer.lines().find(|line| line.contains("`public-good`")).unwrap().to_owned()
    };
    assert!(asked(&outcome).len() < asked(&strict).len(), "{}\n{}", outcome.out, strict.out);
    assert!(!strict.out.contains("RELAXED"), "{}", strict.out);
    // Of a root that no signer names it is said.
    let header = |outcome: &Outcome, name: &str| lines(outcome, &[name, "2026-10-23"])[0].replace(name, "NAME");
    assert!(header(&outcome, "`github`").len() > header(&outcome, "`public-good`").len(), "{}", outcome.out);

    let nobody = run(&["show"]);
    nobody.assert("nothing configured", 0, &["--key", "--certificate-identity"]);
    assert_eq!(header(&nobody, "`github`"), header(&nobody, "`public-good`"));
    assert!(!nobody.out.contains("Ed25519"), "{}", nobody.out);
    run(&["show", "--config", "absent.toml"]).assert("no such file", 2, &["absent.toml"]);
}

#[test]
#[cfg(not(feature = "tuf"))]
fn a_build_without_tuf_says_so() {
    run(&["update", "public-good", "--output", "/nowhere/x"]).assert(
        "update",
        3,
        &["--features tuf", "cosign trusted-root create"],
    );
}

#[test]
fn a_reference_is_explained_without_looking_at_it() {
    let outcome = run(&["explain", "--config", "ocigate.toml", "registry.example.org/kfm/layers:v1"]);
    outcome.assert("explain", 0, &[]);
    let judged_as = outcome.out.lines().next().unwrap();
    assert_eq!(judged_as.matches("registry.example.org/kfm/layers").count(), 2, "{judged_as}");
    assert_lines(
        &outcome,
        &[
            // Who applies is shown with its key or identity, who does not with what keeps it out.
            &["`release`", "Ed25519"],
            &["`community`", "registry.example.org/community/*"],
            &["`workflow`", WORKFLOW],
            &["`release`", "`workflow`"],
            &["2"],
            &["publisher", "`release`"],
            // The one with this role may not sign here: nobody can meet it, and it says so.
            &["community-reviewer", "NOBODY"],
            &["https://slsa.dev/provenance/v1", "`release`"],
        ],
    );
    assert!(lines(&outcome, &["`community`", "Ed25519"]).is_empty(), "{}", outcome.out);
    assert!(lines(&outcome, &["`release`", "`community`"]).is_empty(), "{}", outcome.out);
    // The requirement, and what the entry of the signer demands.
    assert_eq!(lines(&outcome, &["https://slsa.dev/provenance/v1", "`release`"]).len(), 2, "{}", outcome.out);

    let layout = run(&["explain", "--config", "ocigate.toml", "oci-layout:./nowhere:v1"]);
    layout.assert("a layout", 0, &[]);
    assert!(!layout.out.lines().next().unwrap().contains("registry.example.org"), "{}", layout.out);
    assert_lines(&layout, &[&["`release`", "registry.example.org/kfm/*", "--as HOST/REPOSITORY"]]);
    assert!(lines(&layout, &["`release`", "Ed25519"]).is_empty(), "{}", layout.out);

    let arguments = ["--as", "registry.example.org/kfm/x", "oci-layout:./nowhere:v1"];
    let named = run(&[&["explain", "--config", "ocigate.toml"], &arguments[..]].concat());
    named.assert("a layout that stands for one", 0, &[]);
    assert_lines(&named, &[&["oci-layout:./nowhere:v1", "registry.example.org/kfm/x"], &["`release`", "Ed25519"]]);
}
