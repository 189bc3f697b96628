//! Whether the signatures that were verified meet what the configuration demands of this repository.

use std::collections::BTreeMap;

use crate::trust::{Requirement, Signer, StatementEntry};
use crate::verify::Proof;

/// What one demand came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequirementState {
    /// What is demanded, in words that continue "expected …".
    pub expected: String,
    /// What was found, in words that continue "found …".
    pub found: String,
    /// Whether that is enough.
    pub is_met: bool,
    /// The predicate type of the statement that is demanded; none for signatures of the subject.
    pub predicate_type: Option<String>,
}

/// A proof and the roles of the entries behind it.
pub(super) struct ProofRoles<'a> {
    pub proof: &'a Proof,
    pub entries: Vec<&'a Signer>,
}

/// Each demand of a requirement. `signatures` count as signatures of the subject, `statements` is every proof about it.
pub(super) fn states(
    requirement: &Requirement,
    signatures: &[ProofRoles<'_>],
    statements: &[ProofRoles<'_>],
) -> Vec<RequirementState> {
    let mut states = Vec::new();
    if requirement.signers() > 0 {
        states.push(signers(requirement, signatures));
    }
    states.extend(requirement.statements().iter().map(|wanted| statement(wanted, statements)));
    states
}

fn signers(requirement: &Requirement, signatures: &[ProofRoles<'_>]) -> RequirementState {
    // One signer may have signed many times.
    let mut distinct: BTreeMap<String, ProofRoles<'_>> = BTreeMap::new();
    for ProofRoles { proof, entries } in signatures {
        // Entries of several names may mean one signer: he has the roles of all of them.
        let one = distinct.entry(proof.by().distinct_by());
        one.or_insert_with(|| ProofRoles { proof, entries: Vec::new() }).entries.extend(entries);
    }
    let by: Vec<&ProofRoles<'_>> = distinct.values().collect();
    let unfilled = unfilled(requirement.roles(), &by);
    let mut expected = match requirement.signers() {
        1 => "a signature by 1 signer".to_owned(),
        count => format!("signatures by {count} distinct signers"),
    };
    if !requirement.roles().is_empty() {
        expected.push_str(&format!(", each in another role: {}", requirement.roles().join(", ")));
    }
    let names: Vec<String> = by.iter().map(|signed| shown(signed)).collect();
    let mut found = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    if !unfilled.is_empty() && !names.is_empty() {
        found.push_str(&format!(" (nobody left for {})", unfilled.join(", ")));
    }
    let is_met = by.len() >= requirement.signers() && unfilled.is_empty();
    RequirementState { expected, found, is_met, predicate_type: None }
}

fn shown(signed: &ProofRoles<'_>) -> String {
    let mut roles: Vec<&str> = signed.entries.iter().filter_map(|entry| entry.role()).collect();
    roles.sort_unstable();
    roles.dedup();
    match roles.as_slice() {
        [] => format!("`{}`", signed.proof.signer()),
        roles => format!("`{}` ({})", signed.proof.signer(), roles.join(", ")),
    }
}

/// The roles that are left over when each signer takes at most one (a matching by augmenting paths).
fn unfilled<'r>(roles: &'r [String], by: &[&ProofRoles<'_>]) -> Vec<&'r str> {
    let may = |signer: usize, role: usize| {
        let role = roles.get(role).map(String::as_str);
        by.get(signer).is_some_and(|signed| signed.entries.iter().any(|entry| role.is_some() && entry.role() == role))
    };
    let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
    let left = (0..roles.len()).filter(|role| !take(*role, by.len(), &may, &mut taken, &mut Vec::new()));
    left.filter_map(|role| roles.get(role).map(String::as_str)).collect()
}

/// Finds a signer for a role, moving others to another role where that frees one. `taken` is signer → role.
fn take(
    role: usize,
    signers: usize,
    may: &dyn Fn(usize, usize) -> bool,
    taken: &mut BTreeMap<usize, usize>,
    tried: &mut Vec<usize>,
) -> bool {
    for signer in 0..signers {
        if tried.contains(&signer) || !may(signer, role) {
            continue;
        }
        tried.push(signer);
        let is_free = match taken.get(&signer).copied() {
            None => true,
            Some(other) => take(other, signers, may, taken, tried),
        };
        if is_free {
            taken.insert(signer, role);
            return true;
        }
    }
    false
}

fn statement(wanted: &StatementEntry, statements: &[ProofRoles<'_>]) -> RequirementState {
    let of_type: Vec<&ProofRoles<'_>> =
        statements.iter().filter(|signed| signed.proof.predicate_type() == wanted.predicate_type).collect();
    let is_by = |signed: &&&ProofRoles<'_>| {
        let by_name = wanted.signers.is_empty() || wanted.signers.iter().any(|name| name == signed.proof.signer());
        let in_role =
            wanted.role.is_none() || signed.entries.iter().any(|entry| entry.role() == wanted.role.as_deref());
        by_name && in_role
    };
    let mut expected = format!("a signed statement of {}", wanted.predicate_type);
    if !wanted.signers.is_empty() {
        expected.push_str(&format!(" by {}", wanted.signers.join(" or ")));
    }
    if let Some(role) = &wanted.role {
        expected.push_str(&format!(" in the role {role}"));
    }
    let names: Vec<String> = of_type.iter().map(|signed| shown(signed)).collect();
    let found = if names.is_empty() { "none".to_owned() } else { format!("one by {}", names.join(", ")) };
    RequirementState {
        expected,
        found,
        is_met: of_type.iter().any(|signed| is_by(&signed)),
        predicate_type: Some(wanted.predicate_type.clone()),
    }
}
