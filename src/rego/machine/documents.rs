//! The data document: what users gave, with the results of rules in their places.

use std::collections::BTreeSet;

use regorus::Value;

use super::context::Mask;
use super::tree::{Leaf, Tree};
use super::walk::{base_item, item};
use super::{Evaluated, Machine, More, Next, Stop};
use crate::rego::names::shown;
use crate::rego::program::{Documents, Expression, NodeNumber, RuleSetKind};

/// A place in the data document.
#[derive(Clone)]
struct Place {
    /// The rules there and below it; none where there are none.
    node: Option<NodeNumber>,
    /// What users gave there.
    base: Option<Value>,
    /// What a `with` replaces there and below it.
    mask: Option<Mask>,
}

impl<'p> Machine<'p> {
    /// The one value at a path whose variables all have values.
    pub(super) fn document_at(&mut self, path: &'p [Expression]) -> Evaluated {
        let mut value = None;
        self.each_document(path, &mut |machine| {
            value = machine.found.take();
            Ok(false)
        })?;
        Ok(value)
    }

    /// All values at a path below `data`.
    pub(super) fn each_document(&mut self, path: &'p [Expression], next: Next<'_, 'p>) -> More {
        let place = Place {
            node: Some(Documents::ROOT),
            base: Some(self.context.data()),
            mask: self.context.masked().cloned(),
        };
        self.each_place(&place, path, next)
    }

