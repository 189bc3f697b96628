//! The policies and data that come with the program. The policies' own tests are in a table of their own,
//! so that they are never loaded for a verdict.

use super::{DataFile, DataFormat, Origin, Source};

/// Path below `policies/` and text of each bundled policy.
const BUNDLED: &[(&str, &str)] = &[];

/// Path below `policies/` and text of each bundled data file; all of it lies under `config`.
const BUNDLED_DATA: &[(&str, &str)] = &[];

/// Path below `policies/` and text of the tests of the bundled policies.
const BUNDLED_TESTS: &[(&str, &str)] = &[];

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
