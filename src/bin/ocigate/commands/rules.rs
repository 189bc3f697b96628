//! `ocigate rules`: which rules `verify` would evaluate.

use std::io::Write as _;

use ocigate::limits::Limits;
use ocigate::output::sanitize::line;
use ocigate::policy::Policies;
use ocigate::report::BUILT_IN_CODES;

use super::super::args::RulesArguments;
use super::super::config::LoadedConfig;
use super::super::console::print;
use super::super::exit::Exit;
use super::super::files::Files;
use super::super::setup;

pub fn run(arguments: &RulesArguments) -> anyhow::Result<Exit> {
    let loaded = LoadedConfig::read(arguments.config.path.as_deref(), Files::Machine)?;
    let limits = Limits::default();
    let policies = Policies::load(setup::policy_sources(&arguments.policy, &loaded, &limits)?, &limits)?;
    let mut listing = Vec::new();
    writeln!(listing, "{:24}  {:8}  {:8}  title", "rule", "severity", "set")?;
    for rule in policies.active() {
        writeln!(
            listing,
            "{:24}  {:8}  {:8}  {}",
            line(&rule.id.rule),
            rule.severity.name(),
            line(&rule.id.set),
            line(&rule.title)
        )?;
        for (code, meaning) in &rule.codes {
            writeln!(listing, "  {:40}  {}", line(&format!("{}.{code}", rule.id.rule)), line(meaning))?;
        }
        if rule.document_faults {
            writeln!(listing, "  {:40}  a fault of a document", line(&format!("{}.FAULT", rule.id.rule)))?;
        }
    }
    for rule in policies.disabled() {
        writeln!(listing, "{:24}  disabled  {:8}", line(&rule.rule), line(&rule.set))?;
    }
    writeln!(listing, "checks of the program itself")?;
    for (code, meaning) in BUILT_IN_CODES {
        writeln!(listing, "  {code:40}  {meaning}")?;
    }
    print(&listing)?;
    Ok(Exit::Pass)
}
