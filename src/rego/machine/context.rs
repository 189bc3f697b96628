//! What `with` replaces: the input, data, and functions; and the results of rules as they are under it.

use std::collections::BTreeMap;
use std::sync::Arc;

use regorus::Value;

use crate::rego::program::{Callee, Modifier, Program, RuleNumber, Target};

/// The documents, functions and results at hand.
#[derive(Debug)]
pub(crate) struct Context {
    layers: Vec<Layer>,
}

#[derive(Debug)]
struct Layer {
    input: Value,
    data: Value,
    /// The paths below `data` that a `with` replaces: rules there do not count.
    masked: Mask,
    mocks: Vec<(Callee, Mock)>,
    /// The results of rules, by their numbers.
    results: Vec<Option<Option<Value>>>,
}

/// A tree of paths.
#[derive(Debug, Clone, Default)]
pub(super) struct Mask {
    here: bool,
    below: BTreeMap<Arc<str>, Mask>,
}

/// What stands in for a function.
#[derive(Debug, Clone)]
pub(super) enum Mock {
    Value(Value),
    Function(Callee),
}

impl Context {
    /// Nothing replaced.
    pub fn new(program: &Program, input: Value) -> Self {
        let layer = Layer {
            input,
            data: program.data.clone(),
            masked: Mask::default(),
            mocks: Vec::new(),
            results: vec![None; program.sets.len()],
        };
        Context { layers: vec![layer] }
    }

    /// Back to where nothing is replaced.
    pub fn leave_all(&mut self) {
        self.layers.truncate(1);
    }

    fn top(&self) -> Option<&Layer> {
        self.layers.last()
    }

    pub(super) fn input(&self) -> Value {
        self.top().map_or(Value::Undefined, |layer| layer.input.clone())
    }

    pub(super) fn data(&self) -> Value {
        self.top().map_or(Value::Undefined, |layer| layer.data.clone())
    }

    pub(super) fn masked(&self) -> Option<&Mask> {
        self.top().map(|layer| &layer.masked)
    }

    pub(super) fn is_masked(&self, path: &[Value]) -> bool {
        let Some(mut mask) = self.masked() else { return false };
        for segment in path {
            if mask.here {
                return true;
            }
            match mask.below(segment) {
                Some(below) => mask = below,
                None => return false,
            }
        }
        mask.here
    }

    pub(super) fn mock(&self, callee: &Callee) -> Option<Mock> {
        let mocks = &self.top()?.mocks;
        mocks.iter().rev().find(|(replaced, _)| replaced == callee).map(|(_, mock)| mock.clone())
    }

    pub(super) fn result(&self, rules: RuleNumber) -> Option<&Option<Value>> {
        self.top()?.results.get(rules)?.as_ref()
    }

    pub(super) fn keep(&mut self, rules: RuleNumber, result: Option<Value>) {
        if let Some(place) = self.layers.last_mut().and_then(|layer| layer.results.get_mut(rules)) {
            *place = Some(result);
        }
    }

    /// Functions are called as they are, inside of what stands in for one.
    pub(super) fn enter_mock(&mut self) {
        let Some(top) = self.layers.last() else { return };
        let layer = Layer {
            input: top.input.clone(),
            data: top.data.clone(),
            masked: top.masked.clone(),
            mocks: Vec::new(),
            results: vec![None; top.results.len()],
        };
        self.layers.push(layer);
    }

    /// Replaces the targets of these modifiers by their values, until [`leave`](Self::leave).
    pub(super) fn replace(&mut self, modifiers: &[Modifier], values: Vec<Mock>) {
        self.enter_mock();
        let mocks = match self.layers.as_slice() {
            [.., below, _] => below.mocks.clone(),
            _ => Vec::new(),
        };
        let Some(layer) = self.layers.last_mut() else { return };
        layer.mocks = mocks;
        for (modifier, value) in modifiers.iter().zip(values) {
            match (&modifier.target, value) {
                (Target::Input(path), Mock::Value(value)) => put(&mut layer.input, path, value),
                (Target::Data(path), Mock::Value(value)) => {
                    put(&mut layer.data, path, value);
                    layer.masked.add(path);
                }
                (Target::Function(callee), mock) => layer.mocks.push((*callee, mock)),
                _ => {}
            }
        }
    }

    pub(super) fn leave(&mut self) {
        if self.layers.len() > 1 {
            self.layers.pop();
        }
    }
}

impl Mask {
    pub(super) fn is_here(&self) -> bool {
        self.here
    }

    pub(super) fn below(&self, segment: &Value) -> Option<&Mask> {
        match segment {
            Value::String(name) => self.below.get(&**name),
            _ => None,
        }
    }

    fn add(&mut self, path: &[Arc<str>]) {
        match path.split_first() {
            None => self.here = true,
            Some((first, rest)) => self.below.entry(first.clone()).or_default().add(rest),
        }
    }
}

/// Puts a value at a path; what is no object on the way becomes one.
fn put(document: &mut Value, path: &[Arc<str>], value: Value) {
    let Some((first, rest)) = path.split_first() else {
        *document = value;
        return;
    };
    if !matches!(document, Value::Object(_)) {
        *document = Value::new_object();
    }
    if let Ok(fields) = document.as_object_mut() {
        put(fields.get_or_insert_with(Value::from(&**first), Value::new_object), rest, value);
    }
}
