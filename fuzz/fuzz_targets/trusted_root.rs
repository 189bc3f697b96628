#![no_main]

use libfuzzer_sys::fuzz_target;
use ocigate::trust::{IdentityEntry, Root, SignerEntry, TextCondition, Trust};

fuzz_target!(|data: &[u8]| {
    let Ok(root) = Root::from_file("own", "root.json", data) else { return };
    let _ = (root.services(), root.dropped(), root.needs());
    let exact = |text: &str| TextCondition::Exact(text.to_owned());
    let identity = IdentityEntry {
        subject: exact("nobody@example.org"),
        issuer: exact("https://issuer.example.org"),
        source_repository: None,
        source_ref: None,
        workflow: None,
        runner_environment: None,
    };
    let signer =
        SignerEntry { name: "a".to_owned(), identity: Some(identity), root: Some(root), ..SignerEntry::default() };
    let _ = Trust::build(vec![signer], Vec::new());
});
