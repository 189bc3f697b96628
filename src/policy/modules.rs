//! The files of policies, parsed and compiled; what is wrong with them is told with their lines.

use super::defect::{PolicyDefect, RegoDefects, engine};
use super::functions::FUNCTIONS;
use super::{Origin, PolicyFile};
use crate::limits::Limits;
use crate::rego::{Defect, Module, Policy, RegoVersion, side_by_side};

/// Threads that parse: more would do little on the machines of CI.
const PARSERS: usize = 2;

/// Parses all modules, in the order of their sources.
pub(super) fn parse(
    sources: &[&PolicyFile],
    version: RegoVersion,
    limits: &Limits,
) -> Result<Vec<Module>, PolicyDefect> {
    let large = |source: &&&PolicyFile| u64::try_from(source.text.len()).unwrap_or(u64::MAX) > limits.policy_bytes;
    if let Some(source) = sources.iter().find(large) {
        let reason = format!("larger than {} bytes", limits.policy_bytes);
        return Err(PolicyDefect::Read { path: source.path.clone(), reason });
    }
    // Neighbours are of similar size: every second one.
    let shares = (0..PARSERS).map(|first| sources.iter().skip(first).step_by(PARSERS).copied().collect::<Vec<_>>());
    let one = |share: Vec<&PolicyFile>| -> Vec<Result<Module, Defect>> {
        let version = |source: &PolicyFile| if source.origin == Origin::Bundled { RegoVersion::V1 } else { version };
        share.into_iter().map(|source| Module::read(&source.path, &source.text, version(source))).collect()
    };
    let mut shares: Vec<_> = side_by_side(shares, one).map_err(engine)?.into_iter().map(Vec::into_iter).collect();
    let (mut modules, mut defects) = (Vec::new(), Vec::new());
    for index in 0..sources.len() {
        match shares.get_mut(index % PARSERS).and_then(Iterator::next) {
            Some(Ok(module)) => modules.push(module),
            Some(Err(defect)) => defects.push(defect),
            None => {}
        }
    }
    if defects.is_empty() { Ok(modules) } else { Err(located(defects, sources)) }
}

/// These defects, with the lines that they are in.
pub(super) fn located(mut defects: Vec<Defect>, sources: &[&PolicyFile]) -> PolicyDefect {
    defects.sort();
    let line = |defect: &Defect| {
        let at = defect.at();
        let source = sources.iter().find(|source| source.path == at.path)?;
        let line = source.text.lines().nth(at.line.checked_sub(1)?)?;
        Some(line.trim().chars().take(160).collect())
    };
    let excerpts = defects.iter().map(|defect| line(defect).unwrap_or_default()).collect();
    PolicyDefect::Rego(RegoDefects { defects, excerpts })
}

/// Compiles modules together.
pub(super) fn compile(modules: &[Module], sources: &[&PolicyFile]) -> Result<Policy, PolicyDefect> {
    Policy::compile(modules, &FUNCTIONS).map_err(|defects| located(defects, sources))
}
