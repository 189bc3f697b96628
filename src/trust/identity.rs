//! Who a certificate was issued to, and what an entry wants of that.

use super::pattern::{TextPattern, Wanted};
use crate::oci::Digest;

/// What a signing certificate says of its holder, as its issuer vouched for it (Fulcio `oid-info.md`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateClaims {
    /// Subject alternative name: an e-mail address or a URI.
    pub subject: String,
    /// Who authenticated the holder: the OpenID Connect issuer.
    /// None for GitHub's own releases.
    pub issuer: Option<String>,
    /// Repository that the workload was built from, a URI.
    pub source_repository: Option<String>,
    /// Its ref, such as `refs/heads/main`.
    pub source_ref: Option<String>,
    /// The workflow that ran: the URI of its file and the ref of that.
    pub workflow: Option<String>,
    /// What it ran on, such as `github-hosted`.
    pub runner_environment: Option<String>,
    /// sha256 of the certificate.
    pub fingerprint: Digest,
}

/// What an entry says of an identity, before it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityEntry {
    /// The subject alternative name.
    pub subject: Wanted,
    /// The OpenID Connect issuer.
    pub issuer: Wanted,
    /// The source repository.
    pub source_repository: Option<Wanted>,
    /// The source ref.
    pub source_ref: Option<Wanted>,
    /// The workflow.
    pub workflow: Option<Wanted>,
    /// The runner environment.
    pub runner_environment: Option<Wanted>,
}

