//! `docs/rego.md` lists the builtins that there are, and those that are refused.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::rego::builtins::names;

/// The names in the list under a heading: every word in backquotes up to the next heading.
fn listed(page: &str, heading: &str) -> BTreeSet<String> {
    let part = page.split(&format!("\n## {heading}\n")).nth(1).unwrap().split("\n## ").next().unwrap();
    part.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_page_lists_the_builtins() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rego.md")).unwrap();
    let (here, missing) = names();
    for (heading, names) in [
        ("Builtins that can be called", here.map(str::to_owned).collect::<BTreeSet<_>>()),
        ("Builtins that are refused by name", missing.map(str::to_owned).collect()),
    ] {
        let text: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        assert_eq!(listed(&page, heading), names, "docs/rego.md, {heading}: expected\n{}", text.join(", "));
    }
}
