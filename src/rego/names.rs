//! What the modules of a program define, and what a name in one of them stands for.

use std::collections::BTreeMap;

use regorus::Value;

use super::builtins::{self, Availability, Builtin};
use super::defect::Defect;
use super::location::Location;
use super::program::{Documents, RuleNumber, RuleSet, RuleSetKind};
use super::tree::{Module, Name, Rule, RuleKind, Term, TermKind, dotted};

/// All names that the modules define.
pub(crate) struct Names {
    /// What each name is; still without its clauses.
    pub sets: Vec<RuleSet>,
    /// The tree of their paths.
    pub documents: Documents,
    /// What may be called besides the builtins.
    functions: &'static [Builtin],
    /// Names that a package's own modules define; those of packages below it are not visible in it.
    packages: BTreeMap<Vec<String>, Vec<Name>>,
}

/// What a name in a module stands for: a path that begins with `data` or `input`.
pub(crate) type Globals = BTreeMap<Name, Vec<Name>>;

impl Names {
    /// Gathers the names; each contradiction is a defect.
    pub fn gather(modules: &[Module], functions: &'static [Builtin], defects: &mut Vec<Defect>) -> Self {
        let mut names =
            Names { functions, sets: Vec::new(), documents: Documents::default(), packages: BTreeMap::new() };
        for (number, module) in modules.iter().enumerate() {
            names.documents.insert(&package_path(module));
            for rule in &module.rules {
                if let Err(defect) = names.add(modules, number, rule) {
                    defects.push(defect);
                }
            }
        }
        names.check_tree(modules, defects);
        names
    }

    /// The builtin of this name, or the function that was given besides.
    pub fn builtin(&self, name: &str) -> Availability {
        let given = self.functions.iter().find(|function| function.name == name);
        given.map_or_else(|| builtins::find(name), Availability::Here)
    }

    fn add(&mut self, modules: &[Module], number: usize, rule: &Rule) -> Result<(), Defect> {
        let Some(module) = modules.get(number) else { return Ok(()) };
        let own = self.packages.entry(module.package.clone()).or_default();
        if !own.iter().any(|name| **name == *rule.name()) {
            own.push(Name::from(rule.name()));
        }
        let (path, kind) = (static_path(module, rule), kind_of(rule));
        let Some(known) = self.at(&path) else {
            let set =
                RuleSet { path: path.clone(), at: rule.at, module: number, kind, clauses: Vec::new(), default: None };
            let node = self.documents.insert(&path);
            self.documents.define(node, self.sets.len());
            self.sets.push(set);
            return Ok(());
        };
        match self.sets.get(known) {
            Some(set) if set.kind != kind => Err(Defect::Conflict {
                at: module.location(rule.at),
                rule: shown(&path),
                found: describe(kind),
                other: describe(set.kind),
                first: modules.get(set.module).map(|first| first.location(set.at)).unwrap_or_else(unknown),
            }),
            _ => Ok(()),
        }
    }

    /// No definition lies below another one, except below an object whose keys are computed; no package below any.
    fn check_tree(&self, modules: &[Module], defects: &mut Vec<Defect>) {
        for module in modules {
            let package = package_path(module);
            let (node, length) = self.documents.follow(&package);
            if let Some(set) = self.documents.node(node).and_then(|node| self.sets.get(node.rules?)) {
                let rule = modules.get(set.module).map(|first| first.location(set.at)).unwrap_or_else(unknown);
                defects.push(Defect::PackageUnderRule {
                    at: module.location(module.package_at),
                    package: dotted(&module.package),
                    rule: format!("{} ({rule})", shown(package.get(..length).unwrap_or_default())),
                });
            }
        }
        for set in &self.sets {
            let above = (1..set.path.len()).filter_map(|length| self.at(set.path.get(..length)?));
            for other in above.filter_map(|number| self.sets.get(number)) {
                if other.kind != RuleSetKind::Object {
                    let at = |set: &RuleSet| modules.get(set.module).map(|module| module.location(set.at));
                    defects.push(Defect::Conflict {
                        at: at(set).unwrap_or_else(unknown),
                        rule: shown(&set.path),
                        found: describe(set.kind),
                        other: describe(other.kind),
                        first: at(other).unwrap_or_else(unknown),
                    });
                }
            }
        }
    }

