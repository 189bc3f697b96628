//! Changes single values in the text of a JSON document and leaves every other byte as it is: order, indentation,
//! line ends.

use serde_json::Value;

use super::said::step;
use crate::oci::pointer::locate;

/// A JSON text under change.
#[derive(Debug, Clone)]
pub(super) struct Text {
    text: String,
}

impl Text {
    /// A text that a JSON parser has accepted.
    pub fn new(text: &str) -> Self {
        Text { text: text.to_owned() }
    }

    /// The text.
    pub fn into_string(self) -> String {
        self.text
    }

    /// What is at a place.
    pub fn get(&self, pointer: &str) -> Option<Value> {
        let found = locate(self.text.as_bytes(), pointer).filter(|found| found.complete)?;
        serde_json::from_str(self.text.get(found.range)?).ok()
    }

    /// Puts a value into a member of an object that is there, new or old. None if there is no such object.
    pub fn set(&mut self, object: &str, name: &str, value: &Value) -> Option<()> {
        let pointer = step(object, name);
        match self.get(&pointer) {
            Some(_) => self.replace(&pointer, value),
            None => {
                let fields = self.get(object)?;
                let names: Vec<String> = fields.as_object()?.keys().map(|name| step(object, name)).collect();
                let key = Value::from(name).to_string();
                self.insert(object, &names, &format!("{key}:{}", self.space()), value)
            }
        }
    }

    /// Replaces a value that is there.
    pub fn replace(&mut self, pointer: &str, value: &Value) -> Option<()> {
        if self.get(pointer)? != *value {
            let range = locate(self.text.as_bytes(), pointer)?.range;
            let rendered = self.rendered(value, &self.indent_of(range.start));
            self.text.replace_range(range, &rendered);
        }
        Some(())
    }

    /// Adds a value to the end of an array that is there.
    pub fn append(&mut self, array: &str, value: &Value) -> Option<()> {
        let count = self.get(array)?.as_array()?.len();
        let items: Vec<String> = (0..count).map(|index| format!("{array}/{index}")).collect();
        self.insert(array, &items, "", value)
    }

    /// Inserts behind the last of the entries of a container.
    fn insert(&mut self, container: &str, entries: &[String], key: &str, value: &Value) -> Option<()> {
        let range = locate(self.text.as_bytes(), container)?.range;
        let last = entries.iter().filter_map(|entry| Some(locate(self.text.as_bytes(), entry)?.range.end)).max();
        let outer = self.indent_of(range.start);
        let Some(last) = last else {
            let inner = format!("{outer}{}", self.unit());
            let end = self.line_end();
            let rendered = self.rendered(value, &inner);
            let close = self.text.get(range.end.checked_sub(1)?..range.end)?.to_owned();
            let filled = match self.is_multiline() {
                true => format!("{end}{inner}{key}{rendered}{end}{outer}{close}"),
                false => format!("{key}{rendered}{close}"),
            };
            self.text.replace_range(range.start + 1..range.end, &filled);
            return Some(());
        };
        let opening = self.text.get(range.start + 1..last)?;
        let before_first = opening.get(..opening.find(|character: char| !character.is_whitespace())?)?;
        let between = match before_first.rfind('\n') {
            Some(at) => format!(",{}{}", self.line_end(), before_first.get(at + 1..)?),
            None => format!(",{}", self.space()),
        };
        let inner = between.rsplit('\n').next().filter(|_| between.contains('\n')).unwrap_or_default().to_owned();
        let rendered = match between.contains('\n') {
            true => self.rendered(value, &inner),
            false => self.inline(value),
        };
        self.text.insert_str(last, &format!("{between}{key}{rendered}"));
        Some(())
    }

    /// A value as this file would write it at this indentation.
    fn rendered(&self, value: &Value, indent: &str) -> String {
        if !self.is_multiline() {
            return self.inline(value);
        }
        let pretty = format!("{value:#}");
        let mut lines = pretty.lines();
        let mut out = lines.next().unwrap_or_default().to_owned();
        for line in lines {
            let inner = line.trim_start_matches(' ');
            let depth = (line.len() - inner.len()) / 2;
            out.push_str(&format!("{}{indent}{}{inner}", self.line_end(), self.unit().repeat(depth)));
        }
        out
    }

