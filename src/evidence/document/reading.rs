//! Reading JSON with the place kept, and the ways in which documents write a digest.

use std::collections::BTreeSet;
use std::rc::Rc;

use serde_json::Value;

use crate::evidence::{StatedDigest, StatedText};
use crate::fault::{Fault, FaultCode};
use crate::oci::Digest;

/// Levels of nesting that a walk follows. Documents are parsed with a lower bound; this one holds for values
/// from elsewhere.
pub const DEPTH: usize = 128;

/// A pointer longer than this is given as that of the nearest ancestor that has a shorter one: a name of
/// megabytes with a million things below it would else be copied a million times.
const POINTER: usize = 1024;
/// Characters of a name or text that are kept where it only serves people.
const NAME: usize = 200;
/// Digests of one document that are kept.
const DIGESTS: usize = 50_000;

/// A value and the way that leads to it.
#[derive(Debug, Clone)]
pub struct DocumentValue<'a> {
    /// The value.
    pub value: &'a Value,
    path: Rc<Step<'a>>,
}

/// One step of a way. The pointer is written out only for what is told.
#[derive(Debug)]
enum Step<'a> {
    Root(String),
    Key(Rc<Step<'a>>, &'a str),
    Index(Rc<Step<'a>>, usize),
}

impl<'a> DocumentValue<'a> {
    /// A value found under this pointer.
    pub fn new(value: &'a Value, pointer: impl Into<String>) -> Self {
        DocumentValue { value, path: Rc::new(Step::Root(pointer.into())) }
    }

    /// An element of a list that is a member of the document.
    pub fn element(value: &'a Value, list: &'a str, index: usize) -> Self {
        let list = Step::Key(Rc::new(Step::Root(String::new())), list);
        DocumentValue { value, path: Rc::new(Step::Index(Rc::new(list), index)) }
    }

    /// The JSON pointer (RFC 6901) of the value, or of an ancestor if it would be too long.
    pub fn pointer(&self) -> String {
        let mut steps = Vec::new();
        let mut step = &self.path;
        let mut pointer = loop {
            match step.as_ref() {
                Step::Root(pointer) => break pointer.clone(),
                Step::Key(parent, _) | Step::Index(parent, _) => {
                    steps.push(step);
                    step = parent;
                }
            }
        };
        for step in steps.into_iter().rev() {
            let longer = match step.as_ref() {
                Step::Key(_, key) if key.len() <= POINTER => child(&pointer, key),
                Step::Index(_, index) => format!("{pointer}/{index}"),
                Step::Key(..) | Step::Root(_) => break,
            };
            if longer.len() > POINTER {
                break;
            }
            pointer = longer;
        }
        pointer
    }

    /// The JSON pointer of the value, if it leads there and not to an ancestor.
    pub fn exact_pointer(&self, root: &Value) -> Option<String> {
        let pointer = self.pointer();
        root.pointer(&pointer).is_some_and(|found| std::ptr::eq(found, self.value)).then_some(pointer)
    }

