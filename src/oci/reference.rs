//! What a user types to name a subject.
//!
//! `host[:port]/repository:tag`, `host/repository@sha256:…`, `host/repository:tag@sha256:…`, each with an
//! optional `oci://`; `oci-layout:PATH[:name|@digest]`. The grammar of repositories and tags is that of
//! distribution-spec 1.1, § Pulling manifests.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use super::digest::Digest;
use super::host;
pub use super::problem::Problem;

/// A registry's host (with its port, where one was given) and a repository in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Repository {
    /// `host[:port]` in lower case; an IPv6 address stands in brackets.
    pub host: String,
    /// The path of the repository.
    pub path: String,
}

/// A parsed reference. It may name a tag; a subject never does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// In a registry; at least one of tag and digest is there.
    Registry {
        /// Where.
        repository: Repository,
        /// The tag, if one was typed.
        tag: Option<String>,
        /// The digest, if one was typed: it decides.
        digest: Option<Digest>,
    },
    /// In an OCI layout, a folder or a tar.
    Layout {
        /// Path of the folder or tar.
        path: PathBuf,
        /// Which of its contents; none means its only root.
        selector: Option<LayoutSelector>,
    },
}

/// Which content of a layout is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayoutSelector {
    /// By `org.opencontainers.image.ref.name`.
    Name(String),
    /// By digest.
    Digest(Digest),
}

/// Why a text is not a reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a reference: {problem}. Expected {EXAMPLES}")]
pub struct ReferenceError {
    /// What was typed.
    pub text: String,
    /// What is wrong with it.
    pub problem: Problem,
}

impl ReferenceError {
    /// Whether there is no registry's host in it, so that no repository can be meant.
    pub fn names_no_host(&self) -> bool {
        self.problem == Problem::NoHost
    }
}

const EXAMPLES: &str = "for example `registry.example.org/team/layer@sha256:<64 hex characters>`, \
     `registry.example.org/team/layer:v1` or `oci-layout:./folder:v1`";

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        parse(text).map_err(|problem| ReferenceError { text: text.to_owned(), problem })
    }
}

/// Ways in which tools write that a reference to an artifact follows.
const SCHEMES: [&str; 3] = ["oci://", "docker://", "oras://"];

/// What follows the scheme in a text that is meant to be a reference, as documents write it: `oci://…`, also as
/// `docker://…` or `oras://…`, in any case.
pub fn after_scheme(text: &str) -> Option<&str> {
    let text = text.trim();
    SCHEMES.iter().find_map(|scheme| {
        let (begin, rest) = text.split_at_checked(scheme.len())?;
        begin.eq_ignore_ascii_case(scheme).then_some(rest)
    })
}

fn parse(text: &str) -> Result<Reference, Problem> {
    if text.is_empty() {
        return Err(Problem::Empty);
    }
    if let Some(rest) = text.strip_prefix("oci-layout:") {
        return layout(rest);
    }
    let rest = text.strip_prefix("oci://").unwrap_or(text);
    if let Some((scheme, _)) = rest.split_once("://") {
        return Err(Problem::Scheme(format!("{scheme}://")));
    }
    registry(rest)
}

fn layout(rest: &str) -> Result<Reference, Problem> {
    let rest = rest.strip_prefix("//").map_or(rest, |absolute| absolute);
    let (path, selector) = if let Some((path, digest)) = rest.rsplit_once('@') {
        (path, Some(LayoutSelector::Digest(digest.parse().map_err(Problem::Digest)?)))
    } else {
        match rest.rsplit_once(':') {
            Some((path, name)) if !name.contains('/') => (path, Some(LayoutSelector::Name(name.to_owned()))),
            _ => (rest, None),
        }
    };
    if path.is_empty() {
        return Err(Problem::NoPath);
    }
    if let Some(LayoutSelector::Name(name)) = &selector
        && name.is_empty()
    {
        return Err(Problem::Tag(String::new()));
    }
    Ok(Reference::Layout { path: PathBuf::from(path), selector })
}

fn registry(rest: &str) -> Result<Reference, Problem> {
    let (name, digest) = match rest.split_once('@') {
        Some((name, digest)) => (name, Some(digest.parse().map_err(Problem::Digest)?)),
        None => (rest, None),
    };
    let (host, path) = name.split_once('/').ok_or(Problem::NoHost)?;
    let host = host::parse(host)?;
    let (path, tag) = match path.rsplit_once(':') {
        Some((path, tag)) if !tag.contains('/') => (path, Some(tag)),
        _ => (path, None),
    };
    if !is_repository(path) {
        return Err(Problem::Repository(path.to_owned()));
    }
    if let Some(tag) = tag.filter(|tag| !is_tag(tag)) {
        return Err(Problem::Tag(tag.to_owned()));
    }
    if tag.is_none() && digest.is_none() {
        return Err(Problem::Unspecific);
    }
    let repository = Repository { host, path: path.to_owned() };
    Ok(Reference::Registry { repository, tag: tag.map(str::to_owned), digest })
}

/// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*` between slashes, at most 255 characters in all.
fn is_repository(path: &str) -> bool {
    path.len() <= 255 && path.split('/').all(is_repository_component)
}

fn is_repository_component(component: &str) -> bool {
    let is_alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let separators: Vec<&str> = component
        .split(|character: char| character.is_ascii() && is_alphanumeric(character as u8))
        .filter(|separator| !separator.is_empty())
        .collect();
    component.bytes().next().is_some_and(is_alphanumeric)
        && component.bytes().next_back().is_some_and(is_alphanumeric)
        && separators
            .iter()
            .all(|separator| matches!(*separator, "." | "_" | "__") || separator.bytes().all(|byte| byte == b'-'))
}

/// `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`.
fn is_tag(tag: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    tag.len() <= 128
        && tag.bytes().next().is_some_and(word)
        && tag.bytes().all(|byte| word(byte) || byte == b'.' || byte == b'-')
}

impl fmt::Display for Repository {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.host, self.path)
    }
}

impl FromStr for Repository {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let problem = |problem| ReferenceError { text: text.to_owned(), problem };
        let rest = text.strip_prefix("oci://").unwrap_or(text);
        let (host, path) = rest.split_once('/').ok_or_else(|| problem(Problem::NoHost))?;
        if !is_repository(path) {
            return Err(problem(Problem::Repository(path.to_owned())));
        }
        Ok(Repository { host: host::parse(host).map_err(problem)?, path: path.to_owned() })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reference::Registry { repository, tag, digest } => {
                write!(formatter, "{repository}")?;
                if let Some(tag) = tag {
                    write!(formatter, ":{tag}")?;
                }
                if let Some(digest) = digest {
                    write!(formatter, "@{digest}")?;
                }
                Ok(())
            }
            Reference::Layout { path, selector } => {
                write!(formatter, "oci-layout:{}", path.display())?;
                match selector {
                    None => Ok(()),
                    Some(LayoutSelector::Name(name)) => write!(formatter, ":{name}"),
                    Some(LayoutSelector::Digest(digest)) => write!(formatter, "@{digest}"),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::digest::DigestError;

    const DIGEST: &str = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

    #[test]
    fn references_read_back_as_typed() {
        for text in [
            "localhost/a:1".to_owned(),
            "localhost:5000/kfm/layers:v1".to_owned(),
            format!("registry.example.org/a/b-c__d@{DIGEST}"),
            format!("registry.example.org/a/b:v1@{DIGEST}"),
            "[::1]:5000/a:b".to_owned(),
            "oci-layout:./x/y".to_owned(),
            "oci-layout:x.tar:v1".to_owned(),
            format!("oci-layout:/tmp/x@{DIGEST}"),
        ] {
            assert_eq!(text.parse::<Reference>().unwrap().to_string(), text);
        }
        assert_eq!("oci://Localhost:05000/a:1".parse::<Reference>().unwrap().to_string(), "localhost:5000/a:1");
    }

    #[test]
    fn a_wrong_reference_says_what_is_wrong_and_shows_a_right_one() {
        let own = str::to_owned;
        let length = |found| Problem::Digest(DigestError::Length { algorithm: "sha256", expected: 64, found });
        for (text, problem) in [
            ("", Problem::Empty),
            ("ubuntu:22.04", Problem::NoHost),
            ("library/ubuntu:22.04", Problem::NoHost),
            ("https://ghcr.io/a/b:1", Problem::Scheme(own("https://"))),
            ("ghcr.io/a/b", Problem::Unspecific),
            ("ghcr.io/A/b:1", Problem::Repository(own("A/b"))),
            ("ghcr.io/a//b:1", Problem::Repository(own("a//b"))),
            ("ghcr.io/a/b:.x", Problem::Tag(own(".x"))),
            ("ghcr.io:99999/a:1", Problem::Port(own("99999"))),
            ("ghcr.io:+80/a:1", Problem::Port(own("+80"))),
            ("[::1/a:1", Problem::Host(own("[::1"))),
            ("-x.io/a:1", Problem::Host(own("-x.io"))),
            (
                "ghcr.io/a@sha256:REPLACE_ME",
                Problem::Digest(DigestError::NotLowerHex { algorithm: "sha256", found: 'R' }),
            ),
            ("ghcr.io/a@sha256:0123", length(4)),
            ("oci-layout:", Problem::NoPath),
            ("oci-layout:x@sha256:12", length(2)),
        ] {
            let error = text.parse::<Reference>().unwrap_err();
            assert_eq!((&error.text[..], &error.problem), (text, &problem));
            let told = error.to_string();
            assert!(told.contains("`registry.example.org/team/layer@sha256:"), "{told}");
        }
    }
}
