//! Text in, syntax tree out: the library's parser, and what it cannot be trusted with.
//!
//! The library reads tokens and gives its own tree, which becomes ours ([`Module`]) at once. Two of its positions are
//! wrong and are put right here: a string starts at its quote, an object at its first key.

use std::num::{NonZeroU32, NonZeroUsize};

use regorus::{Value, unstable as library};

use super::annotations;
use super::defect::Defect;
use super::location::{Location, Position};
use super::prepare::{FUTURE_KEYWORDS, NAMED, PreparedText, imports, names_keywords, prepare, with_value};
use super::scan;
use super::tree::{
    Branch, Call, Comprehension, ComprehensionKind, Import, Module, Name, Rule, RuleKind, Statement, StatementKind,
    Term, TermKind, WithModifier,
};
use super::version::RegoVersion;

use library::{ArithOp, AssignOp, BinOp, BoolOp, Expr, Literal, LiteralStmt, Query, RuleHead, Span};

/// What the library says of a function without body and value.
const NO_BODY: &str = "rule must have a body or assignment";

/// Functions without body and value that one file may have: the text is read again for each.
const MOST_BODILESS: usize = 100;

impl Module {
    /// Parses one file.
    pub fn read(path: &str, text: &str, version: RegoVersion) -> Result<Self, Defect> {
        parse(path, text, version)
    }
}

/// Parses one file.
fn parse(path: &str, text: &str, version: RegoVersion) -> Result<Module, Defect> {
    let scanned = scan::scan(path, text)?;
    let separated = separated(text, &scanned.separators);
    let text = separated.as_deref().unwrap_or(text);
    let mut prepared = prepare(text).unwrap_or_else(|| PreparedText::of(text));
    let mut first = read(path, &prepared, version);
    for _ in 0..MOST_BODILESS {
        let Err(Defect::Parse { at, message, .. }) = &first else { break };
        let Some(text) = with_value(&prepared.text, at.line, at.column).filter(|_| message == NO_BODY) else { break };
        prepared.text = text;
        first = read(path, &prepared, version);
    }
    let mut module = match first {
        Ok(module) => module,
        Err(Defect::Parse { at, message, excerpt, .. }) => {
            unknown_import(path, text)?;
            // Without the keywords of v1 the library reads v0 without a word on standard error.
            let may_be_v0 = version == RegoVersion::V1 && !scanned.has_v1_keywords;
            let is_v0 = may_be_v0 && read(path, &prepared, RegoVersion::V0).is_ok();
            return Err(Defect::Parse { at, message, excerpt, is_v0 });
        }
        Err(defect) => return Err(defect),
    };
    module.annotations = annotations::read(&module, &scanned.comments)?;
    Ok(module)
}

/// An import of keywords that are not known here: what does not parse is meant by them.
fn unknown_import(path: &str, text: &str) -> Result<(), Defect> {
    for (number, target) in imports(text) {
        check_keywords(&target).map_err(|message| Defect::Unsupported {
            at: Position { line: number, column: 1 }.within(path),
            message,
        })?;
    }
    Ok(())
}

/// Whether an import of the language's own asks for something that is known here.
fn check_keywords(target: &str) -> Result<(), String> {
    let is_own = matches!(target.split('.').next(), Some("future" | "rego"));
    match !is_own || names_keywords(target) {
        true => Ok(()),
        false => Err(format!(
            "`import {target}` is not supported here: expected `rego.v1`, or `future.keywords` with one of {}; write what it is for with rules or functions of their own",
            FUTURE_KEYWORDS.join(", ")
        )),
    }
}

/// The text with these blanks as semicolons; no line or column moves.
fn separated(text: &str, separators: &[usize]) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let mut changed = false;
    for separator in separators {
        if let Some(byte) = bytes.get_mut(*separator).filter(|byte| matches!(byte, b' ' | b'\t')) {
            *byte = b';';
            changed = true;
        }
    }
    if changed { String::from_utf8(bytes).ok() } else { None }
}

