//! Puts the goals of a body into an order in which every variable has a value before it is needed, as OPA does: a
//! goal comes as soon as it can, in the author's order among those that can. A variable that no order gives a value
//! is unsafe.
//!
//! With the order it is known which side of a unification gives the value, which references run over all values
//! there are, and which have to be looked up before a negation.

use std::collections::BTreeSet;

use bit_set::BitSet;

use super::location::Position;
use super::program::{Binds, ClauseBranch, Expression, Goal, GoalKind, Modifier, Reference, Replacement, Root, Slot};
use super::tree::Name;

/// A variable that nothing gives a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UnsafeVariable {
    /// Where it is needed.
    pub at: Position,
    pub slot: Slot,
}

/// Variables of one clause.
pub(crate) type Slots = BitSet;

/// Orders a branch, in which these variables have values from the start. New variables get names; what the head needs
/// is told at its place.
pub(crate) fn order_branch(
    branch: &mut ClauseBranch,
    head: Position,
    bound: Slots,
    names: &mut Vec<Name>,
) -> Result<(), Vec<UnsafeVariable>> {
    let mut orderer = Orderer { names, found: Vec::new() };
    let mut bound = bound;
    branch.body = orderer.body(std::mem::take(&mut branch.body), &mut bound);
    for slot in branch.path.iter().chain(&branch.element).chain([&branch.value]).flat_map(variables) {
        orderer.require(head, slot, &bound);
    }
    if orderer.found.is_empty() { Ok(()) } else { Err(orderer.found) }
}

struct Orderer<'a> {
    names: &'a mut Vec<Name>,
    found: Vec<UnsafeVariable>,
}

