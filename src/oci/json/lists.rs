//! Documents of which long lists stay in the text: a list of 100,000 objects takes half a gigabyte as a tree.
//!
//! [`parse_outline`] holds the whole text against the same rules as the strict parser, and builds the tree without the
//! further elements of long lists. [`ListElements`] then goes through them, one at a time.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::{Account, ITEM, JsonError, Key, MEMORY, Strict, Violation, parse, text_cost};

/// Which lists may stay in the text.
#[derive(Debug, Clone, Copy)]
pub struct Lists {
    /// Keys that lead to objects that are documents themselves, one within the other.
    pub within: &'static [&'static str],
    /// Members of a document that are such lists.
    pub names: &'static [&'static str],
    /// Elements of one that are in the tree all the same.
    pub kept: usize,
}

/// A list that is longer in the text than in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// JSON pointer of the object that has it.
    pub parent: String,
    /// Its key.
    pub name: &'static str,
    /// Its elements in the text.
    pub length: usize,
}

/// A document without the further elements of its long lists.
#[derive(Debug, Clone)]
pub struct Outline {
    /// The tree.
    pub value: Value,
    /// The lists that it has the beginning of.
    pub lists: Vec<List>,
    /// Bytes that the tree takes, estimated.
    pub memory: u64,
    /// Bytes that the rest of the lists would take besides.
    pub left_out: u64,
}

/// Parses one JSON document as [`super::parse_strict`] does, with the same refusals, and leaves long lists in the text.
/// What the whole tree would take is held against the limit; what the outline takes is reported.
pub fn parse_outline(text: &[u8], depth: usize, lists: &Lists) -> Result<Outline, JsonError> {
    let account = Account::new(MEMORY);
    let strict = Strict { depth, account: &account };
    let cut = Cut { lists, found: RefCell::new(Vec::new()), left_out: Cell::new(0) };
    let value = parse(text, depth, &account, Outlining { strict, cut: &cut, role: Role::Document(0) })?;
    let left_out = cut.left_out.get();
    let memory = account.taken.get().saturating_sub(left_out);
    Ok(Outline { value, lists: cut.found.into_inner(), memory, left_out })
}

/// What was left out.
struct Cut<'a> {
    lists: &'a Lists,
    found: RefCell<Vec<List>>,
    left_out: Cell<u64>,
}

/// What a value is.
#[derive(Clone, Copy)]
enum Role {
    /// A document, so many levels within others.
    Document(usize),
    /// A list of such a document.
    List(usize, &'static str),
}

#[derive(Clone, Copy)]
struct Outlining<'a> {
    strict: Strict<'a>,
    cut: &'a Cut<'a>,
    role: Role,
}

impl<'a> Outlining<'a> {
    /// What the member of a document is, unless it is just a value.
    fn member(&self, level: usize, key: &str) -> Option<Role> {
        let lists = self.cut.lists;
        match lists.names.iter().find(|name| **name == key) {
            Some(name) => Some(Role::List(level, name)),
            None => (lists.within.get(level) == Some(&key)).then_some(Role::Document(level + 1)),
        }
    }

    fn list<'de, A: SeqAccess<'de>>(self, level: usize, name: &'static str, mut list: A) -> Result<Value, A::Error> {
        let account = self.strict.account;
        let mut items = Vec::new();
        while items.len() < self.cut.lists.kept {
            let Some(item) = list.next_element_seed(self.strict.deeper()?)? else { return Ok(Value::Array(items)) };
            account.take(ITEM)?;
            items.push(item);
        }
        let (mut length, taken) = (items.len(), account.taken.get());
        while list.next_element_seed(Checked(self.strict.deeper()?))?.is_some() {
            account.take(ITEM)?;
            length += 1;
        }
        if length > items.len() {
            self.cut.left_out.set(self.cut.left_out.get() + account.taken.get() - taken);
            let steps = self.cut.lists.within.get(..level).unwrap_or_default();
            let parent = steps.iter().map(|step| format!("/{step}")).collect();
            self.cut.found.borrow_mut().push(List { parent, name, length });
        }
        Ok(Value::Array(items))
    }
}

