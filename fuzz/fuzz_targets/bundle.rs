#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;
use ocigate::evidence::bundle::Bundle;
use ocigate::evidence::recognise::SignedMaterial;
use ocigate::oci::json::parse_strict;

fuzz_target!(|data: &[u8]| {
    let Ok(content) = parse_strict(data, 64) else { return };
    if let Ok(bundle) = Bundle::read(content) {
        common::check(&SignedMaterial::Bundle(bundle));
    }
});
