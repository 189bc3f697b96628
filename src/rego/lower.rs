//! From a definition's syntax tree to goals.
//!
//! As OPA's compiler does it: names become what they stand for; variables of one name in different scopes become
//! different ones; calls, and the values of `with`, are taken out of expressions in reading order, with the
//! modifiers of their statement; the head's values pass through the body.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use regorus::Value;

use super::annotations;
use super::builtins::Availability;
use super::defect::Defect;
use super::location::Position;
use super::names::{Globals, Names, tail};
use super::order;
use super::program::{
    Binds, Callee, Clause, ClauseBranch, Comprehension, Expression, Goal, GoalKind, Modifier, Reference, Replacement,
    Root, RuleSetKind, Slot, Target,
};
use super::tree::{
    Branch, Call, ComprehensionKind, Module, Name, Rule, RuleKind, Statement, StatementKind, Term, TermKind,
    WithModifier, dotted,
};
use super::visit::within;

/// What a definition refers to: a path below `data`, with nothing for a computed segment.
pub(crate) type Dependency = Vec<Option<Value>>;

/// A definition understood.
pub(crate) struct LoweredDefinition {
    pub clause: Clause,
    /// What it refers to.
    pub dependencies: Vec<Dependency>,
}

/// How a name came into a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Occurrence {
    Parameter,
    Declared,
    Assigned,
    /// Used, and declared nowhere so far.
    Seen,
}

#[derive(Debug, Clone, Default)]
struct Scope {
    variables: BTreeMap<Name, (Slot, Occurrence)>,
    /// Names that are variables in all of this scope, also before they are declared.
    hides: BTreeSet<Name>,
}

struct Lowerer<'a> {
    names: &'a Names,
    module: &'a Module,
    globals: &'a Globals,
    /// All modules, this one's number among them, and the number of the rule in it.
    place: (&'a [Module], usize, usize),
    scopes: Vec<Scope>,
    /// Variables that are declared nowhere: one of a name for the whole body.
    undeclared: BTreeMap<Name, Slot>,
    /// The name of each variable.
    slots: Vec<Name>,
    dependencies: Vec<Dependency>,
    defects: Vec<Defect>,
}

/// What a path means.
enum Meaning {
    /// Something below `data`.
    Data(Vec<Name>),
    /// Something below `input`.
    Input(Vec<Name>),
    /// A builtin, or nothing.
    Bare,
}

/// Lowers one definition; its defects are added.
pub(crate) fn lower(
    names: &Names,
    modules: &[Module],
    number: usize,
    globals: &Globals,
    index: usize,
    defects: &mut Vec<Defect>,
) -> Option<LoweredDefinition> {
    let module = modules.get(number)?;
    let rule = module.rules.get(index)?;
    let mut lowerer = Lowerer {
        names,
        module,
        globals,
        place: (modules, number, index),
        scopes: Vec::new(),
        undeclared: BTreeMap::new(),
        slots: Vec::new(),
        dependencies: Vec::new(),
        defects: Vec::new(),
    };
    let clause = lowerer.clause(rule, number);
    let failed = !lowerer.defects.is_empty();
    defects.append(&mut lowerer.defects);
    (!failed).then_some(LoweredDefinition { clause, dependencies: lowerer.dependencies })
}

