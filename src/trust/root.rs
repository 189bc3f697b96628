//! Trusted roots: the certificate authorities, logs and timestamp authorities that certificates are verified with
//! (`protobuf-specs`, `sigstore_trustroot.proto`). Roots are never pooled: each signer names one.

use std::sync::{Arc, OnceLock};

use serde_json::Value;
use sigstore_verify::Verifier;
use sigstore_verify::trust_root::{SIGSTORE_GITHUB_TRUSTED_ROOT, SIGSTORE_PRODUCTION_TRUSTED_ROOT, TrustedRoot};
use time::{Date, Month, OffsetDateTime};

use crate::oci::Digest;
use crate::oci::json::parse_strict;

/// Nesting of a trusted root's JSON.
const DEPTH: usize = 32;
/// When the embedded roots were taken from their TUF repositories (`sigstore-trust-root` 0.15.1).
const EMBEDDED: Date = match Date::from_calendar_date(2026, Month::October, 23) {
    Ok(date) => date,
    Err(_) => Date::MIN,
};
/// After so many days an embedded root may lack keys that have come into use since.
const OLD_AFTER_DAYS: i64 = 180;

/// What a root's certificates need besides a trusted time. What a signer's entry relaxes is taken from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Needs {
    /// A signed certificate timestamp (RFC 6962 §3.2): the certificate's issuance is public.
    pub certificate_timestamp: bool,
    /// An entry in the transparency log: the signature is public.
    pub log: bool,
}

/// Where a root comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RootOrigin {
    /// It comes with the program, as it was on this day.
    Embedded(Date),
    /// A file, by the digest of its bytes.
    File {
        /// Its path.
        path: String,
        /// sha256 of it.
        digest: Digest,
    },
}

/// A service of a root, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// `certificate authority`, `certificate transparency log`, `transparency log` or `timestamp authority`.
    pub role: &'static str,
    /// Its URL, if the root says one.
    pub url: String,
    /// When its key came into use.
    pub from: Option<OffsetDateTime>,
    /// When its key went out of use.
    pub until: Option<OffsetDateTime>,
}

/// A trusted root.
#[derive(Clone)]
pub struct Root {
    name: String,
    origin: RootOrigin,
    needs: Needs,
    content: Arc<TrustedRoot>,
    verifier: Arc<OnceLock<Result<Verifier, String>>>,
    dropped: Vec<String>,
}

/// The names of the embedded roots.
pub const PUBLIC_GOOD: &str = "public-good";
/// GitHub's own instance, for artifact attestations of private repositories.
pub const GITHUB: &str = "github";

impl Root {
    /// The embedded root of this name: `public-good` or `github`.
    pub fn embedded(name: &str) -> Option<Self> {
        let (text, needs) = match name {
            PUBLIC_GOOD => (SIGSTORE_PRODUCTION_TRUSTED_ROOT, Needs { certificate_timestamp: true, log: true }),
            // It has no logs; its timestamp authority says when.
            GITHUB => (SIGSTORE_GITHUB_TRUSTED_ROOT, Needs { certificate_timestamp: false, log: false }),
            _ => return None,
        };
        // A test holds both against the parser.
        let content = TrustedRoot::from_json(text).ok()?;
        Some(Self::new(name, RootOrigin::Embedded(EMBEDDED), needs, content, Vec::new()))
    }

    /// Reads a `trusted_root.json`. Entries that cannot be used here (a key of an unknown algorithm, a malformed
    /// certificate) are left out and told by [`Root::dropped`]: one of them would else make the whole root useless.
    /// The error continues "the trusted root …".
    pub fn from_file(name: &str, path: &str, bytes: &[u8]) -> Result<Self, String> {
        let mut value = parse_strict(bytes, DEPTH).map_err(|error| format!("is not acceptable JSON: {error}"))?;
        let stated = value.get("mediaType").and_then(Value::as_str).unwrap_or_default();
        if !stated.starts_with("application/vnd.dev.sigstore.trustedroot") {
            return Err(format!(
                "has the media type {stated:?}, expected \"application/vnd.dev.sigstore.trustedroot+json;version=0.1\": write one with `cosign trusted-root create`, or name `{PUBLIC_GOOD}` or `{GITHUB}`"
            ));
        }
        let dropped = normalise(&mut value)?;
        let content = parse(&value)?;
        if content.certificate_authorities.is_empty() && content.tlogs.is_empty() {
            return Err(format!(
                "has neither a certificate authority nor a transparency log that can be used here{}",
                if dropped.is_empty() { String::new() } else { format!(": {}", dropped.join("; ")) }
            ));
        }
        let origin = RootOrigin::File { path: path.to_owned(), digest: Digest::sha256(bytes) };
        Ok(Self::new(name, origin, Needs { certificate_timestamp: true, log: true }, content, dropped))
    }

