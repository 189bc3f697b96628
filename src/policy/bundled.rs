//! The policies and data that come with the program. The policies' own tests are in a table of their own,
//! so that they are never loaded for a verdict.

use super::{DataFile, Origin, PolicyFile};
use crate::oci::Notation;

macro_rules! file {
    ($path:literal) => {
        ($path, include_str!(concat!("../../policies/", $path)))
    };
}

/// Path below `policies/` and text of each bundled policy.
const BUNDLED: &[(&str, &str)] = &[
    file!("core/agreement.rego"),
    file!("core/care.rego"),
    file!("core/input_licences.rego"),
    file!("core/inputs_pinned.rego"),
    file!("core/layer_titles.rego"),
    file!("core/licence.rego"),
    file!("core/metadata.rego"),
    file!("core/pointer.rego"),
    file!("core/provenance.rego"),
    file!("core/references_pinned.rego"),
    file!("core/required_signers.rego"),
    file!("core/run_manifest.rego"),
    file!("core/sbom.rego"),
    file!("core/sensitivity.rego"),
    file!("core/signature.rego"),
    file!("core/subject_pinned.rego"),
    file!("lib/claims.rego"),
    file!("lib/evidence.rego"),
    file!("lib/finding.rego"),
    file!("lib/text.rego"),
];

/// Path below `policies/` and text of each bundled data file; all of it lies under `config`.
const BUNDLED_DATA: &[(&str, &str)] = &[
    file!("core/fields.json"),
    file!("core/labels.json"),
    file!("core/licences.json"),
    file!("core/media_types.json"),
    file!("core/predicates.json"),
];

/// Path below `policies/` and text of the tests of the bundled policies.
const BUNDLED_TESTS: &[(&str, &str)] = &[
    file!("core/agreement_test.rego"),
    file!("core/care_test.rego"),
    file!("core/input_licences_test.rego"),
    file!("core/inputs_pinned_test.rego"),
    file!("core/layer_titles_test.rego"),
    file!("core/licence_test.rego"),
    file!("core/metadata_test.rego"),
    file!("core/pointer_test.rego"),
    file!("core/provenance_test.rego"),
    file!("core/references_pinned_test.rego"),
    file!("core/required_signers_test.rego"),
    file!("core/run_manifest_test.rego"),
    file!("core/sbom_test.rego"),
    file!("core/sensitivity_test.rego"),
    file!("core/signature_test.rego"),
    file!("core/subject_pinned_test.rego"),
    file!("lib/fixture_test.rego"),
];

/// Rules and preset data of one publisher: loaded only where they are asked for by name.
const KFM: &[(&str, &str)] = &[
    file!("kfm/allowed_signers.rego"),
    file!("kfm/carrier_tuple.rego"),
    file!("kfm/catalogue_fields.rego"),
    file!("kfm/licence_by_kind.rego"),
    file!("kfm/no_downgrade.rego"),
    file!("kfm/provenance_fields.rego"),
    file!("kfm/run_contract.rego"),
    file!("kfm/sbom_minimum.rego"),
    file!("lib/fields.rego"),
];

const KFM_DATA: &[(&str, &str)] = &[file!("kfm/settings.json")];

const KFM_TESTS: &[(&str, &str)] = &[
    file!("kfm/allowed_signers_test.rego"),
    file!("kfm/carrier_tuple_test.rego"),
    file!("kfm/catalogue_fields_test.rego"),
    file!("kfm/fixture_test.rego"),
    file!("kfm/licence_by_kind_test.rego"),
    file!("kfm/no_downgrade_test.rego"),
    file!("kfm/provenance_fields_test.rego"),
    file!("kfm/run_contract_test.rego"),
    file!("kfm/sbom_minimum_test.rego"),
    file!("lib/fixture_test.rego"),
];

/// A set of rules that comes with the program and is loaded only where it is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Set {
    /// The rules of the Kansas Frontier Matrix, and its settings of the rules of `core`.
    Kfm,
}

impl Set {
    /// All sets and their names.
    pub const NAMES: [(&'static str, Set); 1] = [("kfm", Set::Kfm)];

    /// The set with this name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, set)| *set)
    }

    /// Its rules and its data, to be added to the bundled ones.
    pub fn sources(self) -> (Vec<PolicyFile>, Vec<DataFile>) {
        match self {
            Set::Kfm => (sources(KFM), data(KFM_DATA)),
        }
    }

    /// The tests of its rules.
    pub fn tests(self) -> Vec<PolicyFile> {
        match self {
            Set::Kfm => sources(KFM_TESTS),
        }
    }
}

/// The bundled policies and their data.
pub fn bundled() -> (Vec<PolicyFile>, Vec<DataFile>) {
    (sources(BUNDLED), data(BUNDLED_DATA))
}

/// The tests of the bundled policies.
pub fn bundled_tests() -> Vec<PolicyFile> {
    sources(BUNDLED_TESTS)
}

fn data(table: &[(&str, &str)]) -> Vec<DataFile> {
    let file = |(path, text): &(&str, &str)| DataFile {
        path: format!("policies/{path}"),
        text: (*text).to_owned(),
        format: Notation::of(path),
        origin: Origin::Bundled,
    };
    table.iter().map(file).collect()
}

fn sources(table: &[(&str, &str)]) -> Vec<PolicyFile> {
    let source = |(path, text): &(&str, &str)| PolicyFile {
        path: format!("policies/{path}"),
        text: (*text).to_owned(),
        origin: Origin::Bundled,
        root: None,
    };
    table.iter().map(source).collect()
}