impl Lowerer<'_> {
    fn clause(&mut self, rule: &Rule, number: usize) -> Clause {
        let mut scope = Scope::default();
        let parameters = rule.parameters.as_deref().unwrap_or_default();
        for parameter in parameters {
            pattern_names(parameter, &mut |name| {
                scope.hides.insert(name.clone());
            });
        }
        self.scopes.push(scope);
        if rule.kind == RuleKind::Default
            && let Some(branch) = rule.branches.first()
            && !is_fixed(&branch.value)
        {
            self.defect(branch.value.at, "a default value must not depend on anything: expected a constant".to_owned());
        }
        let mut support = Vec::new();
        let parameters: Vec<Expression> =
            parameters.iter().map(|parameter| self.parameter(parameter, &mut support)).collect();
        let given: order::Slots = parameters.iter().flat_map(order::variables).collect();
        let parameter_scope = self.scopes.pop().unwrap_or_default();
        let branches =
            rule.branches.iter().map(|branch| self.branch(rule, branch, &parameter_scope, &support, &given)).collect();
        Clause { module: number, at: rule.at, parameters, slots: self.slots.len(), branches }
    }

    /// A parameter: its variables, and what else it has to match.
    fn parameter(&mut self, term: &Term, support: &mut Vec<Goal>) -> Expression {
        match &term.kind {
            TermKind::Var(name) if **name == *"_" => self.fresh("_"),
            TermKind::Var(name) => match self.scope().variables.get(name) {
                Some((slot, _)) => Expression::Variable(*slot),
                None => Expression::Variable(self.insert(name, Occurrence::Parameter)),
            },
            TermKind::Value(value) => Expression::Constant(value.clone()),
            TermKind::Array(items) => {
                Expression::Array(items.iter().map(|item| self.parameter(item, support)).collect())
            }
            TermKind::Object(fields) => Expression::Object(
                fields.iter().map(|(key, value)| (self.term(key, support), self.parameter(value, support))).collect(),
            ),
            _ => {
                let value = self.term(term, support);
                self.bound_to(term.at, value, support)
            }
        }
    }

    fn branch(
        &mut self,
        rule: &Rule,
        branch: &Branch,
        parameters: &Scope,
        support: &[Goal],
        given: &order::Slots,
    ) -> ClauseBranch {
        self.undeclared.clear();
        let mut scope = parameters.clone();
        declared_names(&branch.body, &mut scope.hides);
        self.scopes.push(scope);
        let mut goals = support.to_vec();
        self.statements(&branch.body, &mut goals);
        let mut head = |lowerer: &mut Self, term: &Term| {
            let expression = lowerer.term(term, &mut goals);
            lowerer.evaluated(term.at, expression, &mut goals)
        };
        let path = tail(rule).iter().map(|term| head(self, term)).collect();
        let element = rule.element.as_ref().map(|term| head(self, term));
        let value = match rule.element {
            Some(_) => Expression::Constant(Value::from(true)),
            None => head(self, &branch.value),
        };
        self.scopes.pop();
        let mut lowered = ClauseBranch { body: goals, path, element, value };
        let head = rule.element.as_ref().map_or(branch.value.at, |element| element.at);
        let ordered = order::order_branch(&mut lowered, head, given.clone(), &mut self.slots);
        // A call of nothing gives nothing a value: what is wrong there is told already.
        if let Err(found) = ordered.or_else(|found| if self.defects.is_empty() { Err(found) } else { Ok(()) }) {
            self.unsafe_variables(&found);
        }
        lowered
    }

    /// Those with a name; the others only if there are none.
    fn unsafe_variables(&mut self, found: &[order::UnsafeVariable]) {
        let name = |slot: Slot| self.slots.get(slot).cloned().unwrap_or_else(|| Name::from("_"));
        let has_name = |unsafe_variable: &&order::UnsafeVariable| *name(unsafe_variable.slot) != *"_";
        let any_named = found.iter().any(|one| has_name(&one));
        let told: BTreeSet<(Position, Name)> =
            found.iter().filter(|one| !any_named || has_name(one)).map(|one| (one.at, name(one.slot))).collect();
        self.defects.extend(
            told.into_iter()
                .map(|(at, variable)| Defect::Unsafe { at: self.module.location(at), variable: variable.to_string() }),
        );
    }

    fn statements(&mut self, statements: &[Statement], goals: &mut Vec<Goal>) {
        for statement in statements {
            self.statement(statement, goals);
        }
    }

    fn statement(&mut self, statement: &Statement, goals: &mut Vec<Goal>) {
        let at = statement.at;
        // What `:=` declares is not visible in the values of its own modifiers.
        let with = self.modifiers(&statement.with, goals);
        let mut support = Vec::new();
        let mut negated = false;
        let kind = match &statement.kind {
            StatementKind::Declares(names) => {
                for name in names {
                    self.declare(name, at, Occurrence::Declared);
                }
                return;
            }
            StatementKind::Holds(term) => self.holds(term, &mut support),
            StatementKind::Not(term) => {
                negated = true;
                if term.operands("assign").is_some() {
                    self.defect(at, "`:=` under `not` gives nothing a value: write `==`".to_owned());
                }
                self.holds(term, &mut support)
            }
            StatementKind::SomeIn { key, value, collection } => {
                self.some_in(key.as_ref(), value, collection, &mut support)
            }
            StatementKind::Every { key, value, domain, body } => {
                self.every(key.as_ref(), value, domain, body, &mut support)
            }
        };
        for mut goal in support {
            goal.with.splice(0..0, with.iter().cloned());
            goals.push(goal);
        }
        goals.push(Goal { at, kind, negated, with });
    }

    /// An expression as a statement.
    fn holds(&mut self, term: &Term, support: &mut Vec<Goal>) -> GoalKind {
        if let Some((left, right)) = term.operands("assign") {
            let right = self.term(right, support);
            let left = self.assigned(left, support);
            return GoalKind::Unify { left, right, binds: Binds::Left };
        }
        for (operator, binds) in [("eq", Binds::Both), ("equal", Binds::Neither)] {
            if let Some((left, right)) = term.operands(operator) {
                let left = self.term(left, support);
                let right = self.term(right, support);
                return GoalKind::Unify { left, right, binds };
            }
        }
        match &term.kind {
            TermKind::Call(call) if call.function.iter().map(|name| &**name).eq(["print"]) => {
                GoalKind::Print(call.arguments.iter().map(|argument| self.printed(argument)).collect())
            }
            TermKind::Call(call) => self.call(term.at, call, support),
            _ => GoalKind::Truth(self.term(term, support)),
        }
    }

    /// What is printed of an argument: all its values, or none.
    fn printed(&mut self, argument: &Term) -> Expression {
        self.scopes.push(Scope::default());
        let mut body = Vec::new();
        let term = self.term(argument, &mut body);
        let term = self.evaluated(argument.at, term, &mut body);
        self.scopes.pop();
        let kind = ComprehensionKind::Set;
        Expression::Comprehension(Box::new(Comprehension { at: argument.at, kind, key: None, term, body }))
    }

    fn some_in(&mut self, key: Option<&Term>, value: &Term, collection: &Term, support: &mut Vec<Goal>) -> GoalKind {
        let at = collection.at;
        for name in &declared_by_some(key, value, collection) {
            self.declare(name, value.at, Occurrence::Declared);
        }
        let container = self.term(collection, support);
        let value = self.term(value, support);
        let key = match key {
            Some(key) => self.term(key, support),
            None => self.fresh("_"),
        };
        let reference = match container {
            Expression::Reference(mut reference) => {
                reference.path.push(key);
                reference
            }
            Expression::Variable(slot) => Box::new(Reference { root: Root::Variable(slot), path: vec![key] }),
            other => {
                let slot = self.slot("_");
                support.push(unify(at, Expression::Variable(slot), other));
                Box::new(Reference { root: Root::Variable(slot), path: vec![key] })
            }
        };
        GoalKind::Unify { left: value, right: Expression::Reference(reference), binds: Binds::Both }
    }

    fn every(
        &mut self,
        key: Option<&Name>,
        value: &Name,
        domain: &Term,
        body: &[Statement],
        support: &mut Vec<Goal>,
    ) -> GoalKind {
        let at = domain.at;
        let domain = self.term(domain, support);
        let domain = self.bound_to(at, domain, support);
        let mut scope = Scope::default();
        scope.hides.extend(key.into_iter().chain([value]).filter(|name| ***name != *"_").cloned());
        self.scopes.push(scope);
        let mut variable = |name: &Name| match &**name {
            "_" => self.slot("_"),
            _ => self.declare(name, at, Occurrence::Declared),
        };
        let key = key.map(&mut variable);
        let value = variable(value);
        let key = key.unwrap_or_else(|| self.slot("_"));
        let mut goals = Vec::new();
        self.statements(body, &mut goals);
        self.scopes.pop();
        GoalKind::Every { key, value, domain, body: goals }
    }

    /// The left side of `:=`.
    fn assigned(&mut self, term: &Term, support: &mut Vec<Goal>) -> Expression {
        match &term.kind {
            TermKind::Var(name) if **name == *"_" => self.fresh("_"),
            TermKind::Var(name) => Expression::Variable(self.declare(name, term.at, Occurrence::Assigned)),
            TermKind::Array(items) => {
                Expression::Array(items.iter().map(|item| self.assigned(item, support)).collect())
            }
            TermKind::Object(fields) => Expression::Object(
                fields.iter().map(|(key, value)| (self.term(key, support), self.assigned(value, support))).collect(),
            ),
            TermKind::Value(value) => Expression::Constant(value.clone()),
            _ => {
                self.defect(
                    term.at,
                    "`:=` needs a variable on its left, or an array or object of variables".to_owned(),
                );
                self.fresh("_")
            }
        }
    }

    /// An expression without calls; those it holds are taken out.
    fn term(&mut self, term: &Term, support: &mut Vec<Goal>) -> Expression {
        match &term.kind {
            TermKind::Value(value) => Expression::Constant(value.clone()),
            TermKind::Var(name) => self.variable(name),
            TermKind::Ref(terms) => self.reference(terms, support),
            TermKind::Array(items) => Expression::Array(self.terms(items, support)),
            TermKind::Set(items) => Expression::Set(self.terms(items, support)),
            TermKind::Object(fields) => Expression::Object(
                fields.iter().map(|(key, value)| (self.term(key, support), self.term(value, support))).collect(),
            ),
            TermKind::Comprehension(comprehension) => self.comprehension(term.at, comprehension),
            TermKind::Call(call) => self.value_of(term.at, call, support),
        }
    }

    fn terms(&mut self, terms: &[Term], support: &mut Vec<Goal>) -> Vec<Expression> {
        terms.iter().map(|term| self.term(term, support)).collect()
    }

    fn comprehension(&mut self, at: Position, comprehension: &super::tree::Comprehension) -> Expression {
        let mut scope = Scope::default();
        declared_names(&comprehension.body, &mut scope.hides);
        self.scopes.push(scope);
        let mut body = Vec::new();
        self.statements(&comprehension.body, &mut body);
        let mut value = |lowerer: &mut Self, term: &Term| {
            let expression = lowerer.term(term, &mut body);
            lowerer.evaluated(term.at, expression, &mut body)
        };
        let key = comprehension.key.as_ref().map(|key| value(self, key));
        let term = value(self, &comprehension.term);
        self.scopes.pop();
        Expression::Comprehension(Box::new(Comprehension { at, kind: comprehension.kind, key, term, body }))
    }

    /// A call inside an expression: its result.
    fn value_of(&mut self, at: Position, call: &Call, support: &mut Vec<Goal>) -> Expression {
        let names: Vec<&str> = call.function.iter().map(|name| &**name).collect();
        match names.as_slice() {
            ["rego", "metadata", "rule"] if call.arguments.is_empty() => {
                let (modules, module, rule) = self.place;
                return Expression::Constant(annotations::rule_value(modules, module, rule).into());
            }
            ["rego", "metadata", "chain"] if call.arguments.is_empty() => {
                let (modules, module, rule) = self.place;
                return Expression::Constant(annotations::chain_value(modules, module, rule).into());
            }
            ["print"] => self.defect(at, "`print(…)` has no value: write it on a line of its own".to_owned()),
            ["eq"] => self.defect(at, "`=` inside an expression: write `==`, or `=` on a line of its own".to_owned()),
            ["assign"] => self.defect(at, "`:=` inside an expression: write it on a line of its own".to_owned()),
            _ => {}
        }
        let GoalKind::Call { callee, arguments, result } = self.call(at, call, support) else {
            return self.fresh("_");
        };
        if result.is_some() {
            self.defect(at, format!("the function `{}` has one argument too many here", dotted(&call.function)));
        }
        let slot = self.slot("_");
        let kind = GoalKind::Call { callee, arguments, result: Some(Expression::Variable(slot)) };
        support.push(Goal { at, kind, negated: false, with: Vec::new() });
        Expression::Variable(slot)
    }

    /// A call; with one argument more than the function takes, that is its result.
    fn call(&mut self, at: Position, call: &Call, support: &mut Vec<Goal>) -> GoalKind {
        let names: Vec<&str> = call.function.iter().map(|name| &**name).collect();
        if let (["rego", "metadata", "rule" | "chain"], []) = (names.as_slice(), call.arguments.as_slice()) {
            return GoalKind::Truth(self.value_of(at, call, support));
        }
        let callee = self.callee(at, &call.function);
        let mut arguments = self.terms(&call.arguments, support);
        let Some((callee, expected)) = callee else { return GoalKind::Print(Vec::new()) };
        let found = arguments.len();
        if found != expected && found != expected + 1 {
            let (at, function) = (self.module.location(at), dotted(&call.function));
            self.defects.push(Defect::Arguments { at, function, expected, found });
        }
        let result = if found == expected + 1 { arguments.pop() } else { None };
        GoalKind::Call { callee, arguments, result }
    }

    /// What is called, and how many arguments it takes.
    fn callee(&mut self, at: Position, function: &[Name]) -> Option<(Callee, usize)> {
        let name = dotted(function);
        let reason = match self.meaning(function) {
            Meaning::Data(path) => match self.names.number(&path) {
                Some(number) => match self.names.sets.get(number).map(|set| set.kind) {
                    Some(RuleSetKind::Function(arguments)) => {
                        self.dependencies.push(path.iter().map(|segment| Some(Value::from(&**segment))).collect());
                        return Some((Callee::Rule(number), arguments));
                    }
                    _ => "is a rule and no function: read it without `(…)`".to_owned(),
                },
                None => format!("does not exist: no loaded policy defines `data.{}`", dotted(&path)),
            },
            Meaning::Input(_) => "does not exist: the input holds no functions".to_owned(),
            Meaning::Bare => match self.names.builtin(&name) {
                Availability::Here(builtin) => return Some((Callee::Builtin(builtin), builtin.arity)),
                Availability::Refused => {
                    "is refused: a verdict must depend on nothing but the input, the policies and the given time"
                        .to_owned()
                }
                Availability::Unsupported => "is one of OPA's builtins that are not supported here".to_owned(),
                Availability::Unknown => {
                    "does not exist: it is neither a builtin nor defined in this package or imported".to_owned()
                }
            },
        };
        self.defects.push(Defect::UnknownFunction { at: self.module.location(at), function: name, reason });
        None
    }

    fn meaning(&self, path: &[Name]) -> Meaning {
        let Some((first, rest)) = path.split_first() else { return Meaning::Bare };
        let path = match self.globals.get(first).filter(|_| !self.is_hidden(first)) {
            Some(target) => target.iter().chain(rest).cloned().collect(),
            None => path.to_vec(),
        };
        match path.split_first() {
            Some((root, rest)) if **root == *"data" => Meaning::Data(rest.to_vec()),
            Some((root, rest)) if **root == *"input" => Meaning::Input(rest.to_vec()),
            _ => Meaning::Bare,
        }
    }

    fn modifiers(&mut self, with: &[WithModifier], goals: &mut Vec<Goal>) -> Vec<Modifier> {
        let mut modifiers: Vec<Modifier> = Vec::new();
        for with in with {
            let Some(target) = self.target(&with.target) else { continue };
            let replacement = match target {
                Target::Function(replaced) => self.replacement(replaced, &with.value),
                _ => None,
            };
            let value = replacement.unwrap_or_else(|| {
                let value = self.term(&with.value, goals);
                Replacement::Value(self.evaluated(with.value.at, value, goals))
            });
            modifiers.push(Modifier { target, value });
        }
        modifiers
    }

    /// What a `with` replaces.
    fn target(&mut self, term: &Term) -> Option<Target> {
        let path: Vec<Name> = match &term.kind {
            TermKind::Ref(terms) => terms.iter().filter_map(Term::segment).collect(),
            _ => term.segment().into_iter().collect(),
        };
        let problem = match self.meaning(&path) {
            Meaning::Input(path) => return Some(Target::Input(path)),
            Meaning::Data(path) => {
                let number = self.names.number(&path);
                if let Some(number) = number
                    && let Some(RuleSetKind::Function(_)) = self.names.sets.get(number).map(|set| set.kind)
                {
                    return Some(Target::Function(Callee::Rule(number)));
                }
                let segments: Vec<Value> = path.iter().map(|segment| Value::from(&**segment)).collect();
                let (node, length) = self.names.documents.follow(&segments);
                let below_rule = self.names.documents.node(node).is_some_and(|node| node.rules.is_some());
                if !below_rule || length == path.len() {
                    return Some(Target::Data(path));
                }
                format!("`data.{}` is a part of a rule's result: replace the whole rule", dotted(&path))
            }
            Meaning::Bare => match self.names.builtin(&dotted(&path)) {
                Availability::Here(builtin) if builtin.name == "walk" => {
                    "`walk` cannot be replaced: wrap it in a function of your own".to_owned()
                }
                Availability::Here(builtin) => return Some(Target::Function(Callee::Builtin(builtin))),
                _ => {
                    format!("`{}` cannot be replaced: expected `input`, `data`, a function or a builtin", dotted(&path))
                }
            },
        };
        self.defects.push(Defect::With { at: self.module.location(term.at), problem });
        None
    }

    /// The function that this value names, if it names one.
    fn replacement(&mut self, replaced: Callee, value: &Term) -> Option<Replacement> {
        let path: Vec<Name> = match &value.kind {
            TermKind::Ref(terms) => terms.iter().map(Term::segment).collect::<Option<_>>()?,
            TermKind::Var(name) => vec![name.clone()],
            _ => return None,
        };
        let first = path.first()?;
        if self.is_hidden(first) || self.is_declared(first) {
            return None;
        }
        let callee = match self.meaning(&path) {
            Meaning::Data(path) => {
                let number = self.names.number(&path)?;
                let RuleSetKind::Function(arguments) = self.names.sets.get(number)?.kind else { return None };
                self.dependencies.push(path.iter().map(|segment| Some(Value::from(&**segment))).collect());
                (Callee::Rule(number), arguments)
            }
            Meaning::Input(_) => return None,
            Meaning::Bare => match self.names.builtin(&dotted(&path)) {
                Availability::Here(builtin) if builtin.name != "walk" => (Callee::Builtin(builtin), builtin.arity),
                Availability::Unknown => return None,
                _ => {
                    let problem = format!("the builtin `{}` cannot stand in for something else here", dotted(&path));
                    self.defects.push(Defect::With { at: self.module.location(value.at), problem });
                    return None;
                }
            },
        };
        let expected = match replaced {
            Callee::Builtin(builtin) => builtin.arity,
            Callee::Rule(number) => match self.names.sets.get(number).map(|set| set.kind) {
                Some(RuleSetKind::Function(arguments)) => arguments,
                _ => callee.1,
            },
        };
        if callee.1 != expected {
            let problem = format!(
                "`{}` takes {} arguments, expected {expected} as what it stands in for",
                dotted(&path),
                callee.1
            );
            self.defects.push(Defect::With { at: self.module.location(value.at), problem });
        }
        Some(Replacement::Function(callee.0))
    }

    fn reference(&mut self, terms: &[Term], support: &mut Vec<Goal>) -> Expression {
        let Some((first, rest)) = terms.split_first() else { return self.fresh("_") };
        if let TermKind::Var(name) = &first.kind
            && let Some(start) = self.global(name)
        {
            let path = self.terms(rest, support);
            return self.document(&start, path);
        }
        let head = self.term(first, support);
        let path = self.terms(rest, support);
        let root = match head {
            Expression::Variable(slot) => slot,
            other => {
                let slot = self.slot("_");
                support.push(unify(first.at, Expression::Variable(slot), other));
                slot
            }
        };
        Expression::Reference(Box::new(Reference { root: Root::Variable(root), path }))
    }

    /// What a global name stands for, from its root document on.
    fn global(&self, name: &Name) -> Option<Vec<Name>> {
        if self.is_hidden(name) {
            return None;
        }
        match self.globals.get(name) {
            Some(target) => Some(target.clone()),
            None if **name == *"data" || **name == *"input" => Some(vec![name.clone()]),
            None => None,
        }
    }

    fn variable(&mut self, name: &Name) -> Expression {
        if **name == *"_" {
            return self.fresh("_");
        }
        match self.global(name) {
            Some(start) => self.document(&start, Vec::new()),
            None => Expression::Variable(self.local(name)),
        }
    }

    /// A reference to what a global name stands for, or to something below it.
    fn document(&mut self, start: &[Name], path: Vec<Expression>) -> Expression {
        let segments = start.iter().skip(1).map(|segment| Expression::Constant(Value::from(&**segment)));
        let path = segments.chain(path).collect();
        match start.first() {
            Some(root) if **root == *"input" => Expression::Reference(Box::new(Reference { root: Root::Input, path })),
            _ => self.data(path),
        }
    }

    /// A reference below `data`: where it starts is settled as far as its path is written out.
    fn data(&mut self, path: Vec<Expression>) -> Expression {
        let constant = |segment: &Expression| match segment {
            Expression::Constant(value) => Some(value.clone()),
            _ => None,
        };
        let written: Vec<Value> = path.iter().map_while(constant).collect();
        self.dependencies.push(path.iter().map(constant).collect());
        let (number, length) = self.names.documents.follow(&written);
        let node = self.names.documents.node(number);
        let root = match node {
            Some(node) if node.rules.is_some() && node.children.is_empty() => {
                match node.rules.filter(|rules| {
                    !matches!(self.names.sets.get(*rules).map(|set| set.kind), Some(RuleSetKind::Function(1..)) | None)
                }) {
                    Some(rules) => Root::Rule(rules),
                    None => Root::Data,
                }
            }
            Some(node) if node.rules.is_none() && length < written.len() => Root::Base,
            _ => Root::Data,
        };
        let skipped = if matches!(root, Root::Rule(_)) { length } else { 0 };
        let path = path.into_iter().skip(skipped).collect();
        Expression::Reference(Box::new(Reference { root, path }))
    }

    /// A value that needs no evaluation any more.
    fn evaluated(&mut self, at: Position, expression: Expression, goals: &mut Vec<Goal>) -> Expression {
        if needs_evaluation(&expression) { self.bound_to(at, expression, goals) } else { expression }
    }

    /// A variable of its own for a value.
    fn bound_to(&mut self, at: Position, expression: Expression, goals: &mut Vec<Goal>) -> Expression {
        let slot = self.slot("_");
        goals.push(unify(at, Expression::Variable(slot), expression));
        Expression::Variable(slot)
    }

    fn scope(&mut self) -> &mut Scope {
        if self.scopes.is_empty() {
            self.scopes.push(Scope::default());
        }
        let last = self.scopes.len() - 1;
        // Never out of bounds: one was pushed if there was none.
        #[allow(clippy::indexing_slicing)]
        &mut self.scopes[last]
    }

    fn is_hidden(&self, name: &Name) -> bool {
        self.scopes.iter().any(|scope| scope.hides.contains(name))
    }

    fn is_declared(&self, name: &Name) -> bool {
        self.scopes.iter().any(|scope| scope.variables.contains_key(name))
    }

    fn slot(&mut self, name: &str) -> Slot {
        self.slots.push(Arc::from(name));
        self.slots.len() - 1
    }

    fn fresh(&mut self, name: &str) -> Expression {
        Expression::Variable(self.slot(name))
    }

    fn insert(&mut self, name: &Name, occurrence: Occurrence) -> Slot {
        let slot = self.slot(name);
        self.scope().variables.insert(name.clone(), (slot, occurrence));
        slot
    }

    /// A variable that is used.
    fn local(&mut self, name: &Name) -> Slot {
        if let Some((slot, _)) = self.scopes.iter().rev().find_map(|scope| scope.variables.get(name)) {
            return *slot;
        }
        let slot = match self.undeclared.get(name) {
            Some(slot) => *slot,
            None => {
                let slot = self.slot(name);
                self.undeclared.insert(name.clone(), slot);
                slot
            }
        };
        self.scope().variables.insert(name.clone(), (slot, Occurrence::Seen));
        slot
    }

    /// A variable that is declared; twice in one scope, or after its use, is a defect.
    fn declare(&mut self, name: &Name, at: Position, occurrence: Occurrence) -> Slot {
        if **name == *"_" {
            return self.slot("_");
        }
        let problem = match self.scope().variables.get(name) {
            None => None,
            Some((_, Occurrence::Seen)) => Some("is used above: declare it before"),
            Some((_, Occurrence::Parameter)) => Some("is a parameter: choose another name"),
            Some(_) => Some("is declared above: choose another name"),
        };
        if let Some(problem) = problem {
            self.defect(at, format!("the variable `{name}` {problem}"));
        }
        self.insert(name, occurrence)
    }

    fn defect(&mut self, at: Position, message: String) {
        self.defects.push(Defect::Invalid { at: self.module.location(at), message });
    }
}