    fn each_place(&mut self, place: &Place, path: &'p [Expression], next: Next<'_, 'p>) -> More {
        self.step()?;
        let program = self.program;
        let node = place.node.filter(|_| !place.is_replaced()).and_then(|node| program.documents.node(node));
        let Some(node) = node else {
            let Some(base) = &place.base else { return Ok(true) };
            return match path.split_first() {
                Some((segment, rest)) if !self.is_open(segment) => match self.eval(segment)? {
                    Some(key) => self.each_place(&place.below(&key, None), rest, next),
                    None => Ok(true),
                },
                _ => self.each_along(base, path, next),
            };
        };
        let Some((segment, rest)) = path.split_first().filter(|_| node.rules.is_none()) else {
            return match self.document(place)? {
                Some(document) => self.each_along(&document, path, next),
                None => Ok(true),
            };
        };
        if !self.is_open(segment) {
            return match self.eval(segment)? {
                Some(key) => self.each_place(&place.below(&key, node.children.get(&key)), rest, next),
                None => Ok(true),
            };
        }
        let mut keys: BTreeSet<Value> = node.children.keys().cloned().collect();
        if let Some(Value::Object(fields)) = &place.base {
            keys.extend(fields.keys().cloned());
        }
        for key in keys {
            let mark = self.trail.len();
            let more = match self.matches(segment, &key)? {
                true => self.each_place(&place.below(&key, node.children.get(&key)), rest, next)?,
                false => true,
            };
            self.undo(mark);
            if !more {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// All that is at a path of names below `data`.
    pub(super) fn document_named(&mut self, path: &[String]) -> Evaluated {
        let program = self.program;
        let mut place = Place {
            node: Some(Documents::ROOT),
            base: Some(self.context.data()),
            mask: self.context.masked().cloned(),
        };
        for (length, segment) in path.iter().enumerate() {
            let key = Value::from(segment.as_str());
            let node = place.node.and_then(|node| program.documents.node(node));
            if node.is_some_and(|node| node.rules.is_some()) {
                let document = self.document(&place)?;
                let rest = path.get(length..).unwrap_or_default();
                let found = rest.iter().try_fold(document.as_ref(), |value, segment| {
                    Some(value.and_then(|value| item(value, &Value::from(segment.as_str()))))
                });
                return Ok(found.flatten().cloned());
            }
            place = place.below(&key, node.and_then(|node| node.children.get(&key)));
        }
        self.document(&place)
    }

    /// All that is at a place and below it.
    fn document(&mut self, place: &Place) -> Evaluated {
        let program = self.program;
        let Some(node) = place.node.filter(|_| !place.is_replaced()).and_then(|node| program.documents.node(node))
        else {
            return Ok(place.base.clone());
        };
        if let Some(rules) = node.rules {
            return match program.sets.get(rules).map(|set| set.kind) {
                Some(RuleSetKind::Object) if !node.children.is_empty() => {
                    let mut tree = Tree::default();
                    self.add(place, &mut Vec::new(), &mut tree)?;
                    Ok(Some(tree.into_value()))
                }
                Some(RuleSetKind::Function(1..)) | None => Ok(place.base.clone()),
                Some(_) => self.rule(rules),
            };
        }
        let mut document = match &place.base {
            Some(base @ Value::Object(_)) => base.clone(),
            _ => Value::new_object(),
        };
        for (key, child) in &node.children {
            if let Some(value) = self.document(&place.below(key, Some(child)))?
                && let Ok(fields) = document.as_object_mut()
            {
                fields.insert(key.clone(), value);
            }
        }
        Ok(Some(document))
    }

    /// Adds all that rules define at a place and below it to an object that has computed keys. As in OPA that is what
    /// bodies give: neither defaults nor sets and objects that nothing was added to.
    fn add(&mut self, place: &Place, path: &mut Vec<Value>, tree: &mut Tree) -> Result<(), Stop> {
        let program = self.program;
        let Some(node) = place.node.filter(|_| !place.is_replaced()).and_then(|node| program.documents.node(node))
        else {
            return Ok(());
        };
        let set = node.rules.and_then(|rules| Some((rules, program.sets.get(rules)?)));
        let fits = match set.map(|(rules, set)| (rules, set, set.kind)) {
            None | Some((_, _, RuleSetKind::Function(1..))) => true,
            Some((_, set, RuleSetKind::Object)) => {
                let own = self.partial_object(set)?;
                tree.merge(path, own)
            }
            Some((rules, set, RuleSetKind::Complete)) if set.default.is_some() => match self.undefaulted(rules, set)? {
                Some(value) => tree.put(path, Leaf::Value(value)),
                None => true,
            },
            Some((rules, _, kind)) => match (kind, self.rule(rules)?) {
                (RuleSetKind::Set, Some(Value::Set(elements))) => {
                    elements.is_empty() || tree.put(path, Leaf::Elements(elements.as_ref().clone()))
                }
                (_, Some(value)) => tree.put(path, Leaf::Value(value)),
                (_, None) => true,
            },
        };
        if !fits {
            let at = set.map_or_else(Default::default, |(_, set)| set.at);
            return self.stop(at, format!("{} would get two values for one key", shown(path)));
        }
        for (key, child) in &node.children {
            path.push(key.clone());
            let below = place.below(key, Some(child));
            self.add(&below, path, tree)?;
            path.pop();
        }
        Ok(())
    }

    /// The result of a rule, or what stands in for it.
    pub(super) fn rule(&mut self, rules: usize) -> Evaluated {
        if let Some(result) = self.context.result(rules) {
            return Ok(result.clone());
        }
        let program = self.program;
        let Some(set) = program.sets.get(rules) else { return Ok(None) };
        let result =
            if self.context.is_masked(&set.path) { self.base(&set.path)? } else { self.result_of(rules, set)? };
        self.context.keep(rules, result.clone());
        Ok(result)
    }
}

impl Place {
    fn is_replaced(&self) -> bool {
        self.mask.as_ref().is_some_and(Mask::is_here)
    }

    fn below(&self, key: &Value, node: Option<&NodeNumber>) -> Place {
        Place {
            node: node.copied(),
            base: self.base.as_ref().and_then(|base| base_item(base, key)).cloned(),
            mask: self.mask.as_ref().and_then(|mask| mask.below(key)).cloned(),
        }
    }
}