    /// A member of this object.
    pub fn member(&self, key: &'a str, value: &'a Value) -> DocumentValue<'a> {
        DocumentValue { value, path: Rc::new(Step::Key(Rc::clone(&self.path), key)) }
    }

    /// The member with this key, if the value is an object that has it.
    pub fn get(&self, key: &str) -> Option<DocumentValue<'a>> {
        self.value.as_object()?.get_key_value(key).map(|(key, value)| self.member(key, value))
    }

    /// The value that the keys lead to, one after the other.
    pub fn path(&self, keys: &[&str]) -> Option<DocumentValue<'a>> {
        keys.iter().try_fold(self.clone(), |at, key| at.get(key))
    }

    /// The elements of an array, or of what JSON-LD writes as `@set` or `@list`; for anything else the value itself; for
    /// null nothing.
    pub fn each(&self) -> Vec<DocumentValue<'a>> {
        if let Some(inner) = self.collected() {
            return inner.each();
        }
        match self.value {
            Value::Null => Vec::new(),
            Value::Array(_) => {
                let inner = |item: DocumentValue<'a>| item.collected().map_or_else(|| vec![item], |inner| inner.each());
                self.items().flat_map(inner).collect()
            }
            _ => vec![self.clone()],
        }
    }

    /// The nodes at the top of a JSON-LD document (JSON-LD 1.1 §9): the object, or those of the array; and those of the
    /// `@graph` of each.
    pub fn nodes(&self) -> Vec<DocumentValue<'a>> {
        let top = self.each();
        let graphs = top.iter().filter_map(|node| node.get("@graph")).flat_map(|graph| graph.each());
        let within: Vec<DocumentValue<'a>> = graphs.collect();
        top.into_iter().chain(within).collect()
    }

    /// What an object collects (JSON-LD 1.1 §4.3).
    fn collected(&self) -> Option<DocumentValue<'a>> {
        ["@set", "@list"].iter().find_map(|key| self.get(key))
    }

    /// The elements of an array; for anything else nothing.
    pub fn items(&self) -> impl Iterator<Item = DocumentValue<'a>> + use<'a> {
        let path = Rc::clone(&self.path);
        self.value
            .as_array()
            .into_iter()
            .flatten()
            .enumerate()
            .map(move |(index, value)| DocumentValue { value, path: Rc::new(Step::Index(Rc::clone(&path), index)) })
    }

    /// The elements of the array under this key; nothing if there is none.
    pub fn list(&self, key: &str) -> impl Iterator<Item = DocumentValue<'a>> + use<'a> {
        self.get(key).into_iter().flat_map(|at| at.items())
    }

    /// The members of an object; for anything else nothing.
    pub fn members(&self) -> impl Iterator<Item = (&'a str, DocumentValue<'a>)> + use<'a> {
        let here = self.clone();
        self.value.as_object().into_iter().flatten().map(move |(key, value)| (key.as_str(), here.member(key, value)))
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&'a str> {
        self.value.as_str()
    }

    /// The text of the member with this key, if it is one and not empty.
    pub fn text_of(&self, key: &str) -> Option<&'a str> {
        self.value.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// The text of the first of these members that has one.
    pub fn first_text(&self, keys: &[&str]) -> Option<&'a str> {
        keys.iter().find_map(|key| self.text_of(key))
    }

    /// A text or number with its place.
    pub fn stated(&self) -> Option<StatedText> {
        let value = match self.value {
            Value::String(text) if !text.is_empty() => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        Some(StatedText { value, pointer: self.pointer() })
    }
}

/// The digests that a document states, with their places: as many as may be kept.
#[derive(Debug, Default)]
pub struct DigestList {
    named: Vec<StatedDigest>,
    more: bool,
}