impl Orderer<'_> {
    fn require(&mut self, at: Position, slot: Slot, bound: &Slots) {
        if !bound.contains(slot) {
            self.found.push(UnsafeVariable { at, slot });
        }
    }

    /// A body's goals in their order. The variables that have values after it are added to those that had one before.
    fn body(&mut self, goals: Vec<Goal>, bound: &mut Slots) -> Vec<Goal> {
        let mut waiting: Vec<Waiting> = goals.into_iter().flat_map(split).map(Waiting::from).collect();
        // What a comprehension shares with this body has to have a value first.
        let mut shared = Slots::new();
        waiting.iter().for_each(|one| shared.union_with(&one.own));
        shared.difference_with(bound);
        waiting.iter_mut().for_each(|one| one.closed_over.intersect_with(&shared));
        let mut ordered = Vec::with_capacity(waiting.len());
        loop {
            let before = waiting.len();
            let mut later = Vec::new();
            for one in waiting {
                match one.given(bound) {
                    Some(given) => {
                        self.place(one.goal, bound, &mut ordered);
                        bound.union_with(&given);
                    }
                    None => later.push(one),
                }
            }
            waiting = later;
            if waiting.is_empty() || waiting.len() == before {
                break;
            }
        }
        for Waiting { goal, own, closed_over } in &waiting {
            let mut missing = own.clone();
            missing.difference_with(&outputs(goal, bound));
            missing.difference_with(bound);
            if missing.is_empty() {
                missing.clone_from(closed_over);
            }
            for slot in &missing {
                self.require(goal.at, slot, bound);
            }
        }
        ordered
    }

    /// Adds a goal whose turn has come, and before it what it needs looked up.
    fn place(&mut self, goal: Goal, bound: &mut Slots, ordered: &mut Vec<Goal>) {
        let Goal { at, kind, negated, with } = goal;
        // What stands inside of a side of `=` is looked at before the sides are, so that its errors are told.
        let is_variable = |side: &Expression| matches!(side, Expression::Variable(_));
        let compares =
            matches!(&kind, GoalKind::Unify { left, right, .. } if !is_variable(left) && !is_variable(right));
        let mut scene = Scene { at, early: negated || compares, with: &with, bound, ordered };
        let kind = match kind {
            GoalKind::Unify { left, right, binds } => {
                let left = self.prepare(left, true, &mut scene);
                let right = self.prepare(right, true, &mut scene);
                self.unification(left, right, binds, &mut scene)
            }
            GoalKind::Call { callee, arguments, result } => GoalKind::Call {
                callee,
                arguments: arguments.into_iter().map(|argument| self.prepare(argument, false, &mut scene)).collect(),
                result: result.map(|result| self.prepare(result, false, &mut scene)),
            },
            GoalKind::Truth(expression) => match self.prepare(expression, true, &mut scene) {
                Expression::Reference(reference) if is_open(&reference, scene.bound) => {
                    GoalKind::Each { reference: *reference, pattern: None }
                }
                expression => GoalKind::Truth(expression),
            },
            GoalKind::Every { key, value, domain, body } => {
                let domain = self.prepare(domain, false, &mut scene);
                let mut inside = scene.bound.clone();
                inside.extend([key, value]);
                let body = self.body(body, &mut inside);
                GoalKind::Every { key, value, domain, body }
            }
            GoalKind::Print(arguments) => GoalKind::Print(
                arguments.into_iter().map(|argument| self.prepare(argument, true, &mut scene)).collect(),
            ),
            placed @ (GoalKind::Match { .. } | GoalKind::Equal { .. } | GoalKind::Each { .. }) => placed,
        };
        ordered.push(Goal { at, kind, negated, with });
    }

    fn unification(&mut self, left: Expression, right: Expression, binds: Binds, scene: &mut Scene<'_>) -> GoalKind {
        let (left, right) = match (left, right) {
            (Expression::Reference(left), right) if is_open(&left, scene.bound) => {
                let right = match right {
                    Expression::Reference(right) if is_open(&right, scene.bound) => self.looked_up(*right, scene),
                    right => right,
                };
                return GoalKind::Each { reference: *left, pattern: Some(right) };
            }
            (left, Expression::Reference(right)) if is_open(&right, scene.bound) => {
                return GoalKind::Each { reference: *right, pattern: Some(left) };
            }
            sides => sides,
        };
        let is_closed = |side: &Expression| variables(side).iter().all(|slot| scene.bound.contains(*slot));
        match (is_closed(&left), is_closed(&right)) {
            (true, true) if !matches!(left, Expression::Constant(_) | Expression::Variable(_)) => {
                GoalKind::Equal { left, right }
            }
            (_, true) => GoalKind::Match { pattern: left, value: right },
            (true, false) => GoalKind::Match { pattern: right, value: left },
            (false, false) => {
                // Two patterns that have variables on both sides and could not be taken apart.
                if binds != Binds::Neither {
                    for slot in variables(&right) {
                        self.require(scene.at, slot, scene.bound);
                    }
                }
                GoalKind::Match { pattern: left, value: right }
            }
        }
    }

    /// An expression whose comprehensions are ordered, and out of which is taken what has to be looked up before:
    /// references that run over several values, and under a negation every reference but the one that `not` or `=`
    /// stands before.
    fn prepare(&mut self, expression: Expression, direct: bool, scene: &mut Scene<'_>) -> Expression {
        let mut all = |items: Vec<Expression>, orderer: &mut Self| -> Vec<Expression> {
            items.into_iter().map(|item| orderer.prepare(item, false, scene)).collect()
        };
        match expression {
            closed @ (Expression::Constant(_) | Expression::Variable(_)) => closed,
            Expression::Array(items) => Expression::Array(all(items, self)),
            Expression::Set(items) => Expression::Set(all(items, self)),
            Expression::Object(fields) => Expression::Object(
                fields
                    .into_iter()
                    .map(|(key, value)| (self.prepare(key, false, scene), self.prepare(value, false, scene)))
                    .collect(),
            ),
            Expression::Reference(reference) => {
                let path = all(reference.path, self);
                let reference = Reference { root: reference.root, path };
                if !direct && (scene.early || is_open(&reference, scene.bound)) {
                    self.looked_up(reference, scene)
                } else {
                    Expression::Reference(Box::new(reference))
                }
            }
            Expression::Comprehension(mut comprehension) => {
                let mut bound = scene.bound.clone();
                comprehension.body = self.body(std::mem::take(&mut comprehension.body), &mut bound);
                for slot in comprehension.key.iter().chain([&comprehension.term]).flat_map(variables) {
                    self.require(comprehension.at, slot, &bound);
                }
                let comprehension = Expression::Comprehension(comprehension);
                if direct || !scene.early {
                    return comprehension;
                }
                let variable = self.fresh();
                let kind = GoalKind::Match { pattern: Expression::Variable(variable), value: comprehension };
                scene.add(kind, [variable]);
                Expression::Variable(variable)
            }
        }
    }

    fn fresh(&mut self) -> Slot {
        self.names.push(Name::from("_"));
        self.names.len() - 1
    }

    /// A variable that a reference is looked up into, before the goal at hand.
    fn looked_up(&mut self, reference: Reference, scene: &mut Scene<'_>) -> Expression {
        let slot = self.fresh();
        let variable = Expression::Variable(slot);
        let mut given = Slots::from_iter([slot]);
        reference.path.iter().for_each(|segment| given.extend(variables(segment)));
        let kind = if is_open(&reference, scene.bound) {
            GoalKind::Each { reference, pattern: Some(variable.clone()) }
        } else {
            GoalKind::Match { pattern: variable.clone(), value: Expression::Reference(Box::new(reference)) }
        };
        scene.add(kind, &given);
        variable
    }
}

