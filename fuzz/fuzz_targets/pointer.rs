#![no_main]

//! The input is a file that may hold a distribution pointer, or that one is put into.

use libfuzzer_sys::fuzz_target;
use ocigate::limits::Limits;
use ocigate::oci::json::parse_strict;
use ocigate::pointer::{Canonical, CanonicalFile, Pointer, put};

fuzz_target!(|data: &[u8]| {
    let limits = Limits::default();
    for name in ["file.json", "file.yaml"] {
        let pointer = Pointer::read(name, data.to_vec(), &[], &limits);
        for fault in &pointer.faults {
            let found = pointer.notation().locate(data, &fault.pointer);
            assert!(found.is_none_or(|found| found.complete), "{name}: {:?} leads nowhere", fault.pointer);
        }
        let _ = Canonical::of(&pointer);
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    let digest = format!("sha256:{}", "5a".repeat(32));
    let file = |path: &str| CanonicalFile {
        path: path.to_owned(),
        media_type: Some("application/vnd.pmtiles".to_owned()),
        size: Some(7),
        digest: Some(digest.clone()),
    };
    let canonical = Canonical {
        repository: "registry.example.org/kfm/layers".to_owned(),
        digest: digest.clone(),
        artifact_type: None,
        files: vec![file("soils.pmtiles"), file("a/b.tif")],
        referrers: Vec::new(),
        requires_signature: false,
        expected_signer: None,
    };
    if let Ok(written) = put(text, &canonical, &limits) {
        // What was written is a document, and to write it again changes nothing.
        assert!(parse_strict(written.as_bytes(), limits.json_depth).is_ok(), "{written}");
        assert_eq!(put(&written, &canonical, &limits).as_deref(), Ok(written.as_str()));
    }
});
