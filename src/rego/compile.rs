//! Modules become a program: every name resolved, every definition lowered, and no rule dependent on itself.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use regorus::Value;

use super::builtins::Builtin;
use super::defect::Defect;
use super::lower::{Dependency, lower};
use super::names::{Names, shown};
use super::program::{Program, RuleNumber, RuleSet};
use super::tree::{Module, RuleKind};

/// Compiles modules, which may call these functions besides the builtins; all that is wrong with them is told, in the order of the files and lines.
pub(crate) fn compile(modules: &[Module], functions: &'static [Builtin]) -> Result<Program, Vec<Defect>> {
    let mut defects = Vec::new();
    let mut names = Names::gather(modules, functions, &mut defects);
    let mut dependencies: Vec<(RuleNumber, Dependency)> = Vec::new();
    let mut lowered = Vec::new();
    for (number, module) in modules.iter().enumerate() {
        let globals = names.globals(module);
        for index in 0..module.rules.len() {
            lowered.push((number, index, lower(&names, modules, number, &globals, index, &mut defects)));
        }
    }
    for (number, index, lowered) in lowered {
        let Some((module, lowered)) = modules.get(number).zip(lowered) else { continue };
        let Some(rule) = module.rules.get(index) else { continue };
        let Some(set) = names.number_of(module, rule) else { continue };
        dependencies.extend(lowered.dependencies.into_iter().map(|dependency| (set, dependency)));
        let Some(set) = names.sets.get_mut(set) else { continue };
        match rule.kind {
            RuleKind::Default if set.default.is_some() => defects.push(Defect::Invalid {
                at: module.location(rule.at),
                message: format!("`{}` has a default value already: remove one of them", shown(&set.path)),
            }),
            RuleKind::Default => set.default = Some(lowered.clause),
            _ => set.clauses.push(lowered.clause),
        }
    }
    let edges = edges(&names.sets, &dependencies);
    if defects.is_empty() {
        defects.extend(recursion(modules, &names.sets, &edges));
    }
    if !defects.is_empty() {
        defects.sort();
        defects.dedup();
        return Err(defects);
    }
    let read =
        edges.iter().enumerate().flat_map(|(from, to)| to.iter().filter(move |to| **to != from)).copied().collect();
    Ok(Program {
        read,
        modules: modules.iter().map(|module| module.path.clone()).collect(),
        sets: names.sets,
        documents: names.documents,
        data: Value::new_object(),
    })
}

/// Of each rule, those that it refers to.
fn edges(sets: &[RuleSet], dependencies: &[(RuleNumber, Dependency)]) -> Vec<BTreeSet<RuleNumber>> {
    let numbers: BTreeMap<&[Value], RuleNumber> =
        sets.iter().enumerate().map(|(number, set)| (set.path.as_slice(), number)).collect();
    let mut edges: Vec<BTreeSet<RuleNumber>> = vec![BTreeSet::new(); sets.len()];
    for (from, dependency) in dependencies {
        if let Some(edges) = edges.get_mut(*from) {
            edges.extend(touched(dependency, &numbers));
        }
    }
    edges
}

/// A rule that depends on itself, if there is one.
fn recursion(modules: &[Module], sets: &[RuleSet], edges: &[BTreeSet<RuleNumber>]) -> Option<Defect> {
    let cycle = find_cycle(edges)?;
    let name = |number: &RuleNumber| sets.get(*number).map(|set| shown(&set.path)).unwrap_or_default();
    let first = sets.get(*cycle.first()?)?;
    let steps: Vec<String> = cycle.iter().chain(cycle.first()).map(|number| format!("`{}`", name(number))).collect();
    Some(Defect::Recursion {
        at: modules.get(first.module)?.location(first.at),
        rule: shown(&first.path),
        cycle: steps.join(" → "),
    })
}

/// The rules at, under or above a path, of which segments may be computed.
fn touched(path: &Dependency, numbers: &BTreeMap<&[Value], RuleNumber>) -> Vec<RuleNumber> {
    let written: Vec<Value> = path.iter().map_while(Clone::clone).collect();
    let above = (1..written.len()).filter_map(|length| numbers.get(written.get(..length)?));
    let from = (Bound::Included(written.as_slice()), Bound::Unbounded);
    let under = numbers.range::<[Value], _>(from).take_while(|(rule, _)| rule.starts_with(&written));
    let fits = |rule: &[Value]| {
        rule.iter().zip(path).all(|(segment, wanted)| wanted.as_ref().is_none_or(|wanted| wanted == segment))
    };
    above.copied().chain(under.filter(|(rule, _)| fits(rule)).map(|(_, number)| *number)).collect()
}

/// The nodes of a cycle, if there is one.
fn find_cycle(edges: &[BTreeSet<usize>]) -> Option<Vec<usize>> {
    let mut done = vec![false; edges.len()];
    let neighbours = |node: usize| edges.get(node).into_iter().flatten().copied();
    for start in 0..edges.len() {
        if done.get(start).copied().unwrap_or(true) {
            continue;
        }
        // Each frame: a node, and the neighbours still to look at. No recursion: the chain may be long.
        let mut frames = vec![(start, neighbours(start))];
        let mut open = BTreeSet::from([start]);
        while let Some((node, rest)) = frames.last_mut() {
            match rest.next() {
                Some(next) if open.contains(&next) => {
                    return Some(frames.iter().map(|(node, _)| *node).skip_while(|node| *node != next).collect());
                }
                Some(next) => {
                    if !done.get(next).copied().unwrap_or(true) {
                        open.insert(next);
                        frames.push((next, neighbours(next)));
                    }
                }
                None => {
                    let node = *node;
                    frames.pop();
                    open.remove(&node);
                    if let Some(done) = done.get_mut(node) {
                        *done = true;
                    }
                }
            }
        }
    }
    None
}
