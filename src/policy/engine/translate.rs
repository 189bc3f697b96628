//! Translates the Rego library's syntax tree into ours.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{Value, tree};
use crate::policy::syntax::{At, Import, ParsedModule, ParsedRule, Role, RuleKind, Use};

use tree::{AssignOp, Expr, Literal, LiteralStmt, Module, Query, Rule, RuleAssign, RuleHead, Span};

/// Our picture of a parsed module.
pub(super) fn module(path: &str, module: &Module) -> ParsedModule {
    let mut walker =
        Walker { path, words: BTreeSet::new(), reads_input_whole: false, locals: BTreeSet::new(), uses: Vec::new() };
    let imports: Vec<Import> = module.imports.iter().filter_map(import).collect();
    walker.reads_input_whole = imports.iter().any(|import| names_no_document(&import.target));
    let rules = module.policy.iter().map(|rule| walker.rule(rule)).collect();
    ParsedModule {
        path: path.to_owned(),
        package: written_out(&module.package.refr),
        package_at: walker.at(&module.package.span),
        imports,
        rules,
        words: walker.words,
        reads_input_whole: walker.reads_input_whole,
    }
}

fn import(import: &tree::Import) -> Option<Import> {
    let target = written_out(&import.refr);
    // `rego.v1` and `future.keywords` name no document.
    let document = target.first().is_some_and(|root| root == "data" || root == "input");
    let alias = import.r#as.as_ref().map(|alias| alias.text().to_owned()).or_else(|| target.last().cloned())?;
    document.then_some(Import { alias, target })
}

/// Whether this is the input, or all its documents, and what of it is meant is not written out.
fn names_no_document(path: &[String]) -> bool {
    match path {
        [root] => root == "input",
        [root, member] => root == "input" && (member == "proven" || member == "attached"),
        _ => false,
    }
}

