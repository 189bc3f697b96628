//! Follows references through the loaded modules: functions that do not exist, dependence on oneself, and
//! `with` that the engine would skip are found here, before anything is evaluated. The engine itself
//! notices the first when it gets there, and the second when its stack is gone.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use super::builtins::{is_refused, is_unsupported};
use super::defect::PolicyDefect;
use super::engine::{builtin_arguments, is_replaceable};
use super::syntax::{At, ParsedModule, ParsedRule, Role, RuleKind, Use, dotted};

/// Steps from a rule to the last one it depends on; the engine's stack holds some thousands.
const LONGEST_CHAIN: usize = 500;

/// A path below `data`.
type Path<'a> = Vec<&'a str>;

/// What a reference in a module means.
enum Meaning<'a> {
    /// Something below `data`.
    Data(Path<'a>),
    /// The input, or something below it.
    Input,
    /// A variable, a builtin, or nothing.
    Bare,
}

/// All names that the loaded modules define.
pub(crate) struct Names<'a> {
    modules: &'a [ParsedModule],
    rules: BTreeMap<Path<'a>, &'a At>,
    functions: BTreeMap<Path<'a>, usize>,
    /// Names that a package's own modules define; those of packages below it are not visible in it.
    own: BTreeSet<(&'a [String], &'a str)>,
}

impl<'a> Names<'a> {
    /// Gathers the names of these modules.
    pub fn of(modules: &'a [ParsedModule]) -> Self {
        let mut names = Names { modules, rules: BTreeMap::new(), functions: BTreeMap::new(), own: BTreeSet::new() };
        for (module, rule) in names.each() {
            names.own.insert((&module.package, rule.name()));
            let path = rule_path(module, rule);
            if let Some(arguments) = rule.arguments {
                names.functions.insert(path.clone(), arguments);
            }
            names.rules.entry(path).or_insert(&rule.at);
        }
        names
    }