/// A goal whose turn has not come.
struct Waiting {
    goal: Goal,
    /// The variables that it mentions itself.
    own: Slots,
    /// Those inside its comprehensions and bodies.
    closed_over: Slots,
}

impl From<Goal> for Waiting {
    fn from(goal: Goal) -> Self {
        Waiting { own: own_variables(&goal), closed_over: closed_over(&goal), goal }
    }
}

impl Waiting {
    /// The variables that it gives values, once all others have one.
    fn given(&self, bound: &Slots) -> Option<Slots> {
        if !self.closed_over.is_subset(bound) {
            return None;
        }
        if self.own.is_subset(bound) {
            return Some(Slots::new());
        }
        let given = outputs(&self.goal, bound);
        self.own.iter().all(|slot| bound.contains(slot) || given.contains(slot)).then_some(given)
    }
}

/// Where a goal is placed.
struct Scene<'a> {
    at: Position,
    /// What stands inside of other expressions is looked at before.
    early: bool,
    with: &'a [Modifier],
    bound: &'a mut Slots,
    ordered: &'a mut Vec<Goal>,
}

impl Scene<'_> {
    /// Adds a goal before the one at hand, which gives these variables values.
    fn add(&mut self, kind: GoalKind, given: impl IntoIterator<Item = Slot>) {
        self.ordered.push(Goal { at: self.at, kind, negated: false, with: self.with.to_vec() });
        self.bound.extend(given);
    }
}

/// Whether it runs over several values: a variable in its path has none yet.
fn is_open(reference: &Reference, bound: &Slots) -> bool {
    reference.path.iter().flat_map(variables).any(|slot| !bound.contains(slot))
}

/// A unification of two arrays of one length, or of two objects with the same constant keys, is one for each element.
fn split(goal: Goal) -> Vec<Goal> {
    let Goal { at, kind, negated, with } = goal;
    let GoalKind::Unify { left, right, binds } = kind else { return vec![Goal { at, kind, negated, with }] };
    let pairs: Vec<(Expression, Expression)> = match (left, right) {
        (Expression::Array(left), Expression::Array(right))
            if !negated && binds != Binds::Neither && left.len() == right.len() && !left.is_empty() =>
        {
            left.into_iter().zip(right).collect()
        }
        (Expression::Object(left), Expression::Object(right))
            if !negated && binds != Binds::Neither && have_same_keys(&left, &right) =>
        {
            let value = |key: &Expression| {
                let same = |other: &&(Expression, Expression)| constant(&other.0) == constant(key);
                right.iter().find(same).map(|(_, value)| value.clone())
            };
            left.into_iter().filter_map(|(key, left)| Some((left, value(&key)?))).collect()
        }
        (left, right) => {
            return vec![Goal { at, kind: GoalKind::Unify { left, right, binds }, negated, with }];
        }
    };
    let goal = |(left, right)| Goal { at, kind: GoalKind::Unify { left, right, binds }, negated, with: with.clone() };
    pairs.into_iter().map(goal).flat_map(split).collect()
}

fn constant(expression: &Expression) -> Option<&regorus::Value> {
    match expression {
        Expression::Constant(value) => Some(value),
        _ => None,
    }
}

fn have_same_keys(left: &[(Expression, Expression)], right: &[(Expression, Expression)]) -> bool {
    let keys = |fields: &[(Expression, Expression)]| -> Option<BTreeSet<regorus::Value>> {
        fields.iter().map(|(key, _)| constant(key).cloned()).collect()
    };
    match (keys(left), keys(right)) {
        (Some(keys), Some(others)) => {
            !keys.is_empty() && keys == others && keys.len() == left.len() && keys.len() == right.len()
        }
        _ => false,
    }
}

