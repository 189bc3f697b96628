//! Who a certificate was issued to, and what an entry wants of that.

use super::pattern::{TextCondition, TextPattern};
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
    pub subject: TextCondition,
    /// The OpenID Connect issuer.
    pub issuer: TextCondition,
    /// The source repository.
    pub source_repository: Option<TextCondition>,
    /// The source ref.
    pub source_ref: Option<TextCondition>,
    /// The workflow.
    pub workflow: Option<TextCondition>,
    /// The runner environment.
    pub runner_environment: Option<TextCondition>,
}

/// An identity that may sign.
#[derive(Debug, Clone)]
pub struct Identity {
    subject: TextPattern,
    issuer: TextPattern,
    claims: Vec<(&'static str, ClaimReader, TextPattern)>,
}

type ClaimReader = fn(&CertificateClaims) -> Option<&str>;

/// Providers who give a mailbox to whoever asks for one.
const OF_ANYBODY: [&str; 33] = [
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "msn.com",
    "outlook.de",
    "hotmail.co.uk",
    "yahoo.com",
    "yahoo.co.uk",
    "yahoo.de",
    "yahoo.fr",
    "ymail.com",
    "aol.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "proton.me",
    "protonmail.com",
    "pm.me",
    "gmx.de",
    "gmx.net",
    "gmx.com",
    "web.de",
    "t-online.de",
    "mail.com",
    "mail.ru",
    "yandex.ru",
    "qq.com",
    "163.com",
    "zoho.com",
    "fastmail.com",
    "users.noreply.github.com",
];

/// How the subjects and repositories of services begin where anybody may open an account; its name comes next.
const ACCOUNTS: [&str; 10] = [
    "https://github.com/",
    "https://gitlab.com/",
    "https://buildkite.com/",
    "https://g.codefresh.io/",
    "https://app.circleci.com/",
    "https://circleci.com/",
    "https://bitbucket.org/",
    "https://codeberg.org/",
    "https://gitea.com/",
    "https://dev.azure.com/",
];

/// How the issuers begin of services that give one to each customer, who then may call himself what he likes.
const ISSUERS: [&str; 7] = [
    "https://oidc.circleci.com/org/",
    "https://container.googleapis.com/v1/projects/",
    "https://oidc.eks.us-east-1.amazonaws.com/id/",
    "https://eastus.oic.prod-aks.azure.com/",
    "https://login.microsoftonline.com/",
    "https://sts.windows.net/",
    "https://token.actions.githubusercontent.com/",
];

impl Identity {
    /// Checks an entry. The error continues "the identity of the signer …".
    pub fn build(entry: IdentityEntry) -> Result<Self, String> {
        let pattern = |name: &str, wanted: TextCondition| {
            TextPattern::new(wanted).map_err(|problem| format!("has a pattern for `{name}` that {problem}"))
        };
        let claims: [(&'static str, ClaimReader, Option<TextCondition>); 4] = [
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
        if takes_any_issuer(&self.issuer) {
            return Err(format!(
                "takes any issuer (`{}`): whoever runs an issuer may then call himself what he likes; name the issuer, such as https://token.actions.githubusercontent.com",
                self.issuer
            ));
        }
        let narrows = |(name, _, pattern): &(&str, ClaimReader, TextPattern)| {
            matches!(*name, "source_repository" | "workflow") && !pattern.is(None) && !takes_anybody(pattern)
        };
        if takes_anybody(&self.subject) && !self.claims.iter().any(narrows) {
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

/// Whether an issuer is meant that anybody can run or rent.
fn takes_any_issuer(pattern: &TextPattern) -> bool {
    let Some(mut breadth) = pattern.breadth() else { return false };
    breadth.domain_of_url_is_open() || ISSUERS.iter().any(|beginning| breadth.account_is_open(beginning))
}

/// Whether a subject or repository is meant that anybody can have.
fn takes_anybody(pattern: &TextPattern) -> bool {
    let Some(mut breadth) = pattern.breadth() else { return false };
    ACCOUNTS.iter().any(|beginning| breadth.account_is_open(beginning))
        || breadth.address_is_open(&OF_ANYBODY)
        || breadth.domain_of_url_is_open()
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

    fn entry(subject: TextCondition) -> IdentityEntry {
        IdentityEntry {
            subject,
            issuer: TextCondition::Exact(ACTIONS.to_owned()),
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
        let regexp = |text: &str| TextCondition::Regexp(text.to_owned());
        let glob = |text: &str| TextCondition::Glob(text.to_owned());
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
            glob("https://github.com/acme-*/**"),
            glob("https://buildkite.com/*/**"),
            regexp("https://buildkite\\.com/.*"),
            regexp("https://[a-z.]+/acme/.*"),
            glob("https://*.com/acme/**"),
            glob("*@gmail.com"),
            glob("release-*@outlook.com"),
            regexp("[a-z]+\\.acme@yahoo\\.(com|fr)"),
            glob("*@*.de"),
            regexp("ci@.+\\.co\\.uk"),
            regexp("ci@([a-z]+\\.)?acme[a-z]*\\.fr"),
            glob("ci@acme-*.com"),
            glob("*@*.github.io"),
            regexp("[A-Z]+@gmail\\.com"),
            glob("*@*.COM"),
            glob("https://GitHub.com/*/**"),
        ] {
            let error = Identity::build(entry(subject.clone())).unwrap_err();
            // Who takes anybody is told what narrows it.
            assert!(error.contains("`source_repository`"), "{subject:?}: {error}");
            // What it says of the source narrows it.
            let narrowed = IdentityEntry {
                source_repository: Some(TextCondition::Exact("https://github.com/acme/maps".to_owned())),
                ..entry(subject.clone())
            };
            Identity::build(narrowed).unwrap();
            let unsaid = IdentityEntry { source_repository: Some(TextCondition::Absent), ..entry(subject.clone()) };
            assert!(Identity::build(unsaid).unwrap_err().contains("`source_repository`"));
            let wide = IdentityEntry { source_repository: Some(glob("https://github.com/*/*")), ..entry(subject) };
            assert!(Identity::build(wide).unwrap_err().contains("`source_repository`"));
        }
        for issuer in [
            regexp(".*"),
            regexp("https://.*"),
            glob("**"),
            glob("https://**"),
            glob("https://*"),
            regexp("https://.*\\.com"),
            regexp("https://.*\\.acme\\.example"),
            glob("https://*.com/realms/acme"),
            glob("https://login-*.org"),
            glob("https://*.okta.com"),
            glob("https://oidc.circleci.com/org/*"),
            regexp("https://token\\.actions\\.githubusercontent\\.com(/.+)?"),
        ] {
            let shown = format!("(`{}`)", TextPattern::new(issuer.clone()).unwrap());
            let entry = IdentityEntry { issuer, ..entry(TextCondition::Exact("a@example.org".to_owned())) };
            let error = Identity::build(entry).unwrap_err();
            // It is about the issuer: of a subject it would say what narrows that.
            assert!(error.contains(&shown) && !error.contains("`source_repository`"), "{error}");
        }
        for subject in [
            glob("https://github.com/acme/**"),
            regexp("https://github\\.com/acme/[^/]+/.*"),
            regexp("[^/]*@acme\\.example"),
            glob("*@acme.co.uk"),
            regexp("(ann|bob|eve)@gmail\\.com"),
            glob("*@*.acme.de"),
            glob("https://gitlab.acme.example/**"),
            glob("https://buildkite.com/acme/*"),
            regexp("https://github\\.com/(acme|acme-labs)/.*"),
            TextCondition::Exact("someone@gmail.com".to_owned()),
            TextCondition::Exact("a@example.org".to_owned()),
        ] {
            Identity::build(entry(subject)).unwrap();
        }
        for issuer in [
            glob("https://*.acme.example"),
            regexp("https://[a-z]+\\.acme\\.co\\.uk/.*"),
            regexp("https://token\\.actions\\.githubusercontent\\.com(/acme)?"),
        ] {
            Identity::build(IdentityEntry { issuer, ..entry(TextCondition::Exact("a@example.org".to_owned())) })
                .unwrap();
        }
    }

    #[test]
    fn each_difference_is_named() {
        let wanted = IdentityEntry {
            source_ref: Some(TextCondition::Glob("refs/heads/*".to_owned())),
            workflow: Some(TextCondition::Exact("w".to_owned())),
            ..entry(TextCondition::Glob("https://github.com/acme/**".to_owned()))
        };
        let error = Identity::build(wanted).unwrap().check(&claims()).unwrap_err();
        let (source_ref, workflow) = error.split_once("; ").unwrap();
        assert!(source_ref.starts_with("source_ref: ") && workflow.starts_with("workflow: "), "{error}");
        assert!(source_ref.contains(" refs/heads/*") && source_ref.contains("\"refs/tags/v1\""), "{error}");
        assert!(workflow.contains(" w,") && !workflow.contains('"'), "{error}");
        let other = CertificateClaims { issuer: Some("https://evil.example".to_owned()), ..claims() };
        let identity = Identity::build(entry(TextCondition::Glob("https://github.com/acme/**".to_owned()))).unwrap();
        identity.check(&claims()).unwrap();
        let error = identity.check(&other).unwrap_err();
        assert!(error.starts_with("issuer: ") && !error.contains("; "), "{error}");
        assert!(error.contains(ACTIONS) && error.contains("\"https://evil.example\""), "{error}");
    }
}