    fn new(name: &str, origin: RootOrigin, needs: Needs, content: TrustedRoot, dropped: Vec<String>) -> Self {
        let verifier = Arc::new(OnceLock::new());
        Root { name: name.to_owned(), origin, needs, content: Arc::new(content), verifier, dropped }
    }

    /// The same root with the needs of an embedded one: a newer file of that instance. None if there is no such one.
    pub fn like(self, embedded: &str) -> Option<Self> {
        Self::embedded(embedded).map(|like| Root { needs: like.needs, ..self })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it comes from.
    pub fn origin(&self) -> &RootOrigin {
        &self.origin
    }

    /// What its certificates need.
    pub fn needs(&self) -> Needs {
        self.needs
    }

    /// What was left out, and why.
    pub fn dropped(&self) -> &[String] {
        &self.dropped
    }

    /// That it is old, if it is: for people.
    pub fn age_note(&self, now: OffsetDateTime) -> Option<String> {
        let RootOrigin::Embedded(date) = self.origin else { return None };
        let days = (now.date() - date).whole_days();
        (days > OLD_AFTER_DAYS).then(|| {
            format!(
                "the embedded trusted root `{}` is of {date}, {days} days old: keys that came into use since are not in it; take a newer ocigate, or give `--trusted-root FILE`",
                self.name
            )
        })
    }

    /// Its services.
    pub fn services(&self) -> Vec<Service> {
        let time = |value: &Value| {
            let text = value.as_str()?;
            OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).ok()
        };
        let value = serde_json::to_value(&*self.content).unwrap_or_default();
        let roles = [
            ("certificateAuthorities", "certificate authority", "uri", "/validFor"),
            ("ctlogs", "certificate transparency log", "baseUrl", "/publicKey/validFor"),
            ("tlogs", "transparency log", "baseUrl", "/publicKey/validFor"),
            ("timestampAuthorities", "timestamp authority", "uri", "/validFor"),
        ];
        let entries = |(list, role, url, window): (&str, &'static str, &'static str, &'static str)| {
            let entries = value.get(list).and_then(Value::as_array).cloned().unwrap_or_default();
            entries.into_iter().map(move |entry| Service {
                role,
                url: entry.get(url).and_then(Value::as_str).unwrap_or_default().to_owned(),
                from: entry.pointer(window).and_then(|window| time(window.get("start")?)),
                until: entry.pointer(window).and_then(|window| time(window.get("end")?)),
            })
        };
        roles.into_iter().flat_map(entries).collect()
    }

    /// The verifier with all of it, made once.
    pub(crate) fn verifier(&self) -> Result<&Verifier, String> {
        let made = self.verifier.get_or_init(|| Verifier::new(&self.content).map_err(|error| error.to_string()));
        made.as_ref().map_err(Clone::clone)
    }

    /// The same root with other transparency logs.
    pub(crate) fn content(&self) -> &TrustedRoot {
        &self.content
    }
}

impl std::fmt::Debug for Root {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Root").field("name", &self.name).field("origin", &self.origin).finish_non_exhaustive()
    }
}

/// The lists of a root, each with the text that the parser wants and proto3 JSON may leave out when it is empty.
const LISTS: [(&str, &str, &str); 4] = [
    ("tlogs", "baseUrl", "transparency log"),
    ("ctlogs", "baseUrl", "certificate transparency log"),
    ("certificateAuthorities", "uri", "certificate authority"),
    ("timestampAuthorities", "uri", "timestamp authority"),
];

