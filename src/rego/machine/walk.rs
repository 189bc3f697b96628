//! Values along paths, and patterns that values have to match.

use regorus::Value;
use regorus::value::Object;

use super::{Evaluated, Machine, More, Next, Stop};
use crate::rego::builtins::set;
use crate::rego::program::{Comprehension, Expression, Reference, Root};
use crate::rego::tree::ComprehensionKind;
use crate::rego::values::in_order;

impl<'p> Machine<'p> {
    /// The value of an expression whose variables all have values.
    pub(super) fn eval(&mut self, expression: &'p Expression) -> Evaluated {
        match expression {
            Expression::Constant(value) => Ok(Some(value.clone())),
            Expression::Variable(slot) => Ok(self.get(*slot).cloned()),
            Expression::Reference(reference) => self.reference(reference),
            Expression::Array(items) => Ok(self.all(items)?.map(Value::from)),
            Expression::Set(items) => Ok(self.all(items)?.map(set)),
            Expression::Object(fields) => {
                let mut object = Object::default();
                for (key, value) in fields {
                    let (Some(key), Some(value)) = (self.eval(key)?, self.eval(value)?) else { return Ok(None) };
                    object.insert(key, value);
                }
                Ok(Some(object.into_value()))
            }
            Expression::Comprehension(comprehension) => self.comprehension(comprehension).map(Some),
        }
    }

    /// The values of several expressions, or none if one of them is undefined.
    pub(super) fn all(&mut self, expressions: &'p [Expression]) -> Result<Option<Vec<Value>>, Stop> {
        let mut values = Vec::with_capacity(expressions.len());
        for expression in expressions {
            match self.eval(expression)? {
                Some(value) => values.push(value),
                None => return Ok(None),
            }
        }
        Ok(Some(values))
    }

    fn reference(&mut self, reference: &'p Reference) -> Evaluated {
        let mut current = match reference.root {
            Root::Data => return self.document_at(&reference.path),
            root => match self.root(root)? {
                Some(value) => value,
                None => return Ok(None),
            },
        };
        for segment in &reference.path {
            let find = if reference.root == Root::Base { base_item } else { item };
            let next = match segment {
                Expression::Constant(key) => find(&current, key),
                segment => match self.eval(segment)? {
                    Some(key) => find(&current, &key),
                    None => None,
                },
            };
            match next.cloned() {
                Some(next) => current = next,
                None => return Ok(None),
            }
        }
        Ok(Some(current))
    }

    /// The document that a reference starts from.
    fn root(&mut self, root: Root) -> Evaluated {
        match root {
            Root::Input => Ok(Some(self.context.input()).filter(|input| *input != Value::Undefined)),
            Root::Base | Root::Data => Ok(Some(self.context.data())),
            Root::Rule(rules) => self.rule(rules),
            Root::Variable(slot) => Ok(self.get(slot).cloned()),
        }
    }

    /// All values at a path with variables that have none yet.
    pub(super) fn each(&mut self, reference: &'p Reference, next: Next<'_, 'p>) -> More {
        if reference.root == Root::Data {
            return self.each_document(&reference.path, next);
        }
        match self.root(reference.root)? {
            Some(root) => self.each_along(&root, &reference.path, next),
            None => Ok(true),
        }
    }

    /// All values along a path inside of a value.
    pub(super) fn each_along(&mut self, value: &Value, path: &'p [Expression], next: Next<'_, 'p>) -> More {
        self.step()?;
        let Some((segment, rest)) = path.split_first() else { return self.with_value(value, next) };
        if !self.is_open(segment) {
            return match self.eval(segment)? {
                Some(key) => match item(value, &key) {
                    Some(found) => self.each_along(&found.clone(), rest, next),
                    None => Ok(true),
                },
                None => Ok(true),
            };
        }
        let mut go = |machine: &mut Self, key: &Value, found: &Value| -> More {
            let mark = machine.trail.len();
            let more = match machine.matches(segment, key)? {
                true => machine.each_along(found, rest, next)?,
                false => true,
            };
            machine.undo(mark);
            Ok(more)
        };
        match value {
            Value::Array(items) => {
                for (index, found) in items.iter().enumerate() {
                    if !go(self, &Value::from(index), found)? {
                        return Ok(false);
                    }
                }
            }
            Value::Set(items) => {
                for found in in_order(items) {
                    if !go(self, found, found)? {
                        return Ok(false);
                    }
                }
            }
            Value::Object(fields) => {
                for (key, found) in fields.iter_sorted() {
                    if !go(self, key, found)? {
                        return Ok(false);
                    }
                }
            }
            _ => {}
        }
        Ok(true)
    }