/// The variables of an expression, those in its comprehensions left out.
pub(super) fn variables(expression: &Expression) -> Vec<Slot> {
    let mut found = Vec::new();
    each_variable(expression, &mut |slot| found.push(slot));
    found
}

fn each_variable(expression: &Expression, found: &mut dyn FnMut(Slot)) {
    match expression {
        Expression::Constant(_) | Expression::Comprehension(_) => {}
        Expression::Variable(slot) => found(*slot),
        Expression::Reference(reference) => {
            if let Root::Variable(slot) = reference.root {
                found(slot);
            }
            reference.path.iter().for_each(|segment| each_variable(segment, found));
        }
        Expression::Array(items) | Expression::Set(items) => items.iter().for_each(|item| each_variable(item, found)),
        Expression::Object(fields) => {
            for (key, value) in fields {
                each_variable(key, found);
                each_variable(value, found);
            }
        }
    }
}

/// The expressions that a goal itself holds, not those of a body in it.
fn each_expression<'a>(goal: &'a Goal, found: &mut dyn FnMut(&'a Expression)) {
    match &goal.kind {
        GoalKind::Unify { left, right, .. } => [left, right].into_iter().for_each(&mut *found),
        GoalKind::Match { pattern, value } => [pattern, value].into_iter().for_each(&mut *found),
        GoalKind::Equal { left, right } => [left, right].into_iter().for_each(&mut *found),
        GoalKind::Each { reference, pattern } => {
            reference.path.iter().chain(pattern).for_each(&mut *found);
        }
        GoalKind::Truth(expression) | GoalKind::Every { domain: expression, .. } => found(expression),
        GoalKind::Call { arguments, result, .. } => arguments.iter().chain(result).for_each(&mut *found),
        GoalKind::Print(arguments) => arguments.iter().for_each(&mut *found),
    }
    goal.with.iter().filter_map(replaced_by).for_each(found);
}

fn replaced_by(modifier: &Modifier) -> Option<&Expression> {
    match &modifier.value {
        Replacement::Value(expression) => Some(expression),
        Replacement::Function(_) => None,
    }
}

/// The variables that a goal mentions, those in comprehensions and under `every` left out.
fn own_variables(goal: &Goal) -> Slots {
    let mut found = Slots::new();
    if let GoalKind::Each { reference: Reference { root: Root::Variable(slot), .. }, .. } = &goal.kind {
        found.insert(*slot);
    }
    each_expression(goal, &mut |expression| {
        each_variable(expression, &mut |slot| {
            found.insert(slot);
        })
    });
    found
}

/// The variables inside a goal's comprehensions and bodies.
fn closed_over(goal: &Goal) -> Slots {
    let mut found = Slots::new();
    let mut comprehensions = Vec::new();
    each_expression(goal, &mut |expression| comprehensions_in(expression, &mut comprehensions));
    let mut add = |goals: &[Goal]| {
        for goal in goals {
            found.union_with(&own_variables(goal));
            found.union_with(&closed_over(goal));
        }
    };
    if let GoalKind::Every { body, .. } = &goal.kind {
        add(body);
    }
    for comprehension in &comprehensions {
        add(&comprehension.body);
    }
    for comprehension in comprehensions {
        found.extend(comprehension.key.iter().chain([&comprehension.term]).flat_map(variables));
    }
    found
}

fn comprehensions_in<'a>(expression: &'a Expression, found: &mut Vec<&'a super::program::Comprehension>) {
    match expression {
        Expression::Constant(_) | Expression::Variable(_) => {}
        Expression::Comprehension(comprehension) => found.push(comprehension),
        Expression::Reference(reference) => reference.path.iter().for_each(|item| comprehensions_in(item, found)),
        Expression::Array(items) | Expression::Set(items) => {
            items.iter().for_each(|item| comprehensions_in(item, found));
        }
        Expression::Object(fields) => {
            for (key, value) in fields {
                comprehensions_in(key, found);
                comprehensions_in(value, found);
            }
        }
    }
}

