//! What a tester runs of a module, after OPA's tester: rules of one name are tests of their own, numbered from the
//! second on, and a partial object is a test with cases. A case that its body reaches and does not give `true` has failed.

use std::collections::{BTreeMap, BTreeSet};

use super::Value;
use super::location::Location;
use super::tree::{Branch, Module, Name, Rule, RuleKind, Statement, StatementKind, Term, TermKind};
use super::visit::each_of_statement;

/// A rule that is a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TestRule {
    /// Its path below `data`.
    pub path: Vec<String>,
    /// Its name: `test_denies`, `test_denies#01`.
    pub name: String,
    /// Where it is defined.
    pub at: Location,
    /// What it makes of its name.
    pub kind: RuleKind,
    /// The path of the set of its cases, as arrays of keys; only of a partial object.
    pub cases: Option<Vec<String>>,
}

/// The rules whose names begin with one of these, sorted by path; each becomes a rule of its own, with a set of its cases beside it.
pub(crate) fn separate_tests(modules: &mut [Module], prefixes: &[&str]) -> Vec<TestRule> {
    let mut tests = BTreeMap::new();
    let mut seen: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for module in modules {
        let mut added = Vec::new();
        for rule in &mut module.rules {
            if !prefixes.iter().any(|prefix| rule.name().starts_with(prefix)) {
                continue;
            }
            let number = seen.entry([module.package.as_slice(), &rule.written_head()].concat()).or_insert(0);
            if *number > 0 && rule.kind != RuleKind::Default {
                rename(rule, &format!("#{number:02}"));
            }
            *number += usize::from(rule.kind != RuleKind::Default);
            let path = [module.package.as_slice(), &rule.written_head()].concat();
            let cases = reached_cases(rule).map(|cases| {
                let path = [module.package.as_slice(), &cases.written_head()].concat();
                added.push(cases);
                path
            });
            let name = rule.written_head().join(".");
            let at = rule.at.within(&module.path);
            // A default value belongs to the definition beside it.
            tests.entry(path.clone()).or_insert(TestRule { path, name, at, kind: rule.kind, cases });
        }
        module.rules.extend(added);
    }
    tests.into_values().collect()
}

/// Puts something behind the last segment of a rule's name.
fn rename(rule: &mut Rule, suffix: &str) {
    let last = rule.written_head().len().saturating_sub(1);
    let Some(term) = rule.head.get_mut(last) else { return };
    let Some(name) = term.segment().map(|name| format!("{name}{suffix}")) else { return };
    term.kind = match last {
        0 => TermKind::Var(Name::from(name)),
        _ => TermKind::Value(Value::from(name)),
    };
}

/// The set of cases that the body of a partial object comes to: what holds up to where each variable of its keys is
/// first mentioned.
fn reached_cases(rule: &Rule) -> Option<Rule> {
    let (RuleKind::PartialObject, [branch]) = (rule.kind, rule.branches.as_slice()) else { return None };
    let keys = rule.head.get(rule.written_head().len()..)?.to_vec();
    let variables: BTreeSet<&Name> = keys.iter().flat_map(variables).collect();
    let first = |name: &&Name| branch.body.iter().position(|statement| mentions(statement, name));
    let length = variables.iter().filter_map(first).map(|index| index + 1).max().unwrap_or(0);
    let element = Term { at: rule.at, kind: TermKind::Array(keys) };
    let body = branch.body.get(..length)?.to_vec();
    let value = Term::constant(rule.at, Value::from(true));
    let mut cases = Rule {
        at: rule.at,
        kind: RuleKind::PartialSet,
        head: rule.head.get(..rule.written_head().len())?.to_vec(),
        parameters: None,
        element: Some(element),
        branches: vec![Branch { value, body }],
    };
    rename(&mut cases, "#cases");
    Some(cases)
}

/// The names in an expression that may be variables.
fn variables(term: &Term) -> Vec<&Name> {
    let mut found = Vec::new();
    super::visit::within(term, &mut |term, _| found.extend(term.variable()));
    found
}

fn mentions(statement: &Statement, name: &Name) -> bool {
    if matches!(statement.kind, StatementKind::Declares(_)) {
        return false;
    }
    let mut found = false;
    each_of_statement(statement, &mut |term, _| found |= term.variable() == Some(name));
    found
}