fn read(path: &str, prepared: &PreparedText, version: RegoVersion) -> Result<Module, Defect> {
    let failed = |error: &dyn std::fmt::Display| parse_defect(path, &error.to_string());
    // How long a file may be is the caller's to say.
    let bytes = NonZeroUsize::MAX;
    let source = library::Source::from_contents_with_limits(path.to_owned(), prepared.text.clone(), bytes, bytes)
        .map_err(|error| failed(&error))?;
    let mut parser = library::Parser::new(&source).map_err(|error| failed(&error))?;
    parser.set_max_col(NonZeroU32::MAX);
    if version == RegoVersion::V1 {
        parser.enable_rego_v1().map_err(|error| failed(&error))?;
    }
    let module = parser.parse().map_err(|error| failed(&error))?;
    Reader { path, prepared }.module(&module)
}

/// The library's errors are texts: "\n--> file:line:column\n  |\n3 | code\n  | ^\nerror: reason".
fn parse_defect(path: &str, error: &str) -> Defect {
    let at = error.lines().find_map(|line| {
        let mut parts = line.strip_prefix("--> ")?.rsplitn(3, ':');
        let (column, line) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        Some(Location { path: path.to_owned(), line, column })
    });
    let at = at.unwrap_or_else(|| Location { path: path.to_owned(), line: 1, column: 1 });
    let prefix = format!("{} |", at.line);
    let excerpt = error.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_default();
    let reason = match bare(error) {
        // `deny[message] { … } { … }`
        reason if reason.starts_with("else cannot be used with set rules") => {
            "a partial set has one body and no `else`: write a rule of its own for each body".to_owned()
        }
        reason => reason,
    };
    let message = shortened(reason.lines().next().unwrap_or_default(), 400);
    Defect::Parse { at, message, excerpt: excerpt.trim().chars().take(160).collect(), is_v0: false }
}

/// A library error without its excerpt.
pub(super) fn bare(message: &str) -> String {
    message.rsplit_once("\nerror: ").map_or(message, |(_, reason)| reason).to_owned()
}

/// The begin of a text, of at most so many characters: what it tells may be a document of megabytes.
pub(crate) fn shortened(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

struct Reader<'a> {
    path: &'a str,
    prepared: &'a PreparedText,
}

type Read<T> = Result<T, Defect>;

