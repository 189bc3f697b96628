//! sigstore-conformance: its offline cases run when `OCIGATE_CONFORMANCE` names a checkout of them.

use std::path::{Path, PathBuf};

#[allow(dead_code, reason = "its `main` is another program's")]
#[path = "../../../examples/conformance.rs"]
mod client;

mod tampered;

const IDENTITY: &str = "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
const ISSUER: &str = "https://token.actions.githubusercontent.com";

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The arguments that the suite's own runner gives for one of its folders.
fn arguments(case: &Path, artifact: String) -> Vec<String> {
    let file = |name: &str| Some(case.join(name)).filter(|path| path.exists());
    let text = |name: &str, default: &str| {
        file(name).map_or_else(|| default.to_owned(), |path| std::fs::read_to_string(path).unwrap().trim().to_owned())
    };
    let mut arguments =
        vec!["verify-bundle".to_owned(), "--bundle".to_owned(), shown(&case.join("bundle.sigstore.json"))];
    match file("key.pub") {
        Some(key) => arguments.extend(["--key".to_owned(), shown(&key)]),
        None => arguments.extend([
            "--certificate-identity".to_owned(),
            text("identity", IDENTITY),
            "--certificate-oidc-issuer".to_owned(),
            text("issuer", ISSUER),
        ]),
    }
    if let Some(root) = file("trusted_root.json") {
        arguments.extend(["--trusted-root".to_owned(), shown(&root)]);
    }
    arguments.push(artifact);
    arguments
}

#[test]
fn every_offline_case_is_decided_as_expected() {
    let Some(suite) = std::env::var_os("OCIGATE_CONFORMANCE").map(PathBuf::from) else {
        eprintln!("skipped: OCIGATE_CONFORMANCE names no checkout of sigstore-conformance");
        return;
    };
    let folder = suite.join("test/assets/bundle-verify");
    let mut cases: Vec<PathBuf> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    cases.sort();
    assert!(cases.len() >= 60, "expected the cases of the suite in {}, found {}", folder.display(), cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let own = case.join("artifact");
        let artifact = if own.exists() { own } else { folder.join("a.txt") };
        let digest = ocigate::oci::Digest::sha256(&std::fs::read(&artifact).unwrap()).to_string();
        let expected = !shown(case).ends_with("_fail");
        for artifact in [shown(&artifact), digest] {
            let found = client::run(arguments(case, artifact.clone()).into_iter());
            if found.is_ok() != expected {
                wrong.push(format!("{} with {artifact}: {found:?}", case.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), cases.len() * 2, wrong.join("\n"));
}
