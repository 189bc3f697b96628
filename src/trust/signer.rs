//! One entry of trust: who, and what they may sign.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::error::TrustError;
use super::identity::{CertificateClaims, Identity, IdentityEntry};
use super::key::PublicKey;
use super::pattern::RepositoryPattern;
use super::root::{Needs, Root};
use crate::oci::{Digest, Repository};

/// By what a signer is known.
#[derive(Debug, Clone)]
pub enum Means {
    /// By a key.
    Key(PublicKey),
    /// By what a certificate says, as a trusted root vouches for it.
    Identity {
        /// What it has to say.
        identity: Box<Identity>,
        /// Which root vouches.
        root: Root,
    },
}

/// Who made a signature, as it was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignedBy {
    /// The holder of a key.
    Key {
        /// sha256 of the key.
        fingerprint: Digest,
        /// The key's algorithm.
        algorithm: &'static str,
    },
    /// The holder of a certificate.
    Certificate {
        /// What it says.
        claims: Box<CertificateClaims>,
        /// Name of the root that vouches for it.
        root: String,
    },
}

impl SignedBy {
    /// What makes two signers the same one: the key, or issuer and subject.
    pub fn distinct_by(&self) -> String {
        match self {
            SignedBy::Key { fingerprint, .. } => fingerprint.to_string(),
            SignedBy::Certificate { claims, .. } => {
                format!("{}\n{}", claims.issuer.as_deref().unwrap_or_default(), claims.subject)
            }
        }
    }

    /// sha256 of the key or of the certificate.
    pub fn fingerprint(&self) -> &Digest {
        match self {
            SignedBy::Key { fingerprint, .. } => fingerprint,
            SignedBy::Certificate { claims, .. } => &claims.fingerprint,
        }
    }
}

/// One entry: who, and what they may sign.
#[derive(Debug, Clone)]
pub struct Signer {
    name: String,
    means: Means,
    /// What the log entries and timestamps of a key's signatures are checked with.
    root: Option<Root>,
    repositories: Vec<RepositoryPattern>,
    predicate_types: Vec<String>,
    require_log: bool,
    relaxed: SignerRelaxations,
    from: Option<OffsetDateTime>,
    until: Option<OffsetDateTime>,
    role: Option<String>,
}

/// What an entry does without. Each is a relaxation, and printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SignerRelaxations {
    /// A certificate needs no signed certificate timestamp.
    pub certificate_timestamp: bool,
    /// A signature needs no entry in a transparency log.
    pub log: bool,
}

/// What a configuration or a flag says of a signer, before it is checked.
#[derive(Debug, Clone, Default)]
pub struct SignerEntry {
    /// Its name in reports.
    pub name: String,
    /// Its public key, PEM.
    pub key: Option<String>,
    /// What its certificates say.
    pub identity: Option<IdentityEntry>,
    /// The root that vouches for certificates, logs and timestamps. A key needs none; an identity does.
    pub root: Option<Root>,
    /// Patterns of the repositories that it may sign; none means all.
    pub repositories: Vec<String>,
    /// Predicate types that it may sign; none means all.
    pub predicate_types: Vec<String>,
    /// Whether the signatures of its key need a transparency-log entry.
    pub require_log: bool,
    /// What it does without.
    pub relaxed: SignerRelaxations,
    /// Signatures from before this time do not count.
    pub from: Option<OffsetDateTime>,
    /// Signatures from after this time do not count.
    pub until: Option<OffsetDateTime>,
    /// The role that it signs in, for requirements.
    pub role: Option<String>,
}

/// Whether a signer may sign for a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepositoryPermission {
    /// It may.
    Permitted,
    /// It may sign for others only.
    OtherRepositories,
    /// It is limited to some, and nobody said which repository this is.
    RepositoryUnknown,
}

