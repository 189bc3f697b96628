//! What the definitions of a rule or function come to.

use regorus::Value;
use regorus::value::Set;

use super::tree::{Leaf, Tree};
use super::{Evaluated, Machine, Stop};
use crate::rego::names::shown;
use crate::rego::program::{Clause, ClauseBranch, Expression, RuleNumber, RuleSet, RuleSetKind};

impl<'p> Machine<'p> {
    /// Evaluates a rule.
    pub(super) fn result_of(&mut self, rules: RuleNumber, set: &'p RuleSet) -> Evaluated {
        self.guarded(rules, set, |machine| match set.kind {
            RuleSetKind::Complete | RuleSetKind::Function(0) => machine.complete(set, &[], None),
            RuleSetKind::Set => machine.partial_set(set).map(Some),
            RuleSetKind::Object => machine.partial_object(set).map(Tree::into_value).map(Some),
            RuleSetKind::Function(_) => Ok(None),
        })
    }

    /// Evaluates a rule that must not be asked for meanwhile.
    fn guarded(&mut self, rules: RuleNumber, set: &RuleSet, work: impl FnOnce(&mut Self) -> Evaluated) -> Evaluated {
        if self.active.contains(&rules) {
            return self.stop(set.at, format!("`{}` depends on itself", shown(&set.path)));
        }
        self.active.push(rules);
        let result = work(self);
        self.active.pop();
        result
    }

    /// The value of a complete rule, or of a function for these arguments. A wanted value is the only one that counts.
    pub(super) fn complete(&mut self, set: &'p RuleSet, arguments: &[Value], wanted: Option<&Value>) -> Evaluated {
        match (self.defined(set, arguments, wanted)?, &set.default) {
            (None, Some(default)) => {
                let mut value = None;
                self.framed(default, arguments, |machine| {
                    if let Some(branch) = default.branches.first() {
                        machine.solve(&branch.body, &mut |machine| {
                            value = machine.eval(&branch.value)?;
                            Ok(false)
                        })?;
                    }
                    Ok(())
                })?;
                Ok(value)
            }
            (found, _) => Ok(found),
        }
    }

    /// The value of a rule, without its default.
    pub(super) fn undefaulted(&mut self, rules: RuleNumber, set: &'p RuleSet) -> Evaluated {
        self.guarded(rules, set, |machine| machine.defined(set, &[], None))
    }

    /// The value that all definitions agree on that hold.
    fn defined(&mut self, set: &'p RuleSet, arguments: &[Value], wanted: Option<&Value>) -> Evaluated {
        let is_settled = has_one_value(set);
        let mut found: Option<Value> = None;
        for clause in &set.clauses {
            self.framed(clause, arguments, |machine| {
                for branch in &clause.branches {
                    let mut holds = false;
                    machine.solve(&branch.body, &mut |machine| {
                        let value = machine.eval(&branch.value)?;
                        let Some(value) = value.filter(|value| wanted.is_none_or(|wanted| wanted == value)) else {
                            return Ok(true);
                        };
                        holds = true;
                        match &found {
                            Some(known) if *known != value => {
                                return machine.stop(
                                    clause.at,
                                    format!("`{}` would get two values: {known} and {value}", shown(&set.path)),
                                );
                            }
                            _ => found = Some(value),
                        }
                        Ok(!is_settled)
                    })?;
                    if holds {
                        break;
                    }
                }
                Ok(())
            })?;
        }
        Ok(found)
    }

    fn partial_set(&mut self, set: &'p RuleSet) -> Result<Value, Stop> {
        let mut elements = Set::default();
        self.each_branch(set, |machine, _, branch| {
            if let Some(element) = branch.element.as_ref().map(|element| machine.eval(element)).transpose()?.flatten() {
                elements.insert(element);
            }
            Ok(())
        })?;
        Ok(elements.into_value())
    }

    /// What an object's definitions give, each at its place.
    pub(super) fn partial_object(&mut self, set: &'p RuleSet) -> Result<Tree, Stop> {
        let mut tree = Tree::default();
        self.each_branch(set, |machine, clause, branch| {
            let Some(path) = machine.all(&branch.path)? else { return Ok(()) };
            let leaf = match &branch.element {
                Some(element) => machine.eval(element)?.map(|element| {
                    let mut elements = Set::default();
                    elements.insert(element);
                    Leaf::Elements(elements)
                }),
                None => machine.eval(&branch.value)?.map(Leaf::Value),
            };
            match leaf.is_none_or(|leaf| tree.put(&path, leaf)) {
                true => Ok(()),
                false => machine.stop(clause.at, format!("`{}` would get two values for one key", shown(&set.path))),
            }
        })?;
        Ok(tree)
    }

    /// Does something for each solution of each definition.
    fn each_branch(
        &mut self,
        set: &'p RuleSet,
        mut work: impl FnMut(&mut Self, &'p Clause, &'p ClauseBranch) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        for clause in &set.clauses {
            self.framed(clause, &[], |machine| {
                for branch in &clause.branches {
                    let mut holds = false;
                    machine.solve(&branch.body, &mut |machine| {
                        holds = true;
                        work(machine, clause, branch)?;
                        Ok(true)
                    })?;
                    if holds {
                        break;
                    }
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Does something with the variables of a definition, if its parameters match the arguments.
    fn framed(
        &mut self,
        clause: &'p Clause,
        arguments: &[Value],
        work: impl FnOnce(&mut Self) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        self.step()?;
        self.descend(clause.at)?;
        let (base, module, mark) = (self.base, self.module, self.trail.len());
        self.base = self.slots.len();
        self.module = clause.module;
        self.slots.resize(self.base + clause.slots, None);
        let result = self.matched(clause, arguments).and_then(|matched| if matched { work(self) } else { Ok(()) });
        if result.is_ok() {
            self.undo(mark);
        } else {
            self.trail.truncate(mark);
        }
        self.slots.truncate(self.base);
        self.base = base;
        self.module = module;
        result
    }

    fn matched(&mut self, clause: &'p Clause, arguments: &[Value]) -> Result<bool, Stop> {
        for (parameter, argument) in clause.parameters.iter().zip(arguments) {
            if !self.matches(parameter, argument)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Whether all definitions give the same constant: then one solution of a body is enough. Where they differ all are
/// looked for, as in OPA, and an error in one of them is told.
fn has_one_value(set: &RuleSet) -> bool {
    let mut values = set.clauses.iter().flat_map(|clause| &clause.branches).map(|branch| match &branch.value {
        Expression::Constant(value) => Some(value),
        _ => None,
    });
    values.next().flatten().is_some_and(|first| values.all(|value| value == Some(first)))
}
