//! Who may import whom, and that no two public types have one name. If this test complains, move or rename the type;
//! widen the table only with a reason.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

#[path = "architecture/imports.rs"]
mod imports;
#[path = "architecture/names.rs"]
mod names;
#[path = "architecture/tokens.rs"]
mod tokens;

/// Each module of the library and the modules that it may import.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("limits", &[]),
    ("oci", &[]),
    ("fault", &[]),
    ("pointer", &["oci", "limits", "fault"]),
    ("source", &["oci", "limits"]),
    ("capsule", &["oci", "limits", "source"]),
    ("graph", &["oci", "limits", "source"]),
    ("evidence", &["oci", "graph", "limits", "fault"]),
    ("demands", &["evidence"]),
    ("trust", &["oci", "limits"]),
    ("verify", &["oci", "evidence", "trust", "limits"]),
    ("schema", &["limits", "fault"]),
    ("dossier", &["oci", "limits", "fault", "pointer", "graph", "evidence", "trust", "demands", "verify", "schema"]),
    ("finding", &["oci"]),
    ("relations", &["oci", "pointer", "evidence", "verify", "dossier", "finding"]),
    ("rego", &[]),
    (
        "policy",
        &[
            "oci",
            "limits",
            "fault",
            "pointer",
            "graph",
            "evidence",
            "verify",
            "demands",
            "dossier",
            "finding",
            "schema",
            "rego",
            "relations",
        ],
    ),
    (
        "report",
        &[
            "oci", "fault", "pointer", "source", "graph", "evidence", "verify", "demands", "dossier", "finding",
            "policy",
        ],
    ),
    ("output", &["oci", "dossier", "report", "finding"]),
];