fn unify(at: Position, left: Expression, right: Expression) -> Goal {
    Goal { at, kind: GoalKind::Unify { left, right, binds: Binds::Left }, negated: false, with: Vec::new() }
}

/// Whether a reference or a comprehension stands somewhere in it.
fn needs_evaluation(expression: &Expression) -> bool {
    match expression {
        Expression::Reference(_) | Expression::Comprehension(_) => true,
        Expression::Constant(_) | Expression::Variable(_) => false,
        Expression::Array(items) | Expression::Set(items) => items.iter().any(needs_evaluation),
        Expression::Object(fields) => {
            fields.iter().any(|(key, value)| needs_evaluation(key) || needs_evaluation(value))
        }
    }
}

/// Whether a default value may be written so: it is the same everywhere.
fn is_fixed(term: &Term) -> bool {
    match &term.kind {
        TermKind::Value(_) | TermKind::Comprehension(_) => true,
        TermKind::Var(_) | TermKind::Ref(_) | TermKind::Call(_) => false,
        TermKind::Array(items) | TermKind::Set(items) => items.iter().all(is_fixed),
        TermKind::Object(fields) => fields.iter().all(|(key, value)| is_fixed(key) && is_fixed(value)),
    }
}

/// The variables that a pattern can give a value: keys of objects are looked up, elements of sets compared.
fn pattern_names(term: &Term, found: &mut dyn FnMut(&Name)) {
    match &term.kind {
        TermKind::Var(name) if **name != *"_" => found(name),
        TermKind::Array(items) => items.iter().for_each(|item| pattern_names(item, found)),
        TermKind::Object(fields) => fields.iter().for_each(|(_, value)| pattern_names(value, found)),
        _ => {}
    }
}

