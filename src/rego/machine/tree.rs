//! An object that rules make together: which of its values is a rule's own, and which only lies on the way to one.

use std::collections::BTreeMap;

use regorus::Value;
use regorus::value::{Object, Set};

/// An object being made.
#[derive(Debug, Default)]
pub(super) struct Tree(BTreeMap<Value, Branch>);

#[derive(Debug)]
enum Branch {
    Leaf(Leaf),
    Below(Tree),
}

/// What a rule defines.
#[derive(Debug)]
pub(super) enum Leaf {
    Value(Value),
    /// A set; several rules may add to it.
    Elements(Set),
}

impl Tree {
    /// Adds what a rule defines at a path; whether nothing else is there, above or below.
    pub fn put(&mut self, path: &[Value], leaf: Leaf) -> bool {
        let Some((first, rest)) = path.split_first() else { return false };
        if rest.is_empty() {
            return match self.0.get_mut(first) {
                None => {
                    self.0.insert(first.clone(), Branch::Leaf(leaf));
                    true
                }
                Some(Branch::Leaf(Leaf::Elements(known))) => match leaf {
                    Leaf::Elements(mut more) => {
                        known.append(&mut more);
                        true
                    }
                    Leaf::Value(_) => false,
                },
                Some(Branch::Leaf(Leaf::Value(known))) => matches!(leaf, Leaf::Value(value) if value == *known),
                Some(Branch::Below(_)) => false,
            };
        }
        match self.0.entry(first.clone()).or_insert_with(|| Branch::Below(Tree::default())) {
            Branch::Below(below) => below.put(rest, leaf),
            Branch::Leaf(_) => false,
        }
    }

    /// Adds another object at a path; whether nothing else is there.
    pub fn merge(&mut self, path: &[Value], other: Tree) -> bool {
        other.0.into_iter().all(|(key, branch)| {
            let path = [path, &[key]].concat();
            match branch {
                Branch::Leaf(leaf) => self.put(&path, leaf),
                Branch::Below(below) => self.merge(&path, below),
            }
        })
    }

    /// The object.
    pub fn into_value(self) -> Value {
        let mut object = Object::default();
        for (key, branch) in self.0 {
            let value = match branch {
                Branch::Leaf(Leaf::Value(value)) => value,
                Branch::Leaf(Leaf::Elements(elements)) => elements.into_value(),
                Branch::Below(below) => below.into_value(),
            };
            object.insert(key, value);
        }
        object.into_value()
    }
}
