//! What a body comes to once it is understood: goals in the order in which they are tried, over numbered variables.
//!
//! `lower` makes these from the syntax tree, `order` puts them into their order, `machine` evaluates them. A call is
//! a goal of its own and never part of an expression, as in OPA's own compiler: so it is settled what an undefined
//! operand does.

use std::collections::BTreeMap;
use std::sync::Arc;

use regorus::Value;

use super::builtins::Builtin;
use super::location::Position;
use super::tree::ComprehensionKind;

/// The number of a variable in its definition.
pub(crate) type Slot = usize;
/// The number of a rule set in its program.
pub(crate) type RuleNumber = usize;
/// The number of a node in the tree of documents.
pub(crate) type NodeNumber = usize;

/// Something that has a value, or is undefined, or is a pattern with variables that get theirs.
#[derive(Debug, Clone)]
pub(crate) enum Expression {
    Constant(Value),
    Variable(Slot),
    Reference(Box<Reference>),
    Array(Vec<Expression>),
    Set(Vec<Expression>),
    Object(Vec<(Expression, Expression)>),
    Comprehension(Box<Comprehension>),
}

/// `root[path]…`
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    pub root: Root,
    pub path: Vec<Expression>,
}

/// Where a reference starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Root {
    Input,
    /// The data document, rules' results included.
    Data,
    /// Data that no rule can reach.
    Base,
    /// The result of a rule; the path is what is behind it.
    Rule(RuleNumber),
    Variable(Slot),
}

/// `[term | body]` and its kin.
#[derive(Debug, Clone)]
pub(crate) struct Comprehension {
    pub at: Position,
    pub kind: ComprehensionKind,
    pub key: Option<Expression>,
    pub term: Expression,
    pub body: Vec<Goal>,
}

/// One thing that has to hold.
#[derive(Debug, Clone)]
pub(crate) struct Goal {
    pub at: Position,
    pub kind: GoalKind,
    /// Holds if the kind does not.
    pub negated: bool,
    pub with: Vec<Modifier>,
}

/// The kinds of goals.
#[derive(Debug, Clone)]
pub(crate) enum GoalKind {
    /// `left = right`, in no direction yet: `order` makes `Match` or `Each` of it.
    Unify { left: Expression, right: Expression, binds: Binds },
    /// The value has this form; variables without a value get theirs.
    Match { pattern: Expression, value: Expression },
    /// Both are defined and the same.
    Equal { left: Expression, right: Expression },
    /// One after the other, the values at a path with variables. Without a pattern each has to be other than false.
    Each { reference: Reference, pattern: Option<Expression> },
    /// The value is defined, and other than false.
    Truth(Expression),
    /// The result has this form; without one it has to be other than false.
    Call { callee: Callee, arguments: Vec<Expression>, result: Option<Expression> },
    /// The body holds for each element.
    Every { key: Slot, value: Slot, domain: Expression, body: Vec<Goal> },
    /// Always holds.
    Print(Vec<Expression>),
}

/// Which variables a unification may give a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binds {
    /// `=`
    Both,
    /// `:=`
    Left,
    /// `==`
    Neither,
}

/// What is called.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Callee {
    Rule(RuleNumber),
    Builtin(&'static Builtin),
}

impl PartialEq for Callee {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Callee::Rule(left), Callee::Rule(right)) => left == right,
            (Callee::Builtin(left), Callee::Builtin(right)) => left.name == right.name,
            _ => false,
        }
    }
}

/// `with target as value`
#[derive(Debug, Clone)]
pub(crate) struct Modifier {
    pub target: Target,
    pub value: Replacement,
}

/// What `with` replaces.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    /// The input, or what is at this path of it.
    Input(Vec<Arc<str>>),
    /// The data document, or what is at this path of it, rules included.
    Data(Vec<Arc<str>>),
    Function(Callee),
}

/// What stands in for it.
#[derive(Debug, Clone)]
pub(crate) enum Replacement {
    Value(Expression),
    Function(Callee),
}