/// Libraries that stay behind a border, and the files that may name them.
const BORDERS: &[(&str, &[&str])] = &[
    ("regorus", &["src/rego/", "src/rego.rs"]),
    ("bit_set", &["src/rego/order.rs"]),
    ("ipnet", &["src/rego/builtins/networks.rs"]),
    ("md5", &["src/rego/builtins/digests.rs"]),
    ("reqwest", &["src/source/registry/"]),
    ("http_auth", &["src/source/registry/"]),
    ("icu_normalizer", &["src/oci/title.rs"]),
    ("tar", &["src/source/"]),
    ("clap", &["src/bin/"]),
    ("anyhow", &["src/bin/"]),
    ("annotate_snippets", &["src/output/text.rs"]),
    (
        "aws_lc_rs",
        &[
            "src/oci/digest.rs",
            "src/verify/",
            "src/trust/",
            "src/rego/builtins/digests.rs",
            "src/rego/builtins/certificates/",
        ],
    ),
    ("ed25519_dalek", &["src/verify/", "src/trust/"]),
    ("spki", &["src/verify/", "src/trust/"]),
    ("sigstore_verify", &["src/verify/", "src/trust/"]),
    ("jsonschema", &["src/schema.rs"]),
    ("serde_json_canonicalizer", &["src/evidence/canonical.rs"]),
    ("strsim", &["src/schema.rs", "src/policy/entries.rs"]),
    ("indicatif", &["src/bin/ocigate/progress.rs"]),
    ("tokio", &["src/source/", "src/graph.rs", "src/bin/"]),
    ("futures_util", &["src/source/", "src/graph.rs", "src/graph/", "src/bin/"]),
];

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Code without comments and string contents, as far as imports need it.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The top-level module that a file of the library belongs to; none for `lib.rs` and the binary.
fn module_of(relative: &str) -> Option<String> {
    let rest = relative.strip_prefix("src/")?;
    let first = rest.split('/').next()?.trim_end_matches(".rs");
    (first != "lib" && first != "bin").then(|| first.to_owned())
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Modules named as `crate::module`, also in `use crate::{a::…, b::…}`.
fn imports(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        if code[..at].chars().next_back().is_some_and(is_word) {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        let names = match rest.strip_prefix('{') {
            Some(group) => group.split('}').next().unwrap().split(',').map(str::trim).map(str::to_owned).collect(),
            None => vec![rest.to_owned()],
        };
        found.extend(
            names.iter().map(|name| name.chars().take_while(|character| is_word(*character)).collect::<String>()),
        );
    }
    found.remove("");
    found
}

fn edges() -> BTreeMap<String, BTreeMap<String, String>> {
    let mut edges: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for path in rust_files(&root().join("src")) {
        let relative = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        let Some(module) = module_of(&relative) else { continue };
        // What a unit test makes its material with is no part of the house.
        if relative.ends_with("/tests.rs") {
            continue;
        }
        for import in imports(&code(&path)).into_iter().filter(|import| *import != module) {
            edges.entry(module.clone()).or_default().entry(import).or_insert(relative.clone());
        }
    }
    edges
}

#[test]
fn modules_import_only_what_the_table_allows() {
    let table: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    for (module, imports) in edges() {
        let allowed = table.get(module.as_str()).unwrap_or_else(|| panic!("the module {module} is not in the table"));
        for (import, file) in imports {
            assert!(
                allowed.contains(&import.as_str()),
                "{file} imports `crate::{import}`: {module} may import only {allowed:?}"
            );
        }
    }
}

#[test]
fn no_modules_import_each_other_in_a_circle() {
    // Whatever may be imported stands above in the table, so that the table itself has no circle.
    for (index, (module, imports)) in MAY_IMPORT.iter().enumerate() {
        for import in *imports {
            let above = MAY_IMPORT[..index].iter().any(|(name, _)| name == import);
            assert!(above, "{module} imports {import}, which does not stand above it");
        }
    }
}

fn assert_no_circles(folder: &str, main: &str) {
    let circles = imports::circles(&imports::graph(&root(), folder, main));
    let told: Vec<String> =
        circles.iter().map(|circle| format!("{} files:\n  {}", circle.len(), circle.join("\n  "))).collect();
    assert!(
        told.is_empty(),
        "files import each other in a circle; move what they share below both:\n{}",
        told.join("\n")
    );
}

#[test]
fn no_files_of_the_library_import_each_other_in_a_circle() {
    assert_no_circles("src", "lib.rs");
}

#[test]
fn no_files_of_the_binary_import_each_other_in_a_circle() {
    assert_no_circles("src/bin/ocigate", "main.rs");
}

/// A crate of these files, looked at.
fn circles_of(files: &[(&str, &str)]) -> Vec<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join("src").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    imports::circles(&imports::graph(folder.path(), "src", "lib.rs"))
}

#[test]
fn circles_are_seen_whatever_they_are_written_like() {
    let child = "use super::{Other, Thing as Renamed};";
    for (parent, child, is_circle) in [
        ("mod child; pub struct Thing; fn f() { child::g(); }", child, true),
        ("mod child; pub struct Thing; use child::Name;", child, true),
        ("mod child; pub struct Thing; pub use child::Name; fn f(_: Name) {}", child, true),
        ("mod child; pub struct Thing; fn f() { crate::a::child::g(); }", "fn g() { super::Thing::new(); }", true),
        ("mod child; pub struct Thing; fn f() { self::child::g(); }", "fn g(_: &crate::a::Thing) {}", true),
        ("mod child; pub struct Thing; pub use child::Name;", child, false),
        ("mod child; pub struct Thing; fn f() { thing.child(); }", child, false),
        ("mod child; pub struct Thing; fn f() { child::g(); }", "pub(super) fn g() {}", false),
        ("mod child; pub struct Thing; fn f() { child::g(); }", "pub(in crate::a) fn g() {}", false),
        (
            "mod child; pub struct Thing; fn f() { child::g(); }",
            "#[cfg(test)] mod tests { use super::super::*; }",
            false,
        ),
        ("mod child; pub struct Thing; fn f() { child::g(); }", "// super::Thing\nfn g() { \"super::Thing\"; }", false),
    ] {
        let circles = circles_of(&[("lib.rs", "mod a;"), ("a.rs", parent), ("a/child.rs", child)]);
        assert_eq!(!circles.is_empty(), is_circle, "{parent} / {child}: {circles:?}");
    }
    // What a file passes on comes from where it is.
    let passed_on = [
        ("lib.rs", "mod a; pub use a::A; mod b; pub use b::B;"),
        ("a.rs", "use crate::B; pub struct A;"),
        ("b.rs", "use crate::A; pub struct B;"),
    ];
    assert_eq!(circles_of(&passed_on).len(), 1);
}

