//! YAML for the files that people write by hand: settings, METADATA of policies, distribution pointers.

use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_saphyr::{DuplicateKeyPolicy, Options, Spanned};

use super::pointer::{ValueRange, segments};

/// Parses one document as a JSON value, by YAML 1.2 (`no` is a text): no duplicate keys, at most `depth` levels of
/// nesting. The library's own limits bound aliases and what they grow to.
pub(super) fn parse(text: &str, depth: usize) -> Result<Value, String> {
    serde_saphyr::from_str_with_options(text, options(depth)).map_err(|error| format!("not well-formed YAML: {error}"))
}

fn options(depth: usize) -> Options {
    serde_saphyr::options! {
        duplicate_keys: DuplicateKeyPolicy::Error,
        strict_booleans: true,
        with_snippet: false,
        budget: serde_saphyr::budget! { max_depth: depth },
    }
}

/// Nesting that is followed; the limit of [`parse`] is lower.
const DEPTH: usize = 256;

/// Finds the value that a JSON pointer means, or its nearest ancestor where the rest of the pointer is missing. An
/// alias stands where it is written, not where its anchor is.
pub(super) fn locate(text: &[u8], pointer: &str) -> Option<ValueRange> {
    let text = std::str::from_utf8(text).ok()?;
    let root: Node = serde_saphyr::from_str_with_options(text, options(DEPTH)).ok()?;
    let mut node = &root;
    let mut complete = true;
    for segment in segments(pointer) {
        let Some(next) = node.value.step(&segment) else {
            complete = false;
            break;
        };
        node = next;
    }
    Some(ValueRange { range: range(node)?, complete })
}

type Node = Spanned<Part>;

/// What of a value is needed to go through it.
enum Part {
    Scalar,
    Items(Vec<Node>),
    Members(Vec<(String, Node)>),
}

impl Part {
    fn step(&self, segment: &str) -> Option<&Node> {
        match self {
            Part::Scalar => None,
            Part::Items(items) => items.get(segment.parse::<usize>().ok()?),
            Part::Members(members) => members.iter().find(|(key, _)| key == segment).map(|(_, node)| node),
        }
    }
}

/// A mapping or a sequence is where it begins, up to the end of the last thing in it.
fn range(node: &Node) -> Option<Range<usize>> {
    let span = node.referenced.span();
    let start = usize::try_from(span.byte_offset()?).ok()?;
    let own = start.checked_add(usize::try_from(span.byte_len()?).ok()?)?;
    let last = match &node.value {
        Part::Scalar => None,
        Part::Items(items) => items.last().and_then(range),
        Part::Members(members) => members.last().and_then(|(_, node)| range(node)),
    };
    Some(start..last.map_or(own, |last| last.end.max(own)))
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Parts)
    }
}

struct Parts;

impl<'de> Visitor<'de> for Parts {
    type Value = Part;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Part, E> {
        Ok(Part::Scalar)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Part, E> {
        Ok(Part::Scalar)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Part, E> {
        Ok(Part::Scalar)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Part, E> {
        Ok(Part::Scalar)
    }

    fn visit_str<E>(self, _: &str) -> Result<Part, E> {
        Ok(Part::Scalar)
    }

    fn visit_unit<E>(self) -> Result<Part, E> {
        Ok(Part::Scalar)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Part, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Part::Items(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Part, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Part::Members(members))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TEXT: &str = "# a pointer\ndistribution:\n  oci:\n    registry: registry.example.org # där\n    files:\n      - {name: a.pmtiles, size: 5}\n      - name: \"b\"\n        aliased: &x [1, 2]\n    again: *x\nempty:\n";

    fn found(pointer: &str) -> (&'static str, bool) {
        let located = locate(TEXT.as_bytes(), pointer).unwrap();
        (&TEXT[located.range], located.complete)
    }

    #[test]
    fn a_value_is_found_where_it_is_written() {
        assert_eq!(found("/distribution/oci/registry"), ("registry.example.org", true));
        assert_eq!(found("/distribution/oci/files/0/size"), ("5", true));
        assert_eq!(found("/distribution/oci/files/1/name"), ("\"b\"", true));
        assert_eq!(found("/distribution/oci/files/1/aliased/1"), ("2", true));
        assert_eq!(found("/distribution/oci/again"), ("*x", true));
        assert!(found("/distribution/oci").0.starts_with("registry: "));
    }

    #[test]
    fn what_is_missing_is_its_ancestor() {
        let (text, complete) = found("/distribution/oci/files/0/digest");
        assert!(text.starts_with("{name") && !complete, "{text}");
        assert_eq!(found("/distribution/oci/registry/x"), ("registry.example.org", false));
    }

    #[test]
    fn it_is_read_strictly() {
        assert_eq!(parse("a: no\nb: 1\n", 8).unwrap(), json!({"a": "no", "b": 1}));
        for (text, reason) in [
            ("a: 1\na: 2\n", "duplicate"),
            ("a: [", ""),
            ("a: 1\n---\na: 2\n", "multiple"),
            ("[[[[[[[[[[1]]]]]]]]]]", "depth"),
        ] {
            let error = parse(text, 8).unwrap_err();
            assert!(error.to_lowercase().contains(reason), "{text:?}: {error}");
            assert_eq!(parse(text, 8).ok(), None);
        }
        // An alias that grows to a billion of them.
        let bomb: String =
            (1..10).map(|n| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 10].join(","))).collect();
        parse(&format!("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n{bomb}"), 64).unwrap_err();
    }
}