    /// The end of a path: what comes next finds the value in `found`.
    pub(super) fn with_value(&mut self, value: &Value, next: Next<'_, 'p>) -> More {
        self.found = Some(value.clone());
        next(self)
    }

    /// Whether a pattern has a variable without a value.
    pub(super) fn is_open(&self, pattern: &Expression) -> bool {
        match pattern {
            Expression::Variable(slot) => self.get(*slot).is_none(),
            Expression::Array(items) => items.iter().any(|item| self.is_open(item)),
            Expression::Object(fields) => fields.iter().any(|(_, value)| self.is_open(value)),
            _ => false,
        }
    }

    /// Whether a value has this form; variables of the pattern without a value get theirs.
    pub(super) fn matches(&mut self, pattern: &'p Expression, value: &Value) -> Result<bool, Stop> {
        match pattern {
            Expression::Variable(slot) => match self.get(*slot) {
                Some(known) => Ok(known == value),
                None => {
                    self.bind(*slot, value.clone());
                    Ok(true)
                }
            },
            Expression::Constant(expected) => Ok(expected == value),
            Expression::Array(patterns) => {
                let Value::Array(items) = value else { return Ok(false) };
                if items.iter().len() != patterns.len() {
                    return Ok(false);
                }
                for (pattern, item) in patterns.iter().zip(items.iter()) {
                    if !self.matches(pattern, item)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Expression::Object(patterns) => {
                let Value::Object(fields) = value else { return Ok(false) };
                if fields.len() != patterns.len() {
                    return Ok(false);
                }
                for (key, pattern) in patterns {
                    let Some(key) = self.eval(key)? else { return Ok(false) };
                    let Some(field) = fields.get(&key) else { return Ok(false) };
                    if !self.matches(pattern, field)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            other => Ok(self.eval(other)?.is_some_and(|expected| expected == *value)),
        }
    }

    fn comprehension(&mut self, comprehension: &'p Comprehension) -> Result<Value, Stop> {
        match comprehension.kind {
            ComprehensionKind::Array => {
                let mut items = Vec::new();
                self.solve(&comprehension.body, &mut |machine| {
                    items.extend(machine.eval(&comprehension.term)?);
                    Ok(true)
                })?;
                Ok(Value::from(items))
            }
            ComprehensionKind::Set => {
                let mut items = Vec::new();
                self.solve(&comprehension.body, &mut |machine| {
                    items.extend(machine.eval(&comprehension.term)?);
                    Ok(true)
                })?;
                Ok(set(items))
            }
            ComprehensionKind::Object => {
                let mut object = Object::default();
                self.solve(&comprehension.body, &mut |machine| {
                    let key = match &comprehension.key {
                        Some(key) => machine.eval(key)?,
                        None => None,
                    };
                    if let (Some(key), Some(value)) = (key, machine.eval(&comprehension.term)?) {
                        match object.get(&key) {
                            Some(known) if *known != value => {
                                return machine.stop(comprehension.at, "an object would get two values for one key");
                            }
                            Some(_) => {}
                            None => {
                                object.insert(key, value);
                            }
                        }
                    }
                    Ok(true)
                })?;
                Ok(object.into_value())
            }
        }
    }
}

/// What a document that users gave has for a key: there a number stands also for the text of it, as in OPA.
pub(super) fn base_item<'v>(document: &'v Value, key: &Value) -> Option<&'v Value> {
    item(document, key).or_else(|| match (document, key) {
        (Value::Object(fields), Value::Number(number)) => fields.get(&Value::from(number.format_decimal())),
        (Value::Array(items), Value::String(index)) => items.get(index.parse::<usize>().ok()?),
        _ => None,
    })
}

/// What a collection has for a key: an element of an array, a value of an object, an element of a set itself.
pub(super) fn item<'v>(collection: &'v Value, key: &Value) -> Option<&'v Value> {
    match collection {
        Value::Object(fields) => fields.get(key),
        Value::Array(items) => match key {
            Value::Number(index) if index.is_integer() => items.get(usize::try_from(index.as_u64()?).ok()?),
            _ => None,
        },
        Value::Set(items) => items.get(key),
        _ => None,
    }
}
