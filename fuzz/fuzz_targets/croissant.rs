#![no_main]

mod documents;

use libfuzzer_sys::fuzz_target;
use ocigate::evidence::DocumentKind;

fuzz_target!(|data: &[u8]| documents::check(DocumentKind::Croissant, data));