impl Signer {
    pub(super) fn build(entry: SignerEntry) -> Result<Self, TrustError> {
        if entry.name.trim().is_empty() {
            return Err(TrustError::NoName);
        }
        let whose = format!("the signer {:?}", entry.name);
        let useless = |problem: &str| TrustError::Useless { whose: whose.clone(), problem: problem.to_owned() };
        if entry.relaxed.log && entry.require_log {
            return Err(useless("requires a transparency-log entry and relaxes it: leave one of the two out"));
        }
        if entry.from.zip(entry.until).is_some_and(|(from, until)| until < from) {
            return Err(useless("has a `not_after` before its `not_before`: no signature would ever count"));
        }
        if entry.role.as_ref().is_some_and(|role| role.trim().is_empty()) {
            return Err(useless("has an empty `role`"));
        }
        if entry.key.is_some() && entry.relaxed != SignerRelaxations::default() {
            return Err(useless("has a key, which needs neither certificate timestamp nor log: leave `relax` out"));
        }
        let means = means(&entry)?;
        Ok(Signer {
            means,
            repositories: patterns(&entry.repositories, &whose)?,
            predicate_types: predicate_types(entry.predicate_types, &whose)?,
            name: entry.name,
            root: entry.root,
            require_log: entry.require_log,
            relaxed: entry.relaxed,
            from: entry.from,
            until: entry.until,
            role: entry.role,
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// By what it is known.
    pub fn means(&self) -> &Means {
        &self.means
    }

    /// Its key, if it has one.
    pub fn key(&self) -> Option<&PublicKey> {
        match &self.means {
            Means::Key(key) => Some(key),
            Means::Identity { .. } => None,
        }
    }

    /// Its role, for requirements.
    pub fn role(&self) -> Option<&str> {
        self.role.as_deref()
    }

    /// The root that its log entries, timestamps and certificates are checked with.
    pub fn root(&self) -> Option<&Root> {
        self.root.as_ref()
    }

    /// The predicate types that it is limited to; none means all.
    pub fn predicate_types(&self) -> &[String] {
        &self.predicate_types
    }

    /// The patterns of the repositories that it is limited to; none means all.
    pub fn repositories(&self) -> Vec<String> {
        self.repositories.iter().map(ToString::to_string).collect()
    }

    /// Whether the signatures of its key need a transparency-log entry.
    pub fn requires_log(&self) -> bool {
        self.require_log
    }

    /// What it does without.
    pub fn relaxed(&self) -> SignerRelaxations {
        self.relaxed
    }

    /// What its certificates need: what the root demands, less what the entry relaxes.
    pub fn needs(&self) -> Needs {
        let of_root = self.root.as_ref().map(Root::needs);
        let wants = |of_root: Option<bool>, relaxed: bool| of_root.unwrap_or(true) && !relaxed;
        Needs {
            certificate_timestamp: wants(
                of_root.map(|needs| needs.certificate_timestamp),
                self.relaxed.certificate_timestamp,
            ),
            log: self.require_log || wants(of_root.map(|needs| needs.log), self.relaxed.log),
        }
    }

    /// Whether a verified signature is this signer's.
    pub fn is(&self, by: &SignedBy) -> bool {
        match (&self.means, by) {
            (Means::Key(key), SignedBy::Key { fingerprint, .. }) => key.fingerprint() == fingerprint,
            (Means::Identity { identity, root }, SignedBy::Certificate { claims, root: vouching }) => {
                root.name() == vouching && identity.check(claims).is_ok()
            }
            _ => false,
        }
    }

    /// Whether a signature of these trusted times counts; without any it is judged at `now`. The error says what was
    /// expected and what was found.
    pub fn check_times(&self, times: &[OffsetDateTime], now: OffsetDateTime) -> Result<(), String> {
        match times {
            // Where a root could say when, a copy without its time must not become newer than it is.
            [] if self.root.is_some() && self.from.is_some() => Err(format!(
                "signer `{}` counts from a time on, and nothing says when this was signed: expected a log entry or a timestamp",
                self.name
            )),
            [] => self.check_time(now),
            times => times.iter().try_for_each(|time| self.check_time(*time)),
        }
    }

    fn check_time(&self, at: OffsetDateTime) -> Result<(), String> {
        let shown = |time: OffsetDateTime| time.format(&Rfc3339).unwrap_or_default();
        match (self.from, self.until) {
            (Some(from), _) if at < from => {
                Err(format!("signer `{}` counts from {}, found {}", self.name, shown(from), shown(at)))
            }
            (_, Some(until)) if at > until => {
                Err(format!("signer `{}` counts until {}, found {}", self.name, shown(until), shown(at)))
            }
            _ => Ok(()),
        }
    }

    /// When its signatures count: from, until.
    pub fn window(&self) -> (Option<OffsetDateTime>, Option<OffsetDateTime>) {
        (self.from, self.until)
    }

    /// Whether it may sign for this repository.
    pub fn repository_permission(&self, repository: Option<&Repository>) -> RepositoryPermission {
        permission(&self.repositories, repository)
    }

    /// Whether it may sign statements of this predicate type.
    pub fn permits_predicate(&self, predicate_type: &str) -> bool {
        self.predicate_types.is_empty() || self.predicate_types.iter().any(|permitted| permitted == predicate_type)
    }

    /// That two entries mean the same signer by different names, if they do.
    pub(super) fn clash(&self, other: &Signer) -> Option<TrustError> {
        if self.name == other.name {
            return None;
        }
        let (first, second) = (self.name.clone(), other.name.clone());
        match (&self.means, &other.means) {
            (Means::Key(key), Means::Key(same)) if key.fingerprint() == same.fingerprint() => {
                Some(TrustError::SameKey { first, second, fingerprint: key.fingerprint().clone() })
            }
            (Means::Identity { identity, .. }, Means::Identity { identity: same, .. }) if identity.is_same(same) => {
                Some(TrustError::SameIdentity { first, second, identity: identity.to_string() })
            }
            _ => None,
        }
    }

    /// What makes it one distinct signer, if it can be no more than one.
    pub(super) fn only_one(&self) -> Option<String> {
        match &self.means {
            Means::Key(key) => Some(key.fingerprint().to_string()),
            Means::Identity { identity, .. } => {
                identity.exact().map(|(issuer, subject)| format!("{issuer}\n{subject}"))
            }
        }
    }
}

fn means(entry: &SignerEntry) -> Result<Means, TrustError> {
    let signer = || entry.name.clone();
    match (&entry.key, &entry.identity, &entry.root) {
        (Some(key), None, _) => {
            PublicKey::from_pem(key).map(Means::Key).map_err(|problem| TrustError::Key { signer: signer(), problem })
        }
        (None, Some(identity), Some(root)) => Identity::build(identity.clone())
            .map(|identity| Means::Identity { identity: Box::new(identity), root: root.clone() })
            .map_err(|problem| TrustError::Identity { signer: signer(), problem }),
        (None, Some(_), None) => Err(TrustError::Useless {
            whose: format!("the signer {:?}", entry.name),
            problem: "has an identity and no trusted root that vouches for it".to_owned(),
        }),
        (Some(_), Some(_), _) => Err(TrustError::Means { signer: signer(), found: "both" }),
        (None, None, _) => Err(TrustError::Means { signer: signer(), found: "neither" }),
    }
}

pub(super) fn patterns(texts: &[String], whose: &str) -> Result<Vec<RepositoryPattern>, TrustError> {
    let pattern = |text: &String| {
        RepositoryPattern::new(text).map_err(|problem| TrustError::Pattern {
            whose: whose.to_owned(),
            pattern: text.clone(),
            problem,
        })
    };
    texts.iter().map(pattern).collect()
}

pub(super) fn predicate_types(types: Vec<String>, whose: &str) -> Result<Vec<String>, TrustError> {
    let is_none = |predicate: &&String| predicate.trim().is_empty() || predicate.contains('*');
    match types.iter().find(is_none).cloned() {
        Some(found) => Err(TrustError::PredicateType { whose: whose.to_owned(), found }),
        None => Ok(types),
    }
}

pub(super) fn permission(patterns: &[RepositoryPattern], repository: Option<&Repository>) -> RepositoryPermission {
    match repository {
        _ if patterns.is_empty() => RepositoryPermission::Permitted,
        None => RepositoryPermission::RepositoryUnknown,
        Some(repository) if patterns.iter().any(|pattern| pattern.matches(&repository.to_string())) => {
            RepositoryPermission::Permitted
        }
        Some(_) => RepositoryPermission::OtherRepositories,
    }
}