    /// A value in one line.
    fn inline(&self, value: &Value) -> String {
        let space = self.space();
        let entries = |parts: Vec<String>| parts.join(&format!(",{space}"));
        match value {
            Value::Object(fields) => {
                let member = |(key, value): (&String, &Value)| {
                    format!("{}:{space}{}", Value::from(key.as_str()), self.inline(value))
                };
                format!("{{{}}}", entries(fields.iter().map(member).collect()))
            }
            Value::Array(items) => format!("[{}]", entries(items.iter().map(|item| self.inline(item)).collect())),
            other => other.to_string(),
        }
    }

    fn is_multiline(&self) -> bool {
        self.text.trim_end().contains('\n')
    }

    fn line_end(&self) -> &'static str {
        if self.text.contains("\r\n") { "\r\n" } else { "\n" }
    }

    /// What stands behind `:` and `,` within a line.
    fn space(&self) -> &'static str {
        if self.text.contains("\": ") || self.text.contains("\" : ") || !self.text.contains("\":") { " " } else { "" }
    }

    /// One level of indentation: that of the first indented line.
    fn unit(&self) -> &str {
        let indented = self.text.lines().skip(1).find(|line| line.starts_with([' ', '\t']));
        indented.and_then(|line| line.get(..line.len() - line.trim_start().len())).unwrap_or("  ")
    }

    /// The indentation of the line that a byte stands in.
    fn indent_of(&self, at: usize) -> String {
        let line = self.text.get(..at).and_then(|before| before.rsplit('\n').next()).unwrap_or_default();
        line.chars().take_while(|character| matches!(character, ' ' | '\t')).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn set(text: &str, object: &str, name: &str, value: Value) -> String {
        let mut changed = Text::new(text);
        changed.set(object, name, &value).unwrap();
        changed.into_string()
    }

    #[test]
    fn nothing_but_the_value_changes() {
        for (text, object, name, value, expected) in [
            ("{\"b\" : 1,  \"a\":2}", "", "b", json!("x"), "{\"b\" : \"x\",  \"a\":2}"),
            ("{\"b\": 1}", "", "b", json!(1), "{\"b\": 1}"),
            ("{\"b\":1}", "", "a", json!({"x": [1, 2]}), "{\"b\":1,\"a\":{\"x\":[1,2]}}"),
            ("{\"b\": 1}", "", "a", json!(null), "{\"b\": 1, \"a\": null}"),
            ("{}", "", "a", json!(1), "{\"a\": 1}"),
            ("{\n    \"b\": {}\n}\n", "/b", "a", json!(1), "{\n    \"b\": {\n        \"a\": 1\n    }\n}\n"),
            (
                "{\n\t\"z\": {\"k\": 1},\n\t\"a\": 2\n}",
                "",
                "n",
                json!({"x": 1}),
                "{\n\t\"z\": {\"k\": 1},\n\t\"a\": 2,\n\t\"n\": {\n\t\t\"x\": 1\n\t}\n}",
            ),
            ("{\n\t\"z\": {\"k\": 1}\n}", "/z", "n", json!({"x": 1}), "{\n\t\"z\": {\"k\": 1, \"n\": {\"x\": 1}}\n}"),
            ("{\r\n  \"a\": 1\r\n}\r\n", "", "b", json!(2), "{\r\n  \"a\": 1,\r\n  \"b\": 2\r\n}\r\n"),
            ("{\"é\": {\"a/b\": 1}}", "/é", "a/b", json!("ü"), "{\"é\": {\"a/b\": \"ü\"}}"),
        ] {
            assert_eq!(set(text, object, name, value), expected, "{text}");
        }
        assert_eq!(Text::new("{\"a\": 1}").set("/a", "b", &json!(1)), None);
        assert_eq!(Text::new("{}").set("/a", "b", &json!(1)), None);
    }

    #[test]
    fn arrays_grow_at_their_end() {
        for (text, expected) in [
            ("{\"a\": []}", "{\"a\": [9]}"),
            ("{\"a\": [1, 2]}", "{\"a\": [1, 2, 9]}"),
            ("{\n  \"a\": [\n    1\n  ]\n}", "{\n  \"a\": [\n    1,\n    9\n  ]\n}"),
            ("{\n  \"a\": []\n}", "{\n  \"a\": [\n    9\n  ]\n}"),
        ] {
            let mut changed = Text::new(text);
            changed.append("/a", &json!(9)).unwrap();
            assert_eq!(changed.into_string(), expected);
        }
    }
}