/// One step of a reference behind its root.
enum Step<'a> {
    Named(Cow<'a, str>),
    Computed(&'a Expr),
}

/// A reference taken apart: its root and the steps behind it, in reading order.
fn unroll(expression: &Expr) -> (&Expr, Vec<Step<'_>>) {
    let mut steps = Vec::new();
    let mut root = expression;
    loop {
        match root {
            Expr::RefDot { refr, field, .. } => {
                steps.push(Step::Named(text(&field.1)));
                root = refr;
            }
            Expr::RefBrack { refr, index, .. } => {
                steps.push(match index.as_ref() {
                    Expr::String { value, .. } | Expr::RawString { value, .. } => Step::Named(text(value)),
                    computed => Step::Computed(computed),
                });
                root = refr;
            }
            _ => break,
        }
    }
    steps.reverse();
    (root, steps)
}

/// The segments of a reference up to the first computed one.
fn written_out(expression: &Expr) -> Vec<String> {
    let (root, steps) = unroll(expression);
    written(root, &steps)
}

fn written(root: &Expr, steps: &[Step<'_>]) -> Vec<String> {
    let Expr::Var { value, .. } = root else { return Vec::new() };
    let named = steps.iter().map_while(|step| match step {
        Step::Named(name) => Some(name.to_string()),
        Step::Computed(_) => None,
    });
    std::iter::once(text(value).into_owned()).chain(named).collect()
}

fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

/// The variable that a rule's head gives as its element or value, if it is no more than one.
fn result_variable(rule: &Rule) -> Option<String> {
    let Rule::Spec { head, .. } = rule else { return None };
    let result = match head {
        RuleHead::Set { key, .. } => key.as_ref(),
        RuleHead::Func { assign, .. } | RuleHead::Compr { assign, .. } => assign.as_ref().map(|assign| &assign.value),
    };
    match result.map(|result| result.as_ref()) {
        Some(Expr::Var { value, .. }) => Some(text(value).into_owned()),
        _ => None,
    }
}

struct Walker<'a> {
    path: &'a str,
    words: BTreeSet<String>,
    reads_input_whole: bool,
    /// Names that the rule at hand declares for itself.
    locals: BTreeSet<String>,
    uses: Vec<Use>,
}

impl Walker<'_> {
    fn at(&self, span: &Span) -> At {
        At { path: self.path.to_owned(), line: index(span.line), column: index(span.col) }
    }

    fn word(&mut self, word: &str) {
        if !self.words.contains(word) {
            self.words.insert(word.to_owned());
        }
    }

    fn use_of(&mut self, path: Vec<String>, role: Role, span: &Span) {
        let (line, column) = (index(span.line), index(span.col));
        self.uses.push(Use { path, role, line, column, bytes: index(span.start)..index(span.end) });
    }

    fn rule(&mut self, rule: &Rule) -> ParsedRule {
        self.locals.clear();
        self.uses.clear();
        let (head, kind, arguments) = match rule {
            Rule::Spec { head, bodies, .. } => {
                let parsed = self.head(head);
                for body in bodies {
                    self.assigned(body.assign.as_ref());
                    self.query(&body.query);
                }
                parsed
            }
            Rule::Default { refr, args, value, .. } => {
                self.head_steps(refr);
                args.iter().for_each(|argument| self.pattern(argument));
                self.expression(value);
                let kind = if args.is_empty() { RuleKind::Default } else { RuleKind::Function };
                (written_out(refr), kind, (kind == RuleKind::Function).then_some(args.len()))
            }
        };
        let locals = std::mem::take(&mut self.locals);
        let uses: Vec<Use> = std::mem::take(&mut self.uses)
            .into_iter()
            .filter(|used| {
                matches!(used.role, Role::Called(_)) || !used.path.first().is_some_and(|root| locals.contains(root))
            })
            .collect();
        let unbound = result_variable(rule).and_then(|name| {
            let mut mentions = uses.iter().filter(|used| used.path.first() == Some(&name));
            mentions.next().filter(|_| mentions.next().is_none()).cloned()
        });
        ParsedRule { head, kind, arguments, at: self.at(rule.span()), uses, unbound }
    }

    fn head(&mut self, head: &RuleHead) -> (Vec<String>, RuleKind, Option<usize>) {
        match head {
            RuleHead::Set { refr, key, .. } => {
                self.head_steps(refr);
                let written = written_out(refr);
                // Without a key this is `name.key { … }` of Rego v0.
                let kind =
                    if key.is_some() && is_simple(refr) { RuleKind::PartialSet } else { RuleKind::PartialObject };
                if let Some(key) = key {
                    self.expression(key);
                }
                (written, kind, None)
            }
            RuleHead::Func { refr, args, assign, .. } => {
                self.head_steps(refr);
                args.iter().for_each(|argument| self.pattern(argument));
                self.assigned(assign.as_ref());
                (written_out(refr), RuleKind::Function, Some(args.len()))
            }
            RuleHead::Compr { refr, assign, .. } => {
                self.head_steps(refr);
                self.assigned(assign.as_ref());
                let kind = if is_simple(refr) { RuleKind::Complete } else { RuleKind::PartialObject };
                (written_out(refr), kind, None)
            }
        }
    }

    /// Computed keys in a rule's head, and the words of its written-out ones.
    fn head_steps(&mut self, head: &Expr) {
        for step in unroll(head).1 {
            match step {
                Step::Named(name) => self.word(&name),
                Step::Computed(key) => self.expression(key),
            }
        }
    }

    fn assigned(&mut self, assign: Option<&RuleAssign>) {
        if let Some(assign) = assign {
            self.expression(&assign.value);
        }
    }

    fn query(&mut self, query: &Query) {
        query.stmts.iter().for_each(|statement| self.statement(statement));
    }

    fn statement(&mut self, statement: &LiteralStmt) {
        match &statement.literal {
            Literal::SomeVars { vars, .. } => self.locals.extend(vars.iter().map(|name| name.text().to_owned())),
            Literal::SomeIn { key, value, collection, .. } => {
                if let Some(key) = key {
                    self.pattern(key);
                }
                self.pattern(value);
                self.expression(collection);
            }
            Literal::Expr { expr, .. } | Literal::NotExpr { expr, .. } => self.expression(expr),
            Literal::Every { key, value, domain, query, .. } => {
                self.locals.extend(key.iter().chain([value]).map(|name| name.text().to_owned()));
                self.expression(domain);
                self.query(query);
            }
        }
        for modifier in &statement.with_mods {
            self.reference(&modifier.refr, Role::Replaced);
            match modifier.r#as.as_ref() {
                value @ (Expr::Var { .. } | Expr::RefDot { .. } | Expr::RefBrack { .. }) => {
                    self.reference(value, Role::Replacement)
                }
                value => self.expression(value),
            }
        }
    }

    /// Something that variables are bound by: an argument, the left side of `:=`, what follows `some`.
    fn pattern(&mut self, pattern: &Expr) {
        match pattern {
            Expr::Var { value, .. } => {
                self.locals.insert(text(value).into_owned());
            }
            Expr::Array { items, .. } => items.iter().for_each(|item| self.pattern(item)),
            Expr::Object { fields, .. } => {
                for (_, key, value) in fields {
                    self.expression(key);
                    self.pattern(value);
                }
            }
            other => self.expression(other),
        }
    }

    fn expression(&mut self, expression: &Expr) {
        match expression {
            Expr::String { value, .. } | Expr::RawString { value, .. } => {
                self.word(&text(value));
            }
            Expr::Number { .. } | Expr::Bool { .. } | Expr::Null { .. } => {}
            Expr::Var { .. } | Expr::RefDot { .. } | Expr::RefBrack { .. } => self.reference(expression, Role::Read),
            Expr::Array { items, .. } | Expr::Set { items, .. } => items.iter().for_each(|item| self.expression(item)),
            Expr::Object { fields, .. } => {
                for (_, key, value) in fields {
                    self.expression(key);
                    self.expression(value);
                }
            }
            Expr::ArrayCompr { term, query, .. } | Expr::SetCompr { term, query, .. } => {
                self.expression(term);
                self.query(query);
            }
            Expr::ObjectCompr { key, value, query, .. } => {
                self.expression(key);
                self.expression(value);
                self.query(query);
            }
            Expr::Call { span, fcn, params, .. } => self.call(span, fcn, params),
            Expr::UnaryExpr { expr, .. } => self.expression(expr),
            Expr::BinExpr { lhs, rhs, .. } | Expr::BoolExpr { lhs, rhs, .. } | Expr::ArithExpr { lhs, rhs, .. } => {
                self.expression(lhs);
                self.expression(rhs);
            }
            Expr::AssignExpr { op, lhs, rhs, .. } => {
                match op {
                    AssignOp::ColEq => self.pattern(lhs),
                    AssignOp::Eq => self.expression(lhs),
                }
                self.expression(rhs);
            }
            Expr::Membership { key, value, collection, .. } => {
                for part in key.iter().chain([value, collection]) {
                    self.expression(part);
                }
            }
        }
    }

    fn call(&mut self, span: &Span, function: &Expr, arguments: &[tree::ExprRef]) {
        let path = written_out(function);
        // `walk` reaches every name without writing one.
        self.reads_input_whole |= matches!(path.as_slice(), [only] if only == "walk");
        path.iter().for_each(|segment| self.word(segment));
        self.use_of(path, Role::Called(arguments.len()), span);
        arguments.iter().for_each(|argument| self.expression(argument));
    }

    fn reference(&mut self, expression: &Expr, role: Role) {
        let (root, steps) = unroll(expression);
        let written = written(root, &steps);
        for step in steps {
            match step {
                Step::Named(name) => self.word(&name),
                Step::Computed(key) => self.expression(key),
            }
        }
        match root {
            Expr::Var { value, .. } => {
                let name = text(value);
                self.reads_input_whole |= role != Role::Replaced && names_no_document(&written);
                if name != "_" {
                    self.use_of(written, role, expression.span());
                }
            }
            other => self.expression(other),
        }
    }
}

fn is_simple(head: &Expr) -> bool {
    matches!(head, Expr::Var { .. })
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
