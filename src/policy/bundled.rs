//! The policies and data that come with the program. The policies' own tests are in a table of their own,
//! so that they are never loaded for a verdict.

use super::{DataFile, DataFormat, Origin, Source};

macro_rules! file {
    ($path:literal) => {
        ($path, include_str!(concat!("../../policies/", $path)))
    };
}

/// Path below `policies/` and text of each bundled policy.
const BUNDLED: &[(&str, &str)] = &[
    file!("core/care.rego"),
    file!("core/layer_titles.rego"),
    file!("core/licence.rego"),
    file!("core/metadata.rego"),
    file!("core/pointer.rego"),
    file!("core/provenance.rego"),
    file!("core/required_signers.rego"),
    file!("core/run_manifest.rego"),
    file!("core/sbom.rego"),
    file!("core/sensitivity.rego"),
    file!("core/signature.rego"),
    file!("core/subject_pinned.rego"),
    file!("lib/agreement.rego"),
    file!("lib/binding.rego"),
    file!("lib/claims.rego"),
    file!("lib/evidence.rego"),
    file!("lib/finding.rego"),
    file!("lib/text.rego"),
];

/// Path below `policies/` and text of each bundled data file; all of it lies under `config`.
const BUNDLED_DATA: &[(&str, &str)] =
    &[file!("core/fields.json"), file!("core/labels.json"), file!("core/predicates.json")];

/// Path below `policies/` and text of the tests of the bundled policies.
const BUNDLED_TESTS: &[(&str, &str)] = &[
    file!("core/care_test.rego"),
    file!("core/layer_titles_test.rego"),
    file!("core/licence_test.rego"),
    file!("core/metadata_test.rego"),
    file!("core/pointer_test.rego"),
    file!("core/provenance_test.rego"),
    file!("core/required_signers_test.rego"),
    file!("core/run_manifest_test.rego"),
    file!("core/sbom_test.rego"),
    file!("core/sensitivity_test.rego"),
    file!("core/signature_test.rego"),
    file!("core/subject_pinned_test.rego"),
    file!("lib/fixture_test.rego"),
];

/// The bundled policies and their data.
pub fn bundled() -> (Vec<Source>, Vec<DataFile>) {
    let data = BUNDLED_DATA.iter().map(|(path, text)| DataFile {
        path: format!("policies/{path}"),
        text: (*text).to_owned(),
        format: DataFormat::of(path),
        origin: Origin::Bundled,
    });
    (sources(BUNDLED), data.collect())
}

/// The tests of the bundled policies.
pub fn bundled_tests() -> Vec<Source> {
    sources(BUNDLED_TESTS)
}

fn sources(table: &[(&str, &str)]) -> Vec<Source> {
    let source = |(path, text): &(&str, &str)| Source {
        path: format!("policies/{path}"),
        text: (*text).to_owned(),
        origin: Origin::Bundled,
        root: None,
    };
    table.iter().map(source).collect()
}