/// The names that `some key, value in collection` declares: those that the collection does not mention, as in OPA. A
/// name that it mentions is a variable of outside, and is compared.
fn declared_by_some(key: Option<&Term>, value: &Term, collection: &Term) -> BTreeSet<Name> {
    let mut declared = BTreeSet::new();
    for pattern in key.into_iter().chain([value]) {
        pattern_names(pattern, &mut |name| {
            declared.insert(name.clone());
        });
    }
    within(collection, &mut |term, _| {
        if let Some(name) = term.variable() {
            declared.remove(name);
        }
    });
    declared
}

/// The names that a body declares, those inside of `every` included.
fn declared_names(body: &[Statement], names: &mut BTreeSet<Name>) {
    for statement in body {
        let mut add = |name: &Name| {
            names.insert(name.clone());
        };
        match &statement.kind {
            StatementKind::Declares(declared) => declared.iter().for_each(&mut add),
            StatementKind::SomeIn { key, value, collection } => {
                declared_by_some(key.as_ref(), value, collection).iter().for_each(add);
            }
            StatementKind::Holds(term) => {
                if let Some((left, _)) = term.operands("assign") {
                    pattern_names(left, &mut add);
                }
            }
            StatementKind::Every { body, .. } => declared_names(body, names),
            StatementKind::Not(_) => {}
        }
    }
}
