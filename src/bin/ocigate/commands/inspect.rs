//! `ocigate inspect`: the tree of what refers to a subject.

use anyhow::bail;
use ocigate::demands::Demands;
use ocigate::output::tree;
use ocigate::policy;
use ocigate::rego::RegoVersion;
use ocigate::report::{self, Verdict};
use ocigate::source::ResolveError;
use ocigate::{Judgement, UnresolvedReference, collect, compile};

use super::super::args::Inspect;
use super::super::clock::wall_time;
use super::super::config::LoadedConfig;
use super::super::console::print;
use super::super::exit::Exit;
use super::super::files::Files;
use super::super::network::Network;
use super::super::{registries, setup};

pub fn run(arguments: &Inspect) -> anyhow::Result<Exit> {
    setup::check_stands_for(&arguments.access, std::slice::from_ref(&arguments.reference))?;
    setup::check_layouts(&arguments.access, std::iter::once(&arguments.reference))?;
    let loaded = LoadedConfig::read(arguments.trust.config.path.as_deref(), Files::Machine)?;
    let limits = registries::limits(&arguments.access, &loaded);
    let access = registries::access(&arguments.access, &loaded, std::iter::once(&arguments.reference))?;
    let trust = super::super::trust::read(&arguments.trust, &loaded)?;
    let demands = Demands { signature_predicates: loaded.config.signature_predicates.clone(), ..Demands::default() };
    let (_, data) = policy::bundled();
    let vocabulary = setup::vocabulary(&data, &[], RegoVersion::default(), &limits)?;
    let by = Judgement { trust: &trust, demands: &demands, vocabulary: &vocabulary, limits: &limits, now: wall_time() };
    let subject = match Network::new()?.run(collect(
        &arguments.reference,
        arguments.access.of(&arguments.reference),
        &access,
        &limits,
    ))? {
        Ok(graph) => report::survey(&compile(graph, &by)),
        Err(UnresolvedReference { error: ResolveError::Usage(problem), .. }) => bail!(problem),
        Err(UnresolvedReference { error, statistics }) => {
            report::unresolved(arguments.reference.clone(), error, statistics)
        }
    };
    let mut drawn = Vec::new();
    tree::render(&subject, &mut drawn)?;
    print(&drawn)?;
    // Looking is no judgement: what was seen whole is fine, however bad it is.
    Ok(match (subject.verdict, subject.resolved.is_some()) {
        (Verdict::Fail, false) => Exit::Fail,
        _ if subject.gaps.is_empty() => Exit::Pass,
        _ => Exit::Undecided,
    })
}
