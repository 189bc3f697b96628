//! `with`: what a modifier puts in the place of a document or a function.

use regorus::Value;

use super::context::Mock;
use super::{Evaluated, Machine, Stop};
use crate::rego::program::{Modifier, Replacement};

impl<'p> Machine<'p> {
    /// Replaces what the modifiers say. Nothing is replaced, and none the answer, if one of their values is undefined.
    pub(super) fn enter(&mut self, modifiers: &'p [Modifier]) -> Result<Option<()>, Stop> {
        let mut values = Vec::with_capacity(modifiers.len());
        for modifier in modifiers {
            values.push(match &modifier.value {
                Replacement::Function(callee) => Mock::Function(*callee),
                Replacement::Value(expression) => match self.eval(expression)? {
                    Some(value) => Mock::Value(value),
                    None => return Ok(None),
                },
            });
        }
        self.context.replace(modifiers, values);
        Ok(Some(()))
    }

    /// What a data path has in the base document.
    pub(super) fn base(&self, path: &[Value]) -> Evaluated {
        let mut current = self.context.data();
        for segment in path {
            let Value::Object(fields) = &current else { return Ok(None) };
            match fields.get(segment).cloned() {
                Some(next) => current = next,
                None => return Ok(None),
            }
        }
        Ok(Some(current))
    }
}