    fn each(&self) -> impl Iterator<Item = (&'a ParsedModule, &'a ParsedRule)> + use<'a> {
        self.modules.iter().flat_map(|module| module.rules.iter().map(move |rule| (module, rule)))
    }

    fn meaning<'b>(&self, module: &'b ParsedModule, path: &'b [String]) -> Meaning<'b> {
        let Some((root, rest)) = path.split_first() else { return Meaning::Bare };
        let below = |target: &'b [String]| match target.split_first() {
            Some((document, inner)) if document == "data" => Meaning::Data(joined(inner, rest)),
            _ => Meaning::Input,
        };
        if root == "data" || root == "input" {
            return below(path.get(..1).unwrap_or_default());
        }
        if let Some(import) = module.imports.iter().find(|import| import.alias == *root) {
            return below(&import.target);
        }
        if self.own.contains(&(module.package.as_slice(), root.as_str())) {
            return Meaning::Data(joined(&module.package, path));
        }
        Meaning::Bare
    }

    /// Rules at or under this path.
    fn under<'b>(&'b self, path: &'b [&'b str]) -> impl Iterator<Item = &'b Path<'b>> {
        let from = (Bound::Included(path), Bound::Unbounded);
        let rules: &'b BTreeMap<Path<'b>, &'b At> = &self.rules;
        rules.range::<[&'b str], _>(from).map(|(rule, _)| rule).take_while(move |rule| rule.starts_with(path))
    }

    /// Rules that a reference to this path depends on: those at, under or above it.
    fn touched<'b>(&'b self, path: &'b [&'b str]) -> impl Iterator<Item = &'b Path<'b>> {
        let rules: &'b BTreeMap<Path<'b>, &'b At> = &self.rules;
        let above = (1..path.len()).filter_map(|length| rules.get_key_value(path.get(..length)?).map(|(rule, _)| rule));
        above.chain(self.under(path))
    }

    /// Whether any rule other than itself refers to this rule.
    pub fn is_referred_to(&self, module: &ParsedModule, rule: &ParsedRule) -> bool {
        let wanted = rule_path(module, rule);
        self.each().any(|(user, other)| {
            rule_path(user, other) != wanted
                && other.uses.iter().filter(|used| used.role != Role::Replaced).any(|used| {
                    match self.meaning(user, &used.path) {
                        Meaning::Data(path) => {
                            path.starts_with(&wanted) || (wanted.starts_with(&path) && !path.is_empty())
                        }
                        Meaning::Input | Meaning::Bare => false,
                    }
                })
        })
    }

    /// All that must hold of the modules together.
    pub fn check(&self) -> Result<(), PolicyDefect> {
        self.check_calls()?;
        self.check_packages()?;
        self.check_recursion()
    }

    /// Every call has a function, every `with` an effect, and every rule a value.
    fn check_calls(&self) -> Result<(), PolicyDefect> {
        for (module, rule) in self.each() {
            if let Some(variable) = &rule.unbound
                && matches!(self.meaning(module, &variable.path), Meaning::Bare)
            {
                return Err(PolicyDefect::Unbound { at: variable.at(module), variable: dotted(&variable.path) });
            }
            for used in &rule.uses {
                match used.role {
                    Role::Called(arguments) => self.check_call(module, used, arguments)?,
                    Role::Replaced => self.check_replaced(module, used)?,
                    Role::Replacement => self.check_replacement(module, used)?,
                    Role::Read => {}
                }
            }
        }
        Ok(())
    }

    fn check_call(&self, module: &ParsedModule, used: &Use, found: usize) -> Result<(), PolicyDefect> {
        let name = dotted(&used.path);
        let unknown =
            |reason: String| Err(PolicyDefect::UnknownFunction { at: used.at(module), function: name.clone(), reason });
        let expected = match self.meaning(module, &used.path) {
            Meaning::Data(path) => match self.functions.get(&path) {
                Some(arguments) => *arguments,
                None if self.rules.contains_key(&path) => {
                    return unknown("is a rule and no function: read it without `(…)`".to_owned());
                }
                None => return unknown(format!("does not exist: no loaded policy defines `data.{}`", dotted(&path))),
            },
            Meaning::Input => return unknown("does not exist: the input holds no functions".to_owned()),
            Meaning::Bare if is_refused(&name) => {
                return unknown(
                    "is refused: a verdict must depend on nothing but the input, the policies and the given time"
                        .to_owned(),
                );
            }
            Meaning::Bare if is_unsupported(&name) => {
                return unknown("is one of OPA's builtins that are not supported here".to_owned());
            }
            Meaning::Bare if name == "print" => return Ok(()),
            Meaning::Bare => match builtin_arguments(&name) {
                Some(arguments) => arguments,
                None => {
                    return unknown(
                        "does not exist: it is neither a builtin nor defined in this package or imported".to_owned(),
                    );
                }
            },
        };
        // One more argument takes the result: `count(x, n)`.
        if found == expected || found == expected + 1 {
            return Ok(());
        }
        Err(PolicyDefect::Arguments { at: used.at(module), function: name, expected, found })
    }

    fn check_replaced(&self, module: &ParsedModule, used: &Use) -> Result<(), PolicyDefect> {
        let name = dotted(&used.path);
        match self.meaning(module, &used.path) {
            Meaning::Bare if !is_replaceable(&name) => Err(PolicyDefect::With {
                at: used.at(module),
                problem: format!("`{name}` cannot be replaced: expected `input`, `data`, a function or a builtin"),
            }),
            _ => Ok(()),
        }
    }

    fn check_replacement(&self, module: &ParsedModule, used: &Use) -> Result<(), PolicyDefect> {
        let name = dotted(&used.path);
        let builtin = builtin_arguments(&name).is_some() || is_unsupported(&name) || is_refused(&name);
        match self.meaning(module, &used.path) {
            Meaning::Bare if builtin => Err(PolicyDefect::With {
                at: used.at(module),
                problem: format!(
                    "the builtin `{name}` cannot stand in for something else here: wrap it in a function of your own"
                ),
            }),
            _ => Ok(()),
        }
    }

    /// No package lies under a rule: one would replace the other.
    fn check_packages(&self) -> Result<(), PolicyDefect> {
        for module in self.modules {
            let package = joined(&module.package, &[]);
            let rule = (1..=package.len()).find_map(|length| self.rules.get_key_value(package.get(..length)?));
            if let Some((rule, at)) = rule {
                return Err(PolicyDefect::PackageUnderRule {
                    at: module.package_at.clone(),
                    package: dotted(&module.package),
                    rule: format!("{} ({at})", dotted(rule)),
                });
            }
        }
        Ok(())
    }

    /// No rule or function depends on itself, and no chain of them is too long for the engine's stack.
    fn check_recursion(&self) -> Result<(), PolicyDefect> {
        let paths: Vec<&Path<'_>> = self.rules.keys().collect();
        let numbers: BTreeMap<&Path<'_>, usize> =
            paths.iter().enumerate().map(|(number, path)| (*path, number)).collect();
        let mut edges: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); paths.len()];
        for (module, rule) in self.each() {
            let from = numbers.get(&rule_path(module, rule)).and_then(|number| edges.get_mut(*number));
            let Some(from) = from else { continue };
            for used in rule.uses.iter().filter(|used| used.role != Role::Replaced) {
                if let Meaning::Data(path) = self.meaning(module, &used.path) {
                    from.extend(self.touched(&path).filter_map(|rule| numbers.get(rule)));
                }
            }
        }
        let name = |number: usize| paths.get(number).map(|path| dotted(path)).unwrap_or_default();
        let at = |number: usize| {
            let at = paths.get(number).and_then(|path| self.rules.get(*path)).copied().cloned();
            at.unwrap_or(At { path: String::new(), line: 0, column: 0 })
        };
        match longest_chain(&edges) {
            Err(cycle) => {
                let first = cycle.first().copied().unwrap_or_default();
                let steps: Vec<String> =
                    cycle.iter().chain([&first]).map(|number| format!("`{}`", name(*number))).collect();
                Err(PolicyDefect::Recursion { at: at(first), rule: name(first), cycle: steps.join(" → ") })
            }
            Ok((rule, length)) if length > LONGEST_CHAIN => {
                Err(PolicyDefect::TooDeep { at: at(rule), rule: name(rule), limit: LONGEST_CHAIN })
            }
            Ok(_) => Ok(()),
        }
    }
}