/// Fills in what may be left out and drops each entry that would not make a verifier by itself.
fn normalise(root: &mut Value) -> Result<Vec<String>, String> {
    let media_type = root.get("mediaType").cloned().unwrap_or_default();
    let mut dropped = Vec::new();
    for (list, text, role) in LISTS {
        let entries = match root.get_mut(list) {
            None | Some(Value::Null) => continue,
            Some(Value::Array(entries)) => entries,
            Some(_) => return Err(format!("has a `{list}` that is no array")),
        };
        let mut kept = Vec::new();
        for (index, mut entry) in std::mem::take(entries).into_iter().enumerate() {
            let Some(fields) = entry.as_object_mut() else {
                return Err(format!("has a `{list}` whose entry {index} is no object"));
            };
            fields.entry(text).or_insert_with(|| Value::from(""));
            if text == "baseUrl" {
                fields.entry("hashAlgorithm").or_insert_with(|| Value::from("SHA2_256"));
            }
            let alone = serde_json::json!({"mediaType": media_type, list: [entry.clone()]});
            let usable =
                parse(&alone).and_then(|alone| Verifier::new(&alone).map(|_| ()).map_err(|error| error.to_string()));
            match usable {
                Ok(()) => kept.push(entry),
                Err(error) => {
                    let url = entry.get(text).and_then(Value::as_str).unwrap_or_default();
                    dropped.push(format!("the {role} {url:?} (/{list}/{index}): {error}"));
                }
            }
        }
        *entries = kept;
    }
    Ok(dropped)
}

fn parse(value: &Value) -> Result<TrustedRoot, String> {
    serde_json::from_value(value.clone()).map_err(|error| format!("is malformed: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_roots_can_be_used() {
        for (name, services) in [(PUBLIC_GOOD, 7), (GITHUB, 12)] {
            let root = Root::embedded(name).unwrap();
            root.verifier().unwrap();
            assert!(root.services().len() >= services, "{name}: {:?}", root.services());
            assert!(root.services().iter().all(|service| service.from.is_some()), "{name}");
        }
        assert!(Root::embedded("other").is_none());
    }

    #[test]
    fn an_old_embedded_root_is_told() {
        let root = Root::embedded(PUBLIC_GOOD).unwrap();
        let at = |days: i64| EMBEDDED.midnight().assume_utc() + time::Duration::days(days);
        assert_eq!(root.age_note(at(OLD_AFTER_DAYS)), None);
        assert!(
            root.age_note(at(OLD_AFTER_DAYS + 1))
                .is_some_and(|note| note.contains("2026-10-23") && note.contains("181"))
        );
    }

    #[test]
    fn a_root_without_urls_and_with_an_unusable_key_still_serves() {
        let mut value: Value = serde_json::from_str(SIGSTORE_PRODUCTION_TRUSTED_ROOT).unwrap();
        for (list, text, _) in LISTS {
            value[list].as_array_mut().unwrap().iter_mut().for_each(|entry| {
                entry.as_object_mut().unwrap().remove(text);
            });
        }
        let mut unusable = value["tlogs"][0].clone();
        unusable["publicKey"]["rawBytes"] = Value::from("AAAA");
        value["tlogs"].as_array_mut().unwrap().push(unusable);
        let root = Root::from_file("own", "root.json", value.to_string().as_bytes()).unwrap();
        root.verifier().unwrap();
        assert_eq!(root.dropped().len(), 1, "{:?}", root.dropped());
        assert!(root.dropped()[0].contains("(/tlogs/2): "), "{:?}", root.dropped());
    }

    #[test]
    fn what_is_no_root_says_why() {
        for (text, reason) in [
            ("{", "JSON"),
            ("{}", "\"\""),
            (
                r#"{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}"#,
                "\"application/vnd.dev.sigstore.bundle.v0.3+json\"",
            ),
            (r#"{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}"#, ""),
            (r#"{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1","tlogs":{}}"#, "`tlogs`"),
            (r#"{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1","tlogs":[1]}"#, " 0 "),
        ] {
            let error = Root::from_file("own", "root.json", text.as_bytes()).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
