//! Patterns of repositories and of what certificates say. All of them match a whole value.

use globset::{GlobBuilder, GlobMatcher};
use regex::{Regex, RegexBuilder};

use super::breadth::Breadth;
use crate::oci::host;

/// Bytes that a compiled regular expression may take: far more than a pattern of identities needs.
const REGEX_BYTES: usize = 1024 * 1024;

/// A pattern of repositories: `*` stays within a path component, `**` crosses them.
#[derive(Debug, Clone)]
pub(crate) struct RepositoryPattern {
    text: String,
    glob: GlobMatcher,
}

impl RepositoryPattern {
    /// Reads a pattern; an `oci://` in front is passed over. The error continues "the pattern …".
    pub fn new(pattern: &str) -> Result<Self, String> {
        let pattern = pattern.strip_prefix("oci://").unwrap_or(pattern);
        let Some((host, path)) = pattern.split_once('/') else {
            return Err(
                "has no `/`: expected a host and a repository, such as `registry.example.org/team/*`".to_owned()
            );
        };
        if pattern.split('/').all(|part| part.chars().all(|character| character == '*')) {
            return Err("matches everything: leave `repositories` out if all of them are meant".to_owned());
        }
        let host = host_pattern(host)?;
        // The brackets of an IPv6 address are no class of characters.
        let literal = host.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let literal = literal.map_or(host.clone(), |(address, port)| format!("[[]{address}[]]{port}"));
        Ok(RepositoryPattern { glob: glob(&format!("{literal}/{path}"))?, text: format!("{host}/{path}") })
    }

    /// Whether it matches the whole of `host/repository`.
    pub fn matches(&self, repository: &str) -> bool {
        self.glob.is_match(repository)
    }
}

impl std::fmt::Display for RepositoryPattern {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// The host of a pattern in the spelling that repositories have. `*` stands for whole parts of a name: next to other text it
/// would match hosts of anybody (`registry.example.org*` matches `registry.example.org.evil.example`).
fn host_pattern(host: &str) -> Result<String, String> {
    if host.starts_with('[') || !host.contains(['*', '?', '[', '{']) {
        return host::canonical(host).map_err(|problem| format!("names no host: {problem}"));
    }
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let labels: Vec<&str> = name.split('.').collect();
    let ends_open = labels.len() > 1 && labels.last().is_some_and(|label| label.contains('*'));
    if ends_open || labels.iter().any(|label| label.contains('*') && !label.ends_with('*')) {
        return Err(
            "has a `*` next to other text in its host, and would match hosts of anybody: expected `*` for whole \
                    parts in front, such as `*.example.org/team/*`"
                .to_owned(),
        );
    }
    let port = port.filter(|port| *port != "443");
    Ok(format!("{}{}", name.to_ascii_lowercase(), port.map(|port| format!(":{port}")).unwrap_or_default()))
}

fn glob(pattern: &str) -> Result<GlobMatcher, String> {
    let glob = GlobBuilder::new(pattern).literal_separator(true).backslash_escape(false).build();
    Ok(glob.map_err(|error| format!("is malformed: {}", error.kind()))?.compile_matcher())
}

/// How an entry states what a certificate has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextCondition {
    /// Just this text.
    Exact(String),
    /// `*` stays between two `/`, `**` crosses them.
    Glob(String),
    /// A regular expression over the whole text, as if it stood between `^` and `$`.
    Regexp(String),
    /// Nothing: the certificate must not say it.
    Absent,
}

/// A pattern of texts.
#[derive(Debug, Clone)]
pub(crate) struct TextPattern {
    wanted: TextCondition,
    compiled: Compiled,
}

#[derive(Debug, Clone)]
enum Compiled {
    Exact,
    Glob(GlobMatcher),
    Regexp(Box<Regex>),
}

impl TextPattern {
    /// The error continues "the pattern …".
    pub fn new(wanted: TextCondition) -> Result<Self, String> {
        let compiled = match &wanted {
            TextCondition::Exact(text) | TextCondition::Glob(text) | TextCondition::Regexp(text)
                if text.trim().is_empty() =>
            {
                return Err("is empty, which no certificate says".to_owned());
            }
            TextCondition::Exact(_) | TextCondition::Absent => Compiled::Exact,
            TextCondition::Glob(text) => Compiled::Glob(glob(text)?),
            TextCondition::Regexp(text) => Compiled::Regexp(Box::new(whole(text)?)),
        };
        Ok(TextPattern { wanted, compiled })
    }

    /// Whether it matches the whole text.
    pub fn matches(&self, text: &str) -> bool {
        match &self.compiled {
            Compiled::Exact => matches!(&self.wanted, TextCondition::Exact(wanted) if wanted == text),
            Compiled::Glob(glob) => glob.is_match(text),
            Compiled::Regexp(regex) => regex.is_match(text),
        }
    }

    /// Whether it is what was found, if anything was.
    pub fn is(&self, found: Option<&str>) -> bool {
        match found {
            None => self.wanted == TextCondition::Absent,
            Some(found) => self.matches(found),
        }
    }

    /// The text, for an exact pattern.
    pub fn exact(&self) -> Option<&str> {
        match &self.wanted {
            TextCondition::Exact(text) => Some(text),
            _ => None,
        }
    }

