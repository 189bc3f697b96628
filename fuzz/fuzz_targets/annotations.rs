#![no_main]

//! The input is a JSON object: `layer` is the payload (or the envelope), the rest are its annotations.

mod common;

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use ocigate::evidence::envelope::Envelope;
use ocigate::evidence::recognise::SignedMaterial;
use ocigate::evidence::simple_signing::SimpleSigning;

fuzz_target!(|data: &[u8]| {
    let Ok(mut annotations) = serde_json::from_slice::<BTreeMap<String, String>>(data) else { return };
    let layer = annotations.remove("layer").unwrap_or_default();
    common::check(&SignedMaterial::SimpleSigning(SimpleSigning::new(layer.clone().into_bytes().into(), &annotations)));
    let envelope = serde_json::from_str(&layer).ok().and_then(|content| Envelope::read(&content).ok());
    if let Some(envelope) = envelope {
        common::check(&SignedMaterial::Envelope(envelope.with_annotations(&annotations)));
    }
});
