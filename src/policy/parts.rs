//! Bundled policies in parts that know nothing of each other, so that they are parsed, analysed and evaluated side
//! by side: making the rules ready is most of what a run costs.
//!
//! A part is some rules with every module that they refer to; a module that both parts need is in both. Users' policies
//! may refer to anything by any means, so with one of them everything is one part.

use std::collections::{BTreeMap, BTreeSet};

use super::{Origin, Source};

/// More would mean to parse the shared modules more often, for cores that few machines of CI have.
const PARTS: usize = 2;

/// Indices of the modules of each part, ascending. Every module is in at least one.
pub(super) fn of(modules: &[Source]) -> Vec<Vec<usize>> {
    if modules.iter().any(|module| module.origin == Origin::User) {
        return vec![(0..modules.len()).collect()];
    }
    let needs = needs(modules);
    let size = |indices: &BTreeSet<usize>| -> usize {
        indices.iter().filter_map(|index| modules.get(*index)).map(|module| module.text.len()).sum()
    };
    let mut rules: Vec<&BTreeSet<usize>> =
        needs.iter().enumerate().filter(|(index, _)| !is_needed(*index, &needs)).map(|(_, needs)| needs).collect();
    rules.sort_by_key(|needs| std::cmp::Reverse(size(needs)));
    let mut parts = vec![BTreeSet::new(); PARTS];
    let share = modules.iter().map(|module| module.text.len()).sum::<usize>() / PARTS;
    for needs in rules {
        // Where it brings least that the part has not yet, unless the part gets more than its share: then the smaller.
        let cost = |part: &BTreeSet<usize>| {
            let with = size(&part.union(needs).copied().collect());
            if with <= share { (false, with - size(part)) } else { (true, with) }
        };
        if let Some(part) = parts.iter_mut().min_by_key(|part| cost(part)) {
            part.extend(needs);
        }
    }
    parts.into_iter().filter(|part| !part.is_empty()).map(|part| part.into_iter().collect()).collect()
}

/// Whether the module comes with another one. Of modules that refer to each other in a circle the first comes with
/// none of the circle, or they would be in no part.
fn is_needed(module: usize, needs: &[BTreeSet<usize>]) -> bool {
    let is_in_circle = |other: usize| needs.get(module).is_some_and(|needs| needs.contains(&other));
    let others = needs.iter().enumerate().filter(|(other, needs)| *other != module && needs.contains(&module));
    others.map(|(other, _)| other).any(|other| other < module || !is_in_circle(other))
}

/// Of each module: itself and all that it refers to, directly or not.
fn needs(modules: &[Source]) -> Vec<BTreeSet<usize>> {
    let packages: BTreeMap<String, usize> =
        modules.iter().enumerate().map(|(index, module)| (package(module), index)).collect();
    let direct: Vec<BTreeSet<usize>> = modules.iter().map(|module| named(&module.text, &packages)).collect();
    (0..modules.len()).map(|index| closure(index, &direct)).collect()
}

/// A bundled file's package is its path: `policies/core/care.rego` is `core.care`.
fn package(module: &Source) -> String {
    let path = module.path.strip_prefix("policies/").unwrap_or(&module.path);
    path.strip_suffix(".rego").unwrap_or(path).replace('/', ".")
}

/// The packages that a text names, as `data.lib.finding`.
fn named(text: &str, packages: &BTreeMap<String, usize>) -> BTreeSet<usize> {
    let ends = |character: char| !(character.is_ascii_alphanumeric() || "_.".contains(character));
    text.match_indices("data.")
        .filter_map(|(at, prefix)| text.get(at + prefix.len()..))
        .filter_map(|rest| {
            let path = rest.split(ends).next()?;
            let (set, rest) = path.split_once('.')?;
            packages.get(&format!("{set}.{}", rest.split('.').next()?)).copied()
        })
        .collect()
}

fn closure(index: usize, direct: &[BTreeSet<usize>]) -> BTreeSet<usize> {
    let mut all = BTreeSet::new();
    let mut open = vec![index];
    while let Some(next) = open.pop() {
        if all.insert(next) {
            open.extend(direct.get(next).into_iter().flatten());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::bundled;

    fn module(package: &str, text: &str, origin: Origin) -> Source {
        let path = format!("policies/{}.rego", package.replace('.', "/"));
        Source { path, text: format!("package {package}\n{text}"), origin, root: None }
    }

    #[test]
    fn a_part_holds_all_that_its_rules_refer_to() {
        let bundled = |package, text| module(package, text, Origin::Bundled);
        let modules = [
            bundled("core.a", "x := data.lib.one.f(data.config.labels)"),
            bundled("core.b", "x := data.lib.two.f"),
            bundled("lib.one", ""),
            bundled("lib.two", "import data.lib.three as t"),
            bundled("lib.three", ""),
        ];
        assert_eq!(of(&modules), [vec![1, 3, 4], vec![0, 2]]);
    }

    #[test]
    fn modules_that_refer_to_each_other_are_in_a_part() {
        let bundled = |package, text| module(package, text, Origin::Bundled);
        let modules = [
            bundled("lib.one", "x := data.lib.two.f"),
            bundled("lib.two", "x := data.lib.three.f"),
            bundled("lib.three", "x := [data.lib.one.f, data.lib.four.f]"),
            bundled("lib.four", "x := data.lib.four.f"),
        ];
        assert_eq!(of(&modules), [vec![0, 1, 2, 3]]);
        assert_eq!(of(&modules[..2]), [vec![0, 1]]);
        let with_rules = [&modules[..], &[bundled("core.a", "x := data.lib.two.f"), bundled("core.b", "")]].concat();
        assert_eq!(of(&with_rules), [vec![0, 1, 2, 3, 4], vec![5]]);
    }

    #[test]
    fn with_a_policy_of_the_user_everything_is_one_part() {
        let modules = [module("core.a", "", Origin::Bundled), module("main", "", Origin::User)];
        assert_eq!(of(&modules), [vec![0, 1]]);
        assert_eq!(of(&[]), Vec::<Vec<usize>>::new());
    }

    #[test]
    fn the_bundled_parts_are_complete_and_of_similar_size() {
        let (modules, _) = bundled();
        let parts = of(&modules);
        let all: BTreeSet<usize> = parts.iter().flatten().copied().collect();
        assert_eq!(all.len(), modules.len());
        let size = |part: &Vec<usize>| -> usize { part.iter().map(|index| modules[*index].text.len()).sum() };
        let sizes: Vec<usize> = parts.iter().map(size).collect();
        assert!(sizes.len() == 2 && sizes[0].abs_diff(sizes[1]) * 4 < sizes[0], "{sizes:?}");
    }

    #[test]
    fn a_bundled_file_is_its_package() {
        for module in bundled().0 {
            let stated = module.text.lines().find_map(|line| line.strip_prefix("package ")).unwrap();
            assert_eq!(stated, package(&module));
        }
    }
}
