//! The syntax tree of a module: Rego as its author wrote it, operators and keywords resolved to the names that OPA
//! gives them (`equal`, `plus`, `internal.member_2`).

use std::sync::Arc;

use regorus::Value;
use serde_json::Map;

use super::location::{Location, Position};

/// A variable, or a segment of a path.
pub(crate) type Name = Arc<str>;

/// One policy file.
#[derive(Debug, Clone)]
pub struct Module {
    /// The file.
    pub(crate) path: String,
    /// Segments of the package: `["main"]`.
    pub(crate) package: Vec<String>,
    /// Where the package is named.
    pub(crate) package_at: Position,
    /// Its imports of `data` and `input`.
    pub(crate) imports: Vec<Import>,
    /// Its rules, each definition by itself.
    pub(crate) rules: Vec<Rule>,
    /// Its METADATA comments.
    pub(crate) annotations: Vec<Annotation>,
}

impl Module {
    /// A place in this module.
    pub(crate) fn location(&self, at: Position) -> Location {
        at.within(&self.path)
    }
}

/// What a METADATA comment is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Rule,
    Document,
    Package,
    Subpackages,
}

impl Scope {
    pub const NAMES: [(&'static str, Scope); 4] = [
        ("rule", Scope::Rule),
        ("document", Scope::Document),
        ("package", Scope::Package),
        ("subpackages", Scope::Subpackages),
    ];

    pub fn name(self) -> &'static str {
        Self::NAMES.into_iter().find(|(_, scope)| *scope == self).map_or("rule", |(name, _)| name)
    }
}

/// A METADATA comment.
#[derive(Debug, Clone)]
pub(crate) struct Annotation {
    /// The line of its first comment.
    pub at: Position,
    pub scope: Scope,
    /// Index of the rule that it stands above; none for the package.
    pub rule: Option<usize>,
    /// What it says.
    pub fields: Map<String, serde_json::Value>,
}

/// `import data.lib.time as clock`
#[derive(Debug, Clone)]
pub(crate) struct Import {
    /// The name it has in the module: `clock`.
    pub alias: Name,
    /// What it stands for: `["data", "lib", "time"]`.
    pub target: Vec<Name>,
}

/// What a definition makes of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleKind {
    /// `deny contains …` or, in Rego v0, `deny[…] { … }`
    PartialSet,
    /// `deny[key] := …`
    PartialObject,
    /// `deny := …`, `deny if …`
    Complete,
    /// `default deny := …`
    Default,
    /// `deny(x) := …`
    Function,
}

impl RuleKind {
    /// How an error calls it.
    pub fn name(self) -> &'static str {
        match self {
            RuleKind::PartialSet => "a partial set",
            RuleKind::PartialObject => "a partial object",
            RuleKind::Complete => "a complete rule",
            RuleKind::Default => "a default value",
            RuleKind::Function => "a function",
        }
    }
}

/// One definition of a rule or function.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    /// Where its head starts.
    pub at: Position,
    /// What it makes of its name.
    pub kind: RuleKind,
    /// Its own name, and the segments behind it: `deny`, `settings.limits[key]`.
    pub head: Vec<Term>,
    /// Parameters of a function.
    pub parameters: Option<Vec<Term>>,
    /// The element of a partial set.
    pub element: Option<Term>,
    /// Bodies, each with the value that it gives. Of those joined by `else` the first that holds counts; others are
    /// definitions of their own.
    pub branches: Vec<Branch>,
}

impl Rule {
    /// The rule's own name.
    pub fn name(&self) -> &str {
        match self.head.first().map(|term| &term.kind) {
            Some(TermKind::Var(name)) => name,
            _ => "",
        }
    }

    /// The segments of its head that are written out: `["settings", "limits"]`.
    pub fn written_head(&self) -> Vec<String> {
        let own = self.head.first().and_then(Term::segment);
        let behind = self.head.iter().skip(1).map_while(Term::text);
        own.into_iter().chain(behind).map(|segment| segment.to_string()).collect()
    }
}

/// A body and its value.
#[derive(Debug, Clone)]
pub(crate) struct Branch {
    /// The value; `true` where none is written.
    pub value: Term,
    /// What has to hold.
    pub body: Vec<Statement>,
}

/// An expression.
#[derive(Debug, Clone)]
pub(crate) struct Term {
    /// Where it starts.
    pub at: Position,
    /// What it is.
    pub kind: TermKind,
}

