//! The rules that come with the program.

use ocigate::limits::Limits;
use ocigate::policy::{self, Policies, PolicySources, RuleInfo, Set};

/// Those of all sets, as their METADATA describes them.
pub fn bundled_rules() -> Vec<RuleInfo> {
    let (mut modules, mut data) = policy::bundled();
    for (_, set) in Set::NAMES {
        let (rules, settings) = set.sources();
        modules.extend(rules);
        data.extend(settings);
    }
    let sources = PolicySources { modules, data, ..PolicySources::default() };
    Policies::load(sources, &Limits::default()).unwrap().rules().to_vec()
}