    /// The number of the rules at exactly this path below `data`.
    pub fn number<Segment: AsRef<str>>(&self, path: &[Segment]) -> Option<RuleNumber> {
        let path: Vec<Value> = path.iter().map(|segment| Value::from(segment.as_ref())).collect();
        self.at(&path)
    }

    fn at(&self, path: &[Value]) -> Option<RuleNumber> {
        self.documents.find(path).and_then(|node| self.documents.node(node)?.rules)
    }

    /// The number of the rules that a definition belongs to.
    pub fn number_of(&self, module: &Module, rule: &Rule) -> Option<RuleNumber> {
        self.at(&static_path(module, rule))
    }

    /// What the names in a module stand for, where no variable hides them. Imports win over the package's own rules.
    pub fn globals(&self, module: &Module) -> Globals {
        let mut globals = Globals::new();
        let package = || std::iter::once("data").chain(module.package.iter().map(String::as_str)).map(Name::from);
        for name in self.packages.get(&module.package).into_iter().flatten() {
            globals.insert(name.clone(), package().chain([name.clone()]).collect());
        }
        for import in &module.imports {
            globals.insert(import.alias.clone(), import.target.clone());
        }
        globals
    }
}

fn unknown() -> Location {
    Location { path: String::new(), line: 1, column: 1 }
}

/// Where the value of a definition lies below `data`, as far as that is written out.
fn static_path(module: &Module, rule: &Rule) -> Vec<Value> {
    let written = rule.head.len() - tail(rule).len();
    let head = rule.head.iter().take(written).filter_map(|term| match &term.kind {
        TermKind::Var(name) => Some(Value::from(&**name)),
        TermKind::Value(value) => Some(value.clone()),
        _ => None,
    });
    package_path(module).into_iter().chain(head).collect()
}

fn package_path(module: &Module) -> Vec<Value> {
    module.package.iter().map(|segment| Value::from(segment.as_str())).collect()
}

/// A path below `data` as a person writes it.
pub(crate) fn shown(path: &[Value]) -> String {
    let mut text = String::new();
    for segment in path {
        match segment {
            Value::String(name) if text.is_empty() => text = dotted(&[&**name]),
            Value::String(name) => {
                let name = dotted(&[&**name]);
                text.push_str(if name.starts_with('[') { "" } else { "." });
                text.push_str(&name);
            }
            other => text.push_str(&format!("[{other}]")),
        }
    }
    text
}

/// The segments of a head from the first computed one on.
pub(crate) fn tail(rule: &Rule) -> &[Term] {
    let written = |(index, term): &(usize, &Term)| *index == 0 || matches!(&term.kind, TermKind::Value(_));
    let length = rule.head.iter().enumerate().take_while(written).count();
    rule.head.get(length..).unwrap_or_default()
}

fn kind_of(rule: &Rule) -> RuleSetKind {
    match (&rule.parameters, rule.kind) {
        (Some(parameters), _) => RuleSetKind::Function(parameters.len()),
        (None, _) if !tail(rule).is_empty() => RuleSetKind::Object,
        (None, RuleKind::PartialSet) => RuleSetKind::Set,
        (None, _) => RuleSetKind::Complete,
    }
}

fn describe(kind: RuleSetKind) -> String {
    match kind {
        RuleSetKind::Complete => "a complete rule".to_owned(),
        RuleSetKind::Set => "a partial set".to_owned(),
        RuleSetKind::Object => "a partial object".to_owned(),
        RuleSetKind::Function(1) => "a function of 1 argument".to_owned(),
        RuleSetKind::Function(arguments) => format!("a function of {arguments} arguments"),
    }
}
