//! Who may sign what. There is no default signer and no "anyone".
//!
//! Bad trust material is refused here, when it is built, before any artifact is read.

use crate::oci::Repository;

mod breadth;
mod error;
mod identity;
mod key;
mod pattern;
mod requirement;
mod root;
mod signer;
#[cfg(feature = "tuf")]
pub mod update;

pub use error::TrustError;
pub use identity::{CertificateClaims, Identity, IdentityEntry};
pub use key::{KeyProblem, PublicKey};
pub use pattern::TextCondition;
pub use requirement::{Requirement, RequirementEntry, StatementEntry};
pub use root::{GITHUB, Needs, PUBLIC_GOOD, Root, RootOrigin, Service};
pub use signer::{Means, RepositoryPermission, SignedBy, Signer, SignerEntry, SignerRelaxations};

/// Predicate type of a cosign image signature in a bundle (cosign `pkg/cosign/bundle`).
pub const SIGN_PREDICATE: &str = "https://sigstore.dev/cosign/sign/v1";

/// Who may sign what.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    signers: Vec<Signer>,
    /// The entries of the configuration: what they name stays demanded where `--key` replaces them.
    demanding: Vec<Signer>,
    requirements: Vec<Requirement>,
}

impl Trust {
    /// Checks all entries. Several entries of one name unite.
    pub fn build(entries: Vec<SignerEntry>, requirements: Vec<RequirementEntry>) -> Result<Self, TrustError> {
        let signers = entries.into_iter().map(Signer::build).collect::<Result<Vec<_>, _>>()?;
        for (index, first) in signers.iter().enumerate() {
            if let Some(clash) = signers.iter().skip(index + 1).find_map(|second| first.clash(second)) {
                return Err(clash);
            }
        }
        // What vouches for what is told apart by the root's name.
        let roots = || signers.iter().filter_map(Signer::root);
        let is_other = |first: &Root, second: &Root| first.name() == second.name() && first.origin() != second.origin();
        if let Some(root) = roots().find(|first| roots().any(|second| is_other(first, second))) {
            return Err(TrustError::Useless {
                whose: format!("two trusted roots have the name {:?}, which", root.name()),
                problem: "would make one of them: give each its own".to_owned(),
            });
        }
        let requirements =
            requirements.into_iter().map(|entry| Requirement::build(entry, &signers)).collect::<Result<Vec<_>, _>>()?;
        Ok(Trust { demanding: signers.clone(), signers, requirements })
    }

    /// Takes other signers in place of the configured ones; what those demand stays demanded.
    pub fn replace_signers(self, entries: Vec<SignerEntry>) -> Result<Self, TrustError> {
        Ok(Trust { signers: Trust::build(entries, Vec::new())?.signers, ..self })
    }

    /// The entries whose predicate types are demanded for this repository.
    pub fn demanding(&self, repository: Option<&Repository>) -> impl Iterator<Item = &Signer> {
        self.demanding
            .iter()
            .filter(move |signer| signer.repository_permission(repository) != RepositoryPermission::OtherRepositories)
    }

    /// What is demanded of the signatures in this repository.
    pub fn requirements(&self, repository: Option<&Repository>) -> impl Iterator<Item = &Requirement> {
        self.requirements.iter().filter(move |requirement| requirement.concerns(repository))
    }

    /// All signers.
    pub fn signers(&self) -> &[Signer] {
        &self.signers
    }

    /// All roots that signers name, each once.
    pub fn roots(&self) -> Vec<&Root> {
        let mut roots: Vec<&Root> = Vec::new();
        for root in self.signers.iter().filter_map(Signer::root) {
            if !roots.iter().any(|known| known.name() == root.name()) {
                roots.push(root);
            }
        }
        roots
    }

    /// Whether any signer may sign for this repository.
    pub fn is_applicable(&self, repository: Option<&Repository>) -> bool {
        self.signers
            .iter()
            .any(|signer| signer.repository_permission(repository) != RepositoryPermission::OtherRepositories)
    }
}

#[cfg(test)]
mod tests;