    /// What it matches, to be asked how wide that is; none for what is no pattern.
    pub fn breadth(&self) -> Option<Breadth> {
        match &self.compiled {
            Compiled::Exact => None,
            Compiled::Glob(glob) => Breadth::of(glob.glob().regex()),
            Compiled::Regexp(regex) => Breadth::of(regex.as_str()),
        }
    }
}

impl std::fmt::Display for TextPattern {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.wanted {
            TextCondition::Exact(text) => formatter.write_str(text),
            TextCondition::Glob(text) => write!(formatter, "glob {text}"),
            TextCondition::Regexp(text) => write!(formatter, "regexp {text}"),
            TextCondition::Absent => formatter.write_str("none"),
        }
    }
}

/// The pattern is compiled by itself first: one that only parses between our parentheses would reach out of them.
fn whole(pattern: &str) -> Result<Regex, String> {
    let compile = |pattern: &str| {
        RegexBuilder::new(pattern)
            .size_limit(REGEX_BYTES)
            .build()
            .map_err(|error| format!("is no regular expression: {}", error.to_string().replace('\n', " ")))
    };
    compile(pattern)?;
    compile(&format!(r"\A(?:{pattern})\z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_pattern_stays_within_its_component() {
        let pattern = RepositoryPattern::new;
        for (text, repository, expected) in [
            ("reg.example.org/kfm/*", "reg.example.org/kfm/layers", true),
            ("reg.example.org/kfm/*", "reg.example.org/kfm/layers/deep", false),
            ("reg.example.org/kfm/**", "reg.example.org/kfm/layers/deep", true),
            ("reg.example.org/*", "reg.example.org/kfm/layers", false),
            ("*.example.org/kfm/layers", "evil.org/x.example.org/kfm/layers", false),
            ("reg.example.org/kfm/layers", "reg.example.org/kfm/layers2", false),
        ] {
            assert_eq!(pattern(text).unwrap().matches(repository), expected, "{text} {repository}");
        }
        for text in
            ["Reg.example.org:443/kfm/*", "reg.example.org/kfm/*", "*.example.org/kfm/*", "r*.example.org:443/kfm/*"]
        {
            assert!(pattern(text).unwrap().matches("reg.example.org/kfm/layers"), "{text}");
        }
        assert!(pattern("index.docker.io/acme/*").unwrap().matches("docker.io/acme/app"));
        assert!(pattern("[0:0::1]:5000/a").unwrap().matches("[::1]:5000/a"));
        assert!(pattern("localhost:*/a").unwrap().matches("localhost:5000/a"));
        for text in ["reg.example.org*/kfm/*", "reg.example.*/kfm/*", "*example.org/kfm/*", "reg.*mple.org/kfm/*"] {
            assert!(pattern(text).unwrap_err().contains("`*`"), "{text}");
        }
        assert!(pattern("reg..org/kfm/*").unwrap_err().contains("\"reg..org\""));
        assert!(pattern("**/*").unwrap_err().contains("`repositories`"));
        assert!(pattern("kfm").unwrap_err().contains("`/`"));
    }

    #[test]
    fn a_pattern_matches_the_whole_text() {
        let (glob, regexp) =
            (|text: &str| TextCondition::Glob(text.to_owned()), |text: &str| TextCondition::Regexp(text.to_owned()));
        let exact = |text: &str| TextCondition::Exact(text.to_owned());
        for (wanted, text, expected) in [
            (exact("a@example.org"), "a@example.org", true),
            (exact("a@example.org"), "A@example.org", false),
            (exact("a*"), "ab", false),
            (glob("refs/tags/v*"), "refs/tags/v1.2", true),
            (glob("refs/tags/v*"), "refs/tags/v1/x", false),
            (glob("refs/tags/**"), "refs/tags/v1/x", true),
            (regexp("a@example.org"), "xa@example.orgx", false),
            (regexp("[a-c]@example\\.org"), "b@example.org", true),
            (regexp("^b@example\\.org$"), "b@example.org", true),
            (regexp("a|b@example\\.org"), "ax", false),
            (regexp("b@example\\.org$"), "b@example.org\n", false),
            (regexp("(?m)^b@example\\.org$"), "evil\nb@example.org", false),
        ] {
            assert_eq!(TextPattern::new(wanted.clone()).unwrap().matches(text), expected, "{wanted:?} {text:?}");
        }
    }

    #[test]
    fn a_pattern_that_is_none_says_why() {
        // What is empty is told so before anything reads it; each syntax has words of its own.
        let told = |wanted: TextCondition| TextPattern::new(wanted).unwrap_err();
        let empty = told(TextCondition::Exact(" ".to_owned()));
        assert_eq!(told(TextCondition::Regexp(" ".to_owned())), empty);
        for wanted in [
            TextCondition::Regexp("a)|(.*".to_owned()),
            TextCondition::Regexp("(".to_owned()),
            TextCondition::Regexp("(?x)a#".to_owned()),
            TextCondition::Regexp("(a{1000}){1000}".to_owned()),
            TextCondition::Glob("[".to_owned()),
        ] {
            assert_ne!(told(wanted.clone()), empty, "{wanted:?}");
        }
    }
}
