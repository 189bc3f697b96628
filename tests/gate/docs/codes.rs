//! `docs/codes.md` lists every stable code: it is made from the code that has them, and this test says so.
//! To make it anew: `cargo test --test gate write_the_codes -- --ignored`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use ocigate::fault::FaultCode;
use ocigate::report::{BUILT_IN_CODES, RelaxationCode};
use ocigate::source::GapReason;
use serde_json::Value;

use crate::support::rules::bundled_rules;

fn table(page: &mut String, rows: impl IntoIterator<Item = (String, String)>) {
    page.push_str("| code | meaning |\n|---|---|\n");
    for (code, meaning) in rows {
        writeln!(page, "| `{code}` | {meaning} |").unwrap();
    }
    page.push('\n');
}

fn page() -> String {
    let mut page = String::from(
        "# Codes\n\nEvery finding, gap and relaxation in the JSON report has a stable `code`. Programs and waivers go by the code; the \
         sentences may be reworded in any version. A code that is no longer used is not given another meaning.\n\n\
         A finding of a rule has the code `RULE.CODE`. A rule of yours gives `code` in its finding; without one the code is the \
         name of the rule. What a bundled rule can say is listed in METADATA under `custom.codes`, and by `ocigate rules`.\n\n\
         ## Findings\n\nEach bundled rule also has `RULE.unreadable_input` (the policy input is of another version) and `RULE.more` \
         (stands for the findings beyond the first fifty).\n\n",
    );
    for rule in bundled_rules() {
        writeln!(page, "### `{}` ({})\n", rule.id.rule, rule.id.set).unwrap();
        let name = |code: &str| format!("{}.{code}", rule.id.rule);
        if rule.document_faults {
            let text = format!(
                "`{}` with each code of a [fault](#faults-of-documents): a document is not well-formed.\n\n",
                name("FAULT")
            );
            page.push_str(&text);
        }
        if !rule.codes.is_empty() {
            table(&mut page, rule.codes.iter().map(|(code, meaning)| (name(code), meaning.clone())));
        }
    }
    page.push_str("### Checks of the program itself\n\nNo configuration switches them off.\n\n");
    table(&mut page, BUILT_IN_CODES.iter().map(|(code, meaning)| ((*code).to_owned(), (*meaning).to_owned())));
    page.push_str(
        "## Faults of documents\n\nIn the policy input they stand in `defects[].code`; a finding has the code after its rule: \
         `provenance.missing`, `sbom.dangling`.\n\n",
    );
    table(&mut page, FaultCode::ALL.iter().map(|(name, _, meaning)| ((*name).to_owned(), (*meaning).to_owned())));
    page.push_str("## Gaps\n\nWhat could not be seen, by the reason. One of them forbids a pass.\n\n");
    table(&mut page, GapReason::CODES.iter().map(|(name, meaning)| (format!("gap.{name}"), (*meaning).to_owned())));
    page.push_str("## Relaxations\n\n");
    table(&mut page, RelaxationCode::ALL.iter().map(|(name, _, meaning)| ((*name).to_owned(), (*meaning).to_owned())));
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/codes.md")
}

#[test]
fn the_page_of_codes_is_the_code() {
    assert_eq!(
        fs::read_to_string(path()).unwrap(),
        page(),
        "run `cargo test --test gate write_the_codes -- --ignored`"
    );
}

#[test]
#[ignore = "it writes docs/codes.md"]
fn write_the_codes() {
    fs::write(path(), page()).unwrap();
}

/// A finding with the code of a fault repeats that fault: what follows from what is decided by it.
#[test]
fn no_rule_has_a_code_of_faults() {
    let faults: BTreeSet<&str> = FaultCode::ALL.iter().map(|(name, ..)| *name).collect();
    for rule in bundled_rules() {
        let own: Vec<&String> = rule.codes.keys().filter(|code| faults.contains(code.as_str())).collect();
        assert!(own.is_empty(), "{}: {own:?}", rule.id);
    }
}

/// METADATA lists the codes that the rule uses, and no others.
#[test]
fn every_code_of_a_rule_stands_in_its_metadata() {
    for rule in bundled_rules() {
        let text = fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(&rule.file)).unwrap();
        let used = text
            .split("data.ocigate.lib.finding.")
            .skip(1)
            .filter(|call| call.starts_with("wrong(") || call.starts_with("unmet("))
            .filter_map(|call| call.split_once('(')?.1.trim_start().strip_prefix('"')?.split('"').next());
        for code in used {
            assert!(rule.codes.contains_key(code), "{}: METADATA does not list the code {code}", rule.file);
        }
    }
}

/// What the policy input may hold is what the program writes.
#[test]
fn the_schema_of_the_input_has_the_codes_of_faults() {
    let schema: Value = serde_json::from_str(ocigate::schema::text("input.v1").unwrap()).unwrap();
    let written = FaultCode::ALL.map(|(name, ..)| name);
    let mut found = 0;
    let mut open = vec![&schema];
    while let Some(value) = open.pop() {
        let codes = value.get("code").and_then(|code| code.get("enum")).and_then(Value::as_array);
        if let Some(codes) = codes {
            found += 1;
            assert_eq!(codes.iter().map(|code| code.as_str().unwrap()).collect::<Vec<_>>(), written);
        }
        open.extend(value.as_object().into_iter().flat_map(|members| members.values()));
        open.extend(value.as_array().into_iter().flatten());
    }
    assert_eq!(found, 2, "of documents and of pointers");
}