/// All definitions of one name.
#[derive(Debug)]
pub(crate) struct RuleSet {
    /// Its path below `data`, as far as it is written out.
    pub path: Vec<Value>,
    /// Its first definition.
    pub at: Position,
    /// The number of the module of that.
    pub module: usize,
    pub kind: RuleSetKind,
    pub clauses: Vec<Clause>,
    /// What it is where no clause holds.
    pub default: Option<Clause>,
}

/// What the definitions of a name make of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RuleSetKind {
    Complete,
    /// With so many parameters.
    Function(usize),
    Set,
    /// An object whose keys are computed; with `contains`, of sets.
    Object,
}

/// One definition.
#[derive(Debug)]
pub(crate) struct Clause {
    /// The number of its module.
    pub module: usize,
    pub at: Position,
    pub parameters: Vec<Expression>,
    /// How many variables it has.
    pub slots: usize,
    /// Tried in their order, the first that holds counts.
    pub branches: Vec<ClauseBranch>,
}

/// A body and what it gives.
#[derive(Debug)]
pub(crate) struct ClauseBranch {
    pub body: Vec<Goal>,
    /// The computed segments of an object's path.
    pub path: Vec<Expression>,
    /// The element, where it is added to a set.
    pub element: Option<Expression>,
    pub value: Expression,
}

/// A document below `data`: what is defined at its path, and below it.
#[derive(Debug, Default)]
pub(crate) struct Node {
    pub children: BTreeMap<Value, NodeNumber>,
    pub rules: Option<RuleNumber>,
}

/// All documents below `data` that rules define.
#[derive(Debug)]
pub(crate) struct Documents {
    nodes: Vec<Node>,
}

impl Default for Documents {
    fn default() -> Self {
        Documents { nodes: vec![Node::default()] }
    }
}

impl Documents {
    /// The number of the node of the data document itself.
    pub const ROOT: NodeNumber = 0;

    /// A node by its number.
    pub fn node(&self, number: NodeNumber) -> Option<&Node> {
        self.nodes.get(number)
    }

    /// The node at this path, made if it is not there.
    pub fn insert(&mut self, path: &[Value]) -> NodeNumber {
        let mut current = Self::ROOT;
        for segment in path {
            let next = self.nodes.len();
            let child = match self.nodes.get_mut(current) {
                Some(node) => *node.children.entry(segment.clone()).or_insert(next),
                None => next,
            };
            if child == next {
                self.nodes.push(Node::default());
            }
            current = child;
        }
        current
    }

    /// Says that these rules define the document at a node.
    pub fn define(&mut self, node: NodeNumber, rules: RuleNumber) {
        if let Some(node) = self.nodes.get_mut(node) {
            node.rules = Some(rules);
        }
    }

    /// The node at exactly this path.
    pub fn find(&self, path: &[Value]) -> Option<NodeNumber> {
        path.iter().try_fold(Self::ROOT, |node, segment| self.nodes.get(node)?.children.get(segment).copied())
    }

    /// How far a path leads into the tree: the last node, and the segments up to it.
    pub fn follow(&self, path: &[Value]) -> (NodeNumber, usize) {
        let mut current = Self::ROOT;
        for (length, segment) in path.iter().enumerate() {
            let node = self.nodes.get(current);
            match node.filter(|node| node.rules.is_none()).and_then(|node| node.children.get(segment)) {
                Some(child) => current = *child,
                None => return (current, length),
            }
        }
        (current, path.len())
    }
}

/// All rules, resolved.
#[derive(Debug)]
pub(crate) struct Program {
    /// The rules that others refer to.
    pub read: std::collections::BTreeSet<RuleNumber>,
    /// The files of its modules.
    pub modules: Vec<String>,
    pub sets: Vec<RuleSet>,
    pub documents: Documents,
    /// The data document without the rules' results.
    pub data: Value,
}
