//! How many signatures a repository needs, in which roles, and which statements by whom.

use super::error::TrustError;
use super::pattern::RepositoryPattern;
use super::signer::{RepositoryPermission, Signer, patterns, permission, predicate_types};
use crate::oci::Repository;

/// What a configuration demands of the signatures in some repositories, before it is checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequirementEntry {
    /// Patterns of the repositories; none means all.
    pub repositories: Vec<String>,
    /// How many distinct signers have to sign the subject.
    pub signers: Option<usize>,
    /// Roles in which it has to be signed, each by another signer.
    pub roles: Vec<String>,
    /// Statements that have to be signed.
    pub statements: Vec<StatementEntry>,
}

/// A statement that has to be signed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatementEntry {
    /// Its predicate type.
    pub predicate_type: String,
    /// Names of the signers of whom one has to sign it; none means any permitted one.
    pub signers: Vec<String>,
    /// The role in which it has to be signed.
    pub role: Option<String>,
}

/// What is demanded of the signatures in some repositories.
#[derive(Debug, Clone)]
pub struct Requirement {
    repositories: Vec<RepositoryPattern>,
    signers: usize,
    roles: Vec<String>,
    statements: Vec<StatementEntry>,
}

impl Requirement {
    /// Checks an entry against the signers that could meet it.
    pub(super) fn build(entry: RequirementEntry, signers: &[Signer]) -> Result<Self, TrustError> {
        const WHOSE: &str = "a `[[trust.require]]`";
        let useless = |problem: String| TrustError::Useless { whose: WHOSE.to_owned(), problem };
        if entry.signers.is_none() && entry.roles.is_empty() && entry.statements.is_empty() {
            return Err(useless("demands nothing: expected `signers`, `roles` or `statement`".to_owned()));
        }
        if entry.signers == Some(0) {
            return Err(useless("demands 0 signers: expected at least 1".to_owned()));
        }
        let role_is_known = |role: &String| {
            let known = signers.iter().any(|signer| signer.role() == Some(role));
            if known { Ok(()) } else { Err(useless(format!("names the role {role:?}, which no signer has"))) }
        };
        entry.roles.iter().try_for_each(role_is_known)?;
        for statement in &entry.statements {
            statement.role.iter().try_for_each(role_is_known)?;
            if let Some(name) =
                statement.signers.iter().find(|name| !signers.iter().any(|signer| signer.name() == *name))
            {
                return Err(useless(format!("names the signer {name:?}, whom no `[[trust.signer]]` describes")));
            }
        }
        predicate_types(entry.statements.iter().map(|statement| statement.predicate_type.clone()).collect(), WHOSE)?;
        let wanted = entry.signers.unwrap_or_default().max(entry.roles.len());
        let distinct: Option<std::collections::BTreeSet<String>> = signers.iter().map(Signer::only_one).collect();
        if let Some(distinct) = distinct.filter(|distinct| distinct.len() < wanted) {
            return Err(useless(format!(
                "demands {wanted} distinct signers, and the configuration has {}: it could never be met",
                distinct.len()
            )));
        }
        Ok(Requirement {
            repositories: patterns(&entry.repositories, WHOSE)?,
            signers: wanted,
            roles: entry.roles,
            statements: entry.statements,
        })
    }

    /// Whether it is made of this repository. Where nobody said which repository it is, it is made.
    pub fn concerns(&self, repository: Option<&Repository>) -> bool {
        permission(&self.repositories, repository) != RepositoryPermission::OtherRepositories
    }

    /// How many distinct signers have to sign the subject.
    pub fn signers(&self) -> usize {
        self.signers
    }

    /// Roles in which it has to be signed, each by another signer.
    pub fn roles(&self) -> &[String] {
        &self.roles
    }

    /// Statements that have to be signed.
    pub fn statements(&self) -> &[StatementEntry] {
        &self.statements
    }

    /// The patterns of its repositories; none means all.
    pub fn repositories(&self) -> Vec<String> {
        self.repositories.iter().map(ToString::to_string).collect()
    }
}