/// Where a rule's value lies below `data`, as far as its head is written out.
fn rule_path<'a>(module: &'a ParsedModule, rule: &'a ParsedRule) -> Path<'a> {
    // `deny[key]` and `deny` are the same document.
    let head = if rule.kind == RuleKind::PartialSet { rule.head.get(..1).unwrap_or_default() } else { &rule.head };
    joined(&module.package, head)
}

fn joined<'a>(first: &'a [String], second: &'a [String]) -> Path<'a> {
    first.iter().chain(second).map(String::as_str).collect()
}

/// The node from which the longest chain starts, and its length; or the nodes of a cycle.
fn longest_chain(edges: &[BTreeSet<usize>]) -> Result<(usize, usize), Vec<usize>> {
    let mut lengths: Vec<Option<usize>> = vec![None; edges.len()];
    let mut longest = (0, 0);
    for start in 0..edges.len() {
        // Each frame: a node, and the neighbours still to look at. No recursion: the chain may be long.
        let neighbours = |node: usize| edges.get(node).into_iter().flatten().copied();
        let mut frames = vec![(start, neighbours(start), 1usize)];
        let mut open = BTreeSet::from([start]);
        if lengths.get(start).copied().flatten().is_some() {
            continue;
        }
        while let Some((node, rest, length)) = frames.last_mut() {
            match rest.next() {
                Some(next) => match lengths.get(next).copied().flatten() {
                    Some(known) => *length = (*length).max(known + 1),
                    None if open.contains(&next) => {
                        return Err(frames.iter().map(|(node, _, _)| *node).skip_while(|node| *node != next).collect());
                    }
                    None => {
                        open.insert(next);
                        frames.push((next, neighbours(next), 1));
                    }
                },
                None => {
                    let (node, length) = (*node, *length);
                    frames.pop();
                    open.remove(&node);
                    if let Some(slot) = lengths.get_mut(node) {
                        *slot = Some(length);
                    }
                    if length > longest.1 {
                        longest = (node, length);
                    }
                    if let Some((_, _, parent)) = frames.last_mut() {
                        *parent = (*parent).max(length + 1);
                    }
                }
            }
        }
    }
    Ok(longest)
}