impl<'de> DeserializeSeed<'de> for Outlining<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Outlining<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.strict.expecting(formatter)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        self.strict.visit_bool(value)
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        self.strict.visit_i64(value)
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        self.strict.visit_u64(value)
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        self.strict.visit_f64(value)
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.strict.visit_str(value)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
        self.strict.visit_unit()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, sequence: A) -> Result<Value, A::Error> {
        match self.role {
            Role::List(level, name) => self.list(level, name, sequence),
            Role::Document(_) => self.strict.items(sequence),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Value, A::Error> {
        let Role::Document(level) = self.role else { return self.strict.visit_map(entries) };
        self.strict.members(entries, |key, entries| {
            let strict = self.strict.deeper()?;
            match self.member(level, key) {
                Some(role) => entries.next_value_seed(Outlining { strict, role, ..self }),
                None => entries.next_value_seed(strict),
            }
        })
    }
}

/// Holds a value against the rules and the account, and builds nothing.
struct Checked<'a>(Strict<'a>);

impl<'de> DeserializeSeed<'de> for Checked<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Checked<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(formatter)
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<(), E> {
        self.0.account.take(text_cost(value))
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        while sequence.next_element_seed(Checked(self.0.deeper()?))?.is_some() {
            self.0.account.take(ITEM)?;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let (account, mut keys) = (self.0.account, Keys::default());
        while let Some(key) = entries.next_key_seed(Key)? {
            account.entry(&key, keys.count())?;
            if let Err(key) = keys.insert(key) {
                return Err(account.fail(Violation::DuplicateKey(key)));
            }
            entries.next_value_seed(Checked(self.0.deeper()?))?;
        }
        Ok(())
    }
}

/// The keys of one object so far. Most objects have few.
#[derive(Default)]
struct Keys<'t> {
    few: Vec<Cow<'t, str>>,
    many: BTreeSet<Cow<'t, str>>,
}

impl<'t> Keys<'t> {
    const FEW: usize = 24;

    fn count(&self) -> usize {
        self.few.len() + self.many.len()
    }

    /// Gives the key back if it is there already.
    fn insert(&mut self, key: Cow<'t, str>) -> Result<(), String> {
        if self.few.contains(&key) || self.many.contains(&key) {
            return Err(key.into_owned());
        }
        if self.few.len() < Self::FEW {
            self.few.push(key);
        } else {
            self.many.insert(key);
        }
        Ok(())
    }
}

/// Goes through the elements of lists in a text that [`parse_outline`] has accepted.
#[derive(Debug, Clone, Copy)]
pub struct ListElements<'t> {
    /// The text.
    pub text: &'t [u8],
    /// Levels of nesting.
    pub depth: usize,
    /// JSON pointer of the object that has the lists: plain keys.
    pub parent: &'t str,
}

impl ListElements<'_> {
    /// Shows each element of these lists, in the order of the text: name of the list, place in it, value.
    pub fn each(self, names: &[&str], visit: &mut dyn FnMut(&str, usize, Value)) -> Result<(), JsonError> {
        let account = Account::new(MEMORY);
        let path: Vec<&str> = self.parent.split('/').skip(1).collect();
        let strict = Strict { depth: self.depth, account: &account };
        parse(self.text, self.depth, &account, Seeking { strict, path: &path, names, visit })
    }
}

/// On the way to the lists.
struct Seeking<'a> {
    strict: Strict<'a>,
    path: &'a [&'a str],
    names: &'a [&'a str],
    visit: &'a mut dyn FnMut(&str, usize, Value),
}

