//! Looks at every expression of a module.

use super::tree::{Module, Rule, Statement, StatementKind, Term, TermKind};

/// Where an expression stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Site {
    /// Its value is asked for.
    Value,
    /// It is what a `with` replaces.
    Target,
}

/// Calls this with every expression of a module, those inside of others included.
pub(crate) fn each_term<'a>(module: &'a Module, visit: &mut dyn FnMut(&'a Term, Site)) {
    module.rules.iter().for_each(|rule| each_of_rule(rule, visit));
}

fn each_of_rule<'a>(rule: &'a Rule, visit: &mut dyn FnMut(&'a Term, Site)) {
    // The first segment is the rule's own name.
    rule.head
        .iter()
        .skip(1)
        .chain(rule.parameters.iter().flatten())
        .chain(&rule.element)
        .for_each(|term| within(term, visit));
    for branch in &rule.branches {
        within(&branch.value, visit);
        statements(&branch.body, visit);
    }
}

fn statements<'a>(body: &'a [Statement], visit: &mut dyn FnMut(&'a Term, Site)) {
    body.iter().for_each(|statement| each_of_statement(statement, visit));
}

/// Calls this with every expression of a statement.
pub(crate) fn each_of_statement<'a>(statement: &'a Statement, visit: &mut dyn FnMut(&'a Term, Site)) {
    match &statement.kind {
        StatementKind::Holds(term) | StatementKind::Not(term) => within(term, visit),
        StatementKind::Declares(_) => {}
        StatementKind::SomeIn { key, value, collection } => {
            key.iter().chain([value, collection]).for_each(|term| within(term, visit));
        }
        StatementKind::Every { domain, body, .. } => {
            within(domain, visit);
            statements(body, visit);
        }
    }
    for with in &statement.with {
        visit(&with.target, Site::Target);
        within(&with.value, visit);
    }
}

/// Calls this with an expression and those inside of it.
pub(crate) fn within<'a>(term: &'a Term, visit: &mut dyn FnMut(&'a Term, Site)) {
    visit(term, Site::Value);
    match &term.kind {
        TermKind::Value(_) | TermKind::Var(_) => {}
        // Its head is looked at with it, not as a name by itself.
        TermKind::Ref(terms) => {
            let skipped = usize::from(terms.first().is_some_and(|head| matches!(head.kind, TermKind::Var(_))));
            terms.iter().skip(skipped).for_each(|term| within(term, visit));
        }
        TermKind::Array(terms) | TermKind::Set(terms) => terms.iter().for_each(|term| within(term, visit)),
        TermKind::Object(fields) => {
            for (key, value) in fields {
                within(key, visit);
                within(value, visit);
            }
        }
        TermKind::Comprehension(comprehension) => {
            comprehension.key.iter().chain([&comprehension.term]).for_each(|term| within(term, visit));
            statements(&comprehension.body, visit);
        }
        TermKind::Call(call) => call.arguments.iter().for_each(|term| within(term, visit)),
    }
}
