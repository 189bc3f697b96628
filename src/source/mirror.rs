//! Mirrors: other places of the same bytes.
//!
//! A mirror changes nothing of what is judged: the subject stays in its own repository, and who may sign there stays
//! who may. What is asked by digest is checked by digest, so any mirror may answer that. Where a tag points and what
//! refers to a subject is a registry's word, so a mirror is believed in that only where it was told so.

use crate::oci::Repository;

/// One mirror of a part of a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mirror {
    prefix: String,
    location: String,
    pull: Pull,
}

/// What a mirror is asked for (the values of podman's `pull-from-mirror`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pull {
    /// Content by digest.
    #[default]
    DigestOnly,
    /// Also where tags point and what refers to a digest; its "there is none" counts.
    All,
}

impl Mirror {
    /// A mirror of everything under `prefix` (`host[:port]`, or more of a repository), at `location` in its place.
    pub fn new(prefix: &str, location: &str, pull: Pull) -> Result<Self, String> {
        let check = |what: &str, text: &str| {
            // In the spelling that repositories have.
            let text = text.trim_end_matches('/');
            match format!("{text}/x").parse::<Repository>() {
                Ok(place) => Ok(place.to_string().strip_suffix("/x").unwrap_or(text).to_owned()),
                Err(_) => Err(format!("`{what}`: expected HOST[:PORT] or HOST[:PORT]/PATH, found {text:?}")),
            }
        };
        Ok(Mirror { prefix: check("prefix", prefix)?, location: check("location", location)?, pull })
    }

    /// What it mirrors.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Where it is.
    pub fn location(&self) -> &str {
        &self.location
    }

    /// What it is asked for.
    pub fn pull(&self) -> Pull {
        self.pull
    }

    /// The place of a repository in this mirror, if it covers that.
    fn place_of(&self, repository: &Repository) -> Option<Repository> {
        let whole = repository.to_string();
        let rest = whole.strip_prefix(&self.prefix).filter(|rest| rest.starts_with('/'))?;
        let place = format!("{}{rest}", self.location);
        let (host, path) = place.split_once('/')?;
        Some(Repository { host: host.to_owned(), path: path.to_owned() })
    }
}

/// The places of a repository in mirrors, in their order: those of the longest prefix that covers it.
pub(super) fn places(mirrors: &[Mirror], repository: &Repository) -> Vec<(Repository, Pull)> {
    let covering: Vec<(&Mirror, Repository)> =
        mirrors.iter().filter_map(|mirror| Some((mirror, mirror.place_of(repository)?))).collect();
    let longest = covering.iter().map(|(mirror, _)| mirror.prefix.len()).max();
    let chosen = covering.into_iter().filter(|(mirror, _)| Some(mirror.prefix.len()) == longest);
    chosen.map(|(mirror, place)| (place, mirror.pull)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_decides_and_the_rest_of_the_path_stays() {
        let mirror = |prefix, location| Mirror::new(prefix, location, Pull::DigestOnly).unwrap();
        let mirrors = [
            mirror("registry.example.org", "first.example.net:5000"),
            mirror("registry.example.org/", "second.example.net/cache/"),
            mirror("registry.example.org/team", "team.example.net"),
            mirror("registry.example.org/team/layer", "layer.example.net/copy"),
        ];
        for (repository, expected) in [
            ("registry.example.org/a/b", "first.example.net:5000/a/b second.example.net/cache/a/b"),
            ("registry.example.org/team/other", "team.example.net/other"),
            ("registry.example.org/teams/x", "first.example.net:5000/teams/x second.example.net/cache/teams/x"),
            ("registry.example.org:443/team/x", "team.example.net/x"),
            ("registry.example.org:5000/team/x", ""),
            ("example.org/team/x", ""),
        ] {
            let found = places(&mirrors, &repository.parse().unwrap());
            let found: Vec<String> = found.iter().map(|(place, _)| place.to_string()).collect();
            assert_eq!(found.join(" "), expected, "{repository}");
        }
        for wrong in ["", "http://x", "a b", "x//y", "x/Y"] {
            assert!(Mirror::new(wrong, "x.example", Pull::All).unwrap_err().contains("`prefix`: "), "{wrong}");
        }
    }
}
