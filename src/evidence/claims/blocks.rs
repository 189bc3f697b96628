//! Reading CARE blocks, in whatever JSON-LD puts around them.

use serde_json::Value;
use serde_json::map::Map;

use super::care::add;
use super::nodes::ID;
use super::scope::{Care, Scope, What};
use super::tables::FieldName;
use super::{ClaimRole, Reader, Source, text};
use crate::evidence::document::reading::{DocumentValue, shortened};
use crate::evidence::json_ld::values::{GATHERERS, is_nested};

impl Reader<'_> {
    /// Keeps the CARE blocks that a value is, and the texts that stand where one is expected.
    pub(super) fn blocks(&mut self, source: &Source<'_, '_>, care: Care, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let at = source.at;
        match at.value {
            Value::Array(_) => at.items().for_each(|item| self.blocks(&Source { at: &item, ..*source }, care, depth)),
            Value::Object(_) => self.block_object(source, care, depth),
            Value::String(text) => {
                if !self.block_text(source, text, care, depth) && !self.follow(source, text, depth) {
                    let value = shortened(&self.word(text)).into();
                    self.push(ClaimRole::Care, source, value, None, true);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// An object may gather blocks, name one that stands elsewhere, and be one itself.
    fn block_object(&mut self, source: &Source<'_, '_>, care: Care, depth: usize) {
        let at = source.at;
        let mut is_told = false;
        for inner in GATHERERS.iter().filter_map(|key| at.get(key)) {
            is_told = true;
            self.blocks(&Source { at: &inner, ..*source }, care, depth);
        }
        for name in ID.iter().filter_map(|key| at.get(key)) {
            if let Some(text) = name.text() {
                is_told |= self.follow(source, text, depth);
            }
        }
        let says_itself = at.members().any(|(key, _)| !key.starts_with(['@', '$']));
        match at.get("@id").filter(|_| !says_itself) {
            Some(name) if !is_told => {
                let value = shortened(&self.word(name.text().unwrap_or_default())).into();
                self.push(ClaimRole::Care, &Source { at: &name, ..*source }, value, None, true);
            }
            _ if says_itself || !is_told => {
                let block = self.block(at, care);
                self.push(ClaimRole::Care, source, block, None, true);
            }
            _ => {}
        }
    }

    /// The members of a block under their own names. Of a block within a block only those, because it is told again
    /// as part of the outer one.
    fn block(&mut self, at: &DocumentValue<'_>, care: Care) -> Value {
        let is_bound = self.enter(at);
        let mut block = Map::new();
        for (key, member) in at.members() {
            let names = self.names(key);
            match names.iter().find_map(|name| self.fields.member_of_block(&FieldName::of(name))) {
                Some(name) => self.add_member(&mut block, name, member.value, care),
                None if care == Care::Outside => add(&mut block, key.to_owned(), member.value.clone()),
                None => {}
            }
        }
        if is_bound {
            self.nested.pop();
        }
        Value::Object(block)
    }

    /// Reads the nodes that a name leads to; says whether there are any. They say of the subject what their reference
    /// says: it is one document.
    fn follow(&mut self, source: &Source<'_, '_>, name: &str, depth: usize) -> bool {
        let nodes = self.nodes.follow(name, source.scope, &self.context);
        let others = nodes.iter().filter(|node| !std::ptr::eq(node.value, source.at.value));
        let mut is_followed = false;
        for node in others {
            is_followed = true;
            let source = Source { at: node, ..*source };
            for inner in GATHERERS.iter().filter_map(|key| node.get(key)) {
                self.blocks(&Source { at: &inner, ..source }, Care::Within, depth);
            }
            let block = self.block(node, Care::Within);
            self.push(ClaimRole::Care, &source, block, None, true);
        }
        is_followed
    }

    /// A text may be JSON, as it is in an annotation. A key that stands twice there has both values. Says whether it was.
    fn block_text(&mut self, source: &Source<'_, '_>, text: &str, care: Care, depth: usize) -> bool {
        let Some(value) = text::json(text).filter(|value| is_nested(value) || value.is_string()) else { return false };
        let at = DocumentValue::new(&value, source.at.pointer());
        // Only what a text states itself may satisfy; two values of one key do not.
        let scope = if text::is_strict(text) { source.scope } else { Scope::Quoted };
        self.blocks(&Source { at: &at, field: source.field, scope }, care, depth);
        self.walk(&at, Care::Block, What::Nested, depth);
        true
    }
}
