//! Who a certificate names: its subject, the issuer of the token, and what the token claimed.

use std::collections::BTreeMap;

/// The subject alternative name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum San {
    Email(String),
    Uri(String),
    /// Fulcio's own kind of name, an `otherName`, which is neither an address nor a URI.
    Username(String),
}

/// What Fulcio writes into a certificate.
#[derive(Clone, Debug)]
pub struct Identity {
    pub subject: San,
    /// OIDs .1.1 and .1.8 below 1.3.6.1.4.1.57264; none leaves both out.
    pub issuer: Option<String>,
    /// The last number of the OID and its value: .1.2 to .1.6 bare, .1.9 and later as a UTF8String.
    pub claims: BTreeMap<u32, String>,
}

pub const GITHUB_ISSUER: &str = "https://token.actions.githubusercontent.com";

/// The commit of every workflow of these tests.
pub const COMMIT: &str = "8f4b7f84864484a7bf31766abe9204da3cbe65b3";

impl Identity {
    pub fn email(address: &str, issuer: &str) -> Self {
        Identity { subject: San::Email(address.to_owned()), issuer: Some(issuer.to_owned()), claims: BTreeMap::new() }
    }

    pub fn uri(uri: &str, issuer: &str) -> Self {
        Identity { subject: San::Uri(uri.to_owned()), issuer: Some(issuer.to_owned()), claims: BTreeMap::new() }
    }

    pub fn claim(mut self, number: u32, value: &str) -> Self {
        self.claims.insert(number, value.to_owned());
        self
    }

    /// A GitHub Actions workflow that ran in its own repository: `github("org/repo", "release.yml", "refs/heads/main")`.
    pub fn github(repository: &str, workflow: &str, reference: &str) -> Self {
        let source = format!("https://github.com/{repository}");
        let uri = format!("{source}/.github/workflows/{workflow}@{reference}");
        let owner = repository.split('/').next().unwrap();
        Identity::uri(&uri, GITHUB_ISSUER)
            .claim(2, "push")
            .claim(3, COMMIT)
            .claim(4, "Release")
            .claim(5, repository)
            .claim(6, reference)
            .claim(9, &uri)
            .claim(10, COMMIT)
            .claim(11, "github-hosted")
            .claim(12, &source)
            .claim(13, COMMIT)
            .claim(14, reference)
            .claim(15, "448541234")
            .claim(16, &format!("https://github.com/{owner}"))
            .claim(17, "9919234")
            .claim(18, &uri)
            .claim(19, COMMIT)
            .claim(20, "push")
            .claim(21, &format!("{source}/actions/runs/7421/attempts/1"))
            .claim(22, "public")
            .claim(24, &format!("repo:{repository}:ref:{reference}"))
    }

    /// The subject's text.
    pub fn name(&self) -> &str {
        match &self.subject {
            San::Email(name) | San::Uri(name) | San::Username(name) => name,
        }
    }
}