impl<'de> DeserializeSeed<'de> for Seeking<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Seeking<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while let Some(key) = entries.next_key_seed(Key)? {
            let strict = self.strict.deeper()?;
            match self.path.split_first() {
                Some((step, path)) if *step == key => {
                    entries.next_value_seed(Seeking { strict, path, names: self.names, visit: &mut *self.visit })?;
                }
                None if self.names.contains(&key.as_ref()) => {
                    entries.next_value_seed(Showing { strict, name: &key, visit: &mut *self.visit })?;
                }
                _ => {
                    entries.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// In a list.
struct Showing<'a> {
    strict: Strict<'a>,
    name: &'a str,
    visit: &'a mut dyn FnMut(&str, usize, Value),
}

impl<'de> DeserializeSeed<'de> for Showing<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Showing<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(element) = sequence.next_element_seed(self.strict.deeper()?)? {
            (self.visit)(self.name, index, element);
            // It is gone before the next one comes.
            self.strict.account.taken.set(0);
            index += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::parse_strict;
    use super::*;

    const LISTS: Lists = Lists { within: &["predicate", "Data"], names: &["packages", "files"], kept: 2 };

    fn outline(value: &Value) -> Outline {
        parse_outline(value.to_string().as_bytes(), 16, &LISTS).unwrap()
    }

    #[test]
    fn long_lists_stay_in_the_text() {
        let list = json!([{"a": 1}, {"a": 2}, {"a": [3, "x"]}]);
        let value = json!({"name": "n", "packages": list, "files": [1, 2], "other": {"packages": list}});
        let found = outline(&value);
        assert_eq!(found.lists, [List { parent: String::new(), name: "packages", length: 3 }]);
        assert_eq!(found.value["packages"], json!([{"a": 1}, {"a": 2}]));
        assert_eq!(found.value["other"], value["other"]);
        assert!(found.memory < outline(&json!({"predicate": 5, "files": list})).memory * 3);
        let within = json!({"predicate": {"files": list, "Data": {"packages": list}}});
        let found = outline(&within);
        let parents: Vec<_> = found.lists.iter().map(|list| (list.parent.as_str(), list.name)).collect();
        assert_eq!(parents.len(), 2);
        assert!(parents.contains(&("/predicate", "files")) && parents.contains(&("/predicate/Data", "packages")));
        for whole in [json!([1, 2, 3]), json!("x"), json!({"packages": {"a": [1, 2, 3]}}), json!({"packages": 1.5})] {
            assert_eq!((outline(&whole).value, outline(&whole).lists), (whole, Vec::new()));
        }
    }

    #[test]
    fn what_is_left_out_is_gone_through() {
        let value =
            json!({"predicate": {"files": [1, "two", {"three": 3}], "packages": [], "x": [9]}, "files": [7, 7, 7]});
        let text = value.to_string();
        let mut seen = Vec::new();
        let elements = ListElements { text: text.as_bytes(), depth: 16, parent: "/predicate" };
        elements
            .each(&["files", "packages"], &mut |name, index, value| seen.push((name.to_owned(), index, value)))
            .unwrap();
        let expected = [json!(1), json!("two"), json!({"three": 3})];
        assert_eq!(seen, expected.into_iter().enumerate().map(|(i, v)| ("files".to_owned(), i, v)).collect::<Vec<_>>());
        assert!(ListElements { text: b"[]", depth: 16, parent: "" }.each(&["files"], &mut |_, _, _| {}).is_err());
    }

    #[test]
    fn what_is_left_out_is_held_against_the_same_rules() {
        for bad in [
            r#"{"a": 1, "b": 2, "\u0061": 3}"#,
            r#"{"a": {"b": [{"c": 1, "c": 2}]}}"#,
            r#"[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]"#,
            r#"{"a": nul}"#,
            r#""\ud800""#,
            "{\"a\": \"\t\"}",
            "01",
        ] {
            let text = format!("{{\"packages\": [0,\n0,\n{bad}]}}");
            let expected = parse_strict(text.as_bytes(), 16).unwrap_err();
            assert_eq!(parse_outline(text.as_bytes(), 16, &LISTS).unwrap_err(), expected, "{bad}");
        }
        let many: Vec<String> = (0..100).map(|number| format!("\"k{number}\": 0")).collect();
        for (last, is_good) in [("k100", true), ("k0", false), ("k50", false), ("k99", false)] {
            let text = format!("{{\"packages\": [0, 0, {{{}, \"{last}\": 0}}]}}", many.join(","));
            assert_eq!(parse_outline(text.as_bytes(), 16, &LISTS).is_ok(), is_good, "{last}");
        }
        let wide = format!("{{\"packages\": [0, 0{}]}}", ",{\"a\":1}".repeat(1_200_000));
        assert_eq!(parse_outline(wide.as_bytes(), 16, &LISTS).unwrap_err(), JsonError::Memory { limit: MEMORY });
    }
}