/// The kinds of expressions.
#[derive(Debug, Clone)]
pub(crate) enum TermKind {
    /// A constant.
    Value(Value),
    /// A variable, a rule, an import or a root document.
    Var(Name),
    /// `head.segment[index]`: the head and what is behind it, strings for written-out segments.
    Ref(Vec<Term>),
    /// `[a, b]`
    Array(Vec<Term>),
    /// `{a, b}`
    Set(Vec<Term>),
    /// `{a: b}`
    Object(Vec<(Term, Term)>),
    /// `[a | …]`, `{a | …}`, `{a: b | …}`
    Comprehension(Box<Comprehension>),
    /// `f(a)`, also operators.
    Call(Box<Call>),
}

/// `[term | body]` and its kin.
#[derive(Debug, Clone)]
pub(crate) struct Comprehension {
    /// What it makes.
    pub kind: ComprehensionKind,
    /// The key, of an object.
    pub key: Option<Term>,
    /// The element or value.
    pub term: Term,
    /// What has to hold.
    pub body: Vec<Statement>,
}

/// What a comprehension makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ComprehensionKind {
    Array,
    Set,
    Object,
}

/// A call of a function, a builtin or an operator.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// Its name: `["data", "lib", "f"]`, `["count"]`.
    pub function: Vec<Name>,
    /// What it is called with.
    pub arguments: Vec<Term>,
}

/// One line of a body.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    /// Where it starts.
    pub at: Position,
    /// What it says.
    pub kind: StatementKind,
    /// Its `with` modifiers.
    pub with: Vec<WithModifier>,
}

/// The kinds of statements.
#[derive(Debug, Clone)]
pub(crate) enum StatementKind {
    /// An expression that has to hold; `:=` and `=` are the calls `assign` and `eq`.
    Holds(Term),
    /// `not …`
    Not(Term),
    /// `some x, y`
    Declares(Vec<Name>),
    /// `some key, value in collection`
    SomeIn { key: Option<Term>, value: Term, collection: Term },
    /// `every key, value in domain { … }`
    Every { key: Option<Name>, value: Name, domain: Term, body: Vec<Statement> },
}

/// `with target as value`
#[derive(Debug, Clone)]
pub(crate) struct WithModifier {
    /// What is replaced: a path below `input` or `data`, or a function.
    pub target: Term,
    /// By what.
    pub value: Term,
}

impl Term {
    /// A constant.
    pub fn constant(at: Position, value: Value) -> Self {
        Term { at, kind: TermKind::Value(value) }
    }

    /// As a written-out segment of a path: a variable's name, or a string.
    pub fn segment(&self) -> Option<Name> {
        match &self.kind {
            TermKind::Var(name) => Some(name.clone()),
            TermKind::Value(Value::String(text)) => Some(Name::from(text.as_ref())),
            _ => None,
        }
    }

    /// The name that this is, or that a reference begins with.
    pub fn variable(&self) -> Option<&Name> {
        match &self.kind {
            TermKind::Var(name) => Some(name),
            TermKind::Ref(terms) => terms.first().and_then(Term::variable),
            _ => None,
        }
    }

    /// The text of a string.
    pub fn text(&self) -> Option<Name> {
        match &self.kind {
            TermKind::Value(Value::String(text)) => Some(Name::from(text.as_ref())),
            _ => None,
        }
    }

    /// The operands, if this is a call of that operator.
    pub fn operands(&self, operator: &str) -> Option<(&Term, &Term)> {
        match &self.kind {
            TermKind::Call(call)
                if call.function.len() == 1 && call.function.iter().all(|name| **name == *operator) =>
            {
                match call.arguments.as_slice() {
                    [left, right] => Some((left, right)),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// A path as a person writes it: `data.main["deny-x"]`.
pub(crate) fn dotted<Segment: AsRef<str>>(segments: &[Segment]) -> String {
    let mut text = String::new();
    for segment in segments.iter().map(AsRef::as_ref) {
        if is_identifier(segment) {
            if !text.is_empty() {
                text.push('.');
            }
            text.push_str(segment);
        } else {
            text.push('[');
            text.push_str(&serde_json::Value::from(segment).to_string());
            text.push(']');
        }
    }
    text
}

fn is_identifier(segment: &str) -> bool {
    segment.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && segment.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_quoted_where_it_must_be() {
        let path =
            |segments: &[&str]| dotted(&segments.iter().map(|segment| (*segment).to_owned()).collect::<Vec<_>>());
        assert_eq!(path(&["data", "main", "deny"]), "data.main.deny");
        assert_eq!(path(&["main", "deny-x", "y\"z"]), r#"main["deny-x"]["y\"z"]"#);
    }
}