/// An identity that may sign.
#[derive(Debug, Clone)]
pub struct Identity {
    subject: TextPattern,
    issuer: TextPattern,
    claims: Vec<(&'static str, ClaimReader, TextPattern)>,
}

type ClaimReader = fn(&CertificateClaims) -> Option<&str>;

/// Subjects that nobody means: a pattern that matches one whole row of them means everybody.
const ANYBODY: [&[&str]; 4] = [
    &["q7x@z1.invalid", "a.b-c@sub.example.org"],
    &["https://q7x.invalid/z1/y@r", "https://sub.example.org/a/b/c"],
    &[
        "https://github.com/q7x-nobody/z1/.github/workflows/y.yml@refs/heads/w",
        "https://github.com/a/b/.github/workflows/c.yaml@refs/tags/v1",
    ],
    &["https://gitlab.com/q7x-nobody/z1//.gitlab-ci.yml@refs/heads/w", "https://gitlab.com/a/b/c//d.yml@refs/tags/v1"],
];

/// Addresses that nobody means: a pattern that matches one of them takes any domain of that end.
const ANY_ADDRESS: [&str; 6] = [
    "q7x@q7xnobody.com",
    "q7x@q7xnobody.org",
    "q7x@q7xnobody.net",
    "q7x@q7xnobody.io",
    "q7x@q7xnobody.dev",
    "q7x@q7xnobody.edu",
];

/// Issuers that vouch for whoever has an account, and how the subject and the repository of one of them begin. A pattern
/// that leaves open what follows the host takes his.
const ANY_ACCOUNT: [(&str, &str); 2] = [
    ("https://token.actions.githubusercontent.com", "https://github.com/q7xnobody/"),
    ("https://gitlab.com", "https://gitlab.com/q7xnobody/"),
];

/// Issuers that nobody means together.
const ANY_ISSUER: [&str; 2] = ["https://q7x.invalid", "https://sub.example.org/a/b"];

impl Identity {
    /// Checks an entry. The error continues "the identity of the signer …".
    pub fn build(entry: IdentityEntry) -> Result<Self, String> {
        let pattern = |name: &str, wanted: Wanted| {
            TextPattern::new(wanted).map_err(|problem| format!("has a pattern for `{name}` that {problem}"))
        };
        let claims: [(&'static str, ClaimReader, Option<Wanted>); 4] = [
            ("source_repository", |claims| claims.source_repository.as_deref(), entry.source_repository),
            ("source_ref", |claims| claims.source_ref.as_deref(), entry.source_ref),
            ("workflow", |claims| claims.workflow.as_deref(), entry.workflow),
            ("runner_environment", |claims| claims.runner_environment.as_deref(), entry.runner_environment),
        ];
        let claims = claims
            .into_iter()
            .filter_map(|(name, read, wanted)| Some((name, read, wanted?)))
            .map(|(name, read, wanted)| Ok((name, read, pattern(name, wanted)?)))
            .collect::<Result<Vec<_>, String>>()?;
        let identity =
            Identity { subject: pattern("subject", entry.subject)?, issuer: pattern("issuer", entry.issuer)?, claims };
        identity.refuse_catch_all()?;
        Ok(identity)
    }

    fn refuse_catch_all(&self) -> Result<(), String> {
        if self.issuer.matches_all(&ANY_ISSUER) {
            return Err(format!(
                "takes any issuer (`{}`): whoever runs an issuer may then call himself what he likes; name the issuer, such as https://token.actions.githubusercontent.com",
                self.issuer
            ));
        }
        let leaves_open = |pattern: &TextPattern| {
            let of_issuer = ANY_ACCOUNT.iter().filter(|(issuer, _)| self.issuer.matches(issuer));
            let mut of_issuer = of_issuer.map(|(_, beginning)| beginning);
            of_issuer.any(|beginning| pattern.may_begin(beginning))
        };
        let means_anybody = ANYBODY.iter().any(|row| self.subject.matches_all(row))
            || ANY_ADDRESS.iter().any(|address| self.subject.exact().is_none() && self.subject.matches(address))
            || leaves_open(&self.subject);
        let narrows = |(name, _, pattern): &(&str, ClaimReader, TextPattern)| {
            matches!(*name, "source_repository" | "workflow")
                && !pattern.is(None)
                && !leaves_open(pattern)
                && !ANYBODY.iter().any(|row| pattern.matches_all(row))
                && !pattern.matches_all(&["https://github.com/q7x-nobody/z1", "https://github.com/a/b"])
                && !pattern.matches_all(&["https://gitlab.com/q7x-nobody/z1", "https://gitlab.com/a/b"])
        };
        if means_anybody && !self.claims.iter().any(narrows) {
            return Err(format!(
                "takes anybody (`{}`): everyone with an account at the issuer could sign; name the subject, or `source_repository`, such as https://github.com/OWNER/REPOSITORY",
                self.subject
            ));
        }
        Ok(())
    }

    /// Whether the certificate is one of this identity; the error names each difference.
    pub fn check(&self, claims: &CertificateClaims) -> Result<(), String> {
        let stated = [
            ("subject", &self.subject, Some(claims.subject.as_str())),
            ("issuer", &self.issuer, claims.issuer.as_deref()),
        ];
        let further = self.claims.iter().map(|(name, read, pattern)| (*name, pattern, read(claims)));
        let differences: Vec<String> = stated
            .into_iter()
            .chain(further)
            .filter(|(_, pattern, found)| !pattern.is(*found))
            .map(|(name, pattern, found)| {
                let found = found.map_or_else(|| "none".to_owned(), |found| format!("{found:?}"));
                format!("{name}: expected {pattern}, found {found}")
            })
            .collect();
        if differences.is_empty() { Ok(()) } else { Err(differences.join("; ")) }
    }

    /// Whether both are the same words.
    pub(super) fn is_same(&self, other: &Identity) -> bool {
        self.to_string() == other.to_string()
    }

    /// The one holder that it can mean, as `(issuer, subject)`; none for a pattern.
    pub fn exact(&self) -> Option<(&str, &str)> {
        Some((self.issuer.exact()?, self.subject.exact()?))
    }
}

impl std::fmt::Display for Identity {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} by {}", self.subject, self.issuer)?;
        for (name, _, pattern) in &self.claims {
            write!(formatter, ", {name} {pattern}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTIONS: &str = "https://token.actions.githubusercontent.com";

    fn entry(subject: Wanted) -> IdentityEntry {
        IdentityEntry {
            subject,
            issuer: Wanted::Exact(ACTIONS.to_owned()),
            source_repository: None,
            source_ref: None,
            workflow: None,
            runner_environment: None,
        }
    }

    fn claims() -> CertificateClaims {
        CertificateClaims {
            subject: "https://github.com/acme/maps/.github/workflows/release.yml@refs/tags/v1".to_owned(),
            issuer: Some(ACTIONS.to_owned()),
            source_repository: Some("https://github.com/acme/maps".to_owned()),
            source_ref: Some("refs/tags/v1".to_owned()),
            workflow: None,
            runner_environment: Some("github-hosted".to_owned()),
            fingerprint: Digest::sha256(b""),
        }
    }

    #[test]
    fn a_pattern_that_means_anybody_is_refused() {
        let regexp = |text: &str| Wanted::Regexp(text.to_owned());
        let glob = |text: &str| Wanted::Glob(text.to_owned());
        for subject in [
            regexp(".*"),
            regexp(".+@.+"),
            regexp("[^ ]*"),
            regexp("(?s).*"),
            regexp("https://.*"),
            regexp("https://github.com/.*"),
            regexp("|.*"),
            regexp(".*@.*\\.(com|org)"),
            regexp("https://github.com/.*/release.yml@.*"),
            regexp("https://github\\.com/[^/]+/tiles/.*"),
            // A ref may be called like that.
            regexp(".*@acme\\.example"),
            glob("https://github.com/*/tiles/**"),
            glob("**"),
            glob("*@*"),
            glob("https://github.com/**"),
            glob("https://github.com/*/*/.github/workflows/*@refs/*/*"),
        ] {
            let error = Identity::build(entry(subject.clone())).unwrap_err();
            assert!(error.contains("takes anybody"), "{subject:?}: {error}");
            // What it says of the source narrows it.
            let narrowed = IdentityEntry {
                source_repository: Some(Wanted::Exact("https://github.com/acme/maps".to_owned())),
                ..entry(subject.clone())
            };
            Identity::build(narrowed).unwrap();
            let unsaid = IdentityEntry { source_repository: Some(Wanted::Absent), ..entry(subject.clone()) };
            assert!(Identity::build(unsaid).unwrap_err().contains("takes anybody"));
            let wide = IdentityEntry { source_repository: Some(glob("https://github.com/*/*")), ..entry(subject) };
            assert!(Identity::build(wide).unwrap_err().contains("takes anybody"));
        }
        for issuer in [regexp(".*"), regexp("https://.*"), glob("**"), glob("https://**")] {
            let entry = IdentityEntry { issuer, ..entry(Wanted::Exact("a@example.org".to_owned())) };
            assert!(Identity::build(entry).unwrap_err().contains("takes any issuer"));
        }
        for subject in [
            glob("https://github.com/acme/**"),
            regexp("https://github\\.com/acme/[^/]+/.*"),
            regexp("[^/]*@acme\\.example"),
            Wanted::Exact("a@example.org".to_owned()),
        ] {
            Identity::build(entry(subject)).unwrap();
        }
    }

    #[test]
    fn each_difference_is_named() {
        let wanted = IdentityEntry {
            source_ref: Some(Wanted::Glob("refs/heads/*".to_owned())),
            workflow: Some(Wanted::Exact("w".to_owned())),
            ..entry(Wanted::Glob("https://github.com/acme/**".to_owned()))
        };
        let error = Identity::build(wanted).unwrap().check(&claims()).unwrap_err();
        assert_eq!(
            error,
            "source_ref: expected glob refs/heads/*, found \"refs/tags/v1\"; workflow: expected w, found none"
        );
        let other = CertificateClaims { issuer: Some("https://evil.example".to_owned()), ..claims() };
        let identity = Identity::build(entry(Wanted::Glob("https://github.com/acme/**".to_owned()))).unwrap();
        identity.check(&claims()).unwrap();
        assert_eq!(
            identity.check(&other).unwrap_err(),
            format!("issuer: expected {ACTIONS}, found \"https://evil.example\"")
        );
    }
}