/// The variables that a goal gives a value, if these have one.
fn outputs(goal: &Goal, bound: &Slots) -> Slots {
    let mut given = Slots::new();
    let replacements = goal.with.iter().filter_map(replaced_by).flat_map(variables);
    if goal.negated || replacements.into_iter().any(|slot| !bound.contains(slot)) {
        return given;
    }
    match &goal.kind {
        GoalKind::Unify { left, right, binds } => {
            run_over(left, bound, &mut given);
            run_over(right, bound, &mut given);
            if *binds != Binds::Neither {
                let mut known = bound.clone();
                known.union_with(&given);
                if *binds == Binds::Left {
                    for slot in variables(left) {
                        known.remove(slot);
                    }
                }
                while unify(left, right, &mut known) {}
                given.union_with(&known);
            }
        }
        GoalKind::Call { arguments, result, .. } => {
            arguments.iter().chain(result).for_each(|expression| run_over(expression, bound, &mut given));
            let is_ready = |slot: Slot| bound.contains(slot) || given.contains(slot);
            if let Some(result) = result
                && arguments.iter().flat_map(variables).all(is_ready)
            {
                pattern_variables(result, &mut given);
            }
        }
        GoalKind::Truth(expression) | GoalKind::Every { domain: expression, .. } => {
            run_over(expression, bound, &mut given);
        }
        GoalKind::Match { .. } | GoalKind::Equal { .. } | GoalKind::Each { .. } | GoalKind::Print(_) => {}
    }
    given.difference_with(bound);
    given
}

/// References give the variables of their paths all values there are, once their root has a value.
fn run_over(expression: &Expression, bound: &Slots, given: &mut Slots) {
    match expression {
        Expression::Constant(_) | Expression::Variable(_) | Expression::Comprehension(_) => {}
        Expression::Reference(reference) => {
            if let Root::Variable(slot) = reference.root
                && !bound.contains(slot)
            {
                return;
            }
            for segment in &reference.path {
                run_over(segment, bound, given);
                pattern_variables(segment, given);
            }
        }
        Expression::Array(items) | Expression::Set(items) => {
            items.iter().for_each(|item| run_over(item, bound, given));
        }
        Expression::Object(fields) => {
            for (key, value) in fields {
                run_over(key, bound, given);
                run_over(value, bound, given);
            }
        }
    }
}

/// The variables that a pattern gives a value: keys of objects are looked up, elements of sets compared.
fn pattern_variables(pattern: &Expression, given: &mut Slots) {
    match pattern {
        Expression::Variable(slot) => {
            given.insert(*slot);
        }
        Expression::Array(items) => items.iter().for_each(|item| pattern_variables(item, given)),
        Expression::Object(fields) => fields.iter().for_each(|(_, value)| pattern_variables(value, given)),
        Expression::Constant(_) | Expression::Set(_) | Expression::Reference(_) | Expression::Comprehension(_) => {}
    }
}

/// Adds what a unification of these makes known; whether that is anything.
fn unify(left: &Expression, right: &Expression, known: &mut Slots) -> bool {
    let before = known.len();
    let is_known = |side: &Expression, known: &Slots| match side {
        // Its path is run over.
        Expression::Reference(reference) => !matches!(reference.root, Root::Variable(slot) if !known.contains(slot)),
        side => variables(side).iter().all(|slot| known.contains(*slot)),
    };
    match (left, right) {
        (Expression::Array(left), Expression::Array(right)) if left.len() == right.len() => {
            for (left, right) in left.iter().zip(right) {
                while unify(left, right, known) {}
            }
        }
        _ => {
            if is_known(right, known) && keys_are_known(left, known) {
                pattern_variables(left, known);
            }
            if is_known(left, known) && keys_are_known(right, known) {
                pattern_variables(right, known);
            }
        }
    }
    known.len() > before
}

/// A pattern can be matched only once what it looks up and compares has a value.
fn keys_are_known(pattern: &Expression, known: &Slots) -> bool {
    match pattern {
        Expression::Object(fields) => fields.iter().all(|(key, value)| {
            variables(key).iter().all(|slot| known.contains(*slot)) && keys_are_known(value, known)
        }),
        Expression::Array(items) => items.iter().all(|item| keys_are_known(item, known)),
        Expression::Set(_) => variables(pattern).iter().all(|slot| known.contains(*slot)),
        _ => true,
    }
}