impl DigestList {
    /// Adds digests that are stated at one place of a thing with this name.
    pub fn add(&mut self, at: &DocumentValue<'_>, digests: impl IntoIterator<Item = Digest>, name: Option<&str>) {
        for digest in digests {
            if self.named.len() >= DIGESTS {
                self.more = true;
                return;
            }
            let text =
                at.text().filter(|text| text.len() > digest.to_string().len()).map(|text| clipped(text).to_owned());
            let name = name.map(|name| clipped(name).to_owned());
            self.named.push(StatedDigest { digest, pointer: at.pointer(), name, text });
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.named.is_empty()
    }

    /// Adds what was found elsewhere.
    pub fn append(&mut self, other: DigestList) {
        self.more |= other.more || self.named.len() + other.named.len() > DIGESTS;
        self.named.extend(other.named);
        self.named.truncate(DIGESTS);
    }

    /// The digests, each once, in order, for a summary.
    pub fn distinct(&self) -> Vec<String> {
        let distinct: BTreeSet<&Digest> = self.named.iter().map(|named| &named.digest).collect();
        distinct.into_iter().map(Digest::to_string).collect()
    }

    /// What was found; too much is a fault, because what was left out may contradict the rest.
    pub fn finish(self, faults: &mut Vec<Fault>) -> Vec<StatedDigest> {
        if self.more {
            let message = format!("expected at most {DIGESTS} digests, found more");
            faults.push(Fault::new(FaultCode::TooMany, "", message));
        }
        self.named
    }
}

/// As much of a text as people need of it.
pub fn clipped(text: &str) -> &str {
    text.char_indices().nth(NAME).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// The pointer of a member (RFC 6901 §3: `~` and `/` are escaped).
pub fn child(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// A value as text for a message: at most 60 characters.
pub fn shown(value: &Value) -> String {
    shortened(&value.to_string())
}

/// At most 60 characters of a text.
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => text.get(..end).map(|head| format!("{head}…")).unwrap_or_default(),
        None => text.to_owned(),
    }
}

/// The digest that a whole text is: `sha256:` and 64 hex characters (sha512: 128), in either case.
///
/// Hex is compared as bytes would be, so upper case, which SPDX and CycloneDX allow, means the same digest.
pub fn digest(text: &str) -> Option<Digest> {
    text.trim().to_ascii_lowercase().parse().ok()
}

/// The digest of a text that may leave the algorithm out: 64 hex characters are sha256, 128 are sha512.
pub fn bare_digest(text: &str) -> Option<Digest> {
    let text = text.trim();
    let algorithm = match text.len() {
        64 => "sha256",
        128 => "sha512",
        _ => return digest(text),
    };
    digest(&format!("{algorithm}:{text}"))
}

/// The digest of a value under a name that says which algorithm it is, however that is spelled (`SHA256`,
/// `SHA-256`, `sha256`). Other algorithms are none that this program computes.
pub fn digest_by(algorithm: &str, hex: &str) -> Option<Digest> {
    let algorithm = plain(local_name(algorithm));
    let algorithm = algorithm.strip_prefix("checksumalgorithm").unwrap_or(&algorithm);
    let hex = hex.trim();
    let hex = hex.split_once(':').filter(|(name, _)| plain(name) == algorithm).map_or(hex, |(_, hex)| hex);
    matches!(algorithm, "sha256" | "sha512").then(|| digest(&format!("{algorithm}:{hex}"))).flatten()
}

/// The digests written somewhere within a text: `oci://host/repo@sha256:…`, `urn:hash:sha256:…`,
/// `pkg:oci/name@sha256%3A…`, `…:sha256-…`.
///
/// Each once, and no more than are kept and one, so that [`DigestList`] sees that there are more.
pub fn digests_within(text: &str) -> Vec<Digest> {
    let text = text.to_ascii_lowercase();
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    for (algorithm, length) in [("sha256", 64), ("sha512", 128)] {
        for (start, _) in text.match_indices(algorithm) {
            let rest = text.get(start + algorithm.len()..).unwrap_or_default();
            let Some(rest) = [":", "-", "=", "/", "%3a"].iter().find_map(|separator| rest.strip_prefix(separator))
            else {
                continue;
            };
            // Longer runs of hex are something else, of which a part must not pass for a digest.
            let hex = rest.split(|character: char| !character.is_ascii_hexdigit()).next().unwrap_or_default();
            if hex.len() == length
                && seen.insert(hex)
                && let Some(digest) = digest(&format!("{algorithm}:{hex}"))
            {
                found.push(digest);
                if found.len() > DIGESTS {
                    return found;
                }
            }
        }
    }
    found
}

/// The digest of a text that is a pinned reference as a whole: `host/repo@sha256:…`, `oci://host/repo@sha256:…`.
pub fn digest_of_reference(text: &str) -> Option<Digest> {
    let (repository, pin) = text.trim().rsplit_once('@')?;
    let is_reference = repository.contains('/') && !repository.contains(char::is_whitespace);
    is_reference.then(|| digests_within(pin).pop()).flatten()
}

/// What follows the last `:`, `#` or `/`: a JSON-LD term without its prefix, an IRI without its namespace.
pub fn local_name(name: &str) -> &str {
    name.rsplit([':', '#', '/']).next().unwrap_or(name)
}

/// A name without case and without `_`, `-`, `.`: `content_digest`, `contentDigest` and `content-digest` are one.
pub fn plain(name: &str) -> String {
    name.chars().filter(|character| !matches!(character, '_' | '-' | '.' | ' ')).flat_map(char::to_lowercase).collect()
}

/// Names, as [`plain`] makes them, under which a document states the digest of the thing it describes.
const DIGEST_NAMES: [&str; 13] = [
    "digest",
    "sha256",
    "sha512",
    "hash",
    "hashes",
    "hashsha256",
    "checksum",
    "checksums",
    "checksumvalue",
    "contentdigest",
    "contenthash",
    "ocidigest",
    "manifestdigest",
];

/// Whether a property with this local name states the digest of the thing that has it.
pub fn states_digest(local: &str) -> bool {
    DIGEST_NAMES.contains(&plain(local).as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const HEX: &str = "6ec7f5b8a4c5b9c2f1d0e3a798b6c5d4e3f2a1b0c9d8e7f60516273849506172";

    #[test]
    fn digests_are_read_in_every_spelling_and_only_whole() {
        let expected = format!("sha256:{HEX}");
        for text in [
            format!("sha256:{HEX}"),
            format!("urn:hash:sha256:{HEX}"),
            format!("oci://reg.example.org/a/b@sha256:{HEX}"),
            format!("oci://reg.example.org/a/b@sha256:{HEX}#layer"),
            format!("pkg:oci/debian@sha256%3A{HEX}?arch=amd64"),
            format!("urn:data:file:a.tif:sha256-{}", HEX.to_uppercase()),
        ] {
            let found: Vec<String> = digests_within(&text).iter().map(Digest::to_string).collect();
            assert_eq!(found, std::slice::from_ref(&expected), "{text}");
        }
        for text in [format!("sha256:{HEX}0"), format!("sha256:{}", &HEX[1..]), "sha256:é".to_owned(), HEX.to_owned()]
        {
            assert_eq!(digests_within(&text), Vec::new(), "{text}");
        }
        assert_eq!(bare_digest(HEX).unwrap().to_string(), expected);
        assert_eq!(bare_digest(&"é".repeat(32)), None);
        for algorithm in ["SHA256", "SHA-256", "sha256", "spdx:checksumAlgorithm_sha256"] {
            assert_eq!(digest_by(algorithm, HEX).unwrap().to_string(), expected, "{algorithm}");
        }
        assert_eq!(digest_by("SHA256", &expected).unwrap().to_string(), expected);
        assert_eq!(digest_by("SHA3-256", HEX), None);
    }

    #[test]
    fn digests_are_read_once_each_and_too_many_are_told() {
        let text: String = (0..=DIGESTS + 10).map(|number| format!("sha256:{number:064x} ")).collect();
        let found = digests_within(&text);
        assert_eq!(found.len(), DIGESTS + 1);
        assert_eq!(digests_within(&text[..7200].repeat(2)).len(), 100);
        let (value, mut faults, mut all) = (json!(text), Vec::new(), DigestList::default());
        all.add(&DocumentValue::new(&value, ""), found, None);
        assert_eq!(all.finish(&mut faults).len(), DIGESTS);
        assert_eq!(faults.len(), 1);
    }

    #[test]
    fn a_reference_is_the_whole_text() {
        let expected = format!("sha256:{HEX}");
        for text in [
            format!("reg.example.org/a/b@sha256:{HEX}"),
            format!("oci://reg.example.org/a/b:v1@sha256:{HEX}"),
            format!(" pkg:oci/b@sha256%3A{HEX}?arch=x "),
        ] {
            assert_eq!(digest_of_reference(&text).unwrap().to_string(), expected, "{text}");
        }
        for text in
            [format!("made of a/b@sha256:{HEX}"), expected.clone(), format!("a@{expected}"), format!("a/b@{HEX}")]
        {
            assert_eq!(digest_of_reference(&text), None, "{text}");
        }
    }

    #[test]
    fn pointers_are_escaped_and_lead_back() {
        let value = json!({"a/b": {"c~d": [1, {"": "x"}]}});
        let at = DocumentValue::new(&value, "").path(&["a/b", "c~d"]).unwrap();
        let item = at.items().last().unwrap().get("").unwrap();
        assert_eq!(item.pointer(), "/a~1b/c~0d/1/");
        assert_eq!(value.pointer(&item.pointer()), Some(&json!("x")));
    }

    #[test]
    fn long_pointers_end_at_an_ancestor() {
        let value = json!({"a": {"x".repeat(2000): {"b": 1}}});
        let at = DocumentValue::new(&value, "").get("a").unwrap();
        let (_, long) = at.members().next().unwrap();
        assert_eq!(long.get("b").unwrap().pointer(), "/a");
        assert_eq!(clipped(&"é".repeat(300)), "é".repeat(200));
    }

    #[test]
    fn names_lose_their_prefix_and_their_spelling() {
        assert_eq!(local_name("https://kfm.dev/ns#digest"), "digest");
        assert_eq!(local_name("kfm:hash.sha256"), "hash.sha256");
        for name in ["contentDigest", "content_digest", "hash.sha256", "SHA-256", "checksumValue"] {
            assert!(states_digest(name), "{name}");
        }
        for name in ["spec_hash", "config_digest", "run_manifest_digest", "parentDigest"] {
            assert!(!states_digest(name), "{name}");
        }
    }

    #[test]
    fn long_texts_are_shortened_between_characters() {
        assert_eq!(shortened(&"é".repeat(61)), format!("{}…", "é".repeat(60)));
        assert_eq!(shortened("short"), "short");
    }
}