/// The graphs of the library and of the binary.
fn whole_graph() -> imports::Graph {
    let mut graph = imports::graph(&root(), "src", "lib.rs");
    graph.extend(imports::graph(&root(), "src/bin/ocigate", "main.rs"));
    graph
}

#[test]
fn no_two_public_types_have_one_name() {
    let mut homes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    // The files of the graph are all but those of tests.
    for file in whole_graph().into_keys() {
        for name in names::public_types(&fs::read_to_string(root().join(&file)).unwrap()) {
            homes.entry(name).or_default().push(file.clone());
        }
    }
    homes.retain(|_, files| files.len() > 1);
    let told: Vec<String> = homes.iter().map(|(name, files)| format!("{name}: {}", files.join(", "))).collect();
    assert!(
        told.is_empty(),
        "public types have one name; rename those whose new name says best what they hold:\n{}",
        told.join("\n")
    );
}

#[test]
fn public_types_are_seen_whatever_they_are_written_like() {
    for (text, expected) in [
        ("pub struct Name;", &["Name"] as &[&str]),
        ("#[derive(Debug)]\npub enum Name<'a> { One(&'a str) }", &["Name"]),
        ("pub trait One { fn f(); } pub type Other = u8;", &["One", "Other"]),
        ("pub union Name { one: u8 }", &["Name"]),
        ("impl One { } pub(super) fn f() { let a = [']', '{']; } pub struct Name(pub u8);", &["Name"]),
        ("struct Name; pub(crate) struct Other; pub(in crate::a) enum Third {}", &[]),
        ("pub use a::Name; pub fn name() {} pub const NAME: u8 = 0;", &[]),
        ("impl One for Other { pub type Name = u8; }", &[]),
        ("#[cfg(test)] mod tests { pub struct Name; }", &[]),
        ("#[cfg(test)] pub struct Name; pub struct Other;", &["Other"]),
        ("// pub struct Name;\n/* pub struct Name; */ const TEXT: &str = \"pub struct Name;\";", &[]),
    ] {
        assert_eq!(names::public_types(text), expected, "{text}");
    }
}

#[test]
fn every_file_is_looked_at() {
    let graph = whole_graph();
    for path in rust_files(&root().join("src")) {
        let relative = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        assert!(graph.contains_key(&relative) || relative.contains("tests"), "{relative} is in no module");
    }
}

#[test]
fn libraries_stay_behind_their_borders() {
    for path in rust_files(&root().join("src")) {
        let relative = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        let code = code(&path);
        for (library, homes) in BORDERS {
            let named = code
                .match_indices(&format!("{library}::"))
                .any(|(at, _)| !code[..at].chars().next_back().is_some_and(is_word))
                || code.contains(&format!("use {library}::"));
            let at_home = homes.iter().any(|home| relative.starts_with(home));
            assert!(!named || at_home, "{relative} names {library}, which belongs into {homes:?}");
        }
    }
}

#[test]
fn the_binary_sees_only_the_library() {
    for path in rust_files(&root().join("src/bin")) {
        let code = code(&path);
        assert!(!code.contains("#[path"), "{} includes a file of the library", path.display());
    }
}

#[test]
fn nothing_is_unsafe() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(manifest.contains("unsafe_code = \"forbid\""));
    for path in rust_files(&root().join("src")) {
        let code = code(&path);
        assert!(!code.contains("allow(unsafe_code)"), "{} allows unsafe code", path.display());
    }
}