impl Reader<'_> {
    fn refuse<T>(&self, at: Position, message: impl Into<String>) -> Read<T> {
        Err(Defect::Unsupported { at: at.within(self.path), message: message.into() })
    }

    fn position(&self, span: &Span) -> Position {
        self.prepared.original(Position { line: span.line, column: span.col })
    }

    /// Where an expression begins. The library says where its operator, its parenthesis or its last key stands.
    fn start(&self, expression: &Expr) -> Position {
        match expression {
            Expr::Call { fcn: first, .. }
            | Expr::RefDot { refr: first, .. }
            | Expr::RefBrack { refr: first, .. }
            | Expr::BinExpr { lhs: first, .. }
            | Expr::BoolExpr { lhs: first, .. }
            | Expr::ArithExpr { lhs: first, .. }
            | Expr::AssignExpr { lhs: first, .. }
            | Expr::Membership { key: Some(first), .. }
            | Expr::Membership { key: None, value: first, .. } => self.start(first),
            Expr::Object { fields, span, .. } => match fields.first() {
                Some((_, key, _)) => self.start(key),
                None => self.position(span),
            },
            Expr::String { span, .. } | Expr::RawString { span, .. } => {
                let Position { line, column } = self.position(span);
                Position { line, column: column.saturating_sub(1).max(1) }
            }
            other => self.position(other.span()),
        }
    }

    /// A name as its author wrote it.
    fn name(&self, text: &str) -> Name {
        Name::from(text.strip_prefix(NAMED).unwrap_or(text))
    }

    fn module(&self, module: &library::Module) -> Read<Module> {
        let package = self.path(&module.package.refr)?;
        let mut imports = Vec::new();
        for import in &module.imports {
            imports.extend(self.import(import)?);
        }
        let mut rules = Vec::new();
        for rule in &module.policy {
            self.rule(rule, &mut rules)?;
        }
        Ok(Module {
            path: self.path.to_owned(),
            package: package.iter().map(|segment| segment.to_string()).collect(),
            package_at: self.position(&module.package.span),
            imports,
            rules,
            annotations: Vec::new(),
        })
    }

    fn import(&self, import: &library::Import) -> Read<Option<Import>> {
        let target = self.path(&import.refr)?;
        let at = self.position(&import.span);
        check_keywords(&target.join(".")).or_else(|message| self.refuse(at, message))?;
        if matches!(target.first().map(|name| &**name), Some("future" | "rego")) {
            return Ok(None);
        }
        let alias = match &import.r#as {
            Some(alias) => Name::from(alias.text()),
            None => target.last().cloned().unwrap_or_else(|| Name::from("data")),
        };
        Ok(Some(Import { alias, target }))
    }

    /// The segments of a reference that is written out.
    fn path(&self, expression: &Expr) -> Read<Vec<Name>> {
        let term = self.term(expression)?;
        let segments = match &term.kind {
            TermKind::Var(name) => Some(vec![name.clone()]),
            TermKind::Ref(terms) => terms.iter().map(Term::segment).collect(),
            _ => None,
        };
        match segments {
            Some(segments) => Ok(segments),
            None => self.refuse(term.at, "expected a path of names, such as `data.lib.time`"),
        }
    }

    fn rule(&self, rule: &library::Rule, rules: &mut Vec<Rule>) -> Read<()> {
        match rule {
            library::Rule::Default { span, refr, args, value, .. } => {
                let at = self.position(span);
                let parameters = match args.is_empty() {
                    true => None,
                    false => Some(args.iter().map(|argument| self.term(argument)).collect::<Read<_>>()?),
                };
                let value = self.term(value)?;
                let head = self.head(refr)?;
                let branches = vec![Branch { value, body: Vec::new() }];
                rules.push(Rule { at, kind: RuleKind::Default, head, parameters, element: None, branches });
            }
            library::Rule::Spec { span, head, bodies } => self.definitions(self.position(span), head, bodies, rules)?,
        }
        Ok(())
    }

    /// Bodies in a row are definitions of their own, those joined by `else` are one.
    fn definitions(
        &self,
        at: Position,
        head: &RuleHead,
        bodies: &[library::RuleBody],
        rules: &mut Vec<Rule>,
    ) -> Read<()> {
        let truth = |at: Position| Term::constant(at, Value::from(true));
        let (head, kind, parameters, element, value) = match head {
            // `name[element]` of Rego v0, without a body. The library takes it for an object where a keyword follows.
            RuleHead::Compr { refr, assign: None, .. } if bodies.is_empty() => {
                let mut head = self.head(refr)?;
                let element = if head.len() == 2 { head.pop() } else { None };
                let kind = if element.is_some() { RuleKind::PartialSet } else { RuleKind::Complete };
                (head, kind, None, element, None)
            }
            RuleHead::Compr { refr, assign, .. } => {
                let head = self.head(refr)?;
                let is_complete = head.iter().all(|term| term.segment().is_some() && !is_inner_variable(term, &head));
                let kind = if is_complete { RuleKind::Complete } else { RuleKind::PartialObject };
                (head, kind, None, None, self.assigned(assign.as_ref())?)
            }
            RuleHead::Set { refr, key: Some(key), .. } => {
                (self.head(refr)?, RuleKind::PartialSet, None, Some(self.term(key)?), None)
            }
            // `name.key { … }` of Rego v0.
            RuleHead::Set { refr, key: None, .. } => {
                let mut head = self.head(refr)?;
                let key = head.pop();
                (head, RuleKind::PartialSet, None, key, None)
            }
            RuleHead::Func { refr, args, assign, .. } => {
                let parameters = args.iter().map(|argument| self.term(argument)).collect::<Read<_>>()?;
                (self.head(refr)?, RuleKind::Function, Some(parameters), None, self.assigned(assign.as_ref())?)
            }
        };
        let value = value.unwrap_or_else(|| truth(at));
        let mut definition =
            Rule { at, kind, head, parameters, element, branches: Vec::with_capacity(bodies.len().max(1)) };
        if bodies.is_empty() {
            definition.branches.push(Branch { value, body: Vec::new() });
            rules.push(definition);
            return Ok(());
        }
        for body in bodies {
            if !body.is_else && !definition.branches.is_empty() {
                let branches = std::mem::take(&mut definition.branches);
                rules.push(Rule { branches, ..definition.clone() });
            }
            let value = match (self.assigned(body.assign.as_ref())?, body.is_else) {
                (Some(value), _) => value,
                (None, true) => truth(self.position(&body.span)),
                (None, false) => value.clone(),
            };
            definition.branches.push(Branch { value, body: self.query(&body.query)? });
        }
        rules.push(definition);
        Ok(())
    }

    fn head(&self, expression: &Expr) -> Read<Vec<Term>> {
        let term = self.term(expression)?;
        match term.kind {
            TermKind::Ref(terms) => Ok(terms),
            _ => Ok(vec![term]),
        }
    }

    fn assigned(&self, assign: Option<&library::RuleAssign>) -> Read<Option<Term>> {
        assign.map(|assign| self.term(&assign.value)).transpose()
    }

    fn query(&self, query: &Query) -> Read<Vec<Statement>> {
        query.stmts.iter().map(|statement| self.statement(statement)).collect()
    }

    fn statement(&self, statement: &LiteralStmt) -> Read<Statement> {
        let at = self.position(&statement.span);
        let kind = match &statement.literal {
            Literal::SomeVars { vars, .. } => {
                StatementKind::Declares(vars.iter().map(|name| Name::from(name.text())).collect())
            }
            Literal::SomeIn { key, value, collection, .. } => StatementKind::SomeIn {
                key: key.as_ref().map(|key| self.term(key)).transpose()?,
                value: self.term(value)?,
                collection: self.term(collection)?,
            },
            Literal::Expr { expr, .. } => StatementKind::Holds(self.term(expr)?),
            Literal::NotExpr { expr, .. } => StatementKind::Not(self.negated(self.term(expr)?)),
            Literal::Every { key, value, domain, query, .. } => StatementKind::Every {
                key: key.as_ref().map(|key| Name::from(key.text())),
                value: Name::from(value.text()),
                domain: self.term(domain)?,
                body: self.query(query)?,
            },
        };
        let with = statement
            .with_mods
            .iter()
            .map(|with| Ok(WithModifier { target: self.term(&with.refr)?, value: self.term(&with.r#as)? }))
            .collect::<Read<_>>()?;
        Ok(Statement { at, kind, with })
    }

    /// What is negated: where bodies are, the question whether one with this alone holds.
    fn negated(&self, term: Term) -> Term {
        let holds = || vec![Name::from("internal"), Name::from("holds")];
        let is_body = matches!(&term.kind, TermKind::Call(call) if call.function == holds());
        if is_body || !self.prepared.negates_bodies {
            return term;
        }
        let at = term.at;
        let body = vec![Statement { at, kind: StatementKind::Holds(term), with: Vec::new() }];
        let comprehension = Comprehension {
            kind: ComprehensionKind::Array,
            key: None,
            term: Term::constant(at, Value::from(true)),
            body,
        };
        let argument = Term { at, kind: TermKind::Comprehension(Box::new(comprehension)) };
        let call = Call { function: holds(), arguments: vec![argument] };
        Term { at, kind: TermKind::Call(Box::new(call)) }
    }

    fn terms(&self, expressions: &[library::ExprRef]) -> Read<Vec<Term>> {
        expressions.iter().map(|expression| self.term(expression)).collect()
    }

    fn term(&self, expression: &Expr) -> Read<Term> {
        let at = self.start(expression);
        let kind = match expression {
            Expr::Number { span, value, .. } if span.text().contains(['e', 'E']) && is_whole(value) => {
                return self.refuse(at, "a whole number with an exponent: write its digits out");
            }
            // It would be rounded.
            Expr::Number { span, value, .. } if span.text().contains('.') && is_whole(value) && !is_exact(value) => {
                return self.refuse(at, "a large whole number with a point: write its digits without one");
            }
            Expr::String { value, .. }
            | Expr::RawString { value, .. }
            | Expr::Number { value, .. }
            | Expr::Bool { value, .. }
            | Expr::Null { value, .. } => TermKind::Value(value.clone()),
            Expr::Var { span, .. } => TermKind::Var(self.name(span.text())),
            Expr::Array { items, .. } => TermKind::Array(self.terms(items)?),
            Expr::Set { items, .. } => TermKind::Set(self.terms(items)?),
            Expr::Object { fields, .. } => {
                let field = |(_, key, value): &(Span, library::ExprRef, library::ExprRef)| {
                    Ok((self.term(key)?, self.term(value)?))
                };
                TermKind::Object(fields.iter().map(field).collect::<Read<_>>()?)
            }
            Expr::ArrayCompr { term, query, .. } => self.comprehension(ComprehensionKind::Array, None, term, query)?,
            Expr::SetCompr { term, query, .. } => self.comprehension(ComprehensionKind::Set, None, term, query)?,
            Expr::ObjectCompr { key, value, query, .. } => {
                self.comprehension(ComprehensionKind::Object, Some(key), value, query)?
            }
            Expr::Call { fcn, params, .. } => {
                TermKind::Call(Box::new(Call { function: self.path(fcn)?, arguments: self.terms(params)? }))
            }
            Expr::UnaryExpr { expr, .. } => self.negative(at, expr)?,
            Expr::RefDot { .. } | Expr::RefBrack { .. } => self.reference(expression)?,
            Expr::BinExpr { op, lhs, rhs, .. } => {
                let operator = match op {
                    BinOp::Intersection => "and",
                    BinOp::Union => "or",
                };
                self.operator(operator, lhs, rhs)?
            }
            Expr::BoolExpr { op, lhs, rhs, .. } => {
                let operator = match op {
                    BoolOp::Lt => "lt",
                    BoolOp::Le => "lte",
                    BoolOp::Eq => "equal",
                    BoolOp::Ge => "gte",
                    BoolOp::Gt => "gt",
                    BoolOp::Ne => "neq",
                };
                self.operator(operator, lhs, rhs)?
            }
            Expr::ArithExpr { op, lhs, rhs, .. } => {
                let operator = match op {
                    ArithOp::Add => "plus",
                    ArithOp::Sub => "minus",
                    ArithOp::Mul => "mul",
                    ArithOp::Div => "div",
                    ArithOp::Mod => "rem",
                };
                self.operator(operator, lhs, rhs)?
            }
            Expr::AssignExpr { op, lhs, rhs, .. } => {
                let operator = match op {
                    AssignOp::Eq => "eq",
                    AssignOp::ColEq => "assign",
                };
                self.operator(operator, lhs, rhs)?
            }
            Expr::Membership { key: None, value, collection, .. } => {
                self.operator("internal.member_2", value, collection)?
            }
            Expr::Membership { key: Some(key), value, collection, .. } => TermKind::Call(Box::new(Call {
                function: vec![Name::from("internal"), Name::from("member_3")],
                arguments: vec![self.term(key)?, self.term(value)?, self.term(collection)?],
            })),
        };
        Ok(Term { at, kind })
    }

    fn operator(&self, name: &str, left: &Expr, right: &Expr) -> Read<TermKind> {
        let function = name.split('.').map(Name::from).collect();
        Ok(TermKind::Call(Box::new(Call { function, arguments: vec![self.term(left)?, self.term(right)?] })))
    }

    fn comprehension(
        &self,
        kind: ComprehensionKind,
        key: Option<&library::ExprRef>,
        term: &Expr,
        query: &Query,
    ) -> Read<TermKind> {
        let key = key.map(|key| self.term(key)).transpose()?;
        let (term, body) = (self.term(term)?, self.query(query)?);
        Ok(TermKind::Comprehension(Box::new(Comprehension { kind, key, term, body })))
    }

    fn negative(&self, at: Position, expression: &Expr) -> Read<TermKind> {
        if let Expr::Number { span, .. } = expression
            && let Ok(value) = Value::from_numeric_string(&format!("-{}", span.text()))
        {
            return Ok(TermKind::Value(value));
        }
        self.refuse(at, "`-` before something else than a number: write `0 - …`")
    }

    /// A reference taken apart, in reading order.
    fn reference(&self, expression: &Expr) -> Read<TermKind> {
        let mut steps = Vec::new();
        let mut root = expression;
        loop {
            match root {
                Expr::RefDot { refr, field, .. } => {
                    steps.push(Term::constant(self.position(&field.0), Value::from(field.0.text())));
                    root = refr;
                }
                Expr::RefBrack { refr, index, .. } => {
                    steps.push(self.term(index)?);
                    root = refr;
                }
                _ => break,
            }
        }
        steps.push(self.term(root)?);
        steps.reverse();
        Ok(TermKind::Ref(steps))
    }
}

/// Whether this is a variable in a head, and not its name.
fn is_inner_variable(term: &Term, head: &[Term]) -> bool {
    matches!(term.kind, TermKind::Var(_)) && !head.first().is_some_and(|first| std::ptr::eq(first, term))
}

/// Whether a double holds all whole numbers up to this one.
fn is_exact(value: &Value) -> bool {
    value.as_i64().is_ok_and(|whole| whole.unsigned_abs() < 1 << 53)
}

fn is_whole(value: &Value) -> bool {
    matches!(value, Value::Number(number) if number.is_integer())
}
